"""Every card and form that can be composed from the shipped content, in every state people can meet."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

from msgspec.structs import replace

from cards.compose import chats, dimensions, found, halves, notices, pages, proofs, usage
from cards.compose.tips import coming
from cards.compose.tips import doctor as tips_doctor
from cards.compose.tips import forms as tips_forms
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.doctor import Mended, PastChange, PastTip
from cards.compose.tips.pauses import Pause
from cards.compose.tips.state import Coming, TipsState
from cards.forms import Form
from cards.model import Action, Button, Card, Subject
from content import library
from content.depth import EXAMPLE_KINDS, Depth, Example, Failure, Metric, Roles
from content.inline import Paragraph, Rich, Text
from content.levels import LEVELS, PAGES
from content.library import Entry, Hits, Library, Match, Where
from content.model import Correction, Dimension, Tip
from content.reading.schema import SHAPES
from content.search.passages import Passage
from store import history
from tests.cards import traps

LIMITS = {f"{shape.kind}.{name}": key for shape in SHAPES.values() for name, key in shape.keys.items()}
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
REASONS = (
    "direct-message",
    "not_in_channel",
    "is_archived",
    "restricted_action",
    "token_revoked",
    "introduction-unknown",
    "zone-unknown",
    "made_up",
    "",
)
SKIPPED = ("skipped by <@U2>", "skipped by the operator", "quiet: Christmas Day (DE)", "missed while the bot was down")
LONG_WORDS = f"{traps.WORDS} " * 40
_LEGAL = date(2026, 12, 2)  # from which on a tip is too late


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the function that composes it."""
    deck = library.load(Path(__file__).parents[2] / "content" / "ai-pm")
    yield from _dimensions(deck)
    yield from _pages(deck)
    yield from _tips(deck)
    yield from _answers(deck)
    for name, state in states(deck):
        yield from _steering(deck, name, state)
    for code in REASONS:
        yield f"could_not_reply {code}", notices.could_not_reply(code)
        yield f"not_shared {code}", tips_notices.not_shared(code, Subject("dimension", deck.dimensions[0].id))
        yield f"not_shared tip {code}", tips_notices.not_shared(code, Subject("tip", deck.tips[0].id))
        yield f"not_kept {code}", tips_notices.not_kept(code, Subject("tip", deck.tips[0].id))


def forms() -> Iterator[tuple[str, Form]]:
    """Give the settings form for every state of a channel, with and without a known zone."""
    deck = library.load(Path(__file__).parents[2] / "content" / "ai-pm")
    context = '{"workspace":"T1","conversation":"C1"}'
    for name, state in states(deck):
        yield f"edit {name}", tips_forms.edit(state, context, state.zone, deck.dimensions, admins=False)
        unzoned = replace(state, zone="")
        yield f"edit {name} zoned", tips_forms.edit(unzoned, "", "Asia/Kolkata", deck.dimensions, admins=True)
        yield f"pause {name}", tips_forms.pause(state, context)
        yield f"quiet {name}", tips_forms.quiet(state, context)
        yield f"owners {name}", tips_forms.owners(state, context)
        for chosen in ("", deck.tips[-1].id, "gone"):
            yield f"swap {name} {chosen}", tips_forms.swap(state, context, deck.tips, chosen, deck.dimensions)
        yield f"swap {name} many", tips_forms.swap(state, context, _many(deck), "", deck.dimensions)


def _many(deck: Library) -> tuple[Tip, ...]:
    """Give more tips than a form lists, of the longest titles in letters of three bytes, some of a topic that has gone.

    They are of several words: one that is too long is cut away whole.
    """
    tip = deck.tips[0]
    some = tuple(replace(tip, id=f"tip-of-many-words-{n}", title=f"{n} {'長い題名 ' * 18}") for n in range(150))
    return (*some, replace(tip, id="lost", dimension="gone"))


