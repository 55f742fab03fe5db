"""Pleadings, evidence and decisions of a synthetic dossier."""

from collections.abc import Iterator

from review.demo.dossier_facts import Scene
from review.demo.dossier_forms import UNDATED, Flaws
from review.demo.dossier_paper import (
    Photograph,
    Story,
    body,
    grid,
    heading,
    new_page,
    plain,
    signature,
)
from review.enums import CaseKind

STOCK = "stock"
NO_PURPOSE = "no_purpose"
STOCK_DEFENCE = (
    "一、对起诉书指控的犯罪事实和罪名没有异议。",
    "二、被告人认罪态度较好，有悔罪表现。",
    "三、被告人系初犯、偶犯，请求法庭从轻处罚。",
)
STOCK_ARGUMENT = (
    "一、原告的诉讼请求有事实和法律依据。",
    "二、请求法庭支持原告的全部诉讼请求，维护弱势群体的合法权益。",
)
STATEMENT_ROWS = 21


def pleading(scene: Scene, flaws: Flaws) -> Story:
    case = scene.case
    title = "劳动仲裁申请书" if case.kind is CaseKind.LABOUR_ARBITRATION else "民事起诉状"
    title = {CaseKind.ADMINISTRATIVE: "行政起诉状", CaseKind.CIVIL_SECOND: "民事上诉状"}.get(
        case.kind, title
    )
    claims = scene.words.get("claims", ["依法追究被告人刑事责任并赔偿经济损失。"])
    return [
        *heading(title),
        *plain(
            f"{scene.role}：{case.recipient}，{scene.year_born}年生，住{case.place}城南街道光明路28号。",
            f"被告：{scene.opponent}，住所地{case.place}。",
            "诉讼请求：",
        ),
        *body(*(f"{n}．{claim}" for n, claim in enumerate(claims, start=1))),
        *plain("事实与理由："),
        *body(scene.fill(scene.words["facts"]), *scene.words.get("points", [])),
        *plain("　　此致", scene.court),
        *signature("具状人：", case.recipient, "" if UNDATED in flaws else scene.day("filed")),
    ]


def evidence(scene: Scene, flaws: Flaws) -> Story:
    """The list, then copies: a bank statement, a certificate, photographs, a receipt."""
    proofs = scene.words["proofs"]
    meaning = [["序号", "证据名称", "证明目的"]]
    for n, proof in enumerate(proofs, start=1):
        meaning.append([str(n), proof[0], "" if NO_PURPOSE in flaws else proof[-1]])
    pages = [page for copied in _copies(scene) for page in (new_page(), *copied)]
    return [
        *heading("证据目录"),
        *plain(f"提交人：{scene.case.recipient}　　案由：{scene.case.cause}"),
        *grid(meaning, (1, 4, 6)),
        *signature("提交人：", scene.case.recipient, scene.day("filed")),
        *pages,
    ]


def indictment(scene: Scene, _: Flaws) -> Story:
    return [
        *heading(f"{scene.prosecutors}", ""),
        *heading("起诉书", f"{scene.case.place[:1]}检刑诉〔{scene.days['read'].year}〕"
                           f"{scene.phone[-3:]}号"),
        *body(
            f"被告人{scene.case.recipient if scene.is_defence else scene.opponent}，"
            f"{scene.year_born}年出生，因涉嫌{scene.case.cause}被依法采取强制措施。",
            f"本案由{scene.police}侦查终结，移送审查起诉。经依法审查查明：",
            scene.fill(scene.words["facts"]),
            "认定上述事实的证据有：" + "、".join(p[0] for p in scene.words["proofs"]) + "。",
            f"本院认为，其行为触犯了{scene.words['law']}，应当以{scene.case.cause}追究刑事责任。"
            "根据《中华人民共和国刑事诉讼法》第一百七十六条的规定，提起公诉，请依法判处。",
        ),
        *plain("　　此致", scene.court),
        *signature("检察员：", scene.judge, scene.day("read"), seal=scene.prosecutors),
    ]  # fmt: skip


def sentencing_recommendation(scene: Scene, _: Flaws) -> Story:
    return [
        *heading("量刑建议书"),
        *body(
            f"被告人{scene.case.recipient}涉嫌{scene.case.cause}一案，被告人自愿认罪认罚，"
            "签署认罪认罚具结书。根据犯罪事实、性质、情节，建议判处有期徒刑六个月至九个月，并处罚金。"
        ),
        *signature("检察员：", scene.judge, scene.day("noticed"), seal=scene.prosecutors),
    ]


def representation_statement(scene: Scene, flaws: Flaws) -> Story:
    case = scene.case
    points = scene.words.get("points", scene.words.get("doubts", []))
    return [
        *heading("代 理 词"),
        *plain("审判员："),
        *body(
            f"{case.provider}接受{case.agency}指派，指派{case.handler}担任{case.recipient}"
            f"{case.cause}一案的代理人，现根据庭审查明的事实和法律规定，发表如下代理意见："
        ),
        *body(*(STOCK_ARGUMENT if STOCK in flaws else _numbered(points))),
        *([] if STOCK in flaws else _on_proofs(scene)),
        *body("以上意见，请法庭采纳。"),
        *signature("代理人：", case.handler, "" if UNDATED in flaws else scene.day("stated")),
    ]


