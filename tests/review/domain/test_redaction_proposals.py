"""Whatever way a dossier writes a name or number that must stay unknown, a rectangle covers it."""

import pytest

from review.domain.page_text import plain
from review.domain.redaction import Mark
from review.domain.redaction_proposals import left_visible, proposed_marks, writings
from tests.dossier_files import typed_pages

NUMBER = "（2024）示援民字第00000042号"
WRITINGS_OF_NUMBER = (
    "（2024）示援民字第00000042号",
    "(2024)示援民字第00000042号",
    "〔2024〕示援民字第00000042号",
    "［2024］示援民字第00000042号",
    "【2024】 示援民字 第 00000042 号",
    "２０２４示援民字第００００００４２号",
    "2024-示援民字第00000042",
)


@pytest.mark.parametrize("written", WRITINGS_OF_NUMBER)
def test_case_number_is_found_in_every_usual_writing(written: str) -> None:
    page = typed_pages(["结案报告"], f"本案编号：{written}，特此报告。")
    (mark,) = proposed_marks(page, [NUMBER])
    # Set in 12 points from 80 + 5 × 12 = 140 on, on a page 595 wide.
    assert mark.page == 1
    assert 0.22 < mark.x0 < 0.27
    assert left_visible(page, [], [NUMBER]) == [mark]
    assert left_visible(page, [mark], [NUMBER]) == []
    assert left_visible(page, [Mark(1, mark.x0, mark.y0, 0.3, mark.y1)], [NUMBER]) == [mark]


def test_number_of_another_case_stays_readable() -> None:
    page = typed_pages(["结案报告"], "另见（2024）示援民字第00000043号")
    assert proposed_marks(page, [NUMBER]) == []


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("东川天和律师事务所", {"东川天和律师事务所", "东川天和", "东川天和律所"}),
        ("欧阳清风", {"欧阳清风", "欧阳律师", "欧阳某"}),
        ("张三", {"张三", "张律师", "张某"}),
        ("L123456", {"l123456"}),
        (NUMBER, {"2024示援民字第00000042号", "2024示援民字第00000042"}),
        ("（）", set()),
    ],
)
def test_terms_are_sought_as_dossiers_write_them(term: str, expected: set[str]) -> None:
    assert writings(term) == expected
    assert all(plain(writing) == writing for writing in expected)
