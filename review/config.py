"""Typed configuration, read once from the environment."""

import base64
import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from review.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "demo-2026-demo"  # noqa: S105  (of invented people, shown on the demo's own page)
DATA_KEY_BYTES = 32
MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


class Mode(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Config:
    """``secret_key`` signs cookies; ``data_key`` (32 bytes) encrypts names and keys digests.
    ``data_key_fallbacks``, newest first, are former data keys whose work is not yet redone.

    ``file_store`` is where dossiers lie, unless under ``data_dir``: ``s3://bucket/folder``, its
    keys and endpoint in the AWS_… variables that every client of such a store reads.

    ``embedded_worker``: every web process works on jobs too, as fits one machine; otherwise
    ``flask worker`` does. ``proxies`` counts the reverse proxies in front, whose word on the
    client's address is taken.
    """

    mode: Mode
    secret_key: str
    data_key: bytes
    database_url: str
    data_dir: Path
    data_key_fallbacks: tuple[bytes, ...] = ()
    redis_url: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    embedded_worker: bool = False
    idle_minutes: int = 30
    session_hours: int = 8
    max_upload_mb: int = 50
    file_store: str | None = None

    @property
    def is_demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def secure_cookies(self) -> bool:
        return self.mode is Mode.PRODUCTION


def config_from_environment(environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration; raises ConfigError that names what is missing or wrong."""
    env = dict(os.environ if environ is None else environ)
    mode = _mode(env)
    data_dir = Path(env.get("DATA_DIR") or ROOT / "var" / mode.value).resolve()
    if mode is Mode.DEMO:
        env = _demo_keys(data_dir) | {name: value for name, value in env.items() if value}
    database_url = _database_url(env, data_dir)
    return Config(
        mode=mode,
        secret_key=_secret(env, "SECRET_KEY", at_least=32),
        data_key=_key_bytes("DATA_KEY", _secret(env, "DATA_KEY", at_least=43)),
        data_key_fallbacks=tuple(
            _key_bytes("DATA_KEY_FALLBACKS", text) for text in _listed(env, "DATA_KEY_FALLBACKS")
        ),
        database_url=database_url,
        data_dir=data_dir,
        redis_url=env.get("REDIS_URL") or None,
        trusted_hosts=_listed(env, "TRUSTED_HOSTS"),
        proxies=_count(env, "PROXIES"),
        file_store=env.get("FILE_STORE") or None,
        embedded_worker=_embeds_worker(env, mode, database_url),
    )


def _demo_keys(data_dir: Path) -> dict[str, str]:
    """The demo's own keys, made at its first start and readable by its owner only."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "keys"
    if not path.exists():
        fresh = path.with_name(f"keys.{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(
                f"SECRET_KEY={secrets.token_urlsafe(48)}\nDATA_KEY={secrets.token_urlsafe(DATA_KEY_BYTES)}\n"
            )
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # of two first starts at once, one wins and both use its keys
        fresh.unlink()
    lines = path.read_text(encoding="ascii").split()
    return dict(line.split("=", 1) for line in lines)


def _mode(env: Mapping[str, str]) -> Mode:
    value = env.get("PLATFORM_MODE") or Mode.PRODUCTION.value
    try:
        return Mode(value)
    except ValueError:
        choices = ", ".join(Mode)
        raise ConfigError(f"PLATFORM_MODE is {value!r}; choose one of: {choices}") from None


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    """Always name the PostgreSQL driver: without one SQLAlchemy looks for another than ours."""
    url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'platform.db'}"
    for bare in ("postgres://", "postgresql://"):
        if url.startswith(bare):
            return "postgresql+psycopg://" + url.removeprefix(bare)
    return url


def _count(env: Mapping[str, str], name: str) -> int:
    value = env.get(name) or "0"
    if not value.isdecimal():
        raise ConfigError(f"{name} is {value!r}; give a whole number")
    return int(value)


def _embeds_worker(env: Mapping[str, str], mode: Mode, database_url: str) -> bool:
    """An SQLite file means one machine without other services, so the web process works too."""
    fitting = "yes" if mode is not Mode.TEST and database_url.startswith("sqlite") else "no"
    value = env.get("EMBEDDED_WORKER") or fitting
    if value not in {"yes", "no"}:
        raise ConfigError(f"EMBEDDED_WORKER is {value!r}; say yes or no")
    return value == "yes"


def _secret(env: Mapping[str, str], name: str, *, at_least: int) -> str:
    value = env.get(name, "")
    if len(value) < at_least:
        raise ConfigError(
            f"set {name} to {at_least} or more random characters, as from: {MAKE_A_KEY}"
        )
    return value


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in env.get(name, "").split(",") if one.strip())


def _key_bytes(name: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != DATA_KEY_BYTES:
        raise ConfigError(f"{name} must be 32 bytes in URL-safe base64, as from: {MAKE_A_KEY}")
    return key
