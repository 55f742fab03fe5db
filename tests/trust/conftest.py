from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trust import platform
from tests.trust.platform import Platform
from tests.trust.province import Province


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> tuple[Path, Province]:
    """The province of ``tests.trust.province``, built once."""
    return platform.build(tmp_path_factory.mktemp("built"), empty_database)


@pytest.fixture(scope="session")
def platform_of_session(
    tmp_path_factory: pytest.TempPathFactory, built: tuple[Path, Province]
) -> Iterator[Platform]:
    path, here = built
    attacked = Platform(tmp_path_factory.mktemp("attacked"), path, here.copy())
    yield attacked
    attacked.close()


@pytest.fixture
def attacked(platform_of_session: Platform) -> Platform:
    """A platform over the built province, as it was built."""
    platform_of_session.restore()
    return platform_of_session
