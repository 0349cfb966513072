"""Set up the contest on Teams: the bot with both platforms, the Teams SDK's echo bot, and what both are sent."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Any

from bench import contest
from bench.contest import OURS, Rivals
from bench.servers import Cores, Recipe, Server, free_port, running
from bench.slack import contest as slack_contest
from bench.teams import loads
from bench.teams.loads import Connector
from bench.wrk import BrokenError, Load, Numbering

ECHO = "SDK's echo"
RIVALS = Rivals((OURS, ECHO, ""), memory_aim=150.0, digits=2, posted_aim=1.2)
ASKED = "risks"
_SHOWS = "show|dimension/"  # what the value of a button begins with that changes the card to another dimension
_A_RUN = 1_000_003  # more numbers than one run can use, and each from another chat than the one before
_ONE_BY_ONE = 20  # messages of which the time until the answer is taken, a round
_PAUSE_SECONDS = 0.05  # between them: people do not type faster, and nothing waits in a queue


@dataclass(frozen=True, slots=True)
class Contest(contest.Contest):
    """The contest on Teams: it needs the one on Slack, the stub of the Bot Connector, and the cards to answer with.

    `posted` answers the message, `changed` the click; `data` is what the clicked button carries.
    """

    slack: slack_contest.Contest
    stub: Server
    connector: Connector
    posted: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(_A_RUN, _A_RUN))
    rivals = RIVALS

    @property
    def cloud(self) -> str:
        """Where keys and tokens come from."""
        return f"http://127.0.0.1:{self.stub.port}"

    def arrived(self) -> int:
        """Count what was posted."""
        return int(self._asked()["count"])

    def posted_at(self, conversation: str, since: float) -> float:
        """Wait for a post in a conversation, and give when it came; both in the seconds of time.monotonic()."""
        came: list[float] = []

        def has_come() -> bool:
            moment = self._asked()["times"].get(conversation, 0.0)
            came.extend([moment] if moment > since else [])
            return bool(came)

        contest.wait("an answer to be posted", has_come)
        return came[0]

    def last(self) -> dict[str, Any]:
        """Give the card that was posted last."""
        return _card(json.loads(self.stub.ask("/last")[1])["attachments"][0])

    def _asked(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stub.ask("/posts")[1])
        return found

    def bot(self, database: str = "bot.db") -> Recipe:
        """Give the bot with both platforms, on a database in the folder.

        It serves any tenant: one has 37 posts a second, and the contest takes hundreds.
        """
        recipe = self.slack.bot(database)
        teams = {
            "TEAMS_CLIENT_ID": loads.CLIENT,
            "TEAMS_CLIENT_SECRET": loads.SECRET,
            "TEAMS_TENANT_ID": loads.TENANT,
            "TEAMS_ALLOWED_TENANTS": "*",
            "TEAMS_CLOUD": self.cloud,
        }
        return replace(recipe, environment={**recipe.environment, **teams})

    def echo(self) -> Recipe:
        """Give the SDK's echo bot of bench/teams/echo.py, with the two cards of ours."""
        port = free_port()
        file = self.folder / "teams-cards.json"
        file.write_text(json.dumps([self.posted, self.changed]), encoding="utf-8")
        return Recipe(ECHO, ("-m", "bench.teams.echo", str(port), str(file), self.cloud), {}, port)

    def recipes(self) -> tuple[Recipe, ...]:
        """Give the bot and the echo bot."""
        return self.bot(), self.echo()

    def starting(self, number: int) -> Mapping[str, Recipe]:
        """Give both, the database being there."""
        del number
        return {recipe.name: recipe for recipe in self.recipes()}

    def fresh(self) -> tuple[Recipe, ...]:
        """Give the bot on a database of its own, and the echo bot."""
        return self.bot("teams-memory.db"), self.echo()

    def loads(self, server: Server) -> tuple[Load, ...]:
        """Give the two loads, the same for everybody."""
        del server
        return self.connector.click(self.data), self.connector.message(ASKED)

    def memory_loads(self, server: Server) -> Iterator[tuple[contest.Contest, Load]]:
        """Give the two loads, and to the bot, which serves both platforms, Slack's too."""
        for whose in (self, self.slack) if server.name == OURS else (self,):
            for load in whose.loads(server):
                yield whose, load

    def until_posted(self, server: Server, load: Load) -> list[float]:
        """Give how long it took from sending a message until its answer came: the median of several."""
        took = []
        for _ in range(_ONE_BY_ONE if load.posts_back else 0):
            sent = time.monotonic()
            conversation, _, _ = self.send(server, load)
            took.append((self.posted_at(conversation, sent) - sent) * 1e3)
            time.sleep(_PAUSE_SECONDS)
        return [median(took)] if took else []

    def numbering(self) -> Numbering:
        """Give numbers that no run had before: a second time the same activity would be Teams' own retry."""
        return Numbering(loads.NUMBER, next(self.numbers), loads.CHAT, loads.CHATS)

    def send(self, server: Server, load: Load) -> tuple[str, int, bytes]:
        """Send a load once; give the conversation it comes from, and the answer."""
        message = loads.numbered(load.message(server.port, 0.0), next(self.numbers))
        status, body = server.answer(message)
        where: str = json.loads(message.partition(b"\r\n\r\n")[2])["conversation"]["id"]
        return where, status, body

    def check(self, server: Server, load: Load) -> bytes:
        """See that a server answers a click with the changed card, and a message with a post of the other one."""
        before = self.arrived()
        _, status, body = self.send(server, load)
        if status != HTTPStatus.OK:
            raise BrokenError(f"{server.name} answers {load.title} with {status}: {body[:300]!r}")
        if load.answers_with_card and _card(json.loads(body), "value") != self.changed:
            raise BrokenError(f"{server.name} answers {load.title} with another card: {body[:300]!r}")
        if load.posts_back:
            contest.wait(f"{server.name} to post its answer", lambda: self.arrived() > before)
            if self.last() != self.posted:
                raise BrokenError(f"{server.name} posts another card")
        return body


