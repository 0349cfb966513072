"""Hold what was counted, by topic and by subject, and say which of it may be broken down."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct, field
from msgspec.structs import replace

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
FEWEST = 5  # different people; what fewer did is told as one number

# What belongs together, and is told as one number where it is little.
PARTS: Mapping[Group, tuple[Measure, ...]] = {
    "posted": ("tips", "rounds", "cards"),
    "opened": LEVELS,
    "voted": ("votes",),
    "asked": ("recalled", "missed"),
    "opinions": ("useful", "wrong", "outdated", "unclear", "not-for-us"),
}
GROUPS: tuple[Group, ...] = get_args(Group)
GROUP_OF: Mapping[Measure, Group] = {part: group for group, parts in PARTS.items() for part in parts}
RESPONSES: tuple[Group, ...] = ("opened", "voted", "asked", "opinions")  # what people did, where posts are the bot's
CALLED: Mapping[Measure | Group, str] = {
    "posted": "Posts",
    "tips": "Weekly tips",
    "rounds": "Votes on dilemmas",
    "cards": "Cards shared or asked for",
    "opened": "Levels opened",
    **{level: called(level).title for level in LEVELS},
    "voted": "Votes in closed rounds",
    "votes": "Votes",
    "asked": "Recall questions answered",
    "recalled": "Right",
    "missed": "Not quite",
    "opinions": "Opinions",
    "useful": "Useful",
    "wrong": "Wrong",
    "outdated": "Outdated",
    "unclear": "Unclear",
    "not-for-us": "Not for us",
}


class Line(Struct, frozen=True):
    """Counts of a subject, of a topic with its subjects as `lines`, or of everything with its topics.

    `id` is the subject's or the dimension's, '' for everything and for what has gone from the content; `short` is a
    name that fits below a bar. `people` is how many different people are known to be behind a group, at least; `public`
    is how much of it everybody saw being done. `told` names the groups whose parts may be told; the others' are one
    number.
    """

    id: str
    name: str
    counts: Mapping[Measure, int]
    lines: tuple["Line", ...] = ()
    short: str = ""
    people: Mapping[Group, int] = field(default_factory=dict)
    public: Mapping[Group, int] = field(default_factory=dict)
    told: frozenset[Group] = frozenset()

    def total(self, group: Group) -> int:
        """Give how many of a group there are."""
        return sum(self.counts.get(part, 0) for part in PARTS[group])

    def part(self, measure: Measure) -> int | None:
        """Give how many of one kind there are; None where they are too few to be broken down."""
        group = GROUP_OF[measure]
        return self.counts.get(measure, 0) if group in self.told or not self.total(group) else None

    @property
    def responses(self) -> int:
        """Give how often people did something."""
        return sum(self.total(group) for group in RESPONSES)


class Reports(Struct, frozen=True):
    """What readers told the writers, of one kind: how many are open, and how many were seen to.

    Both are None where they are too few to be told apart. What is no opinion is of one kind, `WRITTEN`.
    """

    kind: str
    total: int
    open: int | None
    closed: int | None


WRITTEN = "missing or suggested"


class Summary(Struct, frozen=True):
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
    people = {group: _people(lines, group) for group in GROUPS}
    public = {group: sum(line.public.get(group, 0) for line in lines) for group in GROUPS}
    return Line(id_, name, counts, tuple(lines), short, people, public)


def _people(lines: Sequence[Line], group: Group) -> int:
    """Say how many different people are known to be behind lines, at least: each of them may have the same ones."""
    return max((line.people.get(group, 0) for line in lines if line.total(group)), default=0)


def guarded(everything: Line) -> Line:
    """Say in a whole tree what may be broken down: nothing that fewer than five people did, nor what gives that away.

    Where all of a line but a few are told, those few are what remains of it: so another goes untold beside them. Posts
    are the bot's own, and may always be told.
    """
    line = everything
    for group in GROUPS:
        line = _guarded(line, group, is_told=group == "posted" or _are_enough([line], group))
    return line


def _are_enough(lines: Sequence[Line], group: Group) -> bool:
    """Say whether what lines have in sum may be broken down: five acts, by five people where nobody saw them."""
    total = sum(line.total(group) for line in lines)
    unseen = total - sum(line.public.get(group, 0) for line in lines)
    people = _people(lines, group)
    return total >= FEWEST and (unseen <= 0 or people >= FEWEST)


def _guarded(line: Line, group: Group, *, is_told: bool) -> Line:
    told = _told_below(line, group) if is_told else frozenset()
    lines = tuple(_guarded(below, group, is_told=place in told) for place, below in enumerate(line.lines))
    return replace(line, lines=lines, told=line.told | {group} if is_told else line.told)


def _told_below(line: Line, group: Group) -> frozenset[int]:
    """Choose which of a line's lines may be told, where it is told itself."""
    places = range(len(line.lines))
    if group == "posted":
        return frozenset(places)
    enough = (place for place in places if _are_enough([line.lines[place]], group))
    told = sorted(enough, key=lambda place: -line.lines[place].total(group))
    left = [line.lines[place] for place in places if place not in told]
    while told and any(below.total(group) for below in left) and not _are_enough(left, group):
        left.append(line.lines[told.pop()])
    return frozenset(told)
