"""What a person reads."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from sample import HEADER, answer, span

from vpce_lint.location import Location, locate
from vpce_lint.report import Answer, Omission, Report, Scope, Suppression
from vpce_lint.reporters.text import render
from vpce_lint.terminal import unpaint
from vpce_lint.verdict import Confidence, Severity, Verdict

SCOPE = Scope(paths=(".",), files=88, roots=6, endpoints=19)
RENAMED = "{} stands in one Availability Zone, eu-west-1a"
VIOLATED = frozenset({Verdict.VIOLATED})
TABBED = 'locals {\n\tids = ["日本", "e\u0301", "\x1b[2J"] # end\n}\n'


def shown(*answers: Answer, **fields: Any) -> str:
    """The report's text without styles."""
    return unpaint(render(Report(answers, **{"scope": SCOPE, **fields})))


EVERYTHING = (
    answer(
        related=(
            Location("modules/net/main.tf", 22, 23, label='aws_subnet.private["eu-west-1a"] is its only subnet'),
            Location("net.tf", 1, 1, label="the VPC"),
        ),
        calls=(Location("envs/prod/main.tf", 8, 1, label="module.endpoints"),),
    ),
    answer(
        location=locate(HEADER),
        verdict=Verdict.UNDETERMINED,
        message="can't tell whether aws_vpc_endpoint.kms stands in fewer than two zones",
        why=("var.zones has no default (variables.tf:3)", "data.aws_subnets.all is read at apply time (main.tf:9)"),
    ),
    answer(
        rule="VPCE001",
        name="interface-endpoint-for-gateway-service",
        location=locate(span("service_name")),
        confidence=Confidence.LIKELY,
        severity=Severity.MEDIUM,
        message="no gateway endpoint for s3",
        why=("var.vpc_id is not made here (main.tf:2)",),
    ),
    answer(rule="VPCE900", name="unreadable-file", location=Location("broken.tf"), message="it is not UTF-8", fix=""),
    answer(verdict=Verdict.SATISFIED, message="it stands in 2 zones"),
    answer(verdict=Verdict.NOT_APPLICABLE, message="it is no interface endpoint", fix=""),
)

SNAPSHOT = """\
main.tf:3:18  VPCE003 interface-endpoint-in-one-zone  high
  aws_vpc_endpoint.kms stands in one Availability Zone, eu-west-1a

  3 |   subnet_ids   = [aws_subnet.a.id]
    |                  ^^^^^^^^^^^^^^^^^
    modules/net/main.tf:22:23  aws_subnet.private["eu-west-1a"] is its only subnet
    net.tf:1:1                 the VPC
    envs/prod/main.tf:8:1      called by module.endpoints
  fix: give it subnets in at least two zones

main.tf:1:1  VPCE003 interface-endpoint-in-one-zone  undetermined
  can't tell whether aws_vpc_endpoint.kms stands in fewer than two zones

  1 | resource "aws_vpc_endpoint" "kms" {
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  because: var.zones has no default (variables.tf:3)
           data.aws_subnets.all is read at apply time (main.tf:9)
  if so: give it subnets in at least two zones

main.tf:2:3  VPCE001 interface-endpoint-for-gateway-service  medium, likely
  no gateway endpoint for s3

  2 |   service_name = "com.amazonaws.eu-west-1.kms"
    |   ^^^^^^^^^^^^
  likely: var.vpc_id is not made here (main.tf:2)
  fix: give it subnets in at least two zones

broken.tf:1:1  VPCE900 unreadable-file  high
  it is not UTF-8

main.tf:3:18  VPCE003 interface-endpoint-in-one-zone  satisfied
  it stands in 2 zones

  3 |   subnet_ids   = [aws_subnet.a.id]
    |                  ^^^^^^^^^^^^^^^^^

main.tf:3:18  VPCE003 interface-endpoint-in-one-zone  not applicable
  it is no interface endpoint

  3 |   subnet_ids   = [aws_subnet.a.id]
    |                  ^^^^^^^^^^^^^^^^^

not read:
  main.tf:1: module.vpc is not downloaded: run terraform init

3 violated · 1 undetermined · 1 satisfied · 1 not applicable     6 roots, 88 files, 19 endpoints; 1 module not downloaded
"""

MODULE = Omission("main.tf:1", "module.vpc is not downloaded: run terraform init", "module")


def test_snapshot() -> None:
    """The whole of it, each kind of answer once."""
    assert shown(*EVERYTHING, unread=(MODULE,)) == SNAPSHOT