def states(deck: Library) -> Iterator[tuple[str, TipsState]]:
    """Give a channel's settings in every state, set up by a person or by the operator, changeable or not."""
    base = TipsState("C1", "on", 3, "16:45", "America/Argentina/Buenos_Aires", "U1")
    on = replace(base, next_at=NOW + timedelta(days=3), next_tip=deck.tips[0])
    yield "off", TipsState("C1", "off")
    yield "starting", replace(base, state="starting")
    yield "on", on
    skipped = tuple(Coming(NOW + timedelta(weeks=week), traps.WORDS, why) for week, why in enumerate(SKIPPED))
    yield "on skipping", replace(on, is_skipping=True, left_out=skipped, owner="")
    yield "on guarded", replace(on, changed_by="owner", may_change=False)
    yield "on for admins", replace(on, changed_by="admins", may_change=False, co_owners=("U2", "U3"))
    yield "on shared", replace(on, co_owners=("U2",), is_owner=True, changed_by="owner", is_chosen=True)
    dates = tuple(f"2026-12-{day}" for day in range(10, 17))
    yield (
        "on quiet",
        replace(on, quiet_dates=(*dates, "2026-12-24/2027-01-02"), quiet_country="DE", quiet_name="Germany"),
    )
    ids, titles = (tuple(getattr(each, name) for each in deck.dimensions) for name in ("id", "title"))
    yield "on topical", replace(on, dimensions=ids[:3], topics=titles[:3])
    claimed = replace(on, claimed_by="U2", claimed_until=NOW + timedelta(days=3))
    yield "on claimed, the owner's", replace(claimed, is_owner=True, viewer="U1")
    yield "on claimed, who asked", replace(claimed, viewer="U2", may_change=False)
    yield "on alone", replace(on, conversation="U1", is_personal=True, is_owner=True, viewer="U1")
    elsewhere = replace(on, is_elsewhere=True, is_owner=True, changed_by="owner")
    yield "on elsewhere", elsewhere
    yield "paused elsewhere", replace(elsewhere, state="paused", reason="person", paused_by="U2", next_at=None)
    yield "off elsewhere", TipsState("C1", "off", may_change=False, is_elsewhere=True)
    yield "off alone", TipsState("U1", "off", is_personal=True, viewer="U1")
    yield "on without tips", replace(base, state="on")
    yield "paused by a person", replace(base, state="paused", reason="person", paused_by="U2")
    until = NOW + timedelta(days=14)
    yield "paused until", replace(base, state="paused", reason="person", paused_by="U2", paused_until=until)
    yield "paused guarded", replace(base, state="paused", reason="person", changed_by="owner", may_change=False)
    yield "off by a person", replace(base, state="off", reason="person", paused_by="U2")
    for code in REASONS:
        yield f"paused {code}", replace(base, state="paused", reason=code)


def _dimensions(deck: Library) -> Iterator[tuple[str, Card]]:
    for dimension in deck.dimensions:
        yield f"comparison {dimension.id}", dimensions.comparison(deck, dimension)
        for asked in (False, True):
            yield (
                f"shared_comparison {dimension.id} {asked}",
                dimensions.shared_comparison(deck, dimension, "U1", asked=asked),
            )
    subjects: tuple[Dimension | Tip, ...] = (*deck.dimensions, *deck.tips)
    for content, level, public in itertools.product(subjects, LEVELS, (True, False)):
        yield f"level {content.id} {level} {public}", dimensions.level(deck, content, level, public=public)


def _pages(deck: Library) -> Iterator[tuple[str, Card]]:
    """Give each dimension's pages, and then those of one that is as full as the format allows."""
    for dimension in (*deck.dimensions, full(deck)):
        for page in dimension.depth.pages:
            yield f"page {dimension.id} {page}", pages.page(deck, dimension, page)
    dimension = full(deck)
    for level, public in itertools.product(LEVELS, (True, False)):
        yield f"level full {level} {public}", dimensions.level(deck, dimension, level, public=public)
    yield "page without any", pages.page(deck, replace(dimension, depth=Depth()), "role")
    tip = replace(deck.tips[0], terms=tuple(term.id for term in deck.terms[:3]))
    yield "tip with terms", dimensions.tip(deck, tip)
    corrected = Correction(date(2026, 12, 2), ("word " * 300)[: SHAPES["correction"].keys["what"].most])
    yield "tip corrected", dimensions.tip(deck, replace(tip, corrected=corrected))
    mended = replace(deck.dimensions[0], corrected=corrected)
    yield "comparison corrected", dimensions.comparison(deck, mended, mended=True)


def full(deck: Library) -> Dimension:
    """Give a dimension whose pages are each as long as docs/writing.md allows, and link to terms."""

    def text(name: str) -> Rich:
        return (Text(("word " * 300)[: LIMITS[name].most]),)

    def prose(name: str) -> tuple[Paragraph, ...]:
        return (Paragraph(text(name)),)

    def line(name: str) -> str:
        return ("Word" * 50)[: LIMITS[name].most]

    def most(name: str) -> range:
        return range((LIMITS[name].count or (0, 0))[1])

    told = max(deck.references, key=lambda reference: len(reference.title) + len(reference.url))
    terms = tuple(term.id for term in deck.terms[:20])
    depth = Depth(
        examples=tuple(Example(kind, line("example.title"), prose("example.text")) for kind in EXAMPLE_KINDS),
        questions=tuple(text("dimension.questions") for _ in most("dimension.questions")),
        metrics=tuple(
            Metric(line("metric.name"), text("metric.formula"), text("metric.trap")) for _ in most("dimension.metrics")
        ),
        failures=tuple(
            Failure(line("failure.title"), line("failure.year"), text("failure.happened"), text("failure.learn"), told)
            for _ in most("dimension.failures")
        ),
        checklist=tuple(text("dimension.checklist") for _ in most("dimension.checklist")),
        roles=Roles(prose("role lens.moving"), prose("role lens.managing"), prose("role lens.working-with")),
        terms=tuple((page, terms) for page in PAGES),
    )
    return replace(deck.dimensions[0], depth=depth, terms=terms)


