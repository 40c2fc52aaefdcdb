"""Why an act about places, systems, cameras on record, filings or removals is denied (articles 7 to 9 and 13 to 15)."""

from __future__ import annotations

from mingjian.governance import matters
from mingjian.governance.reason import Reason

REGISTRY: tuple[Reason, ...] = (
    Reason(
        "part.decide",
        "重要部位由建设、管理或者使用单位确定",
        "Key parts are determined by the unit that builds, manages or uses the place",
        "请由该单位的管理人员办理",
        "Ask that unit's manager",
        matters.KEY_PARTS,
    ),
    Reason(
        "part.guide",
        "重要部位的确定由所在地县级公安机关指导、监督",
        "The determination of key parts is guided and supervised by the county's public security organ of the place",
        "请由该公安机关的备案受理人员办理",
        "Ask that organ's registrar",
        matters.KEY_PARTS,
    ),
    Reason(
        "siting.role",
        "场所、系统和摄像机由责任单位的管理人员登记",
        "Places, systems and cameras are put on record by the responsible unit's manager",
        "请由单位管理人员或者政府规划建设人员办理",
        "Ask the unit's manager, or the planning staff of the people's government",
        matters.BUILDER,
    ),
    Reason(
        "siting.reach",
        "已有摄像机的位置只向人民政府的规划建设人员列出，用于避免重复建设",
        "Existing cameras are listed to the government's planning staff alone, so that nothing is built twice",
        "请由人民政府的规划建设人员办理",
        "Ask the planning staff of the people's government",
        matters.REUSE,
    ),
    Reason(
        "siting.signed",
        "已完成登记的摄像机，其位置和用途不得擅自改变",
        "Position and purpose of a camera on record are not changed without authority",
        "用“变更”写明决定后办理",
        "Use the change with a recorded decision",
        matters.CHANGE,
    ),
    Reason(
        "place.in-use",
        "场所内仍有系统或者摄像机",
        "The place still has systems or cameras",
        "先办理拆除，再注销场所",
        "Take them down first, then close the place",
        matters.REMOVAL,
    ),
    Reason(
        "system.acceptance",
        "政府组织建设的系统由市、县人民政府组织验收",
        "Acceptance of a system built by government is organised by the city or county people's government",
        "请由所在地人民政府的规划建设人员办理",
        "Ask the planning staff of the people's government of the place",
        matters.ACCEPTANCE,
    ),
    Reason(
        "filing.not-in-use",
        "系统交付使用后才能备案",
        "A system is filed once it is delivered for use",
        "先登记交付使用的日期",
        "Record the day of delivery first",
        matters.FILING,
    ),
    Reason(
        "filing.already",
        "该系统已备案",
        "The system is filed already",
        "补正请从原备案重新提交；内容有变化的，先登记变更决定再提交变更备案",
        "Hand in the returned filing again; for what changed, record the decision and file the change",
        matters.FILING,
    ),
    Reason(
        "filing.organ",
        "备案由系统所在地县级人民政府公安机关办理",
        "Filings are dealt with by the county's public security organ of the place",
        "请由所在地县级公安机关的备案受理人员办理",
        "Ask the registrar of the county's public security organ",
        matters.FILING,
    ),
    Reason(
        "removal.supervision",
        "存储资料的处理由所在地县级人民政府公安机关监督",
        "Disposal of stored data is supervised by the county's public security organ of the place",
        "请由所在地县级公安机关的备案受理人员办理",
        "Ask the registrar of the county's public security organ",
        matters.DISPOSAL,
    ),
)
