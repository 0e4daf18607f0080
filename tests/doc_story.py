"""Plays a page of the documentation: its files are written, its commands run, its code is judged, one after another."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from vpce_lint.arguments import parse
from vpce_lint.cli import FAILED_TO_WORK, main
from vpce_lint.loader import load_rule
from vpce_lint.readers.terraform import syntax
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from doc_page import Example

ROOT = Path(__file__).parent.parent
ANYTHING = "..."
"""A line of shown output that stands for any lines."""
SHELL = re.compile(r"[|&;<>$`*?(){}~\"']")
NEEDS_NETWORK = ("pip install", "python3 -m pip install", "git fetch", "gh ")
"""Beginnings of lines in pipelines' scripts that are not run."""
SUFFIX = {"violated": "", "undetermined": "?"}


@dataclass
class Story:
    """A page as it is played in a folder of its own; ``numbers`` counts the examples that are judged alone."""

    folder: Path
    numbers: int = field(default=0)

    def play(self, example: Example) -> None:
        """Try an example in every way that there is for its kind; ``AssertionError`` where it isn't true."""
        self._copy(example)
        if "file" in example.facts:
            file = self.folder / example.facts["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(example.text, "utf-8")
        if "untried" in example.facts:
            assert not re.search(r"^(?:\$ )?vpce-lint", example.text, re.MULTILINE), "a command of ours must be run"
            return
        assert example.kind in KINDS, f"there is no way to try a block of kind {example.kind!r}"
        KINDS[example.kind](self, example)

    def _copy(self, example: Example) -> None:
        for pair in example.facts.get("copy", "").split(", "):
            source, to, target = pair.partition(" to ")
            if to:
                goal = self.folder / target
                goal.parent.mkdir(parents=True, exist_ok=True)
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, goal, dirs_exist_ok=True)
                else:
                    shutil.copyfile(ROOT / source, goal)

    def console(self, example: Example) -> None:
        """Commands behind ``$ ``, each with what it prints; where nothing is shown it may print anything."""
        steps = _steps(example.text)
        codes = [int(code) for code in example.facts.get("exit", "0").split()]
        codes = codes * len(steps) if len(codes) == 1 else codes
        assert len(codes) == len(steps), f"{len(steps)} commands have {len(codes)} exit codes"
        for (command, shown), expected in zip(steps, codes, strict=True):
            code, printed = self.run(command)
            assert code == expected, f"{command}: exit code {code} instead of {expected}\n{printed}"
            if shown:
                assert _fits(printed.splitlines(), shown), f"{command} prints\n{printed}"

    def sh(self, example: Example) -> None:
        """Commands without a prompt, one a line, and nothing of what they print."""
        self.console(replace(example, text="".join(f"$ {line}\n" for line in example.text.splitlines())))

    def run(self, command: str) -> tuple[int, str]:
        """The exit code of a command and what it prints; a command of ours runs in this process, for speed."""
        plain = re.split(r"\s+#", command)[0]
        if plain.split()[:1] == ["vpce-lint"] and not SHELL.search(re.sub(r"'[^']*'", "", plain)):
            return _run_here(shlex.split(plain)[1:], self.folder)
        return self._run_in_shell(command)

    def _run_in_shell(self, command: str) -> tuple[int, str]:
        tools = self.folder.parent / "bin"
        tools.mkdir(exist_ok=True)
        program = tools / "vpce-lint"
        program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m vpce_lint "$@"\n')
        program.chmod(0o755)
        names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {
            **os.environ,
            **names,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(self.folder.parent),
            "CI_PROJECT_DIR": str(self.folder),
            "GITHUB_STEP_SUMMARY": str(self.folder.parent / "summary.md"),
        }
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout

    def code(self, example: Example) -> None:
        """Terraform code or a template, judged by all rules where it is no file that the page's commands judge."""
        if example.kind == "hcl":
            file = syntax.parse(Source("main.tf", example.text.encode()))
            assert not file.problems, f"can't be parsed: {file.problems[0]}"
        if "file" not in example.facts:
            folder = self._room()
            (folder / ("main.tf" if example.kind == "hcl" else f"template.{example.kind}")).write_text(example.text)
            found = _found(folder)
            expected = {word for word in example.facts.get("finds", "").split(", ") if word}
            assert found == expected, f"found is {sorted(found)}, not {sorted(expected)}"

    def _room(self) -> Path:
        """A folder for one example alone."""
        self.numbers += 1
        folder = self.folder.parent / f"alone-{self.numbers}"
        folder.mkdir()
        return folder

    def yaml(self, example: Example) -> None:
        """A template, a rule, which must load, or a pipeline whose commands are run."""
        document = None if "Resources:" in example.text else yaml.safe_load(example.text)
        if document is None:
            self.code(example)
        elif "require" in document:
            assert "file" in example.facts, "a rule is a file"
            load_rule(self.folder / example.facts["file"])
        elif "repos" in document:
            _check_hooks(document["repos"])
        else:
            scripts = _scripts(document)
            assert scripts, "neither a template nor a pipeline"
            self._play_scripts(scripts)

    def groovy(self, example: Example) -> None:
        """A pipeline of Jenkins, whose ``sh`` steps are run."""
        scripts = re.findall(r"\bsh '([^']*)'", example.text)
        assert scripts, "there is no step"
        self._play_scripts(scripts)

    def _play_scripts(self, scripts: list[str]) -> None:
        ran = 0
        for line in (line.strip() for script in scripts for line in script.splitlines()):
            if line.strip() and not line.startswith(NEEDS_NETWORK):
                code, printed = self.run(line)
                assert code == 0, f"{line}: exit code {code}\n{printed}"
                ran += "vpce-lint" in line
        assert ran, "no command of ours is run"

    def json(self, example: Example) -> None:
        """A template, or a file of the page."""
        if "Resources" in json.loads(example.text):
            self.code(example)
        else:
            assert "file" in example.facts, "no command of the page can use it"

    def toml(self, example: Example) -> None:
        """A configuration, which the tool must take."""
        scanned = self._room()
        if example.facts.get("trust") == "outside":
            file = self.folder / example.facts.get("file", "outside.toml")
            file.write_text(example.text, "utf-8")
            code, printed = _run_here(["--config", str(file), "."], scanned)
        elif "file" in example.facts:
            file = self.folder / example.facts["file"]
            code, printed = _run_here(["--config", file.name, "."], file.parent)
        else:
            name = "pyproject.toml" if "[tool.vpce-lint" in example.text else ".vpce-lint.toml"
            (scanned / name).write_text(example.text, "utf-8")
            code, printed = _run_here(["."], scanned)
        assert code < FAILED_TO_WORK, printed

    def python(self, example: Example) -> None:
        """A rule, which must load, or a program, which must run."""
        if "@rule(" in example.text:
            assert "file" in example.facts, "a rule is a file"
            load_rule(self.folder / example.facts["file"])
        else:
            with chdir(self.folder):
                exec(compile(example.text, example.place, "exec"), {})  # noqa: S102 (that is the test)


