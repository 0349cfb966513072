"""Draw a card as plain words, for screen readers, notifications and terminals without colour."""

from collections.abc import Iterable
from typing import assert_never

from cards import model
from cards.model import Block, Card
from content.inline import Code, Command, Conversation, Emphasis, Invitation, Link, Moment, Person, Rich, Strong, Text

COMMAND, INVITATION = "/pm-compare", "/invite @PM Compare"


def message(card: Card, *, buttons: bool = True) -> str:
    """Draw the whole card, a blank line between its paragraphs; `buttons` says whether to name what can be pressed."""
    return "\n\n".join(plain(paragraph).strip() for paragraph in paragraphs(card, buttons=buttons))


def paragraphs(card: Card, *, buttons: bool = True) -> tuple[Rich, ...]:
    """Give the card's words in the order they are read aloud, its title first and once; blank ones are left out."""
    drawn = [(block, part) for block in card.blocks for part in _block(block, buttons=buttons) if plain(part).strip()]
    if drawn and plain(drawn[0][1]).startswith(card.title):
        return tuple(part for _, part in drawn)
    # A tip's title already says its heading: `AI PM tip: Give every answer a way out`.
    said = (part for block, part in drawn if not (isinstance(block, model.Header) and block.words in card.title))
    return ((Text(card.title),), *said) if card.title.strip() else tuple(said)


def plain(text: Rich) -> str:
    """Give a text's words alone; a link is followed by its address, a person or conversation is named by id."""
    return "".join(_inline(text))


def typed(what: Command | Invitation) -> str:
    """Give what is typed on a platform with slash commands."""
    return INVITATION if isinstance(what, Invitation) else f"{COMMAND} {what.words}".rstrip()


def _inline(text: Rich) -> list[str]:
    words: list[str] = []
    for inline in text:
        if type(inline) is Text:  # most are; a pattern takes three times as long to tell
            words.append(inline.words)
            continue
        match inline:
            case Text(said) | Code(said) | Moment(words=said):
                words.append(said)
            case Command() | Invitation():
                words.append(typed(inline))
            case Strong(children) | Emphasis(children):
                words.extend(_inline(children))
            case Link(url, children):
                label = plain(children)
                words.append(url if label.strip() in {"", url} else f"{label} ({url})")
            case Person(id_):
                words.append(f"@{id_}")
            case Conversation(id_):
                words.append(f"#{id_}")
            case _:
                assert_never(inline)
    return words


def _block(block: Block, *, buttons: bool) -> tuple[Rich, ...]:
    match block:
        case model.Header(words):
            return ((Text(words),),)
        case model.TextBlock(text, button):
            return (text, _buttons(model.Actions((button,)))) if button and buttons else (text,)
        case model.Caption(text) | model.Callout(text):
            return (text,)
        case model.Columns(left, right):
            return (_side(left), _side(right))
        case model.Listing():
            return (listing(block),)
        case model.Chart(words=model.Listing() as words):
            return (listing(words),)
        case model.Divider() | model.Feedback() | model.Chart():
            return ()
        case model.Actions():
            return (_buttons(block),) if buttons else ()
        case model.Fold(title, inside):
            return ((Text(_labelled(title)),), *(part for each in inside for part in _block(each, buttons=buttons)))
        case _:
            assert_never(block)


def _side(side: model.Side) -> Rich:
    return (Text(_labelled(side.title)), Text(" "), *side.text)


def listing(block: model.Listing, label: Rich | None = None) -> Rich:
    """Give a listing as one text of lines, blank items left out; `label` replaces its first line where it is drawn."""
    first: Rich = (Text(_labelled(block.label)),) if label is None else label
    lines = [first] if block.label.strip() else []
    items = [item for item in block.items if plain(item).strip()]
    lines.extend((Text(f"{number}. " if block.ordered else "• "), *item) for number, item in enumerate(items, 1))
    return joined(lines)


def joined(lines: Iterable[Rich]) -> Rich:
    """Put texts on lines of their own, as one text."""
    return tuple(inline for number, line in enumerate(lines) for inline in ((Text("\n"), *line) if number else line))


def _labelled(words: str) -> str:
    return words if not words.strip() or words.rstrip().endswith((":", ".", "?", "!")) else f"{words.rstrip()}:"


def _buttons(block: model.Actions) -> Rich:
    """Name what can be pressed, as a screen reader would say it."""
    named: list[Rich] = []
    for item in block.items:
        match item:
            case model.Button(label, _, _, spoken, _):
                named.append((Text(spoken or label),))
            case model.LinkButton(label, url):
                named.append((Link(url, (Text(label),)),))
            case model.Select(label, options):
                named.append((Text(f"{label} ({', '.join(option for option, _ in options)})"),))
            case _:
                assert_never(item)
    if not named:
        return ()
    return (
        Text("Buttons: "),
        *(part for number, name in enumerate(named) for part in (*((Text("; "),) if number else ()), *name)),
    )
