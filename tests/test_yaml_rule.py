"""Rules in YAML: the same answers as rules in Python, and every mistake in a file refused at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import endpoint, reading, span
from worktree import grow
from worlds import ANY_INSTANCE, LETTERS, OPAQUE, TEXTS, VALUES, WHY, WORLDS, World, realize

from vpce_lint.api import InterfaceEndpoint, Requirements, Severity, not_applicable, require, rule
from vpce_lint.attribute_condition import has_at_least, has_member, is_scalar
from vpce_lint.cli import main
from vpce_lint.engine import judge
from vpce_lint.loader import load_rule, load_rules
from vpce_lint.model import EndpointService, GatewayEndpoint, Subnet, Vpc
from vpce_lint.rule import RuleError
from vpce_lint.truth import Truth, every, some
from vpce_lint.value import Known, Reference, Run, Sequence, Unknown, Value
from vpce_lint.verdict import Confidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vpce_lint.report import Answer
    from vpce_lint.rule import Rule

HEAD = """\
id: OWN001
severity: high
page: |
  Interface endpoint leaves a name public.

  Why.
about: interface-endpoint
"""
REQUIRE = """\
require:
  - that: {private_dns: {is: true}}
    message: "{address} leaves the name of {service} public"
    fix: turn private DNS on
"""
OPEN = Unknown("var.any", WHY)
NULL = ("NoneType", None)


def write(folder: Path, text: str, path: str = "endpoints/private-dns-off.yaml") -> Path:
    """A file of a rule below a folder."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Rule]:
    """A rule about interface endpoints with this condition, and this one on where it applies."""
    folder = tmp_path_factory.mktemp("rules")

    def load(that: str, where: str = "") -> Rule:
        limit = f"where: {where}\n" if where else ""
        return load_rule(write(folder, f"{HEAD}{limit}require: [{{that: {that}, message: it is wrong}}]\n"))

    return load


def only(loaded: Rule, **fields: Value) -> Answer:
    """The rule's one answer about an endpoint with these attributes."""
    [answer] = judge(reading(endpoint(**fields)), [loaded]).answers
    return answer


def test_file_says_all_about_the_rule(tmp_path: Path) -> None:
    """Name and category are file and folder, the rest is what the file says."""
    write(tmp_path, HEAD + "controls: [NIST-800-53:SC-7]\n" + REQUIRE, "network/names_public.yaml")
    [loaded] = load_rules(tmp_path)
    assert (loaded.id, loaded.name, loaded.category) == ("OWN001", "names-public", "network")
    assert (loaded.severity, loaded.controls) == (Severity.HIGH, ("NIST-800-53:SC-7",))
    assert (loaded.summary, loaded.page) == (
        "Interface endpoint leaves a name public.",
        "Interface endpoint leaves a name public.\n\nWhy.",
    )


@rule("OWN001", severity=Severity.HIGH)
def private_dns_off(subject: InterfaceEndpoint) -> Requirements:
    """What the file in YAML says, as a function."""
    applies = subject.service.ends_with("a") | subject.policy.is_null
    if applies.is_ruled_out:
        yield not_applicable("what the rule is limited to does not hold")
        return
    yield require(
        ~applies | every([~subject.private_dns.is_(True), some([subject.vpc.is_("a"), subject.vpc.starts_with("b")])]),
        "it is wrong",
    )


@given(TEXTS | OPAQUE, VALUES, st.booleans().map(Known) | OPAQUE, TEXTS | OPAQUE)
def test_same_answer_as_in_python(
    asking: Callable[[str, str], Rule], service: Value, policy: Value, private: Value, vpc: Value
) -> None:
    """Whatever is open, both decide the same, as certainly, for the same reasons."""
    loaded = asking(
        "{all: [{private_dns: {is-not: true}}, {any: [{vpc: {one-of: [a]}}, {vpc: {starts-with: b}}]}]}",
        "{any: [{service: {ends-with: a}}, {policy: {is-null: true}}]}",
    )
    mine, other = (
        only(each, service=service, policy=policy, private_dns=private, vpc=vpc) for each in (loaded, private_dns_off)
    )
    assert (mine.verdict, mine.confidence, mine.why) == (other.verdict, other.confidence, other.why)


