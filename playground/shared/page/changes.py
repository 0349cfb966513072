"""What one open page has been told, and what of it has changed since."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from msgspec import Struct

from playground.shared.values import Json


class Shown(Struct, frozen=True):
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


NEWEST = 40  # messages of a room that the first part has; the page draws fewer
PART = 200  # messages in each part after it


class Changes:
    """Remembers what was told to a page. One a stream, since each page has seen something else."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._outline: Json = {}
        self._marks: dict[tuple[str, str], tuple[object, ...]] = {}

    def first(self, platform: Any, me: Any) -> Iterator[Json]:  # noqa: ANN401  # each platform's own
        """Everything, in parts: what a page shows at once comes at once, what is further up in the rooms after it.

        Each part is shaped as `since` gives it and has `first`; `whole` is the first one, `last` the last.
        """
        self._outline = self._seen.outline(platform, me)
        rooms: dict[str, list[Shown]] = {}
        for shown in self._seen.messages(platform, me):
            self._marks[shown.room, shown.id] = shown.mark
            rooms.setdefault(shown.room, []).append(shown)
        older = [shown for each in rooms.values() for shown in each[:-NEWEST]]
        parts = [older[begin : begin + PART] for begin in range(0, len(older), PART)]
        newest = [shown for each in rooms.values() for shown in each[-NEWEST:]]
        yield _told(newest) | {"set": self._outline, "first": True, "whole": True, "last": not parts}
        for number, part in enumerate(parts, 1):
            yield _told(part) | {"first": True, "whole": False, "last": number == len(parts)}

    def since(self, platform: Any, me: Any) -> Json:  # noqa: ANN401  # each platform's own
        """What changed since the last call, or since `first`.

        `set` has new values of the outline, `messages` new and changed ones by room, `gone` ids by room.
        """
        outline = self._seen.outline(platform, me)
        marks = {(shown.room, shown.id): shown for shown in self._seen.messages(platform, me)}
        changed = [shown for key, shown in marks.items() if self._marks.get(key) != shown.mark]
        gone: dict[str, list[str]] = {}
        for room, id_ in self._marks.keys() - marks.keys():
            gone.setdefault(room, []).append(id_)
        told = {name: value for name, value in outline.items() if self._outline.get(name, ...) != value}
        self._outline, self._marks = outline, {key: shown.mark for key, shown in marks.items()}
        return _told(changed) | {"set": told, "gone": gone}


def _told(messages: Iterable[Shown]) -> Json:
    """The shape in which a page hears of something: these messages, and nothing else."""
    told: dict[str, list[Json]] = {}
    for shown in messages:
        told.setdefault(shown.room, []).append(shown.build())
    return {"set": {}, "messages": told, "gone": {}}


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