def defence_statement(scene: Scene, flaws: Flaws) -> Story:
    case = scene.case
    at_trial = case.kind is CaseKind.CRIMINAL_TRIAL
    views = STOCK_DEFENCE if STOCK in flaws else tuple(_numbered(scene.words["pleas"]))
    return [
        *heading("辩 护 词" if at_trial else "法律意见书"),
        *plain(f"{scene.court if at_trial else scene.prosecutors}："),
        *body(
            f"{case.provider}接受{case.agency}指派，由{case.handler}担任{scene.role}{case.recipient}"
            f"的辩护人。经会见、阅卷并参加诉讼，现就本案发表如下意见："
        ),
        *body(*views),
        *([] if STOCK in flaws else _on_doubts(scene)),
        *body("以上意见，请予以采纳。"),
        *signature("辩护人：", case.handler, "" if UNDATED in flaws else scene.day("stated")),
    ]


def judgment(scene: Scene, _: Flaws) -> Story:
    case = scene.case
    title = "仲裁裁决书" if "仲裁" in scene.court else "判决书"
    title = f"刑事{title}" if scene.is_criminal else title
    return [
        *heading(scene.court),
        *heading(title, f"（{scene.days['decided'].year}）示0{scene.id_number[-3:]}号"),
        *plain(
            f"{scene.role}：{case.recipient}。",
            f"{_office(scene)}：{case.handler}，{case.provider}。",
        ),
        *body("本案受理后，依法公开开庭进行了审理，现已审理终结。经审理查明："),
        *body(scene.fill(scene.words["facts"])),
        *body("上述事实，有下列经庭审质证的证据证实："),
        *body(
            *(
                f"（{n}）{proof[0]}：{proof[-1]}。"
                for n, proof in enumerate(scene.words["proofs"], 1)
            )
        ),
        *plain("本院认为："),
        *body(*scene.words.get("pleas", scene.words.get("points", []))),
        *body(f"综上，{scene.result}。依照有关法律规定，判决如下（主文略）。"),
        *body("如不服本判决，可在法定期限内通过本院或者直接向上一级人民法院提出上诉。"),
        *signature("审判员：", scene.judge, scene.day("decided"), seal=scene.court),
    ]


def _numbered(texts: list[str]) -> Iterator[str]:
    return (f"{n}、{text}" for n, text in zip("一二三四五六七八", texts, strict=False))


def _on_proofs(scene: Scene) -> Story:
    return body(
        *(f"关于{proof[0]}：该证据{proof[-1]}，应予采信。" for proof in scene.words["proofs"])
    )


def _on_doubts(scene: Scene) -> Story:
    return body("此外，在案证据还有以下问题值得注意：", *scene.words["doubts"])


def _office(scene: Scene) -> str:
    return "指定辩护人" if scene.is_defence else "委托代理人"


def _copies(scene: Scene) -> Iterator[Story]:
    """Twice as many pages as there are proofs, or less: no two dossiers are equally thick."""
    yield _bank_statement(scene)
    yield _receipt(scene)
    proofs = scene.words["proofs"][: 2 + int(scene.phone[-1]) % 4]
    for n, proof in enumerate(proofs, start=1):
        yield [Photograph(f"附件{n}：{proof[0]}（{side}）") for side in ("正面", "背面")]
        yield _testimony(scene, n, proof[-1])


def _bank_statement(scene: Scene) -> Story:
    rows, balance = [["日期", "摘要", "金额", "余额"]], 3000 + int(scene.phone[-3:])
    for n in range(STATEMENT_ROWS):
        amount = (int(scene.phone[-4:]) * (n + 3)) % 2900 + 100
        is_wage = n % 3 == 0
        balance += amount if is_wage else -min(amount, balance - 50)
        day, what = f"{n % 12 + 1}月{n + 3}日", "工资" if is_wage else "消费"
        rows.append([day, what, f"{amount}.00", f"{balance}.00"])
    holder = plain(f"户名：{scene.case.recipient}")
    return [*heading("个人账户交易明细"), *holder, *grid(rows, (3, 3, 3, 3))]


def _receipt(scene: Scene) -> Story:
    name, day = scene.case.recipient, scene.day("happened")
    words = body(f"今收到{scene.opponent}现金人民币伍仟元整。此据。")
    return [*heading("收 条"), *words, *signature("收款人：", name, day, thumb=True)]


def _testimony(scene: Scene, number: int, meaning: str) -> Story:
    witness = f"{scene.clerk[0]}某{'甲乙丙丁戊'[number - 1]}"
    return [
        *heading("证人证言"),
        *plain(f"证人：{witness}，{scene.case.place}居民，与双方没有亲属关系。"),
        *body(
            f"我与当事人是邻居，平时见面打招呼。关于{scene.case.cause}这件事，我知道的情况是："
            f"{scene.day('happened')}前后，我在现场或者听当事人当时说起过有关经过，"
            f"与案件有关的是：{meaning}。以上是我亲眼所见、亲耳所听，愿意出庭作证。"
        ),
        *signature("证人：", witness, scene.day("filed"), thumb=True),
    ]
