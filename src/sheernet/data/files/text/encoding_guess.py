"""Guessing the encoding of a text file that is not Unicode.

The words with bytes above 0x7F, numbers aside, are compared with 12 encodings by charset-normalizer.  Its best match
is used if it is an encoding of another script than Latin, the whole file is valid in it, and there are at least
`_FEWEST` such words: on tables of 10 rows of words this match was then right in all of 64 trials, and on tables of one
row it was sometimes wrong.  In text of Latin script, most bytes above 0x9F stand alone between letters of ASCII.  If
they do so, encodings of other scripts are not considered, because charset-normalizer finds Chinese in the three German
words "[°C]", "Früh" and "Spät" in Windows-1252.

Mac Roman is considered only if most bytes next to letters of ASCII are letters in it and signs in Windows-1252, such as
those of ä, é and ñ: charset-normalizer finds "F‰llig" and "S¸d" in the words "Fällig" and "Süd" of Windows-1252.

Code page 850 of MS-DOS, in which Excel writes "CSV (MS-DOS)", is used if all bytes next to letters of ASCII are letters
in it, which holds neither for Windows-1252 nor for Mac Roman.  Its ä, ö and ü are also letters in Mac Roman, so without
ß, á or the like both are considered.

charset-normalizer confuses the encodings of Latin script with each other, so all other files are read as Windows-1252,
or as Latin-1 if they have bytes that Windows-1252 does not define.  In that case the best match is used if there is
one, because text in Latin-1 does not have these bytes.  A warning names the other matches.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheernet.foundation.errors import MissingDependency
from sheernet.foundation.optional import import_optional

_CHUNK = 2**17
_MOST_WORDS = 1000
_FEWEST = 3
_WORD = re.compile(rb'[^\s,;"]*[\x80-\xff][^\s,;"]*')
"""Separators end a word, except |, which can be the second byte of a character."""
_NUMBER = re.compile(rb"(?=.*[0-9])[\x00-\x7f\xa0]*[\x80-\xff]?[\x00-\x7f\xa0]*|[\x80-\xff]")
"""A number, with or without hard spaces or a unit such as the euro sign, or a single sign: not counted as words."""
_LATIN = ("cp1252", "cp1250", "cp1254")
_OF_TWO_BYTES = ("gb18030", "big5", "cp932", "euc_jp", "cp949")
"""Encodings whose second bytes may be letters of ASCII."""
_OTHERS = ("cp1251", "koi8_r", "cp1253", *_OF_TWO_BYTES)
_MOST_NAMED = 5
_HIGH = re.compile(rb"[\x80-\xff]")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\xa0-\xff](?![\x80-\xff])")
_LETTER = re.compile(rb"[A-Za-z]")
_IN_WORDS = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]|[\x80-\xff](?=[A-Za-z])")
_OF_MAC = {*range(0x80, 0xA0), *b"\xa7\xae\xaf\xbe\xbf"} - {*b"\x91\x92"}
"""Bytes of letters in Mac Roman and of signs in Windows-1252, except apostrophes, which stand in words."""
_ALL_BUT_C1 = bytes(byte for byte in range(256) if not 0x80 <= byte <= 0x9F)
"""All bytes except 0x80 to 0x9F, which are characters in Windows-1252 and control codes in Latin-1."""
_UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
"""Bytes that Windows-1252 leaves undefined."""


@dataclass(frozen=True)
class EncodingGuess:
    """An encoding that a file may have.

    Parameters
    ----------
    encoding : str
        Python's name of the encoding in which the file is read.
    others : tuple of str
        Encodings in which the file would have other words that also make sense.
    """

    encoding: str
    others: tuple[str, ...] = ()


def guess_encoding(path: Path) -> EncodingGuess:
    """Guess the encoding of a text file that is not valid UTF-8 and has no byte-order mark."""
    words = _words(path)
    evidence = [word for word in words if not _NUMBER.fullmatch(word)]
    text = b"\n".join(evidence or words)
    matches = [codecs.lookup(name).name for name in _matches(text, _candidates(text))]
    best = matches[0] if matches else ""
    others = {codecs.lookup(name).name for name in ("mac_roman", "cp850", *_OTHERS)}
    of_two_bytes = {codecs.lookup(name).name for name in _OF_TWO_BYTES}
    encoding, is_strange = _western(path)
    is_sure = len(evidence) >= _FEWEST and (best in others or (is_strange and best))
    if _is_dos(text) and _n_signs(text, "mac_roman") and not (is_sure and best in of_two_bytes):
        encoding = "cp850"
    elif is_sure and _is_valid(path, best):
        encoding = best
    read = [_decoded(words, encoding)]
    named = []
    for name in matches:
        if (other := _decoded(words, name)) not in read:
            read.append(other)
            named.append(name)
    return EncodingGuess(encoding, tuple(named[:_MOST_NAMED]))


def _candidates(words: bytes) -> list[str]:
    """Return the encodings that words may have: those of Latin script if most bytes above 0x7F are single letters."""
    in_words = b"".join(_IN_WORDS.findall(words))
    is_mac = sum(b in _OF_MAC for b in in_words) > sum(b >= 0xC0 for b in in_words)
    is_latin = 2 * len(_ALONE.findall(words)) > len(_HIGH.findall(words))
    if _is_dos(words):
        return [*_LATIN, "cp850", "mac_roman", *_OF_TWO_BYTES]
    return [*_LATIN, *(["mac_roman"] if is_mac else []), *(() if is_latin else _OTHERS)]


def _is_dos(words: bytes) -> bool:
    """Whether bytes in words of Latin script are letters in code page 850, and some are signs in Windows-1252."""
    is_latin = 2 * len(_LETTER.findall(words)) >= len(_HIGH.findall(words))
    return is_latin and _n_signs(words, "cp850") == 0 < _n_signs(words, "cp1252")


def _n_signs(words: bytes, encoding: str) -> int:
    """Count the bytes next to letters of ASCII that are neither letters nor parts of units in an encoding."""
    text = b"".join(_IN_WORDS.findall(words)).decode(encoding, errors="replace")
    return sum(not character.isalpha() and character not in "°²³" for character in text)


def _matches(words: bytes, candidates: Sequence[str]) -> list[str]:
    """Return the candidates that charset-normalizer finds, best first; none if it is not installed."""
    try:
        normalizer = import_optional(
            "charset_normalizer", extra="tables", purpose="guesses of encodings"
        )
    except MissingDependency:
        return []
    found = normalizer.from_bytes(words, cp_isolation=list(candidates), enable_fallback=False)
    return [name for match in found for name in match.could_be_from_charset]


def _words(path: Path) -> list[bytes]:
    """Return the first distinct words with bytes above 0x7F."""
    found: dict[bytes, None] = {}
    with path.open("rb") as file:
        while len(found) < _MOST_WORDS and (chunk := file.read(_CHUNK)):
            found |= dict.fromkeys(_WORD.findall(chunk + file.readline(_CHUNK)))
    return list(found)[:_MOST_WORDS]


def _decoded(words: Iterable[bytes], encoding: str) -> Sequence[str]:
    return [word.decode(encoding, errors="replace") for word in words]


def _is_valid(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _western(path: Path) -> tuple[str, bool]:
    """Return Windows-1252 or Latin-1, and whether the file has control codes, which text in them does not have."""
    found: set[int] = set()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk.translate(None, _ALL_BUT_C1))
    encoding = "cp1252" if found and not found & _UNDEFINED else "iso8859-1"
    return encoding, encoding == "iso8859-1" and bool(found)
