"""Draw a card for a person at a terminal, the way it will sit in a channel."""

from typing import assert_never

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text as Line

from cards import model, text
from cards.model import Block, Card
from content.inline import Code, Command, Conversation, Emphasis, Invitation, Link, Moment, Person, Rich, Strong, Text

WIDEST = 100  # columns; longer lines are tiring to read
SIDE_BY_SIDE = 60  # columns; below this the two sides stack, the left one first

_FRAME = 6  # columns the frame and its padding take

_BUTTON_STYLES: dict[model.Emphasised, str] = {"plain": "bold", "primary": "bold green", "danger": "bold red"}


def draw(card: Card, console: Console) -> None:
    """Print a card, framed, as wide as the console up to `WIDEST` columns."""
    width = min(console.width, WIDEST)
    console.print(Panel(Group(*_stacked(card.blocks, console, width)), box=box.ROUNDED, padding=(1, 2), width=width))


def _stacked(blocks: tuple[Block, ...], console: Console, width: int) -> list[RenderableType]:
    parts: list[RenderableType] = []
    last: Block | None = None
    for block in blocks:
        drawn = _block(block, console, width)
        if drawn is not None:
            # Rows of buttons belong together; every other block gets air above it.
            together = last is None or (isinstance(block, model.Actions) and isinstance(last, model.Actions))
            parts.extend([drawn] if together else ["", drawn])
            last = block
    return parts


def _block(block: Block, console: Console, width: int) -> RenderableType | None:
    match block:
        case model.Header(words):
            return Line(words, style="bold underline")
        case model.TextBlock(words, button):
            line = _line(words, console)
            return Group(line, _row((button,), console, width - _FRAME)) if button else line
        case model.Caption(words):
            return _line(words, console, "dim")
        case model.Listing(items, label, ordered):
            return _listing(items, label, console, ordered=ordered)
        case model.Columns() | model.Callout() | model.Fold():
            return _boxed(block, console, width)
        case model.Divider():
            return Rule(style="dim")
        case model.Actions(items):
            return _row(items, console, width - _FRAME) if items else None
        case model.Feedback():
            return None  # there is nobody to press them
        case model.Chart():
            return _chart(block, width - _FRAME) if block.bars else None
        case _:
            assert_never(block)


def _boxed(block: model.Columns | model.Callout | model.Fold, console: Console, width: int) -> RenderableType:
    match block:
        case model.Columns(left, right):
            return _columns(left, right, console, width)
        case model.Callout(words):
            return Padding(_line(words, console, "italic"), (0, 0, 0, 2))
        case model.Fold(title, inside):
            return Group(Line(title, style="bold"), *_stacked(inside, console, width))
        case _:
            assert_never(block)


def _columns(left: model.Side, right: model.Side, console: Console, width: int) -> RenderableType:
    sides = [Group(Line(side.title, style="bold"), _line(side.text, console)) for side in (left, right)]
    if width < SIDE_BY_SIDE:
        return Group(sides[0], "", sides[1])
    table = Table.grid(padding=(0, 4, 0, 0), expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    table.add_row(*sides)
    return table


def _listing(items: tuple[Rich, ...], label: str, console: Console, *, ordered: bool) -> RenderableType:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    shown = [item for item in items if text.plain(item).strip()]
    for number, item in enumerate(shown, 1):
        table.add_row(f"{number}." if ordered else "•", _line(item, console))
    return Group(Line(label, style="bold"), table) if label.strip() else table


def _chart(chart: model.Chart, width: int) -> RenderableType:
    most = max(count for _, count in chart.bars)
    room = max(width // 3, 1)  # the longest bar; labels and counts have the rest
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(ratio=1, overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for label, count in chart.bars:
        # What was counted at all is seen.
        bar = "█" * (max(round(count / most * room), 1) if count > 0 else 0)
        table.add_row(Line(label), Line(bar, style="blue"), Line(str(count)))
    return Group(Line(chart.title, style="bold"), table)


def _row(items: tuple[model.Pressable, ...], console: Console, width: int) -> Line:
    row, room = Line(), width
    for item in items:
        drawn = _pressable(item, console)
        if row and drawn.cell_len + 1 > room:  # a label is not broken while a new line can hold it
            row.append("\n")
            room = width
        elif row:
            row.append(" ")
            room -= 1
        row.append_text(drawn)
        room -= drawn.cell_len
    return row


def _pressable(item: model.Pressable, console: Console) -> Line:
    match item:
        case model.Button(label, _, style):
            return Line(f"[ {label} ]", _BUTTON_STYLES[style])
        case model.LinkButton(label, url):
            return Line.assemble("[ ", _line((Link(url, (Text(label),)),), console), " ]", style="bold")
        case model.Select(label, options):
            return Line.assemble((f"[ {label} ▾ ]", "bold"), (f" {', '.join(said for said, _ in options)}", "dim"))
        case _:
            assert_never(item)


def _line(words: Rich, console: Console, style: str = "") -> Line:
    line = Line(style=style)
    _append(line, words, console, Style())
    return line


def _append(line: Line, words: Rich, console: Console, style: Style) -> None:
    for inline in words:
        match inline:
            case Text(said) | Moment(words=said):
                line.append(said, style)
            case Strong(children):
                _append(line, children, console, style + Style(bold=True))
            case Emphasis(children):
                _append(line, children, console, style + Style(italic=True))
            case Code(said):
                line.append(said, style + Style(color="cyan"))
            case Command() | Invitation():
                line.append(text.typed(inline), style + Style(color="cyan"))
            case Link(url, children):
                label = children if text.plain(children).strip() else (Text(url),)
                _append(line, label, console, style + Style(underline=True, link=url))
                if not console.is_terminal and text.plain(label) != url:  # a file or a pipe loses the address
                    line.append(f" ({url})", style)
            case Person(id_):
                line.append(f"@{id_}", style + Style(bold=True))
            case Conversation(id_):
                line.append(f"#{id_}", style + Style(bold=True))
            case _:
                assert_never(inline)
