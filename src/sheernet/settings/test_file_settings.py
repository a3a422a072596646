"""Which part of its file a table of test rows is, for a command line; in Python, it is a table that was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.settings.option import option


@dataclass(frozen=True)
class PartOfTestFile:
    """The sheet or the variables of the test rows, if they are not those of the training rows."""

    test_sheet: str | None = option(
        None, "Sheet of the test rows, by name or by number from 1; the file of --test may be DATA itself.",
        metavar="NAME", shown="as for DATA",
    )  # fmt: skip
    test_variable: Sequence[str] | None = option(
        None, "MATLAB variables of the test rows, in the order of those of --variable; the file of --test may be DATA "
        "itself.",
        typed=list[str] | None, metavar="LIST", shown="as for DATA",
    )  # fmt: skip

    def of_reading(self, test: object) -> dict[str, str | Sequence[str]]:
        """Return the arguments of `read_table` for the test rows; raise if there are some, but no file of test rows."""
        given = {name.removeprefix("test_"): value for name, value in vars(self).items() if value}
        for name, value in given.items():
            if test is None:
                raise InvalidInput(
                    "{} is about the file of test rows; name this file in {}",
                    Setting(f"test_{name}", value), Setting("test"),
                )  # fmt: skip
        return given
