"""The page's drawer with the exchange on the wire: a line for each, and its bodies once somebody opens it."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.shared import server
from playground.shared.platform import Platform
from playground.shared.values import Json
from playground.shared.wire import Exchange

HIDDEN = "•••"
STILL_THERE = 15.0
LONGEST_NAME, LONGEST_PART = 120, 24  # characters
_SECRET_NAME = re.compile(r"token|secret|assertion|authorization|signature|password|cookie", re.IGNORECASE)
_SECRET = re.compile(r"\b(?:xox[a-z]-[\w-]+|xapp-[\w-]+|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)|(?<=/response/)[\w-]+")
_MENTION = re.compile(r"</?at>")
_BORING = {"accept", "accept-encoding", "connection", "host", "content-length"}


def routes(at: str, platform: Platform) -> list[Route]:
    """`wire` streams lines, newest last; `wire/{number}` gives the bodies of one."""

    async def stream(_: Request) -> Response:
        return StreamingResponse(
            _lines(platform), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def opened(request: Request) -> Response:
        exchange = platform.wire.find(int(request.path_params["number"]))
        if exchange is None:
            return JSONResponse({"error": "It is kept no more: only the latest are."}, 404)
        return JSONResponse(bodies(exchange), headers={"Cache-Control": "no-store"})

    return [Route(f"{at}wire", stream), Route(f"{at}wire/{{number:int}}", opened)]


async def _lines(platform: Platform) -> AsyncIterator[str]:
    """Everything that is kept first, then each as it comes; `oldest` says which are gone."""
    wire, is_closing = platform.wire, platform.is_closing
    told: tuple[int, int] | None = None
    while not is_closing.is_set():
        fresh = wire.after(told[1] if told else 0)
        now = (wire.oldest, fresh[-1].number if fresh else told[1] if told else 0)
        if now != told:
            told = now
            news = {"oldest": now[0], "fresh": [line(each) for each in fresh]}
            yield f"data: {json.dumps(news, separators=(',', ':'))}\n\n"
        elif not await server.either(wire.next_change(), is_closing.wait(), STILL_THERE):
            yield ": still there\n\n"


def line(exchange: Exchange) -> Json:
    """One exchange in a line: `milliseconds` is what the answer took, `error` the platform's code inside a 200."""
    answered = _parsed(exchange.answer, exchange.answer_kind)
    error = answered.get("error") if isinstance(answered, dict) and exchange.is_from_bot else None
    if isinstance(error, dict):
        error = error.get("code")
    return {
        "number": exchange.number,
        "at": exchange.at,
        "is_from_bot": exchange.is_from_bot,
        "method": exchange.method,
        "path": _short(masked(exchange.path.partition("?")[0])),
        "name": _MENTION.sub("", masked(exchange.name or _named(_sent(exchange))))[:LONGEST_NAME],
        "status": exchange.status,
        "error": error,
        "milliseconds": round(exchange.seconds * 1000, 1),
    }


def _short(path: str) -> str:
    """An address with its long ids cut; the whole one stands with the bodies."""
    parts = path.split("/")
    return "/".join(part if len(part) <= LONGEST_PART else f"{part[: LONGEST_PART // 2]}…" for part in parts)


def bodies(exchange: Exchange) -> Json:
    """Headers and bodies of one, without what is secret in them."""
    headers = {name: value for name, value in exchange.headers.items() if name.lower() not in _BORING}
    return {
        "address": f"{exchange.method} {masked(exchange.path)}",
        "headers": masked(headers),
        "request": masked(_sent(exchange)),
        "answer": masked(_parsed(exchange.answer, exchange.answer_kind)),
    }


def masked(value: Any, name: str = "") -> Any:  # noqa: ANN401  # any JSON
    """The same without tokens, secrets and signatures, by their names and by their looks."""
    match value:
        case dict():
            return {key: masked(held, key) for key, held in value.items()}
        case list():
            return [masked(held) for held in value]
        case str():
            return HIDDEN if value and _SECRET_NAME.search(name) else _SECRET.sub(HIDDEN, value)
        case _:
            return value


def _sent(exchange: Exchange) -> Any:  # noqa: ANN401  # any JSON
    kind = next((value for name, value in exchange.headers.items() if name.lower() == "content-type"), "")
    return _parsed(exchange.request, kind)


def _parsed(raw: bytes, kind: str) -> Any:  # noqa: ANN401  # any JSON
    """JSON and forms as what they say; JSON inside a form's field too. Anything else is text, and nothing is None."""
    if not raw:
        return None
    text = raw.decode("utf-8", "replace")
    if kind.startswith("application/x-www-form-urlencoded"):
        return {name: _inner(value) for name, value in parse_qsl(text, keep_blank_values=True)}
    try:
        return json.loads(text)
    except ValueError:
        return text


def _inner(value: str) -> Any:  # noqa: ANN401  # any JSON
    if value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _named(body: Any) -> str:  # noqa: ANN401  # any JSON
    """What a request to the bot is about, in the platform's words: a command line, a kind of press, an event."""
    match body:
        case {"command": str(command)}:
            return f"{command} {body.get('text', '')}".strip()
        case {"payload": dict(payload)}:
            return " ".join(filter(None, (str(payload.get("type", "")), _pressed(payload))))
        case {"event": {"type": str(kind)}}:
            return kind
        case {"type": str(kind)}:
            more = str(body.get("name") or body.get("text") or _first_kind(body))
            return f"{kind} {more}".strip()
        case _:
            return ""


def _pressed(payload: Mapping[str, Any]) -> str:
    actions = payload.get("actions")
    if isinstance(actions, list) and actions and isinstance(actions[0], dict):
        return str(actions[0].get("action_id", ""))
    view = payload.get("view")
    return str(payload.get("callback_id") or (view.get("callback_id", "") if isinstance(view, dict) else ""))


def _first_kind(activity: Mapping[str, Any]) -> str:
    """Which reaction, or what became of the place."""
    for name in ("reactionsAdded", "reactionsRemoved", "membersAdded", "membersRemoved", "action"):
        if activity.get(name):
            return str(activity[name]) if name == "action" else name
    return ""
