"""Say through which proxy an address is reached: the one rule that every client the bot speaks with goes by."""

from ipaddress import IPv4Address, ip_address, ip_network
from socket import inet_aton
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bot.settings.reader import Secret

_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_ENCRYPTED = frozenset({"https", "wss"})


class Proxies(Struct, frozen=True):
    """What HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say.

    `https` is for addresses of https and wss, `http` for the others; None is no proxy. `exceptions` are hosts reached
    without one: names with all below them (`example.com`, `.example.com`, `*.example.com`), addresses, networks
    (`10.0.0.0/8`), any of them with a port behind it, or `*` for all.
    """

    https: Secret | None = None
    http: Secret | None = None
    exceptions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is a proxy at all."""
        return bool(self.https or self.http)

    def towards(self, url: str) -> str | None:
        """Give the proxy's address for a request to `url`, None where it goes straight; this machine always does."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:  # no address anybody can be reached at: the client will say so
            return None
        proxy = self.https if parts.scheme in _ENCRYPTED else self.http
        if proxy is None or _is_this_machine(host) or any(_covers(one, host, port) for one in self.exceptions):
            return None
        return proxy.reveal()

    def secrets(self) -> tuple[str, ...]:
        """List the passwords, as they are written and as they are meant."""
        written = {urlsplit(proxy.reveal()).password for proxy in (self.https, self.http) if proxy}
        return tuple({form for one in written if one for form in (one, unquote(one))})


DIRECT = Proxies()


def _is_this_machine(host: str) -> bool:
    """Say whether a client that asks for a host is led to this machine, in whichever way its address is written."""
    name = host.lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    try:
        address = ip_address(name)
    except ValueError:
        try:
            address = IPv4Address(inet_aton(name))  # 127.1, 0x7f000001: as getaddrinfo reads them
        except OSError:
            return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _covers(exception: str, host: str, port: int) -> bool:
    """Say whether one entry of NO_PROXY means this host at this port."""
    if exception == "*":
        return True
    try:
        return ip_address(host) in ip_network(exception.strip("[]"), strict=False)
    except (ValueError, TypeError):  # one of them is a name, or has a port; or they are of two kinds
        pass
    name, mark, number = exception.rpartition(":")
    if mark and number.isdigit() and (":" not in name or name.endswith("]")):  # else it is an IPv6 address
        return int(number) == port and _covers(name, host, port)
    name = exception.removeprefix("*").lstrip(".").rstrip(".").lower()
    return bool(name) and (host == name or host.endswith(f".{name}"))
