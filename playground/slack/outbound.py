"""What the emulator sends to the bot: signed requests, and events that come again until they are taken."""

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from playground.shared import outbound
from playground.shared.values import EMPTY, Answer, Json
from playground.slack import events
from playground.slack.platform import Platform
from playground.slack.values import Delivery

FORM = "application/x-www-form-urlencoded"
REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}


class Outbound(outbound.Outbound):
    """Commands and interactions, each once, and events until they are taken."""

    unreadable = "invalid_command_response"

    def __init__(
        self, platform: Platform, *, secret: str, url: str | None, within: float, retry_delays: Sequence[float]
    ) -> None:
        super().__init__(url, within, platform.wire)
        self._platform = platform
        self._secret = secret
        self._retry_delays = tuple(retry_delays)
        self._tasks: set[asyncio.Task[None]] = set()
        self.deliveries: list[Delivery] = []

    def beside(self, platform: Platform) -> "Outbound":
        """The way out of another workspace to the same bot."""
        return Outbound(
            platform, secret=self._secret, url=self.url, within=self.within, retry_delays=self._retry_delays
        )

    async def stop(self) -> None:
        """Gives up what is still to be sent."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await super().stop()

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs beside everything else, until the emulator stops."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def signed_headers(self, body: bytes, *, age: float = 0.0) -> dict[str, str]:
        """X-Slack-Signature, made with real time: the bot checks it against real time (5 minutes)."""
        timestamp = str(int(self._platform.clock.real() - age))
        signature = SignatureVerifier(self._secret).generate_signature(timestamp=timestamp, body=body)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature or ""}

    async def post(self, body: bytes, content_type: str, headers: Mapping[str, str]) -> Answer:
        """Waits 3 s, as Slack does. `error` is what a person would be shown."""
        if self.url is None:
            return Answer(None, error="dispatch_failed")
        sent = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", **headers}
        try:
            answer = await self._answered(self.url, body, sent)
        except TimeoutError:
            return Answer(None, error="operation_timeout")
        except aiohttp.ClientError:
            return Answer(None, error="dispatch_failed")
        if answer.error or answer.status is None or 200 <= answer.status < 300:  # noqa: PLR2004  # HTTP: success
            return answer
        error = "http_client_error" if answer.status < 500 else "http_service_error"  # noqa: PLR2004  # HTTP
        return Answer(answer.status, answer.body, error)

    async def post_form(self, fields: Mapping[str, str]) -> Answer:
        """Sends a signed form: a command."""
        body = urlencode(fields).encode()
        return await self.post(body, FORM, self.signed_headers(body))

    async def post_payload(self, payload: Json) -> Answer:
        """Sends a signed form with JSON in `payload`: an interaction."""
        return await self.post_form({"payload": json.dumps(payload, ensure_ascii=False)})

    async def send_event(self, event: Json) -> Delivery:
        """In a fresh envelope. Comes back after the first attempt and after retries that need no waiting."""
        world = self._platform.world
        envelope = events.envelope(
            world,
            event,
            event_id=world.fresh_id("Ev"),
            event_time=self._platform.clock.now(),
            sender=world.people.get(str(event.get("user"))),
            is_shared=world.is_shared(_channel_of(event)),
        )
        return await self.deliver(envelope)

    async def deliver(self, envelope: Json) -> Delivery:
        """Sends the envelope, again and again until it is taken."""
        delivery = Delivery(envelope)
        self.deliveries.append(delivery)
        again = await self._attempt(delivery, EMPTY)
        for number, delay in enumerate(self._retry_delays, 1):
            if not again:
                break
            if delay:
                self.background(self._retry_later(delivery, number))
                break
            again = await self._retry(delivery, number)
        return delivery

    async def _retry_later(self, delivery: Delivery, start: int) -> None:
        for number, delay in enumerate(self._retry_delays[start - 1 :], start):
            await asyncio.sleep(delay)
            if not await self._retry(delivery, number):
                return

    async def _retry(self, delivery: Delivery, number: int) -> bool:
        reason = REASONS.get(delivery.attempts[-1].error or "", "http_error")
        return await self._attempt(delivery, {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason})

    async def _attempt(self, delivery: Delivery, headers: Mapping[str, str]) -> bool:
        """True where Slack would try again."""
        body = json.dumps(delivery.envelope, ensure_ascii=False).encode()
        answer = await self.post(body, "application/json", {**self.signed_headers(body), **headers})
        delivery.attempts.append(answer)
        if answer.error is not None:
            self._platform.fault(f"event {delivery.envelope['event'].get('type')}", answer.error)
        self._platform.world.touch()
        return answer.error is not None


def _channel_of(event: Json) -> str:
    item = event.get("item")
    return str(item.get("channel") if isinstance(item, dict) else event.get("channel"))
