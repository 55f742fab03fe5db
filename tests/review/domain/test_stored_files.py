"""What a rolled-back upload left behind goes, once nobody can still be at work on it."""

import os
import time

from flask import Flask

from review.domain.stored_files import LONGEST_WORK
from review.enums import Role
from review.extensions import db
from review.storage import keys, put
from tests import world

DAY_AND_A_BIT = LONGEST_WORK.total_seconds() + 60


def grow_old(app: Flask, key: str) -> None:
    path = app.config["PLATFORM"].data_dir / "files" / key[:2] / key
    os.utime(path, (time.time() - DAY_AND_A_BIT,) * 2)


def test_only_old_files_that_nothing_refers_to_are_removed(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        case = world.case(world.handler(), world.agency())
        world.dossier(case, world.person(Role.ORGANISER), full=b"of a dossier")
        db.session.commit()
        (known,) = keys()
        fresh, orphan = put([b"being taken in"]).key, put([b"rolled back"]).key
    for key in (known, orphan):
        grow_old(any_app, key)
    result = any_app.test_cli_runner().invoke(args=["files", "sweep"])
    assert result.output.startswith("1 files removed")
    with any_app.app_context():
        assert set(keys()) == {known, fresh}
