import socket

import click
import flask_migrate
import waitress
from flask import current_app
from flask.cli import with_appcontext

from review.cli.demo import build

HERE = "127.0.0.1"
THREADS = 8


@click.command("serve")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
@click.pass_context
def serve(context: click.Context, port: int) -> None:
    """Bring the demo up to date, build it if it is not there yet, and serve it on this machine."""
    _refuse_taken(port)
    flask_migrate.upgrade()
    context.invoke(build)
    click.echo(f"✓ 打开 Open http://{HERE}:{port}  (Ctrl+C 停止 stops)")
    waitress.serve(
        current_app._get_current_object(),  # type: ignore[attr-defined]  # the proxy's own way out
        listen=f"{HERE}:{port}",
        threads=THREADS,
        _quiet=True,
    )


def _refuse_taken(port: int) -> None:
    try:
        socket.create_server((HERE, port)).close()
    except OSError:
        raise click.ClickException(
            f"端口 {port} 已被占用。Port {port} is taken; choose another: make demo PORT={port + 1}"
        ) from None
