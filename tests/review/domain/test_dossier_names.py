"""Whose file it is, by its name alone; and a name is never more than that."""

import pytest

from review.domain.dossier_names import CaseNumbers, in_order, is_litter, shown_name, title_of

NUMBERS = CaseNumbers([("（2024）示援字第1号", 1), ("（2024）示援字第12号", 12), ("D-007", 7)])


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("（2024）示援字第1号.pdf", 1),
        ("(2024) 示援字 第 12 号/会见笔录.pdf", 12),
        ("[2024]示援字第１号\\代理词.pdf", 1),
        ("〔2024〕示援字第12号 结案/1.jpg", 12),
        ("卷宗/（2024）示援字第1/1.jpg", 1),  # 号 left out
        ("d-007_封面.tif", 7),
        ("（2024）示援字第123号.pdf", None),  # a number that merely begins like one
        ("会见笔录.pdf", None),
        ("（2024）示援字第1号/（2024）示援字第12号.pdf", None),  # which one?
        ("（2024）示援字第1号/（2024）示援字第1号.pdf", 1),
    ],
)
def test_a_case_is_found_however_its_number_is_written(name: str, case: int | None) -> None:
    assert NUMBERS.case_in(name) == case


def test_names_follow_each_other_as_people_count() -> None:
    names = ["10.jpg", "2.jpg", "１.jpg", "a.jpg"]
    assert sorted(names, key=in_order) == ["１.jpg", "2.jpg", "10.jpg", "a.jpg"]


def test_what_systems_leave_behind_is_no_file() -> None:
    litter = ["__MACOSX/a/._b.pdf", "a/.DS_Store", "Thumbs.db", "a\\desktop.ini"]
    assert [is_litter(name) for name in [*litter, "a/b.pdf"]] == [True] * 4 + [False]


def test_a_shown_name_holds_no_control_or_direction_sign_and_an_end() -> None:
    assert shown_name("a\u202egpj.exe\0\n") == "agpj.exe"
    assert len(shown_name("长" * 5000)) == 200
    assert shown_name("\u200b") == "?"


def test_a_title_is_the_last_part_without_its_ending() -> None:
    assert title_of("..\\..\\案卷/会见笔录.第1次.pdf") == "会见笔录.第1次"
