"""Compose what people are told about steering weekly tips: refusals, what became of it, and what owners hear."""

from datetime import datetime

from msgspec.structs import replace

from cards.compose import notices, phrases, reasons
from cards.compose.phrases import rich
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.state import TipsState
from cards.model import Action, Actions, Button, Card, FormName, Subject, TextBlock
from cards.reason import Cause
from content.inline import Conversation

NOT_YOURS = "Only the person who set this up can change it."
ADMINS_ONLY = "Only the person who set this up, and workspace admins, can change it."
FORM_OUT_OF_DATE = "This form is out of date. Close it and open it again."
NO_ADMINS = "I am not allowed to see who is an admin here. Choose another."
MEMBERS_ONLY = "Only members of this workspace can own weekly tips: no guests, no bots, nobody from outside."
NOT_SEEN = "I could not find out in time who can own them. Nothing was changed; try again."
NOT_A_MEMBER = "Only members of this workspace can change weekly tips: no guests, nobody from outside."
NOT_SEEN_TO_CHANGE = "I could not find out in time whether you can change them. Nothing was changed; try again."
NOT_FOR_ONE = "These tips come to you alone. Turn tips on in a channel to share them."


def not_yours(state: TipsState) -> Card:
    """Draw the answer to somebody who may not change these tips."""
    title = ADMINS_ONLY if state.changed_by == "admins" else NOT_YOURS
    ask = rich("Ask ", phrases.person(state.owner), ", look at the next tips, or ask to take over if they have left:")
    return notices.notice(
        title,
        ask,
        Button("Upcoming", state.to("tips-upcoming")),
        Button("Take over…", state.to("tips-claim")),
    )


def not_a_member(state: TipsState) -> Card:
    """Draw the answer to a guest, or somebody from outside, who may look at tips and not change them."""
    owners = [one for one in (state.owner, *state.co_owners) if one] if state.state != "off" else []
    somebody = (
        rich(phrases.people(owners), ", or somebody else who works here,") if owners else "somebody who works here"
    )
    what = "to turn them on" if state.state == "off" else "to change them"
    preview, upcoming = Button("Preview", state.to("tips-preview")), Button("Upcoming", state.to("tips-upcoming"))
    words = rich("Ask ", somebody, f" {what}. You can look at what comes:")
    return notices.notice(NOT_A_MEMBER, words, preview if state.state == "off" else upcoming)


def not_seen(state: TipsState) -> Card:
    """Draw the answer where nobody could say in time whether somebody is a member."""
    return notices.notice(
        "I could not find out in time whether you can change them",
        rich("Nothing was changed. Try again in a moment."),
        Button("Settings", state.to("tips")),
    )


def not_yours_there() -> Card:
    """Draw the answer to somebody who asks from elsewhere for tips that are not theirs, or no longer: names nothing."""
    words = rich(
        "From here only their owners can see and change them. Type ",
        phrases.there("tips"),
        " where they are posted.",
    )
    return notices.notice("Those weekly tips are not yours to change here", words, Button("‹ Home", Action("home")))


def not_owning(state: TipsState, why: str) -> Card:
    """Draw the answer to somebody who asks to take tips over, and cannot be given them; `why` says why."""
    ask = rich("Ask ", phrases.person(state.owner), ", or somebody else who works here, to change them.")
    return notices.notice(why, ask, Button("Settings", state.to("tips")))


def stopping(state: TipsState, own: TipsState | None = None) -> Card:
    """Draw the answer to somebody who wants to be sent nothing more: the settings, with the way to stop them first.

    `own` are the tips of that person alone, where they asked among others: where both come, theirs go first.
    """
    if own is not None and own.state != "off":
        return _stopping_both(state, own) if state.state != "off" else stopping(own)
    if state.state == "off":
        where = "to you" if state.is_personal else "here, nor to you alone" if own else "here"
        words = rich(f"Nothing is sent {where}. Where tips are sent, type ", phrases.there("stop"), " there.")
        whose = "Your own weekly tips" if state.is_personal else "Weekly tips here"
        settings = Button("Settings", state.to("tips"))
        return notices.notice(f"{whose} are already off", words, settings, *tips_settings.alone_buttons(state))
    card = tips_settings.settings(state)
    if not state.may_change:
        return card  # it says who may, and has the way to ask for it
    heading, *rest = card.blocks
    return replace(card, blocks=(heading, Actions((tips_settings.turn_off(state),)), *rest))


def _stopping_both(state: TipsState, own: TipsState) -> Card:
    """Draw what stops a person's own tips, and below it what stops the channel's, if they may."""
    words = {"paused": "are paused", "starting": "are about to start"}
    how, their = (words.get(each.state, "are on") for each in (state, own))
    settings = Button("Settings", own.to("tips"), spoken="Settings: your own tips")
    rest = [Button("Settings", state.to("tips"))]
    if state.may_change:
        rest = [tips_settings.turn_off(state, "Turn off for everybody"), *rest]
    return Card(
        title=f"{own.title} {their}; this channel's {how}",
        blocks=(
            TextBlock(own.heading(their)),
            TextBlock(rich("They come to you alone.")),
            Actions((tips_settings.turn_off(own), settings)),
            TextBlock(state.heading(how)),
            TextBlock(rich("They come to everybody in this channel.")),
            Actions(tuple(rest)),
        ),
    )


def form_not_opened(form: FormName = "settings", place: str = "") -> Card:
    """Draw the answer where a form did not open in time."""
    words = rich("It took too long. Nothing was changed; press again.")
    again = Button("Try again…", Action("tips-edit", None, form, place), "primary")
    return notices.notice("The form did not open", words, again)


