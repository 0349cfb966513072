"""Lead the Teams SDK's own clients through the proxy.

It has no option for one, and what it sends with, httpx and urllib, have rules of their own.
"""

import ssl
from typing import Any

import httpx
import jwt

from bot.proxies import Proxies


def client(proxies: Proxies, like: httpx.AsyncClient) -> httpx.AsyncClient:
    """Build what sends in place of the SDK's client, with the same headers and time limits."""
    return httpx.AsyncClient(headers=like.headers, timeout=like.timeout, transport=_Ways(proxies), trust_env=False)


class _Ways(httpx.AsyncBaseTransport):
    """An httpx transport that connects directly or through a proxy, as the settings say for each address."""

    def __init__(self, proxies: Proxies) -> None:
        self._proxies = proxies
        self._trusted = ssl.create_default_context()  # this machine's certificates, as for Slack: proxies may have some
        self._ways: dict[str | None, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, through the proxy that its address needs."""
        proxy = self._proxies.towards(str(request.url))
        if proxy not in self._ways:  # two at most, and none
            self._ways[proxy] = httpx.AsyncHTTPTransport(verify=self._trusted, trust_env=False, proxy=proxy)
        return await self._ways[proxy].handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        for way in self._ways.values():
            await way.aclose()


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
