"""The steps of an entity as its page shows them: what is lawful next, for whom, and why not. Never made by a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel

from mingjian.app.offers import Offer


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
    """How a step is called on a button, and the article that knows it."""

    label: str
    label_en: str
    article: str = ""


STEPS: dict[str, Words] = {
    "design": Words("登记设计方案", "Record the design", "第十条"),
    "build": Words("登记建成", "Record completion", "第十条"),
    "accept": Words("验收合格", "Pass acceptance", "第十三条第一款"),
    "fail": Words("验收不合格", "Fail acceptance", "第十三条第一款"),
    "use": Words("投入使用", "Put to use", "第十三条第一款"),
    "deliver": Words("交付使用", "Deliver for use", "第十三条第二款"),
    "file": Words("提交备案", "File", "第十三条第二款"),
    "change": Words("登记变更决定", "Record a change", "第十六条第三项"),
    "notice": Words("提交拆除通知", "Give notice of removal", "第十五条"),
    "withdraw": Words("撤回拆除通知", "Withdraw the notice", "第十五条"),
    "take_down": Words("登记拆除", "Record the removal", "第十五条"),
    "removed": Words("登记未通知的拆除", "Record a removal without notice", "第十五条"),
    "dispose": Words("监督处理存储资料", "Supervise disposal of stored data", "第十五条"),
    "retire": Words("注销系统记录", "Retire the record", "第十五条"),
    "compile": Words("编制规划项目", "Compile the items", "第六条"),
    "circulate": Words("送相关部门会签", "Circulate to the departments", "第六条"),
    "countersign": Words("会签", "Countersign", "第六条"),
    "revise": Words("收回修改", "Take back and revise", "第六条"),
    "return": Words("退回修改", "Return for revision", "第六条"),
    "adopt": Words("通过规划", "Adopt", "第六条"),
    "publish": Words("公布规划", "Publish", "第六条"),
    "give_up": Words("撤销草案", "Give up the draft", "第六条"),
    "order": Words("责令改正", "Order to correct", "第二十七条"),
    "sanction": Words("给予处分", "Sanction", "第二十七条"),
    "transfer": Words("移送", "Transfer", "第二十七条"),
    "close": Words("办结", "Close", "第二十七条"),
    "receive": Words("登记收到", "Record receipt", "第十三条第二款"),
    "send_back": Words("退回补正", "Return with reasons", "第十三条第二款"),
    "resubmit": Words("补正后重新提交", "Hand in again", "第十三条第二款"),
    "visit": Words("登记实地查看", "Record a site visit", "第十三条第二款"),
}
"""By step. A slice adds the words of its own steps here; a step without words is a defect, and raises KeyError."""


def steps_of(offers: Iterable[Offer]) -> list[StepOut]:
    """The steps of an answer, in the order of the procedure's table."""
    return [_step(offer, STEPS[offer.step]) for offer in offers]


def _step(offer: Offer, words: Words) -> StepOut:
    refused = offer.refused
    return StepOut(
        step=offer.step,
        label=words.label,
        label_en=words.label_en,
        may=refused is None,
        why=_line(refused.text, refused.remedy, "；") if refused is not None else "",
        why_en=_line(refused.text_en, refused.remedy_en, "; ") if refused is not None else "",
        article=(refused.article if refused is not None else "") or words.article,
    )


def _line(text: str, remedy: str, between: str) -> str:
    return f"{text}{between}{remedy}" if remedy else text
