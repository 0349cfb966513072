"""Turning on, one or many, pausing until a day, changing: what the row says then, and the line of each."""

from datetime import timedelta

import pytest

from cards.reason import Cause
from messengers.base import Address, Refused, Unknown
from scheduler.subscriptions import coming_tip, pausing, turning_on
from scheduler.subscriptions.reschedule import reschedule
from scheduler.subscriptions.turning_on import Addition
from scheduler.weekly import Schedule, ScheduleError
from store.subscriptions import Subscription, Subscriptions
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

MONDAYS, FRIDAYS = Schedule.parse("monday", "09:00", "Europe/Paris"), Schedule.parse("friday", "17:30", "UTC")
WEEK = timedelta(weeks=1)


def _addition(conversation: str, schedule: Schedule = MONDAYS, **fields: object) -> Addition:
    return Addition(Address("slack", "T1", conversation), schedule, **fields)  # type: ignore[arg-type] # each takes its field's own type


async def _add_many(ledger: Ledger, *additions: Addition, introduce: bool = False) -> int:
    async with ledger.database.write() as connection:
        return len(await turning_on.add_each(connection, additions, introduce=introduce, now=ledger.now))


async def _begin(ledger: Ledger, **fields: object) -> Subscription:
    settings = {"owner": "U1", "changed_by": "anyone", "now": ledger.now} | fields
    async with ledger.database.write() as connection:
        begun = await turning_on.begin(connection, Address("slack", "T1", "C1"), MONDAYS, **settings)  # type: ignore[arg-type] # as above
    return begun.subscription


async def test_many_at_once_are_each_as_one_alone(ledger: Ledger) -> None:
    """New ones turn on, those that are on change, those that were off go on; named twice counts once."""
    await ledger.add(
        rows.subscription("ON", owner="U1", dimensions=("risks",), last_slot="2026-W48", next_run_at=NOW + WEEK),
        rows.subscription("OFF", state="off", next_run_at=None, seen=("a",), co_owners=("U2",), owner="U1"),
        rows.subscription("SAME", zone="Europe/Paris", next_run_at=NOW + timedelta(days=6, hours=23)),
    )
    names = ("NEW", "ON", "OFF", "SAME")
    assert await _add_many(ledger, _addition("NEW"), *(_addition(name, FRIDAYS) for name in names[:3])) == 3
    assert await _add_many(ledger, _addition("SAME")) == 1
    new, on, off, same = [await ledger.subscription(name) for name in names]
    assert {one.state for one in (new, on, off, same)} == {"on"}
    assert (new.weekday, new.at, new.next_run_at, new.owner) == (
        4,
        "17:30",
        NOW.replace(day=27, hour=17, minute=30),
        "",
    )
    assert (on.weekday, on.dimensions, on.owner) == (4, ("risks",), "U1")
    assert on.next_run_at == NOW.replace(month=12, day=4, hour=17, minute=30)
    assert (off.seen, off.owner, off.co_owners) == (("a",), "U1", ("U2",))
    assert [[line[1] for line in await ledger.history(name)] for name in names] == [
        ["began"],
        ["changed"],
        ["began"],
        [],
    ]
    assert await ledger.deliveries() == []


async def test_many_are_introduced_where_asked(ledger: Ledger) -> None:
    """Each that was not on gets one introduction, whatever waited there; its success says nothing more."""
    await ledger.add(rows.subscription("ON"))
    await _begin(ledger)
    assert await _add_many(ledger, _addition("ON"), _addition("C1"), _addition("C2"), introduce=True) == 3
    assert sorted((row.conversation, row.state) for row in await ledger.deliveries()) == [
        ("C1", "planned"),
        ("C1", "skipped"),
        ("C2", "planned"),
    ]
    assert (await ledger.dispatcher().deliver_due()).sent == 2
    assert [line[1] for line in await ledger.history("C2")] == ["began"]


async def test_more_than_a_batch_is_added_in_one_call(ledger: Ledger) -> None:
    """However many a file names."""
    assert await _add_many(ledger, *(_addition(f"C{number}") for number in range(2100))) == 2100
    async with ledger.database.read() as connection:
        assert (await Subscriptions().counts(connection))["on"] == 2100


