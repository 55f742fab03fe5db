import pytest
from flask import Flask

from review.enums import Role
from review.extensions import db
from tests import world
from tests.world import CITY, COUNTY, OTHER_CITY, PROVINCE


@pytest.fixture
def members(app: Flask) -> dict[str, int]:
    """Membership ids: an organiser for each region of the small province, and others."""
    with app.app_context():
        world.regions()
        found = {
            region: world.person(Role.ORGANISER, region).id
            for region in (PROVINCE, CITY, COUNTY, OTHER_CITY)
        }
        found |= {role.value: world.person(role, CITY).id for role in (Role.CHIEF, Role.AUDITOR)}
        db.session.commit()
    return found
