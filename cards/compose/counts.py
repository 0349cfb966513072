"""Hold what was counted, by topic and by subject, and say which of it may be broken down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from content.levels import LEVELS, called

Measure = Literal[
    "tips",
    "rounds",
    "cards",
    "detail",
    "sources",
    "exercise",
    "votes",
    "recalled",
    "missed",
    "useful",
    "wrong",
    "outdated",
    "unclear",
    "not-for-us",
]
Group = Literal["posted", "opened", "voted", "asked", "opinions"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
FEWEST = 5  # of one kind; fewer are told as one number

# What belongs together, and is told as one number where it is little.
PARTS: Mapping[Group, tuple[Measure, ...]] = {
    "posted": ("tips", "rounds", "cards"),
    "opened": LEVELS,
    "voted": ("votes",),
    "asked": ("recalled", "missed"),
    "opinions": ("useful", "wrong", "outdated", "unclear", "not-for-us"),
}
GROUPS: tuple[Group, ...] = get_args(Group)
RESPONSES: tuple[Group, ...] = ("opened", "voted", "asked", "opinions")  # what people did, where posts are the bot's
CALLED: Mapping[Measure | Group, str] = {
    "posted": "Posts",
    "tips": "Weekly tips",
    "rounds": "Rounds of dilemmas",
    "cards": "Cards shared or asked for",
    "opened": "Levels opened",
    **{level: called(level).title for level in LEVELS},
    "voted": "Votes in rounds that are closed",
    "votes": "Votes",
    "asked": "Recall questions answered",
    "recalled": "Right",
    "missed": "Not yet",
    "opinions": "Opinions",
    "useful": "Useful",
    "wrong": "Wrong",
    "outdated": "Outdated",
    "unclear": "Unclear",
    "not-for-us": "Not for us",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Counts of a subject, of a topic with its subjects as `lines`, or of everything with its topics.

    `id` is the subject's or the dimension's, '' for everything and for what has gone from the content; `short` is a
    name that fits below a bar. `told` names the groups whose parts may be told; the others' are one number.
    """

    id: str
    name: str
    counts: Mapping[Measure, int]
    lines: tuple["Line", ...] = ()
    short: str = ""
    told: frozenset[Group] = frozenset()

    def total(self, group: Group) -> int:
        """Give how many of a group there are."""
        return sum(self.counts.get(part, 0) for part in PARTS[group])

    def part(self, measure: Measure) -> int | None:
        """Give how many of one kind there are; None where they are too few to be broken down."""
        group = next(group for group, parts in PARTS.items() if measure in parts)
        return self.counts.get(measure, 0) if group in self.told or not self.total(group) else None

    @property
    def responses(self) -> int:
        """Give how often people did something."""
        return sum(self.total(group) for group in RESPONSES)


@dataclass(frozen=True, slots=True)
class Reports:
    """What readers told the writers, of one kind: how many are open, and how many were seen to.

    Both are None where they are too few to be told apart.
    """

    kind: str
    total: int
    open: int | None
    closed: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a scope's posts; `months` counts weekly tips by month, `2026-11`; `since` is the first post's."""

    everything: Line
    months: tuple[tuple[str, int], ...] = ()
    reports: tuple[Reports, ...] = ()
    since: datetime | None = None

    @property
    def topics(self) -> tuple[Line, ...]:
        """Give a line for each topic."""
        return self.everything.lines

    @property
    def subjects(self) -> Iterator[tuple[Line, Line]]:
        """Give each topic's subjects, each after its topic."""
        return ((topic, subject) for topic in self.topics for subject in topic.lines)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not any(self.everything.counts.values()) and not self.reports


def added_up(id_: str, name: str, lines: Sequence[Line], short: str = "") -> Line:
    """Give a line that sums others up, and holds them."""
    counts = {measure: sum(line.counts.get(measure, 0) for line in lines) for measure in MEASURES}
    return Line(id_, name, counts, tuple(lines), short)


def guarded(everything: Line) -> Line:
    """Say in a whole tree what may be broken down: nothing that is under five, nor what would give that away.

    Where all of a line but a few are told, those few are what remains of it: so another goes untold beside them. Posts
    are the bot's own, and may always be told.
    """
    line = everything
    for group in GROUPS:
        line = _guarded(line, group, is_told=group == "posted" or line.total(group) >= FEWEST)
    return line


def _guarded(line: Line, group: Group, *, is_told: bool) -> Line:
    told = _told_below(line, group) if is_told else frozenset()
    lines = tuple(_guarded(below, group, is_told=place in told) for place, below in enumerate(line.lines))
    return replace(line, lines=lines, told=line.told | {group} if is_told else line.told)


def _told_below(line: Line, group: Group) -> frozenset[int]:
    """Choose which of a line's lines may be told, where it is told itself."""
    totals = [below.total(group) for below in line.lines]
    if group == "posted":
        return frozenset(range(len(totals)))
    told = sorted((place for place, total in enumerate(totals) if total >= FEWEST), key=lambda place: -totals[place])
    left = sum(totals) - sum(totals[place] for place in told)
    while told and 0 < left < FEWEST:
        left += totals[told.pop()]
    return frozenset(told)
