import ast
from pathlib import Path

import pytest

WRITES = {"session", "engine"}  # an engine's own transaction, for what must last by itself
DOMAIN = sorted(Path("review/domain").rglob("*.py"))


def names_used_of(source: str, owner: str) -> set[str]:
    """The attributes that a module takes from the name ``owner``."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    }


@pytest.mark.parametrize("path", DOMAIN, ids=str)
def test_domain_only_writes(path: Path) -> None:
    assert names_used_of(path.read_text(encoding="utf-8"), "db") <= WRITES


def test_query_written_in_domain_is_seen() -> None:
    assert not names_used_of("rows = db.select(Case)", "db") <= WRITES
