"""Passwords: how they are hashed, and which are too easy to guess.

Argon2id at the parameters of ``PASSWORD_COST``; every check costs one hash, whoever asks.
"""

import base64
import secrets
import unicodedata
from functools import cache
from string import ascii_lowercase, ascii_uppercase, digits

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from review.enums import PasswordFlaw

MIN_LENGTH, MAX_LENGTH = 12, 256
MIN_KINDS = 3
MIN_DIFFERENT = 5
SALT_BYTES, HASH_BYTES = 16, 32
LOOK_ALIKES = str.maketrans("@4031!$57", "aaoeiisst")
COMMON_WORDS = """
password passwort passw pass admin administrator root welcome letmein login master secret qwerty
qwertyuiop qwert asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc abc abcd abcdef abcdefg abcdefgh
iloveyou woaini woaiwojia zhongguo beijing fayuan sifa sifaju falv falvyuanzhu falvyuanzhuzhongxin
yuanzhu pinggu lvshi test testtest user changeme monkey dragon sunshine princess football computer
internet default guest demo
"""
COMMON = frozenset(COMMON_WORDS.split())


def hash_password(password: str) -> str:
    return _hasher(current_app.config["PASSWORD_COST"]).hash(_canonical(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; without one the work is the same, the answer no."""
    hasher = _hasher(current_app.config["PASSWORD_COST"])
    try:
        is_right = hasher.verify(stored or _nobody(hasher), _canonical(password))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher(current_app.config["PASSWORD_COST"]).check_needs_rehash(stored)


def flaw_of(password: str) -> PasswordFlaw | None:
    """What makes a password too easy to guess, or None."""
    text = _canonical(password)
    if len(text) < MIN_LENGTH:
        return PasswordFlaw.SHORT
    if len(text) > MAX_LENGTH:
        return PasswordFlaw.LONG
    if _kinds(text) < MIN_KINDS:
        return PasswordFlaw.FEW_KINDS
    return PasswordFlaw.COMMON if _is_common(text) else None


def _canonical(password: str) -> str:
    """One form for what different keyboards send for the same characters."""
    return unicodedata.normalize("NFKC", password)


def _kinds(text: str) -> int:
    kinds = (ascii_lowercase, ascii_uppercase, digits)
    others = set(text) - set("".join(kinds))
    return sum(bool(set(text) & set(kind)) for kind in kinds) + bool(others)


def _is_common(text: str) -> bool:
    """A well-known word behind look-alike characters, digits and signs, or a few repeated keys."""
    if len(set(text)) < MIN_DIFFERENT:
        return True
    plain = "".join(c for c in text.lower() if c.isalpha())
    disguised = "".join(c for c in text.lower().translate(LOOK_ALIKES) if c.isalpha())
    bare = text.lower().strip("0123456789!@#$%^&*()-_=+.,?~ ").translate(LOOK_ALIKES)
    return bool({plain, disguised, bare} & COMMON)


@cache
def _hasher(cost: tuple[int, int, int]) -> PasswordHasher:
    time, memory, lanes = cost
    return PasswordHasher(time, memory, lanes, hash_len=HASH_BYTES, salt_len=SALT_BYTES)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """A hash that no password has, at the parameters of the real ones."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (SALT_BYTES, HASH_BYTES)
    )
    return (
        f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        f"${salt}${digest}"
    )
