"""Every card about what came of a channel's posts, and rows of the store to count."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cards.compose.counts import Summary
from cards.compose.learning import record, stats
from cards.compose.learning.record import Entry, Record
from cards.model import Card
from content import library
from content.library import Library
from handlers.outcomes import counting, recording
from store.learning.outcomes import Below, Outcomes, Posted, Round, Tally, Told

FIRST = datetime(2026, 3, 2, 8, tzinfo=UTC)


def deck() -> Library:
    """Give the shipped content."""
    return library.load(Path(__file__).parents[2] / "content" / "ai-pm")


def busy(library: Library) -> Outcomes:
    """Give what a channel may have done in most of a year; some of it with content that has gone."""
    tips = library.tips[:30]
    subjects = [f"tip/{tip.id}" for tip in tips]
    return Outcomes(
        posted=(
            *(Posted("tip", subject, f"2026-{3 + place // 4:02}", 1, FIRST) for place, subject in enumerate(subjects)),
            Posted("share", "dimension/risks", "2026-05", 3, FIRST),
            Posted("", "tip/gone", "2026-03", 1, FIRST),
            Posted("round", f"dilemma/{library.dilemmas[0].id}", "2026-06", 2, FIRST),
        ),
        below=tuple(Below(subject, "detail", 1) for subject in subjects[::2]),
        tallies=(
            *(Tally(subject, "exercise", place % 5) for place, subject in enumerate(subjects)),
            Tally(subjects[0], "recalled", 9),
            Tally(subjects[0], "missed", 5),
            Tally(subjects[1], "useful", 7),
            Tally(subjects[1], "wrong", 1),
            Tally(subjects[2], "recalled", 2),
        ),
        rounds=(Round(library.dilemmas[0].id, 11, 1), Round(library.dilemmas[1].id, 8, 1)),
        told=(Told(subjects[1], "wrong", is_open=True, total=1), Told("", "missing", is_open=False, total=6)),
    )


def summary() -> Summary:
    """Give what came of that channel's posts."""
    return counting.summary(deck(), busy(deck()))


def kept(counts: Summary, *entries: Entry) -> Record:
    """Give a channel's record."""
    return Record("slack", "T024BE7LD", "C024BE91L", "", entries, counts, recording.literacy(deck()))


def entries() -> Iterator[Entry]:
    """Give posts of a channel, with every difference there is between them."""
    sources = (("A guide to “errors”", "https://example.com/a"), ("Another", "https://example.com/b?c=1&d=2"))
    yield Entry(
        FIRST, "Weekly tip", "tip/a", "Give a way out", "Skills", 2, "2026-04-01", sources, is_same=True, below=2
    )
    yield Entry(FIRST, "Dilemma", "dilemma/a", "<script>alert(1)</script>", "Risks", 0, "", (), is_same=False, below=0)
    yield Entry(FIRST, "Card, shared", "dimension/risks", "=1+1", "Risks", 3, "", sources[:1], is_same=False, below=1)


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the module and the function that compose it."""
    nothing = counting.summary(deck(), Outcomes())
    posts = counting.summary(deck(), Outcomes(posted=busy(deck()).posted[:1]))
    for name, counted in (("none", nothing), ("posts alone", posts), ("busy", summary())):
        yield f"stats.stats {name}", stats.stats(counted, "C024BE91L", is_personal=False)
        yield f"stats.stats alone {name}", stats.stats(counted, "D024BE91L", is_personal=True)
        yield f"record.record {name}", record.record(kept(counted, *entries()))
    yield "record.not_an_owner", record.not_an_owner(())
    yield "record.not_an_owner of many", record.not_an_owner([f"U{number:07}" for number in range(11)])
    yield "record.of_channels", record.of_channels()
