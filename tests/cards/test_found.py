"""An answer begins with the sentences that answer, says where they stand, and never what is not so."""

from pathlib import Path

import pytest
from hypothesis import given, strategies

from cards import text
from cards.compose import dimensions, found, pages, parts
from cards.model import FORMS, Action, Actions, Button, Caption, Card, Feedback, Header, Select, Subject, TextBlock
from content import library
from content.inline import Paragraph, plain
from content.levels import LEVEL_OF, LEVELS, PAGE_OF
from content.library import Hits, Nothing
from content.model import Dilemma, Dimension, Term, Tip

LIBRARY = library.load(Path("content/ai-pm"))


def answer(words: str) -> Card:
    """Draw the answer to words that the content answers."""
    where = LIBRARY.search(words)
    assert isinstance(where, Hits), words
    return found.answer(LIBRARY, words, where.matches)


def buttons(card: Card) -> list[str]:
    """List what is read on a card's buttons."""
    items = (item for block in card.blocks if isinstance(block, Actions) for item in block.items)
    return [item.label for item in items if isinstance(item, Button)]


def every(kind: type[Tip | Term | Dimension]) -> list[str]:
    """Give a question that a writer listed, for each entry of a kind."""
    entries: tuple[library.Entry, ...] = (*LIBRARY.dimensions, *LIBRARY.tips, *LIBRARY.terms)
    return [entry.asks[0] for entry in entries if isinstance(entry, kind)]


def test_what_a_writer_listed_is_answered_by_the_entry_itself() -> None:
    """The question of every entry finds it first; nothing is a ready-made exception."""
    entries: tuple[library.Entry, ...] = (*LIBRARY.dimensions, *LIBRARY.tips, *LIBRARY.dilemmas, *LIBRARY.terms)
    asked = [(entry, ask) for entry in entries for ask in entry.asks[:5]]
    assert len(asked) > 1000
    wrong = []
    for entry, ask in asked:
        where = LIBRARY.search(ask)
        if not isinstance(where, Hits) or where.first.passage.entry is not entry:
            wrong.append(ask)
    assert len(wrong) / len(asked) < 0.02, wrong


@pytest.mark.parametrize("words", every(Tip)[::9])
def test_a_tip_answers_with_its_idea_and_can_be_opened(words: str) -> None:
    """Title, idea, where it stands with its sources, and the ways on, in this order."""
    card = answer(words)
    kinds = [type(block) for block in card.blocks if not isinstance(block, Actions)]
    assert kinds == [Header, TextBlock, Caption, Feedback]
    assert buttons(card)[0] == "Open the tip"
    assert any(label.startswith("Compare: ") for label in buttons(card))
    where = next(plain(block.text) for block in card.blocks if isinstance(block, Caption))
    assert where.startswith("Tip on ")
    assert "source" in where
    assert "checked" in where


@pytest.mark.parametrize("dilemma", LIBRARY.dilemmas, ids=lambda dilemma: dilemma.id)
def test_a_dilemma_answers_with_how_its_case_begins_and_can_be_opened(dilemma: Dilemma) -> None:
    """The first paragraph alone, where it stands; its choices wait until it is opened."""
    card = answer(dilemma.title)
    title, shown, where, thumbs = (block for block in card.blocks if not isinstance(block, Actions))
    assert thumbs == parts.thumbs(Subject("dilemma", dilemma.id), dilemma.version)
    begins = dilemma.situation[0]
    assert isinstance(begins, Paragraph)
    assert (title, shown) == (Header(dilemma.title), TextBlock(begins.text))
    assert isinstance(where, Caption)
    dimension = LIBRARY.dimension(dilemma.dimension)
    assert dimension is not None
    assert plain(where.text).startswith(f"Dilemma on {dimension.title.lower()} · {len(dilemma.sources)} sources · che")
    opening = Action("dilemma", Subject("dilemma", dilemma.id))
    rows = [block for block in card.blocks if isinstance(block, Actions)]
    assert rows[0].items[0] == Button("Open the dilemma", opening, "primary")
    assert f"Compare: {dimension.short}" in buttons(card)
    assert card.subject is None  # a reaction to it opens no level
    where_found = LIBRARY.search(dilemma.title)
    assert isinstance(where_found, Hits)
    named = parts.shortened(f"Dilemma · {dilemma.title}")
    none = found.nothing(LIBRARY, "x", [dilemma])
    items = [item for block in none.blocks if isinstance(block, Actions) for item in block.items]
    assert [item.label for item in items if isinstance(item, Button) and item.action == opening] == [named]
    listed = found.results("x", where_found.matches)
    beside = [block.button for block in listed.blocks if isinstance(block, TextBlock) and block.button]
    (button,) = [button for button in beside if button.action == opening]
    assert (button.label, button.spoken[:20]) == ("Open", f"Open {named}"[:20])


