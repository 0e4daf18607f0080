"""How long templates take to be read and judged: ``python benchmarks/templates.py``.

Prints, for generated templates of 1, 2 and 5 MB in YAML and JSON, the process time and how it grows with the
size; 1 MB is the longest that CloudFormation takes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from time import process_time

from vpce_lint.engine import judge
from vpce_lint.garbage import collecting_rarely
from vpce_lint.limits import DEEPEST_RECURSION
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

MEGABYTE = 1_000_000
ENDPOINTS_EACH = 400
"""So many subnets share one VPC and its endpoints: no template of AWS has more than 500 resources."""


def resources(number: int) -> dict[str, object]:
    """A network with an endpoint, a route table and a subnet; its description makes it as large as real ones are."""
    vpc = f"Vpc{number // ENDPOINTS_EACH}"
    ref = {"Ref": vpc}
    found: dict[str, object] = {
        f"Subnet{number}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": ref, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"},
        },
        f"Topic{number}": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "DisplayName": f"notifications of part {number}",
                "Tags": [{"Key": "part", "Value": "x" * 40}],
            },
        },
    }
    if number % ENDPOINTS_EACH == 0:
        found[vpc] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
        found[f"Kms{number}"] = {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcId": ref,
                "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.kms"},
                "VpcEndpointType": "Interface",
                "SubnetIds": [{"Ref": f"Subnet{number}"}],
            },
        }
    return found


def template(size: int, *, as_yaml: bool) -> str:
    """A template of about this many characters; YAML in its block form, not as the JSON that YAML also is."""
    import yaml  # noqa: PLC0415 (only the generator needs it)

    rows: dict[str, object] = {}
    number = 0
    sample = resources(1)
    each = len(yaml.safe_dump(sample, indent=2) if as_yaml else json.dumps(sample, indent=2))
    while number * each < size:
        rows |= resources(number)
        number += 1
    whole = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": rows}
    return yaml.dump(whole, Dumper=yaml.CSafeDumper) if as_yaml else json.dumps(whole, indent=2)


def main() -> None:
    """Measure, and print a line each."""
    sys.setrecursionlimit(DEEPEST_RECURSION)
    rules = load_rules()
    for ending in ("yaml", "json"):
        first = 0.0
        for size in (1, 2, 5):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / f"template.{ending}"
                file.write_text(template(size * MEGABYTE, as_yaml=ending == "yaml"), "utf-8")
                start = process_time()
                with collecting_rarely():
                    reading = read(Request(paths=(Path(folder),)))
                    read_in = process_time() - start
                    report = judge(reading, rules)
                took = process_time() - start
                first = first or took / file.stat().st_size
                growth = took / file.stat().st_size / first
                print(
                    f"{ending} {file.stat().st_size / MEGABYTE:.1f} MB: read {read_in:.2f} s, with judging {took:.2f} s, "
                    f"{growth:.2f} times the first's time per byte; {len(report.answers)} answers"
                )


if __name__ == "__main__":
    main()
