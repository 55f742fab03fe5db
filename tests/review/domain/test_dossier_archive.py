"""Archives with hostile names and contents: nothing is written but where we say."""

import random
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from review.domain import dossier_archive
from review.domain.dossier_archive import Archive
from review.enums import FileRefusal
from review.errors import FileRefusedError

DEVICES = ("CON", "NUL", "COM1", "LPT1", "AUX.pdf", "/dev/sda", "\\\\.\\PhysicalDrive0")
STEPS = ("../", "..\\", "/", "C:\\", "//host/share/", "./", "a/../../", "%2e%2e/", "．．/", "~/")
SIGNS = (
    "\u202e",
    "\u2066",
    "\n",
    "\r",
    "\t",
    "\x01",
    "é",
    "𠮷",
    "\u200b",
    "；rm -rf",
    "$(id)",
    "`id`",
)


def hostile_names(count: int = 1000) -> list[str]:
    chance = random.Random(20240502)  # noqa: S311  (names to try, no secret)
    made = set[str]()
    while len(made) < count:
        steps = "".join(chance.choices(STEPS, k=chance.randint(1, 12)))
        body = chance.choice([*DEVICES, "etc/passwd", "x" * chance.randint(1, 4000), "a.pdf"])
        made.add(steps + chance.choice(SIGNS) + body + chance.choice(("", ".pdf", "/", " ", ".")))
    return sorted(made)


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> BytesIO:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer


def test_a_thousand_hostile_names_write_nothing_elsewhere(tmp_path: Path) -> None:
    desk, outside = tmp_path / "a" / "b" / "desk", tmp_path
    desk.mkdir(parents=True)
    names = hostile_names()
    archive = Archive(packed(dict.fromkeys(names, b"x")), "卷宗.zip")
    for number, member in enumerate(archive.members):
        archive.copy(member, desk / str(number))
    written = {path for path in outside.rglob("*") if path.is_file()}
    assert written == {desk / str(number) for number in range(len(archive.members))}
    folders = [name for name in names if name.replace("\\", "/").endswith("/")]
    assert len(names) == 1000
    assert len(archive.members) >= 1000 - len(folders)


def refusal_of(archive: Archive, target: Path) -> FileRefusal:
    with pytest.raises(FileRefusedError) as refused:
        archive.copy(archive.members[0], target)
    return FileRefusal(refused.value.refusal)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("a.pdf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal_of(Archive(buffer, "x"), tmp_path / "0") is FileRefusal.WRONG_FORMAT


def test_a_locked_member_is_said_to_be_locked(tmp_path: Path) -> None:
    content = packed({"a.pdf": b"x"}).getvalue()
    central = content.index(b"PK\x01\x02")
    locked = content[: central + 8] + struct.pack("<H", 1) + content[central + 10 :]
    assert refusal_of(Archive(BytesIO(locked), "x"), tmp_path / "0") is FileRefusal.LOCKED


def test_a_member_that_unpacks_to_too_much_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_archive, "MOST_FILE_BYTES", 2_000_000)
    archive = Archive(packed({"a.pdf": bytes(50_000_000)}), "x")
    assert refusal_of(archive, tmp_path / "0") is FileRefusal.TOO_LARGE
    assert (tmp_path / "0").stat().st_size <= 2_000_000


def test_all_members_together_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_archive, "MOST_BYTES", 1_500_000)
    archive = Archive(packed({"a.pdf": bytes(1_000_000), "b.pdf": bytes(1_000_000)}), "x")
    archive.copy(archive.members[0], tmp_path / "0")
    with pytest.raises(FileRefusedError):
        archive.copy(archive.members[1], tmp_path / "1")


# Of the first member's local header: 30 bytes, then its name of 5, then its packed content.
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_refused_alone(tmp_path: Path, method: int) -> None:
    files = {"a.pdf": random.Random(1).randbytes(500), "b.pdf": b"second" * 100}  # noqa: S311
    content = bytearray(packed(files, method).getvalue())
    content[35:300] = bytes(265)
    _check_only_the_second_can_be_read(content, tmp_path)


def test_a_member_whose_name_is_no_text_is_refused_alone(tmp_path: Path) -> None:
    files = {"笔.pdf": b"first" * 100, "证.pdf": b"second" * 100}
    content = bytearray(packed(files).getvalue())
    content[30] = 0xFF  # in the local header only; the table of contents is as it was
    _check_only_the_second_can_be_read(content, tmp_path)


def _check_only_the_second_can_be_read(content: bytearray, tmp_path: Path) -> None:
    archive = Archive(BytesIO(bytes(content)), "x")
    assert refusal_of(archive, tmp_path / "0") is FileRefusal.NOT_READABLE
    archive.copy(archive.members[1], tmp_path / "1")
    assert (tmp_path / "1").read_bytes() == b"second" * 100


def test_a_full_disk_is_not_taken_for_a_damaged_file() -> None:
    archive = Archive(packed({"a.pdf": b"x" * 100_000}), "x")
    with pytest.raises(OSError, match="No space left"):
        archive.copy(archive.members[0], Path("/dev/full"))


def test_an_archive_that_is_none_is_refused() -> None:
    with pytest.raises(FileRefusedError):
        Archive(BytesIO(b"PK\x03\x04" + bytes(500)), "x")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_archive, "MOST_MEMBERS", 2)
    with pytest.raises(FileRefusedError):
        Archive(packed({str(number): b"" for number in range(3)}), "x")


def test_names_written_in_gb18030_are_read_as_such() -> None:
    content = packed({"XXXX.pdf": b"x"}).getvalue().replace(b"XXXX", "笔录".encode("gb18030"))
    assert Archive(BytesIO(content), "x").members[0].name == "笔录.pdf"


def test_a_file_that_is_no_archive_is_its_own_member(tmp_path: Path) -> None:
    archive = Archive(BytesIO(b"%PDF-1.7"), "会见笔录.pdf")
    assert [member.name for member in archive.members] == ["会见笔录.pdf"]
    archive.copy(archive.members[0], tmp_path / "0")
    assert (tmp_path / "0").read_bytes() == b"%PDF-1.7"
