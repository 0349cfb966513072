"""Compose the cards with which a channel, or one person, steers weekly tips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.compose import dimensions as compose
from cards.compose import notices, phrases, reasons
from cards.compose.phrases import rich
from cards.model import (
    ME,
    Action,
    Actions,
    Block,
    Button,
    Caption,
    Card,
    FormName,
    Header,
    Listing,
    TextBlock,
    Verb,
)
from cards.reason import Cause
from content.library import Library
from content.markdown import Rich
from content.model import Tip

ALONE = "A tip for me alone…"
_DATES_SHOWN = 5  # on the settings card; the form has them all


@dataclass(frozen=True, slots=True)
class Coming:
    """One of the next weeks: its moment (aware), the tip's title, and why it falls out ('' where the tip comes)."""

    at: datetime
    title: str
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class TipsState:
    """What is true of one channel's weekly tips, for drawing; `next_at` is aware, None unless tips are on.

    `state` is `off`, `starting`, `on` or `paused`; `weekday` 0 is Monday; `at` is `HH:MM` local to `zone`. `left_out`
    are weeks before the next tip in which none comes. `topics` name the dimensions the tips are drawn from (none: all).
    `quiet_country` is a code, `quiet_name` its name. `claimed_until` is when `claimed_by` may take it over. `viewer` is
    who looks; `is_personal` says that the tips come to that person alone.
    """

    conversation: str
    state: str
    weekday: int = 0
    at: str = "09:00"
    zone: str = ""
    owner: str = ""
    changed_by: str = "anyone"
    reason: str = ""
    paused_by: str = ""
    paused_until: datetime | None = None
    next_at: datetime | None = None
    next_tip: Tip | None = None
    is_chosen: bool = False
    is_skipping: bool = False
    left_out: tuple[Coming, ...] = ()
    co_owners: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    quiet_dates: tuple[str, ...] = ()
    quiet_country: str = ""
    quiet_name: str = ""
    claimed_by: str = ""
    claimed_until: datetime | None = None
    may_change: bool = True
    is_owner: bool = False
    is_personal: bool = False
    viewer: str = ""


def to(state: TipsState, verb: Verb, argument: str = "") -> Action:
    """Give an action on these tips, wherever its button is pressed."""
    return Action(verb, None, argument, ME if state.is_personal else "")


def opens(state: TipsState, form: FormName) -> Action:
    """Give the action that opens one of the forms."""
    return to(state, "tips-edit", form)


def subject_words(state: TipsState) -> Rich:
    """Name whose tips they are, as the beginning of a sentence."""
    if state.is_personal:
        return rich("Your own weekly tips")
    return rich("Weekly tips for ", phrases.conversation(state.conversation))


def bold(heading: Rich) -> Rich:
    """Give a line strong importance; what is no word (a mention) stays as it is."""
    return tuple(phrases.strong(part.words) if hasattr(part, "words") else part for part in heading)


def settings(state: TipsState) -> Card:
    """Draw the settings, with the buttons that change them; only the person who asked sees it."""
    match state.state:
        case "on":
            first = (
                Button("Keep it", to(state, "tips-unskip"), spoken="Keep it: the tip that is to be skipped")
                if state.is_skipping
                else Button("Skip next", to(state, "tips-skip"))
            )
            buttons: tuple[Button, ...] = (
                Button("Edit", opens(state, "settings"), "primary"),
                Button("Preview", to(state, "tips-upcoming")),
                first,
                Button("Pause…", opens(state, "pause")),
            )
            return _settings("are on", _facts(state), state, buttons)
        case "paused":
            facts = (*_facts(state)[:1], reason_words(state))
            buttons = (
                Button("Resume", to(state, "tips-resume"), "primary"),
                Button("Edit", opens(state, "settings")),
            )
            return _settings("are paused", facts, state, buttons)
        case "starting":
            where = "to you here" if state.is_personal else "in the channel"
            facts = (
                _schedule(state),
                rich(f"I am introducing myself {where}. When that is posted, tips are on."),
            )
            return _settings("are about to start", facts, state, ())
        case _:
            return _off(state)


