"""The same verbs from the shell."""

from flask import Flask

from review.cli.accounts import create_admin
from review.cli.analysis import analysis
from review.cli.audit import audit
from review.cli.backups import backup
from review.cli.cases import cases
from review.cli.demo import demo
from review.cli.files import files
from review.cli.keys import keys
from review.cli.panels import panels
from review.cli.regions import regions
from review.cli.rubrics import rubrics
from review.cli.serve import serve
from review.cli.worker import worker


def init_app(app: Flask) -> None:
    """Add every command."""
    app.cli.add_command(create_admin)
    app.cli.add_command(analysis)
    app.cli.add_command(audit)
    app.cli.add_command(backup)
    app.cli.add_command(cases)
    app.cli.add_command(demo)
    demo.add_command(serve)
    app.cli.add_command(files)
    app.cli.add_command(keys)
    app.cli.add_command(panels)
    app.cli.add_command(regions)
    app.cli.add_command(rubrics)
    app.cli.add_command(worker)
