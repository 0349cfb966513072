"""What one open page has been told, and what of it has changed since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from playground.shared.values import Json


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as one person sees it: `mark` is everything it is built from, and the same as long as it looks so."""

    room: str
    id: str
    mark: tuple[object, ...]
    build: Callable[[], Json]


class Seen(Protocol):
    """What a platform shows to one person, in two parts: messages are many, and most of them stay as they are."""

    rooms: str  # under which name the outline lists what holds messages

    def outline(self, platform: Any, me: Any) -> Json:  # noqa: ANN401  # each platform's own
        """Everything but the messages; small."""

    def messages(self, platform: Any, me: Any) -> Iterable[Shown]:  # noqa: ANN401  # each platform's own
        """The messages of every room, oldest first."""


class Changes:
    """Remembers what was told to a page. One a stream, since each page has seen something else."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._outline: Json = {}
        self._marks: dict[tuple[str, str], tuple[object, ...]] = {}

    def since(self, platform: Any, me: Any) -> Json:  # noqa: ANN401  # each platform's own
        """What changed since the last call; at the first, everything.

        `set` has new values of the outline, `messages` new and changed ones by room, `gone` ids by room.
        """
        outline = self._seen.outline(platform, me)
        told = {name: value for name, value in outline.items() if self._outline.get(name, ...) != value}
        messages: dict[str, list[Json]] = {}
        marks: dict[tuple[str, str], tuple[object, ...]] = {}
        for shown in self._seen.messages(platform, me):
            key = (shown.room, shown.id)
            marks[key] = shown.mark
            if self._marks.get(key) != shown.mark:
                messages.setdefault(shown.room, []).append(shown.build())
        gone: dict[str, list[str]] = {}
        for room, id_ in self._marks.keys() - marks.keys():
            gone.setdefault(room, []).append(id_)
        whole = not self._outline
        self._outline, self._marks = outline, marks
        return {"whole": whole, "set": told, "messages": messages, "gone": gone}


def whole(seen: Seen, platform: Any, me: Any) -> Json:  # noqa: ANN401  # each platform's own
    """Everything at once, each room with its messages."""
    outline = seen.outline(platform, me)
    rooms = {room["id"]: room | {"messages": []} for room in outline[seen.rooms]}
    for shown in seen.messages(platform, me):
        rooms[shown.room]["messages"].append(shown.build())
    return outline | {seen.rooms: list(rooms.values())}


def in_order(shown: Iterable[Shown]) -> list[Shown]:
    """Oldest first: ids of messages are the moments they were written at."""
    return sorted(shown, key=lambda each: float(each.id))