@contextmanager
def prepared(folder: Path, cores: Cores) -> Iterator[Contest]:
    """Start the stubs, and learn from the bot which card it posts, and which one a click changes it to.

    Raises:
        BrokenError: something does not come up, or an answer is no card.
    """
    with ExitStack() as stack:
        slack = stack.enter_context(slack_contest.prepared(folder, cores))
        port = free_port()
        connector, keys = Connector(f"http://127.0.0.1:{port}"), folder / "keys.json"
        keys.write_text(connector.keys, encoding="utf-8")
        recipe = Recipe("stub of Teams", ("-m", "bench.teams.stub", str(port), str(keys)), {}, port)
        stub = stack.enter_context(running(recipe, cores.client, folder))
        found = Contest(folder, cores, slack, stub, connector)
        with running(found.bot("teams.db"), cores.server, folder) as bot:
            contest.wait_until_ready(bot)
            found = replace(found, posted=_posted(found, bot))
            found = replace(found, data=button(found.posted))
            found = replace(found, changed=_changed(found, bot))
        yield found


def _posted(found: Contest, bot: Server) -> Mapping[str, Any]:
    load = found.connector.message(ASKED)
    _, status, body = found.send(bot, load)
    if status != HTTPStatus.OK:
        raise BrokenError(f"the bot answers {load.title} with {status}: {body[:300]!r}")
    contest.wait("the bot to post its answer", lambda: found.arrived() > 0)
    card = found.last()
    if "Risks and responsibilities" not in json.dumps(card):
        raise BrokenError(f"the bot posts no card about risks: {json.dumps(card)[:300]}")
    return card


def _changed(found: Contest, bot: Server) -> Mapping[str, Any]:
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
