"""Steering: on, changed, skipped, paused, off; and on again where it was."""

from datetime import timedelta

import pytest

from cards.reason import Cause
from messengers.base import Address
from scheduler import housekeeping, weekly
from scheduler.subscriptions import coming_tip, pausing, turning_on
from scheduler.subscriptions.reschedule import reschedule
from scheduler.subscriptions.turning_on import Addition, Begun
from scheduler.weekly import Schedule
from store.deliveries.rows import Delivery
from store.forgetting import Forgotten
from store.posts import Posts
from store.subscriptions import Subscriptions
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

HERE = Address("slack", "T1", "C1")
MONDAYS, FRIDAYS = Schedule.parse("monday", "09:00", "Europe/Paris"), Schedule.parse("friday", "17:30", "UTC")
MONDAYS_UTC = Schedule.parse("monday", "09:00", "UTC")


async def _begin(ledger: Ledger, schedule: Schedule = MONDAYS, owner: str = "U1") -> Begun:
    async with ledger.database.write() as connection:
        return await turning_on.begin(connection, HERE, schedule, owner=owner, changed_by="owner", now=ledger.now)


async def test_turning_on_begins_with_an_introduction(ledger: Ledger) -> None:
    """Until the introduction is posted there is no next tip; both are written in one transaction."""
    begun = await _begin(ledger)
    standing = await ledger.subscription()
    assert begun.subscription == standing
    assert (standing.state, standing.next_run_at, standing.owner, standing.changed_by) == (
        "starting",
        None,
        "U1",
        "owner",
    )
    introduction = await ledger.delivery()
    assert introduction == begun.introduction
    assert (introduction.kind, introduction.person, introduction.subscription_id) == ("introduction", "U1", standing.id)


async def test_a_double_click_introduces_once(ledger: Ledger) -> None:
    """While an introduction is on its way there is no second; the newest settings count."""
    await _begin(ledger)
    again = await _begin(ledger, FRIDAYS)
    assert again.introduction is None
    assert len(await ledger.deliveries()) == 1
    assert (await ledger.subscription()).weekday == 4


async def test_turning_on_what_is_on_changes_the_settings_only(ledger: Ledger) -> None:
    """No second introduction; who turns "anyone" into "only me" is the one who may change it from then on."""
    await ledger.add(rows.subscription())
    begun = await _begin(ledger, FRIDAYS, owner="U2")
    assert begun.introduction is None
    standing = await ledger.subscription()
    assert (standing.state, standing.owner, standing.weekday, standing.at, standing.changed_by) == (
        "on",
        "U2",
        4,
        "17:30",
        "owner",
    )


async def test_on_again_goes_on_where_it_was(ledger: Ledger) -> None:
    """What a channel saw, and that this week had its tip, survives turning off and on."""
    await ledger.add(rows.subscription(seen=("a", "b"), last_slot="2026-W48", next_run_at=NOW + timedelta(days=7)))
    async with ledger.database.write() as connection:
        off = await pausing.turn_off(connection, (await Subscriptions().every(connection))[0].id, by="U2", now=NOW)
    assert (off.state, off.next_run_at, off.paused_by) == ("off", None, "U2")
    begun = await _begin(ledger, FRIDAYS)
    assert begun.subscription.id == off.id
    assert begun.introduction is not None
    await ledger.dispatcher().deliver_due()
    standing = await ledger.subscription()
    assert (standing.state, standing.seen) == ("on", ("a", "b"))
    assert standing.next_run_at == NOW.replace(month=12, day=4, hour=17, minute=30)


async def test_the_operator_turns_on_at_once(ledger: Ledger) -> None:
    """From the command line no introduction is needed; one can be asked for; twice changes nothing twice."""
    async with ledger.database.write() as connection:
        here, elsewhere = Addition(HERE, MONDAYS), Addition(Address("slack", "T1", "C2"), MONDAYS)
        (begun,) = await turning_on.add_each(connection, [here], introduce=False, now=NOW)
        (again,) = await turning_on.add_each(connection, [here], introduce=True, now=NOW)
        (other,) = await turning_on.add_each(connection, [elsewhere], introduce=True, now=NOW)
    assert (begun.introduction, again.introduction) == (None, None)
    assert other.introduction is not None
    standing = await ledger.subscription()
    assert standing == begun.subscription
    assert (standing.state, standing.owner, standing.next_run_at) == ("on", "", NOW + timedelta(days=6, hours=23))


