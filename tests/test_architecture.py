"""The laws of the architecture: who may know whom, and what nothing is called."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vpce_lint"
MODULES = sorted(PACKAGE.rglob("*.py"))
RULES = sorted((ROOT / "rules").glob("*/*.py"))
REPORTERS = sorted((PACKAGE / "reporters").glob("*.py"))
READERS = sorted((PACKAGE / "readers").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
REPORTED = {"vpce_lint", "vpce_lint.report", "vpce_lint.finding", "vpce_lint.location", "vpce_lint.verdict"}
PRINTING = {f"vpce_lint.{module}" for module in ("terminal", "json_output", "regex", "fault", "documentation")}
NO_NOUNS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
SYNTAX = {
    "syntax",
    "expression",
    "template",
    "validity",
    "grammar",
    "notes",
    "json_syntax",
    "json_grammar",
    "json_notes",
}


def name(file: Path) -> str:
    """A file as test ids show it."""
    return file.relative_to(ROOT).as_posix()


def imports(file: Path) -> set[str]:
    """The modules that a file imports, at its top or anywhere else in it, for types too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            found.add(node.module or "")
    return found


def ours(file: Path) -> set[str]:
    """The modules of this package that a file imports."""
    return {module for module in imports(file) if module.partition(".")[0] == "vpce_lint"}


@pytest.mark.parametrize("file", RULES, ids=name)
def test_rules_import_only_the_api(file: Path) -> None:
    """A rule knows what api.py offers, and the standard library."""
    assert ours(file) <= {"vpce_lint.api"}


@pytest.mark.parametrize("file", REPORTERS, ids=name)
def test_reporters_see_only_the_report(file: Path) -> None:
    """A reporter knows the report and its parts, how text and JSON are printed, and where the documentation is."""
    assert ours(file) <= REPORTED | PRINTING


def test_parts_of_the_report_know_nothing_else() -> None:
    """What a report is made of leads to sources and what may be shown of them, not to networks, rules or readers."""
    reported = [PACKAGE / f"{module.rpartition('.')[2]}.py" for module in REPORTED - {"vpce_lint"}]
    assert {module for file in reported for module in ours(file)} <= REPORTED | {"vpce_lint.source", "vpce_lint.secret"}


@pytest.mark.parametrize("file", READERS, ids=name)
def test_readers_know_no_rules(file: Path) -> None:
    """A reader makes a network; what is asked of it is none of its business."""
    above = {"engine", "rule", "api", "report", "loader", "cli", "topology", "selection", "reporters"}
    above |= {"directive", "suppression", "baseline", "config", "config_file", "scan"}
    assert not {module for module in ours(file) if module.split(".")[1:2] and module.split(".")[1] in above}


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_parser_stays_behind_the_syntax(file: Path) -> None:
    """Only the modules that make the typed tree know the parser, so that it can be replaced."""
    syntax = file.parent == PACKAGE / "readers" / "terraform" and file.stem in SYNTAX
    inside = syntax or file == PACKAGE / "readers" / "plan" / "document.py"
    assert inside or not {module for module in imports(file) if module.startswith("tree_sitter")}


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_python_hcl2_is_never_imported(file: Path) -> None:
    """The module that breaks checkov is not used at run time."""
    assert not {module for module in imports(file) if module.partition(".")[0] == "hcl2"}


@pytest.mark.parametrize("file", [*MODULES, *RULES, *TESTS], ids=name)
def test_a_module_has_a_subject(file: Path) -> None:
    """No module is named for having no subject."""
    assert not set(file.stem.split("_")) & NO_NOUNS


def test_api_exports_what_it_imports() -> None:
    """Everything that api.py imports is there for rules, and nothing else."""
    from vpce_lint import api  # noqa: PLC0415 (the subject of this test)

    tree = ast.parse((PACKAGE / "api.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert imported == set(api.__all__)
