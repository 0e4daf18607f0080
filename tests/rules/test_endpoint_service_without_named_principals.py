"""VPCE004 on services made by hand."""

from scene import HOLE, answer, answers, line, service

from vpce_lint.model import Gap
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Run, Sequence
from vpce_lint.verdict import Severity, Verdict

RULE = "VPCE004"
NAMED = Known("arn:aws:iam::111122223333:root")
EVERYONE = Known("*", span=line(33))


def by_fault(*principals: Known, **more: object) -> dict[str | None, Verdict]:
    """The verdict on each of the two faults."""
    return {found.about: found.verdict for found in answers(RULE, service(Sequence(principals), **more))}


def test_two_faults() -> None:
    """Everyone allowed and nobody allowed are different answers about one service."""
    assert by_fault(NAMED) == {"everyone-allowed": Verdict.SATISFIED, "nobody-allowed": Verdict.SATISFIED}
    assert by_fault(EVERYONE) == {"everyone-allowed": Verdict.VIOLATED, "nobody-allowed": Verdict.SATISFIED}
    assert by_fault() == {"everyone-allowed": Verdict.SATISFIED, "nobody-allowed": Verdict.VIOLATED}


def test_everyone_is_worse_without_acceptance() -> None:
    """The message says what the wildcard means, and where it is written is shown."""
    guarded, unguarded = (
        answers(RULE, service(Sequence((NAMED, EVERYONE), span=line(32)), acceptance_required=Known(required)))[0]
        for required in (True, False)
    )
    message = "aws_vpc_endpoint_service.this allows *: every AWS account may connect"
    assert (guarded.message, guarded.severity, guarded.location.line) == (message, Severity.HIGH, 32)
    assert unguarded.message == f"{message}, and nobody has to accept it"
    assert [(place.label, place.line) for place in unguarded.related] == [("* is allowed here", 33)]


def test_nobody_is_of_medium_severity() -> None:
    """A service without principals harms nobody yet."""
    found = answers(RULE, service())[1]
    assert found.severity is Severity.MEDIUM
    assert found.message == "aws_vpc_endpoint_service.this allows nobody: no other account can connect"


def test_satisfied_answers_say_what_is_right() -> None:
    """Two lines about a good service: nobody gets in by a wildcard, and somebody is named."""
    name = "aws_vpc_endpoint_service.this"
    assert [found.message for found in answers(RULE, service(Sequence((NAMED,))))] == [
        f"{name} lets nobody connect by a wildcard",
        f"{name} names who may connect",
    ]
    assert answers(RULE, service(Sequence((EVERYONE,))))[1].message == f"{name} lets others connect"


def test_questions_hold_no_facts() -> None:
    """That nobody has to accept a connection is known, and is no part of what is asked; nor is what would follow."""
    name = "aws_vpc_endpoint_service.this"
    open_ = answer(RULE, service(HOLE, acceptance_required=Known(value=False)))
    assert open_.message == f"can't tell whether {name} lets every AWS account connect"
    may_be_empty = answers(RULE, service(Sequence((Run("r", NAMED),))))[1]
    assert may_be_empty.message == f"can't tell whether {name} allows nobody"


def test_unknown_principals_are_one_open_question() -> None:
    """A list that isn't known at all is said once, not once per fault."""
    found = answer(RULE, service(HOLE))
    assert (found.verdict, found.about) == (Verdict.UNDETERMINED, "everyone-allowed")
    assert found.why == ("var.x has no default",)


def test_unread_code_may_allow_someone() -> None:
    """That nobody is allowed is not certain where a gap could add a principal."""
    gap = Gap(Reason("more.tf can't be read"))
    found = answers(RULE, service(), gaps=(gap,))[1]
    assert (found.verdict, found.why) == (Verdict.UNDETERMINED, ("more.tf can't be read",))
