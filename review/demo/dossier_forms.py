"""Forms of a synthetic dossier: what the agency and the court hand out, filled in."""

from review.demo.dossier_facts import Scene
from review.demo.dossier_paper import (
    Story,
    body,
    grid,
    heading,
    new_page,
    plain,
    right,
    signature,
)

UNDATED, UNSIGNED, SPARSE = "undated", "unsigned", "sparse"
Flaws = frozenset[str]


def catalogue(scene: Scene, entries: list[tuple[str, int, int]]) -> Story:
    """The first page: every document with its pages, as the person who filed it counted them."""
    rows = [["序号", "文件名称", "页次", "备注"]]
    rows += [[str(n), name, f"{a}–{b}", ""] for n, (name, a, b) in enumerate(entries, start=1)]
    return [
        *heading("卷宗目录", f"案件编号：{scene.case.case_number}"),
        *grid(rows, (1, 6, 2, 2)),
        *right(f"立卷人：{scene.case.handler}", f"立卷日期：{scene.day('filed_away')}"),
    ]


def approval(scene: Scene, _: Flaws) -> Story:
    case = scene.case
    rows = [
        ["案件编号", case.case_number, "申请日期", scene.day("applied")],
        ["受援人", case.recipient, "案由", case.cause],
        ["承办机构", case.provider, "承办人员", case.handler],
    ]
    opinion = [
        [
            "审查意见",
            f"经审查，{case.recipient}申请事项属于法律援助范围，材料齐全，建议给予法律援助。",
        ],
        ["审批意见", f"同意给予法律援助，指派{case.provider}承办。"],
    ]
    return [
        *heading("法律援助审批表"),
        *grid(rows, (2, 5, 2, 3)),
        *grid(opinion, (2, 10)),
        *signature("审批人：", scene.clerk, scene.day("assigned"), seal=case.agency),
        new_page(),
        *_letter(scene, "给予法律援助决定书", f"{case.recipient}：",
                 f"你提出的法律援助申请收悉。经审查，符合法律援助条件，决定给予法律援助，由{case.provider}"
                 "指派人员承办。你应当如实提供情况和证据，协助承办人员办理。"),
        new_page(),
        *_letter(scene, "指派通知书", f"{case.provider}：",
                 f"现将{case.recipient}{case.cause}一案指派你单位承办。请于接到通知之日起三个工作日内"
                 f"确定承办人员并与受援人联系，结案后三十日内提交承办材料。承办人员：{case.handler}。"),
    ]  # fmt: skip


def _letter(scene: Scene, title: str, to: str, text: str) -> Story:
    number = f"（{scene.days['assigned'].year}）援字第{scene.phone[-5:]}号"
    sealed = signature("经办人：", scene.clerk, scene.day("assigned"), seal=scene.case.agency)
    return [*heading(title, number), *plain(to), *body(text), *sealed]


def application(scene: Scene, flaws: Flaws) -> Story:
    case, day = scene.case, "" if UNDATED in flaws else scene.day("applied")
    rows = [
        ["姓名", case.recipient, "出生年份", f"{scene.year_born}年"],
        ["身份证号", scene.id_number, "联系电话", scene.phone],
        ["住所地", f"{case.place}城南街道光明路28号", "申请事项", case.cause],
    ]
    return [
        *heading("法律援助申请表"),
        *grid(rows, (2, 5, 2, 3)),
        *grid([["案情及申请理由", scene.fill(scene.words["facts"])]], (2, 10)),
        *body("本人承诺以上内容和所提交的证件、证明材料均真实；如有虚假，愿承担相应的法律责任。"),
        *signature("申请人：", case.recipient, day, thumb=True),
    ]


def identity(scene: Scene, _: Flaws) -> Story:
    rows = [
        ["姓名", scene.case.recipient],
        ["出生", f"{scene.year_born}年"],
        ["住址", f"{scene.case.place}城南街道光明路28号"],
        ["公民身份号码", scene.id_number],
    ]
    return [
        *heading("身份证复印件"),
        *grid(rows, (2, 5)),
        *right("与原件核对无异"),
        *signature("核对人：", scene.clerk, scene.day("applied")),
    ]


def hardship(scene: Scene, flaws: Flaws) -> Story:
    day = "" if UNDATED in flaws else scene.day("applied")
    return [
        *heading("经济困难证明"),
        *plain(f"{scene.case.agency}："),
        *body(
            f"兹有我社区居民{scene.case.recipient}，家庭人口三人，家庭月收入约2100元，"
            "人均收入低于本地法律援助经济困难标准，情况属实，特此证明。"
        ),
        *signature("经办人：", scene.clerk, day, seal=f"{scene.case.place}城南社区居委会"),
    ]


