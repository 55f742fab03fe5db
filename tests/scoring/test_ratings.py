import numpy as np
import pytest

from scoring.ratings import CaseTotals, Ratings


def ratings(score: list[float], reviewer: list[int]) -> Ratings:
    n = len(score)
    zeros, texts = np.zeros(n, dtype=np.int64), np.full(n, "x")
    return Ratings(
        score=np.array(score),
        reviewer=np.array(reviewer),
        handler=zeros,
        case=zeros,
        round=zeros,
        stratum=zeros,
        weight=np.ones(n),
        kind=texts,
        region=texts,
        quarter=texts,
    )


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="different length"):
        ratings([70.0, 80.0], [1])


def test_missing_score_is_refused() -> None:
    with pytest.raises(ValueError, match="leave missing marks out"):
        ratings([np.nan], [1])


def test_only_keeps_the_chosen_rows_of_every_column() -> None:
    numbers, texts = np.arange(3), np.array(["a", "b", "c"])
    totals = CaseTotals(
        total=numbers.astype(float),
        is_good=numbers > 0,
        grade=texts,
        handler=numbers,
        round=numbers,
        stratum=numbers,
        stratum_population=numbers,
        chance=numbers.astype(float),
        region=texts,
        quarter=texts,
    )
    kept = totals.only(np.array([True, False, True]))
    assert kept.total.tolist() == [0, 2]
    assert kept.quarter.tolist() == ["a", "c"]
