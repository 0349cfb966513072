"""`feedback`: what readers told is listed, closed and exported beside a bot that runs; `check` warns of it."""

import asyncio
import csv
import io
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.learning.feedback_report import COLUMNS
from content import library
from playground.slack.emulator import SlackEmulator
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.learning import feedback
from store.learning.feedback import Feedback
from tests import databases
from tests.cli.program import ROOT, run, serving, typed, until
from tests.content import decks

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LIBRARY = library.load(ROOT / "content" / "ai-pm")
FIRST, SECOND = LIBRARY.tips[0], LIBRARY.tips[1]
PERSON = "U0PERSON1"


def told(number: int, kind: str = "wrong", **fields: Any) -> Feedback:  # noqa: ANN401 # each takes its field's own type
    """Give what somebody told, an hour after the one before."""
    has_subject = kind not in {"missing", "tip", "dilemma"}
    about = {"subject": f"tip/{FIRST.id}", "version": 1} if has_subject else {}
    place = {"platform": "slack", "workspace": "T1", "conversation": "C1"}
    made = {"id": f"{number:04x}" * 8, "kind": kind, "created_at": NOW + timedelta(hours=number)}
    return Feedback(**{**place, **made, **about, "words": f"Words {number}", **fields})


def hold(folder: Path, *rows: Feedback) -> None:
    """Put rows into the folder's database."""

    async def add() -> None:
        database = Database(databases.put(folder / "bot.db"))
        async with database.write() as connection:
            for row in rows:
                await feedback.add(connection, row)
        await database.close()

    asyncio.run(add())


def held(folder: Path) -> tuple[dict[str, Feedback], list[tuple[str, str, str]]]:
    """Read the rows by number, and to whom which answers are promised."""

    async def read() -> tuple[dict[str, Feedback], list[tuple[str, str, str]]]:
        database = Database(f"sqlite:///{folder / 'bot.db'}")
        async with database.read() as connection:
            rows = {row.id[:4]: row for row in await feedback.listed(connection)}
            promised = await Deliveries().in_state(connection, "planned")
        await database.close()
        return rows, [(row.conversation, row.subject, row.argument) for row in promised]

    return asyncio.run(read())


def test_the_list_begins_with_what_is_wrong_for_longest(tmp_path: Path) -> None:
    """Groups by subject, wrong first and the oldest of it first; what is closed only when asked for; no person."""
    hold(
        tmp_path,
        told(1, "unclear", subject=f"tip/{SECOND.id}"),
        told(2, "missing", person=PERSON),
        told(3, "outdated"),
        told(4, subject="dimension/risks", place="sources", person=PERSON),
        told(5, words="[red]7[/red],\nnot 8\x1b[31m"),
        told(6, closed_at=NOW, fixed_in=2),
        told(7, subject="tip/gone"),
        told(8, "dilemma", source="https://example.org/a"),
    )
    ended = typed(tmp_path, "feedback", "list", "--json")
    groups = json.loads(ended.out)
    assert [group["subject"] or group["rows"][0]["kind"] for group in groups] == [
        *("dimension/risks", f"tip/{FIRST.id}", "tip/gone", f"tip/{SECOND.id}", "missing", "dilemma")
    ]
    assert groups[1]["counts"] == {"wrong": 1, "outdated": 1}
    assert [row["kind"] for row in groups[1]["rows"]] == ["wrong", "outdated"]
    assert (groups[1]["title"], groups[1]["version"], groups[2]["version"]) == (FIRST.title, FIRST.version, 0)
    assert groups[0]["rows"][0]["place"] == "sources"
    assert [row["wants_answer"] for row in (groups[0]["rows"][0], groups[1]["rows"][0])] == [True, False]
    as_text = typed(tmp_path, "feedback", "list")
    assert (ended.code, as_text.code) == (0, 0)
    assert "[red]7[/red], not 8" in " ".join(as_text.out.split())
    assert "\x1b" not in as_text.out
    assert "v1 sources wants an answer" in as_text.out
    assert "tip/gone · not in the content any more: 1 wrong" in as_text.out
    everything = typed(tmp_path, "feedback", "list", "--all", "--json", "--kind", "wrong").out
    assert sum(len(group["rows"]) for group in json.loads(everything)) == 4
    assert PERSON not in ended.out + as_text.out + everything


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    """A database without feedback, and one that is yet to be made."""
    assert "Nobody told the writers anything that is open." in typed(tmp_path, "feedback", "list").out
    assert json.loads(typed(tmp_path, "feedback", "list", "--json").out) == []


