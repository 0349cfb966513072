"""A bot small enough to read at a glance that is installed through OAuth, and an emulated Slack of many workspaces."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from playground.shared.server import Server
from playground.slack.emulator import SlackEmulator
from playground.slack.oauth import worlds
from playground.slack.oauth.directory import Registration
from playground.teams.emulator import NORTHWIND, TeamsEmulator
from tests.browser.world import PATIENCE, SLACK, TEAMS

SCOPES = "commands,chat:write,reactions:read,app_mentions:read,users:read"


class ManyWorld:
    """Slack with its workspaces, Teams with two tenants, and a bot that serves the first tenant alone.

    It answers a command with the name of the workspace.
    """

    def __init__(self, _: Path) -> None:
        self.registration = Registration(optional=("users:read",), rotates=True)
        self.teams = TeamsEmulator(
            messaging_endpoint="", answer_within=PATIENCE, about=TEAMS, furnished=True, beside=(NORTHWIND,)
        )
        self.slack = SlackEmulator(
            clock=self.teams.clock,
            beside={"teams": self.teams.routes()},
            places={"tenants": NORTHWIND.mark},
            retry_delays=(),
            answer_within=PATIENCE,
            about=SLACK,
            furnished=True,
            teams=worlds.TEAMS,
            registration=self.registration,
        )
        self.tokens: dict[str, str] = {}  # by place
        self.events: list[str] = []
        self._heard = asyncio.Event()
        routes = [
            Route("/slack/install", self._install),
            Route("/slack/oauth_redirect", self._finish),
            Route("/favicon.ico", lambda _: Response(status_code=204)),  # browsers ask for it
            Route("/api/messages", self._turn_away, methods=["POST"]),
            Route("/slack/events", self._hear, methods=["POST"]),
        ]
        self._server = Server(Starlette(routes=routes), "127.0.0.1", 0)

    @property
    def address(self) -> str:
        """Give where a window is opened."""
        return self.slack.url

    async def __aenter__(self) -> Self:
        """Start both."""
        await self.slack.start()
        await self.teams.start()
        self._at = f"http://127.0.0.1:{await self._server.start()}"
        self.registration.install_url = f"{self._at}/slack/install"
        self.registration.redirects.append(f"{self._at}/slack/oauth_redirect")
        self.slack.request_url = f"{self._at}/slack/events"
        self.teams.messaging_endpoint = f"{self._at}/api/messages"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them again."""
        await self.teams.stop()
        await self.slack.stop()
        await self._server.stop()

    async def told(self, count: int) -> list[str]:
        """Wait for so many events, which Slack sends one after another, and no page shows; gives what they told."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:
                self._heard.clear()
                await self._heard.wait()
        return self.events

    async def _install(self, _: Request) -> Response:
        asked = {
            "client_id": self.registration.client_id,
            "scope": SCOPES,
            "redirect_uri": self.registration.redirects[0],
            "state": "one",
        }
        link = f"{self.slack.url}oauth/v2/authorize?{urlencode(asked)}".replace("&", "&amp;")
        return _page("Add it", f'<a href="{link}">Add to Slack</a>')

    async def _finish(self, request: Request) -> Response:
        if "error" in request.query_params:
            return _page("Nothing was installed", request.query_params["error"])
        given = {
            "client_id": self.registration.client_id,
            "client_secret": self.registration.client_secret,
            "code": request.query_params["code"],
            "redirect_uri": self.registration.redirects[0],
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.slack.api_url}oauth.v2.access", data=given) as answer,
        ):
            granted = await answer.json()
        place = (granted["team"] or granted["enterprise"])["id"]
        self.tokens[place] = granted["access_token"]
        return _page("Installed", f'<a href="{self.slack.url}app_redirect?app=A&amp;team={place}">Open in Slack</a>')

    async def _turn_away(self, request: Request) -> Response:
        activity = await request.json()
        is_served = activity["conversation"]["tenantId"] == self.teams.tenant_id
        return Response() if is_served else JSONResponse({"error": "outsider"}, 403)

    async def _hear(self, request: Request) -> Response:
        if request.headers["content-type"].startswith("application/json"):
            self.events.append((await request.json())["event"]["type"])
            self._heard.set()
            return Response()
        form = dict(parse_qsl((await request.body()).decode()))
        place = form["enterprise_id"] if form["is_enterprise_install"] == "true" else form["team_id"]
        known = place in self.tokens or place == self.slack.team
        return JSONResponse({"text": f"{form['team_id']} is served" if known else "not installed"})


def _page(title: str, inside: str) -> Response:
    return HTMLResponse(f'<!doctype html><html lang="en"><title>{title}</title><main><h1>{title}</h1>{inside}</main>')
