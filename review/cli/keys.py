import click
from flask.cli import AppGroup

from review.domain.keys import KeyUse, key_use, rotate_keys

keys = AppGroup("keys", help="The data key, and what is encrypted under it.")


@keys.command("rotate")
def rotate() -> None:
    """Encrypt everything anew under DATA_KEY; former keys are read from DATA_KEY_FALLBACKS."""
    found = rotate_keys()
    for use in found:
        click.echo(f"{use.column}: {use.former} renewed, {use.current} were under DATA_KEY before")
    _refuse_unreadable(found)
    click.echo("everything is under DATA_KEY; DATA_KEY_FALLBACKS is needed no longer")


@keys.command("status")
def status() -> None:
    """Count what is under DATA_KEY and what still needs DATA_KEY_FALLBACKS."""
    found = key_use()
    for use in found:
        click.echo(f"{use.column}: {use.current} under DATA_KEY, {use.former} under a former key")
    _refuse_unreadable(found)


def _refuse_unreadable(found: list[KeyUse]) -> None:
    lost = [f"{use.unreadable} of {use.column}" for use in found if use.unreadable]
    if lost:
        raise click.ClickException(
            f"no configured key opens {', '.join(lost)}; they were left as they are. "
            "Put the key they were written under into DATA_KEY_FALLBACKS and rotate again."
        )
