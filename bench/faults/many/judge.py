"""Judge what was written down of a run with many workspaces: which promises were not kept, each in a sentence."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from bench.faults.many.records import WRITTEN_WITHIN, Given, Kept, Line, Records, Row, Used

KNOWN_WITHIN = 20.0  # seconds after the bot confirmed that an app was removed: 3 until the other process looks, a lease
GRACE = 12 * 3600.0  # seconds that a tip may be late, as bots have it unless they are told otherwise
_OPEN = ("planned", "sending")
_NOT_SENT = ("failed", "skipped", "unknown")
_TOLD = 3  # examples


def problems(records: Records) -> tuple[str, ...]:
    """Name every promise that was not kept; none where all were."""
    rules: Sequence[Callable[[Records], Iterator[str]]] = (
        _twice,
        _open,
        _without_reason,
        _wrongly_recorded,
        _without_row,
        _foreign,
        _dead,
        _late,
        _refreshed_twice,
        _lost_installs,
        _do_not_go_on,
        _go_on_without,
    )
    return tuple(found for rule in rules for found in rule(records))


def _said(words: str, found: Sequence[object]) -> Iterator[str]:
    if found:
        examples = "; ".join(str(each) for each in found[:_TOLD])
        yield f"{len(found)} {words}: {examples}"


def _twice(records: Records) -> Iterator[str]:
    """No delivery is posted twice, and no week's tip by two deliveries."""
    accepted = Counter(each.delivery for each in records.used if each.is_accepted)
    yield from _said("posted twice", [id_ for id_, count in accepted.items() if count > 1])
    weeks = Counter((row.channel, row.slot) for row in records.rows if row.kind == "tip" and accepted[row.id])
    yield from _said("weeks brought two tips", [week for week, count in weeks.items() if count > 1])


def _open(records: Records) -> Iterator[str]:
    yield from _said("never ended", [row for row in records.rows if row.state in _OPEN])


def _without_reason(records: Records) -> Iterator[str]:
    silent = [row for row in records.rows if row.state in _NOT_SENT and not row.reason]
    yield from _said("ended without a reason", silent)


def _wrongly_recorded(records: Records) -> Iterator[str]:
    """What counts as sent is there, and what counts as failed or skipped is not; every post is owed by a row."""
    accepted = {each.delivery for each in records.used if each.is_accepted}
    states = {row.id: row.state for row in records.rows}
    yield from _said(
        "count as sent and are not there", [r for r in records.rows if r.state == "sent" and r.id not in accepted]
    )
    denied = [row for row in records.rows if row.state in {"failed", "skipped"} and row.id in accepted]
    yield from _said("count as not sent and are there", denied)
    yield from _said("were posted and are owed by no row", sorted(accepted - states.keys()))


def _without_row(records: Records) -> Iterator[str]:
    """Each channel has a row for each week, or a line of its history that says why its tips had stopped by then.

    Where they go on within the grace, the week's tip is theirs yet, and the line says nothing of it.
    """
    rows = {(row.channel, row.due) for row in records.rows if row.kind == "tip"}
    lost = [
        (channel, moment)
        for channel in records.channels
        for moment in records.moments
        if (channel, moment) not in rows and not _had_stopped(records, channel, moment)
    ]
    yield from _said("tips have no row, and nothing says why", lost)


def _had_stopped(records: Records, channel: str, moment: float) -> bool:
    lines = sorted((line for line in records.lines if line.channel == channel), key=lambda line: line.at)
    spans = [*pairwise([*lines, None])]
    return any(
        line is not None
        and line.action == "stopped"
        and line.detail != ""
        and line.at <= moment
        and (then is None or then.at >= moment + GRACE)
        for line, then in spans
    )


def _foreign(records: Records) -> Iterator[str]:
    """No post is even tried with a token of another workspace, or with one that Slack never gave."""
    places = {given.token: given.place for given in records.given}
    posts = [each for each in records.used if each.channel in records.channels]
    foreign = [each for each in posts if places.get(each.token, "") != records.channels[each.channel]]
    yield from _said("posts bore another workspace's token", foreign)


def _dead(records: Records) -> Iterator[str]:
    """No post is accepted with a token that had ended: by itself, or with its installation."""
    given = {each.token: each for each in records.given}
    dead = [
        each
        for each in records.used
        if each.is_accepted and (token := given.get(each.token)) and _had_ended(records, token, each.at)
    ]
    yield from _said("posts were accepted with a dead token", dead)


def _had_ended(records: Records, token: Given, at: float) -> bool:
    if token.until is not None and at >= token.until:
        return True
    return any(end.place == token.place and token.at <= end.at <= at for end in records.ended)


