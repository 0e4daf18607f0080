"""Where answers come down on checkov's vertices, without checkov."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.integrations.checkov_address import Address, address_of, folded
from vpce_lint.integrations.checkov_answers import Landing, Spot, Vertex, land
from vpce_lint.location import Location
from vpce_lint.report import Answer, Suppression
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = st.text("abc_-", min_size=1, max_size=4)
KEYS = (
    st.none()
    | st.integers(0, 99).map(str)
    | st.text("a.]\\ö[ /", max_size=4).map(lambda key: '"' + key.replace("\\", "\\\\") + '"')
)
STEPS = st.lists(st.tuples(NAMES, KEYS), min_size=1, max_size=5)


def written(steps: Iterable[tuple[str, str | None]]) -> str:
    """An address as Terraform prints it."""
    return ".".join(name + (f"[{key}]" if key is not None else "") for name, key in steps)


@given(STEPS)
def test_an_address_is_its_names_and_keys(steps: list[tuple[str, str | None]]) -> None:
    """Keys with dots, brackets and quotes stay keys."""
    found = address_of(written(steps))
    assert list(zip(found.names, found.keys, strict=True)) == steps
    assert folded(written(steps)) == ".".join(name for name, _ in steps)


def vertex(
    address: str, *, root: str = "/r", file: str = "/r/main.tf", skips: Iterable[str] = (), kind: str = "resource"
) -> Vertex:
    """A block of checkov's graph on lines 10 to 20."""
    return Vertex(address, 0, kind, address_of(address), root, file, (10, 20), frozenset(skips))


def answer(
    address: str, verdict: Verdict = Verdict.VIOLATED, *, root: str = "/r", path: str = "/r/main.tf",
    calls: tuple[Location, ...] = (), suppressed: bool = False, rule: str = "VPCE005",
) -> Answer:  # fmt: skip
    """An answer about a resource."""
    return Answer(
        rule=rule, name="x", verdict=verdict, severity=Severity.HIGH, address=address, root=root,
        location=Location(path), message="", calls=calls, suppressed=Suppression("comment", "") if suppressed else None,
    )  # fmt: skip


def landed(answers: Iterable[Answer], *vertices: Vertex) -> dict[str, Verdict]:
    """Where the answers came down, by address; a place that is made is marked."""
    found = land(answers, vertices, "/", lambda *_: True).all
    return {_name(each): each.verdict for each in found}


def _name(landing: Landing) -> str:
    return f"+{landing.where.address}" if isinstance(landing.where, Spot) else str(landing.where.entity)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a.b", {"a.b"}),
        ('a.c["x"]', {'a.c["x"]'}),
        ('a.c["z"]', {'+a.c["z"]'}),
        ('a.b["x"]', {"a.b"}),
        ("a.c", {'a.c["x"]', 'a.c["y"]'}),
        ("module.m[0].a.d[1]", {"module.m.a.d[1]"}),
    ],
)
def test_an_answer_comes_down_on_its_instance(address: str, expected: set[str]) -> None:
    """On the instance where checkov has it, else on what may be the instance, never on another one."""
    vertices = [vertex(each) for each in ("a.b", 'a.c["x"]', 'a.c["y"]', "module.m.a.d[0]", "module.m.a.d[1]")]
    assert set(landed([answer(address)], *vertices)) == expected


@pytest.mark.parametrize(
    ("path", "call", "expected"),
    [
        ("/m/main.tf", "/r/main.tf", {"a.b"}),
        ("/r/main.tf", "/r/main.tf", {"+module.m.a.b"}),
        ("/r/locals.tf", "/r/main.tf", {"+module.m.a.b"}),
    ],
)
def test_a_module_judged_alone_has_the_block(path: str, call: str, expected: set[str]) -> None:
    """The block is found in the module's file; in a file of the caller it would be another one of the same name."""
    there = vertex("a.b", root="/elsewhere", file=path)
    assert set(landed([answer("module.m.a.b", path=path, calls=(Location(call),))], there)) == expected


def test_roots_are_kept_apart() -> None:
    """The same address in another root module is another resource."""
    both = [vertex("a.b", root="/one", file="/one/x.tf"), vertex("a.b", root="/two", file="/two/x.tf")]
    found = land([answer("a.b", root="/two", path="/shared/x.tf")], both, "/", lambda *_: True).all
    assert [each.where for each in found] == [both[1]]


def test_a_module_that_checkov_does_not_see_is_its_call() -> None:
    """What is wrong inside is reported at the call that lies in checkov's graph."""
    call = vertex("module.m", kind="call")
    inside = answer("module.m.a.b", path="/cache/m/x.tf", calls=(Location("/r/main.tf", 12),))
    assert landed([inside], call) == {"module.m": Verdict.VIOLATED}


def test_the_worst_answer_stands_for_a_vertex() -> None:
    """One rule has one result on a vertex: any violation fails it, and only then anything open hides a pass."""
    answers = [answer("a.b", verdict) for verdict in (Verdict.SATISFIED, Verdict.UNDETERMINED, Verdict.VIOLATED)]
    assert landed(answers, vertex("a.b")) == {"a.b": Verdict.VIOLATED}
    assert landed(answers[:2], vertex("a.b")) == {"a.b": Verdict.UNDETERMINED}


def test_what_is_suppressed_is_no_pass() -> None:
    """A resource with one satisfied and one suppressed answer neither fails nor passes."""
    answers = [answer("a.b", suppressed=True), answer("a.b", Verdict.SATISFIED)]
    found = land(answers, [vertex("a.b")], "/", lambda *_: True)
    assert (found.all, len(found.kept_back)) == ((), 1)


def test_what_checkov_suppresses_itself_fails() -> None:
    """Where checkov knows the comment, the answer is left to it, so that it can show the reason."""
    assert landed([answer("a.b", suppressed=True)], vertex("a.b", skips=["VPCE005"])) == {"a.b": Verdict.VIOLATED}


def test_faults_keep_away_from_blocks() -> None:
    """No comment at a block suppresses that a file was not read."""
    fault = answer("/r/main.tf", rule="VPCE900")
    assert landed([fault], vertex("a.b", skips=["VPCE900"])) == {"+/r/main.tf": Verdict.VIOLATED}


@given(st.lists(st.tuples(st.sampled_from(list(Verdict)), STEPS), max_size=8), st.lists(STEPS, max_size=8))
def test_no_violation_is_lost(
    said: list[tuple[Verdict, list[tuple[str, str | None]]]], blocks: list[list[tuple[str, str | None]]]
) -> None:
    """Whatever checkov's graph holds, a violated answer fails something."""
    answers = [answer(written(steps), verdict) for verdict, steps in said]
    found = land(answers, [vertex(written(steps)) for steps in blocks], "/", lambda *_: True).all
    failed = {_name(each).removeprefix("+") for each in found if each.verdict is Verdict.VIOLATED}
    for each in answers:
        if each.verdict is Verdict.VIOLATED:
            assert any(
                address_of(each.address).fits(address_of(name))
                or address_of(name).names == address_of(each.address).names[-1:]
                for name in failed
            )


def test_stars_leave_a_key_open() -> None:
    """An answer about all instances is about each."""
    assert address_of("a.b[*]") == Address(("a", "b"), (None, None))
