import click
from flask.cli import AppGroup

from review.domain.stored_files import LONGEST_WORK, sweep_orphans

files = AppGroup("files", help="Dossier files outside the database.")


@files.command("sweep")
def sweep() -> None:
    """Remove files that no row of the database tells of.

    They are left where an upload was rolled back. Not before a restored database is known to be
    the right one: of the files stored after its backup it knows nothing.
    """
    hours = LONGEST_WORK.total_seconds() / 3600
    click.echo(f"{sweep_orphans()} files removed that nothing refers to, older than {hours:.0f} h")
