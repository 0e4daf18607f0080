"""How long policies take to be judged: ``python benchmarks/policy.py FOLDER ...``.

Prints the median and the worst process time per policy document below the folders, and the time for a
generated policy of 100 statements and 20,480 characters, as a multiple of reading the same JSON.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

from vpce_lint.policy.document import LONGEST_POLICY
from vpce_lint.policy.judgement import judge_policy
from vpce_lint.value import Known

if TYPE_CHECKING:
    from collections.abc import Callable

STATEMENTS = 100


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of process time."""
    start = process_time()
    work()
    return (process_time() - start) * 1000


def longest() -> str:
    """A policy as long as AWS takes it: named buckets allowed, then all but the organisation denied."""
    rows: list[dict[str, object]] = [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::acme-{number}/*"}
        for number in range(STATEMENTS - 1)
    ]
    condition = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    rows.append({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition})
    return json.dumps({"Version": "2012-10-17", "Statement": rows}).ljust(LONGEST_POLICY)


def main(folders: list[str]) -> None:
    """Measure, and print a line each."""
    judge_policy(Known(longest().replace("acme", "warm")))  # what is loaded at first use is not measured
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.json*"))
    texts = [(file, Known(file.read_text("utf-8", "replace"))) for file in files]
    times = [(timed(partial(judge_policy, policy)), file) for file, policy in texts]
    if times:
        worst, slowest = max(times)
        print(f"{len(times)} policies: median {median(time for time, _ in times):.2f} ms, worst {worst:.2f} ms")
        print(f"  the worst is {slowest}")
    text = longest()
    reading = timed(lambda: [json.loads(text) for _ in range(100)]) / 100
    took = timed(lambda: judge_policy(Known(text + " ")))
    print(f"{STATEMENTS} statements, {len(text):,} characters: {took:.1f} ms, {took / reading:.0f} times json.loads")


if __name__ == "__main__":
    main(sys.argv[1:])