def test_what_is_missing_is_said() -> None:
    """Words that stand nowhere in the content are named, as they were typed; others are not."""
    said = text.message(answer("prompt injections hidden in emails to our Zeppelin, xylophone and bazooka"))
    assert "Nothing here on “Zeppelin”, “xylophone” or “bazooka”. This answers the rest." in said
    assert "Nothing here on" not in text.message(answer("prompt injection that models copy"))


def test_words_that_nothing_answers_get_what_is_nearest() -> None:
    """Said to be nothing, with at most three buttons that open something."""
    where = LIBRARY.search("xylophone quokka threshold")
    assert isinstance(where, Nothing)
    card = found.nothing(LIBRARY, "xylophone quokka threshold", where.nearest)
    assert card.title == "Nothing on “xylophone quokka threshold” yet"
    *nearest, tell = buttons(card)
    assert 1 <= len(nearest) <= 3
    assert tell.startswith("Tell the writers")
    assert len(buttons(found.nothing(LIBRARY, "x", ()))) == len(LIBRARY.dimensions) + 1


@given(strategies.text(max_size=3_000))
def test_what_was_missing_fits_its_button(words: str) -> None:
    """Whatever was typed, its button can be read back, and so can the form it opens; short words are carried whole."""
    blocks = found.nothing(LIBRARY, words, ()).blocks
    items = [item for block in blocks if isinstance(block, Actions) for item in block.items]
    (action,) = [item.action for item in items if isinstance(item, Button) and item.action.verb == "missing"]
    saves = Action(FORMS["missing"], argument=action.argument)
    for each in (action, saves):
        assert len(each.encode()) < 150
        assert Action.decode(each.encode()) == each
    line = " ".join("".join(sign if sign.isprintable() and sign != "|" else " " for sign in words).split())
    assert line.startswith(action.argument)
    assert len(line) > 100 or action.argument == line


@pytest.mark.parametrize("kind", [Tip, Dimension])
def test_thumbs_name_where_an_answer_stands(kind: type[Tip | Dimension]) -> None:
    """The level or page it is from, or nothing for the card itself: what a writer then looks at."""
    places = set()
    for words in every(kind):
        card = answer(words)
        for thumbs in [block for block in card.blocks if isinstance(block, Feedback)]:
            assert thumbs.up.subject == thumbs.down.subject
            assert card.subject in {thumbs.up.subject, None}
            place, _, version = thumbs.down.argument.partition("@")
            assert thumbs.down.subject is not None
            content = LIBRARY.tip(thumbs.down.subject.id) or LIBRARY.dimension(thumbs.down.subject.id)
            assert content is None or version == str(content.version)
            places.add(place)
    assert places <= {"", *LEVEL_OF, *PAGE_OF}
    assert places


def test_every_card_of_a_subject_ends_in_its_thumbs() -> None:
    """Tips and comparisons, opened, posted and shared, their levels and pages; the buttons stay what they were."""
    tip, dimension = LIBRARY.tips[0], LIBRARY.dimensions[0]
    about = {
        Subject("tip", tip.id): [
            dimensions.tip(LIBRARY, tip),
            dimensions.opened_tip(LIBRARY, tip),
            dimensions.shared_tip(LIBRARY, tip, "U1"),
        ],
        Subject("dimension", dimension.id): [
            dimensions.comparison(LIBRARY, dimension),
            dimensions.shared_comparison(LIBRARY, dimension, "U1"),
        ],
    }
    for content in (tip, dimension):
        subject = parts.subject_of(content)
        thumbs = parts.thumbs(subject, content.version)
        assert thumbs.down.argument == f"@{content.version}"
        assert [card.blocks[-1] for card in about[subject]] == [thumbs] * len(about[subject])
    for level in LEVELS:
        for content in (tip, dimension):
            card = dimensions.level(LIBRARY, content, level, public=True)
            assert card.blocks[-1] == parts.thumbs(parts.subject_of(content), content.version, level)
    for page in dimension.depth.pages:
        thumbs = parts.thumbs(parts.subject_of(dimension), dimension.version, page)
        assert pages.page(LIBRARY, dimension, page).blocks[-1] == thumbs


def test_further_results_stand_in_a_menu_and_each_opens_something() -> None:
    """Cards, tips, dilemmas and terms, by the verbs that open them."""
    card = answer("users do not trust it")
    items = [item for block in card.blocks if isinstance(block, Actions) for item in block.items]
    (menu,) = [item for item in items if isinstance(item, Select)]
    assert menu.label == found.MORE
    assert 1 <= len(menu.options) <= 5
    assert {action.verb for _, action in menu.options} <= {"show", "define", "dilemma"}


def test_no_answer_is_a_comparison_in_disguise() -> None:
    """A dimension that answers shows the sentence, and opens its card."""
    for words in every(Dimension):
        card = answer(words)
        if card.subject is not None and card.subject.kind == "dimension":
            assert "Open the comparison" in buttons(card)[:2]
            assert card not in [dimensions.comparison(LIBRARY, each) for each in LIBRARY.dimensions]
