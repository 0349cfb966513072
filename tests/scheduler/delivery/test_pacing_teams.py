"""Pacing by Teams' limits: many at once in a workspace, few in a conversation; a 429 slows one conversation."""

import tracemalloc
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from messengers.base import Slowed
from scheduler.delivery.dispatch import Summary
from scheduler.delivery.pace import TEAMS, UNPACED, Pace
from scheduler.delivery.pacing import Pacer
from store.deliveries.rows import Delivery
from tests.scheduler.delivery.test_pacing import PACE, Posted
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

SECOND = timedelta(seconds=1)
# Teams: bots/how-to/rate-limit, posts -> seconds, of one bot in one conversation; and in all of a tenant.
CONVERSATION = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
TENANT = (50, 1.0)
BOTH = {"teams": TEAMS}


def _share(number: int, conversation: str, **fields: object) -> Delivery:
    return rows.delivery(f"share:{number}", platform="teams", conversation=conversation, id=f"{number:08}", **fields)


def _most(moments: Iterable[float], seconds: float) -> int:
    """Count the most posts of any window that is this long."""
    ordered, most, first = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - seconds + 1e-5:  # moments are kept in microseconds
            first += 1
        most = max(most, last - first + 1)
    return most


_arrivals = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 2), st.booleans()),  # tenths of a second, conversation, asked for
    max_size=150,
)


@given(arrivals=_arrivals, sleeps=st.lists(st.sampled_from([0, 0, 0, 0.05, 1.0, 25.0]), max_size=30))
def test_no_window_of_teams_is_ever_full(arrivals: list[tuple[int, int, bool]], sleeps: list[float]) -> None:
    """Whatever comes, and however late it wakes: every row goes, and a tenth of each limit is left."""
    coming = [
        _share(number, f"C{room}", not_before=NOW + timedelta(seconds=at / 10), person="U1" * asked)
        for number, (at, room, asked) in enumerate(sorted(arrivals))
    ]
    posted = Posted(Pacer(UNPACED, BOTH)).run(coming, sleeps)
    assert sorted(row.id for _, row in posted.went) == [row.id for row in coming]
    rooms: dict[str, list[float]] = defaultdict(list)
    for at, row in posted.went:
        rooms[row.conversation].append(at)
    for moments in rooms.values():
        for count, seconds in CONVERSATION:
            assert _most(moments, seconds) <= 0.9 * count
    assert _most([at for at, _ in posted.went], TENANT[1]) <= 0.9 * TENANT[0]


def test_a_conversation_gets_no_more_than_it_may_in_an_hour() -> None:
    """Two thousand answers in one group chat, each as soon as it may: 1,620 of them in the first hour."""
    pacer, now, moments = Pacer(UNPACED, BOTH), NOW, []
    for number in range(2000):
        while later := pacer.turn(_share(number, "C1"), now):
            now = later
        moments.append((now - NOW).total_seconds())
    assert sum(at < 3600 for at in moments) == 1620
    for count, seconds in CONVERSATION:
        assert _most(moments, seconds) <= 0.9 * count


def test_a_thousand_channels_of_a_tenant_have_their_tips_in_half_a_minute() -> None:
    """The tenant's limit is used, and kept."""
    tips = [
        rows.delivery(f"tip:{number}", kind="tip", platform="teams", conversation=f"C{number}", id=f"{number:08}")
        for number in range(1000)
    ]
    posted = Posted(Pacer(UNPACED, BOTH)).run(tips)
    moments = [at for at, _ in posted.went]
    assert _most(moments, 1.0) <= 45
    assert max(moments) < 40


def test_each_platform_has_its_own_pace() -> None:
    """What is not named goes at the common pace."""
    pacer = Pacer(PACE, BOTH)
    assert pacer.rate("teams", "T1", NOW) == TEAMS.rate
    assert pacer.rate("slack", "T1", NOW) == PACE.rate
    assert pacer.turn(_share(1, "C1"), NOW) is None
    assert pacer.turn(_share(2, "C1"), NOW + timedelta(seconds=TEAMS.gap)) is None
    slack = [rows.delivery(f"share:s{number}") for number in range(2)]
    assert pacer.turn(slack[0], NOW) is None
    assert pacer.turn(slack[1], NOW + timedelta(seconds=TEAMS.gap)) == NOW + SECOND


