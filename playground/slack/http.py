"""The emulator's Web API over HTTP: tokens, scopes, both kinds of body, and trouble on request."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, assert_never
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground.shared.server import cut
from playground.shared.trouble import Trouble
from playground.slack import responses
from playground.slack.methods import table
from playground.slack.platform import Platform
from playground.slack.values import EMPTY, Call, Json, Refusal

JSON_ARGUMENTS = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format", "view": "invalid_arguments"}
MISTAKES = {
    *("invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_metadata_format", "no_text"),
    *("msg_too_long", "msg_blocks_too_long", "view_too_large", "unknown_method", "invalid_json"),
}


class Door:
    """Everything the bot calls."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def call(self, request: Request) -> Response:
        """`/api/{method}`."""
        self._platform.under_way += 1
        try:
            return await self._call(request)
        finally:
            self._platform.under_way -= 1
            self._platform.workspace.touch()

    async def _call(self, request: Request) -> Response:
        method = str(request.path_params["method"])
        try:
            arguments = await read_arguments(request)
        except Refusal as refusal:
            return self._record(method, {}, _refused(refusal), refusal.status, refusal.headers)
        trouble = self._platform.take_trouble(method, arguments.get("channel"))
        if trouble is None:
            return self._answer(request, method, arguments)
        return await self._suffer(trouble, request, method, arguments)

    def _answer(self, request: Request, method: str, arguments: Json) -> Response:
        try:
            self._check_token(request, arguments)
            outcome = table.call(self._platform, method, arguments)
        except Refusal as refusal:
            return self._record(method, arguments, _refused(refusal), refusal.status, refusal.headers)
        return self._record(method, arguments, outcome, 200, {})

    def _check_token(self, request: Request, arguments: Json) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token if scheme.lower() == "bearer" else arguments.get("token")
        if not given:
            raise Refusal("not_authed")
        if given != self._platform.bot_token:
            raise Refusal("invalid_auth")
        if self._platform.workspace.token_is_revoked:
            raise Refusal("token_revoked")

    def _record(self, method: str, arguments: Json, outcome: Json, status: int, headers: Mapping[str, str]) -> Response:
        shown = {name: value for name, value in arguments.items() if name != "token"}
        self._platform.calls.append(Call(method, shown, outcome, status))
        if outcome.get("error") in MISTAKES:
            self._platform.fault(method, outcome["error"], outcome.get("errors", ()))
        self._platform.workspace.touch()
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self._platform.scopes))}
        return JSONResponse(outcome, status, headers={**scopes, **headers})

    async def _suffer(self, trouble: Trouble, request: Request, method: str, arguments: Json) -> Response:
        match trouble.kind:
            case "429":
                return self._wrong(method, arguments, "ratelimited", 429, {"Retry-After": str(trouble.retry_after)})
            case "error":
                return self._wrong(method, arguments, trouble.error)
            case "5xx_before":
                self._wrong(method, arguments, "service_unavailable", trouble.status)
                return PlainTextResponse("upstream error", trouble.status)
            case "cut_before":
                self._wrong(method, arguments, "cut", 0)
                return cut(request)
            case "stall_before":
                self._wrong(method, arguments, "stall", 0)
                return await _silence(request)
            case "slow":
                await asyncio.sleep(trouble.seconds)
                return self._answer(request, method, arguments)
            case "5xx_after" | "fatal_error_after" | "error_after" | "garbage_after" | "cut_after" | "stall_after":
                self._answer(request, method, arguments)
                return await _lost(trouble, request)
            case _:
                assert_never(trouble.kind)

    def _wrong(
        self, method: str, arguments: Json, error: str, status: int = 200, headers: Mapping[str, str] = EMPTY
    ) -> Response:
        """An answer that says what went wrong; nothing was done."""
        needed = table.METHODS.get(method)
        lacking = self._platform.lacking(needed.scope or "") if error == "missing_scope" and needed else {}
        return self._record(method, arguments, {"ok": False, "error": error, **lacking}, status, headers)

    async def respond(self, request: Request) -> Response:
        """`/response/{token}`: a response_url. 5 uses in 30 minutes."""
        try:
            url = self._platform.tickets.find_url(str(request.path_params["token"]))
            body = await read_arguments(request)
            responses.use(self._platform, url, body)
        except Refusal as refusal:
            status = 400 if refusal.status == 200 else refusal.status  # noqa: PLR2004  # HTTP
            self._platform.fault("response_url", refusal.error, refusal.extra.get("errors", ()))
            return PlainTextResponse(refusal.error, status)
        return PlainTextResponse("ok")


async def _lost(trouble: Trouble, request: Request) -> Response:
    """What comes back in place of the answer to a call that was done."""
    kind = trouble.kind
    if kind == "5xx_after":
        return PlainTextResponse("upstream error", trouble.status)
    if kind == "garbage_after":
        return PlainTextResponse("<html>upstream error</html>")
    if kind == "cut_after":
        return cut(request)
    if kind == "stall_after":
        return await _silence(request)
    return JSONResponse({"ok": False, "error": "fatal_error" if kind == "fatal_error_after" else trouble.error})


async def _silence(request: Request) -> Response:
    """Says nothing until the caller hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return cut(request)


def _refused(refusal: Refusal) -> Json:
    return {"ok": False, "error": refusal.error, **refusal.extra}


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
