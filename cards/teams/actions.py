"""Draw a card's rows of buttons: as buttons as long as Teams draws them, as words that can be pressed beyond."""

from collections.abc import Iterator, Sequence
from itertools import count

from cards.model import Action, Actions, Button, Card, Feedback, LinkButton, Select
from cards.teams import limits, markup, objects
from cards.teams.objects import JSON

CANCEL = "Cancel"  # of what asks first
KEPT = "Nothing was changed."
_USEFUL, _NOT_USEFUL = ("👍", "Useful"), ("👎", "Not useful")


class Rows:
    """Deals out a card's six buttons, row by row, whole rows at a time.

    A row that finds no room is drawn as words that can be pressed, so that like stays with like. Menus always are:
    their label shows and hides their options.
    """

    def __init__(self, card: Card) -> None:
        """Count what the card has."""
        self._numbers = count(1)
        self._as_buttons: set[int] = set()
        left = limits.ACTIONS
        for block in card.blocks:
            if isinstance(block, Actions) and not block.is_quiet and (wanted := len(_buttons(block))) <= left:
                left -= wanted
                self._as_buttons.add(id(block))

    def drawn(self, row: Actions) -> Iterator[JSON]:
        """Draw one row."""
        buttons = _buttons(row)
        if buttons and id(row) in self._as_buttons:
            hidden: list[JSON] = []
            yield {"type": "ActionSet", "actions": [self._button(item, hidden) for item in buttons]}
            yield from hidden
        elif buttons:
            yield from self._line(buttons)
        for item in row.items:
            if isinstance(item, Select):
                yield from self._menu(item)

    def fold(self, title: str, inside: list[JSON], *, is_open: bool) -> Iterator[JSON]:
        """Draw a heading that shows and hides what is inside, and says by its sign which of the two it does."""
        said = objects.label(title, "a fold's title")
        name = f"fold-{next(self._numbers)}"
        signs = (("▸", f"{name}-closed", not is_open), ("▾", f"{name}-open", is_open))
        heading = [
            {**_pressable(f"{sign} {said}"), "id": id_, "spacing": "None", **({} if is_shown else {"isVisible": False})}
            for sign, id_, is_shown in signs
        ]
        toggle = {"type": "Action.ToggleVisibility", "title": said, "targetElements": [name, *(s[1] for s in signs)]}
        yield objects.container(heading, selectAction=toggle, spacing="Medium")
        yield objects.container(inside, id=name, spacing="Small", **({} if is_open else {"isVisible": False}))

    def _button(self, item: Button | LinkButton, hidden: list[JSON]) -> JSON:
        drawn = objects.button(item)
        if isinstance(item, LinkButton) or not item.asks:
            return drawn
        return self._asking(item, hidden) | {name: drawn[name] for name in ("style",) if name in drawn}

    def _asking(self, item: Button, hidden: list[JSON]) -> JSON:
        """Give what shows a button's question, which is put among what is `hidden`: with what does it, and a way out.

        The way out says that nothing was changed; whoever presses the button again is asked again.
        """
        number = next(self._numbers)
        asks, kept = f"asks-{number}", f"kept-{number}"
        answers = [objects.button(item), _turning(CANCEL, shown=kept, hidden=asks)]
        question = [objects.block(markup.literal(item.asks)), {"type": "ActionSet", "actions": answers}]
        hidden.append(objects.container(question, id=asks, isVisible=False))
        hidden.append(objects.container([objects.block(markup.literal(KEPT))], id=kept, isVisible=False))
        return _turning(objects.label(item.label, "a button's label"), shown=asks, hidden=kept)

    def _line(self, items: Sequence[Button | LinkButton]) -> Iterator[JSON]:
        hidden: list[JSON] = []
        words = [self._word(item, hidden) for item in items]
        # Teams: as many beside each other as there is room for; a client that knows no layouts draws a line for each.
        flow = {"type": "Layout.Flow", "itemFit": "Fit", "columnSpacing": "Medium", "rowSpacing": "Small"}
        yield objects.container(words, layouts=[flow], spacing="Medium")
        yield from hidden

    def _word(self, item: Button | LinkButton, hidden: list[JSON]) -> JSON:
        title = objects.label(item.label, "a button's label")
        column = objects.container([_pressable(title)])
        if isinstance(item, Button) and item.asks:
            column["selectAction"] = self._asking(item, hidden)
        elif isinstance(item, Button):
            named = {"title": item.spoken} if item.spoken else {}
            column["selectAction"] = {**objects.pressing(item.action), **named}
        else:
            column["selectAction"] = {"type": "Action.OpenUrl", "title": title, "url": item.url}
        return column

    def _menu(self, menu: Select) -> Iterator[JSON]:
        title = objects.label(menu.label, "a menu's label")
        name = f"menu-{next(self._numbers)}"
        yield objects.container([_pressable(f"{title} ▾")], selectAction=_showing(name, title), spacing="Small")
        options = [_option(objects.label(said, "a menu's option"), action, menu) for said, action in menu.options]
        yield objects.container(options, id=name, isVisible=False, spacing="Small")


def beside(words: list[JSON], button: Button) -> JSON:
    """Draw words with what opens them to their right, which takes none of a card's buttons."""
    title = objects.label(button.label, "a button's label")
    pressed = {**objects.pressing(button.action), "title": button.spoken or title}
    column = {"type": "Column", "width": "auto", "items": [_pressable(title)], "selectAction": pressed}
    return {"type": "ColumnSet", "columns": [{"type": "Column", "width": "stretch", "items": words}, column]}


def feedback(thumbs: Feedback) -> JSON:
    """Draw two thumbs as small words that can be pressed, which take none of a card's buttons.

    Teams' own feedback buttons are documented for the text of bots with AI, and say nothing of cards.
    """
    columns: list[JSON] = [
        {
            "type": "Column",
            "width": "auto",
            "items": [objects.block(markup.literal(f"{sign} {said}"), color="Accent", size="Small")],
            "selectAction": {**objects.pressing(action), "title": said},  # a screen reader names no sign
        }
        for (sign, said), action in ((_USEFUL, thumbs.up), (_NOT_USEFUL, thumbs.down))
    ]
    return {"type": "ColumnSet", "columns": columns, "spacing": "Medium"}


def _buttons(row: Actions) -> list[Button | LinkButton]:
    return [item for item in row.items if not isinstance(item, Select)]


def _option(said: str, action: Action, menu: Select) -> JSON:
    if action == menu.chosen:  # where one is cannot be gone to
        return objects.container([objects.block(markup.literal(said), weight="Bolder")])
    return objects.container([_pressable(said)], selectAction=objects.pressing(action))  # its name is the words inside


def _pressable(words: str) -> JSON:
    return objects.block(markup.literal(words), color="Accent", weight="Bolder")


def _turning(title: str, *, shown: str, hidden: str) -> JSON:
    elements = [{"elementId": shown, "isVisible": True}, {"elementId": hidden, "isVisible": False}]
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": elements}


def _showing(name: str, title: str) -> JSON:
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": [name]}
