"""Seeded variants of names fold to one key, and different names do not."""

import random

import pytest

from review.domain.name_variants import Offices, Places, person_key

REGIONS = [
    ("990000", "示范省"),
    ("990100", "东川市"),
    ("990101", "城关区"),
    ("990200", "西岭市"),
]
PLACES = Places.of(REGIONS)
OFFICES = Offices.of(
    PLACES,
    [
        (1, "东川正义律师事务所", "990101"),
        (2, "西岭正义律师事务所", "990200"),
        (3, "明德律师事务所", "990200"),
        (3, "明德崇法律所", "990200"),
        (4, "城关区基层法律服务所", "990101"),
    ],
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "張三"),
        ("张 三", "张三"),
        ("阿依古丽·买买提", "阿依古丽．买买提"),
        ("欧阳\u200b明", "歐陽明"),
        ("Ｌｉ Wei", "li wei"),
    ],
)
def test_spellings_of_a_person_have_one_key(one: str, other: str) -> None:
    assert person_key(one) == person_key(other)


@pytest.mark.parametrize(("one", "other"), [("张三", "张山"), ("王明", "王明明")])
def test_other_people_have_other_keys(one: str, other: str) -> None:
    assert person_key(one) != person_key(other)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("示范省东川市正义律师事务所", {1}),
        ("东川（正义）律师所", {1}),
        ("东川 正义律所", {1}),
        ("正义律师事务所", {1, 2}),  # no place is named: both may be meant
        ("西岭正义律所", {2}),
        ("西嶺正義律師事務所", {2}),
        ("明德崇法律师事务所", {3}),  # by its other name
        ("示范省东川市城关区基层法律服务所", {4}),
        ("正义明德律师事务所", set()),
    ],
)
def test_office_is_found_by_any_of_its_spellings(name: str, ids: set[int]) -> None:
    assert OFFICES.named(name) == ids


def test_offices_of_two_cities_are_no_twins() -> None:
    assert OFFICES.twins(1) == {1}
    assert OFFICES.twins(2) == {2}


def test_seeded_variants_are_all_matched() -> None:
    chance = random.Random(7)  # noqa: S311  (repeatable variants, no secret)
    for _ in range(500):
        stem = "".join(chance.sample("正义明德崇法诚信天平金石", 3))
        place = chance.choice(["东川", "西岭"])
        offices = Offices.of(PLACES, [(1, f"{place}{stem}律师事务所", None)])
        prefix = chance.choice([place, f"{place}市", f"示范省{place}市", f"（{place}）"])
        ending = chance.choice(["律师事务所", "律所", "律师所", " 律师 事务所"])
        assert offices.named(prefix + stem + ending) == {1}
