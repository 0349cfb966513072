"""Judge what was written down while people asked: which promises were not kept, each in a sentence."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_NOT_SENT = ("failed", "skipped", "unknown")
_TOLD = 3  # examples


@dataclass(frozen=True, slots=True)
class Asked:
    """A mention, by its channel and its message; `is_heard` where a process of the bot confirmed it."""

    channel: str
    message: str
    is_heard: bool


@dataclass(frozen=True, slots=True)
class Post:
    """A post that Slack took: of which delivery, below which message, and `stood`, its row's state at that moment.

    `stood` is '' where there was no row.
    """

    delivery: str
    channel: str
    thread: str
    stood: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger as it stands in the end."""

    id: str
    channel: str
    thread: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Records:
    """All that was written down of a run."""

    asked: tuple[Asked, ...]
    posts: tuple[Post, ...]
    rows: tuple[Row, ...]


def problems(records: Records) -> tuple[str, ...]:
    """Name every promise that was not kept; none where all were."""
    rules: Sequence[Callable[[Records], Iterator[str]]] = (_twice, _unleased, _lost, _open, _silent, _wrong)
    return tuple(found for rule in rules for found in rule(records))


def _said(words: str, found: Sequence[object]) -> Iterator[str]:
    if found:
        yield f"{len(found)} {words}: {'; '.join(str(each) for each in found[:_TOLD])}"


def _twice(records: Records) -> Iterator[str]:
    """No delivery is posted twice, and no mention has two answers."""
    by_delivery = Counter(each.delivery for each in records.posts)
    yield from _said("were posted twice", [id_ for id_, count in by_delivery.items() if count > 1])
    answers = Counter((each.channel, each.thread) for each in records.posts)
    yield from _said("mentions have two answers", [place for place, count in answers.items() if count > 1])


def _unleased(records: Records) -> Iterator[str]:
    """When a post comes its row stands there for everybody, leased: whoever dies now leaves an unknown behind."""
    early = [each for each in records.posts if each.stood in {"", "planned"}]
    yield from _said("were posted before their lease stood in the ledger", early)


def _lost(records: Records) -> Iterator[str]:
    """What was confirmed has a row, and what was posted has one."""
    promised = {(row.channel, row.thread) for row in records.rows}
    heard = [each for each in records.asked if each.is_heard and (each.channel, each.message) not in promised]
    yield from _said("were confirmed and are in no row", heard)
    ids = {row.id for row in records.rows}
    yield from _said("were posted and are owed by no row", [each for each in records.posts if each.delivery not in ids])


def _open(records: Records) -> Iterator[str]:
    yield from _said("never ended", [row for row in records.rows if row.state in {"planned", "sending"}])


def _silent(records: Records) -> Iterator[str]:
    yield from _said("say no reason", [row for row in records.rows if row.state in _NOT_SENT and not row.reason])


def _wrong(records: Records) -> Iterator[str]:
    """What counts as sent is there, and what counts as failed or skipped is not."""
    there = {each.delivery for each in records.posts}
    missing = [row for row in records.rows if row.state == "sent" and row.id not in there]
    yield from _said("count as sent and are not there", missing)
    denied = [row for row in records.rows if row.state in {"failed", "skipped"} and row.id in there]
    yield from _said("count as not sent and are there", denied)
