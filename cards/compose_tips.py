"""Compose the cards and the form with which a channel steers its weekly tips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards import compose, compose_notices, phrases, reasons
from cards.model import (
    Action,
    Block,
    Button,
    Buttons,
    Card,
    Choice,
    Form,
    Header,
    Listing,
    Note,
    Option,
    Subject,
    TimeOfDay,
    Words,
    ZoneSearch,
)
from cards.phrases import rich
from content.library import Library
from content.markdown import Rich
from content.model import Tip

NOT_YOURS = "Only the person who set this up may change it."
FORM_OUT_OF_DATE = "This form is out of date. Close it and open it anew."


@dataclass(frozen=True, slots=True)
class TipsState:
    """What is true of one channel's weekly tips, for drawing; `next_at` is aware, None unless tips are on.

    `state` is `off`, `starting`, `on` or `paused`; `weekday` 0 is Monday; `at` is `HH:MM` local to `zone`.
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
    next_at: datetime | None = None
    next_tip: Tip | None = None
    skipping: bool = False
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class PastTip:
    """One delivery of the channel's past, for drawing: `state` as in the ledger, `reason` its code or words."""

    at: datetime
    title: str
    state: str
    reason: str
    delivery_id: str


def settings(state: TipsState) -> Card:
    """Draw a channel's settings, with the buttons that change them; only the person who asked sees it."""
    where = phrases.conversation(state.conversation)
    match state.state:
        case "on":
            return _settings_on(state)
        case "paused":
            body = rich(_schedule(state), "\n", reason_words(state.reason, state.paused_by))
            buttons: tuple[Button, ...] = (
                Button("Resume", Action("tips-resume"), "primary"),
                Button("Edit", Action("tips-edit")),
                Button("Turn off", Action("tips-off"), "danger"),
            )
            return _settings(
                "Weekly tips are paused", rich("Weekly tips for ", where, " are paused"), (Words(body),), state, buttons
            )
        case "starting":
            body = rich(_schedule(state), "\nI am introducing myself in the channel. When that is posted, tips are on.")
            return _settings(
                "Weekly tips are about to start",
                rich("Weekly tips for ", where, " are about to start"),
                (Words(body),),
                state,
                (),
            )
        case _:
            body = rich(
                "Once a week, at an hour you choose, I post one short tip with something to try, and more detail for "
                "whoever reacts. I introduce myself in the channel first, and anyone can see who turned it on."
            )
            buttons = (Button("Turn on…", Action("tips-edit"), "primary"), Button("Preview", Action("tips-preview")))
            return _settings(
                "Weekly tips are off", rich("Weekly tips for ", where, " are off"), (Words(body),), state, buttons
            )


def _settings_on(state: TipsState) -> Card:
    lines: list[Rich] = [_schedule(state)]
    if state.next_at is not None:
        title = f", {phrases.titled(state.next_tip.title)}" if state.next_tip else ""
        lines.append(rich(f"Next: {phrases.moment_words(state.next_at, state.zone)}", title))
    if state.skipping:
        lines.append(rich("The tip before that is skipped; it comes a week later."))
    body = tuple(Words(line) for line in lines)
    buttons = (
        Button("Edit", Action("tips-edit"), "primary"),
        Button("Preview", Action("tips-preview")),
        Button("Skip next", Action("tips-skip")),
        Button("Pause", Action("tips-pause")),
        Button("Turn off", Action("tips-off"), "danger"),
    )
    return _settings(
        "Weekly tips are on",
        rich("Weekly tips for ", phrases.conversation(state.conversation), " are on"),
        body,
        state,
        buttons,
    )


def _settings(
    title: str, heading: Rich, body: tuple[Block, ...], state: TipsState, buttons: tuple[Button, ...]
) -> Card:
    who = ""
    if state.state != "off":
        may = "anyone here may change them" if state.changed_by == "anyone" else "only they may change them"
        who = f" · {may}"
    footer = (Note(rich("Set up by ", phrases.person(state.owner), who)),) if state.state != "off" else ()
    row = (Buttons(buttons),) if buttons and state.may_change else ()
    preview = (
        () if state.may_change or state.state == "off" else (Buttons((Button("Preview", Action("tips-preview")),)),)
    )
    return Card(title=title, blocks=(Words(rich(_bold(heading))), *body, *row, *preview, *footer))


