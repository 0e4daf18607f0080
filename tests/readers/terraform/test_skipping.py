"""What isn't parsed or evaluated, since it can't concern a rule, would not have changed an answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.repositories.repository import Repository
from vpce_lint import engine
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.readers.terraform import folder, reader
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from vpce_lint.report import Report

FIXTURES = Path(__file__).parents[3] / "fixtures"
EVERYTHING = re.compile(b"")

APART = {
    "roles/main.tf": 'module "names" {\n  source = "../names"\n}\nresource "aws_iam_role" "r" {\n  name = module.names.name\n}\n',
    "names/outputs.tf": 'output "name" {\n  value = "worker"\n}\n',
    "remote/main.tf": 'module "bucket" {\n  source  = "example/bucket/aws"\n  version = "1.0.0"\n  count   = local.wanted ? 1 : 0\n}\n',
    "remote/locals.tf": "locals {\n  wanted = true\n}\n",
    "twice/main.tf": 'resource "aws_iam_role" "r" {}\nresource "aws_iam_role" "r" {}\n',
    "circle/main.tf": 'module "self" {\n  source = "."\n}\n',
    "hidden/main.tf.json": '{"\\u006dodule": {"net": {"source": "../net"}}}',
    "net/main.tf.json": '{"resource": {"aws_vpc\\u005fendpoint": {"s3": {"vpc_id": "vpc-1", "service_name": "com.amazonaws.eu-west-1.s3"}}}}',
}
"""Roots of which most have nothing that a rule is about; one hides it behind escapes."""


def _report(top: Path) -> Report:
    return engine.judge(read(Request(paths=(top,))), load_rules())


def _without_skipping(top: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    with monkeypatch.context() as patch:
        patch.setattr(reader, "RELEVANT", EVERYTHING)
        patch.setattr(folder, "CALL", EVERYTHING)
        return _report(top)


@pytest.mark.parametrize("category", sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
def test_skipping_changes_no_answer(category: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixtures get the same answers, and the same is said to be unread, with everything parsed and evaluated."""
    skipping, thorough = _report(FIXTURES / category), _without_skipping(FIXTURES / category, monkeypatch)
    assert skipping.answers == thorough.answers
    assert skipping.unread == thorough.unread


@pytest.mark.parametrize("relevant", [10, 50])
def test_skipping_changes_no_answer_about_a_large_tree(
    tmp_path: Path, relevant: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it where most roots are about other things, and modules are shared."""
    Repository("terraform", 40, relevant).write(tmp_path)
    skipping, thorough = _report(tmp_path), _without_skipping(tmp_path, monkeypatch)
    assert skipping.answers == thorough.answers
    assert any(answer.verdict is Verdict.VIOLATED for answer in skipping.answers)
    assert skipping.unread == thorough.unread


def test_skipping_leaves_out_only_faults_that_concern_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of roots without anything that a rule is about nothing is said, except which modules could not be read."""
    for name, text in APART.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    skipping, thorough = _report(tmp_path), _without_skipping(tmp_path, monkeypatch)
    assert {answer.address for answer in skipping.answers} >= {"module.net.aws_vpc_endpoint.s3"}
    assert [answer for answer in thorough.answers if answer.rule != "VPCE900"] == list(skipping.answers)
    assert {answer.location.path.split("/")[-2] for answer in thorough.answers if answer.rule == "VPCE900"} == {
        "circle",
        "twice",
    }
    assert [*skipping.unread] == [item for item in thorough.unread if item.kind == "module"]
