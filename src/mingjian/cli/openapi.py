"""`mingjian openapi`: the API's description on standard output, for generating the screens' client."""

from __future__ import annotations

import json

import typer

from mingjian.web.api import openapi_document


def openapi() -> None:
    """Write the OpenAPI 3.1 description of the HTTP API as JSON."""
    typer.echo(json.dumps(openapi_document(), ensure_ascii=False, indent=1, sort_keys=True))
