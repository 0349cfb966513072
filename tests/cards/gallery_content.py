"""Every card and form that can be composed from the shipped content, in every state people can meet."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cards import compose, compose_notices, compose_tips
from cards.compose_tips import PastTip, TipsState
from cards.model import Action, Button, Card, Form, Subject
from content import library
from content.library import Hit, Hits, Library
from content.markdown import Text
from content.model import LEVELS, Dimension, Tip
from tests.cards import traps

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
REASONS = ("not_in_channel", "is_archived", "restricted_action", "token_revoked", "introduction-unknown", "made_up", "")
LONG_WORDS = f"{traps.WORDS} " * 40


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the function that composes it."""
    deck = library.load(Path(__file__).parents[2] / "content" / "ai-pm")
    yield from _dimensions(deck)
    yield from _tips(deck)
    yield from _answers(deck)
    for name, state in states(deck):
        yield from _steering(deck, name, state)
    for code in REASONS:
        yield f"could_not_reply {code}", compose_notices.could_not_reply(code)
        yield f"not_shared {code}", compose_tips.not_shared(code, Subject("dimension", deck.dimensions[0].id))


def forms() -> Iterator[tuple[str, Form]]:
    """Give the settings form for every state of a channel, with and without a known zone."""
    deck = library.load(Path(__file__).parents[2] / "content" / "ai-pm")
    for name, state in states(deck):
        yield f"form {name}", compose_tips.form(state, '{"workspace":"T1","conversation":"C1"}', "")
        yield f"form {name} zoned", compose_tips.form(replace(state, zone=""), "", "Asia/Kolkata")


def states(deck: Library) -> Iterator[tuple[str, TipsState]]:
    """Give a channel's settings in every state, set up by a person or by the operator, changeable or not."""
    base = TipsState("C1", "on", 3, "16:45", "America/Argentina/Buenos_Aires", "U1")
    on = replace(base, next_at=NOW + timedelta(days=3), next_tip=deck.tips[0])
    yield "off", TipsState("C1", "off")
    yield "starting", replace(base, state="starting")
    yield "on", on
    yield "on skipping", replace(on, skipping=True, owner="")
    yield "on guarded", replace(on, changed_by="owner", may_change=False)
    yield "on without tips", replace(base, state="on")
    yield "paused by a person", replace(base, state="paused", reason="person", paused_by="U2")
    for code in REASONS:
        yield f"paused {code}", replace(base, state="paused", reason=code)


def _dimensions(deck: Library) -> Iterator[tuple[str, Card]]:
    for dimension in deck.dimensions:
        yield f"comparison {dimension.id}", compose.comparison(deck, dimension)
        for asked in (False, True):
            yield (
                f"shared_comparison {dimension.id} {asked}",
                compose.shared_comparison(deck, dimension, "U1", asked=asked),
            )
        hit = Hit(dimension, "glossary", traps.WORDS, traps.WORDS, 1.0)
        yield f"found_comparison {dimension.id}", compose.found_comparison(deck, dimension, LONG_WORDS, hit)
    subjects: tuple[Dimension | Tip, ...] = (*deck.dimensions, *deck.tips)
    for content, level, public in itertools.product(subjects, LEVELS, (True, False)):
        yield f"level {content.id} {level} {public}", compose.level(deck, content, level, public=public)


def _tips(deck: Library) -> Iterator[tuple[str, Card]]:
    for tip in deck.tips:
        yield f"tip {tip.id}", compose.tip(deck, tip)
        yield f"tip_preview {tip.id}", compose.tip_preview(deck, tip, "It comes here on Monday.")


def _answers(deck: Library) -> Iterator[tuple[str, Card]]:
    yield "overview", compose.overview(deck)
    yield "usage", compose.usage(deck)
    yield "privacy", compose_notices.privacy()
    yield "gone", compose.gone(deck)
    yield "on_its_way", compose_notices.on_its_way()
    yield "not_confirmed", compose_notices.not_confirmed()
    yield "already_shared", compose_notices.already_shared()
    yield "form_not_opened", compose_tips.form_not_opened()
    yield "in_private", compose_tips.in_private(Action("tips"), "Show it to me")
    yield "notice", compose_notices.notice("A title", (Text(traps.WORDS),), Button("Do", Action("help")))
    for link in ("", "https://example.slack.com/archives/C1/p1?thread_ts=1&cid=C1"):
        yield f"already_posted {link[:5]}", compose_notices.already_posted(link)
    for term in deck.terms:
        yield f"definition {term.id}", compose.definition(deck, term)
    every = tuple(Hit(dimension, "tip", "A title", traps.WORDS, 1.0) for dimension in deck.dimensions)
    yield "results of traps", compose.results(deck, LONG_WORDS, every)
    for words in ("hallucinations", "users", "data", "who do I work with"):
        found = deck.search(words)
        if isinstance(found, Hits):
            yield f"results {words}", compose.results(deck, words, found.hits)
    yield "nothing_found", compose.nothing_found(deck, LONG_WORDS, ())
    yield "nothing_found near", compose.nothing_found(deck, "x", deck.dimensions[:3])


def _steering(deck: Library, name: str, state: TipsState) -> Iterator[tuple[str, Card]]:
    yield f"settings {name}", compose_tips.settings(state)
    yield f"introduction {name}", compose_tips.introduction(deck, state)
    yield f"preview {name}", compose_tips.preview(deck, deck.tips[0], state)
    yield f"preview nothing {name}", compose_tips.preview(deck, None, state)
    yield f"not_yours {name}", compose_tips.not_yours(state)
    yield f"not_started {name}", compose_tips.not_started(state, state.reason)
    yield f"paused_notice {name}", compose_tips.paused_notice(state)
    results = ("planned", "sending", "sent", "failed", "skipped", "unknown", "unknown")
    past = tuple(PastTip(NOW, "A tip", result, "is_archived", f"{n:032x}") for n, result in enumerate(results))
    yield f"doctor {name}", compose_tips.doctor(state, past, NOW)
    yield f"doctor new {name}", compose_tips.doctor(state, (), NOW)
