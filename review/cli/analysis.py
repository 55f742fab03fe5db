import click
from flask.cli import AppGroup

from review.domain.analysis import refresh_all

analysis = AppGroup("analysis", help="Figures of published rounds.")


@analysis.command("rebuild")
def rebuild_analysis() -> None:
    """Rebuild every roll-up of published results from the rows."""
    click.echo(f"rebuilt the figures of {refresh_all()} published rounds")
