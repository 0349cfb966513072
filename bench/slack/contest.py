"""Set up the contest on Slack: the bot as it is served, its two rivals, and the requests that all of them get."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from bench import contest
from bench.contest import FRESH, OURS, Rivals, Speed
from bench.servers import ROOT, Cores, Recipe, Server, free_port, running
from bench.slack import loads, stub, votes
from bench.slack.votes import Votes
from bench.wrk import BrokenError, Load
from playground.slack.values import Message
from playground.slack.world import BOT_USER, TEAM

BARE, RAW = "bare Bolt", "raw ASGI"
_MOST_ASKED = "/pm-compare risks"
RIVALS = Rivals(
    (OURS, BARE, RAW),
    memory_aim=95.0,
    digits=3,
    speed=Speed(1.4, 0.8, 1.2),
    speeds={_MOST_ASKED: Speed(1.5, 0.8, 1.2), votes.TITLE: Speed(0.7)},
)
_RESPONSE = "/response/T0001/1/abc"
_DILEMMA = "retrain-by-itself"


@dataclass(frozen=True, slots=True)
class Contest(contest.Contest):
    """The contest on Slack: it also needs the stub of Slack, and the card to answer with."""

    slack: Server
    card: bytes
    rivals = RIVALS
    beside: ClassVar[Mapping[str, str]] = {f"/pm-compare {loads.QUESTION}": _MOST_ASKED}

    @property
    def api_url(self) -> str:
        """The Web API's address."""
        return f"http://127.0.0.1:{self.slack.port}/api/"

    @property
    def response_url(self) -> str:
        """Where a card goes after its button was acknowledged."""
        return f"http://127.0.0.1:{self.slack.port}{_RESPONSE}"

    def posts(self) -> int:
        """Count what was posted with chat.postMessage."""
        return self.count("/api/chat.postMessage")

    def arrived(self) -> int:
        """Count the cards that came to the response_url."""
        return self.count(_RESPONSE)

    def last(self, path: str) -> bytes:
        """Give what was last sent to a path."""
        return self.slack.ask(f"{stub.LAST}{path}")[1]

    def last_answer(self) -> bytes:
        """Give what was last sent to the response_url."""
        return self.last(_RESPONSE)

    def count(self, path: str) -> int:
        """Count what was posted to a path of the stub."""
        return int(json.loads(self.slack.ask("/counts")[1]).get(path, 0))

    def bot(self, database: str = "bot.db") -> Recipe:
        """Give `python -m bot serve` with everything registered, on a database in the folder."""
        port = free_port()
        environment = {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": loads.SECRET,
            "DATABASE_URL": f"sqlite:///{self.folder / database}",
            "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
            "PORT": str(port),
            "LOG_LEVEL": "info",
            "LOG_FORMAT": "json",
        }
        return Recipe(OURS, ("-m", "bot", "serve"), environment, port)

    def bare_bolt(self) -> Recipe:
        """Give the Bolt app of bench/slack/bare_bolt.py."""
        port = free_port()
        files = str(self._card_file()), self.api_url, str(self.folder / "bare.db")
        return Recipe(BARE, ("-m", "bench.slack.bare_bolt", str(port), *files), {}, port)

    def raw_asgi(self) -> Recipe:
        """Give the constant answer of bench/slack/raw_asgi.py."""
        port = free_port()
        return Recipe(RAW, ("-m", "bench.slack.raw_asgi", str(port), str(self._card_file())), {}, port)

    def _card_file(self) -> Path:
        file = self.folder / "card.json"
        file.write_bytes(self.card)
        return file

    def recipes(self) -> tuple[Recipe, ...]:
        """Give the bot, the Bolt app and the constant answer."""
        return self.bot(), self.bare_bolt(), self.raw_asgi()

    def starting(self, number: int) -> Mapping[str, Recipe]:
        """Give all three, and the bot without a database."""
        fresh = self.bot(f"fresh-{number}.db")
        return {OURS: self.bot(), BARE: self.bare_bolt(), FRESH: fresh, RAW: self.raw_asgi()}

    def fresh(self) -> tuple[Recipe, ...]:
        """Give the bot, on a database where the card was not shared yet, and the Bolt app."""
        return self.bot("memory.db"), self.bare_bolt()

    def loads(self, server: Server) -> tuple[Load, ...]:
        """Give the six loads; only the bot looks a post up that it has made and deepened, for others any will do."""
        is_ours = server.name == OURS
        post = own_post(self, server) if is_ours else loads.SOMEBODYS_POST
        asked = own_round(self, server) if is_ours else (votes.SOMEBODYS_POST, votes.SOMEBODYS_CHOICES)
        same = (
            loads.command("risks", self.response_url),
            loads.command(loads.QUESTION, self.response_url),
            loads.button(self.response_url),
            loads.reaction(loads.SOMEBODYS_POST, "U0003", "a reaction to somebody else's message"),
            loads.reaction(post, BOT_USER, "a reaction to our own post, answered before"),
        )
        return (*map(loads.spread, same), votes.votes(*asked, self.response_url))

    def posts_back(self, server: Server, load: Load) -> bool:
        """Say whether a button's card comes; the constant answer sends none, and votes only the bot answers."""
        return load.posts_back and server.name != RAW and (server.name == OURS or not isinstance(load, Votes))

    def check(self, server: Server, load: Load) -> bytes:
        """See that a server answers with the card or with nothing, and sends a button's card."""
        before, expected = self.arrived(), self.card if load.answers_with_card else b""
        status, body = server.answer(load.message(server.port, time.time()))
        is_right = (
            body != self.card and b'"blocks"' in body
            if load.title in self.beside and server.name == OURS
            else body == expected
        )
        if status != HTTPStatus.OK or not is_right:
            raise BrokenError(f"{server.name} answers {load.title} with {status}: {body[:300]!r}")
        if self.posts_back(server, load):
            contest.wait(f"{server.name} to send a button's card", lambda: self.arrived() > before)
            if isinstance(load, Votes) and b"You chose" not in (said := self.last_answer()):
                raise BrokenError(f"{server.name} counts no vote: {said[:300]!r}")
        return body


