"""Compose what weekly tips will bring: the next weeks, the next tip, and the post that opens them."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from cards.compose import dimensions, notices, parts, phrases, reasons
from cards.compose.phrases import rich
from cards.compose.tips import settings
from cards.compose.tips.state import A_DILEMMA, Coming, TipsState
from cards.model import Action, Actions, Button, Caption, Card, Header, Listing, TextBlock
from content.inline import Command, Rich
from content.library import Library
from content.model import Tip


def upcoming(state: TipsState, weeks: Sequence[Coming]) -> Card:
    """Draw what the next weeks will bring, with the ways to change it."""
    items = tuple(rich(phrases.strong(f"{phrases.day(one.at, state.zone)}:"), " ", _outlook(one)) for one in weeks)
    title = "Upcoming tips"
    note = f"As planned now, from {'the topics chosen' if state.topics else 'all topics'}."
    row = [Button("Read the next one", state.to("tips-preview"))]
    if state.may_change:
        row += [Button("Swap next tip…", state.opens("swap")), settings.skip_or_keep(state)]
    row.append(Button("‹ Settings", state.to("tips")))
    when = rich(state.name, ": ", state.schedule)
    return Card(
        title=title,
        blocks=(Header(title), TextBlock(when), Listing(items), Actions(tuple(row)), Caption(rich(note))),
    )


def swapping(state: TipsState, words: str, tips: Sequence[Tip]) -> Card:
    """Draw the tips about typed words, each with the button that proposes it as the next one."""
    title = "Swap the next tip"
    if tips:
        said = f"Tips on “{parts.quoted(words)}” that can come next:"
    else:
        said = f"No tip on “{parts.quoted(words)}” can come next. The whole list has them by topic."
    found = (
        TextBlock(
            rich(phrases.strong(tip.title), "\n", tip.idea),
            Button("Choose…", replace(state.opens("swap"), subject=parts.subject_of(tip)), spoken=_choosing(tip)),
        )
        for tip in tips
    )
    row = Actions((Button("Whole list…", state.opens("swap")), Button("Upcoming", state.to("tips-upcoming"))))
    return Card(title=title, blocks=(Header(title), TextBlock(rich(said)), *found, row))


def _choosing(tip: Tip) -> str:
    return parts.shortened(f"Choose… {tip.title}")


def _outlook(one: Coming) -> Rich:
    if one.skipped:
        return rich("no tip (", reasons.why(one.skipped), ")")
    if one.is_dilemma:
        return rich(A_DILEMMA)
    early = f" (early: {_too_late(one.before)})" if one.before else ""
    return rich(f"{phrases.titled(one.title)}{early}")


def _too_late(before: date) -> str:
    return f"out of date from {phrases.date_words(before.isoformat())}"


def preview(library: Library, tip: Tip | None, state: TipsState) -> Card:
    """Draw the tip that comes next, for one person, and say when it comes."""
    if tip is None:
        return notices.notice("There are no tips yet", rich("The content has no weekly tip left to send."))
    if state.state == "on" and state.next_tip_at is not None:
        where, when = "there" if state.is_elsewhere else "here", phrases.moment(state.next_tip_at, state.zone)
        early = f" It comes early: {_too_late(tip.before)}." if state.is_early and tip.before else ""
        return dimensions.tip_preview(
            library,
            tip,
            rich(f"It comes {where} ", when, f".{early}"),
            Button("Upcoming", state.to("tips-upcoming")),
            *((Button("Swap tip…", state.opens("swap")),) if state.may_change else ()),
        )
    how = {"paused": "are paused", "starting": "are about to start"}.get(state.state, "are off")
    where = state.title if state.is_personal else "Weekly tips in this channel"
    return dimensions.tip_preview(
        library,
        tip,
        rich(f"{where} {how}; Settings changes that." if state.state != "starting" else f"{where} {how}."),
        Button("Settings", state.to("tips")),
    )


def introduction(library: Library, state: TipsState) -> Card:
    """Draw the post that opens weekly tips: who set them up, when they come, how to stop them.

    It stays as it was posted when somebody changes the day: it says that this is how it began, and what tells the rest.
    """
    name = library.deck.tip_name
    title = f"Your own weekly {name} starts here" if state.is_personal else f"A weekly {name} starts here"
    who = rich(phrases.person(state.owner or state.viewer), f" turned on a weekly {name}")
    about = (
        rich(f"You turned on a weekly {name} for yourself alone: one idea, something to try, and more detail. ")
        if state.is_personal
        else rich(who, ": one idea, something to try, and more detail for whoever wants it. ")
    )
    return Card(
        title=title,
        blocks=(
            Header(title),
            TextBlock(
                rich(
                    about,
                    f"To begin with, it comes on {phrases.WEEKDAYS[state.weekday]}s at {state.at} ({state.zone}).",
                    " Every fourth week brings a dilemma to vote on in its place." if state.dilemmas else "",
                )
            ),
            TextBlock(
                rich(
                    "To see when it comes now, and to change, pause or stop it, type ",
                    state.command,
                    ". To ask about a topic now, type ",
                    Command(),
                    ".",
                )
            ),
            Actions((Button("See all topics", Action("list")), Button("Settings", state.to("tips")))),
        ),
    )
