"""`python -m bot tips …`: an operator sets up many channels, and steers them."""

import asyncio
import json
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import clock
from tests import databases
from tests.cli import program
from tests.cli.program import Ended, run_forked

ONE = ("--workspace", "T024BE7LD", "--channel", "C024BE91L")
WEEKLY = {"workspace": "T024BE7LD", "weekday": "monday", "at": "09:00", "zone": "Europe/Paris"}


def typed(folder: Path, *words: str, **environ: str) -> Ended:
    """Run a command on a database that is there: that it makes one where there is none, a process of its own shows."""
    databases.put(folder / "bot.db")
    return program.typed(folder, *words, **environ)


def listed(folder: Path) -> list[dict[str, Any]]:
    """Read `tips list --json`."""
    ended = typed(folder, "tips", "list", "--json")
    assert ended.code == 0
    rows: list[dict[str, Any]] = json.loads(ended.out)
    return rows


def turn_on(folder: Path, **options: str) -> None:
    """Turn tips on in one channel."""
    named = {"weekday": "monday", "at": "09:00", "zone": "Europe/Paris"} | options
    words = [word for name, value in named.items() for word in (f"--{name}", value)]
    ended = typed(folder, "tips", "add", *ONE, *words)
    assert (ended.code, ended.out) == (0, "Weekly tips are on in 1 channel.\n"), ended.err


def added(folder: Path, *words: str, source: Path | None = None) -> str:
    """Add tips to the one channel, by options or from a file, and give what is said."""
    first = ("--weekday", "monday", "--at", "09:00", "--zone", "Europe/Paris")
    given = (*ONE, *first) if source is None else ("--from", str(source))
    ended = typed(folder, "tips", "add", *given, *words)
    assert ended.code == 0, ended.err
    return ended.out


async def test_many_channels_from_a_file_with_a_progress_bar(tmp_path: Path) -> None:
    """1,500 channels are on in one go; a bar on standard error shows how far it is, and output stays clean."""
    entries = [WEEKLY | {"channel": f"C{number:08}"} for number in range(1500)]
    (tmp_path / "channels.json").write_text(json.dumps(entries))
    ended = await run_forked(tmp_path, "tips", "add", "--from", "channels.json")
    assert (ended.code, ended.out) == (0, "Weekly tips are on in 1500 channels.\n")
    assert "Turning tips on" in ended.err
    assert "100%" in ended.err
    table = await asyncio.to_thread(partial(typed, tmp_path, "tips", "list", COLUMNS="200"))
    assert table.code == 0
    assert table.out.count("Europe/Paris") == 1500


def test_a_list_tells_a_script_everything(tmp_path: Path) -> None:
    """`tips list --json`: where, when, state and next moment, which is in the zone that was named."""
    assert listed(tmp_path) == []
    turn_on(tmp_path)
    (row,) = listed(tmp_path)
    assert row.pop("next").endswith("+00:00")
    assert row == {
        "platform": "slack",
        "workspace": "T024BE7LD",
        "channel": "C024BE91L",
        "weekday": "monday",
        "at": "09:00",
        "zone": "Europe/Paris",
        "state": "on",
        "reason": "",
        "paused_until": None,
        "owner": "",
        "co_owners": [],
        "changed_by": "anyone",
        "dimensions": [],
        "quiet_dates": [],
        "quiet_country": "",
        "seen": 0,
    }


def test_pause_resume_remove_and_on_again(tmp_path: Path) -> None:
    """Each does what it says and says what it did; adding again changes the hour."""
    turn_on(tmp_path)
    for name, said, state in (
        ("pause", "Weekly tips are paused in C024BE91L.\n", "paused"),
        ("resume", "Weekly tips are on in C024BE91L.\n", "on"),
        ("remove", "Weekly tips are off in C024BE91L.\n", "off"),
    ):
        ended = typed(tmp_path, "tips", name, *ONE)
        assert (ended.code, ended.out) == (0, said)
        assert listed(tmp_path)[0]["state"] == state
    ended = typed(tmp_path, "tips", "resume", *ONE)
    assert (ended.code, ended.out) == (1, "")
    assert "turn them on with `python -m bot tips add`" in ended.err
    assert added(tmp_path, "--at", "16:30", "--switch-on") == (
        "Weekly tips are on in 1 channel.\nC024BE91L in T024BE7LD: switched on again; they were off.\n"
    )
    (row,) = listed(tmp_path)
    assert (row["state"], row["at"]) == ("on", "16:30")


