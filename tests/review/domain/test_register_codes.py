import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.domain.register_codes import CODES, WORDS, code_reader, read_categories
from review.domain.register_values import UnknownCodeError
from review.enums import AidMethod, CaseType, Instance, Outcome, Stage


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("刑事", CaseType.CRIMINAL),
        ("刑事案件", CaseType.CRIMINAL),
        ("刑事类", CaseType.CRIMINAL),
        ("民事 ", CaseType.CIVIL),
        ("民 事", CaseType.CIVIL),
        ("行政诉讼", CaseType.ADMINISTRATIVE),
        ("值班律师", AidMethod.DUTY_LAWYER),
        ("审判阶段", Stage.TRIAL),
        ("第一审", Instance.FIRST),
        ("二审程序", Instance.SECOND),
        ("调解结案", Outcome.MEDIATED),
    ],
)
def test_variant_stands_for_its_code(word: str, code: CaseType) -> None:
    assert code_reader(type(code))(word) == (code, word != "刑事")


@pytest.mark.parametrize("word", ["公益", "待定", "案件", "类", "刑民交叉"])
def test_word_outside_the_list_is_refused(word: str) -> None:
    with pytest.raises(UnknownCodeError):
        code_reader(CaseType)(word)


def test_every_code_has_words_and_no_word_two_codes() -> None:
    for kind, table in WORDS.items():
        assert set(table) == set(kind)
        assert len(CODES[kind]) == sum(map(len, table.values()))


@pytest.mark.parametrize(
    "cell",
    [
        "妇女、农民",
        "农民，妇女",
        "妇女;农民",
        "妇女；农民",
        "妇女,农民",
        "妇女/农民",
        "妇女 农民、妇女",
    ],
)
def test_categories_are_split_at_every_separator_seen(cell: str) -> None:
    assert read_categories(cell) == (("farmer", "woman"), False)


def test_unknown_category_is_left_out_and_said_so() -> None:
    assert read_categories("妇女、其他") == (("woman",), True)
    assert read_categories(None) == ((), False)


@given(
    st.sets(
        st.sampled_from(sorted(CODES[next(k for k in CODES if k.__name__ == "RecipientCategory")]))
    )
)
def test_any_set_of_categories_survives(words: set[str]) -> None:
    codes, changed = read_categories("、".join(words))
    assert len(codes) == len(set(codes))
    assert not changed
