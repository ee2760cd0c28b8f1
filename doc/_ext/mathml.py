# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Formulae as MathML, written at build time: no script and no network to read them."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml


def visit_inline(self, node):
    """Write a formula in a line."""
    self.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def visit_block(self, node):
    """Write a displayed formula; with a label, an anchor to link to."""
    anchor = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    formula = tex2mathml(node.astext(), as_block=True)
    self.body.append(f'<div class="formula"{anchor}>{formula}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
