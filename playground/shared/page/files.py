"""The page itself, which shows all platforms: its files, and what is no platform's own."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.shared.outbound import Outbound
from playground.shared.page import bundle, clock
from playground.shared.page.writing import Writing
from playground.shared.values import EMPTY

FOLDER = Path(__file__).parents[2] / "page"
SAFE = {"X-Content-Type-Options": "nosniff"}
FILES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
JOINED = "page.js"  # all modules, from app.js on
ASKED_AGAIN = "no-cache"
KEPT = "max-age=31536000, immutable"  # an address with an edition in it never means anything else


def routes(
    platforms: Sequence[str], outbound: Outbound, writing: Writing | None = None, places: Mapping[str, str] = EMPTY
) -> list[Route]:
    """The page's addresses.

    `platforms` are those it shows, `places` what its body says beside them (`data-workspaces`: ids), `outbound` leads
    to the bot whose next tip it tells, `writing` is what it shows to whoever writes meanwhile.
    """

    async def index(_: Request) -> Response:
        headers = {**SAFE, "Cache-Control": "no-store", "Content-Security-Policy": POLICY}
        return HTMLResponse(_index(platforms, places, is_written=writing is not None), headers=headers)

    async def next_tip(_: Request) -> Response:
        return JSONResponse({"moment": await clock.next_tip(outbound.url)})

    return [
        *(writing.routes() if writing else ()),
        Route("/", index),
        Route("/archives/{channel}/{post}", index),
        Route("/page/next-tip", next_tip),
        Route("/page/files/{edition}/{file}", _file),
        Route("/page/{file}", _file),
    ]


def _index(platforms: Sequence[str], places: Mapping[str, str], *, is_written: bool) -> str:
    """The page with its platforms; the addresses of its files name their edition, so that each is asked for once."""
    at = f"/page/files/{_edition()}/"
    text = (FOLDER / "index.html").read_text(encoding="utf-8")
    text = re.sub(r'(?<=")/page/(?=[\w.]+\.(?:js|css|svg)")', at, text).replace(f"{at}app.js", f"{at}{JOINED}")
    written = " data-writing" if is_written else ""
    told = "".join(f' data-{name}="{ids}"' for name, ids in places.items() if ids)
    return text.replace("<body>", f'<body data-platforms="{" ".join(platforms)}"{told}{written}>')


def _edition() -> str:
    """What stands for the files as they are now: another one as soon as any of them was written."""
    # Of a link itself: an editor's may lead nowhere.
    known = [(each.name, (stat := each.lstat()).st_mtime_ns, stat.st_size) for each in sorted(FOLDER.iterdir())]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:12]


async def _file(request: Request) -> Response:
    """A file as it is now; read here and not in a thread, which takes longer than reading does."""
    if request.path_params["file"] == JOINED:
        return Response(
            bundle.joined(FOLDER, "app.js"), media_type=FILES[".js"], headers={**SAFE, "Cache-Control": _kept(request)}
        )
    path = FOLDER / str(request.path_params["file"])
    if path.parent != FOLDER or path.suffix not in FILES or not path.is_file():
        return PlainTextResponse("nothing here", 404)
    headers = {**SAFE, "Cache-Control": _kept(request)}
    return Response(path.read_bytes(), media_type=FILES[path.suffix], headers=headers)


def _kept(request: Request) -> str:
    return KEPT if request.path_params.get("edition") == _edition() else ASKED_AGAIN
