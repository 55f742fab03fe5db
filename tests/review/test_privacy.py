import pytest
from flask import Flask

from review.privacy import decrypt, decrypt_text, digest, encrypt, encrypt_text, mask_name


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


def test_digest_depends_on_value_and_key_only(app: Flask) -> None:
    with app.app_context():
        first = digest("990101199001011234")
        assert first == digest("990101199001011234") != digest("990101199001011235")
        app.config["DATA_KEY"] = b"z" * 32
        assert digest("990101199001011234") != first


@pytest.mark.parametrize(("name", "shown"), [("张三", "张**"), ("欧阳甲乙", "欧**"), ("", "")])
def test_mask_keeps_the_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown
