"""Compose how weekly tips are doing, why one did not come, and who changed what."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from cards.compose import notices, phrases, reasons
from cards.compose.phrases import rich
from cards.compose.tips import pauses
from cards.compose.tips.pauses import Pause
from cards.compose.tips.state import TipsState, coming_words
from cards.model import Actions, Block, Button, Caption, Card, Header, Listing, TextBlock
from cards.reason import Cause
from content.inline import Inline, Rich

_TITLE = "Status of this channel's tips"
_MY_TITLE = "Status of your own tips"
_ADVICE = 3  # remedies at once; the newest trouble first


class PastTip(Struct, frozen=True):
    """One delivery of the past, for drawing: `state` as in the ledger, `reason` its code or words.

    `is_over` says of a dilemma that voting has ended, so that it is not sent any more.
    """

    at: datetime
    title: str
    state: str
    reason: str
    delivery_id: str
    is_extra: bool = False
    is_over: bool = False


class PastChange(Struct, frozen=True):
    """One line of the history, for drawing: `action` and `detail` as in the store, `title` of the tip it is about."""

    at: datetime
    person: str
    action: str
    detail: str = ""
    title: str = ""


class Mended(Struct, frozen=True):
    """How many posts here wait to be corrected, were, and could not be."""

    waiting: int = 0
    done: int = 0
    refused: int = 0


NO_CORRECTIONS = Mended()


def doctor(
    state: TipsState,
    past: Sequence[PastTip],
    now: datetime,
    mended: Mended = NO_CORRECTIONS,
    ends: Sequence[datetime] = (),
    paused: Sequence[Pause] = (),
) -> Card:
    """Draw what comes next and when, the last results, why one did not come, and what can be done about it.

    Where posts were, or are to be, corrected, `mended` says how many. `ends` is when voting on dilemmas ends here.
    `paused` are the pauses in which a tip would have come.
    """
    zone = state.zone or "UTC"
    title = _MY_TITLE if state.is_personal else _TITLE
    blocks: list[Block] = [Header(title), TextBlock(_outlook(state, zone))]
    if past:
        blocks.append(Listing(tuple(_past(state, one, zone) for one in past), "Recent tips"))
    elif not paused:
        blocks.append(TextBlock(rich("No tip has been due here yet.")))
    blocks += pauses.kept_away(paused, zone)
    blocks += _corrections(state, mended)
    blocks += _votes(ends, now, zone)
    advice = _advice(state, past)
    if advice:
        blocks.append(Listing(tuple(advice), "What you can do"))
    row = _buttons(state, past) if state.may_change else [Button("Settings", state.to("tips"))]
    blocks.append(Actions(tuple(row)))
    blocks.append(Caption(rich("Now: ", phrases.moment(now, zone))))
    return Card(title=title, blocks=tuple(blocks))


def refused_here(card: Card, code: str) -> Card:
    """Give the doctor's card where a post has just been refused with `code`: why, and what to do, before all else."""
    title, *rest = card.blocks
    words = rich(phrases.strong("I cannot post here:"), f" {reasons.cause(code)}. ", *_remedy(code))
    return replace(card, blocks=(title, TextBlock(words), *rest))


def _corrections(state: TipsState, mended: Mended) -> tuple[Block, ...]:
    """Say how many posts were mended after their content was corrected; nothing where nothing is to be said."""
    counts = {"waiting": mended.waiting, "made": mended.done, "not possible": mended.refused}
    said = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
    left = "" if state.corrections else "switched off in the settings; posts are left as they are"
    words = "; ".join(filter(None, (said, left)))
    return (TextBlock(rich(phrases.strong("Corrections of posts:"), f" {words}.")),) if words else ()


def _votes(ends: Sequence[datetime], now: datetime, zone: str) -> tuple[Block, ...]:
    """Say until when dilemmas are voted on here, and which of them should have ended; nothing without any."""
    said = [
        rich("until ", phrases.moment(end, zone))
        if end > now
        else rich("ended ", phrases.past(end, zone), ", about to be closed")
        for end in ends
    ]
    parted = (part for number, one in enumerate(said) for part in ("; " if number else " ", one))
    return (TextBlock(rich(phrases.strong("Voting here:"), *parted, ".")),) if said else ()


def _outlook(state: TipsState, zone: str) -> Rich:
    match state.state:
        case "on" if state.next_at is not None:
            title = f"{state.next_title}, " if state.next_title else ""
            left_out = [rich("\n", phrases.strong("No tip on"), " ", coming_words(one, zone)) for one in state.left_out]
            return rich(
                phrases.strong("Next:"),
                f" {title}",
                phrases.moment(state.next_at, zone),
                rich("\n", phrases.strong("When:"), f" {state.schedule}"),
                *left_out,
            )
        case "on":
            return rich(phrases.strong("Next:"), " nothing in the coming weeks. See Upcoming in the settings.")
        case "paused":
            why = state.why_paused()
            # Where a person paused them, the reason begins with the word.
            return why if state.reason == Cause.PERSON else rich(phrases.strong("Paused."), " ", why)
        case "starting":
            return rich(phrases.strong("Starting."), " The introduction is being posted; tips are on when it is there.")
        case _:
            where = "for you" if state.is_personal else "here"
            return rich(phrases.strong("Off."), f" No tip is planned {where}.", *_why_off(state))


def _why_off(state: TipsState) -> Rich:
    if state.reason in {"", Cause.PERSON}:
        return rich(" ", phrases.person(state.paused_by), " turned them off.") if state.paused_by else ()
    code = state.worded(state.reason)
    return rich(f" My introduction was refused: {reasons.cause(code)}. ", *_remedy(code))


