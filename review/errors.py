"""Domain exceptions. Verbs raise them; views turn them into words that say what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class DomainError(Exception):
    """A rule of the platform forbids the action; nothing was changed."""


class ConfigError(Exception):
    """The platform cannot start as configured; the message says what is missing."""


class StaleError(DomainError):
    """Somebody changed the object since it was shown; nothing was overwritten."""


class WrongStatusError(DomainError):
    """The object is not in the state that this action needs."""


class OutOfReachError(DomainError):
    """The region lies outside the tree of the person who acts."""


class LeaseLostError(Exception):
    """A worker took so long that another one took over; what it had not committed is undone."""


class JobFailedError(DomainError):
    """A job can never succeed; ``failure`` is the JobFailure that says why."""

    def __init__(self, failure: StrEnum) -> None:
        super().__init__(failure)
        self.failure = failure


class InvalidRoundError(DomainError):
    """A round's rules contradict each other; ``field`` names the first that does."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class EmptyFrameError(DomainError):
    """No archived case of the chosen kinds was closed in the window."""


class AmbiguousFrameError(DomainError):
    """Two cases of the frame have the same canonical number."""


class NotACandidateError(DomainError):
    """The case is not among those that the round's frame would hold."""


class AlreadyExcludedError(DomainError):
    """The case is excluded from this round's frame already."""


class NotFrozenError(WrongStatusError):
    """A seed was given before the frame was frozen."""


class InvalidSeedError(DomainError):
    """A seed or the plan for one is refused; ``flaw`` is the SeedFlaw, ``digits`` counts what the
    seed has, ``party`` names whose value or commitment it is."""

    def __init__(
        self, flaw: StrEnum, *, digits: int | None = None, party: str | None = None
    ) -> None:
        super().__init__(flaw)
        self.flaw, self.digits, self.party = flaw, digits, party


class DesignRefusedError(DomainError):
    """A design does not fit the frame; ``place`` has the stratum and the numbers that would do."""

    def __init__(self, place: Any) -> None:
        super().__init__(str(place))
        self.place = place


class AlreadyTargetedError(DomainError):
    """The case is named for this round's targeted supplement already."""


class NoCaseLeftError(DomainError):
    """The stratum has no case left that could replace another."""


class NotDrawnError(DomainError):
    """The case is not in the sample."""


class AlreadyAskedError(DomainError):
    """Somebody has asked for this already."""


class SamePersonError(DomainError):
    """A second person must agree, and this is the first."""


class UnknownReviewerError(DomainError):
    """Somebody chosen for the panel is not an active reviewer of the province."""


class DoubleAccountError(DomainError):
    """Two accounts chosen for the panel look like one person's."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__()
        self.names = (one, other)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A case that too few can mark: how many could, and how many each reason rules out."""

    case_number: str
    possible: int
    reasons: Mapping[Any, int]


class NoProfileError(DomainError):
    """The reviewer's account has no profile; an organiser's invitation makes one."""


class UnknownSubjectError(DomainError):
    """Neither a drawn case nor a provider of the register has this number or name."""


class AlreadyNotedError(DomainError):
    """The same is noted already."""


class TooManyObjectionsError(DomainError):
    """This region or firm objects to that firm already, or to as many as it may."""


class SeatTakenError(DomainError):
    """Somebody began a task at the moment when it was to change hands; trying again helps."""


class PlanChangedError(DomainError):
    """Since the panel was tried out something changed; what was shown would not be stored."""


class TooFewReviewersError(DomainError):
    """Some cases have fewer reviewers without conflict, or with room, than they need."""

    def __init__(self, shortages: tuple[Shortage, ...], needed: int) -> None:
        super().__init__(len(shortages), needed)
        self.shortages = shortages
        self.needed = needed


class UnsettledError(DomainError):
    """Cases of the round still wait for a result; ``counts`` says how many in which state."""

    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__(counts)
        self.counts = counts


class CannotUndoError(DomainError):
    """A confirmed import stays; ``obstacle`` is the UndoObstacle."""

    def __init__(self, obstacle: StrEnum) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle


class RegisterError(DomainError):
    """A register file cannot be read as a whole; nothing of it was stored.

    ``file`` names it once that is known; the other attributes say where in it the trouble is.
    """

    file: str | None = None
    questions: Sequence[Any] = ()
    """What to ask about the headings, where an answer would make the file readable."""

    def __init__(
        self,
        sheet: str | None = None,
        row: int | None = None,
        headings: tuple[str, ...] = (),
        column: int | None = None,
    ) -> None:
        super().__init__(sheet, row, headings, column)
        self.sheet, self.row, self.headings, self.column = sheet, row, headings, column

    @property
    def place(self) -> dict[str, Any]:
        """The arguments that make the same error again, as JSON can hold them."""
        return {"sheet": self.sheet, "row": self.row, "column": self.column}


class NotAWorkbookError(RegisterError):
    """The file is no workbook and no delimited text, or is damaged."""


class LockedWorkbookError(RegisterError):
    """The workbook is locked with a password."""


class WebPageError(RegisterError):
    """The file is HTML or XML under the name of a workbook."""


class UnreadableTextError(RegisterError):
    """A text file holds bytes that belong to no text in its encoding."""


class WorkbookTooLargeError(RegisterError):
    """The workbook unpacks to more bytes, rows, columns or text than the platform reads."""


