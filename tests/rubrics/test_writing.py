from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.grading import Scheme
from rubrics.model import Rubric
from rubrics.reading import read_rubric, read_scheme
from rubrics.registry import all_rubrics, all_schemes, get_rubric
from rubrics.writing import rubric_text, scheme_text

words = st.text(st.characters(codec="utf-8"), max_size=30)


@pytest.mark.parametrize("rubric", all_rubrics(), ids=lambda rubric: rubric.key)
def test_rubric_reads_back_as_it_was_written(rubric: Rubric) -> None:
    assert read_rubric(rubric_text(rubric)) == rubric


@pytest.mark.parametrize("scheme", all_schemes(), ids=lambda scheme: scheme.key)
def test_scheme_reads_back_as_it_was_written(scheme: Scheme) -> None:
    assert read_scheme(scheme_text(scheme)) == scheme


@given(words)
def test_any_words_read_back(title: str) -> None:
    rubric = replace(get_rubric("civil-second/1"), title=title)
    assert read_rubric(rubric_text(rubric)) == rubric


def test_unfinished_rubric_reads_back() -> None:
    rubric = get_rubric("civil-second/1")
    bare = replace(rubric, sections=(replace(rubric.sections[0], criteria=()),))
    assert read_rubric(rubric_text(bare)) == bare
    empty = replace(rubric, sections=())
    assert read_rubric(rubric_text(empty)) == empty
