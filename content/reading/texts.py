"""Judge the texts of one mapping: whether people see them, all platforms draw them, and what they point to is there."""

import html
from collections.abc import Mapping

from content import inline, markdown, wording
from content.inline import Prose, Rich
from content.markdown import Undrawable
from content.reading import yaml_errors
from content.reading.citations import Reading
from content.reading.keys import Key
from content.reading.schema import SHAPES
from content.reading.yaml import Entries, File, Items, Node, Scalar, Unread

_MARKUP = 4000  # characters of marks and addresses in one text, beyond which the parser is not asked
_MARKS = ("**", "`", "](")
# A side stands in one field beside its title (Slack: field 2,000 characters), counted with addresses and escapes.
_DRAWN = 1900


class Texts:
    """What the texts of a mapping are judged by; one with a fault is read as an empty one, and the fault noted."""

    def __init__(self, reading: Reading, shape: str) -> None:
        self.reading = reading
        self.file: File = reading.file
        self.kind = SHAPES[shape].kind
        self.keys: Mapping[str, Key] = SHAPES[shape].keys

    def _scalar(self, node: Node | None, name: str, *, as_text: bool = True) -> Scalar | None:
        named = name if "`" in name else f"`{name}`"
        match node:
            case None | Unread():
                return None
            case Items(_, line):
                self.file.fault(
                    line, f"{named} is one text, not a list: put it below `>-`, or quote it if it begins with `[`"
                )
                return None
            case Entries(_, line):
                self.file.fault(
                    line, f"{named} is one text, but a colon with a space makes YAML read a key: quote the text"
                )
                return None
            case Scalar(value, line, last_line, style):
                if not value.strip():
                    self.file.fault(line, f"{named} has no text: write some")
                elif wording.is_blank(value):
                    self.file.fault(line, f"{named} has no text that anybody sees: write some")
                elif as_text and not style and yaml_errors.is_misread(value):
                    self.file.fault(
                        line, f'YAML would misread {value[:40]} as something else: quote it, as "{value[:40]}"'
                    )
                elif sign := wording.unseen(value) or ("U+0009, a tab" if "\t" in value else ""):
                    self.file.fault(line, f"{named} contains a sign that nobody sees ({sign}): take it out")
                else:
                    return Scalar(value.strip(), line, last_line, style)
                return None

    def _plain(self, scalar: Scalar, name: str) -> str:
        self._is_too_long(scalar, name, scalar.value)
        if "\n" in scalar.value:
            self.file.fault(scalar.line, f"`{name}` is one line: take out the line break")
        if any(mark in scalar.value for mark in _MARKS):
            self.file.fault(scalar.line, f"`{name}` is drawn as it is: take the Markdown out")
        if code := wording.shortcode(scalar.value):
            self.file.fault(scalar.line, f"`{code}` is an emoji on Slack only: write the emoji itself")
        return scalar.value

    def _rich(self, scalar: Scalar, name: str) -> Rich:
        if self._is_too_long(scalar, name, scalar.value, marks=_MARKUP):
            return ()
        try:
            rich = markdown.parse_inline(scalar.value)
        except Undrawable as error:
            self._refuse(scalar, name, error)
            return ()
        words = inline.plain(rich)
        self._is_blank(scalar, name, words)
        resolved = self._cited(scalar, rich)
        drawn = len(html.escape(words, quote=False)) + sum(len(url) + 3 for url in inline.links(resolved))
        if not self._is_too_long(scalar, name, words) and drawn > _DRAWN:
            self.file.fault(
                scalar.line, f"`{name}` takes {drawn} characters with its addresses, at most {_DRAWN}: cite fewer"
            )
        return resolved

    def _prose(self, scalar: Scalar, name: str) -> Prose:
        if self._is_too_long(scalar, name, scalar.value, marks=_MARKUP):
            return ()
        try:
            prose = markdown.parse_prose(scalar.value)
        except Undrawable as error:
            self._refuse(scalar, name, error)
            return ()
        words = inline.plain_prose(prose)
        self._is_too_long(scalar, name, words)
        self._is_blank(scalar, name, words)
        return tuple(
            inline.Paragraph(self._cited(scalar, block.text))
            if isinstance(block, inline.Paragraph)
            else inline.Bullets(tuple(self._cited(scalar, item) for item in block.items), block.ordered)
            for block in prose
        )

    def _cited(self, scalar: Scalar, rich: Rich) -> Rich:
        """Resolve links: a reference's gets its address, a term's becomes plain words, as no platform could open it."""

        def address(url: str) -> str:
            line = self.file.line_of(scalar, url)
            if url.startswith(markdown.TERM_SCHEME):
                name = url.removeprefix(markdown.TERM_SCHEME)
                self.reading.citations.explain(self.file, line, name)
                self.reading.linked.append(name)
                return ""
            if not url.startswith(markdown.REFERENCE_SCHEME):
                return url
            reference = self.reading.citations.found(self.file, line, url.removeprefix(markdown.REFERENCE_SCHEME))
            return reference.url if reference else url

        return inline.with_links(rich, address)

    def _refuse(self, scalar: Scalar, name: str, error: Undrawable) -> None:
        for each in (error, *error.others):
            self.file.fault(self.file.line_of(scalar, each.near), f"in `{name}`, {each}")

    def _is_blank(self, scalar: Scalar, name: str, words: str) -> None:
        if wording.is_blank(words):
            self.file.fault(scalar.line, f"`{name}` has no text that anybody sees: write some")

    def _is_too_long(self, scalar: Scalar, name: str, words: str, marks: int = 0) -> bool:
        most = self.keys[name].most
        if len(words) <= most + marks:
            return False
        self.file.fault(
            scalar.line, f"`{name}` has {len(words)} characters, at most {most} fit: shorten it by {len(words) - most}"
        )
        return True
