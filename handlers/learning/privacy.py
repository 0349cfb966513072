"""Tell a person what is held about them here, and delete it where they say so."""

from collections.abc import Mapping

import structlog

from cards.compose import notices
from cards.compose.learning import held as cards
from cards.compose.learning.held import About
from cards.model import Card, Verb
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Open, Take
from scheduler.subscriptions import owners
from store import personal
from store.database.access import tried_again
from store.learning.learners import Person
from store.personal import Held
from store.subscriptions import Subscriptions

log = structlog.get_logger()
_subscriptions = Subscriptions()


async def _held(context: HandlerContext, asked: Asked) -> Card:
    """Say what is seen and kept, and before it what is held about who asks; nobody else is told."""
    async with context.database.read() as connection:
        held = await personal.held(connection, _who(asked), _chats(asked))
    return notices.privacy(cards.held(_about(held)))


@tried_again
async def _forget(context: HandlerContext, asked: Asked) -> Card:
    """Delete it, all or nothing; what is of a whole conversation goes on without them."""
    who, chats = _who(asked), _chats(asked)
    context.learners.discard(who)
    async with context.database.write() as connection:
        await personal.hold(connection, who)
        before = await personal.held(connection, who, chats)
        if not before.can_go:
            return cards.nothing()
        await personal.forget_posts(connection, who, chats)
        await personal.forget_tips(connection, who, chats)
        left = await _subscriptions.by_ids(connection, await personal.tips(connection, who))
        for subscription in left.values():
            await owners.leave(connection, subscription, asked.person, now=context.clock())
        await personal.forget_rest(connection, who)
    log.info("person.forgotten", workspace=asked.address.workspace)
    return cards.forgotten(_about(before))


def _about(held: Held) -> About:
    return About(**{name: getattr(held, name) for name in About.__struct_fields__})


def _who(asked: Asked) -> Person:
    return (asked.address.platform, asked.address.workspace, asked.person)


def _chats(asked: Asked) -> tuple[str, ...]:
    """Give their chat with the bot, where they ask in it: on Slack only then its own id is known."""
    return (asked.address.conversation,) if asked.is_direct else ()


ANSWERS: Mapping[Verb, Answer] = {"privacy": _held, "privacy-forget": _forget}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
