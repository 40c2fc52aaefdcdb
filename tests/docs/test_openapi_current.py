"""The API's stored description is the one of the code, so that screens are typed against what is served."""

from __future__ import annotations

import json
from pathlib import Path

from mingjian.web.api import openapi_document

STORED = Path(__file__).parents[2] / "ui" / "openapi.json"


def test_the_stored_description_is_current() -> None:
    assert json.loads(STORED.read_text()) == json.loads(json.dumps(openapi_document())), "run: make openapi"
