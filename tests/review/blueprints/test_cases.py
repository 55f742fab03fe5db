from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from review.domain.register import read_register
from review.enums import CaseKind, Role
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import Case, RegisterImport
from tests import world
from tests.register_files import ID_NUMBER, NAME, PHONE, register, row, rows, workbook
from tests.statements import counted
from tests.world import CITY, COUNTY, COUNTY_BESIDE, OTHER_CITY, OTHER_COUNTY, PROVINCE

ClientAs = Callable[[int], FlaskClient]
LIST_STATEMENTS = 8


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


def upload(client: FlaskClient, data: bytes, name: str = "台账.xlsx") -> Any:
    return client.post("/cases/imports", data={"file": (BytesIO(data), name)})


def cases_in(
    app: Flask, region: str, count: int, kind: CaseKind = CaseKind.CIVIL_FIRST
) -> list[int]:
    """So many cases, closed on successive days, latest last."""
    with app.app_context():
        at, by = world.agency(region), world.handler(region_code=region)
        first = date(2024, 1, 1)
        ids = [
            world.case(by, at, closed_on=first + timedelta(days=n % 300), kind=kind).id
            for n in range(count)
        ]
        db.session.commit()
    return ids


def test_upload_shows_a_preview_whose_sum_adds_up(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    answer = upload(client, register(*rows(3), rows(1)[0], row(案件类型="公益")))
    assert answer.status_code == 302
    page = client.get(answer.location).get_data(as_text=True)
    assert "确认导入 3 件" in page
    assert "案件类型不在代码表中" in page
    assert "公益" in page
    with app.app_context():
        counts = db.session.scalars(select(RegisterImport)).one().counts
        assert counts["data_rows_read"] == 5 == 3 + 1 + 1
        assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_confirming_twice_answers_the_same_and_imports_once(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(3))).location
    answers = [client.post(f"{preview}/confirm") for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(302, preview)] * 2
    assert "已导入" in client.get("/cases/imports").get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 3


def test_discarded_register_cannot_be_confirmed(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(3))).location
    assert client.post(f"{preview}/discard").status_code == 302
    answer = client.post(f"{preview}/confirm")
    assert answer.status_code == 409
    assert "已经放弃" in answer.get_data(as_text=True)


