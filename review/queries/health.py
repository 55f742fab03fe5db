from sqlalchemy import select

from review.extensions import db


def database_answers() -> bool:
    """Whether the database answers; raises what the driver raises when it does not."""
    return bool(db.session.scalar(select(1)) == 1)
