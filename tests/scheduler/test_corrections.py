"""Corrections: which posts get one, that they come one after the other, and what follows once one is made."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from cards.model import Edition
from messengers.base import Refused, Unknown
from scheduler.delivery.dispatch import Summary
from scheduler.delivery.pace import Pace
from scheduler.delivery.pacing import Pacer
from scheduler.learning import corrections
from scheduler.learning.corrections import PER_SECOND, Owed, Turns
from store import ids, tables
from store.database.access import Database
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries
from store.facts import BACKUP, Fact, Facts
from store.learning.corrections import STANDINGS, Ahead
from store.posts import Post, Posts
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

DAY = timedelta(days=1)
MADE = NOW - 10 * DAY
TODAY = NOW.date().isoformat()
MARK = f"{TODAY}:9f86d081"
WANTED = {"tip/a": Edition(3, MARK)}


@pytest.fixture
async def ledger(address: str) -> AsyncIterator[Ledger]:
    """Give an empty ledger on a database of either kind, in which tip a was corrected today."""
    database = Database(address)
    yield Ledger(database, editions=dict(WANTED))
    await database.close()


def made(message_id: str = "1.0", **fields: Any) -> Post:  # noqa: ANN401 # each takes its field's own type
    """Give a post of tip a in its second version, made ten days ago."""
    return rows.post(message_id, **{"kind": "tip", "version": 2, "created_at": MADE, **fields})


async def planned(ledger: Ledger) -> int:
    """Plan the corrections of now."""
    return await corrections.plan(ledger.database, ledger.corrected(), ledger.now)


async def post(ledger: Ledger, post_id: str) -> Post:
    """Give a post as it stands."""
    async with ledger.database.read() as connection:
        found = await Posts().by_id(connection, post_id)
    assert found is not None
    return found


STANDS: dict[str, tuple[dict[str, Any], str]] = {
    "a weekly tip": ({}, "waiting"),
    "a share": ({"kind": "share"}, "waiting"),
    "an answer to a mention": ({"kind": "mention"}, "waiting"),
    "one with an older correction": ({"corrected": "2026-01-01"}, "waiting"),
    "made on the day of the correction": ({"created_at": NOW}, "waiting"),
    "399 days old": ({"created_at": NOW - 399 * DAY}, "waiting"),
    "400 days old": ({"created_at": NOW - 400 * DAY}, "too old"),
    "made the day after": ({"created_at": NOW + DAY}, "made later"),
    "of this version": ({"version": 3}, "current"),
    "of a later version": ({"version": 4}, "current"),
    "with another correction of the same day": ({"corrected": f"{TODAY}:00000000"}, "waiting"),
    "reworded since it was corrected": ({"corrected": MARK}, "current"),
    "with a correction of a later day": ({"corrected": f"{(NOW + DAY).date()}:00000000"}, "current"),
    "with a button that asks about an earlier tip": ({"remembers": "way-out"}, "waiting"),
    "deleted": ({"dead": True}, "dead"),
    "of before it was kept": ({"kind": "", "version": 0}, "not kept"),
    "a level, whose version is not kept": ({"kind": "mention", "version": 0}, "not kept"),
    "a dilemma": ({"kind": "round"}, "not kept"),
    "where posts are left alone": ({"conversation": "C2"}, "opted out"),
}


@pytest.mark.parametrize("what", STANDS)
async def test_which_posts_are_corrected(ledger: Ledger, what: str) -> None:
    """Each condition by itself; the count that `--dry-run` prints says the same as what is planned."""
    fields, standing = STANDS[what]
    await ledger.add(made(**fields), rows.subscription("C2", corrections=False), rows.subscription("C1"))
    async with ledger.database.read() as connection:
        census = await corrections.census(connection, ledger.corrected(), ledger.now)
    assert census == {"tip/a": {each: int(each == standing) for each in STANDINGS}}
    assert await planned(ledger) == (standing == "waiting")
    assert await planned(ledger) == 0
    if standing == "waiting":
        row = await ledger.delivery()
        assert (row.kind, row.message_id, row.person) == ("correction", "1.0", "")
        edition = replace(WANTED["tip/a"], remembers=fields.get("remembers", ""))
        assert Owed.parse(row.argument) == Owed(fields.get("kind", "tip"), edition)
        async with ledger.database.read() as connection:
            assert (await corrections.census(connection, ledger.corrected(), ledger.now))["tip/a"]["planned"] == 1


async def test_what_was_never_corrected_is_nobodys_business(ledger: Ledger) -> None:
    """A post of another tip, and content without a correction."""
    await ledger.add(made(subject="tip/b"))
    assert await planned(ledger) == 0
    ledger.editions = {}
    assert await planned(ledger) == 0
    assert await ledger.deliveries() == []


async def test_thousands_are_planned_one_after_the_other(ledger: Ledger) -> None:
    """More than one batch, once, at most one a workspace at a time and some a second."""
    await ledger.add(*(made(f"{n}.0", workspace=f"T{n % 300}", conversation=f"C{n}") for n in range(2500)))
    assert await planned(ledger) == 2500
    found = await ledger.deliveries()
    assert max(Counter(row.not_before for row in found).values()) == PER_SECOND
    for workspace in {row.workspace for row in found}:
        moments = sorted(row.not_before for row in found if row.workspace == workspace)
        assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(moments))
    assert all(row.due_at == row.not_before >= ledger.now for row in found)
    assert max(row.not_before for row in found) < ledger.now + timedelta(seconds=2500 / PER_SECOND + 60)
    await ledger.add(made("new", conversation="C9999", workspace="T1"))
    assert await planned(ledger) == 1
    late = next(row for row in await ledger.deliveries() if row.message_id == "new")
    assert late.not_before > max(row.not_before for row in found if row.workspace == "T1")


async def test_posts_are_looked_at_again_only_once_something_changed(ledger: Ledger) -> None:
    """Left alone where their channel wants that; looked at once it changes its mind, others come, or an hour passed."""
    looked = corrections.Looked()
    posts: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        posts.extend(line for line in [statement] if "post.subject" in line)

    async def at_once() -> tuple[int, bool]:
        posts.clear()
        count = await corrections.plan(ledger.database, ledger.corrected(), ledger.now, looked)
        return count, bool(posts)

    left, other = rows.subscription("C1", corrections=False), rows.subscription("C2", corrections=False)
    await ledger.add(made(id="0" * 32), left, other)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert await at_once() == (0, True)
        assert await at_once() == (0, False)
        await ledger.add(made("2.0", conversation="C2", version=3, id=ids.fresh(ledger.now)))
        assert await at_once() == (0, True)
        assert await at_once() == (0, False)
        ledger.pass_time(hours=1)
        assert await at_once() == (0, True)
        assert await at_once() == (0, False)
        ledger.editions = {"tip/a": Edition(4, MARK)}
        assert await at_once() == (0, True)
        assert await at_once() == (0, False)
        async with ledger.database.write() as connection:
            await connection.execute(text("UPDATE subscription SET corrections = 1 WHERE conversation = 'C1'"))
        assert await at_once() == (1, True)
        assert await at_once() == (0, True)
        assert await at_once() == (0, False)
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_nothing_is_remembered_of_a_copy_that_is_not_looked_through(ledger: Ledger) -> None:
    """Once it is, its posts are corrected, though nothing else changed."""
    looked = corrections.Looked()
    await ledger.add(made())
    async with ledger.database.write() as connection:
        await Facts().write(connection, Fact(BACKUP, "", ledger.now))
    for expected in (0, 0):
        assert await corrections.plan(ledger.database, ledger.corrected(), ledger.now, looked) == expected
    async with ledger.database.write() as connection:
        await Facts().forget(connection, BACKUP)
    assert await corrections.plan(ledger.database, ledger.corrected(), ledger.now, looked) == 1


async def test_what_comes_first_is_found_without_looking_at_each_correction(ledger: Ledger) -> None:
    """Both kinds of database take the index that holds no corrections."""
    many = [rows.delivery(f"correction:{n}", kind="correction", id=f"{n:032x}") for n in range(3000)]
    async with ledger.database.write(many=True) as connection:
        await Deliveries().insert_missing(connection, many)
    async with ledger.database.write() as connection:
        await connection.execute(text("ANALYZE"))
    statements: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        async with ledger.database.read() as connection:
            assert len(await Queue().due(connection, NOW + DAY, 20)) == 20
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    first = next((said, given) for said, given in statements if "NOT IN" in said)
    assert all(f"'{kind}'" in first[0] for kind in tables.LAST)
    async with ledger.database.read() as connection:
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        lines = await connection.exec_driver_sql(explain + first[0], first[1])
        assert "ix_delivery_planned_first" in " ".join(str(row) for row in lines)


async def test_one_correction_one_line(ledger: Ledger) -> None:
    """The post is edited where it stands, then known as corrected, and its thread gets a line; nothing more comes."""
    tip, answer = made(), made("2.0", kind="mention", thread="1.5", conversation="C3")
    await ledger.add(tip, answer)
    await planned(ledger)
    for _ in range(4):
        await ledger.dispatcher().deliver_due()
        ledger.pass_time(seconds=5)
        await planned(ledger)
    assert [(where.conversation, where.thread, message) for where, message, _ in ledger.messenger.edited] == [
        ("C1", "", "1.0"),
        ("C3", "1.5", "2.0"),
    ]
    assert [(one.address.conversation, one.address.thread) for one in ledger.messenger.sent] == [
        ("C1", "1.0"),
        ("C3", "1.5"),
    ]
    for one in (tip, answer):
        assert await post(ledger, one.id) == replace(one, version=3, corrected=MARK)
    assert Counter((row.kind, row.state) for row in await ledger.deliveries()) == {
        ("correction", "sent"): 2,
        ("corrected", "sent"): 2,
    }


async def test_a_second_correction_is_another(ledger: Ledger) -> None:
    """Once for each, of the same day too; and a version that only reworded is none."""
    await ledger.add(made())
    again = f"{TODAY}:00000000"
    marks = (MARK, MARK, again, again, f"{(NOW + DAY).date()}:ffffffff")
    edited = []
    for version, mark in enumerate(marks, 3):
        ledger.editions = {"tip/a": Edition(version, mark)}
        await planned(ledger)
        await ledger.dispatcher().deliver_due()
        edited.append(len(ledger.messenger.edited))
        ledger.pass_time(minutes=10)
    assert edited == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(("scope", "is_dead"), [("thread", True), ("message", False), ("conversation", False)])
async def test_a_refused_edit_is_left_at_that(ledger: Ledger, scope: Any, *, is_dead: bool) -> None:  # noqa: ANN401 # a Scope
    """No line, no second try, no pause of the tips; what was deleted is known as such."""
    tip = made()
    await ledger.add(tip, rows.subscription(next_run_at=NOW + DAY))
    await planned(ledger)
    ledger.messenger.script.append(Refused("no", scope))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1)
    ledger.pass_time(days=1)
    assert await planned(ledger) == 0
    assert (await ledger.delivery()).state == "failed"
    assert await post(ledger, tip.id) == replace(tip, dead=is_dead)
    assert (await ledger.subscription()).state == "on"


async def test_an_edit_whose_answer_is_lost_is_repeated(ledger: Ledger) -> None:
    """Whether a machine in between lost it, or the process died between the edit and its record: one line."""
    await ledger.add(made())
    await planned(ledger)
    ledger.messenger.script += [Unknown("http-502")]
    assert await ledger.dispatcher().deliver_due() == Summary(slowed=1)
    row = await ledger.delivery()
    ledger.pass_time(seconds=60)
    taken = replace(row, state="sending", attempt=row.attempt + 1, lease_owner="dead", lease_until=ledger.now)
    async with ledger.database.write() as connection:
        await ledger_change(connection, taken)
    ledger.pass_time(seconds=1)
    dispatcher = ledger.dispatcher()
    assert await dispatcher.expire_leases() == 0
    assert (await dispatcher.deliver_due()).sent == 2
    assert len(ledger.messenger.edited) == 2
    assert len(ledger.messenger.sent) == 1


async def ledger_change(connection: Any, row: Any) -> None:  # noqa: ANN401 # a connection and a row
    """Write a row's changing columns as they are."""
    await Deliveries().change(connection, (row,))


