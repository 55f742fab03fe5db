"""What an auditor with the key needs to compute a confirmed panel again, sealed beside its plan."""

import base64
from typing import Any

import numpy as np

from review.domain.planning import Given, Plan, solve
from review.models.assignment import PanelPlan
from review.privacy import decrypt_json, encrypt_json
from review.queries.assignment import confirmed_plans
from scoring.panel import Panel


def sealed_evidence(plan: Plan) -> bytes:
    """Cases, people, conflicts and limits, and the panel that came of them."""
    given = plan.given
    content = {
        "seed_of": given.seed_of,
        "cases": plan.standing.conflicts.cases.sampled_case_id.tolist(),
        "people": list(plan.standing.people),
        "conflicts": base64.b64encode(np.packbits(given.conflicts).tobytes()).decode(),
        "capacity": given.capacity.tolist(),
        "marks": given.marks,
        "reserve": given.reserve,
        "common": given.common,
        "further_marks": given.further_marks,
        "start": _as_lists(given.start) if given.start else None,
        "panel": _as_lists(plan.panel),
    }
    return encrypt_json(content)


def is_repeated(plan: PanelPlan) -> bool:
    """Whether the sealed inputs and the server's secret give the panel that was put in place."""
    if plan.evidence is None:
        return False
    content = decrypt_json(plan.evidence)
    return bool(_as_lists(solve(_given(content))) == content["panel"])


def unrepeated(round_id: int) -> tuple[int, list[str]]:
    """How many confirmed panels a round has, and the ids of those that do not follow."""
    plans = confirmed_plans(round_id)
    return len(plans), [plan.public_id for plan in plans if not is_repeated(plan)]


def _given(content: dict[str, Any]) -> Given:
    n, r = len(content["cases"]), len(content["people"])
    bits = np.frombuffer(base64.b64decode(content["conflicts"]), dtype=np.uint8)
    return Given(
        seed_of=content["seed_of"],
        conflicts=np.unpackbits(bits, count=n * r).reshape(n, r).astype(np.bool_),
        capacity=np.array(content["capacity"], dtype=np.int64),
        marks=content["marks"],
        reserve=content["reserve"],
        start=_panel(content["start"]) if content["start"] else None,
        common=content["common"],
        further_marks=content["further_marks"],
    )


def _as_lists(panel: Panel) -> dict[str, Any]:
    return {
        "markers": panel.markers.tolist(),
        "reserves": None if panel.reserves is None else panel.reserves.tolist(),
        "common": panel.common.tolist(),
    }


def _panel(lists: dict[str, Any]) -> Panel:
    reserves = lists["reserves"]
    return Panel(
        markers=np.array(lists["markers"], dtype=np.int64),
        reserves=None if reserves is None else np.array(reserves, dtype=np.int64),
        common=np.array(lists["common"], dtype=np.int64).reshape(-1, 2),
        chance=0.0,
        small_pools=(),
        components=0,
        exchanges=0,
    )