def turn_off(state: TipsState) -> Button:
    """Draw the button that ends them, which asks first."""
    return Button("Turn off", to(state, "tips-off"), "danger", asks="What was seen is remembered. Turn tips off?")


def _off(state: TipsState) -> Card:
    body = (
        "Once a week, at an hour you choose, I send you one short tip with something to try, by direct message. Nobody "
        "else sees it, and nobody else can change it."
        if state.is_personal
        else "Once a week, at an hour you choose, I post one short tip with something to try, and more detail for "
        "whoever reacts. I introduce myself in the channel first, and anyone can see who turned it on."
    )
    row = (
        Button("Turn on…", opens(state, "settings"), "primary"),
        Button("Preview", to(state, "tips-preview")),
        *alone_buttons(state),
    )
    return Card(
        title=f"{_title(state)} are off",
        blocks=(TextBlock(bold(rich(subject_words(state), " are off"))), TextBlock(rich(body)), Actions(row)),
    )


def _settings(how: str, facts: Sequence[Rich], state: TipsState, buttons: tuple[Button, ...]) -> Card:
    blocks: list[Block] = [TextBlock(bold(rich(subject_words(state), f" {how}"))), TextBlock(_lines(facts))]
    blocks += _claim(state)
    if state.may_change:
        if buttons:
            blocks.append(Actions(buttons))
            blocks.append(Actions((Button("More…", to(state, "tips-more")), *alone_buttons(state))))
    else:
        preview = Button("Preview", to(state, "tips-upcoming"))
        history = Button("History", to(state, "tips-history"))
        blocks.append(Actions((preview, history, *_take_over(state), *alone_buttons(state))))
    if not state.is_personal:
        blocks.append(Caption(_who(state)))
    return Card(title=f"{_title(state)} {how}", blocks=tuple(blocks))


def _title(state: TipsState) -> str:
    return "Your own weekly tips" if state.is_personal else "Weekly tips"


def alone_buttons(state: TipsState) -> tuple[Button, ...]:
    """Draw the button that leads from a channel's tips to a person's own."""
    return () if state.is_personal else (Button(ALONE, Action("tips", place=ME)),)


def _lines(lines: Sequence[Rich]) -> Rich:
    return tuple(inline for index, line in enumerate(lines) for inline in rich("\n" if index else "", line))


def _facts(state: TipsState) -> tuple[Rich, ...]:
    """Say when, what next, which topics and which days are quiet: a line each, each with its name."""
    facts = [rich(phrases.strong("When:"), " ", _schedule(state))]
    if state.next_at is not None:
        title = f", {phrases.titled(state.next_tip.title)}" if state.next_tip else ""
        chosen = ", chosen by hand" if state.is_chosen else ""
        facts.append(
            rich(phrases.strong("Next:"), f" {phrases.moment_words(state.next_at, state.zone)}{title}{chosen}")
        )
    facts += [rich(phrases.strong("No tip on"), " ", coming_words(one, state.zone)) for one in state.left_out]
    facts.append(rich(phrases.strong("Topics:"), f" {', '.join(state.topics) or 'all'}"))
    quiet = quiet_words(state)
    if quiet:
        facts.append(rich(phrases.strong("Quiet:"), f" {quiet}"))
    return tuple(facts)


def coming_words(one: Coming, zone: str) -> Rich:
    """Say a week in which no tip comes, and why: `Monday 28 December (quiet: Christmas)`."""
    return rich(f"{phrases.day(one.at, zone)} (", reasons.why(one.skipped), ")")


