"""Where commands are run: an environment of its own for each program, so that none gets in another's way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.process import Command

HERE = Path(__file__).parent
CHECKED = frozenset({0, 1})
"""Exit codes of linters that did their work."""

PACKAGES = ("checkov", "tfparse", "cfn-lint", "semgrep")

PLUGIN = "checkov-plugin"
"""The environment of checkov with the plugin: not that of checkov alone, where nothing of ours belongs."""

OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "CHECKOV_RUN_SCA_PACKAGE_SCAN": "false"}
"""What keeps checkov from asking its maker's servers; without it, a machine that is offline waits for them."""


class Scanned(NamedTuple):
    """What is scanned: a repository or a template, and a list of the files in it that have to do with a network.

    ``size`` is in bytes of Terraform or of templates: other files don't count.
    """

    path: Path
    size: int
    relevant: Path | None = None

    @property
    def megabytes(self) -> float:
        """Millions of bytes of source."""
        return self.size / 1e6


@dataclass(frozen=True)
class Environments:
    """A folder with an environment for each program, made where it is missing.

    ``ours`` is the ``vpce-lint`` to measure; ``options`` are those of ``--jobs`` and ``--no-cache`` that it has.
    ``refused`` is why a program couldn't be installed, by its name.
    """

    folder: Path
    ours: Path
    options: frozenset[str]
    refused: dict[str, str] = field(default_factory=dict)

    def vpce_lint(self, scanned: Scanned, *options: str, again: bool = False) -> Command:
        """Ours; unless it is to run again, with a cache that is empty before each run."""
        cache = self.folder / "cache"
        used = tuple(option for option in options if option.partition("=")[0] in self.options)
        return Command(
            " ".join(("vpce-lint", *used, *(("again",) if again else ()))),
            (str(self.ours), "check", *(word for option in used for word in option.split("=")), str(scanned.path)),
            {"HOME": str(cache), "XDG_CACHE_HOME": str(cache)},
            CHECKED,
            (lambda: cache.mkdir(exist_ok=True)) if again else (lambda: _empty(cache)),
            scanned.path if scanned.path.is_dir() else scanned.path.parent,
        )

    def python(self) -> Command:
        """Python and nothing else."""
        return Command("python -c pass", (str(self._python()), "-c", "pass"), scans=False)

    def floor(self, scanned: Scanned) -> Command:
        """Reading everything and parsing what matters."""
        words = (str(self._python()), str(HERE / "floor.py"), str(scanned.path), str(scanned.relevant))
        return Command("floor: read all, parse what matters", words)

    def reading(self, scanned: Scanned) -> Command:
        """Reading everything."""
        return Command("read all", (str(self._python()), str(HERE / "floor.py"), str(scanned.path)))

    def peer(self, name: str, scanned: Scanned) -> Command:
        """One of ``checkov``, ``checkov -c CKV_AWS_123``, ``tfparse``, ``semgrep`` and ``cfn-lint``."""
        program = program_of(name)
        path = str(scanned.path)
        words = {
            "checkov": ("bin/checkov", "--quiet", "--compact", "-d", path),
            "checkov -c CKV_AWS_123": ("bin/checkov", "--quiet", "--compact", "-c", "CKV_AWS_123", "-d", path),
            "tfparse": ("bin/python", str(HERE / "peers/evaluate.py"), path),
            "semgrep": (
                *("bin/semgrep", "scan", "--config", str(HERE / "peers/endpoint_service.yaml"), "--metrics", "off"),
                *("--disable-version-check", "--quiet", "--no-git-ignore", path),
            ),
            "cfn-lint": ("bin/cfn-lint", f"{path}/**/*.*" if scanned.path.is_dir() else path),
        }[name]
        environment = self.folder / program
        fine = frozenset(range(16)) if program == "cfn-lint" else CHECKED
        home = {"HOME": str(self.folder / "home"), "PATH": f"{environment / 'bin'}:{os.environ['PATH']}"}
        return Command(name, (str(environment / words[0]), *words[1:]), OFFLINE | home, fine)

    def checkov_plugin(self, scanned: Scanned, *options: str, plugged: bool) -> Command:
        """Checkov with the plugin, or the same one without."""
        binaries = self.folder / PLUGIN / "bin"
        folder = _said(binaries / "vpce-lint", "checkov-path")
        more = ("--external-checks-dir", folder) if plugged else ()
        words = (str(binaries / "checkov"), "--quiet", "--compact", "-d", str(scanned.path), *options, *more)
        environment = OFFLINE | {"HOME": str(self.folder / "home"), "PATH": f"{binaries}:{os.environ['PATH']}"}
        return Command("checkov, plugin" if plugged else "checkov", words, environment, CHECKED)

    def has(self, name: str) -> bool:
        """Whether a program's environment is there, or could be made."""
        program = program_of(name)
        packages = ("checkov", str(HERE.parent)) if program == PLUGIN else (program,)
        if program not in self.refused and not (self.folder / program).exists():
            try:
                make(self.folder / program, *packages)
            except InstallationError as error:
                self.refused[program] = str(error)
                print(f"{program} is left out: {error}", file=sys.stderr)
        return program not in self.refused

    def versions(self) -> dict[str, str]:
        """The version of each program whose environment is there, and of Python."""
        found = {"Python": _said(self._python(), "-c", "import platform; print(platform.python_version())")}
        found["vpce-lint"] = _said(self.ours, "--version").removeprefix("vpce-lint ")
        for program in PACKAGES:
            python = self.folder / program / "bin/python"
            if python.exists():
                code = f"from importlib.metadata import version; print(version({program!r}))"
                found[program] = _said(python, "-c", code)
        return found

    def _python(self) -> Path:
        return self.ours.parent / "python"


def program_of(name: str) -> str:
    """The program of a command's name."""
    return name.partition(" ")[0]


def environments(folder: Path, ours: Path | None) -> Environments:
    """Those of a folder; without ``ours`` the working tree is installed there, as its users would install it."""
    (folder / "home").mkdir(parents=True, exist_ok=True)
    if ours is None:
        for name in ("vpce-lint", PLUGIN):  # they hold the tree as it was
            shutil.rmtree(folder / name, ignore_errors=True)
        make(folder / "vpce-lint", str(HERE.parent))
        ours = folder / "vpce-lint/bin/vpce-lint"
    words = _said(ours, "--help")
    return Environments(folder, ours, frozenset(option for option in ("--jobs", "--no-cache") if option in words))


class InstallationError(Exception):
    """An environment couldn't be made; says what ``venv`` or ``pip`` says."""


def make(environment: Path, *packages: str) -> None:
    """Make an environment with packages, or leave none; ``InstallationError`` where that fails."""
    print(f"installing {', '.join(Path(package).name for package in packages)}", file=sys.stderr)
    steps = (
        (sys.executable, "-m", "venv", str(environment)),
        (str(environment / "bin/pip"), "install", "--quiet", "--no-input", *packages),
    )
    try:
        for words in steps:
            subprocess.run(words, capture_output=True, text=True, check=True)
    except BaseException as error:
        shutil.rmtree(environment, ignore_errors=True)
        if isinstance(error, subprocess.CalledProcessError):
            said = [line for line in (error.stderr + error.stdout).splitlines() if not line.startswith("WARNING")]
            raise InstallationError(" ".join(said[-3:]) or str(error)) from error
        raise


def _said(*words: object) -> str:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout.strip()


def _empty(cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
