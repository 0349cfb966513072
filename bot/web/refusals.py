"""Tell an operator of requests that look real and were refused: the secret, an id or this machine's clock is wrong.

Anybody can send such requests, as many as they like. So they are counted, said in the log once a minute and noted for
`doctor` as often, and never turn /readyz red: a stranger could keep every request away from a bot that is well.
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.metrics import RequestMeter
from bot.tasks import Tasks
from bot.web import asgi
from bot.web.asgi import Answer, Cause, RefusedError
from store.database.access import Database, UnusableError
from store.database.connection import AsyncConnection
from store.facts import Fact, Facts

log = structlog.get_logger()

CAUSES: Mapping[Cause, str] = {
    "secret": "the signing secret is not the one that Slack signs with: compare SLACK_SIGNING_SECRET with the app's "
    "Basic Information, where the client secret stands beside it",
    "clock": "they are genuine, and this machine's clock is wrong: set it (NTP)",
    "audience": "they are for another registration: compare {client_id} with the bot's in Azure",
    "cloud": "they come from another of Microsoft's clouds: see TEAMS_CLOUD",
}
_CLIENT_ID = "TEAMS_CLIENT_ID"  # where nobody says by which name it was set
_EVERY = 60.0  # seconds between two lines of the log, and two notes
_LONG = 300.0  # seconds of refusals alone, after which a secret that was good may have been changed
_FRESH = timedelta(days=1)  # an older note says nothing of today

_PREFIX = "refused "  # the names of our notes begin so

_notes = Facts()


class Refusals:
    """Counts one platform's refused requests, and whether any was accepted since the bot started.

    Args:
        platform: its name.
        count: counts one for the metrics, by platform and cause.
        monotonic: seconds.
        noted: keeps a note for other processes; None where there are none.
        client_id: the variable that the id of Teams' registration is read from.
    """

    def __init__(
        self,
        platform: str,
        count: Callable[[str, str], None],
        monotonic: Callable[[], float],
        noted: "Noted | None" = None,
        client_id: str = _CLIENT_ID,
    ) -> None:
        self.platform = platform
        self._count = count
        self._monotonic = monotonic
        self._noted = noted
        self._client_id = client_id
        self._said_at = -_EVERY
        self._causes: dict[Cause, int] = {}
        self._has_accepted = False
        self._first = self._last = -1.0  # refusals since the last acceptance; below zero where there are none

    def accept(self) -> None:
        """Hear that a request was accepted: what was refused before it was somebody else's."""
        self._first = -1.0
        if not self._has_accepted:
            self._has_accepted = True
            if self._causes:
                self._causes.clear()
                if self._noted:
                    self._noted.forget(self.platform)

    def refuse(self, cause: Cause) -> None:
        """Hear that a request was refused which may have been the platform's own."""
        self._count(self.platform, cause)
        self._causes[cause] = self._causes.get(cause, 0) + 1
        self._last = now = self._monotonic()
        self._first = now if self._first < 0 else self._first
        if now - self._said_at < _EVERY:
            return
        self._said_at = now
        log.warning("requests.refused", platform=self.platform, refused=self._total, likely=self._said)
        if self._noted:
            accepted = "some" if self._has_accepted else "none"
            self._noted.write(self.platform, f"{self._total} {self._likely} {accepted}")

    @property
    def words(self) -> str:
        """Say what was refused while nothing was accepted, and why in all likelihood; '' where all is well.

        Nothing since the start, or nothing for some minutes: Slack's signing secret can be changed while the bot runs.
        """
        if not self._causes:
            return ""
        if not self._has_accepted:
            return _words(self._total, self._said)
        minutes = (self._last - self._first) / 60 if self._first >= 0 else 0.0
        if minutes * 60 < _LONG:
            return ""
        return f"only refused requests for {minutes:.0f} minutes, and none accepted: probably {self._said}"

    @property
    def _said(self) -> str:
        return CAUSES[self._likely].format(client_id=self._client_id)

    @property
    def _total(self) -> int:
        return sum(self._causes.values())

    @property
    def _likely(self) -> Cause:
        # A right signature can't be forged, and a wrong one can: one request that proves the clock wrong outweighs all.
        return "clock" if "clock" in self._causes else max(self._causes, key=self._causes.__getitem__)


