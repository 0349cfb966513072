"""Which tip comes next: the order, cycles, and tips that would be too late from a day on."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import choosing
from scheduler.choosing import EARLY, Candidate, Candidates, Choice, Choices, Drawn

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
START = date(2026, 11, 23)  # a Monday
LEGAL = date(2026, 12, 2)
TOPICS = ("value", "risks", "skills")


def test_tips_go_round_in_file_order() -> None:
    """Each tip once, in order, then a new cycle."""
    seen: tuple[str, ...] = ()
    told = []
    for _ in range(7):
        choice = choosing.next_tip(Drawn(("a", "b", "c")), seen)
        assert choice is not None
        told.append((choice.tip, choice.is_new_cycle))
        seen = choice.seen
    assert told == [("a", False), ("b", False), ("c", False), ("a", True), ("b", False), ("c", False), ("a", True)]


def test_removed_tips_are_passed_over_and_new_ones_join() -> None:
    """The content may change under a cycle."""
    choice = choosing.next_tip(Drawn(("new", "b", "c")), ("a", "b"))
    assert choice == Choice("new", ("a", "b", "new"), is_new_cycle=False)


@pytest.mark.parametrize(("tips", "seen", "tip"), [(["a"], ("a",), "a"), (["a", "b"], ("b", "a"), "b"), ([], (), None)])
def test_the_same_tip_never_comes_twice_running(tips: list[str], seen: tuple[str, ...], tip: str | None) -> None:
    """A new cycle begins with another tip than the last one, if there is another."""
    choice = choosing.next_tip(Drawn(tuple(tips)), seen)
    assert (choice and choice.tip) == tip


def test_the_last_of_a_cycle_is_remembered_when_the_next_one_fails() -> None:
    """The first tip of a new cycle was not delivered: the one before it is still not repeated at once."""
    choice = choosing.next_tip(Drawn(("a", "b")), ("b", "a"))
    assert choice is not None
    again = choosing.next_tip(Drawn(("a", "b")), choosing.without(choice.seen, choice.tip))
    assert again is not None
    assert again.tip == "b"


@given(st.lists(st.sampled_from("abcdef"), min_size=2, unique=True), st.lists(st.booleans(), min_size=20, max_size=60))
def test_every_tip_comes_before_one_repeats(tips: list[str], deliveries: list[bool]) -> None:
    """Whichever deliveries fail: no tip is delivered twice before all were, and never twice running."""
    seen: tuple[str, ...] = ()
    sent: list[str] = []
    for is_sent in deliveries:
        choice = choosing.next_tip(Drawn(tuple(tips)), seen)
        assert choice is not None
        seen = choice.seen
        if is_sent:
            sent.append(choice.tip)
        else:
            seen = choosing.without(seen, choice.tip)
    assert all(one != other for one, other in pairwise(sent))
    for start in range(0, len(sent), len(tips)):
        cycle = sent[start : start + len(tips)]
        assert len(set(cycle)) == len(cycle)


def told(tips: Candidates, first: date, weeks: int, dimensions: tuple[str, ...] = ()) -> list[tuple[date, str, bool]]:
    """Give what a channel is told from a day on, a tip a week, and whether each began a cycle."""
    choices, found = Choices(tips), list[tuple[date, str, bool]]()
    seen: tuple[str, ...] = ()
    for week in range(weeks):
        day = first + week * WEEK
        choice = choices.choose(dimensions, seen, "", day)
        if choice is not None:
            found.append((day, choice.tip, choice.is_new_cycle))
            seen = choice.seen
    return found


def deck(*dated: tuple[str, date], of: Sequence[str] = "abcde") -> Candidates:
    """Give tips of one dimension, some with the day from which on they are too late."""
    return {tip: Candidate("value", dict(dated).get(tip)) for tip in of}


candidates = st.lists(
    st.builds(
        Candidate,
        st.sampled_from(TOPICS),
        st.one_of(st.none(), st.integers(-30, 200).map(lambda days: START + days * DAY)),
    ),
    min_size=1,
    max_size=9,
).map(lambda tips: dict(zip("abcdefghi", tips, strict=False)))


@given(candidates, st.lists(st.sampled_from((*TOPICS, "mission")), unique=True).map(tuple), st.integers(-90, 90))
def test_a_tip_with_a_day_comes_before_it(tips: Candidates, dimensions: tuple[str, ...], days: int) -> None:
    """Whenever a channel begins and whatever its topics: never on that day or later, and not lost where it need not be.

    Of the tips that are drawn, one comes in time if the eight weeks before its day have a slot for it and for each of
    those that are too late no later than it is.
    """
    first = START + days * DAY
    came = told(tips, first, 45, dimensions)
    assert not [(day, tip) for day, tip, _ in came if tips[tip].is_too_late(day)]
    assert all(one != other for (_, one, _), (other_day, other, _) in pairwise(came) if _others(tips, other, other_day))
    drawn = Choices(tips).drawn(dimensions, first).tips
    for tip in drawn:
        before = tips[tip].before
        if before is None:
            continue
        rivals = [one for one in drawn if (other := tips[one].before) is not None and other <= before]
        slots = [day for day in (first + week * WEEK for week in range(45)) if before - EARLY <= day < before]
        assert len(slots) < len(rivals) or tip in {one for _, one, _ in came}


def _others(tips: Candidates, tip: str, day: date) -> bool:
    """Say whether another tip of the same dimension could have come that day."""
    same = {one for one, each in tips.items() if each.dimension == tips[tip].dimension and not each.is_too_late(day)}
    return len(same) > 1


def test_eight_weeks_before_its_day_a_tip_comes_first() -> None:
    """Eight slots before its day it jumps the queue; a week before that the order goes on as ever."""
    tips = deck(("e", LEGAL))
    early = LEGAL - EARLY
    assert [tip for _, tip, _ in told(tips, early - DAY, 3)] == ["a", "e", "b"]
    assert [tip for _, tip, _ in told(tips, early, 5)] == ["e", "a", "b", "c", "d"]
    assert [tip for _, tip, _ in told(tips, LEGAL - DAY, 3)] == ["e", "a", "b"]
    assert [tip for _, tip, _ in told(tips, LEGAL, 5)] == ["a", "b", "c", "d", "a"]


def test_the_nearest_day_comes_first() -> None:
    """Of several, and of one day in file order; what has been seen in this cycle does not come again for it."""
    tips = deck(("b", LEGAL + WEEK), ("c", LEGAL), ("e", LEGAL))
    assert [tip for _, tip, _ in told(tips, START - WEEK, 6)] == ["c", "e", "b", "a", "d", "a"]
    choice = Choices(tips).choose((), ("c",), "", START)
    assert choice is not None
    assert choice.tip == "e"


def test_a_tip_that_comes_early_says_so() -> None:
    """Only where file order had another one; a chosen one comes because somebody chose it."""
    choices = Choices(deck(("a", LEGAL), ("c", LEGAL)))
    assert choices.choose((), (), "", START) == Choice("a", ("a",), is_new_cycle=False)
    assert choices.choose((), ("a",), "", START) == Choice("c", ("a", "c"), is_new_cycle=False, is_early=True)
    assert choices.choose((), ("a",), "c", START) == Choice("c", ("a", "c"), is_new_cycle=False)


def test_a_chosen_tip_wins_until_its_day() -> None:
    """Over one that is early; from its own day on it gives way to the order."""
    choices = Choices(deck(("b", LEGAL), ("c", LEGAL)))
    assert [(choice := choices.choose((), (), "c", day)) and choice.tip for day in (START, LEGAL)] == ["c", "a"]


def test_a_new_cycle_has_its_early_ones_first_too() -> None:
    """A short cycle begins anew within the eight weeks: never with the one that came last, and none too late."""
    tips = deck(("b", date(2026, 12, 22)), of="abc")
    came = told(tips, START, 8)
    assert [tip for _, tip, _ in came] == ["b", "a", "c", "b", "a", "c", "a", "c"]
    assert [day for day, _, is_new in came if is_new] == [START + week * WEEK for week in (3, 6)]


def test_a_cycle_ends_without_those_that_are_too_late() -> None:
    """What nobody can get any more keeps no cycle open."""
    choice = Choices(deck(("b", LEGAL), of="ab")).choose((), ("a",), "", LEGAL)
    assert choice == Choice("a", ("~a", "a"), is_new_cycle=True)


@pytest.mark.parametrize(
    ("dimensions", "day", "drawn"),
    [
        (("risks",), LEGAL - DAY, "bd"),
        (("risks",), LEGAL, "b"),
        (("skills",), LEGAL - DAY, "c"),
        (("skills",), LEGAL, "ab"),  # none of the chosen ones is left: all that are
        ((), LEGAL, "ab"),
        (("skills",), LEGAL + WEEK, "a"),
        (("mission",), LEGAL + WEEK, "a"),
    ],
)
def test_what_is_drawn_from(dimensions: tuple[str, ...], day: date, drawn: str) -> None:
    """The chosen topics' tips that are not too late, or where none of them is left, all topics'."""
    tips = {
        "a": Candidate("value"),
        "b": Candidate("risks", LEGAL + WEEK),
        "c": Candidate("skills", LEGAL),
        "d": Candidate("risks", LEGAL),
    }
    assert "".join(Choices(tips).drawn(dimensions, day).tips) == drawn


def test_where_all_are_too_late_none_comes() -> None:
    """As where there are no tips; a day at the very beginning of the calendar is a day too."""
    tips = deck(("a", LEGAL), ("b", date.min), of="ab")
    assert Choices(tips).choose((), (), "", LEGAL - DAY) == Choice("a", ("a",), is_new_cycle=False)
    assert Choices(tips).choose((), (), "", LEGAL) is None
    assert Choices({}).choose((), (), "", LEGAL) is None


def test_days_of_one_period_share_what_is_remembered() -> None:
    """A million subscriptions fall on many days: between two days that change something, one choice serves all."""
    choices = Choices(deck(("e", LEGAL), ("d", LEGAL + WEEK)))
    days = [START + days * DAY for days in range(-400, 400)]
    found = {id(choices.choose((), ("a",), "", day)) for day in days}
    assert len(found) == 5  # as before; e early; d too; e too late; d too
