from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.permissions import ROLE_PERMISSIONS, Permission
from rubrics.registry import all_rubrics
from tests import world
from tests.statements import counted

READERS = [
    Role.ORGANISER,
    Role.REVIEWER,
    Role.CHIEF,
]


@pytest.mark.parametrize("role", READERS)
def test_readers_see_every_rubric_as_an_example(
    app: Flask, client_as: Callable[[int], FlaskClient], role: Role
) -> None:
    assert Permission.RUBRIC_READ in ROLE_PERMISSIONS[role]
    with app.app_context():
        world.regions()
        member = world.person(role).id
        db.session.commit()
    client = client_as(member)
    client.get("/rubrics/")  # the digest key is read once for all
    with counted(app) as statements:
        index = client.get("/rubrics/").text
    assert len(statements) == 3  # the session, the bureaus' own rubrics, their own schemes
    assert "90 至 100" in index
    assert "60 至不满 80" in index
    for rubric in all_rubrics():
        assert rubric.title in index
        page = client.get(f"/rubrics/{rubric.key}").text
        assert "示例（非官方标准）" in page
        for criterion in rubric.criteria:
            assert criterion.title in page
            assert criterion.guidance in page


def test_unknown_rubric_is_not_found(app: Flask, client_as: Callable[[int], FlaskClient]) -> None:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER).id
        db.session.commit()
    for key in ("civil-first/99", "nonsense/1", "civil-first/99999999999999999999"):
        assert client_as(member).get(f"/rubrics/{key}").status_code == 404
