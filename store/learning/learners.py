"""What the store remembers of people who want to see their own gap: that they do, and what they did since."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Insert, Select, and_, bindparam, exists, func, or_, select

from store import bulk, ids, learning_tables, locking, tables
from store.database.connection import AsyncConnection
from store.learning_tables import LearnedHow

Person = tuple[str, str, str]  # platform, workspace, and the platform's id of the person
_AT_ONCE = 2_000  # read at once
_WHO = tuple(learning_tables.learner.c[name] for name in ("platform", "workspace", "person", "since"))


class Learned(Struct, frozen=True):
    """One thing somebody did with a subject (`tip/way-out`), and when they did it last."""

    subject: str
    how: LearnedHow
    at: datetime


class Learner(Struct, frozen=True):
    """Somebody who wants to see their own gap, since when, and what is kept of it, newest first."""

    since: datetime
    learned: tuple[Learned, ...] = ()


class Learners:
    """Plain SQL on the tables `learner` and `learned`; every method runs in the caller's transaction."""

    async def every(self, connection: AsyncConnection) -> dict[Person, datetime]:
        """List who wants it, everywhere, and since when; some thousands at a time, so that nothing else waits long."""
        found: dict[Person, datetime] = {}
        rows = (await connection.execute(_some(), {"after": ""})).all()
        while rows:
            found |= {(platform, workspace, person): since for _, platform, workspace, person, since in rows}
            rows = (await connection.execute(_some(), {"after": rows[-1].id})).all()
        return found

    async def began(self, connection: AsyncConnection, since: datetime) -> dict[Person, datetime]:
        """List who wants it since a moment or later."""
        query = select(*_WHO).where(learning_tables.learner.c.since >= since)
        rows = await connection.execute(query)
        return {(platform, workspace, person): began for platform, workspace, person, began in rows}

    async def count(self, connection: AsyncConnection) -> int:
        """Count who wants it."""
        return await connection.scalar(select(func.count()).select_from(learning_tables.learner)) or 0

    async def find(self, connection: AsyncConnection, person: Person) -> Learner | None:
        """Give what is kept of somebody, or None where they do not want it."""
        rows = (await connection.execute(_found(), {"learner": _key(person)})).all()
        if not rows:
            return None
        return Learner(rows[0].since, tuple(Learned(row.subject, row.how, row.at) for row in rows if row.subject))

    async def add(self, connection: AsyncConnection, person: Person, now: datetime) -> None:
        """Remember that somebody wants it; whoever does already goes on as they were."""
        platform, workspace, id_ = person
        statement = bulk.insert_missing(connection, learning_tables.learner)
        row = (_key(person), platform, workspace, id_, now)
        await bulk.run_one(connection, statement, ("id", "platform", "workspace", "person", "since"), row)

    async def note(
        self, connection: AsyncConnection, person: Person, subject: str, how: LearnedHow, now: datetime
    ) -> None:
        """Write down what somebody did, in one statement, and only while they still want it.

        On PostgreSQL the row that says so is held, so that nothing is left of somebody who is being forgotten.
        """
        platform, workspace, _ = person
        learner = _key(person)
        row = (ids.digest(learner, subject, how), learner, platform, workspace, subject, how, now)
        statement = _noting(connection.dialect.name, locking.held(connection, _wanted()))
        await bulk.run_one(connection, statement, tuple(f"new_{name}" for name in _LEARNED), row)

    async def forget(self, connection: AsyncConnection, person: Person) -> None:
        """Delete what is kept of somebody's learning: that they want it, what they did, their plans and their posts.

        A plan that is being sent at this moment goes out; whoever sends it finds nothing to write its outcome into.
        """
        platform, workspace, id_ = person
        delivery = tables.delivery
        # In the order of store/locking.py.
        theirs = and_(
            delivery.c.platform == platform,
            delivery.c.workspace == workspace,
            delivery.c.kind == "plan",
            or_(delivery.c.conversation == id_, delivery.c.person == id_),
        )
        await locking.remove(connection, delivery, theirs)
        await self.forget_rows(connection, person)

    async def forget_rows(self, connection: AsyncConnection, person: Person) -> None:
        """Delete the same without what the ledger has of their plans, which the caller has deleted before."""
        platform, workspace, id_ = person
        plan, learner = learning_tables.plan, learning_tables.learner  # what was learned goes with the learner
        mine = and_(plan.c.platform == platform, plan.c.workspace == workspace, plan.c.person == id_)
        await locking.remove(connection, plan, mine)
        await locking.remove(connection, learner, learner.c.id == _key(person))

    async def forget_people(
        self, connection: AsyncConnection, platform: str, workspace: str, people: Collection[str]
    ) -> None:
        """Delete what is kept of people with whom the bot can no longer speak; what they learned goes with it."""
        keys = [_key((platform, workspace, person)) for person in people]
        await locking.remove(connection, learning_tables.learner, learning_tables.learner.c.id.in_(keys))

    async def forget_old(self, connection: AsyncConnection, before: datetime) -> None:
        """Delete what was last done before a moment, and who began before it and has nothing left.

        Whose last rows go now go themselves the next time: in the order of store/locking.py they come first.
        """
        learner, learned = learning_tables.learner, learning_tables.learned
        has_rows: ColumnElement[bool] = exists().where(learned.c.learner_id == learner.c.id)
        await locking.remove(connection, learner, and_(learner.c.since < before, ~has_rows))
        await locking.remove(connection, learned, learned.c.at < before)


@cache  # to make a statement takes longer than to run it
def _some() -> Select[Any]:
    table = learning_tables.learner.c
    return select(table.id, *_WHO).where(table.id > bindparam("after")).order_by(table.id).limit(_AT_ONCE)


@cache  # as above
def _found() -> Select[Any]:
    learner, learned = learning_tables.learner, learning_tables.learned
    return (
        select(learner.c.since, learned.c.subject, learned.c.how, learned.c.at)
        .select_from(learner.outerjoin(learned, learned.c.learner_id == learner.c.id))
        .where(learner.c.id == bindparam("learner"))
        .order_by(learned.c.at.desc(), learned.c.id)
    )


@cache  # as above
def _wanted() -> Select[Any]:
    learner, learned = learning_tables.learner, learning_tables.learned
    given = [bindparam(f"new_{name}", type_=learned.c[name].type).label(name) for name in _LEARNED]
    return select(*given).select_from(learner).where(learner.c.id == bindparam("new_learner_id"))


@cache  # as above
def _noting(dialect: str, wanted: Select[Any]) -> Insert:
    return bulk.insert_or_set(dialect, learning_tables.learned, _LEARNED, wanted, ("at",))


def _key(person: Person) -> str:
    return ids.digest(*person)


_LEARNED = ("id", "learner_id", "platform", "workspace", "subject", "how", "at")
