"""Unknown outcomes: looked up where that can be done, and never sent again on a guess."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cards.reason import Cause
from messengers.base import Absent, Address, CannotLook, Found, LookedUp, Posted, Unknown
from scheduler.delivery.dispatch import Summary
from scheduler.subscriptions import coming_tip
from store.deliveries.rows import Delivery
from store.posts import Posts
from tests.scheduler.ledger import Ledger, RecordingMessenger
from tests.store import rows
from tests.store.rows import NOW


async def _unknown(ledger: Ledger, **fields: str) -> Delivery:
    """Plan this week's tip, lose its answer, and give its row two minutes later."""
    await ledger.add(rows.subscription(**fields))
    await ledger.plan()
    ledger.messenger.script.append(Unknown("timeout"))
    await ledger.dispatcher().deliver_due()
    ledger.pass_time(seconds=120)
    return await ledger.delivery()


async def test_found_is_sent_and_remembered(ledger: Ledger) -> None:
    """As if the answer had come: with its message, and the memory of its post; whoever waits hears of it."""
    row = await _unknown(ledger)
    ledger.messenger.finds[row.id] = Found(Posted("7.0", "https://example.com/7"))
    dispatcher = ledger.dispatcher()
    assert await dispatcher.settle_unknown() == Summary(sent=1)
    await dispatcher.finish()
    settled = await ledger.delivery()
    assert (settled.state, settled.message_id, settled.link) == ("sent", "7.0", "https://example.com/7")
    assert (settled.reason, settled.attempt, settled.looked_at) == ("", 1, ledger.now)
    async with ledger.database.read() as connection:
        post = await Posts().find(connection, "slack", "T1", "C1", "7.0")
    assert post is not None
    assert post.subject == "tip/a"
    assert [told.state for told in ledger.told] == ["unknown", "sent"]
    assert ledger.messenger.looked == [(Address("slack", "T1", "C1"), row.id, row.created_at)]
    assert len(ledger.messenger.sent) == 1


async def test_absent_is_planned_and_posted_once(ledger: Ledger) -> None:
    """Everything was read, and it is not there: it goes out, in the same row."""
    row = await _unknown(ledger)
    ledger.messenger.finds[row.id] = Absent()
    dispatcher = ledger.dispatcher()
    assert await dispatcher.settle_unknown() == Summary(slowed=1)
    planned = await ledger.delivery()
    assert (planned.state, planned.reason, planned.not_before) == ("planned", Cause.NOT_THERE, ledger.now)
    assert await dispatcher.deliver_due() == Summary(sent=1)
    assert (await ledger.delivery()).attempt == 2
    assert len(ledger.messenger.sent) == 2


async def test_absent_wakes_the_background(ledger: Ledger) -> None:
    """It does not wait for the next tick either."""
    row = await _unknown(ledger)
    ledger.messenger.finds[row.id] = Absent()
    dispatcher = ledger.dispatcher()
    async with dispatcher.running():
        ledger.messenger.arrived.clear()
        await dispatcher.settle_unknown()
        await ledger.messenger.arrived.wait()
    assert (await ledger.delivery()).state == "sent"


async def test_absent_beyond_the_grace_is_skipped(ledger: Ledger) -> None:
    """A tip that turns out at night not to have been posted in the morning comes next week."""
    row = await _unknown(ledger)
    ledger.pass_time(hours=13)
    ledger.messenger.finds[row.id] = Absent()
    dispatcher = ledger.dispatcher()
    await dispatcher.settle_unknown()
    assert await dispatcher.deliver_due() == Summary(skipped=1)
    assert (await ledger.subscription()).seen == ()


async def test_what_can_not_be_looked_up_stays_unknown(ledger: Ledger) -> None:
    """It says when it was looked at, and is tried again after as long as it had been unknown by then."""
    row = await _unknown(ledger)
    dispatcher = ledger.dispatcher()
    assert await dispatcher.settle_unknown() == Summary()
    looked = await ledger.delivery()
    assert (looked.state, looked.reason, looked.looked_at) == ("unknown", "timeout", ledger.now)
    assert looked.changed_at == row.changed_at
    for seconds, looks in ((119, 1), (1, 2), (239, 2), (1, 3), (479, 3), (1, 4)):
        ledger.pass_time(seconds=seconds)
        await dispatcher.settle_unknown()
        assert len(ledger.messenger.looked) == looks
    ledger.pass_time(days=30)
    await dispatcher.settle_unknown()
    ledger.pass_time(hours=6)
    await dispatcher.settle_unknown()
    assert len(ledger.messenger.looked) == 6
    assert (await ledger.delivery()).state == "unknown"


