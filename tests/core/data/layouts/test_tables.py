"""Tables as text: the separator that is meant, columns with names of their own, and no row whose cells have slipped."""

import pytest

from core.data.layouts.tables import parse_table, too_long
from core.errors import DataError


def table(text: str, encoding="utf-8"):
    found = parse_table("x.csv", text.encode(encoding))
    return found.columns.tolist(), found.to_numpy().tolist(), too_long(found)


@pytest.mark.parametrize(
    "text",
    ["a,b\nx,1\n", "sep=;\na;b\nx;1\n", '"sep=\t"\r\na\tb\r\nx\t1\r\n', "\ufeffa|b\nx|1\n", "\n\na , b \n\n x , 1 \n", "a,b\rx,1\r",
     "a,b,\nx,1,\n", "a,b\nx,1,,,\n"],
)  # fmt: skip
def test_the_same_table_in_the_shapes_in_which_it_comes(text):
    assert table(text) == (["a", "b"], [["x", "1"]], ())


def test_names_full_of_commas_do_not_make_the_comma_the_separator():
    assert table('image;"P, Q, R";"S,T,U"\nx;0;1\n') == (["image", "P, Q, R", "S,T,U"], [["x", "0", "1"]], ())


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_row_with_a_cell_too_many_is_left_out_and_named(row):
    lines = ["image,P", "a,0", "b,1", "c,0"]
    lines[row] = f"{lines[row][0]},new,{lines[row][2]}"
    columns, rows, longer = table("\n".join(lines))
    assert longer == (lines[row][0],) and lines[row][0] not in [name for name, _ in rows] and len(rows) == 2


def test_a_last_column_that_the_head_does_not_name_is_dropped():
    assert table("image,P\na,0,x\nb,1,\nc,0,y\n") == (["image", "P"], [["a", "0"], ["b", "1"], ["c", "0"]], ())


@pytest.mark.parametrize("head", ["image,P,P", "image,P, P ", 'image,P,"P "'])
def test_two_columns_of_one_name_are_refused(head):
    with pytest.raises(DataError, match="x.csv has 2 columns called 'P'; each column needs a name of its own"):
        table(f"{head}\na,0,1\n")


@pytest.mark.parametrize("text", ["", "\n", 'a,b\n"x,1\n'])
def test_what_is_no_table_is_one_clear_error(text):
    with pytest.raises(DataError, match="x.csv"):
        table(text)
