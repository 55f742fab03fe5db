import pytest

from review.domain.case_kinds import UnclearKindError, kind_of
from review.enums import AidMethod, CaseKind, CaseType, Instance, Stage

CRIMINAL, CIVIL, ADMINISTRATIVE = CaseType
DEFENCE = AidMethod.CRIMINAL_DEFENCE
SUIT = AidMethod.CIVIL_LITIGATION


@pytest.mark.parametrize(
    ("case_type", "method", "stage", "instance", "kind"),
    [
        (CRIMINAL, DEFENCE, Stage.INVESTIGATION, None, CaseKind.CRIMINAL_INVESTIGATION),
        (CRIMINAL, DEFENCE, Stage.PROSECUTION, None, CaseKind.CRIMINAL_PROSECUTION),
        (CRIMINAL, DEFENCE, Stage.TRIAL, Instance.FIRST, CaseKind.CRIMINAL_TRIAL),
        (CRIMINAL, DEFENCE, Stage.TRIAL, Instance.SECOND, CaseKind.CRIMINAL_TRIAL),
        (CRIMINAL, DEFENCE, None, Instance.FIRST, CaseKind.CRIMINAL_TRIAL),
        (CRIMINAL, AidMethod.VICTIM_REPRESENTATION, Stage.TRIAL, None, CaseKind.VICTIM),
        (CRIMINAL, AidMethod.DUTY_LAWYER, Stage.PROSECUTION, None, CaseKind.DUTY_LAWYER),
        (CIVIL, SUIT, None, Instance.FIRST, CaseKind.CIVIL_FIRST),
        (CIVIL, SUIT, None, None, CaseKind.CIVIL_FIRST),
        (CIVIL, SUIT, None, Instance.SECOND, CaseKind.CIVIL_SECOND),
        (CIVIL, SUIT, None, Instance.RETRIAL, CaseKind.CIVIL_SECOND),
        (CIVIL, AidMethod.LABOUR_ARBITRATION, None, None, CaseKind.LABOUR_ARBITRATION),
        (CIVIL, AidMethod.NON_LITIGATION, None, None, CaseKind.NON_LITIGATION),
        (ADMINISTRATIVE, AidMethod.NON_LITIGATION, None, None, CaseKind.NON_LITIGATION),
        (
            *(ADMINISTRATIVE, AidMethod.ADMINISTRATIVE_LITIGATION, None, Instance.FIRST),
            CaseKind.ADMINISTRATIVE,
        ),
    ],
)
def test_kind_follows_from_type_method_stage_and_instance(
    case_type: CaseType,
    method: AidMethod,
    stage: Stage | None,
    instance: Instance | None,
    kind: CaseKind,
) -> None:
    assert kind_of(case_type, method, stage, instance) is kind


@pytest.mark.parametrize(
    ("case_type", "method"),
    [(CRIMINAL, SUIT), (CIVIL, DEFENCE), (ADMINISTRATIVE, SUIT), (CRIMINAL, DEFENCE)],
)
def test_kind_is_never_guessed(case_type: CaseType, method: AidMethod) -> None:
    with pytest.raises(UnclearKindError):
        kind_of(case_type, method, None, None)


def test_every_combination_has_a_kind_or_is_refused() -> None:
    for case_type in CaseType:
        for method in AidMethod:
            for stage in (None, *Stage):
                for instance in (None, *Instance):
                    try:
                        kind = kind_of(case_type, method, stage, instance)
                    except UnclearKindError:
                        continue
                    assert kind in CaseKind
