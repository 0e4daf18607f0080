"""One report with an answer of each kind, for the snapshots of all formats; and reports full of hostile text."""

from __future__ import annotations

from hypothesis import strategies as st
from sample import HEADER, answer, span
from structs import structs

from vpce_lint.location import Excerpt, Location, locate
from vpce_lint.report import Answer, Fixed, Omission, Report, RulePage, Scope, Suppression, Thresholds
from vpce_lint.verdict import Confidence, Severity, Verdict

ZONES = RulePage(
    "VPCE003",
    "interface-endpoint-in-one-zone",
    Severity.HIGH,
    "endpoints",
    "Interface endpoint stands in one Availability Zone.\n\nWhen the zone fails,\n`calls` fail.\n\nFix: add a subnet.",
    ("NIST-800-53:CP-10",),
)
GATEWAYS = RulePage(
    "VPCE001", "interface-endpoint-for-gateway-service", Severity.MEDIUM, "endpoints", "S3 is cheaper.", ()
)
UNREADABLE = RulePage("VPCE900", "unreadable-file", Severity.HIGH, "reading", "A file can't be read.")
VIOLATED = answer(
    related=(
        Location("net.tf", 22, 1, 22, 9, "aws_subnet.a is its only subnet", step=True),
        Location("net.tf", 30, 3, 32, 4, "its route table", step=True),
        Location("vpc.tf", 1, 1, 1, 5, "the VPC"),
    ),
    calls=(Location("envs/prod/main.tf", 8, 1, 8, 9, "module.endpoints"),),
    about="zones",
)
UNDETERMINED = answer(
    location=locate(HEADER),
    verdict=Verdict.UNDETERMINED,
    address="aws_vpc_endpoint.sqs",
    message="can't tell whether aws_vpc_endpoint.sqs stands in fewer than two zones",
    why=("var.zones has no default (variables.tf:3)",),
)
LIKELY = answer(
    rule="VPCE001",
    name="interface-endpoint-for-gateway-service",
    location=locate(span("service_name")),
    confidence=Confidence.LIKELY,
    severity=Severity.INFO,
    message="no gateway endpoint for s3",
    why=("var.vpc_id is not made here (main.tf:2)",),
    fix="",
)
BROKEN = answer(
    rule="VPCE900",
    name="unreadable-file",
    address="broken.tf",
    location=Location("broken.tf"),
    message="it is not UTF-8",
    fix="",
)
SUPPRESSED = answer(address="aws_vpc_endpoint.ecr", suppressed=Suppression("comment", "agreed with security"))
SATISFIED = answer(address="aws_vpc_endpoint.ssm", verdict=Verdict.SATISFIED, message="it stands in 2 zones")
EXEMPT = answer(address="aws_vpc_endpoint.s3", verdict=Verdict.NOT_APPLICABLE, message="it is a gateway", fix="")

SHOWCASE = Report(
    (VIOLATED, UNDETERMINED, LIKELY, BROKEN, SUPPRESSED, SATISFIED, EXEMPT),
    Scope((".",), files=88, roots=6, endpoints=19),
    (Omission("main.tf:1", "module.vpc is not downloaded: run terraform init", "module"),),
    rules=(GATEWAYS, ZONES, UNREADABLE),
)

EVIL = (
    "::error file=x::y", "::", "%0A", "\r\n", "\n::warning::z", "##[error]x", "##vso[task.complete]",
    "<script>alert(1)</script>", "</details>", "<!--", "-->", "]]>", "&lt;", "&#64;x", "\x00", "\x1b[2J", "\x85",
    "\u2028", "\u202e", "\ufffe", "\ud800", "\udce9", "😀", "```", "~~~", "`a`", "| a | b |", "\n\n# title\n\n", "- x\n",
    "[x](http://e.vil)", "![x](y)", "https://evil.com/", "www.evil.com", "a@evil.com", "@octocat", "#12", "GH-12", "**b**",
    "__b__", "$x$", "\\", "{0}", "'", '"', ",", ":", ";", "=", "/", "..", "//", "C:/x", " ",
)  # fmt: skip

texts = st.lists(st.one_of(st.sampled_from(EVIL), st.text(max_size=8)), min_size=1, max_size=4).map("".join)
several = st.lists(texts, max_size=3).map(tuple)
lines = st.integers(1, 9999)


@st.composite
def places(draw: st.DrawFn) -> Location:
    """Any place, with an excerpt or without."""
    excerpt = None
    if draw(st.booleans()):
        text = draw(texts)
        start = draw(st.integers(0, len(text)))
        excerpt = Excerpt(text, start, draw(st.integers(start, len(text))))
    line, column = draw(lines), draw(lines)
    end_line, end_column = line + draw(st.integers(0, 3)), column + draw(st.integers(0, 9))
    return Location(draw(texts), line, column, end_line, end_column, draw(texts), excerpt, step=draw(st.booleans()))


answers = structs(
    Answer,
    rule=texts,
    name=texts,
    verdict=st.just(Verdict.VIOLATED) | st.sampled_from(Verdict),
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    about=st.none() | texts,
    address=texts,
    affects=several,
    root=texts,
    location=places(),
    message=texts,
    why=several,
    fix=texts | st.just(""),
    related=st.lists(places(), max_size=3).map(tuple),
    calls=st.lists(places(), max_size=2).map(tuple),
    help=texts,
    environment=st.none() | texts,
    suppressed=st.none() | st.none() | structs(Suppression, texts, texts),
)
pages = structs(RulePage, texts, texts, st.sampled_from(Severity), texts, texts, several)
reports = structs(
    Report,
    st.lists(answers, max_size=4).map(tuple),
    structs(Scope, several, lines, st.integers(0, 3), lines),
    st.lists(structs(Omission, texts, texts, texts), max_size=2).map(tuple),
    st.just(frozenset(Verdict)) | st.frozensets(st.sampled_from(Verdict)),
    st.lists(structs(Fixed, texts, texts, st.none() | texts, texts, texts), max_size=2).map(tuple),
    rules=st.lists(pages, max_size=2).map(tuple),
    thresholds=st.just(Thresholds(Severity.INFO))
    | structs(Thresholds, st.sampled_from(Severity), st.sampled_from(Confidence), st.booleans()),
)
"""Reports in which every text may hold anything."""
