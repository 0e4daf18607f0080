"""Configurations: what they may say, and how exactly mistakes in them are named."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from vpce_lint.config import Config, configure, rule_folders
from vpce_lint.config_file import LARGEST_FILE, ConfigError, find_config, read_config
from vpce_lint.config_schema import FILE, render
from vpce_lint.config_shape import CONFIGURATION, Kind, Shape
from vpce_lint.loader import load_rules
from vpce_lint.verdict import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = load_rules()
EVERYTHING = """\
select = ["VPCE001", "interface-endpoint-in-one-zone", "VPCE005"]
ignore = ["VPCE001"]
exclude = ["examples", "**/test"]
min_severity = "medium"
min_confidence = "certain"
strict = true
baseline = "known.json"
require_reason = true

[rules.VPCE003]
severity = "high"
minimum_zones = 3

[rules.unrestricted-endpoint-policy]
trusted_accounts = ["111111111111"]
trust_aws_services = false
services = { s3 = { min_level = "full" } }

[[suppress]]
rules = ["VPCE003"]
addresses = ["module.legacy.*"]
paths = ["envs/dev"]
reason = "moves"
until = 2027-01-31

[[overrides]]
roots = ["envs/dev"]
ignore = ["VPCE005"]
rules.VPCE003.minimum_zones = 1

