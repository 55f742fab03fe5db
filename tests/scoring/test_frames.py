"""Frames of several columns; numbers and plain listings stand in ``test_sampling``."""

import hashlib

import pytest

from scoring.frames import TARGETED, Frame, frame_digest, frame_of, read_listing, stratum_of


def test_listing_pinned_byte_for_byte() -> None:
    frame = frame_of([" b", "a"], ["1:civil", "2:civil"], ["u1", "e\u0301"])
    assert frame.listing() == "a\t2:civil\t\u00e9\nb\t1:civil\tu1\n".encode()
    assert frame_digest(frame.listing()) == hashlib.sha256(frame.listing()).hexdigest()


def test_listing_is_read_back_as_it_was() -> None:
    frame = frame_of(["𠮷1", "〔2024〕3", "a"], ["x", "y", "x"])
    assert read_listing(frame.listing()) == frame
    assert frame == frame_of(["a", "𠮷1", "〔2024〕3"], ["x", "x", "y"])


def test_stratum_joins_any_properties_and_targeted_cases_stand_apart() -> None:
    assert stratum_of(["330102", "civil", "2024Q1"]) == "330102:civil:2024Q1"
    assert stratum_of(["330102", "civil"], targeted=True) == TARGETED


def test_empty_frame_has_an_empty_listing() -> None:
    assert frame_of([], []) == Frame((), (), ())
    assert frame_of([], []).listing() == b""


@pytest.mark.parametrize(
    ("numbers", "strata", "units"),
    [
        (["a", " a"], ["x", "x"], None),
        (["a\tb"], ["x"], None),
        (["a"], [""], None),
        (["a"], ["x\ty"], None),
        (["a"], ["x"], ["u\nv"]),
    ],
)
def test_fields_that_no_listing_could_hold_refused(
    numbers: list[str], strata: list[str], units: list[str] | None
) -> None:
    with pytest.raises(ValueError, match=r"twice|tab|stratum|one line"):
        frame_of(numbers, strata, units)


@pytest.mark.parametrize("values", [[], [""], ["a:b"]])
def test_properties_that_make_no_label_refused(values: list[str]) -> None:
    with pytest.raises(ValueError, match="without a colon"):
        stratum_of(values)


@pytest.mark.parametrize("listing", [b"b\tx\t\na\tx\t\n", b"a\tx\n", b" a\tx\t\n", b"a\tx\t\nb"])
def test_listing_that_is_not_canonical_refused(listing: bytes) -> None:
    with pytest.raises(ValueError, match=r"canonical|three fields"):
        read_listing(listing)
