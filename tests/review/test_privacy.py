from pathlib import Path

import pytest
from flask import Flask

from review import create_app
from review.privacy import (
    DIGEST_KEY,
    decrypt,
    decrypt_text,
    digest,
    encrypt,
    encrypt_text,
    is_current,
    mask_name,
    secret_number,
)
from tests.conftest import test_config as settings


def test_text_survives_encryption_and_is_never_encrypted_alike(app: Flask) -> None:
    with app.app_context():
        first, second = encrypt_text("欧阳𠮷"), encrypt_text("欧阳𠮷")
        assert first != second
        assert decrypt_text(first) == decrypt_text(second) == "欧阳𠮷"
        assert "欧阳".encode() not in first


def test_changed_or_foreign_ciphertext_is_refused(app: Flask) -> None:
    with app.app_context():
        stored = encrypt(b"x")
        changed = stored[:-1] + bytes([stored[-1] ^ 1])
        with pytest.raises(ValueError, match="damaged"):
            decrypt(changed)
        app.config["DATA_KEY"] = b"z" * 32
        with pytest.raises(ValueError, match="another data key"):
            decrypt(stored)


def test_digest_depends_on_value_and_key_only(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        first = digest("990101199001011234")
        assert first == digest("990101199001011234") != digest("990101199001011235")
    other = create_app(settings(tmp_path, data_key=b"z" * 32))
    with other.app_context():
        assert digest("990101199001011234") != first


def test_former_key_opens_what_it_sealed_and_seals_nothing_more(app: Flask) -> None:
    with app.app_context():
        stored = encrypt(b"x")
        assert is_current(stored)
        app.config.update(DATA_KEY=b"z" * 32, DATA_KEY_FALLBACKS=(b"y" * 32, b"k" * 32))
        assert decrypt(stored) == b"x"
        assert not is_current(stored)
        assert is_current(encrypt(b"x"))


@pytest.mark.parametrize("stored", [b"", b"x", b"n" * 12, b"n" * 27])
def test_bytes_too_short_for_a_ciphertext_are_refused(app: Flask, stored: bytes) -> None:
    with app.app_context(), pytest.raises(ValueError, match="damaged"):
        decrypt(stored)


@pytest.mark.parametrize(("name", "shown"), [("张三", "张**"), ("欧阳甲乙", "欧**"), ("", "")])
def test_mask_keeps_the_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_secret_number_needs_the_key_and_stays(app: Flask) -> None:
    with app.app_context():
        number = secret_number("panel", "7:31415926535897932384")
        assert number == secret_number("panel", "7:31415926535897932384")
        assert number != secret_number("panel", "8:31415926535897932384")
        assert number != secret_number("other", "7:31415926535897932384")
        del app.extensions[DIGEST_KEY]
        app.config["DATA_KEY"] = b"K" * 32
        assert number != secret_number("panel", "7:31415926535897932384")
