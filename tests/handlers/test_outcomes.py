"""What was counted, summed up by topic: nothing is lost, nothing under five is told apart, nothing is forgotten."""

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace
from sqlalchemy import select

from bot.cli.outcomes import cells, picture
from bot.cli.outcomes import stats as command
from bot.tasks import Tasks
from cards import text
from cards.compose import counts
from cards.compose.counts import (
    CALLED,
    FEWEST,
    GROUPS,
    MEASURES,
    PARTS,
    RESPONSES,
    WRITTEN,
    Group,
    Line,
    Measure,
    Reports,
)
from cards.compose.learning import stats
from cards.model import Action, Chart, Subject
from handlers.outcomes import counting, opened, recording
from handlers.outcomes.counting import SHOWN_AS
from handlers.outcomes.opened import Opened
from messengers.base import Address
from scheduler import planning
from store.database.access import Database
from store.learning.outcomes import Below, Outcomes, Posted, Round, Tally, Told
from store.learning_tables import Counted, FeedbackKind, tally
from tests import databases
from tests.cards import gallery_outcomes
from tests.cards.gallery_outcomes import FIRST

DECK = gallery_outcomes.deck()
RISKS = Subject("dimension", "risks")
ROOM = Address("slack", "T1", "C1")
SUBJECTS = some.sampled_from(
    [*(f"tip/{tip.id}" for tip in DECK.tips[:6]), "dimension/risks", "dilemma/gone", "tip/gone", "odd", ""]
)
LITTLE = some.integers(0, 8)
DONE = some.builds(
    Outcomes,
    posted=some.lists(
        some.builds(
            Posted,
            some.sampled_from(["tip", "share", "mention", "round", ""]),
            SUBJECTS,
            some.sampled_from(["2026-11", "2026-12"]),
            LITTLE,
            some.just(FIRST),
        )
    ).map(tuple),
    below=some.lists(some.builds(Below, SUBJECTS, some.sampled_from(["detail", "sources", "exercise"]), LITTLE)).map(
        tuple
    ),
    tallies=some.lists(some.builds(Tally, SUBJECTS, some.sampled_from(get_args(Counted)), LITTLE, LITTLE, LITTLE)).map(
        tuple
    ),
    rounds=some.lists(some.builds(Round, some.sampled_from([DECK.dilemmas[0].id, "gone"]), LITTLE, LITTLE)).map(tuple),
    told=some.lists(
        some.builds(Told, SUBJECTS, some.sampled_from(get_args(FeedbackKind)), some.booleans(), some.integers(1, 8))
    ).map(tuple),
)


def expected(done: Outcomes) -> Counter[Group]:
    """Add each group up from the rows alone."""
    votes = sum(row.votes * row.total for row in done.rounds)
    posted, below = sum(row.total for row in done.posted), sum(row.total for row in done.below)
    total: Counter[Group] = Counter({"posted": posted, "opened": below, "voted": votes})
    for row in done.tallies:
        measure = SHOWN_AS[row.what]
        if measure is not None:
            total[next(group for group in GROUPS if measure in PARTS[group])] += row.total
    return total


@given(DONE)
@settings(deadline=None)
def test_topics_and_subjects_add_up_to_everything(done: Outcomes) -> None:
    """For every kind of count, by topic and by subject; weekly tips by month too."""
    summary = counting.summary(DECK, done)
    for group, total in expected(done).items():
        assert summary.everything.total(group) == total
    for measure in MEASURES:
        number = summary.everything.counts[measure]
        assert sum(topic.counts[measure] for topic in summary.topics) == number
        assert sum(subject.counts.get(measure, 0) for _, subject in summary.subjects) == number
    assert sum(count for _, count in summary.months) == summary.everything.counts["tips"]


def published(done: Outcomes) -> tuple[object, ...]:
    """Give all that anybody is told of it: the card, the table, the JSON and the picture."""
    summary = counting.summary(DECK, done)
    head, rows = command.lines(summary)
    card = text.message(stats.stats(summary, "C1", is_personal=False))
    return card, cells.table(head, rows), command.as_object(summary), picture.drawn(summary)


def behind(line: Line, group: Group) -> int:
    """Give how many people are known to be behind a group; where everybody saw all of it, that does not matter."""
    return FEWEST if line.public.get(group, 0) >= line.total(group) else line.people.get(group, 0)


@given(DONE)
@settings(deadline=None)
def test_what_fewer_than_five_did_cannot_be_told_apart(done: Outcomes) -> None:
    """Not by looking, and not by taking what is told from what it adds up to: five or more are behind what is left."""

    def judge(line: Line, group: Group) -> None:
        total = line.total(group)
        if group not in line.told:
            assert all(group not in below.told for below in line.lines)
            assert total == 0 or all(line.part(part) is None for part in PARTS[group])
        else:
            assert total >= FEWEST
            assert behind(line, group) >= FEWEST
            left = [below for below in line.lines if group not in below.told and below.total(group)]
            rest = counts.added_up("", "", left)
            assert rest.total(group) in {0, total} or rest.total(group) >= FEWEST <= behind(rest, group)
        for below in line.lines:
            judge(below, group)

    for group in RESPONSES:
        judge(counting.summary(DECK, done).everything, group)