class BrokeOffError(RegisterError):
    """Reading the file took more time or memory than it may, or broke the reader."""


class EmptyWorkbookError(RegisterError):
    """No sheet of the workbook holds a single row under a heading row."""


class NoHeadingError(RegisterError):
    """No row of any sheet looks like the heading row of a register."""


class MissingColumnsError(RegisterError):
    """A heading row was found, but columns that every register needs are not in it."""


class UnknownColumnError(DomainError):
    """A heading was given the meaning of a column that the platform does not have."""


class RepeatedColumnError(RegisterError):
    """Two columns of one sheet mean the same, so neither can be trusted."""


class AlreadySubmittedError(WrongStatusError):
    """The review was submitted before; a submitted review does not change."""


class LateError(DomainError):
    """The deadline has passed by the server's clock; a draft stays as it was."""


class NoSuchCriterionError(DomainError):
    """The rubric of this review has no criterion of that code."""


class KeyReusedError(DomainError):
    """The same key came before with something else under it; nothing was changed."""


class OtherRubricError(DomainError):
    """The marks were given by another version of the rubric than the review pins."""


class NothingAppliesError(DomainError):
    """Every criterion was marked as not applicable, so that there is no total."""


class MarksRefusedError(DomainError):
    """Some marks break the rubric's rules; ``problems`` names why, by criterion code."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class JudgementMissingError(DomainError):
    """The scheme asks for an overall judgement, and none of its values was given."""


class DefinitionNameError(DomainError):
    """A definition's name has other signs than small letters, digits and hyphens, or too many."""


class DefinitionRefusedError(DomainError):
    """A rubric or scheme of a bureau breaks the rules; ``problems`` names each with its place."""

    def __init__(self, problems: tuple[object, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class DecisionRefusedError(DomainError):
    """A panel decision, or the own mark before it, lacks something; ``codes`` names criteria."""

    def __init__(self, flaw: StrEnum, codes: tuple[str, ...] = ()) -> None:
        super().__init__(flaw)
        self.flaw, self.codes = flaw, codes


class OwnMarkMissingError(DomainError):
    """Whoever records a panel decision gives an own mark first, before seeing the others."""


class UnknownRegionError(DomainError):
    """The region code is not one of six digits, or its parent region is not there."""


class CredentialsError(DomainError):
    """E-mail and password do not belong together, or the account may not be used."""


class TooManyAttemptsError(DomainError):
    """Too many sign-ins failed here lately; the password was not even looked at."""


class WeakPasswordError(DomainError):
    """The new password is too easy to guess; ``flaw`` is the PasswordFlaw."""

    def __init__(self, flaw: StrEnum) -> None:
        super().__init__(flaw)
        self.flaw = flaw


class OwnAccountError(DomainError):
    """Nobody suspends the own account or takes away the role in use."""


class InvitationClosedError(DomainError):
    """The invitation was used, was withdrawn, or ran out."""


class InvitedElseError(DomainError):
    """The invitation is for another account than the one that is signed in."""


class AlreadyHeldError(DomainError):
    """The person holds this role in this region already."""


class UnknownLicenceError(DomainError):
    """No handler with a case in reach has this licence number."""


class LicenceTakenError(DomainError):
    """Another person's account is tied to this licence number."""


class NotAlikeError(DomainError):
    """Two handlers do not look like one person, or one of them was merged already."""


class TwoAccountsError(DomainError):
    """Both handlers have accounts, of different people."""


class UnknownProviderError(DomainError):
    """The register knows no provider of this name."""


class NoSuchSessionError(DomainError):
    """The person has no such session any more."""


class NoSuchRoleError(DomainError):
    """The person does not hold that role."""


class UnreadablePdfError(DomainError):
    """The file is no PDF, is locked by a password, or one of its pages is broken."""


class MisplacedMarkError(DomainError):
    """A rectangle to be blackened lies off the pages of the file; ``page`` is the one it names."""

    def __init__(self, page: int) -> None:
        super().__init__(page)
        self.page = page


class DamagedFileError(DomainError):
    """A stored file is gone, or its bytes are not those that were stored."""


class NoCopyError(DomainError):
    """The dossier has no complete copy yet."""


class NoSuchPageError(DomainError):
    """The dossier has no such page."""


class NoSuchDocumentTypeError(DomainError):
    """No kind of document has this code."""


class UndecidedMarksError(DomainError):
    """Proposed rectangles are neither accepted nor turned down."""


class UploadTooLargeError(DomainError):
    """The file is empty, or larger than the platform takes."""


class WrongOffsetError(DomainError):
    """Other bytes of the upload are waited for; ``received`` says from where on."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


class NothingWaitsError(DomainError):
    """The dossier has no file that waits for a decision."""


class ReasonNeededError(DomainError):
    """The case is in a frozen frame: its dossier changes only with a reason."""


class FileRefusedError(DomainError):
    """A file cannot become part of a dossier; ``refusal`` is the FileRefusal that says why."""

    def __init__(self, refusal: StrEnum) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class DamagedBackupError(DomainError):
    """A backup, or what was restored of it, is not what its manifest says."""


class FilledDatabaseError(DomainError):
    """A backup is restored into an empty database only."""


class DraftFileError(DomainError):
    """A draft file is not taken; ``refusal`` is the DraftFileRefusal that says why."""

    def __init__(self, refusal: StrEnum) -> None:
        super().__init__(refusal)
        self.refusal = refusal
