"""Look, whenever a post comes to the emulated Slack, how its row stands in the ledger at that moment."""

from collections.abc import Sequence

from sqlalchemy import func, select

from bench import databases
from bench.faults.asking.judge import Post, Row
from bench.faults.many.recording import METADATA
from playground.slack.values import Call
from store import tables


class Witness(list[Call]):
    """The emulator's list of calls, which notes each post that is taken, with its row in the database at `url`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.posts: list[Post] = []
        self._connection = databases.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT")

    def append(self, call: Call) -> None:
        """Take a call."""
        super().append(call)
        if call.method == "chat.postMessage" and call.outcome.get("ok"):
            metadata = call.arguments.get("metadata") or {}
            payload = metadata.get("event_payload", {}) if metadata.get("event_type") == METADATA else {}
            id_ = str(payload.get("id", ""))
            channel, thread = (str(call.arguments.get(name) or "") for name in ("channel", "thread_ts"))
            self.posts.append(Post(id_, channel, thread, self._state(id_)))

    def rows(self) -> Sequence[Row]:
        """List the ledger's rows."""
        table = tables.delivery.c
        query = select(table.id, table.conversation, table.thread, table.state, table.reason)
        return [Row(*row) for row in self._connection.execute(query)]

    def open(self) -> int:
        """Count the rows that have no outcome yet."""
        table = tables.delivery.c
        query = select(func.count()).where(table.state.in_(("planned", "sending")))
        return self._connection.scalar(query) or 0

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
        self._connection.engine.dispose()

    def _state(self, id_: str) -> str:
        return self._connection.scalar(select(tables.delivery.c.state).where(tables.delivery.c.id == id_)) or ""