def test_one_is_shown_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    """All it says; too little of an id, another's and several's are refused in words."""
    hold(tmp_path, told(1, person=PERSON, words="All of it. " * 20), told(0x11), told(0x11, id="0011" * 7 + "ffff"))
    shown = typed(tmp_path, "feedback", "show", "0001")
    assert shown.code == 0
    assert "All of it. " * 20 in " ".join(shown.out.split()) + " "
    assert "wants answer" in shown.out
    assert json.loads(typed(tmp_path, "feedback", "show", "0001", "--json").out)["title"] == FIRST.title
    assert PERSON not in shown.out
    for id_, said in (("0002", "There is no feedback"), ("000", "There is no feedback"), ("0011", "several ids")):
        refused = typed(tmp_path, "feedback", "show", id_)
        assert (refused.code, said in refused.err) == (1, True)


def test_closing_is_all_or_nothing_and_tells_once(tmp_path: Path) -> None:
    """By ids: a wrong one changes nothing; closed twice is told once, and the person is gone with the promise."""
    hold(tmp_path, told(1, person=PERSON), told(2), told(3, "missing", person="U0PERSON2"))
    version = str(FIRST.version)
    assert FIRST.version > 1
    refused = typed(tmp_path, "feedback", "close", "0001", "0009", "--fixed-in", version)
    assert (refused.code, "There is no feedback '0009'" in refused.err) == (1, True)
    assert held(tmp_path)[1] == []
    ended = typed(tmp_path, "feedback", "close", "0001", "0002", "0001", "--fixed-in", version)
    assert (ended.code, ended.out) == (0, "Closed 2. 1 person is told, once.\n")
    again = typed(tmp_path, "feedback", "close", "0001", "0003", "--wont-fix")
    assert again.out == "Closed 1. 1 person is told, once. 1 had been closed before: nobody is told again.\n"
    rows, promised = held(tmp_path)
    assert {row.person for row in rows.values()} == {""}
    assert {number: row.fixed_in for number, row in rows.items()} == {
        "0001": FIRST.version,
        "0002": FIRST.version,
        "0003": 0,
    }
    assert sorted(promised) == [
        (PERSON, f"tip/{FIRST.id}", f"wrong {version} 2026-11-20"),
        ("U0PERSON2", "", "missing 0 2026-11-20"),
    ]


