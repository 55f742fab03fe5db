from pathlib import Path

import click
import flask_migrate
from flask.cli import AppGroup

from review.domain.backup_rotation import remove_old_backups
from review.domain.backups import (
    Manifest,
    make_backup,
    refuse_filled_database,
    restore_backup,
    verify_backup,
)
from review.errors import DamagedBackupError, FilledDatabaseError

FOLDER = click.Path(file_okay=False, path_type=Path)
BACKUP = click.Path(exists=True, file_okay=False, path_type=Path)

backup = AppGroup("backup", help="备份与恢复 Copies of the whole platform.")


@backup.command("make")
@click.argument("folder", type=FOLDER)
@click.option("--roll", is_flag=True, help="按日、周、月保留 Keep 7 daily, 4 weekly, 12 monthly.")
def make(folder: Path, roll: bool) -> None:
    """在 FOLDER 中新建备份并逐字节核验 Make a backup in FOLDER and read it again."""
    try:
        place, manifest = make_backup(folder)
        click.echo(f"{place}  {_words(manifest)}")
        for name in remove_old_backups(folder) if roll else ():
            click.echo(f"removed {name}")
    except DamagedBackupError as error:
        raise click.ClickException(f"备份损坏 damaged: {error}") from None


@backup.command("verify")
@click.argument("place", type=BACKUP)
def verify(place: Path) -> None:
    """核验备份 Compare a backup with its manifest; changes nothing."""
    click.echo(f"whole: {_words(_verified(place))}")


@backup.command("restore")
@click.argument("place", type=BACKUP)
def restore(place: Path) -> None:
    """把备份恢复到空数据库 Put a backup into an empty database of either kind, and prove it."""
    manifest = _verified(place)
    try:
        refuse_filled_database()
        flask_migrate.upgrade(revision=manifest.revision)
        restore_backup(place, manifest)
    except FilledDatabaseError as error:
        raise click.ClickException(
            f"数据库不是空的 the database is not empty ({error}); name another in DATABASE_URL"
        ) from None
    except DamagedBackupError as error:
        raise click.ClickException(f"恢复结果与备份不符 not what was backed up: {error}") from None
    flask_migrate.upgrade()
    click.echo(f"restored: {_words(manifest)}")


def _verified(place: Path) -> Manifest:
    try:
        return verify_backup(place)
    except DamagedBackupError as error:
        raise click.ClickException(
            f"备份损坏，或密钥不对 damaged, or sealed under another DATA_KEY: {error}"
        ) from None


def _words(manifest: Manifest) -> str:
    rows = sum(count for count, _digest in manifest.tables.values())
    return f"{rows} rows in {len(manifest.tables)} tables, {len(manifest.files)} files"
