"""The guard: what Slack did not sign or would not send reaches no handler, and nothing ends in an exception."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from structlog.testing import capture_logs

from bot import logs
from bot.metrics import Metrics
from bot.platforms import KINDS
from bot.slack import guard, shape
from bot.slack.guard import GuardedRequest
from bot.slack.profile import PROFILE
from bot.slack.route import Apology, Reception, SlackRoute
from bot.web import asgi
from bot.web.asgi import Answer
from bot.web.shape import MisshapenError
from tests.bot.slack import requests as sent
from tests.bot.slack.spoiled import ANY_JSON, changed, nearly_slack
from tests.bot.web.asgi import Headers, Reply, call

Request = tuple[bytes, bytes]  # content type, body


@dataclass
class Inner:
    """Stands for the handlers behind the guard: remembers what reached them, and fails when told to."""

    answer: Answer = field(default_factory=lambda: Answer(200, b"answered"))
    error: Exception | None = None
    reached: list[GuardedRequest] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    metrics: Metrics = field(default_factory=lambda: Metrics(lambda: 0.0, KINDS))

    async def receive_slack(self, request: GuardedRequest) -> Answer:
        """Take a request that was let through."""
        self.reached.append(request)
        if self.error:
            raise self.error
        return self.answer

    def route(self) -> SlackRoute:
        """Build the route under test around this."""
        apology = Apology(lambda reference: f"Sorry: {reference}", lambda url, words: self.told.append((url, words)))
        return SlackRoute(sent.SECRET, Reception(self.receive_slack, apology, self.metrics), sent.Noon())

    def count(self, kind: str, outcome: str) -> float | None:
        """Read how many requests were counted so."""
        labels = {"kind": kind, "outcome": outcome}
        return self.metrics.registry.get_sample_value("pm_compare_requests_total", labels)


@cache
def uncounted() -> Metrics:
    """Give metrics that nobody reads, for hundreds of requests: to make them takes as long as to answer one."""
    return Metrics(lambda: 0.0, KINDS)


async def post(inner: Inner, request: Request, headers: Headers | None = None) -> Reply:
    """Post one request, signed unless `headers` say otherwise."""
    content_type, body = request
    signed = sent.headers(content_type, body)
    return await call(inner.route(), "POST", PROFILE.path, signed if headers is None else headers, [body])


GOOD: list[tuple[str, Request]] = [
    ("command", sent.form(sent.command())),
    ("action", sent.payload(sent.press())),
    ("options", sent.payload(sent.choose())),
    ("view", sent.payload(sent.submit())),
    ("shortcut", sent.payload(sent.shortcut())),
    ("event", sent.envelope(sent.reaction())),
    ("event", sent.envelope(sent.revocation())),
    ("event", sent.envelope(sent.home_opened())),
    ("action", sent.payload(sent.press_at_home())),
    ("event", sent.envelope(sent.mention())),
    ("verification", sent.envelope(sent.verification())),
]


@pytest.mark.parametrize(("kind", "request_"), GOOD)
async def test_what_slack_sends_gets_through(kind: str, request_: Request) -> None:
    """A signed request of each kind reaches the handlers, parsed, and their answer goes back as it is."""
    inner = Inner(answer=Answer(200, b'{"text":"risks"}', "application/json"))
    reply = await post(inner, request_)
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b'{"text":"risks"}', "application/json")
    assert [request.kind for request in inner.reached] == [kind]
    assert inner.count(kind, "answered") == 1


async def test_words_survive_the_form() -> None:
    """What was typed arrives word for word, the word "payload" too (Bolt's own parser loses such a command)."""
    for words in ("payload", "a+b & c=d %41 \\x41 \\", "żółć 🧪", ""):
        inner = Inner()
        await post(inner, sent.form(sent.command(words)))
        assert inner.reached[0].body["text"] == words


ODD = "a\\u0000b\\ud800c\\udc00d \\ud83d\\udd0d \\ud83d\\u0041 \\\\u0000 \\\\\\u0000."  # as escapes, inside JSON
CLEAN = "ab\ufffdc\ufffdd 🔍 \ufffdA \\u0000 \\."


@pytest.mark.parametrize("name", ["text", "key", "nested"])
async def test_what_no_database_holds_is_taken_out(name: str) -> None:
    """No NUL, and no half of a pair, in whatever text, key or list; all else stays as it was sent."""
    content = {"text": "@", "key": {"@": 1}, "nested": [{"a": ["@"]}]}
    want = {"text": CLEAN, "key": {CLEAN: 1}, "nested": [{"a": [CLEAN]}]}
    event, press = sent.mention(), sent.press()
    event["event"][name] = press["message"][name] = content[name]
    for written, content_type in ((event, sent.JSON), (press, sent.FORM)):
        raw = orjson.dumps(written).replace(b"@", ODD.encode()) if name != "text" else orjson.dumps(written)
        raw = raw.replace(b'"text":"@"', b'"text":"%b"' % ODD.encode())
        body = urlencode({"payload": raw.decode()}).encode() if content_type == sent.FORM else raw
        inner = Inner()
        assert (await post(inner, (content_type, body))).status == 200
        held = inner.reached[0].body["event" if content_type == sent.JSON else "message"][name]
        assert held == want[name]
    inner = Inner()
    await post(inner, sent.form(sent.command("ri\0sks \0")))
    assert inner.reached[0].body["text"] == "risks "


@given(
    st.dictionaries(st.text(), st.text().filter(lambda value: "\0" not in value), max_size=20).filter(
        lambda fields: "\0" not in "".join(fields)
    )
)
def test_forms_are_read_as_the_standard_library_reads_them(fields: dict[str, str]) -> None:
    """The fast parser gives what urllib.parse gives, for every form."""
    body = urlencode(fields).encode()
    assert guard.form_fields(body) == dict(parse_qsl(body.decode(), keep_blank_values=True)) == fields


async def test_retries_are_counted_for_the_handlers() -> None:
    """Slack's retry number arrives with the event."""
    request = sent.envelope(sent.reaction())
    inner = Inner()
    await post(inner, request, [*sent.headers(*request), (b"x-slack-retry-num", b"2")])
    await post(inner, request, [*sent.headers(*request), (b"x-slack-retry-num", b"many")])
    assert [guarded.retry for guarded in inner.reached] == [2, 0]


def without(headers: Headers, name: bytes) -> list[tuple[bytes, bytes]]:
    """Leave one header out."""
    return [header for header in headers if header[0] != name]


BODY = sent.form(sent.command())
SIGNED = sent.headers(*BODY)
STAMP, SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        without(SIGNED, SIGNATURE),
        without(SIGNED, STAMP),
        sent.headers(*BODY, secret="another"),  # noqa: S106 # a wrong secret is what is tested
        sent.headers(*BODY, at=sent.NOW - 301),
        sent.headers(*BODY, at=sent.NOW + 301),
        sent.headers(BODY[0], BODY[1] + b" "),
        [*without(SIGNED, SIGNATURE), (SIGNATURE, "v0=é".encode())],
        [*without(SIGNED, STAMP), (STAMP, b"yesterday")],
        [*without(SIGNED, STAMP), (STAMP, b"9" * 5000)],
        [*without(SIGNED, STAMP), (STAMP, "١٢٣".encode())],
    ],
)
async def test_unsigned_is_401(headers: Headers) -> None:
    """Without a right and recent signature there is a 401, and no handler hears of it."""
    inner = Inner()
    logs.configure("info", "json")
    with capture_logs() as lines:
        reply = await post(inner, BODY, headers)
    logs.configure("warning", "json")
    assert reply.status == 401
    assert lines == []  # anybody could fill a log that shows these
    assert inner.reached == []
    assert inner.count("unread", "unsigned") == 1


