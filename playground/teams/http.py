"""The emulator's cloud over HTTP: tokens and keys, and the connector's methods, with trouble on request."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, assert_never

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.shared.server import cut
from playground.shared.trouble import Trouble
from playground.teams import methods, roster
from playground.teams.keys import ISSUER
from playground.teams.methods import Asked, Method
from playground.teams.page.trouble_catalogue import STATUSES
from playground.teams.platform import Platform
from playground.teams.values import EMPTY, Call, Json, Refusal

HERE = "/teams/v3"
MOST_BODY = 1024 * 1024
MISTAKES = {"BadSyntax", "BadArgument", "MessageSizeTooBig", "NotFound"}
# (path, HTTP method, name in `calls` and for trouble, what it does)
METHODS: tuple[tuple[str, str, str, Method], ...] = (
    ("/conversations", "POST", "create", methods.create),
    ("/conversations/{conversation}/activities", "POST", "post", methods.send),
    ("/conversations/{conversation}/activities/{activity}", "POST", "post", methods.send),
    ("/conversations/{conversation}/activities/{activity}", "PUT", "update", methods.update),
    ("/conversations/{conversation}/activities/{activity}", "DELETE", "delete", methods.delete),
    ("/conversations/{conversation}/activities/{activity}/members", "GET", "members", roster.members),
    ("/conversations/{conversation}/activities/{activity}/reactions/{reaction}", "PUT", "react", methods.react),
    (
        "/conversations/{conversation}/activities/{activity}/reactions/{reaction}",
        "DELETE",
        "react",
        methods.unreact,
    ),
    ("/conversations/{conversation}/members", "GET", "members", roster.members),
    ("/conversations/{conversation}/members/{member}", "GET", "member", roster.member),
    ("/conversations/{conversation}/pagedMembers", "GET", "members", roster.paged_members),
    ("/conversations/{conversation}/pagedmembers", "GET", "members", roster.paged_members),
    ("/teams/{team}", "GET", "team", roster.team),
    ("/teams/{team}/conversations", "GET", "team", roster.team_conversations),
)


class Door:
    """Everything the bot calls."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """The cloud's addresses."""
        connector = [
            Route(f"{HERE}{path}", self._served(name, method), methods=[verb]) for path, verb, name, method in METHODS
        ]
        return [
            Route("/v1/.well-known/openidconfiguration", self._metadata),
            Route("/v1/.well-known/keys", self._keys),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            *connector,
            Route("/teams/{path:path}", self._nothing, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ]

    # -- keys and tokens

    async def _metadata(self, _: Request) -> Response:
        here = self._platform.url
        return JSONResponse(
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{here}/authorize",
                "jwks_uri": f"{here}/v1/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def _keys(self, request: Request) -> Response:
        async def answer() -> Response:
            return JSONResponse(self._platform.keys.published())

        return await self._counted(request, Call("keys", "", "", {}, None, 0, self._platform.clock.now()), answer)

    async def _token(self, request: Request) -> Response:
        raw = await request.body()

        async def answer() -> Response:
            status, body = self._platform.wallet.answer(str(request.path_params["tenant"]), raw)
            shown = {name: value for name, value in body.items() if name != "access_token"}
            return self._record(Call("token", "", "", {}, shown, status, self._platform.clock.now()), body)

        return await self._counted(request, Call("token", "", "", {}, None, 0, self._platform.clock.now()), answer)

    # -- the connector

    def _served(self, name: str, method: Method) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            path = dict(request.path_params)
            conversation = str(path.get("conversation", path.get("team", "")))
            raw = await request.body()
            body = _parsed(raw)
            shown = body if isinstance(body, dict) else {}
            call = Call(name, conversation, str(path.get("activity", "")), shown, None, 0, self._platform.clock.now())

            async def answer() -> Response:
                return self._answer(request, call, method, raw, body)

            return await self._counted(request, call, answer)

        return serve

    async def _nothing(self, request: Request) -> Response:
        self._platform.fault(f"{request.method} {request.url.path}", "the connector has no such method")
        return JSONResponse(Refusal(404, "NotFound", "No such method.").body, 404)

    def _answer(self, request: Request, call: Call, method: Method, raw: bytes, body: object) -> Response:
        try:
            self._check_token(request)
            given = _checked(raw, body)
            asked = Asked(dict(request.path_params), dict(request.query_params), given)
            status, outcome = method(self._platform, asked)
        except Refusal as refusal:
            if refusal.code in MISTAKES:
                self._platform.fault(call.method, refusal.code, [refusal.message])
            return self._record(_answered(call, refusal.status, refusal.body), refusal.body, refusal.headers)
        return self._record(_answered(call, status, outcome), outcome)

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._platform.wallet.is_good(token):
            raise Refusal(401, "Unauthorized", "Authorization has been denied for this request.")

    def _record(self, call: Call, body: Any, headers: Mapping[str, str] = EMPTY) -> Response:  # noqa: ANN401  # any JSON
        self._platform.calls.append(call)
        self._platform.world.touch()
        if body is None:
            return Response(status_code=call.status, headers=dict(headers))
        return JSONResponse(body, call.status, headers=dict(headers))

    # -- trouble

    async def _counted(self, request: Request, call: Call, answer: Callable[[], Awaitable[Response]]) -> Response:
        self._platform.under_way += 1
        try:
            conversation = call.conversation.partition(";")[0]
            trouble = self._platform.take_trouble(call.method, conversation)
            if trouble is None:
                return await answer()
            return await self._suffer(trouble, request, call, answer)
        finally:
            self._platform.under_way -= 1
            self._platform.world.touch()

    async def _suffer(
        self, trouble: Trouble, request: Request, call: Call, answer: Callable[[], Awaitable[Response]]
    ) -> Response:
        match trouble.kind:
            case "429":
                body = Refusal(429, "Throttled", "Too many requests.").body
                return self._record(_answered(call, 429, body), body, {"Retry-After": str(trouble.retry_after)})
            case "error":
                status, body = _coded(trouble)
                return self._record(_answered(call, status, body), body)
            case "5xx_before":
                self._record(_answered(call, trouble.status, None), None)
                return await _lost(trouble, request)
            case "cut_before" | "stall_before":
                self._record(call, None)
                return await _lost(trouble, request)
            case "slow":
                await asyncio.sleep(trouble.seconds)
                return await answer()
            case "5xx_after" | "fatal_error_after" | "error_after" | "garbage_after" | "cut_after" | "stall_after":
                await answer()
                return await _lost(trouble, request)
            case _:
                assert_never(trouble.kind)


async def _lost(trouble: Trouble, request: Request) -> Response:
    """What comes back in place of the answer."""
    kind = trouble.kind
    if kind in {"cut_before", "cut_after"}:
        return cut(request)
    if kind in {"stall_before", "stall_after"}:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return cut(request)
    if kind == "garbage_after":
        return PlainTextResponse("<html>upstream error</html>")
    if kind == "error_after":
        status, body = _coded(trouble)
        return JSONResponse(body, status)
    return JSONResponse(Refusal(trouble.status, "ServiceError", "Service error.").body, trouble.status)


def _coded(trouble: Trouble) -> tuple[int, Json]:
    status = STATUSES.get(trouble.error, 400)
    return status, Refusal(status, trouble.error, "Pocket Teams was told to say this.").body


def _answered(call: Call, status: int, outcome: Any) -> Call:  # noqa: ANN401  # any JSON
    return Call(call.method, call.conversation, call.activity, call.body, outcome, status, call.at)


def _checked(raw: bytes, body: object) -> Json:
    if len(raw) > MOST_BODY:
        raise Refusal(413, "MessageSizeTooBig", "Message size too large.")
    if not isinstance(body, dict):
        raise Refusal(400, "BadSyntax", "The body is no JSON object.")
    return body


def _parsed(raw: bytes) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        return None