def test_confirmed_register_cannot_be_discarded(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(3))).location
    client.post(f"{preview}/confirm")
    assert client.post(f"{preview}/discard").status_code == 409


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "不是可以读取的表格"),
        (workbook([]), "文件里没有案件"),
        (workbook([["甲", "乙"]]), "没有找到表头"),
        (
            register(row(), headings=["案件编号", "案件类型", "承办人员", "机构代码", "援助方式"]),
            "工作表“Sheet1”第 3 行是表头，但缺少这些列：结案日期、承办机构。",
        ),
    ],
)
def test_unusable_file_is_refused_with_words_that_name_the_place(
    members: dict[str, int], client_as: ClientAs, data: bytes, words: str
) -> None:
    answer = upload(client_as(members[CITY]), data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_upload_without_a_file_asks_for_one(members: dict[str, int], client_as: ClientAs) -> None:
    answer = client_as(members[CITY]).post("/cases/imports", data={})
    assert answer.status_code == 422
    assert "请选择要上传的台账文件" in answer.get_data(as_text=True)


def test_rejects_come_back_as_a_workbook_that_can_be_corrected(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    bad = row(案件类型="公益", 案由="=1+1", 受援人="{=2+2}", 执业证号=1992005569896320)
    preview = upload(client, register(*rows(2), bad)).location
    answer = client.get(f"{preview}/rejects.xlsx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    page = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    headings, line = (list(map(str, cells)) for cells in page)
    cells = dict(zip(headings, line, strict=True))
    assert (cells["案件类型"], cells["案由"], cells["受援人"]) == ("公益", "=1+1", "{=2+2}")
    assert cells["身份证号"] == ID_NUMBER
    assert cells["未导入的原因"] == "案件类型不在代码表中：案件类型"
    assert (cells["原工作表"], cells["原行号"]) == ("Sheet1", "6.0")
    again = read_register(answer.data, "改正.xlsx").counts()
    assert again["rejected_rows_by_reason"] == {"unknown_case_type": 1}
    with app.app_context():
        actions = select(AuditEvent.action)
        assert "register.rejects_taken" in set(db.session.scalars(actions))


def test_rejects_of_a_clean_register_are_not_found(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(2))).location
    assert client.get(f"{preview}/rejects.xlsx").status_code == 404


def test_nothing_personal_is_on_any_page(members: dict[str, int], client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    clash = [row(), row(承办人员="别人"), row(案件编号=None)]
    preview = upload(client, register(*rows(2), *clash)).location
    pages = [client.get(preview), client.get("/cases/imports")]
    client.post(f"{preview}/confirm")
    pages += [client.get(preview), client.get("/cases/"), client.get("/cases/1")]
    for page in pages:
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert [word for word in (NAME, ID_NUMBER, PHONE) if word in text] == []
    assert "欧**" in pages[-1].get_data(as_text=True)


def test_anothers_import_is_not_found(members: dict[str, int], client_as: ClientAs) -> None:
    preview = upload(client_as(members[CITY]), register(*rows(2))).location
    other = client_as(members[OTHER_CITY])
    assert other.get(preview).status_code == 404
    assert other.get(f"{preview}/rejects.xlsx").status_code == 404
    assert other.post(f"{preview}/confirm").status_code == 404
    assert other.post(f"{preview}/discard").status_code == 404
    assert preview not in other.get("/cases/imports").get_data(as_text=True)
    assert client_as(members[PROVINCE]).get(preview).status_code == 200


@pytest.mark.parametrize("role", ["chief", "auditor"])
def test_cases_are_the_organisers_alone(
    app: Flask, members: dict[str, int], client_as: ClientAs, role: str
) -> None:
    (case_id,) = cases_in(app, COUNTY, 1)
    client = client_as(members[role])
    for address in ("/cases/", f"/cases/{case_id}", "/cases/imports", "/cases/imports/1"):
        assert client.get(address).status_code == 404


def test_list_shows_the_actors_tree_only(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    (here,), (beside,), (elsewhere,) = (
        cases_in(app, region, 1) for region in (COUNTY, COUNTY_BESIDE, OTHER_COUNTY)
    )
    seen = {
        region: {
            case_id
            for case_id in (here, beside, elsewhere)
            if f'href="/cases/{case_id}"'
            in client_as(members[region]).get("/cases/").get_data(as_text=True)
        }
        for region in (PROVINCE, CITY, COUNTY, OTHER_CITY)
    }
    assert seen == {
        PROVINCE: {here, beside, elsewhere},
        CITY: {here, beside},
        COUNTY: {here},
        OTHER_CITY: {elsewhere},
    }
    assert client_as(members[COUNTY]).get(f"/cases/{beside}").status_code == 404


def test_region_outside_the_tree_widens_nothing(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    (elsewhere,) = cases_in(app, OTHER_COUNTY, 1)
    page = client_as(members[CITY]).get(f"/cases/?region={OTHER_COUNTY}")
    assert f'href="/cases/{elsewhere}"' not in page.get_data(as_text=True)


def test_filters_narrow_the_list(app: Flask, members: dict[str, int], client_as: ClientAs) -> None:
    civil = cases_in(app, COUNTY, 3)
    (criminal,) = cases_in(app, COUNTY_BESIDE, 1, CaseKind.CRIMINAL_TRIAL)
    with app.app_context():
        number = db.session.get_one(Case, civil[0]).case_number
    client = client_as(members[CITY])

    def found(query: str) -> set[int]:
        text = client.get(f"/cases/?{query}").get_data(as_text=True)
        return {n for n in (*civil, criminal) if f'href="/cases/{n}"' in text}

    assert found("kind=criminal_trial") == {criminal}
    assert found(f"region={COUNTY_BESIDE}") == {criminal}
    assert found("closed_from=2024-01-02&closed_to=2024-01-02") == {civil[1]}
    assert found(f"number={number}") == {civil[0]}
    assert found(f"number={number.replace('（', '(').replace('）', ')')}") == {civil[0]}
    assert found("number=没有的编号") == set()
    assert found("kind=nonsense&after=nonsense&unknown=1") == {*civil, criminal}


def test_filter_that_cannot_be_read_is_said_so(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    answer = client_as(members[CITY]).get("/cases/?closed_from=soon")
    assert answer.status_code == 422
    assert "有筛选条件无法识别" in answer.get_data(as_text=True)


def test_pages_follow_each_other_without_gap_or_overlap(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    ids = cases_in(app, COUNTY, 120)
    client = client_as(members[CITY])
    seen: list[int] = []
    address: str | None = "/cases/"
    sizes = []
    while address:
        text = client.get(address).get_data(as_text=True)
        here = [
            int(part.split('"')[0])
            for part in text.split('<a href="/cases/')[1:]
            if part[0].isdigit()
        ]
        sizes.append(len(here))
        seen += here
        address = text.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in text else None
    assert sizes == [50, 50, 20]
    assert seen == ids[::-1]


def test_empty_list_says_what_to_do_next(members: dict[str, int], client_as: ClientAs) -> None:
    text = client_as(members[CITY]).get("/cases/").get_data(as_text=True)
    assert 'href="/cases/imports"' in text
    assert "先导入结案台账" in text


def test_lists_take_a_fixed_number_of_statements(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    taken: dict[str, list[int]] = {}
    for more in (1, 70):
        cases_in(app, (COUNTY, COUNTY_BESIDE)[more > 1], more)
        for address in ("/cases/", "/cases/imports"):
            with counted(
                app,
            ) as statements:
                assert client.get(address).status_code == 200
            taken.setdefault(address, []).append(len(statements))
        upload(client, register(*rows(2)))
    assert all(len(set(counts)) == 1 and counts[0] <= LIST_STATEMENTS for counts in taken.values())


def test_case_shows_its_facts(app: Flask, members: dict[str, int], client_as: ClientAs) -> None:
    client = client_as(members[COUNTY])
    client.post(upload(client, register(row())).location + "/confirm")
    text = client.get("/cases/1").get_data(as_text=True)
    for word in (
        "离婚纠纷",
        "妇女",
        "东川天和律师事务所",
        "任勇佳",
        "¥1,400",
        "2024-07-01",
        "胜诉",
    ):
        assert word in text