def _tips(deck: Library) -> Iterator[tuple[str, Card]]:
    for tip in deck.tips:
        yield f"tip {tip.id}", dimensions.tip(deck, tip)
        yield f"shared {tip.id}", dimensions.shared(deck, tip, "U1")
        yield f"opened_tip {tip.id}", dimensions.opened_tip(deck, tip)
        for kept in (True, False):
            yield f"shared_tip {tip.id} {kept}", dimensions.shared_tip(deck, tip, "U1", kept=kept)
        yield f"shared_tip {tip.id} again", dimensions.shared_tip(deck, tip, "")
        yield f"tip_preview {tip.id}", dimensions.tip_preview(deck, tip, (Text("It comes here Monday."),))


def _answers(deck: Library) -> Iterator[tuple[str, Card]]:
    yield "overview", dimensions.overview(deck)
    yield "usage", usage.usage(deck)
    yield "privacy", notices.privacy()
    yield "gone", dimensions.gone(deck)
    yield "no_such_number", halves.no_such_number(deck, "8")
    yield "how_to_search", halves.how_to_search(deck)
    yield "how_to_define", halves.how_to_define(deck)
    yield "on_its_way", notices.on_its_way()
    yield "not_confirmed", notices.not_confirmed()
    yield "already_shared", notices.already_shared()
    yield "chats: nobody_to_share_with", chats.nobody_to_share_with(deck.dimensions[-1])
    for is_group in (False, True):
        yield f"chats: welcome {is_group}", chats.welcome(deck, is_group=is_group)
    yield "chats: sharing", chats.sharing()
    yield "chats: on_its_way", chats.on_its_way()
    yield "chats: already_posted", chats.already_posted()
    yield "chats: slowed", chats.slowed()
    yield "keeping", notices.keeping()
    yield "already_kept", notices.already_kept()
    yield "form_not_opened", tips_notices.form_not_opened()
    yield "to_stop", tips_notices.to_stop()
    yield "in_private", tips_notices.in_private(Action("tips"), "Show it to me")
    yield "not_yours_there", tips_notices.not_yours_there()
    yield "claim_notice", tips_notices.claim_notice("C1", "U2")
    yield "kept", tips_notices.kept("C1")
    for state in ("on", "off"):
        yield f"not_claimed {state}", tips_notices.not_claimed(TipsState("C1", state, is_owner=True))
    yield "alone", tips_notices.alone(tips_notices.NOT_FOR_ONE)
    yield "notice", notices.notice("A title", (Text(traps.WORDS),), Button("Do", Action("help")))
    for link in ("", "https://example.slack.com/archives/C1/p1?thread_ts=1&cid=C1"):
        yield f"already_posted {link[:5]}", notices.already_posted(link)
    for term in deck.terms:
        yield f"definition {term.id}", found.definition(deck, term)
    entries: tuple[Entry, ...] = (*deck.dimensions, *deck.tips[:3], *deck.dilemmas[:3], *deck.terms[:3])
    trap = (Text(traps.WORDS),)
    every = tuple(
        Match(Passage(entry, where, traps.WORDS, "", traps.WORDS, trap), 1.0, covered, (traps.WORDS, "x"), answers=True)
        for entry in entries
        for where, covered in ((_main(entry), 1.0), ("exercise", 0.5))
    )
    for match in every:
        name = f"{type(match.passage.entry).__name__} {match.passage.entry.id} {match.passage.where}"
        yield f"answer {name}", found.answer(deck, LONG_WORDS, (match, *every[:6]))
        yield f"only answer {name}", found.answer(deck, "x", (match,))
    yield "results of traps", found.results(LONG_WORDS, every)
    for words in ("hallucinations", "users", "data", "who do I work with"):
        where = deck.search(words)
        if isinstance(where, Hits):
            yield f"answer {words}", found.answer(deck, words, where.matches)
            yield f"results {words}", found.results(words, where.matches)
    for dilemma in deck.dilemmas:
        yield f"proof {dilemma.id}", proofs.dilemma(dilemma)
        if dilemma.twist:
            yield f"proof of twist {dilemma.id}", proofs.twist(dilemma, dilemma.twist)
    yield "nothing", found.nothing(deck, LONG_WORDS, ())
    yield "nothing near", found.nothing(deck, "x", entries[-3:])


def _main(entry: Entry) -> Where:
    return "comparison" if isinstance(entry, Dimension) else "tip" if isinstance(entry, Tip) else "term"