def defence_notice(scene: Scene, _: Flaws) -> Story:
    case = scene.case
    office = {"审判": scene.court, "审查起诉": scene.prosecutors}.get(_stage(scene), scene.police)
    return [
        *heading("通知辩护公函", f"（{scene.days['assigned'].year}）援通字第{scene.phone[-4:]}号"),
        *plain(f"{case.agency}："),
        *body(
            f"{scene.role}{case.recipient}涉嫌{case.cause}一案，因其没有委托辩护人，"
            "依照《中华人民共和国刑事诉讼法》第三十五条的规定，请指派律师为其提供辩护。",
            "附：起诉书（意见书）副本一份。",
        ),
        *signature("联系人：", scene.judge, scene.day("applied"), seal=office),
    ]


def authorisation(scene: Scene, flaws: Flaws) -> Story:
    case, general = scene.case, "sparse" in flaws
    limits = "代理权限：全权代理。" if general else _limits(scene)
    signer = "" if UNSIGNED in flaws else case.recipient
    return [
        *heading("授权委托书"),
        *plain(f"委托人：{case.recipient}　　身份证号：{scene.id_number}"),
        *plain(f"受委托人：{case.handler}，{case.provider}"),
        *body(f"就{case.cause}一案，委托人自愿委托上述人员担任其{_office(scene)}。", limits),
        *body("本委托书有效期自即日起至本阶段终结时止。"),
        *signature("委托人：", signer, scene.day("met"), thumb=UNSIGNED not in flaws),
        *signature("受委托人：", case.handler, scene.day("met")),
    ]


def court_notice(scene: Scene, _: Flaws) -> Story:
    number = f"（{scene.days['noticed'].year}）示0{scene.id_number[-3:]}号"
    return [
        *heading("出庭通知书", number),
        *plain(f"{scene.case.handler}："),
        *body(
            f"本院受理的{scene.case.recipient}{scene.case.cause}一案，定于{scene.day('heard')}"
            "上午九时在本院第三法庭公开开庭审理，请准时出庭。",
            "到庭时请携带律师执业证件及委托手续。",
        ),
        *signature("书记员：", scene.clerk, scene.day("noticed"), seal=scene.court),
    ]


def service_receipt(scene: Scene, flaws: Flaws) -> Story:
    signer = "" if UNSIGNED in flaws else scene.case.recipient
    rows = [
        ["送达文书", "裁判文书一份"],
        ["受送达人", scene.case.recipient],
        ["送达地点", f"{scene.court}立案庭"],
        ["送达方式", "直接送达"],
    ]
    return [
        *heading("送达回证"),
        *grid(rows, (2, 6)),
        *signature("受送达人：", signer, scene.day("served")),
        *signature("送达人：", scene.clerk, scene.day("served")),
    ]


def supervision_card(scene: Scene, _: Flaws) -> Story:
    marks = ("承办人员是否及时联系您", "是否向您收取费用", "是否耐心解答疑问", "是否告知案件进展")
    answers = ("☑是 □否", "□是 ☑否", "☑是 □否", "☑是 □否")
    return [
        *heading("法律援助案件质量监督卡"),
        *plain(f"受援人：{scene.case.recipient}　　承办人员：{scene.case.handler}"),
        *grid([["事项", "评价"], *map(list, zip(marks, answers, strict=True))], (6, 3)),
        *plain("总体评价：☑满意　□基本满意　□不满意"),
        *signature("受援人：", scene.case.recipient, scene.day("filed_away")),
    ]


def callback_record(scene: Scene, _: Flaws) -> Story:
    rows = [
        ["回访时间", scene.day("called"), "回访方式", "电话"],
        ["受援人", scene.case.recipient, "联系电话", scene.phone],
    ]
    answers = [["回访内容", "对承办人员的工作表示满意，未被收取任何费用，已知悉结果和上诉期限。"]]
    return [
        *heading("回访记录"),
        *grid(rows, (2, 4, 2, 3)),
        *grid(answers, (2, 9)),
        *signature("回访人：", scene.clerk, scene.day("called")),
    ]


def _stage(scene: Scene) -> str:
    """The stage of a defence as its title words say it."""
    from_kind = {"criminal_trial": "审判", "criminal_prosecution": "审查起诉"}
    return from_kind.get(scene.case.kind.value, "侦查")


def _limits(scene: Scene) -> str:
    if scene.is_criminal:
        return "委托权限：会见、阅卷、调查取证、出庭及提出书面意见。"
    return "代理权限：特别授权，包括代为承认、放弃、变更诉讼请求，进行和解、调解，代收法律文书。"


def _office(scene: Scene) -> str:
    return "辩护人" if scene.is_defence else "代理人"
