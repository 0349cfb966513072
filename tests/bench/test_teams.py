"""Prove that the bench on Teams sends what the Teams SDK lets in, never the same twice, and compares equal cards."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest

from bench import table, wrk
from bench.contest import OURS
from bench.rounds import Memory, Samples, StartSamples
from bench.servers import Cores, Recipe, Server, free_port, running
from bench.slack.contest import Contest as SlackContest
from bench.teams import contest, loads
from bench.teams.contest import ECHO, RIVALS, Contest
from bench.teams.loads import Connector
from bench.wrk import BrokenError, Numbering
from playground.shared.clock import EmulatorClock
from playground.teams.keys import Keys, SigningKey

pytestmark = pytest.mark.xdist_group("echo")  # one process imports all of the SDK, and one echo bot serves all tests

BUTTON = {"action": "pm-compare", "value": "show|dimension/skills|previous"}
CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "Risks"}],
    "actions": [
        {"type": "Action.Execute", "data": {"action": "pm-compare", "value": "deepen|dimension/risks|detail"}},
        {"type": "Action.ShowCard", "card": {"actions": [{"type": "Action.Execute", "data": BUTTON}]}},
    ],
}


@contextmanager
def stub(folder: Path) -> Iterator[Contest]:
    """Start the stub of the Bot Connector, and give a contest with a card of the test's own."""
    port = free_port()
    connector = Connector(f"http://127.0.0.1:{port}")
    (folder / "keys.json").write_text(connector.keys, encoding="utf-8")
    recipe = Recipe("stub", ("-m", "bench.teams.stub", str(port), str(folder / "keys.json")), {}, port)
    with running(recipe, None, folder) as server:
        cores = Cores(None, None)
        slack = SlackContest(folder, cores, server, b"")
        yield Contest(folder, cores, slack, server, connector, posted=CARD, changed=CARD, data=BUTTON)


@pytest.fixture(scope="module")
def echoing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Contest, Server]]:
    """Give the stub, and the SDK's echo bot as it is measured."""
    folder = tmp_path_factory.mktemp("echo")
    with stub(folder) as found, running(found.echo(), None, folder) as echo:
        yield found, echo


async def test_sdk_accepts_the_token(echoing: tuple[Contest, Server]) -> None:
    """What is measured are answers and not refusals: the SDK's own check lets the token through, by the stub's keys."""
    # Slow, and whoever only finds the tests needs none of it.
    from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides  # noqa: PLC0415 # as said
    from microsoft_teams.apps.auth import InboundActivityTokenValidator  # noqa: PLC0415 # as said

    found, _ = echoing
    connector = found.connector
    cloud = with_overrides(PUBLIC, openid_metadata_url=f"{found.cloud}/v1/.well-known/openidconfiguration")
    validator = InboundActivityTokenValidator(loads.CLIENT, cloud)
    claims = await asyncio.to_thread(asyncio.run, validator.validate_token(connector.token, connector.service_url))
    assert claims["serviceurl"] == connector.service_url
    kid = jwt.get_unverified_header(connector.token)["kid"]
    forged = Keys(EmulatorClock(), loads.CLIENT).token(connector.service_url, key=SigningKey(), kid=kid)
    with pytest.raises(jwt.InvalidTokenError):
        await asyncio.to_thread(asyncio.run, validator.validate_token(forged, connector.service_url))


def test_sdk_knows_the_activities() -> None:
    """The SDK's models take both activities, so the echo bot does what it does for real ones."""
    from microsoft_teams.api.activities import ActivityTypeAdapter  # noqa: PLC0415 # as above

    connector = Connector("http://127.0.0.1:1")
    message, click = (
        ActivityTypeAdapter.validate_json(load.body) for load in (connector.message("risks"), connector.click(BUTTON))
    )
    assert message.type == "message"
    assert message.text == "risks"
    assert click.type == "invoke"
    assert click.name == "adaptiveCard/action"


