"""Configurations in which every text is hostile: names, keys, values, comments, paths; and what must not come of it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import strategies as st
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable

ATTACKS = (
    "\x1b[2J\x1b]0;owned\x07", "\x9b31m", "\x00", "\x7f", "\r::error::x", "\n::error file=a,line=1::owned", "::error::x",
    "::add-mask::x", "::set-output name=a::b", "::stop-commands::x", "##[error]x", "###[group]y", "##vso[task.complete]z",
    "##teamcity[buildStatus text='x']", "%0A::error::x", "section_start:1:a\r\x1b[0K", "\u202egnp\u2066", "\u200b\u2060\ufeff",
    "\u2028::error::", "\u2029", "\x85", "\ufffe", "\U000e0041", "]]>", "<!--", "-->", "<script>alert(1)</script>",
    "</details><h1>", "</summary>", "<img src=x onerror=y>", "```\n# x", "`a`", "~~~", "| a | b |\n|--|", "[x](http://e.vil)",
    "![x](https://e.vil/p.png)", "https://evil.example", "www.evil.example", "@octocat", "@org/team", "#1", "GH-1", "a/b#1",
    "**x**", "\n\n# title\n\n", "&#64;x", "&lt;b&gt;", "$(touch x)", "`touch x`", "\\", "\\u001b[2J", "日本", "😀", "%s%n", "{0}",
)  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=6)), min_size=1, max_size=4).map("".join)


def _quoted(text: str) -> str:
    """The text as a string in HCL: only what must be is escaped, so that the rest stands in the code as it is."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    text = text.replace("${", "$${").replace("%{", "%%{").replace("\x00", "\\u0000")
    return f'"{text}"'


def _name(text: str) -> str:
    """The text as a name in a path: neither ``/`` nor NUL, and not too long."""
    return re.sub(r"[/\x00]", "_", text)[:40].strip(".") or "x"


def _comment(text: str) -> str:
    return re.sub(r"[\r\n\x00]", " ", text)


def terraform(draw: Callable[[st.SearchStrategy[str]], str]) -> dict[str, str]:
    """A root module; the texts stand in keys, values, policies, module sources, descriptions and comments."""
    text = lambda: draw(texts)  # noqa: E731 (said often)
    policy = {"Statement": [{"Sid": text(), "Effect": "Allow", "Principal": "*", "Action": text(), "Resource": text()}]}
    code = f"""\
# {_comment(text())}
variable "open" {{
  description = {_quoted(text())}
}}
variable "kept" {{
  default = {_quoted(text())}
}}
module "away" {{
  source  = {_quoted(text())}
  version = {_quoted(text())}
}}
module "near" {{
  source = {_quoted("./" + _name(text()))}
  text   = {_quoted(text())}
}}
resource "aws_vpc" "main" {{
  cidr_block = {_quoted(text())}
}}
resource "aws_subnet" "each" {{
  for_each          = toset([{_quoted(text())}, {_quoted(text())}])
  vpc_id            = aws_vpc.main.id
  availability_zone = each.value
}}
resource "aws_vpc_endpoint" "many" {{
  for_each          = {{ {_quoted(text())} = {_quoted(text())}, {_quoted(text())} = "com.amazonaws.eu-west-1.sqs" }}
  vpc_id            = aws_vpc.main.id
  vpc_endpoint_type = "Interface"
  service_name      = each.value # {_comment(text())}
  subnet_ids        = [aws_subnet.each[{_quoted(text())}].id]
  policy            = jsonencode({json.dumps(policy).replace("${", "$${").replace("%{", "%%{")})
}}
# vpce-lint: ignore[VPCE005] {_comment(text())}
resource "aws_vpc_endpoint" "open" {{
  vpc_id       = aws_vpc.main.id
  service_name = var.open
  policy       = file({_quoted(text())})
}}
# vpce-lint: ignore[{_comment(text())}] until={_comment(text())}
resource "aws_vpc_endpoint" "bare" {{
  vpc_id       = {_quoted(text())}
  service_name = "com.amazonaws.eu-west-1.s3.{{}}"
  policy       = {_quoted(text())}
}}
resource "aws_vpc_endpoint_service" "shared" {{
  acceptance_required = false
  allowed_principals  = ["*", {_quoted(text())}]
}}
"""
    return {
        "main.tf": code,
        "terraform.tfvars": f"kept = {_quoted(text())}\n",
        "broken/aws_vpc.tf": f"x {_comment(text())} {{",
    }


def plan(draw: Callable[[st.SearchStrategy[str]], str]) -> dict[str, str]:
    """A plan whose names, keys and values are the texts."""
    resources = [
        {
            "address": draw(texts),
            "mode": "managed",
            "type": kind,
            "name": draw(texts),
            "index": draw(texts),
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "schema_version": 0,
            "values": {
                "service_name": draw(texts),
                "vpc_id": draw(texts),
                "policy": draw(texts),
                "cidr_block": draw(texts),
            },
            "sensitive_values": {},
        }
        for kind in ("aws_vpc_endpoint", "aws_vpc_endpoint", "aws_vpc", draw(texts))
    ]
    document = {
        "format_version": "1.2",
        "terraform_version": draw(texts),
        "variables": {draw(texts): {"value": draw(texts)}},
        "planned_values": {"root_module": {"resources": resources, "child_modules": []}},
        "configuration": {"root_module": {}},
    }
    return {_name(draw(texts)) + ".json": json.dumps(document, ensure_ascii=False), "y.json": json.dumps(document)}


def template(draw: Callable[[st.SearchStrategy[str]], str]) -> dict[str, str]:
    """A template in JSON whose names and values are the texts."""
    policy = {
        "Statement": {"Sid": draw(texts), "Effect": "Allow", "Principal": "*", "Action": draw(texts), "Resource": "*"}
    }
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": draw(texts),
        "Parameters": {draw(texts): {"Type": "String", "Description": draw(texts), "Default": draw(texts)}},
        "Conditions": {"c": {"Fn::Equals": [{"Ref": draw(texts)}, draw(texts)]}},
        "Resources": {
            draw(texts): {
                "Type": "AWS::EC2::VPCEndpoint",
                "Condition": "c",
                "Metadata": {"aws:cdk:path": draw(texts), "vpce-lint": {"ignore": [f"VPCE005 {draw(texts)}"]}},
                "Properties": {"ServiceName": draw(texts), "VpcId": draw(texts), "PolicyDocument": policy},
            },
            draw(texts) + " 2": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {"ServiceName": {"Ref": draw(texts)}, "VpcId": {"Fn::ImportValue": draw(texts)}},
            },
            draw(texts) + " 3": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": draw(texts)}},
            draw(texts) + " 4": {
                "Type": "AWS::EC2::VPCEndpointService",
                "Properties": {"AcceptanceRequired": False},
            },
        },
        "Outputs": {draw(texts): {"Value": draw(texts), "Export": {"Name": draw(texts)}}},
    }
    return {_name(draw(texts)) + ".json": json.dumps(document, ensure_ascii=False), "z.json": json.dumps(document)}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """Files by path, of one of the readers, in a folder with a hostile name."""
    make = draw(st.sampled_from([terraform, plan, template]))
    folder = _name(draw(texts))
    return {f"{folder}/{path}": text for path, text in make(draw).items()}


# What must not come of it.

STYLE = re.compile(r"\x1b\[[0-9;]*m")
ANNOTATION = re.compile(r"::(error|warning|notice) (file=[^:]*|title=vpce-lint)::")
MARKDOWN = MarkdownIt("commonmark", {"linkify": True}).enable(["table", "strikethrough", "linkify"])
MARKUP = {
    "details",
    "summary",
    "b",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "h3",
    "p",
    "ul",
    "li",
    "pre",
    "strong",
}


def check(format_: str, text: str, *, styled: bool = False) -> None:
    """Fail where a text in a format steers a terminal, a CI runner or a page."""
    plain = STYLE.sub("", text) if styled else text
    assert plain.replace("\n", "").isprintable()
    for line in plain.splitlines():
        if format_ == "github":  # a line that is a command is looked at for no other (actions/runner, ActionCommand.cs)
            assert ANNOTATION.match(line)
        else:
            assert not re.search(r"##\w*\[", line)
            assert not line.lstrip().startswith("::")
    if format_ in {"json", "sarif", "gitlab"}:
        assert text.isascii()
        json.loads(text)
    if format_ == "junit":
        assert text.isascii()
        for element in ET.fromstring(text).iter():  # noqa: S314 (our own output)
            for shown in (*element.attrib.values(), *(element.text or "").split("\n")):
                assert shown.isprintable()
    if format_ == "markdown":
        _check_page(text)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.outside = ""
        self.comments: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value) for name, value in attrs if name not in {"class", "style"}]
        self._code += tag in {"code", "pre"}

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "pre"}

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.outside += data


def _check_page(text: str) -> None:
    page = _Page()
    page.feed(MARKDOWN.render(text))
    page.close()
    assert page.tags <= MARKUP
    assert page.attributes == []
    assert page.comments == [" vpce-lint "]
    assert not re.search(r"@\w|#\d|GH-\d", page.outside)