OPINIONS = some.sampled_from(PARTS["opinions"])


@given(DONE, some.data())
@settings(deadline=None)
def test_which_opinion_a_few_had_changes_nothing_that_is_told(done: Outcomes, data: some.DataObject) -> None:
    """Not the card, not the table, not what the writers were told: whatever they chose, the same words come out."""

    def anew(row: Tally) -> Tally:
        return Tally(row.subject, data.draw(OPINIONS), row.total, row.people, row.people_here)  # type: ignore[arg-type] # all are counted

    few = tuple(row._replace(people=min(row.people, 4), people_here=min(row.people_here, 4)) for row in done.tallies)
    others = tuple(anew(row) if row.what in PARTS["opinions"] else row for row in few)
    written = tuple(row for row in done.told if row.kind not in PARTS["opinions"])
    opinions = some.lists(some.builds(Told, SUBJECTS, OPINIONS, some.booleans(), some.integers(1, 8)))
    one = replace(done, tallies=few)
    other = replace(done, tallies=others, told=(*written, *data.draw(opinions)))
    assert published(one) == published(other)


@pytest.mark.parametrize("people", [1, 4, 5])
def test_five_answers_of_one_person_are_one_number(people: int) -> None:
    """What counts is how many did it: one who answers five questions is told apart for nobody."""
    tallies = tuple(Tally(f"tip/{tip.id}", "missed", 1, 1, people) for tip in DECK.tips[:5])
    (line,) = stats.lines(counting.summary(DECK, Outcomes(tallies=tallies)))
    assert line == "Recall questions answered: 5" + (" (not quite 5)" if people >= FEWEST else "")


@pytest.mark.parametrize(
    ("totals", "people", "told"),
    [
        ([9], [5], [True]),
        ([9], [4], [False]),
        ([9, 0], [5, 0], [True, False]),
        ([9, 4], [5, 4], [False, False]),  # the total less the nine would tell the four
        ([9, 7], [5, 1], [False, False]),  # and so it would the seven, which one person did
        ([9, 3, 2], [5, 3, 2], [False, False, False]),
        ([20, 9, 4], [5, 5, 4], [True, False, False]),
        ([4], [4], [False]),
    ],
)
def test_a_few_hide_another_beside_them(totals: list[int], people: list[int], told: list[bool]) -> None:
    """Where a few alone would be left untold, the smallest of the others goes untold with them."""
    lines = [
        Line(str(place), "", {"recalled": total}, people={"asked": known})
        for place, (total, known) in enumerate(zip(totals, people, strict=True))
    ]
    line = counts.guarded(counts.added_up("", "", lines))
    assert ["asked" in below.told for below in line.lines] == told


def test_levels_that_everybody_saw_being_opened_need_no_five_people() -> None:
    """They stand in threads; one that somebody opened alone beside them makes all of them one number."""
    seen = (Below("dimension/risks", "detail", 4), Below("dimension/risks", "sources", 3))
    for alone, told in (((), True), ((Tally("dimension/risks", "exercise", 1, 1, 1),), False)):
        everything = counting.summary(DECK, Outcomes(below=seen, tallies=alone)).everything
        assert ("opened" in everything.told) == told


def test_each_counted_thing_is_shown_or_left_out_by_name() -> None:
    """Whoever counts something new is told here to show it, or to say that it is not shown."""
    assert set(SHOWN_AS) == set(get_args(Counted))
    for what, measure in SHOWN_AS.items():
        summary = counting.summary(DECK, Outcomes(tallies=(Tally("dimension/risks", what, 7, FEWEST),)))
        card = stats.stats(summary, "C1", is_personal=False)
        assert (measure is None) == summary.is_empty
        if measure is not None:
            assert f"{CALLED[measure].lower()} 7" in text.message(card).lower()
    assert {part for parts in PARTS.values() for part in parts} == set(MEASURES)
    assert set(CALLED) == {*MEASURES, *GROUPS}


def test_posts_of_long_ago_count_by_their_subject() -> None:
    """Before kinds were kept, a tip's post was a tip, and any other a card that was asked for."""
    posted = (Posted("", "tip/a", "2026-11", 2, FIRST), Posted("", "dimension/risks", "2026-11", 3, FIRST))
    everything = counting.summary(DECK, Outcomes(posted=posted)).everything
    measures: tuple[Measure, ...] = ("tips", "cards", "rounds")
    assert [everything.part(measure) for measure in measures] == [2, 3, 0]


