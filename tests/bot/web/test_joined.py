"""An answer's head and body leave in one call, and nothing is held back for long, lost, or told too late."""

import asyncio
from collections.abc import Callable
from typing import cast

from bot.web.joined import JoinedWrites


class _Transport:
    """Notes what reaches it."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def write(self, data: bytes) -> None:
        self.heard.append(data)

    def close(self) -> None:
        self.heard.append("close")

    def write_eof(self) -> None:
        self.heard.append("eof")

    def abort(self) -> None:
        self.heard.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.heard

    def pause_reading(self) -> None:
        self.heard.append("pause")

    def resume_reading(self) -> None:
        self.heard.append("resume")

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


async def _heard(act: Callable[[JoinedWrites], None], rounds: int = 0) -> list[object]:
    transport = _Transport()
    act(JoinedWrites(cast("asyncio.Transport", transport), asyncio.get_running_loop()))
    for _ in range(rounds):
        await asyncio.sleep(0)
    return transport.heard


def _write(*pieces: bytes) -> Callable[[JoinedWrites], None]:
    def act(joined: JoinedWrites) -> None:
        for piece in pieces:
            joined.write(piece)

    return act


async def test_head_and_body_leave_in_one_call() -> None:
    """Two pieces of one moment are one write, at once; an empty body keeps no head back."""
    assert await _heard(_write(b"head", b"body")) == [b"headbody"]
    assert await _heard(_write(b"head", b"")) == [b"head"]


async def test_a_head_alone_leaves_at_the_end_of_the_round() -> None:
    """Whoever waits for the beginning of a long answer has it, whenever the rest comes."""
    assert await _heard(_write(b"head")) == []
    assert await _heard(_write(b"head"), rounds=1) == [b"head"]


async def test_no_more_than_one_piece_is_held_back() -> None:
    """A long answer reaches the transport as it is made, in order, which then says when to wait."""
    assert await _heard(_write(b"1", b"2", b"3", b"4", b"5")) == [b"12", b"34"]
    assert await _heard(_write(b"1", b"2", b"3"), rounds=1) == [b"12", b"3"]


async def test_what_is_held_back_leaves_before_the_end() -> None:
    """Closing, or ending our side, loses nothing; aborting does, and writes nothing afterwards."""

    def ended_by(end: str) -> Callable[[JoinedWrites], None]:
        def act(joined: JoinedWrites) -> None:
            joined.write(b"head")
            getattr(joined, end)()

        return act

    assert await _heard(ended_by("close"), rounds=1) == [b"head", "close"]
    assert await _heard(ended_by("write_eof"), rounds=1) == [b"head", "eof"]
    assert await _heard(ended_by("abort"), rounds=1) == ["abort"]


async def test_the_rest_is_the_transports_own() -> None:
    """What else uvicorn asks of a transport, it is asked itself."""
    transport = _Transport()
    joined = JoinedWrites(cast("asyncio.Transport", transport), asyncio.get_running_loop())
    joined.pause_reading()
    joined.resume_reading()
    assert transport.heard == ["pause", "resume"]
    assert joined.get_extra_info("peername") == "the peername"
    assert not joined.is_closing()
    joined.close()
    assert joined.is_closing()
