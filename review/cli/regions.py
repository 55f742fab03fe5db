import csv
from typing import TextIO

import click
from flask.cli import AppGroup

from review.domain.regions import load_regions
from review.errors import UnknownRegionError

regions = AppGroup("regions", help="The tree of provinces, cities and counties.")


@regions.command("load")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
def load_regions_file(file: TextIO) -> None:
    """Add or rename regions from a CSV file of six-digit codes and names, without a heading."""
    rows = [(row[0].strip(), row[1].strip()) for row in csv.reader(file) if len(row) > 1]
    try:
        count = load_regions(rows, by=None)
    except UnknownRegionError as error:
        raise click.ClickException(
            f"region {error} is not a six-digit code, or has no parent; nothing was loaded"
        ) from None
    click.echo(f"loaded {count} regions")
