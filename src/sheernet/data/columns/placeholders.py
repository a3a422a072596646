"""Finding labels that may mean a missing value, such as the "." of SAS, a "?" or the word "unknown".

A label is named if

    it has no letter or digit, the other labels have one, and none has a plus sign (- beside 1+ is a result), or
    it is a word of `_WORDS`, or one of the abbreviations if all others are longer (NC is a state and n. c.).

A column of two labels may use any.  No value is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sheernet.data.columns.cells import SHOWN, quoted
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import ReadSetting, Sentence, in_quotes, sentence

_WORDS = frozenset(
    """
    blank empty missing nodata noanswer notanswered notapplicable notasked notavailable notdetermined notknown
    notmeasured notrecorded notreported notspecified undefined unknown unspecified
    fehlend fehlt keineangabe keineangaben keinedaten leer nichtbekannt nichtbestimmt nichtgemessen ohneangabe
    unbekannt inconnu inconnue manquant manquante nondéterminé noncommuniqué nondisponible nonmesuré nonrenseigné
    nonrenseignée vide desconocido desconocida nodeterminado nodisponible nomedido noconsta sindatos sindato vacío
    mancante nondeterminato nonmisurato nonnoto sconosciuto sconosciuta vuoto desconhecido desconhecida semdados
    nãomedido nãodisponível geengegevens leeg nietbekend nietgemeten onbekend ontbreekt
    """.split()  # noqa: SIM905
)
_ABBREVIATIONS = frozenset("na nb nc nd nm np nr nv ka oa sd tbd unk".split())  # noqa: SIM905


def placeholder_messages(columns: Mapping[str, Mapping[str, int]]) -> Iterator[Sentence]:
    """Yield one message about all labels that may mean missing values, if there are any.

    Parameters
    ----------
    columns : mapping of str to mapping of str to int
        The number of rows of each label of each column.

    Examples
    --------
    >>> from sheernet.data.columns.placeholders import placeholder_messages
    >>> (message,) = placeholder_messages({"hab": {"dune": 20, "reef": 28, ".": 12}})
    >>> print(message)
    '.' in 12 rows of 'hab' is used as a label; if it means missing, use sn.read_table(table, missing_values=['.'])
    """
    found = {
        (name, label): labels[label]
        for name, labels in columns.items()
        for label in labels
        if _may_mean_missing(label, labels)
    }
    if not found:
        return
    shown = [
        f"{quoted(label)} in {counted(n, 'row')} of {in_quotes(name)}"
        for (name, label), n in found.items()
    ]
    yield sentence(
        "{} {} used as {}; if {} missing, use {}",
        listed(shown, most=SHOWN), plural_of(len(found), "is", "are"),
        plural_of(len(found), "a label", "labels"), plural_of(len(found), "it means", "they mean"),
        ReadSetting("missing_values", list(dict.fromkeys(label for _, label in found))),
    )  # fmt: skip


def _may_mean_missing(label: str, labels: Collection[str]) -> bool:
    """Whether a label of a column may mean a missing value, as defined at the top of this file."""
    word = "".join(filter(str.isalnum, label.casefold()))
    if (word and word not in _WORDS | _ABBREVIATIONS) or len(labels) < 3:
        return False
    others = [other for other in labels if other != label]
    if word in _ABBREVIATIONS:
        return all(len(other) > len(word) for other in others)
    return bool(word) or not any("+" in o or not any(map(str.isalnum, o)) for o in others)
