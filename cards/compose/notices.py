"""Compose short answers: what happened and what to do next, and what the bot sees and keeps."""

from collections.abc import Sequence

from cards.compose import phrases, reasons
from cards.compose.phrases import rich
from cards.model import Action, Actions, Block, Button, Caption, Card, Header, Listing, TextBlock
from content.inline import Command, Invitation, Rich


def privacy(about: Sequence[Block] = ()) -> Card:
    """Draw what the bot can see and what it keeps; before it what is held `about` who asks, or the way to that."""
    return Card(
        title="What PM Compare sees and keeps",
        blocks=(
            *about,
            Header("What PM Compare sees and keeps"),
            Listing(
                label="It sees",
                items=(
                    rich("what you type after ", Command(is_elsewhere=True), " or when you mention it"),
                    rich("clicks on its own buttons and forms"),
                    rich("which emoji is put on a message in a channel it is in; it acts on its own messages only"),
                ),
            ),
            Listing(
                label="It keeps",
                items=(
                    rich(
                        "each channel's tip settings, and yours if you get tips of your own, with the ids of who set "
                        "them up, shares them, asked to take them over, paused them or skipped one"
                    ),
                    rich("who changed which of those settings, and when, for 400 days"),
                    rich("where and when it posted, so that each tip comes once and a reaction finds its thread"),
                    rich("that it sent you a tip you saved, for 400 days"),
                    rich(
                        "what you tell the writers about a text, without your name; your id only if you want an "
                        "answer, until you have it, at most 400 days"
                    ),
                    rich(
                        "if you turned on your own gap with ",
                        Command("me"),
                        ": what you opened, tried and recalled, until you press Forget me",
                    ),
                    rich(
                        "how you voted on a dilemma, until voting ends; the plans you want to be reminded of, until "
                        "they are done or dropped, at most 30 days after their day"
                    ),
                    rich("how often something was opened, answered or found useful in a channel, not by whom"),
                    rich("on Teams, the ids of the chats and channels it is in, and the names of channels and groups"),
                    rich(
                        "who asked for a post, and the words of a mention, or on Teams of a question in our own chat, "
                        "until it is posted; where nobody knows whether it was, the words for a day and who asked for "
                        "a week"
                    ),
                ),
            ),
            TextBlock(
                rich(
                    "It has no permission to read messages, asks for none, and no language model is involved: every "
                    "answer is a reviewed text with its sources. What else you type is matched in memory and not kept. "
                    "Removing the app deletes what is held."
                )
            ),
            *(() if about else (Actions((Button("What is held about me", Action("privacy")),)),)),
        ),
    )


def notice(title: str, words: Rich, *actions: Button, heading: Rich = (), caption: Rich = ()) -> Card:
    """Draw a short answer: what happened and what to do next; `heading` stands in place of the title."""
    return Card(
        title=title,
        blocks=(
            TextBlock(rich(heading or phrases.strong(title), "\n", words)),
            *((Actions(actions),) if actions else ()),
            *((Caption(caption),) if caption else ()),
        ),
    )


def advice(words: str) -> Rich:
    """Give what to do about a refusal; the invitation in it is what people type on their platform."""
    before, invitation, after = words.partition(reasons.INVITE)
    return rich(before, Invitation() if invitation else "", after)


def already_posted(link: str) -> Card:
    """Draw the answer to a level that stands in the thread already; `link` opens it, or is empty."""
    where = rich(phrases.link(link, "Read it in the thread"), ".") if link else rich("It is in this post's thread.")
    return notice("That is already in the thread", where)


def already_shared() -> Card:
    """Draw the answer to sharing the same card from the same place again."""
    return notice("You already shared this card here", rich("To share it again, ask for the card again."))


def keeping() -> Card:
    """Draw the answer to keeping a tip."""
    return notice("On its way to you", rich("It will be in our chat in a moment. Only you see it."))


def already_kept() -> Card:
    """Draw the answer to keeping the same tip again."""
    return notice("You already saved this tip", rich("It was sent to you in our chat."))


def not_confirmed() -> Card:
    """Draw the answer where nobody knows whether something was posted."""
    return notice(
        "I do not know whether that was posted",
        rich("The answer was lost on its way back. Check whether it is there before you ask again."),
    )


def on_its_way() -> Card:
    """Draw the answer to a second click while the first is being answered."""
    return notice("On its way", rich("It appears in this post's thread in a moment."))


def could_not_reply(code: str) -> Card:
    """Draw why a level did not appear in the thread; `code` is the platform's own."""
    why, what = reasons.cause(code), reasons.remedy(code)
    words = advice(f"{why[:1].upper()}{why[1:]}. {f'{what}. ' if what else ''}")
    return notice(
        "I could not answer in the thread",
        rich(words, Command(), " shows you the same privately."),
    )


# What people of a workspace see where more is asked from it than is answered at once.
TOO_MANY = (
    "A great many requests from your organization came at once, and this one was not answered. Nothing was changed. "
    "Please try again in a minute."
)


def apology_words(reference: str) -> str:
    """Say that a fault of ours kept an answer from coming; `reference` finds it in the log."""
    return (
        "That did not work, and the fault is ours. Please try again. If it happens again, tell whoever runs this bot "
        f"the reference {reference}."
    )