@pytest.mark.parametrize("name", ["pause", "resume", "remove"])
def test_an_unknown_channel_is_named(tmp_path: Path, name: str) -> None:
    """Steering a channel that has no tips, or none at all, says what to do; nothing is written."""
    ended = typed(tmp_path, "tips", name, *ONE)
    assert (ended.code, ended.out) == (1, "")
    assert "C024BE91L in T024BE7LD has no weekly tips; `python -m bot tips list` shows all." in ended.err
    assert "--workspace T… --channel C…" in typed(tmp_path, "tips", name).err
    assert listed(tmp_path) == []


def test_wrong_entries_are_named_all_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    """A sentence for each fault of each entry, by its place in the list; the sound ones are not written either."""
    entries = [
        WEEKLY | {"channel": "C0000001"},
        WEEKLY | {"channel": "#general", "weekday": "someday", "at": "25:00"},
        {"workspace": "T024BE7LD", "chanel": "C1"},
        "C0000001",
        WEEKLY | {"channel": 7},
        WEEKLY | {"channel": "C0000001", "at": "10:00"},
    ]
    (tmp_path / "channels.json").write_text(json.dumps(entries))
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert (ended.code, ended.out) == (1, "")
    head, *lines = ended.err.splitlines()
    assert head == "Error: Nothing was changed."
    assert list(dict.fromkeys(line.split(":")[0] for line in lines)) == [
        "entry 2",
        "entry 3",
        "entry 4",
        "entry 5",
        "C0000001 in T024BE7LD is named 2 times.",
    ]
    said = {entry: [line for line in lines if line.startswith(f"entry {entry}:")] for entry in (2, 3, 4, 5)}
    assert [line.partition("“")[2].partition("”")[0] for line in said[2]] == ["#general", "someday", "25:00"]
    assert [line.partition(": ")[2].split()[0] for line in said[3]] == ["unknown", "missing"]
    assert "missing channel, weekday, at, zone." in said[3][1]
    assert "must be an object" in said[4][0]
    assert "channel must be text." in " ".join(said[5])
    assert listed(tmp_path) == []


def test_options_and_a_file_together_are_refused(tmp_path: Path) -> None:
    """Either one channel or a file, so that neither is overlooked."""
    (tmp_path / "channels.json").write_text("[]")
    ended = typed(tmp_path, "tips", "add", *ONE, "--from", "channels.json")
    assert ended.code == 1
    assert "not both" in ended.err
    assert typed(tmp_path, "tips", "add", "--from", "absent.json").code == 2


def test_an_introduction_is_planned_only_when_asked_for(tmp_path: Path) -> None:
    """Without --introduce nobody's channel gets a message because an operator typed a command."""
    turn_on(tmp_path)
    doctor = json.loads(typed(tmp_path, "doctor", "--json").out)
    assert doctor["deliveries"]["planned"] == 0
    other = ("--workspace", "T024BE7LD", "--channel", "C1111111", "--weekday", "mon", "--at", "9:00", "--zone", "UTC")
    assert typed(tmp_path, "tips", "add", *other, "--introduce").code == 0
    doctor = json.loads(typed(tmp_path, "doctor", "--json").out)
    assert doctor["deliveries"]["planned"] == 1


def steered(folder: Path, name: str, *words: str) -> str:
    """Run `tips NAME` on the one channel and give what it says."""
    ended = typed(folder, "tips", name, *ONE, *words)
    assert ended.code == 0, ended.err
    return ended.out


def refused(folder: Path, name: str, *words: str) -> str:
    """Run `tips NAME` on the one channel, which refuses, and give its sentence."""
    ended = typed(folder, "tips", name, *ONE, *words)
    assert (ended.code != 0, ended.out) == (True, "")
    return ended.err


def shown(folder: Path) -> dict[str, Any]:
    """Read `tips show --json`."""
    report: dict[str, Any] = json.loads(steered(folder, "show", "--json"))
    return report


def test_show_tells_what_comes_and_who_changed_what(tmp_path: Path) -> None:
    """Settings, the next five tips, and a line of history for each change, by the operator."""
    turn_on(tmp_path)
    steered(tmp_path, "pause")
    steered(tmp_path, "resume")
    report = shown(tmp_path)
    assert len(report["upcoming"]) == 5
    assert [line["action"] for line in report["history"]] == ["resumed", "paused", "began"]
    assert {line["person"] for line in report["history"]} == {""}
    said = typed(tmp_path, "tips", "show", *ONE, COLUMNS="200").out
    assert "Europe/Paris" in said
    assert all(title in said for title in ("upcoming", "deliveries: none", "history"))


