"""What is long, deep or written in an odd way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordeals.writing import VPC, endpoint, flags, policy

if TYPE_CHECKING:
    from ordeals.writing import Files


def aliases() -> Files:
    """YAML aliases that stand for 10^14 nodes (`yamldecode`, templates)."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 14)]
    text = "\n".join(rows)
    return policy('jsonencode(yamldecode(file("x.yml")))') | {
        "x.yml": text + "\n",
        "t.yaml": "AWSTemplateFormatVersion: '2010-09-09'\n"
        + text
        + "\nResources:\n  E:\n    Type: AWS::EC2::VPCEndpoint\n"
        "    Properties:\n      VpcId: v\n      ServiceName: com.amazonaws.eu-west-1.s3\n      PolicyDocument: *a13\n",
    }


def deep_lists() -> Files:
    """Lists in lists, 100,000 deep (HCL, JSON, YAML)."""
    deep = "[" * 100_000 + "]" * 100_000
    return policy(deep) | {
        "j.tf.json": '{"resource": {"aws_vpc_endpoint": {"j": {"policy": ' + deep + "}}}}",
        "t.json": '{"Resources": {"E": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"PolicyDocument": '
        + deep
        + "}}}}",
        "t.yaml": "Resources:\n  E:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      PolicyDocument: "
        + deep
        + "\n",
    }


def templates_of_templates() -> Files:
    """A template file that calls two others, 30 times over."""
    return {
        **policy('templatefile("t0", {})'),
        **{f"t{n}": '${templatefile("tN", {})}'.replace("N", str(n + 1)) * 2 for n in range(30)},
        "t30": "",
    }


def escapes() -> Files:
    """6 MB of escapes in a string."""
    return policy('"' + "\\n" * 3_000_000 + '"')


def great_file() -> Files:
    """A file of 25 MB."""
    return {"main.tf": VPC + endpoint() + "# " + "x" * 25_000_000 + "\n"}


def long_heredoc() -> Files:
    """A template of 200,000 `${…}`."""
    return policy('"' + "${var.u0}" * 200_000 + '"', flags(1))