def test_undetermined_is_counted_with_how_to_see_it() -> None:
    """What is hidden is counted, and the way to see it is named."""
    text = shown(answer(), answer(verdict=Verdict.UNDETERMINED), answer(verdict=Verdict.SATISFIED), shown=VIOLATED)
    assert text.count("VPCE003") == 1
    assert text.endswith(
        "1 violated · 1 undetermined (--show undetermined) · 1 satisfied     6 roots, 88 files, 19 endpoints\n"
    )


def test_singular_and_plural() -> None:
    """Counts read as English."""
    unread = (MODULE, replace(MODULE, path="b.tf"), Omission("x.tf", "not needed"))
    assert shown(scope=Scope(("x",), 1, 1, 1), unread=unread, shown=VIOLATED) == (
        "0 violated     1 root, 1 file, 1 endpoint; 1 file not read; 2 modules not downloaded\n"
    )


def test_nothing_recognised_cannot_be_overlooked() -> None:
    """A path without Terraform code is not a silent success."""
    assert " NOTHING WAS CHECKED: there is no Terraform code, plan or template in docs, infra \n" in shown(
        scope=Scope(("docs", "infra"))
    )


def test_something_recognised_has_no_such_line() -> None:
    """The line is kept for the case that it is about."""
    assert "NOTHING" not in shown()


def test_underline_stands_below_the_place() -> None:
    """Tabs, wide and combining characters and written-out escapes before the place shift the underline."""
    lines = shown(answer(location=locate(span('"\x1b[2J"', TABBED)))).splitlines()
    assert lines[3:5] == [
        '  2 |     ids = ["日本", "e\u0301", "\\x1b[2J"] # end',
        "    |                         ^^^^^^^^^",
    ]


def test_place_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    """Of a longer place, the first line is shown, marked to its end."""
    lines = shown(answer(location=locate(span("{\n\tids", TABBED)))).splitlines()
    assert lines[3:5] == ["  1 | locals {", "    |        ^"]


def test_nothing_read_steers_the_terminal() -> None:
    """Names, messages and code with escape characters arrive written out."""
    evil = "\x1b]0;x\x07\u202e"
    place = Location(f"{evil}.tf", label=evil, excerpt=locate(span(evil, f"a = {evil}")).excerpt)
    text = render(
        Report(
            (
                answer(
                    location=place,
                    message=evil,
                    fix=evil,
                    why=(evil,),
                    related=(place,),
                    calls=(place,),
                    suppressed=Suppression("comment", evil),
                ),
                answer(location=place, message=evil, fix=evil, why=(evil,), address=f"{evil}2", calls=(place,)),
            ),
            scope=Scope((evil,)),
            unread=(Omission(evil, evil),),
        )
    )
    assert unpaint(text).replace("\n", "").isprintable()


def test_shared_module_is_said_once_with_its_callers() -> None:
    """The same fault reached from several roots and instances is one finding."""
    prod, dev = (Location(f"envs/{name}/main.tf", 8, 1, label="module.net") for name in ("prod", "dev"))
    text = shown(
        answer(root="envs/prod", calls=(prod,)),
        answer(root="envs/dev", calls=(dev,)),
        answer(root="envs/dev", calls=(dev,), address="twin", message=RENAMED.format("twin")),
    )
    assert text.count("VPCE003") == 1
    assert (
        "    envs/prod/main.tf:8:1  called by module.net\n"
        "    envs/dev/main.tf:8:1   called by module.net\n"
        "    also twin\n"
    ) in text
    assert text.splitlines()[-1].startswith("3 violated")


def test_endless_lists_are_cut() -> None:
    """Of very many callers and instances, some are listed and the rest is counted."""
    calls = [Location(f"{index:02}.tf", 1, 1, label="module.net") for index in range(20)]
    answers = [answer(calls=(call,)) for call in calls]
    names = [f"twin[{index}]" for index in range(20)]
    answers += [answer(calls=(calls[0],), address=name, message=RENAMED.format(name)) for name in names]
    text = shown(*answers)
    assert (text.count("called by"), text.count("also ")) == (8, 8)
    assert "and 12 more calls\n" in text
    assert "and 12 more instances\n" in text


@pytest.mark.parametrize(("verdict", "style"), [(Verdict.VIOLATED, "1;31"), (Verdict.UNDETERMINED, "1;33")])
def test_style_follows_the_verdict(verdict: Verdict, style: str) -> None:
    """Violations are red, open answers yellow."""
    assert f"\x1b[{style}mVPCE003\x1b[0m" in render(Report((answer(verdict=verdict),), SCOPE))


def test_suppressed_says_why() -> None:
    """A suppressed answer, where it is shown, says so and is counted apart."""
    text = shown(answer(suppressed=Suppression("comment", "agreed with security")))
    assert "high, suppressed: agreed with security\n" in text
    assert text.splitlines()[-1].startswith("0 violated · 1 suppressed")