ONE, TWO = Known("subnet-1"), Known("subnet-2")
MADE_HERE = Reference("aws_subnet.a.id", (), address="aws_subnet.a", attribute="id")


@pytest.mark.parametrize(
    ("that", "fields", "verdict"),
    [
        ("{private_dns: {is: true}}", {"private_dns": Known(value=True)}, Verdict.SATISFIED),
        ("{private_dns: {is: true}}", {"private_dns": Known(value=False)}, Verdict.VIOLATED),
        ("{private_dns: {is: true}}", {"private_dns": OPEN}, Verdict.UNDETERMINED),
        ("{private_dns: {is-not: false}}", {"private_dns": Known(value=False)}, Verdict.VIOLATED),
        ("{not: {private_dns: {is: false}}}", {"private_dns": Known(value=False)}, Verdict.VIOLATED),
        ("{service: {one-of: [a, b]}}", {"service": Known("b")}, Verdict.SATISFIED),
        ("{service: {one-of: [a, b]}}", {"service": Known("c")}, Verdict.VIOLATED),
        ("{service: {one-of: [a, b]}}", {"service": OPEN}, Verdict.UNDETERMINED),
        ("{service: {starts-with: aws., ends-with: .s3}}", {"service": Known("aws.s3")}, Verdict.SATISFIED),
        ("{service: {starts-with: aws., ends-with: .s3}}", {"service": Known("aws.s4")}, Verdict.VIOLATED),
        ("{service: {is: true}}", {"service": Known("b")}, Verdict.UNDETERMINED),
        ("{only_inbound_resolvers: {is-not: a}}", {"only_inbound_resolvers": Known(value=True)}, Verdict.UNDETERMINED),
        ("{only_inbound_resolvers: {is: true}}", {}, Verdict.VIOLATED),
        ("{policy: {is-null: false}}", {}, Verdict.VIOLATED),
        ("{policy: {is-null: true}}", {}, Verdict.SATISFIED),
        ("{policy: {is-null: true}}", {"policy": OPEN}, Verdict.UNDETERMINED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((TWO, ONE))}, Verdict.SATISFIED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((TWO, TWO))}, Verdict.VIOLATED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((TWO, OPEN))}, Verdict.UNDETERMINED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((MADE_HERE,))}, Verdict.UNDETERMINED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((Run("some", ONE),))}, Verdict.UNDETERMINED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((Run("some", ONE, 1),))}, Verdict.SATISFIED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((Run("some", OPEN, 1),))}, Verdict.UNDETERMINED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((Run("some", TWO),))}, Verdict.VIOLATED),
        ("{subnets: {has: subnet-1}}", {"subnets": Sequence((Run("some", ONE, 0, 0),))}, Verdict.VIOLATED),
        ("{subnets: {has: subnet-1}}", {"subnets": Known(None)}, Verdict.VIOLATED),
        ("{subnets: {has: subnet-1}}", {"subnets": Known("subnet-1")}, Verdict.UNDETERMINED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((ONE, TWO))}, Verdict.SATISFIED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((ONE, ONE))}, Verdict.VIOLATED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((ONE, Known(None)))}, Verdict.VIOLATED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((ONE, OPEN))}, Verdict.UNDETERMINED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((MADE_HERE, MADE_HERE))}, Verdict.VIOLATED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((ANY_INSTANCE, ANY_INSTANCE))}, Verdict.UNDETERMINED),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((Run("some", OPEN, 2),))}, Verdict.UNDETERMINED),
        (
            "{subnets: {has-at-least: 2}}",
            {"subnets": Sequence((Run("a", ONE, 1), Run("b", TWO, 1)))},
            Verdict.SATISFIED,
        ),
        (
            "{subnets: {has-at-least: 2}}",
            {"subnets": Sequence((Run("a", ONE, 1), Run("b", ONE, 1)))},
            Verdict.UNDETERMINED,
        ),
        (
            "{subnets: {has-at-least: 2}}",
            {"subnets": Sequence((Run("a", ONE, 1), Run("b", TWO)))},
            Verdict.UNDETERMINED,
        ),
        ("{subnets: {has-at-least: 2}}", {"subnets": Sequence((Run("a", OPEN, 2, distinct=True),))}, Verdict.SATISFIED),
        ("{subnets: {has-at-least: 1}}", {"subnets": Known(None)}, Verdict.VIOLATED),
        ("{subnets: {has-at-least: 1}}", {"subnets": OPEN}, Verdict.UNDETERMINED),
        ("{any: [{service: {is: a}}, {vpc: {is: v}}]}", {"service": OPEN, "vpc": Known("v")}, Verdict.SATISFIED),
        ("{all: [{service: {is: a}}, {vpc: {is: v}}]}", {"service": OPEN, "vpc": Known("w")}, Verdict.VIOLATED),
        ("{service: {is: a}, vpc: {is: v}}", {"service": Known("a"), "vpc": Known("v")}, Verdict.SATISFIED),
        ("{service: {is: a}, vpc: {is: v}}", {"service": Known("a"), "vpc": OPEN}, Verdict.UNDETERMINED),
    ],
)
def test_conditions(asking: Callable[[str], Rule], that: str, fields: dict[str, Value], verdict: Verdict) -> None:
    """Each condition is decided where the value decides it, and only there; what stays open has a reason."""
    answer = only(asking(that), **fields)
    assert answer.verdict is verdict
    assert bool(answer.why) is (verdict is Verdict.UNDETERMINED)


