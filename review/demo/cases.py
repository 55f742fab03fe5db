"""Generated closed cases: what agencies' registers of three years would hold."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from review.demo import names
from review.demo.chance import shares, stream
from review.demo.handlers import Roster
from review.demo.regions import DONGCHUAN, Place
from review.enums import (
    AidMethod,
    AidSource,
    CaseKind,
    CaseType,
    Instance,
    Outcome,
    RecipientCategory,
    RegionLevel,
    Stage,
)
from review.privacy import digest, encrypt_text

LATEST_YEAR = 2025
CASES_OF_YEAR = {2023: 25_000, 2024: 30_000, LATEST_YEAR: 36_000}
FULL_SIZE = CASES_OF_YEAR[LATEST_YEAR]
DONGCHUAN_SHARE = 0.068
"""What the two registers' counts are of their years' totals; also used for the third year."""
PAID = 0.91
KEPT_OUT = {("990201", 11): 3, ("990204", 4): 1, ("990302", 20): 2}
"""Numbers missing from a series of these agencies, behind a serial: for the reconciliation."""
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of case with what a register says about it."""

    kind: CaseKind
    share: float
    case_type: CaseType
    aid_method: AidMethod
    stage: Stage | None
    instance: Instance | None
    causes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    subsidies: tuple[int, int]
    sign: str = "民"


