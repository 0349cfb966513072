"""Draw cards and forms in Slack's Block Kit, and read a form's answers back.

Limits: docs.slack.dev/reference/block-kit; what a card cannot say within them is a ValueError that names the card.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, assert_never

from cards import slack_words, slack_zones, text
from cards.model import (
    Block,
    Button,
    Buttons,
    Card,
    Choice,
    Columns,
    Divider,
    Field,
    Form,
    Header,
    LinkButton,
    Listing,
    Menu,
    Note,
    Side,
    TimeOfDay,
    Words,
    ZoneSearch,
)
from content.markdown import Rich, Strong, Text

JSON = dict[str, Any]
_Thing = TypeVar("_Thing")

LINK = "link-"  # action_id of a button that opens an address: Slack sends a click all the same, to be acknowledged
MENU = "menu-"  # action_id of a menu; the chosen option's value is the encoded action

CLOSE = "Cancel"
SEARCH = "Search"


def message(card: Card) -> JSON:
    """Draw a card as `{"text", "blocks"}` for any method that posts; the text says all of it to a screen reader.

    Drawings are kept: the dictionary and its list are the caller's own, but the blocks inside are shared, not to be
    changed. ValueError, naming the card, for what Slack would refuse.
    """
    words, blocks = _drawing(card)
    return {"text": words, "blocks": list(blocks)}


def fallback(card: Card) -> str:
    """Give the card's words for `text`: at most 4,000 characters, cut at a sentence, links and mentions alive."""
    lines = text.paragraphs(card)
    joined = tuple(inline for number, line in enumerate(lines) for inline in ((Text("\n"), *line) if number else line))
    return slack_words.cut(joined, slack_objects.MESSAGE_TEXT)


def view(form: Form, now: datetime | None = None) -> JSON:
    """Draw a form as a modal for views.open; `context` becomes private_metadata, the encoded action callback_id.

    A field's name is its block_id and action_id. With `now` (aware), a chosen zone shows its present offset, exactly
    as `zone_options` does. ValueError, naming the form, for what Slack would refuse.
    """
    with_name = f"form {form.title!r}"
    try:
        notes = [_context(piece) for note in form.notes for piece in slack_words.pieces(note, slack_objects.SECTION_TEXT)]
        return {
            "type": "modal",
            "callback_id": slack_objects.within(form.action.encode(), slack_objects.ACTION_ID, "an action"),
            "private_metadata": slack_objects.within(form.context, slack_objects.PRIVATE_METADATA, "a form's context"),
            "title": slack_objects.label(form.title, slack_objects.VIEW_LABEL, "a form's title"),
            "submit": slack_objects.label(form.submit, slack_objects.VIEW_LABEL, "a form's submit button"),
            "close": slack_objects.label(CLOSE, slack_objects.VIEW_LABEL, "a form's close button"),
            "blocks": slack_objects.few([*_numbered(notes), *(_input(field, now) for field in form.fields)], slack_objects.VIEW_BLOCKS, "blocks"),
        }
    except ValueError as fault:
        raise ValueError(f"{with_name}: {fault}") from fault


def answers(payload: object) -> dict[str, str]:
    """Read a view_submission, or its view, back to `{field name: value}`; '' for whatever is missing or misshapen."""
    match payload:
        case {"view": {"state": {"values": dict() as values}}} | {"state": {"values": dict() as values}}:
            return {name: _answer(elements) for name, elements in values.items() if isinstance(name, str)}
        case _:
            return {}


def zone_options(words: str, now: datetime) -> list[JSON]:
    """Give the options of a zone search: at most 100 zones that fit the typed words, best first, offsets at `now`."""
    return [_zone_option(name, now) for name in slack_zones.matching(words, now)[:slack_objects.OPTIONS]]


@lru_cache(maxsize=1024)
def _drawing(card: Card) -> tuple[str, tuple[JSON, ...]]:
    try:
        blocks = slack_objects.few(_numbered([drawn for block in card.blocks for drawn in _block(block)]), slack_objects.BLOCKS, "blocks")
        if (length := sum(_text_lengths(blocks))) > slack_objects.TEXT_TOGETHER:
            raise ValueError(
                f"{length:,} characters are more than the {slack_objects.TEXT_TOGETHER:,} Slack surely takes in one message"
            )
        return fallback(card), tuple(blocks)
    except ValueError as fault:
        raise ValueError(f"card {card.title!r}: {fault}") from fault


def _block(block: Block) -> Iterator[JSON]:
    match block:
        case Header(words):
            yield from _header(words)
        case Words(words):
            yield from _sections(words)
        case Listing(_, label):
            yield from _sections(text.listing(block, (Strong((Text(label),)),)))
        case Columns(left, right):
            yield from _columns(left, right)
        case Note(words):
            yield from (_context(piece) for piece in slack_words.pieces(words, slack_objects.SECTION_TEXT))
        case Divider():
            yield {"type": "divider"}
        case Buttons(items):
            for start in range(0, len(items), slack_objects.ELEMENTS):
                yield {"type": "actions", "elements": _elements(items[start : start + slack_objects.ELEMENTS])}
        case _:
            assert_never(block)


