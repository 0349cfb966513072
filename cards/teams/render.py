"""Draw cards and forms as Adaptive Cards for Microsoft Teams, and read what comes back from them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import assert_never

from cards import fitting, model, text
from cards.forms import Form
from cards.model import Action, Block, Card, Read
from cards.teams import actions, charts, inputs, limits, markup, objects
from cards.teams.inputs import ZONES, Countries, answers, submitted, zone_choices
from cards.teams.markup import Names
from cards.teams.objects import CONTENT_TYPE, JSON, VERB
from content.inline import Rich

__all__ = [
    "CONTENT_TYPE",
    "NOBODY",
    "VERB",
    "ZONES",
    "Countries",
    "Names",
    "answers",
    "card",
    "dialog",
    "fallback",
    "inserted",
    "message",
    "pressed",
    "submitted",
    "suggested",
    "task",
    "zone_choices",
]

NOBODY: Names = {}
THUMBNAIL = "application/vnd.microsoft.card.thumbnail"  # Teams: the only kind, beside the hero card, of a preview


def card(card: Card, names: Names = NOBODY) -> JSON:
    """Draw a card as an Adaptive Card, people and conversations by their `names`.

    Drawings are kept: the dictionary is the caller's own, what is inside is shared, not to be changed. ValueError,
    naming the card, for what Teams would refuse.
    """
    return dict(_drawing(card, tuple(sorted(names.items()))))


def message(card_: Card, names: Names = NOBODY) -> JSON:
    """Draw a card as the activity that posts it. Teams: text beside an attachment would come as a second message."""
    words = " ".join(fallback(card_, names).split())
    return {
        "type": "message",
        "summary": objects.cut(words, limits.SUMMARY),
        "attachments": [{"contentType": CONTENT_TYPE, "content": card(card_, names)}],
    }


def suggested(line: str, prompts: Sequence[tuple[str, str]]) -> JSON:
    """Draw a line with what may be asked next, as titles and words, as the activity that posts it.

    A message of its own. Teams: suggested actions are not shown beside an attachment, which every card is.
    """
    offered = [
        {"type": "imBack", "title": objects.label(title, "a suggestion"), "value": words}
        for title, words in prompts[: limits.SUGGESTED]
    ]
    return {"type": "message", "text": line, "textFormat": "plain", "suggestedActions": {"to": [], "actions": offered}}


def inserted(card_: Card, title: str, line: str) -> JSON:
    """Draw a card as an attachment that people insert into a message, with its place in the list they choose from."""
    shown = {"title": objects.cut(title, limits.LABEL), "text": objects.cut(line, limits.SUMMARY)}
    preview = {"contentType": THUMBNAIL, "content": shown}
    return {"contentType": CONTENT_TYPE, "content": card(card_), "preview": preview}


def fallback(card: Card, names: Names = NOBODY) -> str:
    """Give the card's words, for a screen reader, a notification, or a client that can't draw it."""
    return "\n".join(
        words for part in text.paragraphs(card, buttons=False) if (words := markup.plain(part, names).strip())
    )


def dialog(
    form: Form,
    names: Names = NOBODY,
    *,
    faults: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    countries: Countries = (),
) -> JSON:
    """Draw a form as the card of a dialog.

    `faults` are said at their fields; `values` is what was typed before, in place of the form's own. `names` are those
    of the people who may be chosen, `countries` the codes and names of those that may. The form's action and context
    come back with the answers. ValueError, naming the form, for what Teams would refuse.
    """
    with fitting.naming(f"form {form.title!r}"):
        return inputs.drawn(form, names, faults or {}, values, countries)


def task(form: Form, drawn: JSON) -> JSON:
    """Give a form as it was `drawn` as the answer to the invoke that asks for a dialog."""
    shown = {
        "title": objects.label(form.title, "a form's title"),
        "height": "medium",
        "width": "medium",
        "card": {"contentType": CONTENT_TYPE, "content": drawn},
    }
    return {"task": {"type": "continue", "value": shown}}


def pressed(data: object) -> Action | None:
    """Read which action a pressed button carries; None for data that is not, or no longer, ours."""
    match data:
        case {"action": objects.VERB, "value": str() as value}:
            try:
                return Action.decode(value)
            except ValueError:
                return None
        case _:
            return None


# Cards of one deck are a few hundred; names and typed words make others, which push each other out.
@lru_cache(maxsize=1024)
def _drawing(card: Card, names: tuple[tuple[str, str], ...]) -> JSON:
    known = dict(names)
    with fitting.naming(f"card {card.title!r}"):
        rows = actions.Rows(card)
        body = [drawn for block in card.blocks for drawn in _block(block, known, rows)]
        return objects.adaptive(body, fallback(card, known))


def _block(block: Block, names: Names, rows: actions.Rows) -> Iterator[JSON]:
    match block:
        case model.Actions():
            yield from rows.drawn(block)
        case model.Feedback():
            yield actions.feedback(block)
        case model.Chart():
            if chart := charts.drawn(block):
                # A client that knows no charts draws the words, or drops it where they stand beside it.
                instead = list(_listing(block.words, names)) if block.words else []
                yield {**chart, "fallback": objects.container(instead)} if instead else chart
        case model.Fold(title, inside):
            drawn = [each for part in inside for each in _block(part, names, rows)]
            yield from rows.fold(title, drawn, is_open=block.is_open)
        case _:
            yield from _read(block, names)


def _read(block: Read, names: Names) -> Iterator[JSON]:
    match block:
        case model.Header(words):
            if words.strip():
                yield objects.block(markup.literal(words), size="Large", weight="Bolder", style="heading")
        case model.TextBlock():
            yield from _paragraph(block, names)
        case model.Listing():
            yield from _listing(block, names)
        case model.Columns(left, right):
            yield _columns(left, right, names)
        case model.Caption(words):
            yield from _lines(words, names, isSubtle=True, size="Small", spacing="Small")
        case model.Callout(words):
            if lines := list(_lines(words, names)):
                yield objects.container(lines, style="good", spacing="Medium")
        case model.Divider():
            yield objects.container([], separator=True, spacing="Medium")
        case _:
            assert_never(block)


def _paragraph(block: model.TextBlock, names: Names) -> Iterator[JSON]:
    lines = _lines(block.text, names)
    yield from (actions.beside(list(lines), block.button),) if block.button else lines


def _lines(words: Rich, names: Names, **look: object) -> Iterator[JSON]:
    for number, line in enumerate(markup.lines(words, names)):
        yield objects.block(line, **{**({"spacing": "Small"} if number else {}), **look})


def _listing(block: model.Listing, names: Names) -> Iterator[JSON]:
    if block.label.strip():
        yield objects.block(markup.literal(block.label), weight="Bolder")
    number = 0
    for item in block.items:
        first, *others = markup.lines(item, names) or ("",)
        if not first:
            continue
        number += 1
        # A no-break space: Markdown's own lists start anew at every block.
        yield objects.block(f"{f'{number}.' if block.ordered else '•'}\u00a0{first}", spacing="Small")
        yield from (objects.block(other, spacing="None") for other in others)


def _columns(left: model.Side, right: model.Side, names: Names) -> JSON:
    sides = [
        objects.container(
            [
                *([objects.block(markup.literal(side.title), weight="Bolder")] if side.title.strip() else []),
                *(objects.block(line, spacing="Small") for line in markup.lines(side.text, names)),
            ],
            style=style,
            **{"grid.area": area},
        )
        for side, area, style in ((left, "left", "emphasis"), (right, "right", "accent"))
    ]
    # Teams: a ColumnSet keeps its columns beside each other on any width. A layout for wide cards alone puts them one
    # below the other in a narrow pane and on a phone, and where a client knows no layouts, everywhere.
    layout = {
        "type": "Layout.AreaGrid",
        "targetWidth": "atLeast:standard",
        "columns": [50],  # per cent; the other has the rest
        "columnSpacing": "Small",
        "areas": [{"name": "left", "column": 1}, {"name": "right", "column": 2}],
    }
    return objects.container(sides, layouts=[layout], spacing="Medium")
