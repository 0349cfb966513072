"""One emulated platform's parts in one place, for those who serve them: what both platforms have."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from playground.shared.clock import EmulatorClock
from playground.shared.page.about import NOTHING, About
from playground.shared.rates import Rates
from playground.shared.trouble import Trouble, Troubles
from playground.shared.values import Fault
from playground.shared.wire import Wire
from playground.shared.world import World


class Platform:
    """State, records and settings of one emulator."""

    world: World
    rates: Rates

    def __init__(self, clock: EmulatorClock, world: World, rates: Rates) -> None:
        self.clock = clock
        self.world = world
        self.rates = rates
        self.troubles = Troubles()
        self.wire = Wire(clock)
        self.about: About = NOTHING
        self.url = ""
        self.faults: list[Fault] = []
        self.under_way = 0
        self.is_closing = asyncio.Event()

    def fault(self, where: str, error: str, details: Iterable[str] = ()) -> Fault:
        """Records something that the platform would not have shown."""
        found = Fault(where, error, tuple(details))
        self.faults.append(found)
        self.world.touch()
        return found

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Counts a call as under way until it is answered."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self.world.touch()

    def met(self, trouble: Trouble | None) -> Trouble | None:
        """Says that trouble befalls a call, which may last; None where there is none."""
        if trouble is not None:
            self.world.touch()
        return trouble

    def put_right(self) -> None:
        """Nothing goes wrong any more, and nothing has been called yet."""
        self.troubles.clear()
        self.rates.forget()
        self.wire.clear()
