import zipfile
from io import BytesIO

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from review.domain.register_facts import Problem
from review.domain.register_staging import RefusedRow, RefusedSheet
from review.enums import RejectReason
from review.exports.registers import rejects_workbook

LEADS = ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "{=1+1}", "http://x.example", "mailto:a@x.example"]


@pytest.mark.parametrize("lead", LEADS)
def test_no_text_becomes_a_formula_or_a_link(app: Flask, lead: str) -> None:
    refused = RefusedRow(
        5, [lead, 3.5, None], [Problem(RejectReason.MISSING_HANDLER, ("承办人员",))]
    )
    with app.app_context():
        data = rejects_workbook([RefusedSheet("结案台账", [lead, "数", "空"], [refused])])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == rows[1][0] == lead
    assert rows[1][1:] == [3.5, "", "缺少承办人员：承办人员", "结案台账", 5.0]


def test_clash_names_the_other_row(app: Flask) -> None:
    clash = Problem(RejectReason.CONFLICTING_DUPLICATE, ("承办人员",), 17)
    with app.app_context():
        data = rejects_workbook([RefusedSheet("台账", ["甲"], [RefusedRow(5, ["x"], [clash])])])
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[1][1] == "同一编号内容不同：与第 17 行"
