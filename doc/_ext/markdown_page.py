# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Show CHANGELOG.md, which repositories expect in Markdown, as a page of the site."""

import re
from pathlib import Path

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
UNDERLINES = {"#": "=", "##": "-", "###": "~"}


CODE_OR_LINK = re.compile(r"`(?P<code>[^`]+)`|\[(?P<text>[^]]+)\]\((?P<url>[^)]+)\)")


def _inline(match):
    if match["code"]:
        return f"``{match['code']}``"
    return f"`{match['text']} <{match['url']}>`__"


def to_rst(markdown):
    """Translate headings, code, links and lists, which is all a changelog has."""
    lines = []
    for line in markdown.splitlines():
        line = CODE_OR_LINK.sub(_inline, line)
        marks, _, title = line.partition(" ")
        if marks in UNDERLINES:
            lines += [title, UNDERLINES[marks] * len(title)]
        else:
            lines.append(line)
    return "\n".join([*lines, ""])


def insert_changelog(app, docname, source):
    """Replace the text of the changelog page."""
    if docname == "changelog":
        source[0] = to_rst(CHANGELOG.read_text(encoding="utf-8"))


def setup(app):
    """Register with Sphinx."""
    app.connect("source-read", insert_changelog)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
