"""Telling the writers: every kind has its words, counts are written together, and a fault is never silent."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
import structlog
from hypothesis import given, strategies
from sqlalchemy import select

from bot.tasks import Tasks
from cards import text
from cards.compose.counts import FEWEST
from cards.compose.learning import feedback as compose
from cards.compose.learning.feedback import Suggested, Why
from cards.forms import Form, SingleSelect
from cards.model import Action, Actions, Subject
from content import library
from handlers import tallying
from handlers.learning import feedback as feedback_parts
from handlers.learning import suggestions, telling
from handlers.learning.posts import feedback as feedback_posts
from handlers.tallying import Crowds, Tallying
from handlers.tellers import Tellers
from messengers.base import Address
from scheduler.learning import feedback as closing
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.learning.feedback import Feedback
from store.learning.tallies import Tallied
from store.learning_tables import Counted, FeedbackKind, tally
from tests import databases

NOW = datetime(2026, 12, 3, 9, tzinfo=UTC)
LIBRARY = library.load(Path("content/ai-pm"))
TALLY = Tallied("slack", "T1", "C1", "tip/a", "useful")


def offered(form: Form, name: str) -> list[str]:
    """List the values of a form's choice."""
    (field,) = [field for field in form.fields if isinstance(field, SingleSelect) and field.name == name]
    return [option.value for option in field.options]


def test_every_kind_can_be_told_and_is_answered() -> None:
    """Each is an option of a form or the form of its own, has words in the answer, and is counted where it is a why."""
    saves = Action("feedback-save", Subject("tip", "a"))
    whys = offered(compose.why("A", saves, "", may_be_told=True), "why")
    kinds = offered(compose.suggestion(saves, "", may_be_told=True), "kind")
    assert (whys, kinds) == (list(get_args(Why)), list(get_args(Suggested)))
    assert sorted([*whys, *kinds, "missing"]) == sorted(get_args(FeedbackKind))
    assert set(whys) < set(get_args(Counted))
    said = set()
    for kind in get_args(FeedbackKind):
        for fixed_in in (0, 4):
            words = text.message(compose.closed(kind, "2026-12-03", fixed_in, title="A title"))
            assert "3 December 2026" in words
            assert ("A title" in words) is (kind in whys)
            assert ("version 4" in words) is (kind in whys and fixed_in == 4)
            said.add(words)
    assert len(said) == 2 * len(get_args(FeedbackKind))


def test_nobody_is_promised_an_answer_that_cannot_come() -> None:
    """Without the field there is nothing to say yes to; where it is, no is what is chosen already."""
    saves = Action("suggest-save")
    for may in (False, True):
        for form in (
            compose.why("A", saves, "", may_be_told=may),
            compose.missing("", saves, "", may_be_told=may),
            compose.suggestion(saves, "", may_be_told=may),
        ):
            tell = [field for field in form.fields if isinstance(field, SingleSelect) and field.name == "tell"]
            assert [field.value for field in tell] == [compose.NO] * may