def _bold(heading: Rich) -> Rich:
    return tuple(phrases.strong(part.words) if hasattr(part, "words") else part for part in heading)


def _schedule(state: TipsState) -> Rich:
    return rich(f"{phrases.WEEKDAYS[state.weekday]}s {state.at}, {state.zone}")


def reason_words(reason: str, paused_by: str) -> Rich:
    """Say why tips are paused and what to do about it."""
    if reason == "person":
        return rich("Paused by ", phrases.person(paused_by), ". Press Resume to go on where it stopped.")
    return phrases.with_code(reasons.sentence(reason, "press Resume"), reasons.INVITE)


def form(state: TipsState, context: str, zone: str) -> Form:
    """Draw the settings form; `zone` is the person's own where it is known, else asked; `context` comes back."""
    return Form(
        title="Weekly tips",
        submit="Save" if state.state in {"on", "paused"} else "Turn on",
        action=Action("tips-save"),
        context=context,
        fields=(
            Choice(
                "weekday",
                "Day",
                tuple(Option(name, str(index)) for index, name in enumerate(phrases.WEEKDAYS)),
                str(state.weekday),
            ),
            TimeOfDay("at", "Time", state.at),
            ZoneSearch(
                "zone",
                "Time zone",
                next(filter(phrases.knows_zone, (state.zone, zone)), ""),
                "Type a city, for example Paris",
            ),
            Choice(
                "changed_by",
                "Who may change this",
                (Option("Anyone in this channel", "anyone"), Option("Only me", "owner")),
                state.changed_by,
            ),
        ),
        notes=(
            rich(
                "For ",
                phrases.conversation(state.conversation),
                ". When you turn tips on, I post a short introduction that names you.",
            ),
        ),
    )


def introduction(library: Library, state: TipsState) -> Card:
    """Draw the post that opens a channel's weekly tips: who set them up, when they come, how to stop them."""
    return Card(
        title=f"A weekly {library.deck.tip_name} starts here",
        blocks=(
            Header(f"A weekly {library.deck.tip_name} starts here"),
            Words(
                rich(
                    phrases.person(state.owner),
                    f" turned on a weekly {library.deck.tip_name}: one idea, something to try, and more detail for ",
                    "whoever wants it. ",
                    f"It comes on {phrases.WEEKDAYS[state.weekday]}s at {state.at} ({state.zone}).",
                )
            ),
            Words(
                rich(
                    "To change, pause or stop it, type ",
                    phrases.code("/pm-compare tips"),
                    ". To ask about a topic now, type ",
                    phrases.code("/pm-compare"),
                    ".",
                )
            ),
            Buttons((Button("See all topics", Action("list")), Button("Settings", Action("tips")))),
        ),
    )


def preview(library: Library, tip: Tip | None, state: TipsState) -> Card:
    """Draw the tip a channel gets next, for one person, and say when it comes."""
    if tip is None:
        return compose_notices.notice("There are no tips yet", rich("The content holds no weekly tips."))
    if state.state == "on" and state.next_at is not None:
        when = f"It comes here on {phrases.moment_words(state.next_at, state.zone)}."
    else:
        when = "Weekly tips are not on in this channel; /pm-compare tips turns them on."
    return compose.tip_preview(library, tip, when)


def not_yours(state: TipsState) -> Card:
    """Draw the answer to somebody who may not change this channel's tips."""
    ask = rich("Ask ", phrases.person(state.owner), ", or look at the next tip:")
    return compose_notices.notice(NOT_YOURS, ask, Button("Preview", Action("tips-preview")))


def form_not_opened() -> Card:
    """Draw the answer where the form did not open in time."""
    words = rich("It took too long. Nothing was changed; press again.")
    return compose_notices.notice("The form did not open", words, Button("Try again…", Action("tips-edit"), "primary"))


