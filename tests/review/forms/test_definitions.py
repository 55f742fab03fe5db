from review.forms.definitions import FAULTS, problem_words
from rubrics.faults import Fault, Problem


def test_every_fault_has_words(app) -> None:  # type: ignore[no-untyped-def]
    assert set(FAULTS) == set(Fault)
    with app.test_request_context():
        problem = Problem(Fault.NOT_100, "x/1", "101")
        assert problem_words(problem) == "x/1：各项分值之和不是 100（101）"


def test_place_in_a_file_is_said_in_words(app) -> None:  # type: ignore[no-untyped-def]
    with app.test_request_context():
        syntax = Problem(Fault.SYNTAX, "line 3, column 5", "Invalid value")
        assert problem_words(syntax) == "第 3 行第 5 列：不是合格的 TOML（Invalid value）"
        cell = Problem(Fault.NOT_A_NUMBER, "row 12, 分值", "四")
        assert problem_words(cell) == "第 12 行“分值”：应为数字（四）"
        assert problem_words(Problem(Fault.NOT_A_SHEET, "definition")).startswith("文件：")
