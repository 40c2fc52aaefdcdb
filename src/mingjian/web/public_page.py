"""The pages behind a sign as HTML: readable at 320 px and at 200 %, by keyboard and by ear, in both languages."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from html import escape

from mingjian.app.signs import PURPOSE, PURPOSE_EN, PublicSign
from mingjian.governance.complaints import CONTACT_LONGEST, TEXT_LONGEST, Complaint
from mingjian.governance.documents import Language, Words
from mingjian.kernel.clock import UtcNs, to_datetime
from mingjian.kernel.errors import MingjianError
from mingjian.processing.watermark import CHINA

STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#f5f6f8;color:#1f2329;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
main{max-width:40rem;margin:0 auto;padding:1rem}
header{background:#0b3d91;color:#fff;padding:1rem;border-radius:.5rem}
header p{margin:0}
h1{font-size:1.375rem;line-height:1.3;margin:0}
h2{font-size:1.125rem;margin:0 0 .75rem}
section{background:#fff;border:1px solid #e3e5e8;border-radius:.5rem;padding:1rem;margin-top:1rem}
dl{margin:0}
dt{color:#595959;font-size:.875rem}
dd{margin:0 0 .75rem;font-weight:600}
dd:last-child{margin-bottom:0}
label{display:block;margin:0 0 .25rem;font-weight:600}
textarea,input{width:100%;font:inherit;color:inherit;background:#fff;border:1px solid #6b6b6b;border-radius:.375rem;padding:.625rem}
textarea{min-height:8rem;resize:vertical}
.hint{color:#595959;font-size:.875rem;margin:.25rem 0 1rem}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.5rem;border:0;border-radius:.375rem;background:#0958d9;color:#fff;cursor:pointer}
a{color:#0958d9}
a.go{display:inline-block;padding:.625rem 0;min-height:2.75rem}
:focus-visible{outline:3px solid #ad4e00;outline-offset:2px}
.trap{position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden}
.error{border-left:.25rem solid #cf1322;background:#fff1f0;padding:.75rem 1rem;margin:0 0 1rem}
.number{font-size:1.375rem;font-weight:700;letter-spacing:.06em}
footer{color:#595959;font-size:.875rem;margin:1rem 0 2rem}
blockquote{margin:0 0 .5rem;white-space:pre-line}
"""  # noqa: E501 - one rule, one line
_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with none a browser hides the form's own origin, which the guard asks for
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
"""Nothing but its own style is loaded, and nothing is kept."""

