"""Why a sealed package or its share is refused: article 22."""

from __future__ import annotations

from mingjian.governance import matters
from mingjian.governance.reason import Reason

SEALINGS = (
    Reason(
        "seal.none",
        "证据包还没有封装",
        "The package has not been sealed yet",
        "两名执法人员签到后，由提供单位封装交付",
        "Once two officers are present the unit seals it and hands it over",
        matters.EXECUTION,
    ),
    Reason(
        "seal.not-yours",
        "密钥份额和封装包只交给共同实施的两名执法人员本人",
        "Shares and sealed package are for the two officers who took the copy together, each in person",
        "请由该执法人员本人登录后领取",
        "That officer signs in and takes it himself",
        matters.OFFICERS,
    ),
    Reason(
        "seal.own-session",
        "能够登录的执法人员须在本人的会话中领取密钥份额",
        "An officer who can sign in takes the share in his own session",
        "请本人登录后在“导出中心”领取",
        "He signs in and takes it under “Exports”",
        matters.OFFICERS,
    ),
    Reason(
        "seal.expired",
        "封装包已经过期，密钥份额和封装包已经销毁",
        "The sealing ran out: shares and sealed package were destroyed",
        "两名执法人员到提供单位重新封装",
        "Both officers have the package sealed anew at the unit",
        matters.EXECUTION,
    ),
    Reason(
        "seal.ended",
        "证据包已经重新封装，这一次的封装作废",
        "The package was sealed anew; this sealing counts no more",
        "领取新的密钥份额和封装包",
        "Take the new share and the new package",
        matters.EXECUTION,
    ),
)
