"""An organiser's way through an import, and what goes wrong on it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from review import jobs
from review.domain.jobs import MOST_ATTEMPTS
from review.domain.register import read_register
from review.enums import ImportStatus, JobFailure, JobKind, RegisterPart
from review.extensions import db
from review.models.accounts import Membership
from review.models.audit import AuditEvent
from review.models.cases import Case, RegisterImport
from review.models.jobs import Job
from review.queries.register_content import content_of
from tests import world
from tests.register_files import ID_NUMBER, NAME, PHONE, register, row, rows, workbook
from tests.statements import counted
from tests.work import after_work
from tests.world import CITY, COUNTY, OTHER_CITY, PROVINCE

ClientAs = Callable[[int], FlaskClient]
Members = dict[str, int]


def post_file(client: FlaskClient, data: bytes, name: str = "台账.xlsx") -> Any:
    return client.post("/cases/imports", data={"file": (BytesIO(data), name)})


def upload(client: FlaskClient, data: bytes) -> str:
    return after_work(client, post_file(client, data))


def confirmed(client: FlaskClient, data: bytes) -> str:
    preview = upload(client, data)
    return after_work(client, client.post(f"{preview}/confirm"))


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def case_count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Case)) or 0


def test_upload_shows_a_preview_whose_sum_adds_up(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    page = text_of(client, upload(client, register(*rows(3), rows(1)[0], row(案件类型="公益"))))
    assert "确认导入 3 件" in page
    assert "案件类型不在代码表中" in page
    assert "公益" in page
    with app.app_context():
        counts = db.session.scalars(select(RegisterImport)).one().counts
        assert counts["data_rows_read"] == 5 == 3 + 1 + 1
        assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_confirming_twice_answers_the_same_and_imports_once(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(3)))
    first, second = (client.post(f"{preview}/confirm") for _ in range(2))
    assert first.location == second.location  # the one job that is under way
    assert after_work(client, first) == preview
    assert client.post(f"{preview}/confirm").location == preview
    assert "已导入" in text_of(client, "/cases/imports")
    assert case_count(app) == 3


def test_discarded_register_cannot_be_confirmed(members: Members, client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(3)))
    assert client.post(f"{preview}/discard").status_code == 302
    answer = client.post(f"{preview}/confirm")
    assert answer.status_code == 409
    assert "这份台账的状态已经改变" in answer.get_data(as_text=True)


def test_confirmed_register_cannot_be_discarded(members: Members, client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    done = confirmed(client, register(*rows(3)))
    assert client.post(f"{done}/discard").status_code == 409


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "不是可以读取的表格"),
        (workbook([]), "文件里没有案件"),
        (workbook([["甲", "乙"]]), "没有找到表头"),
        (
            register(row(), headings=["案件编号", "案件类型", "承办人员", "机构代码", "援助方式"]),
            "工作表“Sheet1”第 3 行是表头，但缺少这些列："
            "“结案日期”（也可写作 结案时间、办结日期、办结时间）、“承办机构”（也可写作 承办单位、",
        ),
    ],
)
def test_unusable_file_is_refused_with_words_that_name_the_place(
    members: Members, client_as: ClientAs, data: bytes, words: str
) -> None:
    client = client_as(members[CITY])
    address = upload(client, data)
    assert words in text_of(client, address)
    assert "无法读取" in text_of(client, "/cases/imports")
    assert client.post(f"{address}/confirm").status_code == 409


def test_upload_without_a_file_asks_for_one(members: Members, client_as: ClientAs) -> None:
    answer = client_as(members[CITY]).post("/cases/imports", data={})
    assert answer.status_code == 422
    assert "请选择要上传的台账文件" in answer.get_data(as_text=True)


def test_rejects_come_back_as_a_workbook_that_can_be_corrected(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    bad = row(案件类型="公益", 案由="=1+1", 受援人="{=2+2}", 执业证号=1992005569896320)
    preview = upload(client, register(*rows(2), bad))
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


def test_rejects_of_a_clean_register_are_not_found(members: Members, client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(2)))
    assert client.get(f"{preview}/rejects.xlsx").status_code == 404


def test_nothing_personal_is_on_any_page(members: Members, client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    clash = [row(), row(承办人员="别人"), row(案件编号=None)]
    preview = upload(client, register(*rows(2), *clash))
    pages = [client.get(preview), client.get("/cases/imports")]
    after_work(client, client.post(f"{preview}/confirm"))
    pages += [client.get(preview), client.get("/cases/"), client.get("/cases/1")]
    for page in pages:
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert [word for word in (NAME, ID_NUMBER, PHONE) if word in text] == []
    assert "欧**" in pages[-1].get_data(as_text=True)


def test_anothers_import_is_not_found(members: Members, client_as: ClientAs) -> None:
    preview = upload(client_as(members[CITY]), register(*rows(2)))
    other = client_as(members[OTHER_CITY])
    assert other.get(preview).status_code == 404
    assert other.get(f"{preview}/rejects.xlsx").status_code == 404
    for action in ("read", "confirm", "undo", "discard"):
        assert other.post(f"{preview}/{action}").status_code == 404
    assert preview not in other.get("/cases/imports").get_data(as_text=True)
    assert client_as(members[PROVINCE]).get(preview).status_code == 200


def test_upload_is_kept_sealed_until_it_is_confirmed(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client, data = client_as(members[CITY]), register(*rows(2))
    progress = post_file(client, data).location

    def kept() -> RegisterImport:
        return db.session.scalars(select(RegisterImport)).one()

    with app.app_context():
        assert kept().status is ImportStatus.UPLOADED
        sealed = content_of(kept().id, RegisterPart.UPLOAD)
        assert sealed
        assert data[:40] not in sealed
        jobs.run_due()
    preview = client.get(progress).location
    after_work(client, client.post(f"{preview}/confirm"))
    with app.app_context():
        gone = (RegisterPart.UPLOAD, RegisterPart.STAGED)
        assert [content_of(kept().id, part) for part in gone] == [None, None]


def test_progress_survives_a_reload_and_is_found_again_from_the_history(
    members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    progress = post_file(client, register(*rows(2))).location
    for _ in range(2):
        assert "等待处理…" in text_of(client, progress)
    assert "已上传" in text_of(client, "/cases/imports")
    assert client.get("/cases/imports/1").location == progress


def test_colleague_sees_that_somebody_works_on_it_and_cannot_begin_it_twice(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client, colleague = client_as(members[CITY]), client_as(members[PROVINCE])
    post_file(client, register(*rows(2)))
    assert "同事正在处理这份台账" in text_of(colleague, "/cases/imports/1")
    assert colleague.post("/cases/imports/1/read").location == "/cases/imports/1"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_work_that_failed_says_so_and_can_be_asked_for_again(
    app: Flask, members: Members, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_as(members[CITY])
    progress = post_file(client, register(*rows(2))).location
    with monkeypatch.context() as broken:
        broken.setitem(jobs.HANDLERS, JobKind.READ_REGISTER, lambda *_arguments: 1 / 0)
        with app.app_context():
            db.session.scalars(select(Job)).one().attempts = MOST_ATTEMPTS - 1
            db.session.commit()
            jobs.run_due()
            assert db.session.scalars(select(Job.failure)).one() is JobFailure.BROKE_OFF
    assert "系统出错" in text_of(client, progress)
    page = text_of(client, "/cases/imports/1")
    assert "系统出错" in page
    assert 'action="/cases/imports/1/read"' in page
    again = after_work(client, client.post("/cases/imports/1/read"))
    assert "确认导入 2 件" in text_of(client, again)


def test_newer_file_shows_each_change_before_it_is_confirmed(
    members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    confirmed(client, register(*rows(3)))
    first, second, third = rows(3)
    newer = second | {"卷宗页数": 99, "结案方式": "败诉", "受援人": "司马丙"}
    page = text_of(client, upload(client, register(first, newer, third)))
    assert "确认导入 1 件" in page
    for field, before, after in (
        ("卷宗页数", "62", "99"),
        ("结案方式", "胜诉", "败诉"),
        ("受援人", "欧**", "司**"),
    ):
        assert f"<td>{field}</td>\n          <td>{before}</td>\n          <td>{after}</td>" in page
    assert "司马丙" not in page


def test_changes_are_shown_page_by_page(members: Members, client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    confirmed(client, register(*rows(60)))
    newer = [case | {"卷宗页数": 63} for case in rows(60)]
    preview = upload(client, register(*newer))
    sizes = [text_of(client, f"{preview}?page={n}").count("<td>63</td>") for n in (1, 2)]
    assert sizes == [50, 10]


def test_preview_that_another_import_overtook_is_renewed_and_nothing_is_stored(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    preview = upload(client, register(*rows(3)))
    confirmed(client, register(rows(1)[0]))
    again = after_work(client, client.post(f"{preview}/confirm"))
    page = text_of(client, again)
    assert "已按最新情况重新核对" in page
    assert "确认导入 2 件" in page
    assert case_count(app) == 1
    after_work(client, client.post(f"{preview}/confirm"))
    assert case_count(app) == 3


def test_import_is_undone_from_its_page(app: Flask, members: Members, client_as: ClientAs) -> None:
    client = client_as(members[CITY])
    done = confirmed(client, register(*rows(2)))
    assert "撤销这次导入" in text_of(client, done)
    first, second = (client.post(f"{done}/undo") for _ in range(2))
    assert first.location == second.location
    assert "这次导入已撤销" in text_of(client, after_work(client, first))
    assert client.post(f"{done}/undo").location == done
    assert case_count(app) == 0
    assert "已撤销" in text_of(client, "/cases/imports")


def test_import_with_a_case_in_a_frame_cannot_be_undone_and_says_why(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    done = confirmed(client, register(*rows(2)))
    with app.app_context():
        by = db.session.get_one(Membership, members[CITY])
        world.drawn_round(by, list(db.session.scalars(select(Case).limit(1))))
        db.session.commit()
    page = text_of(client, done)
    assert "已有案件进入抽样框" in page
    assert f"{done}/undo" not in page
    after_work(client, client.post(f"{done}/undo"))
    assert case_count(app) == 2


def test_pages_of_imports_take_a_fixed_number_of_statements(
    app: Flask, members: Members, client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    taken = []
    for count in (2, 40):
        done = confirmed(client, register(*rows(count)))
        with counted(app) as statements:
            text_of(client, done)
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 8


def test_case_shows_its_facts(app: Flask, members: Members, client_as: ClientAs) -> None:
    client = client_as(members[COUNTY])
    confirmed(client, register(row()))
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
