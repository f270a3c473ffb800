"""What parts the cells of a table: the head and the row below it agree on it."""

import pytest

from core.separator import has_excel_line, separator_of, without_excel_line


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("first", ["", "sep={}\n", '"SEP={}"\r\n'])
def test_the_separator_that_parts_head_and_row_is_found_below_excels_line_too(separator, first):
    text = first.format(separator) + f'image{separator}"P,;\t|,;\t|Q"\nx{separator}1\n'
    assert separator_of(text, ",;\t|") == separator
    assert has_excel_line(text) == bool(first) and without_excel_line(text).startswith("image")


@pytest.mark.parametrize("text", ["", "\n\n", "one cell", "set,sep=;\nx,1\n"])
def test_other_text_has_no_line_of_excels(text):
    assert without_excel_line(text) == text and separator_of(text, ",;") == ","
