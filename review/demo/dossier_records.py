"""Records of a synthetic dossier: talks, notes from the file, and the hearing."""

from collections.abc import Sequence

from review.demo.dossier_facts import Scene
from review.demo.dossier_forms import SPARSE, UNDATED, UNSIGNED, Flaws
from review.demo.dossier_paper import NO_DAY, Story, body, grid, heading, plain, signature, talk

AIMLESS = "aimless"
READ_OVER = "以上笔录我看过，与我说的相符。"
STOCK_TALK = (
    ("你对案件有什么意见？", "没有意见。"),
    ("你还有什么要求？", "希望从轻处理。"),
    ("家里情况怎么样？", "都还好。"),
)
REPLIES = (
    "对真实性没有异议，对证明目的有不同意见。",
    "该证据系复印件，请求核对原件；与原件一致的，对真实性予以认可。",
    "对关联性有异议，该材料不能单独证明待证事实。",
    "没有异议。",
    "对形成时间有异议，请求法庭结合其他证据综合判断。",
)
RIGHTS = (
    (
        "根据法律规定，你享有申请回避、辩解、申请变更强制措施、拒绝辩护和最后陈述等权利，听清楚了吗？",
        "听清楚了。",
    ),
    (
        "认罪认罚从宽的含义和后果是：自愿如实供述、承认指控的事实、愿意接受处罚的，可以依法从宽；"
        "签署具结书后反悔的，将不再从宽。你明白吗？",
        "明白，可以上诉我也知道。",
    ),
)
RISKS = (
    (
        "现在向你说明诉讼风险：主张的事实要由你举证，证据不足的可能败诉；胜诉后对方没有财产的，"
        "可能一时执行不到。清楚了吗？",
        "清楚了，证据我尽量找。",
    ),
    (
        "举证期限以法院通知为准，逾期提交可能不被采纳；在诉讼中可以调解，也可以上诉。",
        "知道了。",
    ),
)
DAILY = (
    ("你的文化程度和职业？", "初中，平时在外面打零工。"),
    ("家里还有什么人？", "老人、爱人和孩子，老人身体不太好。"),
    ("这件事以后联系你方便吗？", "方便，打我电话就行，换号我告诉你。"),
    ("还有没有材料要补充？", "我回去再找找，找到给你送来。"),
)


def interview_record(scene: Scene, flaws: Flaws) -> Story:
    pairs = STOCK_TALK[:2] if SPARSE in flaws else [*_asked(scene), *RISKS, *DAILY]
    return _record(scene, flaws, "谈话笔录", f"{scene.case.provider}接待室", pairs)


def meeting_record(scene: Scene, flaws: Flaws) -> Story:
    pairs = STOCK_TALK if AIMLESS in flaws else [*RIGHTS, *_asked(scene), *DAILY[1:3]]
    return _record(scene, flaws, "会见笔录", f"{scene.case.place}看守所第二会见室", pairs)


def file_notes(scene: Scene, flaws: Flaws) -> Story:
    rows = [["证据名称", "所在页码", "主要内容"]]
    if scene.is_criminal:
        rows += scene.words["proofs"]
    else:
        rows += [
            [name, f"第{n}页", what] for n, (name, what) in enumerate(scene.words["proofs"], 3)
        ]
    doubts = [] if SPARSE in flaws else scene.words.get("doubts", scene.words.get("points", []))
    return [
        *heading("阅卷笔录", f"阅卷时间：{scene.day('read')}　　阅卷地点：{_reading_room(scene)}"),
        *plain(f"案由：{scene.case.cause}　　阅卷人：{scene.case.handler}"),
        *grid(rows, (3, 2, 6)),
        *(plain("阅卷分析：") if doubts else []),
        *body(*(f"{n}．{doubt}" for n, doubt in enumerate(doubts, start=1))),
        *signature("阅卷人：", scene.case.handler, "" if UNDATED in flaws else scene.day("read")),
    ]


