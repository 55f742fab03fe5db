from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from review.domain import backups
from review.domain.backup_rotation import kept_moments, remove_old_backups
from review.domain.backups import FILES, MOMENT, make_backup
from review.enums import Role
from review.errors import DamagedBackupError
from review.extensions import db
from tests import world

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday


def test_of_a_year_of_daily_backups_days_weeks_and_months_are_kept() -> None:
    moments = [NOW - timedelta(days=n) for n in range(365)]
    kept = kept_moments(moments)
    days = {NOW - timedelta(days=n) for n in range(7)}
    # The weeks' last days: today's, then the Sundays 22, 15 and 8 November.
    weeks = {NOW, *(NOW - timedelta(days=n) for n in (2, 9, 16))}
    months = {moment for moment in moments if (moment + timedelta(days=1)).day == 1}
    last_months = set(sorted(months)[-11:]) | {NOW}
    assert kept == days | weeks | last_months
    assert len(kept) == 7 + 2 + 11  # today and Sunday are among the days


def test_of_several_backups_in_a_day_the_last_is_kept() -> None:
    hours = [NOW + timedelta(hours=n) for n in range(5)]
    assert kept_moments(hours) == {hours[-1]}


def test_few_backups_are_all_kept() -> None:
    moments = {NOW - timedelta(days=n) for n in (0, 3, 40)}
    assert kept_moments(moments) == moments
    assert kept_moments([]) == set()


@pytest.fixture
def folder(sqlite_app: Flask, tmp_path: Path) -> Path:
    """Two backups of one day; the file of a dossier that went is in the earlier one alone."""
    with sqlite_app.app_context():
        db.session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR)"))
        db.session.execute(text("INSERT INTO alembic_version VALUES ('1')"))
        world.regions()
        case = world.case(world.handler(), world.agency())
        world.dossier(case, world.person(Role.ORGANISER), full=b"content")
        db.session.commit()
        early, _manifest = make_backup(tmp_path / "b")
        early.rename(early.with_name(f"{NOW:{MOMENT}}"))
        db.session.execute(text("DELETE FROM dossier_copy"))
        db.session.execute(text("DELETE FROM stored_file"))
        db.session.commit()
        late, _manifest = make_backup(tmp_path / "b")
        late.rename(late.with_name(f"{NOW + timedelta(hours=1):{MOMENT}}"))
    return tmp_path / "b"


def test_files_that_only_old_backups_tell_of_go_with_them(sqlite_app: Flask, folder: Path) -> None:
    assert len(list((folder / FILES).glob("??/*"))) == 1
    with sqlite_app.app_context():
        assert remove_old_backups(folder) == [f"{NOW:{MOMENT}}"]
    assert [place.name for place in folder.glob("2*")] == [f"{NOW + timedelta(hours=1):{MOMENT}}"]
    assert list((folder / FILES).glob("??/*")) == []


def test_nothing_goes_while_a_kept_backup_is_damaged(sqlite_app: Flask, folder: Path) -> None:
    (folder / f"{NOW + timedelta(hours=1):{MOMENT}}" / backups.TABLES).write_bytes(b"")
    with sqlite_app.app_context(), pytest.raises(DamagedBackupError):
        remove_old_backups(folder)
    assert len(list(folder.glob("2*"))) == 2