def not_shared(code: str, subject: Subject) -> Card:
    """Draw why a card could not be shared in a channel, and what to do about it."""
    words = phrases.with_code(reasons.sentence(code, "press Share again"), reasons.INVITE)
    again = Button("Share", Action("share", subject), "primary")
    return compose_notices.notice("I could not share that here", words, again)


def in_private(action: Action, label: str) -> Card:
    """Draw the public answer to a question whose answer is for one person: a button that shows it to who presses."""
    return compose_notices.notice(
        "That answer is for you alone", rich("Press the button, and only you will see it."), Button(label, action)
    )


def not_started(state: TipsState, code: str) -> Card:
    """Draw why tips stay off: the introduction was refused with `code`."""
    words = phrases.with_code(reasons.sentence(code, "press Try again"), reasons.INVITE)
    return Card(
        title="Weekly tips stay off for now",
        blocks=(
            Words(
                rich(
                    _bold(rich("Weekly tips for ", phrases.conversation(state.conversation), " stay off for now")),
                    "\n",
                    words,
                )
            ),
            Buttons((Button("Try again…", Action("tips-edit"), "primary"),)),
        ),
    )


def paused_notice(state: TipsState) -> Card:
    """Draw the direct message that tells an owner, once, that their channel's tips have stopped."""
    return Card(
        title="A weekly tip could not be posted",
        blocks=(
            Words(
                rich(
                    _bold(rich("Weekly tips for ", phrases.conversation(state.conversation), " are paused")),
                    "\n",
                    reason_words(state.reason, state.paused_by),
                )
            ),
            Note(
                rich("Type ", phrases.code("/pm-compare tips"), " in that channel to resume. You are told this once.")
            ),
        ),
    )


def doctor(state: TipsState, past: Sequence[PastTip], now: datetime) -> Card:
    """Draw how a channel's tips are doing: what comes next and when, the last results, and what can be done."""
    zone = state.zone or "UTC"
    blocks: list[Block] = [Header("How this channel's tips are doing")]
    match state.state:
        case "on" if state.next_at is not None:
            title = f"{phrases.titled(state.next_tip.title)}, " if state.next_tip else ""
            blocks.append(
                Words(
                    rich(
                        phrases.strong("Next:"),
                        f" {title}{phrases.moment_words(state.next_at, zone)}, ",
                        f"that is {phrases.utc_words(state.next_at)}",
                    )
                )
            )
        case "paused":
            blocks.append(Words(rich(phrases.strong("Paused."), " ", reason_words(state.reason, state.paused_by))))
        case "starting":
            blocks.append(Words(rich(phrases.strong("Starting."), " The introduction is being posted.")))
        case _:
            blocks.append(Words(rich(phrases.strong("Off."), " No tip is planned here.", _why_off(state.reason))))
    if past:
        blocks.append(Listing(tuple(_past(one, zone) for one in past), "The last tips"))
    else:
        blocks.append(Words(rich("No tip has been due here yet.")))
    row = [Button("Send it now", Action("tips-send", None, one.delivery_id)) for one in past if one.state == "unknown"][
        :1
    ]
    if state.state == "paused":
        row.append(Button("Resume", Action("tips-resume"), "primary"))
    row.append(Button("Settings", Action("tips")))
    if state.may_change:
        blocks.append(Buttons(tuple(row)))
    blocks.append(Note(rich(f"Now: {phrases.moment_words(now, zone)}")))
    return Card(title="How this channel's tips are doing", blocks=tuple(blocks))


def _why_off(code: str) -> str:
    return "" if code in {"", "person"} else f" My introduction was refused: {reasons.cause(code)}."


_RESULTS = {
    "planned": "is about to be posted",
    "sending": "is being posted",
    "sent": "was posted",
    "failed": "was refused",
    "skipped": "was skipped",
    "unknown": "may or may not have been posted: the answer was lost. Look above; if it is not there, send it now",
}


def _past(one: PastTip, zone: str) -> Rich:
    reason = f" ({reasons.cause(one.reason)})" if one.reason and one.state in {"failed", "skipped"} else ""
    return rich(f"{phrases.moment_words(one.at, zone)}: {phrases.titled(one.title)} {_RESULTS[one.state]}{reason}")
