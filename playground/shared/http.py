"""What the bot's calls have in common on both platforms: the token they bear, and the trouble they meet."""

import asyncio
from typing import Protocol, assert_never

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from playground.shared.server import cut
from playground.shared.trouble import Trouble


class BotCall(Protocol):
    """One call of the bot, with the platform's own words for what becomes of it."""

    async def answer(self) -> Response:
        """Does what is asked, notes it, and answers."""

    def refuse(self, trouble: Trouble) -> Response:
        """Notes and answers `429` or `error`; nothing was done."""

    def lose(self, error: str, status: int = 0) -> None:
        """Notes that nothing was done, and that the bot can't tell; no status: no answer at all."""

    def fail(self, trouble: Trouble) -> Response:
        """Answers that it failed, whatever was done."""


async def suffer(trouble: Trouble, request: Request, call: BotCall) -> Response:
    """Answers a call that trouble befalls."""
    match trouble.kind:
        case "429" | "error":
            return call.refuse(trouble)
        case "slow":
            await asyncio.sleep(trouble.seconds)
            return await call.answer()
        case "5xx_before":
            call.lose("service_unavailable", trouble.status)
        case "cut_before":
            call.lose("cut")
        case "stall_before":
            call.lose("stall")
        case "5xx_after" | "fatal_error_after" | "error_after" | "garbage_after" | "cut_after" | "stall_after":
            await call.answer()
        case _:
            assert_never(trouble.kind)
    if trouble.kind in {"stall_before", "stall_after"}:  # silence, until the caller hangs up
        while (await request.receive())["type"] != "http.disconnect":
            pass
    if trouble.kind in {"cut_before", "cut_after", "stall_before", "stall_after"}:
        return cut(request)
    if trouble.kind == "garbage_after":
        return PlainTextResponse("<html>upstream error</html>")
    return call.fail(trouble)


def bearer(request: Request) -> str | None:
    """The token that a call bears; None where it bears none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else None