[[environments]]
name = "prod"
roots = ["envs/*"]
variable_files = ["prod.tfvars"]
"""


def config(folder: Path, text: str, *, outside: bool = False, name: str = ".vpce-lint.toml") -> Config:
    """A configuration that lies in a folder, which is all that may be read."""
    file = folder / name
    file.write_text(text, "utf-8")
    return configure(read_config(str(file), str(folder), outside=outside), RULES, [str(folder)])


def test_everything(tmp_path: Path) -> None:
    """Each key means what its page says; rules go by id or name."""
    (tmp_path / "prod.tfvars").touch()
    made = config(tmp_path, EVERYTHING)
    assert made.ignore == ("VPCE001",)
    assert (made.min_severity, made.min_confidence, made.strict) == (Severity.MEDIUM, Confidence.CERTAIN, True)
    assert (made.baseline, made.require_reason) == (str(tmp_path / "known.json"), True)
    assert made.exclude.cover(str(tmp_path / "a/test/main.tf"))
    [suppression] = made.suppressions
    assert (suppression.rules, suppression.until, suppression.location.line) == (("VPCE003",), date(2027, 1, 31), 19)
    [environment] = made.environments
    assert (environment.name, environment.variable_files) == ("prod", (str(tmp_path / "prod.tfvars"),))
    plain = made.choice(RULES, str(tmp_path / "envs/prod"), (), ())
    assert [rule.id for rule in plain.rules] == ["VPCE003", "VPCE005"]
    assert plain.rules[0].settings["minimum_zones"] == 3
    assert plain.rules[1].settings["trusted_accounts"] == ("111111111111",)
    assert plain.severities == {"VPCE003": Severity.HIGH}
    dev = made.choice(RULES, str(tmp_path / "envs/dev"), (), ())
    assert [(rule.id, rule.settings["minimum_zones"]) for rule in dev.rules] == [("VPCE003", 1)]


def test_command_line_comes_first(tmp_path: Path) -> None:
    """What is selected by hand is what is asked, whatever the configuration chooses; what is ignored by hand adds up."""
    made = config(tmp_path, 'select = ["VPCE003"]\nignore = ["VPCE005"]\n')
    assert [rule.id for rule in made.choice(RULES, str(tmp_path), ("VPCE005",), ()).rules] == ["VPCE005"]
    assert made.choice(RULES, str(tmp_path), (), ("VPCE003",)).rules == ()


def test_pyproject(tmp_path: Path) -> None:
    """In pyproject.toml the lines are those of that file."""
    text = '[project]\nname = "x"\n\n[tool.vpce-lint]\nmin_severity = "high"\n\n[tool.vpce-lint.rules.VPCE003]\nzones = 1\n'
    with pytest.raises(ConfigError, match=r"^pyproject.toml:8: VPCE003 .* has no setting 'zones'"):
        config(tmp_path, text, name="pyproject.toml")
    with pytest.raises(ConfigError, match=r"^pyproject.toml: there is no table \[tool.vpce-lint\]"):
        config(tmp_path, "", name="pyproject.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = ", "1: Invalid value"),
        ("a = 1\nb = = 1", "2: Invalid value"),
        ("a = 1\nb = [\n", "2: (?:Unclosed array|Invalid value)"),
        ("\nselct = []", "2: there is no key 'selct', did you mean 'select'?"),
        ("min-severity = 1", "1: there is no key 'min-severity', did you mean 'min_severity'?"),
        ("zzz = 1", "1: there is no key 'zzz'; there are select, ignore, "),
        ("strict = 1", "1: 'strict' must be true or false"),
        ("\n\nselect = 'VPCE003'", "3: 'select' must be a list of rules, by id or name"),
        ('min_severity = "hihg"', "1: 'min_severity' must be one of high, medium, low, info"),
        ('select = ["VPCE03"]', "1: there is no rule 'VPCE03', did you mean VPCE003"),
        ('# x\nignore = [\n"VPCE900"]', "2: VPCE900 unreadable-file can't be ignored"),
        ('[rules.VPCE999]\nseverity = "low"', "1: VPCE999 internal-error can't be changed"),
        ("[rules.VPCE009]", "1: there is no rule 'VPCE009'"),
        (
            '[rules.VPCE005]\nmin_level = "strict"',
            "2: VPCE005 unrestricted-endpoint-policy: min_level can't be 'strict'",
        ),
        ("[rules.VPCE005]\nservices = {s3 = 1}", "2: VPCE005 .*: the settings for s3 must be a table"),
        ('[rules.VPCE002]\nbaseline = "often"', "2: VPCE002 aws-traffic-through-nat: baseline can't be 'often'"),
        ('[rules.VPCE002.baseline_services]\ns3 = "grave"', "1: VPCE002 .*: the severity of s3 can't be 'grave'"),
        ("[rules]\nVPCE003 = 1", r"2: 'rules' must hold a table for each rule: \[rules.VPCE003\]"),
        (
            "[rules.VPCE003]\n\nminimum_zone = 1",
            "3: VPCE003 .* has no setting 'minimum_zone', did you mean 'minimum_zones'",
        ),
        ('[rules.VPCE003]\nminimum_zones = "2"', "2: VPCE003 .* 'minimum_zones' must be of type int, not str"),
        ("[rules.VPCE003]\nminimum_zones = true", "2: VPCE003 .* must be of type int, not bool"),
        ("[rules.VPCE005]\ntrusted_accounts = [111]", "2: VPCE005 .* 'trusted_accounts' holds strings, not 111"),
        ('[rules.VPCE003]\nseverity = "x"', "2: 'severity' must be one of"),
        ("[rules.VPCE003]\n[rules.interface-endpoint-in-one-zone]", "2: VPCE003 .* is configured twice"),
        ("suppress = 1", "1: 'suppress' must be an array of at most 1,000 tables"),
        ('[[suppress]]\naddresses = ["*"]', "1: the key 'rules' is missing here"),
        ('[[suppress]]\nrules = ["VPCE003"]', "1: say what is suppressed"),
        ('[[suppress]]\nrules = ["VPCE900"]\npaths=["x"]', "2: VPCE900 unreadable-file always counts"),
        ('[[suppress]]\nrules = ["VPCE003"]\npaths=["x"]\nuntil = "2027-01-31"', "4: 'until' must be a date"),
        ("[[suppress]]\nuntil = 2027-01-31T00:00:00Z", "2: 'until' must be a date"),
        ('[[overrides]]\nroots = ["x"]\nstrict = true', "3: there is no key 'strict'"),
        ('[[overrides]]\nroots = ["x"]\n[overrides.rules.VPCE003]\nzones = 1', "4: VPCE003 .* has no setting 'zones'"),
        ('[[environments]]\nname = " "\nroots = ["x"]\nvariable_files = []', "2: an environment needs a name"),
        ('[[environments]]\nname = "p"\nroots = ["x"]\nvariable_files = ["p.tfvars"]', "4: there is no file p.tfvars"),
        (
            '[[environments]]\nname = "p"\nroots = ["x"]\nvariable_files = ["/etc/passwd"]',
            "4: /etc/passwd lies outside",
        ),
        ('baseline = "../known.json"', "1: ../known.json lies outside of the repository"),
        ('baseline = "a\\u0000"', "1: a path has no NUL character"),
        ('enforced = ["VPCE003"]', "1: 'enforced' counts only in a file that --config names"),
        ('rule_folders = ["rules"]', "1: 'rule_folders' counts only in a file that --config names .* with --rules"),
        ("exclude = [" + '"a",\n' * 1001 + "]", "1: 'exclude' must be a list of strings"),
        (
            "# x\n" + '[[suppress]]\nrules = ["VPCE003"]\npaths = ["a", "b"]\n' * 501,
            "2: there are more than 1,000 addresses and paths in all suppressions",
        ),
        ("exclude = [" + f'"{"é*" * 100}",\n' * 600 + "]", "1: these patterns are too long, or too many"),
        ('exclude = ["' + "a" * 1001 + '"]', "1: 'exclude' must be a list of strings"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, text: str, words: str) -> None:
    """Nobody has to search for what is wrong, and nothing that isn't understood is passed over."""
    with pytest.raises(ConfigError, match=f"^.vpce-lint.toml:{words}"):
        config(tmp_path, text)