def test_skip_and_keep(tmp_path: Path) -> None:
    """A skipped week is named, and taken back once."""
    turn_on(tmp_path)
    week = shown(tmp_path)["upcoming"][0]["week"]
    assert steered(tmp_path, "skip") == f"The tip of {week} is skipped in C024BE91L; it comes a week later.\n"
    assert shown(tmp_path)["upcoming"][0]["skipped"] == "skipped by the operator"
    assert steered(tmp_path, "keep") == f"The tip of {week} comes after all in C024BE91L.\n"
    assert steered(tmp_path, "keep") == "No tip is to be skipped in C024BE91L.\n"
    steered(tmp_path, "pause")
    assert "paused; `python -m bot tips resume`" in refused(tmp_path, "skip")


def test_swap_by_id_and_back_to_the_order(tmp_path: Path) -> None:
    """The named tip comes next; one that is unknown is refused with those that may be chosen."""
    turn_on(tmp_path)
    order = [week["tip"] for week in shown(tmp_path)["upcoming"]]
    assert "The next tip in C024BE91L is “" in steered(tmp_path, "swap", order[2])
    assert shown(tmp_path)["upcoming"][0]["tip"] == order[2]
    assert steered(tmp_path, "swap", "--in-order") == "The next tip in C024BE91L is the next in order again.\n"
    assert [week["tip"] for week in shown(tmp_path)["upcoming"]] == order
    said = refused(tmp_path, "swap", "zzzzzz")
    assert "“zzzzzz”: That tip is no longer in the content." in said
    assert order[0] in said
    assert len(said) < 400  # not all the ids there are
    near = f"{order[1][:-1]}x"
    assert f"Did you mean {order[1]}" in refused(tmp_path, "swap", near)
    assert "either a tip's id or --in-order" in refused(tmp_path, "swap")


def test_tables_cut_no_id_and_speak_the_channels_own_time(tmp_path: Path) -> None:
    """Into a pipe a table is as wide as it is, whatever the terminal; moments are those of the channel's clocks."""
    channel = f"19:{'6f0a' * 12}@thread.tacv2"
    where = ("--workspace", "5b0c2f1e-8d3a-4c69-9f42-6a1d7e0b3c58", "--channel", channel)
    when = ("--weekday", "monday", "--at", "09:00", "--zone", "Asia/Tokyo")
    assert typed(tmp_path, "tips", "add", *where, *when).code == 0
    for words in (("list",), ("show", *where)):
        out = typed(tmp_path, "tips", *words, COLUMNS="60").out
        assert channel in out
        assert " 09:00+09:00" in out
        assert " 00:00" not in out  # what 09:00 in Tokyo is by UTC
    assert "times in Asia/Tokyo" in typed(tmp_path, "tips", "show", *where).out


def test_an_extra_tip_is_promised_at_once(tmp_path: Path) -> None:
    """It waits for a bot that runs, and says so."""
    turn_on(tmp_path)
    assert "`python -m bot tick` at once" in steered(tmp_path, "send-now")
    (delivery,) = shown(tmp_path)["deliveries"]
    assert (delivery["kind"], delivery["state"]) == ("tip", "planned")


def test_pause_until_a_day(tmp_path: Path) -> None:
    """The day begins in the channel's own zone; a past day, none, or one more than a year away is refused."""
    turn_on(tmp_path)
    day = (clock.real() + timedelta(days=300)).date()
    begins = datetime.combine(day, time(), ZoneInfo("Europe/Paris")).astimezone(UTC)
    assert f"{day.year}, 00:00 (Europe/Paris)" in steered(tmp_path, "pause", "--until", day.isoformat())
    assert shown(tmp_path)["paused_until"] == begins.isoformat()
    assert "not in the future" in refused(tmp_path, "pause", "--until", "2020-01-01")
    assert "write it like 2026-12-07" in refused(tmp_path, "pause", "--until", "tomorrow")
    for year in (2099, 9998, 9999):
        assert "more than a year away" in refused(tmp_path, "pause", "--until", f"{year}-12-31")
    assert shown(tmp_path)["paused_until"] == begins.isoformat()


def test_pausing_again_says_what_holds(tmp_path: Path) -> None:
    """Without a day the end that was set stays, and is said; an empty one takes it away."""
    turn_on(tmp_path)
    day = (clock.real() + timedelta(days=9)).date().isoformat()
    first = steered(tmp_path, "pause", "--until", day)
    assert steered(tmp_path, "pause") == first.replace(").", "), as before.")
    assert shown(tmp_path)["paused_until"] is not None
    assert steered(tmp_path, "pause", "--until", "") == "Weekly tips are paused in C024BE91L.\n"
    assert shown(tmp_path)["paused_until"] is None
    assert steered(tmp_path, "pause") == "Weekly tips are paused in C024BE91L, as before.\n"
    assert [line["action"] for line in shown(tmp_path)["history"]] == ["paused", "paused", "began"]


