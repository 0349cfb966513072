"""What a tip is learned by is read and checked: recall, plan, needs, winner, latest day, correction, questions."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from cards import text
from cards.compose import dimensions
from content import library
from content.inline import plain
from content.model import Dimension, Tip
from content.references import Reference
from tests.content import decks

TODAY = date(2026, 11, 27)
RECALL = """\
    recall:
      case: The pot of a caf\u00e9 stands at 95 degrees.
      question: What does the waiter do?
      options:
        - label: Pour at once
          verdict: wrong
          why: It burns the leaves.
        - label: Wait
          verdict: right
          why: At 80 degrees the cup stays sweet.
        - label: Add ice
          verdict: wrong
          why: It thins the tea.
"""
LEARNED = f"""\
    needs: none
    wins: plain
    before: 2026-12-02
    asks: [why is my tea bitter, green tea too hot]
{RECALL}    corrected:
      day: 2026-11-20
      what: It is three minutes, not two.
    idea: Boiling"""
PLAN = "done: You have a favourite.\n      plan: If the kettle clicks, then I wait three minutes"


def learned(folder: Path) -> library.Library:
    """Load the small deck, whose first tip has everything."""
    text_ = decks.TIPS.replace("    idea: Boiling", LEARNED, 1).replace("done: You have a favourite.", PLAN, 1)
    return library.load(decks.written(folder, {"tips.yaml": (decks.TIPS, text_)}), TODAY)


def test_everything_is_read(tmp_path: Path) -> None:
    """Each field as it stands in the file."""
    tip = learned(tmp_path).tips[0]
    assert (tip.needs, tip.wins, tip.before) == ("none", "plain", date(2026, 12, 2))
    assert tip.asks == ("why is my tea bitter", "green tea too hot")
    assert tip.exercise.plan == "If the kettle clicks, then I wait three minutes"
    assert tip.corrected is not None
    assert (tip.corrected.day, tip.corrected.what) == (date(2026, 11, 20), "It is three minutes, not two.")
    assert tip.recall is not None
    assert [(option.label, option.verdict) for option in tip.recall.options] == [
        ("Pour at once", "wrong"),
        ("Wait", "right"),
        ("Add ice", "wrong"),
    ]
    assert plain(tip.recall.options[1].why) == "At 80 degrees the cup stays sweet."


def test_a_deck_may_do_without(tmp_path: Path) -> None:
    """None of it is asked of a deck that has none."""
    tip = library.load(decks.written(tmp_path), TODAY).tips[0]
    assert (tip.needs, tip.wins, tip.before, tip.recall, tip.corrected, tip.asks) == (None, None, None, None, None, ())
    assert tip.exercise.plan == ""


def test_people_see_the_correction_and_the_plan(tmp_path: Path) -> None:
    """The correction on the tip as it is opened and on posts that were mended, not on new ones; the plan below."""
    deck = learned(tmp_path)
    tip = deck.tips[0]
    mended = dimensions.tip(deck, tip, mended=True), dimensions.shared_tip(deck, tip, "", mended=True)
    for card in (dimensions.opened_tip(deck, tip), *mended):
        assert "Corrected 20 November 2026: It is three minutes, not two." in text.message(card)
    for card in (dimensions.tip(deck, tip), dimensions.shared_tip(deck, tip, "U1")):
        assert "Corrected" not in text.message(card)
        assert card.edition == mended[0].edition
    exercise = text.message(dimensions.level(deck, tip, "exercise", public=True))
    assert "A plan to copy: If the kettle clicks, then I wait three minutes." in exercise


def test_a_comparison_says_below_sources_alone_what_was_corrected(tmp_path: Path) -> None:
    """Unless a post is drawn anew because of it."""
    deck = learned(tmp_path)
    dimension = replace(deck.dimensions[0], corrected=deck.tips[0].corrected)
    assert "Corrected" not in text.message(dimensions.comparison(deck, dimension))
    for card in (
        dimensions.level(deck, dimension, "sources", public=False),
        dimensions.comparison(deck, dimension, mended=True),
    ):
        assert "Corrected 20 November 2026" in text.message(card)


def test_what_people_do_not_see_raises_no_version(tmp_path: Path) -> None:
    """Questions, needs, the winner and the day are no words of a card; recall and correction are."""
    before = library.load(decks.written(tmp_path), TODAY).places["tip/cool-water"].fingerprint
    unseen = "    asks: [a, b]\n    needs: live\n    wins: model\n    before: 2027-01-01\n    idea: Boiling"
    deck = library.load(decks.written(tmp_path, {"tips.yaml": ("    idea: Boiling", unseen)}), TODAY)
    assert deck.places["tip/cool-water"].fingerprint == before
    assert learned(tmp_path).places["tip/cool-water"].fingerprint != before


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("verdict: right", "verdict: wrong", "none of the options is right: exactly one is"),
        (
            "Pour at once\n          verdict: wrong",
            "Pour at once\n          verdict: right",
            "2 of the options are right",
        ),
        ("label: Add ice", "label: Wait", "`Wait` is an option of this recall already: say what differs"),
        ("verdict: right", "verdict: rihgt", "`verdict` is `rihgt`; did you mean `right`?"),
        ("needs: none", "needs: nothing", "`needs` is `nothing`"),
        ("wins: plain", "wins: me", "`wins` is `me`: it must be one of model, plain, neither"),
        ("before: 2026-12-02", "before: soon", "`before` is a day such as 2026-12-02, not `soon`"),
        ("before: 2026-12-02", "before: 2026-02-30", "`before` is a day such as 2026-12-02, not `2026-02-30`"),
        ("day: 2026-11-20", "day: 2026-11-28", "`day` is 2026-11-28, which is yet to come"),
        ("plan: If the kettle clicks, then I wait", "plan: Wait for the kettle, please, for", "a plan is one sentence"),
        ("green tea too hot", "Why is my tea bitter?", "`Why is my tea bitter?` is asked on line"),
        ("green tea too hot", "'?!'", "`?!` has no letter or digit that people could type"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """With what to do about it."""
    text_ = decks.TIPS.replace("    idea: Boiling", LEARNED, 1).replace("done: You have a favourite.", PLAN, 1)
    assert old in text_
    report = library.check(decks.written(tmp_path, {"tips.yaml": (decks.TIPS, text_.replace(old, new, 1))}), TODAY)
    assert [fault.sentence for fault in report.faults if sentence in fault.sentence], report.faults


def test_a_question_that_two_entries_answer_is_named(tmp_path: Path) -> None:
    """A tip and a term in another file; the later one is told where it stands."""
    changes = {
        "tips.yaml": ("    idea: Boiling", "    asks: [what is bitter]\n    idea: Boiling"),
        "glossary.yaml": ("    dimension: taste", "    dimension: taste\n    asks: [What is bitter?]"),
    }
    (fault,) = library.check(decks.written(tmp_path, changes), TODAY).faults
    assert "`What is bitter?` is asked in " in fault.sentence
    assert fault.file.endswith("glossary.yaml")


def test_a_source_that_was_not_opened_says_what_was(tmp_path: Path) -> None:
    """Cited after others; where they are not named, that several quote it alike."""
    changes = {"references.yaml": ("checked: primary", "checked: secondary\n    after: a book on leaves")}
    deck = library.load(decks.written(tmp_path, changes), TODAY)
    told: list[Reference] = [each for each in deck.references if each.checked == "secondary"]
    assert [each.after for each in told] == ["a book on leaves", ""]
    entries: tuple[Dimension | Tip, ...] = (*deck.dimensions, *deck.tips)
    sources = [text.message(dimensions.level(deck, each, "sources", public=True)) for each in entries]
    assert any("as cited by a book on leaves" in each for each in sources)
    assert any("several independent documents quote it the same way" in each for each in sources)
