"""The values that both emulators deal in."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from msgspec import Struct

Json: TypeAlias = dict[str, Any]
EMPTY: Mapping[str, Any] = MappingProxyType({})


class Fault(Struct, frozen=True):
    """Something that the platform would not have taken or shown, or a person would have seen fail."""

    where: str
    error: str
    details: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is wrong, with the details."""
        return ", ".join((self.error, *self.details))


class Answer(Struct, frozen=True):
    """What the bot answered over HTTP; no status: nothing came. `error` is what a person is shown."""

    status: int | None
    body: Any = None
    error: str | None = None


def told(faults: Sequence[Fault]) -> list[str]:
    """What the bot sent badly, a line each: the page is for those who build it."""
    return [f"{fault.where}: {fault.words}" for fault in faults]
