"""The words that registers use for code lists, and the codes they stand for."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from review.domain.register_values import NOTHING as EMPTY
from review.domain.register_values import Cell, UnknownCodeError, compact, plain
from review.enums import (
    AidMethod,
    AidSource,
    CaseType,
    HandlerType,
    Instance,
    Outcome,
    RecipientCategory,
    Stage,
)

Code = TypeVar("Code", bound=StrEnum)
SEPARATORS = re.compile(r"[、,;/|\s]+")
TRAILING = re.compile(r"(案件|类|案|阶段|程序|结案)$")

# The first word of each line is the canonical one; the others have been seen for it.
WORDS: dict[type[StrEnum], dict[StrEnum, tuple[str, ...]]] = {
    CaseType: {
        CaseType.CRIMINAL: ("刑事", "刑事诉讼"),
        CaseType.CIVIL: ("民事", "民事诉讼"),
        CaseType.ADMINISTRATIVE: ("行政", "行政诉讼"),
    },
    AidMethod: {
        AidMethod.CRIMINAL_DEFENCE: ("刑事辩护", "辩护"),
        AidMethod.VICTIM_REPRESENTATION: ("刑事代理", "被害人代理", "刑事被害人代理"),
        AidMethod.CIVIL_LITIGATION: ("民事诉讼代理", "民事代理", "民事诉讼"),
        AidMethod.ADMINISTRATIVE_LITIGATION: ("行政诉讼代理", "行政代理", "行政诉讼"),
        AidMethod.LABOUR_ARBITRATION: ("劳动仲裁", "劳动争议仲裁", "劳动仲裁代理", "仲裁代理"),
        AidMethod.NON_LITIGATION: ("非诉讼", "非诉", "非诉讼代理", "非诉讼法律援助"),
        AidMethod.DUTY_LAWYER: ("值班律师帮助", "值班律师", "值班律师法律帮助", "法律帮助"),
    },
    AidSource: {
        AidSource.APPLICATION: ("申请", "当事人申请"),
        AidSource.NOTICE: ("通知", "通知辩护", "通知代理"),
        AidSource.REQUEST: ("商请",),
        AidSource.TRANSFER: ("转交", "转交申请"),
    },
    Stage: {
        Stage.INVESTIGATION: ("侦查",),
        Stage.PROSECUTION: ("审查起诉", "起诉"),
        Stage.TRIAL: ("审判", "法院审判"),
    },
    Instance: {
        Instance.FIRST: ("一审", "第一审", "1审"),
        Instance.SECOND: ("二审", "第二审", "2审"),
        Instance.RETRIAL: ("再审", "审判监督"),
    },
    HandlerType: {
        HandlerType.AGENCY_STAFF: ("法律援助机构人员", "法律援助机构律师", "法律援助机构工作人员"),
        HandlerType.LAWYER: ("社会律师", "律师", "执业律师"),
        HandlerType.GRASSROOTS: ("基层法律服务工作者", "法律服务工作者"),
        HandlerType.SOCIAL_ORGANISATION: ("社会组织人员", "社会组织"),
        HandlerType.VOLUNTEER: ("法律援助志愿者", "志愿者"),
    },
    Outcome: {
        Outcome.ADOPTED: ("全部采纳", "采纳"),
        Outcome.PARTLY_ADOPTED: ("部分采纳",),
        Outcome.NOT_ADOPTED: ("未采纳", "不予采纳", "未被采纳"),
        Outcome.WON: ("胜诉", "全部胜诉"),
        Outcome.LOST: ("败诉",),
        Outcome.MEDIATED: ("调解",),
        Outcome.WITHDRAWN: ("撤诉",),
        Outcome.SETTLED: ("和解",),
        Outcome.ARBITRATED: ("仲裁结案", "劳动仲裁", "仲裁", "仲裁裁决"),
        Outcome.TERMINATED: ("终止提供", "终止", "终止法律援助", "终止援助"),
    },
    RecipientCategory: {
        RecipientCategory.WOMAN: ("妇女",),
        RecipientCategory.DISABLED: ("残疾人",),
        RecipientCategory.FARMER: ("农民",),
        RecipientCategory.MIGRANT_WORKER: ("农民工", "进城务工人员"),
        RecipientCategory.ELDERLY: ("老年人",),
        RecipientCategory.MINOR: ("未成年人",),
        RecipientCategory.MILITARY: ("军人军属", "军人", "军属"),
        RecipientCategory.VETERAN: ("退役军人",),
        RecipientCategory.MINORITY: ("少数民族",),
        RecipientCategory.FOREIGN: ("外国籍或无国籍", "外国籍", "无国籍", "外国人"),
        RecipientCategory.POOR: ("一般贫困者", "一般贫困", "经济困难者"),
    },
}
CODES = {
    kind: {word: code for code, words in table.items() for word in words}
    for kind, table in WORDS.items()
}


def word_of(code: StrEnum) -> str:
    """The canonical word of a code, as registers are to write it."""
    return WORDS[type(code)][code][0]


def code_reader(kind: type[Code]) -> Callable[[Cell], tuple[Code | None, bool]]:
    """A reader of cells that hold one code of ``kind``, in any form seen for it."""
    codes = CODES[kind]

    def read_code(cell: Cell) -> tuple[Code | None, bool]:
        text = compact(cell)
        if text in EMPTY:
            return None, False
        code = codes.get(text) or codes.get(TRAILING.sub("", text))
        if code is None:
            raise UnknownCodeError
        return code, cell != WORDS[kind][code][0]  # type: ignore[return-value]

    return read_code


def read_categories(cell: Cell) -> tuple[tuple[str, ...], bool]:
    """受援人类别, several in one cell; ``changed`` says that an unknown one was left out."""
    codes = CODES[RecipientCategory]
    text = unicodedata.normalize("NFKC", plain(cell))
    words = [word for word in SEPARATORS.split(text) if word not in EMPTY]
    found = {codes[word].value for word in words if word in codes}
    return tuple(sorted(found)), any(word not in codes for word in words)
