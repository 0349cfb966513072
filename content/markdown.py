"""Parse the writers' Markdown into the small tree every renderer can draw."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import assert_never

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content import wording

REFERENCE_SCHEME = "ref:"
TERM_SCHEME = "term:"
DEEPEST = 3  # bold within italic within a link; deeper than that no platform's client draws reliably


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
    """Words that open an address; `url` is https, or `ref:ID` or `term:ID` before the library resolves it."""

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


class Undrawable(ValueError):  # noqa: N818 - it names what the text is, as the others that read it do
    """Markdown that some platform cannot draw; the message names the construct and what to write instead.

    `line` counts from 1 within the text, `near` is how the construct begins there (it may be empty), and `others`
    are the further faults of the same text, in order.
    """

    def __init__(self, message: str, line: int, near: str = "", others: tuple["Undrawable", ...] = ()) -> None:
        super().__init__(message)
        self.line = line
        self.near = near
        self.others = others


def parse_inline(text: str) -> Rich:
    """Read one paragraph's Markdown; Undrawable where it is more than that or not drawable everywhere."""
    if _PLAIN.fullmatch(text):
        return (Text(text),)
    reading = _Reading(text)
    blocks = reading.blocks()
    if any(isinstance(block, Bullets) for block in blocks):
        reading.refuse("a list cannot stand here: write one sentence, or `1\\.` for a number that begins it", 1)
    elif len(blocks) > 1:
        reading.refuse("two paragraphs cannot stand here: take out the blank line", 1)
    elif not blocks:
        reading.refuse("no words are left here: write some", 1)
    reading.finish()
    return tuple(part for block in blocks if isinstance(block, Paragraph) for part in block.text)


def parse_prose(text: str) -> Prose:
    """Read paragraphs and lists; Undrawable where some platform could not draw them."""
    if _PLAIN.fullmatch(text):
        return (Paragraph((Text(text),)),)
    reading = _Reading(text)
    blocks = reading.blocks()
    if not blocks:
        reading.refuse("no words are left here: write some", 1)
    reading.finish()
    return tuple(blocks)


def plain(text: Rich) -> str:
    """Give the words alone; a person or a conversation gives its id."""
    return "".join(_words(part) for part in text)


def plain_prose(prose: Prose) -> str:
    """Give the words alone, a line for each paragraph and each item."""
    lines: list[str] = []
    for block in prose:
        match block:
            case Paragraph(text):
                lines.append(plain(text))
            case Bullets(items):
                lines += [plain(item) for item in items]
            case _:
                assert_never(block)
    return "\n".join(lines)


def links(text: Rich) -> tuple[str, ...]:
    """Give the address of every link, in order."""
    found: list[str] = []
    for part in text:
        match part:
            case Text() | Code() | Person() | Conversation():
                pass
            case Strong(children) | Emphasis(children):
                found += links(children)
            case Link(url, children):
                found += (url, *links(children))
            case _:
                assert_never(part)
    return tuple(found)


def with_links(text: Rich, address: Callable[[str], str]) -> Rich:
    """Give the same text with each link's `url` replaced by `address(url)`; one without address becomes its words."""
    return tuple(resolved for part in text for resolved in _with_links(part, address))


