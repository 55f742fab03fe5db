from review.domain.register import ReadRegister, read_register
from review.domain.register_changes import Rewrite
from review.enums import RegisterChange
from tests.register_files import NAME, register, row, rows


def rewrites(*cases: dict[str, object]) -> list[Rewrite]:
    found: ReadRegister = read_register(register(*cases), "a.xlsx")
    return found.rewrites


def test_rewrites_say_what_a_cell_held_and_what_is_kept() -> None:
    case = row(
        案件类型="民事案件",
        补贴金额="1,400元",
        执业证号=1992005569896320,
        受援人类别="妇女、其他",
        案由="离婚  纠纷",
        卷宗页数="62页",
    )
    assert {(r.heading, r.before, r.after) for r in rewrites(case)} == {
        ("案件类型", "民事案件", "民事"),
        ("补贴金额", "1,400元", "1400.00"),
        ("执业证号", "1992005569896320", ""),
        ("受援人类别", "妇女、其他", "妇女"),
        ("案由", "离婚␣␣纠纷", "离婚 纠纷"),
        ("卷宗页数", "62页", "62"),
    }


def test_cells_rewritten_alike_share_an_entry_with_every_row() -> None:
    cases = [case | {"结案日期": "2024.5.6"} for case in rows(3)]
    day = Rewrite(RegisterChange.DATE, "Sheet1", "结案日期", "2024.5.6", "2024-05-06", [4, 5, 6])
    assert rewrites(*cases) == [day]


def test_personal_cells_are_hidden() -> None:
    spaced = [case | {"受援人": " ".join(case["受援人"])} for case in rows(2)]
    (found,) = rewrites(*spaced)
    assert (found.heading, found.before, found.after) == ("受援人", "***", "***")
    assert found.rows == [4, 5]
    assert NAME[:2] not in repr(found)
