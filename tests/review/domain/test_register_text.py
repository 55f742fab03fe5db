import pytest

from review.domain.register_text import LONGEST_LINE, text_rows
from review.errors import (
    NotAWorkbookError,
    UnreadableTextError,
    WebPageError,
    WorkbookTooLargeError,
)

LINES = (
    "案件编号,承办人员,结案日期\n一号,任勇佳,2024-05-06\n二号,任勇佳与很多很多别的人们,2024-05-07\n"
)


def rows(data: bytes) -> list[list[str]]:
    return list(text_rows(data))


def test_delimiter_is_the_one_that_fills_most_fields() -> None:
    assert rows("编号;金额\n甲;1,400.00\n".encode()) == [["编号", "金额"], ["甲", "1,400.00"]]
    assert rows('编号,"甲;乙;丙",金额\n'.encode()) == [["编号", "甲;乙;丙", "金额"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(end: str) -> None:
    assert rows(f"编号,姓名{end}{end}一,二{end}".encode()) == [["编号", "姓名"], [], ["一", "二"]]


def test_long_number_in_a_formula_is_taken_out_of_it() -> None:
    assert rows(b'a,"=""1992005569896320"""\n') == [["a", "1992005569896320"]]


def test_bad_byte_in_utf8_is_named_with_its_row_and_not_read_as_another_encoding() -> None:
    data = LINES.encode()
    broken = data[:-20] + b"\xff" + data[-19:]
    with pytest.raises(UnreadableTextError) as caught:
        rows(broken)
    assert caught.value.row == 3


@pytest.mark.parametrize(
    "data",
    [
        "编号,姓名\n一,二\x00\n".encode(),
        "编号,姓名\n一,二\x1b\n".encode(),
        b"\xff\xfe" + "a,b\n一,".encode("utf-16-le") + b"\x00\xd8",  # half a surrogate pair
        "编号,姓名\n".encode("gb18030") + b"\xff\xff\xff",
    ],
)
def test_what_is_no_text_is_refused_with_its_row(data: bytes) -> None:
    with pytest.raises(UnreadableTextError) as caught:
        rows(data)
    assert caught.value.row in {1, 2}


@pytest.mark.parametrize("data", [b"<html>", b"\n <?xml version='1.0'?>", "<表>".encode("utf-16")])
def test_web_page_is_refused(data: bytes) -> None:
    with pytest.raises(WebPageError):
        rows(data)


@pytest.mark.parametrize("data", [b"", b"hello", b"{\\rtf1, a, b}"])
def test_text_without_a_delimiter_is_no_table(data: bytes) -> None:
    with pytest.raises(NotAWorkbookError):
        rows(data)


def test_endless_line_and_endless_field_are_refused_with_their_row() -> None:
    for line in (b"a," * LONGEST_LINE, b"a," + b"x" * (LONGEST_LINE // 2)):
        with pytest.raises(WorkbookTooLargeError) as caught:
            rows(b"a,b\n" + line)
        assert caught.value.row == 2
