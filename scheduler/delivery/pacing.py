"""Say when each delivery may go: no workspace and no conversation gets more than its platform bears."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct, field

from scheduler.delivery.mending import MendingPace
from scheduler.delivery.pace import SPREAD, Pace
from scheduler.delivery.ranks import Rank, rank
from store.deliveries.rows import Delivery

_QUIET = 60.0  # seconds without a 429 after which a slowed workspace gets some of its speed back
# Of a gap after its turn, or after its gate opened: a row that did not come back by then holds up nobody any more, for
# another process has leased it. Less than a whole one, or each of these would cost those behind it a turn.
_GONE = 0.9
_CROWDED = 0.5  # seconds; while many posts of a workspace hang, more of them only take other workspaces' places
_LEAST = 0.001  # seconds; a turn that is put off is later than now
_ROUNDING = 2e-6  # seconds; moments are kept in microseconds
_TOLERANCE = 1e-3  # of a post: sums of floats are not exact
_REMEMBERED = 20_000  # rows whose place in their conversation's line is kept, and conversations with a line
_SWEEP = 1_000  # entries below which nothing is looked through for what can be forgotten


_Place = tuple[str, str]
_Room = tuple[str, str, str]


class _Workspace(Struct):
    """A bucket of tokens, one a post; all moments are seconds since the epoch.

    `tails` are the last turns promised: to what somebody asked for, to what came back and found its turn taken, and to
    the clock's tips.
    """

    tokens: float
    rate: float
    at: float
    quiet_since: float
    gate: float = 0.0
    tails: dict[str, float] = field(default_factory=dict)


class _Past(Struct):
    """What one conversation had: when the last post went, until when it takes none, and the posts in its windows."""

    last: float = 0.0
    gate: float = 0.0
    recent: list[float] = field(default_factory=list)  # a deque takes ten times the memory, and most have one post

    def opens(self, pace: Pace) -> float:
        """Give the moment from which the next post may go."""
        full = [self.recent[-count] + seconds for count, seconds in pace.windows if len(self.recent) >= count]
        return max(self.gate, self.last + pace.gap, *full, 0.0)

    def post(self, moment: float, pace: Pace) -> None:
        """Count a post."""
        self.last = moment
        if pace.windows:
            self.recent.append(moment)
            if len(self.recent) > max(count for count, _ in pace.windows):
                del self.recent[0]

    def is_idle(self, moment: float, pace: Pace) -> bool:
        """Say whether it would be the same if it were new."""
        longest = max((seconds for _, seconds in pace.windows), default=pace.gap)
        return max(self.gate, self.last + pace.gap, self.last + longest) <= moment


class _Line(Struct):
    """What waits in one conversation, in order, with the turn each was promised; `again` is the last one moved."""

    waiting: dict[str, float] = field(default_factory=dict)
    tail: float = 0.0
    again: float = 0.0


class Pacer:
    """Keeps the budgets of one dispatcher; pure in time, the moment is always an argument.

    Each process has its own. Where several post to one workspace (`serve` beside `clock` on one SQLite file) they may
    reach twice the pace together; a 429 then teaches both, and Retry-After reaches the other through the ledger.
    In a cluster a workspace's bucket is worked by one process at a time.

    Idle workspaces and conversations are forgotten. What somebody asked for does not wait behind the clock's tips, and
    corrections wait behind all tips that do; beyond that, rows of one conversation go in the order in which they were
    first put off.

    `pace` is every platform's that `paces` does not name.
    """

    def __init__(self, pace: Pace, paces: Mapping[str, Pace] | None = None) -> None:
        self._pace = pace
        self._paces = dict(paces or {})
        self._workspaces: dict[_Place, _Workspace] = {}
        self._past: dict[_Room, _Past] = {}
        self._lines: dict[tuple[_Room, Rank], _Line] = {}
        self._mending = MendingPace()
        self._remembered = 0
        self._sweep_at = _SWEEP
        self._latest = 0.0

    def turn(self, row: Delivery, now: datetime, under_way: int = 0, free: float = 1.0) -> datetime | None:
        """Give None if it may go now, which then counts as gone, or the moment to ask again.

        `under_way` is how many posts to its workspace have no answer yet, `free` the share of all places that is.
        """
        moment = now.timestamp()
        if moment < self._latest - _QUIET:  # the clock was set back: what we know is of no time
            self._workspaces, self._past, self._lines, self._remembered = {}, {}, {}, 0
            self._mending = MendingPace()
        self._latest = moment
        self._sweep(moment)
        pace = self._of(row.platform)
        workspace = self._workspace((row.platform, row.workspace), moment)
        room, ranked = (row.platform, row.workspace, row.conversation), rank(row)
        line = self._lines.get((room, ranked))
        past = self._past.get(room)
        # Those that a gate held back come together once it opens, in no order.
        gate = max(workspace.gate, past.gate if past else 0.0)
        is_first = line is None or self._is_first(line, row.id, moment - _GONE * pace.gap, gate)
        opens = max(gate, past.opens(pace) if past else 0.0)
        if ranked == "mended":
            opens = max(opens, self._mending.opens(row, moment, workspace.tails))
        has_budget = workspace.tokens >= 1 - _TOLERANCE
        is_crowded = pace.is_crowded(under_way, free)
        if is_first and opens <= moment + _ROUNDING and has_budget and not is_crowded:
            workspace.tokens -= 1
            self._past.setdefault(room, _Past()).post(moment, pace)
            self._leave(room, ranked, row.id)
            self._mending.go(row, moment)
            return None
        at = max(opens, moment + _LEAST)
        if is_crowded:
            at = max(at, moment + _CROWDED)
        # Those that a crowd holds up get turns too: if all came back at once, each look at them would put off hundreds.
        if not has_budget or workspace.gate > moment or is_crowded:
            at = max(at, self._slot(workspace, _lane(row, line, ranked), moment))
        return datetime.fromtimestamp(self._promise(room, row.id, at, ranked), UTC)

    def slow(self, platform: str, workspace: str, until: datetime, now: datetime, *, is_limit: bool = True) -> datetime:
        """Post nothing to a workspace before `until`; gives the moment that holds, which may be later.

        `is_limit`: the platform said we are too fast, and not only that it can't be reached.
        """
        moment, pace = now.timestamp(), self._of(platform)
        place = self._workspace((platform, workspace), moment)
        # The answers to everything that was under way at once are one 429.
        if is_limit and place.gate <= moment:
            place.rate = max(place.rate / 2, min(pace.floor, pace.rate))
            place.tokens = 0.0
        if is_limit:
            place.quiet_since = max(until.timestamp(), moment)
        place.gate = max(place.gate, until.timestamp())
        return datetime.fromtimestamp(place.gate, UTC)

    def slow_conversation(
        self, platform: str, workspace: str, conversation: str, until: datetime, now: datetime
    ) -> datetime:
        """Post nothing to one conversation before `until`; gives the moment that holds, which may be later."""
        past = self._past.setdefault((platform, workspace, conversation), _Past())
        past.gate = max(past.gate, until.timestamp(), now.timestamp())
        return datetime.fromtimestamp(past.gate, UTC)

    def gate(self, platform: str, workspace: str, now: datetime, conversation: str = "") -> datetime | None:
        """Give until when nothing may be posted to a workspace, or one of its conversations; None where it is open."""
        standing = self._workspaces.get((platform, workspace))
        past = self._past.get((platform, workspace, conversation))
        closed = max(standing.gate if standing else 0.0, past.gate if past else 0.0)
        return datetime.fromtimestamp(closed, UTC) if closed > now.timestamp() else None

    def rate(self, platform: str, workspace: str, now: datetime) -> float:
        """Give the posts a second a workspace gets now."""
        return self._workspace((platform, workspace), now.timestamp()).rate

    def __len__(self) -> int:
        """Count what is remembered: workspaces, conversations and rows in line."""
        return len(self._workspaces) + len(self._past) + self._remembered

    def _of(self, platform: str) -> Pace:
        return self._paces.get(platform, self._pace)

    def _workspace(self, place: _Place, moment: float) -> _Workspace:
        pace = self._of(place[0])
        standing = self._workspaces.get(place)
        if standing is None or moment < standing.at - _QUIET:  # the clock was set back: what we know is of no time
            standing = _Workspace(pace.burst, pace.rate, moment, moment)
            self._workspaces[place] = standing
        if (quiet := (moment - standing.quiet_since) // _QUIET) > 0:
            standing.quiet_since += quiet * _QUIET
            standing.rate = min(pace.rate, standing.rate + quiet * pace.recovery * pace.rate)
        if moment > standing.at:
            standing.tokens = min(_burst(standing, pace), standing.tokens + (moment - standing.at) * standing.rate)
            standing.at = moment
        return standing

    def _slot(self, workspace: _Workspace, lane: str, moment: float) -> float:
        """Give the next turn in one of a workspace's lanes."""
        step = 1 / (workspace.rate * (SPREAD if lane == "planned" else 1))
        token = moment + max(0.0, 1 - workspace.tokens) / workspace.rate
        at = max(workspace.gate, token, workspace.tails.get(lane, 0.0) + step)
        workspace.tails[lane] = at
        return at

    def _promise(self, room: _Room, row_id: str, at: float, ranked: Rank) -> float:
        """Put a row in its conversation's line, behind those that wait there, and give its turn."""
        if (room, ranked) not in self._lines and len(self._lines) >= _REMEMBERED:
            return at  # among so many at once its order in the line is not kept; the gap still is, by `turn`
        line = self._lines.setdefault((room, ranked), _Line())
        gap = self._of(room[0]).gap
        if row_id not in line.waiting:
            if line.waiting:
                at = max(at, line.tail + gap, line.again + gap)
            line.tail = at
            if self._remembered < _REMEMBERED:
                self._remembered += 1
                line.waiting[row_id] = at
            return at
        head = next(iter(line.waiting))
        if head != row_id:
            at = max(at, line.waiting[head] + gap, line.again + gap)
            line.again = at
        line.waiting[row_id] = at
        line.tail = max(line.tail, at)
        return at

    def _is_first(self, line: _Line, row_id: str, gone: float, gate: float = 0.0) -> bool:
        """Say whether a row is the first of those whose turn, or whose `gate`, was not before the moment `gone`."""
        while line.waiting:
            head = next(iter(line.waiting))
            if head == row_id:
                return True
            if max(line.waiting[head], gate) >= gone:
                return False
            del line.waiting[head]
            self._remembered -= 1
        return True

    def _leave(self, room: _Room, ranked: Rank, row_id: str) -> None:
        line = self._lines.get((room, ranked))
        if line is not None and line.waiting.pop(row_id, None) is not None:
            self._remembered -= 1

    def _sweep(self, moment: float) -> None:
        """Forget what says no more than nothing would: often enough to stay small, rarely enough to cost nothing."""
        if len(self._workspaces) + len(self._past) + len(self._lines) < self._sweep_at:
            return
        standing = {place: self._workspace(place, moment) for place in tuple(self._workspaces)}
        self._workspaces = {
            place: one for place, one in standing.items() if not _is_idle(one, moment, self._of(place[0]))
        }
        self._past = {room: past for room, past in self._past.items() if not past.is_idle(moment, self._of(room[0]))}
        self._mending.sweep(moment)
        for line in self._lines.values():
            self._is_first(line, "", moment - _QUIET)
        self._lines = {key: line for key, line in self._lines.items() if line.waiting or line.tail > moment}
        self._sweep_at = max(_SWEEP, 2 * (len(self._workspaces) + len(self._past) + len(self._lines)))


def _burst(workspace: _Workspace, pace: Pace) -> float:
    return max(1.0, pace.burst * workspace.rate / pace.rate)


def _is_idle(workspace: _Workspace, moment: float, pace: Pace) -> bool:
    """Say whether it would be the same if it were new."""
    return (
        workspace.rate >= pace.rate
        and workspace.tokens >= pace.burst
        and max(workspace.gate, *workspace.tails.values(), 0.0) <= moment
    )


def _lane(row: Delivery, line: _Line | None, ranked: Rank) -> str:
    if ranked == "planned" and line is not None and row.id in line.waiting:
        return "again"
    return ranked
