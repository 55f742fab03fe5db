"""Build the demo province: step by step, with progress, into a file that replaces the old one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
from sqlalchemy import ColumnElement, func, inspect, select, true

from review import storage
from review.demo import (
    accounts,
    cases,
    dossier_shelf,
    handlers,
    open_rounds,
    regions,
    reviewing,
    rounds,
)
from review.demo.database import built_aside, fill
from review.demo.dossiers import DossierTruth
from review.demo.handlers import Roster
from review.demo.log import log_still_open
from review.demo.progress import Progress
from review.demo.regions import DONGCHUAN, Place
from review.demo.truth import Truth, plant, write
from review.domain.audit import record
from review.domain.cases import confirm_import, stage_import
from review.domain.results import publish_round
from review.enums import RoundStatus
from review.extensions import db
from review.models.accounts import Membership, Region, User
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor

REGISTERS = Path(__file__).parent / "registers"
REGISTER_YEARS = (2023, 2024)
ROOM_FOR_REGISTERS = 10_000
"""A smaller province has no room for the registers' 3,752 cases, so none are read."""
BUILT = "demo.built"
TRUTH_FILE = "truth.json"
DOSSIERS_FILE = "dossiers.json"
OTHER_DOSSIERS, DOSSIERS_OF_SMALL = 4, 2
"""Beside those of the demo reviewer's cases; and how many a small province has in all."""
SEED = 20260101
RESULTS_OF_HANDLER = 12
"""About as many as the demo handler should have: enough to read, few enough for one page."""
STEPS = 6 + len(cases.CASES_OF_YEAR) + len(rounds.HALVES) + 3


@dataclass(slots=True)
class Province:
    """What the steps of one build hand on to each other."""

    seed: int
    size: int
    progress: Progress
    places: tuple[Place, ...] = field(default_factory=regions.province)
    joining: accounts.Accounts = field(default_factory=accounts.Accounts)
    people: dict[str, Actor] = field(default_factory=dict)
    reviewer_ids: list[int] = field(default_factory=list)
    dossiers: list[DossierTruth] = field(default_factory=list)

    @property
    def with_registers(self) -> bool:
        return self.size >= ROOM_FOR_REGISTERS


def is_built() -> bool:
    """Whether the database holds a demo province; one that was interrupted never gets there."""
    return _holds(AuditEvent, AuditEvent.action == BUILT)


def is_empty() -> bool:
    """Whether nobody would miss the database: it has no account."""
    return not _holds(User, true())


def _holds(model: type[AuditEvent] | type[User], condition: ColumnElement[bool]) -> bool:
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(model.__tablename__):
            return False
        return connection.scalar(select(model.id).where(condition).limit(1)) is not None


def build(final: Path, *, seed: int, size: int, progress: Progress) -> None:
    """Make the province anew and put it, with its truth beside it, in the place of ``final``."""
    province = Province(seed, size, progress)
    with _files_replaced(), built_aside(final) as aside:
        truth = _fill(province)
        waiting = aside.with_name(f"{TRUTH_FILE}.building")
        write(truth, waiting)
        waiting.replace(final.with_name(TRUTH_FILE))
        dossier_shelf.write_truths(province.dossiers, final.with_name(DOSSIERS_FILE))


@contextmanager
def _files_replaced() -> Iterator[None]:
    """On success only the new province's dossier files are left, else only the old one's."""
    before = set(storage.keys())
    try:
        yield
    except BaseException:
        _forget(set(storage.keys()) - before)
        raise
    _forget(before)


def _forget(keys: set[str]) -> None:
    for key in keys:
        storage.remove(key)


def _fill(province: Province) -> Truth:
    _make_tables(province)
    with log_still_open():
        return _tell(province)


def _tell(province: Province) -> Truth:
    _make_regions(province)
    _make_people(province)
    _read_registers(province)
    roster = _make_handlers(province)
    _make_reviewers(province, roster)
    for year in cases.CASES_OF_YEAR:
        _make_cases(province, roster, year)
    truth = plant(roster, province.reviewer_ids, province.seed)
    for half in rounds.HALVES:
        _hold_round(province, half, truth)
    _hold_open_rounds(province, truth)
    _fill_shelves(province)
    _finish(province, truth)
    return truth


def _make_tables(province: Province) -> None:
    with province.progress.step("tables") as counts:
        db.create_all()
        flask_migrate.stamp()  # the tables are those of the newest migration: a test compares them
        counts.append(f"{len(inspect(db.engine).get_table_names())} tables")


def _make_regions(province: Province) -> None:
    with province.progress.step("regions and agencies") as counts:
        counts.append(f"{fill(Region, regions.region_rows(province.places)):,} regions")
        counts.append(f"{fill(Agency, regions.agency_rows(province.places)):,} agencies")
        db.session.commit()


def _make_people(province: Province) -> None:
    with province.progress.step("demo accounts") as counts:
        province.people = accounts.demo_people(province.joining)
        counts.append(f"{province.joining.store():,} accounts")
        db.session.commit()


def _read_registers(province: Province) -> None:
    """The two registers of 东川市 go the way that an organiser's upload goes."""
    with province.progress.step("registers of 东川市") as counts:
        by = province.people["organiser-city"]
        for year in REGISTER_YEARS if province.with_registers else ():
            file = REGISTERS / f"dongchuan-{year}.xlsx"
            staged = stage_import(file.read_bytes(), file.name, by, region_code=DONGCHUAN)
            confirm_import(staged, by)
            counts.append(f"{year}: {staged.counts['accepted_cases']:,} cases")
        if not counts:
            counts.append("left out of so small a province")


