import json
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from review.demo.build import REGISTERS
from review.domain.cases import confirm_import, discard_import, stage_import, take_rejects
from review.domain.handlers import merge_handlers
from review.domain.register_staging import HIDDEN, SAMPLE_ROWS, open_refused, samples_of
from review.enums import CaseKind, ImportStatus, RegionLevel, RegisterPart, RejectReason, Role
from review.errors import NoHeadingError, OutOfReachError, StaleError, WrongStatusError
from review.extensions import db
from review.models.accounts import Membership, Region
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case, RegisterImport
from review.models.handler import Handler, Provider
from review.models.sampling import FrameCase, Stratum
from review.permissions import Actor
from review.privacy import decrypt_text
from review.queries.handlers import handler_line
from review.queries.register_content import content_of
from tests import world
from tests.register_files import ID_NUMBER, NAME, PHONE, register, row, rows, workbook
from tests.world import CITY, COUNTY, OTHER_CITY, PROVINCE


def actor(member: Membership) -> Actor:
    return Actor(member.user_id, member.user.name, member.id, member.role, member.region_code)


def organiser(region_code: str = CITY) -> Actor:
    if not db.session.scalar(select(func.count()).select_from(Region)):
        world.regions()
    return actor(world.person(Role.ORGANISER, region_code))


def stage(by: Actor, *cases: dict[str, Any]) -> RegisterImport:
    return stage_import(register(*cases), "台账.xlsx", by)


def imported(by: Actor, *cases: dict[str, Any]) -> RegisterImport:
    staged = stage(by, *cases)
    confirm_import(staged, by)
    return staged


def figures(import_: RegisterImport) -> tuple[int, ...]:
    names = ("data_rows_read", "created", "updated", "unchanged", "skipped", "refused")
    return tuple(import_.counts[name] for name in names)


def stored() -> list[Case]:
    return list(db.session.scalars(select(Case).order_by(Case.case_number)))


def freeze(case: Case, by: Actor) -> None:
    round_ = world.round_(db.session.get_one(Membership, by.membership_id))
    stratum = world.add(Stratum(round_id=round_.id, label="x", population=1))
    world.add(
        FrameCase(round_id=round_.id, case_id=case.id, stratum_id=stratum.id, canonical_number="x")
    )
    db.session.commit()


