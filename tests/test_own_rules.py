"""Rules of one's own: begun by a command, tried on marked code, equals of the built-in ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vpce_lint.cli import main
from vpce_lint.fixture import Mark, marks_in, try_rules
from vpce_lint.loader import load_rules

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rule as the command begins it; the working directory is above it."""
    monkeypatch.chdir(tmp_path)
    assert main(["new-rule", "endpoints/private-dns-disabled", "--into", "own"]) == 0
    return tmp_path / "own"


def test_new_rule_works_as_it_is(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rule loads beside the built-in ones, and its fixtures hold."""
    [rule] = load_rules(own)
    assert (rule.id, rule.name, rule.category) == ("OWN001", "private-dns-disabled", "endpoints")
    capsys.readouterr()
    assert main(["test-rules", "own"]) == 0
    assert capsys.readouterr().out.endswith("3 tried, 0 failed\n")
    assert main(["rules", "--rules", "own"]) == 0
    assert "OWN001  private-dns-disabled" in capsys.readouterr().out
    assert main(["explain", "OWN001", "--rules", "own"]) == 0
    assert main(["own/fixtures/private-dns-disabled/fail", "--rules", "own", "--select", "OWN001"]) == 1


def test_new_rule_in_yaml_works_as_it_is(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In YAML, it has the next id, and its fixtures hold as well."""
    assert main(["new-rule", "name-resolution/names-public", "--into", "own", "--yaml"]) == 0
    assert (own / "name_resolution/names-public.yaml").is_file()
    capsys.readouterr()
    assert main(["test-rules", "own"]) == 0
    assert capsys.readouterr().out.endswith("6 tried, 0 failed\n")
    assert [(rule.id, rule.name) for rule in load_rules(own)] == [
        ("OWN001", "private-dns-disabled"),
        ("OWN002", "names-public"),
    ]


def test_next_rule_has_the_next_id(own: Path) -> None:
    """Ids are counted on, and stay apart from those of the tool."""
    main(["new-rule", "endpoints/another", "--into", "own"])
    assert [rule.id for rule in load_rules(own)] == ["OWN001", "OWN002"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("endpoints/private-dns-disabled", "there is a rule private-dns-disabled already"),
        ("endpoints/interface-endpoint-in-one-zone", "there is a rule interface-endpoint-in-one-zone already"),
        ("x", "'x' is not CATEGORY/NAME"),
        ("../x", "'../x' is not CATEGORY/NAME"),
        ("a/b/c", "'a/b/c' is not CATEGORY/NAME"),
        ("fixtures/x", "'fixtures/x' is not CATEGORY/NAME"),
        ("a/X", "'a/X' is not CATEGORY/NAME"),
    ],
)
def test_nothing_is_overwritten(own: Path, capsys: pytest.CaptureFixture[str], where: str, words: str) -> None:
    """A name that is taken, or none, is an error, and no file changes."""
    before = {file: file.read_bytes() for file in own.rglob("*") if file.is_file()}
    assert main(["new-rule", where, "--into", "own"]) == 2
    assert capsys.readouterr().err.startswith(f"vpce-lint: {words}")
    assert {file: file.read_bytes() for file in own.rglob("*") if file.is_file() and file.suffix != ".pyc"} == before


def failures(own: Path) -> dict[str, tuple[str, ...]]:
    """What the fixtures of the rule show, by kind."""
    return {trial.name.split("/")[1]: trial.failures for trial in try_rules(own)}


def test_wrong_rule_is_caught(own: Path) -> None:
    """A rule that says the opposite fails its fixtures, line by line."""
    rule = own / "endpoints/private_dns_disabled.py"
    rule.write_text(rule.read_text().replace("is_(True)", "is_(False)"))
    found = failures(own)
    assert found["fail"] == ("main.tf:13: OWN001 is expected and not found", "nothing in it is violated")
    assert "main.tf:13: OWN001 is found and not expected" in found["pass"]
    assert found["unknown"] == ()


def test_rule_that_fails_is_caught(own: Path) -> None:
    """An error inside the rule is found where nothing is expected."""
    rule = own / "endpoints/private_dns_disabled.py"
    rule.write_text(rule.read_text().replace("    yield", "    1 / 0\n    yield"))
    assert all(any("VPCE999 is found" in words for words in each) for each in failures(own).values())


def test_silent_rule_is_caught(own: Path) -> None:
    """A rule that passes everything doesn't pass for one that works, nor does a missing kind of fixture."""
    for file in (own / "fixtures/private-dns-disabled/pass/first", own / "fixtures/private-dns-disabled/pass"):
        for inner in file.iterdir():
            inner.unlink()
        file.rmdir()
    [words] = failures(own)["pass"]
    assert words.startswith("there is no case: a folder below")


def test_marks(tmp_path: Path) -> None:
    """A mark speaks for its line or the next, for several rules, and for those that stay open."""
    (tmp_path / "main.tf").write_text("a # expect: OWN001, X-2?\n# expect below: OWN001\nb\n# expected\n")
    assert marks_in(tmp_path) == [
        Mark("main.tf", 1, "OWN001"),
        Mark("main.tf", 1, "X-2?"),
        Mark("main.tf", 3, "OWN001"),
    ]


def test_folder_without_rules(tmp_path: Path) -> None:
    """Nothing tried is no success, and no folder is an error."""
    assert main(["test-rules", str(tmp_path)]) == 1
    assert main(["test-rules", str(tmp_path / "none")]) == 2
