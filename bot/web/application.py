"""The HTTP face of the bot: which path is answered by what."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web import asgi
from bot.web.asgi import Answer
from bot.web.request_gate import RequestGate

_NOTHING_HERE = Answer(404, b"Not Found", headers=asgi.SECURITY_HEADERS)
PROBE_SECONDS = 2.0  # how long a probe may wait for the database


class Check(Struct, frozen=True):
    """One thing that must hold for the bot to be well, in words an operator can act on.

    `platform` is the one that it takes down where it does not hold; '' where it takes down all.
    """

    name: str
    ok: bool
    detail: str
    platform: str = ""


class Probes(Struct, frozen=True):
    """What an operator's tools ask.

    `live` is /healthz and must not wait for anything; `ready` is /readyz, and with a platform's name behind it, and
    counts as not ready after 2 s; `scrape` is /metrics and gives the body and its content type.
    """

    live: Callable[[], Sequence[Check]]
    ready: Callable[[], Awaitable[Sequence[Check]]]
    scrape: Callable[[], Awaitable[tuple[bytes, str]]]


def application(
    hot: Mapping[str, ASGIApp],
    probes: Probes,
    where: str = "",
    beside: Mapping[str, ASGIApp] | None = None,
    pages: Sequence[Route] = (),
) -> ASGIApp:
    """Build the ASGI application.

    Args:
        hot: answers each platform's POST requests, by path.
        probes: what /healthz, /readyz and /metrics report.
        where: people are answered, for the front page: "in Slack: /pm-compare".
        beside: answers other POST requests, by path: those take no turn from a platform's.
        pages: what people open in a browser.
    """

    async def front(_request: Request) -> Response:
        return PlainTextResponse(f"PM Compare is running. It answers {where}\n")

    async def healthz(_request: Request) -> Response:
        return _report(probes.live())

    async def ready() -> Sequence[Check]:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return await probes.ready()
        except TimeoutError:
            return [Check("ready", ok=False, detail=f"no answer within {PROBE_SECONDS:g} s")]

    async def readyz(_request: Request) -> Response:
        return _report(await ready())

    async def readyz_of(request: Request) -> Response:
        return _report(await ready(), request.path_params["platform"])

    async def metrics(_request: Request) -> Response:
        body, content_type = await probes.scrape()
        return Response(body, media_type=content_type)

    posted = {**hot, **(beside or {})}
    routes = [
        Route("/", front),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/readyz/{platform}", readyz_of),
        Route("/metrics", metrics),
        *pages,
        *(Route(path, answers, methods=["POST"]) for path, answers in posted.items()),
    ]
    starlette = Starlette(routes=routes)
    starlette.router.redirect_slashes = False  # it would lead to whatever host the request says it is for
    rest = asgi.secured(starlette)
    ours = {_first_name(route.path) for route in routes}
    turns = RequestGate()

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        # Past Starlette's middleware and router for the routes that people wait for; the others take 0.1 ms longer.
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in hot:
            await turns.begin()
            try:
                await hot[scope["path"]](scope, receive, send)
            finally:
                turns.end()
        elif scope["type"] == "http" and _first_name(scope["path"]) not in ours:
            await asgi.send_answer(send, _NOTHING_HERE)  # whoever tries a thousand paths costs as little as can be
        else:
            await rest(scope, receive, send)

    return dispatch


def _first_name(path: str) -> str:
    return path.split("/", 2)[1] if path.startswith("/") else ""


def _report(checks: Sequence[Check], only: str = "") -> Response:
    """Say how all is, or how one platform is: red where nobody can be answered any more, or nobody there.

    One platform's trouble is no reason to send the other's requests away: it is `degraded`, and still 200.
    """
    platforms = {
        name: [check for check in checks if check.platform == name]
        for name in dict.fromkeys(check.platform for check in checks if check.platform)
    }
    shared = all(check.ok for check in checks if not check.platform)
    if only:
        if only not in platforms and shared:
            words = f"{only} is not set up here; set up: {', '.join(platforms) or 'none'}"
            return JSONResponse({"ok": False, "error": words}, status_code=404)
        checks = [check for check in checks if check.platform in {"", only}]
        platforms = {name: own for name, own in platforms.items() if name == only}
    up = {name: shared and all(check.ok for check in own) for name, own in platforms.items()}
    ok = shared and (any(up.values()) or not up)
    said = {
        "ok": ok,
        "degraded": ok and not all(check.ok for check in checks),
        "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks],
        "platforms": {
            name: {"ok": up[name], "checks": [check.name for check in own]} for name, own in platforms.items()
        },
    }
    return JSONResponse(said, status_code=200 if ok else 503)
