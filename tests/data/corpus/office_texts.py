"""Texts in the manner of statistics programs and offices: MATLAB, Julia, SAS, SPSS, bank statements, codes, money."""

from __future__ import annotations

import datetime
from typing import Any

from data.corpus.person import Case, Percent, rows

D = datetime.date
SIZE = [12.5, 7.25, 1130.0, 8.0]
GROUP = ["a", "b", "b", "a"]
DAYS = [D(2026, 1, 5), D(2026, 1, 19), D(2026, 2, 2), D(2026, 12, 31)]


def column(name: str, texts: list[str], values: list[Any], *options: str, ending: str = "csv", warned: bool = False,
           separator: str = ",") -> Case:  # fmt: skip
    """Return a file with a column of texts beside groups."""
    cells = [f'"{text}"' if separator in text or '"' in text else text for text in texts]
    groups = [GROUP[i % 4] for i in range(len(cells))]
    lines = (f"{g}{separator}{cell}" for g, cell in zip(groups, cells, strict=True))
    file = f"{name}.{ending}"
    return Case(
        file, rows(f"group{separator}v", *lines), {"group": groups, "v": values}, options, warned
    )


def _programs() -> list[Case]:
    return [
        Case("matlab_writetable.csv", rows("Group,Size,Day", *(f"{g},{s:g},{d:%d-%b-%Y}" for g, s, d in zip(GROUP, SIZE, DAYS, strict=True))), {"Group": GROUP, "Size": SIZE, "Day": DAYS}),
        Case("matlab_writetable_times.csv", rows("Time,Size", *(f"{d:%d-%b-%Y} 14:30:00,{s:g}" for s, d in zip(SIZE, DAYS, strict=True))), {"Time": [datetime.datetime(d.year, d.month, d.day, 14, 30) for d in DAYS], "Size": SIZE}),
        Case("matlab_writetable_row_names.csv", rows("Row,Size", *(f"r{i},{s:g}" for i, s in enumerate(SIZE))), {"Row": ["r0", "r1", "r2", "r3"], "Size": SIZE}),
        Case("matlab_writetable_tabs.txt", rows("Var1\tVar2", *(f"{g}\t{s:g}" for g, s in zip(GROUP, SIZE, strict=True))), {"Var1": GROUP, "Var2": SIZE}),
        Case("matlab_writematrix.csv", rows(*(f"{s:g},{2 * s:g}" for s in SIZE)), {"#1": SIZE, "#2": [2 * s for s in SIZE]}, ("header",)),
        Case("matlab_undefined.csv", rows("Group,Size", "a,12.5", "<undefined>,7.25", "b,NaN", "a,8"), {"Group": ["a", None, "b", "a"], "Size": [12.5, 7.25, None, 8.0]}, ("missing",)),
        Case("matlab_logical.csv", rows("Group,Flag", "a,1", "b,0", "b,0", "a,1"), {"Group": GROUP, "Flag": [1, 0, 0, 1]}),
        Case("matlab_datenum.csv", rows("t,Size", *(f"{739000 + i}.5,{s}" for i, s in enumerate(SIZE))), {"t": [739000.5, 739001.5, 739002.5, 739003.5], "Size": SIZE}),
        Case("julia_csv.csv", rows("group,size,flag", "a,12.5,true", "b,7.25,false", "b,1130.0,true", "a,8.0,false"), {"group": GROUP, "size": SIZE, "flag": [True, False, True, False]}),
        Case("julia_missing.csv", rows("group,size", "a,12.5", "b,", "b,1130.0", "a,8.0"), {"group": GROUP, "size": [12.5, None, 1130.0, 8.0]}),
        Case("julia_missing_word.csv", rows("group,size", "a,12.5", "b,missing", "b,1130.0", "a,8.0"), {"group": GROUP, "size": [12.5, None, 1130.0, 8.0]}, ("missing",)),
        Case("julia_symbols.csv", rows("group,x₁,σ²", "a,1.5,2.5", "b,3.5,4.5"), {"group": ["a", "b"], "x₁": [1.5, 3.5], "σ²": [2.5, 4.5]}),
        Case("sas_proc_export.csv", rows("group,size,day", *(f"{g},{s:g},{d:%d%b%Y}".upper().replace("A,", "a,", 1).replace("B,", "b,", 1) for g, s, d in zip(GROUP, SIZE, DAYS, strict=True))), {"group": GROUP, "size": SIZE, "day": DAYS}),
        Case("sas_missing_dot.csv", rows("group,size", "a,12.5", "b,.", "b,1130", "a,8"), {"group": GROUP, "size": [12.5, None, 1130.0, 8.0]}, ("missing",)),
        Case("sas_missing_letters.csv", rows("group,size", "a,12.5", "b,.A", "b,1130", "a,.Z"), {"group": GROUP, "size": [12.5, ".A", 1130.0, ".Z"]}, ("missing", "size"), warned=True),
        Case("sas_american_dates.csv", rows("group,day", *(f"{g},{d:%m/%d/%Y}" for g, d in zip(GROUP, DAYS, strict=True))), {"group": GROUP, "day": DAYS}),
        Case("spss_semicolons.csv", rows("id;alter;größe", "1;34;1,75", "2;51;1,80", "3; ;1,62").encode("cp1252"), {"id": [1, 2, 3], "alter": [34, 51, None], "größe": [1.75, 1.8, 1.62]}),
        Case("spss_value_labels.csv", rows("id,sex,score", "1,male,12.5", "2,female,7.25", "3,female,8.0"), {"id": [1, 2, 3], "sex": ["male", "female", "female"], "score": [12.5, 7.25, 8.0]}),
        Case("spss_bom_tabs.dat", ("\ufeff" + rows("id\tscore", "1\t.5", "2\t-.25", "3\t12.0", end="\r\n")).encode(), {"id": [1, 2, 3], "score": [0.5, -0.25, 12.0]}),
        Case("stata_outsheet.out", rows("group\tsize", '"a"\t12.5', '"b"\t7.25', '"b"\t', '"a"\t8'), {"group": GROUP, "size": [12.5, 7.25, None, 8.0]}),
        Case("minitab_stars.csv", rows("group,size", "a,12.5", "b,*", "b,1130", "a,8"), {"group": GROUP, "size": [12.5, None, 1130.0, 8.0]}, ("missing",)),
        Case("weka.arff", rows("@relation size", "@attribute group {a,b}", "@attribute size numeric", "@data", "a,12.5", "b,7.25"), None, ("CSV", "skip", "comment", "line"), warned=True),
        Case("libsvm.txt", rows("1 1:0.5 2:0.25", "-1 1:0.75 2:1.5", "1 1:0.1 2:0.2"), None, ("header", "CSV", "line"), warned=True),
        Case("json_lines.jsonl", rows('{"group": "a", "size": 12.5}', '{"group": "b", "size": 7.25}'), None, ("CSV",)),
        Case("json_array.json", '[{"group": "a", "size": 12.5}, {"group": "b", "size": 7.25}]', None, ("CSV",)),
        Case("yaml.yml", rows("- group: a", "  size: 12.5", "- group: b", "  size: 7.25"), None, ("CSV", "line")),
        Case("markdown.md", rows("| group | size |", "|-------|------|", "| a     | 12.5 |", "| b     | 7.25 |"), {"group": ["a", "b"], "size": [12.5, 7.25]}, ("CSV", "line", "skip")),
        Case("latex.tex", rows(r"\begin{tabular}{lr}", r"group & size \\", r"a & 12.5 \\", r"b & 7.25 \\", r"\end{tabular}"), None, ("CSV", "line", "skip")),
        Case("html_page.csv", "<!DOCTYPE html>\n<html><body><table><tr><td>1</td></tr></table></body></html>\n", None, ("CSV", "download")),
        Case("xml.csv", '<?xml version="1.0"?>\n<rows><row a="1"/></rows>\n', None, ("CSV",)),
        Case("one_column.txt", rows("size", *map(str, SIZE)), {"size": SIZE}),
        Case("one_column_no_header.txt", rows(*map(str, SIZE)), {"#1": SIZE}, ("header",)),
        Case("quoted_numbers.csv", rows('"group","size"', '"a","12.5"', '"b","7.25"', '"b","1130"', '"a","8"'), {"group": GROUP, "size": SIZE}),
        Case("single_quotes.csv", rows("'group','size'", "'a','12.5'", "'b','7.25'"), {"group": ["a", "b"], "size": [12.5, 7.25]}, ("quot",)),
        Case("samples_in_columns.csv", rows("group,a,b,b", "size,12.5,7.25,8.0"), {"group": ["a", "b", "b"], "size": [12.5, 7.25, 8.0]}, given={"samples": "columns"}),
        Case("two_header_lines.csv", rows("first,,second,", "x,y,x,y", "1.5,2.5,3.5,4.5", "5.5,6.5,7.5,8.5"), None, ("header", "skip", "units", "more than one column"), warned=True),
        Case("repeated_header.csv", rows("size,flow", "1.5,2.5", "size,flow", "3.5,4.5"), None, ("header", "size", "line 3"), warned=True),
        Case("spaces_in_names.txt", rows("site name\twater level", "north bank\t1.5", "south bank\t2.5"), {"site name": ["north bank", "south bank"], "water level": [1.5, 2.5]}),
        Case("years_as_names.csv", rows("site,2024,2025,2026", "a,1.5,2.5,3.5", "b,4.5,5.5,6.5"), {"site": ["a", "b"], "2024": [1.5, 4.5], "2025": [2.5, 5.5], "2026": [3.5, 6.5]}),
    ]  # fmt: skip