@given(VALUES, LETTERS, st.integers(1, 3), WORLDS, st.data())
def test_lists_are_decided_only_where_every_world_agrees(
    value: Value, letters: str, number: int, world: World, data: st.DataObject
) -> None:
    """Whatever the unknowns turn out to be, a certain answer about a list's members is the true one."""
    kind, real = realize(value, world, lambda count: data.draw(st.integers(0, count - 1)))
    has = has_member(value, lambda member: is_scalar(member, Known(letters))).value
    enough = has_at_least(value, number).value
    if kind in {"list", "tuple", "set"}:
        assert has in {None, ("str", letters) in real}
        assert enough is not True or len(set(real)) >= number
        assert enough is not False or len(set(real) - {NULL}) < number
    else:
        expected = {None, False} if (kind, real) == NULL else {None}
        assert {has, enough} <= expected


@pytest.mark.parametrize(
    ("service", "private", "verdict"),
    [
        (Known("x.logs"), Known(value=False), Verdict.VIOLATED),
        (Known("x.sqs"), Known(value=False), Verdict.NOT_APPLICABLE),
        (OPEN, Known(value=False), Verdict.UNDETERMINED),
        (OPEN, Known(value=True), Verdict.SATISFIED),
    ],
)
def test_limits(asking: Callable[[str, str], Rule], service: Value, private: Value, verdict: Verdict) -> None:
    """Where the limit certainly doesn't hold the rule says nothing; where that is open, so is a violation."""
    loaded = asking("{private_dns: {is: true}}", "{service: {ends-with: .logs}}")
    assert only(loaded, service=service, private_dns=private).verdict is verdict


class Unlikely(Unknown, frozen=True):
    """A value that is likely not to be null."""

    @property
    def is_null(self) -> Truth:
        """Whether it is null: not for certain, but not."""
        return Truth(value=False, reasons=WHY, likely=True)


def test_likely_limit_makes_the_answer_likely(asking: Callable[[str, str], Rule]) -> None:
    """A rule isn't out of the question because it is likely not to apply: it is likely kept, and says why."""
    loaded = asking("{private_dns: {is: true}}", "{policy: {is-null: true}}")
    answer = only(loaded, policy=Unlikely("var.policy", WHY))
    assert (answer.verdict, answer.confidence) == (Verdict.SATISFIED, Confidence.LIKELY)
    assert answer.why == ("it has no default",)


