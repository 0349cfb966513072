"""Parse the writers' Markdown into the small tree every renderer can draw."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from msgspec import Struct, field

from content import wording
from content.inline import Bullets, Code, Emphasis, Inline, Link, Paragraph, Prose, Rich, Strong, Text, plain

REFERENCE_SCHEME = "ref:"
TERM_SCHEME = "term:"
DEEPEST = 3  # bold within italic within a link; deeper than that no platform's client draws reliably


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


# Whoever reads a folder again, of which a file was changed, need not parse the other files' texts anew.
@lru_cache(maxsize=8192)
def parse_inline(text: str) -> Rich:
    """Read one paragraph's Markdown; Undrawable where it is more than that or not drawable everywhere."""
    if _PLAIN.fullmatch(text):
        return (Text(text),)
    reading = _Reading(text)
    blocks = reading.blocks()
    if any(isinstance(block, Bullets) for block in blocks):
        reading.refuse("a list cannot stand here: write one sentence, or `1\\.` for a number that begins it", line=1)
    elif len(blocks) > 1:
        reading.refuse("two paragraphs cannot stand here: take out the blank line", line=1)
    elif not blocks:
        reading.refuse("no words are left here: write some", line=1)
    reading.finish()
    return tuple(part for block in blocks if isinstance(block, Paragraph) for part in block.text)


@lru_cache(maxsize=2048)
def parse_prose(text: str) -> Prose:
    """Read paragraphs and lists; Undrawable where some platform could not draw them."""
    if _PLAIN.fullmatch(text):
        return (Paragraph((Text(text),)),)
    reading = _Reading(text)
    blocks = reading.blocks()
    if not blocks:
        reading.refuse("no words are left here: write some", line=1)
    reading.finish()
    return tuple(blocks)


