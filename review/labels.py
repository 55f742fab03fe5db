"""Screen words: one Chinese word for each idea, and how numbers are written."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from review.enums import (
    AidMethod,
    AidSource,
    Allocation,
    AssignmentStatus,
    CallReason,
    CaseField,
    CaseKind,
    CasePlace,
    CaseType,
    ConflictReason,
    CopyKind,
    DecisionFlaw,
    DeclarationKind,
    DefinitionStatus,
    DefinitionSubject,
    Difference,
    Dimension,
    DossierStatus,
    DraftFileRefusal,
    ExclusionReason,
    FileRefusal,
    FileStatus,
    Grade,
    HandlerType,
    HealthFinding,
    ImportStatus,
    IndexSource,
    Instance,
    JobFailure,
    JobKind,
    JobStatus,
    Likeness,
    MarkedContent,
    MarkStatus,
    NoticeKind,
    Outcome,
    PasswordFlaw,
    QuestionKind,
    RecipientCategory,
    RecusalReason,
    RegionLevel,
    RegisterChange,
    RejectReason,
    ReplacementReason,
    ReviewChangeKind,
    Role,
    RoundStatus,
    SampledCaseStatus,
    SeedFlaw,
    SeedKind,
    SettledBy,
    SizeBy,
    Stage,
    TargetReason,
    UndoObstacle,
    UnitKind,
    UploadStatus,
    WhatIfGap,
)

BEIJING = ZoneInfo("Asia/Shanghai")
NOTHING = "—"

LABELS: dict[type[StrEnum], dict[Any, Any]] = {
    Role: {
        Role.ORGANISER: _l("评估组织者"),
        Role.REVIEWER: _l("评估专家"),
        Role.CHIEF: _l("司法局负责人"),
        Role.HANDLER: _l("承办人员"),
        Role.AUDITOR: _l("审计员"),
        Role.ADMINISTRATOR: _l("系统管理员"),
    },
    PasswordFlaw: {
        PasswordFlaw.SHORT: _l("密码至少 12 个字符。"),
        PasswordFlaw.LONG: _l("密码最多 256 个字符。"),
        PasswordFlaw.FEW_KINDS: _l("请至少使用大写字母、小写字母、数字、其他字符中的三种。"),
        PasswordFlaw.COMMON: _l("这个密码太常见，容易被猜中。请换一个。"),
    },
    RegionLevel: {
        RegionLevel.PROVINCE: _l("省级"),
        RegionLevel.CITY: _l("市级"),
        RegionLevel.COUNTY: _l("县级"),
    },
    CaseType: {
        CaseType.CRIMINAL: _l("刑事"),
        CaseType.CIVIL: _l("民事"),
        CaseType.ADMINISTRATIVE: _l("行政"),
    },
    AidMethod: {
        AidMethod.CRIMINAL_DEFENCE: _l("刑事辩护"),
        AidMethod.VICTIM_REPRESENTATION: _l("刑事代理"),
        AidMethod.CIVIL_LITIGATION: _l("民事诉讼代理"),
        AidMethod.ADMINISTRATIVE_LITIGATION: _l("行政诉讼代理"),
        AidMethod.LABOUR_ARBITRATION: _l("劳动仲裁"),
        AidMethod.NON_LITIGATION: _l("非诉讼"),
        AidMethod.DUTY_LAWYER: _l("值班律师帮助"),
    },
    Stage: {
        Stage.INVESTIGATION: _l("侦查"),
        Stage.PROSECUTION: _l("审查起诉"),
        Stage.TRIAL: _l("审判"),
    },
    Instance: {
        Instance.FIRST: _l("一审"),
        Instance.SECOND: _l("二审"),
        Instance.RETRIAL: _l("再审"),
    },
    CaseKind: {
        CaseKind.CIVIL_FIRST: _l("民事一审"),
        CaseKind.CIVIL_SECOND: _l("民事二审"),
        CaseKind.LABOUR_ARBITRATION: _l("劳动仲裁案件"),
        CaseKind.NON_LITIGATION: _l("非诉讼案件"),
        CaseKind.ADMINISTRATIVE: _l("行政诉讼"),
        CaseKind.CRIMINAL_INVESTIGATION: _l("刑事辩护（侦查）"),
        CaseKind.CRIMINAL_PROSECUTION: _l("刑事辩护（审查起诉）"),
        CaseKind.CRIMINAL_TRIAL: _l("刑事辩护（审判）"),
        CaseKind.VICTIM: _l("被害人代理"),
        CaseKind.DUTY_LAWYER: _l("值班律师"),
    },
    AidSource: {
        AidSource.APPLICATION: _l("申请"),
        AidSource.NOTICE: _l("通知"),
        AidSource.REQUEST: _l("商请"),
        AidSource.TRANSFER: _l("转交"),
    },
    HandlerType: {
        HandlerType.AGENCY_STAFF: _l("法律援助机构人员"),
        HandlerType.LAWYER: _l("社会律师"),
        HandlerType.GRASSROOTS: _l("基层法律服务工作者"),
        HandlerType.SOCIAL_ORGANISATION: _l("社会组织人员"),
        HandlerType.VOLUNTEER: _l("法律援助志愿者"),
    },
    RecipientCategory: {
        RecipientCategory.WOMAN: _l("妇女"),
        RecipientCategory.DISABLED: _l("残疾人"),
        RecipientCategory.FARMER: _l("农民"),
        RecipientCategory.MIGRANT_WORKER: _l("农民工"),
        RecipientCategory.ELDERLY: _l("老年人"),
        RecipientCategory.MINOR: _l("未成年人"),
        RecipientCategory.MILITARY: _l("军人军属"),
        RecipientCategory.VETERAN: _l("退役军人"),
        RecipientCategory.MINORITY: _l("少数民族"),
        RecipientCategory.FOREIGN: _l("外国籍或无国籍"),
        RecipientCategory.POOR: _l("一般贫困者"),
    },
    Outcome: {
        Outcome.ADOPTED: _l("全部采纳"),
        Outcome.PARTLY_ADOPTED: _l("部分采纳"),
        Outcome.NOT_ADOPTED: _l("未采纳"),
        Outcome.WON: _l("胜诉"),
        Outcome.LOST: _l("败诉"),
        Outcome.MEDIATED: _l("调解"),
        Outcome.WITHDRAWN: _l("撤诉"),
        Outcome.SETTLED: _l("和解"),
        Outcome.ARBITRATED: _l("仲裁结案"),
        Outcome.TERMINATED: _l("终止提供"),
    },
    ImportStatus: {
        ImportStatus.UPLOADED: _l("已上传"),
        ImportStatus.UNREADABLE: _l("无法读取"),
        ImportStatus.PREVIEWED: _l("待确认"),
        ImportStatus.CONFIRMED: _l("已导入"),
        ImportStatus.DISCARDED: _l("已放弃"),
        ImportStatus.UNDONE: _l("已撤销"),
    },
    UndoObstacle: {
        UndoObstacle.IN_FRAME: _l("已有案件进入抽样框，这次导入不能再撤销。"),
        UndoObstacle.CHANGED_SINCE: _l("之后的导入又更新了其中的案件，请先撤销之后的导入。"),
    },
    CaseField: {
        CaseField.CASE_NUMBER: _l("案件编号"),
        CaseField.CLOSED_ON: _l("结案日期"),
        CaseField.CASE_TYPE: _l("案件类型"),
        CaseField.AID_METHOD: _l("援助方式"),
        CaseField.KIND: _l("案件种类"),
        CaseField.SOURCE: _l("来源"),
        CaseField.STAGE: _l("阶段"),
        CaseField.INSTANCE: _l("审级"),
        CaseField.CAUSE: _l("案由"),
        CaseField.ACCEPTED_ON: _l("受理日期"),
        CaseField.ASSIGNED_ON: _l("指派日期"),
        CaseField.ARCHIVED_ON: _l("归档日期"),
        CaseField.OUTCOME: _l("结案方式"),
        CaseField.RECOVERED_AMOUNT: _l("挽回金额"),
        CaseField.SUBSIDY_AMOUNT: _l("补贴金额"),
        CaseField.SUBSIDY_PAID_ON: _l("补贴发放日期"),
        CaseField.DOSSIER_PAGES: _l("卷宗页数"),
        CaseField.RECIPIENT_CATEGORIES: _l("受援人类别"),
        CaseField.AGENCY_CODE: _l("机构代码"),
        CaseField.PROVIDER: _l("承办机构"),
        CaseField.HANDLER: _l("承办人员"),
        CaseField.RECIPIENT: _l("受援人"),
        CaseField.ID_NUMBER: _l("身份证号"),
        CaseField.PHONE: _l("联系电话"),
    },
    DossierStatus: {
        DossierStatus.EMPTY: _l("尚无卷宗"),
        DossierStatus.UPLOADED: _l("已上传"),
        DossierStatus.INDEXED: _l("已编目录"),
        DossierStatus.REDACTED: _l("已遮盖"),
    },
    CopyKind: {
        CopyKind.FULL: _l("完整卷宗"),
        CopyKind.REDACTED: _l("遮盖后的卷宗"),
    },
    UploadStatus: {
        UploadStatus.RECEIVING: _l("正在上传"),
        UploadStatus.QUEUED: _l("正在处理"),
        UploadStatus.DONE: _l("处理完成"),
        UploadStatus.REFUSED: _l("未能读取"),
        UploadStatus.WITHDRAWN: _l("已取消"),
    },
    FileStatus: {
        FileStatus.UNMATCHED: _l("未对上案件"),
        FileStatus.WAITING: _l("等待确认"),
        FileStatus.IN_USE: _l("使用中"),
        FileStatus.REPLACED: _l("已被替换"),
        FileStatus.DISCARDED: _l("已放弃"),
        FileStatus.REFUSED: _l("未收下"),
    },
    FileRefusal: {
        FileRefusal.EMPTY: _l("文件是空的（0 字节）。请检查原文件后再上传。"),
        FileRefusal.NOT_READABLE: _l("文件已损坏，无法读取。请重新扫描或重新导出后再上传。"),
        FileRefusal.WRONG_FORMAT: _l(
            "不是 PDF、JPEG、PNG 或 TIFF 文件。请转换为其中一种格式后再上传。"
        ),
        FileRefusal.LOCKED: _l("文件设有密码。请取消密码、另存后再上传。"),
        FileRefusal.NO_PAGES: _l("文件中没有页面。请确认选对了文件。"),
        FileRefusal.TOO_MANY_PAGES: _l("超过 3,000 页。请按册拆分后再上传。"),
        FileRefusal.TOO_LARGE: _l("超过 300 MB。请按册拆分，或降低扫描分辨率后再上传。"),
        FileRefusal.TOO_COSTLY: _l(
            "打开它需要的时间或内存超出限度（可能是文件已损坏）。请重新扫描或重新导出后再上传。"
        ),
    },
    IndexSource: {
        IndexSource.HAND: _l("手工"),
        IndexSource.BOOKMARK: _l("书签"),
        IndexSource.TEXT: _l("文字层"),
    },
    MarkedContent: {
        MarkedContent.NAME: _l("姓名"),
        MarkedContent.STAMP: _l("印章"),
        MarkedContent.SIGNATURE: _l("签名"),
        MarkedContent.OTHER: _l("其他"),
    },
    MarkStatus: {
        MarkStatus.PROPOSED: _l("建议"),
        MarkStatus.ACCEPTED: _l("已确认"),
    },
    JobKind: {
        JobKind.READ_REGISTER: _l("读取并核对台账"),
        JobKind.IMPORT_REGISTER: _l("导入台账"),
        JobKind.UNDO_IMPORT: _l("撤销导入"),
        JobKind.PROPOSE_INDEX: _l("从书签和文字层查找目录"),
        JobKind.PROPOSE_MARKS: _l("从文字层查找姓名和机构"),
        JobKind.MAKE_COPY: _l("制作遮盖副本"),
        JobKind.TAKE_IN_DOSSIERS: _l("处理上传的卷宗"),
        JobKind.ASSEMBLE_DOSSIER: _l("合成完整卷宗"),
        JobKind.FREEZE_FRAME: _l("冻结抽样框"),
        JobKind.DRAW_SAMPLE: _l("抽样"),
        JobKind.REPLACE_CASE: _l("替换案件"),
        JobKind.WHAT_IF: _l("推算过去的等次"),
        JobKind.PLAN_PANEL: _l("试算分配"),
        JobKind.ASSIGN_PANEL: _l("确认分配"),
        JobKind.RUBRIC_HEALTH: _l("统计评估标准的使用情况"),
        JobKind.REFRESH_FIGURES: _l("重新计算已发布的结果"),
    },
    JobStatus: {
        JobStatus.WAITING: _l("等待处理"),
        JobStatus.RUNNING: _l("正在处理"),
        JobStatus.DONE: _l("已完成"),
        JobStatus.FAILED: _l("未完成"),
    },
    JobFailure: {
        JobFailure.REFUSED: _l(
            "没有完成，也没有更改任何内容：在此期间情况已变，或您已无权进行这项操作。"
            "请返回查看后再决定。"
        ),
        JobFailure.BROKE_OFF: _l(
            "没有完成：系统出错，已记录，自动重试后仍未成功。已保存的内容不受影响。"
            "请返回后再试一次；如果仍不成功，请告知系统管理员。"
        ),
        JobFailure.INTERRUPTED: _l(
            "没有完成：处理过程多次中断，已停止重试。已保存的内容不受影响。"
            "请返回后再试一次；如果仍不成功，请告知系统管理员。"
        ),
        JobFailure.IN_USE: _l(
            "没有撤销，也没有更改任何内容：其中的案件或承办人员已经另有用途"
            "（例如已上传卷宗，或已开通账号）。"
        ),
        JobFailure.ARRIVED_DAMAGED: _l(
            "没有收下：收到的内容与选择的文件不一致，可能是传输出错。请返回后重新上传。"
        ),
        JobFailure.ARCHIVE_UNREADABLE: _l(
            "没有收下：压缩包无法打开，或其中超过 5,000 个文件。请重新压缩为 zip 后再上传。"
        ),
        JobFailure.TOO_LARGE_TOGETHER: _l(
            "没有合成完整卷宗：各文件加在一起超过 3,000 页，或需要的时间、内存超出限度。"
            "文件都已保存；请返回后减少文件，或降低扫描分辨率后重新上传。"
        ),
        JobFailure.CHANGED_MEANWHILE: _l(
            "没有制作副本：制作期间卷宗或遮盖的框有改动。改动都已保存；请返回后再制作一次。"
        ),
        JobFailure.TWIN_NUMBERS: _l(
            "没有冻结：有两件案件的编号去掉空格后相同。请在台账中改正后重新导入，再冻结。"
        ),
        JobFailure.FRAME_CHANGED: _l(
            "没有冻结：在此期间案件有变，原来的设计不再适用。请回到抽样设计重新测算。"
        ),
        JobFailure.NO_CASE_LEFT: _l(
            "没有替换：这一层的案件已全部抽中或用完，没有下一件。样本没有改动。"
        ),
        JobFailure.PLAN_CHANGED: _l(
            "没有分配，也没有更改任何任务：试算之后，专家或回避情况有变化。请返回重新试算。"
        ),
    },
    Likeness: {
        Likeness.SAME_LICENCE: _l("执业证号相同，姓名或承办机构不同"),
        Likeness.SAME_NAME: _l("姓名和承办机构相同，执业证号不同或缺少"),
    },
    RejectReason: {
        RejectReason.MISSING_CASE_NUMBER: _l("缺少案件编号"),
        RejectReason.MISSING_CLOSED_DATE: _l("缺少结案日期"),
        RejectReason.UNREADABLE_DATE: _l("日期无法识别"),
        RejectReason.CLOSED_BEFORE_ASSIGNED: _l("结案日期早于指派日期"),
        RejectReason.UNKNOWN_CASE_TYPE: _l("案件类型不在代码表中"),
        RejectReason.MISSING_HANDLER: _l("缺少承办人员"),
        RejectReason.CONFLICTING_DUPLICATE: _l("同一编号内容不同"),
        RejectReason.UNREADABLE_CELL: _l("单元格无法识别"),
        RejectReason.UNKNOWN_CODE: _l("取值不在代码表中"),
        RejectReason.MISSING_AGENCY: _l("缺少受理机构"),
        RejectReason.OUTSIDE_REGION: _l("不属于本行政区划"),
        RejectReason.ALREADY_IN_FRAME: _l("案件已进入抽样框，内容不能再改"),
        RejectReason.NUMBER_TAKEN: _l("编号已被另一案件使用"),
    },
    RegisterChange: {
        RegisterChange.CASE_NUMBER: _l("案件编号的括号、空格和全角数字"),
        RegisterChange.DATE: _l("日期写法统一为年-月-日"),
        RegisterChange.AMOUNT: _l("金额去掉千分位和单位"),
        RegisterChange.CODE: _l("代码的其他写法（如“刑事案件”改为“刑事”）"),
        RegisterChange.NAME: _l("名称中的空格"),
        RegisterChange.TEXT: _l("文字中多余的空格、页数的单位"),
        RegisterChange.LICENCE_LEFT_OUT: _l("执业证号成了数字、末位已失真，改按姓名和承办机构匹配"),
        RegisterChange.CATEGORY_LEFT_OUT: _l("受援人类别不在代码表中，未保存"),
        RegisterChange.ID_NUMBER_LEFT_OUT: _l("身份证号成了数字、末位已失真，未保存"),
    },
    RoundStatus: {
        RoundStatus.DRAFT: _l("筹备"),
        RoundStatus.FROZEN: _l("抽样框已冻结"),
        RoundStatus.DRAWN: _l("已抽样"),
        RoundStatus.MARKING: _l("评分中"),
        RoundStatus.PUBLISHED: _l("已发布"),
    },
    ExclusionReason: {
        ExclusionReason.DUPLICATE: _l("与另一案件重复登记"),
        ExclusionReason.NO_AID_CASE: _l("不是法律援助案件，登记有误"),
        ExclusionReason.CONFIDENTIAL: _l("涉密，卷宗不能交专家阅看"),
        ExclusionReason.DOSSIER_AWAY: _l("卷宗已被调走，评估期间无法取回"),
        ExclusionReason.UNDER_INQUIRY: _l("正在处理投诉或复查"),
        ExclusionReason.OTHER: _l("其他"),
    },
    Difference: {
        Difference.NONE_NOW: _l("上年有，本期一件没有"),
        Difference.FEWER: _l("明显偏少"),
        Difference.MORE: _l("明显偏多"),
        Difference.USUAL: _l("无明显差异"),
    },
    CasePlace: {
        CasePlace.IN_FRAME: _l("在抽样框中"),
        CasePlace.EXCLUDED: _l("已排除"),
        CasePlace.OTHER_KIND: _l("不属于所选种类"),
        CasePlace.NOT_ARCHIVED: _l("尚未归档"),
        CasePlace.AFTER_FREEZE: _l("冻结之后才归档或登记，进入下一个抽样框"),
    },
    Allocation: {
        Allocation.PROPORTIONAL: _l("按比例分配"),
        Allocation.EQUAL: _l("等额分配"),
        Allocation.NEYMAN: _l("向差异大的层多分配"),
        Allocation.FIXED: _l("逐层指定件数"),
        Allocation.CENSUS: _l("全部评估，不抽样"),
    },
    Dimension: {
        Dimension.REGION: _l("县（市、区）"),
        Dimension.AGENCY: _l("法律援助机构"),
        Dimension.PROVIDER: _l("承办机构"),
        Dimension.KIND: _l("案件种类"),
        Dimension.STAGE: _l("刑事案件阶段"),
        Dimension.HANDLER_TYPE: _l("承办人员类型"),
        Dimension.QUARTER: _l("结案季度"),
    },
    UnitKind: {
        UnitKind.AGENCY: _l("法律援助机构"),
        UnitKind.PROVIDER: _l("承办机构"),
        UnitKind.HANDLER: _l("承办人员"),
    },
    SizeBy: {
        SizeBy.SHARE: _l("抽取案件总数的一定比例（%）"),
        SizeBy.NUMBER: _l("抽取固定件数（件）"),
        SizeBy.HALF_WIDTH: _l("全体平均分的误差不超过（± 分）"),
        SizeBy.REGION_HALF_WIDTH: _l("每个下级地区平均分的误差不超过（± 分）"),
        SizeBy.SEE_FAIL: _l("若有 5% 不合格，至少抽到一件的把握（%）"),
    },
    TargetReason: {
        TargetReason.COMPLAINT: _l("有投诉的案件"),
        TargetReason.FLAGGED: _l("发现疑点的案件"),
        TargetReason.LAST_FAIL: _l("上次评估有不合格的承办人员的案件"),
        TargetReason.FIRST_YEAR: _l("第一年承办法律援助的人员的案件"),
    },
    SeedKind: {
        SeedKind.DICE: _l("冻结后当众摇号或掷骰"),
        SeedKind.LOTTERY: _l("以后开奖的彩票号码"),
        SeedKind.PARTIES: _l("两方以上各出一数，先封存、后公开"),
    },
    SeedFlaw: {
        SeedFlaw.NOT_DIGITS: _l("这里只能填数字；数字之间可以有空格、逗号或连字符。"),
        SeedFlaw.SHORT: _l(
            "种子至少要有 20 位数字，现在只有 %(digits)s 位。请把公开产生的数字全部录入。"
        ),
        SeedFlaw.USED: _l("这个种子以前用过。每次抽样都要用新产生的数字。"),
        SeedFlaw.NOT_DUE: _l("还没有到冻结时公布的开奖日期，不能录入种子。"),
        SeedFlaw.NO_SOURCE: _l("请写明种子将由谁、何时、何地产生；冻结之后不能再改。"),
        SeedFlaw.NO_LATER_DAY: _l("请填晚于今天的开奖日期：冻结时号码必须还没有人知道。"),
        SeedFlaw.FEW_PARTIES: _l("至少要有两方，名称互不相同。"),
        SeedFlaw.PARTY_NAME: _l("“%(party)s”不能作为一方的名称：请用一行文字，不含冒号。"),
        SeedFlaw.NO_COMMITMENT: _l("还有一方没有封存。各方全部封存之后才能公开数值。"),
        SeedFlaw.BAD_COMMITMENT: _l(
            "%(party)s 的封存码应为 64 位的数字和 a–f。请核对后重新录入，各方都没有保存。"
        ),
        SeedFlaw.COMMITTED: _l("各方已经封存，封存码不能再改。"),
        SeedFlaw.SHORT_VALUE: _l("%(party)s 的数值至少要有 30 位数字，现在只有 %(digits)s 位。"),
        SeedFlaw.BROKEN_COMMITMENT: _l(
            "%(party)s 公开的数值与封存码不符，没有抽样。请核对录入；"
            "如果确实不符，只能由两人同意后重新冻结。"
        ),
        SeedFlaw.GIVEN: _l("种子已经录入，不能再改。抽样用的是先录入的那一个。"),
    },
    ReplacementReason: {
        ReplacementReason.DOSSIER_MISSING: _l("卷宗遗失或无法调取"),
        ReplacementReason.DOSSIER_INCOMPLETE: _l("卷宗严重缺页，无法评估"),
        ReplacementReason.CONFIDENTIAL: _l("涉及秘密，不能交专家阅看"),
        ReplacementReason.NOT_A_CASE: _l("不是应评估的法律援助案件"),
        ReplacementReason.NO_REVIEWER: _l("没有可以不回避的评估专家"),
    },
    CallReason: {
        CallReason.DIFFERENCE: _l("评分不一致"),
        CallReason.BORDER: _l("总分临近等次界限"),
        CallReason.GRADE: _l("该等次一律复评"),
        CallReason.LOT: _l("随机抽中复评"),
    },
    SampledCaseStatus: {
        SampledCaseStatus.MARKING: _l("初评"),
        SampledCaseStatus.THIRD_MARK: _l("复评"),
        SampledCaseStatus.PANEL: _l("合议"),
        SampledCaseStatus.SETTLED: _l("已定"),
    },
    AssignmentStatus: {
        AssignmentStatus.RESERVE: _l("候补"),
        AssignmentStatus.OPEN: _l("待评"),
        AssignmentStatus.DRAFT: _l("草稿"),
        AssignmentStatus.SUBMITTED: _l("已提交"),
        AssignmentStatus.RETURNED: _l("已退回"),
        AssignmentStatus.RECUSED: _l("已回避"),
        AssignmentStatus.LAPSED: _l("超时收回"),
    },
    ConflictReason: {
        ConflictReason.OWN_CASE: _l("本人承办"),
        ConflictReason.SAME_PROVIDER: _l("同一机构"),
        ConflictReason.FORMER_PROVIDER: _l("三年内同一机构"),
        ConflictReason.SAME_REGION: _l("地区回避"),
        ConflictReason.RELATIVE: _l("申报的亲属"),
        ConflictReason.DECLARED_CASE: _l("申报参与过"),
        ConflictReason.OPPOSING_SIDE: _l("代理过对方"),
        ConflictReason.RECIPROCAL: _l("互评"),
        ConflictReason.OBJECTION: _l("被评方申请回避"),
        ConflictReason.PINNED: _l("组织者指定回避"),
        ConflictReason.STEPPED_BACK: _l("已退出此案"),
        ConflictReason.OTHER_FIELD: _l("非所擅长"),
        ConflictReason.TOO_FEW_YEARS: _l("执业年限不足"),
    },
    DeclarationKind: {
        DeclarationKind.RELATIVE: _l("近亲属或有利害关系的人"),
        DeclarationKind.CASE: _l("我参与过的案件"),
        DeclarationKind.OPPOSING: _l("我或本所代理过对方的案件"),
        DeclarationKind.PROVIDER: _l("我曾任职或兼职的机构"),
    },
    RecusalReason: {
        RecusalReason.TOOK_PART: _l("我办理过或参与过此案"),
        RecusalReason.RELATED: _l("我与当事人或承办人员有亲属、利害关系"),
        RecusalReason.OTHER_SIDE: _l("我或本所代理过对方"),
        RecusalReason.RECOGNISED: _l("我认出了承办人员或机构，难以公正"),
        RecusalReason.OTHER: _l("其他可能影响公正的情形"),
        RecusalReason.BY_RULE: _l("系统核查发现应当回避"),
    },
    ReviewChangeKind: {
        ReviewChangeKind.SAVED: _l("保存"),
        ReviewChangeKind.SUBMITTED: _l("提交"),
        ReviewChangeKind.RETURNED: _l("退回"),
    },
    DraftFileRefusal: {
        DraftFileRefusal.UNREADABLE: _l(
            "这不是本平台的草稿文件，或文件已损坏。请选择在评分页下载的草稿文件。"
        ),
        DraftFileRefusal.OTHER_TASK: _l(
            "这份草稿文件属于另一件案件或另一位专家，没有读入。请打开它对应的案件再交回。"
        ),
        DraftFileRefusal.OTHER_RUBRIC: _l(
            "这份草稿文件用的评估标准与此评分表不是同一版本，没有读入。请按现在的标准重新评分。"
        ),
    },
    NoticeKind: {
        NoticeKind.TASK_ADDED: _l("新的评估任务"),
        NoticeKind.TASK_MOVED: _l("评估任务已调整"),
        NoticeKind.TASK_ENDED: _l("评估任务已结束"),
        NoticeKind.TASK_LAPSED: _l("评估任务超时收回"),
        NoticeKind.TASK_DUE: _l("评估任务即将到期"),
        NoticeKind.REPLACED: _l("已更换评估专家"),
        NoticeKind.NOBODY_LEFT: _l("缺少评估专家"),
        NoticeKind.EXTENSION_ASKED: _l("申请延期"),
        NoticeKind.EXTENSION_DECIDED: _l("延期申请已答复"),
        NoticeKind.REVIEW_RETURNED: _l("评分表被退回"),
    },
    DecisionFlaw: {
        DecisionFlaw.TOTAL: _l("总分应在 0 至 100 之间，最多一位小数。"),
        DecisionFlaw.MARKS: _l("有指标没有合议得分，或得分不符合评估标准。请看下面标出的指标。"),
        DecisionFlaw.NOTHING_APPLIES: _l("不能全部不适用：没有可以评分的指标。"),
        DecisionFlaw.OVERALL: _l("请选择合议的总体评价。"),
        DecisionFlaw.REASON: _l("请写明合议理由，至少 10 个字。"),
        DecisionFlaw.FEW_MEMBERS: _l("合议至少要有 3 名成员，姓名互不相同。"),
        DecisionFlaw.NO_MAJORITY: _l("同意的成员没有过半数，不能作出决定。"),
        DecisionFlaw.SILENT_DISSENT: _l("请写明不同意的成员的意见。"),
    },
    QuestionKind: {
        QuestionKind.SAFE_MIDDLE: _l("给分集中在中间"),
        QuestionKind.TOO_SHORT: _l("评分时间很短"),
        QuestionKind.UNOPENED: _l("没有打开过卷宗"),
        QuestionKind.SAME_WORDS: _l("多件案件用同一段意见"),
        QuestionKind.SHARED_WORDS: _l("同一案件两人意见相同"),
    },
    SettledBy: {
        SettledBy.SINGLE_MARK: _l("单人评分"),
        SettledBy.MEAN: _l("各份评分的均值"),
        SettledBy.CLOSEST_TWO: _l("最接近两份评分的均值"),
        SettledBy.PANEL: _l("合议决定"),
    },
    DefinitionSubject: {
        DefinitionSubject.RUBRIC: _l("评估标准"),
        DefinitionSubject.SCHEME: _l("评定办法"),
    },
    DefinitionStatus: {
        DefinitionStatus.DRAFT: _l("草稿"),
        DefinitionStatus.PUBLISHED: _l("已发布"),
        DefinitionStatus.RETIRED: _l("已停用"),
        DefinitionStatus.DISCARDED: _l("已放弃"),
    },
    HealthFinding: {
        HealthFinding.RARELY_APPLIES: _l(
            "半数以上的评分不适用。可考虑改为只用于有此环节的案件种类。"
        ),
        HealthFinding.TOO_FEW: _l("评分太少，暂不作判断。"),
        HealthFinding.NOBODY_LOSES: _l(
            "没有人在此失分，分不出好坏。可并入其他指标，或写明怎样才算满分。"
        ),
        HealthFinding.NEARLY_ALL_FULL: _l(
            "几乎都是满分，很难分出好坏。请核对是要求过低，还是专家没有细看。"
        ),
        HealthFinding.NO_AGREEMENT: _l(
            "专家对同一案件的给分常不一致。请把说明写得更具体，或改为分档、扣分项，并组织培训。"
        ),
        HealthFinding.NOTHING: _l("没有发现问题。"),
    },
    WhatIfGap: {
        WhatIfGap.NOT_MARKED: _l("有的指标当时没有评过"),
        WhatIfGap.FURTHER_MARK: _l("还会需要复评或合议（评分相差过大，或按复评规则）"),
        WhatIfGap.PANEL: _l("由合议决定"),
        WhatIfGap.OTHER_WAY: _l("当时用的是另一类评定办法，或没有这项综合评定"),
        WhatIfGap.NOTHING_APPLIES: _l("承办人员负责的指标全部不适用"),
    },
    Grade: {
        Grade.EXCELLENT: _l("优秀"),
        Grade.GOOD: _l("良好"),
        Grade.PASS: _l("合格"),
        Grade.FAIL: _l("不合格"),
    },
}

AUDIT_ACTIONS: dict[str, Any] = {
    "session.started": _l("登录"),
    "session.ended": _l("退出登录"),
    "session.refused": _l("登录失败"),
    "session.denied": _l("登录受限"),
    "password.changed": _l("更改密码"),
    "password.reset": _l("重设密码"),
    "account.suspended": _l("停用账号"),
    "account.reinstated": _l("恢复账号"),
    "role.revoked": _l("收回角色"),
    "invitation.created": _l("邀请"),
    "invitation.withdrawn": _l("撤回邀请"),
    "invitation.accepted": _l("接受邀请"),
    "regions.loaded": _l("导入行政区划"),
    "keys.rotated": _l("更换数据密钥"),
    "demo.built": _l("建立示范省"),
    "register.uploaded": _l("上传台账"),
    "register.staged": _l("读取台账"),
    "register.unreadable": _l("台账无法读取"),
    "register.headings_given": _l("指明台账的列"),
    "register.confirmed": _l("确认导入台账"),
    "register.discarded": _l("放弃导入台账"),
    "register.undone": _l("撤销导入台账"),
    "register.rejects_taken": _l("下载未导入的行"),
    "handler.merged": _l("合并承办人员"),
    "handler.told_apart": _l("确认为两名承办人员"),
    "dossier.opened": _l("打开卷宗"),
    "dossier.damaged": _l("卷宗文件损坏"),
    "dossier.begun": _l("建立卷宗"),
    "dossier.files_received": _l("收到卷宗文件"),
    "dossier.file_matched": _l("为文件指定案件"),
    "dossier.files_used": _l("启用卷宗文件"),
    "dossier.files_discarded": _l("放弃卷宗文件"),
    "dossier.assembled": _l("合成完整卷宗"),
    "dossier.indexed": _l("编制卷宗目录"),
    "dossier.entry_dropped": _l("删除卷宗目录项"),
    "dossier.index_proposed": _l("建议卷宗目录"),
    "dossier.index_confirmed": _l("确认卷宗目录"),
    "dossier.marked": _l("标出遮盖处"),
    "dossier.mark_dropped": _l("取消遮盖处"),
    "dossier.marks_accepted": _l("采用建议的遮盖处"),
    "dossier.marks_proposed": _l("建议遮盖处"),
    "dossier.redacted": _l("制作遮盖副本"),
    "upload.begun": _l("开始上传"),
    "upload.received": _l("上传完成"),
    "upload.withdrawn": _l("取消上传"),
    "upload.abandoned": _l("清除久未传完的文件"),
    "upload.ended": _l("处理完上传的文件"),
    "round.created": _l("建立评估活动"),
    "round.frozen": _l("冻结抽样框"),
    "round.freeze_asked": _l("提出冻结抽样框"),
    "seed.given": _l("录入种子"),
    "case.replacement_asked": _l("提出替换案件"),
    "frame.reopening_asked": _l("申请作废一个版本"),
    "frame.reopening_declined": _l("不同意作废一个版本"),
    "frame.reopened": _l("同意作废一个版本"),
    "design.saved": _l("保存抽样设计"),
    "case.targeted": _l("列入重点抽查"),
    "case.untargeted": _l("撤销列入重点抽查"),
    "case.replaced": _l("替换抽中的案件"),
    "seed.committed": _l("封存种子数值"),
    "case.excluded": _l("排除案件"),
    "case.readmitted": _l("撤销排除"),
    "round.drawn": _l("抽样"),
    "round.assigned": _l("分配评估专家"),
    "round.panel_adjusted": _l("调整专家组"),
    "assignment.recused": _l("回避"),
    "assignment.lapsed": _l("超时收回任务"),
    "declaration.made": _l("申报回避"),
    "declaration.withdrawn": _l("撤回回避申报"),
    "reviewer.capacity_said": _l("说明能接受的案件"),
    "conflict.pinned": _l("认定回避情形"),
    "conflict.unpinned": _l("撤回认定"),
    "conflict.objected": _l("登记回避请求"),
    "conflict.objection_withdrawn": _l("撤回回避请求"),
    "conflict.opponent_noted": _l("登记对方代理机构"),
    "provider.named_also": _l("登记机构别名"),
    "round.published": _l("发布结果"),
    "review.no_conflict_declared": _l("声明无需回避"),
    "review.saved": _l("保存评分"),
    "review.submitted": _l("提交评分表"),
    "sampled_case.third_mark_called": _l("启动复评"),
    "review.returned": _l("退回评分表"),
    "extension.asked": _l("申请延期"),
    "panel.own_mark_given": _l("合议前独立评分"),
    "sampled_case.further_marker_found": _l("增派评估专家"),
    "sampled_case.nobody_to_mark_again": _l("没有可以增派的评估专家"),
    "sampled_case.passed_to_panel": _l("转入合议"),
    "result.settled": _l("确定结果"),
    "definition.drafted": _l("起草标准或办法"),
    "definition.saved": _l("保存标准或办法草稿"),
    "definition.published": _l("发布标准或办法"),
    "definition.retired": _l("停用标准或办法"),
    "definition.discarded": _l("放弃标准或办法草稿"),
}
"""What the audit log calls each action; a test finds every action that is recorded here."""

AUDIT_OBJECTS: dict[str, Any] = {
    "dossier": _l("卷宗"),
    "dossier_copy": _l("卷宗副本"),
    "dossier_file": _l("卷宗文件"),
    "dossier_upload": _l("卷宗上传"),
    "user": _l("账号"),
    "login_session": _l("登录"),
    "login_failure": _l("登录失败"),
    "invitation": _l("邀请"),
    "region": _l("行政区划"),
    "wrapped_key": _l("密钥"),
    "register_import": _l("台账导入"),
    "sampling_design": _l("抽样设计"),
    "targeted_case": _l("重点抽查案件"),
    "frame_version": _l("公布的抽样框版本"),
    "replacement": _l("案件替换"),
    "case": _l("案件"),
    "handler": _l("承办人员"),
    "handler_distinction": _l("两名承办人员"),
    "round": _l("评估活动"),
    "sampled_case": _l("抽中案件"),
    "exclusion": _l("排除"),
    "assignment": _l("评估任务"),
    "declaration": _l("回避申报"),
    "reviewer_profile": _l("评估专家档案"),
    "pin": _l("回避认定"),
    "panel_objection": _l("回避请求"),
    "opponent": _l("对方代理机构"),
    "provider_alias": _l("机构别名"),
    "review": _l("评分表"),
    "result": _l("评估结果"),
    "definition": _l("自定标准或办法"),
}


def label(member: StrEnum | None) -> str:
    """The screen word of a code, in the reader's language."""
    return NOTHING if member is None else str(LABELS[type(member)][member])


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    return [(member.value, label(member)) for member in enum]