def test_no_two_requests_are_the_same_activity() -> None:
    """Each number makes an activity of its own, from one of many people, chats and tenants, in as many bytes."""
    request = Connector("http://127.0.0.1:1").message("risks").message(3000, 0.0)
    first, second = (loads.numbered(request, number) for number in (7, 123_456))
    assert len(first) == len(second) == len(request)
    found = [json.loads(each.partition(b"\r\n\r\n")[2]) for each in (first, second)]
    assert found[0]["id"] == "f:000000000007"
    for one, other in zip(
        *([each["id"], each["from"]["id"], each["conversation"]["id"]] for each in found), strict=True
    ):
        assert one != other
    tenants = [each["conversation"]["tenantId"] for each in found]
    assert tenants == [each["channelData"]["tenant"]["id"] for each in found]
    assert tenants[0] != tenants[1]


def test_echo_bot_answers_as_it_must(echoing: tuple[Contest, Server]) -> None:
    """The SDK's echo bot, as it is measured, answers a click with the card, and a message with a post of it."""
    found, echo = echoing
    before = found.arrived()
    click, message = found.loads(echo)
    answer = json.loads(found.check(echo, click))
    assert answer == {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": CARD}
    assert found.check(echo, message) == b""
    sent = time.monotonic()
    conversation, _, _ = found.send(echo, message)
    assert found.posted_at(conversation, sent) > sent
    assert found.arrived() == before + 2


def test_another_card_is_no_answer(echoing: tuple[Contest, Server]) -> None:
    """A server that answers with another card than ours is not measured."""
    found, echo = echoing
    other = replace(found, changed={**CARD, "body": []})
    with pytest.raises(BrokenError, match="another card"):
        other.check(echo, other.loads(echo)[0])


def test_button_is_found_in_the_card() -> None:
    """The click is one on a button the card really has; a card without one stops the bench."""
    assert contest.button(CARD) == BUTTON
    with pytest.raises(BrokenError, match="no button"):
        contest.button({**CARD, "actions": CARD["actions"][:1]})


@pytest.mark.skipif(not wrk.is_there(), reason="needs wrk")
def test_wrk_numbers_its_requests(tmp_path: Path) -> None:
    """What wrk sends bears one number after the other."""
    seen: list[tuple[str, str]] = []

    class Noting(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece: the second of two would wait for 40 ms

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found = json.loads(body)
            seen.append((found["id"], found["conversation"]["id"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        load = Connector("http://127.0.0.1:1").message("risks")
        port = server.server_address[1]
        numbering = Numbering(loads.NUMBER, 5_000_000, loads.CHAT, 3)
        run = wrk.run(load, port, b"ok", clients=1, seconds=0.2, folder=tmp_path, numbering=numbering)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(seen) >= run.requests
    assert len(seen) > 3  # each of the few comes, and then the first again
    # wrk asks for a request once before it sends any
    first = int(seen[0][0].partition(":")[2])
    assert first in {5_000_001, 5_000_002}
    numbers = range(first, first + len(seen))
    assert seen == [(f"f:{number:012}", f"a:1bench-{number % 3:012}") for number in numbers]


def test_table_names_both_and_judges() -> None:
    """The table shows ours and the SDK's echo bot, by the aims: 0.9 of its requests a second, 150 MB at most."""
    speeds = {
        "a click": {
            OURS: Samples(rate=[910.0], p50=[1.0], p99=[2.0], cpu=[10.0]),
            ECHO: Samples(rate=[1000.0], p50=[2.0], p99=[2.0], cpu=[10.0]),
        },
        "a message": {
            OURS: Samples([800.0], [1.0], [2.0], [10.0], accepted=[2000.0], until_posted=[30.0]),
            ECHO: Samples([1000.0], [1.0], [2.0], [10.0], accepted=[1000.0], until_posted=[5.0]),
        },
    }
    starts = {name: StartSamples([2.0], [2.0]) for name in (OURS, ECHO)}
    memories = {OURS: Memory(150.0, 171.0), ECHO: Memory(100.0, 120.0)}
    rows = table.rows(speeds, starts, memories, 1_000, RIVALS)
    drawn = table.drawn(rows, RIVALS.columns)
    assert f"{OURS} / {ECHO}" in drawn
    verdicts = {f"{row.heads} {row.label}".strip(): row.verdict for row in rows if row.verdict}
    assert verdicts == {
        "a click requests/s, 32 clients": "met",
        "p50, ms, 1 client": "met",
        "a message requests/s, 32 clients": "missed",
        "until its answer is posted, ms": "missed",
        "from start to the first 200 restart, s": "met",
        "after 1,000 of each, MB": "missed",
    }
    assert "until its answer is posted, ms" in drawn
