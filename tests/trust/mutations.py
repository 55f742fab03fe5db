"""Registers spoilt by chance, the same for the same seed: what an importer must survive."""

import random
import re
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

from tests.register_files import (
    HEADINGS,
    delimited,
    old_workbook,
    open_document,
    row,
    rows,
    table,
    workbook,
)

Mutation = Callable[[random.Random], tuple[str, bytes]]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "latin-1")
TOKEN = re.compile(rb'[<>"/=&]|[A-Za-z]+\d*|\d+')
INSERTIONS = (
    *(b"<", b">", b'"', b"&", b"&#0;", b"&#xD800;", b"]]>", b"<!--", b"\x00", b"\xff", b"-1"),
    *(b"1e999", b"4294967296", b"99999999999999999999", b"XFD1048576", b"<c/>", b"<row>", b"''"),
)
CELLS: tuple[Any, ...] = (
    *(None, "", " ", "\u3000", "-", "/", "无", "#REF!", "####", "合计", "备注", "案件编号", "=1+1"),
    *(0, -1, 1e308, -0.0, 45432, 45432.5, 20240305, 1992005569896320, 0.1, True, False),
    *(
        "2024.3.5",
        "2024年3月5日",
        "２０２４－３－５",
        "20240305",
        "2024-13-45",
        "1900-01-01",
        "明天",
    ),
    *(
        "1400元",
        "1,400.00",
        "１，４００",
        "1.4万",
        "壹仟",
        "1.99E+15",
        "'1992",
        "1992005569896320.0",
    ),
    *(
        "刑事",
        "刑事案件",
        "民事",
        "民事诉讼代理",
        "任 勇佳",
        "𠮷田",
        "A\u202eB",
        "\u200b甲",
        "é\u0301" * 9,
    ),
    *(
        "（2024）示援民字第1号",
        "(2024)示援民字第1号",
        "〔2024〕示援民字第 1 号",
        "x" * 300,
        "甲\n乙",
        "a\tb",
    ),
)

MAKERS: dict[str, Callable[..., bytes]] = {
    "a.xlsx": workbook,
    "a.xls": old_workbook,
    "a.ods": open_document,
    "a.csv": delimited,
}


def mutated(seed: int) -> tuple[str, bytes]:
    """The name and content of the file of this number."""
    dice = random.Random(seed)  # noqa: S311  (repeatable on purpose)
    return dice.choice(MUTATIONS)(dice)


@cache
def base(name: str) -> bytes:
    return MAKERS[name](table([*rows(4), rows(1)[0], row(案件类型="公益")]))


def _packed(dice: random.Random) -> str:
    return dice.choice(["a.xlsx", "a.xlsx", "a.ods"])


def _flipped(dice: random.Random) -> tuple[str, bytes]:
    name = dice.choice(["a.xlsx", "a.xls", "a.xls", "a.ods", "a.csv"])
    data = bytearray(base(name))
    for _ in range(dice.choice([1, 1, 4, 16])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return name, bytes(data)


def _spliced(dice: random.Random) -> tuple[str, bytes]:
    """Something cut out, put in twice, or put in from elsewhere."""
    name = dice.choice(["a.xlsx", "a.xls", "a.ods", "a.csv"])
    data = base(name)
    start, end = sorted(dice.randrange(len(data)) for _ in range(2))
    end = min(end, start + dice.choice([1, 16, 512, len(data)]))
    middle = dice.choice([b"", data[start:end] * 2, dice.randbytes(end - start)])
    return name, data[:start] + middle + data[end:]


def _member_edited(dice: random.Random) -> tuple[str, bytes]:
    """A member of the archive dropped, emptied, exchanged, or a stranger added."""
    name = _packed(dice)
    members = _members(name)
    victim, other = dice.choice(list(members)), dice.choice(list(members))
    edit = dice.randrange(5)
    if edit == 0:
        del members[victim]
    elif edit == 1:
        members[victim] = b""
    elif edit == 2:
        members[victim], members[other] = members[other], members[victim]
    elif edit == 3:
        members[dice.choice(["../x", "xl/x.xml", "xl/worksheets/sheet9.xml"])] = dice.randbytes(99)
    else:
        members[victim] = members[victim][: dice.randrange(len(members[victim]) + 1)]
    return name, _archive(members)


def _xml_edited(dice: random.Random) -> tuple[str, bytes]:
    """Words of the XML replaced by words that do not belong there."""
    name = _packed(dice)
    members = _members(name)
    victim = dice.choice([m for m in members if m.endswith((".xml", ".rels"))])
    content = members[victim]
    for _ in range(dice.choice([1, 1, 2, 8])):
        if places := list(TOKEN.finditer(content)):
            place = dice.choice(places)
            new = dice.choice([*INSERTIONS, dice.choice(places)[0], b""])
            content = content[: place.start()] + new + content[place.end() :]
    return name, _archive(members | {victim: content})


def _otherwise_encoded(dice: random.Random) -> tuple[str, bytes]:
    encoding, delimiter = dice.choice(ENCODINGS), dice.choice(",;\t|")
    lines = _lines(dice) if dice.random() < 0.5 else table(rows(3))
    text = delimited(lines, encoding="utf-8", delimiter=delimiter).decode()
    data = text.encode(encoding, "replace")
    return dice.choice(["a.csv", "a.csv", "a.xls"]), data[: len(data) - dice.randrange(3)]


def _made_up(dice: random.Random) -> tuple[str, bytes]:
    """A sound file whose cells are anything."""
    name = dice.choice(["a.xlsx", "a.xlsx", "a.ods", "a.csv"])
    return name, MAKERS[name](
        *([_lines(dice)] if name == "a.csv" else [_lines(dice), _lines(dice)])
    )


def _lines(dice: random.Random) -> list[list[Any]]:
    headings = list(HEADINGS)
    for _ in range(dice.choice([0, 0, 0, 1, 3])):
        headings[dice.randrange(len(headings))] = dice.choice([*HEADINGS, "其他", ""])
    lines = [list(line) for line in table(rows(dice.randrange(8)), headings=headings)]
    for _ in range(dice.choice([0, 3, 30])):
        line = dice.choice(lines)
        line[dice.randrange(len(line))] = dice.choice(CELLS)
    for _ in range(dice.choice([0, 0, 2])):
        lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return lines


@cache
def _archived(name: str) -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(BytesIO(base(name))) as archive:
        return tuple((member, archive.read(member)) for member in archive.namelist())


def _members(name: str) -> dict[str, bytes]:
    return dict(_archived(name))


def _archive(members: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


MUTATIONS: tuple[Mutation, ...] = (
    *(_flipped, _spliced, _member_edited),
    *(_xml_edited, _otherwise_encoded, _made_up),
)
