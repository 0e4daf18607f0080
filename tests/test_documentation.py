"""Where the documentation is."""

from __future__ import annotations

from email.message import Message
from importlib.metadata import PackageNotFoundError

import pytest

from vpce_lint import documentation as module
from vpce_lint.documentation import documentation, page_about


@pytest.mark.parametrize(
    ("links", "address"),
    [
        ([], ""),
        (["Source, https://example.org/source"], ""),
        (["Source, https://example.org", "Documentation, https://docs.example.org"], "https://docs.example.org"),
        (["documentation,https://docs.example.org "], "https://docs.example.org"),
    ],
)
def test_address(monkeypatch: pytest.MonkeyPatch, links: list[str], address: str) -> None:
    """It is the address that the package names, and none where it names none."""
    package = Message()
    for link in links:
        package["Project-URL"] = link
    monkeypatch.setattr(module, "metadata", lambda _: package)
    assert documentation() == address


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that nobody installed names none."""

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "metadata", missing)
    assert documentation() == ""


def test_page_of_a_rule() -> None:
    """Each rule has a page below the address, however that ends."""
    assert page_about("VPCE005", "https://example.org/docs") == "https://example.org/docs/rules/VPCE005/"
    assert page_about("VPCE005", "https://example.org/docs/") == "https://example.org/docs/rules/VPCE005/"
