"""The library speaks of Python's arguments; at the command line they are called options.

    max_iter must be ...       ->  --max-iter must be ...
    use missing="impute"       ->  use --missing impute
    categories=["a", "b"]      ->  --categories a,b
    unseen='rare' (--unseen rare)  ->  --unseen rare

What stands in quotes is a person's own word, a column or a file, and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# A value after "=": quoted, in brackets, or a bare word without the punctuation behind it.
_VALUE = r"""("[^"]*"|'[^']*'|\[[^\]]*\]|\([^)]*\)|[^\s,;:()'"]*[^\s,;:()'".])"""
_QUOTED = r"""(?<!\w)(?:"[^"]*"|'[^']*'(?!\w))"""


def as_options(sentence: str, options: Mapping[str, str]) -> str:
    """A sentence of the library in the words of the command line.

    Parameters
    ----------
    sentence : str
        A message that may name arguments.
    options : mapping of str to str
        The command's options by the names that they have in Python.

    Returns
    -------
    str

    Examples
    --------
    >>> from sheernet.apps.cli.wording import as_options
    >>> options = {"missing": "--missing", "max_iter": "--max-iter"}
    >>> as_options('max_iter must be a number; or use missing="impute"', options)
    '--max-iter must be a number; or use --missing impute'
    """
    if not options:
        return sentence
    # A name of one plain word is an option only where the sentence begins with it: "starts must be ...".
    whole = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    joined = "|".join(map(re.escape, (name for name in options if "_" in name))) or r"(?!)"
    pattern = re.compile(
        rf"\b(?P<given>{whole})={_VALUE}|{_QUOTED}|\b(?P<joined>{joined})\b"
        rf"|^(?P<first>{whole})(?= must\b| takes\b| '| \")"
    )

    def spell(found: re.Match[str]) -> str:
        if found["given"]:
            return f"{options[found['given']]} {_value(found[2])}".rstrip()
        name = found["joined"] or found["first"]
        return options[name] if name else found[0]

    return _said_once(pattern.sub(spell, sentence))


def report_as_options(report: str, options: Mapping[str, str]) -> str:
    """A sentence of a report in the words of the command line: its advice only, for other words are names of things.

    Examples
    --------
    >>> from sheernet.apps.cli.wording import report_as_options
    >>> report_as_options("max_iter 9; raise max_iter, or use max_iter=99", {"max_iter": "--max-iter"})
    'max_iter 9; raise --max-iter, or use --max-iter 99'
    """
    if not options:
        return report
    whole = "|".join(map(re.escape, options))
    joined = "|".join(map(re.escape, (name for name in options if "_" in name))) or r"(?!)"
    # Elsewhere a name may be a setting, the reason of a stop, or a person's own column.
    pattern = re.compile(
        rf"\b(?P<given>{whole})={_VALUE}|{_QUOTED}|\b(?P<verb>raise\s+)(?P<joined>{joined})\b"
    )

    def spell(found: re.Match[str]) -> str:
        if found["joined"]:
            return f"{found['verb']}{options[found['joined']]}"
        if found["given"]:
            return f"{options[found['given']]} {_value(found[2])}".rstrip()
        return found[0]

    return _said_once(pattern.sub(spell, report))


def _said_once(text: str) -> str:
    """Messages that name both an argument and its option name the option twice now."""
    text = re.sub(r"(--[\w-]+(?: [^\s(),;]+)?)(?: \(\1\)|, or \1(?!\S))", r"\1", text)
    return re.sub(r"\b(\w+) \(--(\w+)\)", lambda f: f"--{f[1]}" if f[1] == f[2] else f[0], text)


def _value(text: str) -> str:
    """A Python value as it is typed after an option; True needs none, and no units at all are 0."""
    if text in ("[]", "()"):
        return "0"
    if text[0] in "[(":
        return ",".join(part.strip(" '\"") for part in text[1:-1].split(",") if part.strip())
    return "" if text == "True" else text.strip("'\"")
