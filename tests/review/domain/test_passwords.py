import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from review.domain import passwords
from review.domain.passwords import flaw_of, hash_password, is_outdated, matches
from review.enums import PasswordFlaw

STRONG = "Lantern-River-42"


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("", PasswordFlaw.SHORT),
        ("Ab1-efghijk", PasswordFlaw.SHORT),  # 11 characters
        ("Ab1-efghijkl", None),  # 12 characters, four kinds
        ("abcdefghijklm", PasswordFlaw.FEW_KINDS),
        ("riverlantern4", PasswordFlaw.FEW_KINDS),  # lower case and digits
        ("riverlantern 4", None),  # and a space
        ("春江花月夜Lantern42", None),
        ("Lantern42" * 8, None),  # 72 characters
        ("Aa1-" + "x" * 253, PasswordFlaw.LONG),
        ("Password-2024", PasswordFlaw.COMMON),
        ("P@ssw0rd!2024", PasswordFlaw.COMMON),
        ("Admin@123456", PasswordFlaw.COMMON),
        ("Woaini-520-1314", PasswordFlaw.COMMON),
        ("Qwerty!123456", PasswordFlaw.COMMON),
        ("aaaaaaaaaaA1", PasswordFlaw.COMMON),  # three different characters
    ],
)
def test_flaw_of_a_password(password: str, flaw: PasswordFlaw | None) -> None:
    assert flaw_of(password) is flaw


def test_every_character_of_a_long_password_counts(app: Flask) -> None:
    long = "Lantern-River-42-" * 6  # 102 characters
    with app.app_context():
        stored = hash_password(long)
        assert matches(long, stored)
        assert not matches(long[:-1], stored)


def test_same_characters_from_another_keyboard_match(app: Flask) -> None:
    with app.app_context():
        assert matches("Ｌantern-River-42", hash_password(STRONG))  # a full-width L


def test_no_account_has_no_password(app: Flask) -> None:
    with app.app_context():
        assert not matches(STRONG, None)
        assert not matches("", None)


def test_unreadable_hash_matches_nothing(app: Flask) -> None:
    with app.app_context():
        assert not matches(STRONG, "no hash at all")


def test_dummy_hash_costs_what_a_real_one_does(app: Flask) -> None:
    for cost in ((1, 8, 1), (2, 64, 1)):
        app.config["PASSWORD_COST"] = cost
        with app.app_context():
            hasher = passwords._hasher(cost)
            dummy, real = passwords._nobody(hasher), hash_password(STRONG)
        assert extract_parameters(dummy) == extract_parameters(real)


def test_production_uses_the_owasp_profile(app: Flask) -> None:
    from review import ARGON2ID_COST

    stored = passwords._hasher(ARGON2ID_COST).hash(STRONG)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_hash_of_other_parameters_is_outdated(app: Flask) -> None:
    with app.app_context():
        assert is_outdated(PasswordHasher(2, 16, 1).hash(STRONG))
        assert not is_outdated(hash_password(STRONG))
