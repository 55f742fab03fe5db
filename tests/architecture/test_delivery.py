"""What is shipped: locked packages, vendored files, the image and the servers around it."""

import hashlib
import re
from typing import Any

import pytest
import yaml

from review.config import ROOT, config_from_environment

LOCKS = ("requirements.txt", "requirements-dev.txt")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
REQUIRED = re.compile(r"\$\{(\w+):\?[^}]+\}")
NEEDED = {"SECRET_KEY", "DATA_KEY", "DB_PASSWORD", "PUBLIC_HOST"}


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_package_by_hash_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 20
    assert [e.split()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


@pytest.mark.parametrize(
    "name", ["Makefile", ".ci/run", "Dockerfile", "compose.yaml", "pyproject.toml", "babel.cfg"]
)
def test_set_up_names_no_address_but_this_machine(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://(?!127\.0\.0\.1)\S+", text) == []


def test_ci_runs_what_everybody_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "make test"


def test_both_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.M))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_vendored_files_are_the_published_ones() -> None:
    folder = ROOT / "review" / "static" / "vendor"
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name.lstrip("*"): digest for digest, name in (line.split() for line in lines)}
    code = [path for path in folder.rglob("*") if path.suffix in {".css", ".js", ".mjs"}]
    assert {str(p.relative_to(folder)) for p in code} <= set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_image_follows_the_steps_of_the_makefile() -> None:
    steps = (
        "pip install --require-hashes -r requirements.txt",
        "pybabel compile -d review/translations",
        "USER review",
        "gunicorn",
    )
    places = [DOCKERFILE.index(step) for step in steps]
    assert places == sorted(places)
    assert "pybabel -q compile -d review/translations" in (ROOT / "Makefile").read_text("utf-8")


def test_image_copies_what_runs_and_nothing_else() -> None:
    copied = set(re.findall(r"^COPY (\S+)", DOCKERFILE, re.M))
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert allowed[0] == "*"
    assert {line[1:] for line in allowed if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)


def test_image_is_never_the_demo() -> None:
    assert "demo" not in DOCKERFILE
    assert compose()["services"]["app"]["environment"]["PLATFORM_MODE"] == "production"


def test_servers_are_the_app_postgresql_and_redis() -> None:
    services = compose()["services"]
    assert set(services) == {"migrate", "app", "worker", "database", "cache"}
    version = re.match(r"postgres:(\d+)", services["database"]["image"])
    assert version is not None
    assert int(version[1]) >= 15
    assert services["cache"]["image"].startswith("redis:7")
    assert services["migrate"]["command"][-2:] == ["db", "upgrade"]
    waits = services["app"]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_worker_is_the_same_image_after_the_migration() -> None:
    app, worker = (compose()["services"][name] for name in ("app", "worker"))
    assert worker["command"] == ["flask", "--app", "wsgi", "worker"]
    assert worker["environment"] == app["environment"]
    assert worker["image"] == app["image"]
    assert worker["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_only_the_app_is_reachable_and_only_from_its_own_machine() -> None:
    ports = {name: service.get("ports") for name, service in compose()["services"].items()}
    assert {name for name, port in ports.items() if port} == {"app"}
    assert all(port.startswith("127.0.0.1:") for port in ports["app"])


def test_every_secret_comes_from_the_environment() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(REQUIRED.findall(text)) == NEEDED
    assert not re.search(r"(SECRET_KEY|DATA_KEY|PASSWORD): (?!\$\{)", text)


def test_environment_of_the_app_is_a_configuration_that_starts() -> None:
    raw = compose()["services"]["app"]["environment"]
    values = {"SECRET_KEY": "s" * 43, "DATA_KEY": "A" * 43, "DB_PASSWORD": "pw", "PUBLIC_HOST": "h"}

    def fill(text: str) -> str:
        filled = REQUIRED.sub(lambda found: values[found[1]], text)
        return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", filled)

    config = config_from_environment({name: fill(value) for name, value in raw.items()})
    assert config.trusted_hosts == ("h", "127.0.0.1")
    assert config.database_url == "postgresql+psycopg://review:pw@database/review"
    assert config.redis_url == "redis://cache:6379/0"
    assert config.proxies == 1
