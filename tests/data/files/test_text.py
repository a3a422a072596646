"""Encodings of text files: recognized, or refused with a message."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn

Guess = pytest.mark.filterwarnings("ignore:.*encoding is a guess:sheernet.SheernetWarning")
LETTERS = "abcäöüßéñ"


class TestFinding:
    @given(
        st.text(LETTERS + "€„“Ω中😀", min_size=1),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    )
    def test_any_text_in_a_unicode_encoding(
        self, tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "encoded.csv"
        path.write_bytes(f"x,y\nx{text},1\n".encode(encoding))
        assert sn.read_table(path).frame["x"].tolist() == [f"x{text}"]

    @Guess
    @pytest.mark.parametrize(
        ("text", "encoding", "label"),
        [
            ("Größe", "utf-8", "UTF-8"),
            ("Größe", "latin-1", "Latin-1"),
            ("„Größe“ in €", "cp1252", "Windows-1252"),
            ("Größe\x81", "latin-1", "Latin-1"),
            ("plain", "ascii", "UTF-8"),
            ("Größe", "utf-8-sig", "UTF-8 with a byte-order mark"),
            ("Größe", "utf-16", "UTF-16"),
            ("Größe", "utf-16-le", "UTF-16-LE"),
            ("Größe", "utf-16-be", "UTF-16-BE"),
        ],
    )
    def test_is_named(self, file: Any, text: str, encoding: str, label: str) -> None:
        table = sn.read_table(file(f"name;x\n{text};1,5\n".encode(encoding)))
        assert table.frame["name"].tolist() == [text]
        assert table.reading.endswith(f", {label}")

    @Guess
    def test_looks_at_the_whole_file(self, file: Any) -> None:
        lines = 700_000 * "abc\n"
        assert (
            sn.read_table(file(("x\n" + lines + "Größe\n").encode())).frame["x"].iloc[-1] == "Größe"
        )
        table = sn.read_table(file(("x\n" + lines + "Größe\n").encode("latin-1")))
        assert table.frame["x"].iloc[-1] == "Größe"
        assert table.reading.endswith("Latin-1")

    @Guess
    def test_half_a_character_at_the_end_is_not_utf8(self, file: Any) -> None:
        assert sn.read_table(file("x\nä".encode()[:-1])).reading.endswith("Latin-1")


WORDS = {
    "mac_roman": "Größe Länge München Straße Zürich café naïve façade garçon señor",
    "cp1251": "Москва Петербург красный зелёный синий температура давление скорость город река",
    "koi8_r": "Москва Петербург красный зелёный синий температура давление скорость город река",
    "gb18030": "北京 上海 广州 深圳 红色 绿色 蓝色 温度 压力 速度",
    "big5": "臺北 高雄 臺中 紅色 綠色 藍色 溫度 壓力 速度 城市",
    "cp932": "東京 大阪 京都 温度 圧力 速度 男性 女性 都市 カタカナ",
    "cp949": "서울 부산 대구 빨강 초록 파랑 온도 압력 속도 남자",
    "cp1253": "Αθήνα Θεσσαλονίκη κόκκινο πράσινο θερμοκρασία πίεση ταχύτητα",
    "cp1252": "„Größe“ Länge München Straße Zürich café naïve façade garçon señor 5€",
    "cp850": "Größe Länge München Straße Zürich Öl Äpfel Maß",
    "cp1250": "Łódź Kraków Gdańsk żółty źródło Poznań Příbram Čáslav žluťoučký",
}


class TestGuesses:
    """Not Unicode: read as the best guess, and always said."""

    @pytest.mark.parametrize("encoding", sorted(WORDS))
    def test_several_words_are_read(self, file: Any, encoding: str) -> None:
        words = WORDS[encoding].split()
        text = "name;x\n" + "".join(f"{word};{i}\n" for i, word in enumerate(words))
        with pytest.warns(
            sn.SheernetWarning,
            match="is not UTF-8, so its encoding is a guess: .* give its encoding",
        ):
            table = sn.read_table(file(text.encode(encoding)))
        assert table.frame["name"].tolist() == words

    @pytest.mark.parametrize("encoding", sorted(WORDS))
    def test_a_single_word_is_said_and_the_option_decides(self, file: Any, encoding: str) -> None:
        word = WORDS[encoding].split()[0]
        path = file(f"name;x\n{word};1\nb;2\n".encode(encoding))
        with pytest.warns(sn.SheernetWarning, match="encoding is a guess"):
            sn.read_table(path)
        assert sn.read_table(path, encoding=encoding).frame["name"].tolist() == [word, "b"]

    def test_a_single_word_with_an_eszett_of_ms_dos_is_read(self, file: Any) -> None:
        path = file("Größe;x\nklein;1\n".encode("cp850"))
        with pytest.warns(sn.SheernetWarning, match="read as CP850, with 'Größe' for example"):
            assert sn.read_table(path).columns == ("Größe", "x")

    @pytest.mark.parametrize(
        "number",
        ["1\xa0234,5{} €", "{},50€", "{}\xa0µm", "±{}", "£{}", "{}\xa0m³/s", "{}°", "«{}»"],
    )
    @pytest.mark.parametrize("names", [["Rhône", "Öre"], ["Köln", "Gießen"], ["Århus", "b"]])
    def test_numbers_with_units_are_no_words(
        self, file: Any, number: str, names: list[str]
    ) -> None:
        """Their bytes are words of Mac Roman and of Korean by chance, which outweighed the words."""
        rows = [f"{names[i % 2]};{number.format(i)}\n" for i in range(40)]
        with pytest.warns(sn.SheernetWarning, match="encoding is a guess"):
            table = sn.read_table(file("".join(["name;v\n", *rows]).encode("cp1252")))
        assert table.frame["name"].tolist() == names * 20

    @pytest.mark.parametrize(
        "words",
        [
            "Temp. [°C];Früh;Spät",
            "Öl;Süd;Maß",
            "Menge µg;Fläche m²;Größe",
            "Année;Février;Août",
            "Año;Blåbær;Cœur",
            "Fällig;verspätet;Außendienst;Überland;Süd",
            "Fällig €;verspätet;Außendienst;Überland;Süd – Nord",
            "Höhe;Stück;Außendienst;Müller;München;Änderung",
            "L’été;l’âge;d’où;«À côté»",
            "Ærø;Øst;Må;¿Qué?;“Größe”",
        ],
    )
    def test_few_words_of_latin_script_are_neither_chinese_nor_of_mac_roman(
        self, file: Any, words: str
    ) -> None:
        """charset-normalizer alone finds GB18030 in the first ones, and Mac Roman in "Fällig" and "Süd"."""
        row = ";".join("1" * len(words.split(";")))
        path = file(f"{words}\n{row}\n{row}\n".encode("cp1252"))
        with pytest.warns(sn.SheernetWarning, match="encoding is a guess"):
            table = sn.read_table(path)
        assert table.columns == tuple(words.split(";"))

    def test_apostrophes_of_mac_roman_are_no_letters(self, file: Any) -> None:
        lines = ["name;x", "L’été;1", "l’âge;2", "d’où;3", "«École»;4"]
        with pytest.warns(sn.SheernetWarning, match="it is read as Mac Roman"):
            table = sn.read_table(file("\n".join(lines).encode("mac_roman")))
        assert table.frame["name"].tolist() == ["L’été", "l’âge", "d’où", "«École»"]

    def test_candidates_are_named(self, file: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match="is read as Latin-1, .* encoding='cp1251'"):
            sn.read_table(file("name;x\nМосква;1\nПетербург;2\n".encode("cp1251")))

    def test_text_that_is_left_out_does_not_matter(self, file: Any) -> None:
        table = sn.read_table(file("# größer\nt,F\n0,1.5\n1,2.5\n".encode("latin-1")))
        assert table.columns == ("t", "F")

    def test_without_the_package_nothing_else_changes(
        self, file: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "charset_normalizer", None)
        with pytest.warns(sn.SheernetWarning, match="is read as Latin-1, .* give its encoding$"):
            sn.read_table(file("name;x\nГород;1\nb;2\n".encode("cp1251")))


class TestRefuses:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8", "is not valid UTF-16 at byte"),
            (b"\xef\xbb\xbfa,b\n\xff\xff,1\n", "is not valid UTF-8 at byte"),
            (b"\xff\xfe\x00\x00\xff\xff\xff\xff", "is not valid UTF-32 at byte"),
        ],
    )
    def test_a_mark_that_the_rest_does_not_keep(
        self, file: Any, content: bytes, message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(file(content))