def _money() -> list[Case]:
    amounts = [1234.5, 17.0, -250.25, 1000.0]
    bank = [
        "Kontoauszug vom 31.12.2026",
        "IBAN;DE00 0000 0000 0000 0000 00",
        "",
        "Buchungstag;Betrag;Text",
    ]
    booked = [
        f"{d:%d.%m.%Y};{a};{g}"
        for d, a, g in zip(DAYS, ("1.234,50", "17,00", "-250,25", "1.000,00"), GROUP, strict=True)
    ]
    columns = {"Buchungstag": DAYS, "Betrag": amounts, "Text": GROUP}
    return [
        Case("bank_german.csv", rows(bank[-1], *booked), columns),
        Case("bank_german_title.csv", rows(*bank, *booked), columns, ("skip", "line")),
        Case("bank_german_windows.csv", rows("Buchungstag;Betrag;Größe", *booked, end="\r\n").encode("cp1252"), {"Buchungstag": DAYS, "Betrag": amounts, "Größe": GROUP}),
        Case("bank_minus_behind.csv", rows("day;amount", "2026-01-05;1.234,50-", "2026-01-06;17,00", "2026-01-07;250,25-"), {"day": [D(2026, 1, 5), D(2026, 1, 6), D(2026, 1, 7)], "amount": [-1234.5, 17.0, -250.25]}, ("minus", "amount")),
        column("dollars", ["$12", "$7.25", "$1,130.00", "$8"], [12, 7.25, 1130.0, 8]),
        column("dollars_negative", ["-$12", "$7.25", "-$1,130.00", "$8"], [-12, 7.25, -1130.0, 8]),
        column("dollars_parentheses", ["$12", "($7.25)", "$1,130.00", "($8)"], [12, -7.25, 1130.0, -8], "v"),
        column("parentheses", ["12.0", "(7.25)", "1130.00", "(8.5)"], [12, -7.25, 1130.0, -8.5], "v"),
        column("euros_behind", ["12,50 €", "7,25 €", "1.130,00 €", "8,00 €"], SIZE, separator=";"),
        column("euros_before", ["€ 12.50", "€ 7.25", "€ 1,130.00", "€ 8.00"], SIZE),
        column("pounds", ["£12.50", "£7.25", "£1,130.00", "£8.00"], SIZE),
        column("yen", ["¥1250", "¥725", "¥113000", "¥800"], [1250, 725, 113000, 800]),
        column("francs", ["CHF 12.50", "CHF 7.25", "CHF 1'130.00", "CHF 8.00"], SIZE),
        column("codes_of_currency", ["12.50 USD", "7.25 USD", "1130.00 USD", "8.00 USD"], SIZE),
        column("two_currencies", ["$12.50", "€7.25", "$1130.00", "€8.00"], ["$12.50", "€7.25", "$1130.00", "€8.00"], "v"),
        column("thousands_comma", ["1,499", "2,750", "1,130", "12,800"], [1499, 2750, 1130, 12800], "decimal", warned=True),
        column("thousands_comma_sure", ["1,499", "275", "1,130,000", "12,800"], [1499, 275, 1130000, 12800]),
        column("thousands_apostrophe", ["2'700.0", "750.5", "1'130.0", "12'800.25"], [2700, 750.5, 1130, 12800.25]),
        column("thousands_right_quote", ["2’700.0", "750.5", "1’130.0", "12’800.25"], [2700, 750.5, 1130, 12800.25]),
        column("thousands_space", ["2 700.0", "750.5", "1 130.0", "12 800.25"], [2700, 750.5, 1130, 12800.25]),
        column("thousands_thin_space", ["2\u2009700.0", "750.5", "1\u2009130.0", "12\u2009800.25"], [2700, 750.5, 1130, 12800.25]),
        column("thousands_narrow_space", ["2\u202f700,0", "750,5", "1\u202f130,0", "12\u202f800,25"], [2700, 750.5, 1130, 12800.25], separator=";"),
        column("thousands_fixed_space", ["2\xa0700,0", "750,5", "1\xa0130,0", "12\xa0800,25"], [2700, 750.5, 1130, 12800.25], separator=";"),
        column("thousands_underscore", ["2_700.0", "750.5", "1_130.0", "12_800.25"], [2700, 750.5, 1130, 12800.25], "v", "decimal"),
        column("thousands_indian", ["1,23,456.5", "7,250.0", "12,34,567.0", "80.5"], [123456.5, 7250.0, 1234567.0, 80.5], "v", "decimal"),
        column("percent_space", ["38 %", "7.25 %", "100 %", "0 %"], [Percent(x) for x in (38, 7.25, 100, 0)]),
        column("percent", ["38%", "7.25%", "100%", "0%"], [Percent(x) for x in (38, 7.25, 100, 0)]),
        column("percent_comma", ["38,0 %", "7,25 %", "100 %", "0 %"], [Percent(x) for x in (38, 7.25, 100, 0)], separator=";"),
        column("per_mille", ["38 ‰", "7.25 ‰", "100 ‰", "0 ‰"], [38, 7.25, 100, 0], "v"),
        column("unit_mm", ["5.21 mm", "7.25 mm", "11 mm", "0.5 mm"], [5.21, 7.25, 11, 0.5]),
        column("unit_without_space", ["5.21mm", "7.25mm", "11mm", "0.5mm"], [5.21, 7.25, 11, 0.5]),
        column("unit_degrees", ["5.2°C", "7.25°C", "-11°C", "0.5°C"], [5.2, 7.25, -11, 0.5]),
        column("units_two", ["5.21 mm", "7.25 mm", "1.1 cm", "0.5 mm"], ["5.21 mm", "7.25 mm", "1.1 cm", "0.5 mm"], "v", warned=True),
        column("unit_prefixes", ["12k", "7.25k", "1.1M", "800"], ["12k", "7.25k", "1.1M", "800"], "v", warned=True),
        column("fractions", ["1/2", "3/4", "1/8", "7/8"], ["1/2", "3/4", "1/8", "7/8"], "v", warned=True),
        column("ranges", ["10-20", "20-30", "30-40", "10-20"], ["10-20", "20-30", "30-40", "10-20"]),
        column("nearly_all_numbers", ["12.5", "7.25", "about 11", "8"], ["12.5", "7.25", "about 11", "8"]),
    ]  # fmt: skip


