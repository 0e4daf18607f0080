"""What a rule is: a function from one resource to requirements, each of which holds, does not, or is open.

::

    @rule("VPCE010", severity=Severity.HIGH)
    def private_dns_disabled(endpoint: InterfaceEndpoint) -> Requirements:
        yield require(endpoint.private_dns.is_(True), f"{endpoint.service} still resolves to public addresses")

The annotation of the first parameter says what the rule is about, a second parameter annotated
``Topology`` receives the network around it, keyword-only parameters with defaults are the rule's
settings. The docstring of the module is the rule's page, its first line the summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FunctionType, MappingProxyType, SimpleNamespace, UnionType
from typing import TYPE_CHECKING, Union, cast, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.model import Resource
from vpce_lint.refusal import RefusalError
from vpce_lint.source import Span
from vpce_lint.topology import Topology
from vpce_lint.value import Value

if TYPE_CHECKING:
    from vpce_lint.truth import Truth
    from vpce_lint.verdict import Severity

At = Value | Span | Resource
"""Something with a place: a value (where it is written), a span, or a resource (its first line)."""


_GIVEN_AS: dict[type, type] = {tuple: list, MappingProxyType: dict}
"""How a configuration gives the settings whose defaults can't be changed: a list for a tuple."""


class RuleError(RefusalError):
    """A rule is not written as a rule must be, or is given a setting that it does not have."""


class Place(Struct, frozen=True):
    """A further place that an answer points at, with a label that says what is to be seen there.

    ``step`` says that it is a step of a path, such as the one from a subnet to its NAT gateway; an
    answer's steps stand in their order.
    """

    at: At
    label: str
    step: bool = False


class Requirement(Struct, frozen=True, kw_only=True):
    """Something that must hold, and what to say where it does not. Made by ``require``."""

    holds: Truth
    message: str
    at: At | None = None
    fix: str = ""
    about: str | None = None
    severity: Severity | None = None
    related: tuple[Place, ...] = ()
    otherwise: str = ""
    affects: tuple[Resource, ...] = ()


class Exemption(Struct, frozen=True):
    """That the rule, or its part ``about``, does not concern the resource. Made by ``not_applicable``."""

    reason: str
    about: str | None = None


Requirements = Iterable[Requirement | Exemption]
"""What a rule yields for one resource."""


def require(  # noqa: PLR0913 (a sentence with all its clauses)
    holds: Truth,
    message: str,
    *,
    at: At | None = None,
    fix: str = "",
    about: str | None = None,
    severity: Severity | None = None,
    related: Iterable[Place] = (),
    otherwise: str = "",
    affects: Iterable[Resource] = (),
) -> Requirement:
    """What must hold.

    ``message`` is a lowercase clause about the violation with the user's value in it. ``at`` is the
    attribute to change; without one, or where it has no place, the resource's first line. ``fix`` is in
    the imperative. ``about`` names the sub-subject where the rule has several for one resource.
    ``severity`` overrides the rule's own. ``otherwise`` is the clause for the case that it holds.
    ``affects`` are the resources besides the judged one that the answer is about.
    """
    return Requirement(
        holds=holds,
        message=message,
        at=at,
        fix=fix,
        about=about,
        severity=severity,
        related=tuple(related),
        otherwise=otherwise,
        affects=tuple(affects),
    )


def not_applicable(reason: str, *, about: str | None = None) -> Exemption:
    """That the rule does not concern the resource; ``reason`` is a lowercase clause."""
    return Exemption(reason, about)


class Document(Struct, frozen=True):
    """The file of a rule that isn't written in Python, which its function can't tell: its path and its page."""

    path: Path
    page: str


