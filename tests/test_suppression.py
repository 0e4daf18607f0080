"""Suppressions: what they silence, what they can't, and what is said about those that do nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import answer, reading
from sample import endpoint as sample_endpoint
from worktree import TODAY, VPC, endpoint, grow, open_answers, run, suppressed_answers

from vpce_lint.directive import MOST_DIRECTIVES
from vpce_lint.file_directives import file_directives
from vpce_lint.loader import load_rules
from vpce_lint.model import Note
from vpce_lint.readers.cloudformation.json_syntax import parse_json
from vpce_lint.readers.cloudformation.written import written
from vpce_lint.report import Report
from vpce_lint.root_result import RootResult, result_of
from vpce_lint.source import Source, Span
from vpce_lint.suppression import Terms, suppress
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.model import Reading
    from vpce_lint.value import Value

A = "aws_vpc_endpoint.a"
COMMENT = "# vpce-lint: ignore[VPCE005] agreed"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (endpoint(above=COMMENT), "agreed"),
        (endpoint(inside=COMMENT), "agreed"),
        (endpoint(inside="tags = {} " + COMMENT), "agreed"),
        (endpoint().rstrip() + " " + COMMENT + "\n", "agreed"),
        (endpoint(above="# VPCE-LINT: ignore [ vpce005 , VPCE003 ]   agreed "), "agreed"),
        (endpoint(above="# vpce-lint: ignore[unrestricted-endpoint-policy]: agreed"), "agreed"),
        (endpoint(above="/*\n * words\n * vpce-lint: ignore[VPCE005] - agreed\n */"), "agreed"),
        (endpoint(above="# vpce-lint: ignore[VPCE005]"), ""),
        (endpoint(above=COMMENT + "\n# more words"), "agreed"),
        (endpoint(inside="# checkov:skip=VPCE005:agreed"), "agreed"),
        (endpoint(inside="#checkov:skip=CKV_AWS_1,VPCE005: agreed"), "agreed"),
        (endpoint(inside="# checkov:skip=VPCE005"), ""),
        (endpoint(above=f"# vpce-lint: ignore[VPCE005] until={TODAY} agreed"), "agreed"),
        (endpoint(above=f"# vpce-lint: ignore[VPCE005]: until {TODAY}: agreed"), "agreed"),
        (endpoint(above="# vpce-lint: ignore[VPCE005] until then"), "until then"),
    ],
)
def test_ways_to_write_it(tmp_path: Path, code: str, reason: str) -> None:
    """Above the block, inside it, on a line of it; for us or for checkov; by id or name."""
    grow(tmp_path, {"main.tf": VPC + code})
    outcome = run(tmp_path)
    assert suppressed_answers(outcome.report) == [("VPCE005", A, reason)]
    assert not [each for each in open_answers(outcome.report) if each[0] != "VPCE902"]
    assert not outcome.fails


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# vpce-lint: ignore", "'ignore' is no directive, write vpce-lint: ignore[VPCE005] reason"),
        ("# vpce-lint: disable[VPCE005]", "'disable[VPCE005]' is no directive, "),
        ("# vpce-lint: ignore[]", "no rule is named, write "),
        ("# vpce-lint: ignore[*]", "there is no rule '*'"),
        ("# vpce-lint: ignore[VPCE05]", "there is no rule 'VPCE05', did you mean VPCE005"),
        ("# vpce-lint: ignore[VPCE900]", "VPCE900 unreadable-file always counts, it can't be suppressed"),
        ("# vpce-lint: ignore[VPCE902]", "VPCE902 ineffective-suppression always counts"),
        ("# vpce-lint: ignore[VPCE005] until=soon", "'soon' is no date such as 2027-01-31"),
        ("# vpce-lint: ignore[VPCE005] until 1 July", "'1' is no date such as 2027-01-31"),
        ("# vpce-lint: ignore[VPCE005] until 2026-06-14 so", "this suppression of VPCE005 ended on 2026-06-14"),
        ("# vpce-lint: ignore[VPCE005] until=2026-02-30", "'2026-02-30' is no date such as 2027-01-31"),
        (
            f"# vpce-lint: ignore[VPCE005] until={TODAY - timedelta(days=1)}",
            "this suppression of VPCE005 ended on 2026-06-14",
        ),
        ("# vpce-lint: ignore[VPCE003]", "nothing that was checked needs this suppression of VPCE003"),
        ("# checkov:skip=VPCE03", "there is no rule 'VPCE03', did you mean VPCE003"),
    ],
)
def test_what_does_nothing_is_reported(tmp_path: Path, comment: str, words: str) -> None:
    """A suppression that is malformed, over or in vain silences nothing and is pointed at; by itself it doesn't fail."""
    grow(tmp_path, {"main.tf": VPC + endpoint(above=comment)})
    report = run(tmp_path).report
    assert ("VPCE005", A) in open_answers(report)
    [said] = [each for each in report.answers if each.rule == "VPCE902"]
    assert said.message.startswith(words)
    assert (said.location.path.endswith("main.tf"), said.location.line, str(said.severity)) == (True, 2, "info")


