import json

import click
from flask.cli import AppGroup

from review.domain.rubrics import check_shipped
from review.forms.definitions import problem_words

rubrics = AppGroup("rubrics", help="Rubrics and grading schemes.")


@rubrics.command()
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
def check(as_json: bool) -> None:
    """Read and check every shipped rubric and scheme; problems are named and end with 1."""
    rubrics, schemes, problems = check_shipped()
    for problem in problems:
        click.echo(problem_words(problem), err=True)
    counts = {"rubrics": rubrics, "schemes": schemes, "problems": len(problems)}
    click.echo(json.dumps(counts, indent=None if as_json else 2))
    if problems:
        raise SystemExit(1)
