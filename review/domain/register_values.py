"""What one cell of a register means: pure readers, each from a raw cell to a value.

A reader answers ``(value, changed)``: ``changed`` says that the cell was written in another form
than the canonical one. It raises ``UnreadableValueError`` when the cell holds no such value.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Cell = str | float | None
Reader = Callable[[Cell], tuple[Any, bool]]

LONGEST_TEXT = 200
EXACT_DIGITS = 15  # a spreadsheet keeps 15 significant digits of a number
FIRST_YEAR, LAST_YEAR = 1980, 2100
SERIAL_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheet serials after February 1900
FIRST_SERIAL = (date(FIRST_YEAR, 1, 1) - SERIAL_EPOCH).days
LAST_SERIAL = (date(LAST_YEAR, 12, 31) - SERIAL_EPOCH).days
CENT = Decimal("0.01")
LONGEST_AMOUNT = 20
MOST_PAGES = 100_000

NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "未填", "暂无", "空"})
UNPAID = re.compile(r"[未无待暂尚没][^\d]*")
ERROR = re.compile(r"#+|#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)
DAY = re.compile(r"(\d{4})[-–/.年](\d{1,2})[-–/.月](\d{1,2})日?")
CLOCK = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
AMOUNT = re.compile(r"[0-9]+(\.[0-9]*)?")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
POINT_ZERO = re.compile(r"(?<=\d)\.0+$")
CJK = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]"
SPACE_BESIDE_CJK = re.compile(rf"(?<={CJK})\s+|\s+(?={CJK})")
LEFT, RIGHT = "([{【〔［﹝", ")]}】〕］﹞"
BRACKETS = str.maketrans({**dict.fromkeys(LEFT, "（"), **dict.fromkeys(RIGHT, "）")})
# As most numbers are written: nothing in it has another form.
CASE_NUMBER = re.compile(r"（[0-9]{4}）[\u4e00-\u9fa5]{2,20}[0-9]{1,12}号")
UNSEEN = {c: None for c in range(32) if chr(c) not in "\t\n\r"} | dict.fromkeys(
    [
        0x7F,
        0xAD,
        0x61C,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
        0xFEFF,
    ]
)


class UnreadableValueError(ValueError):
    """The cell holds something else than its column promises."""


class UnknownCodeError(ValueError):
    """The cell holds a word that is not in its column's code list."""


