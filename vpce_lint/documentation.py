"""Where the documentation is published, as far as the installed package says it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, metadata

PACKAGE = "vpce-lint"
LABEL = "documentation"


def documentation() -> str:
    """The address under "Documentation" in the package's ``project.urls``; empty where there is none."""
    try:
        links = metadata(PACKAGE).get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    for link in links:
        label, _, address = link.partition(",")
        if label.strip().lower() == LABEL:
            return str(address).strip()
    return ""


def page_about(rule: str, home: str) -> str:
    """The address of the page about a built-in rule (its id) in the documentation at an address."""
    return f"{home.rstrip('/')}/rules/{rule}/"
