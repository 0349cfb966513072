"""Refuse what is too long for a platform, in words that say what it is."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Say in every ValueError from inside which card or form it is about."""
    try:
        yield
    except ValueError as fault:
        raise ValueError(f"{what}: {fault}") from fault


def within(platform: str, words: str, limit: int, what: str) -> str:
    """Give the words back where they have at most `limit` characters; `what` names them in an error."""
    if len(words) > limit:
        raise ValueError(f"{what} has at most {limit:,} characters on {platform}, not {len(words):,}: {words[:60]!r}")
    return words
