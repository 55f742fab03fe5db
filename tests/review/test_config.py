import base64
import stat
from pathlib import Path

import pytest

from review.config import Config, Mode, config_from_environment
from review.errors import ConfigError

SECRET = "s" * 32
KEY = base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("=")


def read(tmp_path: Path, **changes: str | None) -> Config:
    """The configuration of a production server, with these variables changed or taken away."""
    env = {"SECRET_KEY": SECRET, "DATA_KEY": KEY, "DATA_DIR": str(tmp_path / "data")} | changes
    return config_from_environment({k: v for k, v in env.items() if v is not None})


def test_mode_is_production_unless_said(tmp_path: Path) -> None:
    assert read(tmp_path).mode is Mode.PRODUCTION
    assert read(tmp_path, PLATFORM_MODE="").mode is Mode.PRODUCTION


def test_unknown_mode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'prod'; choose one of: production, demo, test"):
        read(tmp_path, PLATFORM_MODE="prod")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATA_KEY"])
@pytest.mark.parametrize("value", [None, "", "short"])
def test_production_refuses_to_start_without_a_key(
    tmp_path: Path, name: str, value: str | None
) -> None:
    with pytest.raises(ConfigError, match=f"set {name} to"):
        read(tmp_path, **{name: value})
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("size", [31, 33])
def test_data_key_of_another_length_is_refused(tmp_path: Path, size: int) -> None:
    wrong = base64.urlsafe_b64encode(b"k" * size).decode()
    with pytest.raises(ConfigError, match="DATA_KEY"):
        read(tmp_path, DATA_KEY=wrong)


def test_data_key_is_read_with_and_without_padding(tmp_path: Path) -> None:
    assert read(tmp_path).data_key == read(tmp_path, DATA_KEY=f"{KEY}=").data_key == b"k" * 32


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"PLATFORM_MODE": "demo"}, True),
        ({"PLATFORM_MODE": "test"}, False),
        ({"DATABASE_URL": "postgresql://database/review"}, False),
        ({"DATABASE_URL": "postgresql://database/review", "EMBEDDED_WORKER": "yes"}, True),
        ({"EMBEDDED_WORKER": "no"}, False),
    ],
)
def test_web_processes_work_on_jobs_beside_an_sqlite_file_or_when_told_to(
    tmp_path: Path, changes: dict[str, str], expected: bool
) -> None:
    assert read(tmp_path, **changes).embedded_worker is expected


def test_worker_setting_is_yes_or_no(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'maybe'; say yes or no"):
        read(tmp_path, EMBEDDED_WORKER="maybe")


def test_former_data_keys_are_read_newest_first(tmp_path: Path) -> None:
    older, oldest = (base64.urlsafe_b64encode(c * 32).decode() for c in (b"o", b"p"))
    assert read(tmp_path).data_key_fallbacks == ()
    read_keys = read(tmp_path, DATA_KEY_FALLBACKS=f"{older}, {oldest}").data_key_fallbacks
    assert read_keys == (b"o" * 32, b"p" * 32)


def test_former_data_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DATA_KEY_FALLBACKS must be 32 bytes"):
        read(tmp_path, DATA_KEY_FALLBACKS=f"{KEY},short")


def test_demo_makes_its_keys_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = read(tmp_path, PLATFORM_MODE="demo", SECRET_KEY=None, DATA_KEY=None)
    second = read(tmp_path, PLATFORM_MODE="demo", SECRET_KEY=None, DATA_KEY="")
    assert first == second
    assert len(first.data_key) == 32
    kept = list((tmp_path / "data").iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600]


def test_demos_of_two_folders_have_different_keys(tmp_path: Path) -> None:
    one = read(tmp_path / "a", PLATFORM_MODE="demo", SECRET_KEY=None, DATA_KEY=None)
    two = read(tmp_path / "b", PLATFORM_MODE="demo", SECRET_KEY=None, DATA_KEY=None)
    assert one.data_key != two.data_key
    assert one.secret_key != two.secret_key


def test_keys_of_a_demo_do_not_start_production(tmp_path: Path) -> None:
    read(tmp_path, PLATFORM_MODE="demo", SECRET_KEY=None, DATA_KEY=None)
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        read(tmp_path, SECRET_KEY=None, DATA_KEY=None)


def test_only_production_asks_browsers_for_https(tmp_path: Path) -> None:
    assert read(tmp_path).secure_cookies
    assert not read(tmp_path, PLATFORM_MODE="demo").secure_cookies
    assert not read(tmp_path).is_demo


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_address_always_names_its_driver(tmp_path: Path, scheme: str) -> None:
    config = read(tmp_path, DATABASE_URL=f"{scheme}://app@db/platform")
    assert config.database_url == "postgresql+psycopg://app@db/platform"


def test_database_is_a_file_in_the_data_folder_unless_said(tmp_path: Path) -> None:
    assert read(tmp_path).database_url == f"sqlite:///{tmp_path}/data/platform.db"


def test_trusted_hosts_are_a_list(tmp_path: Path) -> None:
    hosts = read(tmp_path, TRUSTED_HOSTS="pg.example.org, 127.0.0.1,").trusted_hosts
    assert hosts == ("pg.example.org", "127.0.0.1")
    assert read(tmp_path).trusted_hosts == ()


def test_proxies_must_be_a_whole_number(tmp_path: Path) -> None:
    assert read(tmp_path).proxies == 0
    assert read(tmp_path, PROXIES="1").proxies == 1
    with pytest.raises(ConfigError, match="PROXIES is '-1'"):
        read(tmp_path, PROXIES="-1")
