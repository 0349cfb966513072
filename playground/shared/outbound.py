"""The way out to the bot: one session, one address, and how long the bot has to answer."""

import io
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from playground.shared.values import Answer
from playground.shared.wire import Wire


class Outbound:
    """Sends requests to the bot at `url`, which has `within` seconds for each."""

    unreadable = ""  # the error where JSON was promised and none came

    def __init__(self, url: str | None, within: float, wire: Wire) -> None:
        self.url = url
        self._wire = wire
        self.within = within
        self._session: aiohttp.ClientSession | None = None

    async def stop(self) -> None:
        """Closes connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _answered(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Posts, and reads what comes back. Raises TimeoutError, and aiohttp's errors where nobody listens."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.within)
        with self._wire.asking("POST", urlsplit(url).path, body, headers) as exchange:
            async with self._session.post(
                url, data=io.BytesIO(body), headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                exchange.status, exchange.answer_kind = response.status, response.content_type
                exchange.answer = raw = await response.read()
        return self._read(response.status, response.content_type, raw)

    def _read(self, status: int, kind: str, raw: bytes) -> Answer:
        if not raw:
            return Answer(status)
        text = raw.decode("utf-8", "replace")
        if kind != "application/json":
            return Answer(status, text)
        try:
            return Answer(status, json.loads(raw))
        except ValueError:
            return Answer(status, text, error=self.unreadable)
