"""Texts in many encodings and with every line end; the labels are names of places in their language."""

from __future__ import annotations

from data.corpus.person import Case, rows

PLACES = {
    "french": ("Orléans", "Besançon", "Nîmes"),
    "german": ("Köln", "Gießen", "Überlingen"),
    "polish": ("Łódź", "Kraków", "Świdnica"),
    "czech": ("Plzeň", "Děčín", "Třebíč"),
    "hungarian": ("Győr", "Székesfehérvár", "Hódmezővásárhely"),
    "russian": ("Москва", "Казань", "Тверь"),
    "ukrainian": ("Київ", "Львів", "Ужгород"),
    "greek": ("Αθήνα", "Πάτρα", "Χανιά"),
    "turkish": ("İzmir", "Muğla", "Eskişehir"),
    "hebrew": ("חיפה", "אילת", "צפת"),
    "arabic": ("القاهرة", "دمشق", "عمان"),
    "chinese": ("北京", "上海", "广州"),
    "taiwanese": ("臺北", "高雄", "臺中"),
    "japanese": ("東京", "大阪", "ソウル"),
    "korean": ("서울", "부산", "대구"),
    "thai": ("กรุงเทพ", "เชียงใหม่", "ภูเก็ต"),
    "dutch": ("’s-Hertogenbosch", "Coördinaat", "€ 5"),
}
NAMES = {
    "russian": "город",
    "chinese": "城市",
    "japanese": "都市",
    "greek": "πόλη",
    "german": "Größe",
}
VALUES = [1.5, -2.25, 1000.125, 0.5, 7.75, 3.0]

ENCODINGS = [
    ("utf-8", "russian"), ("utf-8", "chinese"), ("utf-8-sig", "french"), ("utf-16", "japanese"), ("utf-16", "polish"),
    ("utf-32", "greek"), ("latin-1", "french"), ("latin-1", "german"), ("cp1252", "german"), ("cp1252", "dutch"),
    ("iso8859-15", "french"), ("cp850", "french"), ("cp437", "german"), ("mac-roman", "german"), ("cp1250", "polish"),
    ("cp1250", "czech"), ("iso8859-2", "hungarian"), ("cp1251", "russian"), ("cp1251", "ukrainian"), ("koi8-r", "russian"),
    ("cp866", "russian"), ("cp1253", "greek"), ("cp1254", "turkish"), ("cp1255", "hebrew"), ("cp1256", "arabic"),
    ("gbk", "chinese"), ("gb18030", "chinese"), ("big5", "taiwanese"), ("shift_jis", "japanese"), ("euc-jp", "japanese"),
    ("iso2022_jp", "japanese"), ("euc-kr", "korean"), ("tis-620", "thai"), ("utf-16-le", "german"), ("utf-16-be", "german"),
]  # fmt: skip
SURE = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
"""Encodings that a program can know: they must be read without help."""


def _encoded() -> list[Case]:
    cases = []
    for encoding, language in ENCODINGS:
        name, places = NAMES.get(language, "place"), PLACES[language]
        labels = [places[i % 3] for i in (0, 1, 2, 2, 1, 0)]
        columns = {name: labels, "y": VALUES}
        text = rows(f"{name},y", *(f"{label},{y}" for label, y in zip(labels, VALUES, strict=True)))
        file = f"{language}_{encoding}.csv"
        content = text.encode(encoding)
        if encoding in SURE:
            cases.append(Case(file, content, columns))
            continue
        # iso2022_jp is ASCII with escape characters, a control character that is refused.
        cases.append(Case(file, content, columns, ("encoding", "binary"), warned=True))
        cases.append(Case(file, content, columns, given={"encoding": encoding}))
    return cases


def _line_ends() -> list[Case]:
    lines = ["site,level,note", "north,1.5,ok", "south,-0.25,", "north,2.0,wet"]
    columns = {
        "site": ["north", "south", "north"],
        "level": [1.5, -0.25, 2.0],
        "note": ["ok", None, "wet"],
    }
    ends = {"unix": "\n", "windows": "\r\n", "mac": "\r"}
    cases = [
        Case(f"{name}_lines.csv", rows(*lines, end=end), columns) for name, end in ends.items()
    ]
    cases += [
        Case(f"{name}_without_last.csv", end.join(lines), columns) for name, end in ends.items()
    ]
    mixed = "site,level,note\r\nnorth,1.5,ok\nsouth,-0.25,\r\nnorth,2.0,wet\n"
    return [
        *cases,
        Case("mixed_lines.csv", mixed, columns),
        Case("blank_lines_at_end.csv", rows(*lines, "", ""), columns),
        Case("blank_line_at_begin.csv", "\n" + rows(*lines), columns),
        Case("blank_lines_between.csv", rows(*lines[:2], "", *lines[2:]), columns),
        Case("end_of_file_character.csv", rows(*lines) + "\x1a", columns, ("0x1a", "control", "line 5", "binary")),
        Case("separator_declared.csv", "sep=;\r\n" + rows(*(line.replace(",", ";") for line in lines), end="\r\n"), columns),
        Case("quoted_line_breaks.csv", 'site,level\n"north\nbank",1.5\nsouth,2.5\n', {"site": ["north\nbank", "south"], "level": [1.5, 2.5]}),
        Case("stray_quotes.csv", 'pipe,level\n6" steel,1.5\n8" steel,2.5\n10",3.5\n',
             {"pipe": ['6" steel', '8" steel', '10"'], "level": [1.5, 2.5, 3.5]}),
        Case("two_stray_quotes.csv", 'level,pipe\n1.5,"6 inch\n2.5,wood\n3.5,iron\n4.5,"8 inch\n5.5,wood\n',
             {"level": [1.5, 2.5, 3.5, 4.5, 5.5], "pipe": ['"6 inch', "wood", "iron", '"8 inch', "wood"]},
             ("quot",), warned=True),
    ]  # fmt: skip


CASES = [*_encoded(), *_line_ends()]
