"""The frame of a report as one HTML file, and its parts: sections, lists of facts.

The file holds its pictures and its look, and no script; its content security policy allows nothing else, so a browser
that opens it asks no other host for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from importlib.resources import files
from string import Template

from sheernet.foundation.sentences import Setting, rendered

Spelling = Callable[[Setting], str]

PAGE = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline';
 base-uri 'none'; form-action 'none'">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
<h1>$title</h1>
$sections
</main>
</body>
</html>
"""
)


def html_page(title: str, sections: Iterable[str]) -> str:
    """Put sections together to a file.

    Parameters
    ----------
    title : str
        Text; it is escaped.
    sections : iterable of str
        HTML; empty ones are left out.

    Returns
    -------
    str
        The content of an HTML file.
    """
    style = files("sheernet.apps.html_report").joinpath("report.css")
    return PAGE.substitute(
        title=escape(title),
        style=style.read_text(encoding="utf-8"),
        sections="\n".join(filter(None, sections)),
    )


def in_words(text: str, spell: Spelling = str) -> str:
    """Return a sentence as escaped text; arguments are spelled as in Python unless `spell` is another function."""
    return escape(text if spell is str else rendered(text, spell))


def section(title: str, content: str) -> str:
    """Return a section with a heading; empty if there is no content."""
    return f"<section>\n<h2>{title}</h2>\n{content}\n</section>" if content else ""


def fact_list(facts: Iterable[tuple[str, str]], spell: Spelling = str) -> str:
    """Return labels and sentences as a list; an empty label continues the one above it."""
    items = "".join(
        (f"<dt>{escape(label)}</dt>" if label else "") + f"<dd>{in_words(sentence, spell)}</dd>"
        for label, sentence in facts
    )
    return f"<dl>{items}</dl>" if items else ""
