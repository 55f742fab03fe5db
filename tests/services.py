"""Real servers for the tests: PostgreSQL and Redis, started from the system's own binaries.

Each test gets a PostgreSQL database of its own, copied from a template. ``TEST_PG_URL`` (an
administrator's URL) replaces the server started here. Without binaries a test is skipped, or
fails where REQUIRE_SERVICES is set, as it is by ``make test``.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from psycopg import sql

FLAGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_connections=60",
)
START_SECONDS = 15


def missing(what: str) -> None:
    """Skip the test for want of a server, or fail it where servers were promised."""
    if os.environ.get("REQUIRE_SERVICES"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


def _server_identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; start it as a system user then."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}


def _binaries() -> Path | None:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if newest:
        return newest[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _short_folder(prefix: str, identity: dict[str, Any]) -> Path:
    """A folder with a short path (a socket's may have 107 bytes) that the server's user owns."""
    memory = "/dev/shm"  # noqa: S108  (mkdtemp makes a private folder in it)
    folder = Path(
        tempfile.mkdtemp(prefix=prefix, dir=memory if os.access(memory, os.W_OK) else None)
    )
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    return folder


def _wait(server: subprocess.Popen[bytes], answers: Callable[[], object], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            answers()
        except (psycopg.OperationalError, redis.ConnectionError):
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(log.read_text(errors="replace"))


def _start(
    command: list[str], folder: Path, answers: Callable[[], object], **how: Any
) -> subprocess.Popen[bytes]:
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **how)  # noqa: S603
    _wait(server, answers, log)
    return server


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.terminate()
    server.wait(START_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_admin() -> Iterator[str]:
    """The libpq URL of a running PostgreSQL server's ``postgres`` database."""
    if url := os.environ.get("TEST_PG_URL"):
        yield url
        return
    binaries = _binaries()
    if binaries is None:
        missing("PostgreSQL")
    assert binaries is not None
    identity = _server_identity()
    folder = _short_folder("pg", identity)
    how = {
        "cwd": folder,
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)},
        **identity,
    }
    init = ["-D", str(folder / "d"), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([binaries / "initdb", *init], check=True, stdout=subprocess.DEVNULL, **how)  # noqa: S603
    flags = [part for flag in FLAGS for part in ("-c", flag)]
    command = [str(binaries / "postgres"), "-D", str(folder / "d"), "-k", str(folder), *flags]
    url = f"postgresql://test@/postgres?host={folder}"
    server = _start(command, folder, lambda: psycopg.connect(url).close(), **how)
    yield url
    _stop(server, folder)


def database_url(admin: str, name: str) -> str:
    """SQLAlchemy's URL of the database ``name`` on the server of ``admin``."""
    head, _, query = admin.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}".replace("postgresql:", "postgresql+psycopg:")


def execute(admin: str, statement: str, *names: str) -> None:
    """Run one statement on the server, outside a transaction; names are quoted."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture
def blank_postgres(postgres_admin: str) -> Iterator[str]:
    """The URL of a PostgreSQL database without any table."""
    name = f"t_{secrets.token_hex(6)}"
    execute(postgres_admin, "CREATE DATABASE {}", name)
    yield database_url(postgres_admin, name)
    execute(postgres_admin, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of an empty Redis server that listens on a socket of its own."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("Redis")
    assert binary is not None
    folder = _short_folder("rd", {})
    socket = folder / "s"
    command = [
        binary,
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(folder),
    ]

    def answers() -> None:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            client.ping()

    server = _start(command, folder, answers)
    yield f"redis+unix://{socket}"
    _stop(server, folder)