class Rule(Struct, frozen=True, kw_only=True):
    """A rule with everything that its function, file and folder say about it.

    ``subjects`` are the classes of the resources that it judges, ``settings`` its settings by name,
    ``accepts`` raises ``ValueError`` for settings with values that mean nothing. ``document`` is the
    file where that isn't the function's.
    """

    id: str
    severity: Severity
    controls: tuple[str, ...]
    check: Callable[..., Requirements]
    subjects: tuple[type[Resource], ...]
    wants_topology: bool
    settings: Mapping[str, object]
    accepts: Callable[[Mapping[str, object]], object] | None = None
    document: Document | None = None

    @property
    def name(self) -> str:
        """The name in kebab case, which reads after "allow": ``interface-endpoint-in-one-zone``."""
        return (self.document.path.stem if self.document else self.check.__name__).replace("_", "-")

    @property
    def path(self) -> Path:
        """The file that holds the rule."""
        return self.document.path if self.document else Path(self.check.__code__.co_filename)

    @property
    def category(self) -> str:
        """The folder that holds the file."""
        return self.path.parent.name

    @property
    def page(self) -> str:
        """The documentation: the module's docstring, or what another document says in its place."""
        page = self.document.page if self.document else self.check.__globals__.get("__doc__") or ""
        first, _, rest = page.partition("\n")
        lines = rest.splitlines()
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        return "\n".join([first.strip(), *(line[indent:].rstrip() for line in lines)]).strip()

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.partition("\n")[0]

    def judge(self, subject: Resource, topology: Topology) -> Requirements:
        """What the rule requires of one resource; raises whatever its function raises."""
        if self.wants_topology:
            return self.check(subject, topology, **self.settings)
        return self.check(subject, **self.settings)

    def configured(self, settings: Mapping[str, object]) -> Rule:
        """The rule with other settings; ``RuleError`` where it has no such setting, or takes no such value."""
        for name, value in settings.items():
            if name not in self.settings:
                from difflib import get_close_matches  # noqa: PLC0415 (loaded when it is needed)

                close = get_close_matches(name, self.settings, n=1)
                hint = f", did you mean {close[0]!r}?" if close else ""
                msg = f"{self.id} {self.name} has no setting {name!r}{hint}"
                raise RuleError(msg)
            wanted = type(self.settings[name])
            if type(value) not in {wanted, _GIVEN_AS.get(wanted)}:
                words = _GIVEN_AS.get(wanted, wanted).__name__
                msg = f"{self.id} {self.name}: {name!r} must be of type {words}, not {type(value).__name__}"
                raise RuleError(msg)
            stranger = self._stranger(name, value)
            if stranger is not None:
                msg = f"{self.id} {self.name}: {name!r} holds strings, not {stranger!r}"
                raise RuleError(msg)
        chosen = {**self.settings, **{name: _frozen(value) for name, value in settings.items()}}
        if self.accepts is not None and settings:
            try:
                self.accepts(chosen)
            except ValueError as error:
                msg = f"{self.id} {self.name}: {error}"
                raise RuleError(msg) from error
        return replace(self, settings=MappingProxyType(chosen))

    def _stranger(self, name: str, value: object) -> object:
        """A member that doesn't belong in a list of strings, such as an account id without quotes."""
        if not isinstance(value, list | tuple) or self.check.__annotations__.get(name) != tuple[str, ...]:
            return None
        return next((member for member in value if not isinstance(member, str)), None)


def rule(
    id: str,  # noqa: A002 (the field's own word)
    *,
    severity: Severity,
    controls: Iterable[str] = (),
    accepts: Callable[[Mapping[str, object]], object] | None = None,
) -> Callable[[Callable[..., Requirements]], Rule]:
    """Make a function a rule.

    ``controls`` are the ids of the controls that it serves: ``NIST-800-53:SC-7``. ``accepts`` gets the
    settings that a configuration gives, and raises ``ValueError`` where a value means nothing.
    """

    def make(check: Callable[..., Requirements]) -> Rule:
        subjects, wants_topology = _parameters(check)
        return Rule(
            id=id,
            severity=severity,
            controls=tuple(controls),
            check=check,
            subjects=subjects,
            wants_topology=wants_topology,
            settings=MappingProxyType(_settings(check)),
            accepts=accepts,
        )

    return make


def _parameters(check: Callable[..., Requirements]) -> tuple[tuple[type[Resource], ...], bool]:
    code = _written(check).__code__  # what the module inspect would say, which takes longer to import than all rules
    positional = code.co_varnames[: code.co_argcount]
    annotations = {name: check.__annotations__[name] for name in positional if name in check.__annotations__}
    try:
        hints = get_type_hints(SimpleNamespace(__annotations__=annotations), check.__globals__)
    except NameError as error:
        msg = f"{_place(check)}: the annotation of a parameter can't be resolved: {error}"
        raise RuleError(msg) from error
    subjects = _classes(hints.get(positional[0])) if positional else ()
    if not subjects:
        msg = f"{_place(check)}: the first parameter must be annotated with the resource class that the rule is about"
        raise RuleError(msg)
    rest = [hints.get(name) for name in positional[1:]]
    if rest not in ([], [Topology]):
        msg = f"{_place(check)}: a second parameter must be annotated Topology, settings come after a *"
        raise RuleError(msg)
    return subjects, bool(rest)


def _written(check: Callable[..., Requirements]) -> FunctionType:
    """The function that says what it takes: the one inside, where ``functools.wraps`` put another around it."""
    while (inner := getattr(check, "__wrapped__", None)) is not None:
        check = inner
    return cast("FunctionType", check)


def _classes(hint: object) -> tuple[type[Resource], ...]:
    members = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    classes = tuple(member for member in members if isinstance(member, type) and issubclass(member, Resource))
    return classes if len(classes) == len(members) else ()


def _settings(check: Callable[..., Requirements]) -> dict[str, object]:
    written = _written(check)
    code, defaults = written.__code__, written.__kwdefaults__ or {}
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    for name in names:
        if name not in defaults:
            msg = f"{_place(check)}: the setting {name!r} needs a default"
            raise RuleError(msg)
    return {name: defaults[name] for name in names}


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return MappingProxyType(value) if isinstance(value, dict) else value


def _place(check: Callable[..., Requirements]) -> str:
    code = check.__code__
    return f"{code.co_filename}:{code.co_firstlineno}"
