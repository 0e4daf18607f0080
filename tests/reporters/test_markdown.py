"""What stands in a comment on a pull request."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from markdown_it import MarkdownIt
from msgspec.structs import replace
from sample import answer
from showcase import SUPPRESSED, UNDETERMINED, VIOLATED, reports

from vpce_lint.finding import Finding, fold
from vpce_lint.location import Excerpt, Location
from vpce_lint.report import Report, Scope
from vpce_lint.reporters.markdown import LARGEST, MARKER, render
from vpce_lint.verdict import Severity, Verdict

ROOTS = Scope(("infra",), roots=1)
MARKDOWN = MarkdownIt("commonmark", {"linkify": True}).enable(["table", "strikethrough", "linkify"])
FOLDS, TABLE = {"details", "summary", "b", "code"}, {"table", "thead", "tbody", "tr", "th", "td"}
TAGS = FOLDS | TABLE | {"h3", "ul", "li", "p", "pre", "strong"}


class Page(HTMLParser):
    """The tags of a page, and its text outside code, where a host looks for mentions."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.shown = ""
        self.comments: list[str] = []
        self.blocks: list[str] = []
        self._code = 0
        self._pre = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Count."""
        self.tags.append(tag)
        self._code += tag == "code"
        if tag == "pre":
            self._pre = True
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        """Count."""
        self._code -= tag == "code"
        self._pre = self._pre and tag != "pre"

    def handle_comment(self, data: str) -> None:
        """Keep."""
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        """Keep."""
        self.shown += data
        self.text += "" if self._code else data
        if self._pre:
            self.blocks[-1] += data


def page(report: Report) -> Page:
    """The report as GitHub or GitLab would show it."""
    return Page(MARKDOWN.render(render(report)))


def test_a_previous_comment_can_be_found() -> None:
    """The first line marks the comment, and shows as nothing."""
    assert render(Report(scope=ROOTS)).startswith(f"{MARKER}\n")


def test_counts_come_first() -> None:
    """The table counts by rule and in all, before any finding; suppressed answers are counted apart."""
    text = render(Report((VIOLATED, UNDETERMINED, SUPPRESSED), ROOTS))
    table, _, _ = text.partition("<details>")
    assert "| VPCE003 interface-endpoint-in-one-zone | 1 | 1 | 0 |" in table
    assert "| **all** | 1 | 1 | 0 |" in table
    assert "suppressed answers: 1" in table


def test_gravest_first() -> None:
    """What is violated and grave is not what a full comment leaves out."""
    low = answer(severity=Severity.LOW, message="low")
    text = render(Report((UNDETERMINED, low, VIOLATED), ROOTS))
    order = [text.index(words) for words in ("(high)", "(low)", "(undetermined)")]
    assert order == sorted(order)


def test_shared_module_is_said_once() -> None:
    """The same violation from several roots is one finding."""
    assert page(Report((answer(root="a"), answer(root="b")), ROOTS)).tags.count("details") == 1


def test_nothing_checked() -> None:
    """That there was no code is not passed over."""
    assert "Nothing was checked" in render(Report())


def test_a_comment_has_an_end() -> None:
    """However much there is, the comment fits and says how much it leaves out."""
    large = [answer(location=Location(f"{n}.tf"), message="_" * 5000) for n in range(200)]
    small = [answer(location=Location(f"small{n}.tf"), message="x", fix="") for n in range(300)]
    report = Report((*large, *small), ROOTS)
    text = render(report)
    assert LARGEST - 500 < len(text) <= LARGEST
    kept = page(report).tags.count("details")
    assert f"**{500 - kept} of 500 findings are left out**" in text


def test_text_arrives_as_it_is() -> None:
    """Markup in names and messages shows as it is written."""
    message = 'a_b *c* `d` <e> [f](g) | &amp; https://example.com www.example.com ~~l~~ this["m"] $n$ \\o :p: _q_'
    shown = page(Report((answer(message=message),), ROOTS))
    assert message in shown.shown
    assert "a" not in shown.tags


def test_code_stays_in_its_block() -> None:
    """A line of code that looks like the end of a block does not end it."""
    place = replace(VIOLATED.location, excerpt=Excerpt("````", 0, 1))
    assert page(Report((answer(location=place),), ROOTS)).blocks == ["````\n"]


def items(finding: Finding) -> int:
    """How many facts a finding lists; less than are cut off."""
    has_fix = bool(finding.answer.fix) and finding.answer.verdict is not Verdict.SATISFIED
    facts = (finding.answer.related, finding.calls, finding.others, finding.answer.why)
    return sum(map(len, facts)) + has_fix


@given(reports)
def test_nothing_breaks_out(report: Report) -> None:
    """Whatever stands in a report, only our own markup is markup, nobody is mentioned, and no finding is lost."""
    text = render(report)
    assert len(text) <= LARGEST
    shown = page(report)
    assert set(shown.tags) <= TAGS
    assert shown.comments == [" vpce-lint "]
    findings = fold(each for each in report.visible if not each.suppressed)
    left_out = re.search(r"^\*\*(\d+) of", text, re.MULTILINE)
    assert shown.tags.count("details") + int(left_out[1] if left_out else 0) == len(findings)
    assert (shown.tags.count("table"), shown.tags.count("h3")) == (1, 1)
    assert left_out or shown.tags.count("li") == sum(items(finding) for finding in findings)
    assert text.replace("\n", "").isprintable()
    assert not re.search(r"@\w|#\d|GH-\d", shown.text)
