"""What a reviewer's browser may keep of a draft while the server does not answer: only sealed.

The key follows from the person and the task, and is handed only to a page of a signed-in session:
after a new sign-in the same person opens what is left, and nobody else does.
"""

from base64 import b64encode
from dataclasses import dataclass

from review.models.assignment import Assignment
from review.permissions import Actor
from review.privacy import digest, secret_bytes

OWNER_CHARACTERS = 22


@dataclass(frozen=True, slots=True)
class Shelter:
    """``owner`` tells whose the kept bytes are without naming anybody; ``key`` is Base64."""

    owner: str
    key: str


def shelter_of(actor: Actor, assignment: Assignment) -> Shelter:
    key = shelter_key(actor, assignment.public_id)
    return Shelter(shelter_owner(actor), b64encode(key).decode())


def shelter_owner(actor: Actor) -> str:
    return digest(f"shelter {actor.user_id}")[:OWNER_CHARACTERS]


def shelter_key(actor: Actor, task: str) -> bytes:
    return secret_bytes("shelter", f"{actor.user_id} {task}")