async def test_a_correction_that_was_paced_for_days_is_not_too_late(ledger: Ledger) -> None:
    """However long it waited for its turn, the post is mended."""
    await ledger.add(made())
    await planned(ledger)
    ledger.pass_time(days=3)
    assert (await ledger.dispatcher().deliver_due()).sent == 2


async def test_a_process_whose_content_is_older_leaves_it_to_another(ledger: Ledger) -> None:
    """It is looked at again each minute, and given up where the newer content does not come for half a day."""
    await ledger.add(made())
    await planned(ledger)
    ledger.early = True
    assert await ledger.dispatcher().deliver_due() == Summary(slowed=1)
    assert (await ledger.delivery()).not_before == ledger.now + timedelta(seconds=60)
    ledger.pass_time(hours=13)
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)
    assert ledger.messenger.edited == []


async def test_what_waits_for_hours_stands_behind_all_else(ledger: Ledger) -> None:
    """Hundreds of corrections that were due before it: the tip that is due now is leased first."""
    await ledger.add(*(made(f"{n}.0", workspace=f"T{n}") for n in range(300)))
    await planned(ledger)
    ledger.pass_time(hours=1)
    standing = rows.subscription(next_run_at=ledger.now, at="10:00")
    await ledger.add(standing)
    assert (await ledger.plan()).planned == 1
    async with ledger.database.write() as connection:
        due = await Queue().due(connection, ledger.now, 5)
    assert [row.kind for row in due] == ["tip"]
    assert (await ledger.dispatcher().deliver_due()).sent > 1
    assert ledger.messenger.sent[0].card.title.startswith("tip")


