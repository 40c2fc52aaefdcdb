"""The figures of the regulation that the system reckons with, each once and with its article.

They become rows of an instrument with the law package; until then nothing else in the code states one of them.
"""

from __future__ import annotations

RETENTION_FLOOR_DAYS = 30
"""Effective storage (有效存储期限): not less than these days, unless laws or regulations say otherwise."""
RETENTION_FLOOR_ARTICLE = "第十七条第二款第三项"
OFFICERS_NEEDED = 2
"""Who connects, views, copies or retrieves does so with this many persons or more."""
OFFICERS_NEEDED_ARTICLE = "第二十二条第一款第一项"
