"""Delivery: every row of the ledger's table of states, and what follows from it."""

from datetime import timedelta

import pytest

from cards.model import Subject
from cards.reason import Cause
from messengers.base import Address, Refused, Slowed, Unknown
from scheduler.delivery.dispatch import Summary
from scheduler.subscriptions import coming_tip
from store.deliveries.rows import Deliveries
from store.posts import Post, Posts
from store.subscriptions import Subscription
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW


async def _planned_tip(ledger: Ledger, **fields: str) -> Subscription:
    """Plan this week's tip for C1, and give its subscription."""
    await ledger.add(rows.subscription(**fields))
    await ledger.plan()
    return await ledger.subscription()


async def _post(ledger: Ledger, message_id: str) -> Post | None:
    async with ledger.database.read() as connection:
        return await Posts().find(connection, "slack", "T1", "C1", message_id)


async def test_posted_is_sent_and_remembered(ledger: Ledger) -> None:
    """The message's id and link are kept, and a reaction on it will find its subject."""
    standing = await _planned_tip(ledger)
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    row = await ledger.delivery()
    assert (row.state, row.message_id, row.link, row.attempt) == ("sent", "1.0", "https://example.com/p", 1)
    assert [(sent.address, sent.delivery_id) for sent in ledger.messenger.sent] == [
        (Address("slack", "T1", "C1"), row.id)
    ]
    assert ledger.messenger.sent[0].card.title == "tip 09:00"
    post = await _post(ledger, "1.0")
    assert post is not None
    assert Subject.parse(post.subject) == Subject("tip", "a")
    assert ledger.told == [row]
    assert (await ledger.subscription()) == standing


@pytest.mark.parametrize(
    ("kind", "subject", "is_remembered"),
    [
        ("share", "dimension/risks", True),
        ("mention", "dimension/risks", True),
        ("mention", "", False),
        ("reply", "tip/a", False),
    ],
)
async def test_what_may_be_reacted_to_is_remembered(
    ledger: Ledger,
    kind: str,
    subject: str,
    is_remembered: bool,  # noqa: FBT001 # a column of the table above
) -> None:
    """Shares and mentions that show something, with the thread they stand in; replies are not deepened again."""
    await ledger.add(rows.delivery(kind=kind, subject=subject, thread="0.5", argument="words"))
    await ledger.dispatcher().deliver_due()
    assert ledger.messenger.sent[0].address.thread == "0.5"
    post = await _post(ledger, "1.0")
    assert (post is not None) == is_remembered
    if post is not None:
        assert (post.subject, post.replies_to) == (subject, "0.5")


async def test_a_mention_is_forgotten_when_it_is_answered(ledger: Ledger) -> None:
    """What somebody wrote is kept until it is answered, and no longer; while the outcome is open it is needed."""
    await ledger.add(rows.delivery("mention:1", kind="mention", argument="secret plans"))
    ledger.messenger.script.append(Unknown("timeout"))
    await ledger.dispatcher().deliver_due()
    assert (await ledger.delivery()).argument == "secret plans"
    async with ledger.database.write() as connection:
        await coming_tip.send_again(connection, (await ledger.deliveries())[0].id, by="U1", now=NOW)
    await ledger.dispatcher().deliver_due()
    row = await ledger.delivery()
    assert (row.state, row.argument) == ("sent", "")