def _header(words: str) -> Iterator[JSON]:
    heading = " ".join(words.split())
    if len(heading) > slack_objects.HEADER:
        yield from _sections((Strong((Text(heading),)),))
    elif not slack_words.is_blank(heading):
        yield {"type": "header", "text": slack_objects.plain_text(heading)}


def _sections(words: Rich) -> Iterator[JSON]:
    for piece in slack_words.pieces(words, slack_objects.SECTION_TEXT):
        # Without `expand` Slack folds a long section behind "Show more".
        yield {"type": "section", "text": slack_objects.mrkdwn(piece), "expand": True}


def _columns(left: Side, right: Side) -> Iterator[JSON]:
    sides = [(Strong((Text(side.title),)), Text("\n"), *side.text) for side in (left, right)]
    fields = [slack_words.pieces(side, slack_objects.FIELD_TEXT) for side in sides]
    if all(len(pieces) == 1 for pieces in fields):
        yield {"type": "section", "fields": [slack_objects.mrkdwn(pieces[0]) for pieces in fields], "expand": True}
    else:
        for side in sides:
            yield from _sections(side)


def _context(drawn: str) -> JSON:
    return {"type": "context", "elements": [slack_objects.mrkdwn(drawn)]}


def _elements(items: Sequence[Button | LinkButton | Menu]) -> list[JSON]:
    drawn: list[JSON] = []
    taken: set[str] = set()
    for position, item in enumerate(items, 1):
        match item:
            case Button(label, action, style, spoken):
                encoded = slack_objects.within(action.encode(), slack_objects.OPTION_VALUE, "an action")
                # Slack: action_id is unique within its block; the value, not the id, says what to do.
                action_id = encoded if encoded not in taken else f"{encoded}#{position}"
                taken.add(action_id)
                button = {
                    "type": "button",
                    "action_id": action_id,
                    "text": slack_objects.label(label, slack_objects.BUTTON_LABEL, "a button's label"),
                    "value": encoded,
                }
                if style != "plain":
                    button["style"] = style
                if spoken:
                    button["accessibility_label"] = slack_objects.within(spoken, slack_objects.SPOKEN, "what a screen reader says for a button")
                drawn.append(button)
            case LinkButton(label, url):
                drawn.append(
                    {
                        "type": "button",
                        "action_id": f"{LINK}{position}",
                        "text": slack_objects.label(label, slack_objects.BUTTON_LABEL, "a button's label"),
                        "url": slack_objects.within(url, slack_objects.URL, "a button's address"),
                    }
                )
            case Menu(label, options):
                drawn.append(
                    {
                        "type": "static_select",
                        "action_id": f"{MENU}{position}",
                        "placeholder": slack_objects.label(label, slack_objects.PLACEHOLDER, "a menu's label"),
                        "options": slack_objects.options([(said, action.encode()) for said, action in options]),
                    }
                )
            case _:
                assert_never(item)
    return drawn


def _input(field: Field, now: datetime | None) -> JSON:
    block: JSON = {
        "type": "input",
        "block_id": slack_objects.within(field.name, slack_objects.ACTION_ID, "a field's name"),
        "label": slack_objects.label(field.label, slack_objects.FIELD_LABEL, "a field's label"),
        "element": {"action_id": field.name, **_field(field, now)},
    }
    if field.hint:
        block["hint"] = slack_objects.label(field.hint, slack_objects.FIELD_LABEL, "a field's hint")
    return block


def _field(field: Field, now: datetime | None) -> JSON:
    match field:
        case Choice(_, _, options, value):
            drawn = slack_objects.options([(option.label, option.value) for option in options])
            kind = "radio_buttons" if len(drawn) <= slack_objects.RADIO_BUTTONS else "static_select"
            chosen = [option for option in drawn if option["value"] == value]
            return {"type": kind, "options": drawn, **({"initial_option": chosen[0]} if chosen else {})}
        case TimeOfDay(_, _, value):
            return {"type": "timepicker", **({"initial_time": value} if value else {})}
        case ZoneSearch(_, _, value):
            element = {"type": "external_select", "min_query_length": 0, "placeholder": slack_objects.plain_text(SEARCH)}
            return element | ({"initial_option": _zone_option(value, now)} if value else {})
        case _:
            assert_never(field)


def _answer(elements: object) -> str:
    for element in elements.values() if isinstance(elements, dict) else ():
        match element:
            case {"selected_option": {"value": str() as value}} | {"selected_time": str() as value}:
                return value
            case _:
                continue
    return ""


def _zone_option(name: str, now: datetime | None) -> JSON:
    return slack_objects.option(slack_zones.label(name, now) if now else name, name)


def _numbered(blocks: Sequence[JSON]) -> list[JSON]:
    return [{**block, "block_id": f"row-{number}"} for number, block in enumerate(blocks, 1)]


def _text_lengths(drawn: object) -> Iterator[int]:
    match drawn:
        case dict():
            for key, value in drawn.items():
                yield from ((len(value),) if key == "text" and isinstance(value, str) else _text_lengths(value))
        case list():
            for value in drawn:
                yield from _text_lengths(value)
        case _:
            return