@pytest.mark.parametrize(
    "comment", ["# we don't use vpce-lint: ignore[VPCE005] here", "# checkov:skip=CKV_AWS_1:x", "# vpce-lint is nice"]
)
def test_words_about_suppressions_are_none(tmp_path: Path, comment: str) -> None:
    """Only a comment, or a line of one, that begins with a directive is one."""
    grow(tmp_path, {"main.tf": VPC + endpoint(above=comment)})
    assert open_answers(run(tmp_path).report) == [("VPCE005", A)]


def test_text_that_looks_like_a_comment_is_none(tmp_path: Path) -> None:
    """What stands in a string or heredoc silences nothing."""
    inside = 'tags = { a = "# vpce-lint: ignore[VPCE005]", b = <<EOT\n# vpce-lint: ignore[VPCE005]\nEOT\n}'
    grow(tmp_path, {"main.tf": VPC + endpoint(inside=inside)})
    assert open_answers(run(tmp_path).report) == [("VPCE005", A)]


def test_comment_apart_from_any_block_is_reported(tmp_path: Path) -> None:
    """At the top of a file a comment doesn't speak for the file."""
    grow(tmp_path, {"main.tf": COMMENT + "\n\n" + VPC + endpoint()})
    assert open_answers(run(tmp_path).report) == [
        ("VPCE902", "this belongs to no block: write it right above one, or inside"),
        ("VPCE005", A),
    ]


MODULE = 'variable "vpc" {}\n' + endpoint().replace("aws_vpc.main.id", "var.vpc")
CALL = 'module "{name}" {{\n  source = "./net"\n  vpc = aws_vpc.main.id\n  {comment}\n}}\n'


def test_module_call_speaks_for_what_it_creates(tmp_path: Path) -> None:
    """A comment at one call silences that call's instances, one in the module those of all calls."""
    calls = CALL.format(name="x", comment=COMMENT) + CALL.format(name="y", comment="")
    grow(tmp_path, {"main.tf": VPC + calls, "net/main.tf": MODULE})
    report = run(tmp_path).report
    assert open_answers(report) == [("VPCE005", f"module.y.{A}")]
    assert suppressed_answers(report) == [("VPCE005", f"module.x.{A}", "agreed")]
    grow(tmp_path, {"net/main.tf": MODULE.replace("resource", COMMENT + "\nresource")})
    assert open_answers(run(tmp_path).report) == []


def test_place_that_an_answer_points_at_speaks_for_it(tmp_path: Path) -> None:
    """Where an answer is about code elsewhere, such as a policy's document, a comment there counts."""
    wide = 'data "aws_iam_policy_document" "p" {\n  statement {\n    actions = ["*"]\n    resources = ["*"]\n'
    wide += '    principals {\n      type = "*"\n      identifiers = ["*"]\n    }\n  }\n}\n'
    code = VPC + endpoint(inside="policy = data.aws_iam_policy_document.p.json")
    grow(tmp_path, {"main.tf": code + wide})
    [(found, place)] = [(each.rule, each.location) for each in run(tmp_path).report.answers if each.rule == "VPCE005"]
    assert found == "VPCE005"
    commented = (code + wide).split("\n")
    commented.insert(place.line - 1 if "{" in commented[place.line - 1] else place.line, COMMENT)
    grow(tmp_path, {"main.tf": "\n".join(commented)})
    assert suppressed_answers(run(tmp_path).report) == [("VPCE005", A, "agreed")]


def test_json_syntax(tmp_path: Path) -> None:
    """In JSON the property // is the comment."""
    block = {"//": COMMENT.removeprefix("# "), "vpc_id": "vpc-1", "service_name": "com.amazonaws.x.s3"}
    grow(tmp_path, {"main.tf.json": json.dumps({"resource": {"aws_vpc_endpoint": {"a": block}}})})
    assert suppressed_answers(run(tmp_path).report) == [("VPCE005", A, "agreed")]


