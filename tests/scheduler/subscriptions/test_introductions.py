"""Introductions: what becomes of tips when the message that announces them is posted, refused, or lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cards.reason import Cause
from messengers.base import Address, Found, Posted, Refused, Slowed, Unknown
from scheduler import housekeeping
from scheduler.delivery.dispatch import Dispatcher, Summary
from scheduler.subscriptions import coming_tip, pausing, turning_on
from scheduler.weekly import Schedule, ScheduleError
from store.deliveries.rows import Delivery
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

HERE = Address("slack", "T1", "C1")
MONDAYS = Schedule.parse("monday", "09:00", "UTC")


async def _introduction(ledger: Ledger, **fields: Any) -> Delivery:  # noqa: ANN401 # each takes its field's own type
    standing = rows.subscription(**{"state": "starting", "next_run_at": None, **fields})
    row = rows.delivery(kind="introduction", subscription_id=standing.id, person="U1")
    await ledger.add(standing, row)
    return row


async def test_an_introduction_turns_tips_on(ledger: Ledger) -> None:
    """Its success is the proof of membership; the first tip comes at the next moment."""
    await _introduction(ledger)
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    standing = await ledger.subscription()
    assert (standing.state, standing.next_run_at) == ("on", NOW + timedelta(days=7))


async def test_a_refused_introduction_keeps_tips_off(ledger: Ledger) -> None:
    """Off, with the reason, and without a direct message: the person is standing in front of us."""
    await _introduction(ledger)
    ledger.messenger.script.append(Refused("not_in_channel", "conversation"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1)
    standing = await ledger.subscription()
    assert (standing.state, standing.reason, standing.next_run_at) == ("off", "not_in_channel", None)
    assert [row.reason for row in ledger.told] == ["not_in_channel"]


async def test_an_introduction_of_unknown_outcome_pauses(ledger: Ledger) -> None:
    """Nobody knows whether it is there: a person decides; sent again, its success turns tips on."""
    row = await _introduction(ledger)
    ledger.messenger.script.append(Unknown("http 502"))
    dispatcher = ledger.dispatcher()
    assert await dispatcher.deliver_due() == Summary(unknown=1)
    standing = await ledger.subscription()
    assert (standing.state, standing.reason) == ("paused", Cause.INTRODUCTION_UNKNOWN)
    async with ledger.database.write() as connection:
        await coming_tip.send_again(connection, row.id, by="U1", now=NOW)
    assert await dispatcher.deliver_due() == Summary(sent=1)
    assert (await ledger.subscription()).state == "on"


async def test_an_introduction_into_a_zone_that_has_gone_pauses(ledger: Ledger) -> None:
    """What can't be planned is not on."""
    await _introduction(ledger, zone="Mars/Phobos")
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    assert (await ledger.subscription()).reason == "zone-unknown"


async def test_tips_turned_off_meanwhile_are_not_introduced(ledger: Ledger) -> None:
    """Turned on and off before the introduction went: nothing is posted and they stay off."""
    await _introduction(ledger, state="off", reason="person")
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)
    assert (await ledger.subscription()).reason == "person"
    assert ledger.messenger.sent == []


async def test_an_introduction_for_tips_that_are_on_changes_nothing(ledger: Ledger) -> None:
    """The operator's introduction is a courtesy; a refusal of it pauses like any tip's."""
    await _introduction(ledger, state="on", next_run_at=NOW + timedelta(days=1))
    standing = await ledger.subscription()
    dispatcher: Dispatcher = ledger.dispatcher()
    assert await dispatcher.deliver_due() == Summary(sent=1)
    assert await ledger.subscription() == standing
    await ledger.add(rows.delivery("introduction:2", kind="introduction", subscription_id=standing.id))
    ledger.messenger.script += [Refused("is_archived", "conversation"), Posted("9.0")]
    assert await dispatcher.deliver_due() == Summary(failed=1, sent=1)
    assert (await ledger.subscription()).reason == "is_archived"


# --- what a person decides


async def test_off_and_on_while_slack_asks_to_wait_introduces_once(ledger: Ledger) -> None:
    """The introduction that waits is withdrawn when tips are turned off: the new one is the only one posted."""
    begun = await _begin(ledger)
    ledger.messenger.script.append(Slowed(30))
    dispatcher = ledger.dispatcher()
    assert await dispatcher.deliver_due() == Summary(slowed=1)
    async with ledger.database.write() as connection:
        await pausing.turn_off(connection, begun.subscription.id, by="U1", now=ledger.now)
    assert (await ledger.delivery()).state == "skipped"
    again = await _begin(ledger)
    ledger.pass_time(seconds=31)
    await dispatcher.deliver_due()
    assert again.introduction is not None
    assert {(row.state, row.reason) for row in await ledger.deliveries()} == {("skipped", "off"), ("sent", "")}
    assert [sent.delivery_id for sent in ledger.messenger.sent][1:] == [again.introduction.id]


