"""Judge words and addresses by what every platform can carry."""

import re
import unicodedata
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"https://[!#$%&*+,\-./0-9:;=?@A-Z_a-z~'\[\]()]{4,492}")
_SHORTCODE = re.compile(r"(?<![\w:]):(?=[a-z0-9_+'-]*[a-z])[a-z0-9_+'-]+:(?![\w:])")
_REACTION = re.compile(r"[a-z0-9_+'-]{1,100}")

# Control characters, line separators, characters that turn the direction of reading, and those of no width. U+200C,
# U+200D and U+FE0F stay: scripts and emoji need them. Surrogates and non-characters can't be sent as UTF-8 text.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)

# Letters, signs and marks that are drawn as nothing, beside those whose category says so.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159")


def is_blank(words: str) -> bool:
    """Say whether nothing of `words` is seen: spaces, fillers, marks without a letter, signs of no width."""
    if words[:1].isascii() and words[:1].isalnum():  # as nearly all begin
        return False
    return all(sign in _BLANK or unicodedata.category(sign)[0] in "CMZ" for sign in words)


def shown(name: str) -> str:
    """Give a file's name as it can be printed and logged; bytes that are no UTF-8, and line ends, are written out."""
    named = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    # A NUL is in no file's name, only in one that somebody typed.
    return "".join(sign if sign.isprintable() or sign == "\0" else ascii(sign)[1:-1] for sign in named)


def is_address(url: str) -> bool:
    """Say whether `url` is an https address that every platform's link syntax can carry, at most 500 characters.

    Slack ends a link at `>` and its address at `|`; percent-encoding says the same in letters they all take.
    """
    if not _ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.username is None and "." in (parts.hostname or "").strip(".") and port != 0


def shortcode(words: str) -> str:
    """Find an emoji shortcode such as `:mag:`, which Slack draws and other platforms print; empty where none is."""
    found = _SHORTCODE.search(words)
    return found.group() if found else ""


def is_reaction(name: str) -> bool:
    """Say whether `name` can be that of a reaction on Slack: `mag`, `+1`, `flag-fr`."""
    return _REACTION.fullmatch(name) is not None


def unseen(words: str) -> str:
    """Name the first character that nobody sees, as `U+200B ZERO WIDTH SPACE`; empty where there is none."""
    found = _UNSEEN.search(words)
    if not found:
        return ""
    return f"U+{ord(found.group()):04X} {unicodedata.name(found.group(), 'control character')}"


def seen(words: str) -> str:
    """Give the words without the characters that nobody sees: no file and no mark-up need hold them."""
    return _UNSEEN.sub("", words)


def without_unseen(words: str) -> str:
    """Give the same words with a space for each character that nobody sees, so that columns stay what they are."""
    return _UNSEEN.sub(" ", words)
