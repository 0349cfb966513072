"""The emulator's cloud over HTTP: tokens and keys, and the connector's methods, with trouble on request."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.shared import http
from playground.shared.trouble import Trouble
from playground.shared.values import EMPTY, Json
from playground.teams.keys import ISSUER
from playground.teams.methods import table
from playground.teams.methods.messages import Asked, Method
from playground.teams.page.trouble_catalogue import STATUSES
from playground.teams.platform import Platform
from playground.teams.values import Call, Refusal

HERE = "/teams/v3"
MOST_BODY = 1024 * 1024
MISTAKES = {"BadSyntax", "BadArgument", "MessageSizeTooBig", "NotFound"}


class Inbound:
    """Everything the bot calls."""

    def __init__(self, platform: Platform, others: Sequence[Platform] = ()) -> None:
        """`others` are tenants that are served at the same address, as Microsoft's are."""
        self._platform = platform
        self._others = others

    def routes(self) -> list[Route]:
        """The cloud's addresses."""
        return [
            Route("/v1/.well-known/openidconfiguration", self._metadata),
            Route("/v1/.well-known/keys", self._keys),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            *(
                Route(f"{HERE}{path}", self._served(name, method), methods=[verb])
                for path, verb, name, method in table.METHODS
            ),
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
        return await self._answered(request, "keys", lambda _: JSONResponse(self._platform.keys.published()))

    async def _token(self, request: Request) -> Response:
        raw = await request.body()

        def answer(call: _Call) -> Response:
            status, body = self._platform.tokens.answer(str(request.path_params["tenant"]), raw)
            shown = {name: value for name, value in body.items() if name != "access_token"}
            return call.noted(status, body, shown=shown)

        return await self._answered(request, "token", answer)

    # -- the connector

    def _served(self, name: str, method: Method) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            raw = await request.body()
            body = _parsed(raw)
            platform = self._meant(request, body)

            def answer(call: _Call) -> Response:
                try:
                    self._check_token(request)
                    given = _checked(raw, body)
                    asked = Asked(dict(request.path_params), dict(request.query_params), given)
                    return call.noted(*method(platform, asked))
                except Refusal as refusal:
                    if refusal.code in MISTAKES:
                        platform.fault(name, refusal.code, [refusal.message])
                    return call.noted(refusal.status, refusal.body, refusal.headers)

            return await self._answered(request, name, answer, body if isinstance(body, dict) else {}, platform)

        return serve

    def _meant(self, request: Request, body: object) -> Platform:
        """The tenant that a call is about: whose conversation it names, or which tenant where one is to be made."""
        path, given = request.path_params, body if isinstance(body, dict) else {}
        data = given.get("channelData")
        data = data if isinstance(data, dict) else {}
        named = [path.get("conversation", path.get("team", "")), *(_id(data.get(name)) for name in ("channel", "team"))]
        rooms = {str(each).partition(";")[0] for each in named}
        tenant = str(given.get("tenantId") or _id(data.get("tenant")))
        for each in self._others:
            if not rooms.isdisjoint(each.world.conversations) or tenant == each.tenant_id:
                return each
        return self._platform

    async def _nothing(self, request: Request) -> Response:
        self._platform.fault(f"{request.method} {request.url.path}", "the connector has no such method")
        return JSONResponse(Refusal(404, "NotFound", "No such method.").body, 404)

    def _check_token(self, request: Request) -> None:
        token = http.bearer(request)
        if token is None or not self._platform.tokens.is_good(token):
            raise Refusal(401, "Unauthorized", "Authorization has been denied for this request.")

    async def _answered(
        self,
        request: Request,
        name: str,
        does: Callable[["_Call"], Response],
        body: Mapping[str, Any] = EMPTY,
        platform: Platform | None = None,
    ) -> Response:
        platform = platform or self._platform
        path = request.path_params
        conversation = str(path.get("conversation", path.get("team", "")))
        now = platform.clock.now()
        made = Call(name, conversation, str(path.get("activity", "")), dict(body), None, 0, now)
        call = _Call(platform, made, does)
        with platform.answering():
            trouble = platform.take_trouble(name, conversation.partition(";")[0])
            answer = call.answer if trouble is None else partial(http.suffer, trouble, request, call)
            return await self._platform.wire.answering(request, name, answer)


class _Call(Struct, frozen=True):
    """One call, and what answers it."""

    platform: Platform
    made: Call
    does: Callable[["_Call"], Response]

    async def answer(self) -> Response:
        """Does what is asked."""
        return self.does(self)

    def noted(
        self,
        status: int,
        body: Any,  # noqa: ANN401  # any JSON
        headers: Mapping[str, str] = EMPTY,
        *,
        shown: Json | None = None,
    ) -> Response:
        """The answer, which stands in `calls` too, there as `shown` where that is less."""
        self.platform.calls.append(replace(self.made, status=status, outcome=body if shown is None else shown))
        self.platform.world.touch()
        if body is None:
            return Response(status_code=status, headers=dict(headers))
        return JSONResponse(body, status, headers=dict(headers))

    # -- trouble

    def refuse(self, trouble: Trouble) -> Response:
        """An answer that says what went wrong; nothing was done."""
        if trouble.kind == "429":
            throttled = Refusal(429, "Throttled", "Too many requests.")
            return self.noted(429, throttled.body, {"Retry-After": str(trouble.retry_after)})
        refusal = _ordered(trouble)
        return self.noted(refusal.status, refusal.body)

    def lose(self, _error: str, status: int = 0) -> None:
        """Nothing was done, and nothing is said."""
        self.noted(status, None)

    def fail(self, trouble: Trouble) -> Response:
        """As Teams answers that stumbles."""
        refusal = Refusal(trouble.status, "ServiceError", "Service error.")
        if trouble.kind == "error_after":
            refusal = _ordered(trouble)
        return JSONResponse(refusal.body, refusal.status)


def _ordered(trouble: Trouble) -> Refusal:
    return Refusal(STATUSES.get(trouble.error, 400), trouble.error, "The emulator was told to say this.")


def _checked(raw: bytes, body: object) -> Json:
    if len(raw) > MOST_BODY:
        raise Refusal(413, "MessageSizeTooBig", "Message size too large.")
    if not isinstance(body, dict):
        raise Refusal(400, "BadSyntax", "The body is no JSON object.")
    return body


def _id(given: object) -> str:
    return str(given.get("id", "")) if isinstance(given, dict) else ""


def _parsed(raw: bytes) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        return None
