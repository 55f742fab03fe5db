"""What personal data becomes before it is stored: ciphertext, keyed digest, or a mask.

AES-256-GCM with a random nonce in front; digests are HMAC-SHA256. Both keys come from the one
data key, which lives outside the database. A former data key still opens what it sealed, until
everything is renewed. See docs/decisions/0004-personal-data.md and 0013-key-rotation.md.
"""

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from flask import Flask, current_app

NONCE_BYTES = 12
FASTEST = 1  # zlib level
MASK = "**"
WRAPPED_KEY, DIGEST_KEY = "wrapped_digest_key", "digest_key"


def init_app(app: Flask, wrapped_digest_key: Callable[[], bytes | None]) -> None:
    """Say how to read the digest key that a rotation wrote down, or None before the first."""
    app.extensions[WRAPPED_KEY] = wrapped_digest_key


def encrypt(plain: bytes) -> bytes:
    """Nonce and ciphertext of ``plain`` under the data key."""
    return encrypter()(plain)


def encrypter() -> Callable[[bytes], bytes]:
    """``encrypt`` for values by the ten thousand: the key is looked up once."""
    return partial(sealed_with, _cipher(current_app.config["DATA_KEY"]))


def sealed_with(cipher: AESGCM, plain: bytes, beside: bytes | None = None) -> bytes:
    """A random nonce and ciphertext; ``beside`` is authenticated with it and kept elsewhere."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, beside)


def opened_with(cipher: AESGCM, sealed: bytes, beside: bytes | None = None) -> bytes:
    """Undo ``sealed_with``. Raises InvalidTag, or ValueError for what is too short."""
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], beside)


def decrypt(stored: bytes) -> bytes:
    """Undo ``encrypt`` under the data key or a former one.

    Raises ValueError when it is neither, or the bytes changed.
    """
    for data_key in _data_keys():
        plain = _opened(stored, data_key)
        if plain is not None:
            return plain
    raise ValueError("stored under another data key, or damaged")


def is_current(stored: bytes) -> bool:
    """Whether the data key itself opens this, and no former one is needed."""
    return _opened(stored, current_app.config["DATA_KEY"]) is not None


def encrypt_text(plain: str) -> bytes:
    return encrypt(plain.encode())


def decrypt_text(stored: bytes) -> str:
    return decrypt(stored).decode()


def encrypt_json(content: Any, beside: bytes = b"") -> bytes:
    """Content of any size, packed before it is sealed; ``beside`` are bytes that nothing packs."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return encrypt(zlib.compress(text.encode(), FASTEST) + beside)


def decrypt_json(stored: bytes) -> Any:
    return decrypt_json_beside(stored)[0]


def decrypt_json_beside(stored: bytes) -> tuple[Any, bytes]:
    """Undo ``encrypt_json``: the content, and the bytes that were sealed with it."""
    packed = zlib.decompressobj()
    text = packed.decompress(decrypt(stored))
    return json.loads(text), packed.unused_data


def digest(value: str) -> str:
    """Keyed digest for finding equal values without storing them."""
    return digester()(value)


def digester() -> Callable[[str], str]:
    """``digest`` for values by the ten thousand: the key is looked up and set up once."""
    keyed = HMAC(digest_key(), SHA256())  # its copies cost half of what those of ``hmac`` do

    def digest_of(value: str) -> str:
        begun = keyed.copy()
        begun.update(value.encode())
        return begun.finalize().hex()

    return digest_of


def digest_key() -> bytes:
    """The same for the life of a database: what was digested is gone and cannot be digested anew.

    It is derived from the first data key; the first rotation writes it down, wrapped.
    """
    kept: dict[str, bytes] = current_app.extensions
    if DIGEST_KEY not in kept:
        wrapped = current_app.extensions[WRAPPED_KEY]()
        kept[DIGEST_KEY] = decrypt(wrapped) if wrapped else _derived(_data_keys()[-1], "digest")
    return kept[DIGEST_KEY]


def secret_number(purpose: str, value: str) -> int:
    """A whole number of 256 bits that follows from ``value`` for whoever has the key, and for
    nobody else: the same for the life of a database, so that what it decided can be checked.
    """
    return int.from_bytes(secret_bytes(purpose, value))


def secret_bytes(purpose: str, value: str) -> bytes:
    """The 32 bytes behind ``secret_number``, for a key."""
    return hmac.digest(_derived(digest_key(), purpose), value.encode(), "sha256")


def token_digest(token: str) -> str:
    """What is stored of a random token: enough to know it again, useless to whoever reads it."""
    return hashlib.sha256(token.encode()).hexdigest()


def mask_name(name: str) -> str:
    """张三 becomes 张**: the surname says enough to tell two rows of a list apart."""
    return name[:1] + MASK if name else ""


def _data_keys() -> tuple[bytes, ...]:
    """The data key and the former ones, newest first."""
    config = current_app.config
    return (config["DATA_KEY"], *config["DATA_KEY_FALLBACKS"])


def _opened(stored: bytes, data_key: bytes) -> bytes | None:
    """The plain bytes, or None: the tag of AES-GCM tells the right key from any other."""
    try:
        return opened_with(_cipher(data_key), stored)
    except (InvalidTag, ValueError):  # ValueError: too short to hold even a nonce
        return None


@lru_cache
def _cipher(data_key: bytes) -> AESGCM:
    return AESGCM(_derived(data_key, "encrypt"))


@lru_cache
def _derived(master: bytes, purpose: str) -> bytes:
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()
