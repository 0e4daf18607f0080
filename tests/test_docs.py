"""The documentation tells the truth: each example in it is tried, and none can be left out silently."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from doc_page import Example, PageError, examples_in
from doc_story import Story

from vpce_lint.fault import FAULTS
from vpce_lint.loader import load_rules
from vpce_lint.model import InterfaceEndpoint, Resource
from vpce_lint.site.case import KINDS, cases_of
from vpce_lint.site.interface_page import attributes_of
from vpce_lint.site.pages import pages

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FIXTURES = ROOT / "fixtures"
WRITTEN = {file.relative_to(ROOT).as_posix(): file for file in sorted(DOCS.rglob("*.md"))} | {
    "README.md": ROOT / "README.md"
}


@cache
def made() -> dict[str, str]:
    """The pages that are made from the code."""
    return {f"docs/{path}": text for path, text in pages(FIXTURES).items()}


def story_of(page: str, text: str, folder: Path) -> None:
    """Play all of a page."""
    story = Story(folder / "work")
    story.folder.mkdir()
    for example in examples_in(page, text):
        if page == "README.md" and example.kind == "sh":
            continue  # .ci/run carries out these two: they install
        try:
            story.play(example)
        except AssertionError as error:
            msg = f"{example.place}: {error}"
            raise AssertionError(msg) from error


@pytest.mark.parametrize("page", WRITTEN)
def test_examples_are_true(page: str, tmp_path: Path) -> None:
    """On a page that somebody wrote, every file is valid, every command runs and prints what is shown."""
    story_of(page, WRITTEN[page].read_text("utf-8"), tmp_path)


@pytest.mark.parametrize("rule", [*load_rules(), *FAULTS], ids=lambda rule: rule.id)
def test_examples_of_rules_are_true(rule: object, tmp_path: Path) -> None:
    """On the page of a rule, the code that a reader sees makes the tool say what the reader sees."""
    page = f"docs/rules/{rule.id}.md"  # type: ignore[attr-defined]
    story_of(page, made()[page], tmp_path)


@pytest.mark.parametrize("page", ["configuration-reference.md", "command-line.md", "rule-interface.md"])
def test_references_are_true(page: str, tmp_path: Path) -> None:
    """What is made from the configuration's shape and the parsers is what the tool takes and prints."""
    story_of(page, made()[f"docs/{page}"], tmp_path)


def test_made_pages_hide_no_written_one() -> None:
    """No page is both made and written."""
    assert not made().keys() & WRITTEN.keys()


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_every_rule_shows_every_answer(rule: object) -> None:
    """Each rule's page has one example in Terraform of every answer."""
    cases = [case for case in cases_of(rule, FIXTURES) if case.is_example and not case.is_template]  # type: ignore[arg-type]
    assert [case.verdict for case in cases] == list(KINDS.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("    indented\n", "p:1: an indented block"),
        ("- list\n\n  ```hcl\n  ```\n", "p:3: a block inside a list"),
        ("<!-- exist: 1 -->\n```hcl\n```\n", "p:1: 'exist' says nothing"),
        ("<!-- exit: 1 -->\n<!-- exit: 0 -->\n```hcl\n```\n", "p:2: 'exit' says nothing"),
        ("<!-- something -->\n```hcl\n```\n", "p:1: '<!-- something -->' says nothing"),
        ("<!-- exit: 1 -->text\n", "p:1: 'text' says nothing"),
        ("<!-- exit: 1 -->\n\ntext\n", "p:3: what is said above it concerns no block"),
    ],
)
def test_pages_that_would_lose_an_example(text: str, words: str) -> None:
    """An example, or what is said about one, that the tests would overlook is an error."""
    with pytest.raises(PageError, match=f"^{words}"):
        examples_in("p", text)


CODE = """\
resource "aws_vpc" "main" {}

resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
"""


@pytest.mark.parametrize(
    ("kind", "text", "facts", "words"),
    [
        ("ruby", "", {}, "no way to try a block of kind 'ruby'"),
        ("", "", {}, "no way to try a block of kind ''"),
        ("hcl", "resource {", {}, "can't be parsed"),
        ("hcl", "resource {", {"file": "main.tf"}, "can't be parsed"),
        ("hcl", CODE, {}, "VPCE005"),
        ("hcl", CODE, {"finds": "VPCE003"}, "VPCE005"),
        ("hcl", "locals {}", {}, "nothing that a rule could judge"),
        ("yaml", "a: 1\n", {}, "neither a template nor a pipeline"),
        ("yaml", "a: {script: [vpce-lint --frmat json]}\n", {}, "did you mean --format"),
        ("yaml", "a: {script: [pip install vpce-lint]}\n", {}, "no command of ours"),
        ("yaml", "repos: [{hooks: [{id: vpce-lynt}]}]\n", {}, "there is no hook vpce-lynt"),
        ("json", '{"Statement": []}', {}, "no command of the page can use it"),
        ("toml", "strikt = true", {}, "did you mean 'strict'"),
        ("python", "1 / 0", {}, "division by zero"),
        ("groovy", "sh 'vpce-lint nowhere'", {}, "there is no nowhere"),
        ("console", "$ vpce-lint nowhere\n", {}, "exit code 2 instead of 0"),
        ("console", "$ vpce-lint --version\nvpce-lint 99\n", {}, "prints"),
        ("console", "$ true\n$ true\n", {"exit": "0 0 0"}, "2 commands have 3 exit codes"),
        ("sh", "vpce-lint nowhere\n", {}, "exit code 2 instead of 0"),
        ("sh", "vpce-lint rules\n", {"untried": "too slow"}, "must be run"),
        ("console", "prints\n", {}, "stands above the first command"),
        ("console", "$ vpce-lint rules\n", {"untried": "too slow"}, "must be run"),
    ],
)
def test_false_examples_are_caught(tmp_path: Path, kind: str, text: str, facts: dict[str, str], words: str) -> None:
    """What isn't true, or can't be tried, fails: each kind of example once."""
    folder = tmp_path / "work"
    folder.mkdir()
    with pytest.raises((AssertionError, ZeroDivisionError), match=words):
        Story(folder).play(Example("p", 1, kind, text, facts))


def test_interface_page_has_the_attributes_of_resources() -> None:
    """A rule's author finds what a resource has besides what all have."""
    assert "`subnets`" in attributes_of(InterfaceEndpoint)
    assert "`address`" not in attributes_of(InterfaceEndpoint)
    assert "`address` (str)" in attributes_of(Resource)
