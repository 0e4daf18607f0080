"""What mkdocs asks while it builds the site: the pages that are made from the code join the written ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from vpce_lint.site.pages import pages

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

FIXTURES = Path(__file__).parents[1] / "fixtures"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for path, text in pages(FIXTURES).items():
        files.append(File.generated(config, path, content=text))
    return files
