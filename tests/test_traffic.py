"""The rules about traffic against a search that looks at everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from naive_network import SERVICES, NeedsOf, Plain, confined, model, plain_networks, table_address, unreachable, verdict

from vpce_lint.loader import load_rules
from vpce_lint.model import RouteTable
from vpce_lint.rule import Requirement
from vpce_lint.topology import Topology

if TYPE_CHECKING:
    from vpce_lint.rule import Rule

RULES = {rule.id: rule for rule in load_rules()}
BASELINE = {"s3", "dynamodb"}
MANY = settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answers(rule: Rule, plain: Plain) -> dict[tuple[str, str], str]:
    """The rule's verdicts by the table's address and the service, or the worker where it is about no service."""
    network = model(plain)
    topology = Topology(network)
    topology._index.__dict__["demand"] = NeedsOf(plain, network)
    found: dict[tuple[str, str], str] = {}
    for table in network.of(RouteTable):
        for item in rule.judge(table, topology):
            said = "not-applicable"
            if isinstance(item, Requirement):
                said = {True: "satisfied", False: "violated", None: "undetermined"}[item.holds.value]
            about = SERVICES if item.about is None else (item.about,)
            if item.about is None and isinstance(item, Requirement):
                about = tuple(each.address for each in item.affects)
            for service in about:
                found[table.address, service] = said
    return found


def tables(plain: Plain) -> list[tuple[int, int]]:
    """All tables of a network."""
    return [(vpc, -1) for vpc in range(plain.vpcs)] + [(vpc, number) for number, vpc in enumerate(plain.tables)]


@MANY
@given(plain_networks())
def test_traffic_through_nat_is_what_a_naive_search_finds(plain: Plain) -> None:
    """For every table and service of a network without anything open, the answer is the search's."""
    found = answers(RULES["VPCE002"], plain)
    for table in tables(plain):
        for service in SERVICES:
            expected = verdict(plain, table, service, BASELINE)
            assert found.get((table_address(table), service), "silent") == expected, (table, service)


@MANY
@given(plain_networks())
def test_unreachable_services_are_what_a_naive_search_finds(plain: Plain) -> None:
    """A service is violated exactly where a worker needs it and the search finds no way; open only by its name."""
    found = answers(RULES["VPCE008"], plain)
    for table in tables(plain):
        for service in SERVICES:
            said = found.get((table_address(table), service), "silent")
            by_name = any((vpc, other) == (table[0], service) for vpc, other, _, _ in plain.interfaces)
            if unreachable(plain, table, service):
                assert said == ("undetermined" if by_name else "violated"), (table, service)
            else:
                assert said != "violated", (table, service)


@MANY
@given(plain_networks())
def test_unread_workers_without_a_way_out_are_what_a_naive_search_finds(plain: Plain) -> None:
    """Of each worker whose needs aren't all read and that has no way out there is one answer, which is open."""
    found = answers(RULES["VPCE008"], plain)
    for table in tables(plain):
        open_ = [worker for worker in confined(plain, table) if not worker.is_read]
        for number, worker in enumerate(plain.workers):
            said = found.get((table_address(table), f"aws_lambda_function.w{number}"), "silent")
            assert said == ("undetermined" if any(worker is each for each in open_) else "silent")
