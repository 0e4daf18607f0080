"""However the roots of a run are worked on, and whatever is known of them from before, the report is the same."""

from __future__ import annotations

import os
import random
import signal
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from worktree import VPC, endpoint, grow

from vpce_lint import kept_results, sweep
from vpce_lint.cache import Cache
from vpce_lint.readers.request import Request
from vpce_lint.readers.terraform import reader
from vpce_lint.readers.terraform.folder import Folder
from vpce_lint.readers.touched import Touched
from vpce_lint.reporters import load_reporter
from vpce_lint.scan import Order, scan

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[1] / "fixtures"
ALL = [
    "one-network",
    "example-network",
    "three-tier-network",
    "aws-traffic-through-nat",
    "unrestricted-endpoint-policy",
]


def report(top: Path, jobs: int = 1, **options: Any) -> str:
    """Everything that is known of a folder, as JSON."""
    request = Request(paths=(top,), jobs=jobs)
    return load_reporter("json")(scan(Order(request=request, today=date(2026, 1, 1), **options)).report)


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """An empty cache, which keeps whatever it is given."""
    monkeypatch.setattr(sweep, "WORTH_KEEPING", 0)
    return Cache(tmp_path_factory.mktemp("kept") / "cache")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the folders of the root modules that were evaluated."""
    found: list[str] = []
    original = reader._Reader._read

    def noting(self: object, path: str, *rest: object) -> object:
        found.append(os.path.basename(path))  # noqa: PTH119
        return original(self, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reader._Reader, "_read", noting)
    return found


@pytest.mark.parametrize("name", ALL)
def test_jobs_change_nothing(name: str) -> None:
    """One process or three give the same bytes."""
    assert report(FIXTURES / name, jobs=3) == report(FIXTURES / name, jobs=1)


@pytest.mark.parametrize("name", ALL)
def test_what_is_kept_changes_nothing(name: str, cache: Cache) -> None:
    """A first run, a second with all results at hand, and one that keeps nothing give the same bytes."""
    bare = report(FIXTURES / name)
    assert report(FIXTURES / name, cache=cache) == bare
    assert report(FIXTURES / name, cache=cache) == bare
    assert report(FIXTURES / name, cache=cache, jobs=2) == bare


def test_unchanged_roots_are_not_evaluated_again(tmp_path: Path, cache: Cache, read: list[str]) -> None:
    """Only the root whose module changed is."""
    module = 'module "m" {\n  source = "../m"\n}\n'
    grow(
        tmp_path,
        {
            "a/main.tf": VPC + endpoint(),
            "b/main.tf": VPC + endpoint() + module,
            "m/main.tf": 'variable "x" {\n  default = 1\n}\n',
        },
    )
    report(tmp_path, cache=cache)
    assert sorted(read) == ["a", "b"]
    read.clear()
    report(tmp_path, cache=cache)
    assert read == []
    grow(tmp_path, {"m/main.tf": 'variable "x" {\n  default = 2\n}\n'})
    report(tmp_path, cache=cache)
    assert read == ["b"]


def test_another_working_directory_shows_its_own_paths(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept holds paths as one working directory sees them, and is of no use for another."""
    grow(tmp_path, {"net/main.tf": VPC + endpoint()})
    for folder in (tmp_path, tmp_path / "net", tmp_path):
        monkeypatch.chdir(folder)
        assert report(tmp_path / "net", cache=cache) == report(tmp_path / "net")


