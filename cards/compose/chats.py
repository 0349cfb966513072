"""Compose what is said only where a chat has no private answers: what happens next, and who there is to share with."""

from msgspec.structs import replace

from cards.compose import notices, parts, phrases
from cards.compose.phrases import rich
from cards.forms import Form
from cards.model import ME, Action, Actions, Block, Button, Caption, Card, Listing, TextBlock, Verb
from content.inline import Command, Inline, Rich, changed
from content.library import Library
from content.model import Dimension, Tip

_OF_MANY: frozenset[Verb] = frozenset({"share"})  # what needs somebody else in the conversation
IN_OUR_CHAT = "It will be in our chat in a moment."
# What an installation asks for by itself, in the words of a question: they stand in the ledger.
HELLO, HELLO_ALL = "welcome", "welcome all"
THUMBS_IN_THE_CARD = "Press Useful or Not useful at the end of the card itself: from there it reaches the writers."


def welcome(library: Library, *, is_group: bool) -> Card:
    """Draw the first card of a chat: what this is, what to type, and three ways on; `is_group` is a chat of several."""
    name = library.deck.tip_name
    first = library.dimensions[-1]
    what = rich("I show how an AI PM's job differs from a traditional PM's, one short card at a time.")
    if is_group:
        ask = rich("Ask with ", Command(first.id), ": the answer is for everybody here. I read nothing else.")
        tips = Button(f"A weekly {name}", Action("tips"))
        offer = rich(f"A weekly {name} can come to this chat too; the button shows how.")
    else:
        ask = rich("Type a topic or a question: ", phrases.emphasis(first.id), ", or ", phrases.emphasis("list"), ".")
        tips = Button(f"A weekly {name}", Action("tips", place=ME))
        offer = rich(f"A weekly {name} can come to you here, at the hour that you choose.")
    card = Button(f"Show me {first.short}", Action("show", parts.subject_of(first)), "primary")
    return Card(
        "Welcome to PM Compare",
        (
            TextBlock(what),
            TextBlock(ask),
            TextBlock(offer),
            Actions((card, tips, Button("All commands", Action("help")))),
        ),
    )


def for_one(card: Card) -> Card:
    """Give a card as it stands in a person's own chat with the bot: a plain word asks there, and nobody shares."""
    return replace(card, blocks=tuple(fitted for block in card.blocks if (fitted := _for_one(block)) is not None))


def form_for_one(form: Form) -> Form:
    """Give a form that is opened in a person's own chat with the bot: a plain word asks there."""
    return replace(form, notes=tuple(changed(note, _typed_plainly) for note in form.notes))


def unshared(card: Card) -> Card:
    """Give a card as it stands where nobody else is: nothing on it shares."""
    return replace(card, blocks=tuple(fitted for block in card.blocks if (fitted := _unshared(block)) is not None))


def _unshared(block: Block) -> Block | None:
    """Give a block for there; None where nothing of it is left."""
    if not isinstance(block, Actions):
        return block
    left = tuple(item for item in block.items if not (isinstance(item, Button) and item.action.verb in _OF_MANY))
    return replace(block, items=left) if left else None


def _for_one(block: Block) -> Block | None:
    """Give a block for that chat; None where nothing of it is left."""
    match block:
        case TextBlock(text) | Caption(text):
            return replace(block, text=changed(text, _typed_plainly))
        case Listing(items):
            return replace(block, items=tuple(changed(item, _typed_plainly) for item in items))
        case _:
            return _unshared(block)


def _typed_plainly(part: Inline) -> Rich:
    match part:
        case Command(words, is_elsewhere=False):
            return (phrases.strong(words or "list"),)
        case _:
            return (part,)


def nobody_to_share_with(content: Dimension | Tip) -> Card:
    """Draw the answer to sharing where nobody else is: share it in a channel."""
    words = (
        rich("Mention me in a channel or a group chat instead: ", phrases.there(f"{content.id} share"), ".")
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
    return notices.notice("On its way", rich("Everyone here will see the card in a moment."))


def on_its_way() -> Card:
    """Draw the answer to a level that was asked for in a chat without threads."""
    return notices.notice("On its way", rich("It appears below, as a reply, in a moment."))


def already_posted() -> Card:
    """Draw the answer to a level that stands in a chat without threads already."""
    return notices.notice("That is already here", rich("It is further down, as a reply."))


def slowed() -> Card:
    """Draw the answer where the platform takes nothing more for the moment."""
    return notices.notice("That is too much at once", rich("Nothing was posted. Press again in a minute."))
