"""Renders formulas as MathML, which every current browser draws by itself: no script, nothing from another host.

The conversion is docutils' own; LaTeX that it does not understand fails the build instead of looking odd.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.writers.html5 import HTML5Translator

ACCENT = re.compile(
    r"\\(?:bar|ddot|dot|hat|tilde|vec)\s*(?:\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z])(?=\s*[_^])"
)
"""An accented letter with a subscript, which docutils sets below the letter; in a group, to the right of it."""


def _convert(node: nodes.Element, as_block: bool) -> str:
    try:
        return str(tex2mathml(ACCENT.sub(r"{{}\g<0>}", node.astext()), as_block=as_block))
    except MathError as error:
        raise SphinxError(f"{node.source}: formula {node.astext()!r}: {error}") from error


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_convert(node, as_block=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({node["number"]})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(_convert(node, as_block=True))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
