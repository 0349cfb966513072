"""Clear what is settled and old, so that the database does not grow for ever."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from cards.reason import Cause
from scheduler import removals
from scheduler.planning import KEPT
from scheduler.subscriptions import owners
from store.database.access import Database
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries
from store.history import History
from store.learning import feedback, plans
from store.learning.learners import Learners
from store.learning.rounds import Rounds
from store.posts import Posts
from store.subscriptions import Subscriptions
from store.workspaces import install_states

UNCONFIRMED = timedelta(days=7)  # an answer that may have been posted stays open; a tip until a person decides
WORDS_KEPT = timedelta(days=1)  # what somebody wrote in a mention whose answer may have been posted
PLANS_KEPT = timedelta(days=30)  # a plan after its day, so that it can be said to be done
_CHUNK = 500  # rows in a transaction: a command in between waits milliseconds

_deliveries = Deliveries()
_history = History()
_learners = Learners()
_posts = Posts()
_rounds = Rounds()
_subscriptions = Subscriptions()


class Cleared(Struct, frozen=True):
    """How many rows were deleted, lines of history, and workspaces with all that was kept of them."""

    deliveries: int
    posts: int
    history: int = 0
    workspaces: int = 0


async def clear_old(database: Database, now: datetime) -> Cleared:
    """Delete deliveries settled, posts made and history written more than 400 days before `now`; what is open stays.

    An answer, share, notice or introduction that nobody confirmed within a week counts as failed; the words of a
    mention are forgotten after a day, a plan 30 days after it was to come, and who asked to take tips over and did not
    come back after a week. A round goes with the post that was given up, or 400 days after it ended; feedback 400 days
    after it was closed, and whoever waits that long for an answer to it is forgotten. What people learned goes as a
    post does, and so does who wants to see it and did nothing since. Who set out to install and never came back is
    forgotten after ten minutes. All of a workspace goes 30 days after the app was removed there.
    """
    async with database.write() as connection:
        await _deliveries.forget_words(connection, now - WORDS_KEPT)
        await _deliveries.give_up_unconfirmed(connection, now - UNCONFIRMED, str(Cause.NEVER_CONFIRMED))
        await _subscriptions.forget_claims(connection, now - owners.CLAIM_LASTS)
        lines = await _history.forget_old(connection, now - KEPT)
        await _rounds.clear(connection, now - KEPT)
        await plans.forget_old(connection, now - PLANS_KEPT)
        await _learners.forget_old(connection, now - KEPT)
        await feedback.clear_old(connection, now - KEPT)
        await install_states.sweep(connection, now)
    async with database.read() as connection:
        deliveries = await _deliveries.old(connection, now - KEPT)
        posts = await _posts.old(connection, now - KEPT)
    await _forget(database, deliveries, _deliveries.forget)
    await _forget(database, posts, _posts.forget)
    return Cleared(len(deliveries), len(posts), lines, await removals.forget_gone(database, now))


async def _forget(
    database: Database, ids: Sequence[str], forget: Callable[[AsyncConnection, Sequence[str]], Awaitable[None]]
) -> None:
    for start in range(0, len(ids), _CHUNK):
        async with database.write() as connection:
            await forget(connection, ids[start : start + _CHUNK])