def test_results_that_an_entry_has_no_room_for_cost_no_others(tmp_path: Path, cache: Cache, read: list[str]) -> None:
    """A repository with more results than are kept has some of them kept, and the same ones from run to run."""
    grow(tmp_path, {f"{name}/main.tf": VPC + endpoint() for name in "abcdef"})
    bare = report(tmp_path)
    assert report(tmp_path, cache=cache) == bare
    [entry] = cache.folder.iterdir()
    small = Cache(cache.folder, largest=entry.stat().st_size // 2)
    entry.unlink()
    evaluated = []
    for _ in range(3):
        read.clear()
        assert report(tmp_path, cache=small) == bare
        evaluated.append(sorted(read))
    first, second, third = evaluated
    assert first == ["a", "b", "c", "d", "e", "f"]
    assert len(second) in {3, 4}
    assert third == second


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file that is read": lambda top: grow(top, {"a/policy.json": '{"Statement": []}'}),
    "a new file": lambda top: grow(top, {"a/more.tf": endpoint("more")}),
    "a new override": lambda top: grow(
        top, {"a/x_override.tf": 'resource "aws_vpc_endpoint" "s3" {\n  policy = null\n}\n'}
    ),
    "a new variable file": lambda top: grow(top, {"a/terraform.tfvars": 'zone = "x"\n'}),
    "a file that goes": lambda top: (top / "a" / "policy.json").unlink(),
    "a file for fileset": lambda top: grow(top, {"a/policies/new.json": "{}"}),
    "a module that comes": lambda top: grow(top, {"later/main.tf": endpoint("later", "aws_vpc.main.id")}),
    "a manifest of modules": lambda top: grow(
        top,
        {
            "a/.terraform/modules/modules.json": '{"Modules": [{"Key": "far", "Source": "x/y/z", "Dir": "far"}]}',
            "a/far/main.tf": VPC + endpoint("far"),
        },
    ),
    "a caller": lambda top: grow(top, {"b/main.tf": 'module "a" {\n  source = "../a"\n}\n'}),
    "a suppression": lambda top: grow(top, {"a/more.tf": "# vpce-lint: ignore[VPCE005] x\n" + endpoint("more")}),
    "a template that exports": lambda top: grow(
        top,
        {
            "export.yaml": "Resources:\n  Vpc: {Type: 'AWS::EC2::VPC'}\nOutputs:\n  V:\n    Value: !Ref Vpc\n    Export: {Name: net-vpc}\n"
        },
    ),
}
START = {
    "a/main.tf": VPC
    + 'variable "zone" {\n  default = "y"\n}\n'
    + 'resource "aws_vpc_endpoint" "s3" {\n  for_each = merge({ a = 1 }, { for f in fileset("${path.module}/policies", "*") : f => 1 })\n'
    + '  vpc_id = aws_vpc.main.id\n  service_name = "com.amazonaws.eu-west-1.s3"\n  policy = file("${path.module}/policy.json")\n}\n'
    + 'module "later" {\n  source = "../later"\n}\nmodule "far" {\n  source = "x/y/z"\n}\n',
    "a/policy.json": '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]}',
    "a/policies/one.json": "{}",
    "import.yaml": "Resources:\n  E:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      VpcId: !ImportValue net-vpc\n"
    "      ServiceName: com.amazonaws.eu-west-1.s3\n",
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_has_a_say_is_noticed(tmp_path: Path, cache: Cache, change: str) -> None:
    """After any change a run with kept results says what one without says."""
    grow(tmp_path, START)
    before = report(tmp_path, cache=cache)
    CHANGES[change](tmp_path)
    assert report(tmp_path, cache=cache) == report(tmp_path)
    assert report(tmp_path, cache=cache) != before


@pytest.mark.parametrize("seed", range(8))
def test_random_histories(tmp_path: Path, cache: Cache, seed: int) -> None:
    """Files come, go and trade places in a random order; after each step kept results change nothing."""
    chance = random.Random(seed)  # noqa: S311
    texts = [path.read_text() for path in sorted(FIXTURES.glob("*/*/*/*.tf")) if path.stat().st_size < 3_000]
    names = [f"{folder}/{file}.tf" for folder in ("a", "b", "m") for file in ("main", "more")]
    for _ in range(12):
        target = tmp_path / chance.choice(names)
        if target.exists() and chance.random() < 0.3:
            target.unlink()
        else:
            call = f'module "m{chance.randrange(3)}" {{\n  source = "../{chance.choice("abm")}"\n}}\n'
            grow(tmp_path, {str(target.relative_to(tmp_path)): chance.choice(texts) + call * chance.randrange(2)})
        assert report(tmp_path, cache=cache) == report(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"x", b"\x81\xa7results\xc0"])
def test_corrupt_cache_is_an_empty_one(tmp_path: Path, cache: Cache, damage: bytes) -> None:
    """Whatever stands in the cache's files, whole by its digest or not, the report is right."""
    grow(tmp_path, {"a/main.tf": VPC + endpoint()})
    bare = report(tmp_path, cache=cache)
    [entry] = cache.folder.iterdir()
    entry.write_bytes(damage)
    assert report(tmp_path, cache=cache) == bare
    [entry] = cache.folder.iterdir()
    cache.store(entry.name, damage)
    assert report(tmp_path, cache=cache) == bare


def test_own_rules_are_asked_each_time(tmp_path: Path, cache: Cache) -> None:
    """A rule of the user's may look at anything, so nothing is kept."""
    rule = FIXTURES.parent / "rules" / "endpoints" / "endpoint_policy_allows_nothing.py"
    own = tmp_path / "rules" / "own" / "mine.py"
    own.parent.mkdir(parents=True)
    own.write_text(rule.read_text().replace("endpoint_policy_allows_nothing", "mine").replace("VPCE006", "OWN1"))
    grow(tmp_path, {"code/main.tf": VPC + endpoint()})
    report(tmp_path / "code", cache=cache, rule_folders=(str(tmp_path / "rules"),))
    assert not cache.folder.exists()


