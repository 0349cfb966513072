"""Count what is held about one person in a workspace, and delete it."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select

from store import installation_tables, learning_tables, locking, tables
from store.database.connection import AsyncConnection
from store.learning.learners import Learners, Person

FORGOTTEN = "forgotten"  # stands where a person's id stood, in what others go on needing
_CLAIM = "claim:"  # begins what an owner is told: who asks for the tips follows (scheduler/subscriptions/owners.py)
_SKIPPED = "skipped by "  # begins the reason of a skipped tip: who skipped it follows (cards/reason.py)
_learners = Learners()


class Held(Struct, frozen=True):
    """What is held about a person: how many of each.

    `own_tips` are weekly tips for them alone, `owned` and `shared` those of conversations that they own, or own with
    others. `named` are tips that say of them that they paused or skipped, or asked to take them over; `changes` lines
    of histories. `posts` are promises and posts in their own chat or asked for by them, `rounds` what they asked a
    channel and `votes` theirs in it, while it is open; `answers` feedback of which they want to hear. Last, whether
    they want to see their own gap, have a chat whose address is kept, and installed the app.
    """

    own_tips: int = 0
    owned: int = 0
    shared: int = 0
    named: int = 0
    changes: int = 0
    posts: int = 0
    plans: int = 0
    rounds: int = 0
    votes: int = 0
    answers: int = 0
    learned: int = 0
    is_learner: bool = False
    has_chat: bool = False
    has_installed: bool = False

    @property
    def can_go(self) -> bool:
        """Say whether there is anything that can be deleted."""
        counts = (self.own_tips, self.owned, self.shared, self.named, self.changes, self.posts, self.plans, self.rounds)
        return self.is_learner or any((*counts, self.votes, self.answers))


async def held(connection: AsyncConnection, person: Person, chats: Collection[str] = ()) -> Held:
    """Count it; `chats` are conversations known to be theirs alone."""
    platform, workspace, id_ = person
    subscription, history = tables.subscription.c, tables.history
    round_, vote, plan, feedback = (
        learning_tables.vote_round,
        learning_tables.vote,
        learning_tables.plan,
        learning_tables.feedback,
    )
    places = await _places(connection, person, chats)
    found = await connection.execute(
        select(subscription.conversation, subscription.owner, subscription.co_owners).where(_tips(person))
    )
    rows = [(row.conversation in places, row.owner == id_, id_ in row.co_owners.split()) for row in found]
    elsewhere = [(owns, shares) for is_own, owns, shares in rows if not is_own]
    learner = await _learners.find(connection, person)
    installation = installation_tables.installation
    return Held(
        own_tips=sum(is_own for is_own, _, _ in rows),
        owned=sum(owns for owns, _ in elsewhere),
        shared=sum(shares and not owns for owns, shares in elsewhere),
        named=sum(not owns and not shares for owns, shares in elsewhere),
        changes=await _count(connection, history, and_(_of(history, person), _in_history(id_))),
        posts=await _count(connection, tables.delivery, _deliveries(person, places))
        + await _count(connection, tables.post, _posts(person, places)),
        plans=await _count(connection, plan, and_(_of(plan, person), plan.c.person == id_)),
        rounds=await _count(connection, round_, and_(_of(round_, person), round_.c.person == id_)),
        votes=await _count(connection, vote, _votes(person)),
        answers=await _count(connection, feedback, and_(_of(feedback, person), feedback.c.person == id_)),
        learned=len(learner.learned) if learner else 0,
        is_learner=learner is not None,
        has_chat=await _count(connection, tables.conversation, _chat(person)) > 0,
        has_installed=await _count(
            connection,
            installation,
            and_(
                installation.c.platform == platform,
                installation.c.place == workspace,
                installation.c.installer == id_,
            ),
        )
        > 0,
    )


async def hold(connection: AsyncConnection, person: Person) -> None:
    """Let nobody else change the tips that have to do with them before this transaction ends; it comes first."""
    await locking.to_change(connection, _tips(person))


async def forget_posts(connection: AsyncConnection, person: Person, chats: Collection[str] = ()) -> None:
    """Delete what stands in their own chat, what they asked for and has not come, and their id in what stays.

    After `hold`; then come the tips themselves, then `forget_rest`. What is being sent at this
    moment goes out, and whoever sends it finds nothing to write its outcome into.
    """
    delivery, (_, _, id_) = tables.delivery, person
    places = await _places(connection, person, chats)
    sent = select(delivery.c.message_id).where(_of(delivery, person), delivery.c.conversation == id_)
    posted = tuple(filter(None, await connection.scalars(sent)))
    theirs = or_(_deliveries(person, places), _of_own_tips(person, places))
    await locking.remove(connection, delivery, theirs)
    here = _of(delivery, person)
    # What was planned in a channel by them comes in a moment, names them, and lets go of them by itself.
    asked = and_(here, delivery.c.person == id_, delivery.c.state.not_in(("planned", "sending")))
    await locking.change(connection, delivery, asked, person="")
    skipped = and_(here, delivery.c.reason == f"{_SKIPPED}{id_}")
    await locking.change(connection, delivery, skipped, reason=f"{_SKIPPED}{FORGOTTEN}")
    await locking.remove(connection, tables.post, or_(_posts(person, places), _posted(person, posted)))


async def tips(connection: AsyncConnection, person: Person) -> tuple[str, ...]:
    """List our ids of the weekly tips that have to do with them."""
    subscription = tables.subscription.c
    return tuple(await connection.scalars(select(subscription.id).where(_tips(person)).order_by(subscription.id)))


async def forget_tips(connection: AsyncConnection, person: Person, chats: Collection[str] = ()) -> None:
    """Delete the tips that came to them alone, with their history, and their id in the histories of others."""
    subscription, history, id_ = tables.subscription, tables.history, person[2]
    own = and_(_of(subscription, person), subscription.c.conversation.in_(await _places(connection, person, chats)))
    gone = tuple(await connection.scalars(select(subscription.c.id).where(own)))
    await locking.remove(connection, subscription, own)
    await locking.remove(connection, history, history.c.subscription_id.in_(gone))
    query = select(history.c.id, history.c.person, history.c.detail).where(_of(history, person), _in_history(id_))
    for row in (await connection.execute(query.order_by(history.c.id))).all():
        words = " ".join(FORGOTTEN if word == id_ else word for word in row.detail.split(" "))
        who = FORGOTTEN if row.person == id_ else row.person
        await locking.change(connection, history, history.c.id == row.id, person=who, detail=words)


async def forget_rest(connection: AsyncConnection, person: Person) -> None:
    """Delete what they voted, planned and learned, and that they asked a channel, or wait for an answer."""
    id_, round_, vote, feedback = person[2], learning_tables.vote_round, learning_tables.vote, learning_tables.feedback
    await locking.change(connection, round_, and_(_of(round_, person), round_.c.person == id_), person="")
    await locking.remove(connection, vote, _votes(person))
    await _learners.forget_rows(connection, person)
    await locking.change(connection, feedback, and_(_of(feedback, person), feedback.c.person == id_), person="")


async def _places(connection: AsyncConnection, person: Person, chats: Collection[str]) -> tuple[str, ...]:
    """Give what their own chat goes by: their id, and that of the chat where it has one that is known."""
    known = await connection.scalars(select(tables.conversation.c.conversation).where(_chat(person)))
    return (person[2], *chats, *known)


async def _count(connection: AsyncConnection, table: Table, where: ColumnElement[bool]) -> int:
    query: Select[tuple[int]] = select(func.count()).select_from(table).where(where)
    return int(await connection.scalar(query) or 0)


def _of(table: Table, person: Person) -> ColumnElement[bool]:
    return and_(table.c.platform == person[0], table.c.workspace == person[1])


def _chat(person: Person) -> ColumnElement[bool]:
    return and_(_of(tables.conversation, person), tables.conversation.c.person == person[2])


def _tips(person: Person) -> ColumnElement[bool]:
    table, id_ = tables.subscription.c, person[2]
    who = (table.conversation, table.owner, table.claimed_by, table.paused_by, table.skip_by)
    # Co-owners stand apart by blanks, and an id may be part of another.
    shared = (" " + table.co_owners + " ").contains(f" {id_} ", autoescape=True)
    return and_(_of(tables.subscription, person), or_(*(column == id_ for column in who), shared))


def _in_history(id_: str) -> ColumnElement[bool]:
    table = tables.history.c
    return or_(table.person == id_, (" " + table.detail + " ").contains(f" {id_} ", autoescape=True))


def _deliveries(person: Person, places: Sequence[str]) -> ColumnElement[bool]:
    table, id_ = tables.delivery.c, person[2]
    asked = and_(
        table.person == id_, table.state.in_(tables.OPEN), table.kind.in_(("share", "reply", "mention", "plan"))
    )
    claims = and_(table.kind == "notice", or_(table.argument == f"{_CLAIM}{id_}", _begins(f"{_CLAIM}{id_} ")))
    return and_(_of(tables.delivery, person), or_(table.conversation.in_(places), asked, claims))


def _begins(words: str) -> ColumnElement[bool]:
    return tables.delivery.c.argument.startswith(words, autoescape=True)


def _of_own_tips(person: Person, places: Sequence[str]) -> ColumnElement[bool]:
    subscription = tables.subscription
    own = select(subscription.c.id).where(_of(subscription, person), subscription.c.conversation.in_(places))
    return tables.delivery.c.subscription_id.in_(own)


def _posts(person: Person, places: Sequence[str]) -> ColumnElement[bool]:
    return and_(_of(tables.post, person), tables.post.c.conversation.in_(places))


def _posted(person: Person, message_ids: Sequence[str]) -> ColumnElement[bool]:
    """Find on Slack, whose chats have ids of their own (D…), what was posted to a person."""
    table = tables.post.c
    return and_(_of(tables.post, person), table.conversation.startswith("D"), table.message_id.in_(message_ids))


def _votes(person: Person) -> ColumnElement[bool]:
    round_, vote = learning_tables.vote_round, learning_tables.vote
    return and_(vote.c.person == person[2], vote.c.round_id.in_(select(round_.c.id).where(_of(round_, person))))
