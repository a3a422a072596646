"""Formats of the text columns of a data set, found in the different values of all shards together."""

from __future__ import annotations

from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.text_conversion import convert_text_in_memory
from sheernet.data.shards.surveys import Survey
from sheernet.foundation.pandas_import import import_pandas
from sheernet.settings.read_settings import ReadSettings


def formats_of_texts(survey: Survey, source: str, options: ReadSettings) -> dict[str, CellFormat]:
    """Find the columns of text that hold numbers, dates or durations, with their formats, as `read_table` does.

    Parameters
    ----------
    survey : Survey
        Survey of all rows.
    source : str
        Name of the data set in warnings.
    options : ReadSettings
        What was given about the way in which the files are written.
    """
    pandas = import_pandas()
    values = {
        name: pandas.Series(list(column.values.counts), dtype=object)
        for name, column in survey.columns.items()
        if column.kind == "text" and column.values is not None and column.values.is_whole
    }
    if not values:
        return {}
    frame = pandas.DataFrame(values)  # the shorter columns end with missing values
    findings = convert_text_in_memory(frame, options, source)
    return {name: each.format for name, each in findings.items() if not each.format.is_text}