def test_a_version_that_mended_nothing_is_refused(tmp_path: Path) -> None:
    """One that is not there yet, and one that was read when it was said to be wrong; by subject those stay open."""
    version = FIRST.version
    hold(tmp_path, told(1), told(2, version=version), told(3, "outdated"), told(4, subject="tip/gone"))
    for words, said in (
        (("0001", "--fixed-in", str(version + 1)), f"is at version {version} in this content"),
        (("0002", "--fixed-in", str(version)), f"was said of version {version}"),
        (("0004", "--fixed-in", "2"), "tip/gone is not in the content"),
        (("0001", "--fixed-in", "1", "--see", "tip/nowhere"), "tip/nowhere is not in the content"),
        (("--subject", "tip/nowhere", "--wont-fix"), "Nothing that was told of tip/nowhere is open."),
    ):
        refused = typed(tmp_path, "feedback", "close", *words)
        assert (refused.code, said in refused.err) == (1, True), refused.err
    assert all(row.closed_at is None for row in held(tmp_path)[0].values())
    about = ("--subject", f"tip/{FIRST.id}", "--fixed-in", str(version))
    assert typed(tmp_path, "feedback", "close", *about, "--kind", "outdated").out == "Closed 1.\n"
    left = typed(tmp_path, "feedback", "close", *about).out
    assert left == "Closed 1. 1 was said of that version or a later one.\n"
    assert {number for number, row in held(tmp_path)[0].items() if row.closed_at is None} == {"0002", "0004"}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--fixed-in", "2"),
        ("0001",),
        ("0001", "--fixed-in", "0"),
        ("0001", "--fixed-in", "2", "--wont-fix"),
        ("0001", "--subject", "tip/a", "--wont-fix"),
        ("0001", "--kind", "wrong", "--wont-fix"),
        ("0001", "--wont-fix", "--see", "tip/a"),
    ],
)
def test_what_does_not_say_what_to_close_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Before any database is looked at."""
    ended = typed(tmp_path, "feedback", "close", *words)
    assert (ended.code, ended.out) == (2, "")
    assert not (tmp_path / "bot.db").exists()


FORMULA = re.compile("[ ]*[=+\\-@\t\r\n＝＋－＠]")
TRAPS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x","y")']
TRAPS += ["a,b;c", 'say "x"', "two\nlines"]


def test_the_export_is_whole_and_no_cell_is_worked_out(tmp_path: Path) -> None:
    """Open and closed, without people; what a spreadsheet would take for a formula begins with a quotation mark."""
    hold(tmp_path, *(told(number, words=words, source=words) for number, words in enumerate(TRAPS)))
    hold(tmp_path, told(99, closed_at=NOW, fixed_in=3, person=PERSON))
    as_csv = typed(tmp_path, "feedback", "export", "--csv").out
    head, *rows = csv.reader(io.StringIO(as_csv, newline=""))
    assert tuple(head) == COLUMNS
    assert len(rows) == len(TRAPS) + 1
    assert [cell for row in rows for cell in row if FORMULA.match(cell)] == []
    words = [row[COLUMNS.index("words")] for row in rows]
    assert [cell.removeprefix("'") for cell in words[:-1]] == TRAPS
    as_json = typed(tmp_path, "feedback", "export", "--json").out
    assert [row["words"] for row in json.loads(as_json)][:-1] == TRAPS
    assert tuple(json.loads(as_json)[0]) == COLUMNS
    assert PERSON not in as_csv + as_json


# --- check


def warned(folder: Path, *words: str, **environ: str) -> list[dict[str, Any]]:
    """Give what `check` warns of because readers said so; it has to end well."""
    ended = typed(folder, "check", "--json", *words, **environ)
    assert (ended.code, ended.err) == (0, "")
    report = json.loads(ended.out)
    return [warning for warning in report["warnings"] if "was called" in warning["sentence"]]


def test_check_names_what_readers_call_wrong(tmp_path: Path) -> None:
    """Where it stands in the files, how often and since when; what is closed, unclear or gone is none of it."""
    (tmp_path / "deck").mkdir()
    deck = library.load(decks.written(tmp_path / "deck"))
    first, second = (f"tip/{tip.id}" for tip in deck.tips[:2])
    hold(
        tmp_path,
        told(1, subject=first),
        told(2, subject=first, version=2),
        told(3, "outdated", subject=first),
        told(4, "unclear", subject=second),
        told(5, subject=second, closed_at=NOW),
        told(6, subject="tip/gone"),
    )
    (warning,) = warned(tmp_path, str(tmp_path / "deck"))
    place = deck.places[first]
    assert (warning["file"], warning["line"]) == (place.file, place.version_line)
    assert warning["sentence"].startswith(
        f"`{deck.tips[0].id}` was called wrong twice and outdated once since 2026-11-20, in versions 1, 2: "
    )


def test_check_makes_and_changes_no_database(tmp_path: Path) -> None:
    """None, one of another version, one that is none, one nobody answers at: the content is checked all the same."""
    (tmp_path / "deck").mkdir()
    decks.written(tmp_path / "deck")
    assert warned(tmp_path, "deck") == []
    assert not (tmp_path / "bot.db").exists()
    old = sqlite3.connect(tmp_path / "old.db")
    old.execute("CREATE TABLE alembic_version (version_num TEXT)")
    old.commit()
    old.close()
    (tmp_path / "none.db").write_bytes(b"not a database" * 100)
    (tmp_path / "empty.db").touch()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    for name in ("old.db", "none.db", "empty.db"):
        assert warned(tmp_path, "deck", DATABASE_URL=f"sqlite:///{tmp_path / name}") == []
    for url in ("postgresql://nobody@127.0.0.1:1/none", "nonsense"):
        assert warned(tmp_path, "deck", DATABASE_URL=url) == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


# --- beside a bot that runs


@pytest.mark.long
async def test_another_process_closes_while_the_bot_runs(tmp_path: Path, slack: SlackEmulator) -> None:
    """What was told through Slack is listed and closed on the command line, and the bot tells who asked, once."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    async with serving(tmp_path, slack, TICK_SECONDS="1"):
        answer = await slack.command(alice, room, "/pm-compare xylophone quokka")
        assert answer.ephemeral is not None
        await slack.click(alice, answer.ephemeral, label="Tell the writers what is missing…")
        view = await until(lambda: slack.view(alice))
        await slack.submit(alice, view, {"tell": "yes"})

        async def listed() -> Any:  # noqa: ANN401 # JSON
            return json.loads((await asyncio.to_thread(typed, tmp_path, "feedback", "list", "--json")).out)

        ((row,),) = [group["rows"] for group in await until(listed)]
        assert (row["kind"], row["words"], row["wants_answer"]) == ("missing", "xylophone quokka", True)
        close = (tmp_path, "feedback", "close", row["id"][:8], "--wont-fix")
        closed = [await run(*close), await asyncio.to_thread(typed, *close)]
        assert [one.out.partition(".")[0] for one in closed] == ["Closed 1", "Closed 0"]
        chat = slack.dm(alice)
        await until(lambda: slack.posts(chat))
        assert await listed() == []
    (post,) = slack.posts(chat)
    assert "About your feedback" in post.text
    assert slack.faults == []
