"""Steering single tips: skipped and kept, swapped, sent at once and again, quiet dates; each with its line."""

from datetime import timedelta

import pytest

from scheduler.choosing import Candidate
from scheduler.subscriptions import coming_tip
from store.subscriptions import Subscription
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

WEEK = timedelta(weeks=1)
NEXT = NOW + WEEK  # Monday 30 November, week 49


async def _send_now(ledger: Ledger, by: str = "U2") -> str:
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        extra = await coming_tip.send_now(connection, standing.id, ledger.pool(), by=by, now=ledger.now)
    return extra.subject if extra else ""


async def _swap(ledger: Ledger, tip: str) -> Subscription:
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        return await coming_tip.swap_next(connection, standing.id, tip, tips=ledger.pool(), by="U2", now=ledger.now)


async def test_a_skip_can_be_taken_back(ledger: Ledger) -> None:
    """As long as its week has not come; skipping or keeping twice says nothing twice."""
    await ledger.add(rows.subscription())
    standing = await ledger.subscription()
    for action in (
        coming_tip.skip_next,
        coming_tip.skip_next,
        coming_tip.keep_next,
        coming_tip.keep_next,
    ):
        async with ledger.database.write() as connection:
            await action(connection, standing.id, by="U2", now=ledger.now)
        ledger.pass_time(seconds=1)
    assert await ledger.subscription() == standing
    assert await ledger.history() == [("U2", "skipped", "2026-W48"), ("U2", "kept", "2026-W48")]


async def test_a_skip_whose_week_is_over_stays(ledger: Ledger) -> None:
    """There is nothing to take back any more."""
    await ledger.add(rows.subscription(skip_slot="2026-W48", last_slot="2026-W48", next_run_at=NEXT))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        assert await coming_tip.keep_next(connection, standing.id, by="U2", now=ledger.now) == standing
    assert await ledger.history() == []


async def test_skipping_passes_over_quiet_weeks(ledger: Ledger) -> None:
    """The next tip is the one that would come, not the one that does not come anyway."""
    await ledger.add(rows.subscription(quiet_dates=("2026-11-23", "2026-11-30")))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        skipping = await coming_tip.skip_next(connection, standing.id, by="U2", now=ledger.now)
    assert skipping.skip_slot == "2026-W50"


async def test_where_all_is_quiet_nothing_is_skipped(ledger: Ledger) -> None:
    """Years of quiet dates leave no next tip."""
    years = tuple(f"{year}-01-01/{year}-12-31" for year in range(2026, 2031))
    await ledger.add(rows.subscription(quiet_dates=years))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        assert await coming_tip.skip_next(connection, standing.id, by="U2", now=ledger.now) == standing


async def test_a_chosen_tip_comes_next_and_once(ledger: Ledger) -> None:
    """It comes in place of the first; the others keep their order, and the first is next."""
    await ledger.add(rows.subscription())
    swapped = await _swap(ledger, "c")
    assert (swapped.next_tip, await _swap(ledger, "c")) == ("c", swapped)
    for _ in range(4):
        await ledger.plan()
        ledger.pass_time(weeks=1)
    assert [row.subject for row in await ledger.deliveries()] == ["tip/c", "tip/a", "tip/b", "tip/a"]
    assert ((await ledger.subscription()).next_tip, (await ledger.subscription()).cycle) == ("", 2)
    assert await ledger.history() == [("U2", "swapped", "c")]


async def test_a_choice_can_be_taken_back(ledger: Ledger) -> None:
    """'' goes back to file order."""
    await ledger.add(rows.subscription(next_tip="c"))
    assert (await _swap(ledger, "")).next_tip == ""
    assert await ledger.history() == [("U2", "swapped", "")]


@pytest.mark.parametrize(
    ("tip", "words"), [("gone", "no longer in the content"), ("a", "still to come"), ("risky", "still to come")]
)
async def test_only_a_tip_that_may_come_is_chosen(ledger: Ledger, tip: str, words: str) -> None:
    """Not one that has gone, nor one this channel has had, nor one about what it did not choose."""
    ledger.tips = {"a": Candidate("value"), "risky": Candidate("risks"), "b": Candidate("value")}
    await ledger.add(rows.subscription(seen=("a",), dimensions=("value",)))
    standing = await ledger.subscription()
    with pytest.raises(ValueError, match=words):
        await _swap(ledger, tip)
    assert await ledger.subscription() == standing
    assert (await _swap(ledger, "b")).next_tip == "b"


