"""What people write into registers and requests: one line, bounded, readable years later."""

from __future__ import annotations

from mingjian.kernel.errors import Invalid

PURPOSE_SHORTEST, PURPOSE_LONGEST = 4, 500
"""Long enough to say something, short enough for the form and the ledger entry."""


def line(text: str, field: str, *, longest: int, shortest: int = 1) -> str:
    """`text` trimmed, without control characters, spaces joined. Raises Invalid naming `field`."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not shortest <= len(clean) <= longest:
        raise Invalid(
            "text.length",
            f"须填写 {shortest} 至 {longest} 个字符",
            text_en=f"{shortest} to {longest} characters are needed",
            field=field,
        )
    return clean


def purpose_text(text: str, *, required: bool = True) -> str:
    """A purpose (用途). An empty one is allowed only where the act itself decides whether it needs one."""
    if not required and not text.strip():
        return ""
    clean = line(text, "purpose", shortest=PURPOSE_SHORTEST, longest=PURPOSE_LONGEST)
    if len(set(clean)) < 3:
        raise Invalid(
            "purpose.empty-words",
            "用途须写明事由，不能只是重复的字符",
            text_en="A purpose says why; repeated characters do not",
            field="purpose",
        )
    return clean
