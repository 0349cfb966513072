"""Drive wrk: the load comes from a program in C, so that the client is never what is measured."""

import json
import math
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import ClassVar

INSTALL = "make bench needs wrk. On Debian and Ubuntu: apt-get install wrk; on macOS: brew install wrk"
_SCRIPT = Path(__file__).with_name("load.lua")
# Until it listens, an interrupt would end it without a word.
_DEAF_AT_FIRST = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
_GRACE = 30  # seconds beyond a run's own
_FIRST_ANSWER = 10  # seconds more in which it has to come where a run is cut: there is nothing to tell before
_LOOK, _AGAIN = 0.02, 0.2  # seconds between looks for it, and between interrupts


class BrokenError(Exception):
    """The bench itself failed: its figures would mean nothing. Says what happened."""


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of request; `answers_with_card` where the HTTP answer is the card, `posts_back` where it comes later."""

    name: str
    title: str
    body: bytes
    answers_with_card: bool = False
    posts_back: bool = False
    path: ClassVar[str]

    def headers(self, now: float) -> Mapping[str, str]:
        """Give what the platform sends along, signed at `now` (seconds since the epoch)."""
        raise NotImplementedError

    def message(self, port: int, now: float) -> bytes:
        """Give the whole HTTP request."""
        sent = {"Host": f"127.0.0.1:{port}", **self.headers(now), "Content-Length": len(self.body)}
        head = (f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()))
        return "\r\n".join((*head, "", "")).encode() + self.body

    def messages(self, port: int, now: float) -> Sequence[bytes]:
        """Give the whole requests that a run sends one after the other, again and again."""
        return (self.message(port, now),)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How no two requests are the same: `digits` in them become `after` + 1, and so on, as long as the digits are.

    `few` are other digits, which become the rest of that number's division by `count`.
    """

    digits: str
    after: int
    few: str
    count: int


@dataclass(frozen=True, slots=True)
class Run:
    """What one run showed: `seconds` it took; `p50` and `p99` in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def is_there() -> bool:
    """Say whether wrk is installed."""
    return shutil.which("wrk") is not None


def run(  # noqa: PLR0913 # what, where to, what must come back, how many, how long, in which files
    load: Load,
    port: int,
    expected: bytes,
    *,
    clients: int,
    seconds: float,
    folder: Path,
    numbering: Numbering | None = None,
) -> Run:
    """Send one load from so many clients for so long.

    Where those are no whole seconds it goes on until the first answer has come.

    Raises:
        BrokenError: wrk failed, or not every answer was a 200 with exactly the `expected` body.
    """
    message, wanted, answered = folder / "message", folder / "expected", folder / "answered"
    answered.unlink(missing_ok=True)
    requests = load.messages(port, time.time())
    message.write_bytes(b"".join(b"%010d" % len(each) + each for each in requests))
    wanted.write_bytes(expected)
    is_cut = seconds % 1 > 0  # wrk takes whole seconds; where it is interrupted it tells what came to be until then
    longest = math.ceil(seconds) + (_FIRST_ANSWER if is_cut else 0)
    command = (
        *("wrk", "--threads", "1", "--timeout", "10s", "--latency"),
        *("--connections", str(clients), "--duration", f"{longest}s"),
        *("--script", str(_SCRIPT), f"http://127.0.0.1:{port}/", "--", str(message), str(wanted), str(answered)),
        *((str(each) for each in astuple(numbering)) if numbering else ()),
    )
    done = _cut(command, seconds, answered) if is_cut else _ended(command, longest)
    if done.returncode:
        raise BrokenError(f"wrk failed ({done.returncode}): {done.stderr or done.stdout}")
    return read(done.stdout, load.title)


def _ended(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds + _GRACE, check=False)  # noqa: S603 # our own arguments


def _cut(command: Sequence[str], seconds: float, answered: Path) -> subprocess.CompletedProcess[str]:
    """Interrupt it after so long, but not before it was answered."""
    argv = (*_DEAF_AT_FIRST, *command)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 # our own arguments
        try:
            _wait(process, seconds)
            while process.poll() is None and not answered.exists():
                _wait(process, _LOOK)
            # It sends before it listens to us, and what it hears before it sleeps it forgets.
            while process.poll() is None:
                process.send_signal(signal.SIGINT)
                _wait(process, _AGAIN)
            out, err = process.communicate(timeout=_GRACE)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(argv, process.returncode, out, err)


def _wait(process: subprocess.Popen[str], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def read(output: str, title: str) -> Run:
    """Read what bench/load.lua printed last.

    Raises:
        BrokenError: there was no answer, or one that was not as it should be.
    """
    found = json.loads(output.strip().splitlines()[-1])
    if found["wrong"] or found["broken"] or not found["requests"]:
        raise BrokenError(
            f"{title}: of {found['requests']} answers {found['wrong']} were wrong, {found['broken']} connections broke"
        )
    return Run(found["requests"], found["microseconds"] / 1e6, found["p50"] / 1e3, found["p99"] / 1e3)
