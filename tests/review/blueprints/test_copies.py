"""What is served of a dossier: to whom, in which pieces, under which headers, and noted how."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from review.domain.redacting import mark_rectangle
from review.domain.redaction import Mark
from review.enums import AssignmentStatus, CopyKind, MarkedContent, Role, RoundStatus
from review.errors import DamagedFileError
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.dossiers import Dossier, DossierCopy, StoredFile
from review.models.reviewing import Review
from review.models.rounds import Round
from review.queries.accounts import acting_as
from review.storage import CHUNK
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
FULL = b"%PDF-1.7 full " + bytes(range(256)) * 8192  # 2 MiB and a little
REDACTED = b"%PDF-1.7 redacted"
RANGE_STATEMENTS = 6


class Scene:
    """One case with a dossier in a round in marking, its reviewers and some who may not read."""

    def __init__(self) -> None:
        world.regions()
        organiser = world.person(Role.ORGANISER, world.CITY)
        case = world.case(world.handler(), world.agency())
        members = [world.reviewer() for _ in range(3)]
        self.round_id = world.assigned_round(organiser, [case], members).id
        (sampled,) = world.sampled_cases(db.session.get_one(Round, self.round_id))
        first = world.assignments(sampled)[0]
        self.assignment_id, self.task = first.id, first.public_id
        self.dossier = world.dossier(case, organiser, full=FULL, redacted=REDACTED).public_id
        self.organiser = organiser.id
        self.beside = world.person(Role.ORGANISER, world.OTHER_CITY).id
        self.reviewers = {member.user_id: member.id for member in members}
        self.mine = self.reviewers.pop(first.reviewer_id)
        self.others = list(self.reviewers.values())
        now = datetime.now(UTC)
        declared = {"rubric_key": world.CIVIL_RUBRIC, "started_at": now, "saved_at": now}
        db.session.add(Review(assignment_id=first.id, **declared))
        db.session.commit()

    def address(self, kind: str = "full") -> str:
        return f"/dossiers/{self.dossier}/copies/{kind}.pdf"

    @property
    def own(self) -> str:
        return f"/reviewing/{self.task}/dossier/copy.pdf"


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return Scene()


@pytest.fixture
def organiser(scene: Scene, client_as: ClientAs) -> FlaskClient:
    return client_as(scene.organiser)


@pytest.fixture
def reviewer(scene: Scene, client_as: ClientAs) -> FlaskClient:
    return client_as(scene.mine)


def change(app: Flask, row: type, row_id: int, **values: object) -> None:
    with app.app_context():
        for name, value in values.items():
            setattr(db.session.get_one(row, row_id), name, value)
        db.session.commit()


def events(app: Flask, action: str) -> int:
    with app.app_context():
        return len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all())


def stored_path(app: Flask, kind: CopyKind) -> Path:
    with app.app_context():
        key = db.session.scalar(
            select(StoredFile.key)
            .join(DossierCopy, DossierCopy.stored_id == StoredFile.id)
            .where(DossierCopy.kind == kind)
        )
    folder: Path = app.config["PLATFORM"].data_dir
    return folder / "files" / str(key)[:2] / str(key)


def test_an_organiser_gets_the_whole_file_inert(scene: Scene, organiser: FlaskClient) -> None:
    answer = organiser.get(scene.address())
    assert answer.data == FULL
    assert answer.content_type == "application/pdf"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == 'inline; filename="dossier.pdf"'
    assert answer.headers["ETag"] == f'"{sha256(FULL).hexdigest()}"'


@pytest.mark.parametrize(
    ("asked", "piece", "told"),
    [
        ("bytes=0-9", FULL[:10], f"bytes 0-9/{len(FULL)}"),
        (f"bytes={CHUNK - 5}-{CHUNK + 4}", FULL[CHUNK - 5 : CHUNK + 5], None),
        ("bytes=-7", FULL[-7:], f"bytes {len(FULL) - 7}-{len(FULL) - 1}/{len(FULL)}"),
        (f"bytes={len(FULL) - 3}-", FULL[-3:], None),
    ],
)
def test_a_range_is_served_alone(
    scene: Scene, organiser: FlaskClient, asked: str, piece: bytes, told: str | None
) -> None:
    answer = organiser.get(scene.address(), headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, piece)
    assert int(answer.headers["Content-Length"]) == len(piece)
    assert told in (None, answer.headers["Content-Range"])


def test_a_range_beyond_the_end_is_told_so(scene: Scene, organiser: FlaskClient) -> None:
    answer = organiser.get(scene.address(), headers={"Range": f"bytes={len(FULL)}-"})
    assert answer.status_code == 416


def test_a_range_of_another_version_is_answered_with_the_whole(
    scene: Scene, organiser: FlaskClient
) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"other"'}
    answer = organiser.get(scene.address(), headers=headers)
    assert (answer.status_code, answer.data) == (200, FULL)


def test_headers_alone_are_told_without_the_file(scene: Scene, organiser: FlaskClient) -> None:
    answer = organiser.head(scene.address())
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(FULL)


def test_an_organiser_of_another_tree_gets_nothing(scene: Scene, client_as: ClientAs) -> None:
    assert client_as(scene.beside).get(scene.address()).status_code == 404


def test_a_reviewer_gets_the_redacted_copy_of_the_own_task_only(
    app: Flask, scene: Scene, reviewer: FlaskClient, client_as: ClientAs
) -> None:
    assert reviewer.get(scene.own).data == REDACTED
    assert reviewer.get(scene.address("redacted")).status_code == 404
    assert client_as(scene.others[0]).get(scene.own).status_code == 404


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (Assignment, {"status": AssignmentStatus.RESERVE}),
        (Round, {"status": RoundStatus.PUBLISHED}),
    ],
)
def test_a_reviewer_reads_only_while_the_task_is_open(
    app: Flask, scene: Scene, reviewer: FlaskClient, row: type, values: dict[str, object]
) -> None:
    change(app, row, scene.assignment_id if row is Assignment else scene.round_id, **values)
    assert reviewer.get(scene.own).status_code == 404


def test_a_reviewer_declares_before_reading(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    with app.app_context():
        db.session.delete(db.session.scalars(select(Review)).one())
        db.session.commit()
    assert reviewer.get(scene.own).status_code == 404


def test_a_dossier_without_redacted_copy_is_not_shown_in_full_instead(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    with app.app_context():
        redacted = DossierCopy.kind == CopyKind.REDACTED
        db.session.delete(db.session.scalars(select(DossierCopy).where(redacted)).one())
        db.session.commit()
    assert reviewer.get(scene.own).status_code == 404


def test_a_copy_whose_marks_have_changed_is_withdrawn_and_the_desk_says_so(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    assert "data-dossier" in reviewer.get(f"/reviewing/{scene.task}").get_data(as_text=True)
    with app.app_context():
        dossier = db.session.scalars(select(Dossier)).one()
        by = db.session.get_one(Membership, scene.organiser)
        mark_rectangle(dossier, Mark(1, 0, 0, 1, 1), MarkedContent.NAME, acting_as(by.user, by))
    assert reviewer.get(scene.own).status_code == 404
    desk = reviewer.get(f"/reviewing/{scene.task}").get_data(as_text=True)
    assert "data-dossier" not in desk
    assert "正在准备" in desk
    change(app, Round, scene.round_id, shows_full_dossiers=True)
    assert reviewer.get(scene.own).data == FULL


def test_a_round_may_show_full_copies_openly(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    change(app, Round, scene.round_id, shows_full_dossiers=True)
    assert reviewer.get(scene.own).data == FULL


def test_an_opening_is_logged_once_however_many_ranges_follow(
    app: Flask, scene: Scene, reviewer: FlaskClient
) -> None:
    for asked in (None, "bytes=0-3", "bytes=4-7", "bytes=2-3"):
        reviewer.get(scene.own, headers={"Range": asked} if asked else {})
    assert events(app, "dossier.opened") == 1


def test_a_second_opening_is_logged_again(app: Flask, scene: Scene, client_as: ClientAs) -> None:
    with time_machine.travel("2026-05-04 10:00:00Z", tick=False) as clock:
        reader = client_as(scene.organiser)
        reader.get(scene.address())
        clock.shift(timedelta(minutes=2))
        reader.get(scene.address(), headers={"Range": "bytes=5-9"})  # leafing on
        assert events(app, "dossier.opened") == 1
        reader.get(scene.address())
        assert events(app, "dossier.opened") == 2


def test_reading_from_the_middle_without_an_opening_is_one(
    app: Flask, scene: Scene, organiser: FlaskClient
) -> None:
    organiser.get(scene.address(), headers={"Range": "bytes=5-9"})
    assert events(app, "dossier.opened") == 1


@pytest.mark.parametrize("asked", [None, "bytes=0-9"])
def test_a_damaged_file_is_told_in_words_and_logged(
    app: Flask, scene: Scene, organiser: FlaskClient, asked: str | None
) -> None:
    path = stored_path(app, CopyKind.FULL)
    path.write_bytes(b"\0" + path.read_bytes()[1:])
    answer = organiser.get(scene.address(), headers={"Range": asked} if asked else {})
    assert answer.status_code == 410
    assert "损坏" in answer.get_data(as_text=True)
    assert answer.content_type.startswith("text/html")
    assert events(app, "dossier.damaged") == 1


def test_damage_further_on_breaks_the_answer_off(
    app: Flask, scene: Scene, organiser: FlaskClient
) -> None:
    path = stored_path(app, CopyKind.FULL)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    got: list[Any] = []
    pieces = iter(organiser.get(scene.address(), buffered=False).response)
    with pytest.raises(DamagedFileError):  # upon which the server hangs up
        got.extend(pieces)
    assert b"".join(got) == FULL[: 2 * CHUNK]  # of three chunks the last is damaged
    assert events(app, "dossier.damaged") == 1


def test_a_range_takes_few_statements(app: Flask, scene: Scene, organiser: FlaskClient) -> None:
    organiser.get(scene.address())
    with counted(app) as statements:
        organiser.get(scene.address(), headers={"Range": "bytes=9-99"})
    assert len(statements) <= RANGE_STATEMENTS


def test_every_role_but_organiser_and_reviewer_gets_nothing(
    app: Flask, scene: Scene, client_as: ClientAs
) -> None:
    with app.app_context():
        case_handler = world.handler()
        members = [
            world.person(role, world.PROVINCE)
            for role in (Role.CHIEF, Role.AUDITOR, Role.ADMINISTRATOR)
        ]
        members.append(world.person(Role.HANDLER, world.COUNTY, handler_id=case_handler.id))
        ids = [member.id for member in members]
        db.session.commit()
    for member_id in ids:
        assert client_as(member_id).get(scene.address()).status_code == 404
        assert client_as(member_id).get(scene.own).status_code == 404
