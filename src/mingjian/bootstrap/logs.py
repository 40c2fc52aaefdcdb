"""Structured logs with a bound: one file per process under `logs/`, rotated, never a credential."""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
from pathlib import Path
from typing import Any

import structlog

FILE_LIMIT_BYTES = 8 << 20
"""With the kept generations, one process can hold 32 MiB of log; a loop of errors cannot fill a disk."""
GENERATIONS = 3


def configure(path: Path | None, level: str) -> None:
    """Send this process's log to `path` (JSON lines), or to standard error where there is none or it takes none."""
    handler: logging.Handler = logging.StreamHandler()
    if path is not None:
        with contextlib.suppress(OSError):  # a full or broken system disk is no reason not to record
            handler = logging.handlers.RotatingFileHandler(path, maxBytes=FILE_LIMIT_BYTES, backupCount=GENERATIONS)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # httpx logs every request URL at INFO; urls say nothing here and addresses are nobody's business
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_one_line, sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _one_line(event: object, **how: Any) -> str:
    """JSON that people read, Chinese as it is: whatever breaks lines or steers a terminal is escaped."""
    text = json.dumps(event, ensure_ascii=False, **how)
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