def hearing_record(scene: Scene, _: Flaws) -> Story:
    other = "公诉人" if scene.is_criminal else "被告"
    own = "辩护人" if scene.is_defence else "代理人"
    return [
        *heading("庭审笔录", f"{scene.day('heard')}上午九时　　{scene.court}第三法庭"),
        *plain(f"审判员：{scene.judge}　　书记员：{scene.clerk}"),
        *body("书记员：核对当事人到庭情况，宣布法庭纪律。审判员：宣布开庭，告知诉讼权利义务。"),
        *plain("【法庭调查】"),
        *body(scene.fill(scene.words["facts"])),
        *_examined(scene, own, other),
        *plain("【法庭辩论】"),
        *_argued(scene, own, other),
        *plain("【最后陈述】"),
        *body(f"{scene.role}：没有其他意见，请法庭依法处理。"),
        *body("审判员：休庭，择期宣判。以上笔录经核对无误后签名。"),
        *signature(f"{scene.role}：", scene.case.recipient, scene.day("heard"), thumb=True),
        *signature("书记员：", scene.clerk, scene.day("heard")),
    ]


def closing_report(scene: Scene, flaws: Flaws) -> Story:
    case = scene.case
    account = [
        f"本案由{case.agency}于{scene.day('assigned')}指派{case.provider}{case.handler}承办。"
    ]
    if SPARSE not in flaws:
        account += _work(scene)
    account.append(f"办案结果：{scene.result}。")
    signer = "" if UNSIGNED in flaws else case.handler
    return [
        *heading("结案报告", f"案件编号：{case.case_number}"),
        *body(*account),
        *signature("承办人：", signer, scene.day("filed_away")),
    ]


def _record(
    scene: Scene, flaws: Flaws, title: str, where: str, pairs: Sequence[Sequence[str]]
) -> Story:
    """A talk with the recipient, signed by both on its last page."""
    case, day = scene.case, "" if UNDATED in flaws else scene.day("met")
    signer = "" if UNSIGNED in flaws else case.recipient
    return [
        *heading(title),
        *plain(f"时间：{day or NO_DAY}上午九时三十分至十时四十分", f"地点：{where}"),
        *plain(f"询问人：{case.handler}（{case.provider}）　　记录人：{scene.clerk}"),
        *plain(f"被询问人：{case.recipient}，{scene.year_born}年生，{case.place}人"),
        *talk([(f"我是{case.provider}的{case.handler}，受{case.agency}指派承办你的案件，你同意吗？",
                "同意。"), *pairs]),
        *body(READ_OVER),
        *signature("被询问人：", signer, day, thumb=bool(signer)),
        *signature("询问人：", case.handler, day),
    ]  # fmt: skip


def _examined(scene: Scene, own: str, other: str) -> Story:
    """Each proof, what was said for it, and what against."""
    lines: Story = []
    shows, answers = (other, own) if scene.is_criminal else (own, other)
    for proof, reply in zip(scene.words["proofs"], REPLIES, strict=False):
        lines += body(f"{shows}出示{proof[0]}，{proof[-1]}。", f"{answers}：{reply}")
    return lines


def _argued(scene: Scene, own: str, other: str) -> Story:
    views = scene.words.get("pleas", scene.words.get("points", []))
    said = (line for view in views for line in body(f"{own}：{view}"))
    return [*said, *body(f"{other}：坚持原来的意见，请法庭综合全案证据认定。")]


def _asked(scene: Scene) -> list[tuple[str, str]]:
    return [(question, answer) for question, answer in scene.words["talk"]]


def _reading_room(scene: Scene) -> str:
    return scene.prosecutors if scene.is_criminal else scene.court


def _work(scene: Scene) -> list[str]:
    """What was done, day by day."""
    if scene.is_defence:
        return [
            f"{scene.day('met')}到看守所会见{scene.case.recipient}，告知诉讼权利并核实案件事实。",
            f"{scene.day('read')}到办案机关查阅、复制全部案卷材料，制作阅卷笔录。",
            f"{scene.day('stated')}提交书面意见，就事实、情节和程序问题提出具体主张。",
        ]
    return [
        f"{scene.day('met')}约见受援人，制作谈话笔录，告知诉讼风险和举证责任。",
        f"{scene.day('filed')}整理证据并提交{scene.court}立案。",
        f"{scene.day('heard')}参加庭审，逐项举证质证，庭后提交代理词。",
        f"{scene.day('served')}向受援人送达文书并告知上诉期限。",
    ]
