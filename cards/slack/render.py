"""Draw cards and forms in Slack's Block Kit, and read a form's answers back."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import assert_never

from cards import fitting, model, text
from cards.forms import Form
from cards.model import Block, Card, Read
from cards.slack import actions, charts, inputs, limits, markup, objects
from cards.slack.objects import JSON
from cards.zones import search
from cards.zones.fold import folded
from content.inline import Rich, Strong, Text

CLOSE = "Cancel"
DONE = "Close"  # of a modal that sends nothing
_NAME = "PM Compare"  # a card says itself what it is


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
    return markup.cut(text.joined(lines), limits.UPDATE_TEXT)


def view(form: Form, now: datetime | None = None) -> JSON:
    """Draw a form as a modal for views.open; `context` becomes private_metadata, the encoded action callback_id.

    A field's name is its block_id and action_id. With `now` (aware), a chosen zone shows its present offset, exactly
    as `zone_options` does. ValueError, naming the form, for what Slack would refuse.
    """
    with fitting.naming(f"form {form.title!r}"):
        notes = [_context(piece) for note in form.notes for piece in markup.pieces(note, limits.SECTION_TEXT)]
        blocks = [*objects.numbered(notes), *(inputs.drawn(field, now) for field in form.fields)]
        if len(blocks) > limits.VIEW_BLOCKS:
            raise ValueError(f"a modal has at most {limits.VIEW_BLOCKS} blocks on Slack, not {len(blocks)}")
        return {
            "type": "modal",
            "callback_id": actions.encoded(form.action),
            "private_metadata": objects.within(form.context, limits.PRIVATE_METADATA, "a form's context"),
            "title": objects.label(form.title, limits.VIEW_TITLE, "a form's title"),
            "submit": objects.label(form.submit, limits.VIEW_TITLE, "a form's submit button"),
            "close": objects.label(CLOSE, limits.VIEW_TITLE, "a form's close button"),
            "blocks": blocks,
        }


def home(card: Card) -> JSON:
    """Draw a card as the view of a Home tab, for views.publish.

    Slack takes no thumbs of its own there: they are drawn as two small buttons. ValueError, naming the card, for what
    Slack would refuse.
    """
    with fitting.naming(f"card {card.title!r}"):
        blocks = objects.home_blocks(list(_blocks(card.blocks, is_home=True)))
        view = {"type": "home", "blocks": list(blocks)}
        size = len(json.dumps(view))  # as slack_sdk writes it: ASCII alone
        if size > limits.VIEW_BYTES:
            raise ValueError(f"a Home has at most {limits.VIEW_BYTES:,} bytes on Slack, not {size:,}")
        return view


def modal(card: Card) -> JSON:
    """Draw a card as a modal that is read and pressed, and sends nothing: for views.open, views.update and an answer.

    Slack takes neither thumbs nor charts there: thumbs are left out, and a chart's counts are said in words.
    ValueError, naming the card, for what Slack would refuse.
    """
    with fitting.naming(f"card {card.title!r}"):
        worded = [block.words if isinstance(block, model.Chart) else block for block in card.blocks]
        shown = [block for block in worded if block is not None and not isinstance(block, model.Feedback)]
        blocks = objects.numbered(list(_blocks(shown)))
        if len(blocks) > limits.VIEW_BLOCKS:
            raise ValueError(f"a modal has at most {limits.VIEW_BLOCKS} blocks on Slack, not {len(blocks)}")
        return {
            "type": "modal",
            "title": objects.plain_text(_NAME),
            "close": objects.plain_text(DONE),
            "blocks": list(blocks),
        }


def answers(payload: object) -> dict[str, str]:
    """Read a view_submission, or its view, back to `{field name: value}`; '' for whatever is missing or misshapen.

    Where several may be chosen, their values are separated by spaces.
    """
    match payload:
        case {"view": {"state": {"values": dict() as values}}} | {"state": {"values": dict() as values}}:
            return {name: inputs.answer(elements) for name, elements in values.items() if isinstance(name, str)}
        case _:
            return {}


def country_options(words: str, countries: Sequence[tuple[str, str]]) -> list[JSON]:
    """Give the options of a country search: at most 100 of `countries` (code and name) that fit the typed words.

    The first is always none: Slack offers no other way to clear a menu.
    """
    typed = folded(words)
    starts = [one for one in countries if folded(one[1]).startswith(typed) or one[0].casefold() == typed]
    inside = [one for one in countries if one not in starts and typed in folded(one[1])]
    found = [*starts, *inside][: limits.OPTIONS - 1]
    return [inputs.NO_COUNTRY, *(inputs.country_option(code, name) for code, name in found)]


def zone_options(words: str, now: datetime) -> list[JSON]:
    """Give the options of a zone search: at most 100 zones that fit the typed words, best first, offsets at `now`."""
    found = search.matching(words, now)
    return [objects.option(search.label(one, now, limits.OPTION_TEXT), one.zone) for one in found]


def zone_search(words: str, now: datetime) -> JSON:
    """Answer a zone search: its options; where no zone fits, groups of options that say so, one for each region."""
    if options := zone_options(words, now):
        return {"options": options}
    groups = [
        {
            "label": objects.plain_text(f"{search.NONE}. {region}:"),
            "options": [inputs.zone_option(zone, now) for zone in zones],
        }
        for region, zones in search.by_region().items()
    ]
    return {"option_groups": groups}


# Tips and cases, which come to many, are about 150. Counts and typed words make others, of 3 kB and more each.
@lru_cache(maxsize=160)
def _drawing(card: Card) -> tuple[str, tuple[JSON, ...]]:
    with fitting.naming(f"card {card.title!r}"):
        blocks = objects.message_blocks(list(_blocks(card.blocks)))
        return fallback(card), blocks


def _blocks(blocks: Sequence[Block], *, is_home: bool = False) -> Iterator[JSON]:
    is_after_fold = False
    for block, overflow in actions.joined(blocks):
        if is_after_fold and isinstance(block, model.Fold):
            yield {"type": "divider"}
        is_after_fold = isinstance(block, model.Fold)
        match block:
            case model.Actions(items):
                yield from actions.rows(items, overflow)
            case model.Feedback() if is_home:
                yield from actions.small_thumbs(block)
            case model.Feedback():
                yield actions.thumbs(block)
            case model.Chart():
                yield from charts.drawn(block)
            case model.Fold(title, inside):
                yield from _sections((Strong((Text(title),)),))
                yield from _blocks(inside)
            case _:
                yield from _read(block)


def _read(block: Read) -> Iterator[JSON]:
    match block:
        case model.Header(words):
            yield from _header(words)
        case model.TextBlock(words, button):
            for number, section in enumerate(_sections(words)):
                yield {**section, "accessory": actions.beside(button)} if button and not number else section
        case model.Listing(_, label):
            yield from _sections(text.listing(block, (Strong((Text(label),)),)))
        case model.Columns(left, right):
            yield from _columns(left, right)
        case model.Caption(words):
            yield from (_context(piece) for piece in markup.pieces(words, limits.SECTION_TEXT))
        case model.Callout(words):
            yield from _quoted(words)
        case model.Divider():
            yield {"type": "divider"}
        case _:
            assert_never(block)


def _header(words: str) -> Iterator[JSON]:
    heading = " ".join(words.split())
    if len(heading) > limits.HEADER_TEXT:
        yield from _sections((Strong((Text(heading),)),))
    elif not markup.is_blank(heading):
        yield {"type": "header", "text": objects.plain_text(heading)}


def _sections(words: Rich) -> Iterator[JSON]:
    for piece in markup.pieces(words, limits.SECTION_TEXT):
        # Without `expand` Slack folds a long section behind "Show more".
        yield {"type": "section", "text": objects.mrkdwn(piece), "expand": True}


def _quoted(words: Rich) -> Iterator[JSON]:
    # Slack: each line of a quote begins with a sign, which at worst makes three characters of one.
    for piece in markup.pieces(words, limits.SECTION_TEXT // 3):
        quote = "\n".join(f"> {line}" for line in piece.split("\n"))
        yield {"type": "section", "text": objects.mrkdwn(quote), "expand": True}


def _columns(left: model.Side, right: model.Side) -> Iterator[JSON]:
    sides = [(Strong((Text(side.title),)), Text("\n"), *side.text) for side in (left, right)]
    fields = [markup.pieces(side, limits.FIELD_TEXT) for side in sides]
    if all(len(pieces) == 1 for pieces in fields):
        yield {"type": "section", "fields": [objects.mrkdwn(pieces[0]) for pieces in fields], "expand": True}
    else:  # a side too long for a field, or empty: one below the other
        for side in sides:
            yield from _sections(side)


def _context(drawn: str) -> JSON:
    return {"type": "context", "elements": [objects.mrkdwn(drawn)]}
