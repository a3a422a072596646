"""`SheetChoice`: choosing a sheet of a workbook by its name or number, or the first visible one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import plural_of
from sheernet.foundation.sentences import Setting, in_quotes


@dataclass(frozen=True)
class SheetChoice:
    """Which sheet of a workbook is read.

    Parameters
    ----------
    given : str or int, optional
        Name of the sheet, or its number, which counts from 1.
    is_of_model : bool
        Whether `given` is the sheet of another workbook, the one that a model was fitted to.
    """

    given: str | int | None = None
    is_of_model: bool = False

    def among(self, sheets: Sequence[str], visible: Sequence[bool], file: str) -> tuple[str, str]:
        """Choose the given sheet, by default the first visible one.

        If the given sheet is that of a model and does not exist, the only visible sheet is chosen.

        Returns
        -------
        str
            Name of the chosen sheet.
        str
            Why it was chosen, if there are several and none was given.

        Raises
        ------
        InvalidInput
            If the sheet does not exist.

        Warns
        -----
        SheernetWarning
            If the given sheet is that of a model and does not exist, and the only visible one is read.
        """
        if not sheets:
            raise InvalidInput(f"{file} has no sheet with cells; save the table in a worksheet")
        if self.given is None:
            first = next((i for i, shown in enumerate(visible) if shown), 0)
            which = "first visible" if first else "first"
            return sheets[first], f"the {which} of {len(sheets)}" if len(sheets) > 1 else ""
        given = str(self.given)
        same = [name for name in sheets if name.casefold() == given.casefold()]
        if same:  # spreadsheet programs do not distinguish upper and lower case
            return given if given in same else same[0], ""
        number = int(given) if given.isascii() and given.isdigit() else 0
        if 1 <= number <= len(sheets):
            return sheets[number - 1], ""
        shown = [name for name, is_visible in zip(sheets, visible, strict=True) if is_visible]
        if self.is_of_model and len(shown) == 1:
            warn(
                f"{file} has no sheet {in_quotes(given)}, which the model was fitted to; its only "
                f"{'sheet' if len(sheets) == 1 else 'visible sheet'}, {in_quotes(shown[0])}, is read"
            )
            return shown[0], ""
        raise InvalidInput(
            "{} has no sheet {!r}{}: {} {}; give one of these names, or a number from 1, with {}",
            file, given, ", which the model was fitted to" if self.is_of_model else "",
            plural_of(len(sheets), "its only sheet is", "its sheets are"), listed_names(sheets), Setting("sheet"),
        )  # fmt: skip
