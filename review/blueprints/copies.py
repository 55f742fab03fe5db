"""A stored PDF as an answer: whole or a range of it, inert, and never a byte that is not right."""

from http import HTTPStatus
from io import BufferedReader
from itertools import chain

from flask import Response, abort, g, request, stream_with_context
from werkzeug.wsgi import FileWrapper

from review.domain.dossier_reading import note_damage, open_copy
from review.errors import DamagedFileError

PIECE = 64 * 1024
INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": INERT,
    "Content-Disposition": 'inline; filename="dossier.pdf"',
    "Cache-Control": "private, no-store",
}


def send_copy(copy, stored):
    """The copy's bytes as asked for; 410 when they are not those that were stored."""
    copy_id = copy.id
    span = request.range.range_for_length(stored.size) if request.range else None
    reader = open_copy(copy, stored, g.actor, from_start=span is None or span[0] == 0)
    answer = Response(
        FileWrapper(BufferedReader(reader, PIECE), PIECE),
        headers=HEADERS,
        mimetype="application/pdf",
    )
    answer.direct_passthrough = True
    answer.content_length = stored.size
    answer.set_etag(stored.sha256)
    answer.make_conditional(request.environ, accept_ranges=True, complete_length=stored.size)
    if request.method == "GET" and answer.status_code != HTTPStatus.NOT_MODIFIED:
        answer.response = _checked(answer.response, copy_id)
    return answer


def _checked(pieces, copy_id):
    """The same pieces, the first one read before the answer begins: a damaged file can still be
    told in words. One found later breaks the answer off."""
    pieces = iter(pieces)
    try:
        first = next(pieces, b"")
    except DamagedFileError:
        note_damage(copy_id, g.actor)
        abort(HTTPStatus.GONE)
    return stream_with_context(_rest(first, pieces, copy_id))


def _rest(first, pieces, copy_id):
    try:
        yield from chain((first,), pieces)
    except DamagedFileError:
        note_damage(copy_id, g.actor)
        raise