def test_answer_points_at_what_decides(asking: Callable[[str], Rule]) -> None:
    """Of several attributes, the place is that of the one which makes it wrong, or leaves it open."""
    loaded = asking("{all: [{service: {starts-with: com.}}, {subnets: {has-at-least: 2}}]}")
    subnets = span("[aws_subnet.a.id]")
    for members in ((ONE,), (ONE, OPEN)):
        answer = only(loaded, subnets=Sequence(members, span=subnets))
        assert (answer.location.line, answer.location.column) == (subnets.line, subnets.column)


def test_message_and_fix_have_the_values_in_them(tmp_path: Path) -> None:
    """Attributes and the address are put in, once: braces in a value stay what they are."""
    text = HEAD + REQUIRE.replace("public", "public, {{so}}").replace(
        "turn private DNS on", "'for {service}: turn private DNS on'"
    )
    answer = only(load_rule(write(tmp_path, text)), service=Known("{vpc}"))
    assert answer.message == "aws_vpc_endpoint.kms leaves the name of {vpc} public, {so}"
    assert answer.fix == "for {vpc}: turn private DNS on"


def test_long_value_is_cut(tmp_path: Path) -> None:
    """A value of any length is no reason for a rule to fail."""
    answer = only(load_rule(write(tmp_path, HEAD + REQUIRE)), service=Known("a" * 50_000))
    assert (answer.rule, answer.verdict) == ("OWN001", Verdict.VIOLATED)
    assert len(answer.message) < 1_000


def test_each_requirement_has_its_answer(tmp_path: Path) -> None:
    """Two requirements that fail at one place are two answers, even about one attribute."""
    more = """\
  - {that: {service: {is: a}}, message: a}
  - {that: {service: {starts-with: b}}, message: b}
"""
    answers = judge(reading(endpoint()), [load_rule(write(tmp_path, HEAD + REQUIRE + more))]).answers
    assert {answer.about for answer in answers} == {"private_dns", "service", "service 2"}


def test_rule_about_several_kinds(tmp_path: Path) -> None:
    """A list of kinds makes a rule about all of them, and about the attributes that they share."""
    text = HEAD.replace("interface-endpoint", "[gateway-endpoint, interface-endpoint]")
    shared = "require: [{that: {policy: {is-null: false}}, message: no policy}]\n"
    assert load_rule(write(tmp_path, text + shared)).subjects == (GatewayEndpoint, InterfaceEndpoint)
    with pytest.raises(RuleError, match=r":9: 'private_dns' is no attribute"):
        load_rule(write(tmp_path, text + REQUIRE))


@pytest.mark.parametrize(
    ("kind", "attribute", "cls"),
    [
        ("endpoint-service", "principals: {has: '*'}", EndpointService),
        ("subnet", "maps_public: {is: false}", Subnet),
        ("vpc", "dns_support: {is: true}", Vpc),
    ],
)
def test_kinds_are_those_of_the_interface(tmp_path: Path, kind: str, attribute: str, cls: type) -> None:
    """A class of the interface is called by its name in kebab case."""
    text = HEAD.replace("interface-endpoint", kind) + f"require: [{{that: {{{attribute}}}, message: it is wrong}}]\n"
    assert load_rule(write(tmp_path, text)).subjects == (cls,)


def with_that(that: str) -> str:
    """A rule that requires this, on line 8."""
    return f"{HEAD}require: [{{that: {that}, message: it is wrong}}]\n"


