from flask import Blueprint, abort, g, render_template

from review.blueprints.pages import attached
from review.blueprints.sampling import grouped
from review.domain.frames import listing_of
from review.domain.manifests import last_seal, manifest_now
from review.domain.minutes import minutes_of
from review.permissions import Permission, requires
from review.queries.frames import parties_of, replacements_of, version_in_full
from review.queries.rounds import region_name, round_in_reach

bp = Blueprint("frames", __name__, url_prefix="/rounds/<int:round_id>/versions/<int:number>")


@bp.get("/frame.txt")
@requires(Permission.ROUND_READ)
def listing(round_id: int, number: int):
    version = _version(round_id, number)
    return attached(listing_of(version), f"frame-{round_id}-{number}.txt", "text/plain")


@bp.get("/manifest.json")
@requires(Permission.ROUND_READ)
def manifest(round_id: int, number: int):
    version = _version(round_id, number)
    content = manifest_now(version, replacements_of(version)) or abort(404)
    return attached(content.encode(), f"manifest-{round_id}-{number}.json", "application/json")


@bp.get("/minutes")
@requires(Permission.ROUND_READ)
def minutes(round_id: int, number: int):
    round_ = round_in_reach(round_id, g.actor)
    version = version_in_full(round_, number)
    replaced = replacements_of(version)
    return render_template(
        "frames/minutes.html",
        round=round_,
        version=version,
        sheet=minutes_of(round_, version),
        parties=parties_of(version),
        replacements=replaced,
        region=region_name(round_.region_code),
        digest=grouped(version.digest),
        seal=grouped(version.seal or ""),
        last_seal=grouped(last_seal(version, replaced)),
    )


def _version(round_id, number):
    return version_in_full(round_in_reach(round_id, g.actor), number)