@pytest.mark.parametrize("age", [-300, 0, 300])
async def test_five_minutes_are_recent(age: int) -> None:
    """Slack's window is five minutes either way."""
    inner = Inner()
    assert (await post(inner, BODY, sent.headers(*BODY, at=sent.NOW + age))).status == 200


MALFORMED: list[Request] = [
    (b"text/plain", BODY[1]),
    (b"", BODY[1]),
    (sent.JSON, BODY[1]),
    (sent.FORM, b""),
    (sent.FORM, b"a=b"),
    (sent.FORM, b"command=%2Fpm-compare"),
    (sent.FORM, b"command=%ff&user_id=U1"),
    (sent.FORM, b"command=%zz"),
    (sent.FORM, b"\xff\xfe"),
    (sent.FORM, BODY[1] + b"&command=%2Fother"),
    (sent.FORM, BODY[1] + b"&payload=%7B%7D"),
    (sent.FORM, BODY[1] + b"&authorizations=x"),
    (sent.FORM, BODY[1] + b"&response_urls=x"),
    (sent.FORM, b"&".join(b"f%d=" % number for number in range(101))),
    sent.form(sent.command() | {"command": "pm-compare"}),
    sent.form(sent.command() | {"user_id": "U\n1"}),
    sent.form(sent.command() | {"team_id": ""}),
    (sent.FORM, b"payload={x"),
    (sent.FORM, b"payload="),
    (sent.FORM, b"payload=" + b"[" * 5000),
    sent.payload([]),
    sent.payload(changed(sent.press(), "type", to="dialog_submission")),
    sent.payload(changed(sent.press(), "type", to=["block_actions"])),
    sent.payload(changed(sent.press(), "team", to=5)),
    sent.payload(changed(sent.press(), "team", to="T0001")),
    sent.payload(changed(sent.press(), "user", to="U0001")),
    sent.payload(changed(sent.press(), "user", "id", to=...)),
    sent.payload(changed(sent.press(), "channel", to="C0001")),
    sent.payload(changed(sent.press(), "channel", "id", to={})),
    sent.payload(changed(sent.press(), "response_url", to=1)),
    sent.payload(changed(sent.press(), "event", to=None)),
    sent.payload(changed(sent.press(), "actions", to=[])),
    sent.payload(changed(sent.press(), "actions", to={})),
    sent.payload(changed(sent.press(), "actions", to=[None])),
    sent.payload(changed(sent.press(), "actions", 0, "action_id", to=7)),
    sent.payload(changed(sent.press(), "actions", 0, "value", to={})),
    sent.payload(changed(sent.press(), "actions", 0, "selected_option", to="x")),
    sent.payload(changed(sent.press(), "actions", 0, "selected_option", to={"value": 1})),
    sent.payload(changed(sent.choose(), "value", to=None)),
    sent.payload(changed(sent.shortcut(), "callback_id", to=...)),
    sent.payload(changed(sent.submit(), "view", to=None)),
    sent.payload(changed(sent.submit(), "view", "callback_id", to=...)),
    sent.payload(changed(sent.submit(), "view", "state", to=[])),
    sent.payload(changed(sent.submit(), "view", "state", "values", to=[])),
    sent.payload(changed(sent.submit(), "view", "state", "values", to={"weekday": {"weekday": 1}})),
    sent.payload(changed(sent.submit(), "response_urls", to=["x"])),
    sent.payload(changed(sent.submit(), "response_urls", to=[{}, {}])),
    (sent.JSON, b"{"),
    (sent.JSON, b"[]"),
    (sent.JSON, b"null"),
    (sent.JSON, b"NaN"),
    (sent.JSON, b'{"type": NaN}'),
    (sent.JSON, b'{"type": "event_callback", "event_time": 1e999}'),
    (sent.JSON, b'{"type": "event_callback", "event_time": ' + b"9" * 5000 + b"}"),
    (sent.JSON, b'{"type": "event_callback\xff"}'),
    (sent.JSON, b'{"type": "\\ud800"}'),
    (sent.JSON, b'{"a":' * 3000 + b"1" + b"}" * 3000),
    sent.envelope({}),
    sent.envelope(changed(sent.verification(), "challenge", to=1)),
    sent.envelope(changed(sent.reaction(), "event", to=None)),
    sent.envelope(changed(sent.reaction(), "event", to=[])),
    sent.envelope(changed(sent.reaction(), "event", "type", to=...)),
    sent.envelope(changed(sent.reaction(), "event", "user", to={"id": 1})),
    sent.envelope(changed(sent.reaction(), "event", "item", to=None)),
    sent.envelope(changed(sent.reaction(), "event", "item", "channel", to=5)),
    sent.envelope(changed(sent.reaction(), "event", "item", "ts", to=1.2)),
    sent.envelope(changed(sent.reaction(), "event_id", to=...)),
    sent.envelope(changed(sent.reaction(), "team_id", to=[])),
    sent.envelope(changed(sent.reaction(), "authorizations", to=[1])),
    sent.envelope(changed(sent.reaction(), "authorizations", to="T0001")),
    sent.envelope(changed(sent.mention(), "event", "text", to=None)),
    sent.envelope(changed(sent.mention(), "event", "user", to={"id": "U0001"})),
    sent.envelope(changed(sent.revocation(), "event", "tokens", to=[])),
    sent.envelope(changed(sent.home_opened(), "event", "user", to="")),
    sent.envelope(changed(sent.home_opened(), "event", "tab", to=None)),
    sent.envelope(changed(sent.home_opened(), "event", "view", to="V0001")),
    sent.envelope(changed(sent.mention(), "event", "event", to={"event": {"event": {}}})),
]


