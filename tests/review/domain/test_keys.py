"""A new data key: everything is readable before, between and after, and the old key then opens
nothing. Digests stay what they were, because what was digested is gone.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from review.domain import keys
from review.domain.attempts import Origin, check_password
from review.domain.keys import key_use, rotate_keys
from review.domain.register_content import keep_content
from review.enums import ImportStatus, RegisterPart, Role
from review.errors import CredentialsError, TooManyAttemptsError
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.cases import Case, RegisterImport
from review.models.keys import WrappedKey
from review.models.register_content import RegisterContent
from review.privacy import decrypt, decrypt_text, digest, encrypt
from review.queries import keys as queries
from tests import world

OLD, NEW, NEWEST = b"k" * 32, b"n" * 32, b"m" * 32
NAMES = [f"受援人{n}" for n in range(7)]
REJECTS = b"rejected rows"


def use(app: Flask, key: bytes, *former: bytes) -> None:
    """As after a restart with these keys."""
    app.config.update(DATA_KEY=key, DATA_KEY_FALLBACKS=former)
    app.extensions.pop("digest_key", None)


def fill() -> None:
    """Seven cases with a name, one without, and an import with rejects; all under the old key."""
    world.regions()
    by, at = world.handler(), world.agency()
    for name in NAMES:
        case = world.case(by, at)
        case.recipient_name = encrypt(name.encode())
        case.id_number_digest = digest(name)
    world.case(by, at).recipient_name = None
    member = world.person(Role.ORGANISER)
    import_ = world.add(
        RegisterImport(
            region_code=world.COUNTY,
            uploaded_by_id=member.user_id,
            uploaded_at=datetime.now(UTC),
            file_digest="f" * 64,
            status=ImportStatus.DISCARDED,
            counts={},
        )
    )
    keep_content(import_.id, {RegisterPart.REJECTS: encrypt(REJECTS)})
    db.session.commit()


def names() -> list[str]:
    stored = db.session.scalars(select(Case.recipient_name).order_by(Case.id))
    return [decrypt_text(name) for name in stored if name]


def counts(found: list[keys.KeyUse]) -> dict[str, tuple[int, int, int]]:
    return {one.column: (one.current, one.former, one.unreadable) for one in found}


def test_rotation_renews_everything_and_the_old_key_then_opens_nothing(any_app: Flask) -> None:
    with any_app.app_context():
        fill()
        use(any_app, NEW, OLD)
        assert names() == NAMES  # a former key still reads
        before = counts(key_use())
        assert before["case.recipient_name"] == (0, 7, 0)
        assert before["register_content.content"] == (0, 1, 0)
        assert counts(rotate_keys())["case.recipient_name"] == (0, 7, 0)
        use(any_app, NEW)
        assert names() == NAMES
        assert decrypt(db.session.scalars(select(RegisterContent.content)).one()) == REJECTS
        after = counts(key_use())
        assert after["case.recipient_name"] == (7, 0, 0)
        assert after["wrapped_key.wrapped"] == (1, 0, 0)
        assert all(found[1:] == (0, 0) for found in after.values())
        use(any_app, OLD)
        with pytest.raises(ValueError, match="another data key"):
            names()


def test_digests_survive_two_rotations(any_app: Flask) -> None:
    with any_app.app_context():
        fill()
        first = digest(NAMES[0])
        for key, former in ((NEW, OLD), (NEWEST, NEW)):
            use(any_app, key, former)
            assert digest(NAMES[0]) == first  # before the rotation
            rotate_keys()
            use(any_app, key)
            assert digest(NAMES[0]) == first  # and after it, without the old key
        found = db.session.scalars(select(Case).where(Case.id_number_digest == first)).all()
        assert len(found) == 1
        use(any_app, NEW)
        with pytest.raises(ValueError, match="another data key"):
            digest(NAMES[0])


def test_two_former_keys_at_once_are_both_read(app: Flask) -> None:
    with app.app_context():
        fill()
        first = digest(NAMES[0])
        use(app, NEW, OLD)
        db.session.get_one(Case, 1).recipient_name = encrypt(b"new")
        db.session.commit()
        use(app, NEWEST, NEW, OLD)
        assert digest(NAMES[0]) == first
        assert counts(rotate_keys())["case.recipient_name"] == (0, 7, 0)
        use(app, NEWEST)
        assert names() == ["new", *NAMES[1:]]


def test_interrupted_rotation_goes_on_where_it_stopped(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "BATCH_ROWS", 2)
    renewed = keys._change
    with any_app.app_context():
        fill()
        first = digest(NAMES[0])
        use(any_app, NEW, OLD)

        taken = iter(range(len(NAMES)))

        def break_off(row: Any) -> Any:
            if next(taken) == 5:
                raise KeyboardInterrupt
            return renewed(row)

        monkeypatch.setattr(keys, "_change", break_off)
        with pytest.raises(KeyboardInterrupt):
            rotate_keys()
        db.session.rollback()
        # Batches of two: the sixth row breaks the third batch, of which nothing is kept.
        assert counts(key_use())["case.recipient_name"] == (4, 3, 0)
        assert names() == NAMES
        monkeypatch.setattr(keys, "_change", renewed)
        assert counts(rotate_keys())["case.recipient_name"] == (4, 3, 0)
        assert counts(rotate_keys())["case.recipient_name"] == (7, 0, 0)
        use(any_app, NEW)
        assert names() == NAMES
        assert digest(NAMES[0]) == first


def test_change_made_during_the_rotation_is_kept(app: Flask, monkeypatch: Any) -> None:
    renewed = keys._change
    with app.app_context():
        fill()
        use(app, NEW, OLD)

        def meanwhile(row: Any) -> Any:
            change = renewed(row)
            case = db.session.get_one(Case, row[0])
            case.recipient_name = encrypt(b"corrected")
            db.session.flush()
            return change

        monkeypatch.setattr(keys, "_change", meanwhile)
        monkeypatch.setattr(keys, "ciphertext_columns", lambda: [Case.__table__.c.recipient_name])
        rotate_keys()
        assert set(names()) == {"corrected"}


def test_batch_ends_where_its_bytes_do(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        fill()
        # Nonce 12, text 10 (three signs of 3 bytes and a digit), tag 16: 38 bytes each.
        monkeypatch.setattr(queries, "BATCH_BYTES", 3 * 38)
        column = Case.__table__.c.recipient_name
        assert [len(rows) for rows in queries.ciphertexts(column)] == [3, 3, 1]
        monkeypatch.setattr(queries, "BATCH_BYTES", 1)  # a row larger than a batch goes alone
        assert [len(rows) for rows in queries.ciphertexts(column)] == [1] * 7


def test_what_no_key_opens_is_counted_and_left(app: Flask) -> None:
    with app.app_context():
        fill()
        db.session.get_one(Case, 1).recipient_name = b"damaged"
        db.session.commit()
        use(app, NEW, OLD)
        assert counts(rotate_keys())["case.recipient_name"] == (0, 6, 1)
        assert db.session.get_one(Case, 1).recipient_name == b"damaged"


def test_rotation_is_an_audit_event_of_counts(app: Flask) -> None:
    with app.app_context():
        fill()
        use(app, NEW, OLD)
        rotate_keys()
        event = db.session.query(AuditEvent).filter_by(action="keys.rotated").one()
        assert event.details["case.recipient_name"] == [0, 7, 0]
        assert (event.object_type, event.object_id) == ("wrapped_key", "digest")
        assert db.session.query(WrappedKey).count() == 1


def test_sign_in_stays_throttled_over_a_rotation(app: Flask) -> None:
    origin = Origin("203.0.113.9")

    def fail() -> None:
        with pytest.raises(CredentialsError):
            check_password("a@example.org", "wrong", origin)

    with app.app_context():
        for _ in range(4):
            fail()
        use(app, NEW, OLD)
        rotate_keys()
        use(app, NEW)
        fail()  # the fifth of the pair
        with pytest.raises(TooManyAttemptsError):
            check_password("a@example.org", "wrong", origin)