async def test_an_outcome_rests_before_it_is_looked_up(ledger: Ledger) -> None:
    """What was posted a minute ago may not be visible yet."""
    row = await _unknown(ledger)
    ledger.now -= timedelta(seconds=1)
    ledger.messenger.finds[row.id] = Absent()
    assert await ledger.dispatcher().settle_unknown() == Summary()
    assert await ledger.dispatcher(settle_after=timedelta(seconds=100)).settle_unknown() == Summary(slowed=1)


async def test_never_under_a_live_lease(ledger: Ledger) -> None:
    """Its lease says until when the post may still be under way, whatever the row is called."""
    lease: dict[str, Any] = {"lease_owner": "another", "lease_until": NOW + timedelta(hours=1), "attempt": 1}
    row = rows.delivery(state="unknown", **lease)
    await ledger.add(row)
    ledger.messenger.finds[row.id] = Absent()
    ledger.pass_time(minutes=59)
    assert await ledger.dispatcher().settle_unknown() == Summary()
    ledger.pass_time(minutes=2)
    assert await ledger.dispatcher().settle_unknown() == Summary(slowed=1)


async def test_not_while_this_process_still_waits_for_the_answer(ledger: Ledger) -> None:
    """Another process called it unknown; our own post of it hangs, and may arrive yet."""
    await ledger.add(rows.delivery())
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher()
    async with dispatcher.running():
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
        ledger.pass_time(minutes=5)
        assert await ledger.dispatcher().expire_leases() == 1
        ledger.pass_time(minutes=5)
        ledger.messenger.finds[(await ledger.delivery()).id] = Absent()
        assert await dispatcher.settle_unknown() == Summary()
        ledger.messenger.door.set()
    assert (await ledger.delivery()).state == "sent"


async def test_a_lease_that_ran_out_is_looked_up_too(ledger: Ledger) -> None:
    """A process died between post and record: where we may look, nobody has to."""
    row = rows.delivery(state="sending", lease_owner="dead", lease_until=NOW, attempt=1)
    await ledger.add(row)
    ledger.pass_time(seconds=1)
    dispatcher = ledger.dispatcher()
    await dispatcher.expire_leases()
    assert (await ledger.delivery()).reason == Cause.LEASE_EXPIRED
    ledger.pass_time(seconds=120)
    ledger.messenger.finds[row.id] = Found(Posted("7.0"))
    assert await dispatcher.settle_unknown() == Summary(sent=1)


@pytest.mark.parametrize("found", [Absent(), Found(Posted("7.0"))])
async def test_a_person_who_sends_it_now_meanwhile_wins(ledger: Ledger, found: LookedUp) -> None:
    """What is found out afterwards changes nothing of the row that was sent again."""
    row = await _unknown(ledger)

    class Interrupted(RecordingMessenger):
        async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
            assert (address, delivery_id, since, attempt) == (Address("slack", "T1", "C1"), row.id, row.created_at, 1)
            async with ledger.database.write() as connection:
                await coming_tip.send_again(connection, row.id, by="U1", now=ledger.now)
            return found

    ledger.messenger = Interrupted()
    dispatcher = ledger.dispatcher()
    assert await dispatcher.settle_unknown() == Summary()
    assert (await ledger.delivery()).state == "planned"
    assert await dispatcher.deliver_due() == Summary(sent=1)
    assert len(ledger.messenger.sent) == 1


async def test_of_two_processes_one_looks(ledger: Ledger) -> None:
    """A look costs the platform's patience: what one process took, the other leaves alone."""
    await _unknown(ledger)
    await ledger.dispatcher().settle_unknown()
    await ledger.dispatcher().settle_unknown()
    assert len(ledger.messenger.looked) == 1