SOUND = HEAD + REQUIRE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r":1: there is no rule in it"),
        ("- a", r":1: a rule is a map with about, id, page, require, severity, controls, where"),
        ("a: [", r":[12]: this is not valid YAML: "),
        ("a: \x00", r":1: this is not valid YAML: "),
        (SOUND + "---\na: b\n", r":12: a file holds exactly one rule"),
        (SOUND + "name: x\n", r":12: 'name' is not known here"),
        (SOUND + "were: x\n", r":12: 'were' is not known here, did you mean where\?"),
        (SOUND + "id: OWN002\n", r":12: 'id' is given twice"),
        (SOUND.replace("id: OWN001\n", ""), r":1: a rule needs id"),
        (SOUND.replace("OWN001", "17"), r":1: id needs a text, put it in quotes"),
        (SOUND.replace("OWN001", "a b"), r":1: id must be a word such as OWN001, not 'a b'"),
        (SOUND.replace("high", "hihg"), r":2: 'hihg' is no severity, did you mean high\?"),
        (SOUND.replace("high", "2026-01-01"), r":2: 2026-01-01 is no text for YAML, put it in quotes"),
        (SOUND.replace("interface-endpoint", "interface_endpoint"), r":7: .* did you mean interface-endpoint\?"),
        (SOUND.replace("interface-endpoint", "{a: b}"), r":7: about is a list with one member at least"),
        (SOUND + "controls: [1]\n", r":12: controls needs a text, put it in quotes"),
        (SOUND + "where: {}\n", r":12: a condition is a map"),
        (HEAD + "page: x\n", r":8: 'page' is given twice"),
        (HEAD.partition("page")[0] + "page: ' '\nabout: interface-endpoint\n" + REQUIRE, r":3: page needs a text"),
        (HEAD + "require: []\n", r":8: require is a list with one member at least"),
        (HEAD + "require: [{that: {vpc: {is: a}}}]\n", r":8: a requirement needs message"),
        (HEAD + "require: [{that: {vpc: {is: a}}, message: a, at: b}]\n", r":8: 'at' is not known here"),
        (with_that("{privat_dns: {is: true}}"), r":8: 'privat_dns' is no attribute, did you mean private_dns\?"),
        (with_that("{calls: {is: true}}"), r":8: 'calls' is no attribute"),
        (with_that("{__class__: {is: true}}"), r":8: '__class__' is no attribute"),
        (with_that("{vpc: {start-with: a}}"), r":8: 'start-with' is no condition, did you mean starts-with\?"),
        (
            HEAD + "require:\n  - message: x\n    that:\n      privat:\n        is: true\n",
            r":11: 'privat' is no attribute",
        ),
        (with_that("{vpc: a}"), r":8: what vpc must be is a map"),
        (with_that("{vpc: {}}"), r":8: what vpc must be is a map"),
        (with_that("{vpc: {is: }}"), r":8: is needs a value; whether there is none is asked by is-null"),
        (with_that("{vpc: {is: 17}}"), r":8: is needs a text, put it in quotes"),
        (with_that("{vpc: {is: 012345678901}}"), r":8: 012345678901 is no text for YAML, put it in quotes"),
        (with_that("{vpc: {is: 012345670123}}"), r":8: 012345670123 is no text for YAML, put it in quotes"),
        (with_that("{vpc: {is: 1.5}}"), r":8: 1.5 is no text for YAML, put it in quotes"),
        (with_that("{vpc: {is: 'true'}}"), r":8: is: no attribute is the text 'true', write it without quotes"),
        (with_that("{private_dns: {is: yes}}"), r":8: write true or false instead of yes"),
        (with_that("{private_dns: {is: sure}}"), r":8: private_dns is true or false, not anything else"),
        (with_that("{private_dns: {starts-with: t}}"), r":8: private_dns is true or false, which starts-with can't"),
        (with_that("{subnets: {is: a}}"), r":8: subnets is a list, which is can't ask about: use has, has-at-least"),
        (with_that("{vpc: {has: a}}"), r":8: vpc is a value, which has can't ask about"),
        (with_that("{subnets: {has-at-least: 0}}"), r":8: has-at-least needs a whole number, 1 at least"),
        (with_that("{subnets: {has-at-least: true}}"), r":8: has-at-least needs a whole number, 1 at least"),
        (with_that("{vpc: {is-null: a}}"), r":8: is-null needs true or false"),
        (with_that("{vpc: {one-of: a}}"), r":8: one-of is a list with one member at least"),
        (with_that("{any: []}"), r":8: any is a list with one member at least"),
        (with_that("{not: [{vpc: {is: a}}]}"), r":8: a condition is a map"),
        (with_that("{[a]: b}"), r":8: a key must be a word"),
        (with_that("&a {vpc: {is: b}}"), r":8: anchors and aliases are not allowed"),
        (with_that("*a"), r":8: anchors and aliases are not allowed"),
        (with_that("!!python/object/apply:os.system [true]"), r":8: the tag \S+os.system is not allowed"),
        (with_that("[" * 40), r":8: this is nested more than 30 deep"),
        (with_that("{vpc: {is: a}}").replace("it is wrong", "'{vcp}'"), r":8: \{vcp\} in the message is no attribute"),
        (with_that("{vpc: {is: a}}").replace("it is wrong", "'{vpc.x}'"), r":8: \{vpc.x\} in the message is no attr"),
        (with_that("{vpc: {is: a}}").replace("it is wrong", "a" * 2_001), r":8: the message has more than 2,000 char"),
        (with_that("{vpc: {is: a}}").replace("it is wrong", "'" + "{vpc}" * 21 + "'"), r":8: .* more than 20 values"),
        (with_that("{vpc: {is: " + "1" * 9_000 + "}}"), r":8: 1{500}…$"),
        (with_that("{vpc: {is: a}}").replace("it is wrong", "'{vpc'"), r":8: a single \{ in the message: write \{\{"),
    ],
)
def test_mistakes_are_refused(tmp_path: Path, text: str, words: str) -> None:
    """Each way to get a file wrong has its own words, with the file and the line in front."""
    file = write(tmp_path, text)
    with pytest.raises(RuleError, match=words) as caught:
        load_rules(tmp_path)
    assert str(caught.value).startswith(str(file))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("private-dns-off.yaml", "lies in the folder of its category"),
        ("endpoints/private-dns-off.yml", "is not loaded, the name of a rule in YAML ends in .yaml"),
        ("endpoints/Private.yaml", "must be words in small letters and hyphens"),
    ],
)
def test_misplaced_files_are_refused(tmp_path: Path, path: str, words: str) -> None:
    """A rule that would be passed over without a word is an error."""
    write(tmp_path, SOUND, path)
    with pytest.raises(RuleError, match=words):
        load_rules(tmp_path)


