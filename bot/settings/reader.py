"""Reads single settings out of the environment, gathering a sentence for each that is wrong."""

import base64
import binascii
import io
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import parser

from bot.settings import values
from bot.settings.values import GUID
from bot.settings.variables import IN_EITHER_CASE, VARIABLES
from content import likeness

_Choice = TypeVar("_Choice", bound=str)
_KNOWN = {variable.name: variable for variable in VARIABLES}
_ENCRYPTION_KEY_BYTES = 32  # Fernet: 128 bits to sign and 128 to encrypt
_HIGHEST_PORT = 65_535
_MOST = 1_000_000.0  # seconds or hours; a moment that lies a century back can still be written
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_ALSO = {"warn": "warning"}  # as many other programs have it
_NEAR = 85  # of 100: one letter wrong in a name of ten; lower, other programs' variables are taken for ours


class Secret:
    """A value that shows itself only to `reveal()`.

    Not a struct: whatever takes structs apart, to write them down or to copy them, would show what is inside.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Hand out the value, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        """Hide the value; str() and format() come here too."""
        return "***"

    def __eq__(self, other: object) -> bool:
        """Compare by value."""
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        """Hash by value, as it compares."""
        return hash(self._value)


class Reader:
    """Reads one value after the other; what is wrong is in `faults`, its name in `wrong`, and its value is of no use.

    `environ` wins over the file at `dotenv_path`; an empty value counts as unset, and an unset one as its default.
    """

    def __init__(self, environ: Mapping[str, str], dotenv_path: Path | None) -> None:
        """Read the file, once."""
        self.environ = environ
        self.dotenv_path = dotenv_path
        self.faults: list[str] = []
        self.wrong: set[str] = set()
        self.from_file: dict[str, str] = {}
        self.strange_lines: list[int] = []
        self.doubts: list[str] = []
        self._impossible: set[str] = set()
        if dotenv_path and dotenv_path.exists():
            try:
                text = dotenv_path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError):
                self.fault(str(dotenv_path), "cannot be read: it must be a text file in UTF-8.")
            else:
                self._take(text)

    def _take(self, text: str) -> None:
        # The parser alone: dotenv itself would take a `$` in a secret for a variable, and look into os.environ for it.
        for binding in parser.parse_stream(io.StringIO(text)):
            key = binding.key or ""
            key = key.upper() if key.upper() in IN_EITHER_CASE else key
            if binding.value is not None and _NAME.fullmatch(key):
                self.from_file[key] = binding.value
            elif binding.key or binding.error:
                before = len(binding.original.string) - len(binding.original.string.lstrip())
                self.strange_lines.append(binding.original.line + binding.original.string.count("\n", 0, before))

    def raw(self, name: str) -> str:
        """Give what was set, without spaces around it and unjudged; '' where nothing was."""
        named = name.lower() if name in IN_EITHER_CASE and name.lower() in self.environ else name  # as curl chooses
        return self.environ.get(named, "").strip() or self.from_file.get(name, "").strip()

    def text(self, name: str) -> str:
        """Give the value, without spaces around it; what no value of any setting can be is a fault."""
        given = self.raw(name)
        if given and name not in self._impossible and (sentence := values.fault(name, given)):
            self.fault(name, sentence)
            self._impossible.add(name)
        return given or _KNOWN[name].default

    def fault(self, name: str, sentence: str) -> None:
        """Note what is wrong with `name`; the sentence goes on from the name and never quotes the value."""
        self.wrong.add(name)
        if name not in self._impossible:  # else what is wrong with it is said, and the rest follows from that
            self.faults.append(f"{name} {sentence}")

    def secret(self, name: str, fault: Callable[[str], str]) -> Secret | None:
        """Give a value that must not be shown; `fault` says what it cannot be."""
        given = self.text(name)
        if given and (sentence := fault(given)):
            self.fault(name, sentence)
        return Secret(given) if given else None

    def token(self, name: str, prefix: str) -> Secret | None:
        """Give one of Slack's tokens, known by how it begins."""
        return self.secret(name, lambda given: values.token_fault(given, prefix))

    def signing_secret(self, name: str) -> Secret | None:
        """Give the signing secret, which is no token."""
        found = self.secret(name, values.signing_secret_fault)
        if found and name not in self.wrong and not values.is_like_a_signing_secret(found.reveal()):
            self.doubts.append(
                f"{name} is not 32 hexadecimal digits, as Slack's are: compare it with the app's Basic Information."
            )
        return found

    def client_id(self, name: str) -> str:
        """Give the client id of a Slack app: numbers with a dot between them."""
        given = self.text(name)
        if given and not re.fullmatch(r"[0-9.]+", given):
            self.fault(name, "is not a client id such as 123456.789012: copy it from the app's Basic Information.")
        return given

    def host(self, name: str) -> str:
        """Give the address to listen on; an IPv6 address may stand in brackets."""
        given = values.unbracketed(self.text(name))
        if sentence := values.host_fault(given):
            self.fault(name, sentence)
        return given

    def encryption_keys(self, name: str) -> tuple[Secret, ...]:
        """Give the keys, newest first."""
        keys = tuple(key.strip() for key in self.text(name).split(",") if key.strip())
        for number, key in enumerate(keys, start=1):
            try:
                length = len(base64.b64decode(key, altchars=b"-_", validate=True))
            except (binascii.Error, ValueError):
                length = 0
            if length != _ENCRYPTION_KEY_BYTES:
                self.fault(
                    name, f"has a key (number {number}) that is not URL-safe base64 of 32 bytes: make a new one."
                )
        return tuple(Secret(key) for key in keys)

    def database(self, name: str) -> Secret:
        """Give the database's address as sqlite:///… or postgresql://…."""
        scheme, mark, rest = self.text(name).partition("://")
        match scheme if mark else "":
            case "sqlite" if rest.startswith("/") and len(rest) > 1:
                return Secret(f"sqlite://{rest}")
            case "sqlite":
                self.fault(name, "names no file: write sqlite:///path/bot.db.")
            case "postgresql" | "postgres" if values.names_server(f"postgresql://{rest}"):
                return Secret(f"postgresql://{rest}")  # Heroku's name for it is postgres
            case _:
                self.fault(name, "is neither sqlite:///path/bot.db nor postgresql://user@host/name.")
        return Secret(_KNOWN[name].default)

    def address(self, name: str) -> str:
        """Give an https address without a slash at the end; http is for this machine."""
        given = self.text(name).rstrip("/")
        if given and not values.is_safe_address(given):
            self.fault(name, "must be a whole https:// address without a user (http:// is for this machine only).")
        return given

    def site(self, name: str) -> str:
        """Give the address under which something is reached, to which a path can be added."""
        given = self.address(name)
        if name not in self.wrong and ("?" in given or "#" in given):
            self.fault(name, "must end before the ? or the #: give the address alone, such as https://bot.example.com.")
        return given

    def api_address(self, name: str) -> str:
        """Give the address of a Web API, with a slash at the end, as slack_sdk wants it."""
        given = self.address(name)
        # slack_sdk puts the method's name behind it: without /api Slack answers web pages.
        if name not in self.wrong and not (given.endswith("/api") and urlsplit(given).path.endswith("/api")):
            self.fault(name, "must end in /api, as https://slack.com/api/ does.")
        return given + "/"

    def guid(self, name: str) -> str:
        """Give one of Microsoft's ids, in lower case as its tokens have it."""
        given = self.text(name).lower()
        if given and not GUID.fullmatch(given):
            self.fault(
                name, "is not an id such as 01234567-89ab-cdef-0123-456789abcdef: copy it from the registration."
            )
        return given

    def cloud(self, name: str, known: tuple[str, ...]) -> str:
        """Give the name of one of Microsoft's clouds, or the address of an emulated one on this machine."""
        given = self.text(name)
        if given.lower() in known:
            return given.lower()
        if given.startswith("http://") and values.is_safe_address(given):
            return given.rstrip("/")
        self.fault(name, f"must be one of {', '.join(known)} (or http://127.0.0.1:PORT, which the playground sets).")
        return _KNOWN[name].default

    def proxy(self, name: str) -> Secret | None:
        """Give the address of a proxy, with http:// before it where it has none."""
        given = self.text(name)
        address = given if "://" in given or not re.search(r":\d+/?$", given) else f"http://{given}"
        if not given or name in self.wrong:
            return None
        if address.startswith("socks"):
            # Desktops set one beside the others, for programs of another kind: alone, it is no reason not to start.
            sentence = "names a SOCKS proxy, which is not used: give the address of an HTTP proxy."
            self.doubts.append(f"{name} {sentence}") if name == "ALL_PROXY" else self.fault(name, sentence)
            return None
        if not values.is_proxy(address):
            self.fault(
                name,
                "must be a proxy's address, http://host:port or http://user:password@host:port (in user and password "
                "@, :, / and # are written %40, %3A, %2F and %23).",
            )
            return None
        return Secret(address.rstrip("/"))

    def port(self, name: str) -> int:
        """Give a TCP port."""
        given = self.text(name)
        if given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= _HIGHEST_PORT:
            return int(given)
        self.fault(name, f"must be a whole number from 1 to {_HIGHEST_PORT}.")
        return int(_KNOWN[name].default)

    def number(self, name: str) -> float:
        """Give a number above 0, and no larger than what a moment can be told from."""
        try:
            given = float(self.text(name))
        except ValueError:
            given = math.nan
        if 0 < given <= _MOST:  # never so for NaN
            return given
        self.fault(name, f"must be a number above 0, and at most {_MOST:,.0f}.")
        return float(_KNOWN[name].default)

    def choice(self, name: str, choices: tuple[_Choice, ...]) -> _Choice:
        """Give one of `choices`, whatever its case."""
        given = self.text(name).lower()
        given = _ALSO.get(given, given)
        for choice in choices:
            if choice == given:
                return choice
        self.fault(name, f"must be one of {', '.join(choices)}.")
        return choices[0]

    def switch(self, name: str) -> bool:
        """Give whether something is on."""
        return self.choice(name, ("on", "off")) == "on"

    def warnings(self) -> tuple[str, ...]:
        """Name what is set under a name we do not read but that looks like ours; in the .env file, anything unread.

        What has not the form of a setting is not quoted: it may be a secret that was pasted without its name.
        """
        sentences = [f"line {line} of {self.dotenv_path} is not of the form NAME=value." for line in self.strange_lines]
        sentences += self.doubts
        for name in sorted({*self.environ, *self.from_file} - _KNOWN.keys()):
            if name.upper().endswith("_PROXY"):
                continue  # FTP_PROXY is no slip of HTTP_PROXY
            close = [known for known in _KNOWN if _may_be_alike(name, known)]
            near = likeness.most_alike(name, close, _NEAR) if close else None
            if near is not None:
                sentences.append(f"{name} is not read: did you mean {near}?")
            elif name in self.from_file:
                sentences.append(f"{name} in {self.dotenv_path} is not read by PM Compare.")
        return tuple(sentences)


def _may_be_alike(name: str, known: str) -> bool:
    """Say whether so few letters are in one name alone that they may be alike: what others set is told apart here."""
    mine, theirs = set(name), set(known)
    alone = sum(letter not in theirs for letter in name) + sum(letter not in mine for letter in known)
    return max(alone, abs(len(name) - len(known))) * 100 <= (100 - _NEAR) * (len(name) + len(known))
