"""What roles are allowed by the policies that the code gives them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.condition import decide_all
from vpce_lint.demand.denial import Denials
from vpce_lint.demand.directory import Directory, members_of
from vpce_lint.demand.managed_policy import Grants, aws_policy_name, grants_of
from vpce_lint.demand.statement import read_document
from vpce_lint.pairing import is_parameter
from vpce_lint.permission import ManagedPolicy, PolicyAttachment, Role, RolePolicy
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.demand.statement import Statement
    from vpce_lint.model import Network, Resource
    from vpce_lint.source import Span
    from vpce_lint.value import Value

_GIVEN = regex(r"(var|data|terraform)\.")
"""The beginning of what was there before any role that is made here."""


class Granted(Struct, frozen=True):
    """A managed policy of AWS that a role has."""

    name: str
    grants: Grants
    truth: Truth
    span: Span | None


class Permissions(Struct):
    """What a role is allowed and denied, and why there may be more; ``limited``: a boundary may take from it."""

    statements: list[Statement] = field(default_factory=list)
    granted: list[Granted] = field(default_factory=list)
    unread: dict[Reason, None] = field(default_factory=dict)
    limited: Truth = FALSE

    @property
    def denials(self) -> Denials:
        """What is denied."""
        return Denials(self.statements)


class Roles:
    """The roles of a network with all policies that the code gives them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._roles = Directory(network.of(Role), lambda role: role.name)
        self._policies = Directory(network.of(ManagedPolicy), lambda policy: policy.name)
        self._pieces: defaultdict[str, list[RolePolicy | ManagedPolicy | PolicyAttachment]] = defaultdict(list)
        self._anywhere: dict[Reason, None] = {}
        self.elsewhere = FALSE
        """False; only likely so where a policy is given to a role from outside, which is taken not to be made here."""
        self._known: dict[tuple[str, str], Permissions] = {}
        for resource in network.resources:
            if isinstance(resource, RolePolicy | ManagedPolicy | PolicyAttachment):
                self._place(resource)

    def find(self, role: Value, facts: Facts) -> Iterator[tuple[Role | None, Truth, Reason]]:
        """The roles that a value names, each with the truth of its being the one; ``None`` for one that isn't made here."""
        for match in self._roles.find(role, facts):
            there = TRUE if match.resource is None else decide_all(match.resource.when, facts)
            yield match.resource, match.truth & there, match.reason

    def permissions(self, role: Role, facts: Facts) -> Permissions:
        """What a role is allowed, under some facts."""
        key = (role.address, repr(sorted(facts.items())))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._work_out(role, facts)
        return known

    def _place(self, piece: RolePolicy | ManagedPolicy | PolicyAttachment) -> None:
        """Note which roles a piece may belong to; one whose role can't be told may belong to any."""
        seen: set[str] = set()
        for match in self._roles.find_all(piece.roles, {}):
            if match.resource is not None:
                if match.resource.address not in seen:
                    seen.add(match.resource.address)
                    self._pieces[match.resource.address].append(piece)
            elif isinstance(match.value, Unknown) and _is_given(match.value):
                words = f"{match.value}, which has {piece.address}, is taken not to be a role that is made here"
                self.elsewhere |= Truth(value=False, reasons=(Reason(words, match.value.span),), likely=True)
            elif isinstance(match.value, Unknown) and not match.value.invalid:
                self._anywhere[match.reason] = None

    def _work_out(self, role: Role, facts: Facts) -> Permissions:
        found = Permissions(unread=dict(self._anywhere))
        if role.found:
            found.unread[Reason(f"what {role.address} is allowed besides is read at apply time", role.span)] = None
        for gap in self._network.gaps:
            if gap.may_touch(role.address):
                found.unread[gap.reason] = None
        found.limited = ~role.boundary.is_null
        for document, truth in members_of(role.documents, facts):
            self._read(document, truth, facts, found)
        for policy, truth in members_of(role.managed, facts):
            self._attach(policy, truth, facts, found)
        for piece in self._pieces.get(role.address, ()):
            truth = self._belongs(piece, role, facts)
            if truth.is_false:
                continue
            if isinstance(piece, PolicyAttachment):
                self._attach(piece.policy, truth, facts, found)
            else:
                self._read(piece.document, truth, facts, found)
        return found

    def _belongs(self, piece: RolePolicy | ManagedPolicy | PolicyAttachment, role: Role, facts: Facts) -> Truth:
        names_it = FALSE
        for match in self._roles.find_all(piece.roles, facts):
            if match.resource is not None and match.resource.address == role.address:
                names_it |= match.truth
        return names_it & _exists(piece, facts)

    def _attach(self, arn: Value, truth: Truth, facts: Facts, found: Permissions) -> None:
        """A managed policy: AWS's own by the table, one's own by its document."""
        for match in self._policies.find(arn, facts):
            there = truth & match.truth
            policy = match.resource
            name = aws_policy_name(match.value)
            if there.is_false:
                continue
            if name is None and policy is not None and policy.found:
                name = str(policy.name) if not policy.name.reasons else None
                policy = None
            if name is not None:
                grants = grants_of(name)
                if grants is None:
                    words = f"what the managed policy {name} allows isn't known here"
                    found.unread[Reason(words, match.value.span)] = None
                else:
                    found.granted.append(Granted(name, grants, there, match.value.span or arn.span))
            elif policy is not None:
                self._read(policy.document, there & _exists(policy, facts), facts, found)
            else:
                found.unread[match.reason] = None

    def _read(self, document: Value, truth: Truth, facts: Facts, found: Permissions) -> None:
        if truth.is_false:
            return
        reading = read_document(document, facts)
        found.unread.update(dict.fromkeys(reading.unread))
        for statement in reading.statements:
            found.statements.append(replace(statement, truth=statement.truth & truth))
            if statement.allows and not statement.inverted:
                found.unread.update(dict.fromkeys(statement.open_actions))


def _is_given(role: Unknown) -> bool:
    return _GIVEN.match(role.name) is not None or is_parameter(role)


def _exists(resource: Resource, facts: Facts) -> Truth:
    return decide_all(resource.when, facts) & resource.premise
