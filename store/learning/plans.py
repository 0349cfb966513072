"""Keep the plans that people want to be sent back: plain SQL on the table `plan`."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import ColumnElement, and_, func, select

from store import bulk, locking
from store.database.connection import AsyncConnection
from store.learning_tables import PlanState, plan


class Plan(Struct, frozen=True):
    """An if-then sentence that a person is sent once, at `due_at`; `subject` is whose exercise it came from."""

    id: str
    platform: str
    workspace: str
    person: str
    subject: str
    words: str
    due_at: datetime
    created_at: datetime
    state: PlanState = "waiting"


def key(plan_id: str) -> str:
    """Give the ledger's key of what brings a plan back."""
    return f"{_KEY}{plan_id}"


def id_of(key: str) -> str:
    """Give the id of the plan that a key of the ledger is of."""
    return key.removeprefix(_KEY)


async def insert(connection: AsyncConnection, wanted: Plan) -> None:
    """Keep a plan; one with its id keeps its place."""
    await bulk.run_one(connection, bulk.insert_missing(connection, plan), _COLUMNS, astuple(wanted))


async def find(connection: AsyncConnection, plan_id: str, platform: str, workspace: str, person: str) -> Plan | None:
    """Find a person's plan; None where it is gone, or somebody else's."""
    found = await _read(connection, and_(plan.c.id == plan_id, _of(platform, workspace, person)))
    return found[0] if found else None


async def of_person(connection: AsyncConnection, platform: str, workspace: str, person: str) -> tuple[Plan, ...]:
    """List a person's plans, the next to come first."""
    return await _read(connection, _of(platform, workspace, person))


async def waiting(connection: AsyncConnection, platform: str, workspace: str, person: str, now: datetime) -> int:
    """Count a person's plans that are still to come."""
    to_come = and_(_of(platform, workspace, person), plan.c.state == "waiting", plan.c.due_at > now)
    return await connection.scalar(select(func.count()).where(to_come)) or 0


async def mark_sent(connection: AsyncConnection, plan_ids: list[str]) -> None:
    """Note that plans have been sent."""
    await locking.change(connection, plan, plan.c.id.in_(plan_ids), state="sent")


async def forget(connection: AsyncConnection, plan_id: str) -> None:
    """Delete a plan."""
    await locking.remove(connection, plan, plan.c.id == plan_id)


async def forget_old(connection: AsyncConnection, before: datetime) -> int:
    """Delete plans that were to come before a moment; gives how many."""
    return await locking.remove(connection, plan, plan.c.due_at < before)


def _of(platform: str, workspace: str, person: str) -> ColumnElement[bool]:
    return and_(plan.c.platform == platform, plan.c.workspace == workspace, plan.c.person == person)


async def _read(connection: AsyncConnection, where: ColumnElement[bool]) -> tuple[Plan, ...]:
    rows = await connection.execute(select(plan).where(where).order_by(plan.c.due_at, plan.c.id))
    return tuple(Plan(**row) for row in rows.mappings())


_KEY = "plan:"
_COLUMNS = Plan.__struct_fields__