@pytest.mark.parametrize("request_", MALFORMED)
async def test_malformed_is_400_and_one_line(request_: Request) -> None:
    """A signed request of a shape Slack never sends gets a 400 whose reference is in the log, on the only line."""
    inner = Inner()
    with capture_logs() as lines:
        reply = await post(inner, request_)
    assert reply.status == 400, reply.body
    assert inner.reached == []
    assert inner.count("unread", "malformed") == 1
    answer = orjson.loads(reply.body)
    assert answer["ok"] is False
    assert answer["reference"]
    assert [(line["event"], line["log_level"], line["status"]) for line in lines] == [("slack.refused", "warning", 400)]


@pytest.mark.parametrize("fields", [None, [], "x", {}, {"command": 5}, sent.command() | {"text": 5}])
def test_commands_as_json(fields: object) -> None:
    """Over Socket Mode a command comes as JSON, and is refused with the same error where it is none."""
    with pytest.raises(MisshapenError):
        shape.check_command(fields)
    assert shape.check_command(sent.command()) == "command"


async def test_what_needs_no_handler() -> None:
    """Slack's look at our certificate, and its notice of held back events, get a 200 and reach nobody."""
    inner = Inner()
    assert (await post(inner, sent.form({"ssl_check": "1", "token": "x"}))).status == 200
    assert (await post(inner, sent.envelope({"type": "app_rate_limited", "team_id": "T0001"}))).status == 200
    assert inner.reached == []