def test_comment_at_a_value_is_not_about_what_is_made_with_it(tmp_path: Path) -> None:
    """A comment in a variable file says nothing about an answer that points at the endpoint."""
    code = 'variable "name" {}\n' + VPC
    code += endpoint().replace('"com.amazonaws.eu-west-1.s3"', "var.name")
    grow(tmp_path, {"main.tf": code, "terraform.tfvars": f'{COMMENT}\nname = "com.amazonaws.eu-west-1.s3"\n'})
    assert ("VPCE005", A) in open_answers(run(tmp_path).report)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(st.sampled_from(["s3", "sqs", "kms"]), min_size=2, max_size=5),
    st.data(),
    st.sampled_from(["above", "inside"]),
    st.sampled_from(["VPCE005", "VPCE003", "VPCE003,VPCE005"]),
)
def test_comment_at_one_block_changes_no_other_answer(
    tmp_path: Path, services: list[str], data: st.DataObject, where: str, rules: str
) -> None:
    """Answers about other blocks stay as they are, but for the lines that they moved to."""
    chosen = data.draw(st.integers(0, len(services) - 1))

    def blocks(comment: str) -> str:
        made = [
            endpoint(f"e{number}", **({where: comment} if number == chosen else {})).replace(".s3", f".{service}")
            for number, service in enumerate(services)
        ]
        kind = '  vpc_endpoint_type = "Interface"\n'
        return VPC + "".join(each.replace("  vpc_id", kind + "  vpc_id") for each in made)

    grow(tmp_path, {"main.tf": blocks("")})
    before = run(tmp_path).report.answers
    grow(tmp_path, {"main.tf": blocks(f"# vpce-lint: ignore[{rules}] so")})
    after = [each for each in run(tmp_path).report.answers if each.rule != "VPCE902"]
    facts = [
        {(each.fingerprint, each.verdict, each.message) for each in answers if not each.suppressed}
        for answers in (before, after)
    ]
    gone = {fingerprint for fingerprint, _, _ in facts[0] - facts[1]}
    assert facts[1] <= facts[0]
    named = {
        each.fingerprint
        for each in before
        if each.address == f"aws_vpc_endpoint.e{chosen}" and each.rule in rules and each.verdict is Verdict.VIOLATED
    }
    assert gone == named


@dataclass(frozen=True)
class Annotated:
    """A file with notes that a reader would find."""

    source: Source
    contents: tuple[str | Value, ...]

    def notes(self) -> list[Note]:
        """One after the other, at the block that the sample's endpoint is."""
        span = Span(self.source, 0, len(self.source.data))
        return [Note(content, span, span) for content in self.contents]


def settled(*contents: str | Value, **terms: object) -> Report:
    """A report on one violation of VPCE003, with notes at its block."""
    given_reading = reading(sample_endpoint(), root=".")
    source = Source("main.tf", b"vpce-lint checkov " + b"\n" * 20)
    found = type(given_reading)(given_reading.networks, annotated=(Annotated(source, contents),))
    judged = {rule.id for rule in load_rules()}
    made = Terms(**({"today": TODAY, "judged": judged} | terms))  # type: ignore[arg-type]
    return suppress(Report((answer(),)), [as_result(found)], (), made)


def as_result(found: Reading) -> RootResult:
    """A reading as what came of a root with one open answer."""
    notes = (file_directives(each, load_rules()) for each in found.annotated)
    return result_of(".", found, (answer(),), [each for each in notes if each])