async def test_an_extra_tip_leaves_the_weekly_one(ledger: Ledger) -> None:
    """It goes at once, counts as seen, and this week's tip comes with the one after it."""
    await ledger.add(rows.subscription(next_run_at=NOW + timedelta(hours=1)))
    standing = await ledger.subscription()
    assert await _send_now(ledger) == "tip/a"
    extra = await ledger.delivery()
    assert extra.key == f"tip:{standing.id}:manual:{extra.id}"
    assert (extra.person, extra.slot, extra.state) == ("U2", f"manual:{extra.id}", "planned")
    after = await ledger.subscription()
    assert (after.seen, after.next_run_at, after.last_slot) == (("a",), standing.next_run_at, "")
    assert (await ledger.dispatcher().deliver_due()).sent == 1
    ledger.pass_time(hours=1)
    await ledger.plan()
    assert [row.subject for row in await ledger.deliveries()] == ["tip/a", "tip/b"]
    assert await ledger.history() == [("U2", "sent-now", "a")]


async def test_a_double_click_sends_one(ledger: Ledger) -> None:
    """The second click gives the first one's tip; a while later it is another wish."""
    await ledger.add(rows.subscription(next_run_at=NEXT))
    assert [await _send_now(ledger), await _send_now(ledger)] == ["tip/a", "tip/a"]
    assert len(await ledger.deliveries()) == 1
    ledger.pass_time(minutes=1)
    assert await _send_now(ledger, by="") == "tip/b"
    assert {row.person for row in await ledger.deliveries()} == {"U2", "operator"}


@pytest.mark.parametrize(("state", "subject"), [("on", "tip/c"), ("paused", "tip/c"), ("starting", ""), ("off", "")])
async def test_where_an_extra_tip_may_go(ledger: Ledger, state: str, subject: str) -> None:
    """Paused or not, it is the tip that was chosen to come next; where tips are off, none goes."""
    await ledger.add(rows.subscription(state=state, next_run_at=NEXT if state == "on" else None, next_tip="c"))
    assert await _send_now(ledger) == subject
    assert (await ledger.subscription()).next_tip == ("" if subject else "c")


async def test_without_tips_none_is_sent(ledger: Ledger) -> None:
    """Content without tips has nothing to send."""
    await ledger.add(rows.subscription(next_run_at=NEXT))
    ledger.tips = []
    assert await _send_now(ledger) == ""


async def test_an_extra_tip_that_fails_goes_back(ledger: Ledger) -> None:
    """Skipped for its lateness, it is next in line again."""
    await ledger.add(rows.subscription(next_run_at=NEXT))
    await _send_now(ledger)
    ledger.pass_time(days=2)
    assert (await ledger.dispatcher().deliver_due()).skipped == 1
    assert (await ledger.subscription()).seen == ()


async def test_sending_again_leaves_a_line(ledger: Ledger) -> None:
    """The line names the tip, or what else it was; what belongs to no subscription leaves none."""
    standing = rows.subscription(next_run_at=NEXT)
    tip = rows.delivery("tip:1", kind="tip", state="unknown", subject="tip/a", subscription_id=standing.id)
    hello = rows.delivery("introduction:1", kind="introduction", state="unknown", subscription_id=standing.id)
    share = rows.delivery("share:1", state="unknown", subject="dimension/risks")
    await ledger.add(standing, tip, hello, share)
    for row in (tip, hello, share):
        async with ledger.database.write() as connection:
            assert await coming_tip.send_again(connection, row.id, by="U2", now=ledger.now) is not None
        ledger.pass_time(seconds=1)
    assert await ledger.history() == [("U2", "sent-now", "a"), ("U2", "sent-now", "introduction")]


async def test_quiet_dates_are_kept_with_their_line(ledger: Ledger) -> None:
    """In place of those so far; the same again says nothing."""
    await ledger.add(rows.subscription())
    standing = await ledger.subscription()
    for dates, country in ((["2026-12-25"], "DE"), (["2026-12-25"], "DE"), ([], "DE"), ([], "")):
        async with ledger.database.write() as connection:
            quiet = await coming_tip.set_quiet(connection, standing.id, dates, country, by="", now=ledger.now)
        assert (quiet.quiet_dates, quiet.quiet_country) == (tuple(dates), country)
        ledger.pass_time(seconds=1)
    assert await ledger.history() == [("", "quiet", "2026-12-25 DE"), ("", "quiet", "DE"), ("", "quiet", "")]
    assert await ledger.subscription() == standing
