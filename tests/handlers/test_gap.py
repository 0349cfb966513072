"""What a gap counts, and what it offers to read next."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from content.library import Library
from handlers.learning import gap
from store.learning.learners import Learned
from store.learning_tables import LearnedHow

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def learned(subject: str, how: LearnedHow, hours: int = 0) -> Learned:
    """Give one thing that was done, so many hours ago."""
    return Learned(subject, how, NOW - timedelta(hours=hours))


def test_of_a_question_the_last_answer_counts(shipped_content: Library) -> None:
    """Missed first and right later is recalled; the other way round it is not yet."""
    tip = shipped_content.tips[0]
    assert tip.recall is not None
    for rows, counted in (
        ([learned(f"tip/{tip.id}", "recalled", 1), learned(f"tip/{tip.id}", "missed", 2)], (1, 0)),
        ([learned(f"tip/{tip.id}", "missed", 1), learned(f"tip/{tip.id}", "recalled", 2)], (0, 1)),
    ):
        (own,) = [each for each in gap.progress(shipped_content, rows) if each.dimension.id == tip.dimension]
        assert (own.recalled, own.missed) == counted


def test_all_there_is_can_be_opened_tried_and_recalled(shipped_content: Library) -> None:
    """Card, tips and dilemmas; exercises of card and tips; questions of tips; nothing is counted twice or beyond."""
    library = shipped_content
    cards = [f"dimension/{each.id}" for each in library.dimensions]
    tips, cases = [f"tip/{each.id}" for each in library.tips], [f"dilemma/{each.id}" for each in library.dilemmas]
    rows = [learned(each, "opened") for each in (*cards, *tips, *cases, "tip/gone")]
    rows += [learned(each, "tried") for each in (*cards, *tips)] + [learned(each, "recalled") for each in tips]
    every = gap.progress(library, rows)
    assert all(
        (each.opened, each.tried, each.recalled) == (each.readable, each.exercises, each.questions) for each in every
    )
    assert sum(each.readable for each in every) == len(cards) + len(tips) + len(cases)
    assert gap.following(library, frozenset(tips), TODAY) is None


@given(st.data())
def test_what_comes_next_is_unread_and_of_what_least_was_read(shipped_content: Library, data: st.DataObject) -> None:
    """Whatever was read so far; and never a tip that is too late."""
    library = shipped_content
    read = data.draw(st.sets(st.sampled_from([f"tip/{tip.id}" for tip in library.tips])))
    following = gap.following(library, read, TODAY)
    unread = [tip for tip in library.tips if f"tip/{tip.id}" not in read and (tip.before is None or tip.before > TODAY)]
    if following is None:
        assert unread == []
        return
    assert following in unread

    def share(dimension: str) -> float:
        ids = [f"tip/{tip.id}" for tip in library.tips if tip.dimension == dimension]
        return len(read.intersection(ids)) / len(ids)

    assert share(following.dimension) == min(share(tip.dimension) for tip in unread)
    assert following == next(tip for tip in unread if tip.dimension == following.dimension)


def test_a_tip_that_is_too_late_is_not_offered(shipped_content: Library) -> None:
    """From its day on."""
    dated = next(tip for tip in shipped_content.tips if tip.before is not None)
    assert dated.before is not None
    others = frozenset(f"tip/{tip.id}" for tip in shipped_content.tips if tip.id != dated.id)
    assert gap.following(shipped_content, others, dated.before - timedelta(days=1)) == dated
    assert gap.following(shipped_content, others, dated.before) is None