async def test_a_new_introduction_takes_the_place_of_one_that_waits(ledger: Ledger) -> None:
    """The first was lost, is sent again, and tips are begun anew before it went: one message, not two."""
    await _lost_introduction(ledger)
    async with ledger.database.write() as connection:
        await coming_tip.send_again(connection, (await ledger.delivery()).id, by="U1", now=NOW)
    await _begin(ledger)
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    assert sorted(row.state for row in await ledger.deliveries()) == ["sent", "skipped"]
    assert (await ledger.subscription()).state == "on"


@pytest.mark.parametrize(
    ("choice", "outcome"),
    [
        ("resume", ("sent", Cause.SEEN, "")),
        ("begin", ("sent", Cause.SEEN, "")),
        ("add", ("sent", Cause.SEEN, "")),
        ("off", ("failed", Cause.OFF, "")),
    ],
)
async def test_a_lost_introduction_is_settled_by_what_a_person_does(
    ledger: Ledger, choice: str, outcome: tuple[str, str, str]
) -> None:
    """Whoever goes on has seen it, or does not mind; whoever turns tips off does not: no row stays unknown."""
    await _lost_introduction(ledger)
    lost, standing = await ledger.delivery(), await ledger.subscription()
    async with ledger.database.write() as connection:
        match choice:
            case "resume":
                await pausing.resume(connection, standing.id, {}, by="U2", now=NOW)
            case "begin":
                await turning_on.begin(connection, HERE, MONDAYS, owner="U1", changed_by="anyone", now=NOW)
            case "add":
                await turning_on.add_each(connection, [turning_on.Addition(HERE, MONDAYS)], introduce=False, now=NOW)
            case _:
                await pausing.turn_off(connection, standing.id, by="U1", now=ledger.now)
    settled = await ledger.delivery(lost.id)
    assert (settled.state, settled.reason, settled.person) == outcome


async def test_resuming_into_a_zone_that_has_gone_settles_nothing(ledger: Ledger) -> None:
    """Tips stay paused, so the introduction still waits for somebody to say whether it is there."""
    await _lost_introduction(ledger)
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        await connection.execute(text("UPDATE subscription SET zone = 'Mars/Phobos'"))
        with pytest.raises(ScheduleError):
            await pausing.resume(connection, standing.id, {}, by="U2", now=NOW)
    assert (await ledger.delivery()).state == "unknown"
    assert (await ledger.subscription()).state == "paused"


async def test_a_lost_introduction_that_is_found_days_later_looks_back_as_far_as_a_tip_may_be_late(
    ledger: Ledger,
) -> None:
    """No tip was missed in the meantime: tips were not on."""
    ledger.pass_time(days=4)
    await _lost_introduction(ledger)
    ledger.messenger.finds[(await ledger.delivery()).id] = Found(Posted("7.0"))
    ledger.pass_time(days=5)
    assert await ledger.dispatcher().settle_unknown() == Summary(sent=1)
    standing = await ledger.subscription()
    assert (standing.state, standing.next_run_at) == ("on", NOW + timedelta(days=14))


async def test_a_lost_introduction_is_closed_after_a_week(ledger: Ledger) -> None:
    """Where nobody decides, it counts as failed, and tips stay paused until somebody does."""
    await _lost_introduction(ledger)
    await housekeeping.clear_old(ledger.database, NOW + timedelta(days=8))
    row = await ledger.delivery()
    assert (row.state, row.reason, row.person) == ("failed", Cause.NEVER_CONFIRMED, "")
    assert (await ledger.subscription()).reason == Cause.INTRODUCTION_UNKNOWN


async def _begin(ledger: Ledger) -> turning_on.Begun:
    async with ledger.database.write() as connection:
        return await turning_on.begin(connection, HERE, MONDAYS, owner="U1", changed_by="anyone", now=ledger.now)


async def _lost_introduction(ledger: Ledger) -> None:
    """Begin tips whose introduction may have been posted: paused until somebody looks."""
    await _begin(ledger)
    ledger.messenger.script.append(Unknown("timeout"))
    assert await ledger.dispatcher().deliver_due() == Summary(unknown=1)