CRIMES = ("盗窃罪", "诈骗罪", "故意伤害罪", "交通肇事罪", "贩卖毒品罪", "寻衅滋事罪", "开设赌场罪")
DISPUTES = (
    "离婚纠纷", "赡养费纠纷", "机动车交通事故责任纠纷", "追索劳动报酬纠纷",
    "提供劳务者受害责任纠纷",
)  # fmt: skip
LABOUR = ("追索劳动报酬", "工伤保险待遇", "确认劳动关系", "解除劳动合同经济补偿")
HEARD = (Outcome.ADOPTED, Outcome.PARTLY_ADOPTED, Outcome.NOT_ADOPTED, Outcome.TERMINATED)
DECIDED = (Outcome.WON, Outcome.LOST, Outcome.MEDIATED, Outcome.WITHDRAWN, Outcome.TERMINATED)
AGREED = (Outcome.MEDIATED, Outcome.SETTLED, Outcome.ARBITRATED, Outcome.TERMINATED)
CRIMINAL, CIVIL = CaseType.CRIMINAL, CaseType.CIVIL
DEFENCE = AidMethod.CRIMINAL_DEFENCE
FIRST, SECOND = Instance.FIRST, Instance.SECOND
SORTS = (
    Sort(CaseKind.CRIMINAL_TRIAL, 0.28, CRIMINAL, DEFENCE, Stage.TRIAL, FIRST, CRIMES, HEARD,
         (1300, 1500), "刑"),
    Sort(CaseKind.CRIMINAL_PROSECUTION, 0.14, CRIMINAL, DEFENCE, Stage.PROSECUTION, None, CRIMES,
         HEARD, (1200, 1400), "刑"),
    Sort(CaseKind.CRIMINAL_INVESTIGATION, 0.12, CRIMINAL, DEFENCE, Stage.INVESTIGATION, None,
         CRIMES, HEARD, (800, 1000), "刑"),
    Sort(CaseKind.VICTIM, 0.03, CRIMINAL, AidMethod.VICTIM_REPRESENTATION, Stage.TRIAL, FIRST,
         CRIMES, HEARD, (1200, 1400), "刑"),
    Sort(CaseKind.CIVIL_FIRST, 0.26, CIVIL, AidMethod.CIVIL_LITIGATION, None, FIRST, DISPUTES,
         DECIDED, (1200, 1400)),
    Sort(CaseKind.CIVIL_SECOND, 0.02, CIVIL, AidMethod.CIVIL_LITIGATION, None, SECOND, DISPUTES,
         DECIDED, (1200, 1400)),
    Sort(CaseKind.LABOUR_ARBITRATION, 0.10, CIVIL, AidMethod.LABOUR_ARBITRATION, None, None,
         LABOUR, DECIDED, (1000, 1200)),
    Sort(CaseKind.NON_LITIGATION, 0.03, CIVIL, AidMethod.NON_LITIGATION, None, None, LABOUR,
         AGREED, (800, 1000)),
    Sort(CaseKind.ADMINISTRATIVE, 0.02, CaseType.ADMINISTRATIVE,
         AidMethod.ADMINISTRATIVE_LITIGATION, None, FIRST, ("工伤认定", "征收补偿"), DECIDED,
         (1200, 1400), "行"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Year:
    """The cases of one closing year: parallel columns of handler, agency and day."""

    year: int
    handlers: NDArray[np.int64]
    regions: NDArray[np.str_]
    days: NDArray[np.int64]
    sorts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.handlers)


def plan_year(
    year: int, size: int, roster: Roster, places: tuple[Place, ...], seed: int, *, dongchuan: bool
) -> Year:
    """Who closed which sort of case where and when; without 东川市 when a register covers it."""
    rng = stream(seed, f"cases-{year}")
    cities = _city_sizes(size, places, dongchuan=dongchuan)
    picked = [_of_city(code, n, roster, places, rng) for code, n in cities.items() if n]
    handlers = np.concatenate([handlers for handlers, _ in picked])
    regions = np.concatenate([regions for _, regions in picked])
    mixed = rng.permutation(len(handlers))
    months = 1 + 0.04 * np.arange(12)
    month = rng.choice(12, len(mixed), p=months / months.sum())
    return Year(
        year=year,
        handlers=handlers[mixed],
        regions=regions[mixed],
        days=np.minimum(month * 30.4 + rng.integers(0, 31, len(mixed)), 364).astype(np.int64),
        sorts=rng.choice(len(SORTS), len(mixed), p=[sort.share for sort in SORTS]),
    )


def _city_sizes(size: int, places: tuple[Place, ...], *, dongchuan: bool) -> dict[str, int]:
    cities = [p for p in places if p.level is RegionLevel.CITY]
    others = [p for p in cities if p.code != DONGCHUAN]
    own = round(size * DONGCHUAN_SHARE) if dongchuan else 0
    sizes = shares([p.population for p in others], size - own)
    return {DONGCHUAN: own} | {p.code: int(n) for p, n in zip(others, sizes, strict=True)}


def _of_city(
    code: str, size: int, roster: Roster, places: tuple[Place, ...], rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Handlers by their workload; half the cases come from the agency of the handler's county."""
    here = np.flatnonzero(roster.cities == code)
    work = roster.work[here] / roster.work[here].sum()
    handlers = rng.choice(here, size, p=work)
    away = rng.choice([p.code for p in places if p.city == code], size)
    own = roster.counties[handlers]
    stays = (rng.random(size) < 0.5) & (own != code)  # some offices are known by their city only
    return handlers, np.where(stays, own, away)


def case_rows(
    year: Year, roster: Roster, agencies: dict[str, int], first_id: int, seed: int
) -> Iterator[Row]:
    """The year's rows for the table of cases; names are encrypted and numbers digested here."""
    rng = stream(seed, f"rows-{year.year}")
    size = len(year)
    people = names.people(rng, size)
    numbers = rng.integers(10**17, 10**18, size)
    phones = rng.integers(13 * 10**9, 20 * 10**9, size)
    serials: Counter[tuple[str, str]] = Counter()
    for n, row in enumerate(_facts(year, rng)):
        handler = int(year.handlers[n])
        region, sign = str(year.regions[n]), SORTS[year.sorts[n]].sign
        serials[region, sign] += 1 + KEPT_OUT.get((region, serials[region, sign]), 0)
        case_number = f"（{year.year}）示援{sign}字第{region[2:]}{serials[region, sign]:05}号"
        yield row | {
            "id": first_id + n,
            "case_number": case_number,
            "region_code": region,
            "agency_id": agencies[region],
            "provider_id": int(roster.provider_ids[handler]),
            "handler_id": int(roster.handler_ids[handler]),
            "import_id": None,
            "recipient_name": encrypt_text(people[n]),
            "id_number_digest": digest(str(numbers[n])),
            "phone_digest": digest(str(phones[n])),
            "content_digest": sha256(case_number.encode()).hexdigest(),
        }


def _facts(year: Year, rng: Generator) -> Iterator[Row]:
    size = len(year)
    pick = rng.random((6, size)).tolist()
    length = rng.gamma(4, 30, size).astype(int).tolist()
    wait, shelf, pay = rng.integers((1, 3, 20), (7, 40, 120), (size, 3)).T.tolist()
    pages = rng.integers(30, 260, size).tolist()
    categories = rng.choice(list(RecipientCategory), (size, 2))
    january = date(year.year, 1, 1)
    for n in range(size):
        sort = SORTS[year.sorts[n]]
        closed = january + timedelta(days=int(year.days[n]))
        accepted = closed - timedelta(days=length[n] + 10)
        outcome = sort.outcomes[int(pick[0][n] * len(sort.outcomes))]
        paid = pick[1][n] < PAID
        yield {
            "kind": sort.kind,
            "case_type": sort.case_type,
            "aid_method": sort.aid_method,
            "source": _source(sort, pick[2][n]),
            "stage": sort.stage,
            "instance": sort.instance,
            "cause": sort.causes[int(pick[3][n] * len(sort.causes))],
            "recipient_categories": sorted({str(c) for c in categories[n]}),
            "accepted_on": accepted,
            "assigned_on": accepted + timedelta(days=wait[n]),
            "closed_on": closed,
            "archived_on": closed + timedelta(days=shelf[n]),
            "outcome": outcome,
            "recovered_amount": _recovered(outcome, pick[4][n]),
            "subsidy_amount": Decimal(sort.subsidies[pick[5][n] < 0.5]),
            "subsidy_paid_on": closed + timedelta(days=pay[n]) if paid else None,
            "dossier_pages": pages[n],
        }


def _source(sort: Sort, chance: float) -> AidSource:
    if sort.aid_method is AidMethod.CRIMINAL_DEFENCE and chance < 0.7:
        return AidSource.NOTICE
    return AidSource.TRANSFER if chance > 0.97 else AidSource.APPLICATION


def _recovered(outcome: Outcome, chance: float) -> Decimal | None:
    paying = {Outcome.WON, Outcome.MEDIATED, Outcome.SETTLED, Outcome.ARBITRATED}
    return Decimal(round(2000 + chance**2 * 80000, -2)) if outcome in paying else None
