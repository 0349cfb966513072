"""Compose the settings card of weekly tips, and what is needed of them less often."""

from collections.abc import Sequence

from msgspec.structs import replace

from cards.compose import phrases
from cards.compose.phrases import rich
from cards.compose.tips.state import TipsState, bold, coming_words
from cards.model import ME, Action, Actions, Block, Button, Caption, Card, Listing, TextBlock
from content.inline import Command, Rich

ALONE = "Tips just for me…"
_DATES = {"quiet", "holidays"}  # words after `tips` that ask for the form of quiet dates
_DATES_SHOWN = 5  # on the settings card; the form has them all


def settings(state: TipsState, undone: str = "") -> Card:
    """Draw the settings, with the buttons that change them; only the person who asked sees it.

    `undone` is the word after `tips` that was not obeyed, since more followed than is read: the card says so first.
    """
    here = ""
    if state.may_change and state.state in {"on", "paused"}:
        is_pause = undone == "pause" and state.state == "on"
        here = " “Pause…” takes a date." if is_pause else " The buttons here do the rest."
    return _saying(_in_state(state), state, undone, here)


def _saying(card: Card, state: TipsState, undone: str, here: str) -> Card:
    """Say first that a word was not obeyed, and what of the card does the rest; '' for none."""
    if not undone:
        return card
    known = Command(f"tips me {undone}") if state.is_personal else phrases.there(f"tips {undone}")
    words = rich("Nothing was changed: I know ", known, f", and no words after it.{here}")
    return replace(card, blocks=(TextBlock(words), *card.blocks))


def _in_state(state: TipsState) -> Card:
    match state.state:
        case "on":
            buttons: tuple[Button, ...] = (Button("Edit", state.opens("settings"), "primary"), skip_or_keep(state))
            others = (Button("Upcoming", state.to("tips-upcoming")), Button("Pause…", state.opens("pause")))
            return _settings("are on", _facts(state), state, buttons, others)
        case "paused":
            when, *rest = _facts(state)
            facts = (when, state.why_paused(), *rest)
            buttons = (
                Button("Resume", state.to("tips-resume"), "primary"),
                Button("Edit", state.opens("settings")),
            )
            return _settings("are paused", facts, state, buttons)
        case "starting":
            where = "to you here" if state.is_personal else "in the channel"
            facts = (
                rich(state.schedule),
                rich(f"I am introducing myself {where}. When that is posted, tips are on."),
            )
            return _settings("are about to start", facts, state, ())
        case _:
            return _off(state)


def skip_or_keep(state: TipsState) -> Button:
    """Draw the button that skips the next tip, or takes that back."""
    if state.is_skipping:
        return Button("Undo skip", state.to("tips-unskip"), spoken="Undo skip: the next tip comes after all")
    return Button("Skip next", state.to("tips-skip"))


def turn_off(state: TipsState, label: str = "Turn off") -> Button:
    """Draw the button that ends them, which asks first, and says whose they are."""
    there = "that channel" if state.is_elsewhere else "this channel"
    asks = "Turn off your own tips?" if state.is_personal else f"Turn off the tips of {there}, for everybody?"
    return Button(label, state.to("tips-off"), "danger", asks=f"{asks} I remember which ones came.")


def _off(state: TipsState) -> Card:
    body = (
        "Once a week, at an hour you choose, I send you one short tip with something to try, by direct message. Nobody "
        "else sees it, and nobody else can change it."
        if state.is_personal
        else "Once a week, at an hour you choose, I post one short tip with something to try, and more detail for "
        "whoever reacts. I introduce myself in the channel first, and anyone can see who turned it on."
    )
    if state.is_elsewhere:
        words = rich("No tips come there now. To turn them on again, type ", state.command, " there.")
        blocks = (TextBlock(state.heading("are off")), TextBlock(words), Actions(home_buttons(state)))
        return Card(title=f"{state.title} are off", blocks=blocks)
    turn_on = () if state.is_outside else (Button("Turn on…", state.opens("settings"), "primary"),)
    row = (*turn_on, Button("Preview", state.to("tips-preview")), *alone_buttons(state))
    who = (Caption(rich("Members of this workspace can turn them on.")),) if state.is_outside else ()
    return Card(
        title=f"{state.title} are off",
        blocks=(TextBlock(state.heading("are off")), TextBlock(rich(body)), Actions(row), *who),
    )


def _settings(
    how: str, facts: Sequence[Rich], state: TipsState, buttons: tuple[Button, ...], others: tuple[Button, ...] = ()
) -> Card:
    blocks: list[Block] = [TextBlock(state.heading(how)), TextBlock(_lines(facts))]
    blocks += _claim(state)
    if state.may_change:
        if buttons:
            blocks.append(Actions((*buttons, *home_buttons(state))))
            alone = () if state.is_elsewhere else alone_buttons(state)
            blocks.append(Actions((*others, Button("More…", state.to("tips-more")), *alone), is_quiet=True))
    else:
        preview = Button("Upcoming", state.to("tips-upcoming"))
        history = Button("History", state.to("tips-history"))
        take_over = () if state.is_outside else _take_over(state)
        blocks.append(Actions((preview, history, *take_over, *alone_buttons(state))))
    if not state.is_personal:
        blocks.append(Caption(_who(state)))
    return Card(title=f"{state.title} {how}", blocks=tuple(blocks))


def alone_buttons(state: TipsState) -> tuple[Button, ...]:
    """Draw the button that leads from a channel's tips to a person's own."""
    return () if state.is_personal else (Button(ALONE, Action("tips", place=ME)),)