async def test_pause_and_resume(ledger: Ledger) -> None:
    """Resuming looks for a week that had no tip yet, and never for the past."""
    await ledger.add(rows.subscription(last_slot="2026-W48", next_run_at=NOW + timedelta(days=7)))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        paused = await pausing.pause(connection, standing.id, by="U2", now=NOW)
        assert (paused.state, paused.reason, paused.paused_by, paused.next_run_at) == ("paused", "person", "U2", None)
        assert await pausing.pause(connection, standing.id, by="U3", now=NOW) == paused
        resumed = await pausing.resume(connection, standing.id, {}, by="U2", now=NOW + timedelta(hours=1))
        assert resumed == standing
        assert await pausing.resume(connection, standing.id, {}, by="U2", now=NOW) == standing
        await pausing.pause(connection, standing.id, by="U2", now=NOW)
        later = await pausing.resume(connection, standing.id, {}, by="U2", now=NOW + timedelta(days=30))
    assert later.next_run_at == NOW + timedelta(days=35)


async def test_skipping_twice_skips_once(ledger: Ledger) -> None:
    """The next tip falls out, the one after it comes."""
    await ledger.add(rows.subscription())
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        for _ in range(2):
            skipping = await coming_tip.skip_next(connection, standing.id, by="U2", now=ledger.now)
    assert (skipping.skip_slot, skipping.skip_by) == ("2026-W48", "U2")
    await ledger.plan()
    ledger.pass_time(weeks=1)
    await ledger.plan()
    assert [row.state for row in await ledger.deliveries()] == ["skipped", "planned"]


async def test_skipping_where_nothing_comes_does_nothing(ledger: Ledger) -> None:
    """A paused subscription has no next tip to skip."""
    await ledger.add(rows.subscription(state="paused", next_run_at=None))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        assert await coming_tip.skip_next(connection, standing.id, by="U2", now=ledger.now) == standing


async def test_a_change_takes_a_skip_along(ledger: Ledger) -> None:
    """Who skipped the next tip and then moves it still skips it, in whichever week it now falls."""
    await ledger.add(rows.subscription(next_run_at=NOW + timedelta(days=7), last_slot="2026-W48", skip_slot="2026-W49"))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        moved = await reschedule(connection, standing.id, FRIDAYS, by="U2", now=NOW)
    assert moved.next_run_at == NOW.replace(month=12, day=4, hour=17, minute=30)
    assert moved.skip_slot == weekly.slot(FRIDAYS, moved.next_run_at) == "2026-W49"
    assert moved.changed_by == "anyone"


async def test_a_paused_subscription_can_be_changed(ledger: Ledger) -> None:
    """The settings change, and it stays paused."""
    await ledger.add(rows.subscription(state="paused", next_run_at=None))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        changed = await reschedule(connection, standing.id, FRIDAYS, by="", changed_by="owner", now=NOW)
    assert (changed.weekday, changed.state, changed.next_run_at, changed.changed_by) == (4, "paused", None, "owner")


async def test_an_unknown_delivery_is_sent_again_in_its_own_row(ledger: Ledger) -> None:
    """Only an unknown one, only once; it goes although tips are paused, for a person asked."""
    standing = rows.subscription(state="paused", next_run_at=None)
    row = rows.delivery(kind="tip", state="unknown", subject="tip/a", subscription_id=standing.id, attempt=1)
    await ledger.add(standing, row)
    ledger.pass_time(days=3)
    again: list[Delivery | None] = []
    async with ledger.database.write() as connection:
        for by in ("U2", ""):
            again.append(await coming_tip.send_again(connection, row.id, by=by, now=ledger.now))  # noqa: PERF401 # two steps, in order
    assert again[0] is not None
    assert again[1] is None
    assert (again[0].id, again[0].state, again[0].person) == (row.id, "planned", "U2")
    assert (await ledger.dispatcher().deliver_due()).sent == 1
    assert (await ledger.delivery()).attempt == 2