def plain(cell: Cell) -> str:
    """The cell as trimmed NFC text without invisible characters; whole numbers without a point."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return unicodedata.normalize("NFC", seen(cell)).strip()


def seen(text: str) -> str:
    """Text without control characters, and without those that only turn or join what is around."""
    return text if text.isprintable() else text.translate(UNSEEN)


def compact(cell: Cell) -> str:
    """The cell in half-width forms without any space: for dates, amounts, numbers and codes."""
    text = plain(cell)
    if text.isascii():
        return "".join(text.split())
    joined = "".join(unicodedata.normalize("NFKC", text).split())
    return unicodedata.normalize("NFKC", joined)  # an accent may have stood after a space


def read_text(cell: Cell) -> tuple[str | None, bool]:
    text = " ".join(plain(cell).split())
    if ERROR.fullmatch(text) or len(text) > LONGEST_TEXT:
        raise UnreadableValueError
    return (None, False) if text in NOTHING else (text, isinstance(cell, str) and text != cell)


def read_name(cell: Cell) -> tuple[str | None, bool]:
    """A name: spaces beside a Chinese character are typing, between Latin words they are not."""
    text, _ = read_text(cell)
    if text is None:
        return None, False
    name = unicodedata.normalize("NFC", SPACE_BESIDE_CJK.sub("", text))
    return name, name != cell


def read_case_number(cell: Cell) -> tuple[str | None, bool]:
    """A case number: half-width digits, full-width round brackets, no space."""
    if isinstance(cell, str) and CASE_NUMBER.fullmatch(cell):
        return cell, False
    text, _ = read_text(cell)
    if text is None:
        return None, False
    number = compact(text).translate(BRACKETS)
    return number, number != cell


def typed_number(text: str | None) -> str:
    """A case number that somebody typed, as it is stored; empty if it cannot be one."""
    return _typed(read_case_number, text)


def typed_name(text: str | None) -> str:
    """A name that somebody typed, as it is stored; empty if it cannot be one."""
    return _typed(read_name, text)


def _typed(read: Reader, text: str | None) -> str:
    try:
        value, _changed = read(text or "")
    except UnreadableValueError:
        return ""
    return value or ""


def read_day(cell: Cell) -> tuple[date | None, bool]:
    if isinstance(cell, float | int):
        return _day_of_number(cell), True
    text = compact(CLOCK.sub("", plain(cell)))
    if text in NOTHING:
        return None, False
    day = _day_of_number(float(text)) if re.fullmatch(r"\d{5}|\d{8}", text) else _day_of(text)
    return day, day.isoformat() != cell


def read_paid_on(cell: Cell) -> tuple[date | None, bool]:
    """The day a subsidy was paid; words such as 未发放 mean that it was not."""
    if isinstance(cell, str) and UNPAID.fullmatch(compact(cell)):
        return None, False
    return read_day(cell)


def read_amount(cell: Cell) -> tuple[Decimal | None, bool]:
    text = compact(cell)
    if text in NOTHING:
        return None, False
    figures = re.sub(r"^(人民币|RMB|¥|¥)|(元整|元|圆)$|,", "", text)
    if not AMOUNT.fullmatch(figures.removesuffix("万")) or len(figures) > LONGEST_AMOUNT:
        raise UnreadableValueError
    amount = Decimal(figures.removesuffix("万")) * (10_000 if figures.endswith("万") else 1)
    return amount.quantize(CENT, ROUND_HALF_UP), isinstance(cell, str) and text != figures


def read_pages(cell: Cell) -> tuple[int | None, bool]:
    text = compact(cell).removesuffix("页")
    if text in NOTHING:
        return None, False
    if not re.fullmatch(r"[0-9]{1,6}(\.0+)?", text) or int(float(text)) > MOST_PAGES:
        raise UnreadableValueError
    return int(float(text)), isinstance(cell, str) and text != cell


def read_licence(cell: Cell) -> tuple[str | None, bool]:
    """A licence number; one that came as a long number has lost its last digits, so is left out."""
    return _long_number(cell)


def read_id_number(cell: Cell) -> tuple[str | None, bool]:
    number, lost = _long_number(cell)
    return number.upper() if number else None, lost


def read_region_code(cell: Cell) -> tuple[str | None, bool]:
    """The six digits of a 行政区划代码."""
    text = compact(cell)
    if text in NOTHING:
        return None, False
    if not re.fullmatch(r"[0-9]{6}", text):
        raise UnknownCodeError
    return text, False


def read_phone(cell: Cell) -> tuple[str | None, bool]:
    if _is_digits(cell):
        return str(cell), False
    return re.sub(r"\D", "", compact(cell)) or None, False


def _is_digits(cell: Cell) -> bool:
    """Nothing to tidy up, as in most cells that hold a long number."""
    return isinstance(cell, str) and cell.isascii() and cell.isdigit()


def _long_number(cell: Cell) -> tuple[str | None, bool]:
    if _is_digits(cell) and len(str(cell)) <= LONGEST_TEXT:
        return str(cell), False
    text = compact(cell)
    if text in NOTHING:
        return None, False
    if ERROR.fullmatch(text) or len(text) > LONGEST_TEXT:
        raise UnreadableValueError
    whole = POINT_ZERO.sub("", text)
    figure = isinstance(cell, float | int) or whole != text
    if (figure and len(whole) > EXACT_DIGITS) or SCIENTIFIC.fullmatch(text):
        return None, True
    return whole.removeprefix("'"), False


def _day_of(text: str) -> date:
    if not (match := DAY.fullmatch(text)):
        raise UnreadableValueError
    return _checked_day(int(match[1]), int(match[2]), int(match[3]))


def _day_of_number(number: float) -> date:
    """A spreadsheet's serial number, or eight digits such as 20250116."""
    whole = int(number)
    if FIRST_SERIAL <= number < LAST_SERIAL + 1:
        return SERIAL_EPOCH + timedelta(days=whole)
    if number != whole:
        raise UnreadableValueError
    return _checked_day(whole // 10_000, whole // 100 % 100, whole % 100)


def _checked_day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableValueError
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableValueError from None
