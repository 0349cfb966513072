"""Compose what is said only where a chat has no private answers: what happens next, and who there is to share with."""

from cards.compose import notices, parts
from cards.compose.phrases import rich
from cards.model import Action, Button, Card
from content.inline import Command
from content.model import Dimension, Tip

SAVED = "Saved. The settings here show how the tips stand now."
IN_OUR_CHAT = "You find it in our own chat, in a moment."
INTRODUCING = "I introduce myself first. When that is posted, tips are on, and the settings here say so."
THUMBS_IN_THE_CARD = "Press Useful or Not useful at the end of the card itself: from there it reaches the writers."


def nobody_to_share_with(content: Dimension | Tip) -> Card:
    """Draw the answer to sharing where nobody else is: share it in a channel."""
    words = (
        rich("Mention me in a channel or a group chat instead: ", Command(f"{content.id} share"), ".")
        if isinstance(content, Dimension)
        else rich("Ask me for it in a channel or a group chat instead, and share it from there.")
    )
    return notices.notice(
        "There is nobody here to share it with",
        rich(words, " I have to be added there first."),
        Button("‹ Back to the card", Action("show", parts.subject_of(content))),
    )


def sharing() -> Card:
    """Draw the answer to sharing: everybody here sees it in a moment."""
    return notices.notice("On its way", rich("Everybody here sees the card in a moment."))


def on_its_way() -> Card:
    """Draw the answer to a level that was asked for in a chat without threads."""
    return notices.notice("On its way", rich("It appears below, as a reply, in a moment."))


def already_posted() -> Card:
    """Draw the answer to a level that stands in a chat without threads already."""
    return notices.notice("That is already here", rich("You find it further down, as a reply."))


def slowed() -> Card:
    """Draw the answer where the platform takes nothing more for the moment."""
    return notices.notice("That is too much at once here", rich("Nothing was posted. Press again in a minute."))
