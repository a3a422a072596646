"""The styles of an OpenDocument spreadsheet that show times as durations, such as [h]:mm."""

from __future__ import annotations

from collections.abc import Mapping

from sheernet.data.files.sheets.sheet import DEEPEST, Scan

ELEMENTS = ("time-style", "style")
"""Elements that describe styles, in styles.xml and at the beginning of content.xml."""
LARGEST = 2**23
"""Bytes of the unpacked styles.xml from which it is not read; times then count as times of day."""
_MOST = 2**16
"""Maximum number of styles that are kept, as many as Excel allows."""


class Styles(Scan):
    """The styles of cells, and the formats of times to which they refer.

    A parser of styles.xml; the styles of content.xml are added by `start`.
    """

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.durations: set[str] = set()
        self.of_cells: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Add a style; hours that are not truncated may be 24 or more."""
        own = attributes.get("style:name", "")
        if len(self.of_cells) + len(self.durations) >= _MOST:
            return
        if name == "style":
            self.of_cells[own] = (
                attributes.get("style:data-style-name", ""),
                attributes.get("style:parent-style-name", ""),
            )
        elif name == "time-style" and attributes.get("number:truncate-on-overflow") == "false":
            self.durations.add(own)

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Skip text."""

    def shows_durations(self, style: str) -> bool:
        """Whether cells of a style show times as durations."""
        for _ in range(DEEPEST):  # styles of damaged files may be their own parents
            form, style = self.of_cells.get(style, ("", ""))
            if form or not style:
                return form in self.durations
        return False
