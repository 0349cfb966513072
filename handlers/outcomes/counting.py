"""Turn what the store counted into what came of it, by the content's topics."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from cards.compose import counts
from cards.compose.counts import FEWEST, Line, Measure, Reports, Summary
from cards.model import Subject
from content.library import Library
from store.learning.outcomes import Outcomes, Told
from store.learning_tables import Counted

# As what each counted thing is shown; None is one that is left out on purpose.
SHOWN_AS: Final[Mapping[Counted, Measure | None]] = {
    "detail": "detail",
    "sources": "sources",
    "exercise": "exercise",
    "recalled": "recalled",
    "missed": "missed",
    "useful": "useful",
    "wrong": "wrong",
    "outdated": "outdated",
    "unclear": "unclear",
    "not-for-us": "not-for-us",
}
GONE = "No longer in the content"
_GONE_SHORT = "No longer there"  # below a bar
_LEVELS: Final[Mapping[str, Measure]] = {"detail": "detail", "sources": "sources", "exercise": "exercise"}


def summary(library: Library, outcomes: Outcomes) -> Summary:
    """Sum everything up by topic; what has gone from the content since stands under a topic of its own."""
    by_subject: dict[str, Counter[Measure]] = defaultdict(Counter)
    for subject, measure, total in _each(outcomes):
        by_subject[subject][measure] += total
    by_topic: dict[str, list[Line]] = defaultdict(list)
    for subject, counted in by_subject.items():
        topic, title = placed(library, subject)
        by_topic[topic].append(Line(subject, title, counted))
    names = {one.id: (one.title, one.short) for one in library.dimensions} | {"": (GONE, _GONE_SHORT)}
    topics = [
        counts.added_up(id_, name, _sorted(by_topic[id_]), short)
        for id_, (name, short) in names.items()
        if id_ in by_topic
    ]
    months: Counter[str] = Counter()
    for row in outcomes.posted:
        if _posted_as(row.kind, row.subject) == "tips":
            months[row.month] += row.total
    return Summary(
        counts.guarded(counts.added_up("", "Everything", topics)),
        tuple(sorted(months.items())),
        _reports(outcomes.told),
        min((row.first for row in outcomes.posted), default=None),
    )


def placed(library: Library, subject: str) -> tuple[str, str]:
    """Give a subject's topic (a dimension's id) and title; the topic is '' where it has gone from the content."""
    try:
        named = Subject.parse(subject)
    except ValueError:
        return "", subject or GONE
    match named.kind:
        case "dimension":
            dimension = library.dimension(named.id)
            return (dimension.id, dimension.title) if dimension else ("", named.id)
        case "tip":
            tip = library.tip(named.id)
            return (tip.dimension, tip.title) if tip else ("", named.id)
        case "dilemma":
            dilemma = library.dilemma(named.id)
            return (dilemma.dimension, dilemma.title) if dilemma else ("", named.id)


def _each(outcomes: Outcomes) -> Iterator[tuple[str, Measure, int]]:
    for posted in outcomes.posted:
        yield posted.subject, _posted_as(posted.kind, posted.subject), posted.total
    for below in outcomes.below:
        if below.level in _LEVELS:
            yield below.subject, _LEVELS[below.level], below.total
    for tally in outcomes.tallies:
        measure = SHOWN_AS.get(tally.what)
        if measure is not None:
            yield tally.subject, measure, tally.total
    for closed in outcomes.rounds:
        yield f"dilemma/{closed.dilemma}", "votes", closed.votes * closed.total


def _posted_as(kind: str, subject: str) -> Measure:
    """Say what a post counts as; of long ago only the subject is known."""
    match kind:
        case "tip":
            return "tips"
        case "round":
            return "rounds"
        case "":
            return "tips" if subject.startswith("tip/") else "cards"
        case _:
            return "cards"


def _sorted(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.responses, -line.total("posted"), line.name, line.id))


def _reports(told: tuple[Told, ...]) -> tuple[Reports, ...]:
    """Count what the writers were told, by kind; what is under five is one number, and so is what would tell it."""
    totals: Counter[str] = Counter()
    still: Counter[str] = Counter()
    for row in told:
        totals[row.kind] += row.total
        still[row.kind] += row.total if row.is_open else 0
    return tuple(
        Reports(kind, total, still[kind], total - still[kind]) if total >= FEWEST else Reports(kind, total, None, None)
        for kind, total in sorted(totals.items())
    )
