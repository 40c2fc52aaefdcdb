"""A hotel with a camera, and the organs of its county that ask for what it recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from mingjian.kernel.ids import CameraId
from web_world import World

PAPERS = {"police": ["certificate", "work_id"], "department": ["approval", "certificate", "work_id"]}


class Town:
    """A hotel with a camera, and the organs of its county."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder, county=True)
        self.hotel = self.world.actor("hotel")
        self.lobby: CameraId = self.world.add_camera(self.hotel, "大堂")
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def user(self, name: str) -> httpx.AsyncClient:
        if name not in self.clients:
            self.clients[name] = await self.world.signed_in(name)
        return self.clients[name]

    def form(self, **changes: Any) -> dict[str, Any]:
        return self.world.request_form(cameras=[self.lobby]) | changes

    async def asks(self, name: str, **changes: Any) -> httpx.Response:
        return await (await self.user(name)).post("/api/access-requests", json=self.form(**changes))

    async def does(self, who: str, request: str, step: str, **form: Any) -> httpx.Response:
        return await (await self.user(who)).post(f"/api/access-requests/{request}/{step}", json=form)

    async def request(self, name: str, **changes: Any) -> str:
        answer = await self.asks(name, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def approved(self, name: str, head: str, **changes: Any) -> str:
        request = await self.request(name, **changes)
        answer = await self.does(head, request, "approve", comment="同意")
        assert answer.status_code == 200, answer.text
        return request

    async def comes(self, request: str, *officers: str, papers: str = "police") -> httpx.Response:
        """The officers come to the hotel: papers checked, each signs. The last answer."""
        answer = await self.does("hotel", request, "papers", papers=PAPERS[papers])
        for officer in officers:
            answer = await self.does("hotel", request, "presence", **self.world.credentials(officer))
        return answer


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])