def _codes() -> list[Case]:
    long = [1000000000000000, 1000000000000001, 9007199254740991, 1234567890123456]
    return [
        column("ip_addresses", ["192.168.100.101", "192.168.100.102", "10.0.0.1", "192.168.100.7"], ["192.168.100.101", "192.168.100.102", "10.0.0.1", "192.168.100.7"]),
        column("ip_addresses_as_thousands", ["192.168.100.101", "192.168.100.102", "192.168.100.103", "192.168.100.104"], ["192.168.100.101", "192.168.100.102", "192.168.100.103", "192.168.100.104"], separator=";"),
        column("versions", ["1.10", "1.9", "2.0", "1.10"], [1.1, 1.9, 2.0, 1.1]),
        column("versions_long", ["1.10.100", "1.9.200", "2.0.300", "1.10.100"], ["1.10.100", "1.9.200", "2.0.300", "1.10.100"]),
        column("telephone", ["030.123.456", "040.765.432", "030.111.222", "089.333.444"], ["030.123.456", "040.765.432", "030.111.222", "089.333.444"], separator=";"),
        column("telephone_spaces", ["030 123 456", "040 765 432", "030 111 222", "089 333 444"], ["030 123 456", "040 765 432", "030 111 222", "089 333 444"]),
        column("telephone_plus", ["+49 30 123456", "+49 40 765432", "+1 212 5550100", "+49 30 1"], ["+49 30 123456", "+49 40 765432", "+1 212 5550100", "+49 30 1"]),
        column("zip_codes", ["01234", "95014", "10115", "00501"], ["01234", "95014", "10115", "00501"]),
        column("zip_codes_without_zero", ["81234", "95014", "10115", "20501"], [81234, 95014, 10115, 20501]),
        column("zip_plus_four", ["01234-1234", "95014-0001", "10115-7777", "00501-0000"], ["01234-1234", "95014-0001", "10115-7777", "00501-0000"]),
        column("long_whole_numbers", list(map(str, long)), long),
        column("card_numbers", ["4111 1111 1111 1111", "4222 2222 2222 2222", "4111 1111 1111 1111", "4333 3333 3333 3333"], ["4111 1111 1111 1111", "4222 2222 2222 2222", "4111 1111 1111 1111", "4333 3333 3333 3333"]),
        column("twenty_digits", ["12345678901234567890", "12345678901234567891", "12345678901234567892", "12345678901234567890"], ["12345678901234567890", "12345678901234567891", "12345678901234567892", "12345678901234567890"]),
        column("hexadecimal", ["0x1F", "0xA0", "0xFF", "0x00"], ["0x1F", "0xA0", "0xFF", "0x00"]),
        column("hashes", ["1e10", "2e20", "3f30", "4e40"], ["1e10", "2e20", "3f30", "4e40"]),
        column("times_of_day_like_ratios", ["16:9", "4:3", "16:10", "21:9"], ["16:9", "4:3", "16:10", "21:9"], "v", "dates", warned=True),
        column("labels_with_numbers", ["1", "2", "three", "four"], ["1", "2", "three", "four"]),
        column("labels_spaces", ["red ", "red", " blue", "blue"], ["red", "red", "blue", "blue"]),
        column("labels_case", ["red", "Red", "RED", "blue"], ["red", "Red", "RED", "blue"]),
        column("truth_unknown", ["TRUE", "FALSE", "UNKNOWN", "TRUE"], ["TRUE", "FALSE", "UNKNOWN", "TRUE"]),
        column("yes_no", ["yes", "no", "no", "yes"], ["yes", "no", "no", "yes"]),
        column("none_is_a_label", ["none", "some", "some", "none"], ["none", "some", "some", "none"]),
        column("namibia", ["NA", "DE", "FR", "NA"], [None, "DE", "FR", None]),
        column("signs", ["+1", "-1", "+1", "-1"], [1, -1, 1, -1]),
        column("infinities", ["1.5", "inf", "-inf", "2.5"], [1.5, float("inf"), float("-inf"), 2.5]),
        column("excel_errors", ["1.5", "#DIV/0!", "#N/A", "2.5"], [1.5, None, None, 2.5], "missing", "v", warned=True),
        column("dash_missing", ["1.5", "-", "3.5", "2.5"], [1.5, None, 3.5, 2.5], "missing"),
        column("question_mark_missing", ["1.5", "?", "3.5", "2.5"], [1.5, None, 3.5, 2.5], "missing"),
        column("dates_ambiguous", ["01/02/2026", "03/04/2026", "05/06/2026", "07/08/2026"], ["either"] * 4, "date", "day", warned=True),
        column("dates_day_first", ["13/02/2026", "03/04/2026", "25/06/2026", "07/08/2026"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)]),
        column("dates_month_first", ["02/13/2026", "04/03/2026", "06/25/2026", "08/07/2026"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)]),
        column("dates_short", ["2/13/26", "4/3/26", "6/25/26", "8/7/26"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)]),
        column("dates_year_slash", ["2026/02/13", "2026/04/03", "2026/06/25", "2026/08/07"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)]),
        column("dates_points", ["13.02.2026", "03.04.2026", "25.06.2026", "07.08.2026"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)]),
        column("dates_points_short", ["13.2.26", "3.4.26", "25.6.26", "7.8.26"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)]),
        column("dates_month_year", ["2026-01", "2026-02", "2026-03", "2026-04"], [D(2026, 1, 1), D(2026, 2, 1), D(2026, 3, 1), D(2026, 4, 1)], "v", "date"),
        column("dates_not_a_day", ["30/02/2026", "03/04/2026", "25/06/2026", "07/08/2026"], ["30/02/2026", "03/04/2026", "25/06/2026", "07/08/2026"], "date", "v", warned=True),
        column("dates_long", ["13 February 2026", "3 April 2026", "25 June 2026", "7 August 2026"], [D(2026, 2, 13), D(2026, 4, 3), D(2026, 6, 25), D(2026, 8, 7)], "v", "date"),
    ]  # fmt: skip


CASES = [*_programs(), *_money(), *_codes()]
