import hashlib
from decimal import Decimal

import pytest

from rubrics.checks import rubric_problems
from rubrics.model import AGENCY, Rubric
from rubrics.registry import DEFINITIONS, SCHEMES, all_rubrics, all_schemes, get_rubric

POINTS = {
    "administrative/1": [
        [2, 3, 3],
        [4, 5, 3],
        [8, 4],
        [6, 6],
        [10, 16],
        [7, 5],
        [6],
        [5],
        [2, 3, 2],
    ],
    "civil-first/1": [[4, 4], [5, 6, 4], [8], [8, 7], [8, 12], [8, 6], [7], [5], [3, 3, 2]],
    "civil-second/1": [
        [3, 3, 2],
        [4, 5, 3],
        [7, 5],
        [6, 4],
        [10, 15],
        [6, 4],
        [6, 2],
        [5],
        [3, 4, 3],
    ],
    "criminal-investigation/1": [[4, 6], [10, 12, 8], [6, 4], [12, 12, 4], [8], [5], [3, 4, 2]],
    "criminal-prosecution/1": [[3, 4], [7, 8, 5], [6, 14], [8], [14, 8, 6], [5], [4], [3, 3, 2]],
    "criminal-trial/1": [[5], [7, 7, 3], [5, 10], [6], [15, 4, 6], [8, 6], [5], [5], [8]],
    "duty-lawyer/1": [[4, 4], [10, 12, 8], [12], [12, 12, 6], [8], [4], [5, 3]],
    "labour-arbitration/1": [
        [2, 3, 3],
        [4, 7, 4],
        [6],
        [8, 6, 4],
        [9, 11],
        [7, 5],
        [4, 4],
        [5],
        [3, 3, 2],
    ],
    "non-litigation/1": [[3, 4, 3], [5, 10, 5], [5], [9, 6], [10, 12, 6], [8], [5], [3, 4, 2]],
    "victim/1": [[2, 3, 3], [5, 7, 4], [5, 7], [8, 4], [12, 12], [7, 5], [6], [4], [3, 3]],
}
DIGESTS = {
    "civil-first_v1": "3c29542d0c10ee1e4753a90a6a4b5d934a8485c9fdefe3ff9646ff32f6690f84",
    "criminal-trial_v1": "03c762e00cc3f70bb66441500207942efd877f73e2c7925b1fb8a14ea1d431b7",
}
SECTIONS = {
    "依法确立委托代理关系",
    "及时有效会见受援人",
    "及时有效约见受援人",
    "及时有效阅卷",
    "依法调查取证",
    "有效提出法律意见",
    "依法参加庭审活动",
    "全面履行告知义务",
    "履行报告义务",
    "规范整理提交承办材料",
}
WITHOUT_HEARING = {
    "criminal_investigation",
    "criminal_prosecution",
    "non_litigation",
    "duty_lawyer",
}


@pytest.mark.parametrize("rubric", all_rubrics(), ids=lambda rubric: rubric.key)
def test_shipped_rubric_has_the_agreed_points(rubric: Rubric) -> None:
    assert [[int(c.points) for c in s.criteria] for s in rubric.sections] == POINTS[rubric.key]
    assert sum(c.points for c in rubric.criteria) == 100
    assert rubric_problems(rubric) == []
    assert rubric.is_example


@pytest.mark.parametrize("rubric", all_rubrics(), ids=lambda rubric: rubric.key)
def test_shipped_rubric_uses_the_attested_section_names(rubric: Rubric) -> None:
    assert {section.title for section in rubric.sections} <= SECTIONS
    has_hearing = "依法参加庭审活动" in {section.title for section in rubric.sections}
    assert has_hearing is (rubric.kinds[0] not in WITHOUT_HEARING)


def test_published_definitions_stay_as_they_were() -> None:
    for name, digest in DIGESTS.items():
        content = (DEFINITIONS / f"{name}.toml").read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


def test_marks_of_the_first_rubrics_are_all_the_handlers() -> None:
    assert {r.key for r in all_rubrics() if not r.part(AGENCY)} == {
        "civil-first/1",
        "criminal-trial/1",
    }


def test_definition_lies_in_a_file_of_its_own_name() -> None:
    for rubric in all_rubrics():
        name, version = rubric.key.split("/")
        assert (DEFINITIONS / f"{name}_v{version}.toml").is_file()
    for scheme in all_schemes():
        assert (SCHEMES / f"{scheme.key}.toml").is_file()


def test_unknown_key_raises() -> None:
    with pytest.raises(KeyError):
        get_rubric("civil-first/99")


def test_points_are_exact_decimals() -> None:
    step = get_rubric("civil-first/1").step
    assert step == Decimal("0.5")
    assert all(isinstance(c.points, Decimal) for c in get_rubric("civil-first/1").criteria)
