"""The page itself, which shows all platforms: its files, and what is no platform's own."""

from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.shared.outbound import Outbound
from playground.shared.page import clock

FOLDER = Path(__file__).parents[2] / "page"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
FILES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def routes(platforms: Sequence[str], outbound: Outbound) -> list[Route]:
    """The page's addresses; `platforms` are those it shows, `outbound` leads to the bot whose next tip it tells."""

    async def index(_: Request) -> Response:
        return HTMLResponse(_index(platforms), headers={**HEADERS, "Content-Security-Policy": POLICY})

    async def next_tip(_: Request) -> Response:
        return JSONResponse({"moment": await clock.next_tip(outbound.url)})

    return [
        Route("/", index),
        Route("/archives/{channel}/{post}", index),
        Route("/page/next-tip", next_tip),
        Route("/page/{file}", _file),
    ]


def _index(platforms: Sequence[str]) -> str:
    """The page with its platforms, and with all its modules named: a browser fetches them at once, not one by one."""
    modules = sorted(each.name for each in FOLDER.glob("*.js"))
    preloads = "\n".join(f'  <link rel="modulepreload" href="/page/{name}">' for name in modules)
    text = (FOLDER / "index.html").read_text(encoding="utf-8")
    return text.replace("<body>", f'<body data-platforms="{" ".join(platforms)}">').replace(
        "</head>", f"{preloads}\n</head>"
    )


async def _file(request: Request) -> Response:
    path = FOLDER / str(request.path_params["file"])
    if path.parent != FOLDER or path.suffix not in FILES or not path.is_file():
        return PlainTextResponse("nothing here", 404)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=FILES[path.suffix], headers=headers)
