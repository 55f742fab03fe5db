"""The flood fence in front of sign-in is one for all processes when Redis keeps its count."""

from pathlib import Path

from flask import Flask

from review import SIGN_INS, create_app
from review.config import Mode
from review.extensions import db
from tests.conftest import test_config as settings

ALLOWED = int(SIGN_INS.split()[0])
ATTACKER, SOMEBODY = "192.0.2.66", "192.0.2.1"


def instance(tmp_path: Path, redis_url: str | None) -> Flask:
    """One process of a platform whose database is shared."""
    app = create_app(settings(tmp_path, mode=Mode.DEMO, redis_url=redis_url))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return app


def attempt(app: Flask, address: str = ATTACKER) -> int:
    too_long = {"email": "a" * 300}  # refused before it is counted or any password hashed
    origin = {"REMOTE_ADDR": address}
    return app.test_client().post("/sign-in", data=too_long, environ_overrides=origin).status_code


def test_fence_holds_across_instances_that_share_redis(tmp_path: Path, redis_url: str) -> None:
    first = instance(tmp_path, redis_url)
    assert {attempt(first) for _ in range(ALLOWED)} == {422}
    second = instance(tmp_path, redis_url)
    assert attempt(second) == 429
    assert attempt(second, SOMEBODY) == 422


def test_without_redis_each_instance_counts_for_itself(tmp_path: Path) -> None:
    first = instance(tmp_path, None)
    assert {attempt(first) for _ in range(ALLOWED)} == {422}
    assert attempt(first) == 429
    assert attempt(instance(tmp_path, None)) == 422
