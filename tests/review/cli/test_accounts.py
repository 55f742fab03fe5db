import re

from flask import Flask

from review.extensions import db
from review.models.accounts import Invitation, User
from tests import world

ARGUMENTS = ["create-admin", "--email", "Root@Example.org ", "--name", "管理员甲"]


def test_first_administrator_gets_a_link_that_works_once(app: Flask) -> None:
    with app.app_context():
        world.regions()
        db.session.commit()
    result = app.test_cli_runner().invoke(args=[*ARGUMENTS, "--url", "https://review.test/"])
    assert result.exit_code == 0
    found = re.search(r"https://review\.test(/invitations/[\w-]{43})$", result.output.strip())
    assert found is not None
    client = app.test_client()
    data = {"name": "管理员甲", "new": "Lantern-River-42", "again": "Lantern-River-42"}
    assert client.post(found[1], data=data).status_code == 302
    assert client.get("/").location == "/accounts"
    assert app.test_client().get(found[1]).status_code == 404
    with app.app_context():
        assert db.session.query(User).one().email == "root@example.org"


def test_without_a_province_the_command_says_what_to_do_first(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=ARGUMENTS)
    assert result.exit_code == 1
    assert "flask regions load" in result.output


def test_what_is_no_address_is_refused(app: Flask) -> None:
    with app.app_context():
        world.regions()
        db.session.commit()
    result = app.test_cli_runner().invoke(
        args=["create-admin", "--email", "root", "--name", "管理员甲"]
    )
    assert result.exit_code == 1
    with app.app_context():
        assert db.session.query(Invitation).count() == 0


def test_a_new_database_has_no_account(app: Flask) -> None:
    with app.app_context():
        assert db.session.query(User).count() == 0
