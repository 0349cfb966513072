"""Watch in which order transactions take their rows on PostgreSQL: store/locking.py promises one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

# What a transaction holds: places to change, and rows it has locked, changed or deleted. PostgreSQL: the last
# transaction that locked or deleted a row is its xmax, the one that wrote it its xmin.
_RANKS = (
    *("conversation", "turn", "delivery", "post", "subscription", "history", "note"),
    *("vote_round", "vote", "tally", "plan", "learner", "learned", "feedback"),
    *("installation", "admitted", "install_state"),
)
_ROWS = " UNION ALL ".join(
    f"SELECT {rank}, {'name' if table == 'note' else 'id'}, "  # noqa: S608 # our own tables
    "(xmax::text = pg_current_xact_id_if_assigned()::text OR xmin::text = pg_current_xact_id_if_assigned()::text), "
    f"xmin::text = pg_current_xact_id_if_assigned()::text FROM {table}"
    for rank, table in enumerate(_RANKS)
    if table != "turn"
)
_STATE = (
    f"{_ROWS} UNION ALL SELECT {_RANKS.index('turn')}, '', true, false FROM pg_locks "  # noqa: S608 # as above
    "WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
)
_TAKES = re.compile(r"\bFOR\b|pg_", re.IGNORECASE)  # in whatever way a statement that was written by hand is spaced
_Row = tuple[int, str]


class Orders:
    """What was taken out of order so far, each with the statement that did; `taken` counts what was looked at."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.taken = 0

    def begun(self, connection: Connection) -> None:
        """Forget what the connection's last transaction held."""
        connection.info["held"] = set()
        connection.info["own"] = set()

    def before(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        """Note which rows there are, where the statement may make or delete some."""
        if _is_watched(connection) and not statement.startswith("SELECT"):
            connection.info["there"] = {(rank, name) for rank, name, *_ in _state(connection)}

    def after(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        """Compare what is held with what was held before."""
        if not _is_watched(connection) or _only_looks(statement):
            return
        held, own = connection.info["held"], connection.info["own"]
        state = _state(connection)
        after = {(rank, name) for rank, name, *_ in state}
        there: set[_Row] = after if statement.startswith("SELECT") else connection.info["there"]
        # What we inserted ourselves nobody else can hold.
        own |= {(rank, name) for rank, name, _, written in state if written and (rank, name) not in there}
        now = {(rank, name) for rank, name, is_held, _ in state if is_held} - own
        if statement.startswith("DELETE"):
            now |= there - after - own
        fresh: set[_Row] = now - held
        self.taken += len(fresh)
        if fresh and held and min(fresh) < max(held) and "SKIP LOCKED" not in statement:
            low, high = min(fresh), max(held)
            words = " ".join(statement.split())[:300]
            self.faults.append(f"{_RANKS[low[0]]} {low[1]} after {_RANKS[high[0]]} {high[1]}: {words}")
        held |= fresh


def _is_watched(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and bool(connection.get_execution_options().get("writes"))


def _only_looks(statement: str) -> bool:
    """Say whether a statement takes nothing: of those that only find rows, these alone lock rows or places."""
    return statement.startswith("SELECT") and not _TAKES.search(statement)


def _state(connection: Connection) -> list[tuple[int, str, bool, bool]]:
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(_STATE)
        return [(rank, name, bool(is_held), bool(written)) for rank, name, is_held, written in cursor.fetchall()]
    finally:
        cursor.close()


@contextmanager
def watched() -> Iterator[Orders]:
    """Watch every transaction that writes until the end of the block."""
    orders = Orders()
    listeners = (
        ("begin", orders.begun),
        ("before_cursor_execute", orders.before),
        ("after_cursor_execute", orders.after),
    )
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield orders
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
