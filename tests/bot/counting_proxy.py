"""A forward proxy on this machine that counts, and the internet behind it: one TLS server that answers for any host."""

import asyncio
import base64
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nProxy-Authenticate: Basic\r\n\r\n"


@dataclass(slots=True)
class CountingProxy:
    """What was asked of the proxy: `host:port` of each CONNECT and each absolute form, in order.

    It leads to the local port of `leads_to`, whatever host was named; without one it lets nobody through, and says
    `refuses`. `seen` are the user and password of each request.
    """

    leads_to: int | None = None
    url: str = ""
    refuses: bytes = _REFUSED
    asked: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def with_password(self, user: str, password: str) -> str:
        """Give the proxy's address with credentials in it."""
        return self.url.replace("://", f"://{user}:{password}@")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, *_ = head.split(b" ")
            self.asked.append(target.decode() if method == b"CONNECT" else target.split(b"/")[2].decode())
            named = [line for line in head.split(b"\r\n") if line.lower().startswith(b"proxy-authorization: basic ")]
            self.seen += [base64.b64decode(line.rpartition(b" ")[2]).decode() for line in named] or [""]
            if self.leads_to is None:
                writer.write(self.refuses)
                await writer.drain()
                return
            back, forth = await asyncio.open_connection("127.0.0.1", self.leads_to)
            if method == b"CONNECT":
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            else:  # an absolute form goes on as it came: the server behind takes it
                forth.write(head)
            with contextlib.closing(forth):
                await asyncio.gather(_piped(reader, forth), _piped(back, writer))


async def _piped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def counting(leads_to: int | None = None) -> AsyncIterator[CountingProxy]:
    """Run a proxy."""
    proxy = CountingProxy(leads_to)
    server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)  # noqa: SLF001 # this module's own
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()


@contextlib.asynccontextmanager
async def internet(folder: Path, answers: Mapping[str, Any], hosts: Sequence[str]) -> AsyncIterator[tuple[int, Path]]:
    """Answer for all these hosts, by path; gives the port, and the certificate to trust (SSL_CERT_FILE)."""
    certificate = _certificate(folder, hosts)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def answer(request: web.BaseRequest) -> web.Response:
        return web.json_response(answers[request.path])

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield runner.addresses[0][1], certificate
    finally:
        await runner.cleanup()


def _certificate(folder: Path, hosts: Sequence[str]) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path