@pytest.mark.parametrize("kind", get_args(FeedbackKind))
@pytest.mark.parametrize("fixed_in", [0, 4])
@pytest.mark.parametrize("subject", ["", "tip/gone", f"tip/{LIBRARY.tips[0].id}", f"dilemma/{LIBRARY.dilemmas[0].id}"])
async def test_every_answer_can_be_drawn(tmp_path: Path, kind: FeedbackKind, fixed_in: int, subject: str) -> None:
    """From the delivery alone, and also where its content has gone."""
    row = Feedback("a", "slack", "T1", "C1", kind, NOW, subject=subject, person="U1")
    database = Database(databases.put(tmp_path / "bot.db"))
    async with database.write() as connection:
        assert await closing.close(connection, [row], fixed_in, NOW) == 1
        assert await closing.close(connection, [row], fixed_in, NOW) == 1  # its key holds it: one promise
        (promise,) = await Deliveries().in_state(connection, "planned")
    await database.close()
    assert (promise.conversation, promise.person, promise.key) == ("U1", "", "answer:a")
    card = feedback_posts.draw(LIBRARY, promise)
    assert "3 December 2026" in text.message(card)
    opens = [item for block in card.blocks if isinstance(block, Actions) for item in block.items]
    assert bool(opens) is (subject not in {"", "tip/gone"})


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("https://example.org/a?b=c", ""),
        ("https://example.org/a and its annex", ""),
        ("Amershi and others: Guidelines for Human-AI Interaction, 2019", ""),
        ("Was Menschen über KI denken", ""),
        ("http://example.com/paper", ""),
        ("JavaScript: The Good Parts", ""),
        ("Data: a love story", ""),
        ("arXiv:2203.16175", ""),
        ("javascript:alert(1)", compose.UNSAFE_SOURCE),
        ("See JavaScript:alert(1)", compose.UNSAFE_SOURCE),
        ("data:text/html,<b>x</b>", compose.UNSAFE_SOURCE),
        ("data:;base64,eA==", compose.UNSAFE_SOURCE),
        ("file:///etc/passwd", compose.UNSAFE_SOURCE),
        ("<script>alert(1)</script>", compose.UNSAFE_SOURCE),
        ('A paper <img src="x">', compose.UNSAFE_SOURCE),
        ("p < 0.05 in a survey", ""),
        ("", compose.NO_SOURCE),
        ("-", compose.NO_SOURCE),
        ("42", compose.NO_SOURCE),
        ("www.example.org", compose.NO_ADDRESS),
        ("HTTPS://", compose.NO_ADDRESS),
        ("https://localhost", compose.NO_ADDRESS),
        ("https://user:secret@example.org/a", compose.NO_ADDRESS),
        ("x" * 501, compose.too_long(500)),
    ],
)
def test_a_source_is_an_address_or_a_title(source: str, fault: str) -> None:
    """What is clearly neither is said to be, in words that help."""
    assert suggestions.source_fault(source) == fault


@pytest.mark.parametrize(
    ("argument", "place", "version"),
    [
        ("detail@2", "detail", 2),
        ("@2", "", 2),
        ("detail", "detail", 3),  # a button of before it told the version
        ("", "", 3),
        ("gone@2", "", 2),
        ("@4", "", 3),  # forged, or of a process whose content is newer
        ("@0", "", 3),
        ("@-1", "", 3),
        (f"@{'9' * 5000}", "", 3),
        ("@²", "", 3),
        ("detail@2@1", "detail", 3),
    ],
)
def test_a_button_tells_place_and_version(argument: str, place: str, version: int) -> None:
    """Of what was read; where it does not, it is taken for the newest."""
    assert feedback_parts.read_at(argument, 3) == (place, version)


@given(strategies.text())
def test_what_is_typed_holds_nothing_unseen(words: str) -> None:
    """No control characters, nothing that turns a line, and nothing at all where nothing would be seen."""
    kept = telling.typed({"words": words}, "words")
    assert kept == kept.strip()
    assert "\0" not in kept
    kept.encode()
    assert telling.typed({"words": kept}, "words") == kept
    assert telling.typed({}, "words") == ""


def test_a_day_has_an_end_and_a_form_one_row() -> None:
    """Each person has a measure of their own, each day; the same form gives the same row, and tells nothing of who."""
    moments = [NOW]
    tellers = Tellers(lambda: moments[-1], most=2)
    for _ in range(2):
        assert not tellers.is_enough("T1", "U1")
        tellers.note("T1", "U1")
    assert tellers.is_enough("T1", "U1")
    assert not tellers.is_enough("T1", "U2")
    assert not tellers.is_enough("T2", "U1")
    moments.append(NOW + timedelta(hours=15))
    assert not tellers.is_enough("T1", "U1")
    assert tellers.row("T1", "U1", "V1") == tellers.row("T1", "U1", "V1") != tellers.row("T1", "U1", "V2")
    assert Tellers(lambda: NOW).row("T1", "U1", "V1") != tellers.row("T1", "U1", "V1")


