"""The page itself, which shows all platforms: its files, and what is no platform's own."""

from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.shared.outbound import Outbound
from playground.shared.page import clock

FOLDER = Path(__file__).parents[2] / "page"
FILES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def routes(platforms: Sequence[str], outbound: Outbound) -> list[Route]:
    """The page's addresses; `platforms` are those it shows, `outbound` leads to the bot whose next tip it tells."""

    async def shown_platforms(_: Request) -> Response:
        return JSONResponse({"platforms": list(platforms)})

    async def next_tip(_: Request) -> Response:
        return JSONResponse({"moment": await clock.next_tip(outbound.url)})

    return [
        Route("/", _index),
        Route("/archives/{channel}/{post}", _index),
        Route("/page/platforms", shown_platforms),
        Route("/page/next-tip", next_tip),
        Route("/page/{file}", _file),
    ]


async def _index(_: Request) -> Response:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(FOLDER / "index.html", headers=headers)


async def _file(request: Request) -> Response:
    path = FOLDER / str(request.path_params["file"])
    if path.parent != FOLDER or path.suffix not in FILES or not path.is_file():
        return PlainTextResponse("nothing here", 404)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=FILES[path.suffix], headers=headers)
