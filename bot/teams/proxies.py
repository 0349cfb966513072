"""Lead the Teams SDK's look for keys through the proxy: it has no option for one, and urllib has rules of its own."""

import ssl
from typing import Any

import httpx
import jwt
import orjson

from bot.proxies import Proxies
from messengers.teams import connector


class Keys(jwt.PyJWKClient):
    """Reads the keys that requests are signed with; as in PyJWT itself this blocks."""

    def __init__(self, url: str, proxies: Proxies) -> None:
        super().__init__(url)
        self._proxies = proxies

    def fetch_data(self) -> Any:  # noqa: ANN401 # PyJWT's own signature
        """Read them once; whoever asks checks what they are, and keeps them."""
        trusted, proxy = ssl.create_default_context(), self._proxies.towards(self.uri)
        try:
            with httpx.Client(proxy=proxy, verify=trusted, trust_env=False, timeout=self.timeout) as straight:
                return _read(straight, self.uri)
        except (httpx.HTTPError, ValueError) as error:
            raise jwt.PyJWKClientConnectionError(f"the keys cannot be read ({type(error).__name__})") from error


def _read(straight: httpx.Client, url: str) -> Any:  # noqa: ANN401 # whatever JSON says
    """Read what stands there, without what would fill the memory."""
    read = bytearray()
    with straight.stream("GET", url) as answer:
        for some in answer.raise_for_status().iter_bytes():
            read += some
            if len(read) > connector.LARGEST:
                raise ValueError("longer than any keys")
    return orjson.loads(read)
