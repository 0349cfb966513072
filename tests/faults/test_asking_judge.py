"""The judge of what people asked for notices each kind of cheating, and finds an honest bot honest."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.faults.asking import judge
from bench.faults.asking.judge import Asked, Post, Records, Row

# The third was never confirmed, and nobody knows whether the fourth's answer arrived.
HONEST = Records(
    asked=(
        Asked("C1", "1.0", is_heard=True),
        Asked("C1", "2.0", is_heard=True),
        Asked("C2", "3.0", is_heard=False),
        Asked("C2", "4.0", is_heard=True),
    ),
    posts=(Post("a", "C1", "1.0", "sending"), Post("d", "C2", "4.0", "unknown")),
    rows=(
        Row("a", "C1", "1.0", "sent", ""),
        Row("b", "C1", "2.0", "failed", "not_in_channel"),
        Row("d", "C2", "4.0", "unknown", "lease_expired"),
    ),
)


def in_row(number: int, **changed: str) -> Callable[[Records], Records]:
    """Change one row."""

    def change(records: Records) -> Records:
        rows = list(records.rows)
        rows[number] = replace(rows[number], **changed)
        return replace(records, rows=tuple(rows))

    return change


def posts(*made: Post) -> Callable[[Records], Records]:
    """Post more."""
    return lambda records: replace(records, posts=(*records.posts, *made))


def first_stood(state: str) -> Callable[[Records], Records]:
    """Have the first post come while its row stood so."""
    return lambda records: replace(records, posts=(replace(records.posts[0], stood=state), *records.posts[1:]))


CHEATS: dict[str, tuple[Callable[[Records], Records], str]] = {
    "posted twice": (posts(Post("a", "C1", "1.0", "sent")), "posted twice"),
    "answered by two rows": (posts(Post("b", "C1", "1.0", "sending")), "two answers"),
    "posted before the commit": (first_stood(""), "before their lease stood"),
    "posted before the lease": (first_stood("planned"), "before their lease stood"),
    "posted without any row": (posts(Post("x", "C1", "9.0", "")), "owed by no row"),
    "confirmed and forgotten": (lambda records: replace(records, rows=records.rows[1:]), "confirmed and are in no row"),
    "left planned": (in_row(1, state="planned"), "never ended"),
    "left under its lease": (in_row(2, state="sending"), "never ended"),
    "unknown without a word": (in_row(2, reason=""), "say no reason"),
    "failed without a word": (in_row(1, reason=""), "say no reason"),
    "sent and not there": (in_row(1, state="sent"), "are not there"),
    "failed and there": (in_row(0, state="failed", reason="not_in_channel"), "are there"),
}


def test_an_honest_bot_is_found_honest() -> None:
    """One answer a mention, each leased before it came; what is not there has a row that says why."""
    assert judge.problems(HONEST) == ()


@pytest.mark.parametrize("cheat", CHEATS)
def test_each_kind_of_cheating_is_seen(cheat: str) -> None:
    """And named by what it is."""
    change, words = CHEATS[cheat]
    assert any(words in problem for problem in judge.problems(change(HONEST)))
