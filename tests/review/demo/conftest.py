import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from review import create_app
from review.demo.build import STEPS, build
from review.demo.progress import Progress
from review.extensions import db
from tests.conftest import test_config as config_for

SMALL, SEED = 500, 7


def built(folder: Path, *, seed: int = SEED, size: int = SMALL) -> Path:
    app = create_app(config_for(folder))
    with app.app_context():
        build(folder / "platform.db", seed=seed, size=size, progress=Progress(STEPS, silent=True))
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def small_province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a province of 500 cases a year and its truth; only to be read or copied."""
    return built(tmp_path_factory.mktemp("province"))


@pytest.fixture
def province(small_province: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application over a copy of the small province."""
    for name in ("platform.db", "truth.json"):
        shutil.copy(small_province / name, tmp_path / name)
    shutil.copytree(small_province / "files", tmp_path / "files")
    app = create_app(config_for(tmp_path))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
