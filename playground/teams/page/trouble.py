"""The page's Trouble drawer for Teams: what can be ordered, what is, what happened lately, and Teams' rules."""

import dataclasses
import math
import re
from typing import get_args

from playground.shared.trouble import ANY, Suffered, Trouble, TroubleKind
from playground.teams.page.trouble_catalogue import CATALOGUE, METHODS, STATUSES
from playground.teams.platform import Platform
from playground.teams.values import Json

LONGEST = 3600.0  # seconds that trouble may take
MOST = 100_000  # times that it may happen
SHOWN = 20
SERVER_ERRORS = range(500, 600)
_KINDS: dict[str, TroubleKind] = {kind: kind for kind in get_args(TroubleKind) if kind != "fatal_error_after"}
_TITLES = {(each.kind, each.error): each.title for chapter in CATALOGUE for each in chapter.possible}
_METHODS = {name for name, _ in METHODS} | {"react", "team"}
_CODE = re.compile(r"[A-Za-z]{1,80}")


def possible() -> Json:
    """The menus, with their words."""
    return {
        "chapters": [dataclasses.asdict(chapter) for chapter in CATALOGUE],
        "methods": [{"name": name, "words": words} for name, words in METHODS],
    }


def shown(platform: Platform) -> Json:
    """What stands in the drawer now."""
    return {
        "waiting": [_waiting(trouble) for trouble in platform.troubles.waiting],
        "lately": [_suffered(each) for each in list(platform.troubles.lately)[-SHOWN:][::-1]],
        "rate": platform.rates.is_enforced,
        "credentials_work": platform.wallet.works,
        "people": [{"id": p.id, "name": p.name, "is_gone": p.is_gone} for p in platform.world.people.values()],
    }


def _waiting(trouble: Trouble) -> Json:
    return {
        "key": str(id(trouble)),
        "title": _title(trouble.kind, trouble.error),
        "kind": trouble.kind,
        "method": trouble.method,
        "conversation": trouble.channel,
        "times": trouble.times,
        "share": trouble.share,
        "met": trouble.met,
    }


def _suffered(suffered: Suffered) -> Json:
    return {
        "at": suffered.at,
        "title": _title(suffered.kind, suffered.error),
        "method": suffered.method,
        "conversation": suffered.channel,
    }


def _title(kind: TroubleKind, error: str) -> str:
    return _TITLES.get((kind, error if kind in {"error", "error_after"} else ""), error)


def order(platform: Platform, body: Json) -> None:
    """Orders one, takes one back (`drop`), all of them (`clear`), or puts the rules right too (`reset`).

    Raises ValueError, TypeError, KeyError or OverflowError for what can't be understood.
    """
    waiting = platform.troubles.waiting
    if body.get("reset"):
        platform.troubles.clear()
        platform.rates.is_enforced = True
        platform.rates.forget()
        platform.wallet.works = True
        for person in list(platform.world.people.values()):
            platform.world.change_person(person, is_gone=False)
    elif body.get("clear"):
        waiting.clear()
    elif "drop" in body:
        waiting[:] = [trouble for trouble in waiting if str(id(trouble)) != body["drop"]]
    else:
        waiting.append(_ordered(body))
    platform.world.touch()


def _ordered(body: Json) -> Trouble:
    kind = _KINDS.get(str(body.get("kind")))
    method, error = str(body.get("method", ANY)), str(body.get("error") or "ServiceError")
    if kind is None or method not in _METHODS or not _CODE.fullmatch(error):
        raise ValueError("no such trouble")
    if kind in {"error", "error_after"} and error not in STATUSES:
        raise ValueError("Teams has no such code")
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
        channel=str(body["conversation"]) if body.get("conversation") else None,
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
    """Minds Teams' limits or not, lets the credentials work or not, makes a person leave or come back.

    Raises KeyError for what is not there.
    """
    is_on = bool(body.get("is_on"))
    match body.get("rule"):
        case "rate":
            platform.rates.is_enforced = is_on
        case "credentials":
            platform.wallet.works = is_on
            if not is_on:
                platform.wallet.revoke()
        case "gone":
            platform.world.change_person(platform.world.people[str(body["name"])], is_gone=is_on)
        case _:
            raise KeyError("there is no such rule")
    platform.world.touch()