KINDS: dict[str, Callable[[Story, Example], None]] = {
    "console": Story.console,
    "sh": Story.sh,
    "hcl": Story.code,
    "yaml": Story.yaml,
    "json": Story.json,
    "toml": Story.toml,
    "python": Story.python,
    "groovy": Story.groovy,
}


def _steps(text: str) -> list[tuple[str, list[str]]]:
    """The commands of a console and the lines that are shown below each."""
    steps: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ "), []))
        else:
            assert steps, f"{line!r} stands above the first command"
            steps[-1][1].append(line)
    return [(command, _stripped(shown)) for command, shown in steps]


def _stripped(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _fits(printed: list[str], shown: list[str]) -> bool:
    """Whether lines are those that are shown, of which some stand for any."""
    pattern = "".join(r"(?:.*\n)*?" if line == ANYTHING else re.escape(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _stripped(printed))) is not None


def _run_here(arguments: list[str], folder: Path) -> tuple[int, str]:
    stream = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with chdir(folder), redirect_stdout(stream), redirect_stderr(stream):
            try:
                code = main(arguments)
            except SystemExit as end:
                code = int(end.code or 0)
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    stream.seek(0)
    return code, stream.read()


def _found(folder: Path) -> set[str]:
    """What all rules find below a folder, in the words of fixtures' marks."""
    code, printed = _run_here([".", "--no-local-config", "--format", "json", "--show", "all"], folder)
    assert code < FAILED_TO_WORK, printed
    report = json.loads(printed)
    assert report["answers"], "there is nothing that a rule could judge"
    return {answer["rule"] + SUFFIX[answer["verdict"]] for answer in report["answers"] if answer["verdict"] in SUFFIX}


def _check_hooks(repositories: list[dict[str, Any]]) -> None:
    """Ours are hooks that there are, with arguments that they take."""
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    hooks = [hook for repository in repositories for hook in repository["hooks"] if hook["id"].startswith("vpce")]
    assert hooks, "no hook of ours is used"
    for hook in hooks:
        assert hook["id"] in offered, f"there is no hook {hook['id']}"
        parse(hook.get("args", []))


def _scripts(document: Any) -> list[str]:
    """The scripts of a pipeline: ``run`` of GitHub's steps, ``script`` of GitLab's jobs."""
    if isinstance(document, list):
        return [script for each in document for script in _scripts(each)]
    if not isinstance(document, dict):
        return []
    scripts: list[str] = []
    for key, value in document.items():
        if key == "run" and isinstance(value, str):
            scripts.append(value)
        elif key in {"script", "before_script", "after_script"}:
            scripts += [value] if isinstance(value, str) else value
        else:
            scripts += _scripts(value)
    return scripts
