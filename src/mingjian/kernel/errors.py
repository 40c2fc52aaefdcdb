"""Error families. Each says what failed, where, and what to do next; none ever holds a credential.

`Remote`: the other side erred. `Local`: we erred. `Refused`: a rule said no. `Overloaded`: a bound was reached.
`Missing`: a named thing does not exist. `Invalid`: an input field cannot be read. Screens show `text`, then `remedy`;
maintainers search `code`.
"""

from __future__ import annotations

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
"""What reading JSON of any content may raise: no JSON, nested too deep, another shape, a number beyond all bounds."""


class MingjianError(Exception):
    """Base of every failure we name. `code` is stable and searchable, e.g. `rtsp.auth-failed`.

    `text` and `remedy` are what a user reads, Chinese first; `text_en` and `remedy_en` say the same in English.
    Whoever names the one names the other: nobody meets an error that is not in his language.
    """

    def __init__(
        self,
        code: str,
        text: str,
        *,
        text_en: str,
        remedy: str = "",
        field: str = "",
        article: str = "",
        remedy_en: str = "",
    ) -> None:
        super().__init__(text)
        self.text_en = text_en
        self.remedy_en = remedy_en
        self.code = code
        self.text = text
        self.remedy = remedy
        self.field = field
        self.article = article

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" + (f" ({self.remedy})" if self.remedy else "")


class LocalError(MingjianError):
    """This program or its machine cannot do what it should: a full disk, a missing key, a broken promise."""


class RemoteError(MingjianError):
    """A peer broke its protocol, refused, or fell silent."""


class Refused(MingjianError):
    """A rule says no; the refusal itself is a ledger entry. `article` names the rule where the law is the reason: a
    citation, or the matter by which the law in force has one."""


class Invalid(MingjianError):
    """One input field cannot be accepted; `field` names it."""


class Missing(MingjianError):
    """The thing named does not exist, or the asker may not know that it does."""


class Overloaded(MingjianError):
    """A named bound is reached; `remedy` says when to come again or what to free."""
