import pytest

from review.domain.register_questions import choosable, own_headings, questions_about, sample
from review.domain.register_table import Sheet, Table, find_table
from tests.register_files import HEADINGS, ID_NUMBER, row, table


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("任勇佳", "任**"),
        ("任 勇佳", "任**"),
        ("John Smith", "J**"),
        ("张三，13900001111", "张**"),
        ("城关区河滨路 18 号", "城**"),
        (ID_NUMBER, "990**"),
        ("139 0000 1111", "139**"),
        (13900001111.0, "139**"),
        ("（2024）示援民字第10100001号", "（2024）示援民字第10100001号"),
        ("东川天和律师事务所", "东川天和律师事务所"),
        ("刑事", "刑事"),
        ("2024年5月6日", "2024年5月6日"),
        ("2024-05-06", "2024-05-06"),
        (1400.0, "1400"),
        (None, ""),
    ],
)
def test_sample_shows_nothing_personal(cell: str | float | None, shown: str) -> None:
    assert sample(cell) == shown


def found(*headings: str, **meanings: str) -> Table:
    result = find_table(Sheet("甲", table([row()], headings=headings, title=[], end=[])), meanings)  # type: ignore[arg-type]
    assert result
    return result


def test_only_unknown_columns_are_asked_about_and_idle_ones_are_not() -> None:
    (asked,) = questions_about([found("序号", *HEADINGS, "处室", "备注")])
    assert [unknown.heading for unknown in asked.unknown] == ["处室"]
    assert asked.missing == []
    assert questions_about([found("序号", *HEADINGS, "备注")]) == []


def test_columns_that_are_missed_are_offered_first_and_found_ones_not_at_all() -> None:
    kept = [heading for heading in HEADINGS if heading not in {"结案日期", "案由"}]
    offered = choosable(questions_about([found(*kept, "办完的日子")]))
    assert offered[0] == ("closed_on", "结案日期")
    assert ("cause", "案由") in offered
    assert "case_number" not in dict(offered)


def test_heading_that_was_given_a_meaning_is_told_and_not_asked_about() -> None:
    headings = [heading.replace("案由", "事由") for heading in HEADINGS]
    lines = found(*headings, "处室", 事由="cause", 处室="")
    assert own_headings([lines]) == {"事由": "案由"}
    assert questions_about([lines]) == []
