"""Index entries from comments in a page, for the search of the site.

    <!-- index: rang, maxit, tr -->

says that the words are described in its section.  The search puts such a section first.  By the text alone, which it
stems, rang would be range, and names from other programs would be found in the reference instead of on their page.
The comment is not shown, neither by Sphinx nor where the source of the page is read.
"""

from __future__ import annotations

import re
from itertools import chain

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

COMMENT = re.compile(r"<!--\s*index:(.*)-->", re.DOTALL)


class IndexComments(SphinxTransform):
    """Replaces each such comment by index entries that lead to its section."""

    default_priority = 500  # before Sphinx collects the index entries of the document

    def apply(self, **kwargs: object) -> None:  # noqa: D102
        for node in list(
            chain(self.document.findall(nodes.raw), self.document.findall(nodes.comment))
        ):
            if found := COMMENT.fullmatch(node.rawsource.strip() or node.astext().strip()):
                words = [word.strip() for word in found[1].split(",")]
                place = _section_of(node)["ids"][0]
                entries = [("single", word, place, "main", None) for word in words]
                node.replace_self(addnodes.index(entries=entries))


def _section_of(node: nodes.Node) -> nodes.section:
    """The section that contains a node."""
    while not isinstance(node, nodes.section):
        node = node.parent
    return node


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the transform."""
    app.add_transform(IndexComments)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