def quiet_words(state: TipsState) -> str:
    """Say on which days no tip comes; empty where there are none."""
    shown = [phrases.date_words(date) for date in state.quiet_dates[:_DATES_SHOWN]]
    more = len(state.quiet_dates) - len(shown)
    shown += [f"{more} more dates" if more > 1 else "one more date"] if more else []
    shown += [f"public holidays in {state.quiet_name or state.quiet_country}"] if state.quiet_country else []
    return ", ".join(shown)


def _schedule(state: TipsState) -> Rich:
    return rich(f"{phrases.WEEKDAYS[state.weekday]}s {state.at}, {state.zone}")


def _who(state: TipsState) -> Rich:
    may = {
        "anyone": "anyone here may change them",
        "admins": "workspace admins may change them too",
    }.get(state.changed_by, "only the owners may change them" if state.co_owners else "only they may change them")
    shared = rich(", shared with ", phrases.people(state.co_owners)) if state.co_owners else ()
    return rich("Set up by ", phrases.person(state.owner), shared, f" · {may}")


def _claim(state: TipsState) -> tuple[Block, ...]:
    """Say who asked to take these tips over, to whom it concerns."""
    if not state.claimed_by or state.claimed_until is None or state.is_personal:
        return ()
    until = phrases.moment_words(state.claimed_until, state.zone)
    if state.is_owner:
        words = rich(phrases.person(state.claimed_by), f" asked to take these tips over, and may from {until}.")
        return (TextBlock(words), Actions((Button("Keep them", to(state, "tips-decline-claim"), "primary"),)))
    if state.viewer == state.claimed_by:
        asked = rich("You asked ", phrases.person(state.owner), " for these tips. Without an answer, press Take over… ")
        return (TextBlock(rich(asked, f"again from {until} on.")),)
    return ()


def _take_over(state: TipsState) -> tuple[Button, ...]:
    return (Button("Take over…", to(state, "tips-claim")),)


def reason_words(state: TipsState, *, in_utc: bool = False) -> Rich:
    """Say why tips are paused and what to do about it; `in_utc` also gives the end in UTC."""
    if state.reason == Cause.PERSON:
        until = f" until {phrases.moment_words(state.paused_until, state.zone)}" if state.paused_until else ""
        if in_utc and state.paused_until:
            until += f", that is {phrases.utc_words(state.paused_until)}"
        then = ". Press Resume to go on now." if until else ". Press Resume to go on where it stopped."
        return rich("Paused by ", phrases.person(state.paused_by), until, then)
    return phrases.with_code(reasons.sentence(code_of(state, state.reason), "press Resume"), reasons.INVITE)


def code_of(state: TipsState, code: str) -> str:
    """Give a reason's code as it is to be worded for these tips."""
    return reasons.in_private(code) if state.is_personal else code


def more(state: TipsState) -> Card:
    """Draw what is needed less often, each with what it does and how it stands."""
    day = phrases.WEEKDAYS[state.weekday]
    also = f"; {day}'s comes all the same" if state.state == "on" else "; tips stay paused"
    items = [
        rich(phrases.strong("Send one now:"), f" an extra tip at once{also}"),
        rich(phrases.strong("Quiet dates:"), f" {quiet_words(state) or 'none yet'}"),
    ]
    row = [
        Button("Send one now", to(state, "tips-now"), asks=_asks_now(state)),
        Button("Quiet dates…", opens(state, "quiet")),
    ]
    if not state.is_personal:
        shared = rich(" and ", phrases.people(state.co_owners)) if state.co_owners else ()
        items.append(rich(phrases.strong("Owners:"), " ", phrases.person(state.owner), shared))
        row.append(Button("Owners…", opens(state, "owners")))
        if not state.is_owner:
            row += _take_over(state)
    rows = (
        Actions(tuple(row)),
        Actions(
            (
                Button("History", to(state, "tips-history")),
                Button("How are they doing?", to(state, "tips-doctor")),
                turn_off(state),
                Button("‹ Settings", to(state, "tips")),
            )
        ),
    )
    heading = bold(rich("More about ", *_lower(subject_words(state))))
    return Card(
        title=f"More about {_title(state)[:1].lower()}{_title(state)[1:]}",
        blocks=(TextBlock(heading), Listing(tuple(items)), *rows),
    )


