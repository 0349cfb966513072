"""Teams' Trouble drawer: its rules beside what both platforms' have."""

import re

from playground.shared.page import trouble as shared
from playground.shared.trouble import Trouble
from playground.shared.values import Json
from playground.teams.page.trouble_catalogue import CATALOGUE, METHODS, STATUSES
from playground.teams.platform import Platform

_METHODS = {name for name, _ in METHODS} | {"react", "team"}


class Drawer(shared.Drawer):
    """The bot's credentials, and who has left."""

    chapters = CATALOGUE
    methods = METHODS
    place = "conversation"
    error = "ServiceError"
    _platform: Platform

    def shown(self) -> Json:
        """What stands in the drawer now."""
        people = self._platform.world.people.values()
        return super().shown() | {
            "credentials_work": self._platform.tokens.works,
            "people": [{"id": p.id, "name": p.name, "is_gone": p.is_gone} for p in people],
        }

    def _is_known(self, trouble: Trouble) -> bool:
        return trouble.kind != "fatal_error_after" and trouble.method in _METHODS and _is_code(trouble)

    def _put_rules_right(self) -> None:
        self._platform.rates.is_enforced = True
        for person in list(self._platform.world.people.values()):
            self._platform.world.change(self._platform.world.people, person.id, is_gone=False)

    def _change_rule(self, body: Json, *, is_on: bool) -> None:
        platform = self._platform
        match body.get("rule"):
            case "credentials":
                platform.tokens.works = is_on
                if not is_on:
                    platform.tokens.revoke()
            case "gone":
                platform.world.change(platform.world.people, str(body["name"]), is_gone=is_on)
            case _:
                raise KeyError("there is no such rule")


def _is_code(trouble: Trouble) -> bool:
    """Whether Teams has the code, or something like it where none is shown."""
    if trouble.kind in {"error", "error_after"}:
        return trouble.error in STATUSES
    return bool(re.fullmatch(r"[A-Za-z]{1,80}", trouble.error))