def test_only_from_outside(tmp_path: Path) -> None:
    """A configuration from outside may enforce rules and name folders of rules, from its own folder."""
    made = config(tmp_path, 'enforced = ["unrestricted-endpoint-policy"]\nrule_folders = ["own"]', outside=True)
    assert made.enforced == {"VPCE005"}
    assert made.file
    assert rule_folders(made.file) == (str(tmp_path / "own"),)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff", "is not valid UTF-8"),
        (b"#" * (LARGEST_FILE + 1), "is larger than 200,000 bytes"),
        (b"a" + b".a" * 2_000 + b" = 1", ":1: a line is longer than 2,000 characters"),
        (b"a = " + b"[\n" * 90_000, "is nested too deep"),
    ],
)
def test_files_that_are_no_configuration(tmp_path: Path, data: bytes, words: str) -> None:
    """What can't be read as TOML is an error of one line."""
    file = tmp_path / ".vpce-lint.toml"
    file.write_bytes(data)
    with pytest.raises(ConfigError, match=words):
        read_config(str(file), str(tmp_path))


def found(folder: Path, top: Path) -> str | None:
    """The path of the configuration for a folder."""
    file = find_config(str(folder), str(top), str(top))
    return file.shown if file else None


def test_nearest_configuration_counts(tmp_path: Path) -> None:
    """From the folder upwards, no further than the top; our own file before the shared one, which must have our table."""
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    assert found(below, tmp_path) is None
    (tmp_path / ".vpce-lint.toml").touch()
    assert found(below, tmp_path) == ".vpce-lint.toml"
    assert found(below, tmp_path / "a") is None
    (tmp_path / "a/pyproject.toml").write_text('[project]\nname = "vpce-lint-rules"\n')
    assert found(below, tmp_path) == ".vpce-lint.toml"
    (tmp_path / "a/pyproject.toml").write_text("[tool.vpce-lint]\n")
    assert found(below, tmp_path) == "a/pyproject.toml"
    (tmp_path / "a/.vpce-lint.toml").touch()
    assert found(below, tmp_path) == "a/.vpce-lint.toml"


def test_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    """A link in the scanned tree reads nothing from elsewhere, and says so."""
    (tmp_path / "secret").write_text("password")
    (tmp_path / "r").mkdir()
    (tmp_path / "r/.vpce-lint.toml").symlink_to(tmp_path / "secret")
    with pytest.raises(ConfigError, match="leads out of the repository"):
        found(tmp_path / "r", tmp_path / "r")
    (tmp_path / "r/.vpce-lint.toml").unlink()
    (tmp_path / "r/pyproject.toml").symlink_to(tmp_path / "secret")
    assert found(tmp_path / "r", tmp_path / "r") is None


def test_schema_is_fresh() -> None:
    """The published schema is the one that the shapes and rules make: python -m vpce_lint.config_schema."""
    assert FILE.read_text("utf-8") == render(RULES)


def test_schema_agrees(tmp_path: Path) -> None:
    """What is accepted is valid, and what is refused for its form is not."""
    schema = json.loads(FILE.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    document = json.loads(json.dumps(tomllib.loads(EVERYTHING), default=str))
    assert list(validator.iter_errors(document)) == []
    for wrong in (
        "strict = 1",
        "selct = []",
        "suppress = 1",
        "[rules.VPCE003]\nzones = 1",
        "[[suppress]]\nreason = ''",
    ):
        assert list(validator.iter_errors(tomllib.loads(wrong))), wrong


def shapes(shape: Shape) -> Iterator[Shape]:
    """A shape and all that it holds."""
    yield shape
    for kind in shape.keys.values():
        if not isinstance(kind, Kind):
            yield from shapes(kind)


@pytest.mark.parametrize("shape", list(shapes(CONFIGURATION)), ids=lambda shape: next(iter(shape.keys)))
def test_every_key_has_a_page(shape: Shape) -> None:
    """No key is undocumented, and none is documented that isn't there."""
    assert shape.pages.keys() == shape.keys.keys()