async def test_slowed_waits_with_its_whole_workspace(ledger: Ledger) -> None:
    """Nothing more is posted in that workspace until the time is over; other workspaces go on."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(3)))
    await ledger.add(rows.delivery("share:elsewhere", workspace="T2", now=NOW + timedelta(microseconds=1)))
    ledger.messenger.script.append(Slowed(30))
    ledger.now += timedelta(seconds=1)
    dispatcher = ledger.dispatcher(concurrency=1)
    summary = await dispatcher.deliver_due()
    assert summary.sent == 1
    assert [sent.address.workspace for sent in ledger.messenger.sent] == ["T1", "T2"]
    waiting = [row for row in await ledger.deliveries() if row.workspace == "T1"]
    assert {(row.state, row.not_before) for row in waiting} == {("planned", ledger.now + timedelta(seconds=30))}
    ledger.pass_time(seconds=29)
    assert await dispatcher.deliver_due() == Summary()
    ledger.pass_time(seconds=1)
    assert await dispatcher.deliver_due() == Summary(sent=3)


async def test_slowed_without_a_time_still_waits(ledger: Ledger) -> None:
    """A platform that says zero seconds is not asked again in a loop."""
    await ledger.add(rows.delivery())
    ledger.messenger.script.append(Slowed(0))
    assert await ledger.dispatcher().deliver_due() == Summary(slowed=1)
    assert (await ledger.delivery()).not_before == NOW + timedelta(seconds=1)


async def test_slowed_for_longer_than_the_grace_is_skipped(ledger: Ledger) -> None:
    """A tip that may not be posted all day is not posted at night."""
    await _planned_tip(ledger)
    ledger.messenger.script.append(Slowed(13 * 3600))
    await ledger.dispatcher().deliver_due()
    ledger.pass_time(hours=13)
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)
    assert (await ledger.delivery()).reason == "more than 12 hours late"
    assert (await ledger.subscription()).seen == ()


async def test_a_refusal_of_the_conversation_pauses_and_tells_the_owner_once(ledger: Ledger) -> None:
    """The tip fails and goes back to the pool; the reason is kept; one direct message goes out."""
    standing = await _planned_tip(ledger)
    ledger.messenger.script.append(Refused("not_in_channel", "conversation"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1, sent=1)
    tip, notice = sorted(await ledger.deliveries(), key=lambda row: row.kind, reverse=True)
    assert (tip.state, tip.reason) == ("failed", "not_in_channel")
    assert (notice.kind, notice.conversation, notice.argument) == ("notice", "U1", "not_in_channel C1")
    assert ledger.messenger.sent[1].address == Address("slack", "T1", "U1")
    paused = await ledger.subscription()
    assert (paused.state, paused.reason, paused.next_run_at, paused.seen) == ("paused", "not_in_channel", None, ())
    assert paused.last_slot == standing.last_slot
    ledger.pass_time(weeks=3)
    await ledger.plan()
    assert len(await ledger.deliveries()) == 2


async def test_a_notice_that_is_refused_ends_there(ledger: Ledger) -> None:
    """An owner who cannot be written to causes no further notices."""
    await _planned_tip(ledger)
    ledger.messenger.script += [Refused("is_archived", "conversation"), Refused("user_disabled", "conversation")]
    assert await ledger.dispatcher().deliver_due() == Summary(failed=2)
    assert (await ledger.subscription()).reason == "is_archived"
    assert len(await ledger.deliveries()) == 2


async def test_without_an_owner_nobody_is_told(ledger: Ledger) -> None:
    """Tips from the command line have no owner to write to."""
    await _planned_tip(ledger, owner="")
    ledger.messenger.script.append(Refused("is_archived", "conversation"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1)
    assert (await ledger.subscription()).state == "paused"


async def test_a_refusal_of_the_workspace_pauses_all_of_it(ledger: Ledger) -> None:
    """Where the installation has ended everything there stops; other workspaces go on."""
    elsewhere = rows.subscription("C1", workspace="T2", next_run_at=NOW + timedelta(days=1))
    await ledger.add(rows.subscription("C2", next_run_at=NOW + timedelta(days=1)), elsewhere)
    await _planned_tip(ledger)
    ledger.messenger.script.append(Refused("token_revoked", "workspace"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1)
    for conversation in ("C1", "C2"):
        standing = await ledger.subscription(conversation)
        assert (standing.state, standing.reason) == ("paused", "token_revoked")
    async with ledger.database.read() as connection:
        assert (await Deliveries().counts(connection))["planned"] == 0
    ledger.pass_time(days=1)
    assert (await ledger.plan()).planned == 1


async def test_a_refusal_of_the_thread_buries_the_post(ledger: Ledger) -> None:
    """A reply to a deleted message fails, and so does the next one without being tried."""
    post = rows.post()
    await ledger.add(post)
    await ledger.add(rows.delivery("reply:1:detail", kind="reply", post_id=post.id, thread="1.0"))
    ledger.messenger.script.append(Refused("cannot_reply_to_message", "thread"))
    dispatcher = ledger.dispatcher()
    assert await dispatcher.deliver_due() == Summary(failed=1)
    buried = await _post(ledger, "1.0")
    assert buried is not None
    assert buried.dead
    await ledger.add(rows.delivery("reply:1:sources", kind="reply", post_id=post.id, thread="1.0"))
    assert await dispatcher.deliver_due() == Summary(failed=1)
    assert len(ledger.messenger.sent) == 1
    assert [row.reason for row in ledger.told] == ["cannot_reply_to_message", Cause.POST_DELETED]


async def test_a_tip_whose_message_is_refused_pauses_too(ledger: Ledger) -> None:
    """The tip fails and goes back to the pool; next week it would be refused again, so a person has to look."""
    await _planned_tip(ledger)
    ledger.messenger.script.append(Refused("msg_blocks_too_long", "message"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1, sent=1)
    standing = await ledger.subscription()
    assert (standing.state, standing.reason, standing.seen) == ("paused", "msg_blocks_too_long", ())


@pytest.mark.parametrize("answer", [Unknown("timeout"), ConnectionResetError("gone")])
async def test_unknown_is_never_sent_again_by_itself(ledger: Ledger, answer: Unknown | Exception) -> None:
    """Posted or not, we cannot tell: the row says so and its tip does not go back to the pool."""
    await _planned_tip(ledger)
    ledger.messenger.script.append(answer)
    dispatcher = ledger.dispatcher()
    assert await dispatcher.deliver_due() == Summary(unknown=1)
    ledger.pass_time(hours=5)
    assert await dispatcher.deliver_due() == Summary()
    row = await ledger.delivery()
    assert row.state == "unknown"
    assert row.reason in {"timeout", "the messenger failed: ConnectionResetError"}
    assert (await ledger.subscription()).seen == ("a",)
    assert len(ledger.messenger.sent) == 1


async def test_a_messenger_that_hangs_is_unknown(ledger: Ledger) -> None:
    """A post that never answers is given up before its lease ends."""
    await ledger.add(rows.delivery())
    ledger.messenger.door.clear()
    assert await ledger.dispatcher(post_timeout=0.01).deliver_due() == Summary(unknown=1)


async def test_a_card_that_cannot_be_drawn_fails(ledger: Ledger) -> None:
    """A fault of ours concerns one delivery, and nothing was posted."""
    await _planned_tip(ledger)
    ledger.broken = True
    await ledger.dispatcher().deliver_due()
    failed = next(row for row in await ledger.deliveries() if row.kind == "tip")
    assert (failed.state, failed.reason) == ("failed", Cause.NOT_DRAWN)
    assert ledger.messenger.sent == []
    standing = await ledger.subscription()
    # It would fail every week: a person has to look.
    assert (standing.state, standing.reason, standing.seen) == ("paused", Cause.NOT_DRAWN, ())


async def test_content_that_has_gone_is_skipped(ledger: Ledger) -> None:
    """A share of a card that was removed meanwhile is skipped with the reason."""
    await ledger.add(rows.delivery())
    ledger.gone = True
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)
    assert (await ledger.delivery()).reason == Cause.CONTENT_GONE


async def test_a_tip_that_has_gone_gives_way_to_the_next(ledger: Ledger) -> None:
    """A tip removed between plan and post costs the channel no week."""
    await _planned_tip(ledger)
    ledger.tips = ["b", "c"]
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    assert (await ledger.delivery()).subject == "tip/b"
    assert (await ledger.subscription()).seen == ("b",)


async def test_without_any_tips_a_planned_one_is_skipped(ledger: Ledger) -> None:
    """There is nothing to put in its place."""
    await _planned_tip(ledger)
    ledger.tips = []
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)
    assert (await ledger.delivery()).reason == Cause.NO_TIPS


async def test_a_platform_that_is_not_set_up_fails(ledger: Ledger) -> None:
    """Rows of a platform this program does not serve say so."""
    await ledger.add(rows.delivery(platform="teams"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1)
    assert (await ledger.delivery()).reason == "teams is not set up"


@pytest.mark.parametrize("state", ["paused", "off", "starting"])
async def test_a_tip_of_a_subscription_that_is_not_on_is_skipped(ledger: Ledger, state: str) -> None:
    """Paused a second before the post: the tip is skipped, and comes when tips are on again."""
    standing = rows.subscription(state=state, next_run_at=None, seen=("a",))
    await ledger.add(standing, rows.delivery(kind="tip", subject="tip/a", subscription_id=standing.id))
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)
    assert (await ledger.delivery()).reason == state
    assert (await ledger.subscription()).seen == ()


async def test_a_tip_without_its_subscription_is_skipped(ledger: Ledger) -> None:
    """A row whose subscription was deleted goes nowhere."""
    await ledger.add(rows.delivery(kind="tip", subject="tip/a", subscription_id="gone"))
    assert await ledger.dispatcher().deliver_due() == Summary(skipped=1)


async def test_news_that_cannot_be_told_harm_nothing(ledger: Ledger) -> None:
    """The row is settled whatever becomes of the person's answer."""
    await ledger.add(rows.delivery())
    ledger.deaf = True
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    assert (await ledger.delivery()).state == "sent"


async def test_who_asked_is_forgotten_once_it_is_posted(ledger: Ledger) -> None:
    """The row keeps no person; whoever waits for the news still hears who asked."""
    await ledger.add(rows.delivery(person="U7"))
    dispatcher = ledger.dispatcher()
    await dispatcher.deliver_due()
    await dispatcher.finish()
    assert (await ledger.delivery()).person == ""
    assert [row.person for row in ledger.told] == ["U7"]


async def test_who_sent_a_tip_again_is_kept(ledger: Ledger) -> None:
    """It is the channel's own history why a tip came off its schedule."""
    await ledger.add(rows.delivery(kind="tip", subject="tip/a", person="U2"))
    assert await ledger.dispatcher().deliver_due() == Summary(sent=1)
    assert (await ledger.delivery()).person == "U2"
