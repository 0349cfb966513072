"""How a platform takes a credential that it is shown, before anything is built on it."""

from typing import Literal

from msgspec import Struct


class Tried(Struct, frozen=True):
    """What a platform said, in words without a full stop; `unknown` says nothing about the credential."""

    outcome: Literal["accepted", "refused", "unknown"]
    words: str
