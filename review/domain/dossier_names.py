"""What the name of an uploaded file says: which case it belongs to, and nothing else.

Names come from outside. They are compared and shown, never used as a path.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

LONGEST = 200
SEPARATOR = re.compile(r"[/\\]+")
BRACKETS = str.maketrans("〔〕[]【】｛｝{}〈〉", "()()()()()()")
UNWANTED = re.compile(r"[\s_\-–—]+")
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
DIGITS = re.compile(r"(\d+)")


def shown_name(raw: str) -> str:
    """The name as it can be shown: no control or direction signs, not endless."""
    kept = "".join(sign for sign in raw if unicodedata.category(sign)[0] != "C")
    return kept.strip()[-LONGEST:] or "?"


def is_litter(name: str) -> bool:
    """Whether a system put the file there rather than a person."""
    return bool(LITTER.search(SEPARATOR.sub("/", name)))


def in_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sorts names as people number them: 2 before 10."""
    parts = DIGITS.split(unicodedata.normalize("NFKC", name))
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], name


def title_of(name: str) -> str:
    """The last part of a name without its ending: 会见笔录 of 1号/会见笔录.pdf."""
    return PurePosixPath(SEPARATOR.split(name)[-1]).stem


class CaseNumbers:
    """Finds the number of a case in a name, however brackets and spaces were typed."""

    def __init__(self, numbers: Iterable[tuple[str, int]]) -> None:
        self._cases = {key: case for number, case in numbers for key in _keys(number)}
        self._lengths = sorted({len(key) for key in self._cases}, reverse=True)

    def case_in(self, name: str) -> int | None:
        """The one case that the parts of a name speak of; None if there is none, or two."""
        parts = (_folded(part) for part in SEPARATOR.split(name))
        found = {case for part in parts for case in self._cases_in(part)}
        return found.pop() if len(found) == 1 else None

    def _cases_in(self, part: str) -> set[int]:
        found, at = set(), 0
        while at < len(part):
            length = next((n for n in self._lengths if self._is_number(part, at, at + n)), 0)
            if length:
                found.add(self._cases[part[at : at + length]])
            at += length or 1
        return found

    def _is_number(self, part: str, start: int, end: int) -> bool:
        """A known number that is not part of a longer one."""
        if end > len(part) or part[start:end] not in self._cases:
            return False
        before, after = part[start - 1 : start], part[end : end + 1]
        return not (
            (before.isdecimal() and part[start].isdecimal())
            or (after.isdecimal() and part[end - 1].isdecimal())
        )


def _keys(number: str) -> set[str]:
    """A number as it may be written in a name; the 号 at its end is often left out."""
    key = _folded(number)
    return {key, key.removesuffix("号")} - {""}


def _folded(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text).translate(BRACKETS)
    kept = "".join(sign for sign in normal if unicodedata.category(sign)[0] != "C")
    return UNWANTED.sub("", kept).upper()
