import click
from flask import current_app
from flask.cli import with_appcontext

from review.domain.invitations import VALID_FOR, invite_first_administrator
from review.queries.invitations import province_code


@click.command("create-admin")
@click.option("--email", prompt=True, help="The administrator's address, for signing in.")
@click.option("--name", prompt=True, help="The administrator's name.")
@click.option("--url", default="http://127.0.0.1:8000", help="Where the platform is reached.")
@with_appcontext
def create_admin(email: str, name: str, url: str) -> None:
    """Invite an administrator: print a link that works once, to set a password with."""
    province = province_code()
    if province is None:
        raise click.ClickException(
            "there is no province yet; load the regions first: flask regions load FILE.csv"
        )
    if "@" not in email:
        raise click.ClickException(f"{email!r} is not an e-mail address")
    token = invite_first_administrator(email.strip().lower(), name.strip(), province)
    path = current_app.url_map.bind("").build("invitations.accept", {"token": token})
    click.echo(f"open this link within {VALID_FOR.days} days; it works once:")
    click.echo(url.rstrip("/") + path)