LARGE = b"x" * (asgi.MAX_BODY_BYTES + 1)


async def test_announced_size() -> None:
    """A body announced as too large is refused before any of it is read, and the connection is closed."""
    inner = Inner()
    for length in (str(len(LARGE)).encode(), b"9" * 5000):
        headers = [*without(SIGNED, b"content-length"), (b"content-length", length)]
        reply = await call(inner.route(), "POST", PROFILE.path, headers, [LARGE])
        assert (reply.status, reply.reads, reply.headers["connection"]) == (413, 0, "close")


async def test_size_while_streaming() -> None:
    """A body that was not announced is read no further than the limit."""
    inner = Inner()
    pieces = [b"x" * 400_000] * 10
    reply = await call(inner.route(), "POST", PROFILE.path, without(SIGNED, b"content-length"), pieces)
    assert (reply.status, reply.reads) == (413, 3)
    reply = await call(inner.route(), "POST", PROFILE.path, without(SIGNED, b"content-length"), [LARGE])
    assert reply.status == 413
    assert inner.reached == []


async def test_a_body_in_pieces_is_one_body() -> None:
    """A signed body that comes byte by byte is answered like any other."""
    inner = Inner()
    reply = await call(inner.route(), "POST", PROFILE.path, SIGNED, [bytes([byte]) for byte in BODY[1]])
    assert reply.status == 200
    assert len(inner.reached) == 1


