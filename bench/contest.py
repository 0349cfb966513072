"""Set up the contest: the bot as it is served, its two rivals, and the requests that all of them get."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from bench import loads, stub_slack
from bench.loads import Load
from bench.servers import ROOT, Cores, Recipe, Server, free_port, running
from bench.wrk import BrokenError

OURS, BARE, RAW = "ours", "bare Bolt", "raw ASGI"
_RESPONSE = "/response/T0001/1/abc"
_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Contest:
    """What every measurement needs: a folder of its own, the cores, the stub of Slack, and the card to answer with."""

    folder: Path
    cores: Cores
    slack: Server
    card: bytes

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
        return self._count("/api/chat.postMessage")

    def cards(self) -> int:
        """Count what has arrived at the response_url."""
        return self._count(_RESPONSE)

    def _count(self, path: str) -> int:
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
        """Give the Bolt app of bench/bare_bolt.py."""
        port = free_port()
        return Recipe(BARE, ("-m", "bench.bare_bolt", str(port), str(self._card_file()), self.api_url), {}, port)

    def raw_asgi(self) -> Recipe:
        """Give the constant answer of bench/raw_asgi.py."""
        port = free_port()
        return Recipe(RAW, ("-m", "bench.raw_asgi", str(port), str(self._card_file())), {}, port)

    def _card_file(self) -> Path:
        file = self.folder / "card.json"
        file.write_bytes(self.card)
        return file

    def expected(self, load: Load) -> bytes:
        """Give the body that must answer a load."""
        return self.card if load.answers_with_card else b""


@contextmanager
def prepared(folder: Path, cores: Cores) -> Iterator[Contest]:
    """Start the stub of Slack, and learn from the bot which card it answers `/pm-compare risks` with.

    Raises:
        BrokenError: something does not come up, or the answer is no card.
    """
    with ExitStack() as stack:
        port = free_port()
        slack = stack.enter_context(
            running(Recipe("stub of Slack", ("-m", "bench.stub_slack", str(port)), {}, port), cores.client, folder)
        )
        contest = Contest(folder, cores, slack, b"")
        with running(contest.bot(), cores.server, folder) as bot:
            wait_until_ready(bot)
            load = loads.command("risks", contest.response_url)
            status, card = bot.answer(load.message(bot.port, time.time()))
        if status != HTTPStatus.OK or b'"blocks"' not in card or b"Risks and responsibilities" not in card:
            raise BrokenError(f"the bot answers {load.title} with {status} and no card: {card[:300]!r}")
        yield Contest(folder, cores, slack, card)


def wait_until_ready(bot: Server) -> None:
    """Wait until the bot knows its workspace, and has Teams' token: /readyz is 200 for every platform."""

    def is_ready() -> bool:
        status, said = bot.ask("/readyz")
        return status == HTTPStatus.OK and not json.loads(said)["degraded"]

    _wait("the bot to be ready", is_ready)


def own_post(found: Contest, bot: Server) -> str:
    """Have the bot share a card and answer a first reaction to it in its thread; give the post's message id.

    Raises:
        BrokenError: the card or the answer in its thread was not posted.
    """
    share = loads.command("risks share", found.response_url)
    before = found.posts()
    bot.answer(share.message(bot.port, time.time()))
    _wait("the bot to share a card", lambda: found.posts() > before)
    post = f"{stub_slack.FIRST_POST}.{before + 1:06}"
    first = loads.reaction(post, loads.BOT_USER, "the first reaction")

    def is_answered() -> bool:
        # Asked again and again: the ledger notes the post a moment after Slack has it.
        bot.answer(first.message(bot.port, time.time()))
        return found.posts() > before + 1

    _wait("the bot to answer a reaction to its own post", is_answered)
    return post


def all_loads(found: Contest, post: str) -> tuple[Load, ...]:
    """Give the four loads; `post` is the message id of a post that the bot has made and deepened."""
    return (
        loads.command("risks", found.response_url),
        loads.button(found.response_url),
        loads.reaction(loads.SOMEBODYS_POST, "U0003", "a reaction to somebody else's message"),
        loads.reaction(post, loads.BOT_USER, "a reaction to our own post, answered before"),
    )


def check(found: Contest, server: Server, load: Load) -> None:
    """See that a server answers a load as it must, before it is measured.

    Raises:
        BrokenError: it does not.
    """
    before = found.cards()
    status, body = server.answer(load.message(server.port, time.time()))
    if status != HTTPStatus.OK or body != found.expected(load):
        raise BrokenError(f"{server.name} answers {load.title} with {status}: {body[:300]!r}")
    if load.posts_back and server.name != RAW:
        _wait(f"{server.name} to send a button's card", lambda: found.cards() > before)


def _wait(what: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise BrokenError(f"waited {_WAIT_SECONDS:g} s in vain for {what}")
        time.sleep(_POLL_SECONDS)
