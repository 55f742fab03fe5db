from flask import Flask

from review.extensions import db
from tests import world
from tests.review.published import Bench


def test_rebuild_says_for_how_many_rounds(app: Flask) -> None:
    with app.app_context():
        bench = Bench()
        bench.round(bench.cases(world.COUNTY, (70, 80)), with_figures=False)
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["analysis", "rebuild"])
    assert result.output == "rebuilt the figures of 1 published rounds\n"
