"""Change JSON as nobody would who means it: other types, other scripts, too much, too deep, missing and twice."""

import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = Any
Place = tuple[Json, Any]  # a container, and a key or an index of it

# What the standard library cannot write, or Python not hold: put into the text itself.
_DEEP, _DIGITS, _HUGE = "@@deep@@", "@@digits@@", "@@huge@@"
_WRITTEN: Mapping[str, Callable[[random.Random], str]] = {
    _DEEP: lambda chance: "[" * (depth := chance.choice((3, 60, 900, 3_000))) + "]" * depth,
    _DIGITS: lambda chance: "9" * chance.choice((19, 30, 5_000)),
    _HUGE: lambda chance: chance.choice(("1e400", "-1e400", "1e-400", "NaN", "Infinity")),
}
# Of any script, and of none: what folding, splitting, counting and encoding trip over.
_TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "a\udc00b",
    "\ud83d",
    "🔍🧪",
    "e\u0301" * 50,
    "\u202erisks",
    "ｒｉｓｋｓ",
    "рiskѕ",
    "١٢٣",
    "٣" * 5_000,
    "9" * 5_000,
    "[" * 4_000,
    '{"a":' * 4_000,
    " " * 20_000,
    "\n" * 3_000,
    "a" * 300,
    "a" * 70_000,
    "é" * 3_000,
    "Zone/" + "x" * 90,
    "a..b",
    "." * 70,
    "xn--\udcff",
    "me",
    "null",
    "2026-12-07",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "|||",
    "show|dimension/risks|",
    "tips-save||settings",
    "tips-send||" + "x" * 100,
    "tips||me|me",
    "<@U1|" * 2_000,
    "<at>" * 2_000,
    "&lt;" * 2_000,
    ";messageid=",
    "19:a@thread.tacv2;messageid=;messageid=1",
    "%s{0}{{}}$",
    "'; DROP TABLE post; --",
    "../../etc/passwd",
)
# Addresses that lead nowhere: whatever is asked of them must fail politely.
_ADDRESSES = (
    "",
    "http://",
    "http://[",
    "http://[::1",
    "http://127.0.0.1:9/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:x/",
    "http://a..b/",
    "https://.invalid/",
    f"https://{'a' * 70}.invalid/",
    f"https://{'é' * 60}.invalid/",
    "http://%zz/",
    "http://127.0.0.1:9/\r\nx: y",
    "http://user:pass@127.0.0.1:9/",
    "ftp://127.0.0.1/",
    "//127.0.0.1:9",
    "http:127.0.0.1",
    "http://127.0.0.1:9/" + "a" * 5_000,
    "http://\u0661\u0662\u0667.0.0.1:9/",
    "http://127.0.0.1:9\u2028/",
)
_KEYS = ("", "\0", "\ud800", "id", "team", "type", "user", "event", "authorizations", "bot_id", "__proto__", "a" * 300)
_NUMBERS = (0, -1, 1, 2**31, 2**63, -(2**63), 10**19, 0.1, True, False, None)
_IS_ADDRESS = re.compile(r"url$", re.IGNORECASE)


def mutated(seed: Json, chance: random.Random) -> Json:
    """Give a copy with one to four changes."""
    changed = copy.deepcopy(seed)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        places = list(_places(changed))
        if not places:
            break
        chance.choices(_CHANGES, _WEIGHTS)[0](*chance.choice(places), chance, places)
    return changed


def written(changed: Json, chance: random.Random) -> str:
    """Write JSON in ASCII; now and then with a key twice."""
    text = json.dumps(changed, ensure_ascii=True)
    for mark, made in _WRITTEN.items():
        while f'"{mark}"' in text:
            text = text.replace(f'"{mark}"', made(chance), 1)
    if chance.random() < 0.03:  # seldom
        starts = [found.end() for found in re.finditer(r"\{(?=\")", text)]
        keys = re.findall(r'"(\w{1,30})":', text)
        if starts and keys:
            at = chance.choice(starts)
            text = f'{text[:at]}"{chance.choice(keys)}":{json.dumps(chance.choice(_NUMBERS))},{text[at:]}'
    return text


def odd_text(chance: random.Random) -> str:
    """Give a text that nobody would send."""
    return chance.choice(_TEXTS)


def _places(node: Json) -> Iterator[Place]:
    match node:
        case dict():
            for key, value in node.items():
                yield node, key
                yield from _places(value)
        case list():
            for index, value in enumerate(node):
                yield node, index
                yield from _places(value)
        case _:
            pass


def _other(chance: random.Random) -> Json:
    return chance.choice(
        (
            lambda: chance.choice(_NUMBERS),
            lambda: odd_text(chance),
            lambda: chance.choice((_DEEP, _DIGITS, _HUGE)),
            lambda: chance.choice(([], {}, [[]], [{}], {"id": 1}, {"id": None}, [None], ["a"], {"": ""})),
        )
    )()


def _replace(holder: Json, key: Any, chance: random.Random, _places: list[Place]) -> None:  # noqa: ANN401 # a key or an index
    is_address = isinstance(key, str) and _IS_ADDRESS.search(key)
    holder[key] = chance.choice(_ADDRESSES) if is_address and chance.random() < 0.7 else _other(chance)  # mostly


def _spoil(holder: Json, key: Any, chance: random.Random, _places: list[Place]) -> None:  # noqa: ANN401 # as above
    """Change a text a little, or what is written inside it."""
    value = holder[key]
    if not isinstance(value, str):
        _replace(holder, key, chance, _places)
        return
    if isinstance(key, str) and _IS_ADDRESS.search(key):
        holder[key] = chance.choice(_ADDRESSES)
        return
    if value[:1] in {"{", "["} and chance.random() < 0.8:  # mostly
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            pass
        else:
            holder[key] = written(mutated(inner, chance), chance)
            return
    at = chance.randrange(len(value) + 1)
    holder[key] = chance.choice(
        (
            lambda: value[:at] + odd_text(chance) + value[at:],
            lambda: value[:at],
            lambda: value * chance.choice((2, 50, 2_000)),
            value.swapcase,
            lambda: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in value),
            lambda: value.replace(value[at : at + 1] or "a", "і"),
            lambda: "|".join(chance.sample(parts := value.split("|"), len(parts))) + chance.choice(("", "|", "|x|y")),
            lambda: value.replace(".", ".."),
        )
    )()[:200_000]


def _drop(holder: Json, key: Any, _chance: random.Random, _places: list[Place]) -> None:  # noqa: ANN401 # as above
    del holder[key]


def _add(holder: Json, _key: Any, chance: random.Random, _places: list[Place]) -> None:  # noqa: ANN401 # as above
    if isinstance(holder, dict):
        holder[chance.choice(_KEYS)] = _other(chance)
    else:
        holder.extend([_other(chance)] * chance.choice((1, 3, 200)))


def _move(holder: Json, key: Any, chance: random.Random, places: list[Place]) -> None:  # noqa: ANN401 # as above
    """Put another part of the same in this place."""
    other, name = chance.choice(places)
    try:
        holder[key] = copy.deepcopy(other[name])
    except (KeyError, IndexError):
        return


_CHANGES: tuple[Callable[[Json, Any, random.Random, list[Place]], None], ...] = (_replace, _spoil, _drop, _add, _move)
_WEIGHTS = (4, 5, 1, 1, 1)
