"""The HTTP face of the bot: which path is answered by what."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

SLACK_PATH = "/slack/events"
PROBE_SECONDS = 2.0  # how long a probe may wait for the database


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold for the bot to be well, in words an operator can act on."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Probes:
    """What an operator's tools ask.

    `live` is /healthz and must not wait for anything; `ready` is /readyz and counts as not ready after 2 s; `scrape`
    is /metrics and gives the body and its content type.
    """

    live: Callable[[], Sequence[Check]]
    ready: Callable[[], Awaitable[Sequence[Check]]]
    scrape: Callable[[], Awaitable[tuple[bytes, str]]]


def application(
    *,
    slack: ASGIApp | None,
    probes: Probes,
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None,
    routes: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """Build the ASGI application.

    Args:
        slack: answers POST /slack/events; None where there is no signing secret, and then it is a 404.
        probes: what /healthz, /readyz and /metrics report.
        lifespan: Starlette's, entered before the first request and left after the last.
        routes: more of them (/slack/install, /api/messages).
    """

    async def front(_request: Request) -> Response:
        return PlainTextResponse("PM Compare is running. It answers in Slack: /pm-compare\n")

    async def healthz(_request: Request) -> Response:
        return _report(probes.live())

    async def readyz(_request: Request) -> Response:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return _report(await probes.ready())
        except TimeoutError:
            return _report([Check("ready", ok=False, detail=f"no answer within {PROBE_SECONDS:g} s")])

    async def metrics(_request: Request) -> Response:
        body, content_type = await probes.scrape()
        return Response(body, media_type=content_type)

    rest = Starlette(
        routes=[
            Route("/", front),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *([Route(SLACK_PATH, slack, methods=["POST"])] if slack else []),
            *routes,
        ],
        lifespan=lifespan,
    )
    if slack is None:
        return rest
    hot = slack

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        # Past Starlette's middleware and router for the one route that people wait for; the others take 0.1 ms longer.
        if scope["type"] == "http" and scope["path"] == SLACK_PATH and scope["method"] == "POST":
            await hot(scope, receive, send)
        else:
            await rest(scope, receive, send)

    return dispatch


def _report(checks: Sequence[Check]) -> Response:
    ok = all(check.ok for check in checks)
    return JSONResponse({"ok": ok, "checks": [asdict(check) for check in checks]}, status_code=200 if ok else 503)
