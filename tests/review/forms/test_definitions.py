from review.forms.definitions import FAULTS, problem_words
from rubrics.faults import Fault, Problem


def test_every_fault_has_words(app) -> None:  # type: ignore[no-untyped-def]
    assert set(FAULTS) == set(Fault)
    with app.test_request_context():
        problem = Problem(Fault.NOT_100, "x/1", "101")
        assert problem_words(problem) == "x/1：各项分值之和不是 100（101）"
