"""Recognizing text that was copied from the window in which MATLAB, Octave, R, Python or Julia prints values.

Such text has a name, a factor of all numbers, or columns in several blocks around the values, and programs leave rows
and columns out of long tables.  A data frame that R or pandas prints whole in one block is a table with row names, and
is read.
"""

from __future__ import annotations

import re

_FROM_MATLAB = (
    "output of the command window of MATLAB or Octave",
    "write it with writematrix(X, 'data.csv') or writetable(X, 'data.csv'), in Octave with dlmwrite('data.csv', X)",
)
_FROM_R = (
    "output of the console of R",
    "write a data frame or a matrix with write.csv(x, 'data.csv')",
)
_FROM_NUMPY = (
    "an array or a list as Python prints it",
    "write it with numpy.savetxt('data.csv', x, delimiter=','), or give the array itself in Python",
)
_FROM_PANDAS = (
    "a data frame as pandas or polars prints it",
    "write it with to_csv('data.csv', index=False) or write_csv('data.csv'), or give the data frame itself in Python",
)
_FROM_JULIA = (
    "output of Julia", "write a matrix with writedlm(\"data.csv\", X, ',') and a data frame with CSV.write"
)  # fmt: skip
_BLOCKS = (
    "a table printed in several blocks of columns, as R and pandas print wide tables",
    "write it as CSV, with write.csv in R and with to_csv in Python",
)
_PROMPTS = r"(?:[ \t]*(?:(?:>{1,3}|octave:\d+>|In \[\d+\]:)(?:[ \t].*)?)?\n)*"
_NUMBERS = r"[-+\d.eEnaif,\s]"
_NAMES = r" +(?!(?:NA|NaN|nan|inf|Inf|None)\b)[A-Za-z_\[][^,;|\t\n]*\n"
_BEGINNINGS = {
    rf"{_PROMPTS}[ \t]*[A-Za-z][\w.(){{}}]*[ \t]*=[ \t]*\n\s*"
    r"(?:[-+.({\[\"']?\d|\{|NaN|Inf|Columns? \d|Diagonal Matrix|struct with|empty)": _FROM_MATLAB,
    rf"{_PROMPTS}(?:\$.*\n)*[ \t]*\[1\][ \t]+\S": _FROM_R,
    r"[ \t]+\[,1\]": _FROM_R,
    r"# A tibble: ": _FROM_R,
    r"'data\.frame':\t": _FROM_R,
    r".*\n[ \t]*Min\.[ \t]*:": _FROM_R,
    rf"{_PROMPTS}(?:Out\[\d+\]:\s*)?(?:\w+\.)?(?:array|tensor|matrix|Array)\(\[": _FROM_NUMPY,
    rf"{_PROMPTS}\[\[(?=[^,\n]*\d)[^,\n]*$": _FROM_NUMPY,
    rf"{_PROMPTS}\[(?=\D*\d){_NUMBERS}*\]\s*\Z": _FROM_NUMPY,
    r"<class 'pandas": _FROM_PANDAS,
    r"shape: \(\d+,": _FROM_PANDAS,
    r"\d+(?:[×x]\d+|-element) (?:Matrix|Vector|Array|Adjoint|DataFrame)\b": _FROM_JULIA,
    # A line of names between the rows, followed by the name of the first row.
    rf"{_NAMES}([^\s,;|]+) [^,;|\t\n]*\n(?:.*\n)*?{_NAMES}\1 ": _BLOCKS,
}
_ANYWHERE = {
    r"^[ \t]*\d\.\d+e[+-]\d+[ \t]*\*[ \t]*$": _FROM_MATLAB,
    r"^[ \t]*(?:Columns \d+ (?:through|and)|Column) \d+:?[ \t]*$": _FROM_MATLAB,
    r"^ ?\[ ?reached .*omitted": _FROM_R,
    r"^\[\d+ rows x \d+ columns\]\s*\Z": _FROM_PANDAS,
    r"^(?:\.\.|\.\.\.)(?:[ \t]+(?:\.\.|\.\.\.))+[ \t]*$": _FROM_PANDAS,
    r"^(?:Name: .*, )?(?:Length: \d+, )?dtype: \w+\s*\Z": _FROM_PANDAS,
}
_PATTERNS = {
    **{re.compile(rf"\A{form}", re.MULTILINE): said for form, said in _BEGINNINGS.items()},
    **{re.compile(form, re.MULTILINE): said for form, said in _ANYWHERE.items()},
}
_LONGEST = 2**16
"""Number of first characters that are searched: a window shows no more, and each pattern reads all of them."""


def console_output(head: str) -> tuple[str, str] | None:
    r"""Return which program printed a text, and the advice; None if it was not copied from a window.

    Parameters
    ----------
    head : str
        The first lines of the text, with the line breaks of Unix.

    Examples
    --------
    >>> from sheernet.data.files.text.console_output import console_output
    >>> console_output("x =\n\n    1.5000    2.0000\n")[0], console_output("x y\n1.5 2\n")
    ('output of the command window of MATLAB or Octave', None)
    """
    return next((said for form, said in _PATTERNS.items() if form.search(head, 0, _LONGEST)), None)