async def test_a_client_that_goes_away_is_not_answered() -> None:
    """A connection that breaks before the body is whole reaches no handler and gets no answer."""
    inner = Inner()
    reply = await call(inner.route(), "POST", PROFILE.path, SIGNED, [])
    assert (reply.status, inner.reached) == (0, [])


async def test_413_over_a_real_server() -> None:
    """A client that announces 2 MB and sends nothing is told at once, and the connection closes."""
    inner = Inner()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(inner.route(), log_config=None, lifespan="off", http="httptools")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
        async with asyncio.timeout(5):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 413 ")
        writer.close()
        await writer.wait_closed()
    finally:
        server.should_exit = True
        await serving


# --- failures behind the guard


def failing() -> list[Inner]:
    """Give handlers that raise, and handlers that answer 500 as Bolt does."""
    return [Inner(error=RuntimeError("boom")), Inner(error=RecursionError()), Inner(answer=Answer(500))]


@pytest.mark.parametrize("index", range(3))
async def test_a_failed_command_is_answered_politely(index: int) -> None:
    """Whoever typed a command that fails reads words and a reference, which is the id on the one error line."""
    inner = failing()[index]
    with capture_logs() as lines:
        reply = await post(inner, sent.form(sent.command()))
    reference = inner.reached[0].id
    assert reply.status == 200
    assert reply.json()["text"] == f"Sorry: {reference}"
    assert reply.json()["response_type"] == "ephemeral"
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["slack.failed"]
    assert inner.count("command", "failed") == 1


@pytest.mark.parametrize("index", range(3))
async def test_a_failed_button_is_answered_through_its_response_url(index: int) -> None:
    """Slack shows nothing of a button's acknowledgement, so the words go to the response_url."""
    inner = failing()[index]
    assert (await post(inner, sent.payload(sent.press()))).status == 200
    assert inner.told == [("https://hooks.slack.com/actions/T0001/1/abc", f"Sorry: {inner.reached[0].id}")]


@pytest.mark.parametrize("index", range(3))
async def test_a_failed_form_stays_open_with_the_words(index: int) -> None:
    """The words stand at the form's first field; a form without fields, or one being closed, just closes."""
    inner = failing()[index]
    reply = await post(inner, sent.payload(sent.submit()))
    words = f"Sorry: {inner.reached[0].id}"
    assert reply.json() == {"response_action": "errors", "errors": {"weekday": words}}
    for content in (
        changed(sent.submit(), "type", to="view_closed"),
        changed(sent.submit(), "view", "blocks", to=[None, {"type": "input", "block_id": 5}]),
        changed(sent.submit(), "view", "blocks", to="x"),
    ):
        reply = await post(inner, sent.payload(content))
        assert (reply.status, reply.json()) == (200, {})


async def test_failed_options_are_none() -> None:
    """A menu whose options cannot be found shows none, not an error."""
    assert (await post(failing()[0], sent.payload(sent.choose()))).json() == {"options": []}


@pytest.mark.parametrize("index", range(3))
async def test_a_failed_event_is_asked_for_again(index: int) -> None:
    """An event that fails gets a 503, so that Slack sends it again: the ledger makes twice harmless."""
    inner = failing()[index]
    reply = await post(inner, sent.envelope(sent.reaction()))
    assert reply.status == 503
    assert reply.json()["reference"] == inner.reached[0].id


