"""The route Slack posts to: as little as possible between the server and the handlers."""

from collections.abc import Awaitable, Callable, Mapping
from time import monotonic, perf_counter
from typing import Any

import structlog
from msgspec import Struct
from slack_sdk.signature import Clock
from starlette.types import Receive, Scope, Send

from bot.metrics import Metrics
from bot.slack.guard import Guard, GuardedRequest
from bot.web import asgi, refusals
from bot.web.asgi import Answer, RefusedError
from bot.web.fairness import Fairness
from bot.web.refusals import Refusals
from handlers.current_request import current_request
from handlers.payload import mapping, text
from handlers.slack import payload
from messengers.slack import PLATFORM

_SERVER_ERROR = 500
_TELLS_EVERY = 0.1  # seconds between two who are told by a post of their own that there are too many


class Apology(Struct, frozen=True):
    """How a person hears that their request failed.

    `words` makes the sentence from the reference to quote. `tell` starts posting words to a response_url and returns
    at once: Slack ignores the body that acknowledges a button, so nothing else reaches whoever pressed it. `busy` is
    the sentence where their workspace asks for too much at once.
    """

    words: Callable[[str], str]
    tell: Callable[[str, str], None]
    busy: str = ""


class Reception:
    """Where every request that has the right shape is answered, whichever way it came: over HTTP or a socket.

    Args:
        receive_slack: answers a request; what it raises, or a status of 500 and above, is answered politely.
        apology: how a person hears of it.
        metrics: where requests are counted.
        fairness: shares the bot between workspaces.
    """

    def __init__(
        self,
        receive_slack: Callable[[GuardedRequest], Awaitable[Answer]],
        apology: Apology,
        metrics: Metrics,
        fairness: Fairness | None = None,
    ) -> None:
        self._receive_slack = receive_slack
        self._apology = apology
        self._fairness = fairness or Fairness(monotonic)
        self._tells_again = 0.0
        self.meters = metrics.requests
        self._log = structlog.get_logger().bind()  # bound once: the hot path logs at DEBUG only, a no-op above it

    async def answer(self, request: GuardedRequest) -> Answer:
        """Answer one request when it is its workspace's turn, and count it; never raises."""
        workspace = _workspace(request.body)
        if not await self._fairness.begin(workspace):
            return self._busy(request)
        try:
            return await self._answer(request)
        finally:
            self._fairness.end(workspace)

    async def _answer(self, request: GuardedRequest) -> Answer:
        started = perf_counter()
        outcome = "answered"
        try:
            answer = await self._receive_slack(request)
        except Exception as error:  # noqa: BLE001 # the one error handler: everything unknown ends here, once
            outcome = "failed"
            self._log.error("slack.failed", kind=request.kind, exc_info=error)
            answer = self._failure(request)
        else:
            if answer.status >= _SERVER_ERROR:
                outcome = "failed"
                self._log.error("slack.failed", kind=request.kind, status=answer.status)
                answer = self._failure(request)
        meter = self.meters[request.kind]
        meter.count[outcome]()
        meter.observe_seconds(perf_counter() - started)
        self._log.debug("slack.answered", kind=request.kind, status=answer.status, retry=request.retry)
        return answer

    def _failure(self, request: GuardedRequest) -> Answer:
        """Answer a request that failed: never with a 500, and always with the reference where a person sees it."""
        return self._said(request, self._apology.words(request.id))

    def _busy(self, request: GuardedRequest) -> Answer:
        """Answer a request of a workspace that asks for too much: a sentence, where that costs less than an answer."""
        self.meters[request.kind].count["too_many"]()
        self._log.debug("slack.too_many", kind=request.kind)
        if request.kind == "action":
            # Told by a post of its own. Slack puts a sign beside the button for anything but 2xx: that is for the rest.
            now = self._fairness.monotonic()
            if now < self._tells_again:
                return asgi.as_json(503, {"ok": False, "error": "try again"})
            self._tells_again = now + _TELLS_EVERY
        return self._said(request, self._apology.busy)

    def _said(self, request: GuardedRequest, words: str) -> Answer:
        match request.kind:
            case "event" | "verification":
                # Slack: three more tries in 6 minutes for anything but 2xx. Handling an event twice is harmless (the
                # ledger's keys are unique), and losing one is not, so this one is asked for again.
                return asgi.as_json(503, {"ok": False, "error": "try again", "reference": request.id})
            case "options":
                return asgi.as_json(200, {"options": []})  # Slack: all else shows an error inside the menu
            case "view":
                return asgi.as_json(200, _form_error(request.body, words))
            case "command" | "action" | "shortcut":
                if request.kind != "command" and isinstance(address := request.body.get("response_url"), str):
                    self._apology.tell(address, words)
                return asgi.as_json(200, {"response_type": "ephemeral", "replace_original": False, "text": words})


class SlackRoute:
    """POST /slack/events: commands, interactions and events, guarded, then answered.

    Args:
        signing_secret: of the Slack app.
        reception: answers what the guard admits.
        clock: real time by default, for signatures only.
        refusals: hears of what is admitted, and of what is refused and may have been Slack's.
    """

    def __init__(
        self,
        signing_secret: str,
        reception: Reception,
        clock: Clock | None = None,
        refusals: Refusals | None = None,
    ) -> None:
        self._guard = Guard(signing_secret, clock)
        self._refusals = refusals
        self._reception = reception
        self._log = structlog.get_logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST."""
        request_id = asgi.reference()
        current_request.set(request_id)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            body = await asgi.read_body(headers, receive)
            if body is None:
                return
            request = self._guard.admit(request_id, headers, body)
        except RefusedError as refusal:
            answer = refusals.answer(PLATFORM, request_id, refusal, self._reception.meters["unread"], self._refusals)
            await asgi.send_answer(send, answer, closes=refusal.outcome == "too_large")
            return
        if self._refusals:
            self._refusals.accept()
        if request is None:
            self._log.info("slack.notice")
            await asgi.send_answer(send, Answer(200))
            return
        await asgi.send_answer(send, await self._reception.answer(request))


def _workspace(body: Mapping[str, Any]) -> str:
    """Tell whose request it is; on Enterprise Grid perhaps the organization's."""
    return (
        payload.workspace(body, "")
        or text(body.get("enterprise_id"))
        or text(mapping(body.get("enterprise")).get("id"))
    )


def _form_error(body: dict[str, Any], words: str) -> dict[str, Any]:
    """Show `words` at the form's first field: that keeps the form open, with what was typed."""
    blocks = body["view"].get("blocks")
    if body["type"] == "view_submission" and isinstance(blocks, list):
        for block in blocks:
            if isinstance(block, dict) and block.get("type") == "input" and isinstance(block.get("block_id"), str):
                return {"response_action": "errors", "errors": {block["block_id"]: words}}
    return {}
