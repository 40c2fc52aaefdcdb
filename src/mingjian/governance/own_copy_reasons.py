"""Why a unit's own copy is refused: articles 17 to 19."""

from __future__ import annotations

from mingjian.governance import matters
from mingjian.governance.reason import Reason

OWN_COPIES = (
    Reason(
        "copy.role",
        "本单位复制由管理或者值守人员申请",
        "A unit's own copy is asked for by its management or watch staff",
        "请由本单位管理、值守人员申请",
        "Ask your unit's manager or watch",
        matters.OWN_COPY,
    ),
    Reason(
        "copy.consent-role",
        "本单位复制由本单位管理人员或者负责人同意",
        "Consent to a unit's own copy is its management's or its head's",
        "请由本单位管理人员或者负责人办理",
        "Ask the unit's management or its head",
        matters.OWN_COPY,
    ),
    Reason(
        "copy.own-request",
        "申请人不得同意自己的复制申请",
        "An applicant may not consent to the own copy",
        "请由本单位另一名管理人员或者负责人办理",
        "Ask another of the management, or the head",
        matters.OWN_COPY,
    ),
    Reason(
        "copy.person",
        "共同实施的须为本单位管理、值守人员或者负责人",
        "Who is present at a unit's own copy is of its management or watch, or its head",
        "请由本单位另一名这样的人员签到",
        "Let another such person of the unit sign",
        matters.OWN_COPY,
    ),
    Reason(
        "copy.same-person",
        "同一人不能作为两名人员签到",
        "One person is not two",
        "请由本单位另一名人员用本人账号签到",
        "Let another person of the unit sign with an account of his own",
        matters.OWN_COPY,
    ),
    Reason(
        "copy.no-outsider",
        "本单位复制由本单位人员实施，不登记外来人员",
        "A unit's own copy is made by its own people; nobody else is enrolled for it",
        "外单位需要的，由该机关提出查阅、复制、调取申请",
        "An organ that needs the footage makes a request of its own",
        matters.SUPPLY,
    ),
    Reason(
        "copy.ground",
        "本单位规章制度没有允许为此事由复制",
        "The unit's rules allow no copy for this purpose",
        "选择允许复制的事由；没有的，由管理人员在“回放事由”中写明哪些事由可以复制",
        "Choose one that allows copies; the management writes which do, under the grounds of playback",
        matters.OWN_COPY,
    ),
    Reason(
        "copy.others",
        "本单位复制的录像不得提供给其他单位、个人",
        "A unit's own copy is given to no other unit or person",
        "执法机关需要的，由该机关申请查阅、复制、调取；个人为保护生命、健康、财产安全需要的，申请查阅",
        "An organ that needs it makes a request; a private person in need asks to view",
        matters.SUPPLY,
    ),
    Reason(
        "copy.public",
        "本单位复制的录像不得公开、传播",
        "A unit's own copy is neither published nor spread",
        "依法需要公开的，制作遮挡副本，经另一人复核后发布",
        "Where the law allows publication, make a redacted copy that another person reviews",
        matters.SUPPLY,
    ),
    Reason(
        "copy.way",
        "本单位复制自己的录像，走本单位复制",
        "A unit copies its own footage by the way for own copies",
        "在“查阅、复制、调取”中选择“本单位复制”",
        "Choose “Own copy” under access requests",
        matters.OWN_COPY,
    ),
)
"""Beside `reasons`, which reads them."""