def _remedy(code: str) -> Rich:
    remedy = reasons.remedy(code)
    return notices.advice(f"{remedy}.") if remedy else ()


def _advice(state: TipsState, past: Sequence[PastTip]) -> list[Rich]:
    """Say what to do about each trouble there still is, once, the newest first.

    What kept a tip away is over once a later one went out; what paused them is said above already.
    """
    lost = [one for one in past if one.state == "unknown" and not one.is_over]
    found = [
        rich(f"{phrases.titled(one.title)}: check whether it is there. If it is not, press Send it now.")
        for one in lost
    ]
    regular = [one for one in past if not one.is_extra]
    went = max((one.at for one in regular if one.state in {"sending", "sent", "unknown"}), default=None)
    refused = next((one for one in regular if one.state == "failed"), None)
    for one in past:
        is_standing = one.state == "skipped" or one is refused
        if not is_standing or (went is not None and went > one.at):
            continue
        is_said = state.state == "paused" and one.reason == state.reason
        if not is_said and (remedy := _remedy(state.worded(one.reason))):
            found.append(remedy)
    if state.is_skipping:
        found.insert(0, rich("Press Undo skip if the next tip should come after all."))
    return list(dict.fromkeys(found))[:_ADVICE]


def _buttons(state: TipsState, past: Sequence[PastTip]) -> list[Button]:
    """Give the buttons that do what there is to do."""
    row: list[Button] = []
    unknown = next((one for one in past if one.state == "unknown" and not one.is_over), None)
    if unknown is not None:
        send = state.to("tips-send", unknown.delivery_id)
        row.append(Button("Send it now", send, spoken="Send it now: the tip whose outcome is unknown"))
    match state.state:
        case "paused":
            row.append(Button("Resume", state.to("tips-resume"), "primary"))
            if reasons.is_about_settings(state.reason):
                row.append(Button("Edit", state.opens("settings")))
        case "on":
            if state.is_skipping:
                row.append(Button("Undo skip", state.to("tips-unskip")))
            if past and past[0].state in {"failed", "skipped"}:
                row.append(Button("Send one now", state.to("tips-now"), asks="Send an extra tip right away?"))
        case "off":
            row.append(Button("Turn on…", state.opens("settings"), "primary"))
        case _:
            pass
    return [
        *row,
        Button("Settings", state.to("tips")),
        Button("History", state.to("tips-history")),
    ]


_RESULTS = {
    "planned": "is about to be posted",
    "sending": "is being posted",
    "sent": "was posted",
    "failed": "was refused",
    "skipped": "did not come",
    "unknown": "may or may not have been posted",
}


def _past(state: TipsState, one: PastTip, zone: str) -> Rich:
    extra = ", sent by hand," if one.is_extra else ""
    said = rich(phrases.past(one.at, zone), f": {phrases.titled(one.title)}{extra} {_RESULTS[one.state]}")
    if one.state == "unknown":
        return rich(said, f": {reasons.doubt(one.reason)}")
    if one.reason and one.state in {"failed", "skipped"}:
        return rich(said, ": ", reasons.why(state.worded(one.reason)))
    return said


def history(state: TipsState, changes: Sequence[PastChange]) -> Card:
    """Draw who changed what of these tips, newest first."""
    title = "Change history"
    zone = state.zone or "UTC"
    lines = tuple(rich(phrases.brief(one.at, zone), " · ", _change(one, zone)) for one in changes)
    said: Block = Listing(lines) if lines else TextBlock(rich("Nothing yet."))
    words = rich(state.name, ". Kept for 400 days.")
    return Card(
        title=title,
        blocks=(
            Header(title),
            said,
            Actions((Button("‹ Settings", state.to("tips")),)),
            Caption(words),
        ),
    )


_DID = {
    "resumed": "resumed",
    "skipped": "skipped the next tip",
    "kept": "undid the skip",
    "off": "turned tips off",
}
_BEGUN = "introduced itself; tips are on"
_ABOUT_PEOPLE = {
    "owner": "changed the owners to",
    "claimed": "asked to take the tips over from",
    "declined": "kept the tips when asked by",
}


def _change(one: PastChange, zone: str) -> Rich:
    who: Inline | Rich = rich("PM Compare") if one.person == "bot" else phrases.person(one.person)
    if one.person == "bot" and one.action == "began":
        return rich(who, f" {_BEGUN}")
    if one.action in _ABOUT_PEOPLE:
        return rich(who, f" {_ABOUT_PEOPLE[one.action]} ", phrases.people(one.detail.split() or [""]))
    return rich(who, " ", _DID.get(one.action) or _did(one, zone))


def _did(one: PastChange, zone: str) -> str:
    """Say what somebody did that has something to add."""
    tip = phrases.titled(one.title or one.detail)
    match one.action:
        case "began" | "changed":
            did = "turned tips on" if one.action == "began" else "changed the settings"
            return f"{did}: {one.detail}" if one.detail else did
        case "paused":
            return f"paused until {_moment(one.detail, zone)}" if one.detail else "paused"
        case "swapped":
            return f"chose {tip} to come next" if one.detail else "put the next tip back in order"
        case "sent-now":
            return f"sent {tip} right away"
        case "quiet":
            days = [phrases.date_words(part) for part in one.detail.split() if part[0].isdigit()]
            country = one.title or next((part for part in one.detail.split() if not part[0].isdigit()), "")
            days += [f"public holidays in {country}"] if country else []
            return f"set the quiet dates: {', '.join(days)}" if days else "removed the quiet dates"
        case "stopped":
            return f"stopped tips: {reasons.cause(one.detail)}"
        case _:
            return f"{one.action} {one.detail}".strip()


def _moment(iso: str, zone: str) -> str:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return phrases.day(moment, zone)
