import io

import pytest

from core.errors import EvaluationError
from core.evaluation import table_text
from core.evaluation.table_text import read_table_text


def read(content: str | bytes):
    return read_table_text(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_commas_semicolons_tabs_line_ends_and_a_byte_order_mark_are_read_alike(separator, end, mark):
    lines = (("id", "split", "a,b;c"), ("x", "test", "1"), ("y", "val", "0"))
    text = mark + end.join(separator.join(f'"{cell}"' for cell in line) for line in lines) + end
    table = read(text)
    assert table.head == ("id", "split", "a,b;c")
    assert table.columns == (("x", "y"), ("test", "val"), ("1", "0")) and table.numbers == (2, 3)


def test_a_name_full_of_another_separator_does_not_make_it_the_separator():
    for head in ('"id","split","true:;;;;"', "id,split,true:;;;;"):
        assert read(f"{head}\nx,test,1\n").head == ("id", "split", "true:;;;;")


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    table = read('id,note\na,"two\nlines"\n\nb,x\n,\nc,y\n')
    assert table.columns[0] == ("a", "b", "c") and table.numbers == (2, 4, 6)


def test_what_spreadsheets_leave_beside_and_below_a_table_is_dropped():
    table = read("sep=;\nid ;; split;;\n a ;; test;;\nb;;val;;;;\n;;;;\n;;;;\n")
    assert table.head == ("id", "split") and table.columns == (("a", "b"), ("test", "val")) and table.numbers == (3, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file is empty; a head"),
        (b"\xef\xbb\xbf\r\n \r\n", "file is empty"),
        (b"id,split\n", "a head and no row"),
        (b"PK\x03\x04xl/workbook.xml", "an Excel workbook; a CSV file in UTF-8 is expected. In Excel: Save as, CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        ("id,split\n".encode("utf-16"), "text in UTF-16"),
        (b"id,split\n\x00\x01\x02,test\n", "a binary file"),
        (b"\x1f\x8b\x08\x00", "a gzip file"),
        ("id,split\na,test\nä,test\n".encode("cp1252"), "line 3 holds the byte 0xE4, which is not UTF-8"),
        (b"id,split\na,test\nb,test,1\n", "row 3 has 3 cells; the head has 2. Put quotes"),
        (b"id,split\na,test\n\nb\n", "row 4 has 1 cells; the head has 2. Leave cells empty"),
        (b'id,split\na,test\n"b,test\n', "row 3 cannot be read"),
        (b'id,split\n"a"b,test\n', "row 2 cannot be read"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_such_table_is_refused_with_the_place(content, message):
    with pytest.raises(EvaluationError) as refused:
        read(content)
    assert message in str(refused.value)


def test_a_huge_file_is_refused_before_it_is_read_in_full(monkeypatch):
    monkeypatch.setattr(table_text, "MAX_BYTES", 2**20)
    endless = io.BytesIO(b"id,split\n" + b"a,test\n" * 200_000)
    with pytest.raises(EvaluationError, match="more than 1 MiB"):
        read_table_text(endless)
    assert endless.tell() == 2**20 + 1
