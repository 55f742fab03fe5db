"""Every word that a person reads can be translated: no bare text in templates, views, forms."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

TEMPLATES = sorted(Path("templates").rglob("*.html"))
SPEAKING = sorted([*Path("review/blueprints").rglob("*.py"), *Path("review/forms").rglob("*.py")])

HAN = re.compile(r"[㐀-鿿豈-﫿]")
WORD = re.compile(r"[㐀-鿿豈-﫿]|[A-Za-z]{2,}")
READ_ALOUD = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "label",
    "placeholder",
}
READ_ALOUD |= {"title", "hx-confirm", "hx-prompt"}
ALLOWED = re.compile(r"\{#\s*i18n: \S.*?#\}")
TRANSLATORS = {"_", "_l", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "pgettext"}
TRANS_BLOCK = re.compile(r"\{%-?\s*trans\b.*?\bendtrans\s*-?%\}", re.DOTALL)
HOLE = "\0"

ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


class Text(HTMLParser):
    """Collect (line, text) of what a reader of the page would see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_data(self, data: str) -> None:
        first = self.getpos()[0]
        for offset, line in enumerate(data.split("\n")):
            if WORD.search(line):
                self.found.append((first + offset, line.strip()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type")
        for name, value in attrs:
            shown = name in READ_ALOUD or (
                name == "value" and kind in {"button", "submit", "reset"}
            )
            if (WORD if shown else HAN).search(value or ""):
                self.found.append((self.getpos()[0], f"{name}={value}"))


def markup(source: str) -> str:
    """The template's own markup on its own lines: what Jinja computes becomes a hole."""
    parts = []
    own = TRANS_BLOCK.sub(lambda block: "\n" * block[0].count("\n"), source)
    for _line, kind, value in ENVIRONMENT.lex(own):
        parts.append(value if kind == "data" else "\n" * value.count("\n"))
        if kind in {"variable_end", "block_end"}:
            parts.append(HOLE)
    return "".join(parts)


def constants(tree: nodes.Node) -> list[tuple[int, str]]:
    """Strings with Chinese inside Jinja expressions that no translator receives."""
    translated = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATORS
        for argument in call.args
    }
    return [
        (constant.lineno, constant.value)
        for constant in tree.find_all(nodes.Const)
        if isinstance(constant.value, str)
        and HAN.search(constant.value)
        and id(constant) not in translated
    ]


def bare_words(source: str) -> list[tuple[int, str]]:
    """Line and text of every literal that no translation can reach."""
    text = Text()
    text.feed(markup(source))
    text.close()
    allowed = {n for n, line in enumerate(source.split("\n"), 1) if ALLOWED.search(line)}
    found = text.found + constants(ENVIRONMENT.parse(source))
    return sorted({(line, words) for line, words in found if line not in allowed})


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_template_holds_no_untranslated_literal(path: Path) -> None:
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>提交</p>",
        "<p>\n{{ x }} Submit</p>",
        "<b>{% if x %}好{% endif %}</b>",
        '<img alt="chart of totals">',
        '<a title="{{ x }} 页">{{ y }}</a>',
        '<input type="submit" value="Save">',
        '<p data-why="原因">{{ x }}</p>',
        '{{ heading("标题") }}',
        '{{ _("总分") ~ "分" }}',
        "{% set why = '为空' %}",
        "{# 提交 #}<p>提交</p>",
        "<p>提交</p>{# i18n: #}",
    ],
)
def test_untranslated_literal_is_seen(source: str) -> None:
    assert bare_words(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="paper table-responsive" id="main">{{ _("提交") }}</p>',
        '<a href="/x" title="{{ _("提交") }}">{{ _("共 %(n)s 件", n=3) }}</a>',
        "{# 说明 #}<td>n = {{ x }}（{{ y }}%）</td>",
        "<button>中文</button>{# i18n: the name of a language in that language #}",
        '{{ ngettext("%(num)s 件", "%(num)s 件", n) }}',
        "{% trans %}提交{% endtrans %}<p>{{ x }}</p>",
    ],
)
def test_translatable_text_passes(source: str) -> None:
    assert bare_words(source) == []


def spoken(source: str) -> list[tuple[int, str]]:
    """Chinese strings of a module outside docstrings that no translator receives."""
    tree = ast.parse(source)
    silent = set()
    for node in ast.walk(tree):
        name = getattr(node.func, "id", None) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and name in TRANSLATORS:
            silent |= {id(argument) for argument in node.args}
        if isinstance(node, ast.Expr):
            silent.add(id(node.value))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HAN.search(node.value)
        and id(node) not in silent
    ]


@pytest.mark.parametrize("path", SPEAKING, ids=str)
def test_views_and_forms_speak_only_through_translation(path: Path) -> None:
    assert spoken(path.read_text(encoding="utf-8")) == []


def test_untranslated_message_of_a_view_is_seen() -> None:
    assert spoken('flash("已保存")') == [(1, "已保存")]
    assert spoken('"""已保存"""\nflash(_("已保存"))') == []
