"""Set up the contest on Teams: the bot with both platforms, the Teams SDK's echo bot, and what both are sent."""

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bench import contest
from bench.contest import Contest
from bench.servers import Cores, Recipe, Server, free_port, running
from bench.teams import loads as teams_loads
from bench.teams.loads import Connector, Load
from bench.wrk import BrokenError, Numbering

OURS, ECHO = contest.OURS, "SDK's echo"
ASKED = "risks"
_SHOWS = "show|dimension/"  # what the value of a button begins with that changes the card to another dimension
_A_RUN = 1_000_003  # more numbers than one run can use, and each from another chat than the one before
_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class TeamsContest:
    """What every measurement needs: the contest on Slack, the stub of the Bot Connector, and the cards to answer with.

    `posted` answers the message, `changed` the click; `data` is what the clicked button carries.
    """

    slack: Contest
    stub: Server
    connector: Connector
    posted: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(_A_RUN, _A_RUN))

    @property
    def folder(self) -> Path:
        """Where everything is written."""
        return self.slack.folder

    @property
    def cores(self) -> Cores:
        """Which cores are used."""
        return self.slack.cores

    @property
    def cloud(self) -> str:
        """Where keys and tokens come from."""
        return f"http://127.0.0.1:{self.stub.port}"

    def posts(self) -> int:
        """Count what was posted."""
        return int(self._asked()["count"])

    def posted_at(self, conversation: str, since: float) -> float:
        """Wait for a post in a conversation, and give when it came; both in the seconds of time.monotonic()."""
        came: list[float] = []

        def has_come() -> bool:
            moment = self._asked()["times"].get(conversation, 0.0)
            came.extend([moment] if moment > since else [])
            return bool(came)

        wait("an answer to be posted", has_come)
        return came[0]

    def last(self) -> dict[str, Any]:
        """Give the card that was posted last."""
        return _card(json.loads(self.stub.ask("/last")[1])["attachments"][0])

    def _asked(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stub.ask("/posts")[1])
        return found

    def bot(self, database: str = "bot.db") -> Recipe:
        """Give the bot of bench/teams/bot.py with both platforms configured, on a database in the folder."""
        recipe = self.slack.bot(database)
        teams = {
            "TEAMS_CLIENT_ID": teams_loads.CLIENT,
            "TEAMS_CLIENT_SECRET": teams_loads.SECRET,
            "TEAMS_TENANT_ID": teams_loads.TENANT,
            "TEAMS_CLOUD": self.cloud,
        }
        return replace(recipe, arguments=("-m", "bench.teams.bot"), environment={**recipe.environment, **teams})

    def echo(self) -> Recipe:
        """Give the SDK's echo bot of bench/teams/echo.py, with the two cards of ours."""
        port = free_port()
        file = self.folder / "teams-cards.json"
        file.write_text(json.dumps([self.posted, self.changed]), encoding="utf-8")
        return Recipe(ECHO, ("-m", "bench.teams.echo", str(port), str(file), self.cloud), {}, port)

    def loads(self) -> tuple[Load, Load]:
        """Give the two loads."""
        return self.connector.click(self.data), self.connector.message(ASKED)

    def numbering(self) -> Numbering:
        """Give numbers that no run had before: a second time the same activity would be Teams' own retry."""
        return Numbering(teams_loads.NUMBER, next(self.numbers), teams_loads.CHAT, teams_loads.CHATS)

    def send(self, server: Server, load: Load) -> tuple[str, int, bytes]:
        """Send a load once; give the conversation it comes from, and the answer."""
        message = teams_loads.numbered(load.message(server.port, 0.0), next(self.numbers))
        status, body = server.answer(message)
        where: str = json.loads(message.partition(b"\r\n\r\n")[2])["conversation"]["id"]
        return where, status, body


@contextmanager
def prepared(folder: Path, cores: Cores) -> Iterator[TeamsContest]:
    """Start the stubs, and learn from the bot which card it posts, and which one a click changes it to.

    Raises:
        BrokenError: something does not come up, or an answer is no card.
    """
    with ExitStack() as stack:
        slack = stack.enter_context(contest.prepared(folder, cores))
        port = free_port()
        connector, keys = Connector(f"http://127.0.0.1:{port}/teams/"), folder / "keys.json"
        keys.write_text(connector.keys, encoding="utf-8")
        recipe = Recipe("stub of Teams", ("-m", "bench.teams.stub", str(port), str(keys)), {}, port)
        stub = stack.enter_context(running(recipe, cores.client, folder))
        found = TeamsContest(slack, stub, connector)
        with running(found.bot("teams.db"), cores.server, folder) as bot:
            contest.wait_until_ready(bot)
            found = replace(found, posted=_posted(found, bot))
            found = replace(found, data=button(found.posted))
            found = replace(found, changed=_changed(found, bot))
        yield found


def check(found: TeamsContest, server: Server, load: Load) -> bytes:
    """See that a server answers a load as it must, and give the body that must come back from then on.

    Raises:
        BrokenError: it does not answer, or with another card than the other one.
    """
    before = found.posts()
    _, status, body = found.send(server, load)
    if status != HTTPStatus.OK:
        raise BrokenError(f"{server.name} answers {load.title} with {status}: {body[:300]!r}")
    if load.answers_with_card and _card(json.loads(body), "value") != found.changed:
        raise BrokenError(f"{server.name} answers {load.title} with another card: {body[:300]!r}")
    if load.posts_back:
        wait(f"{server.name} to post its answer", lambda: found.posts() > before)
        if found.last() != found.posted:
            raise BrokenError(f"{server.name} posts another card")
    return body


def wait(what: str, holds: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises:
        BrokenError: it does not in time.
    """
    until = time.monotonic() + _WAIT_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise BrokenError(f"waited {_WAIT_SECONDS:g} s in vain for {what}")
        time.sleep(_POLL_SECONDS)


def _posted(found: TeamsContest, bot: Server) -> Mapping[str, Any]:
    load = found.connector.message(ASKED)
    _, status, body = found.send(bot, load)
    if status != HTTPStatus.OK:
        raise BrokenError(f"the bot answers {load.title} with {status}: {body[:300]!r}")
    wait("the bot to post its answer", lambda: found.posts() > 0)
    card = found.last()
    if "Risks and responsibilities" not in json.dumps(card):
        raise BrokenError(f"the bot posts no card about risks: {json.dumps(card)[:300]}")
    return card


def _changed(found: TeamsContest, bot: Server) -> Mapping[str, Any]:
    load = found.connector.click(found.data)
    _, status, body = found.send(bot, load)
    if status != HTTPStatus.OK or b"AdaptiveCard" not in body:
        raise BrokenError(f"the bot answers {load.title} with {status} and no card: {body[:300]!r}")
    return _card(json.loads(body), "value")


def _card(holder: Mapping[str, Any], key: str = "content") -> dict[str, Any]:
    card = holder.get(key)
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        raise BrokenError(f"no card: {json.dumps(holder)[:300]}")
    return card


def button(card: object) -> Mapping[str, Any]:
    """Find a button that changes the card to another dimension, anywhere in it, and give what it carries."""
    for found in _actions(card):
        if str(found.get("value", "")).startswith(_SHOWS):
            return found
    raise BrokenError("the card has no button to another dimension")


def _actions(part: object) -> Iterator[Mapping[str, Any]]:
    match part:
        case {"type": "Action.Execute", "data": dict(data)}:
            yield data
        case dict():
            for inner in part.values():
                yield from _actions(inner)
        case list():
            for inner in part:
                yield from _actions(inner)