def test_what_the_writers_were_told_is_one_number_beside_opinions() -> None:
    """Who missed something or suggested it is one kind; opinions stand there only where they are told apart anyway."""
    told = (Told("", "missing", True, 3), Told("", "tip", False, 1), Told("tip/a", "wrong", True, 2))  # noqa: FBT003 # rows
    few, many = (Outcomes(told=told, tallies=(Tally("tip/a", "wrong", 7, people),)) for people in (4, 5))
    assert counting.summary(DECK, few).reports == (Reports(WRITTEN, 4, None, None),)
    assert counting.summary(DECK, many).reports == (Reports(WRITTEN, 4, None, None), Reports("wrong", 2, None, None))
    more = counting.summary(DECK, Outcomes(told=(*told, Told("", "dilemma", True, 1))))  # noqa: FBT003 # a row
    assert more.reports == (Reports(WRITTEN, 5, 4, 1),)
    assert stats.lines(more) == ["Missing or suggested, told to the writers: 5, 4 of them open"]


def test_the_picture_says_what_the_words_say() -> None:
    """A bar for each topic, with the number that stands in words below it."""
    card = stats.stats(gallery_outcomes.summary(), "C1", is_personal=False)
    (chart,) = [block for block in card.blocks if isinstance(block, Chart)]
    words = text.message(card)
    by_name = {topic.short: topic for topic in gallery_outcomes.summary().topics}
    assert [f"{by_name[name].name}: {count}, after " in words for name, count in chart.bars] == [True] * 8
    assert all(len(name) <= 20 for name, _ in chart.bars)
    assert str(planning.KEPT.days) in words
    assert planning.KEPT.days == stats.KEPT_DAYS


def test_what_the_law_asks_is_what_the_source_says() -> None:
    """Word for word the fact that writers keep with the reference, its address and the month it was checked in."""
    known = recording.literacy(DECK)
    assert known is not None
    (reference,) = [one for one in DECK.references if one.id == recording.LITERACY]
    assert known.sentence.lower().endswith(reference.fact.strip().lower())
    assert (known.title, known.url, known.checked_on) == (reference.title, reference.url, reference.checked_on)
    assert "2026/1744" in known.title


# --- levels that are opened privately


async def counted(database: Database) -> list[tuple[str, str, int]]:
    """Read all counts."""
    async with database.read() as connection:
        query = select(tally.c.subject, tally.c.what, tally.c.total).order_by(tally.c.what)
        return [(subject, what, total) for subject, what, total in await connection.execute(query)]


async def test_opened_levels_are_written_down_together(tmp_path: Path) -> None:
    """However many there are, each kind is one row; what is no level of content that there is, is none."""
    database, tasks = Database(databases.put(tmp_path / "bot.db")), Tasks()
    kept = Opened(database, tasks.spawn)
    for level in ("detail", "more", "sources", "detail", "nonsense", ""):
        kept.count(DECK, ROOM, "U1", Action("deepen", RISKS, level))
    kept.count(DECK, ROOM, "U1", Action("deepen", Subject("tip", "gone"), "detail"))
    kept.count(DECK, ROOM, "U1", Action("deepen", None, "detail"))
    assert await counted(database) == []
    await kept.flush()
    await kept.flush()
    assert await counted(database) == [("dimension/risks", "detail", 3), ("dimension/risks", "sources", 1)]
    await database.close()


async def test_a_count_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    """It is neither lost nor counted twice, and nobody who presses a button notices."""
    folder = tmp_path / "disk"
    folder.mkdir()
    database, tasks = Database(databases.put(folder / "bot.db")), Tasks()
    kept = Opened(database, tasks.spawn)
    kept.count(DECK, ROOM, "U1", Action("deepen", RISKS, "detail"))
    folder.rename(tmp_path / "unmounted")
    await kept.flush()
    (tmp_path / "unmounted").rename(folder)
    kept.count(DECK, ROOM, "U1", Action("deepen", RISKS, "detail"))
    await kept.flush()
    assert await counted(database) == [("dimension/risks", "detail", 2)]
    await database.close()


async def test_counts_do_not_grow_without_end(tmp_path: Path) -> None:
    """While nothing can be written, so many different counts are kept and no more; those that are kept go on."""
    database, tasks = Database(databases.put(tmp_path / "bot.db")), Tasks()
    kept = Opened(database, tasks.spawn)
    for number in range(opened.MOST + 5):
        kept.count(DECK, Address("slack", "T1", f"C{number}"), "U1", Action("deepen", RISKS, "detail"))
    kept.count(DECK, Address("slack", "T1", "C0"), "U1", Action("deepen", RISKS, "detail"))
    await kept.flush()
    assert sum(row[2] for row in await counted(database)) == opened.MOST + 1
    await database.close()
