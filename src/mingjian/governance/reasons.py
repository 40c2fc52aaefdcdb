"""Why something is refused, in both languages, with its article and the next thing to do. Codes are stable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal; screens show `text`, `article`, `remedy` in this order."""

    code: str
    text: str
    text_en: str
    remedy: str = ""
    remedy_en: str = ""
    article: str = ""


_ROWS = (
    Reason(
        "authority.role",
        "您的岗位没有这项权限",
        "Your role does not include this",
        "请由具有该权限的人员办理",
        "Ask a person whose role includes it",
    ),
    Reason("authority.disabled", "账号已停用", "The account is disabled", "请联系管理员", "Ask the administrator"),
    Reason("authority.unknown-object", "没有这个对象", "There is no such object"),
    Reason(
        "view.role",
        "只有本单位监看、管理人员可以查看视频；管理员、审计员不因其身份看到画面",
        "Only the unit's watch and management staff may view video; administrators and auditors see none by being such",
        "需要录像请提交查阅、复制申请",
        "To obtain footage, submit an access request",
        "第十七条第一款",
    ),
    Reason(
        "view.purpose-missing",
        "回放录像须写明用途",
        "Playback needs a purpose",
        "填写用途后重试",
        "State the purpose and try again",
        "第十七条第二款第二项",
    ),
    Reason(
        "access.approver",
        "只有批准人可以批准或者驳回申请",
        "Only an approver may approve or refuse a request",
        "请由机关主要负责人办理",
        "Ask the head of the organ",
        "第二十一条",
    ),
    Reason(
        "access.own-request",
        "申请人不得批准自己的申请",
        "An applicant may not decide on the own request",
        "请由另一名批准人办理",
        "Ask another approver",
        "第二十一条",
    ),
    Reason(
        "access.not-yours",
        "只有本人可以办理",
        "Only the person concerned may do this",
        "请由申请人或者查看人本人办理",
        "Ask the applicant or viewer to do it",
    ),
    Reason(
        "access.staff",
        "现场执行和交接须由管理、使用单位的管理人员办理",
        "Execution and hand-over are done by the unit's management staff",
        "请由单位管理人员登录后办理",
        "Ask the unit's manager to sign in and do it",
        "第二十二条",
    ),
    Reason(
        "access.officer",
        "签到人须为执法人员，并使用本人账号",
        "The person signing must be an officer with an own account",
        "请由执法人员本人签到",
        "Let an officer sign in person",
        "第二十二条第一款第一项",
    ),
    Reason(
        "access.staff-as-officer",
        "单位经办人不得同时作为执法人员签到",
        "The unit's staff member may not also sign as an officer",
        "请由另一名执法人员签到",
        "Let another officer sign",
        "第二十二条第一款第一项",
    ),
    Reason(
        "access.same-officer",
        "同一人不能作为两名执法人员签到",
        "One person cannot be present as two officers",
        "请由另一名执法人员签到",
        "Let a second, different officer sign",
        "第二十二条第一款第一项",
    ),
    Reason(
        "access.two-officers",
        "须有两名不同的执法人员在十分钟内先后签到",
        "Two different officers must sign within ten minutes",
        "请两名执法人员在本页依次输入本人口令和动态码",
        "Let both officers enter their own password and code on this page",
        "第二十二条第一款第一项",
    ),
    Reason(
        "access.not-approved",
        "申请尚未批准",
        "The request is not approved",
        "请等待批准",
        "Wait for the approval",
        "第二十一条",
    ),
    Reason(
        "access.approval-expired",
        "批准已过有效期",
        "The approval has expired",
        "请重新提交申请",
        "Submit a new request",
        "第二十一条",
    ),
    Reason(
        "access.wider-than-asked",
        "批准范围不得超出申请范围",
        "An approval may narrow a request, never widen it",
        "请在申请的摄像机和时段之内选择",
        "Choose within the cameras and period asked for",
        "第二十一条",
    ),
    Reason(
        "part.decide",
        "重要部位由建设、管理或者使用单位确定",
        "Key parts are determined by the unit that builds, manages or uses the place",
        "请由该单位的管理人员办理",
        "Ask that unit's manager",
        "第七条第二款",
    ),
    Reason(
        "part.guide",
        "重要部位的确定由所在地县级公安机关指导、监督",
        "The determination of key parts is guided and supervised by the county's public security organ of the place",
        "请由该公安机关的备案受理人员办理",
        "Ask that organ's registrar",
        "第七条第二款",
    ),
    Reason(
        "siting.role",
        "场所、系统和摄像机由责任单位的管理人员登记",
        "Places, systems and cameras are put on record by the responsible unit's manager",
        "请由单位管理人员或者政府规划建设人员办理",
        "Ask the unit's manager, or the planning staff of the people's government",
        "第九条",
    ),
    Reason(
        "siting.reach",
        "已有摄像机的位置只向人民政府的规划建设人员列出，用于避免重复建设",
        "Existing cameras are listed to the government's planning staff alone, so that nothing is built twice",
        "请由人民政府的规划建设人员办理",
        "Ask the planning staff of the people's government",
        "第九条第一款",
    ),
    Reason(
        "siting.signed",
        "已完成登记的摄像机，其位置和用途不得擅自改变",
        "Position and purpose of a camera on record are not changed without authority",
        "用“变更”写明决定后办理",
        "Use the change with a recorded decision",
        "第十六条第三款",
    ),
    Reason(
        "place.in-use",
        "场所内仍有系统或者摄像机",
        "The place still has systems or cameras",
        "先办理拆除，再注销场所",
        "Take them down first, then close the place",
        "第十五条",
    ),
    Reason(
        "system.acceptance",
        "政府组织建设的系统由市、县人民政府组织验收",
        "Acceptance of a system built by government is organised by the city or county people's government",
        "请由所在地人民政府的规划建设人员办理",
        "Ask the planning staff of the people's government of the place",
        "第十三条第一款",
    ),
    Reason(
        "removal.supervision",
        "存储资料的处理由所在地县级人民政府公安机关监督",
        "Disposal of stored data is supervised by the county's public security organ of the place",
        "请由所在地县级公安机关的备案受理人员办理",
        "Ask the registrar of the county's public security organ",
        "第十五条",
    ),
    Reason(
        "clock.vouch",
        "系统时钟由系统管理员核对并声明准确",
        "The system administrator checks the clock and vouches for it",
        "请由系统管理员登录后办理",
        "Ask an administrator to sign in and do it",
        "第十七条第二款第三项",
    ),
    Reason(
        "clock.confirm",
        "恢复到期清除须由对保存期限负责的单位管理人员确认",
        "That expiry goes on is confirmed by the unit's manager, who answers for the term of retention",
        "请由单位管理人员登录后办理",
        "Ask the unit's manager to sign in and do it",
        "第十七条第二款第三项",
    ),
    Reason(
        "clock.same-person",
        "声明时钟准确的人不得自行确认",
        "Whoever vouched for the clock may not confirm it",
        "请由另一人确认",
        "Ask another person to confirm",
        "第十七条第二款第三项",
    ),
    Reason(
        "clock.believed",
        "系统时钟没有待确认的跳变",
        "There is no clock jump to confirm",
        "刷新页面",
        "Reload the page",
    ),
    Reason(
        "procedure.step",
        "当前状态下不能办理这一步",
        "This step is not possible in the present state",
        "请刷新后按页面所列步骤办理",
        "Reload and follow the steps listed",
    ),
    Reason(
        "people.oneself",
        "管理员不能停用自己或者更改自己的岗位、凭证",
        "An administrator cannot disable, re-role or reset the own account",
        "请由另一名管理员办理",
        "Ask another administrator",
    ),
    Reason(
        "people.no-role",
        "至少选择一个岗位",
        "At least one role is needed",
        "选择岗位后重试",
        "Choose a role and try again",
    ),
    Reason(
        "people.exclusive-roles",
        "管理员、审计员不得兼任其他岗位",
        "An administrator or auditor may hold no other role",
        "为同一人的其他职责由他人承担",
        "Give the other duties to another person",
    ),
)

REASONS = {row.code: row for row in _ROWS}


def reason(code: str) -> Reason:
    """The reason of `code`. KeyError for an unknown one: codes are written only in this room."""
    return REASONS[code]
