"""The route Microsoft Teams posts to: guarded, then answered."""

from collections.abc import Awaitable, Callable, Mapping
from time import monotonic, perf_counter
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from msgspec import Struct
from starlette.types import Receive, Scope, Send

from bot import clock
from bot.metrics import Metrics
from bot.teams import shape
from bot.teams.inbound_tokens import Callers
from bot.teams.tenant import Tenants, tenant_of
from bot.web import asgi, refusals, text
from bot.web.asgi import Answer, RefusedError
from bot.web.fairness import Fairness
from bot.web.refusals import Refusals
from bot.web.shape import MisshapenError
from handlers.current_request import current_request
from messengers.teams import PLATFORM

_TOO_MANY = 429
_LATER = ((b"retry-after", b"1"),)


class Reply(Protocol):
    """What a handler answers: the HTTP status, and the body as JSON where there is one."""

    @property
    def status(self) -> int:
        """Give the HTTP status."""

    @property
    def body(self) -> Any:  # noqa: ANN401 # JSON is anything
        """Give what becomes the body; None leaves it empty."""


class Hearing(Struct, frozen=True):
    """How activities are answered: `hear` does it, and `apology` makes the answer where that failed.

    An apology is made from the activity and the reference that a person may quote. `busy` makes the answer where their
    tenant asks for too much at once.
    """

    hear: Callable[[Mapping[str, Any]], Awaitable[Reply]]
    apology: Callable[[Mapping[str, Any], str], Reply]
    busy: Callable[[Mapping[str, Any]], Reply]


class TeamsRoute:
    """POST /api/messages: activities, guarded, then answered.

    Args:
        callers: tells whether a request is Microsoft's; None takes every request, for whoever develops on this machine.
        tenants: those whose activities are answered.
        hearing: answers what the guard admits.
        metrics: where requests are counted.
        refusals: hears of what is admitted, and of what is refused and may have been Microsoft's.
        fairness: shares the bot between tenants.
    """

    def __init__(
        self,
        callers: Callers | None,
        tenants: Tenants,
        hearing: Hearing,
        metrics: Metrics,
        refusals: Refusals | None = None,
        fairness: Fairness | None = None,
    ) -> None:
        self._refusals = refusals
        self._fairness = fairness or Fairness(monotonic)
        self._callers = callers
        self._tenants = tenants
        self._hearing = hearing
        self._meters = metrics.requests
        self._log = structlog.get_logger().bind()  # bound once: the hot path logs at DEBUG only, a no-op above it

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST."""
        request_id = asgi.reference()
        current_request.set(request_id)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            body = await asgi.read_body(headers, receive)
            if body is None:
                return
            activity = await self._admitted(headers.get(b"authorization", b""), body)
            kind = shape.check_activity(activity)
            self._tenants.check(activity)
        except (MisshapenError, RefusedError) as error:
            refusal = error if isinstance(error, RefusedError) else RefusedError(400, "malformed", str(error))
            answer = refusals.answer(PLATFORM, request_id, refusal, self._meters["teams_unread"], self._refusals)
            await asgi.send_answer(send, answer, closes=refusal.outcome == "too_large")
        else:
            await asgi.send_answer(send, await self._answer(request_id, kind, activity))

    async def _admitted(self, authorization: bytes, body: bytes) -> dict[str, Any]:
        """Check whose request it is; what it says is looked at only then.

        Raises:
            RefusedError: it is too large, nobody's we know, or no JSON.
        """
        if len(body) > asgi.MAX_BODY_BYTES:
            raise asgi.too_large()
        try:
            activity = text.parsed(body)
        except ValueError:  # invalid UTF-8, JSON that is none (or NaN, or 1,025 levels deep)
            activity = None
        url = activity.get("serviceUrl") if type(activity) is dict else None
        service_url = url if type(url) is str else ""
        if self._callers is not None:
            await self._callers.check(authorization, service_url)
            if self._refusals:
                self._refusals.accept()
        elif service_url and not _is_here(service_url):
            raise RefusedError(401, "unsigned", "nobody signed it, and it asks for answers at another machine")
        if type(activity) is not dict:
            raise RefusedError(400, "malformed", "the body is not a JSON object")
        return activity

    async def _answer(self, request_id: str, kind: shape.Kind, activity: Mapping[str, Any]) -> Answer:
        """Answer one activity when it is its tenant's turn, and count it; never raises."""
        tenant = tenant_of(activity)
        if not await self._fairness.begin(tenant):
            self._meters[kind].count["too_many"]()
            self._log.debug("teams.too_many", kind=kind)
            return _answer_of(self._hearing.busy(activity))
        try:
            return await self._heard(request_id, kind, activity)
        finally:
            self._fairness.end(tenant)

    async def _heard(self, request_id: str, kind: shape.Kind, activity: Mapping[str, Any]) -> Answer:
        started = perf_counter()
        outcome = "answered"
        try:
            answer = _answer_of(await self._hearing.hear(activity))
        except Exception as error:  # noqa: BLE001 # the one error handler: everything unknown ends here, once
            outcome = "failed"
            self._log.error("teams.failed", kind=kind, exc_info=error)
            answer = _answer_of(self._hearing.apology(activity, request_id))
        meter = self._meters[kind]
        meter.count[outcome]()
        meter.observe_seconds(perf_counter() - started)
        self._log.debug("teams.answered", kind=kind, status=answer.status)
        return answer


def _answer_of(reply: Reply) -> Answer:
    headers = _LATER if reply.status == _TOO_MANY else ()
    if reply.body is None:
        return Answer(reply.status, headers=headers)
    return asgi.as_json(reply.status, reply.body, headers)


def _is_here(url: str) -> bool:
    try:
        return clock.is_loopback(urlsplit(url).hostname or "")
    except ValueError:  # "http://[": an IPv6 address that never ends
        return False
