"""The guard of Slack's requests: signed, small and well-formed, or refused before any framework reads them."""

import hmac
import re
from typing import Any

from msgspec import Struct
from slack_sdk.signature import Clock, SignatureVerifier

from bot.slack import shape
from bot.web import asgi, text
from bot.web.asgi import Cause, RefusedError
from bot.web.shape import MisshapenError

_MAX_FIELDS = 100  # Slack: a command has about 15
_LONGEST_TIMESTAMP = 12
_TIMESTAMP, _SIGNATURE = re.compile(rb"[0-9]{1,12}"), re.compile(rb"v0=[0-9a-f]{64}")


class GuardedRequest(Struct, frozen=True):
    """A request that came from Slack and has the shape its kind must have (`bot/slack/shape.py`).

    `body` is a command's form fields, an interaction's payload or an event's envelope, parsed: nothing after the guard
    needs to parse again. `id` is the reference a person may quote and the log shows as `request`. `retry` is how
    often Slack has tried before.
    """

    id: str
    kind: shape.Kind
    body: dict[str, Any]
    retry: int


class _BytesVerifier(SignatureVerifier):
    """slack_sdk's check over the bytes as they came; its own decodes them first, and raises where they are no UTF-8."""

    def generate_signature(self, *, timestamp: str, body: str | bytes) -> str:
        raw = body.encode() if isinstance(body, str) else body
        signed = b"v0:%b:%b" % (timestamp.encode(), raw)
        return f"v0={hmac.digest(self.signing_secret.encode(), signed, 'sha256').hex()}"


class Guard:
    """Lets Slack's own requests through.

    Args:
        signing_secret: of the Slack app; ValueError where it is empty.
        clock: real time, also where the program's own clock is shifted; Slack signs by it.
    """

    def __init__(self, signing_secret: str, clock: Clock | None = None) -> None:
        self._verifier = _BytesVerifier(signing_secret, clock or Clock())

    def admit(self, request_id: str, headers: dict[bytes, bytes], body: bytes) -> GuardedRequest | None:
        """Check one request whose `headers` have lower-case names.

        None means that it is Slack's and needs nothing but a 200.

        Raises:
            RefusedError: 413 too large, 401 not signed by Slack within 5 minutes, 400 not of a shape Slack sends.
        """
        if len(body) > asgi.MAX_BODY_BYTES:
            raise asgi.too_large()
        if not self._is_signed(headers, body):
            reason = "the signature is missing, wrong or older than 5 minutes"
            raise RefusedError(401, "unsigned", reason, self._cause(headers, body))
        try:
            kind, content = _content(headers.get(b"content-type", b""), body)
        except ValueError as error:
            if isinstance(error, MisshapenError):
                raise RefusedError(400, "malformed", str(error)) from error
            # Invalid UTF-8, JSON that is none (or NaN, or 1,025 levels deep), an escape that is none.
            raise RefusedError(400, "malformed", "the body cannot be read") from error
        if kind is None:
            return None
        retry = headers.get(b"x-slack-retry-num", b"0")
        return GuardedRequest(request_id, kind, content, int(retry) if len(retry) == 1 and retry.isdigit() else 0)

    def _is_signed(self, headers: dict[bytes, bytes], body: bytes) -> bool:
        timestamp = headers.get(b"x-slack-request-timestamp", b"")
        signature = headers.get(b"x-slack-signature", b"")
        # slack_sdk raises for a timestamp that is no number of a size it can subtract, and for a signature not ASCII.
        if not timestamp.isdigit() or len(timestamp) > _LONGEST_TIMESTAMP or not signature.isascii():
            return False
        return self._verifier.is_valid(body, timestamp.decode(), signature.decode())

    def _cause(self, headers: dict[bytes, bytes], body: bytes) -> Cause | None:
        """Tell what is wrong here if a refused request was Slack's after all; None where it has not Slack's form."""
        timestamp, signature = headers.get(b"x-slack-request-timestamp", b""), headers.get(b"x-slack-signature", b"")
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            return None
        right = self._verifier.generate_signature(timestamp=timestamp.decode(), body=body)
        # Who signs rightly at another time knows the secret: then it is the clock, whatever the difference is.
        return "clock" if hmac.compare_digest(right.encode(), signature) else "secret"


def _content(content_type: bytes, body: bytes) -> tuple[shape.Kind | None, dict[str, Any]]:
    """Parse and check; ValueError for whatever cannot be parsed."""
    match content_type.partition(b";")[0].strip().lower():
        case b"application/x-www-form-urlencoded":
            return _form(body)
        case b"application/json":
            envelope = text.parsed(body)
            return shape.check_event(envelope), envelope
        case _:
            raise MisshapenError("the content type is neither a form nor JSON")


def form_fields(body: bytes) -> dict[str, str]:
    """Parse a form as `urllib.parse.parse_qsl` does, 3 to 20 times as fast: a button's payload is 5 kB of escapes.

    Raises:
        ValueError: it has more than 100 fields, a field twice, an escape that is none, or is not UTF-8.
    """
    fields: dict[str, str] = {}
    pairs = body.replace(b"+", b" ").decode().split("&")
    if len(pairs) > _MAX_FIELDS:
        raise MisshapenError("there are too many fields")
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if "%" in pair or "\0" in pair:
            name, value = _unescaped(name), _unescaped(value)
        if mark:
            if name in fields:
                raise MisshapenError("a field is there twice")
            fields[name] = value
    return fields


def _unescaped(raw: str) -> str:
    if "%" in raw:  # %41 becomes \x41, which Python has a decoder for in C; it yields a character for each byte
        escaped = raw.encode().replace(b"\\", rb"\\").replace(b"%", rb"\x")
        raw = escaped.decode("unicode_escape").encode("latin-1").decode()
    return raw.replace("\0", "")  # no database of ours stores it; once read, none is made anew


def _form(body: bytes) -> tuple[shape.Kind | None, dict[str, Any]]:
    fields = form_fields(body)
    match "command" in fields, "payload" in fields:
        case True, False:
            return shape.check_command(fields), fields
        case False, True:
            payload = text.parsed(fields["payload"].encode())
            return shape.check_payload(payload), payload
        case False, False if fields.get("ssl_check") == "1":
            return None, {}  # Slack looks at our certificate now and then
        case _:
            raise MisshapenError("the form has not one command or one payload")
