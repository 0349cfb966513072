"""Requests that once ended in a traceback, a 5xx or nothing at all: each correctly signed, each odd in one place."""

import copy
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz import running

pytestmark = pytest.mark.xdist_group("fuzz")  # what is changed is made of every card there is, once a process

Json = Any
Odd = tuple[str, tuple[Any, ...], Json]  # which kind of request, where in it, what stands there
NOWHERE = ("http://a..b/", f"https://{'a' * 70}.invalid/", "http://[", "http://127.0.0.1:99999/", "x", "http://[::1")
_EACH = 3  # seeds that a change is tried on
DEEP = '{"message":' * 5_000
VALUES = ("tips-save||settings", "tips-save||swap", "tips-edit||none", "tips-save|||me", "tips-send||x\0")
ZONES = ("Zone/" + "x" * 90, "9" * 5_000, "\0", "\ud800")
DIGITS = "9" * 5_000

SLACK: list[Odd] = [
    *[("block_actions", ("actions", 0, "value"), value) for value in VALUES],
    ("open", ("response_url",), "http://127.0.0.1:9/" + "x" * 2_900),
    *[("block_actions", ("response_url",), url) for url in NOWHERE],
    *[("block_actions", ("response_url",), f"http://127.0.0.1:9/{sign * 2_900}") for sign in ("x", "é", '"')],
    *[("view_submission", ("view", "private_metadata"), context) for context in ("[" * 3_000, DEEP, "[]", "null", "x")],
    ("view_submission", ("view", "private_metadata"), '{"conversation": "' + "C" * 300 + '"}'),
    *[
        ("view_submission", ("view", "private_metadata"), f'{{"conversation": "C1", "place": "me", "url": "{url}"}}')
        for url in NOWHERE
    ],
    ("view_submission", ("view", "state", "values", "weekday"), {"weekday": {"selected_option": {"value": DIGITS}}}),
    *[("view_submission", ("view", "state", "values", "zone"), {"zone": {"value": zone}}) for zone in ZONES],
    ("view_submission", ("view", "state", "values", "owner"), {"owner": {"selected_user": "U" * 300}}),
    ("view_submission", ("view", "state", "values", "quiet_dates"), {"quiet_dates": {"value": " " * 50_000}}),
    ("block_suggestion", ("value",), "x" * 50_000),
    *[("app_mention", ("event", "text"), text) for text in ("ri\0sks", "\ud83d", "<@U1|" * 50_000, "risks " * 9_000)],
    ("app_mention", ("event", "user\0"), {"a\0": ["b\0"]}),
    *[("command", ("text",), text) for text in ("ri\0sks", "\0", "x" * 50_000)],
    ("command", ("response_url",), "http://a..b/"),
]
TEAMS: list[Odd] = [
    *[("adaptiveCard/action", ("value", "action", "data", "value"), value) for value in VALUES],
    *[("task/fetch", ("value", "data", "value"), value) for value in VALUES],
    *[("task/submit", ("value", "data", "context"), context) for context in ("[" * 3_000, DEEP, "x" * 90_000)],
    *[("task/submit", ("value", "data", name), "x" * 90_000) for name in ("zone", "tip", "owner", "dimensions")],
    *[("task/submit", ("value", "data", "zone"), zone) for zone in ZONES],
    ("task/submit", ("value", "data", "weekday"), DIGITS),
    ("task/submit", ("value", "data", "quiet_dates"), " " * 50_000),
    *[
        (name, ("type",), kind)
        for name in ("adaptiveCard/action", "task/fetch", "task/submit", "application/search", "composeExtension/query")
        for kind in ("іnvoke", "ｉｎｖｏｋｅ", "Invoke", "invoke ", "\u202einvoke", "x")
    ],
    *[(name, ("serviceUrl",), url) for name in ("adaptiveCard/action", "message") for url in NOWHERE],
    *[("message", ("text",), text) for text in ("ri\0sks", "\ud83d", "<at " * 50_000, "<at>" * 50_000)],
    *[("message", (name,), ["x"]) for name in ("name", "locale", "value")],
    *[
        ("message", ("timestamp",), at)
        for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2190-01-01")
    ],
    ("message", ("from", "name"), "Ж" * 5_000),
    ("message", ("from", "name"), " "),
    ("conversationUpdate", ("channelData", "channel"), {"id": "19:" + "x" * 900, "name": "x" * 9_000}),
    ("installationUpdate", ("channelData", "settings"), {"selectedChannel": {"id": "19:" + "x" * 900}}),
    ("installationUpdate", ("channelData", "settings"), {"selectedChannel": {"id": "\0", "name": "\ud800"}}),
]


def kind_of(seed: Json) -> str:
    """Name what a request is."""
    if not isinstance(seed, tuple):
        return str(seed.get("name", seed["type"]))
    kind, content = seed
    if content.get("actions", [{}])[0].get("value", "").startswith("tips-edit|"):
        return "open"
    return str(content.get("event", content)["type"] if kind != "command" else "command")


def odd(changes: Sequence[Odd]) -> Callable[[Sequence[Json]], Iterable[Json]]:
    """Send a few seeds of a kind with each change of that kind, after the forms that turn tips on."""

    def requests(seeds: Sequence[Json]) -> Iterable[Json]:
        yield from seeds[:10]
        for kind, path, value in changes:
            of_kind = [seed for seed in seeds if kind_of(seed) == kind]
            assert of_kind, kind
            for seed in of_kind[:_EACH]:
                changed = copy.deepcopy(seed)
                node = changed[1] if isinstance(changed, tuple) else changed
                for step in path[:-1]:
                    node = node[step] if isinstance(node, list) else node.setdefault(step, {})
                node[path[-1]] = value
                yield changed

    return requests


@pytest.mark.parametrize(("platform", "changes"), [("slack", SLACK), ("socket", SLACK), ("teams", TEAMS)])
async def test_what_went_wrong_before_goes_right(
    tmp_path: Path, platform: running.Platform, changes: Sequence[Odd]
) -> None:
    """On SQLite."""
    found = await running.heard(platform, f"sqlite:///{tmp_path / 'bot.db'}", odd(changes))
    assert found.wrong == [], str(found)


@pytest.mark.parametrize(("platform", "changes"), [("slack", SLACK), ("teams", TEAMS)])
async def test_it_goes_right_on_postgresql(
    migrated_postgres: str, platform: running.Platform, changes: Sequence[Odd]
) -> None:
    """As above, where a text may have no NUL, and no more than its column holds."""
    found = await running.heard(platform, migrated_postgres, odd(changes))
    assert found.wrong == [], str(found)
