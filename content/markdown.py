"""Parse the writers' Markdown into the small tree every renderer can draw."""

from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from markdown_it import MarkdownIt
from markdown_it.token import Token

REFERENCE_SCHEME = "ref:"


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words, unescaped."""

    words: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Strong importance, usually drawn bold."""

    children: "Rich"


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stress emphasis, usually drawn italic."""

    children: "Rich"


@dataclass(frozen=True, slots=True)
class Code:
    """Literal words, drawn in a fixed-width face."""

    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that open an address; `url` is https, or `ref:ID` before the library resolves it."""

    url: str
    children: "Rich"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the platform, by the platform's own id."""

    id: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel or chat of the platform, by the platform's own id; the client hides private names."""

    id: str


Inline = Text | Strong | Emphasis | Code | Link | Person | Conversation
Rich = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    text: Rich


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short items, numbered when `ordered`."""

    items: tuple[Rich, ...]
    ordered: bool = False


Prose = tuple[Paragraph | Bullets, ...]


class Undrawable(ValueError):
    """Markdown that some platform cannot draw; the message names the construct and what to write instead."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line
