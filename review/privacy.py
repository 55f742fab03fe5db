"""What personal data becomes before it is stored: ciphertext, keyed digest, or a mask.

AES-256-GCM with a random nonce in front; digests are HMAC-SHA256. Both keys are derived from
the one data key, which lives outside the database. See docs/decisions/0004-personal-data.md.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

NONCE_BYTES = 12
MASK = "**"


def encrypt(plain: bytes) -> bytes:
    """Nonce and ciphertext of ``plain`` under the data key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key("encrypt")).encrypt(nonce, plain, None)


def decrypt(stored: bytes) -> bytes:
    """Undo ``encrypt``; raises ValueError when the key is another one or the bytes changed."""
    try:
        return AESGCM(_key("encrypt")).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], None)
    except InvalidTag:
        raise ValueError("stored under another data key, or damaged") from None


def encrypt_text(plain: str) -> bytes:
    return encrypt(plain.encode())


def decrypt_text(stored: bytes) -> str:
    return decrypt(stored).decode()


def digest(value: str) -> str:
    """Keyed digest for finding equal values without storing them."""
    return hmac.digest(_key("digest"), value.encode(), "sha256").hex()


def token_digest(token: str) -> str:
    """What is stored of a random token: enough to know it again, useless to whoever reads it."""
    return hashlib.sha256(token.encode()).hexdigest()


def mask_name(name: str) -> str:
    """张三 becomes 张**: the surname says enough to tell two rows of a list apart."""
    return name[:1] + MASK if name else ""


def _key(purpose: str) -> bytes:
    return _derived(current_app.config["DATA_KEY"], purpose)


@lru_cache
def _derived(master: bytes, purpose: str) -> bytes:
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()
