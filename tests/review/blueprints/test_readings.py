from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import RegisterImport
from review.models.readings import HeadingMeaning, RegisterReading
from tests.register_files import HEADINGS, ID_NUMBER, NAME, register, row, rows
from tests.work import after_work
from tests.world import CITY, COUNTY, OTHER_CITY

ClientAs = Callable[[int], FlaskClient]
OWN = {"案件编号": "卷号", "承办人员": "经办人", "受援人": "当事群众", "案由": "事由"}


def own_register(count: int = 2) -> bytes:
    """A register whose agency has words of its own for four columns."""
    cases = [{OWN.get(h, h): cell for h, cell in case.items()} for case in rows(count)]
    return register(*cases, headings=[OWN.get(h, h) for h in HEADINGS])


def upload(client: FlaskClient, data: bytes) -> str:
    answer = client.post("/cases/imports", data={"file": (BytesIO(data), "台账.xlsx")})
    return after_work(client, answer)


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK
    return answer.get_data(as_text=True)


def answers(**given: str) -> dict[str, str]:
    """The form's fields by number: unknown headings stand in the order of the register."""
    order = [OWN.get(h, h) for h in HEADINGS if h in OWN]
    return {f"heading{n}": given.get(heading, "?") for n, heading in enumerate(order)}


GIVEN = answers(卷号="case_number", 经办人="handler", 当事群众="recipient", 事由="")


def test_unknown_headings_are_asked_once_and_then_the_preview_follows(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, own_register())
    assert "缺少这些列：“案件编号”（也可写作 法援编号、" in page(client, preview)
    asked = page(client, f"{preview}/headings")
    assert "没有找到：案件编号、承办人员" in asked
    assert asked.count("<select") == len(OWN)
    answer = client.post(f"{preview}/headings", data=GIVEN)
    assert after_work(client, answer) == preview
    shown = page(client, preview)
    assert "确认导入 2 件" in shown
    assert "卷号 → 案件编号" in shown
    with app.app_context():
        kept = db.session.scalars(select(HeadingMeaning)).all()
        assert {(m.region_code, m.word, m.field) for m in kept} == {
            (CITY, "卷号", "case_number"),
            (CITY, "经办人", "handler"),
            (CITY, "当事群众", "recipient"),
            (CITY, "事由", ""),
        }
        actions = db.session.scalars(select(AuditEvent.action)).all()
        assert "register.headings_given" in actions


def test_next_file_of_the_region_and_those_below_uses_the_meanings_and_says_so(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    client.post(f"{upload(client, own_register())}/headings", data=GIVEN)
    for member in (CITY, COUNTY):
        other = client_as(members[member])
        shown = page(other, upload(other, own_register(3)))
        assert "确认导入 3 件" in shown
        assert "按本地区记住的含义读取" in shown
        assert "列没有使用" not in shown
    elsewhere = client_as(members[OTHER_CITY])
    assert "缺少这些列" in page(elsewhere, upload(elsewhere, own_register()))


def test_personal_samples_are_masked(members: dict[str, int], client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    cases = [case | {"证号": ID_NUMBER, "手机": "13900001111"} for case in rows(2)]
    named = [{OWN.get(h, h): c for h, c in case.items()} | {"当事群众": "欧阳甲"} for case in cases]
    data = register(*named, headings=[*(OWN.get(h, h) for h in HEADINGS), "证号", "手机"])
    asked = page(client, f"{upload(client, data)}/headings")
    for secret in (NAME, "欧阳甲", ID_NUMBER, ID_NUMBER[3:14], "13900001111", "任勇佳"):
        assert secret not in asked
    assert "欧**" in asked
    assert "990**" in asked


def test_two_headings_of_one_meaning_are_refused(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, own_register())
    given = answers(卷号="case_number", 经办人="case_number")
    answer = client.post(f"{preview}/headings", data=given)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "这些列选了同一个含义：卷号、经办人" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(HeadingMeaning)).all() == []


def test_column_that_is_not_offered_is_refused(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, own_register())
    for field in ("closed_on", "nonsense"):  # one is found already, the other is none
        answer = client.post(f"{preview}/headings", data=answers(卷号=field))
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_unused_column_of_a_readable_file_is_told_and_may_be_given_later(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    headings = [heading.replace("案由", "事由") for heading in HEADINGS]
    cases = [case | {"事由": "离婚纠纷"} for case in rows(2)]
    preview = upload(client, register(*cases, headings=headings))
    assert "有 1 列没有使用：事由" in page(client, preview)
    answer = client.post(f"{preview}/headings", data={"heading0": "cause"})
    shown = page(client, after_work(client, answer))
    assert "事由 → 案由" in shown
    assert "确认导入 2 件" in shown


def test_every_rewritten_cell_is_listed_before_anything_is_saved(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    cases: list[dict[str, Any]] = [case | {"案件类型": "民事案件"} for case in rows(3)]
    cases[1] |= {"结案日期": "2024.5.6", "受援人": " ".join(NAME)}
    preview = upload(client, register(*cases))
    assert f"{preview}/rewrites" in page(client, preview)
    shown = page(client, f"{preview}/rewrites")
    assert "共 5 个单元格，3 种改写" in shown
    for text in ("民事案件", "4–6", "2024.5.6", "2024-05-06"):
        assert text in shown
    assert NAME[:2] not in shown
    only_days = page(client, f"{preview}/rewrites?kind=date")
    assert "共 1 个单元格" in only_days


def test_register_without_rewrites_says_so_and_has_nothing_to_ask(
    members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(row()))
    assert "没有改写任何单元格" in page(client, f"{preview}/rewrites")
    assert client.get(f"{preview}/headings").status_code == HTTPStatus.NOT_FOUND


def test_what_was_kept_of_a_discarded_register_is_gone(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, own_register())
    client.post(f"{preview}/discard")
    assert client.get(f"{preview}/headings").status_code == HTTPStatus.NOT_FOUND
    with app.app_context():
        assert db.session.scalars(select(RegisterReading)).all() == []
        assert len(db.session.scalars(select(RegisterImport)).all()) == 1
