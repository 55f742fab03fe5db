"""Whom a redacted copy must not name. Reached by those who prepare dossiers, never by reviewers."""

from sqlalchemy import select

from review.extensions import db
from review.models.cases import Case
from review.models.dossiers import Dossier
from review.models.handler import Handler, Provider
from review.privacy import decrypt_text


def hidden_terms(dossier: Dossier) -> list[str]:
    """Names of handler, provider and recipient, the handler's licence number, and that of the case:
    it tells the agency, and so the county."""
    columns = Handler.name, Handler.licence_number, Provider.name, Case.case_number
    *shown, recipient = db.session.execute(
        select(*columns, Case.recipient_name)
        .select_from(Case)
        .join(Handler, Handler.id == Case.handler_id)
        .join(Provider, Provider.id == Case.provider_id)
        .where(Case.id == dossier.case_id)
    ).one()
    named = decrypt_text(recipient) if recipient else None
    return [term for term in (*shown, named) if term]