def test_quiet_days_are_set_and_taken_away(tmp_path: Path) -> None:
    """Dates and a country, each by itself; what is no date is refused and changes nothing."""
    turn_on(tmp_path)
    assert steered(tmp_path, "quiet", "--dates", "2026-12-24 to 2027-01-02", "--country", "de-by") == (
        "Quiet in C024BE91L: 24 December 2026 to 2 January 2027, public holidays in Germany (DE-BY).\n"
    )
    steered(tmp_path, "quiet", "--dates", "2027-05-01")
    row = shown(tmp_path)
    assert (row["quiet_dates"], row["quiet_country"]) == (["2027-05-01"], "DE-BY")
    assert "cannot read “Xmas” as a date" in refused(tmp_path, "quiet", "--dates", "Xmas")
    assert "is not a country" in refused(tmp_path, "quiet", "--country", "Atlantis")
    assert steered(tmp_path, "quiet", "--dates", "", "--country", "") == "Quiet in C024BE91L: no day.\n"
    assert "Give --dates" in refused(tmp_path, "quiet")


def test_ownership_is_handed_over_and_shared(tmp_path: Path) -> None:
    """People are named by id; anything else is refused."""
    turn_on(tmp_path)
    said = steered(tmp_path, "owner", "--to", "U061F7AUR", "--share", "U0G9QF9C6,W0000001")
    assert said == "The weekly tips in C024BE91L belong to U061F7AUR, shared with U0G9QF9C6, W0000001.\n"
    assert steered(tmp_path, "owner", "--share", "") == "The weekly tips in C024BE91L belong to U061F7AUR.\n"
    assert "“@alice” is not a person's id" in refused(tmp_path, "owner", "--to", "@alice")
    assert "Give --to" in refused(tmp_path, "owner")
    eleven = ",".join(f"U000000{number:02}" for number in range(11))
    assert "That is 11 people; tips can be shared with 10 at most." in refused(
        tmp_path, "owner", "--to", "U0G9QF9C6", "--share", eleven
    )
    assert shown(tmp_path)["owner"] == "U061F7AUR"  # neither half of it was done


def test_topics_and_a_tip_for_one_person(tmp_path: Path) -> None:
    """--dimensions chooses topics, unknown ones are named; a person's id makes the tips theirs alone."""
    turn_on(tmp_path, dimensions="risks,skills")
    assert listed(tmp_path)[0]["dimensions"] == ["skills", "risks"]
    wrong = typed(
        tmp_path, "tips", "add", *ONE, "--weekday", "mon", "--at", "9:00", "--zone", "UTC", "--dimensions", "x"
    )
    assert "x is not a dimension of this content; there are mission, value" in wrong.err
    mine = ("--workspace", "T024BE7LD", "--channel", "U061F7AUR", "--weekday", "mon", "--at", "9:00", "--zone", "UTC")
    assert typed(tmp_path, "tips", "add", *mine).code == 0
    row = listed(tmp_path)[1]
    assert (row["channel"], row["owner"], row["changed_by"]) == ("U061F7AUR", "U061F7AUR", "owner")
    ended = typed(tmp_path, "tips", "owner", *mine[:4], "--to", "U0G9QF9C6")
    assert "come to that person alone" in ended.err


@pytest.mark.parametrize("name", ["skip", "keep", "send-now", "pause", "resume"])
def test_what_is_off_cannot_be_steered(tmp_path: Path, name: str) -> None:
    """Each command says how to turn it on."""
    turn_on(tmp_path)
    steered(tmp_path, "remove")
    assert "are off; turn them on with `python -m bot tips add`" in refused(tmp_path, name)


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("pause",),
        ("resume",),
        ("remove",),
        ("skip",),
        ("keep",),
        ("swap", "a\udcff"),
        ("send-now",),
        ("owner", "--to", "U0\udcff"),
        ("quiet", "--dates", "\udcff"),
    ],
)
def test_what_is_not_utf_8_on_the_command_line_is_no_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A channel of bytes that are no text has no tips, and the sentence can be printed."""
    command, *others = words
    ended = typed(tmp_path, "tips", command, *others, "--workspace", "T0001AAAA", "--channel", "C0001\udcffAAA")
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    assert "has no weekly tips" in ended.err or command in {"owner", "quiet"}, ended.err
