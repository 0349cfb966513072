"""How a platform takes a credential that it is shown, before anything is built on it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Tried:
    """What a platform said, in words without a full stop; `unknown` says nothing about the credential."""

    outcome: Literal["accepted", "refused", "unknown"]
    words: str
