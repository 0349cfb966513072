"""The emulator's Web API over HTTP: tokens, scopes, both kinds of body, and trouble on request."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.shared import http
from playground.shared.trouble import Trouble
from playground.shared.values import EMPTY, Json
from playground.slack import payloads, responses
from playground.slack.methods import table
from playground.slack.oauth import calls, methods
from playground.slack.oauth.directory import Directory
from playground.slack.platform import Platform
from playground.slack.values import Call, Refusal

JSON_ARGUMENTS = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format", "view": "invalid_arguments"}
SECRET = {"token", "client_secret", "refresh_token", "code"}
MISTAKES = {
    *("invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_metadata_format", "no_text"),
    *("msg_too_long", "msg_blocks_too_long", "view_too_large", "unknown_method", "invalid_json"),
}


class Inbound:
    """Everything the bot calls."""

    def __init__(self, home: Platform, directory: Directory) -> None:
        self._home = home
        self._directory = directory

    def routes(self) -> list[Route]:
        """The Web API's addresses."""
        return [
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/response/{token}", self._respond, methods=["POST"]),
        ]

    async def _call(self, request: Request) -> Response:
        method = str(request.path_params["method"])
        return await self._home.wire.answering(request, method, lambda: self._answer(request, method))

    async def _answer(self, request: Request, method: str) -> Response:
        """By the workspace that the call's token is of."""
        try:
            arguments = await read_arguments(request)
        except Refusal as refusal:
            return _Call(self._home, request, method, {}, self._directory).refused(refusal)
        platform = calls.workspace(self._directory, http.bearer(request) or arguments.get("token"), arguments)
        with platform.answering():
            trouble = platform.take_trouble(method, arguments.get("channel"))
            call = _Call(platform, request, method, arguments, self._directory, trouble.kind if trouble else "")
            return await (call.answer() if trouble is None else http.suffer(trouble, request, call))

    async def _respond(self, request: Request) -> Response:
        return await self._home.wire.answering(request, "response_url", lambda: self._use(request))

    async def _use(self, request: Request) -> Response:
        """`/response/{token}`: a response_url. 5 uses in 30 minutes."""
        token = str(request.path_params["token"])
        every = self._directory.platforms.values()
        platform = next((each for each in every if each.tickets.knows(token)), self._home)
        try:
            url = platform.tickets.find_url(token)
            body = await read_arguments(request)
            responses.use(platform, url, body)
        except Refusal as refusal:
            status = 400 if refusal.status == 200 else refusal.status  # noqa: PLR2004  # HTTP
            platform.fault("response_url", refusal.error, refusal.extra.get("errors", ()))
            return PlainTextResponse(refusal.error, status)
        return PlainTextResponse("ok")


class _Call(Struct, frozen=True):
    """`/api/{method}`, with what it was given."""

    platform: Platform
    request: Request
    method: str
    arguments: Json
    directory: Directory
    trouble: str = ""

    async def answer(self) -> Response:
        """Does what the method does."""
        try:
            outcome = self._outcome()
        except Refusal as refusal:
            return self.refused(refusal)
        return self._noted(outcome)

    def _outcome(self) -> Json:
        directory = self.directory
        if self.method == methods.ACCESS:
            return methods.access(directory, self.arguments, self.request.headers.get("authorization", ""))
        token = http.bearer(self.request)
        given = self.arguments.get("token") if token is None else token
        is_about_itself = self.method in table.OF_ITSELF or self.method in methods.METHODS
        grant = calls.check(directory, given, self.arguments, needs_team=not is_about_itself)
        if self.method in methods.METHODS:
            return methods.call(directory, self.method, grant, self.arguments)
        if self.method == "auth.test" and grant.place not in directory.platforms:
            return payloads.bot_identity(self.platform.world, self.platform.url, is_org_wide=True)
        return table.call(self.platform, self.method, self.arguments)

    def refused(self, refusal: Refusal) -> Response:
        """Answers with Slack's error code."""
        outcome = {"ok": False, "error": refusal.error, **refusal.extra}
        return self._noted(outcome, refusal.status, refusal.headers)

    def _noted(self, outcome: Json, status: int = 200, headers: Mapping[str, str] = EMPTY) -> Response:
        shown = {name: value for name, value in self.arguments.items() if name not in SECRET}
        token = http.bearer(self.request) or str(self.arguments.get("token") or "")
        refresh = str(self.arguments.get("refresh_token") or "")
        clock = self.platform.clock
        made = Call(self.method, shown, outcome, status, clock.now(), clock.real(), token, refresh, self.trouble)
        self.platform.calls.append(made)
        if outcome.get("error") in MISTAKES:
            self.platform.fault(self.method, outcome["error"], outcome.get("errors", ()))
        self.platform.world.touch()
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self.platform.scopes))}
        return JSONResponse(outcome, status, headers={**scopes, **headers})

    # -- trouble

    def refuse(self, trouble: Trouble) -> Response:
        """An answer that says what went wrong; nothing was done."""
        if trouble.kind == "429":
            retry = {"Retry-After": str(trouble.retry_after)}
            return self.refused(Refusal("ratelimited", status=429, headers=retry))
        needed = table.METHODS.get(self.method)
        lacking = self.platform.lacking(needed.scope or "") if trouble.error == "missing_scope" and needed else {}
        return self.refused(Refusal(trouble.error, **lacking))

    def lose(self, error: str, status: int = 0) -> None:
        """Nothing was done, and nothing is said."""
        self.refused(Refusal(error, status=status))

    def fail(self, trouble: Trouble) -> Response:
        """As Slack answers that fails, or a machine in between."""
        if trouble.kind in {"5xx_before", "5xx_after"}:
            return PlainTextResponse("upstream error", trouble.status)
        is_fatal = trouble.kind == "fatal_error_after"
        return JSONResponse({"ok": False, "error": "fatal_error" if is_fatal else trouble.error})


async def read_arguments(request: Request) -> Json:
    """From the query, a form (with JSON inside, as Slack's SDKs send it) or a JSON object."""
    arguments: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        body = _parsed(await request.body())
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        arguments |= body
    elif kind == "application/x-www-form-urlencoded":
        arguments |= dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    for name, error in JSON_ARGUMENTS.items():
        if isinstance(arguments.get(name), str):
            try:
                arguments[name] = json.loads(arguments[name])
            except ValueError:
                raise Refusal(error) from None
    return arguments


def _parsed(body: bytes) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.loads(body or b"{}")
    except ValueError:
        raise Refusal("invalid_json") from None
