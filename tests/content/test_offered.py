"""What most entries of a deck have is asked of the others too, and of a deck that has none of it nothing is."""

from datetime import date
from pathlib import Path

import pytest

from bot.cli import check
from tests.content import decks

TODAY = date(2026, 11, 27)
ASKS = "    asks: [why so {0}, who is {0}, when is it {0}, how {0}]\n"
FIRST, SECOND, THIRD = "cool-water", "count-cups", "warm-cups"
RECALL = """\
    recall:
      case: The pot stands at 95 degrees.
      question: What now?
      options:
        - label: Pour
          verdict: wrong
          why: It burns.
        - label: Wait
          verdict: right
          why: It cools.
        - label: Drink
          verdict: wrong
          why: It hurts.
"""
PLAN = "      plan: If the kettle clicks, then I wait\n"


def told(folder: Path, extra: dict[str, str], *, plan: str = "") -> list[str]:
    """Give what is said of a deck of three tips, some of which have something in addition."""
    cool, _, count = decks.TIPS.removeprefix("tips:\n").partition("  - id: count-cups\n")
    warm = count.replace("Count your cups", "Warm the cups").replace(
        "People forget the third.", "Cold clay steals heat."
    )
    warm = warm.replace("Put a bean in a jar for each.", "Rinse them.")
    tips = {FIRST: cool.removeprefix("  - id: cool-water\n"), SECOND: count, THIRD: warm}
    text = "".join(f"  - id: {name}\n{extra.get(name, '')}{body}" for name, body in tips.items())
    text = text.replace("      done: You have a number.\n", f"      done: You have a number.\n{plan}")
    report = check.content(decks.written(folder, {"tips.yaml": (decks.TIPS, f"tips:\n{text}")}), TODAY)
    assert report.faults == ()
    return [str(warning).removeprefix(f"{folder}/") for warning in report.warnings]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("    wins: plain\n", "tips.yaml:2: `cool-water` has no `wins`, as most tips here have: write it"),
        (RECALL, "tips.yaml:2: `cool-water` has no `recall`, as most tips here have: write it"),
        ("    needs: none\n", "tips.yaml:2: `cool-water` has no `needs`, as most tips here have: write it"),
    ],
)
def test_what_most_have_is_asked_of_the_others(tmp_path: Path, extra: str, said: str) -> None:
    """More than half of them, which one of two is not."""
    assert told(tmp_path, {SECOND: extra, THIRD: extra}) == [said]
    assert told(tmp_path, {SECOND: extra}) == []


def test_a_plan_stands_in_the_exercise(tmp_path: Path) -> None:
    """It is named with where it belongs."""
    said = "tips.yaml:2: `cool-water` has no `plan` in its `exercise`, as most tips here have: write it"
    assert told(tmp_path, {}, plan=PLAN) == [said]


def test_four_questions_are_wanted(tmp_path: Path) -> None:
    """None and three are too few, where most have some."""
    few = "    asks: [sweet cup, warm cup, small cup]\n"
    assert told(tmp_path, {FIRST: ASKS.format("cool"), SECOND: few}) == [
        "tips.yaml:26: `count-cups` has 3 `asks`: write 4 or more, as people type them",
        "tips.yaml:48: `warm-cups` has no `asks`: write 4 or more, as people type them",
    ]


DILEMMA = decks.DILEMMAS.removeprefix("dilemmas:\n")
BARE = "".join(
    line
    for line in DILEMMA.replace(decks.TWIST, "").splitlines(keepends=True)
    if not line.strip().startswith(("asks:", "against:"))
)
BARE = BARE.replace("guest-in-a-hurry", "bare").replace("A guest in a hurry", "A bare table")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (DILEMMA, DILEMMA, []),
        ("        against: Whoever was promised tea.\n", "", ["has no `against` in one of its `choices`"]),
        ("          against: The impatient one.\n", "", ["has no `against` in one of its `twist.choices`"]),
        (", quick brew]", "]", ["has 3 `asks`: write 4 or more, as people type them"]),
        (decks.TWIST, "", []),
        (DILEMMA, BARE.replace("bare", "guest-in-a-hurry"), []),
    ],
)
def test_what_a_dilemma_is_played_with_is_wanted_of_all(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    """Each choice has somebody against it, in the twist too; and where no dilemma of a deck has any, none is asked."""
    assert old in decks.DILEMMAS
    changed = decks.DILEMMAS.replace(old, new)
    decks.written(tmp_path, {"dilemmas.yaml": (decks.DILEMMAS, changed)})
    others = (", as most dilemmas here have: write it", "")
    found = [warning.sentence for warning in check.content(tmp_path, TODAY).warnings]
    assert found == [f"`guest-in-a-hurry` {each}{others['asks' in each]}" for each in said]


def test_a_dilemma_among_played_ones_is_told_all_that_it_lacks(tmp_path: Path) -> None:
    """What would stand in its twist is not asked for as long as it has none."""
    more = DILEMMA.replace("guest-in-a-hurry", "more").replace("A guest in a hurry", "More")
    for word in ("thin cup", "no time", "visitor", "quick brew"):
        more = more.replace(word, f"more {word}")
    decks.written(tmp_path, {"dilemmas.yaml": (decks.DILEMMAS, decks.DILEMMAS + more + BARE)})
    assert [warning.sentence for warning in check.content(tmp_path, TODAY).warnings] == [
        "`bare` has no `asks`: write 4 or more, as people type them",
        "`bare` has no `against` in one of its `choices`, as most dilemmas here have: write it",
        "`bare` has no `twist`, as most dilemmas here have: write it",
    ]


def test_terms_want_other_words(tmp_path: Path) -> None:
    """Two of three terms have aliases, and one of them only repeats its term."""
    more = """\
  - {id: steep, term: Steeping, aliases: [STEEPING], meaning: Leaves in water., dimension: taste}
  - {id: leaf, term: Leaf, meaning: What is steeped., dimension: taste}
"""
    decks.written(tmp_path, {"glossary.yaml": (decks.GLOSSARY, decks.GLOSSARY + more)})
    assert [str(each).removeprefix(f"{tmp_path}/") for each in check.content(tmp_path, TODAY).warnings] == [
        "glossary.yaml:7: the alias `STEEPING` is the term itself, which is known already: take it out",
        "glossary.yaml:8: `leaf` has no `aliases`: write some, as people type them",
    ]