@pytest.mark.parametrize(("data", "words"), [(b"\xff", "it is not UTF-8"), (b"#" * 300_000, "is larger than")])
def test_files_that_are_no_text_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """What can't be read as a rule is an error, and no crash."""
    write(tmp_path, "").write_bytes(data)
    with pytest.raises(RuleError, match=words):
        load_rules(tmp_path)


def test_names_and_ids_are_unique_across_languages(tmp_path: Path) -> None:
    """A rule in YAML doesn't replace one in Python, nor the other way round."""
    write(tmp_path, SOUND, "endpoints/interface-endpoint-in-one-zone.yaml")
    assert main(["rules", "--rules", str(tmp_path)]) == 2


VPC = """\
variable "private" {{
  type = bool
}}

resource "aws_vpc_endpoint" "sqs" {{
  vpc_id              = "vpc-1"
  service_name        = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = {value}
}}
"""


def test_report_does_not_replace_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule is written by hand, and no output takes its place."""
    file = write(tmp_path / "own", SOUND)
    grow(tmp_path, {"code/main.tf": VPC.format(value="true")})
    assert main([str(tmp_path / "code"), "--rules", str(tmp_path / "own"), "--output", f"json={file}"]) == 2
    assert "isn't written: it is one of the files that were read" in capsys.readouterr().err
    assert file.read_text("utf-8") == SOUND


def test_fixtures_try_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fixtures judge a rule in YAML as one in Python, and so does a scan of code."""
    write(tmp_path, SOUND)
    for kind, value in (
        ("fail", "false # expect: OWN001"),
        ("pass", "true"),
        ("unknown", "var.private # expect: OWN001?"),
    ):
        grow(tmp_path, {f"fixtures/private-dns-off/{kind}/first/main.tf": VPC.format(value=value)})
    assert main(["test-rules", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("3 tried, 0 failed\n")
    assert main(["explain", "OWN001", "--rules", str(tmp_path)]) == 0
    assert "Interface endpoint leaves a name public." in capsys.readouterr().out
    case = tmp_path / "fixtures/private-dns-off/fail/first"
    assert main([str(case), "--rules", str(tmp_path), "--select", "private-dns-off"]) == 1