# --- whatever comes


@cache
def bolt() -> AsyncApp:
    """Build, once, a Bolt app as strict as Bolt gets: whatever its own code cannot read is raised here."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-1", bot_user_id="U0002")  # noqa: S106 # no real token

    app = AsyncApp(name="strict", authorize=authorize, process_before_response=True, request_verification_enabled=False)

    @app.error
    async def fail(error: Exception) -> None:
        raise error

    async def listen(ack: Callable[[], Any]) -> None:
        await ack()

    app.command("/pm-compare")(listen)
    app.action("show-1")(listen)
    app.options("zone")(listen)
    app.view("tips-save")(listen)
    app.view_closed("tips-save")(listen)
    app.shortcut("compare")(listen)
    app.event("reaction_added")(listen)
    app.event("tokens_revoked")(listen)
    app.event("app_home_opened")(listen)
    app.event("app_mention")(listen)
    return app


ANY_HEADERS = st.lists(
    st.tuples(
        st.sampled_from([STAMP, SIGNATURE, b"content-type", b"content-length", b"x-slack-retry-num"]),
        st.binary(max_size=30) | st.just(str(sent.NOW).encode()),
    ),
    max_size=6,
)
ANY_TYPE = st.sampled_from([sent.FORM, sent.JSON, b"application/json; charset=utf-8", b"text/plain"]) | st.binary()
ANY_BODY = (
    st.binary(max_size=200)
    | ANY_JSON.map(orjson.dumps)
    | ANY_JSON.map(lambda content: sent.payload(content)[1])
    | st.dictionaries(st.text(max_size=8), st.text(max_size=20)).map(lambda fields: urlencode(fields).encode())
)
ANY_REQUEST = st.tuples(ANY_TYPE, ANY_BODY) | nearly_slack()


@given(ANY_REQUEST, ANY_HEADERS)
async def test_unsigned_never_reaches_a_handler(request: Request, headers: list[tuple[bytes, bytes]]) -> None:
    """Whatever comes without Slack's signature is refused, whatever its headers, type and body."""
    inner = Inner(metrics=uncounted())
    with capture_logs():
        reply = await post(inner, request, [(b"content-type", request[0]), *headers])
    assert reply.status in {401, 413}
    assert inner.reached == []


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(ANY_REQUEST)
async def test_signed_is_refused_or_readable(request: Request) -> None:
    """Whatever comes with Slack's signature is a 400, or Bolt reads it and runs its listeners without an exception."""
    inner = Inner(metrics=uncounted())
    with capture_logs():
        reply = await post(inner, request)
    if not inner.reached:
        assert reply.status in {200, 400}
        return
    assert reply.status == 200
    app = bolt()
    response = await app.async_dispatch(AsyncBoltRequest(body=inner.reached[0].body, mode="socket_mode"))
    assert response.status < 500


@pytest.mark.parametrize(("kind", "request_"), GOOD)
async def test_bolt_hears_what_gets_through(kind: str, request_: Request) -> None:
    """Each kind of guarded request, handed over parsed, finds its listener in Bolt."""
    inner = Inner()
    await post(inner, request_)
    response = await bolt().async_dispatch(AsyncBoltRequest(body=inner.reached[0].body, mode="socket_mode"))
    assert response.status == 200, kind


@pytest.mark.parametrize("raw", ["%%0000", "%0%000", "%00%00", "a%%000%000b", "\0", "%%00%30%30"])
def test_no_nul_is_left_in_a_form(raw: str) -> None:
    """Taking one out makes no new one; PostgreSQL would refuse the text that holds it."""
    try:
        fields = guard.form_fields(b"command=/pm-compare&text=" + raw.encode())
    except ValueError:
        return  # an escape that is none
    assert not any("\0" in text for pair in fields.items() for text in pair)
