"""The end of a visit: the officers and the unit's staff sign its register form."""

from __future__ import annotations

import httpx

from web_world import World

SPENT_S = 60
"""After so long each officer has a code that was not used for the presence."""


async def visit_of(staff: httpx.AsyncClient, request: str) -> str:
    """The path of the latest visit under a request."""
    page = (await staff.get(f"/api/access-requests/{request}")).json()
    return f"/api/access-requests/{request}/visits/{page['visits'][-1]['id']}"


async def sign_form(world: World, staff: httpx.AsyncClient, request: str, *officers: str) -> None:
    """End the visit of this session; both sides sign its form."""
    visit = await visit_of(staff, request)
    answers = [await staff.post(f"/api/access-requests/{request}/end-visit", json={})]
    world.clock.advance(SPENT_S)
    for officer in officers:
        answers.append(await staff.post(f"{visit}/co-sign", json=world.credentials(officer)))
    answers.append(await staff.post(f"{visit}/sign", json={}))
    assert [answer.status_code for answer in answers] == [200] * len(answers), answers[-1].text
    assert answers[-1].json()["complete"]
