"""An import taken back leaves the database as it was before, row for row and byte for byte."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from review.domain import register_rows
from review.domain.cases import confirm_import, stage_import, undo_import
from review.domain.register_rows import kept_row, restored_row
from review.domain.register_staging import open_changes
from review.enums import ImportStatus, JobFailure, RegisterPart, Role, UndoObstacle
from review.errors import CannotUndoError, JobFailedError, WrongStatusError
from review.extensions import db
from review.models.cases import Agency, Case, RegisterImport
from review.models.handler import Handler, Provider
from review.permissions import Actor
from review.privacy import decrypt_text, encrypt_text
from review.queries.register_content import content_of
from tests import world
from tests.register_files import HEADINGS, register, row, rows
from tests.review.domain.test_cases import freeze, imported, organiser, stored

CONTENT = (Agency, Provider, Handler, Case)


def contents() -> dict[str, list[Any]]:
    """Every row of the tables that an import writes to, as the database holds it."""
    tables = [model.__table__ for model in CONTENT]
    found = {
        str(t): [tuple(r) for r in db.session.execute(select(t).order_by(*t.primary_key))]
        for t in tables
    }
    db.session.commit()
    return found


def newer() -> list[dict[str, Any]]:
    """Of three cases one as it was, one with other facts, and one new with new people."""
    same, changed, fresh = rows(3)
    changed |= {"卷宗页数": 99, "结案方式": "败诉", "受援人": "司马丙", "补贴金额": None}
    changed |= {"承办人员": "新人甲", "执业证号": "1992001111111111"}
    people = {"承办机构": "西岭明德律师事务所", "承办人员": "新人乙", "执业证号": None}
    return [same, changed, fresh | people | {"机构代码": "990102", "受理机构": "南湖区中心"}]


def test_undoing_leaves_the_database_as_it_was(any_app: Flask) -> None:
    with any_app.app_context():
        by = organiser()
        imported(by, *rows(2))
        before = contents()
        done = imported(by, *newer())
        assert (done.counts["created"], done.counts["updated"]) == (1, 1)
        assert all(contents()[table] != before[table] for table in before)
        undo_import(done, by)
        assert contents() == before
        assert done.status is ImportStatus.UNDONE


def test_first_import_undone_leaves_nothing(any_app: Flask) -> None:
    with any_app.app_context():
        by = organiser()
        before = contents()
        undo_import(imported(by, *rows(3)), by)
        assert contents() == before == {str(model.__table__): [] for model in CONTENT}


def test_same_file_can_be_imported_again_after_undoing(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        undo_import(imported(by, *rows(3)), by)
        assert imported(by, *rows(3)).counts["created"] == 3


def test_undoing_twice_is_refused(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        done = imported(by, *rows(2))
        undo_import(done, by)
        with pytest.raises(WrongStatusError):
            undo_import(done, by)


def test_import_with_a_case_in_a_frame_stays(any_app: Flask) -> None:
    with any_app.app_context():
        by = organiser()
        imported(by, *rows(2))
        done = imported(by, *newer())
        freeze(stored()[1], by)  # a case that this import updated
        before = contents()
        with pytest.raises(CannotUndoError) as refused:
            undo_import(done, by)
        assert refused.value.obstacle is UndoObstacle.IN_FRAME
        assert contents() == before
        assert done.status is ImportStatus.CONFIRMED


def test_imports_are_undone_latest_first(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        start = contents()
        first, second = imported(by, *rows(2)), imported(by, *newer())
        with pytest.raises(CannotUndoError) as refused:
            undo_import(first, by)
        assert refused.value.obstacle is UndoObstacle.CHANGED_SINCE
        undo_import(second, by)
        undo_import(first, by)
        assert contents() == start


def test_people_whom_another_import_names_too_stay(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        one, other = rows(2)
        first = imported(by, one)
        imported(by, other)
        undo_import(first, by)
        (case,) = stored()
        assert db.session.get(Handler, case.handler_id)
        assert db.session.get(Provider, case.provider_id)


def test_import_whose_handler_has_an_account_stays_as_a_whole(any_app: Flask) -> None:
    with any_app.app_context():
        by = organiser()
        done = imported(by, row())
        world.person(Role.HANDLER, handler_id=stored()[0].handler_id)
        db.session.commit()
        before = contents()
        with pytest.raises(JobFailedError) as refused:
            undo_import(done, by)
        assert refused.value.failure is JobFailure.IN_USE
        assert contents() == before


def test_only_changed_fields_are_written(any_app: Flask) -> None:
    with any_app.app_context():
        by = organiser()
        imported(by, row())
        sealed = stored()[0].recipient_name
        done = imported(by, row(卷宗页数=99))
        assert stored()[0].dossier_pages == 99
        assert stored()[0].recipient_name == sealed  # other bytes, had it been encrypted again
        (change,) = open_changes(content_of(done.id, RegisterPart.CHANGES))
        assert [(d.field.value, d.before, d.after) for d in change.differences] == [
            ("dossier_pages", 62, 99)
        ]


def test_personal_fields_are_masked_in_what_is_shown(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, row())
        done = imported(by, row(受援人="司马丙", 联系电话="13911112222"))
        (change,) = open_changes(content_of(done.id, RegisterPart.CHANGES))
        assert [tuple(d) for d in change.differences] == [
            ("recipient", "欧**", "司**"),
            ("phone", "***", "***"),
        ]


def test_column_that_a_newer_file_leaves_out_keeps_what_is_stored(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, row())
        fewer = [h for h in HEADINGS if h not in {"卷宗页数", "结案方式", "审级", "受援人"}]
        staged = stage_import(register(row(案由="继承纠纷"), headings=fewer), "台账.xlsx", by)
        confirm_import(staged, by)
        case = stored()[0]
        assert (case.cause, case.dossier_pages, case.outcome) == ("继承纠纷", 62, "won")
        assert case.recipient_name
        assert staged.counts["changed_fields"] == {"cause": 1}


def test_cell_that_a_newer_file_empties_is_emptied(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, row())
        done = imported(by, row(卷宗页数=None))
        assert done.counts["changed_fields"] == {"dossier_pages": 1}
        assert stored()[0].dossier_pages is None


def test_row_that_differs_only_in_what_is_not_stored_is_unchanged(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, row())
        assert imported(by, row(受理机构="城关区援助中心")).counts["unchanged"] == 1


def test_recipient_comes_back_after_a_change_of_the_data_key(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        sealed = encrypt_text("欧阳甲")
        kept = kept_row({"recipient_name": sealed, "cause": None})
        assert restored_row(kept)["recipient_name"] == sealed
        monkeypatch.setattr(register_rows, "is_current", lambda _sealed: False)
        again = restored_row(kept)["recipient_name"]
        assert again != sealed
        assert decrypt_text(again) == "欧阳甲"


def test_counts_always_add_up(app: Flask) -> None:
    with app.app_context():
        by = organiser()
        imported(by, *rows(4))
        freeze(stored()[3], by)
        same, changed, _gone, framed = rows(4)
        file = [same, same, changed | {"卷宗页数": 1}, framed | {"卷宗页数": 1}]
        file += [row(), row(案件类型="公益")]
        counts = imported(by, *file).counts
        parts = [counts[n] for n in ("created", "updated", "unchanged", "skipped", "refused")]
        # The last two share a number, so both are refused, beside the one in the frame.
        assert (counts["data_rows_read"], parts) == (6, [0, 1, 1, 1, 3])


def test_reports_come_between_transactions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from review.domain import register_plan
    from review.domain.register import read_register

    seen = []

    def report(done: int, total: int) -> None:
        assert not db.session().in_transaction()
        seen.append((done, total))

    monkeypatch.setattr(register_plan, "REPORT_ROWS", 1)
    with app.app_context():
        by: Actor = organiser()
        imported(by, rows(1)[0])
        read = read_register(register(*rows(3)), "台账.xlsx")
        register_plan.plan_import(read, by.region_code, report)
        assert seen == [(0, 3), (1, 3), (2, 3)]
        assert db.session.scalars(select(RegisterImport)).one()
