"""Turn the emulated Slack's list of calls into what the judge reads."""

from collections.abc import Iterable
from typing import TypedDict

from bench.faults.many.records import Asked, Given, Used
from playground.slack.values import Call

METADATA = "pm_compare_delivery"
_LOSES = {"cut_after", "5xx_after", "fatal_error_after", "stall_after", "error_after", "garbage_after", "slow"}


class OfSlack(TypedDict):
    """What Slack saw."""

    used: list[Used]
    given: list[Given]
    asked: list[Asked]


def of_slack(calls: Iterable[Call]) -> OfSlack:
    """Read the calls in the order in which they came."""
    found = OfSlack(used=[], given=[], asked=[])
    for call in sorted(calls, key=lambda call: call.real):
        match call.method:
            case "chat.postMessage":
                found["used"].append(_used(call))
            case "oauth.v2.access":
                if call.refresh:
                    found["asked"].append(Asked(call.real, call.refresh))
                if call.outcome.get("ok"):
                    found["given"].append(_given(call))
            case _:
                pass
    return found


def _used(call: Call) -> Used:
    metadata = call.arguments.get("metadata") or {}
    payload = metadata.get("event_payload", {}) if metadata.get("event_type") == METADATA else {}
    channel = str(call.arguments.get("channel") or "")
    return Used(call.at, call.real, call.token, channel, str(payload.get("id", "")), bool(call.outcome.get("ok")))


def _given(call: Call) -> Given:
    outcome = call.outcome
    lasts = outcome.get("expires_in")
    return Given(
        at=call.at,
        real=call.real,
        place=str(outcome["team"]["id"]),
        token=str(outcome["access_token"]),
        refresh=str(outcome.get("refresh_token") or ""),
        until=None if lasts is None else call.at + float(lasts),
        refreshed=call.refresh,
        is_lost=call.trouble in _LOSES,
    )