def metadata(data: Any) -> Value:
    """JSON as a reader would hand it on, without places."""
    source = Source("data.json", json.dumps(data).encode())
    return written(parse_json(source))


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        ({"vpce-lint": {"ignore": ["VPCE003 agreed"]}}, ["agreed"]),
        ({"vpce-lint": {"ignore": ["VPCE003", "VPCE005"]}}, [""]),
        ({"vpce-lint": {"ignore": ["interface-endpoint-in-one-zone\n agreed\n so"]}}, ["agreed so"]),
        ({"vpce-lint": {"ignore": ["VPCE003 until=2026-06-15 agreed"]}}, ["agreed"]),
        ({"vpce-lint": {"ignore": ["VPCE003 until 2026-06-15: agreed"]}}, ["agreed"]),
        ({"vpce-lint": {"ignore": ["VPCE003: until: 2026-06-15 agreed"]}}, ["agreed"]),
        ({"vpce-lint": {"ignore": ["VPCE003 until the move"]}}, ["until the move"]),
        ({"vpce-lint": {"ignore": ["VPCE003 until=2026-06-14 agreed"]}}, []),
        ({"vpce-lint": {"ignore": ["VPCE003 until 2026-06-14: agreed"]}}, []),
        ({"vpce-lint": {"ignore": ["VPCE003 until 15.6.2026"]}}, []),
        ({"vpce-lint": {"ignore": ["VPCE003"], "until": "2026-06-15"}}, []),
        ({"vpce-lint": {"ignore": [{"rule": "VPCE003", "reason": ["agreed"]}]}}, []),
        ({"vpce-lint": {"ignore": ["VPCE003: agreed"]}}, ["agreed"]),
        ({"vpce-lint": {"ignore": [{"rule": "VPCE003", "reason": "agreed", "until": "2026-06-15"}]}}, ["agreed"]),
        ({"vpce-lint": {"ignore": [{"rule": "VPCE003", "until": "2026-06-14"}]}}, []),
        ({"vpce-lint": {"ignore": "VPCE003"}}, []),
        ({"vpce-lint": ["VPCE003"]}, []),
        ({"vpce-lint": {"ignore": [3, {"rule": "VPCE003", "rules": 1}]}}, []),
        ({"checkov": {"skip": [{"id": "CKV_1"}, {"id": "VPCE003", "comment": "agreed"}]}}, ["agreed"]),
        ({"checkov": {"skip": [{"id": "CKV_1,VPCE003", "comment": None}]}}, [""]),
        ({"checkov": {"skip": "VPCE003"}}, []),
        ({"checkov": {"skip": ["VPCE003", {"id": ["VPCE003"]}, {"comment": "VPCE003"}]}}, []),
        ({"other": 1}, []),
    ],
)
def test_metadata(data: object, reasons: list[str]) -> None:
    """Metadata says it with data; what has another form silences nothing."""
    report = settled(metadata(data))
    assert [reason for _, _, reason in suppressed_answers(report)] == reasons
    assert all(each.suppressed.kind == "metadata" for each in report.answers if each.suppressed)


OPEN = {"Fn::If": ["Prod", ["VPCE003"], ["VPCE003", "VPCE005"]]}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"vpce-lint": OPEN}, "Fn::If is worked out at deployment and so suppresses nothing: write the rules out"),
        ({"vpce-lint": {"ignore": OPEN}}, "Fn::If is worked out"),
        ({"vpce-lint": {"ignore": [{"Ref": "Rule"}]}}, "Ref is worked out"),
        ({"vpce-lint": {"ignore": [{"rule": {"Ref": "Rule"}}]}}, "Ref is worked out"),
        ({"vpce-lint": {"ignore": [{"rule": "VPCE003", "reason": {"Fn::Sub": "${Why}"}}]}}, "Fn::Sub is worked out"),
        ({"vpce-lint": {"ignore": [{"rule": "VPCE003", "until": {"Ref": "Day"}}]}}, "Ref is worked out"),
        ({"Fn::If": ["Prod", {"vpce-lint": {"ignore": ["VPCE003"]}}, {"Ref": "AWS::NoValue"}]}, "Fn::If is worked out"),
        ({"checkov": {"skip": [{"id": {"Fn::Sub": "VPCE003"}}]}}, "Fn::Sub is worked out"),
        ({"checkov": {"skip": [{"id": "VPCE003", "comment": {"Ref": "Why"}}]}}, "Ref is worked out"),
        ({"checkov": {"skip": {"Fn::If": ["Prod", [{"id": "VPCE003"}], []]}}}, "Fn::If is worked out"),
        ({"vpce-lint": {"ignore": ["${Rule}"]}}, "there is no rule '${Rule}'"),
        ({"vpce-lint": {"ignore": ["VPCE900"]}}, "VPCE900 unreadable-file always counts"),
        ({"vpce-lint": {"ignore": [""]}}, "no rule is named"),
        ({"vpce-lint": {"ignore": ["x" * 10**6]}}, f"there is no rule {'x' * 61!r}; "),
        ({"vpce-lint": {"ignore": ["VPCE003"], "reason": "so"}}, "write vpce-lint: {ignore: [...]} "),
        ({"vpce_lint": {"ignore": ["VPCE003"]}}, "'vpce_lint' is not read, write vpce-lint: "),
        ({"vpce-lint": {"ignore": [{"id": "VPCE003"}]}}, "write 'VPCE005 reason', or a map of rule, reason and until"),
        ({"checkov": {"skip": [{"id": "VPCE03"}]}}, "there is no rule 'VPCE03'"),
    ],
)
def test_metadata_that_does_nothing_is_reported(data: object, words: str) -> None:
    """What deployment decides, or what is misspelt, silences nothing, and that is said."""
    report = settled(metadata(data))
    assert suppressed_answers(report) == []
    said = [message for rule, message in open_answers(report) if rule == "VPCE902"]
    assert [message[: len(words)] for message in said] == [words]


