from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from review.config import Config
from review.demo import build as province
from review.demo import dossier_shelf
from review.demo.cases import FULL_SIZE
from review.demo.database import database_file
from review.demo.progress import Progress

FEWEST_CASES = 500
"""With fewer, a round of one city may find nothing to draw from."""

demo = AppGroup("demo", help="The fictional demo province.")


@demo.command("build")
@click.option("--seed", default=province.SEED, show_default=True, help="Same seed, same figures.")
@click.option(
    "--cases",
    default=FULL_SIZE,
    show_default=True,
    type=click.IntRange(min=FEWEST_CASES),
    help="Closed cases of the latest year; the earlier years shrink with it.",
)
@click.option("--again", is_flag=True, help="Replace a demo province that is there already.")
def build(seed: int, cases: int, again: bool) -> None:
    """Build the demo province, unless it is there already."""
    file = _database_file()
    if province.is_built() and not again:
        click.echo(f"The demo province is complete and kept: {file} (--again makes it anew)")
        return
    if not province.is_built() and not province.is_empty():
        raise click.ClickException(
            f"{file} holds accounts that are not the demo's. Nothing was changed; "
            "move the file away, or set DATA_DIR to another folder."
        )
    progress = Progress(province.STEPS)
    progress.say(f"Building the demo province in {file.parent} (seed {seed}, {cases:,} cases) ...")
    province.build(file, seed=seed, size=cases, progress=progress)
    progress.say(f"Done in {progress.seconds:.0f} s: {file}, {file.parent / province.TRUTH_FILE}")


@demo.command("dossiers")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=province.SEED, show_default=True, help="Same seed, same papers.")
@click.option("--count", default=5, show_default=True, type=click.IntRange(min=1))
def dossiers(folder: Path, seed: int, count: int) -> None:
    """Write dossiers of cases being marked into FOLDER, named by case number, with their truth."""
    _database_file()
    if not province.is_built():
        raise click.ClickException("There is no demo province yet: run `flask demo build` first.")
    folder.mkdir(parents=True, exist_ok=True)
    chosen = dossier_shelf.cases_being_marked(count)
    for path in dossier_shelf.export(dossier_shelf.known_cases(chosen), folder, seed):
        click.echo(path)


def _database_file() -> Path:
    config: Config = current_app.config["PLATFORM"]
    if not config.is_demo:
        raise click.ClickException(
            "The demo province is built only with PLATFORM_MODE=demo, never among real data."
        )
    file = database_file()
    if file is None:
        raise click.ClickException(
            "The demo province is built into an SQLite file, but DATABASE_URL names another kind."
        )
    return file
