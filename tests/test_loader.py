"""Rules as files in folders."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from vpce_lint.loader import built_in_folder, is_built_in, load_rule, load_rules
from vpce_lint.rule import RuleError

if TYPE_CHECKING:
    from pathlib import Path

RULE = '''"""{page}"""
from vpce_lint.api import InterfaceEndpoint, Requirements, Severity, not_applicable, rule

@rule("{id}", severity=Severity.LOW)
def {name}(_: InterfaceEndpoint) -> Requirements:
    yield not_applicable("never")
'''


def write(folder: Path, path: str, text: str = RULE, **words: str) -> Path:
    """A file of a rule below a folder."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    name = file.stem.replace("-", "_")
    file.write_text(text.format(**{"id": "VPCE100", "name": name, "page": "A page.", **words}))
    return file


def test_built_in_rules_load() -> None:
    """The rules that come with the tool are all sound, their ids in order."""
    rules = load_rules()
    assert built_in_folder().is_dir()
    assert [rule.id for rule in rules] == sorted({rule.id for rule in rules})
    assert {"VPCE001", "VPCE003", "VPCE004", "VPCE005"} <= {rule.id for rule in rules}


def test_folder_and_file_carry_the_metadata(tmp_path: Path) -> None:
    """The category is the folder, the name is the file."""
    write(tmp_path, "network/far_away.py", page="Too far.\n\nMore.\n")
    [rule] = load_rules(tmp_path)
    assert (rule.name, rule.category, rule.summary, rule.page) == (
        "far-away",
        "network",
        "Too far.",
        "Too far.\n\nMore.",
    )


def test_several_folders_are_equals(tmp_path: Path) -> None:
    """Rules of several folders load by one call, even files with the same path, sorted by id."""
    write(tmp_path / "mine", "network/open.py", id="B1")
    write(tmp_path / "yours", "network/shut.py", id="A1")
    assert [rule.id for rule in load_rules(tmp_path / "mine", tmp_path / "yours")] == ["A1", "B1"]


def test_private_and_hidden_files_are_no_rules(tmp_path: Path) -> None:
    """Files and folders that begin with a dot or an underscore are left alone."""
    for path in ("network/_shared.py", "_old/open.py", ".git/open.py", "__pycache__/open.py"):
        write(tmp_path, path, "raise SystemExit")
    assert load_rules(tmp_path) == ()


def test_module_name_is_stable(tmp_path: Path) -> None:
    """The same file gets the same module name each time, and two files never share one."""
    one, other = write(tmp_path, "a/open.py"), write(tmp_path, "b/open.py")
    names = [load_rule(file).check.__module__ for file in (one, other, one)]
    assert names[0] == names[2] != names[1]


def test_imported_rule_is_not_counted(tmp_path: Path) -> None:
    """A rule that a file only imports from elsewhere is not that file's rule."""
    text = "from sample import asking\nforeign = asking()\n"
    write(tmp_path, "network/open.py", RULE.replace("from vpce", text + "from vpce", 1))
    assert [rule.name for rule in load_rules(tmp_path)] == ["open"]


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("network/open.py", RULE.replace("def {name}", "def shut"), "must be named as the file, open, not shut"),
        ("network/open.py", RULE.replace('"""{page}"""', ""), "docstring of the module is missing"),
        ("network/open.py", '"""Empty."""', "holds exactly one rule, this one has 0"),
        ("network/open.py", RULE + RULE.replace("{name}", "second"), "holds exactly one rule, this one has 2"),
        ("network/open.py", "def", "can't be loaded: SyntaxError"),
        ("network/open.py", "import no_such_module", "can't be loaded: ModuleNotFoundError"),
        ("network/open.py", RULE.replace(": InterfaceEndpoint", ""), "first parameter must be annotated"),
        ("open.py", RULE, "lies in the folder of its category"),
    ],
)
def test_unsound_files_are_refused(tmp_path: Path, path: str, text: str, words: str) -> None:
    """Each way to get a rule file wrong has its own words, with the file in front."""
    file = write(tmp_path, path, text)
    with pytest.raises(RuleError, match=words) as caught:
        load_rules(tmp_path)
    assert str(caught.value).startswith(str(file))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"path": "b/shut.py"}, "VPCE100 is already taken by .*open.py"),
        ({"path": "b/open.py", "id": "VPCE101"}, "open is already taken by .*open.py"),
        ({"path": "b/shut.py", "id": "VPCE900"}, "VPCE900 is already taken by the tool itself"),
        ({"path": "b/internal_error.py", "id": "VPCE101"}, "internal-error is already taken by the tool itself"),
    ],
)
def test_ids_and_names_are_unique(tmp_path: Path, other: dict[str, str], words: str) -> None:
    """Two rules never share an id or a name, nor take one of the tool's own."""
    write(tmp_path, "a/open.py")
    write(tmp_path, **other)
    with pytest.raises(RuleError, match=words):
        load_rules(tmp_path)


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A folder of rules that does not exist is not an empty one."""
    with pytest.raises(RuleError, match="no such folder"):
        load_rules(tmp_path / "nowhere")


def test_a_category_that_can_not_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules would be missing without a word."""
    write(tmp_path, "network/open.py")
    scandir = os.scandir

    def deny(folder: str | Path) -> object:
        if str(folder).endswith("network"):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", deny)
    with pytest.raises(RuleError, match="network: can't be listed: PermissionError: Permission denied"):
        load_rules(tmp_path)


def test_built_in_rules_are_told_from_others(tmp_path: Path) -> None:
    """A rule comes with the tool if its file does, whatever it is called."""
    assert all(map(is_built_in, load_rules()))
    copy = tmp_path / "endpoints" / "interface_endpoint_in_one_zone.py"
    copy.parent.mkdir()
    copy.write_bytes((built_in_folder() / "endpoints" / copy.name).read_bytes())
    assert [is_built_in(rule) for rule in load_rules(tmp_path)] == [False]
