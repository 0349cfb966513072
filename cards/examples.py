"""Give an example of every card and form there is: a gallery for people, and for the tests of every renderer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from cards import compose, compose_tips
from cards.compose_tips import PastTip, TipsState
from cards.model import Action, Card, Form
from content.library import Hits, Library
from content.model import LEVELS, Dimension, Tip

_PERSON, _CHANNEL = "U0ALICE00", "C0LEARN00"
_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_NEXT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def settings(library: Library) -> TipsState:
    """Give the state of a channel whose tips are on."""
    tip = library.tips[0] if library.tips else None
    return TipsState(_CHANNEL, "on", 0, "09:00", "Europe/Paris", owner=_PERSON, next_at=_NEXT, next_tip=tip)


def cards(library: Library) -> Iterator[tuple[str, Card]]:
    """Give every card the content can make, with a name for each; settings and notices in each of their states."""
    yield "overview", compose.overview(library)
    yield "usage", compose.usage(library)
    yield "privacy", compose.privacy()
    for dimension in library.dimensions:
        yield f"{dimension.id}", compose.comparison(library, dimension)
        yield f"{dimension.id} shared", compose.shared_comparison(library, dimension, _PERSON)
        yield f"{dimension.id} asked", compose.shared_comparison(library, dimension, _PERSON, asked=True)
    for tip in library.tips:
        yield f"tip {tip.id}", compose.tip(library, tip)
        yield f"tip {tip.id} preview", compose_tips.preview(library, tip, settings(library))
    contents: tuple[Dimension | Tip, ...] = (*library.dimensions, *library.tips)
    for content in contents:
        for level in LEVELS:
            yield f"{content.id} {level}", compose.level(library, content, level, public=False)
            yield f"{content.id} {level} in thread", compose.level(library, content, level, public=True)
    for term in library.terms:
        yield f"term {term.id}", compose.definition(library, term)
    yield from _searches(library)
    yield "nothing", compose.nothing_found(library, "quantum " * 30, library.dimensions[:3])
    yield "gone", compose.gone(library)
    yield "already posted", compose.already_posted("https://example.slack.com/archives/C1/p1")
    yield "on its way", compose.on_its_way()
    yield "could not reply", compose.could_not_reply("restricted_action_thread_locked")
    yield from _steering(library)


def forms(library: Library) -> Iterator[tuple[str, Form]]:
    """Give the settings form, for a channel that has tips and for one that had none."""
    yield "settings", compose_tips.form(settings(library), '{"conversation": "C0LEARN00"}', "")
    yield (
        "first settings",
        compose_tips.form(TipsState(_CHANNEL, "off"), '{"conversation": "C0LEARN00"}', "Europe/Paris"),
    )


def doctor(library: Library) -> Card:
    """Give the doctor's card of a channel that has seen everything."""
    states = ("sent", "failed", "skipped", "unknown", "planned")
    past = tuple(PastTip(_NOW, "Give every answer a way out", state, "is_archived", "d" * 32) for state in states)
    return compose_tips.doctor(settings(library), past, _NOW)


def _searches(library: Library) -> Iterator[tuple[str, Card]]:
    for words in ("hallucinations", "who do I work with", "metrics"):
        match library.search(words):
            case Hits(hits):
                yield f"results {words}", compose.results(library, words, hits)
                yield f"found {words}", compose.found_comparison(library, hits[0].dimension, words, hits[0])
            case _:
                pass


def _steering(library: Library) -> Iterator[tuple[str, Card]]:
    on = settings(library)
    paused = replace(on, state="paused", reason="person", paused_by=_PERSON, next_at=None)
    states = {
        "on": on,
        "on, owner only": replace(on, changed_by="owner"),
        "on, not yours": replace(on, changed_by="owner", may_change=False),
        "on, by the operator": replace(on, owner=""),
        "skipping": replace(on, skipping=True),
        "paused": paused,
        "off": TipsState(_CHANNEL, "off"),
        "starting": replace(on, state="starting", next_at=None),
    }
    for name, state in states.items():
        yield f"settings {name}", compose_tips.settings(state)
        yield f"doctor {name}", compose_tips.doctor(state, (), _NOW)
    for code in (
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "token_revoked",
        "introduction-unknown",
        "new_code",
    ):
        refused = replace(paused, reason=code, paused_by="")
        yield f"settings paused {code}", compose_tips.settings(refused)
        yield f"not started {code}", compose_tips.not_started(refused, code)
        yield f"notice {code}", compose_tips.paused_notice(refused)
        yield f"not shared {code}", compose_tips.not_shared(code)
    yield "doctor", doctor(library)
    yield "introduction", compose_tips.introduction(library, on)
    yield "not yours", compose_tips.not_yours(on)
    yield "form not opened", compose_tips.form_not_opened()
    yield "no tips", compose_tips.preview(library, None, on)
    yield "in private", compose_tips.in_private(Action("tips"), "Settings")