async def test_the_operator_sends_again_too(ledger: Ledger) -> None:
    """A row sent again from the command line counts as asked for."""
    await ledger.add(rows.delivery(state="unknown"))
    row = await ledger.delivery()
    async with ledger.database.write() as connection:
        again = await coming_tip.send_again(connection, row.id, by="", now=NOW)
    assert again is not None
    assert again.is_asked_for


async def test_a_workspace_that_removes_the_app_is_forgotten(ledger: Ledger) -> None:
    """Nothing of it stays; other workspaces keep everything."""
    for workspace in ("T1", "T2"):
        post = rows.post(workspace=workspace)
        reply = rows.delivery(f"reply:{workspace}", workspace=workspace, post_id=post.id)
        await ledger.add(rows.subscription(workspace=workspace), post, reply)
    async with ledger.database.write() as connection:
        forgotten = await pausing.forget_workspace(connection, "slack", "T1")
        assert forgotten == Forgotten(subscriptions=1, posts=1, deliveries=1)
        assert [one.workspace for one in await Subscriptions().every(connection)] == ["T2"]
        assert await Posts().find(connection, "slack", "T1", "C1", "1.0") is None
        assert await Posts().find(connection, "slack", "T2", "C1", "1.0") is not None
    assert [row.workspace for row in await ledger.deliveries()] == ["T2"]


async def test_what_does_not_exist_is_a_fault(ledger: Ledger) -> None:
    """Steering a subscription that is not there is a programming error, not a silent nothing."""
    with pytest.raises(LookupError, match="no subscription none"):
        async with ledger.database.write() as connection:
            await pausing.resume(connection, "none", {}, by="U2", now=NOW)


@pytest.mark.parametrize("choice", ["resume", "off and on", "edit"])
async def test_a_clock_that_ran_far_ahead_stops_nothing(ledger: Ledger, choice: str) -> None:
    """After one tick half a year ahead, each way of steering finds next Monday again, and every week its tip."""
    await ledger.add(rows.subscription(changed_by="owner"))
    standing = await ledger.subscription()
    dispatcher = ledger.dispatcher()
    ledger.pass_time(weeks=26)
    await ledger.plan()
    await dispatcher.deliver_due()
    ledger.pass_time(weeks=-26)
    async with ledger.database.write() as connection:
        match choice:
            case "resume":
                await pausing.pause(connection, standing.id, by="U1", now=ledger.now)
                await pausing.resume(connection, standing.id, {}, by="U2", now=ledger.now)
            case "edit":
                await turning_on.begin(connection, HERE, MONDAYS_UTC, owner="U1", changed_by="owner", now=ledger.now)
            case _:
                await pausing.turn_off(connection, standing.id, by="U1", now=ledger.now)
                await turning_on.begin(connection, HERE, MONDAYS_UTC, owner="U1", changed_by="owner", now=ledger.now)
    await dispatcher.deliver_due()
    assert (await ledger.subscription()).next_run_at == NOW + timedelta(days=7)
    ledger.messenger.sent.clear()
    for _ in range(27):
        ledger.pass_time(weeks=1)
        await ledger.plan()
        await dispatcher.deliver_due()
    assert [sent.card.title for sent in ledger.messenger.sent] == ["tip 09:00"] * 27


async def test_a_week_ahead_is_still_one_tip_a_week(ledger: Ledger) -> None:
    """Where next week counts as used already, as after a change of zone, it stays used."""
    await ledger.add(rows.subscription(state="paused", next_run_at=None, last_slot="2026-W49"))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        resumed = await pausing.resume(connection, standing.id, {}, by="U2", now=ledger.now)
    assert (resumed.last_slot, resumed.next_run_at) == ("2026-W49", NOW + timedelta(days=14))


