"""Write an answer's head and its body in one call to the system: uvicorn hands them over one after the other."""

import asyncio
from typing import Any


class JoinedWrites:
    """A connection's transport that holds back one piece until the next, the end of the round, or the end of it all.

    Never more than one, so that whoever sends a long answer is told to wait as without it.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self._is_due = False
        self.is_closing = transport.is_closing
        self.pause_reading, self.resume_reading = transport.pause_reading, transport.resume_reading

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 # whatever that is
        """Give whatever else the transport has."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write `data` with what was held back, or hold it back itself."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held + data)
            return
        self._held = data
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._end_round)

    def close(self) -> None:
        """Close the connection when all has been written."""
        self._flush()
        self._transport.close()

    def write_eof(self) -> None:
        """End our side of the connection when all has been written."""
        self._flush()
        self._transport.write_eof()

    def abort(self) -> None:
        """End the connection at once; what was held back goes nowhere."""
        self._held = b""
        self._transport.abort()

    def _end_round(self) -> None:
        self._is_due = False
        self._flush()

    def _flush(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)
