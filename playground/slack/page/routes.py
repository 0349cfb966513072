"""The page's side of the emulator: its files, what it shows, and a stream that says when to look again."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.shared import page_clock, server
from playground.slack import inputs, payloads
from playground.slack.outbound import Outbound
from playground.slack.page import acts, trouble
from playground.slack.people import People
from playground.slack.platform import Platform
from playground.slack.values import Channel, Ephemeral, Json, Message, View
from playground.slack.world import BOT_NAME, BOT_USER

FOLDER = Path(__file__).parents[2] / "page"
FILES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
STILL_THERE = 15.0


class Page:
    """Routes for a browser; every change goes through the same verbs that tests use."""

    def __init__(
        self,
        people: People,
        platform: Platform,
        outbound: Outbound,
        start_over: Callable[[], None],
        platforms: Sequence[str] = ("slack",),
    ) -> None:
        self._platform = platform
        self._platforms = platforms
        self._acts = acts.PageActs(people, platform, outbound, start_over)
        self._is_closed = asyncio.Event()

    def routes(self) -> list[Route]:
        """Everything under `/`, beside the Web API."""
        return [
            Route("/", self._index),
            Route("/archives/{channel}/{post}", self._index),
            Route("/page/platforms", self._shown_platforms),
            Route("/page/state", self._state),
            Route("/page/stream", self._stream),
            Route("/page/next-tip", self._next_tip),
            Route("/page/possible-trouble", self._possible_trouble),
            Route("/page/{file}", self._file),
            Route("/page/{act}", self._act, methods=["POST"]),
        ]

    def open(self) -> None:
        """Lets streams run."""
        self._is_closed.clear()

    def close(self) -> None:
        """Ends every stream, so that the server can stop."""
        self._is_closed.set()

    async def _index(self, _: Request) -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(FOLDER / "index.html", headers=headers)

    async def _file(self, request: Request) -> Response:
        path = FOLDER / str(request.path_params["file"])
        if path.parent != FOLDER or path.suffix not in FILES or not path.is_file():
            return PlainTextResponse("nothing here", 404)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type=FILES[path.suffix], headers=headers)

    async def _act(self, request: Request) -> Response:
        status, body = await self._acts.do(str(request.path_params["act"]), await request.body())
        return JSONResponse(body, status)

    async def _next_tip(self, _: Request) -> Response:
        return JSONResponse({"moment": await page_clock.next_tip(self._acts.outbound.request_url)})

    async def _shown_platforms(self, _: Request) -> Response:
        return JSONResponse({"platforms": list(self._platforms)})

    async def _possible_trouble(self, _: Request) -> Response:
        return JSONResponse(trouble.possible())

    async def _stream(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._versions(), media_type="text/event-stream", headers=headers)

    async def _versions(self) -> AsyncIterator[str]:
        seen = -1
        while not self._is_closed.is_set():
            if self._platform.workspace.version != seen:
                seen = self._platform.workspace.version
                yield f"data: {seen}\n\n"
            if not await server.either(self._platform.workspace.next_change(), self._is_closed.wait(), STILL_THERE):
                yield ": still there\n\n"

    async def _state(self, request: Request) -> Response:
        workspace = self._platform.workspace
        me = workspace.users.get(str(request.query_params.get("user"))) or next(iter(workspace.users.values()), None)
        if me is None:
            return JSONResponse({"error": "nobody lives here yet"}, 404)
        channels = [c for c in workspace.channels.values() if me.id in workspace.members[c.id]]
        home = workspace.homes.get(me.id)
        return JSONResponse(
            {
                "version": workspace.version,
                "me": me.id,
                "people": [{"id": u.id, "name": u.name.title(), "tz": u.tz} for u in workspace.users.values()],
                "bot": {"id": BOT_USER, "name": BOT_NAME},
                "commands": list(self._platform.commands),
                "channels": [self._channel(channel, me.id) for channel in channels],
                "modals": [self._view(view) for view in workspace.modals.get(me.id, [])],
                "home": self._view(home) if home else None,
                "clock": {
                    "now": self._platform.clock.now(),
                    "offset": self._platform.clock.offset,
                    "zone_offset": _zone_offset(me.tz, self._platform.clock.now()),
                    "tz": me.tz,
                },
                "trouble": trouble.shown(self._platform),
                "faults": [{"where": f.where, "error": f.error} for f in self._platform.faults[-20:]],
            }
        )

    def _channel(self, channel: Channel, me: str) -> Json:
        workspace = self._platform.workspace
        messages = [self._message(message, me) for message in workspace.messages[channel.id].values()]
        private = [e for e in workspace.ephemerals.values() if (e.channel, e.user) == (channel.id, me)]
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "has_bot": self._platform.has_bot(channel),
            "is_archived": channel.id in workspace.archived,
            "members": sorted(workspace.members[channel.id]),
            "messages": sorted([*messages, *(self._ephemeral(e) for e in private)], key=lambda m: float(m["ts"])),
        }

    def _message(self, message: Message, me: str) -> Json:
        replies: Sequence[Message] = ()
        if message.thread_ts in {None, message.ts}:
            replies = self._platform.workspace.thread(message.channel, message.ts)
        shown = payloads.message(message, replies=replies)
        held = self._platform.workspace.entered.get((me, f"{message.channel}/{message.ts}"), {})
        return shown | {
            "values": inputs.values(message.blocks, held),
            "is_reply": message.thread_ts not in {None, message.ts},
        }

    def _ephemeral(self, found: Ephemeral) -> Json:
        held = self._platform.workspace.entered.get((found.user, f"{found.channel}/{found.ts}"), {})
        return {
            "ts": found.ts,
            "user": "USLACKBOT" if found.from_slackbot else BOT_USER,
            "text": found.text,
            "blocks": list(found.blocks),
            "thread_ts": found.thread_ts,
            "is_ephemeral": True,
            "is_reply": found.thread_ts is not None,
            "values": inputs.values(found.blocks, held),
        }

    def _view(self, view: View) -> Json:
        held = self._platform.workspace.entered.get((view.user, view.id), {})
        return {**view.body, "errors": dict(view.errors), "values": inputs.values(view.blocks, held)}


def _zone_offset(tz: str, now: float) -> float:
    offset = dt.datetime.fromtimestamp(now, page_clock.zone(tz)).utcoffset()
    return offset.total_seconds() if offset else 0.0