def _steering(deck: Library, name: str, state: TipsState) -> Iterator[tuple[str, Card]]:
    yield f"settings {name}", tips_settings.settings(state)
    yield f"settings undone {name}", tips_settings.settings(state, "pause")
    yield f"introduction {name}", coming.introduction(deck, state)
    yield f"preview {name}", coming.preview(deck, deck.tips[0], state)
    dated = replace(deck.tips[0], before=_LEGAL)
    yield f"preview early {name}", coming.preview(deck, dated, replace(state, is_early=True))
    yield f"preview nothing {name}", coming.preview(deck, None, state)
    yield f"more {name}", tips_settings.more(state)
    yield f"more undone {name}", tips_settings.more(state, "quiet")
    weeks = [Coming(NOW, "A tip", before=_LEGAL), *(Coming(NOW, "A tip", why) for why in ("", *SKIPPED))]
    yield f"upcoming {name}", coming.upcoming(state, weeks)
    yield f"swapping {name}", coming.swapping(state, "made-up sources", deck.tips[:5])
    yield f"swapping nothing {name}", coming.swapping(state, traps.WORDS, ())
    yield f"not_yours {name}", tips_notices.not_yours(state)
    yield f"not_a_member {name}", tips_notices.not_a_member(state)
    yield f"not_seen {name}", tips_notices.not_seen(state)
    outside = replace(state, may_change=False, is_owner=False, is_outside=True)
    yield f"settings outside {name}", tips_settings.settings(outside)
    yield f"not_owning {name}", tips_notices.not_owning(state, tips_notices.MEMBERS_ONLY)
    yield f"stopping {name}", tips_notices.stopping(state)
    if not state.is_personal:
        mine = replace(state, conversation=state.viewer, is_personal=True, state="on")
        yield f"stopping both {name}", tips_notices.stopping(state, mine)
        yield f"stopping none {name}", tips_notices.stopping(state, replace(mine, state="off"))
    yield f"not_on {name}", tips_notices.not_on(state)
    yield f"not_started {name}", tips_notices.not_started(state, state.reason)
    yield f"paused_notice {name}", tips_notices.paused_notice(state)
    yield f"claimed {name}", tips_notices.claimed(state, NOW)
    yield f"claimed_already {name}", tips_notices.claimed_already(state)
    yield f"sent_now {name}", tips_notices.sent_now(state, deck.tips[0].title)
    yield f"sent_now nothing {name}", tips_notices.sent_now(state, "")
    results = ("planned", "sending", "sent", "failed", "skipped", "unknown", "unknown")
    past = [PastTip(NOW, "A tip", result, "is_archived", f"{n:032x}") for n, result in enumerate(results)]
    past += [PastTip(NOW, "A tip", "skipped", why, "", is_extra=True) for why in SKIPPED]
    yield f"doctor {name}", tips_doctor.doctor(state, past, NOW)
    yield f"refused_here {name}", tips_doctor.refused_here(tips_doctor.doctor(state, past, NOW), "not_in_channel")
    yield f"doctor skipped {name}", tips_doctor.doctor(state, past[-1:], NOW)
    yield f"doctor new {name}", tips_doctor.doctor(state, (), NOW)
    yield f"doctor mended {name}", tips_doctor.doctor(replace(state, corrections=False), past, NOW, Mended(3, 40, 1))
    ends = (NOW - timedelta(hours=1), NOW + timedelta(days=1))
    yield f"doctor votes {name}", tips_doctor.doctor(state, past, NOW, ends=ends)
    pauses = (Pause("", NOW), Pause("", NOW, until=NOW), Pause("", NOW, NOW))
    yield f"doctor paused {name}", tips_doctor.doctor(state, (), NOW, paused=pauses)
    yield f"history {name}", tips_doctor.history(state, tuple(_changes(deck)))
    yield f"history new {name}", tips_doctor.history(state, ())


def _changes(deck: Library) -> Iterator[PastChange]:
    """Give a line of history of each kind, with and without anything to add."""
    tip = deck.tips[0]
    for person, action in itertools.product(("", "bot", "U1"), get_args(history.Action)):
        yield PastChange(NOW, person, action)
    for action, detail in (
        ("began", "Mondays 09:00, Europe/Paris"),
        ("changed", "Mondays 09:00, Europe/Paris"),
        ("paused", "2026-12-06T23:00+00:00"),
        ("paused", "some day"),
        ("swapped", tip.id),
        ("sent-now", tip.id),
        ("quiet", "2026-12-25 2026-12-28/2027-01-02 DE"),
        ("owner", "U1 U2"),
        ("claimed", "U1"),
        ("declined", "U2"),
        ("stopped", "is_archived"),
        ("of a later version", "something"),
    ):
        yield PastChange(NOW, "U1", action, detail, tip.title if detail == tip.id else "")
