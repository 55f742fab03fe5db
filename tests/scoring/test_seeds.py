"""Mixed seeds: worked by hand, invariant, uniform in simulation, degenerate."""

import hashlib

import numpy as np
import pytest
from scipy.stats import kstest

from scoring.seeds import BrokenCommitmentError, commitment, mixed_seed

VALUES = {"省厅": "1" * 30, "律协": "2" * 31}


def committed(values: dict[str, str]) -> dict[str, str]:
    return {party: commitment(party, value) for party, value in values.items()}


def test_mixture_worked_by_hand() -> None:
    # 律 stands before 省 in code-point order.
    lines = f"律协:{'2' * 31}\n省厅:{'1' * 30}\n"
    number = int(hashlib.sha256(lines.encode()).hexdigest(), 16)
    assert mixed_seed(VALUES, committed(VALUES)) == str(number).zfill(78)


def test_commitment_pinned_to_the_shell() -> None:
    # printf 'A:123456789012345678901234567890' | sha256sum
    expected = "eddc74dbb9ea67b9f91d038c6e365f2acc198b199b11cda0cc046a1f688c97a4"
    assert commitment("A", "123456789012345678901234567890") == expected


def test_order_of_parties_does_not_matter_and_each_value_does() -> None:
    turned = dict(reversed(VALUES.items()))
    assert mixed_seed(VALUES, committed(VALUES)) == mixed_seed(turned, committed(turned))
    for party in VALUES:
        other = VALUES | {party: "3" * 30}
        assert mixed_seed(other, committed(other)) != mixed_seed(VALUES, committed(VALUES))


def test_one_honest_party_makes_the_mixture_uniform() -> None:
    random = np.random.default_rng(6)
    found = []
    for _ in range(2000):
        values = {"a": "0" * 30, "b": "".join(map(str, random.integers(0, 10, 30)))}
        found.append(int(mixed_seed(values, committed(values))) / 2**256)
    assert kstest(found, "uniform").pvalue > 1e-3


def test_value_that_was_not_committed_to_names_its_party() -> None:
    with pytest.raises(BrokenCommitmentError) as refused:
        mixed_seed(VALUES | {"律协": "4" * 30}, committed(VALUES))
    assert refused.value.party == "律协"


@pytest.mark.parametrize("values", [{}, {"省厅": "1" * 30}])
def test_fewer_than_two_parties_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="two or more"):
        mixed_seed(values, committed(values))


def test_silent_party_refused() -> None:
    with pytest.raises(ValueError, match="commit and then show"):
        mixed_seed(VALUES, committed(VALUES | {"监察": "5" * 30}))


@pytest.mark.parametrize(
    ("party", "value"), [("a", "1" * 29), ("a", "x" * 30), ("a:b", "1" * 30), (" a", "1" * 30)]
)
def test_value_or_name_that_cannot_be_committed_refused(party: str, value: str) -> None:
    with pytest.raises(ValueError, match="party"):
        commitment(party, value)