async def test_a_workspace_that_asks_to_wait_is_left_alone(ledger: Ledger) -> None:
    """No more looks there this time, and that one comes first the next time; other workspaces go on."""
    unknown = [
        rows.delivery(f"share:{number}", workspace=workspace, state="unknown", attempt=1)
        for number, workspace in enumerate(("T1", "T1", "T1", "T2", "T2"))
    ]
    await ledger.add(*unknown)
    ledger.pass_time(seconds=120)
    ledger.messenger.finds = {row.id: CannotLook("ratelimited", 60) for row in unknown if row.workspace == "T1"}
    dispatcher = ledger.dispatcher()
    await dispatcher.settle_unknown()
    looked = [row_id for address, row_id, _ in ledger.messenger.looked if address.workspace == "T1"]
    assert len(looked) == 1
    assert len(ledger.messenger.looked) == 3
    assert [row.looked_at for row in await ledger.deliveries() if row.id == looked[0]] == [None]
    ledger.pass_time(seconds=59)
    await dispatcher.settle_unknown()
    assert len(ledger.messenger.looked) == 3
    ledger.pass_time(seconds=1)
    await dispatcher.settle_unknown()
    assert [row_id for _, row_id, _ in ledger.messenger.looked][3:] == looked


async def test_a_messenger_that_fails_leaves_it_unknown(ledger: Ledger) -> None:
    """A fault of ours says nothing about the message."""
    row = await _unknown(ledger)
    ledger.messenger.finds[row.id] = ConnectionResetError("gone")
    assert await ledger.dispatcher().settle_unknown() == Summary()
    assert (await ledger.delivery()).state == "unknown"


async def test_a_platform_that_is_not_set_up_is_not_asked(ledger: Ledger) -> None:
    """Rows of a platform this program does not serve wait for one that does."""
    await ledger.add(rows.delivery(platform="teams", state="unknown", attempt=1))
    ledger.pass_time(hours=1)
    assert await ledger.dispatcher().settle_unknown() == Summary()
    assert (await ledger.delivery()).looked_at is None


async def test_an_introduction_that_is_found_turns_tips_on(ledger: Ledger) -> None:
    """Its success is what says that the bot is in the channel, however late it is known."""
    standing = rows.subscription(state="paused", reason=Cause.INTRODUCTION_UNKNOWN, next_run_at=None)
    row = rows.delivery("introduction:1", kind="introduction", subscription_id=standing.id, state="unknown", attempt=1)
    await ledger.add(standing, row)
    ledger.pass_time(seconds=120)
    ledger.messenger.finds[row.id] = Found(Posted("7.0"))
    assert await ledger.dispatcher().settle_unknown() == Summary(sent=1)
    assert (await ledger.subscription()).state == "on"


async def test_a_direct_message_is_remembered_where_it_stands(ledger: Ledger) -> None:
    """Its address is a person; reactions come from the conversation with them."""
    row = await _unknown(ledger, conversation="U1")
    ledger.messenger.finds[row.id] = Found(Posted("7.0", conversation="D1"))
    await ledger.dispatcher().settle_unknown()
    async with ledger.database.read() as connection:
        assert await Posts().find(connection, "slack", "T1", "D1", "7.0") is not None
    assert (await ledger.delivery()).conversation == "U1"


async def test_a_posted_direct_message_is_remembered_where_it_stands(ledger: Ledger) -> None:
    """Likewise where the answer came at once."""
    await ledger.add(rows.subscription("U1"))
    await ledger.plan()
    ledger.messenger.script.append(Posted("7.0", conversation="D1"))
    await ledger.dispatcher().deliver_due()
    async with ledger.database.read() as connection:
        assert await Posts().find(connection, "slack", "T1", "D1", "7.0") is not None


@pytest.mark.parametrize(("argument", "subject"), [("risks", "tip/drawn"), ("", "")])
async def test_what_an_answer_was_about_is_drawn_again(ledger: Ledger, argument: str, subject: str) -> None:
    """A mention's row does not say what its card is about; where its words were forgotten, nothing does."""
    row = rows.delivery("mention:1", kind="mention", argument=argument, state="unknown", attempt=1)
    await ledger.add(row)
    ledger.pass_time(seconds=120)
    ledger.messenger.finds[row.id] = Found(Posted("7.0"))
    ledger.about = "tip/drawn"
    await ledger.dispatcher().settle_unknown()
    async with ledger.database.read() as connection:
        post = await Posts().find(connection, "slack", "T1", "C1", "7.0")
    assert (post.subject if post else "") == subject


async def test_an_answer_whose_content_has_gone_is_sent_all_the_same(ledger: Ledger) -> None:
    """It was posted; nothing will deepen it."""
    row = rows.delivery("mention:1", kind="mention", argument="risks", state="unknown", attempt=1)
    await ledger.add(row)
    ledger.pass_time(seconds=120)
    ledger.messenger.finds[row.id] = Found(Posted("7.0"))
    ledger.gone = True
    assert await ledger.dispatcher().settle_unknown() == Summary(sent=1)