async def test_the_operator_says_what_a_channel_hears_of(ledger: Ledger) -> None:
    """With owner, dimensions and who may change it, as one channel or as one of many."""
    async with ledger.database.write() as connection:
        addition = _addition("C1", owner="U1", changed_by="admins", dimensions=("risks", "value"))
        await turning_on.add_each(connection, [addition], introduce=False, now=NOW)
    await _add_many(ledger, _addition("C2", owner="U1", changed_by="admins", dimensions=("risks", "value")))
    one, other = await ledger.subscription("C1"), await ledger.subscription("C2")
    assert (one.owner, one.changed_by, one.dimensions) == (other.owner, other.changed_by, other.dimensions)
    assert await ledger.history() == [("", "began", "Mondays 09:00, Europe/Paris; on risks, value; admins too")]


async def test_beginning_leaves_lines(ledger: Ledger) -> None:
    """Who turned it on and how; that it began, once the introduction is there; and what the form changed after."""
    await _begin(ledger)
    ledger.pass_time(seconds=1)
    await _begin(ledger)  # the same again, while it is on its way
    await _begin(ledger, dimensions=["risks"])
    ledger.pass_time(seconds=1)
    await ledger.dispatcher().deliver_due()
    ledger.pass_time(seconds=1)
    await _begin(ledger, dimensions=["risks"])  # the same again, while it is on
    await _begin(ledger, owner="U2", changed_by="owner")
    assert await ledger.history() == [
        ("U1", "began", "Mondays 09:00, Europe/Paris; anyone may change it"),
        ("U1", "changed", "Mondays 09:00, Europe/Paris; on risks; anyone may change it"),
        ("bot", "began", ""),
        ("U2", "changed", "Mondays 09:00, Europe/Paris; owners only"),
    ]
    assert (await ledger.subscription()).dimensions == ()


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (Refused("not_in_channel", "conversation"), ("bot", "stopped", "not_in_channel")),
        (Unknown("timeout"), ("bot", "stopped", Cause.INTRODUCTION_UNKNOWN)),
    ],
)
async def test_an_introduction_that_is_not_there_leaves_a_line(
    ledger: Ledger, answer: Refused | Unknown, line: tuple[str, str, str]
) -> None:
    """What stopped it, written by the bot."""
    await _begin(ledger)
    ledger.pass_time(seconds=1)
    ledger.messenger.script.append(answer)
    await ledger.dispatcher().deliver_due()
    assert (await ledger.history())[-1] == line


async def test_a_refusal_leaves_a_line(ledger: Ledger) -> None:
    """Why tips paused is in the history, beside the notice."""
    await ledger.add(rows.subscription())
    await ledger.plan()
    ledger.messenger.script.append(Refused("is_archived", "conversation"))
    await ledger.dispatcher().deliver_due()
    assert await ledger.history() == [("bot", "stopped", "is_archived")]


async def test_a_revoked_token_leaves_a_line_in_each_channel(ledger: Ledger) -> None:
    """All of the workspace that was on is paused, and says why; what was paused already says nothing new."""
    await ledger.add(
        rows.subscription("C1"),
        rows.subscription("C2", next_run_at=NOW + WEEK),
        rows.subscription("C3", state="paused", reason="person", next_run_at=None),
    )
    await ledger.plan()
    ledger.messenger.script.append(Refused("token_revoked", "workspace"))
    await ledger.dispatcher().deliver_due()
    lines = [await ledger.history(name) for name in ("C1", "C2", "C3")]
    assert lines == [[("bot", "stopped", "token_revoked")], [("bot", "stopped", "token_revoked")], []]