# Nothing in it can begin a construct of CommonMark, so the parser need not be asked (it takes 60 µs a text).
_PLAIN = re.compile(r"""["“‘(]?[^\W\d_](?:[^\x00-\x1f*_`\[\]<>&\\:]|: )*(?<!\s)""")
_NAMED = re.compile(f"(?:{REFERENCE_SCHEME}|{TERM_SCHEME})" + r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RUN = ("text", "text_special", "softbreak")
_LISTS = ("bullet_list", "ordered_list")
_ESCAPED = "\ufffc"  # stands for a character the writer escaped, so that it is not taken for half a construct

_BLOCKS = {
    "blockquote": "a quote cannot be drawn: put the words in quotation marks",
    "code_block": "a text that begins with four spaces cannot be drawn: take the spaces out",
    "fence": "a block of code cannot be drawn: put a few words between backticks",
    "heading": "a heading cannot be drawn: write the words in bold, or `\\#` for a `#` that begins a line",
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


class _Reading(Struct):
    """One text on its way to the tree, the line that is read, and what cannot be drawn."""

    text: str
    refused: list[Undrawable] = field(default_factory=list)
    line: int = 1

    def refuse(self, message: str, near: str = "", line: int = 0) -> None:
        """Note what cannot be drawn, once for each line; `line` where it is not the one that is read."""
        line = line or self.line
        if not any((message, line) == (str(other), other.line) for other in self.refused):
            self.refused.append(Undrawable(message, line, near))

    def finish(self) -> None:
        """Raise what was refused, the first with the others in it."""
        if self.refused:
            first, *others = self.refused
            raise Undrawable(str(first), first.line, first.near, tuple(others))

    def blocks(self) -> list[Paragraph | Bullets]:
        """Build the paragraphs and lists."""
        tokens = _parser().parse(self.text)
        for token in tokens:
            self.flatten(token)
        return [block for node in SyntaxTreeNode(tokens).children for block in self.block(node)]

    def flatten(self, paragraph: Token) -> None:
        """Refuse marks that are nested too deeply, and take them out: a hostile text has a thousand of them."""
        children = paragraph.children or []
        deep = [token for token in children if token.nesting and token.level >= DEEPEST]
        if deep:
            line = (paragraph.map or [0])[0] + 1
            self.refuse("bold, italic and links are nested too deeply: take some out", deep[0].markup, line)
            paragraph.children = [token for token in children if not token.nesting or token.level < DEEPEST]

    def block(self, node: SyntaxTreeNode) -> Iterator[Paragraph | Bullets]:
        """Build what one block of the text is."""
        self.line = node.map[0] + 1 if node.map else self.line
        if node.type == "paragraph":
            yield from self.block(node.children[0])
        elif node.type == "inline":
            yield Paragraph(self.paragraph(node))
        elif node.type in _LISTS:
            if int(node.attrs.get("start", 1)) != 1:
                self.refuse("a numbered list begins with `1.`: number it from there")
            yield Bullets(tuple(map(self.item, node.children)), node.type == "ordered_list")
        else:
            near = self.text.split("\n")[self.line - 1].strip()[:12]
            self.refuse(_BLOCKS.get(node.type, "this Markdown cannot be drawn: write plain words"), near)
            yield from (inner for child in node.children for inner in self.block(child))

    def item(self, node: SyntaxTreeNode) -> Rich:
        """Build an item of a list, which is one paragraph."""
        inner = [child for child in node.children if child.type in _LISTS]
        found: list[Paragraph | Bullets] = []
        for child in node.children:
            if child in inner:
                self.line = child.map[0] + 1 if child.map else self.line
                self.refuse("a list within a list cannot be drawn: make it one list")
            found += self.block(child)
        if not inner and len(found) != 1:
            self.refuse("an item of a list is one paragraph: write some words, without a blank line in them")
        return tuple(part for block in found if isinstance(block, Paragraph) for part in block.text)

    def paragraph(self, node: SyntaxTreeNode) -> Rich:
        """Build the tree of a paragraph."""
        first = self.line
        rich = self.inlines(node.children)
        self.line = first
        if not rich:
            self.refuse("no words are left here: write some")
        return rich

    def inlines(self, nodes: Sequence[SyntaxTreeNode]) -> Rich:
        """Build the parts of a paragraph, or of what a mark is around."""
        found: list[Inline] = []
        for is_run, group in groupby(nodes, key=lambda node: node.type in _RUN):
            if is_run:
                found += self.run(tuple(group))
            else:
                found += (self.marked(node) if node.is_nested else self.single(node) for node in group)
        return tuple(found)

    def run(self, nodes: Sequence[SyntaxTreeNode]) -> Rich:
        """Give plain words, if any; halves of constructs, which would be printed as they are, are refused."""
        words = "".join(" " if node.type == "softbreak" else node.content for node in nodes)
        bare = "".join(_ESCAPED if node.type == "text_special" else node.content for node in nodes)
        for node in nodes:
            if node.info == "entity":
                self.refuse(f"`{node.markup}` is HTML: write the character itself", node.markup)
        for mark, message in _STRAY:
            if mark in bare:
                self.refuse(message, mark)
        if code := wording.shortcode(bare):
            self.refuse(f"`{code}` is an emoji on Slack only: write the emoji itself", code)
        self.line += sum(node.type == "softbreak" for node in nodes)
        return (Text(words),) if words else ()

    def single(self, node: SyntaxTreeNode) -> Inline:
        """Give literal words; nothing else that stands alone can be drawn."""
        if node.type != "code_inline":
            near = "![" if node.type == "image" else node.content[:12]
            self.refuse(_INLINES.get(node.type, "this Markdown cannot be drawn: write plain words"), near)
        elif not node.content.strip():
            self.refuse("code without words: write some between the backticks", node.markup)
        return Code(node.content)

    def marked(self, node: SyntaxTreeNode) -> Inline:
        """Give the strong, stressed or linked part that a mark makes."""
        children = self.inlines(node.children)
        if any(child.type == node.type for child in node.children):
            self.refuse("bold within bold, or italic within italic, cannot be drawn: mark the words once")
        if node.type == "strong":
            return Strong(children)
        if node.type == "em":
            return Emphasis(children)
        url = str(node.attrs.get("href", ""))
        self.check_link(node, url, children)
        return Link(url, children)

    def check_link(self, node: SyntaxTreeNode, url: str, children: Rich) -> None:
        """Refuse a link that people could not open, or that is not written as links are."""
        if node.markup == "autolink":
            self.refuse("a bare address cannot be drawn: write `[words](https://…)`", f"<{url}"[:12])
        elif "title" in node.attrs:
            self.refuse("a link's title cannot be drawn: leave only the address between the brackets", "](")
        elif not plain(children).strip():
            self.refuse("a link without words: write `[words](https://…)`", "[](")
        elif url.startswith((REFERENCE_SCHEME, TERM_SCHEME)):
            if not _NAMED.fullmatch(url):
                whose = "reference: write `ref:`" if url.startswith(REFERENCE_SCHEME) else "term: write `term:`"
                self.refuse(f"`{url[:60]}` names no {whose} and its id", url[:12])
        elif not wording.is_address(url):
            self.refuse(f"`{url[:60]}` is no address people can open: it must begin with https://", url[:12])
