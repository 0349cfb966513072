"""Take a guarded request's body off the wire, and put its answer back: what both platforms' routes do alike.

It is plain ASGI because it is the hot path: Starlette's request and response objects would cost more than the guards.
"""

import random
from typing import Literal

import orjson
from msgspec import Struct
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1_000_000  # Slack: a view is at most 250 kB; Teams: a message 100 kB. They are the largest that come
_LONGEST_LENGTH = 12  # digits: Python refuses to read numbers of more than 4,300

# Of every answer that is no platform's: nothing of it is a page that loads, frames, guesses or keeps anything.
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"referrer-policy", b"no-referrer"),
)

# On our side: the signing secret, the machine's clock, the id of the registration, the choice of Microsoft's cloud.
Cause = Literal["secret", "clock", "audience", "cloud"]
Outcome = Literal["too_large", "unsigned", "malformed", "outsider", "too_many", "failed"]


class Answer(Struct, frozen=True):
    """What goes back to the platform."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class RefusedError(Exception):
    """The guard refuses; the message says why and quotes nothing of the request.

    `cause` is what is wrong on our side if the request was the platform's own; nobody who sends it is told.
    """

    def __init__(self, status: int, outcome: Outcome, reason: str, cause: Cause | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.outcome: Outcome = outcome
        self.cause = cause


def reference() -> str:
    """Make the id by which a person quotes a request and the log shows it: ten hex digits.

    It opens nothing, so nobody has to be kept from guessing it. To ask the system for each would be a call in which
    other threads take over.
    """
    return f"{random.getrandbits(40):010x}"


def too_large(most: int = MAX_BODY_BYTES) -> RefusedError:
    """Name the refusal of a body over the limit, whether announced or found."""
    return RefusedError(413, "too_large", f"the body is larger than {most} bytes")


def as_json(status: int, content: object, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """Give an answer whose body is JSON."""
    return Answer(status, orjson.dumps(content), "application/json; charset=utf-8", headers)


def secured(app: ASGIApp) -> ASGIApp:
    """Put the security headers on every answer of `app`; one that says something else of its own keeps that."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = {name.lower() for name, _ in headers}
                added = [header for header in SECURITY_HEADERS if header[0] not in given]
                message = {**message, "headers": [*headers, *added]}
            await send(message)

        await app(scope, receive, add)

    return answer


async def read_body(headers: dict[bytes, bytes], receive: Receive, most: int = MAX_BODY_BYTES) -> bytes | None:
    """Read the body, no further than the piece that is over `most` bytes; None where the client went away.

    Raises:
        RefusedError: the body is announced, or turns out, to be too large.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and (len(announced) > _LONGEST_LENGTH or int(announced) > most):
        raise too_large(most)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        pieces = bytearray(body)
        while message.get("more_body") and len(pieces) <= most:
            message = await receive()
            pieces += message.get("body", b"")
        body = bytes(pieces)
    return None if message["type"] == "http.disconnect" else body


async def send_answer(send: Send, answer: Answer, *, closes: bool = False) -> None:
    """Send an answer; `closes` the connection where the rest of a refused body must not be read as the next request."""
    headers = [
        (b"content-type", answer.content_type.encode("latin-1")),
        (b"content-length", str(len(answer.body)).encode()),
        *answer.headers,
    ]
    if closes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
