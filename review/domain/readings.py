"""What reading a register left to ask and to show; what an agency says its headings mean."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from review.domain.audit import record
from review.domain.register_changes import Rewrite
from review.domain.register_columns import BY_FIELD
from review.domain.register_questions import Question, UnknownHeading
from review.domain.register_table import heading_word
from review.enums import RegisterChange
from review.errors import RepeatedColumnError, UnknownColumnError
from review.extensions import db
from review.models.cases import RegisterImport
from review.models.readings import HeadingMeaning, RegisterReading
from review.permissions import Actor
from review.privacy import decrypt_json, encrypt_json
from review.queries.readings import meanings_at, reading_of


def keep_reading(
    import_: RegisterImport,
    questions: Iterable[Question],
    own: Mapping[str, str],
    rewrites: Iterable[Rewrite] = (),
) -> None:
    """Keep what a reading left to ask and to show, instead of an earlier one. Does not commit."""
    db.session.flush()
    reading = reading_of(import_.id) or RegisterReading(import_id=import_.id)
    reading.questions = encrypt_json({"asked": list(questions), "own": dict(own)})
    reading.rewrites = encrypt_json(
        [(r.change, r.sheet, r.heading, r.before, r.after, r.rows) for r in rewrites]
    )
    db.session.add(reading)


def forget_reading(import_id: int) -> None:
    """Drop what is kept of an import's reading, with the import's own content. No commit."""
    if reading := reading_of(import_id):
        db.session.delete(reading)


def questions_in(reading: RegisterReading) -> list[Question]:
    return [
        Question(sheet, row, missing, found, [UnknownHeading(*each) for each in unknown])
        for sheet, row, missing, found, unknown in decrypt_json(reading.questions)["asked"]
    ]


def own_headings_in(reading: RegisterReading) -> dict[str, str]:
    own: dict[str, str] = decrypt_json(reading.questions)["own"]
    return own


def rewrites_in(reading: RegisterReading) -> list[Rewrite]:
    return [
        Rewrite(RegisterChange(change), *rest) for change, *rest in decrypt_json(reading.rewrites)
    ]


def give_meanings(import_: RegisterImport, given: Mapping[str, str], by: Actor) -> None:
    """Keep, for the region of an import, what its headings mean: a field, or "" for not used.

    Commits; raises UnknownColumnError, RepeatedColumnError when two headings mean the same.
    """
    fields = [field for field in given.values() if field]
    if unknown := set(fields) - BY_FIELD.keys():
        raise UnknownColumnError(min(unknown))
    if len(set(fields)) < len(fields):
        raise RepeatedColumnError(
            headings=tuple(h for h, f in given.items() if f and fields.count(f) > 1)
        )
    kept = {meaning.word: meaning for meaning in meanings_at(import_.region_code)}
    for heading, field in given.items():
        word = heading_word(heading)
        meaning = kept.get(word) or HeadingMeaning(region_code=import_.region_code, word=word)
        meaning.field, meaning.decided_by_id = field, by.user_id
        meaning.decided_at = datetime.now(UTC)
        db.session.add(meaning)
    record(by, "register.headings_given", import_, headings=len(given), used=len(fields))
    db.session.commit()
