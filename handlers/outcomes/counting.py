"""Turn what the store counted into what came of it, by the content's topics."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from msgspec.structs import replace

from cards.compose import counts
from cards.compose.counts import FEWEST, GROUP_OF, PARTS, WRITTEN, Group, Line, Measure, Reports, Summary
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
    by_topic: dict[str, list[Line]] = defaultdict(list)
    for subject, counted in _by_subject(outcomes).items():
        topic, title = placed(library, subject)
        by_topic[topic].append(Line(subject, title, counted.counts, people=counted.people, public=counted.public))
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
    everything = counts.guarded(_with_everybody(counts.added_up("", "Everything", topics), outcomes))
    return Summary(
        everything,
        tuple(sorted(months.items())),
        _reports(outcomes.told, is_split="opinions" in everything.told),
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


class _Counted(NamedTuple):
    """What was counted of a subject, and of each group how many people did it at least, and what everybody saw."""

    counts: Counter[Measure]
    people: dict[Group, int]
    public: Counter[Group]


class _One(NamedTuple):
    """A number of a subject, and how many people are behind it at least; None where everybody saw it being done."""

    subject: str
    measure: Measure
    total: int
    people: int | None


def _by_subject(outcomes: Outcomes) -> Mapping[str, _Counted]:
    found: dict[str, _Counted] = defaultdict(lambda: _Counted(Counter(), defaultdict(int), Counter()))
    for subject, measure, total, people in _each(outcomes):
        counted, group = found[subject], GROUP_OF[measure]
        counted.counts[measure] += total
        if people is None:
            counted.public[group] += total
        else:
            counted.people[group] = max(counted.people[group], people)
    return found


def _each(outcomes: Outcomes) -> Iterator[_One]:
    for posted in outcomes.posted:
        yield _One(posted.subject, _posted_as(posted.kind, posted.subject), posted.total, None)
    for below in outcomes.below:
        if below.level in _LEVELS:
            yield _One(below.subject, _LEVELS[below.level], below.total, None)
    for tally in outcomes.tallies:
        measure = SHOWN_AS.get(tally.what)
        if measure is not None:
            yield _One(tally.subject, measure, tally.total, tally.people)
    for closed in outcomes.rounds:  # one vote each
        yield _One(f"dilemma/{closed.dilemma}", "votes", closed.votes * closed.total, closed.votes)


def _with_everybody(line: Line, outcomes: Outcomes) -> Line:
    """Know also who did something here with whatever subject: they need not be the same with any one."""
    people = dict(line.people)
    for tally in outcomes.tallies:
        measure = SHOWN_AS.get(tally.what)
        if measure is not None:
            group = GROUP_OF[measure]
            people[group] = max(people.get(group, 0), tally.people_here)
    return replace(line, people=people)


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


def _reports(told: tuple[Told, ...], *, is_split: bool) -> tuple[Reports, ...]:
    """Count what the writers were told; opinions only where these are told apart too, for each is one of those.

    How many people wrote that something was missing, or suggested something, is not known: that is one number.
    """
    totals: Counter[str] = Counter()
    still: Counter[str] = Counter()
    for row in told:
        is_opinion = row.kind in PARTS["opinions"]
        if is_opinion and not is_split:
            continue
        kind = row.kind if is_opinion else WRITTEN
        totals[kind] += row.total
        still[kind] += row.total if row.is_open else 0
    return tuple(
        Reports(kind, total, still[kind], total - still[kind]) if total >= FEWEST else Reports(kind, total, None, None)
        for kind, total in sorted(totals.items())
    )
