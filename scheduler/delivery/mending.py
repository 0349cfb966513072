"""Say how fast posts mend themselves: slowly, and never where a tip waits for its turn."""

from collections.abc import Mapping

from msgspec import Struct, field

from store.deliveries.rows import Delivery

_EVERY = 1.0  # seconds between two corrections of one workspace
_RATE = 10.0  # a second, of all workspaces together
_BURST = 10.0  # at once: they are dealt out by whole seconds (scheduler/learning/corrections.py)
_TOLERANCE = 1e-3  # of a correction: sums of floats are not exact


class _Lane(Struct):
    """When the last correction went, and the last turn that was promised; seconds since the epoch."""

    last: float = 0.0
    tail: float = 0.0


class MendingPace(Struct):
    """The budgets of corrections in one dispatcher; pure in time, the moment is always an argument.

    What can't go now is given the turn behind all that were given one; when it comes back, it needs what any needs.
    """

    tokens: float = _BURST
    at: float = 0.0
    tail: float = 0.0
    lanes: dict[tuple[str, str], _Lane] = field(default_factory=dict)

    def opens(self, row: Delivery, moment: float, tails: Mapping[str, float]) -> float:
        """Give the moment from which a correction, or the line below it, may go; a later one is promised.

        `tails` are the last turns of the tips that wait in its workspace: all of them come first.
        """
        tips = max(tails.get("planned", 0.0), tails.get("again", 0.0), moment)
        if row.kind != "correction":  # a line is as rare as what it follows
            return tips
        place = row.platform, row.workspace
        if moment > self.at:
            self.tokens = min(_BURST, self.tokens + (moment - self.at) * _RATE)
            self.at = moment
        lane = self.lanes.get(place, _Lane())
        has_turn = self.tokens >= 1 - _TOLERANCE and moment >= lane.last + _EVERY - _TOLERANCE
        if has_turn and tips <= moment:
            return moment
        at = max(tips + _EVERY, lane.last + _EVERY, lane.tail + _EVERY, self.tail + 1 / _RATE)
        lane.tail = self.tail = at
        self.lanes[place] = lane
        return at

    def go(self, row: Delivery, moment: float) -> None:
        """Count what goes, if it is a correction."""
        if row.kind == "correction":
            self.tokens -= 1
            self.lanes.setdefault((row.platform, row.workspace), _Lane()).last = moment

    def sweep(self, moment: float) -> None:
        """Forget workspaces of which nothing is to be remembered."""
        self.lanes = {place: lane for place, lane in self.lanes.items() if max(lane.last + _EVERY, lane.tail) > moment}
