"""The steps of an entity as its page shows them: what is lawful next, for whom, and why not. Never made by a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import BaseModel

from mingjian.app.offers import Offer
from mingjian.governance import matters


class StepOut(BaseModel):
    """One step. `may`: the asker may take it now; else `why` says what stands in the way."""

    step: str
    label: str
    label_en: str
    may: bool
    why: str
    why_en: str
    article: str


class Words(NamedTuple):
    """How a step is called on a button, and the matter by which its article is found."""

    label: str
    label_en: str
    matter: str = ""


STEPS: dict[str, Words] = {
    "design": Words("登记设计方案", "Record the design", matters.BUILT),
    "build": Words("登记建成", "Record completion", matters.BUILT),
    "accept": Words("验收合格", "Pass acceptance", matters.ACCEPTANCE),
    "fail": Words("验收不合格", "Fail acceptance", matters.ACCEPTANCE),
    "use": Words("投入使用", "Put to use", matters.ACCEPTANCE),
    "deliver": Words("交付使用", "Deliver for use", matters.FILING),
    "file": Words("提交备案", "File", matters.FILING),
    "change": Words("登记变更决定", "Record a change", matters.CHANGE),
    "notice": Words("提交拆除通知", "Give notice of removal", matters.REMOVAL),
    "withdraw": Words("撤回拆除通知", "Withdraw the notice", matters.REMOVAL),
    "take_down": Words("登记拆除", "Record the removal", matters.REMOVAL),
    "removed": Words("登记未通知的拆除", "Record a removal without notice", matters.REMOVAL),
    "dispose": Words("监督处理存储资料", "Supervise disposal of stored data", matters.REMOVAL),
    "retire": Words("注销系统记录", "Retire the record", matters.REMOVAL),
    "compile": Words("编制规划项目", "Compile the items", matters.PLAN),
    "circulate": Words("送相关部门会签", "Circulate to the departments", matters.PLAN),
    "countersign": Words("会签", "Countersign", matters.PLAN),
    "revise": Words("收回修改", "Take back and revise", matters.PLAN),
    "return": Words("退回修改", "Return for revision", matters.PLAN),
    "adopt": Words("通过规划", "Adopt", matters.PLAN),
    "publish": Words("公布规划", "Publish", matters.PLAN),
    "give_up": Words("撤销草案", "Give up the draft", matters.PLAN),
    "order": Words("责令改正", "Order to correct", matters.DESIGNATION),
    "sanction": Words("给予处分", "Sanction", matters.DESIGNATION),
    "transfer": Words("移送", "Transfer", matters.DESIGNATION),
    "close": Words("办结", "Close", matters.DESIGNATION),
    "receive": Words("登记收到", "Record receipt", matters.FILING),
    "send_back": Words("退回补正", "Return with reasons", matters.FILING),
    "resubmit": Words("补正后重新提交", "Hand in again", matters.FILING),
    "visit": Words("登记实地查看", "Record a site visit", matters.VISIT),
}
"""By step. A slice adds the words of its own steps here; a step without words is a defect, and raises KeyError."""


def steps_of(offers: Iterable[Offer], cited: Callable[[str], str]) -> list[StepOut]:
    """The steps of an answer, in the order of the procedure's table; `cited` finds the article of a matter."""
    return [_step(offer, STEPS[offer.step], cited) for offer in offers]


def _step(offer: Offer, words: Words, cited: Callable[[str], str]) -> StepOut:
    refused = offer.refused
    return StepOut(
        step=offer.step,
        label=words.label,
        label_en=words.label_en,
        may=refused is None,
        why=_line(refused.text, refused.remedy, "；") if refused is not None else "",
        why_en=_line(refused.text_en, refused.remedy_en, "; ") if refused is not None else "",
        article=cited((refused.article if refused is not None else "") or words.matter),
    )


def _line(text: str, remedy: str, between: str) -> str:
    return f"{text}{between}{remedy}" if remedy else text
