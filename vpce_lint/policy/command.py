"""``vpce-lint policy``: one document, what it lets through, and what is wrong with it, for people at a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vpce_lint.json_output import json_output
from vpce_lint.json_text import parse_json_text
from vpce_lint.policy.example import spelt
from vpce_lint.policy.fault import Fault, faults_of
from vpce_lint.policy.holes import with_holes
from vpce_lint.policy.standard import StandardError, standard_of
from vpce_lint.policy.words import sentence
from vpce_lint.secret import masked, masked_all
from vpce_lint.services import catalogue
from vpce_lint.terminal import disarmed, printable
from vpce_lint.value import Known, Value

if TYPE_CHECKING:
    from argparse import Namespace

    from vpce_lint.policy.judgement import Judgement
    from vpce_lint.policy.standard import Standard

LARGEST = 2_000_000
"""Bytes; no policy is so long."""


def judge_file(options: Namespace) -> tuple[str, int]:
    """What to print about a document, and the exit code: 1 if it is below what is asked, or not known to reach it.

    ``OSError`` where it can't be read, ``StandardError`` where a setting or the file's encoding is at fault.
    """
    text = _read(options.file)
    gateway = options.endpoint_type == "gateway"
    entry = catalogue().get(options.service or "")
    prefixes = entry.iam_prefixes if entry else (options.service,)
    standard = standard_of({**vars(options), "services": {}}, options.service)
    policy = _policy(text)
    judged = standard.judge(policy, gateway=gateway, service=prefixes[0] if len(prefixes) == 1 else None)
    faults, _ = faults_of(policy, gateway=gateway)
    met = standard.is_met_by(judged)
    code = 0 if met.is_true else 1
    if options.format == "json":
        return json_output(masked_all(_as_json(judged, faults))), code
    return _as_text(judged, faults, standard), code


def _read(file: str) -> str:
    if file == "-":
        if sys.stdin is None:
            msg = "standard input is closed"
            raise StandardError(msg)
        content = sys.stdin.buffer.read(LARGEST + 1)
    else:
        with Path(file).open("rb") as opened:
            content = opened.read(LARGEST + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = f"{file} is not text in UTF-8"
        raise StandardError(msg) from None


def _policy(text: str) -> Value:
    parsed = parse_json_text(Known(text))
    broken = any(fault.kind != "duplicate" for fault in parsed.faults)
    plain = broken or parsed.faults or '"$' not in text
    return Known(text) if plain else with_holes(parsed.document)


def _as_json(judged: Judgement, faults: tuple[Fault, ...]) -> dict[str, Any]:
    found = judged.witness
    witness = None
    if found is not None:
        witness = {
            "sentence": sentence(judged),
            "statement": found.by.number,
            "caller": found.request.caller,
            "action": spelt(found.request.action) or found.request.action,
            "resource": found.request.resource,
            "keys": {key: list(values) for key, values in sorted(found.request.keys.items())},
        }
    return {
        "level": "UNKNOWN" if judged.level is None else judged.level.name,
        "level_min": judged.least.name,
        "level_max": judged.most.name,
        "principal_bounded": judged.principal_bounded,
        "resource_bounded": judged.resource_bounded,
        "action_bounded": judged.action_bounded,
        "joint_bounded": judged.joint_bounded,
        "allows_nothing": judged.allows_nothing is True,
        "witness": witness,
        "notes": [
            *(str(reason) for reason in judged.reasons),
            *(f"{fault.kind}: {fault.message}" for fault in faults),
        ],
    }


def _as_text(judged: Judgement, faults: tuple[Fault, ...], standard: Standard) -> str:
    if judged.fault:
        return disarmed(f"{printable(masked(_verdict(judged)))}\n")
    lines = [_verdict(judged)]
    bounded = {True: "yes", False: "no", None: "not known"}
    lines += [
        f"  callers bounded:    {bounded[judged.principal_bounded]}",
        f"  resources bounded:  {bounded[judged.resource_bounded]}",
        f"  actions bounded:    {bounded[judged.action_bounded]}",
    ]
    if judged.witness is not None:
        lines.append(f"  because: {sentence(judged)}")
    lines += [f"  because: {reason}" for reason in judged.reasons]
    unmet = standard.unmet_by(judged)
    if unmet:
        lines.append(f"  asked for, and not bounded: {', '.join(unmet)}")
    for fault in faults:
        lines.append(f"  mistake: {fault.message}")
        if fault.fix:
            lines.append(f"    fix: {fault.fix}")
    return disarmed("".join(f"{printable(masked(line))}\n" for line in lines))


def _verdict(judged: Judgement) -> str:
    if judged.fault:
        return f"not a policy: {judged.fault}"
    if judged.missing.is_true:
        return "OPEN: there is no policy, so that AWS attaches its default, which lets everything through"
    if judged.level is None:
        return f"UNKNOWN: between {judged.least.name} and {judged.most.name}"
    if judged.allows_nothing:
        return "RESTRICTIVE: nothing is let through at all"
    words = {
        "OPEN": "everyone may use resources of anyone",
        "BROAD": "everyone may use resources of anyone, with listed actions",
        "RESTRICTIVE": "no untrusted caller reaches an untrusted resource",
    }
    return f"{judged.level.name}: {words[judged.level.name]}"
