from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.domain.register_values import (
    Cell,
    Reader,
    UnknownCodeError,
    UnreadableValueError,
    plain,
    read_amount,
    read_case_number,
    read_day,
    read_id_number,
    read_licence,
    read_name,
    read_pages,
    read_paid_on,
    read_phone,
    read_region_code,
    read_text,
)

DAYS = st.dates(date(1980, 1, 1), date(2100, 12, 31))
FULL_WIDTH = str.maketrans("0123456789-./", "０１２３４５６７８９－．／")
EVERY_READER = (
    *(read_amount, read_case_number, read_day, read_id_number, read_licence, read_name),
    *(read_pages, read_paid_on, read_phone, read_region_code, read_text),
)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-08-30",
        "2024-8-30",
        "2024/8/30",
        "2024.8.30",
        "20240830",
        20240830.0,
        "2024年8月30日",
        "2024年08月30",
        "２０２４－０８－３０",
        " 2024 年 8 月 30 日\u3000",
        "2024-08-30 00:00:00",
        "2024-8-30 9:05",
        45534.0,  # 2024-08-30 is day 45534 after 1899-12-30
        45534.75,
        "45534",
    ],
)
def test_day_is_read_in_every_form_seen(cell: Cell) -> None:
    assert read_day(cell)[0] == date(2024, 8, 30)


def test_day_and_hour_are_not_run_together() -> None:
    assert read_day("2024-4-2 13:00")[0] == date(2024, 4, 2)


@pytest.mark.parametrize(
    "cell",
    *[["########", "去年底", "2024-02-30", "2024年13月5日", "24.3.5", "2024年3月", "1924-01-01"]],
)
def test_day_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_day(cell)


@pytest.mark.parametrize("number", [12.0, 2024.0, 20241301.0, 999999999.0, 0.5])
def test_number_that_is_no_day_is_refused(number: float) -> None:
    with pytest.raises(UnreadableValueError):
        read_day(number)


@given(
    DAYS,
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]),
    st.booleans(),
    st.booleans(),
)
def test_any_day_survives_any_form(day: date, form: str, short: bool, full_width: bool) -> None:
    text = day.strftime(form)
    if short and form != "%Y%m%d":
        text = text.replace("-0", "-").replace("/0", "/").replace(".0", ".")
    assert read_day(text.translate(FULL_WIDTH) if full_width else text)[0] == day


@given(DAYS)
def test_any_day_survives_as_a_serial_number(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read_day(float(serial)) == (day, True)
    assert date(1899, 12, 30) + timedelta(days=serial) == day


def test_day_in_its_canonical_form_is_not_called_changed() -> None:
    assert read_day("2024-08-30") == (date(2024, 8, 30), False)
    assert read_day("2024/8/30") == (date(2024, 8, 30), True)


@pytest.mark.parametrize("cell", ["未发放", "-", "", None, "/", "未发", "待发放", "暂未发放", "无"])
def test_subsidy_is_unpaid_in_every_form_seen(cell: Cell) -> None:
    assert read_paid_on(cell) == (None, False)


def test_subsidy_day_that_is_none_is_refused() -> None:
    with pytest.raises(UnreadableValueError):
        read_paid_on("下个月")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (1400.0, "1400.00"),
        ("1,400", "1400.00"),
        ("1，400.00", "1400.00"),
        ("800元", "800.00"),
        ("800.00", "800.00"),
        ("￥800", "800.00"),
        ("1.2万元", "12000.00"),
        ("８００", "800.00"),
        (0.1 + 0.2, "0.30"),
        ("人民币800元整", "800.00"),
    ],
)
def test_amount_is_read_in_every_form_seen(cell: Cell, amount: str) -> None:
    value = read_amount(cell)[0]
    assert str(value) == amount


@pytest.mark.parametrize(
    "cell", ["约一千", "-5", -5.0, "NaN", "Infinity", "1e5", "1_000", "9" * 30]
)
def test_amount_that_is_none_is_refused(cell: Cell) -> None:
    with pytest.raises(UnreadableValueError):
        read_amount(cell)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["", "元", "元整"]), st.booleans())
def test_any_amount_survives_its_forms(amount: Decimal, unit: str, grouped: bool) -> None:
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    assert read_amount(text + unit)[0] == amount


@pytest.mark.parametrize(
    "cell",
    [
        "(2024)示援民字第10300001号",
        "（2024）示援民字第10300001号",
        "〔2024〕示援民字第10300001号",
        "[2024] 示援民字第10300001号 ",
        "（２０２４）示援民字第１０３００００１号",
        "（2024）示援\u200b民字第10300001号",
    ],
)
def test_case_number_has_one_canonical_form(cell: str) -> None:
    canonical = "（2024）示援民字第10300001号"
    assert read_case_number(cell) == (canonical, cell != canonical)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("叶 佳", "叶佳"),
        ("孟\u3000宇建", "孟宇建"),
        (" 东川润明律师事务所\u3000", "东川润明律师事务所"),
        ("Abdul  Rahman", "Abdul Rahman"),
        ("阿迪力·买买提", "阿迪力·买买提"),
        ("𠮷 田", "𠮷田"),
        ("张\u202e三", "张三"),
    ],
)
def test_name_loses_only_the_spaces_of_typing(cell: str, name: str) -> None:
    assert read_name(cell) == (name, True) if cell != name else (name, False)


def test_licence_that_became_a_long_number_is_left_out() -> None:
    assert read_licence("1992005569896320") == ("1992005569896320", False)
    assert read_licence(1992005569896320.0) == (None, True)  # 16 digits, of which 15 are kept
    assert read_licence("1.99201E+15") == (None, True)
    assert read_licence(12345678.0) == ("12345678", False)


def test_id_number_is_upper_case_and_lost_as_a_number() -> None:
    assert read_id_number("99010119900101123x") == ("99010119900101123X", False)
    assert read_id_number(990101199001011200.0) == (None, True)


def test_phone_keeps_its_digits() -> None:
    assert read_phone(13900001111.0) == ("13900001111", False)
    assert read_phone("139-0000 1111") == ("13900001111", False)
    assert read_phone("无") == (None, False)


def test_region_code_has_six_digits() -> None:
    assert read_region_code(990101.0) == ("990101", False)
    with pytest.raises(UnknownCodeError):
        read_region_code("城关区")


def test_pages_are_a_whole_number() -> None:
    assert read_pages(62.0) == (62, False)
    assert read_pages("62页") == (62, True)
    for cell in ("很多", 62.5, "-3", "99999999"):
        with pytest.raises(UnreadableValueError):
            read_pages(cell)


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "####", "长" * 201])
def test_text_that_is_an_error_or_endless_is_refused(cell: str) -> None:
    with pytest.raises(UnreadableValueError):
        read_text(cell)


def test_whole_number_is_written_without_a_point() -> None:
    assert plain(62.0) == "62"
    assert plain(1e22) == "10000000000000000000000"


@given(st.sampled_from(EVERY_READER), st.one_of(st.none(), st.text(), st.floats(-1e18, 1e18)))
def test_any_cell_is_read_or_refused_but_never_breaks(read: Reader, cell: Any) -> None:
    try:
        read(cell)
    except (UnreadableValueError, UnknownCodeError):
        return


@given(st.text())
@example("A´")  # the accent stands after a space in half-width form
@example("か ゙")
def test_reading_a_name_or_number_again_changes_nothing(cell: str) -> None:
    for read in (read_name, read_case_number):
        try:
            value, _ = read(cell)
        except UnreadableValueError:
            continue
        if value is not None:
            assert read(value) == (value, False)