@pytest.mark.parametrize(
    "data", [{"checkov": {"skip": [{"id": {"Ref": "Check"}}, {"id": "CKV_1"}, 1]}}, {"Ref": "Data"}, ["VPCE003"], None]
)
def test_metadata_about_something_else_is_left_alone(data: object) -> None:
    """What doesn't name us or a rule of ours is nobody's mistake."""
    assert open_answers(settled(metadata(data))) == [("VPCE003", "aws_vpc_endpoint.kms")]


def test_enforced_rule_is_not_suppressed() -> None:
    """Nothing in the code silences an enforced rule, and the attempt is pointed at; other rules are."""
    report = settled("vpce-lint: ignore[VPCE003] please", enforced={"VPCE003"})
    assert open_answers(report) == [
        ("VPCE902", "VPCE003 is enforced: nothing in the code suppresses it"),
        ("VPCE003", "aws_vpc_endpoint.kms"),
    ]
    both = settled("vpce-lint: ignore[VPCE003, VPCE005] please", enforced={"VPCE005"})
    assert suppressed_answers(both) == [("VPCE003", "aws_vpc_endpoint.kms", "please")]


def test_reason_may_be_mandatory() -> None:
    """Without a reason a suppression doesn't count where the configuration asks for one."""
    assert suppressed_answers(settled("vpce-lint: ignore[VPCE003] so", require_reason=True))
    report = settled("vpce-lint: ignore[VPCE003]", require_reason=True)
    assert suppressed_answers(report) == []
    assert ("VPCE902", "this suppression of VPCE003 gives no reason, and the configuration asks for one") in (
        open_answers(report)
    )


def test_rules_that_were_not_put_leave_suppressions_alone() -> None:
    """A suppression isn't in vain where its rule was never asked."""
    assert open_answers(settled("vpce-lint: ignore[VPCE005] so", judged={"VPCE003"})) == [
        ("VPCE003", "aws_vpc_endpoint.kms")
    ]


def test_second_suppression_of_the_same_is_not_in_vain() -> None:
    """Two that fit the same answer both count as used; the first gives the reason."""
    report = settled("vpce-lint: ignore[VPCE003] one", "vpce-lint: ignore[VPCE003] two")
    assert suppressed_answers(report) == [("VPCE003", "aws_vpc_endpoint.kms", "one")]
    assert open_answers(report) == []


def test_too_many_suppressions_are_none() -> None:
    """A file with more suppressions than anyone reads suppresses nothing, and says so once."""
    report = settled(*["vpce-lint: ignore[VPCE003] x"] * (MOST_DIRECTIVES + 1))
    assert ("VPCE003", "aws_vpc_endpoint.kms") in open_answers(report)
    assert [words for rule, words in open_answers(report) if rule == "VPCE902"] == [
        "there are more than 10,000 suppressions, so none of this file counts"
    ]


@pytest.mark.parametrize("verdict", [Verdict.SATISFIED, Verdict.NOT_APPLICABLE])
def test_what_is_in_order_is_not_suppressed(verdict: Verdict) -> None:
    """A satisfied answer stays one, whatever is written."""
    found = reading(sample_endpoint(), root=".")
    source = Source("main.tf", b"vpce-lint \n" * 20)
    found = type(found)(found.networks, annotated=(Annotated(source, ("vpce-lint: ignore[VPCE003] x",)),))
    report = suppress(
        Report((answer(verdict=verdict),)), [as_result(found)], (), Terms(today=TODAY, judged={"VPCE003"})
    )
    assert suppressed_answers(report) == []
