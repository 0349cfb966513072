"""Prove that the bench judges by its aims, takes no wrong answer for an answer, and signs what it sends."""

import json
import os
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from bench import table, wrk
from bench.contest import OURS
from bench.rounds import Memory, Samples, StartSamples
from bench.slack import loads, votes
from bench.slack.contest import BARE, RIVALS
from bench.table import Aim, Row
from bench.wrk import BrokenError
from tests import ready

AS_MODULE = "import runpy; runpy.run_module('bench', run_name='__main__', alter_sys=True)"
NOW = 1_795_000_000
AT_LEAST = Aim(0.9, is_least=True)
AT_MOST = Aim(1.15, is_least=False)
MEGABYTES = Aim(120.0, is_least=False, unit="MB")


@contextmanager
def noting(seen: list[bytes]) -> Iterator[int]:
    """Answer every request with nothing, and note its body; gives the port."""

    class Noting(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Noon(Clock):
    """A clock that stands."""

    def now(self) -> float:
        """Stand still."""
        return NOW


@pytest.mark.parametrize(
    ("ours", "bare", "aim", "verdict"),
    [
        ([900.0], [1000.0], AT_LEAST, "met"),
        ([899.0], [1000.0], AT_LEAST, "missed"),
        ([1.15], [1.0], AT_MOST, "met"),
        ([1.16], [1.0], AT_MOST, "missed"),
        ([120.0], [10.0], MEGABYTES, "met"),
        ([120.5], [200.0], MEGABYTES, "missed"),
        ([1.0], [2.0], None, ""),
    ],
)
def test_verdict_follows_the_aim(ours: Sequence[float], bare: Sequence[float], aim: Aim | None, verdict: str) -> None:
    """A ratio is judged against the bare Bolt app, a figure with a unit by itself, and the limit itself is met."""
    assert Row("x", ours, bare, aim=aim).verdict == verdict


def test_rounds_are_compared_with_each_other() -> None:
    """A round in which the machine was busy for both changes no ratio."""
    assert Row("x", [100.0, 10.0, 90.0], [100.0, 10.0, 100.0]).ratio == 1.0


def test_table_names_every_figure_and_verdict() -> None:
    """The table shows both servers' medians, the ratio with the rounds' range, the aim and the verdict."""
    row = Row("requests/s", [900.0, 800.0], [1000.0, 1000.0], aim=AT_LEAST, digits=0, heads="a button")
    words = " ".join(table.drawn([row], RIVALS.columns).split())
    assert words.endswith("a button requests/s 850 1,000 0.85 (0.80 to 0.90) ≥ 0.90 missed")


@pytest.mark.parametrize("fault", ["wrong", "broken"])
def test_no_wrong_answer_counts(fault: str) -> None:
    """One answer that was no 200 with the expected body, or one broken connection, and the run has no figures."""
    figures = {"wrong": 0, "broken": 0, fault: 1}
    output = (
        f'Running 1s test\n{{"requests": 9, "microseconds": 1000000, "wrong": {figures["wrong"]}, '
        f'"broken": {figures["broken"]}, "p50": 200, "p99": 900}}\n'
    )
    with pytest.raises(wrk.BrokenError, match="a button: of 9 answers"):
        wrk.read(output, "a button")


def test_figures_are_in_their_units() -> None:
    """A run gives requests a second, and milliseconds."""
    found = wrk.read(
        '{"requests": 9, "microseconds": 2000000, "wrong": 0, "broken": 0, "p50": 200, "p99": 900}', "a button"
    )
    assert (found.rate, found.p50, found.p99) == (4.5, 0.2, 0.9)


@pytest.mark.parametrize(
    "load",
    [
        loads.command("risks", "http://127.0.0.1/"),
        loads.button("http://127.0.0.1/"),
        loads.reaction("1.2", "U1", "x"),
        loads.mention("risks", "C1", "1.2"),
    ],
    ids=lambda load: load.name,
)
def test_loads_bear_slacks_signature(load: loads.Load) -> None:
    """Each request is signed over its own body, so that what is measured is an answer and not a refusal."""
    head, _, body = load.message(3000, NOW).decode().partition("\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    assert int(headers["Content-Length"]) == len(load.body)
    assert SignatureVerifier(loads.SECRET, Noon()).is_valid_request(body, headers)


def test_nobody_votes_twice() -> None:
    """Each press is somebody else's, signed over its own body, for a choice that the post has."""
    blocks = [{"type": "actions", "elements": [{"type": "button", "value": f"vote||{place}"} for place in "012"]}]
    post, choices = votes.posted(urlencode({"blocks": json.dumps(blocks)}).encode(), "1.2")
    assert votes.posted(json.dumps({"blocks": blocks}).encode(), "1.2") == (post, choices)
    load = votes.votes(post, choices, "http://127.0.0.1/")
    first, second = (load.messages(3000, NOW) for _ in range(2))
    people: set[str] = set()
    chosen: Counter[str] = Counter()
    for message in (*first[:50], *second[:50]):
        head, _, body = message.decode().partition("\r\n\r\n")
        assert SignatureVerifier(loads.SECRET, Noon()).is_valid_request(
            body, dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        )
        press = json.loads(parse_qs(body)["payload"][0])
        people.add(press["user"]["id"])
        chosen[press["actions"][0]["value"]] += 1
    assert len(people) == 100
    assert set(chosen) == set(choices)
    with pytest.raises(BrokenError, match="nobody can vote"):
        votes.posted(b"{}", "1.2")


def test_a_load_has_an_aim_of_its_own() -> None:
    """Votes are judged by theirs, and by no p50; a press by the usual ones, of which p99 is one."""
    speeds = {
        title: {name: Samples([rate], [1.0], [1.0], [1.0]) for name, rate in ((OURS, 75.0), (BARE, 100.0))}
        for title in (votes.TITLE, "a button")
    }
    starts = {name: StartSamples([1.0], [1.0]) for name in (OURS, BARE)}
    memories = dict.fromkeys((OURS, BARE), Memory(1.0, 1.0))
    first, _, p50, _, usual, _, _, p99, *_ = table.rows(speeds, starts, memories, 1, RIVALS)
    assert (first.heads, first.verdict, str(first.aim), p50.verdict) == (votes.TITLE, "met", "≥ 0.70", "")
    assert (usual.verdict, str(usual.aim)) == ("missed", "≥ 1.40")
    assert (p99.verdict, str(p99.aim)) == ("met", "≤ 1.20")


@pytest.mark.skipif(not wrk.is_there(), reason="wrk is not installed")
def test_a_run_is_not_cut_before_it_was_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However short it is: after this time wrk has not even started. It would have nothing to tell."""
    seen: list[bytes] = []
    interrupted: list[int] = []
    send = subprocess.Popen.send_signal

    def send_signal(process: subprocess.Popen[str], number: int) -> None:
        interrupted.append(len(seen))
        send(process, number)

    monkeypatch.setattr(subprocess.Popen, "send_signal", send_signal)
    (tmp_path / "answered").touch()  # of a run before
    with noting(seen) as port:
        run = wrk.run(loads.Load("a", "a", b"a"), port, b"", clients=1, seconds=0.001, folder=tmp_path)
    assert run.requests > 0
    assert interrupted[0] > 0
    assert run.seconds < 5  # cut all the same


@pytest.mark.skipif(not wrk.is_there(), reason="wrk is not installed")
def test_requests_are_sent_one_after_the_other(tmp_path: Path) -> None:
    """And again from the first, once all were sent."""
    seen: list[bytes] = []

    class Three(loads.Load):
        def messages(self, port: int, now: float) -> list[bytes]:
            return [loads.Load("a", "a", body).message(port, now) for body in (b"a", b"bb\n", b"ccc")]

    with noting(seen) as port:
        wrk.run(Three("a", "a", b"a"), port, b"", clients=1, seconds=0.2, folder=tmp_path)
    assert len(seen) > 3
    following = {b"a": b"bb\n", b"bb\n": b"ccc", b"ccc": b"a"}
    assert all(following[one] == other for one, other in pairwise(seen))


def test_missing_wrk_is_said(tmp_path: Path) -> None:
    """Without wrk nothing is measured: the command says how to install it, and exits with 2."""
    environment = {name: value for name, value in os.environ.items() if name != "PATH"} | {"PATH": str(tmp_path)}
    done = ready.ended(ready.DATABASES, AS_MODULE, "--quick", environ=environment)
    assert (done.returncode, done.stderr.strip()) == (2, wrk.INSTALL)