def not_shared(code: str, subject: Subject) -> Card:
    """Draw why a card could not be shared in a channel, and what to do about it."""
    if code == Cause.AMONG_PEOPLE:  # pressing again would change nothing here
        why = reasons.cause(code)
        how = (
            rich("Type ", phrases.there(f"{subject.id} share"), " in a channel that I am in.")
            if subject.kind == "dimension"
            else rich("Ask for it in a channel that I am in, and share it there.")
        )
        words = rich(f"{why[:1].upper()}{why[1:]}. ", how)
        return notices.notice("Sharing is not possible here", words)
    words = notices.advice(reasons.sentence(code, "press Share again"))
    again = Button("Share", Action("share", subject), "primary")
    return notices.notice("I could not share that here", words, again)


def not_kept(code: str, subject: Subject) -> Card:
    """Draw why a tip could not be sent to who wants to keep it, and what to do about it."""
    words = notices.advice(reasons.sentence(reasons.in_private(code), "press Save for later again"))
    again = Button("Save for later", Action("keep", subject), "primary")
    return notices.notice("I could not send it to you", words, again)


def in_private(action: Action, label: str) -> Card:
    """Draw the public answer to a question whose answer is for one person: a button that shows it to who presses."""
    return notices.notice(
        "That answer is just for you", rich("Press the button, and only you will see it."), Button(label, action)
    )


def to_stop() -> Card:
    """Draw the public answer to somebody who wants to be sent nothing more: who presses sees how."""
    return in_private(Action("tips-stop"), "Stop tips…")


def not_started(state: TipsState, code: str) -> Card:
    """Draw why tips stay off: the introduction was refused with `code`."""
    how = "stay off for now"
    return notices.notice(
        f"{state.title} {how}",
        notices.advice(reasons.sentence(state.worded(code), "press Try again")),
        Button("Try again…", state.opens("settings"), "primary"),
        heading=state.heading(how),
    )


def paused_notice(state: TipsState) -> Card:
    """Draw the direct message that tells an owner, once, that their tips have stopped."""
    here = " here" if state.is_personal else " in that channel"
    return notices.notice(
        "A weekly tip could not be posted",
        state.why_paused(),
        heading=state.heading("are paused"),
        caption=rich("Type ", state.command, f"{here} to resume. You are told this once."),
    )


def claim_notice(conversation: str, by: str) -> Card:
    """Draw the direct message that asks an owner whether somebody else may take their channel's tips over."""
    words = rich(
        phrases.person(by),
        " asks to take over the weekly tips for ",
        Conversation(conversation),
        ", which you set up. If you do not answer, they can after 72 hours.",
    )
    return notices.notice(
        "Somebody asked to take over your weekly tips",
        words,
        Button("Keep them", Action("tips-decline-claim", place=conversation), "primary"),
        caption=rich("Tips go on as they are meanwhile. To let them take over, do nothing."),
    )


def claimed(state: TipsState, until: datetime) -> Card:
    """Draw the answer to somebody who asked to take tips over: the owner is asked first."""
    words = rich(
        phrases.person(state.owner),
        " has a direct message now, and 72 hours to keep them. Without an answer, press Take over… again from ",
        phrases.moment(until, state.zone),
        " on, and they are yours.",
    )
    return notices.notice("I asked the owner", words, Button("Settings", state.to("tips")))


def claimed_already(state: TipsState) -> Card:
    """Draw the answer to somebody who asks while another one's request stands."""
    words = rich(phrases.person(state.claimed_by), " has already asked for them. Ask them, or the owner.")
    return notices.notice("Somebody asked before you", words, Button("Settings", state.to("tips")))


def kept(conversation: str) -> Card:
    """Draw the answer to an owner who keeps their tips."""
    words = rich("The weekly tips for ", Conversation(conversation), " stay yours.")
    return notices.notice("You keep them", words)


def not_claimed(state: TipsState) -> Card:
    """Draw the answer to who keeps tips that nobody asks for (any more): whose they are, as far as it is theirs."""
    if not state.is_owner or state.state == "off":
        words = rich(
            "Somebody else owns them, or they were turned off. Type ",
            phrases.there("tips"),
            " there to see.",
        )
        return notices.notice("Those weekly tips are not yours", words)
    words = rich("The weekly tips for ", Conversation(state.conversation), " are yours, and nobody asks for them now.")
    return notices.notice("They are yours already", words)


def sent_now(state: TipsState, title: str) -> Card:
    """Draw the answer to somebody who sent an extra tip; an empty `title` where there is none to send."""
    if not title:
        return notices.notice("There are no tips yet", rich("The content has no weekly tip left to send."))
    where = rich("to you") if state.is_personal else rich("to ", Conversation(state.conversation))
    words = rich(f"{phrases.titled(title)} goes ", where, " now. The weekly one stays as it is.")
    return notices.notice("On its way", words, Button("‹ Settings", state.to("tips")))


def not_on(state: TipsState) -> Card:
    """Draw the answer to a change that needs tips to be on."""
    return notices.notice(
        "There is nothing to change yet",
        rich(state.name, f" are {'off' if state.state == 'off' else 'not on yet'}."),
        Button("Settings", state.to("tips")),
    )


def alone(words: str) -> Card:
    """Draw the answer to what cannot be done with one person's own tips."""
    return notices.notice("That is for channels", rich(words))
