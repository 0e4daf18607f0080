"""What mkdocs asks while it builds the site: the pages that are made from the code join the written ones."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from vpce_lint.site.pages import pages

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

PAGES = pages(Path(__file__).parents[1] / "fixtures")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the page of each rule into the section of rules, by its id."""
    [section] = [entry["Rules"] for entry in config.nav or () if "Rules" in entry]
    section += [{PurePosixPath(path).stem: path} for path in sorted(PAGES) if path.startswith("rules/VPCE")]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for path, text in PAGES.items():
        files.append(File.generated(config, path, content=text))
    return files
