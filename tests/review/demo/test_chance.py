import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.demo.chance import public_ids, shares, stream


def test_shares_by_largest_remainders() -> None:
    # 10 × (5, 3, 2) / 9 is 5.56, 3.33, 2.22: 5 + 3 + 2 leave one, which the 0.56 gets.
    assert shares([5, 3, 2, -0.0], 10).tolist() == [5, 3, 2, 0]
    assert shares([5, 3, 1], 10).tolist() == [6, 3, 1]


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.integers(0, 500))
def test_shares_add_up_and_stay_within_one_of_exact(weights: list[float], total: int) -> None:
    whole = shares(weights, total)
    assert whole.sum() == total
    exact = np.array(weights) / sum(weights) * total
    assert np.abs(whole - exact).max() < 1 + 1e-9


def test_streams_of_two_parts_differ_and_repeat() -> None:
    assert stream(1, "cases").random() == stream(1, "cases").random()
    assert stream(1, "cases").random() != stream(1, "rounds").random()
    assert stream(1, "cases").random() != stream(2, "cases").random()


@pytest.mark.parametrize("size", [0, 1, 500])
def test_public_ids_have_the_usual_form_and_differ(size: int) -> None:
    ids = public_ids(stream(1, "ids"), size)
    assert len(set(ids)) == size
    assert all(len(one) == 22 for one in ids)
