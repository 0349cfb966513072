"""Keeping other sites' pages out of the playground: its routes answer this machine, and its own page, alone."""

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.shared.server import is_loopback


class Guard:
    """Keeps other sites out: a loopback Host (DNS rebinding), this very origin, and JSON for every change of the page.

    A form of another site can post to loopback without asking first, so the origin is looked at on every route, the
    Web API's too. The bot is no browser and sends neither `Origin` nor `Sec-Fetch-Site`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 421, 403 or 415, or lets the request through."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        refusal = self._refusal(request)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
        if not is_loopback(name):
            return PlainTextResponse("this address is for this machine alone", 421)
        # Browsers send "null" for a page that they are led to by the answer to a form of another site.
        is_ours = request.headers.get("origin", f"http://{host}") == f"http://{host}"
        is_ours = is_ours and request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
        if not is_ours and not _is_followed_link(request):
            return PlainTextResponse("not from another site", 403)
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if request.url.path.startswith("/page/") and request.method != "GET" and kind != "application/json":
            return PlainTextResponse("JSON only", 415)
        return None


# What people are sent to by links of others, the bot's own pages too: nothing is changed by looking at any of them.
LINKED = ("/archives/", "/oauth/v2/authorize", "/app_redirect")


def _is_followed_link(request: Request) -> bool:
    """Whether someone came to a page itself by a link: it holds nothing before it has asked for its state."""
    path, goes = request.url.path, (request.headers.get("sec-fetch-mode"), request.headers.get("sec-fetch-dest"))
    return request.method == "GET" and goes == ("navigate", "document") and (path == "/" or path.startswith(LINKED))


MIDDLEWARE = [Middleware(Guard)]
