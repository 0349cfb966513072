"""What the bot's calls have in common on both platforms: the token they bear, and the trouble they meet."""

import asyncio
from typing import Protocol, assert_never

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from playground.shared.server import cut
from playground.shared.trouble import Trouble


class BotCall(Protocol):
    """One call of the bot, which can be answered, or refused in the platform's own words."""

    async def answer(self) -> Response:
        """Does what is asked, notes it, and answers."""

    def refuse(self, trouble: Trouble) -> Response:
        """Answers `429` or `error`; nothing was done."""

    def note_lost(self, error: str, status: int = 0) -> None:
        """Notes that nothing was done, and that the bot can't tell; no status: no answer at all."""

    def break_down(self, trouble: Trouble) -> Response:
        """A server's error, whether or not something was done."""

    def deny(self, trouble: Trouble) -> Response:
        """Answers `fatal_error_after` or `error_after` to what was done."""


async def suffer(trouble: Trouble, request: Request, call: BotCall) -> Response:  # one branch a kind
    """Answers a call that trouble befalls."""
    match trouble.kind:
        case "429" | "error":
            return call.refuse(trouble)
        case "slow":
            await asyncio.sleep(trouble.seconds)
            return await call.answer()
        case "5xx_before":
            call.note_lost("service_unavailable", trouble.status)
            return call.break_down(trouble)
        case "cut_before":
            call.note_lost("cut")
            return cut(request)
        case "stall_before":
            call.note_lost("stall")
            return await _silence(request)
    await call.answer()  # it is done, and the answer is lost on its way back
    match trouble.kind:
        case "5xx_after":
            return call.break_down(trouble)
        case "fatal_error_after" | "error_after":
            return call.deny(trouble)
        case "garbage_after":
            return PlainTextResponse("<html>upstream error</html>")
        case "cut_after":
            return cut(request)
        case "stall_after":
            return await _silence(request)
        case _:
            assert_never(trouble.kind)


async def _silence(request: Request) -> Response:
    """Says nothing until the caller hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return cut(request)


def bearer(request: Request) -> str | None:
    """The token that a call bears; None where it bears none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else None
