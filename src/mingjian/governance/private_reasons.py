"""Refusals of private persons' viewing (national regulation, article 21)."""

from __future__ import annotations

from mingjian.governance.reason import Reason

_N21 = "第二十一条"

PRIVATE = (
    Reason(
        "private.forbidden",
        "施行中的文件没有规定个人可以查阅，不得向个人提供",
        "The text in force names no private person who may view; nothing is shown to one",
        "请当事人向公安机关报案或者求助，由公安机关依法查阅",
        "Refer the person to the police, who may view by the procedure of the law",
    ),
    Reason(
        "private.destroyed",
        "登记表已按保存期限销毁",
        "The sheet was destroyed at the end of its term",
        "查阅的登记仍在登记簿中",
        "That something was viewed still stands in the register",
        _N21,
    ),
    Reason(
        "private.role",
        "个人查阅由本单位监看、管理人员受理、陪同",
        "The unit's watch and management staff receive and accompany a private person",
        "请由其办理",
        "Ask one of them",
        _N21,
    ),
    Reason(
        "private.consent-role",
        "同意个人查阅由管理单位的主要负责人或者管理人员作出",
        "The consent is the managing unit's: its head or its management gives it",
        "请由其决定",
        "Ask one of them to decide",
        _N21,
    ),
    Reason(
        "private.own-entry",
        "受理人不能同意自己受理的查阅",
        "Who took the application down does not consent to it",
        "请由本单位另一名有权人员决定",
        "Another person of the unit with that role decides",
        _N21,
    ),
    Reason(
        "private.no-consent",
        "管理单位没有同意这次查阅，或者已经撤回同意",
        "The managing unit has not consented to this viewing, or has taken its consent back",
        "取得同意后再查看",
        "View once the unit has consented",
        _N21,
    ),
    Reason(
        "private.consent-over",
        "同意的期限已过",
        "The consent has run out",
        "需要时重新申请",
        "Apply anew where it is still needed",
        _N21,
    ),
    Reason(
        "private.wider",
        "超出同意查阅的摄像机或者时段",
        "This is wider than the cameras and seconds consented to",
        "在同意的范围内查看，或者另行申请",
        "View within the consent, or apply for the rest",
        _N21,
    ),
    Reason(
        "private.unmasked",
        "同意时要求遮挡其他人员，这台摄像机还没有设置遮挡",
        "The consent asks for others to be masked, and this camera has no mask yet",
        "先在画面上画出遮挡",
        "Draw the masks on a still of the camera first",
        _N21,
    ),
    Reason(
        "private.viewing-open",
        "正在查看，结束后再办理",
        "A viewing is going on; do this when it is over",
        "先结束查看",
        "End the viewing first",
        _N21,
    ),
    Reason(
        "private.not-viewed",
        "还没有查看，不能填写查看结果",
        "Nothing was viewed yet, so there is no result to sign for",
        "查看后签字；不再查看的，撤回申请",
        "Sign after the viewing; withdraw the application where none will take place",
        _N21,
    ),
    Reason(
        "private.inside-room",
        "个人查阅在监看场所以外进行，非监看、管理、维护人员不得进入监看场所",
        "A private person views outside the monitoring room, which nobody but its staff enters",
        "另选地点并确认",
        "Choose another place and confirm it",
        "第十六条第四项",
    ),
    Reason(
        "private.no-promise",
        "查阅人须先承诺不非法对外提供、不公开传播",
        "The person first promises neither to supply nor to spread what is seen",
        "由查阅人阅读承诺并确认",
        "Let the person read the promise and confirm it",
        _N21,
    ),
    Reason(
        "private.scans",
        "一项个人查阅的扫描件已满",
        "A private viewing holds no more scans",
        "把多页合成一个文件",
        "Put several pages into one file",
    ),
    Reason(
        "private.no-scan",
        "纸质签字须先留存签字的登记表",
        "Signed on paper: keep a scan of the signed sheet first",
        "扫描、上传签字的登记表",
        "Scan and upload the signed sheet",
        _N21,
    ),
)
