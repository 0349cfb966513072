"""Every card and form that teaches: recall, plans, and what belongs to them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

from msgspec.structs import replace

from cards.compose import notices, phrases
from cards.compose.learning import corrections, feedback, held, plans, recalls
from cards.compose.learning.held import About
from cards.compose.phrases import rich
from cards.forms import Form
from cards.model import Action, Card, Subject
from content import library
from content.library import Library
from content.model import Correction, Dimension, Tip
from store.learning_tables import FeedbackKind
from tests.cards import gallery_outcomes, traps

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ID = "0123456789abcdef" * 2


def deck() -> Library:
    """Give the shipped content."""
    return library.load(Path(__file__).parents[2] / "content" / "ai-pm")


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the module and the function that compose it."""
    yield from _recalls(deck())
    yield from _plans(deck())
    yield from _feedback(deck())
    yield from gallery_outcomes.cards()
    yield from _held()
    yield from _corrections(deck())


def forms() -> Iterator[tuple[str, Form]]:
    """Give every form."""
    words = f"{traps.WORDS} " * 10
    for subject in (Subject("dimension", "risks"), None):
        yield (
            f"plans.form {subject}",
            plans.form(subject, ID, words[: plans.MOST], date(2026, 12, 1), "Asia/Kolkata", "{}"),
        )
    yield from _feedback_forms()


def _about(number: int) -> About:
    counts: dict[str, Any] = {name: number for name, kind in About.__annotations__.items() if kind is int}
    return About(**counts)


def _held() -> Iterator[tuple[str, Card]]:
    """Nothing, everything once and often, and what stays alone."""
    once, often = _about(1), _about(1_234)
    stays = About(has_chat=True, has_installed=True)
    everything = replace(often, is_learner=True, has_chat=True, has_installed=True)
    for name, about in {"nothing": About(), "once": once, "stays": stays, "everything": everything}.items():
        yield f"privacy {name}", notices.privacy(held.held(about))
        yield f"held.forgotten {name}", held.forgotten(about)
    yield "held.nothing", held.nothing()


def _feedback(deck: Library) -> Iterator[tuple[str, Card]]:
    yield "feedback.useful", feedback.useful()
    yield "feedback.gone", feedback.gone()
    yield "feedback.enough", feedback.enough(20)
    for is_told in (False, True):
        yield f"feedback.thanks {is_told}", feedback.thanks(is_told=is_told)
        yield f"feedback.suggested {is_told}", feedback.suggested(is_told=is_told)
    tip, dilemma = deck.tips[0], deck.dilemmas[0]
    for kind in get_args(FeedbackKind):
        for fixed_in in (0, 4):
            name = f"feedback.closed {kind} {fixed_in}"
            yield name, feedback.closed(kind, "2026-12-03", fixed_in)
            for content, subject in ((tip, Subject("tip", tip.id)), (dilemma, Subject("dilemma", dilemma.id))):
                card = feedback.closed(kind, "2026-12-03", fixed_in, title=content.title, subject=subject)
                yield f"{name} {subject}", card


def _feedback_forms() -> Iterator[tuple[str, Form]]:
    words = f"{traps.WORDS} " * 40
    for may in (False, True):
        saves = Action("feedback-save", Subject("dimension", "risks"), "detail")
        yield f"feedback.why {may}", feedback.why(words[:200], saves, "{}", may_be_told=may)
        missing = Action("missing-save", argument="words " * 18)
        yield f"feedback.missing {may}", feedback.missing(words[:500], missing, "{}", may_be_told=may)
        yield f"feedback.suggestion {may}", feedback.suggestion(Action("suggest-save"), "{}", may_be_told=may)


def _recalls(deck: Library) -> Iterator[tuple[str, Card]]:
    asked = [tip for tip in deck.tips if tip.recall]
    for place, tip in enumerate(asked):
        yield f"recalls.question {tip.id}", recalls.question(tip, place % 3)
        for chosen in range(3):
            following = (asked[place - 1], 1) if chosen else None
            below = "" if chosen else asked[place - 2].id
            yield f"recalls.explained {tip.id} {chosen}", recalls.explained(deck, tip, chosen, following, below)
    moved = replace(
        asked[0], dimension="gone", title="A title of seventy characters, which is as long as a title may be"
    )
    yield "recalls.explained without a dimension", recalls.explained(deck, moved, 0, None)
    yield "recalls.none", recalls.none()


def _plans(deck: Library) -> Iterator[tuple[str, Card]]:
    words = (f"{traps.WORDS} " * 10)[: plans.MOST]
    yield "plans.saved", plans.saved(ID, NOW, "America/Argentina/Buenos_Aires")
    for subject in (Subject("dimension", "risks"), Subject("tip", deck.tips[0].id), None):
        yield f"plans.due {subject}", plans.due(ID, subject, words)
    yield "plans.done", plans.done()
    yield "plans.later", plans.later(ID)
    yield "plans.dropped", plans.dropped()
    yield "plans.gone", plans.gone()
    yield "plans.no_exercise", plans.no_exercise()
    yield "plans.unreached", plans.unreached()
    yield "plans.enough", plans.enough()
    yield "plans.listed none", plans.listed(())
    at = rich("Could not be sent ", phrases.moment(NOW, "America/Argentina/Buenos_Aires"))
    some = [(ID, at, words)]
    yield "plans.listed", plans.listed(some * plans.SHOWN, plans.SHOWN, plans.SHOWN * 3)


def _corrections(deck: Library) -> Iterator[tuple[str, Card]]:
    correction = Correction(NOW.date(), (f"{traps.WORDS} " * 20)[:250])
    contents: tuple[Dimension | Tip, ...] = (*deck.dimensions, *deck.tips)
    for content in contents:
        yield f"corrections.corrected {content.id}", corrections.corrected(content, content.corrected or correction)
