"""Write down what people asked to be posted, once, before anything is posted."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict, replace

from cards.model import Subject
from content.levels import Level
from messengers.base import Address
from scheduler.delivery.at_once import NOBODY, Handover
from store.database.connection import AsyncConnection
from store.deliveries import promises
from store.deliveries.rows import Deliveries, Delivery, fresh
from store.posts import Post, Posts

_posts, _deliveries = Posts(), Deliveries()
_LONGEST_KEY = 255
_TOLD = "mention:told:"  # no platform has a workspace of that name


class EnqueueRequest(Struct, frozen=True):
    """A delivery that somebody wants; `again` where one that was refused or skipped is tried anew."""

    delivery: Delivery
    again: bool = True


class Enqueued(Struct, frozen=True):
    """A delivery that stands in the ledger; `is_new` is False where somebody had asked for the same before."""

    delivery: Delivery
    is_new: bool


async def find_post(connection: AsyncConnection, address: Address, message_id: str) -> Post | None:
    """Find our post that a message is, or that it answers in its thread; None where it is not ours."""
    for candidate in filter(None, (message_id, address.thread)):
        post = await _posts.find(connection, address.platform, address.workspace, address.conversation, candidate)
        if post is not None:
            return post
    return None


def reply(post: Post, subject: Subject, level: Level, person: str, now: datetime) -> EnqueueRequest | None:
    """Want one level in a post's thread, once whoever asks, however often; None where the post is dead.

    `subject` may differ from the post's own: a thread holds the buttons of its tip alone, but an answer to a mention
    may sit in the thread of another post. One that was refused or skipped is tried again.
    """
    if post.dead:
        return None
    suffix = "" if post.subject == str(subject) else f":{subject}"
    return EnqueueRequest(
        fresh(
            f"reply:{post.id}:{level}{suffix}",
            "reply",
            platform=post.platform,
            workspace=post.workspace,
            conversation=post.conversation,
            thread=post.replies_to,
            post_id=post.id,
            subject=str(subject),
            argument=level,
            person=person,
            now=now,
        )
    )


def share(address: Address, subject: Subject, person: str, occasion: str, now: datetime) -> EnqueueRequest:
    """Want one shared card; `occasion` tells a double click (the same) from sharing again (another).

    One that was refused for sure is tried again: nothing stands there, and the bot may have been invited since.
    """
    key = f"share:{address.workspace}:{address.conversation}:{_digest(person, occasion)}:{subject}"
    return EnqueueRequest(fresh(_key(key), "share", **asdict(address), subject=str(subject), person=person, now=now))


def mention(address: Address, words: str, person: str, message_id: str, now: datetime) -> EnqueueRequest:
    """Want the answer to a mention, in the address's thread, once however often the platform repeats the event."""
    key = f"mention:{address.workspace}:{address.conversation}:{message_id}"
    row = fresh(_key(key), "mention", **asdict(address), argument=words, person=person, now=now)
    return EnqueueRequest(row, again=False)


def told(address: Address, words: str, occasion: str, now: datetime) -> EnqueueRequest:
    """Want what a person is told by the bot itself, once for each `occasion`; it is drawn by `words`."""
    key = f"{_TOLD}{_digest(words, occasion)}"
    row = fresh(key, "mention", **asdict(address), argument=words, person=address.conversation, now=now)
    return EnqueueRequest(row, again=False)


def is_told(delivery: Delivery) -> bool:
    """Say whether a delivery is one of `told`."""
    return delivery.key.startswith(_TOLD)


async def make(
    connection: AsyncConnection, wishes: Sequence[EnqueueRequest], handover: Handover = NOBODY
) -> tuple[Enqueued, ...]:
    """Promise each of them once, all in the caller's transaction; gives what stands for each, in their order.

    What is new and may go at once is leased in the same statement, for whoever the `handover` stands for.
    """
    # In one order, by key and then by id: two transactions that promise the same must not wait for each other.
    ordered = sorted(
        {request.delivery.key: request.delivery for request in reversed(wishes)}.values(), key=lambda row: row.key
    )
    standing = await promises.promise(connection, [handover.promised(row) for row in ordered])
    new = {row.key for row in ordered if standing[row.key].row.id == row.id}
    changed: dict[str, Delivery] = {}
    made: list[tuple[str, bool]] = []
    for request in wishes:
        key, wanted = request.delivery.key, request.delivery
        is_new = key in new and standing[key].row.id == wanted.id
        if request.again and standing[key].row.state in {"failed", "skipped"}:
            changed[key] = handover.promised(_again(standing[key].row, wanted))
            standing[key] = replace(standing[key], row=changed[key])
            new.add(key)
            is_new = True
        made.append((key, is_new))
    for key in dict.fromkeys(key for key, _ in made if key in new):  # in the order in which they were asked for
        if standing[key].row.state == "sending":  # leased by what was said above, unless something else says no
            row = handover.settled(standing[key])
            if row.state != "sending":
                changed[key] = row
            standing[key] = replace(standing[key], row=row)
    await _deliveries.change(connection, list(changed.values()))
    return tuple(Enqueued(standing[key].row, is_new) for key, is_new in made)


def _again(row: Delivery, wanted: Delivery) -> Delivery:
    """Give a row that stands nowhere for sure planned anew."""
    return replace(
        row,
        state="planned",
        reason="",
        person=wanted.person,
        due_at=wanted.due_at,
        not_before=wanted.not_before,
        changed_at=wanted.changed_at,
    )


def _key(key: str) -> str:
    """Give a key that its column takes: conversations and messages may have ids of more than a hundred characters."""
    return key if len(key) <= _LONGEST_KEY else f"{key.partition(':')[0]}:{_digest(key)}"


def _digest(*parts: str) -> str:
    """Tell one occasion from another without keeping who it was."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