def score(value: Decimal | float | None) -> str:
    """A score to one decimal, halves up: rounding happens here and nowhere earlier."""
    if value is None:
        return NOTHING
    return str(Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def share(value: float) -> str:
    """A share as a whole percentage, without the sign."""
    return str(Decimal(str(value * 100)).quantize(Decimal(1), ROUND_HALF_UP))


def money(value: Decimal | None) -> str:
    return NOTHING if value is None else f"¥{value:,.0f}"


def when(value: datetime | date | None) -> str:
    """A day as 2024-05-03; an instant in Beijing time as 2024-05-03 10:32."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def points(value: Decimal) -> str:
    """Points as they were given: 8, 3.5; no zeros behind."""
    return format(value.normalize(), "f")


def today() -> date:
    """The day in Beijing, by which all deadlines go."""
    return datetime.now(BEIJING).date()


def now() -> datetime:
    return datetime.now(BEIJING)


def due(day: date, now: date | None = None) -> str:
    """A due date in words: in working days where the official calendar is known."""
    now = now or today()
    if day < now:
        return str(gettext("已过期 %(n)s 天", n=(now - day).days))
    if day == now:
        return str(gettext("今天截止"))
    working = _working_days(now + timedelta(days=1), day)
    if working is None:
        return str(gettext("还有 %(n)s 天", n=(day - now).days))
    return str(gettext("还有 %(n)s 个工作日", n=working))


@lru_cache(maxsize=512)
def _working_days(first: date, last: date) -> int | None:
    """Working days from first to last, or None where the calendar is not yet published."""
    try:
        chinese_calendar.is_workday(last)
        return len(chinese_calendar.get_workdays(first, last))
    except NotImplementedError:
        return None