AREA = Words("视频监控区域", "Video surveillance area")
OTHER = Words("English", "中文")
PLACE = Words("场所", "Place")
OPERATOR = Words("管理、使用单位", "Operator")
WHY = Words("目的", "Purpose")
KEPT = Words("保存期限", "Kept for")
TELEPHONE = Words("联系电话", "Telephone")
SUPERVISOR = Words("监督机关", "Supervised by")
BASIS = Words("依据", "Legal basis")
RIGHTS = Words(
    "录像只由监看、管理、维护人员使用；他人查阅、复制、调取须依法批准并登记。本页不提供任何画面。",
    "Only watch, management and maintenance staff use the recordings; anyone else needs a lawful approval, and each"
    " access is registered. This page shows no picture.",
)
COMPLAIN = Words("投诉、举报", "Complain")
HEARD = Words(
    "管理单位和公安机关都会看到您的投诉，管理单位看不到您的联系方式。",
    "The operator and public security read your complaint; the operator does not see how to reach you.",
)
WHAT = Words("投诉内容", "Your complaint")
WHAT_HINT = Words(
    "请写明时间、位置和事由，例如：试衣间内发现摄像头。",
    "Say when, where and what, for example: a camera in a fitting room.",
)
CONTACT = Words("联系方式（可不填）", "How to reach you (optional)")
CONTACT_HINT = Words(
    "电话或者电子邮箱。加密保存，只供公安机关答复使用。",
    "Telephone or e-mail. Kept encrypted, for the organ's answer only.",
)
SEND = Words("提交", "Send")
TRAP = Words("请不要填写此项", "Leave this field empty")
FOLLOW = Words("查询投诉", "Follow a complaint")
LOOK = Words("查询", "Look up")
RECEIVED = Words("已收到您的投诉", "Your complaint was received")
NUMBER = Words("收件编号", "Receipt number")
KEEP = Words(
    "请记下编号，或者保存本页地址：凭编号可以查看答复。",
    "Note this number or keep the address of this page: with it you can read the reply.",
)
STATE = Words("状态", "State")
STATES = {"received": Words("已收到，办理中", "Received, being handled"), "answered": Words("已答复", "Answered")}
AT = Words("收到时间", "Received at")
HANDLED = Words("答复机关", "Answered by")
YOURS = Words("投诉内容", "What you wrote")
REPLIES = Words("答复", "Replies")
NONE_YET = Words("尚无答复。", "No reply yet.")
BACK = Words("返回公示页", "Back to the sign's page")
FAILED = Words("无法显示", "This cannot be shown")
ZONE = Words("北京时间", "UTC+8")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was sent and not taken, with the reason: nobody types it twice."""

    text: str
    contact: str
    failure: MingjianError


def sign(page: PublicSign, language: Language, draft: Draft | None = None) -> str:
    """The page of a sign, with the complaint form; of a `draft`, with what is wrong with it."""
    purpose = "；".join(page.purposes) or Words(PURPOSE, PURPOSE_EN).of(language)
    days = Words(f"不少于 {page.retention_days} 天", f"at least {page.retention_days} days").of(language)
    basis = page.basis if language is Language.ZH else page.basis_en
    cited = "；".join(f"《{title}》{article}" for title, article in basis)
    facts = _facts(
        language,
        (PLACE, page.place),
        (OPERATOR, page.operator),
        (WHY, purpose),
        (KEPT, days),
        (TELEPHONE, page.telephone),
        (SUPERVISOR, page.organ),
        (BASIS, cited if language is Language.ZH else "; ".join(f"{title}, {article}" for title, article in basis)),
    )
    body = (
        f"<section>{facts}<p class=hint>{_say(RIGHTS, language)}</p></section>"
        f"{_form(page.code, language, draft)}{_look_up(page.code, language)}"
    )
    return _page(language, page.place, body, f"/p/{page.code}?")


def look_up(page: PublicSign, language: Language) -> str:
    """Where a receipt number is entered."""
    return _page(language, page.place, _look_up(page.code, language), f"/p/{page.code}/complaints?")


def receipt(code: str, complaint: Complaint, organ: str, language: Language) -> str:
    """The receipt of a complaint, which later shows the replies. The contact is not shown again."""
    facts = _facts(
        language,
        (STATE, STATES[complaint.state].of(language)),
        (AT, f"{_time(complaint.received)} ({ZONE.of(language)})"),
        (PLACE, complaint.place_name),
        (HANDLED, organ),
    )
    said = "".join(
        f"<dt>{escape(one.name)} · {_time(one.at)}</dt><dd><blockquote>{escape(one.text)}</blockquote></dd>"
        for one in complaint.replies
    )
    replies = f"<dl>{said}</dl>" if said else f"<p>{_say(NONE_YET, language)}</p>"
    body = (
        f"<section><h2>{_say(RECEIVED, language)}</h2><p class=hint>{_say(NUMBER, language)}</p>"
        f"<p class=number>{escape(complaint.number)}</p><p>{_say(KEEP, language)}</p>{facts}</section>"
        f"<section><h2>{_say(REPLIES, language)}</h2>{replies}</section>"
        f"<section><h2>{_say(YOURS, language)}</h2><blockquote>{escape(complaint.text)}</blockquote></section>"
        f'<a class=go href="/p/{escape(code)}?lang={language}">{_say(BACK, language)}</a>'
    )
    return _page(language, complaint.place_name, body, f"/p/{code}/complaints?number={complaint.number}&")


def failed(failure: MingjianError, language: Language) -> str:
    """Why there is nothing to show, and what to do."""
    body = f"<section><h2>{_say(FAILED, language)}</h2>{_error(failure, language)}</section>"
    return _page(language, AREA.of(language), body, "")


def _form(code: str, language: Language, draft: Draft | None) -> str:
    error, invalid = ("", "") if draft is None else (_error(draft.failure, language), " aria-invalid=true")
    text, contact = (escape(draft.text), escape(draft.contact)) if draft is not None else ("", "")
    wrong = draft.failure.field if draft is not None else ""
    return (
        f"<section id=complain><h2>{_say(COMPLAIN, language)}</h2><p>{_say(HEARD, language)}</p>{error}"
        f'<form method=post action="/p/{escape(code)}/complaints">'
        f"<input type=hidden name=lang value={language}>"
        f"<label for=text>{_say(WHAT, language)}</label>"
        f"<textarea id=text name=text required maxlength={TEXT_LONGEST} aria-describedby=text-hint"
        f"{invalid if wrong == 'text' else ''}>{text}</textarea>"
        f"<p class=hint id=text-hint>{_say(WHAT_HINT, language)}</p>"
        f"<label for=contact>{_say(CONTACT, language)}</label>"
        f'<input id=contact name=contact value="{contact}" maxlength={CONTACT_LONGEST} autocomplete=off'
        f" aria-describedby=contact-hint{invalid if wrong == 'contact' else ''}>"
        f"<p class=hint id=contact-hint>{_say(CONTACT_HINT, language)}</p>"
        f"<div class=trap aria-hidden=true><label for=website>{_say(TRAP, language)}</label>"
        "<input id=website name=website tabindex=-1 autocomplete=off></div>"
        f"<button>{_say(SEND, language)}</button></form></section>"
    )


def _look_up(code: str, language: Language) -> str:
    return (
        f"<section><h2>{_say(FOLLOW, language)}</h2>"
        f'<form method=get action="/p/{escape(code)}/complaints"><input type=hidden name=lang value={language}>'
        f"<label for=number>{_say(NUMBER, language)}</label>"
        "<input id=number name=number required maxlength=32 autocomplete=off autocapitalize=characters>"
        f"<p class=hint></p><button>{_say(LOOK, language)}</button></form></section>"
    )


def _page(language: Language, title: str, body: str, path: str) -> str:
    other = Language.EN if language is Language.ZH else Language.ZH
    switch = f'<a class=go href="{escape(f"{path}lang={other}")}" lang={other}>{OTHER.of(language)}</a>' if path else ""
    return (
        f'<!doctype html><html lang="{"zh-CN" if language is Language.ZH else "en"}"><head><meta charset=utf-8>'
        '<meta name=viewport content="width=device-width,initial-scale=1"><meta name=robots content=noindex>'
        f"<title>{escape(title)} · {_say(AREA, language)}</title><style>{STYLE}</style></head><body><main>"
        f"<header><h1>{_say(AREA, language)}</h1><p>{escape(title)}</p></header>{body}"
        f"<footer>{switch}</footer></main></body></html>"
    )


def _facts(language: Language, *known: tuple[Words, str]) -> str:
    shown = (f"<dt>{_say(label, language)}</dt><dd>{escape(value)}</dd>" for label, value in known if value)
    return f"<dl>{''.join(shown)}</dl>"


def _error(failure: MingjianError, language: Language) -> str:
    zh = language is Language.ZH
    text, remedy = (failure.text, failure.remedy) if zh else (failure.text_en, failure.remedy_en)
    return f"<div class=error role=alert><strong>{escape(text)}</strong><div>{escape(remedy)}</div></div>"


def _say(words: Words, language: Language) -> str:
    return escape(words.of(language))


def _time(at: UtcNs) -> str:
    return f"{to_datetime(at).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
