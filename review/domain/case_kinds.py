from review.enums import AidMethod, CaseKind, CaseType, Instance, Stage

METHODS = {
    CaseType.CRIMINAL: {AidMethod.CRIMINAL_DEFENCE, AidMethod.VICTIM_REPRESENTATION},
    CaseType.CIVIL: {
        AidMethod.CIVIL_LITIGATION,
        AidMethod.LABOUR_ARBITRATION,
        AidMethod.NON_LITIGATION,
    },
    CaseType.ADMINISTRATIVE: {AidMethod.ADMINISTRATIVE_LITIGATION, AidMethod.NON_LITIGATION},
}
BY_METHOD = {
    AidMethod.VICTIM_REPRESENTATION: CaseKind.VICTIM,
    AidMethod.ADMINISTRATIVE_LITIGATION: CaseKind.ADMINISTRATIVE,
    AidMethod.LABOUR_ARBITRATION: CaseKind.LABOUR_ARBITRATION,
    AidMethod.NON_LITIGATION: CaseKind.NON_LITIGATION,
    AidMethod.DUTY_LAWYER: CaseKind.DUTY_LAWYER,
}
DEFENCE = {
    Stage.INVESTIGATION: CaseKind.CRIMINAL_INVESTIGATION,
    Stage.PROSECUTION: CaseKind.CRIMINAL_PROSECUTION,
    Stage.TRIAL: CaseKind.CRIMINAL_TRIAL,
}


class UnclearKindError(ValueError):
    """The codes of a case contradict each other, or leave open at which stage it was."""


def kind_of(
    case_type: CaseType, aid_method: AidMethod, stage: Stage | None, instance: Instance | None
) -> CaseKind:
    """What a rubric is chosen by; raises UnclearKindError rather than guess.

    A defence without a stage but with an instance was at trial; a civil suit without an instance
    was at first instance; a retrial is judged like a second instance.
    """
    if aid_method is not AidMethod.DUTY_LAWYER and aid_method not in METHODS[case_type]:
        raise UnclearKindError
    if aid_method is AidMethod.CIVIL_LITIGATION:
        first = instance in {None, Instance.FIRST}
        return CaseKind.CIVIL_FIRST if first else CaseKind.CIVIL_SECOND
    if aid_method is not AidMethod.CRIMINAL_DEFENCE:
        return BY_METHOD[aid_method]
    if stage is None and instance is None:
        raise UnclearKindError
    return DEFENCE[stage or Stage.TRIAL]
