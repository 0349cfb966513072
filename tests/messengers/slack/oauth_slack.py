"""A Slack that gives new tokens for refresh tokens, each once, and answers auth.test to the tokens it gave."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestServer

APP = encode_basic_auth("111.222", "the-secret")
LASTS = 43_200  # seconds


@dataclass
class OAuthSlack:
    """What Slack knows: which refresh tokens are good, the next answers that are trouble, and what it was asked."""

    good: set[str] = field(default_factory=set)
    trouble: list[web.Response] = field(default_factory=list)
    lost: int = 0  # answers that never arrive, although the token was used
    is_in_grace: bool = False  # a used refresh token is still taken
    ended: dict[str, str] = field(default_factory=dict)  # the code with which a token is refused
    held: asyncio.Event | None = None  # an answer waits for it
    asked: list[str] = field(default_factory=list)
    tested: list[tuple[str, str]] = field(default_factory=list)  # token and team_id of each auth.test
    given: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    def counts(self) -> Counter[str]:
        """Count how often each refresh token was asked with."""
        return Counter(self.asked)

    async def access(self, request: web.Request) -> web.StreamResponse:
        """oauth.v2.access with grant_type=refresh_token."""
        form = await request.post()
        asked = str(form["refresh_token"])
        self.asked.append(asked)
        self.arrived.set()
        assert form["grant_type"] == "refresh_token"
        assert request.headers["Authorization"] == APP
        if self.held:
            await self.held.wait()
        if self.trouble:
            return self.trouble.pop(0)
        if asked not in self.good:
            return web.json_response({"ok": False, "error": "invalid_refresh_token"})
        if not self.is_in_grace:
            self.good.discard(asked)
        self.given += 1
        fresh: dict[str, Any] = {
            "ok": True,
            "token_type": "bot",
            "access_token": f"xoxe.xoxb-{self.given}",
            "refresh_token": f"xoxe-{self.given}",
            "expires_in": LASTS,
        }
        self.good.add(fresh["refresh_token"])
        if self.lost:
            self.lost -= 1
            assert request.transport is not None
            request.transport.close()
        return web.json_response(fresh)

    async def test(self, request: web.Request) -> web.Response:
        """auth.test, which notes whose token came, and for which workspace."""
        form = {**request.query, **await request.post()}
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.tested.append((token, str(form.get("team_id", ""))))
        if code := self.ended.get(token):
            return web.json_response({"ok": False, "error": code})
        return web.json_response({"ok": True})


@asynccontextmanager
async def running() -> AsyncIterator[OAuthSlack]:
    """Run one on a port of its own."""
    slack = OAuthSlack()
    app = web.Application()
    app.router.add_post("/api/oauth.v2.access", slack.access)
    app.router.add_post("/api/auth.test", slack.test)
    async with TestServer(app) as server:
        slack.url = f"{server.make_url('/api/')}"
        yield slack
