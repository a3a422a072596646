"""Index entries from comments in a page, for the search of the site.

    <!-- index: rang, maxit, tr -->

says that the words are described below it.  The search puts such a place first.  By the text alone, which it stems,
rang would be the same as range, and names from other programs would be found in the reference instead of on their page.
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
    """Replaces each such comment by a place and index entries that lead to it."""

    default_priority = 500  # before Sphinx collects the index entries of the document

    def apply(self, **kwargs: object) -> None:  # noqa: D102
        for node in list(
            chain(self.document.findall(nodes.raw), self.document.findall(nodes.comment))
        ):
            if found := COMMENT.fullmatch(node.rawsource.strip() or node.astext().strip()):
                place = f"index-{self.env.new_serialno('index')}"
                words = [word.strip() for word in found[1].split(",")]
                entries = [("single", word, place, "main", None) for word in words]
                node.replace_self(
                    [addnodes.index(entries=entries), nodes.target("", "", ids=[place])]
                )


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the transform."""
    app.add_transform(IndexComments)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
