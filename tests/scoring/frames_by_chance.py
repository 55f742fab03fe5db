"""Random frames and designs, as any of the implementations of the draw may meet them."""

import random
from typing import Any

from scoring.designs import Design, DesignError, plan_draw
from scoring.frames import Frame, frame_of
from scoring.manifest import Replaced, Seed, manifest_of, sealed_replacements
from scoring.plans import Plan
from scoring.sampling import Drawn, draw, replacement
from scoring.seeds import commitment, mixed_seed

SIGNS = "0123456789ABCxyz号字第（）〔〕𠮷䶮é-·/ "


def made(number: int) -> tuple[Frame, dict[str, Any]]:
    """The frame and manifest with this number: any number of strata, units, any design, and
    replacements in every second one."""
    chance = random.Random(number)  # noqa: S311  (a test needs no secret)
    while True:
        frame = _frame(chance)
        design = _design(chance, frame)
        try:
            plan = plan_draw(frame, design)
        except DesignError:
            continue
        seed = _seed(chance)
        sample = draw(frame, plan, seed.value)
        manifest = manifest_of(frame, design, plan, seed, sample)
        if number % 2:
            replaced = _replaced(chance, frame, plan, seed.value, sample)
            manifest["replacements"] = sealed_replacements(manifest["seal"], replaced)
        return frame, manifest


def _frame(chance: random.Random) -> Frame:
    size = chance.randint(1, 24)
    numbers = {
        f"{''.join(chance.choices(SIGNS, k=chance.randint(0, 5)))}{chance.randint(0, 10**6)}"
        for _ in range(size)
    }
    names = {number.strip(): number for number in numbers}
    strata = [f"{chance.randint(1, 3)}:层{chance.randint(1, 2)}" for _ in names]
    units = [chance.choice(["", "甲", "乙", "丙", "u4"]) for _ in names]
    return frame_of(list(names.values()), strata, units if chance.random() < 0.7 else None)


def _design(chance: random.Random, frame: Frame) -> Design:
    labels = sorted(set(frame.strata))
    kind = chance.choice(["proportional", "equal", "neyman", "fixed", "census"])
    spread = tuple((label, f"{chance.uniform(0, 30):.3f}") for label in labels)
    own = labels if kind == "fixed" else [one for one in labels if chance.random() < 0.2]
    fixed = tuple((label, chance.randint(1, max(1, frame.strata.count(label)))) for label in own)
    shared = sum(frame.strata.count(label) for label in labels if label not in own)
    size = 0 if kind in ("fixed", "census") else chance.randint(0, shared)
    return Design(
        kind,
        size,
        fixed,
        spread if kind == "neyman" else (),
        minimum=chance.choice([0, 0, 1, 1, 2]),
        cap=chance.choice([None, None, 2, 3, 5]),
    )


def _seed(chance: random.Random) -> Seed:
    if chance.random() < 0.5:
        digits = "".join(chance.choices("0123456789", k=chance.randint(20, 40)))
        return Seed(digits, "摇号", {}, {})
    values = {
        name: "".join(chance.choices("0123456789", k=30)) for name in ("监察", "律协", "省厅")
    }
    commitments = {name: commitment(name, value) for name, value in values.items()}
    return Seed(mixed_seed(values, commitments), "三方承诺", values, commitments)


def _replaced(
    chance: random.Random, frame: Frame, plan: Plan, seed: str, sample: tuple[Drawn, ...]
) -> list[Replaced]:
    """Up to four cases leave one after another, also ones that replaced others."""
    inside, used, rows = list(sample), {one.number for one in sample}, []
    for _ in range(chance.randint(1, 4)):
        left = inside.pop(chance.randrange(len(inside)))
        try:
            came = replacement(frame, plan, seed, leaving=left, used=used)
        except ValueError:  # the stratum has no case left
            break
        inside.append(came)
        used.add(came.number)
        reason = chance.choice(["dossier_missing", "other"])
        place = (came.stratum, came.ticket, came.for_minimum)
        rows.append(Replaced(left.number, came.number, *place, reason))
    return rows
