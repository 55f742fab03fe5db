"""Random instances of the assignment problem, and the rules that every answer must keep."""

from dataclasses import dataclass

import numpy as np

from scoring.panel import Conflicts, Indices, Panel, loads, marks_of


@dataclass(frozen=True)
class Instance:
    conflicts: Conflicts
    marks: int
    reserve: bool
    common: int
    further_marks: int


def instance(seed: int) -> Instance:
    """14 to 40 reviewers from as many firms and six regions, with kinds of cases they know."""
    random = np.random.default_rng(seed)
    r = int(random.integers(14, 41))
    n, marks = int(random.integers(r, 4 * r)), int(random.integers(1, 4))
    regions = random.integers(0, 6, n)[:, None] == random.integers(0, 6, r)
    firms = random.integers(0, r, n)[:, None] == np.arange(r)
    conflicts = regions | firms | (random.random((n, r)) < 0.05)
    # One mark per case connects nobody: then three cases with r + 2 further marks do.
    common, further = (3, -(-(r + 2) // 3)) if marks == 1 else (int(random.integers(0, 3)), r // 3)
    return Instance(conflicts, marks, bool(random.integers(0, 2)), common, further)


def check(panel: Panel, conflicts: Conflicts, *, reserve: bool) -> None:
    """No conflict, nobody twice on a case, nobody missing, loads within one, one component."""
    r = conflicts.shape[1]
    named = marks_of(panel)
    if reserve:
        assert panel.reserves is not None
        assert np.ptp(loads(panel.reserves, r)) <= 1
        named = np.concatenate(
            [named, np.column_stack([np.arange(len(conflicts)), panel.reserves])]
        )
    assert (named >= 0).all()
    assert not conflicts[named[:, 0], named[:, 1]].any()
    assert len(np.unique(named, axis=0)) == len(named)
    assert np.ptp(loads(marks_of(panel)[:, 1], r)) <= 1
    assert panel.components == components_by_search(marks_of(panel)) == 1


def components_by_search(marks: Indices) -> int:
    """Number of components by merging sets, without any library."""
    group = {("case", c): {("case", c)} for c in marks[:, 0].tolist()}
    group |= {("reviewer", r): {("reviewer", r)} for r in marks[:, 1].tolist()}
    for case, reviewer in marks.tolist():
        one, other = group["case", case], group["reviewer", reviewer]
        if one is not other:
            one |= other
            group.update(dict.fromkeys(other, one))
    return len({id(members) for members in group.values()})
