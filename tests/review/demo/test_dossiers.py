import hashlib
from dataclasses import replace
from datetime import date
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest

from review.demo.chance import stream
from review.demo.dossier_facts import CaseFacts, scene
from review.demo.dossier_paper import Signature, printed
from review.demo.dossier_plan import CAN_FAIL, plan_of
from review.demo.dossiers import WRITERS, DossierTruth, synthetic_dossier
from review.domain.dossier_documents import DOCUMENT_TYPES
from review.domain.dossier_index import FoundDocument, completeness, propose_documents
from review.enums import CaseKind, Outcome

SEED = 11
CASE = CaseFacts(
    case_number="（2025）示援刑字第01010001号",
    kind=CaseKind.CRIMINAL_TRIAL,
    cause="故意伤害罪",
    place="城关区",
    agency="城关区法律援助中心",
    handler="任勇佳",
    provider="东川天和律师事务所",
    recipient="欧阳秀英",
    assigned_on=date(2025, 3, 4),
    closed_on=date(2025, 8, 20),
    outcome=Outcome.PARTLY_ADOPTED,
)
CIVIL = replace(CASE, case_number="（2025）示援民字第01010002号", kind=CaseKind.CIVIL_FIRST,
                cause="离婚纠纷", outcome=Outcome.MEDIATED)  # fmt: skip
Made = tuple[bytes, DossierTruth]


@pytest.fixture(scope="module", params=[CASE, CIVIL], ids=["criminal", "civil"])
def made(request: pytest.FixtureRequest) -> Made:
    return synthetic_dossier(request.param, SEED)


def pictures(data: bytes) -> list[str]:
    """A digest of each page's picture, or of its text."""
    with pikepdf.open(BytesIO(data)) as pdf:
        contents = [page.Resources.XObject.get("/Im0", page.Contents) for page in pdf.pages]
        return [hashlib.sha256(content.read_raw_bytes()).hexdigest() for content in contents]


def test_dossier_has_as_many_pages_as_real_ones_and_is_small(made: Made) -> None:
    data, truth = made
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == truth.pages
    assert 15 <= truth.pages <= 60
    assert len(data) <= 1_500_000


def test_documents_lie_one_after_the_other(made: Made) -> None:
    _, truth = made
    assert truth.documents[0] == ("catalogue", 1, 1)
    starts = [first for _, first, _ in truth.documents]
    ends = [last for _, _, last in truth.documents]
    assert starts == [1, *(end + 1 for end in ends[:-1])]
    assert ends[-1] == truth.pages


def test_bookmarks_lead_to_the_documents() -> None:
    number = next(n for n in range(20) if _made(n)[1].bookmarked)
    data, truth = _made(number)
    found = [(one.document_type, one.first_page, one.last_page) for one in propose_documents(data)]
    assert found == truth.documents


def _made(number: int) -> Made:
    case = replace(CASE, kind=CaseKind.DUTY_LAWYER, cause="盗窃罪", case_number=f"第{number}号")
    return synthetic_dossier(case, SEED)


def test_same_case_and_seed_give_the_same_dossier() -> None:
    one, other, third = _made(1), _made(1), _made(2)
    assert one[1] == other[1]
    assert pictures(one[0]) == pictures(other[0])
    assert pictures(one[0]) != pictures(third[0])


def test_names_are_known_where_they_were_scanned(made: Made) -> None:
    """Under each mark there is ink on paper, and no mark is nearly white."""
    data, truth = made
    assert len(truth.names) > 20
    with pypdfium2.PdfDocument(data) as document:
        for mark in truth.names:
            shown = document[mark.page - 1].render(scale=1.5, grayscale=True).to_numpy().squeeze()
            height, width = shown.shape
            under = shown[
                int(mark.y0 * height) : int(mark.y1 * height),
                int(mark.x0 * width) : int(mark.x1 * width),
            ]
            assert np.percentile(under, 97) - under.min() > 100, mark


def test_every_document_type_can_be_written() -> None:
    assert [*WRITERS] == [code for code in DOCUMENT_TYPES if code != "catalogue"]


@pytest.mark.parametrize("kind", CaseKind)
def test_plan_lacks_what_it_says_and_nothing_else(kind: CaseKind) -> None:
    for seed in range(30):
        plan = plan_of(replace(CASE, kind=kind), stream(seed, "plan"))
        there = [FoundDocument(code, 1, 1, "hand") for code in ["catalogue", *plan.codes]]
        checked = completeness(kind, there)
        assert [codes[0] for codes in checked.missing] == plan.lacking
        assert len(set(plan.codes)) == len(plan.codes)
        order = [DOCUMENT_TYPES.index(code) for code in plan.codes]
        falls = [n for n, (a, b) in enumerate(zip(order, order[1:], strict=False)) if a > b]
        assert [plan.codes[n : n + 2] for n in falls] == ([plan.misplaced] if falls else [])


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_of_case_can_be_printed(kind: CaseKind) -> None:
    case = replace(CASE, kind=kind)
    plan = plan_of(case, stream(SEED, "plan"))
    setting = scene(case, stream(SEED, "scene"))
    _, starts = printed([WRITERS[c](setting, plan.flaws[c]) for c in plan.codes], plan.blanks)
    assert len(starts) == len(plan.codes)
    assert starts[0] == 1


def test_every_flaw_changes_the_document_it_is_planted_in() -> None:
    for flaw, codes in CAN_FAIL.items():
        for code in codes:
            setting = scene(CASE if code != "pleading" else CIVIL, stream(SEED, "scene"))
            sound, flawed = (
                WRITERS[code](setting, flaws) for flaws in (frozenset(), frozenset({flaw}))
            )
            assert _shown(sound) != _shown(flawed), (flaw, code)


def _shown(story: list[object]) -> list[str]:
    """What a reader sees of it: texts, names and dates."""
    return [f"{one.name}{one.day}" if isinstance(one, Signature) else _words(one) for one in story]


def _words(flowable: object) -> str:
    cells = getattr(flowable, "_cellvalues", None)
    if cells:
        return "".join(part.getPlainText() for row in cells for cell in row for part in [cell])
    plain = getattr(flowable, "getPlainText", None)
    return plain() if plain else ""
