"""The page itself, which shows all platforms: its files, and what is no platform's own."""

from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.shared.outbound import Outbound
from playground.shared.page import clock
from playground.shared.page.writing import Writing

FOLDER = Path(__file__).parents[2] / "page"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
FILES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def routes(platforms: Sequence[str], outbound: Outbound, writing: Writing | None = None) -> list[Route]:
    """The page's addresses.

    `platforms` are those it shows, `outbound` leads to the bot whose next tip it tells, `writing` is what it shows to
    whoever writes meanwhile.
    """

    async def index(_: Request) -> Response:
        return HTMLResponse(
            _index(platforms, is_written=writing is not None), headers={**HEADERS, "Content-Security-Policy": POLICY}
        )

    async def next_tip(_: Request) -> Response:
        return JSONResponse({"moment": await clock.next_tip(outbound.url)})

    return [
        *(writing.routes() if writing else ()),
        Route("/", index),
        Route("/archives/{channel}/{post}", index),
        Route("/page/next-tip", next_tip),
        Route("/page/{file}", _file),
    ]


def _index(platforms: Sequence[str], *, is_written: bool) -> str:
    """The page with its platforms, and with all its modules named: a browser fetches them at once, not one by one."""
    modules = sorted(each.name for each in FOLDER.glob("*.js"))
    preloads = "\n".join(f'  <link rel="modulepreload" href="/page/{name}">' for name in modules)
    text = (FOLDER / "index.html").read_text(encoding="utf-8")
    written = " data-writing" if is_written else ""
    return text.replace("<body>", f'<body data-platforms="{" ".join(platforms)}"{written}>').replace(
        "</head>", f"{preloads}\n</head>"
    )


async def _file(request: Request) -> Response:
    path = FOLDER / str(request.path_params["file"])
    if path.parent != FOLDER or path.suffix not in FILES or not path.is_file():
        return PlainTextResponse("nothing here", 404)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=FILES[path.suffix], headers=headers)
