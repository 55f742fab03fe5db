import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from review.jobs import run_due, work


@click.command("worker")
@click.option("--once", is_flag=True, help="Run what is due now, then end.")
@with_appcontext
def worker(once: bool) -> None:
    """Run jobs from the queue until stopped; the job in hand is finished first."""
    if once:
        click.echo(f"{run_due()} jobs")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    work(current_app._get_current_object(), stop)  # type: ignore[attr-defined]  # the proxy's way out
