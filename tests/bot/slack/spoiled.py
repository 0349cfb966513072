"""Give whatever JSON there is, and what Slack sends with some of it spoiled."""

import copy
from typing import Any

from hypothesis import strategies as st

from tests.bot.slack import requests as sent

Request = tuple[bytes, bytes]  # content type, body


def changed(content: dict[str, Any], *path: str | int, to: object = None) -> dict[str, Any]:
    """Replace one value deep inside, or drop it where `to` is Ellipsis."""
    result = copy.deepcopy(content)
    held: Any = result
    for step in path[:-1]:
        held = held[step]
    if to is ...:
        del held[path[-1]]
    else:
        held[path[-1]] = to
    return result


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=8), held, max_size=3),
    max_leaves=8,
)


def paths(content: Any) -> list[tuple[str | int, ...]]:  # noqa: ANN401 # JSON is anything
    """List the way to every value inside."""
    steps = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [path for step, held in steps for path in [(step,), *((step, *rest) for rest in paths(held))]]


EXTRA = (
    "event",
    "authorizations",
    "response_urls",
    "view",
    "enterprise",
    "item",
    "message",
    "thread_ts",
    "function_data",
)


@st.composite
def nearly_slack(draw: st.DrawFn) -> Request:
    """Take what Slack sends and spoil some of it: a value here, a field too many there."""
    make, wrap = draw(
        st.sampled_from(
            [
                (sent.command, sent.form),
                (sent.press, sent.payload),
                (sent.choose, sent.payload),
                (sent.submit, sent.payload),
                (sent.shortcut, sent.payload),
                (sent.reaction, sent.envelope),
                (sent.revocation, sent.envelope),
                (sent.home_opened, sent.envelope),
                (sent.press_at_home, sent.payload),
                (sent.mention, sent.envelope),
                (sent.verification, sent.envelope),
            ]
        )
    )
    content: dict[str, Any] = make()
    for _ in range(draw(st.integers(0, 3))):
        content = changed(content, *draw(st.sampled_from(paths(content))), to=draw(ANY_JSON | st.just(...)))
        if not content:
            break
    if draw(st.booleans()):
        content[draw(st.sampled_from(EXTRA))] = draw(ANY_JSON)
    request: Request = wrap(content)
    return request
