"""Read the bot's database beside it, for the judge: the ledger, the channels' histories, the installations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, func, select

from bench import databases
from bench.faults.many.records import Kept, Line, Row
from messengers.slack.sealing import Seals
from store import tables
from store.installation_tables import installation

_TURNS = ("stopped", "resumed", "began", "paused", "off")


class Ledger:
    """The database at `url`, read only; each look is a connection of its own."""

    def __init__(self, url: str, seals: Seals) -> None:
        self._engine = databases.engine(url)
        self._seals = seals

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    def open_in(self) -> dict[str, int]:
        """Count what has no outcome yet, by workspace."""
        delivery = tables.delivery.c
        query = select(delivery.workspace, func.count()).where(delivery.state.in_(("planned", "sending")))
        with self._connected() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(delivery.workspace))}

    def weekly(self, due: float) -> int:
        """Count the week's tips that have a row."""
        delivery = tables.delivery.c
        moment = datetime.fromtimestamp(due).astimezone()
        with self._connected() as connection:
            query = select(func.count()).where(delivery.kind == "tip", delivery.due_at == moment)
            return int(connection.scalar(query) or 0)

    def rows(self) -> Sequence[Row]:
        """List all deliveries."""
        delivery = tables.delivery.c
        names = ("id", "workspace", "conversation", "kind", "slot", "due_at", "state", "reason", "changed_at")
        with self._connected() as connection:
            found = connection.execute(select(*(delivery[name] for name in names))).all()
        return [
            Row(id_, workspace, channel, kind, slot, due.timestamp(), state, reason, settled.timestamp())
            for id_, workspace, channel, kind, slot, due, state, reason, settled in found
        ]

    def lines(self) -> Sequence[Line]:
        """List the lines of all channels' histories that stop tips or let them go on."""
        history, subscription = tables.history.c, tables.subscription.c
        query = (
            select(history.at, subscription.conversation, history.action, history.detail)
            .join_from(tables.history, tables.subscription, subscription.id == history.subscription_id)
            .where(history.action.in_(_TURNS))
        )
        with self._connected() as connection:
            return [Line(at.timestamp(), *rest) for at, *rest in connection.execute(query)]

    def on(self) -> Sequence[str]:
        """List the channels whose tips are on, and come at some moment."""
        subscription = tables.subscription.c
        query = select(subscription.conversation).where(
            subscription.state == "on", subscription.next_run_at.is_not(None)
        )
        with self._connected() as connection:
            return sorted(connection.scalars(query))

    def kept(self) -> Sequence[Kept]:
        """List the installations, decrypted."""
        names = ("place", "token", "refresh_token", "removed_at")
        with self._connected() as connection:
            found = connection.execute(select(*(installation.c[name] for name in names))).all()
        return [
            Kept(place, self._seals.open(token, place), self._seals.open(refresh, place), removed is not None)
            for place, token, refresh, removed in found
        ]
