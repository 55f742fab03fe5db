import json

import click
from flask.cli import AppGroup

from review.domain.recomputation import recompute
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


@rubrics.command(name="recompute")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
def recompute_all(as_json: bool) -> None:
    """Work out every submitted review from its marks, and every published text's digest; what does
    not follow is named and ends with 1."""
    found = recompute()
    for number in found.different:
        click.echo(f"review {number}: the stored total does not follow from its marks", err=True)
    for key in found.altered:
        click.echo(f"{key}: the text is not the one that was published", err=True)
    wrong = {"different": len(found.different), "altered": len(found.altered)}
    counts = {"reviews": found.reviews, "definitions": found.definitions, **wrong}
    click.echo(json.dumps(counts, indent=None if as_json else 2))
    if any(wrong.values()):
        raise SystemExit(1)