_places = st.lists(st.sampled_from(["T1", "T1", "T1", "T2", "T3"]), max_size=200)


@given(before=_places, coming=_places)
def test_turns_are_never_a_burst(before: list[str], coming: list[str]) -> None:
    """However they arrive, and whatever waits already: two seconds for a workspace, some a second for all."""
    first = Turns(Ahead({}, {}), NOW)
    dealt = [("T", place, first.next("T", place).timestamp()) for place in before]
    last = {(platform, place): at for platform, place, at in dealt}
    turns = Turns(Ahead(last, Counter(int(at) for *_, at in dealt)), NOW)
    dealt += [("T", place, turns.next("T", place).timestamp()) for place in coming]
    assert max(Counter(at for *_, at in dealt).values(), default=0) <= PER_SECOND
    for place in {place for _, place, _ in dealt}:
        moments = [at for _, each, at in dealt if each == place]
        assert all(later - earlier >= 2 for earlier, later in pairwise(moments))


def test_corrections_wait_behind_the_tips_of_their_workspace() -> None:
    """A hundred tips at one minute go as if there were none; then corrections, one a second, and all of them."""
    from tests.scheduler.delivery.test_pacing import Posted, _tip  # noqa: PLC0415 # a name of its own there

    tips = [_tip(number) for number in range(100)]
    mends = [
        rows.delivery(f"correction:{n}", kind="correction", conversation=f"D{n}", id=f"m{n:07}") for n in range(30)
    ]
    alone, beside = (Posted(Pacer(Pace(gap=1))).run(coming) for coming in (tips, [*tips, *mends]))
    times = {row.id: at for at, row in beside.went}
    assert [times[row.id] for row in tips] == [
        pytest.approx({row.id: at for at, row in alone.went}[row.id], abs=1e-3) for row in tips
    ]
    moments = sorted(times[row.id] for row in mends)
    assert moments[0] >= max(times[row.id] for row in tips)
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(moments))
    assert moments[-1] < 90
