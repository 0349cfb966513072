"""The page's Trouble drawer: what can be ordered, what is, what happened lately, and Slack's rules as they stand."""

import dataclasses
import math
import re
from typing import get_args

from playground.shared.trouble import ANY, Suffered, Trouble, TroubleKind
from playground.slack.page.trouble_catalogue import CATALOGUE, METHODS, SCOPES
from playground.slack.platform import Platform
from playground.slack.values import Json

LONGEST = 3600.0  # seconds that trouble may take
MOST = 100_000  # times that it may happen
SHOWN = 20
SERVER_ERRORS = range(500, 600)
_KINDS: dict[str, TroubleKind] = {kind: kind for kind in get_args(TroubleKind)}
_METHOD = re.compile(r"\*|[A-Za-z.]{1,60}")
_CODE = re.compile(r"[a-z_]{1,80}")
_TITLES = {(each.kind, each.error): each.title for chapter in CATALOGUE for each in chapter.possible}


def possible() -> Json:
    """The menus, with their words."""
    return {
        "chapters": [dataclasses.asdict(chapter) for chapter in CATALOGUE],
        "methods": [{"name": name, "words": words} for name, words in METHODS],
    }


def shown(platform: Platform) -> Json:
    """What stands in the drawer now."""
    workspace = platform.workspace
    return {
        "waiting": [_waiting(trouble) for trouble in platform.troubles.waiting],
        "lately": [_suffered(each) for each in list(platform.troubles.lately)[-SHOWN:][::-1]],
        "rate": platform.rates.is_enforced,
        "slow_history": platform.rates.is_history_slow,
        "scopes": [{"name": name, "words": words, "is_granted": name in platform.scopes} for name, words in SCOPES],
        "token_works": not workspace.token_is_revoked,
        "people": [
            {"id": user.id, "name": user.name.title(), "is_admin": user.is_admin, "is_gone": user.is_deleted}
            for user in workspace.users.values()
        ],
    }


def _waiting(trouble: Trouble) -> Json:
    return {
        "key": str(id(trouble)),
        "title": _title(trouble.kind, trouble.error),
        "kind": trouble.kind,
        "method": trouble.method,
        "channel": trouble.channel,
        "times": trouble.times,
        "share": trouble.share,
        "met": trouble.met,
    }


def _suffered(suffered: Suffered) -> Json:
    return {
        "at": suffered.at,
        "title": _title(suffered.kind, suffered.error),
        "method": suffered.method,
        "channel": suffered.channel,
    }


def _title(kind: TroubleKind, error: str) -> str:
    code = error if kind in {"error", "error_after"} else {"fatal_error_after": "fatal_error"}.get(kind, "")
    return _TITLES.get((kind, code), error)


def order(platform: Platform, body: Json) -> None:
    """Orders one, takes one back (`drop`), all of them (`clear`), or puts the rules right too (`reset`).

    Raises ValueError, TypeError, KeyError or OverflowError for what can't be understood.
    """
    waiting = platform.troubles.waiting
    if body.get("reset"):
        platform.troubles.clear()
        platform.regrant()
        platform.rates.is_enforced = platform.rates.is_history_slow = False
        platform.rates.forget()
        platform.workspace.token_is_revoked = False
    elif body.get("clear"):
        waiting.clear()
    elif "drop" in body:
        waiting[:] = [trouble for trouble in waiting if str(id(trouble)) != body["drop"]]
    else:
        waiting.append(_ordered(body))
    platform.workspace.touch()


def _ordered(body: Json) -> Trouble:
    kind = _KINDS.get(str(body.get("kind")))
    method, error = str(body.get("method", ANY)), str(body.get("error") or "internal_error")
    if kind is None or not _METHOD.fullmatch(method) or not _CODE.fullmatch(error):
        raise ValueError("no such trouble")
    seconds = float(body.get("seconds") or 5)
    share = None if body.get("share") is None else float(body["share"])
    if not math.isfinite(seconds) or seconds < 0 or not (share is None or 0 < share <= 1):
        raise ValueError("not that long, or not that often")
    seconds, status = min(seconds, LONGEST), int(body.get("status") or 502)
    if status not in SERVER_ERRORS:
        raise ValueError("not a server's error")
    return Trouble(
        method,
        kind,
        times=_times(body.get("times", 1)),
        retry_after=max(1, int(seconds)),
        seconds=seconds,
        error=error,
        channel=str(body["channel"]) if body.get("channel") else None,
        share=share,
        status=status,
    )


def _times(given: object) -> int | None:
    """None until it is taken back."""
    if given is None:
        return None
    times = int(str(given))
    if not 1 <= times <= MOST:
        raise ValueError("not that often")
    return times


def change_rules(platform: Platform, body: Json) -> None:
    """Grants or takes a scope, minds Slack's limits or not, changes a person or the token.

    Raises KeyError for what is not there.
    """
    is_on = bool(body.get("is_on"))
    match body.get("rule"):
        case "scope" if body["name"] in {name for name, _ in SCOPES}:
            (platform.scopes.add if is_on else platform.scopes.discard)(body["name"])
        case "rate":
            platform.rates.is_enforced = is_on
        case "slow_history":
            platform.rates.is_history_slow = is_on
        case "token":
            platform.workspace.token_is_revoked = not is_on
        case "admin":
            platform.workspace.change_user(platform.workspace.users[body["name"]], is_admin=is_on)
        case "gone":
            platform.workspace.change_user(platform.workspace.users[body["name"]], is_deleted=is_on)
        case _:
            raise KeyError("there is no such rule")
    platform.workspace.touch()
