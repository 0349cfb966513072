"""Serve the pages of an installation: what is offered, the way to Slack, and the way back."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import structlog
from slack_bolt.response import BoltResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.settings.checked import Settings
from bot.slack.install import addresses, html, pages
from bot.slack.install.flow import InstallFlow
from bot.slack.install.html import Page
from bot.web import asgi
from bot.web.asgi import RefusedError
from store.database.access import UnusableError

log = structlog.get_logger()
Answered = TypeVar("Answered", Page, BoltResponse)

# Attempts a second, and at once: each is a row until it is used or ten minutes old. A flood is a page that says so, and
# at most 12,000 rows; nobody is kept from anything else.
_RATE, _BURST = 20.0, 200.0
_MOST_POSTED = 1_000  # bytes of our own form, which has one id in it
_MOST_COOKIES = 8_000  # characters


class InstallPages:
    """GET and POST /slack/install, and GET /slack/oauth_redirect. `monotonic` gives seconds."""

    def __init__(self, settings: Settings, flow: InstallFlow, monotonic: Callable[[], float]) -> None:
        self._flow = flow
        self._public_url = settings.public_url
        self._is_limited = bool(settings.allowed_workspaces)
        self._monotonic = monotonic
        self._left, self._counted_at = _BURST, monotonic()
        slack = urlsplit(addresses.web(settings.slack_api_url))
        ours = urlsplit(settings.public_url)
        # A form's redirects count as where it leads, too.
        self._leads_to = f"'self' {ours.scheme}://{ours.netloc} {slack.scheme}://{slack.netloc}"

    def routes(self) -> Sequence[Route]:
        """List them. Nothing is kept for who only looks: an attempt begins with the button."""
        return (
            Route(addresses.INSTALL, self._offer, methods=["GET"]),
            Route(addresses.INSTALL, self._begin, methods=["POST"]),
            Route(addresses.REDIRECT, self._finish, methods=["GET"]),
        )

    async def _offer(self, request: Request) -> Response:
        team = addresses.place(request.query_params.get("team"))
        return html.response(pages.offer(self._public_url, team, is_limited=self._is_limited), self._leads_to)

    async def _begin(self, request: Request) -> Response:
        if self._is_plain_http(request):
            return self._failed("plain_http")
        try:
            body = await asgi.read_body(dict(request.scope["headers"]), request.receive, _MOST_POSTED)
        except RefusedError:
            return self._failed("other")
        posted = dict(parse_qsl((body or b"").decode("latin-1")))
        if not self._may_begin():
            log.warning("slack.install.busy")
            return self._failed("busy")
        started = await self._written(self._flow.begin(addresses.place(posted.get("team"))))
        if isinstance(started, Page):
            return html.response(started)
        sent = {"Location": started.headers["location"][0], "Set-Cookie": started.headers["set-cookie"][0]}
        return Response(status_code=303, headers={**html.protected(self._leads_to), **sent})

    async def _finish(self, request: Request) -> Response:
        cookie = request.headers.get("cookie", "")
        if self._is_plain_http(request):
            return self._failed("plain_http")
        page = await self._written(
            self._flow.finish(request.scope["query_string"].decode("latin-1"), cookie[:_MOST_COOKIES])
        )
        over = self._flow.settings.state_utils.build_set_cookie_for_deletion()
        return html.response(page, headers={"Set-Cookie": over})

    async def _written(self, work: Awaitable[Answered]) -> Answered | Page:
        try:
            return await work
        except UnusableError as error:
            log.error("slack.install.unwritten", error=str(error))  # noqa: TRY400 # the sentence says it all
            return pages.failed("unwritten", self._public_url)

    def _failed(self, failure: pages.Failure) -> Response:
        return html.response(pages.failed(failure, self._public_url))

    def _is_plain_http(self, request: Request) -> bool:
        """Say whether a browser came by http where it should have come by https, as far as a proxy before us tells."""
        came_by = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        return came_by == "http" and self._public_url.startswith("https://")

    def _may_begin(self) -> bool:
        now = self._monotonic()
        self._left = min(_BURST, self._left + (now - self._counted_at) * _RATE)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