async def test_pausing_until_a_day(ledger: Ledger) -> None:
    """With its end, which can be moved; a moment that has passed is refused, and nothing changes."""
    await ledger.add(rows.subscription(next_run_at=NOW + WEEK))
    standing = await ledger.subscription()
    for days in (10, 10, 20, None):
        until = NOW + timedelta(days=days) if days else None
        async with ledger.database.write() as connection:
            paused = await pausing.pause(connection, standing.id, by="U2", now=ledger.now, until=until)
        ledger.pass_time(seconds=1)
    assert (paused.state, paused.paused_by, paused.paused_until) == ("paused", "U2", NOW + timedelta(days=20))
    with pytest.raises(ScheduleError, match="has passed"):
        async with ledger.database.write() as connection:
            await pausing.pause(connection, standing.id, by="U2", now=ledger.now, until=ledger.now)
    async with ledger.database.write() as connection:
        resumed = await pausing.resume(connection, standing.id, {}, by="U3", now=ledger.now)
    assert (resumed.state, resumed.paused_until) == ("on", None)
    assert await ledger.history() == [
        ("U2", "paused", "2026-12-03T09:00+00:00"),
        ("U2", "paused", "2026-12-13T09:00+00:00"),
        ("U3", "resumed", ""),
    ]


async def test_what_a_refusal_paused_gets_no_end(ledger: Ledger) -> None:
    """Only a person who looked resumes it."""
    await ledger.add(rows.subscription(state="paused", reason="not_in_channel", next_run_at=None))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        after = await pausing.pause(connection, standing.id, by="U2", now=NOW, until=NOW + WEEK)
    assert after == standing


async def test_off_lets_go_of_what_was_asked(ledger: Ledger) -> None:
    """Skip, choice, claim and pause end; what was seen, and which days are quiet, stays; off twice is one line."""
    await ledger.add(
        rows.subscription(
            skip_slot="2026-W48", next_tip="c", claimed_by="U9", claimed_at=NOW, quiet_country="DE", seen=("a",)
        )
    )
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        for _ in range(2):
            off = await pausing.turn_off(connection, standing.id, by="U2", now=NOW)
    assert (off.state, off.skip_slot, off.next_tip, off.claimed_by, off.claimed_at) == ("off", "", "", "", None)
    assert (off.quiet_country, off.seen) == ("DE", ("a",))
    assert await ledger.history() == [("U2", "off", "")]


async def test_an_owner_stays_when_another_turns_paused_tips_on(ledger: Ledger) -> None:
    """Who saves the form of tips that a refusal paused does not take them away; tips that were off are theirs."""
    await ledger.add(rows.subscription(state="paused", reason="not_in_channel", next_run_at=None, co_owners=("U2",)))
    paused = await _begin(ledger, owner="U2", changed_by="owner")
    assert (paused.owner, paused.co_owners, paused.state) == ("U1", ("U2",), "starting")
    async with ledger.database.write() as connection:
        await pausing.turn_off(connection, paused.id, by="U1", now=NOW)
    off = await _begin(ledger, owner="U2")
    assert (off.owner, off.co_owners) == ("U2", ())


async def test_nothing_changed_is_no_line(ledger: Ledger) -> None:
    """Saving a form as it was leaves nothing behind; changing the topics does."""
    await ledger.add(rows.subscription(next_run_at=NOW + WEEK, last_slot="2026-W48"))
    standing = await ledger.subscription()
    mondays = Schedule.parse("monday", "09:00", "UTC")
    async with ledger.database.write() as connection:
        assert await reschedule(connection, standing.id, mondays, by="U1", now=NOW) == standing
        changed = await reschedule(connection, standing.id, mondays, by="U1", dimensions=["risks"], now=NOW)
    assert (changed.dimensions, changed.next_run_at) == (("risks",), standing.next_run_at)
    assert await ledger.history() == [("U1", "changed", "Mondays 09:00, UTC; on risks; anyone may change it")]


async def test_a_skip_goes_along_past_quiet_days(ledger: Ledger) -> None:
    """Moved to Fridays, of which the next is quiet: the Friday after it is skipped."""
    await ledger.add(rows.subscription(next_run_at=NOW + WEEK, last_slot="2026-W48", quiet_dates=("2026-12-04",)))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        await coming_tip.skip_next(connection, standing.id, by="U2", now=NOW)
        moved = await reschedule(connection, standing.id, FRIDAYS, by="U2", now=NOW)
    assert moved.skip_slot == "2026-W50"


async def test_a_forgotten_workspace_leaves_no_history(ledger: Ledger) -> None:
    """Its lines go with it."""
    await _begin(ledger)
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        await pausing.forget_workspace(connection, "slack", "T1")
        await Subscriptions().insert(connection, standing)
    assert await ledger.history() == []
