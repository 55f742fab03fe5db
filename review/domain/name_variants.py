"""Names that are the same though written differently: of people, and of offices.

Both fold to a key that spacing, width, middle dots, traditional characters, brackets, the place
in front and the usual endings do not change. Equal keys are a reason to look, never a proof: an
organiser can say that two are different (``domain.conflict_entries``).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

TRADITIONAL = (
    "張张陳陈劉刘楊杨黃黄趙赵吳吴孫孙馬马鄭郑羅罗謝谢韓韩馮冯蕭萧葉叶蔣蒋盧卢蘇苏鍾钟譚谭陸陆龍龙萬万錢钱湯汤賀贺"
    "賴赖龔龚嚴严顧顾歐欧國国華华偉伟麗丽強强軍军傑杰濤涛鵬鹏飛飞慶庆興兴寶宝貴贵義义紅红蘭兰鳳凤蓮莲瓊琼輝辉燦灿"
    "榮荣廣广東东學学業业愛爱雲云瑩莹倫伦禮礼靜静淨净潔洁維维綱纲紹绍經经繼继賢贤財财質质遠远運运達达遙遥鋒锋鋼钢"
    "錦锦鎮镇鐵铁銘铭銳锐長长門门開开閔闵聞闻陽阳際际隨随順顺須须領领顏颜風风駿骏驍骁魯鲁鮑鲍麥麦齊齐誠诚詩诗諾诺"
    "謙谦語语讓让覺觉親亲視视車车農农鄧邓鄒邹鄔邬醫医釗钊豐丰賓宾資资頌颂務务師师處处區区縣县責责隊队聯联嶺岭"
)
SIMPLIFIED = str.maketrans(TRADITIONAL[::2], TRADITIONAL[1::2])
UNSAID = re.compile(r"[\s·•・‧．.。,，、\-–—()（）〔〕\[\]【】<>《》\"'“”]+")
ENDINGS = (
    ("律师事务所", "律所"),
    ("律师所", "律所"),
    ("律师行", "律所"),
    ("法律服务所", "服务所"),
    ("法律援助中心", "援助中心"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
)
PLACE_ENDING = re.compile(r"(省|自治区|市|区|县|自治州|盟|旗)$")
SHORTEST_PLACE, SHORTEST_STEM = 2, 2


def person_key(name: str) -> str:
    """What all spellings of a person's name have in common."""
    return _plain(name)


def _plain(name: str) -> str:
    seen = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    return UNSAID.sub("", unicodedata.normalize("NFKC", seen)).casefold().translate(SIMPLIFIED)


@dataclass(frozen=True, slots=True)
class Places:
    """The names of the regions, long and short, with the city each lies in: by their first sign,
    longest first."""

    cities: Mapping[str, list[tuple[str, str]]]

    @classmethod
    def of(cls, regions: Iterable[tuple[str, str]]) -> "Places":
        """From codes and names of regions."""
        found: dict[str, str] = {}
        for code, name in regions:
            for written in (_plain(name), PLACE_ENDING.sub("", _plain(name))):
                if len(written) >= SHORTEST_PLACE:
                    found.setdefault(written, "" if code.endswith("0000") else code[:4])
        by_sign: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for place in sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])):
            by_sign[place[0][0]].append(place)
        return cls(by_sign)

    def split(self, name: str) -> tuple[str, str]:
        """An office's name without place and usual ending, and the city that it named, or ''."""
        rest, city = _plain(name), ""
        while place := self._leading(rest):
            rest, city = rest[len(place[0]) :], place[1] or city
        for long, short in ENDINGS:
            if rest.endswith(long):
                return rest.removesuffix(long) + short, city
        return rest, city

    def _leading(self, rest: str) -> tuple[str, str] | None:
        for place in self.cities.get(rest[:1], ()):
            if rest.startswith(place[0]) and len(rest) >= len(place[0]) + SHORTEST_STEM:
                return place
        return None


@dataclass(frozen=True, slots=True)
class Offices:
    """Which rows of the register are one office: same stem, and no two different cities."""

    places: Places
    by_stem: Mapping[str, list[tuple[int, str]]] = field(default_factory=dict)
    written: Mapping[int, list[tuple[str, str]]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, places: Places, names: Iterable[tuple[int, str, str | None]]) -> "Offices":
        """From ids, names or aliases, and region codes of providers."""
        by_stem: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        written: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        first: dict[int, str] = {}
        for provider_id, name, region_code in names:
            first.setdefault(provider_id, name)
            stem, named = places.split(name)
            city = named or (region_code or "")[:4]
            by_stem[stem].append((provider_id, city))
            written[provider_id].append((stem, city))
        return cls(places, by_stem, written, first)

    def name_of(self, provider_id: int) -> str:
        return self.names.get(provider_id, "")

    def named(self, name: str) -> frozenset[int]:
        """Every office that ``name`` may mean."""
        return self._alike(*self.places.split(name))

    def twins(self, provider_id: int) -> frozenset[int]:
        """The office itself and every other row that may be the same one."""
        found = (self._alike(*each) for each in self.written.get(provider_id, ()))
        return frozenset({provider_id}).union(*found)

    def _alike(self, stem: str, city: str) -> frozenset[int]:
        there = self.by_stem.get(stem, ())
        return frozenset(one for one, other in there if not (city and other) or city == other)
