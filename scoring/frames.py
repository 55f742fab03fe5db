"""The frame of a draw: which cases, in which stratum, of which unit; and its digest.

Symbols
    number    canonical case number: Unicode NFC, outer white space removed, one line
    stratum   label of a part of the frame, made of any combination of properties
    unit      the agency, provider or handler for whom minimum and cap hold, under any name that
              says nothing about him; empty where the design has neither
    listing   one line ``number <tab> stratum <tab> unit`` per case, by number in code-point
              order, each line ended by a line feed, UTF-8; its SHA-256 is the root of the frame

Edge cases
    No two cases may have the same canonical number, and no field a tab or a line break. The
    listing of the numbers alone has its own digest, which the rounds of the first year carry.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LABEL_SEPARATOR = ":"
TARGETED = "targeted"
"""Label of the stratum of cases that were chosen for a reason."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of equal length, by number."""

    numbers: tuple[str, ...]
    strata: tuple[str, ...]
    units: tuple[str, ...]

    def listing(self) -> bytes:
        """The canonical listing."""
        rows = zip(self.numbers, self.strata, self.units, strict=True)
        return "".join(["\t".join(row) + "\n" for row in rows]).encode()


def canonical_number(number: str) -> str:
    """The one spelling of a case number that is listed and hashed.

    Raises
    ------
    ValueError
        The number is empty or holds a line break, so it could not be one line of a listing.
    """
    canonical = unicodedata.normalize("NFC", number).strip()
    if len(canonical.splitlines()) != 1:
        raise ValueError(f"a case number must be one line of text: {number!r}")
    return canonical


def frame_listing(numbers: Iterable[str]) -> bytes:
    """The listing of the numbers alone: sorted, one per line, each line ended, UTF-8.

    Raises
    ------
    ValueError
        Two numbers are the same once canonical; the message names the first such number.
    """
    lines = sorted(canonical_number(number) for number in numbers)
    _refuse_twins(lines)
    return "".join(f"{line}\n" for line in lines).encode()


def frame_digest(listing: bytes) -> str:
    """SHA-256 of a listing, 64 hexadecimal digits; ``sha256sum`` on the file gives the same."""
    return hashlib.sha256(listing).hexdigest()


def frame_of(
    numbers: Sequence[str], strata: Sequence[str], units: Sequence[str] | None = None
) -> Frame:
    """The frame of these cases, in any order.

    Parameters
    ----------
    numbers, strata
        One entry per case.
    units
        One entry per case, or nothing at all.

    Raises
    ------
    ValueError
        Lengths differ, two numbers are the same once canonical, or a field could not stand in a
        listing.
    """
    units = units if units is not None else [""] * len(numbers)
    labels = {label: _field(label) for label in {*strata, *units} - {""}} | {"": ""}
    if "" in set(strata):
        raise ValueError("every case needs a stratum")
    lines = _canonical_numbers(numbers)
    if "\t" in "\n".join(lines):
        raise ValueError("a case number must not hold a tab")
    order = sorted(range(len(lines)), key=lines.__getitem__)
    sorted_numbers = tuple([lines[at] for at in order])
    _refuse_twins(sorted_numbers)
    return Frame(
        sorted_numbers,
        tuple([labels[strata[at]] for at in order]),
        tuple([labels[units[at]] for at in order]),
    )


def stratum_of(values: Sequence[str], *, targeted: bool = False) -> str:
    """Label of the stratum of a case with these properties; targeted cases have their own.

    Raises
    ------
    ValueError
        No value, or one that is empty or holds ``LABEL_SEPARATOR``.
    """
    if targeted:
        return TARGETED
    if not values or any(not value or LABEL_SEPARATOR in value for value in values):
        raise ValueError(f"properties of a stratum must be texts without a colon: {values!r}")
    return LABEL_SEPARATOR.join(values)


def read_listing(listing: bytes) -> Frame:
    """The frame of a listing. ValueError unless it is canonical byte for byte."""
    rows = [line.split("\t") for line in listing.decode().split("\n")[:-1]]
    if any(len(row) != 3 for row in rows):
        raise ValueError("each line of a listing has three fields")
    frame = frame_of(*([row[column] for row in rows] for column in range(3)))
    if frame.listing() != listing:
        raise ValueError("the listing is not in canonical form")
    return frame


def _canonical_numbers(numbers: Sequence[str]) -> list[str]:
    """``canonical_number`` of each; all at once where they are canonical but for outer space."""
    lines = [number.strip() for number in numbers]
    text = "\n".join(lines)
    if unicodedata.is_normalized("NFC", text) and text.splitlines() == lines and all(lines):
        return lines
    return [canonical_number(number) for number in numbers]


def _field(text: str) -> str:
    field = canonical_number(text)
    if "\t" in field:
        raise ValueError(f"a field of a listing must not hold a tab: {text!r}")
    return field


def _refuse_twins(lines: Sequence[str]) -> None:
    for before, after in zip(lines, lines[1:], strict=False):
        if before == after:
            raise ValueError(f"the frame names a case twice: {after}")