def _late(records: Records) -> Iterator[str]:
    """Nothing is tried with a token long after the bot knew that it had ended."""
    given = {each.token: each for each in records.given}
    known = defaultdict(list)
    for end in records.ended:
        if end.told is not None:
            known[end.place].append((end.at, end.told + KNOWN_WITHIN))

    def is_late(used: Used) -> bool:
        token = given.get(used.token)
        return token is not None and any(token.at <= end and used.real > by for end, by in known[token.place])

    yield from _said("posts were tried long after the end was known", [each for each in records.used if is_late(each)])


def _refreshed_twice(records: Records) -> Iterator[str]:
    """A refresh token that brought an answer is never used again, by whichever process."""
    brought = _brought(records)
    again = [each for each in records.asked if each.refresh in brought and each.real > brought[each.refresh].real]
    yield from _said("refresh tokens were used again though the answer had arrived", again)


def _brought(records: Records) -> dict[str, Given]:
    """Give what was given first for each refresh token whose answer arrived."""
    arrived = [each for each in records.given if each.refreshed and not records.may_be_lost(each)]
    return {each.refreshed: each for each in sorted(arrived, key=lambda each: each.real, reverse=True)}


def _lost_installs(records: Records) -> Iterator[str]:
    """Where the app is installed, the database holds a token of that installation, and what renews it."""
    kept = {each.place: each for each in records.kept}
    yield from _said(
        "installations were lost", [place for place in records.installed if _is_lost(records, kept.get(place), place)]
    )
    gone = [each for each in records.kept if each.place not in records.installed and each.token]
    left = [each for each in gone if any(end.place == each.place and end.told for end in records.ended)]
    yield from _said("tokens were kept of places that are known to have removed the app", left)


def _is_lost(records: Records, row: Kept | None, place: str) -> bool:
    if row is None or row.is_removed or not row.token:
        return True
    since = max((end.at for end in records.ended if end.place == place), default=float("-inf"))
    living = {each.token: each for each in records.given if each.place == place and each.at >= since}
    given = living.get(row.token)
    if given is None or row.refresh in _brought(records):
        return True
    # Without what renews it: Slack said that it knows it no longer, for its answer had been lost.
    was_lost = any(each.refreshed and records.may_be_lost(each) for each in living.values())
    return row.refresh != given.refresh and not (row.refresh == "" and was_lost)


def _do_not_go_on(records: Records) -> Iterator[str]:
    """Where the app is in the end, tips are on, and the last week's came, or nobody knows, or a token was lost.

    A tip that was refused while the app was away is not tried again: the bot had not been told that it was, or the tip
    would have waited.
    """
    if not records.moments:
        return
    last = max(records.moments)
    rows = {row.channel: row for row in records.rows if row.kind == "tip" and row.due == last}
    stuck: list[Row | str] = []
    for channel, place in records.channels.items():
        if place not in records.installed:
            continue
        row = rows.get(channel)
        is_lost = any(records.may_be_lost(each) for each in records.given if each.place == place and each.refreshed)
        if row is None or (channel not in records.on and not is_lost):
            stuck.append(channel)
        elif row.state not in {"sent", "unknown"} and not (
            (is_lost and _is_for_a_lost_token(row)) or _was_refused_before(records, row)
        ):
            stuck.append(row)
    yield from _said("channels' tips did not go on after the app was installed again", stuck)


def _is_for_a_lost_token(row: Row) -> bool:
    """Say whether a row ended since Slack's answer with a new token never arrived; others of its workspace pause."""
    return row.reason in {"token_expired", "invalid_auth", "token_revoked"} or row.reason == "paused"


def _was_refused_before(records: Records, row: Row) -> bool:
    """Say whether a row ended, for want of the app, before that was installed again, and its end had not been told."""
    again = max((each.at for each in records.given if each.place == row.workspace and not each.refreshed), default=0.0)
    ends = [each for each in records.ended if each.place == row.workspace and each.at <= row.settled]
    is_told = not ends or max(ends, key=lambda each: each.at).told is not None
    is_refused = row.reason in {"account_inactive", "token_revoked", "invalid_auth", "token_expired", "paused"}
    return is_refused and not is_told and row.settled <= again + WRITTEN_WITHIN


def _go_on_without(records: Records) -> Iterator[str]:
    """No tips go on by themselves between the app's end and the next installation."""

    def is_away(line: Line) -> bool:
        place = records.channels.get(line.channel, "")
        ends = [each.at for each in records.ended if each.place == place and each.at <= line.at]
        again = (each.at for each in records.given if each.place == place and not each.refreshed)
        return bool(ends) and not any(max(ends) <= at <= line.at for at in again)

    resumed = [line for line in records.lines if line.action == "resumed"]
    yield from _said("channels' tips went on while the app was away", [line for line in resumed if is_away(line)])