def test_another_order_finds_nothing_of_this_one(tmp_path: Path, cache: Cache) -> None:
    """Rules, variables and settings have a say in results."""
    grow(
        tmp_path,
        {
            "main.tf": 'variable "policy" {\n  default = null\n}\n'
            + VPC
            + endpoint().replace("}", "  policy = var.policy\n}")
        },
    )
    for options in (
        {},
        {"ignore": ("VPCE005",)},
        {"settings": {"VPCE005": {"trusted_accounts": ("111122223333",)}}},
    ):
        assert report(tmp_path, cache=cache, **options) == report(tmp_path, **options)
    for value in ("{}", "{ }"):
        request = Request(paths=(tmp_path,), variables=(("policy", value),))
        order = Order(request=request, today=date(2026, 1, 1))
        with_cache = Order(request=request, today=date(2026, 1, 1), cache=cache)
        assert scan(order).report == scan(with_cache).report


@pytest.mark.parametrize("jobs", [1, 2])
def test_names_that_are_no_text_bring_nothing_down(tmp_path: Path, cache: Cache, jobs: int) -> None:
    """Files may be called by any bytes, which neither a worker nor the cache can hand on; others' results are kept."""
    for name in ("a", os.fsdecode(b"b\xff"), "c"):
        grow(tmp_path, {f"{name}/main.tf": VPC + endpoint()})
    plain = report(tmp_path)
    assert plain.count('"VPCE005"') == 3
    assert [report(tmp_path, jobs=jobs, cache=cache) for _ in range(2)] == [plain, plain]


def test_killed_worker_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a worker that the system kills leaves undone is done all the same."""
    grow(tmp_path, {f"r{index}/main.tf": VPC + endpoint() for index in range(12)})
    bare = report(tmp_path)
    original, parent = reader._Reader._read, os.getpid()

    def dying(self: object, path: str, *rest: object) -> object:
        if os.getpid() != parent and path.endswith("r7"):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reader._Reader, "_read", dying)
    assert report(tmp_path, jobs=2) == bare


@pytest.mark.parametrize("limit", ["touched", "only"])
def test_limited_run_leaves_what_it_had_no_use_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Cache, read: list[str], limit: str
) -> None:
    """A hook that judges the touched roots doesn't cost the next whole run what was known of the others."""
    monkeypatch.chdir(tmp_path)
    grow(tmp_path, {f"{name}/main.tf": VPC + endpoint() for name in "abc"})
    whole = Request(paths=(Path(),))
    scan(Order(request=whole, today=date(2026, 1, 1), cache=cache))
    grow(tmp_path, {"a/main.tf": VPC + endpoint("new")})
    read.clear()
    limits: dict[str, Any] = {"touched": Touched.by([Path("a/main.tf")]), "only": lambda path: path.endswith("a")}
    scan(Order(request=replace(whole, **{limit: limits[limit]}), today=date(2026, 1, 1), cache=cache))
    assert read == ["a"]
    scan(Order(request=whole, today=date(2026, 1, 1), cache=cache))
    assert read == ["a"]


def test_calls_of_many_folders_are_kept_for_the_sake_of_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Cache
) -> None:
    """Who changes one file of a large tree has all of it searched for callers; what they call is known the next time."""
    monkeypatch.setattr(sweep, "WORTH_KEEPING", 1_000_000)
    monkeypatch.setattr(sweep, "MANY_CALLS", 3)
    monkeypatch.chdir(tmp_path)
    call = 'module "m" {\n  source = "../shared"\n}\n'
    grow(tmp_path, {f"{name}/main.tf": call + f"# {name}\n" for name in "abcd"} | {"shared/main.tf": VPC + endpoint()})
    asked: list[str] = []
    original = Folder._written_sources

    def noting(self: Folder) -> tuple[str | None, ...]:
        asked.append(os.path.basename(self.path))  # noqa: PTH119
        return original(self)

    monkeypatch.setattr(Folder, "_written_sources", noting)
    request = Request(paths=(Path(),), touched=Touched.by([Path("a/main.tf")]))
    first, again = (scan(Order(request=request, today=date(2026, 1, 1), cache=cache)) for _ in range(2))
    assert first == again
    assert sorted(asked) == ["a", "b", "c", "d"]


def test_tool_of_another_version_starts_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Cache, read: list[str]
) -> None:
    """A new version may answer otherwise."""
    grow(tmp_path, {"main.tf": VPC + endpoint()})
    report(tmp_path, cache=cache)
    read.clear()
    monkeypatch.setattr(kept_results, "__version__", "99")
    report(tmp_path, cache=cache)
    assert len(read) == 1


def test_interrupted_store_leaves_the_last_entry(tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs the results of this run, and nothing else."""
    grow(tmp_path, {"main.tf": VPC + endpoint()})
    bare = report(tmp_path, cache=cache)
    grow(tmp_path, {"more.tf": endpoint("more")})

    def full(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "x" in mode:
            raise OSError(28, "No space left on device")
        return original(path, mode, *rest, **more)

    original = Path.open

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        changed = report(tmp_path, cache=cache)
    assert changed == report(tmp_path)
    (tmp_path / "more.tf").unlink()
    assert report(tmp_path, cache=cache) == bare