async def test_skipping_in_a_zone_that_has_gone_pauses(ledger: Ledger) -> None:
    """Nobody is shown a fault: tips pause with the reason, and choosing another zone heals it."""
    await ledger.add(rows.subscription(zone="Mars/Phobos"))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        paused = await coming_tip.skip_next(connection, standing.id, by="U2", now=ledger.now)
    assert (paused.state, paused.reason, paused.next_run_at) == ("paused", Cause.ZONE_UNKNOWN, None)


async def test_editing_heals_a_zone_that_has_gone(ledger: Ledger) -> None:
    """The form saves another zone, whatever was skipped in the old one."""
    await ledger.add(rows.subscription(zone="Mars/Phobos", skip_slot="2026-W48", next_run_at=NOW + timedelta(days=1)))
    begun = await _begin(ledger, FRIDAYS)
    assert (begun.subscription.state, begun.subscription.zone) == ("on", "UTC")
    assert begun.subscription.next_run_at == NOW.replace(day=27, hour=17, minute=30)


async def test_only_me_makes_whoever_chose_it_the_owner(ledger: Ledger) -> None:
    """From "anyone" to "only me" the tips become theirs; afterwards, and on the command line, the owner stays."""
    await ledger.add(rows.subscription(owner="U1"))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        taken = await reschedule(connection, standing.id, MONDAYS, by="U2", changed_by="owner", now=ledger.now)
        kept = await reschedule(connection, standing.id, MONDAYS, by="U3", changed_by="owner", now=ledger.now)
        opened = await reschedule(connection, standing.id, MONDAYS, by="U4", changed_by="anyone", now=ledger.now)
        nobody = await reschedule(connection, standing.id, MONDAYS, by="", changed_by="owner", now=ledger.now)
    assert [one.owner for one in (taken, kept, opened, nobody)] == ["U2"] * 4


async def test_a_share_sent_again_stays_its_sharers(ledger: Ledger) -> None:
    """The card names who shared it, not who pressed Send now."""
    await ledger.add(rows.delivery(state="unknown", person="U1"))
    async with ledger.database.write() as connection:
        again = await coming_tip.send_again(connection, (await ledger.deliveries())[0].id, by="U2", now=NOW)
    assert again is not None
    assert again.person == "U1"


async def test_an_answer_nobody_confirmed_is_closed_after_a_week(ledger: Ledger) -> None:
    """It stays visible for a week, then counts as failed and forgets who asked; a tip waits for a person."""
    kinds = ("share", "reply", "mention", "notice", "introduction", "tip")
    await ledger.add(
        *(rows.delivery(kind, kind=kind, state="unknown", person="U1", argument="detail") for kind in kinds)
    )
    await housekeeping.clear_old(ledger.database, ledger.now + timedelta(days=6))
    assert {row.state for row in await ledger.deliveries()} == {"unknown"}
    await housekeeping.clear_old(ledger.database, ledger.now + timedelta(days=8))
    left = {row.kind: (row.state, row.reason, row.person) for row in await ledger.deliveries()}
    assert left == dict.fromkeys(kinds[:-1], ("failed", Cause.NEVER_CONFIRMED, "")) | {"tip": ("unknown", "", "U1")}
    # A reply may be asked for again in its row, so its level stays.
    assert {row.argument for row in await ledger.deliveries() if row.kind == "reply"} == {"detail"}


async def test_the_words_of_an_unanswered_mention_are_forgotten_after_a_day(ledger: Ledger) -> None:
    """Posted or not, nobody can tell: what somebody wrote is not kept for a week on that account."""
    await ledger.add(rows.delivery(kind="mention", state="unknown", argument="secret plans"))
    await housekeeping.clear_old(ledger.database, ledger.now + timedelta(hours=23))
    assert (await ledger.delivery()).argument == "secret plans"
    await housekeeping.clear_old(ledger.database, ledger.now + timedelta(hours=25))
    assert ((await ledger.delivery()).argument, (await ledger.delivery()).state) == ("", "unknown")
