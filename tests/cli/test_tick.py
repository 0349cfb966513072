"""`tick` and `doctor` against an emulated Slack: what is due is posted once, and how it went can be asked."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from playground.slack.emulator import SlackEmulator, Trouble
from tests.cli.program import Ended, add_tips, credentials, ledger, run, run_forked, typed

pytestmark = pytest.mark.long

COUNTS = {"planned", "sent", "failed", "skipped", "unknown", "slowed", "left"}


async def beside(folder: Path, slack: SlackEmulator, *words: str, **environ: str) -> Ended:
    """Run a command in a thread, beside the emulator that it asks."""
    return await asyncio.to_thread(partial(typed, folder, *words, **credentials(slack), **environ))


async def doctor(folder: Path, slack: SlackEmulator) -> tuple[int, dict[str, Any]]:
    """Ask the doctor; its JSON has exactly the shape that scripts rely on."""
    ended = await beside(folder, slack, "doctor", "--json")
    report = json.loads(ended.out)
    assert list(report) == ["ok", "checks", "deliveries", "corrections", "unknown"]
    assert report["ok"] is all(check["ok"] for check in report["checks"])
    assert all(list(check) == ["name", "ok", "detail"] for check in report["checks"])
    assert all(isinstance(check["detail"], str) and check["detail"] for check in report["checks"])
    names = [check["name"] for check in report["checks"]]
    assert len(set(names)) == len(names)
    assert list(report["deliveries"]) == ["planned", "sending", "sent", "failed", "skipped", "unknown"]
    assert all(list(row) == ["workspace", "channel", "slot", "tip"] for row in report["unknown"])
    return ended.code, report


async def test_this_weeks_tip_is_posted_once_however_often_it_ticks(tmp_path: Path, slack: SlackEmulator) -> None:
    """Two cron jobs at the same minute, and another later: one tip, exit code 0 each time."""
    room = slack.channel("pm-learning")
    moment = await add_tips(tmp_path, slack, room) + timedelta(minutes=1)

    def words(later: float) -> tuple[str, ...]:
        return "tick", "--json", "--now", (moment + timedelta(seconds=later)).isoformat()

    ended = [
        *await asyncio.gather(*(run_forked(tmp_path, *words(later), **credentials(slack)) for later in (0, 1))),
        await run(tmp_path, *words(3600), **credentials(slack)),
    ]
    assert [one.code for one in ended] == [0] * 3
    counts = [json.loads(one.out) for one in ended]
    assert all(set(count) == COUNTS for count in counts)
    assert sum(count["sent"] for count in counts) == 1
    assert sum(count["planned"] for count in counts) == 1
    (post,) = slack.posts(room)
    assert post.text.startswith("AI PM tip")
    assert slack.faults == []
    code, report = await doctor(tmp_path, slack)
    assert (code, report["ok"], report["deliveries"]["sent"], report["unknown"]) == (0, True, 1, [])


async def test_what_failed_and_what_is_unknown_is_said(tmp_path: Path, slack: SlackEmulator) -> None:
    """A refusal and a lost answer: exit code 2, and the doctor names the delivery that nobody can be sure of."""
    lost, refused = slack.channel("pm-learning"), slack.channel("product")
    moment = await add_tips(tmp_path, slack, lost, refused) + timedelta(minutes=1)
    slack.trouble.append(Trouble("chat.postMessage", "5xx_after", channel=lost.id))
    ended = await beside(tmp_path, slack, "tick", "--now", moment.isoformat())
    assert ended.code == 2
    assert {"1 failed", "1 unknown"} <= set(ended.out.strip(".\n").split(", "))
    code, report = await doctor(tmp_path, slack)
    assert (code, report["ok"]) == (1, False)
    assert (report["deliveries"]["failed"], report["deliveries"]["unknown"]) == (1, 1)
    year, week, _ = moment.isocalendar()
    (row,) = report["unknown"]
    assert row == {"workspace": slack.team, "channel": lost.id, "slot": f"{year}-W{week:02}", "tip": row["tip"]}
    assert row["tip"].isprintable()
    assert len(slack.posts(lost)) == 1


async def test_it_goes_on_at_its_pace_until_all_that_was_due_is_posted(tmp_path: Path, slack: SlackEmulator) -> None:
    """More than may go at once: one tick posts them all, the paced ones too, and exits with 0."""
    rooms = [slack.channel(f"room-{number}", bot=True) for number in range(12)]
    moment = await add_tips(tmp_path, slack, *rooms) + timedelta(minutes=1)
    pace = {"PACE_BURST": "3", "PACE_PER_SECOND": "10"}
    ended = await beside(tmp_path, slack, "tick", "--json", "--now", moment.isoformat(), **pace)
    counts = json.loads(ended.out)
    assert (ended.code, counts["planned"], counts["sent"], counts["left"]) == (0, 12, 12, 0), ended.err
    assert [len(slack.posts(room)) for room in rooms] == [1] * 12


async def test_it_waits_as_long_as_the_platform_asks(tmp_path: Path, slack: SlackEmulator) -> None:
    """A workspace that says "slow down" gets its tip in the same tick, once that time has passed."""
    room = slack.channel("pm-learning")
    moment = await add_tips(tmp_path, slack, room) + timedelta(minutes=1)
    slack.trouble.append(Trouble("chat.postMessage", "429", retry_after=1))
    ended = await beside(tmp_path, slack, "tick", "--json", "--now", moment.isoformat())
    counts = json.loads(ended.out)
    assert (ended.code, counts["sent"], counts["slowed"], counts["left"]) == (0, 1, 1, 0), ended.err
    assert len(slack.posts(room)) == 1


async def test_a_time_limit_leaves_the_rest_to_the_next_tick(tmp_path: Path, slack: SlackEmulator) -> None:
    """Exit code 3 and a count of what is left; the next tick posts just that."""
    rooms = [slack.channel(f"room-{number}", bot=True) for number in range(4)]
    moment = await add_tips(tmp_path, slack, *rooms) + timedelta(minutes=1)
    slow = {"PACE_BURST": "2", "PACE_PER_SECOND": "0.5"}
    words = ("tick", "--now", moment.isoformat(), "--time-limit", "0.5")
    ended = await beside(tmp_path, slack, *words, **slow)
    assert ended.code == 3, ended.err
    assert "2 left" in ended.out
    later = (moment + timedelta(minutes=5)).isoformat()
    ended = await beside(tmp_path, slack, "tick", "--json", "--now", later)
    counts = json.loads(ended.out)
    assert (ended.code, counts["sent"], counts["left"]) == (0, 2, 0)
    assert [len(slack.posts(room)) for room in rooms] == [1] * 4


async def test_a_tick_clears_what_is_old_once_a_day(tmp_path: Path, slack: SlackEmulator) -> None:
    """Who ticks by cron alone keeps what was posted no longer than anybody else, and looks no oftener."""
    moment = await add_tips(tmp_path, slack, slack.channel("pm-learning")) + timedelta(minutes=1)

    async def tick(days: int) -> str:
        now = (moment + timedelta(days=days)).isoformat()
        ended = await beside(tmp_path, slack, "tick", "--now", now)
        assert ended.code == 0, ended.err
        return ended.err

    assert "clock.housekept" in await tick(0)
    (first,) = [row.key for row in await ledger(tmp_path)]
    assert "clock.housekept" not in await tick(0)
    assert "clock.housekept" in await tick(401)
    assert first not in [row.key for row in await ledger(tmp_path)]
