"""The same Terraform code, written differently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fuzzing.case import Case
from fuzzing.json_form import as_json
from vpce_lint.readers.terraform.syntax import parse
from vpce_lint.source import Source

if TYPE_CHECKING:
    from random import Random

HEREDOC = re.compile(rb"<<[-~]?\s*\"?([\w-]+)")
LABEL = re.compile(rb'resource\s+"\w+"\s+"(\w{4,})"')
SPLIT = "zz_split.tf"
UNRELATED = b"""
resource "null_resource" "zz_unrelated" {
  triggers = { a = "b" }
}
resource "aws_sns_topic" "zz_unrelated" {
  name = "zz"
}
variable "zz_unrelated" {
  default = [1]
}
output "zz_unrelated" {
  value = var.zz_unrelated
}
"""


def _native(case: Case) -> list[str]:
    return [name for name in case.files if name.endswith(".tf")]


def _all_native(case: Case) -> bool:
    """Whether all code is in native syntax and can be parsed here, which takes text."""
    if any(name.endswith((".tofu", ".tf.json", "_override.tf", "/override.tf")) for name in case.files):
        return False
    try:
        for name in _native(case):
            case.files[name].decode()
    except UnicodeDecodeError:
        return False
    return True


def spread(chance: Random, case: Case) -> Case | None:
    """Comments, empty lines and blanks put in wherever they mean nothing."""
    files = dict(case.files)
    for name in _native(case):
        marker, lines = b"", []
        notes = (b"", b"   ", b"# a note", b"// a note", b"/* a note */")[: 4 if b"/*" in files[name] else 5]
        for line in files[name].split(b"\n"):
            if marker:
                marker = b"" if line.strip() == marker else marker
                lines.append(line)
                continue
            found = HEREDOC.search(line)
            marker = found[1] if found else b""
            lines.append(chance.choice((b"", b"", b"\t", b"     ")) + line)
            if not marker and chance.random() < 0.3:
                lines.append(chance.choice(notes))
        files[name] = b"\n".join(lines)
    return Case(files, case.arguments)


def carriage_returns(chance: Random, case: Case) -> Case | None:
    """Lines that end as Windows ends them, where no heredoc holds them."""
    files = dict(case.files)
    for name in _native(case):
        if b"\r" in files[name] or HEREDOC.search(files[name]):
            return None
        files[name] = files[name].replace(b"\n", b"\r\n")
    return Case(files, case.arguments)


def _chunks(data: bytes) -> list[bytes] | None:
    """A file's blocks, each with what stands above it; ``None`` where their order may count."""
    file = parse(Source("main.tf", data))
    if file.problems or file.body.attributes:
        return None
    ends = [block.span.end for block in file.body.blocks]
    starts = [0, *ends][: len(ends)]
    return [data[start:end] + b"\n" for start, end in zip(starts, ends, strict=True)]


def _are_distinct(case: Case) -> bool:
    """Whether nothing is declared twice: of two, the first may count."""
    seen: set[tuple[str, ...]] = set()
    for name in _native(case):
        file = parse(Source(name, case.files[name]))
        for block in file.body.blocks:
            folder = name.rpartition("/")[0]
            keys = [(folder, "local", each) for each in block.body.attributes] if block.type == "locals" else []
            keys = keys or [(folder, block.type, *block.labels)]
            if seen & set(keys):
                return False
            seen.update(keys)
    return True


def reordered(chance: Random, case: Case) -> Case | None:
    """Blocks in another order, some of them in another file."""
    if not _all_native(case) or not _are_distinct(case):
        return None
    files = dict(case.files)
    for name in _native(case):
        chunks = _chunks(files[name])
        if chunks is None:
            return None
        chance.shuffle(chunks)
        at = chance.randrange(len(chunks) + 1)
        files[name] = b"".join(chunks[:at])
        folder = name.rpartition("/")[0]
        beside = f"{folder}/{SPLIT}" if folder else SPLIT
        files[beside] = files.get(beside, b"") + b"".join(chunks[at:])
    return Case(files, case.arguments)


def unrelated(chance: Random, case: Case) -> Case | None:
    """Something besides that concerns no rule."""
    files = {name.rpartition("/")[0] for name in _native(case)}
    folder = chance.choice(sorted(files)) if files else ""
    return case.with_file(f"{folder}/zz_unrelated.tf" if folder else "zz_unrelated.tf", UNRELATED)


def in_json(chance: Random, case: Case) -> Case | None:
    """The JSON syntax instead of the native one."""
    if not _all_native(case) or not _are_distinct(case):
        return None
    files: dict[str, bytes] = {}
    for name, data in case.files.items():
        if name.endswith(".tf"):
            written = as_json(name, data)
            if written is None:
                return None
            files[f"{name}.json"] = written
        else:
            files[name] = data
    return Case(files, case.arguments)


def renamed(chance: Random, case: Case) -> tuple[Case, str, str] | None:
    """Another name of the same length for the resources of one name, with the new and the old one."""
    everything = b"\n".join(case.files.values())
    names = sorted(set(LABEL.findall(everything)))
    if not names or not _all_native(case):
        return None
    old = chance.choice(names)
    word = rb"\b%b\b" % re.escape(old)
    proper = rb'(?:resource\s+"\w+"\s+"%b"|\b(?:aws|null)_\w+\.%b\b)' % (old, old)
    if len(re.findall(word, everything)) != len(re.findall(proper, everything)):
        return None  # a word that means something else besides
    new = bytes(chance.choice(b"bcdfghjklmnpqrstvwxz") for _ in old)
    if new in everything:
        return None
    files = {name: re.sub(word, new, data) for name, data in case.files.items()}
    return Case(files, case.arguments), new.decode(), old.decode()
