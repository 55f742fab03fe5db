"""Code lists. Values are English and stored; every member's screen word is in ``labels``."""

from enum import StrEnum


class Role(StrEnum):
    ORGANISER = "organiser"
    REVIEWER = "reviewer"
    CHIEF = "chief"
    HANDLER = "handler"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class PasswordFlaw(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    FEW_KINDS = "few_kinds"
    COMMON = "common"


class RegionLevel(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class CaseType(StrEnum):
    """案件类型."""

    CRIMINAL = "criminal"
    CIVIL = "civil"
    ADMINISTRATIVE = "administrative"


class AidMethod(StrEnum):
    """援助方式."""

    CRIMINAL_DEFENCE = "criminal_defence"
    VICTIM_REPRESENTATION = "victim_representation"
    CIVIL_LITIGATION = "civil_litigation"
    ADMINISTRATIVE_LITIGATION = "administrative_litigation"
    LABOUR_ARBITRATION = "labour_arbitration"
    NON_LITIGATION = "non_litigation"
    DUTY_LAWYER = "duty_lawyer"


class Stage(StrEnum):
    """阶段, of criminal cases."""

    INVESTIGATION = "investigation"
    PROSECUTION = "prosecution"
    TRIAL = "trial"


class Instance(StrEnum):
    """审级."""

    FIRST = "first"
    SECOND = "second"
    RETRIAL = "retrial"


class CaseKind(StrEnum):
    """Case class × role × stage: what a rubric is made for."""

    CIVIL_FIRST = "civil_first"
    CIVIL_SECOND = "civil_second"
    LABOUR_ARBITRATION = "labour_arbitration"
    NON_LITIGATION = "non_litigation"
    ADMINISTRATIVE = "administrative"
    CRIMINAL_INVESTIGATION = "criminal_investigation"
    CRIMINAL_PROSECUTION = "criminal_prosecution"
    CRIMINAL_TRIAL = "criminal_trial"
    VICTIM = "victim"
    DUTY_LAWYER = "duty_lawyer"


class AidSource(StrEnum):
    """来源."""

    APPLICATION = "application"
    NOTICE = "notice"
    REQUEST = "request"
    TRANSFER = "transfer"


class HandlerType(StrEnum):
    """承办人员类型."""

    AGENCY_STAFF = "agency_staff"
    LAWYER = "lawyer"
    GRASSROOTS = "grassroots"
    SOCIAL_ORGANISATION = "social_organisation"
    VOLUNTEER = "volunteer"


class RecipientCategory(StrEnum):
    """受援人类别."""

    WOMAN = "woman"
    DISABLED = "disabled"
    FARMER = "farmer"
    MIGRANT_WORKER = "migrant_worker"
    ELDERLY = "elderly"
    MINOR = "minor"
    MILITARY = "military"
    VETERAN = "veteran"
    MINORITY = "minority"
    FOREIGN = "foreign"
    POOR = "poor"


class Outcome(StrEnum):
    """结案方式."""

    ADOPTED = "adopted"
    PARTLY_ADOPTED = "partly_adopted"
    NOT_ADOPTED = "not_adopted"
    WON = "won"
    LOST = "lost"
    MEDIATED = "mediated"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    ARBITRATED = "arbitrated"
    TERMINATED = "terminated"


class ImportStatus(StrEnum):
    UPLOADED = "uploaded"
    UNREADABLE = "unreadable"
    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    UNDONE = "undone"


class RegisterPart(StrEnum):
    """What an import keeps sealed: the file itself until it is confirmed or discarded, the rows to
    write, the refused ones, and what stored cases were before."""

    UPLOAD = "upload"
    STAGED = "staged"
    REJECTS = "rejects"
    CHANGES = "changes"


class UndoObstacle(StrEnum):
    """Why a confirmed import cannot be taken back."""

    IN_FRAME = "in_frame"
    CHANGED_SINCE = "changed_since"


class CaseField(StrEnum):
    """What a newer register may change of a stored case."""

    CASE_NUMBER = "case_number"
    CLOSED_ON = "closed_on"
    CASE_TYPE = "case_type"
    AID_METHOD = "aid_method"
    KIND = "kind"
    SOURCE = "source"
    STAGE = "stage"
    INSTANCE = "instance"
    CAUSE = "cause"
    ACCEPTED_ON = "accepted_on"
    ASSIGNED_ON = "assigned_on"
    ARCHIVED_ON = "archived_on"
    OUTCOME = "outcome"
    RECOVERED_AMOUNT = "recovered_amount"
    SUBSIDY_AMOUNT = "subsidy_amount"
    SUBSIDY_PAID_ON = "subsidy_paid_on"
    DOSSIER_PAGES = "dossier_pages"
    RECIPIENT_CATEGORIES = "recipient_categories"
    AGENCY_CODE = "agency_code"
    PROVIDER = "provider"
    HANDLER = "handler"
    RECIPIENT = "recipient"
    ID_NUMBER = "id_number"
    PHONE = "phone"


class JobKind(StrEnum):
    """What a worker does behind the pages."""

    READ_REGISTER = "read_register"
    IMPORT_REGISTER = "import_register"
    UNDO_IMPORT = "undo_import"
    PROPOSE_INDEX = "propose_index"
    PROPOSE_MARKS = "propose_marks"
    MAKE_COPY = "make_copy"
    TAKE_IN_DOSSIERS = "take_in_dossiers"
    ASSEMBLE_DOSSIER = "assemble_dossier"
    FREEZE_FRAME = "freeze_frame"
    DRAW_SAMPLE = "draw_sample"
    REPLACE_CASE = "replace_case"
    WHAT_IF = "what_if"
    PLAN_PANEL = "plan_panel"
    ASSIGN_PANEL = "assign_panel"
    RUBRIC_HEALTH = "rubric_health"
    REFRESH_FIGURES = "refresh_figures"


class JobStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobFailure(StrEnum):
    """Why a job came to nothing."""

    REFUSED = "refused"
    BROKE_OFF = "broke_off"
    INTERRUPTED = "interrupted"
    IN_USE = "in_use"
    ARRIVED_DAMAGED = "arrived_damaged"
    ARCHIVE_UNREADABLE = "archive_unreadable"
    TOO_LARGE_TOGETHER = "too_large_together"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TWIN_NUMBERS = "twin_numbers"
    FRAME_CHANGED = "frame_changed"
    NO_CASE_LEFT = "no_case_left"
    PLAN_CHANGED = "plan_changed"


class Likeness(StrEnum):
    """Why two handlers of the register look like one person."""

    SAME_LICENCE = "same_licence"
    SAME_NAME = "same_name"


class RejectReason(StrEnum):
    """Why a row of a register was refused; the values are those of ``cases import --json``."""

    MISSING_CASE_NUMBER = "missing_case_number"
    MISSING_CLOSED_DATE = "missing_closed_date"
    UNREADABLE_DATE = "unreadable_date"
    CLOSED_BEFORE_ASSIGNED = "closed_before_assigned"
    UNKNOWN_CASE_TYPE = "unknown_case_type"
    MISSING_HANDLER = "missing_handler"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    UNREADABLE_CELL = "unreadable_cell"
    UNKNOWN_CODE = "unknown_code"
    MISSING_AGENCY = "missing_agency"
    OUTSIDE_REGION = "outside_region"
    ALREADY_IN_FRAME = "already_in_frame"
    NUMBER_TAKEN = "number_taken"


class RegisterChange(StrEnum):
    """How a cell of a register was rewritten into its one canonical form."""

    CASE_NUMBER = "case_number"
    DATE = "date"
    AMOUNT = "amount"
    CODE = "code"
    NAME = "name"
    TEXT = "text"
    LICENCE_LEFT_OUT = "licence_left_out"
    CATEGORY_LEFT_OUT = "category_left_out"
    ID_NUMBER_LEFT_OUT = "id_number_left_out"


class RoundStatus(StrEnum):
    """A round moves forward only, one step at a time, in this order."""

    DRAFT = "draft"
    FROZEN = "frozen"
    DRAWN = "drawn"
    MARKING = "marking"
    PUBLISHED = "published"


class ExclusionReason(StrEnum):
    """Why a case of the window is kept out of a frame."""

    DUPLICATE = "duplicate"
    NO_AID_CASE = "no_aid_case"
    CONFIDENTIAL = "confidential"
    DOSSIER_AWAY = "dossier_away"
    UNDER_INQUIRY = "under_inquiry"
    OTHER = "other"


class Difference(StrEnum):
    """How this year's number of cases stands to what last year's lets expect."""

    NONE_NOW = "none_now"
    FEWER = "fewer"
    MORE = "more"
    USUAL = "usual"


class CasePlace(StrEnum):
    """Where a case that was closed in a round's window and region stands to the round's frame."""

    IN_FRAME = "in_frame"
    EXCLUDED = "excluded"
    OTHER_KIND = "other_kind"
    NOT_ARCHIVED = "not_archived"
    AFTER_FREEZE = "after_freeze"


class Allocation(StrEnum):
    """How a sample is spread over strata."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"
    NEYMAN = "neyman"
    FIXED = "fixed"
    CENSUS = "census"


class Dimension(StrEnum):
    """A property by which a frame falls into strata, in the order in which labels are made."""

    REGION = "region"
    AGENCY = "agency"
    PROVIDER = "provider"
    KIND = "kind"
    STAGE = "stage"
    HANDLER_TYPE = "handler_type"
    QUARTER = "quarter"


class UnitKind(StrEnum):
    """For whom a design sets a minimum or a cap."""

    AGENCY = "agency"
    PROVIDER = "provider"
    HANDLER = "handler"


class SizeBy(StrEnum):
    """What an organiser says in order to get a sample size."""

    SHARE = "share"
    NUMBER = "number"
    HALF_WIDTH = "half_width"
    REGION_HALF_WIDTH = "region_half_width"
    SEE_FAIL = "see_fail"


class TargetReason(StrEnum):
    """Why a case belongs to the targeted supplement; the first two are named case by case."""

    COMPLAINT = "complaint"
    FLAGGED = "flagged"
    LAST_FAIL = "last_fail"
    FIRST_YEAR = "first_year"


class SeedKind(StrEnum):
    """Where the digits of a seed come from."""

    DICE = "dice"
    LOTTERY = "lottery"
    PARTIES = "parties"


class SeedFlaw(StrEnum):
    """Why a seed, or the plan for one, is refused."""

    NOT_DIGITS = "not_digits"
    SHORT = "short"
    USED = "used"
    NOT_DUE = "not_due"
    NO_SOURCE = "no_source"
    NO_LATER_DAY = "no_later_day"
    FEW_PARTIES = "few_parties"
    PARTY_NAME = "party_name"
    NO_COMMITMENT = "no_commitment"
    BAD_COMMITMENT = "bad_commitment"
    COMMITTED = "committed"
    SHORT_VALUE = "short_value"
    BROKEN_COMMITMENT = "broken_commitment"
    GIVEN = "given"


class ReplacementReason(StrEnum):
    """Why a drawn case cannot be evaluated."""

    DOSSIER_MISSING = "dossier_missing"
    DOSSIER_INCOMPLETE = "dossier_incomplete"
    CONFIDENTIAL = "confidential"
    NOT_A_CASE = "not_a_case"
    NO_REVIEWER = "no_reviewer"


class SampledCaseStatus(StrEnum):
    """Where a drawn case stands on its way to a result."""

    MARKING = "marking"
    THIRD_MARK = "third_mark"
    PANEL = "panel"
    SETTLED = "settled"


class CallReason(StrEnum):
    """Why a case was given a further mark first; the values are those of ``rubrics.combining``."""

    DIFFERENCE = "difference"
    BORDER = "border"
    GRADE = "grade"
    LOT = "lot"


class AssignmentStatus(StrEnum):
    """A reserve is named in advance for a third mark, and told nothing until it is called."""

    RESERVE = "reserve"
    OPEN = "open"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECUSED = "recused"
    LAPSED = "lapsed"


GONE = (AssignmentStatus.RECUSED, AssignmentStatus.LAPSED)
"""Kept on record, but no longer anybody's work: the case has gone to somebody else."""

UNFINISHED = (AssignmentStatus.OPEN, AssignmentStatus.DRAFT, AssignmentStatus.RETURNED)
"""What its reviewer has still to do."""

HIDDEN = (AssignmentStatus.RESERVE, *GONE)
"""What does not exist for its reviewer."""


class ConflictReason(StrEnum):
    """Why a reviewer may not mark a case; in this order the bits of ``domain.conflicts``."""

    OWN_CASE = "own_case"
    SAME_PROVIDER = "same_provider"
    FORMER_PROVIDER = "former_provider"
    SAME_REGION = "same_region"
    RELATIVE = "relative"
    DECLARED_CASE = "declared_case"
    OPPOSING_SIDE = "opposing_side"
    RECIPROCAL = "reciprocal"
    OBJECTION = "objection"
    PINNED = "pinned"
    STEPPED_BACK = "stepped_back"
    OTHER_FIELD = "other_field"
    TOO_FEW_YEARS = "too_few_years"


class DeclarationKind(StrEnum):
    """What a reviewer declares about the own ties."""

    RELATIVE = "relative"
    CASE = "case"
    OPPOSING = "opposing"
    PROVIDER = "provider"


class RecusalReason(StrEnum):
    """Why a reviewer steps back from a case; ``by_rule`` is found by the platform."""

    TOOK_PART = "took_part"
    RELATED = "related"
    OTHER_SIDE = "other_side"
    RECOGNISED = "recognised"
    OTHER = "other"
    BY_RULE = "by_rule"


class ReviewChangeKind(StrEnum):
    """What became of a score sheet with one change."""

    SAVED = "saved"
    SUBMITTED = "submitted"
    RETURNED = "returned"


class DraftFileRefusal(StrEnum):
    """Why a draft file is not taken."""

    UNREADABLE = "unreadable"
    OTHER_TASK = "other_task"
    OTHER_RUBRIC = "other_rubric"


class NoticeKind(StrEnum):
    """What a line in the inbox is about."""

    TASK_ADDED = "task_added"
    TASK_MOVED = "task_moved"
    TASK_ENDED = "task_ended"
    TASK_LAPSED = "task_lapsed"
    TASK_DUE = "task_due"
    REPLACED = "replaced"
    NOBODY_LEFT = "nobody_left"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_DECIDED = "extension_decided"
    REVIEW_RETURNED = "review_returned"


class SettledBy(StrEnum):
    """How the marks of one case became one result."""

    SINGLE_MARK = "single_mark"
    MEAN = "mean"
    CLOSEST_TWO = "closest_two"
    PANEL = "panel"


class DecisionFlaw(StrEnum):
    """Why a panel decision is refused."""

    TOTAL = "total"
    MARKS = "marks"
    NOTHING_APPLIES = "nothing_applies"
    OVERALL = "overall"
    REASON = "reason"
    FEW_MEMBERS = "few_members"
    NO_MAJORITY = "no_majority"
    SILENT_DISSENT = "silent_dissent"


class QuestionKind(StrEnum):
    """What about a round's markings is worth asking a reviewer."""

    SAFE_MIDDLE = "safe_middle"
    TOO_SHORT = "too_short"
    UNOPENED = "unopened"
    SAME_WORDS = "same_words"
    SHARED_WORDS = "shared_words"


class Grade(StrEnum):
    """等次, best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASS = "pass"  # noqa: S105  (a grade, no secret)
    FAIL = "fail"


class DossierStatus(StrEnum):
    """How far a dossier is prepared for reviewers; each state includes the ones before."""

    EMPTY = "empty"
    UPLOADED = "uploaded"
    INDEXED = "indexed"
    REDACTED = "redacted"


class CopyKind(StrEnum):
    FULL = "full"
    REDACTED = "redacted"


class UploadStatus(StrEnum):
    RECEIVING = "receiving"
    QUEUED = "queued"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FileStatus(StrEnum):
    """``waiting`` files came when the dossier had others, and are in use once somebody says so."""

    UNMATCHED = "unmatched"
    WAITING = "waiting"
    IN_USE = "in_use"
    REPLACED = "replaced"
    DISCARDED = "discarded"
    REFUSED = "refused"


class FileRefusal(StrEnum):
    """Why a file did not become part of a dossier."""

    EMPTY = "empty"
    NOT_READABLE = "not_readable"
    WRONG_FORMAT = "wrong_format"
    LOCKED = "locked"
    NO_PAGES = "no_pages"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE = "too_large"
    TOO_COSTLY = "too_costly"


class IndexSource(StrEnum):
    """Who found a document's place or a rectangle: a person, or the program and by what."""

    HAND = "hand"
    BOOKMARK = "bookmark"
    TEXT = "text"


class MarkedContent(StrEnum):
    """What a redaction mark covers."""

    NAME = "name"
    STAMP = "stamp"
    SIGNATURE = "signature"
    OTHER = "other"


class MarkStatus(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"


class DefinitionSubject(StrEnum):
    """What a bureau can define for itself."""

    RUBRIC = "rubric"
    SCHEME = "scheme"


class DefinitionStatus(StrEnum):
    """Forward only: published ones never change, retired ones are for no new round, and a
    discarded draft can only be copied."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    DISCARDED = "discarded"


class WhatIfGap(StrEnum):
    """Why nobody can tell what a past case would have come to under another definition."""

    NOT_MARKED = "not_marked"
    FURTHER_MARK = "further_mark"
    PANEL = "panel"
    OTHER_WAY = "other_way"
    NOTHING_APPLIES = "nothing_applies"


class HealthFinding(StrEnum):
    """What stands out about a criterion in use."""

    RARELY_APPLIES = "rarely_applies"
    TOO_FEW = "too_few"
    NOBODY_LOSES = "nobody_loses"
    NEARLY_ALL_FULL = "nearly_all_full"
    NO_AGREEMENT = "no_agreement"
    NOTHING = "nothing"
