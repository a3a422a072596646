"""The names of cells of a sheet, such as B3."""

from __future__ import annotations


def column_number(letters: str) -> int:
    """Return the number of a column from its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, given the numbers of its row and column, which count from 0.

    Examples
    --------
    >>> from sheernet.data.files.sheets.cell_names import cell_name
    >>> cell_name(6, 2), cell_name(0, 26)
    ('C7', 'AA1')
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"
