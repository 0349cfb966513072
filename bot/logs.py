"""The log: structured lines, one renderer for ours and the libraries', and no secret in any of them."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO
from urllib.parse import quote, unquote

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from handlers.current_request import current_request

_HIDDEN = "***"
_SHORTEST_SECRET = 6  # a shorter one stands in ordinary words, and striking it would make lines unreadable
_LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_SECRET_KEY = re.compile(
    r"secret|token|password|authorization|signature|response_url|cookie|encryption_key", re.IGNORECASE
)
_SECRET_SHAPES = (
    rb"xox[a-z]-[\w-]+",  # Slack: bot, user, refresh and legacy tokens
    rb"xapp-[\w-]+",  # Slack: app-level tokens
    rb"(?<=(?i:bearer) )[\w.~+/=-]+",
    rb"hooks\.slack[\w.-]*/[\w/%.-]+",  # response_url and webhooks: whoever has one may post
    rb"(?<=://)[^\s/:@\"]*:[^\s/@\"]+(?=@)",  # user:password of an address
    rb"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?",  # signed tokens: Microsoft's, and those we sign
)
# What stands behind a name that says so: in an address, a header, libpq's settings, or a dictionary's repr or JSON.
_BEHIND_NAMES = re.compile(
    rb"""(?ix)
    (
      (?: [?&](?:code|state|sig) | [\w-]*(?:token|secret|password|passwd|signature|assertion|cookie)[\w-]* ) =\\*["']?
    | [\w-]*(?:token|secret|password|signature|assertion|cookie)[\w-]* \\*["']\s*:\s*\\*["']
    | (?:signature|cookie) :\ ?
    | authorization \\*["']?\s*:\s*\\*["']? (?:basic|bearer|digest|negotiate)?\ *
    )
    [^\s&"'\\,;)}]+
    """
)
# Without one of these in it a line has nothing that the patterns above find, and looking for them takes 400 times as
# long: a line is written for each post.
_SHAPES_BEGIN = (b"xox", b"xapp-", b"hooks.slack", b"://", b"eyJ")
_NAMES = (
    *(b"token", b"secret", b"passw", b"signature", b"assertion", b"cookie", b"authorization", b"bearer "),
    *(b"code=", b"state=", b"sig="),
)  # in small letters


def configure(level: str, form: str, secrets: Iterable[str] = (), stream: BinaryIO | None = None) -> None:
    """Send every log line to `stream` (default: standard error, so that output can be piped).

    Libraries log through `logging`: their lines from WARNING up join ours; uvicorn's access log is off. Call it
    once, before loggers are bound; calling it again starts over.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        form: `json` for one object a line, `console` for people.
        secrets: values to strike out wherever they appear, whatever they look like.
        stream: where to write bytes.
    """
    out = stream or sys.stderr.buffer
    structlog.configure(
        processors=[
            _add_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            _hide_named_secrets,
            _line(form, secrets, has_colors=out.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Handover(level=max(logging.WARNING, _LEVELS[level]))]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # uvicorn may have given them handlers of their own
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"


class _Handover(logging.Handler):
    """Hands what libraries log to structlog, so that all lines are rendered, and struck out, by one chain."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        try:
            log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
        except Exception:  # noqa: BLE001 # as logging.Handler demands: a line that can't be written stops nobody
            self.handleError(record)


def _add_request(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    request = current_request.get()
    if request:
        line.setdefault("request", request)
    return line


def _hide_named_secrets(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    return {key: _without_secrets(key, value) for key, value in line.items()}


def _without_secrets(key: object, value: object) -> object:
    if isinstance(key, str) and _SECRET_KEY.search(key) and value:
        return _HIDDEN
    if isinstance(value, Mapping):
        return {inner: _without_secrets(inner, held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets("", held) for held in value]
    return value


def _line(form: str, secrets: Iterable[str], *, has_colors: bool) -> Processor:
    """Renders, then strikes secrets out of the finished line: what a repr or a traceback shows does not get past it."""
    draw = _json if form == "json" else _words(has_colors=has_colors)
    known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
    literals = [written for secret in known for written in _as_written(secret)]
    pattern = re.compile(b"|".join((*map(re.escape, literals), *_SECRET_SHAPES)))
    telling = (*_SHAPES_BEGIN, *literals)

    def rendered(_logger: WrappedLogger, _method: str, line: EventDict) -> bytes:
        drawn = draw(line)
        lowered = drawn.lower()
        if any(sign in drawn for sign in telling) or any(name in lowered for name in _NAMES):
            return _BEHIND_NAMES.sub(rb"\1" + _HIDDEN.encode(), pattern.sub(_HIDDEN.encode(), drawn))
        return drawn

    return rendered


def _as_written(secret: str) -> list[bytes]:
    """List how a line may hold a secret: as it is, in an address, inside a repr, and any of these inside JSON."""
    forms = {secret, unquote(secret), quote(secret), quote(secret, safe="")}
    for _ in range(2):  # a JSON text, or a repr, may stand in another
        forms |= {written for form in forms for written in (_inside(repr, form), _inside(json.dumps, form))}
    plain = {
        written for form in forms for written in (form.encode("utf-8", "backslashreplace"), orjson.dumps(form)[1:-1])
    }
    return sorted(plain, key=len, reverse=True)


def _inside(draw: Callable[[str], str], text: str) -> str:
    return draw(text)[1:-1]


def _json(line: EventDict) -> bytes:
    try:
        return orjson.dumps(line, default=repr, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:  # a lone surrogate, a number of more than 64 bits: the line matters more
        return orjson.dumps({key: ascii(value) for key, value in line.items()})


def _words(*, has_colors: bool) -> Callable[[EventDict], bytes]:
    # Plain tracebacks: where rich is installed, structlog's default draws each frame's local variables, secrets too.
    plain = structlog.dev.plain_traceback
    render = structlog.dev.ConsoleRenderer(colors=has_colors, exception_formatter=plain)
    return lambda line: render(None, "", line).encode("utf-8", "backslashreplace")