# Nothing in it can begin a construct of CommonMark, so the parser need not be asked (it takes 60 µs a text).
_PLAIN = re.compile(r"""["“‘(]?[^\W\d_](?:[^\x00-\x1f*_`\[\]<>&\\:]|: )*(?<!\s)""")
_NAMED = re.compile(f"(?:{REFERENCE_SCHEME}|{TERM_SCHEME})" + r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RUN = ("text", "text_special", "softbreak")
_ESCAPED = "\ufffc"  # stands for a character the writer escaped, so that it is not taken for half a construct

_BLOCKS = {
    "blockquote_open": "a quote cannot be drawn: put the words in quotation marks",
    "code_block": "a text that begins with four spaces cannot be drawn: take the spaces out",
    "fence": "a block of code cannot be drawn: put a few words between backticks",
    "heading_open": "a heading cannot be drawn: write the words in bold, or `\\#` for a `#` that begins a line",
    "hr": "a rule across cannot be drawn: begin a new paragraph",
    "html_block": "HTML cannot be drawn: write it in Markdown, or `\\<` for a `<`",
}
_INLINES = {
    "hardbreak": "a forced line break cannot be drawn: take out the two spaces or the `\\` at the end of the line",
    "html_inline": "HTML cannot be drawn: write it in Markdown, or `\\<` for a `<`",
    "image": "an image cannot be drawn: say in words what it shows, and link to it with `[words](https://…)`",
}
_STRAY = (
    ("](", "a link is broken: write `[words](https://…)` or `[words](ref:ID)`, without spaces in the address"),
    ("**", "`**` has no partner: end the bold words with `**` too, or write `\\*\\*` where stars are meant"),
    ("`", "a backtick has no partner: end the code with one too, or write `\\`` where one is meant"),
)


class _Parser(MarkdownIt):
    """CommonMark that hands every link over as it was typed, so that a bad address is a fault and not plain words."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the name and shape are markdown-it's
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name is markdown-it's
        return url


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # `reference` would swallow a line such as "[a]: b" without a word; `text_join` hides which characters were escaped.
    return _Parser("commonmark").disable(["reference", "text_join"])


@dataclass(slots=True)
class _Reading:
    """One text on its way to the tree, and what in it cannot be drawn."""

    text: str
    refused: list[Undrawable] = field(default_factory=list)
    found: list[Paragraph | Bullets] = field(default_factory=list)
    items: list[list[Rich]] = field(default_factory=list)
    depth: int = 0

    def refuse(self, message: str, line: int, near: str = "") -> None:
        """Note what cannot be drawn, once for each line."""
        if not any((message, line) == (str(other), other.line) for other in self.refused):
            self.refused.append(Undrawable(message, line, near))

    def finish(self) -> None:
        """Raise what was refused, the first with the others in it."""
        if self.refused:
            first, *others = self.refused
            raise Undrawable(str(first), first.line, first.near, tuple(others))

    def blocks(self) -> list[Paragraph | Bullets]:
        """Build the paragraphs and lists."""
        line = 1
        for token in _parser().parse(self.text):
            line = token.map[0] + 1 if token.map else line
            match token.type:
                case "inline":
                    self.add_paragraph(self.inlines(token.children or (), line), line)
                case "bullet_list_open" | "ordered_list_open":
                    self.open_list(token, line)
                case "bullet_list_close" | "ordered_list_close":
                    self.close_list(ordered=token.type == "ordered_list_close")
                case "list_item_open":
                    self.items.append([])
                case "list_item_close":
                    if self.depth == 1 and len(self.items[-1]) != 1:
                        self.refuse(
                            "an item of a list is one paragraph: write some words, without a blank line in them", line
                        )
                case "paragraph_open":
                    pass
                case other if token.nesting >= 0:
                    near = self.text.split("\n")[line - 1].strip()[:12]
                    self.refuse(_BLOCKS.get(other, "this Markdown cannot be drawn: write plain words"), line, near)
        return self.found

    def add_paragraph(self, rich: Rich, line: int) -> None:
        """Put a paragraph where it belongs: into the open item or below the last block."""
        if not rich:
            self.refuse("no words are left here: write some", line)
        if self.depth:
            self.items[-1].append(rich)
        else:
            self.found.append(Paragraph(rich))

    def open_list(self, token: Token, line: int) -> None:
        """Begin a list, which cannot stand within another and is numbered from one."""
        self.depth += 1
        if self.depth > 1:
            self.refuse("a list within a list cannot be drawn: make it one list", line)
        if int(token.attrs.get("start", 1)) != 1:
            self.refuse("a numbered list begins with `1.`: number it from there", line)

    def close_list(self, *, ordered: bool) -> None:
        """Put the finished list below the last block."""
        self.depth -= 1
        if not self.depth:
            self.found.append(Bullets(tuple(rich for item in self.items for rich in item), ordered))
            self.items = []

    def inlines(self, tokens: Sequence[Token], line: int) -> Rich:
        """Build the tree of one paragraph that begins on `line`."""
        opened: list[tuple[Token | None, list[Inline]]] = [(None, [])]
        for is_run, group in groupby(tokens, key=lambda token: token.type in _RUN):
            if is_run:
                run = tuple(group)
                opened[-1][1].extend(self.run(run, line))
                line += sum(token.type == "softbreak" for token in run)
                continue
            for token in group:
                if token.nesting == 1:
                    opened.append((token, []))
                elif token.nesting == -1:
                    opener, children = opened.pop()
                    opened[-1][1].append(self.marked(opener or token, tuple(children), len(opened), line))
                else:
                    opened[-1][1].append(self.single(token, line))
        return tuple(opened[0][1])

    def run(self, tokens: Sequence[Token], line: int) -> Rich:
        """Give plain words, if any; halves of constructs, which would be printed as they are, are refused."""
        words = "".join(" " if token.type == "softbreak" else token.content for token in tokens)
        bare = "".join(_ESCAPED if token.type == "text_special" else token.content for token in tokens)
        for token in tokens:
            if token.info == "entity":
                self.refuse(f"`{token.markup}` is HTML: write the character itself", line, token.markup)
        for mark, message in _STRAY:
            if mark in bare:
                self.refuse(message, line, mark)
        if code := wording.shortcode(bare):
            self.refuse(f"`{code}` is an emoji on Slack only: write the emoji itself", line, code)
        return (Text(words),) if words else ()

    def single(self, token: Token, line: int) -> Inline:
        """Give literal words; nothing else that stands alone can be drawn."""
        if token.type != "code_inline":
            near = "![" if token.type == "image" else token.content[:12]
            self.refuse(_INLINES.get(token.type, "this Markdown cannot be drawn: write plain words"), line, near)
        elif not token.content.strip():
            self.refuse("code without words: write some between the backticks", line, token.markup)
        return Code(token.content)

    def marked(self, opener: Token, children: Rich, depth: int, line: int) -> Inline:
        """Give the strong, stressed or linked part that `opener` began."""
        if depth > DEEPEST:
            self.refuse("bold, italic and links are nested too deeply: take some out", line, opener.markup)
            return Text("")
        if any(type(child) is _KINDS.get(opener.type) for child in children):
            self.refuse("bold within bold, or italic within italic, cannot be drawn: mark the words once", line)
        if opener.type == "strong_open":
            return Strong(children)
        if opener.type == "em_open":
            return Emphasis(children)
        url = str(opener.attrs.get("href", ""))
        if opener.markup == "autolink":
            self.refuse("a bare address cannot be drawn: write `[words](https://…)`", line, f"<{url}"[:12])
        elif "title" in opener.attrs:
            self.refuse("a link's title cannot be drawn: leave only the address between the brackets", line, "](")
        elif not plain(children).strip():
            self.refuse("a link without words: write `[words](https://…)`", line, "[](")
        elif url.startswith((REFERENCE_SCHEME, TERM_SCHEME)):
            if not _NAMED.fullmatch(url):
                whose = "reference: write `ref:`" if url.startswith(REFERENCE_SCHEME) else "term: write `term:`"
                self.refuse(f"`{url[:60]}` names no {whose} and its id", line, url[:12])
        elif not wording.is_address(url):
            self.refuse(f"`{url[:60]}` is no address people can open: it must begin with https://", line, url[:12])
        return Link(url, children)


_KINDS: dict[str, type[Inline]] = {"strong_open": Strong, "em_open": Emphasis}


def _words(part: Inline) -> str:
    match part:
        case Text(words) | Code(words):
            return words
        case Strong(children) | Emphasis(children) | Link(_, children):
            return plain(children)
        case Person(name) | Conversation(name):
            return name
        case _:
            assert_never(part)


def _with_links(part: Inline, address: Callable[[str], str]) -> Rich:
    match part:
        case Text() | Code() | Person() | Conversation():
            return (part,)
        case Strong(children):
            return (Strong(with_links(children, address)),)
        case Emphasis(children):
            return (Emphasis(with_links(children, address)),)
        case Link(url, children):
            resolved, words = address(url), with_links(children, address)
            return (Link(resolved, words),) if resolved else words
        case _:
            assert_never(part)