def test_chats_of_one_person_are_counted_as_one_place() -> None:
    """A count of one person's chat would be about that person."""
    address = Address("slack", "T1", "D1", "")
    assert tallying.tally(address, "tip/a", "useful", is_direct=True).conversation == ""
    assert tallying.tally(address, "tip/a", "useful", is_direct=False).conversation == "D1"


async def test_counts_are_written_together_and_a_fault_is_logged(tmp_path: Path) -> None:
    """What comes while one group is written is the next; where none can be written, the log says how many were lost."""
    database, tasks = Database(databases.put(tmp_path / "bot.db")), Tasks()
    counting = Tallying(database, tasks.spawn)
    for person in ("U1", "U2", "U1"):
        counting.count_once(person, TALLY)
    await tasks.drain(5)
    counting.count("U1", TALLY)
    await tasks.drain(5)
    async with database.read() as connection:
        assert (await connection.execute(select(tally.c.subject, tally.c.total))).tuples().all() == [("tip/a", 3)]
    await database.close()
    (tmp_path / "bot.db").rename(tmp_path / "away.db")
    lost = Database(f"sqlite:///{tmp_path}/nowhere/bot.db")
    with structlog.testing.capture_logs() as logged:
        broken = Tallying(lost, tasks.spawn)
        for _ in range(3):
            broken.count("U1", TALLY)
        await asyncio.wait_for(tasks.drain(5), 10)
    await lost.close()
    for thread in threading.enumerate():  # of a connection that was never made
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)
    assert sum(line["count"] for line in logged if line["event"] == "tally.lost") == 3


async def test_a_count_knows_behind_how_many_people_it_stands_at_least(tmp_path: Path) -> None:
    """Five acts of one are one; right and not yet are one crowd, thumbs another; a new process is never too sure."""
    database, tasks = Database(databases.put(tmp_path / "bot.db")), Tasks()
    counting = Tallying(database, tasks.spawn)
    other = TALLY._replace(subject="tip/b", what="wrong")
    for person, each in [("U1", TALLY)] * 5 + [("U2", other), ("U3", TALLY._replace(what="recalled"))]:
        counting.count(person, each)
        await tasks.drain(5)
    async with database.read() as connection:
        rows = (
            await connection.execute(select(tally.c.what, tally.c.total, tally.c.people, tally.c.people_here))
        ).all()
    assert sorted(rows) == [("recalled", 1, 1, 1), ("useful", 5, 1, 1), ("wrong", 1, 1, 2)]
    again = Tallying(database, tasks.spawn)
    again.count("U2", TALLY)  # perhaps the same as U1: nobody knows
    await tasks.drain(5)
    async with database.read() as connection:
        assert await connection.scalar(select(tally.c.people).where(tally.c.what == "useful")) == 1
    for number in range(20):
        again.count(f"U{number}", TALLY)
    await tasks.drain(5)
    async with database.read() as connection:
        query = select(tally.c.total, tally.c.people).where(tally.c.what == "useful")
        assert (await connection.execute(query)).tuples().all() == [(26, FEWEST)]
    await database.close()


@given(strategies.lists(strategies.tuples(strategies.integers(0, 7), strategies.integers(0, 2)), max_size=60))
def test_nobody_is_ever_counted_twice(acts: list[tuple[int, int]]) -> None:
    """However often, and with whatever: a crowd has as many as did it, up to five."""
    crowds = Crowds()
    for person, place in acts:
        crowds.note(f"U{person}", TALLY._replace(subject=f"tip/{place}"))
    for place in range(3):
        people = {person for person, each in acts if each == place}
        assert crowds.of(TALLY._replace(subject=f"tip/{place}", what="unclear")) == (
            min(len(people), FEWEST),
            min(len({person for person, _ in acts}), FEWEST),
        )
