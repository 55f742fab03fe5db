"""A register of 36,000 rows and 25 columns, from the file to stored cases, beside the bare work.

Floor: python-calamine reads the same file, and the sqlite3 driver inserts the same rows as they
are into a table of 25 columns without an index, in one transaction of a database tuned like the
platform's. Floor and import take turns, each in a process of its own; a ratio is the median.

Prints one JSON object per line: case, value, floor, ratio.
    end to end   value: seconds to read, check, stage and store; floor: the bare work; goal <= 3
    cpu          the same in seconds of CPU, all processes together, which a busy machine leaves be
    write lock   value: seconds that other writers wait at most; floor: 1; goal <= 1
    peak memory  value: MB of the worker, and of the child that reads; floor: 400; goal <= 1
"""

import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python benchmarks/import_register.py` finds the platform

from python_calamine import CalamineWorkbook  # noqa: E402  (after the path is set)
from sqlalchemy import event  # noqa: E402
from xlsxwriter import Workbook  # noqa: E402

from review import create_app  # noqa: E402
from review.config import Config, Mode  # noqa: E402
from review.domain.imports import ask_for, upload_register  # noqa: E402
from review.enums import JobKind, RegionLevel, Role  # noqa: E402
from review.extensions import db  # noqa: E402
from review.jobs import run_due  # noqa: E402
from review.models.accounts import Membership, Region, User  # noqa: E402
from review.models.cases import Case, RegisterImport  # noqa: E402
from review.permissions import Actor  # noqa: E402
from review.queries.accounts import acting_as  # noqa: E402

ROWS, TURNS = 36_000, 3
FLOOR, IMPORT = "floor", "import"
MOST_LOCK_SECONDS, MOST_MB = 1.0, 400
CITY, COUNTY = "990100", "990101"
HANDLERS, PROVIDERS = 2500, 600
HEADINGS = (
    *("案件编号", "受理机构", "机构代码", "案件类型", "援助方式", "来源", "阶段", "审级", "案由"),
    *("受援人", "身份证号", "联系电话", "受援人类别", "承办机构", "承办人员", "执业证号"),
    *("承办人员类型", "申请日期", "受理日期", "指派日期", "结案日期", "归档日期", "结案方式"),
    *("补贴金额", "卷宗页数"),
)


def row(number: int, chance: random.Random) -> tuple[Any, ...]:
    handler = chance.randrange(HANDLERS)
    closed = date(2024, 1, 1) + timedelta(days=chance.randrange(360))
    days = [closed - timedelta(days=before) for before in (95, 90, 88, 0, -10)]
    criminal = chance.random() < 0.4
    return (
        f"（2024）示援{'刑' if criminal else '民'}字第{number:08d}号",
        *("城关区法律援助中心", COUNTY),
        *(("刑事", "刑事辩护") if criminal else ("民事", "民事诉讼代理")),
        chance.choice(("申请", "通知")),
        *(("审判", "一审") if criminal else ("", "一审")),
        chance.choice(("离婚纠纷", "劳动争议", "盗窃罪", "故意伤害罪")),
        f"{chance.choice('赵钱孙李周吴郑王')}{chance.choice('伟芳娜敏静丽')}{number % 97}",
        f"99010119{chance.randrange(60, 99)}0101{number % 10_000:04d}",
        f"139{number:08d}",
        chance.choice(("妇女", "农民", "妇女、农民", "农民工")),
        f"东川第{handler % PROVIDERS}律师事务所",
        f"承办{handler}",
        f"1992{handler:012d}",
        "社会律师",
        *days,
        "全部采纳" if criminal else "胜诉",
        1400,
        chance.randrange(20, 90),
    )


def make_register(path: Path) -> None:
    chance = random.Random(1)  # noqa: S311  (invented cases, the same each time)
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with Workbook(path, options) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate((HEADINGS, *(row(n, chance) for n in range(ROWS)))):
            sheet.write_row(line, 0, cells)


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def timed(work: Callable[[], None]) -> dict[str, float]:
    clock, cpu = time.perf_counter(), cpu_seconds()
    work()
    return {"seconds": time.perf_counter() - clock, "cpu": cpu_seconds() - cpu}


def floor(register: Path, folder: Path) -> dict[str, float]:
    def bare() -> None:
        with CalamineWorkbook.from_filelike(BytesIO(register.read_bytes())) as book:
            _headings, *rows = book.get_sheet_by_index(0).to_python()
        marks = ", ".join("?" * len(HEADINGS))
        with closing(sqlite3.connect(folder / "floor.db")) as connection, connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"CREATE TABLE bare ({', '.join(f'c{n}' for n in range(25))})")
            plain = ([str(v) if isinstance(v, date) else v for v in line] for line in rows)
            connection.executemany(f"INSERT INTO bare VALUES ({marks})", plain)  # noqa: S608

    return timed(bare)


def build(folder: Path) -> Any:
    config = Config(
        mode=Mode.TEST,
        secret_key="s" * 32,
        data_key=b"k" * 32,
        database_url=f"sqlite:///{folder / 'import.db'}",
        data_dir=folder,
    )
    return create_app(config)


def organiser() -> Actor:
    db.create_all()
    for code, level, parent in (
        ("990000", RegionLevel.PROVINCE, None),
        (CITY, RegionLevel.CITY, "990000"),
        (COUNTY, RegionLevel.COUNTY, CITY),
    ):
        db.session.add(Region(code=code, name=code, level=level, parent_code=parent))
        db.session.flush()
    user = User(email="organiser@example.org", name="组织者")
    member = Membership(user=user, role=Role.ORGANISER, region_code=CITY)
    db.session.add(member)
    db.session.commit()
    return acting_as(user, member)


class Lock:
    """How long SQLite's write lock was held at most."""

    def __init__(self) -> None:
        self.longest, self.taken_at = 0.0, None
        event.listen(db.engine, "before_cursor_execute", self.begin)
        event.listen(db.engine, "commit", self.end)
        event.listen(db.engine, "rollback", self.end)

    def begin(self, *arguments: Any) -> None:
        if arguments[2] == "BEGIN IMMEDIATE":
            self.taken_at = time.perf_counter()

    def end(self, connection: Any) -> None:
        """Commit at once, so that the time it takes is counted too."""
        if self.taken_at:
            connection.connection.commit()
            self.longest = max(self.longest, time.perf_counter() - self.taken_at)
            self.taken_at = None


def whole_import(register: Path, folder: Path) -> dict[str, float]:
    app = build(folder)
    with app.app_context():
        by = organiser()
        lock = Lock()

        def go() -> None:
            upload_register(register.read_bytes(), register.name, by)
            run_due()
            ask_for(JobKind.IMPORT_REGISTER, db.session.query(RegisterImport).one(), by)
            run_due()

        found = timed(go)
        if db.session.query(Case).count() != ROWS:
            raise SystemExit("the import did not store every row")
    own, child = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return found | {"lock": lock.longest, "worker": own, "child": child}


def turn(what: str, register: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, __file__, what, str(register)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def say(case: str, value: float, floor_value: float, ratio: float | None = None) -> None:
    ratio = value / floor_value if ratio is None else ratio
    figures = {"value": value, "floor": floor_value, "ratio": ratio}
    print(json.dumps({"case": case} | {k: round(v, 3) for k, v in figures.items()}), flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register.xlsx"
        print(f"making a register of {ROWS:,} rows ...", file=sys.stderr)
        make_register(register)
        turns = []
        for number in range(TURNS):
            print(f"turn {number + 1} of {TURNS} ...", file=sys.stderr)
            turns.append((turn(FLOOR, register), turn(IMPORT, register)))
    for case, name in (("import: end to end", "seconds"), ("import: cpu", "cpu")):
        bare, whole = ([each[n][name] for each in turns] for n in (0, 1))
        ratio = statistics.median(w / b for b, w in zip(bare, whole, strict=True))
        say(case, statistics.median(whole), statistics.median(bare), ratio)
    whole_turns = [each[1] for each in turns]
    locks = [each["lock"] for each in whole_turns]
    say("import: write lock", statistics.median(locks), MOST_LOCK_SECONDS)
    for process in ("worker", "child"):
        memory = max(each[process] for each in whole_turns)
        say(f"import: peak memory of the {process}", memory, MOST_MB)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        measure = {FLOOR: floor, IMPORT: whole_import}[sys.argv[1]]
        with tempfile.TemporaryDirectory() as place:
            print(json.dumps(measure(Path(sys.argv[2]), Path(place))))