@contextmanager
def prepared(folder: Path, cores: Cores) -> Iterator[Contest]:
    """Start the stub of Slack, and learn from the bot which card it answers `/pm-compare risks` with.

    Raises:
        BrokenError: something does not come up, or the answer is no card.
    """
    with ExitStack() as stack:
        port = free_port()
        slack = stack.enter_context(
            running(Recipe("stub of Slack", ("-m", "bench.slack.stub", str(port)), {}, port), cores.client, folder)
        )
        found = Contest(folder, cores, slack, b"")
        with running(found.bot(), cores.server, folder) as bot:
            contest.wait_until_ready(bot)
            load = loads.command("risks", found.response_url)
            status, card = bot.answer(load.message(bot.port, time.time()))
        if status != HTTPStatus.OK or b'"blocks"' not in card or b"Risks and responsibilities" not in card:
            raise BrokenError(f"the bot answers {load.title} with {status} and no card: {card[:300]!r}")
        yield Contest(folder, cores, slack, card)


def own_post(found: Contest, bot: Server, workspace: str = TEAM) -> str:
    """Have the bot share a card in a workspace and answer a first reaction to it in its thread; give the message's id.

    Raises:
        BrokenError: the card or the answer in its thread was not posted.
    """
    share = loads.of(workspace, loads.command("risks share", found.response_url))
    before = found.posts()
    bot.answer(share.message(bot.port, time.time()))
    contest.wait("the bot to share a card", lambda: found.posts() > before)
    post = f"{stub.FIRST_POST}.{before + 1:06}"
    first = loads.of(workspace, loads.reaction(post, BOT_USER, "the first reaction"))

    def is_answered() -> bool:
        # Asked again and again: the ledger notes the post a moment after Slack has it.
        bot.answer(first.message(bot.port, time.time()))
        return found.posts() > before + 1

    contest.wait("the bot to answer a reaction to its own post", is_answered)
    return post


def own_round(found: Contest, bot: Server) -> tuple[Message, tuple[str, ...]]:
    """Have the bot ask a dilemma in the channel; give its post, and what the buttons on that carry.

    Raises:
        BrokenError: it was not posted, or nobody can vote on it.
    """
    before = found.posts()
    bot.answer(votes.asking(_DILEMMA, found.response_url).message(bot.port, time.time()))
    contest.wait("the bot to ask a channel", lambda: found.posts() > before)
    return votes.posted(found.last("/api/chat.postMessage"), f"{stub.FIRST_POST}.{before + 1:06}")
