"""A private person's viewing (national regulation, article 21): who may ask, which steps follow, what is masked.

Viewing alone: no step leads to a copy. Whether it is lawful at all, for whom and for what, are rows of the law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mingjian.governance import matters
from mingjian.governance.forms.private import PrivateSheet
from mingjian.governance.reasons import Reason, reason
from mingjian.governance.redaction import checked
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period
from mingjian.law.rows import PrivateViewingRule, Term

MASKS_MOST = 16
"""Of one camera: they are drawn on a still while a person waits, and travel in the first line of a worker."""
MASKS_LONGEST_MS = 1
"""A mask over a still has no time: it stands at the first moment and everywhere."""
SHOWN_LETTERS = 4
"""How much of an identity number is kept to tell two persons of one name apart; the rest is not kept."""
NUMBER_SHORTEST = 6
"""The shortest identity papers have eight signs; six allow for those of other states."""


class PrivateState(StrEnum):
    """Where an application stands."""

    ASKED = "asked"
    CONSENTED = "consented"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    COMPLETED = "completed"


class PrivateStep(StrEnum):
    """What may happen to it."""

    CONSENT = "consent"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    """The applicant takes it back, or the unit its consent."""
    MASK = "mask"
    VIEW = "view"
    SIGN = "sign"
    EXPIRE = "expire"


_ASKED, _CONSENTED, _REFUSED, _WITHDRAWN, _EXPIRED, _COMPLETED = PrivateState
STEPS: dict[tuple[PrivateState, PrivateStep], PrivateState] = {
    (_ASKED, PrivateStep.CONSENT): _CONSENTED,
    (_ASKED, PrivateStep.REFUSE): _REFUSED,
    (_ASKED, PrivateStep.WITHDRAW): _WITHDRAWN,
    (_CONSENTED, PrivateStep.WITHDRAW): _WITHDRAWN,
    (_CONSENTED, PrivateStep.MASK): _CONSENTED,
    (_CONSENTED, PrivateStep.VIEW): _CONSENTED,
    (_CONSENTED, PrivateStep.EXPIRE): _EXPIRED,
    (_CONSENTED, PrivateStep.SIGN): _COMPLETED,
    (_WITHDRAWN, PrivateStep.SIGN): _COMPLETED,
    (_EXPIRED, PrivateStep.SIGN): _COMPLETED,
}
"""The table that buttons, acts and tests read. What was viewed before the consent ended is still signed for."""


class IdentityPaper(StrEnum):
    """What a person shows at the counter."""

    ID_CARD = "id-card"
    RESIDENCE = "residence-permit"
    PASSPORT = "passport"
    OTHER = "other"


class SignedHow(StrEnum):
    """How the applicant signed the sheet."""

    SCREEN = "screen"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class CameraMasks:
    """What is covered in the pictures of one camera, from the first to the last."""

    camera: CameraId
    masks: tuple[RedactionMask, ...]


@dataclass(frozen=True, slots=True)
class PrivateViewing:
    """One application at the counter, and what came of it. Of the identity number only its last letters are kept."""

    id: str
    unit: UnitId
    number: str
    year: int
    serial: int
    state: PrivateState
    applicant: str
    paper: IdentityPaper
    paper_number: str
    """Masked."""
    identity: str
    """Keyed hash of the whole number: the same person is known again, and nobody reads the number from it."""
    relation: str
    """`law.rows.Term.id` of who may ask."""
    concerned: str
    """Whose life, health or property it is, where not the applicant's own."""
    ground: str
    """`law.rows.Term.id` of what for."""
    why: str
    cameras: tuple[CameraId, ...]
    start: UtcNs
    end: UtcNs
    staff: PersonId
    """Who took it down."""
    staff_name: str
    asked: UtcNs
    row: str
    """The row of the law by which it was received."""
    mask_others: bool = True
    consenter: PersonId | None = None
    consenter_name: str = ""
    note: str = ""
    """What the consenter said, or why it was refused or taken back."""
    decided: UtcNs | None = None
    consented_until: UtcNs | None = None
    masks: tuple[CameraMasks, ...] = ()
    signed_how: SignedHow | None = None
    companion_name: str = ""
    """Who signed beside the applicant."""
    completed: UtcNs | None = None
    sheet: PrivateSheet | None = None
    """As it was signed."""
    fingerprint: str = ""

    @property
    def destroyed(self) -> bool:
        """Whether its term of keeping is over: who came and why is known no more."""
        return self.completed is not None and self.applicant == ""

    @property
    def footage(self) -> Period:
        return Period(self.start, self.end)

    def masks_of(self, camera: CameraId) -> tuple[RedactionMask, ...]:
        """What is covered in this camera's pictures."""
        return next((one.masks for one in self.masks if one.camera == camera), ())


def admitted(rule: PrivateViewingRule | None) -> Reason | None:
    """Why no private person may view under the text in force, or None. The article is that of the row."""
    if rule is not None and rule.allowed:
        return None
    why = reason("private.forbidden")
    return why if rule is None else replace(why, article=rule.article)


def term(terms: Sequence[Term], given: str, field: str) -> Term:
    """The word of the law that was chosen. Raises Invalid for one that the text does not have."""
    for one in terms:
        if one.id == given:
            return one
    names, names_en = "、".join(one.name for one in terms), ", ".join(one.name_en for one in terms)
    raise Invalid(
        f"private.{field}",
        f"只能是{names}之一",
        text_en=f"must be one of: {names_en}",
        field=field,
        article=matters.PRIVATE,
    )


def masked_number(number: str) -> str:
    """`number` with all but its last letters hidden. Raises Invalid for one that is too short to be an identity's."""
    plain = "".join(number.split()).upper()
    if not NUMBER_SHORTEST <= len(plain) <= 32 or not plain.isalnum():
        raise Invalid(
            "private.paper-number",
            f"证件号码须为 {NUMBER_SHORTEST} 至 32 位字母、数字",
            text_en=f"The number of an identity paper has {NUMBER_SHORTEST} to 32 letters and digits",
            field="paper_number",
        )
    return "*" * (len(plain) - SHOWN_LETTERS) + plain[-SHOWN_LETTERS:]


def still_masks(masks: Sequence[RedactionMask]) -> tuple[RedactionMask, ...]:
    """The masks as they stand in every picture. Raises Invalid naming the mask and what is wrong."""
    if len(masks) > MASKS_MOST:
        raise Invalid(
            "private.masks",
            f"每台摄像机的遮挡不得超过 {MASKS_MOST} 个",
            text_en=f"A camera has no more than {MASKS_MOST} masks",
            field="masks",
        )
    usable = checked([replace(mask, from_ms=None, until_ms=None) for mask in masks], MASKS_LONGEST_MS)
    if any(len(mask.keys) > 1 for mask in usable):
        raise Invalid(
            "private.masks",
            "个人查阅的遮挡是静止的，不得移动",
            text_en="The masks of a private viewing stand still",
            field="masks",
        )
    return usable
