"""Lead the Teams SDK's look for keys through the proxy: it has no option for one, and urllib has rules of its own."""

import ssl
from typing import Any

import httpx
import jwt

from bot.proxies import Proxies


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
                return straight.get(self.uri).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise jwt.PyJWKClientConnectionError(f"the keys cannot be read ({type(error).__name__})") from error
