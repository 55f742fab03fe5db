"""Which documents a dossier should hold, by kind of case, and what they are called.

Codes and their order are those of ``rubrics.model.EVIDENCE``: what a criterion names as its
evidence is found under the same code in the dossier.
"""

from review.enums import CaseKind
from rubrics.model import EVIDENCE

OUTSIDE = frozenset({"court_observation", "authority_opinion", "callback"})
"""Evidence that lies in no dossier."""
DOCUMENT_TYPES = tuple(code for code in EVIDENCE if code not in OUTSIDE)
Requirement = tuple[str, ...]
"""Codes any one of which will do."""
KINDS = (
    CaseKind.CIVIL_FIRST, CaseKind.CIVIL_SECOND, CaseKind.LABOUR_ARBITRATION,
    CaseKind.NON_LITIGATION, CaseKind.ADMINISTRATIVE, CaseKind.CRIMINAL_INVESTIGATION,
    CaseKind.CRIMINAL_PROSECUTION, CaseKind.CRIMINAL_TRIAL, CaseKind.VICTIM, CaseKind.DUTY_LAWYER,
)  # fmt: skip
NEEDS: dict[Requirement, str] = {
    # One column for each of KINDS: R required, o optional, - not of this kind.
    ("catalogue",): "RRRRRRRRRR",
    ("approval",): "RRRRRooooo",
    ("defence_notice", "application"): "-----RRR--",
    ("defence_notice",): "---------o",
    ("application",): "RRRRR---Ro",
    ("identity",): "RRRRRoooRo",
    ("hardship",): "ooooooooo-",
    ("authorisation",): "RRRRRRRRRo",
    ("pleading",): "RRRoR---o-",
    ("interview_record",): "RRRRR---R-",
    ("meeting_record",): "-----RRRoR",
    ("file_notes",): "ooo-o-RRRo",
    ("evidence",): "RoRRRoooo-",
    ("indictment",): "-----ooRR-",
    ("sentencing_recommendation",): "------ooo-",
    ("representation_statement",): "RRRoR---R-",
    ("defence_statement",): "-----RRR-o",
    ("court_notice",): "ooo-o--oo-",
    ("hearing_record",): "ooo-o--oo-",
    ("judgment",): "RRRoR-oRR-",
    ("service_receipt",): "oooooooooo",
    ("closing_report",): "RRRRRRRRRR",
    ("supervision_card",): "RRRRRRRRRo",
    ("callback_record",): "oooooooooo",
}
NAMES: dict[str, tuple[str, ...]] = {
    "catalogue": ("卷宗目录", "案卷目录", "卷内目录", "目录", "卷内文件目录"),
    "approval": ("审批表", "指派通知书", "指派函", "给予法律援助决定书", "法律援助决定书"),
    "application": ("申请表", "法律援助申请书", "援助申请书"),
    "identity": ("身份证明", "身份证复印件", "户口簿复印件", "身份证件"),
    "hardship": ("经济困难证明", "经济状况证明", "经济困难状况说明表", "低保证明", "收入证明"),
    "defence_notice": ("通知辩护公函", "通知辩护函", "指定辩护通知书", "法律援助公函"),
    "authorisation": ("授权委托书", "委托书", "委托协议", "委托代理协议", "法律援助协议"),
    "pleading": ("起诉状", "答辩状", "上诉状", "仲裁申请书", "再审申请书", "民事诉状"),
    "interview_record": ("谈话笔录", "询问笔录", "约见笔录", "接待笔录"),
    "meeting_record": ("会见笔录", "会见记录", "法律帮助记录", "法律帮助工作记录"),
    "file_notes": ("阅卷笔录", "阅卷记录", "阅卷摘要"),
    "evidence": (
        "证据目录", "证据清单", "证据材料", "证据目录与证据", "鉴定申请书", "保全申请书",
        "调查取证申请书", "调取证据申请书",
    ),
    "indictment": ("起诉书", "起诉意见书", "刑事附带民事起诉状"),
    "sentencing_recommendation": ("量刑建议", "量刑建议书", "认罪认罚具结书"),
    "representation_statement": ("代理词", "代理意见", "代理意见书"),
    "defence_statement": ("辩护词", "辩护意见", "辩护意见书", "律师意见书", "法律意见书",
        "取保候审申请书", "羁押必要性审查申请书"),
    "court_notice": ("出庭通知", "出庭通知书", "开庭通知书", "开庭传票", "传票"),
    "hearing_record": ("庭审笔录", "开庭笔录", "法庭笔录", "法庭审理笔录", "庭审记录"),
    "judgment": (
        "裁判文书", "判决书", "裁定书", "调解书", "裁决书", "调解协议书", "和解协议书",
        "不起诉决定书",
    ),
    "service_receipt": ("送达回证", "送达回执"),
    "closing_report": ("结案报告", "结案报告表", "办案小结", "承办情况通报", "结案审批表"),
    "supervision_card": ("质量监督卡", "征求意见表", "质量监督卡回执"),
    "callback_record": ("回访记录", "回访笔录", "回访登记表", "回访表"),
}  # fmt: skip
BY_NAME = {name: code for code, names in NAMES.items() for name in names}


def requirements(kind: CaseKind) -> tuple[list[Requirement], list[str]]:
    """What a dossier of this kind must hold, and what it may hold besides."""
    column = KINDS.index(kind)
    required = [codes for codes, needs in NEEDS.items() if needs[column] == "R"]
    optional = [codes[0] for codes, needs in NEEDS.items() if needs[column] == "o"]
    return required, optional


def type_of(title: str) -> str | None:
    """The document that a plain title ends with the name of; the longest name decides."""
    for start in range(len(title)):
        if code := BY_NAME.get(title[start:]):
            return code
    return None