def answer(
    platform: str, request_id: str, refusal: RefusedError, meter: RequestMeter, refusals: Refusals | None
) -> Answer:
    """Answer a request that the platform's guard refused, and count it."""
    meter.count[refusal.outcome]()
    if refusals and refusal.cause:
        refusals.refuse(refusal.cause)
    # A malformed request bears a signature, so somebody should look. Anybody sends the others, as many as they like:
    # the metric counts them, and of those in the platform's form one line a minute is written.
    note = log.warning if refusal.outcome == "malformed" else log.debug
    note(f"{platform}.refused", status=refusal.status, reason=str(refusal))
    said = {"ok": False, "error": str(refusal), "reference": request_id}
    return asgi.as_json(refusal.status, said, asgi.SECURITY_HEADERS)


class Noted:
    """Keeps what a process refused where `doctor`, another process, finds it.

    One after another, as it was said: what takes a note back must find it, though the note is only being written.
    """

    def __init__(self, database: Database, tasks: Tasks, now: Callable[[], datetime]) -> None:
        self._database = database
        self._tasks = tasks
        self._now = now
        self._waiting: deque[Fact | str] = deque()  # notes to write, and beginnings of names to delete
        self._turn = asyncio.Lock()

    def write(self, platform: str, value: str) -> None:
        """Begin to write a note."""
        process = f"{socket.gethostname()}:{os.getpid()}"
        self._soon(Fact(_name(platform), f"{value} {process}", self._now()))

    def forget(self, platform: str) -> None:
        """Begin to delete the note: what it said holds no longer."""
        self._soon(_name(platform))

    def forget_all(self) -> None:
        """Begin anew: what another start refused, with other settings perhaps, says nothing of this one."""
        self._soon(_PREFIX)

    def _soon(self, note: Fact | str) -> None:
        self._waiting.append(note)
        self._tasks.spawn(self._keep_next())

    async def _keep_next(self) -> None:
        async with self._turn:
            await self._keep(self._waiting.popleft())

    async def _keep(self, note: Fact | str) -> None:
        try:
            async with self._database.write() as connection:
                if isinstance(note, Fact):
                    await _notes.write(connection, note)
                    return
                for name in await _notes.every(connection):
                    if name.startswith(note):
                        await _notes.forget(connection, name)
        except (UnusableError, OSError) as error:  # the log has said it, and says it again in a minute
            log.warning("refusals.unnoted", error=str(error))


async def noted(
    connection: AsyncConnection, platform: str, now: datetime, client_id: str = _CLIENT_ID
) -> tuple[bool, str]:
    """Tell what the processes that serve have refused: whether that is harmless, and in words; '' where nothing was.

    `client_id` is the variable that the id of Teams' registration is read from.
    """
    note = (await _notes.every(connection)).get(_name(platform))
    if note is None or now - note.at > _FRESH:
        return True, ""
    count, cause, accepted, process = note.value.split(" ", 3)
    found: Cause = next((one for one in CAUSES if one == cause), "secret")
    said = CAUSES[found].format(client_id=client_id)
    ago = max(0.0, (now - note.at).total_seconds())
    when = f"last noted {ago:.0f} s ago, in {process}"
    if accepted == "none":
        return False, f"{_words(int(count), said)}; {when}"
    return (
        True,
        f"{count} refused beside others that were accepted: somebody else's, or since then {said}; {when}",
    )


def _words(count: int, likely: str) -> str:
    return f"{count} refused and none accepted since the start: probably {likely}"


def _name(platform: str) -> str:
    return f"{_PREFIX}{platform}"
