from flask import Flask

from review.extensions import db
from review.models.cases import Case
from tests import world


def fill(app: Flask) -> None:
    with app.app_context():
        world.regions()
        world.case(world.handler(), world.agency())
        db.session.commit()
    app.config.update(DATA_KEY=b"n" * 32, DATA_KEY_FALLBACKS=(b"k" * 32,))


def run(app: Flask, command: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["keys", command])
    return result.exit_code, result.output


def test_status_and_rotation_say_what_is_under_which_key(app: Flask) -> None:
    fill(app)
    code, words = run(app, "status")
    assert (code, "case.recipient_name: 0 under DATA_KEY, 1 under a former" in words) == (0, True)
    code, words = run(app, "rotate")
    assert (code, "case.recipient_name: 1 renewed, 0 were" in words) == (0, True)
    assert "DATA_KEY_FALLBACKS is needed no longer" in words
    code, words = run(app, "status")
    assert (code, "case.recipient_name: 1 under DATA_KEY, 0 under" in words) == (0, True)


def test_lost_key_is_an_error_that_says_how_much_and_what_to_do(app: Flask) -> None:
    fill(app)
    with app.app_context():
        db.session.query(Case).one().recipient_name = b"under a key that is lost"
        db.session.commit()
    for command in ("status", "rotate"):
        code, words = run(app, command)
        assert code == 1
        assert "opens 1 of case.recipient_name; they were left" in words
