"""The small tree that every text is: words, marks, links and names, which each platform draws in its own way."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import assert_never

from msgspec import Struct


class Text(Struct, frozen=True, tag=True):
    """Plain words, unescaped."""

    words: str


class Strong(Struct, frozen=True, tag=True):
    """Strong importance, usually drawn bold."""

    children: "Rich"


class Emphasis(Struct, frozen=True, tag=True):
    """Stress emphasis, usually drawn italic."""

    children: "Rich"


class Code(Struct, frozen=True, tag=True):
    """Literal words, drawn in a fixed-width face."""

    words: str


class Link(Struct, frozen=True, tag=True):
    """Words that open an address; `url` is https, or `ref:ID` or `term:ID` before the library resolves it."""

    url: str
    children: "Rich"


class Person(Struct, frozen=True, tag=True):
    """A person of the platform, by the platform's own id."""

    id: str


class Conversation(Struct, frozen=True, tag=True):
    """A channel or chat of the platform, by the platform's own id; the client hides private names."""

    id: str


class Command(Struct, frozen=True, tag=True):
    """What people type to ask the bot, such as `risks share`, without what comes before it on each platform.

    `is_elsewhere` says that it is to be typed in another place than the one where it is read.
    """

    words: str = ""
    is_elsewhere: bool = False


class Invitation(Struct, frozen=True, tag=True):
    """What people type to bring the bot to where they are, which each platform has its own way for."""


class Moment(Struct, frozen=True, tag=True):
    """A moment, which everybody reads by their own clock where the platform can draw it so.

    `at` is aware; `words` say it by the clock of the place that it is about, for wherever a text is words alone.
    `mark` follows where it is drawn by the reader's own clock, and only there: ` your time`.
    """

    at: datetime
    words: str
    mark: str = ""


Inline = Text | Strong | Emphasis | Code | Link | Person | Conversation | Command | Invitation | Moment
Rich = tuple[Inline, ...]


class Paragraph(Struct, frozen=True, tag=True):
    """One paragraph."""

    text: Rich


class Bullets(Struct, frozen=True, tag=True):
    """A list of short items, numbered when `ordered`."""

    items: tuple[Rich, ...]
    ordered: bool = False


Prose = tuple[Paragraph | Bullets, ...]


def every(text: Rich) -> Iterator[Inline]:
    """Give every part of a text, each before the parts inside it."""
    for part in text:
        yield part
        if isinstance(part, Strong | Emphasis | Link):
            yield from every(part.children)


def changed(text: Rich, change: Callable[[Inline], Rich]) -> Rich:
    """Give the same text with `change(part)` in place of every part, after those inside it."""
    new: list[Inline] = []
    for part in text:
        new.extend(change(_changed_inside(part, change)))
    return tuple(new)


def _changed_inside(part: Inline, change: Callable[[Inline], Rich]) -> Inline:
    match part:
        case Text():  # most are
            return part
        case Strong(children):
            return Strong(changed(children, change))
        case Emphasis(children):
            return Emphasis(changed(children, change))
        case Link(url, children):
            return Link(url, changed(children, change))
        case _:
            return part


def plain(text: Rich) -> str:
    """Give the words alone; a person or a conversation gives its id."""
    return "".join(map(_words, every(text)))


def _words(part: Inline) -> str:
    match part:
        case Text(words) | Code(words) | Command(words) | Moment(words=words):
            return words
        case Person(name) | Conversation(name):
            return name
        case Strong() | Emphasis() | Link() | Invitation():
            return ""
        case _:
            assert_never(part)


def texts(prose: Prose) -> Iterator[Rich]:
    """Give every paragraph and every item of a list."""
    for block in prose:
        yield from block.items if isinstance(block, Bullets) else (block.text,)


def plain_prose(prose: Prose) -> str:
    """Give the words alone, a line for each paragraph and each item."""
    return "\n".join(map(plain, texts(prose)))


def links(text: Rich) -> tuple[str, ...]:
    """Give the address of every link, in order."""
    return tuple(part.url for part in every(text) if isinstance(part, Link))


def with_links(text: Rich, address: Callable[[str], str]) -> Rich:
    """Give the same text with each link's `url` replaced by `address(url)`; one without address becomes its words."""

    def readdressed(part: Inline) -> Rich:
        if not isinstance(part, Link):
            return (part,)
        url = address(part.url)
        return (Link(url, part.children),) if url else part.children

    return changed(text, readdressed)
