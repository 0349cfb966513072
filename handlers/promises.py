"""Write down what a person asked to be posted, once, before anything is posted."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from cards.model import Level, Subject
from messengers.base import Address
from store.deliveries import Deliveries, Delivery, fresh
from store.posts import Post, Posts

_posts, _deliveries = Posts(), Deliveries()
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Promise:
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


async def promise_reply(
    connection: AsyncConnection, post: Post, subject: Subject, level: Level, person: str, now: datetime
) -> Promise | None:
    """Promise one level in a post's thread, once whoever asks, however often; None where the post is dead.

    `subject` may differ from the post's own: a thread holds the buttons of its tip alone, but an answer to a mention
    may sit in the thread of another post. One that was refused or skipped is tried again.
    """
    if post.dead:
        return None
    suffix = "" if post.subject == str(subject) else f":{subject}"
    return await _promise_again(
        connection,
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
        ),
    )


async def promise_share(
    connection: AsyncConnection, address: Address, subject: Subject, person: str, occasion: str, now: datetime
) -> Promise:
    """Promise one shared card; `occasion` tells a double click (the same) from sharing again (another).

    One that was refused for sure is tried again: nothing stands there, and the bot may have been invited since.
    """
    return await _promise_again(
        connection,
        fresh(
            _key(f"share:{address.workspace}:{address.conversation}:{_digest(person, occasion)}:{subject}"),
            "share",
            platform=address.platform,
            workspace=address.workspace,
            conversation=address.conversation,
            thread=address.thread,
            subject=str(subject),
            person=person,
            now=now,
        ),
    )


async def promise_mention(
    connection: AsyncConnection, address: Address, words: str, person: str, message_id: str, now: datetime
) -> Promise:
    """Promise the answer to a mention, in the address's thread, once however often the platform repeats the event."""
    return await _promise(
        connection,
        fresh(
            _key(f"mention:{address.workspace}:{address.conversation}:{message_id}"),
            "mention",
            platform=address.platform,
            workspace=address.workspace,
            conversation=address.conversation,
            thread=address.thread,
            argument=words,
            person=person,
            now=now,
        ),
    )


async def _promise(connection: AsyncConnection, delivery: Delivery) -> Promise:
    standing, is_new = await _deliveries.insert_once(connection, delivery)
    return Promise(standing, is_new)


async def _promise_again(connection: AsyncConnection, delivery: Delivery) -> Promise:
    """Promise it once; one that stands nowhere for sure, refused or skipped, is planned again in its row."""
    promise = await _promise(connection, delivery)
    if promise.is_new or promise.delivery.state not in {"failed", "skipped"}:
        return promise
    again = replace(
        promise.delivery,
        state="planned",
        reason="",
        person=delivery.person,
        due_at=delivery.due_at,
        not_before=delivery.not_before,
        changed_at=delivery.changed_at,
    )
    await _deliveries.change(connection, (again,))
    return Promise(again, is_new=True)


def _key(key: str) -> str:
    """Give a key that its column takes: conversations and messages may have ids of more than a hundred characters."""
    return key if len(key) <= _LONGEST_KEY else f"{key.partition(':')[0]}:{_digest(key)}"


def _digest(*parts: str) -> str:
    """Tell one occasion from another without keeping who it was."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