def _make_handlers(province: Province) -> Roster:
    with province.progress.step("providers and handlers") as counts:
        known = set(db.session.scalars(select(Provider.name)))
        new = handlers.provider_rows(province.places, province.seed, _next_id(Provider), known)
        fill(Provider, new)
        fill(Handler, handlers.handler_rows(new, province.seed, _next_id(Handler)))
        db.session.commit()
        rows = db.session.execute(
            select(Handler.id, Handler.licence_number, Handler.provider_id, Provider.region_code)
            .join(Provider, Provider.id == Handler.provider_id)
            .order_by(Handler.id)
        ).all()
        roster = handlers.roster(rows, province.seed)
        counts.append(f"{len(known) + len(new):,} providers")
        counts.append(f"{len(roster):,} handlers")
    return roster


def _make_reviewers(province: Province, roster: Roster) -> None:
    with province.progress.step("reviewers") as counts:
        province.reviewer_ids = accounts.reviewers(
            province.joining,
            province.people["reviewer"].user_id,
            province.places,
            roster,
            province.seed,
        )
        province.joining.store()
        db.session.commit()
        counts.append(f"{len(province.reviewer_ids):,} reviewers")


def _make_cases(province: Province, roster: Roster, year: int) -> None:
    with province.progress.step(f"cases closed in {year}") as counts:
        size = round(cases.CASES_OF_YEAR[year] * province.size / cases.FULL_SIZE)
        from_register = _closed_in(year)
        planned = cases.plan_year(
            year,
            size - from_register,
            roster,
            province.places,
            province.seed,
            dongchuan=not from_register,
        )
        agencies = dict(db.session.execute(select(Agency.code, Agency.id)).tuples().all())
        rows = cases.case_rows(planned, roster, agencies, _next_id(Case), province.seed)
        fill(Case, province.progress.bar(rows, len(planned)))
        db.session.commit()
        counts.append(f"{_closed_in(year):,} cases")


def _closed_in(year: int) -> int:
    count = select(func.count()).select_from(Case)
    return db.session.scalar(count.where(func.extract("year", Case.closed_on) == year)) or 0


def _hold_round(province: Province, half: rounds.Half, truth: Truth) -> None:
    with province.progress.step(half.name) as counts:
        by = province.people["organiser"]
        round_ = rounds.assigned(half, province.reviewer_ids, by, province.seed)
        settled = reviewing.mark_round(round_, half, truth, by)
        publish_round(round_, by)
        rounds.date_back(round_, half.calendar)
        counts.append(f"{len(settled):,} of {round_.frame_size:,} cases")
        counts.append(f"{sum(len(case.markings) for case in settled):,} reviews")


def _hold_open_rounds(province: Province, truth: Truth) -> None:
    with province.progress.step("rounds in progress") as counts:
        open_rounds.hold_open_rounds(province.people, province.reviewer_ids, truth)
        rows = db.session.execute(
            select(Round.status, func.count())
            .where(Round.status != RoundStatus.PUBLISHED)
            .group_by(Round.status)
        ).all()
        counts.extend(f"{count} {status}" for status, count in rows)


def _fill_shelves(province: Province) -> None:
    with province.progress.step("dossiers of cases being marked") as counts:
        by, reader = province.people["organiser"], province.people["reviewer"]
        chosen = dossier_shelf.being_marked(reader.user_id, OTHER_DOSSIERS)
        chosen = chosen if province.with_registers else chosen[:DOSSIERS_OF_SMALL]
        known = list(dossier_shelf.known_cases(chosen))
        for one in province.progress.bar(known, len(known)):
            province.dossiers.append(dossier_shelf.shelve(one, province.seed, by))
        pages = sum(dossier.pages for dossier in province.dossiers)
        counts.append(f"{len(known)} dossiers, {pages} pages")


def _finish(province: Province, truth: Truth) -> None:
    with province.progress.step("handler's account and last marks") as counts:
        handler_id, name, region, results = _typical_handler(truth)
        accounts.demo_handler(province.joining, name, region, handler_id)
        province.joining.store()
        counts.append(f"{results} published results")
        by = province.people["administrator"]
        target = db.session.get_one(User, by.user_id)
        record(by, BUILT, target, seed=province.seed, cases=province.size)
        db.session.commit()


def _typical_handler(truth: Truth) -> tuple[int, str, str, int]:
    """A handler with results in most rounds, not among the poor ones, and without an account."""
    taken = select(Membership.handler_id).where(Membership.handler_id.is_not(None))
    row = db.session.execute(
        select(Handler.id, Handler.name, Provider.region_code, func.count(Result.id))
        .join(Provider, Provider.id == Handler.provider_id)
        .join(Case, Case.handler_id == Handler.id)
        .join(SampledCase, SampledCase.case_id == Case.id)
        .join(Result, Result.sampled_case_id == SampledCase.id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(
            Round.status == RoundStatus.PUBLISHED,
            Handler.id.not_in(taken),
            Handler.id.not_in(truth.poor_handlers),
        )
        .group_by(Handler.id, Handler.name, Provider.region_code)
        .order_by(
            func.count(Round.id.distinct()).desc(),
            func.abs(func.count(Result.id) - RESULTS_OF_HANDLER),
            Handler.id,
        )
        .limit(1)
    ).one()
    return row[0], row[1], row[2], row[3]


def _next_id(model: type[Provider] | type[Handler] | type[Case]) -> int:
    return (db.session.scalar(select(func.max(model.id))) or 0) + 1