def test_a_429_of_a_conversation_holds_up_that_one_alone() -> None:
    """Nothing goes there until then, whatever comes; the workspace keeps its pace."""
    pacer = Pacer(PACE, BOTH)
    until = NOW + 20 * SECOND
    assert pacer.slow_conversation("teams", "T1", "C1", until, NOW) == until
    assert pacer.slow_conversation("teams", "T1", "C1", NOW + SECOND, NOW) == until
    assert pacer.gate("teams", "T1", NOW, "C1") == until
    assert pacer.gate("teams", "T1", until, "C1") is None
    assert pacer.gate("teams", "T1", NOW, "C2") is None
    assert pacer.gate("teams", "T1", NOW) is None
    assert pacer.turn(_share(1, "C1"), NOW) == until
    assert pacer.turn(_share(2, "C2"), NOW) is None
    assert pacer.rate("teams", "T1", NOW) == TEAMS.rate
    assert pacer.turn(_share(1, "C1"), until) is None


def test_the_later_of_two_gates_holds() -> None:
    """A workspace and one of its conversations were both asked to wait."""
    pacer = Pacer(PACE, BOTH)
    pacer.slow("teams", "T1", NOW + 5 * SECOND, NOW)
    pacer.slow_conversation("teams", "T1", "C1", NOW + 9 * SECOND, NOW)
    assert pacer.gate("teams", "T1", NOW, "C1") == NOW + 9 * SECOND
    assert pacer.gate("teams", "T1", NOW, "C2") == NOW + 5 * SECOND


def test_an_hour_of_conversations_stays_small() -> None:
    """Ten thousand conversations with a post each are remembered for an hour, and forgotten after it."""
    pacer = Pacer(PACE, {"teams": Pace(rate=1e9, burst=1e9, gap=TEAMS.gap, windows=TEAMS.windows)})
    tracemalloc.start()
    for number in range(10_000):
        assert pacer.turn(_share(number, f"C{number}"), NOW + number * timedelta(milliseconds=100)) is None
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 6_000_000
    later = NOW + timedelta(hours=3)
    for number in range(30_000):
        pacer.turn(_share(number, f"D{number}"), later + number * timedelta(milliseconds=100))
    assert len(pacer) < 37_000 + 1000


async def test_what_waits_for_a_slowed_conversation_waits_and_nothing_else(ledger: Ledger) -> None:
    """The row that heard the 429 and those behind it are put off in the ledger too, for every process to see."""
    await ledger.add(*(rows.delivery(f"share:{number}", conversation=f"C{number % 2}") for number in range(6)))
    ledger.messenger.script.append(Slowed(40, scope="conversation"))
    dispatcher = ledger.dispatcher(concurrency=1)
    summary = await dispatcher.deliver_due()
    slowed = ledger.messenger.sent[0].address.conversation
    (other,) = {"C0", "C1"} - {slowed}
    assert summary.sent == 3
    assert [sent.address.conversation for sent in ledger.messenger.sent[1:]] == [other] * 3
    waiting = [row for row in await ledger.deliveries() if row.state == "planned"]
    assert {(row.conversation, row.not_before) for row in waiting} == {(slowed, NOW + 40 * SECOND)}
    ledger.pass_time(seconds=40)
    assert await dispatcher.deliver_due() == Summary(sent=3)


async def test_the_ledger_keeps_the_pace_of_each_platform(ledger: Ledger) -> None:
    """Of ten posts to one conversation on a platform with windows, as many go at once as they allow."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(10)))
    dispatcher = ledger.dispatcher(paces={"slack": Pace(gap=0.0, windows=((4, 60.0),))})
    await dispatcher.finish()
    assert len(ledger.messenger.sent) == 4
    ledger.pass_time(seconds=60)
    await dispatcher.finish()
    assert len(ledger.messenger.sent) == 8
