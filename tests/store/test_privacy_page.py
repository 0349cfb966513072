"""docs/privacy.md says of every field what it is for and how long it is kept: it is compared with the schema."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from cards import text
from cards.compose import notices
from messengers.slack import unheard
from scheduler import housekeeping, planning, removals
from scheduler.subscriptions import owners
from store import installation_tables, learning_tables, tables  # noqa: F401 # metadata lists what they hold
from store.columns import metadata

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
HEAD = ["column", "holds", "why", "how long"]


def sections(page: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Give the name of each table that has a section, with the rows below it, its head among them."""
    _, _, below = page.partition("\n## The tables\n")
    for section in below.split("\n### ")[1:]:
        title, _, words = section.partition("\n")
        lines = [line for line in words.splitlines() if line.startswith("|")]
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        yield title.strip().strip("`"), [row for row in rows if set("".join(row)) - set(" -:")]


def faults(page: str, schema: MetaData) -> list[str]:
    """Say in words where the page and the schema differ, and which fields it leaves unexplained."""
    found: list[str] = []
    described = list(sections(page))
    named = Counter(name for name, _ in described)
    found += [f"{name}: no section" for name in schema.tables if name not in named]
    found += [f"{name}: {count} sections" for name, count in named.items() if count > 1]
    for name, rows in described:
        if name not in schema.tables:
            found.append(f"{name}: no such table")
            continue
        if rows[:1] != [HEAD]:
            found.append(f"{name}: the head is not {' | '.join(HEAD)}")
        columns = Counter(row[0].strip("`") for row in rows[1:])
        exist = schema.tables[name].columns.keys()
        found += [f"{name}.{column}: not on the page" for column in exist if column not in columns]
        found += [f"{name}.{column}: no such column" for column in columns if column not in exist]
        found += [f"{name}.{column}: {count} rows" for column, count in columns.items() if count > 1]
        found += [f"{name}.{row[0]}: a cell is empty" for row in rows[1:] if len(row) != len(HEAD) or not all(row)]
    return found


def test_every_field_has_its_row() -> None:
    """Each table has a section and each column a row there, with what it holds, why and how long; nothing else has."""
    assert faults(PAGE, metadata) == []


def _without(line: str) -> Callable[[str], str]:
    def cut(page: str) -> str:
        assert page.count(line) == 1
        return page.replace(line, "")

    return cut


def _row(page: str, table: str, column: str) -> str:
    below = page[page.index(f"\n### `{table}`\n") :]
    found = re.search(rf"^\| `{column}` \|.*\n", below, flags=re.MULTILINE)
    assert found is not None
    return found[0]


SKIP_BY = _row(PAGE, "subscription", "skip_by")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without(SKIP_BY), ["subscription.skip_by: not on the page"]),
        (lambda page: page.replace(SKIP_BY, SKIP_BY * 2), ["subscription.skip_by: 2 rows"]),
        (
            lambda page: page.replace(SKIP_BY, SKIP_BY + "| `mood` | a word | none | row |\n"),
            ["subscription.mood: no such column"],
        ),
        (
            lambda page: page.replace(SKIP_BY, "| `skip_by` | id of who skipped it |  | row |\n"),
            ["subscription.`skip_by`: a cell is empty"],
        ),
        (lambda page: page.replace("\n### `note`\n", "\n### `notes`\n"), ["note: no section", "notes: no such table"]),
        (
            # Its name elsewhere on the page is no help: each has a row in its own table's section.
            lambda page: page.replace(SKIP_BY, "") + SKIP_BY,
            ["subscription.skip_by: not on the page", "install_state.skip_by: no such column"],
        ),
    ],
    ids=["missing", "twice", "unknown", "unexplained", "renamed", "elsewhere"],
)
def test_what_differs_is_named(change: Callable[[str], str], said: list[str]) -> None:
    """The comparison sees a row that is missing, double, of no column, empty, or in another table's section."""
    assert faults(change(PAGE), metadata) == said


def test_a_new_column_or_table_is_missed() -> None:
    """Whoever adds to the schema is told to say on the page what it is for."""
    grown = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(grown)
    grown.tables["post"].append_column(Column("age", Integer))
    Table("vote_of_nobody", grown, Column("id", Integer))
    assert faults(PAGE, grown) == ["vote_of_nobody: no section", "post.age: not on the page"]


def _spans(words: str) -> set[timedelta]:
    """List the spans of days that some words name, also those spelled out."""
    spelled = {"a day": 1, "a week": 7}
    spans = {int(days) for days in re.findall(r"(\d+) days?\b", words)}
    return {timedelta(days=days) for days in spans | {days for said, days in spelled.items() if f" {said}" in words}}


def test_the_periods_are_those_of_the_program() -> None:
    """What the page and the privacy card say of days are the days after which housekeeping clears."""
    ours = {housekeeping.WORDS_KEPT, housekeeping.UNCONFIRMED, housekeeping.PLANS_KEPT}
    periods = ours | {planning.KEPT, owners.CLAIM_LASTS}
    table = PAGE.partition("\n## How long\n")[2].partition("\n**When")[0]
    assert _spans(table) == periods
    posts, lost, plans, claim = (
        next(line for line in table.splitlines() if line.startswith(start))
        for start in ("| posts, settled", "| the same two", "| plans that", "| who asked to take")
    )
    assert _spans(plans) == {housekeeping.PLANS_KEPT}
    assert _spans(posts) == {planning.KEPT}
    assert f"words {housekeeping.WORDS_KEPT.days} day" in lost
    assert f"person {housekeeping.UNCONFIRMED.days} days" in lost
    assert _spans(claim) == {owners.CLAIM_LASTS}
    card = text.message(notices.privacy())
    assert _spans(card) == ours | {planning.KEPT}


def test_the_grace_after_a_removal_is_that_of_the_program() -> None:
    """The table of what goes when the app is removed names it, and nothing else in days; so does the installation's."""
    _, _, below = PAGE.partition("\n**When the app is removed.**\n")
    table = [line for line in below.partition("\n\nTurning")[0].splitlines() if line.startswith("| ")]
    assert len(table) == 1 + 6
    assert _spans("\n".join(table)) == {removals.KEPT, unheard.AFTER}
    assert _spans(PAGE.partition("\n### `installation`\n")[2].partition("\n|")[0]) == {removals.KEPT}