def _lower(words: Rich) -> Rich:
    first, *rest = words
    plain = getattr(first, "words", "")
    return rich(plain[:1].lower() + plain[1:], *rest) if plain else words


def _asks_now(state: TipsState) -> str:
    return "It comes to you at once. Send it?" if state.is_personal else "Everyone in the channel sees it. Post it?"


def upcoming(state: TipsState, weeks: Sequence[Coming]) -> Card:
    """Draw what the next weeks will bring, with the ways to change it."""
    items = tuple(rich(phrases.strong(f"{phrases.day(one.at, state.zone)}:"), " ", _outlook(one)) for one in weeks)
    title = "The next tips"
    note = f"As it stands now, in order, from {'the topics chosen' if state.topics else 'all topics'}."
    row = [Button("Read the next one", to(state, "tips-preview"))]
    if state.may_change:
        skip = (
            Button("Keep it", to(state, "tips-unskip"), spoken="Keep it: the tip that is to be skipped")
            if state.is_skipping
            else Button("Skip next", to(state, "tips-skip"))
        )
        row += [Button("Swap the next…", opens(state, "swap")), skip]
    row.append(Button("‹ Settings", to(state, "tips")))
    when = rich(subject_words(state), ": ", _schedule(state))
    return Card(
        title=title,
        blocks=(Header(title), TextBlock(when), Listing(items), Actions(tuple(row)), Caption(rich(note))),
    )


def _outlook(one: Coming) -> Rich:
    if one.skipped:
        return rich("no tip (", reasons.why(one.skipped), ")")
    return rich(phrases.titled(one.title))


def preview(library: Library, tip: Tip | None, state: TipsState) -> Card:
    """Draw the tip that comes next, for one person, and say when it comes."""
    if tip is None:
        return notices.notice("There are no tips yet", rich("The content holds no weekly tips."))
    if state.state == "on" and state.next_at is not None:
        return compose.tip_preview(
            library,
            tip,
            f"It comes here on {phrases.moment_words(state.next_at, state.zone)}.",
            Button("All that comes", to(state, "tips-upcoming")),
            *((Button("Swap it…", opens(state, "swap")),) if state.may_change else ()),
        )
    how = {"paused": "are paused", "starting": "are about to start"}.get(state.state, "are off")
    where = _title(state) if state.is_personal else "Weekly tips in this channel"
    return compose.tip_preview(
        library,
        tip,
        f"{where} {how}; Settings changes that." if state.state != "starting" else f"{where} {how}.",
        Button("Settings", to(state, "tips")),
    )


def introduction(library: Library, state: TipsState) -> Card:
    """Draw the post that opens weekly tips: who set them up, when they come, how to stop them."""
    name = library.deck.tip_name
    title = f"Your own weekly {name} starts here" if state.is_personal else f"A weekly {name} starts here"
    who = rich(phrases.person(state.owner or state.viewer), f" turned on a weekly {name}")
    about = (
        rich(f"You turned on a weekly {name} for yourself alone: one idea, something to try, and more detail. ")
        if state.is_personal
        else rich(who, ": one idea, something to try, and more detail for whoever wants it. ")
    )
    command = "/pm-compare tips me" if state.is_personal else "/pm-compare tips"
    return Card(
        title=title,
        blocks=(
            Header(title),
            TextBlock(rich(about, f"It comes on {phrases.WEEKDAYS[state.weekday]}s at {state.at} ({state.zone}).")),
            TextBlock(
                rich(
                    "To change, pause or stop it, type ",
                    phrases.code(command),
                    ". To ask about a topic now, type ",
                    phrases.code("/pm-compare"),
                    ".",
                )
            ),
            Actions((Button("See all topics", Action("list")), Button("Settings", to(state, "tips")))),
        ),
    )
