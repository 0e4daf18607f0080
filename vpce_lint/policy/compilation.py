"""A statement as constraints on the variables of a request, for one kind of caller and of resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.policy.condition_key import SERVICE_NAME, normal
from vpce_lint.policy.glob import NEVER, Glob, literal, wildcard, with_account
from vpce_lint.policy.operator import Patterns
from vpce_lint.policy.request import compared, principal_pattern
from vpce_lint.policy.space import ACTION, PRINCIPAL, RESOURCE, Constraint, OfPart, Slot, slot_of
from vpce_lint.policy.variable import names, pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vpce_lint.policy.operator import Style, Values
    from vpce_lint.policy.space import Caller, Given, Owner
    from vpce_lint.policy.statement import Condition, Element, Principals, Statement

ANYTHING = wildcard("*")
"""What a policy variable may stand for where its value is left open."""

Compiled = tuple[Constraint, ...] | None
"""The constraints under which a statement matches; ``None`` where it can't."""


def compile_statement(
    statement: Statement, caller: Caller, owner: Owner, chosen: Mapping[str, Given], *, gateway: bool
) -> Compiled:
    """When a statement matches a request of these kinds.

    ``chosen`` holds values for policy variables. A variable that isn't among them stands for anything
    where that makes the policy more open, and for nothing where it would close it.
    """
    constraints: list[Constraint] = []
    compiler = _Compiler(statement, caller, owner, chosen, gateway=gateway)
    parts = (
        compiler.principals(statement.principals),
        compiler.actions(statement.actions),
        compiler.resources(statement.resources),
        *(compiler.condition(each) for each in statement.conditions),
    )
    for part in parts:
        if part is False:
            return None
        if part is not True:
            constraints.append(part)
    return tuple(constraints)


class _Compiler:
    """The parts of one statement: true, false, or a constraint."""

    def __init__(
        self, statement: Statement, caller: Caller, owner: Owner, chosen: Mapping[str, Given], *, gateway: bool
    ) -> None:
        self._allow = statement.effect == "Allow"
        self._variables = statement.variables
        self._caller = caller
        self._owner = owner
        self._chosen = chosen
        self._gateway = gateway

    def principals(self, principals: Principals) -> Constraint | bool:
        caller = self._caller
        if any(each.is_everyone for each in principals.named):
            return not principals.negated
        globs: list[Glob] = []
        for each in principals.named:
            if caller.kind == "named" and each.id == caller.identity:
                return not principals.negated
            if caller.kind == "service" and each.type == "Service":
                globs.append(wildcard(each.id))
            elif caller.kind == "iam" and each.type == "AWS":
                account = None if self._gateway else each.account
                globs.append(principal_pattern(each) if account is None else with_account(literal(account)))
        if not globs:
            return principals.negated
        slot = caller.slots[SERVICE_NAME].variable if caller.kind == "service" else PRINCIPAL
        return Constraint(slot, Patterns(tuple(globs)), not principals.negated)

    def actions(self, actions: Element) -> Constraint | bool:
        if "*" in actions.values:
            return not actions.negated
        globs = tuple(wildcard(each.lower()) for each in actions.values)
        return Constraint(ACTION, Patterns(globs), not actions.negated) if globs else actions.negated

    def resources(self, resources: Element) -> Constraint | bool:
        if "*" in resources.values:
            return not resources.negated
        open_ = self._is_open(inside=not resources.negated)
        globs = self._patterns(resources.values, "arn", open_=open_)
        return Constraint(RESOURCE, Patterns(globs), not resources.negated) if globs else resources.negated

    def condition(self, condition: Condition) -> Constraint | bool:
        operator = condition.operator
        if operator is None or (not condition.values and operator.style != "null"):
            return self._allow
        slot = slot_of(normal(condition.key), self._caller, self._owner)
        if operator.style == "null":
            return self._null({value.lower() for value in condition.values}, slot)
        if slot is None:
            return operator.if_absent
        values: Values
        if operator.style in {"text", "like", "ignoring case", "arn"}:
            open_ = self._is_open(inside=operator.positive)
            globs = self._patterns(condition.values, operator.style, open_=open_)
            if isinstance(slot, Slot):
                globs = tuple(slot.lifted(glob) for glob in globs)
            values = Patterns(globs)
        else:
            values = compared(operator, condition.values, None)
            if isinstance(slot, Slot) and slot.lift != "whole":
                values = OfPart(values, slot)
        if isinstance(slot, Slot):
            return Constraint(slot.variable, values, operator.positive, operator.if_absent, bool(operator.every))
        results = [values.accepts(text) == operator.positive for text in slot]
        return all(results) if operator.every else any(results)

    def _null(self, wanted: set[str], slot: Slot | Given) -> Constraint | bool:
        if not isinstance(slot, Slot):
            return ("true" if slot is None else "false") in wanted
        if {"true", "false"} <= wanted:
            return True
        if "true" in wanted:
            return Constraint(slot.variable, Patterns(()), absent=True)
        return Constraint(slot.variable, Patterns((wildcard("*"),))) if "false" in wanted else False

    def _is_open(self, *, inside: bool) -> bool:
        """Whether more texts make the policy allow more."""
        return inside == self._allow

    def _patterns(self, texts: tuple[str, ...], style: Style, *, open_: bool) -> tuple[Glob, ...]:
        def lookup(key: str) -> Glob | None:
            if key not in self._chosen:
                return ANYTHING if open_ else NEVER
            value = self._chosen[key]
            return literal(value[0]) if value else None

        variables = lookup if self._variables else None
        patterns = (pattern(text, style, variables) for text in texts)
        return tuple(each for each in patterns if each is not None)


def variables_of(statement: Statement) -> set[str]:
    """The keys, as they are compared, whose values a statement's texts ask for."""
    if not statement.variables:
        return set()
    texts = [*statement.resources.values, *(value for each in statement.conditions for value in each.values)]
    return {name for text in texts for name in names(text)}
