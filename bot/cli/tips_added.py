"""Say what adding weekly tips changed where there were some already, and what it left as it was."""

from collections.abc import Iterator, Mapping, Sequence

from cards.compose import phrases, reasons
from cards.reason import Cause
from scheduler.subscriptions.stop import Begun
from store.subscriptions import ChangedBy, Subscription

SWITCH_ON, ANYONE = "--switch-on", "--anyone"
_MOST = 20  # channels of which something is said; of a file with hundreds, `tips list` shows the others
_MIGHT: Mapping[ChangedBy, str] = {
    "owner": "only the owners might",
    "admins": "only the owners and workspace admins might",
    "anyone": "anyone might",
}


def sentences(begun: Sequence[Begun]) -> Iterator[str]:
    """Say in how many channels tips are on, then a line for each in which something else is to be known."""
    on = sum(one.subscription.state == "on" for one in begun)
    if on or not begun:
        yield f"Weekly tips are on in {on} channel{'' if on == 1 else 's'}."
    lines = [line for one in begun if one.before is not None for line in _lines(one.before, one.subscription)]
    yield from lines[:_MOST]
    if len(lines) > _MOST:
        yield f"… and {len(lines) - _MOST} more such lines; `python -m bot tips list` shows every channel."


def _lines(before: Subscription, after: Subscription) -> Iterator[str]:
    where = f"{after.conversation} in {after.workspace}"
    if before.state == "on":
        pass
    elif after.state == "on":
        yield f"{where}: switched on again; they were {_how(before)}."
    elif after.state == "starting":
        yield f"{where}: they begin once their introduction is posted."
    else:
        yield f"{where}: set, and still {_how(after)}; {SWITCH_ON} turns them on."
    if after.changed_by == "anyone" != before.changed_by:
        yield f"{where}: anyone may change them now; {_MIGHT[before.changed_by]} before."


def _how(one: Subscription) -> str:
    """Say how tips that are not on stand: `off`, `paused until Monday …`, `paused because …`."""
    if one.state == "starting":
        return "waiting for their introduction"
    if one.state == "off":
        return "off"
    if one.reason != Cause.PERSON:
        return f"paused because {reasons.cause(one.reason)}"
    return f"paused until {phrases.moment_words(one.paused_until, one.zone)}" if one.paused_until else "paused"
