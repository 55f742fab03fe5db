"""Files outside the database: as they were stored or not at all, on a disk and in a bucket."""

import io
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from flask import Flask
from moto.server import ThreadedMotoServer

from review import create_app, storage
from review.errors import DamagedFileError
from review.storage import (
    CHUNK,
    DIGEST_BYTES,
    SEALED_CHUNK,
    StoredReader,
    keys,
    put,
    remove,
    stored_at,
    whole,
)
from tests.conftest import test_config as settings


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket on a server of the same machine that speaks the S3 protocol."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as env:
        env.setenv("AWS_ACCESS_KEY_ID", "key")
        env.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        env.setenv("AWS_DEFAULT_REGION", "us-east-1")
        env.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        boto3.client("s3").create_bucket(Bucket="dossiers")
        yield "s3://dossiers/files"
    server.stop()


@pytest.fixture(params=["disk", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over a store of either kind, inside its context."""
    at = {"file_store": request.getfixturevalue("bucket")} if request.param == "bucket" else {}
    app = create_app(settings(tmp_path, **at))
    with app.app_context():
        yield app


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311  (bytes to compare, no secret)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_a_file_comes_back_as_it_was_stored(place: Flask, size: int) -> None:
    stored = put([content(size)[:7], content(size)[7:]])
    assert whole(stored) == content(size)
    assert stored.size == size
    assert len(stored.chunk_digests) == 32 * -(-size // CHUNK)  # one per chunk begun


def test_a_range_is_read_alone(place: Flask) -> None:
    reader = StoredReader(put([content(3 * CHUNK)]))
    reader.seek(CHUNK - 10)
    assert io.BufferedReader(reader, 64).read(20) == content(3 * CHUNK)[CHUNK - 10 : CHUNK + 10]


def test_the_store_holds_no_plain_byte_and_no_given_name(place: Flask) -> None:
    plain = b"ZX-plain-words " * 100_000  # 1.4 MiB
    stored = put([plain])
    files, path = storage._store().files, storage._store().path(stored.key)
    sealed = files.cat_file(path)
    assert b"ZX-plain" not in sealed
    assert len(sealed) == len(plain) + 2 * (12 + 16)  # nonce and tag of each of two chunks
    assert stored.key in set(keys())


def test_what_was_removed_is_gone_and_removing_again_is_no_error(place: Flask) -> None:
    stored = put([b"x"])
    remove(stored.key)
    remove(stored.key)
    with pytest.raises(DamagedFileError):
        whole(stored)


def path_of(app: Flask, key: str) -> Path:
    folder: Path = app.config["PLATFORM"].data_dir
    return folder / "files" / key[:2] / key


def flip(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        (byte,) = file.read(1)
        file.seek(position)
        file.write(bytes([byte ^ 1]))


@pytest.fixture
def disk(sqlite_app: Flask) -> Iterator[Flask]:
    with sqlite_app.app_context():
        yield sqlite_app


def test_a_hundred_flipped_bits_are_all_found(disk: Flask) -> None:
    stored = put([content(2 * CHUNK + 1000)])
    path, chance = path_of(disk, stored.key), random.Random(7)  # noqa: S311
    for position in chance.sample(range(path.stat().st_size), 100):
        flip(path, position)
        with pytest.raises(DamagedFileError):
            whole(stored)
        flip(path, position)
    assert whole(stored) == content(2 * CHUNK + 1000)


def test_chunks_that_changed_places_are_found(disk: Flask) -> None:
    stored = put([content(2 * CHUNK)])
    path = path_of(disk, stored.key)
    sealed = path.read_bytes()
    half = len(sealed) // 2
    path.write_bytes(sealed[half:] + sealed[:half])
    with pytest.raises(DamagedFileError):
        whole(stored)


def test_a_file_cut_short_is_found(disk: Flask) -> None:
    stored = put([content(2 * CHUNK)])
    os.truncate(path_of(disk, stored.key), storage.SEALED_CHUNK)
    with pytest.raises(DamagedFileError):
        whole(stored)


def test_the_digest_is_checked_beside_the_tag(disk: Flask) -> None:
    stored = put([b"one"])
    other = put([b"two"])
    mixed = storage.Stored(
        stored.key, stored.sealed_key, stored.sha256, other.chunk_digests, stored.size
    )
    with pytest.raises(DamagedFileError):
        whole(mixed)


def test_no_file_is_named_by_its_uploader(disk: Flask) -> None:
    assert {len(put([b"same"]).key) for _ in range(5)} == {32}
    assert len(set(keys())) == 5


def test_age_of_a_file_is_known_in_every_store(place: Flask) -> None:
    before = datetime.now(UTC).replace(microsecond=0)  # a bucket tells whole seconds
    assert before <= stored_at(put([b"now"]).key) <= datetime.now(UTC)


def test_chunks_cannot_change_places_even_with_their_digests(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path))
    with app.app_context():
        stored = put([content(2 * CHUNK)])
        path = tmp_path / "files" / stored.key[:2] / stored.key
        sealed, digests = path.read_bytes(), stored.chunk_digests
        path.write_bytes(sealed[SEALED_CHUNK:] + sealed[:SEALED_CHUNK])
        stored.chunk_digests = digests[DIGEST_BYTES:] + digests[:DIGEST_BYTES]
        with pytest.raises(DamagedFileError):
            whole(stored)


def test_a_file_shorter_than_its_row_says_is_damaged(place: Flask) -> None:
    stored = put([content(20)])
    stored.size += 1
    with pytest.raises(DamagedFileError):
        whole(stored)
