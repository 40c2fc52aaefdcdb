"""Why an act about organs, posts, people or their roles is denied."""

from __future__ import annotations

from mingjian.governance import matters
from mingjian.governance.reason import Reason

ORGANS: tuple[Reason, ...] = (
    Reason(
        "organ.administrator",
        "组织机构由系统管理员维护",
        "The tree of organs is kept by the administrator",
        "请由系统管理员办理",
        "Ask the administrator",
    ),
    Reason(
        "organ.keeper",
        "机关、单位的名称、类别、区划、行业和上级由安装单位的系统管理员维护",
        "Name, kind, area, sector and superior are kept by the administrator of the unit that keeps the installation",
        "请联系安装单位的系统管理员",
        "Ask that administrator",
    ),
    Reason(
        "organ.territory",
        "行政区划代码须为六位数字：省级后四位、市级后两位为零",
        "An area code has six digits; a province's ends in four zeros, a city's in two",
        "按国家标准 GB/T 2260 填写",
        "Take it from GB/T 2260",
    ),
    Reason(
        "organ.sector",
        "行政管理部门须选择其行业；人民政府、公安机关、国家安全机关没有行业",
        "A department needs its sector; governments, public security and state security have none",
        "从列表中选择行业",
        "Choose from the list",
        matters.SECTOR,
    ),
    Reason(
        "organ.credit-code",
        "统一社会信用代码的校验位不符",
        "The check digit of the credit code does not fit",
        "对照登记证书核对十八位代码",
        "Compare the eighteen letters with the certificate",
    ),
    Reason(
        "organ.parent",
        "上级机关的区域须包含本机关的区域；同类机关的上级须高一级",
        "The organ above has an area that holds this one's; one of the same kind is of a higher level",
        "另选上级机关，或者不填",
        "Choose another, or none",
    ),
    Reason(
        "organ.cycle",
        "机关不能作为自己的上级",
        "An organ cannot stand above itself",
        "另选上级机关",
        "Choose another organ above",
    ),
    Reason(
        "organ.children",
        "更改后，其下级机关的位置不再成立",
        "What stands below it would no longer fit",
        "先调整下级机关，再作更改",
        "Move those below first",
    ),
    Reason(
        "organ.taken",
        "该区域已有同类机关",
        "The area has an organ of this kind already",
        "核对区划代码，或者更改已有机关",
        "Check the code, or change the one on record",
    ),
    Reason(
        "organ.has-administrator",
        "该单位已有管理员，人员由其办理",
        "The unit has an administrator, who looks after its people",
        "请联系该单位的管理员",
        "Ask that administrator",
    ),
    Reason(
        "post.ended",
        "任职已结束",
        "The post has ended",
        "刷新页面",
        "Reload the page",
    ),
    Reason(
        "post.head-taken",
        "本单位已有在任的主要负责人",
        "The unit has a head in office",
        "先结束前任的任职",
        "End the former head's post first",
    ),
    Reason(
        "people.oneself",
        "管理员不能停用自己或者更改自己的岗位、凭证",
        "An administrator cannot disable, re-role or reset the own account",
        "请由另一名管理员办理",
        "Ask another administrator",
    ),
    Reason(
        "roles.security",
        "岗位和任职由安全管理员授予，系统管理员只建立账号",
        "The security administrator grants roles and posts; the system administrator makes accounts",
        "请由本单位安全管理员办理；本单位没有的，由本系统安装单位的安全管理员办理",
        "Ask the unit's security administrator, or that of the unit that keeps the installation",
    ),
    Reason(
        "people.two-administrators",
        "恢复凭证须由两名不同种类的管理员先后办理",
        "Credentials are restored by two administrators of different kinds",
        "由一名管理员提出，另一名核实本人后确认",
        "One asks, the other confirms after having seen the person",
    ),
    Reason(
        "people.known",
        "该人员已有账号",
        "This person has an account",
        "请由其本人用自己的账号签到",
        "Let the person sign with the own account",
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
        "系统、安全、审计管理员由不同的人担任，且不得兼任其他岗位",
        "System, security and audit administrator are three persons, who hold no other role",
        "为同一人的其他职责由他人承担",
        "Give the other duties to another person",
    ),
)
