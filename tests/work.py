"""What a worker does behind the pages, done at once."""

from typing import Any

from flask.testing import FlaskClient

from review.jobs import run_due


def after_work(client: FlaskClient, answer: Any) -> str:
    """Where the progress page that ``answer`` leads to goes on to, once a worker has been there."""
    assert answer.location.startswith("/jobs/")
    with client.application.app_context():
        run_due()
    following: str = client.get(answer.location).location
    return following
