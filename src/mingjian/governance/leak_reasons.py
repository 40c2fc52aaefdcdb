"""Why something about leaks and redacted copies is refused (article 19; national regulation, article 22)."""

from __future__ import annotations

from mingjian.governance import matters
from mingjian.governance.reason import Reason

LEAKS: tuple[Reason, ...] = (
    Reason(
        "redaction.own-work",
        "制作人不得审查自己的遮挡副本",
        "Nobody reviews the own redacted copy",
        "请由另一人审查",
        "Ask another person to look through it",
        matters.PUBLICATION,
    ),
    Reason(
        "redaction.release",
        "只有本单位管理人员可以发布",
        "Only the unit's management releases a copy for publication",
        "请由管理人员发布",
        "Ask the unit's management",
        matters.PUBLICATION,
    ),
    Reason(
        "redaction.not-rendered",
        "还没有与当前遮挡一致的审查稿",
        "There is no draft that shows these masks",
        "先制作审查稿",
        "Make the draft first",
        matters.PUBLICATION,
    ),
    Reason(
        "redaction.no-mask",
        "没有任何遮挡的录像不得公开传播",
        "Footage without any mask is not published",
        "逐处遮挡人脸、号牌和名称",
        "Mask faces, plates and names one by one",
        matters.PUBLICATION,
    ),
    Reason(
        "redaction.not-looked",
        "须先完整查看当前审查稿，再作出审查结论",
        "Look through the draft as it stands before approving it",
        "打开审查稿",
        "Open the draft",
        matters.PUBLICATION,
    ),
    Reason(
        "redaction.taken",
        "文件已经取走，不再保存",
        "The file was taken and is not kept here",
        "需要时重新制作并登记",
        "Make and register it anew where it is needed",
        matters.REGISTER,
    ),
    Reason(
        "leak.auditor",
        "只有审计管理员可以由泄露画面追查登记",
        "Only an auditor traces a leaked picture to its register entry",
        "把画面交给本单位的审计管理员",
        "Give the picture to the unit's auditor",
        matters.TRADE,
    ),
)
