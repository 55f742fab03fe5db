from pathlib import Path

import pytest
from flask import Flask

from review.domain.regions import load_regions
from review.enums import RegionLevel
from review.errors import UnknownRegionError
from review.extensions import db
from review.models.accounts import Region
from review.models.audit import AuditEvent

ROWS = [("990101", "城关区"), ("990000", "示范省"), ("990100", "东川市")]


def test_regions_are_loaded_as_a_tree_in_any_order(any_app: Flask) -> None:
    with any_app.app_context():
        assert load_regions(ROWS, by=None) == 3
        county = db.session.get_one(Region, "990101")
        city = db.session.get_one(Region, "990100")
        assert (county.level, county.parent_code) == (RegionLevel.COUNTY, "990100")
        assert (city.level, city.parent_code) == (RegionLevel.CITY, "990000")
        assert db.session.get_one(Region, "990000").parent_code is None
        event = db.session.query(AuditEvent).one()
        assert (event.action, event.details) == ("regions.loaded", {"regions": 3})


def test_known_region_is_renamed(app: Flask) -> None:
    with app.app_context():
        load_regions(ROWS, by=None)
        load_regions([("990101", "新城区")], by=None)
        assert db.session.query(Region).count() == 3
        assert db.session.get_one(Region, "990101").name == "新城区"


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("99010", "五位"), "99010"),
        (("99010a", "字母"), "99010a"),
        (("９９０１０１", "全角"), "９９０１０１"),
        (("990201", "无上级"), "990200"),
    ],
)
def test_wrong_code_or_missing_parent_loads_nothing(
    app: Flask, row: tuple[str, str], named: str
) -> None:
    with app.app_context():
        with pytest.raises(UnknownRegionError, match=named):
            load_regions([*ROWS, row], by=None)
        db.session.rollback()
        assert db.session.query(Region).count() == 0


def test_command_reads_a_csv_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "regions.csv"
    file.write_text("\ufeff990000,示范省\n990100,东川市\n", encoding="utf-8")
    shell = app.test_cli_runner()
    assert shell.invoke(args=["regions", "load", str(file)]).output == "loaded 2 regions\n"
    file.write_text("990301,无上级\n", encoding="utf-8")
    refused = shell.invoke(args=["regions", "load", str(file)])
    assert refused.exit_code == 1
    assert "region 990300 is not a six-digit code, or has no parent" in refused.output
