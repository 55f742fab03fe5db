import json
from pathlib import Path

import click
from flask.cli import AppGroup

from review.domain.cases import confirm_import, read_register, stage_import
from review.errors import DomainError, RegisterError
from review.forms.cases import register_error_words
from review.queries.accounts import organiser_named

cases = AppGroup("cases", help="Registers of closed cases.")


@cases.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check only; the database is not used.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
@click.option("--region", help="The region whose register it is (行政区划代码).")
@click.option("--by", "email", help="The organiser in whose name it is imported.")
def import_(
    file: Path, dry_run: bool, as_json: bool, region: str | None, email: str | None
) -> None:
    """Import FILE, a 结案台账 (.xlsx, .xlsm, .xls, .ods, .csv), and print what became of it."""
    try:
        counts = (
            read_register(file.read_bytes(), file.name).counts()
            if dry_run
            else _import(file, region, email)
        )
    except RegisterError as error:
        raise click.ClickException(str(register_error_words(error))) from None
    click.echo(json.dumps(counts, ensure_ascii=False) if as_json else _in_words(counts))


def _import(file: Path, region: str | None, email: str | None) -> dict[str, object]:
    if not region or not email:
        raise click.UsageError("--region and --by are needed unless --dry-run is given")
    actor = organiser_named(email, region)
    if actor is None:
        raise click.ClickException(f"{email} is no organiser of region {region}")
    try:
        register_import = stage_import(file.read_bytes(), file.name, actor, region_code=region)
        confirm_import(register_import, actor)
    except RegisterError:
        raise
    except DomainError as error:
        raise click.ClickException(f"{type(error).__name__}: {type(error).__doc__}") from None
    return register_import.counts


def _in_words(counts: dict[str, object]) -> str:
    return json.dumps(counts, ensure_ascii=False, indent=2)