def home_buttons(state: TipsState) -> tuple[Button, ...]:
    """Draw the way back for who looks at tips from elsewhere."""
    return (Button("‹ Home", Action("home")),) if state.is_elsewhere else ()


def _lines(lines: Sequence[Rich]) -> Rich:
    return tuple(inline for index, line in enumerate(lines) for inline in rich("\n" if index else "", line))


def _facts(state: TipsState) -> tuple[Rich, ...]:
    """Say when, what next, which topics and which days are quiet: a line each, each with its name."""
    facts = [rich(phrases.strong("When:"), " ", state.schedule)]
    if state.next_at is not None:
        title = f", {state.next_title}" if state.next_title else ""
        chosen = ", swapped in" if state.is_chosen else ""
        when = phrases.moment(state.next_at, state.zone)
        facts.append(rich(phrases.strong("Next:"), " ", when, f"{title}{chosen}"))
    elif state.state == "paused" and state.next_tip is not None:
        then = f" {phrases.titled(state.next_tip.title)}, once they go on"
        facts.append(rich(phrases.strong("Next:"), then))
    facts += [rich(phrases.strong("No tip on"), " ", coming_words(one, state.zone)) for one in state.left_out]
    facts.append(rich(phrases.strong("Topics:"), f" {', '.join(state.topics) or 'all'}"))
    quiet = quiet_words(state)
    if quiet:
        facts.append(rich(phrases.strong("Quiet days:"), f" {quiet}"))
    return tuple(facts)


def quiet_words(state: TipsState) -> str:
    """Say on which days no tip comes; empty where there are none."""
    shown = [phrases.date_words(date) for date in state.quiet_dates[:_DATES_SHOWN]]
    more = len(state.quiet_dates) - len(shown)
    shown += [f"{more} more dates" if more > 1 else "one more date"] if more else []
    shown += [f"public holidays in {state.quiet_name or state.quiet_country}"] if state.quiet_country else []
    return ", ".join(shown)


def _who(state: TipsState) -> Rich:
    may = {
        "anyone": "members here can change them" if state.is_outside else "anyone here can change them",
        "admins": "workspace admins can change them too",
    }.get(state.changed_by, "only the owners can change them" if state.co_owners else "only they can change them")
    shared = rich(", shared with ", phrases.people(state.co_owners)) if state.co_owners else ()
    return rich("Set up by ", phrases.person(state.owner), shared, f" · {may}")


def _claim(state: TipsState) -> tuple[Block, ...]:
    """Say who asked to take these tips over, to whom it concerns."""
    if not state.claimed_by or state.claimed_until is None or state.is_personal:
        return ()
    until = phrases.moment(state.claimed_until, state.zone)
    if state.is_owner:
        words = rich(phrases.person(state.claimed_by), " asked to take these tips over, and may from ", until, ".")
        return (TextBlock(words), Actions((Button("Keep them", state.to("tips-decline-claim"), "primary"),)))
    if state.viewer == state.claimed_by:
        asked = rich("You asked ", phrases.person(state.owner), " for these tips. Without an answer, press Take over… ")
        return (TextBlock(rich(asked, "again from ", until, " on.")),)
    return ()


def _take_over(state: TipsState) -> tuple[Button, ...]:
    return (Button("Take over…", state.to("tips-claim")),)


def more(state: TipsState, undone: str = "") -> Card:
    """Draw what is needed less often, each with what it does and how it stands; `undone` as for `settings`."""
    day = phrases.WEEKDAYS[state.weekday]
    also = f"; {day}'s still comes" if state.state == "on" else "; tips stay paused"
    items = [
        rich(phrases.strong("Send one now:"), f" an extra tip right away{also}"),
        rich(phrases.strong("Quiet dates:"), f" {quiet_words(state) or 'none yet'}"),
    ]
    row = [
        Button("Send one now", state.to("tips-now"), asks=_asks_now(state)),
        Button("Quiet dates…", state.opens("quiet")),
    ]
    if not state.is_personal:
        shared = rich(" and ", phrases.people(state.co_owners)) if state.co_owners else ()
        items.append(rich(phrases.strong("Owners:"), " ", phrases.person(state.owner), shared))
        row.append(Button("Owners…", state.opens("owners")))
        if not state.is_owner:
            row += _take_over(state)
    keeps_record = not state.is_personal and (state.is_owner or state.changed_by == "anyone")
    if keeps_record:
        items.append(rich(phrases.strong("Record:"), " what was taught here, to print or file"))
    rows = (
        Actions(tuple(row)),
        Actions(
            (
                Button("History", state.to("tips-history")),
                Button("Status", state.to("tips-doctor")),
                *((Button("Record", state.to("record")),) if keeps_record else ()),
                turn_off(state),
                Button("‹ Settings", state.to("tips")),
            )
        ),
    )
    heading = bold(rich("More about ", *_lower(state.name)))
    card = Card(
        title=f"More about {state.title[:1].lower()}{state.title[1:]}",
        blocks=(TextBlock(heading), Listing(tuple(items)), *rows),
    )
    here = " “Quiet dates…” takes them." if undone in _DATES else " The buttons here do the rest."
    return _saying(card, state, undone, here)


def _lower(words: Rich) -> Rich:
    first, *rest = words
    plain = getattr(first, "words", "")
    return rich(plain[:1].lower() + plain[1:], *rest) if plain else words


def _asks_now(state: TipsState) -> str:
    return "It comes to you right away. Send it?" if state.is_personal else "Everyone in the channel sees it. Post it?"
