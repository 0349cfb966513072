"""Measure the playground's page in a browser: `python -m bench.page`; needs chromium.

In rooms of 20, 500 and 1,000 messages: from Enter to the card, how long the page takes to open, and the longest task
while a message arrives with all of the room drawn. Beside each the processor's time of the page's main thread, which
says what the page itself needs, also where the machine has other things to do.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench import servers

VISIT = (Path(__file__).parent / "visit.js").read_text(encoding="utf-8")
SIZES = (20, 500, 1_000)
OFTEN = 500  # up to so many messages all aims hold; beyond, the one for long tasks
ANSWER, OPEN, LONG = 50.0, 300.0, 100.0  # milliseconds: the aims
START = 60.0  # seconds that it may take to come up
ROOM, ELSEWHERE = "C0PMLEARNING", "C0GENERAL"
ALICE, BOB = "U0ALICE", "U0BOB"
EARLIER = """() => {
    const log = document.querySelector('#messages');
    const button = log.querySelector('.earlier button');
    button?.click();
    log.scrollTop = 0; // whoever stands at the end sees the newest part alone again
    return button !== null;
}"""
ASK = "(words) => window.ask(words)"
QUESTIONS = ("risks", "value", "mission", "skills", "lifecycle", "behavior", "stakeholders")


@dataclass(frozen=True, slots=True)
class Figures:
    """A room's size, and for each try the milliseconds by the clock and those of the page's main thread.

    Answers, openings, and at an arrival the longest task.
    """

    size: int
    answers: tuple[tuple[float, float], ...]
    openings: tuple[tuple[float, float], ...]
    long: tuple[tuple[float, float], ...]


class Window:
    """A window that has nothing kept, watched from before the page's own scripts run."""

    def __init__(self, browser: Browser) -> None:
        self.page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        self.page.add_init_script(VISIT)
        self._session = self.page.context.new_cdp_session(self.page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy(self) -> float:
        """Give the milliseconds of the processor that the main thread has used."""
        told = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(each["value"] for each in told if each["name"] == "TaskDuration"))

    def timed(self, wanted: str, argument: object = None) -> tuple[float, float]:
        """Evaluate what gives the milliseconds that it took, and give those of the main thread with them."""
        before = self.busy()
        told = float(self.page.evaluate(wanted, argument))
        return told, self.busy() - before

    def open(self, address: str) -> tuple[float, float]:
        """Open the page: until the room's newest part is painted."""
        self.page.goto(address)
        return float(self.page.evaluate("window.opened")), self.busy()


@contextmanager
def playground() -> Iterator[str]:
    """Start a playground in a folder of its own, and give its address."""
    port = servers.free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-m", "bot", "playground", "--no-browser", "--port", str(port)]
        environ = servers.needed() | {"CONTENT_PATH": str(servers.ROOT / "content" / "ai-pm")}
        with subprocess.Popen(argv, cwd=folder, env=environ, stdout=subprocess.DEVNULL) as process:  # noqa: S603  # our own
            try:
                _wait(address, time.monotonic() + START)
                yield address
            finally:
                process.terminate()


def _wait(address: str, until: float) -> None:
    while True:
        try:
            if act(address, "say", channel=ELSEWHERE, text="/pm-compare help")["error"] is None:
                return
        except urllib.error.URLError:
            pass
        if time.monotonic() > until:
            raise SystemExit("the playground did not start")
        time.sleep(0.5)


def act(address: str, name: str, **body: object) -> dict[str, Any]:
    """Do what a page does."""
    sent = json.dumps({"user": ALICE, **body}).encode()
    request = urllib.request.Request(f"{address}/page/{name}", sent, {"Content-Type": "application/json"})  # noqa: S310  # our own
    with urllib.request.urlopen(request) as response:  # noqa: S310  # our own
        found: dict[str, Any] = json.load(response)
    return found


def fill(address: str, before: int, size: int) -> None:
    """Bring the room from `before` to `size` messages: every other one a card that Alice asked for."""
    for number in range(before, size):
        if number % 2:
            act(address, "say", channel=ROOM, text=f"/pm-compare {QUESTIONS[number % len(QUESTIONS)]}")
        else:
            act(address, "say", user=BOB, channel=ROOM, text=f"Number {number}: has anybody read https://example.org?")


def measured(browser: Browser, address: str, size: int, tries: int) -> Figures:
    """Measure the room as it is."""
    openings = []
    for _ in range(tries):
        window = Window(browser)
        openings.append(window.open(address))
        window.page.context.close()
    window = Window(browser)
    window.open(address)
    window.timed(ASK, "/pm-compare list")  # the first one warms up what every later one finds warm
    words = [f"/pm-compare {QUESTIONS[number % len(QUESTIONS)]}" for number in range(3 * tries)]
    answers = [window.timed(ASK, each) for each in words]
    while window.page.evaluate(EARLIER):
        window.page.wait_for_timeout(50)
    long = [arrival(window, address, f"It is {number}.") for number in range(tries)]
    window.page.context.close()
    return Figures(size, tuple(answers), tuple(openings), tuple(long))


def arrival(window: Window, address: str, words: str) -> tuple[float, float]:
    """Let a message arrive while one reads far up; milliseconds of the longest task it makes, 0: none over 50."""
    window.page.evaluate("(words) => { window.long = []; window.arrived = window.arrives(words); }", words)
    before = window.busy()
    act(address, "say", user=BOB, channel=ROOM, text=words)
    window.page.evaluate("window.arrived")
    busy = window.busy() - before
    window.page.wait_for_timeout(200)  # long tasks are told a moment later
    return float(window.page.evaluate("Math.max(0, ...window.long)")), busy


def clock(tries: Sequence[tuple[float, float]], chosen: Callable[[Iterable[float]], float]) -> float:
    """Choose from the milliseconds by the clock."""
    return chosen([told for told, _ in tries])


def cell(tries: Sequence[tuple[float, float]]) -> str:
    """Give median, worst, and what the main thread needed."""
    busy = median(each for _, each in tries)
    return f"{clock(tries, median):>6.0f} ({clock(tries, max):>5.0f}) {busy:>5.0f}"


def main() -> int:
    """Measure each size and print what came of it; 1 where an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description="Measure the playground's page.")
    parser.add_argument("--quick", action="store_true", help="few tries, too short to quote")
    tries = 3 if parser.parse_args().quick else 10
    found = []
    with playground() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        before = 0
        for size in SIZES:
            fill(address, before, size)
            found.append(measured(browser, address, size, tries))
            before = size + 4 * tries + 1  # what was asked and said while it was measured
        browser.close()
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; milliseconds: median (worst), main thread's median"
    )
    print(f"{'messages':>8}  {'answer':>20}  {'opening':>20}  {'longest task':>20}")
    for each in found:
        print(f"{each.size:>8,}  " + "  ".join(cell(values) for values in (each.answers, each.openings, each.long)))
    often = [each for each in found if each.size <= OFTEN]
    missed = [
        *(f"answer at {each.size:,}" for each in often if clock(each.answers, median) >= ANSWER),
        *(f"opening at {each.size:,}" for each in often if clock(each.openings, median) >= OPEN),
        *(f"longest task at {each.size:,}" for each in found if clock(each.long, max) > LONG),
    ]
    print(f"aims: answer < {ANSWER:.0f} and opening < {OPEN:.0f} up to {OFTEN} messages, no task over {LONG:.0f}")
    print(f"missed: {', '.join(missed)}" if missed else "all met")
    return 1 if missed else 0
