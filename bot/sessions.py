"""Open the HTTP sessions the bot speaks with, which go through the proxy where there is one."""

from typing import Any

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from yarl import URL

from bot.proxies import Proxies

_CONNECTIONS = 256  # at once; deliveries use half of Slack's
_PROXY_REFUSES = 407  # RFC 9110, 15.5.8: only a proxy says it


def opened(proxies: Proxies, **options: Any) -> aiohttp.ClientSession:  # noqa: ANN401 # aiohttp's own options
    """Open a session. What the environment says of proxies is read in the settings, and nowhere else."""

    async def through(request: ClientRequest, send: ClientHandlerType) -> ClientResponse:
        proxy = proxies.towards(str(request.url))
        request.update_proxy(URL(proxy) if proxy else None, None, None)
        try:
            answer = await send(request)
        except (aiohttp.ClientHttpProxyError, aiohttp.ClientConnectorError):
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientResponseError) as error:
            # Of a proxy that breaks off before it leads anywhere aiohttp says what it says of whoever is asked; but
            # then it has not begun to send, and nothing was said.
            if proxy is None or request.response is not None:
                raise
            raise aiohttp.ClientProxyConnectionError(request.connection_key, OSError(0, str(error))) from error
        if proxy and answer.status == _PROXY_REFUSES:  # with TLS aiohttp says so itself
            answer.close()
            raise aiohttp.ClientHttpProxyError(answer.request_info, (), status=answer.status)
        return answer

    return aiohttp.ClientSession(middlewares=(through,) if proxies else (), **options)


def patient(proxies: Proxies, seconds: float, **options: Any) -> aiohttp.ClientSession:  # noqa: ANN401 # as above
    """Open a session for many requests, each of at most `seconds`.

    `connect` covers the wait for a free connection too: then nothing was sent.
    """
    return opened(
        proxies,
        timeout=aiohttp.ClientTimeout(total=seconds, connect=seconds * 2 / 3),
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
        **options,
    )


def reason(error: Exception) -> str:
    """Say in brackets' length why nothing was reached: the proxy's fault by name, anything else by its kind."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return f"the proxy refuses to lead there, HTTP {error.status}"
        case aiohttp.ClientProxyConnectionError():
            return "the proxy does not answer"
        case _:
            return type(error).__name__