def test_staging_stores_no_case_and_confirming_stores_them_all(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        staged = stage(by, *rows(3))
        assert stored() == []
        statuses = [staged.status]
        confirm_import(staged, by)
        assert len(stored()) == 3
        assert [*statuses, staged.status] == [ImportStatus.PREVIEWED, ImportStatus.CONFIRMED]
        assert content_of(staged.id, RegisterPart.STAGED) is None
        assert figures(staged) == (3, 3, 0, 0, 0, 0)


def test_case_is_stored_with_every_fact_and_whom_it_names(app: Flask) -> None:
    with app.app_context():
        imported(organiser(), row())
        (case,) = stored()
        assert case.kind is CaseKind.CIVIL_FIRST
        assert case.closed_on == date(2024, 5, 6)
        assert case.recipient_categories == ["farmer", "woman"]
        assert str(case.subsidy_amount) == "1400.00"
        assert case.recipient_name
        assert decrypt_text(case.recipient_name) == NAME
        assert db.session.get_one(Agency, case.agency_id).region_code == COUNTY
        assert db.session.get_one(Provider, case.provider_id).name == "东川天和律师事务所"
        assert db.session.get_one(Handler, case.handler_id).licence_number == "1992005569896320"


def test_real_registers_import_with_counts_that_add_up(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        for code in range(990103, 990109):
            region = {"code": str(code), "name": f"县{code}", "level": RegionLevel.COUNTY}
            world.add(Region(**region, parent_code=CITY))
        db.session.commit()
        for name, taken in (("dongchuan-2023", 0), ("dongchuan-2024", 30)):
            data = (REGISTERS / f"{name}.xlsx").read_bytes()
            expected = json.loads((REGISTERS / f"{name}.expected.json").read_text())
            staged = stage_import(data, f"{name}.xlsx", by)
            confirm_import(staged, by)
            assert {key: staged.counts[key] for key in expected} == expected
            # 30 numbers of the second year stand for another person's case of the first year.
            assert staged.counts["created"] == expected["accepted_cases"] - taken
            read, *parts = figures(staged)
            assert read == sum(parts)
        assert len(stored()) == 1700 + 2052 - 30
        # Every licence that came as a number was matched by name and provider.
        unlicensed = select(func.count()).where(Handler.licence_number.is_(None))
        assert db.session.scalar(unlicensed) == 0


def test_same_file_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, *rows(3))
        assert figures(imported(by, *rows(3))) == (3, 0, 0, 3, 0, 0)
        assert len(stored()) == 3


def test_newer_file_updates_the_changed_case_only(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, *rows(3))
        first, second, third = rows(3)
        result = imported(by, first, second | {"卷宗页数": 99}, third)
        assert figures(result) == (3, 0, 1, 2, 0, 0)
        assert [case.dossier_pages for case in stored()] == [62, 99, 62]


def test_corrected_name_of_a_handler_is_a_change_until_the_two_are_merged(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, *rows(2))
        first, second = rows(2)
        renamed = second | {"承办人员": "任永佳"}
        assert figures(imported(by, first, renamed)) == (2, 0, 1, 1, 0, 0)
        one, other = (case.handler_id for case in stored())
        assert one != other
        kept, gone = handler_line(by, one), handler_line(by, other)
        assert kept
        assert gone
        merge_handlers(kept, gone, by)
        newer = renamed | {"卷宗页数": 99}  # of the page count alone: 任永佳 now means 任勇佳
        change = imported(by, first, newer)
        assert figures(change) == (2, 0, 1, 1, 0, 0)
        assert {case.handler_id for case in stored()} == {one}
        assert change.counts["changed_fields"] == {"dossier_pages": 1}


def test_changed_case_in_a_frame_is_refused_and_an_equal_one_is_not(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, *rows(2))
        for case in stored():
            freeze(case, by)
        first, second = rows(2)
        result = imported(by, first, second | {"卷宗页数": 99})
        assert figures(result) == (2, 0, 0, 1, 0, 1)
        assert result.counts["refused_by_reason"] == {"already_in_frame": 1}
        assert [case.dossier_pages for case in stored()] == [62, 62]


def test_number_of_another_persons_case_is_refused(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, row())
        other = row(受援人="司马丙", 身份证号="990101198001010000")
        assert imported(by, other).counts["refused_by_reason"] == {"number_taken": 1}
        assert figures(imported(by, row(受援人="欧阳甲已"))) == (1, 0, 1, 0, 0, 0)  # a correction


def test_case_outside_the_imports_region_is_refused(app: Flask) -> None:
    with app.app_context():
        by = organiser(CITY)
        inside, outside, unknown = rows(3)
        result = imported(
            by, inside, outside | {"机构代码": "990201"}, unknown | {"机构代码": "990177"}
        )
        assert result.counts["refused_by_reason"] == {"outside_region": 2}
        assert len(stored()) == 1


def test_number_stored_outside_the_organisers_tree_is_refused(app: Flask) -> None:
    with app.app_context():
        imported(organiser(OTHER_CITY), row(机构代码="990201"))
        result = imported(organiser(CITY), row())
        assert result.counts["refused_by_reason"] == {"number_taken": 1}
        assert stored()[0].region_code == "990201"


def test_region_outside_the_actors_own_is_refused(app: Flask) -> None:
    with app.app_context():
        by = organiser(CITY)
        with pytest.raises(OutOfReachError):
            stage_import(register(row()), "台账.xlsx", by, region_code=OTHER_CITY)
        wide = organiser(PROVINCE)
        staged = stage_import(register(row()), "台账.xlsx", wide, region_code=CITY)
        assert staged.region_code == CITY


def test_handler_without_a_usable_licence_is_found_by_name_and_provider(app: Flask) -> None:
    with app.app_context():
        first, second, third = rows(3)
        lost = 1992005569896320.0
        imported(
            organiser(),
            first,
            second | {"执业证号": lost},
            third | {"执业证号": lost, "承办人员": "新人"},
        )
        by_number = [db.session.get_one(Handler, case.handler_id) for case in stored()]
        assert by_number[0] is by_number[1]
        assert (by_number[2].name, by_number[2].licence_number) == ("新人", None)


def test_two_handlers_of_one_name_and_office_are_never_guessed_between(app: Flask) -> None:
    with app.app_context():
        first, second, third = rows(3)
        other = second | {"执业证号": "1992000000000000"}
        imported(organiser(), first, other, third | {"执业证号": None})
        ids = [case.handler_id for case in stored()]
        assert len(set(ids)) == 3
        assert db.session.get_one(Handler, ids[2]).licence_number is None


def test_confirming_twice_has_one_effect(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        staged = imported(by, *rows(2))
        with pytest.raises(WrongStatusError):
            confirm_import(staged, by)
        with pytest.raises(WrongStatusError):
            discard_import(staged, by)
        assert len(stored()) == 2
        assert staged.status is ImportStatus.CONFIRMED


def test_discarded_import_keeps_nothing_and_cannot_be_confirmed(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        staged = stage(by, row(), row(承办人员=None))
        discard_import(staged, by)
        assert staged.status is ImportStatus.DISCARDED
        assert [content_of(staged.id, part) for part in RegisterPart] == [None] * 4
        with pytest.raises(WrongStatusError):
            confirm_import(staged, by)
        assert stored() == []


def test_confirming_that_fails_half_way_stores_nothing(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        staged_id = stage(by, *rows(3)).id

        def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith('INSERT INTO "case"'):
                raise RuntimeError("the disk is gone")

        event.listen(db.engine, "after_cursor_execute", fail)
        with pytest.raises(RuntimeError, match="disk"):
            confirm_import(db.session.get_one(RegisterImport, staged_id), by)
        event.remove(db.engine, "after_cursor_execute", fail)
        db.session.rollback()
        assert stored() == []
        assert db.session.scalar(select(func.count()).select_from(Provider)) == 0
        staged = db.session.get_one(RegisterImport, staged_id)
        assert staged.status is ImportStatus.PREVIEWED
        confirm_import(staged, by)
        assert len(stored()) == 3


def test_import_that_another_overtook_is_refused_as_stale(any_app: Flask) -> None:
    with any_app.app_context():
        by = organiser()
        staged = stage(by, *rows(2))
        imported(by, rows(1)[0])
        with pytest.raises(StaleError):
            confirm_import(staged, by)
        assert len(stored()) == 1
        assert staged.status is ImportStatus.PREVIEWED


def test_unreadable_register_stores_nothing(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        db.session.commit()
        with pytest.raises(NoHeadingError):
            stage_import(workbook([["a"]]), "台账.xlsx", by)
        assert db.session.scalar(select(func.count()).select_from(RegisterImport)) == 0


def test_each_step_is_audited_with_counts_only(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        staged = stage(by, row(), row(案件编号=None))
        take_rejects(staged, by)
        confirm_import(staged, by)
        discard_import(stage(by, row()), by)
        events = list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
        assert [event.action for event in events] == [
            "register.staged",
            "register.rejects_taken",
            "register.confirmed",
            "register.staged",
            "register.discarded",
        ]
        assert all(isinstance(value, int) for each in events for value in each.details.values())


def test_refused_rows_are_kept_as_they_were(app: Flask) -> None:
    with app.app_context():
        staged = stage(organiser(), row(), row(案件编号=None, 补贴金额="一千"))
        ((sheet,),) = [open_refused(content_of(staged.id, RegisterPart.REJECTS))]
        (refused,) = sheet.rows
        cells = dict(zip(sheet.headings, refused.cells, strict=True))
        assert (refused.number, cells["补贴金额"], cells["受援人"]) == (5, "一千", NAME)
        assert [p.reason for p in refused.problems] == [
            RejectReason.MISSING_CASE_NUMBER,
            RejectReason.UNREADABLE_CELL,
        ]


def test_samples_hide_personal_cells_and_are_few(app: Flask) -> None:
    with app.app_context():
        cases = [case | {"受援人": "#REF!", "案件类型": "民事"} for case in rows(7)]
        staged = stage(organiser(), *cases)
        samples = samples_of(open_refused(content_of(staged.id, RegisterPart.REJECTS)))
        found = samples[RejectReason.UNREADABLE_CELL]
        assert len(found) == SAMPLE_ROWS
        assert {sample.content for sample in found} == {HIDDEN}


def test_nothing_personal_is_on_the_disk_in_clear(sqlite_app: Flask, tmp_path: Path) -> None:
    planted = [word.encode() for word in (NAME, ID_NUMBER, PHONE, "司马丙", "13911112222")]

    def assert_clean() -> None:
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert any(b"SQLite" in file.read_bytes() for file in files)
        leaks = [(f.name, word) for f in files for word in planted if word in f.read_bytes()]
        assert leaks == []

    with sqlite_app.app_context():
        by = organiser()
        refused = row(案件编号=None, 受援人="司马丙", 联系电话="13911112222")
        staged = stage(by, row(), refused)
        assert_clean()
        for part in (RegisterPart.STAGED, RegisterPart.REJECTS):
            packed = content_of(staged.id, part)  # packed text would pass the search above
            assert packed
            with pytest.raises(zlib.error):
                zlib.decompress(packed)
        confirm_import(staged, by)
        assert_clean()
        db.session.remove()
        db.engine.dispose()
        assert_clean()
