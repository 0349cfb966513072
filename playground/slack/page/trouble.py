"""Slack's Trouble drawer: its rules beside what both platforms' have."""

import re

from playground.shared.page import trouble as shared
from playground.shared.trouble import Trouble
from playground.shared.values import Json
from playground.slack.page.trouble_catalogue import CATALOGUE, METHODS, SCOPES
from playground.slack.platform import Platform

_METHOD = re.compile(r"\*|[A-Za-z0-9.]{1,60}")
_CODE = re.compile(r"[a-z_]{1,80}")


class Drawer(shared.Drawer):
    """Scopes, the token, slow reading, and who is an admin or gone."""

    chapters = CATALOGUE
    methods = METHODS
    place = "channel"
    error = "internal_error"
    _platform: Platform

    def shown(self) -> Json:
        """What stands in the drawer now."""
        platform, world = self._platform, self._platform.world
        return super().shown() | {
            "slow_history": platform.rates.is_history_slow,
            "scopes": [{"name": name, "words": words, "is_granted": name in platform.scopes} for name, words in SCOPES],
            "token_works": not world.token_is_revoked,
            "people": [
                {"id": user.id, "name": user.name.title(), "is_admin": user.is_admin, "is_gone": user.is_deleted}
                for user in world.people.values()
            ],
        }

    def _is_known(self, trouble: Trouble) -> bool:
        return bool(_METHOD.fullmatch(trouble.method) and _CODE.fullmatch(trouble.error))

    def _put_rules_right(self) -> None:
        self._platform.rates.is_enforced = self._platform.rates.is_history_slow = False

    def _change_rule(self, body: Json, *, is_on: bool) -> None:
        platform = self._platform
        match body.get("rule"):
            case "scope" if body["name"] in {name for name, _ in SCOPES}:
                (platform.scopes.add if is_on else platform.scopes.discard)(body["name"])
            case "slow_history":
                platform.rates.is_history_slow = is_on
            case "token":
                platform.world.token_is_revoked = not is_on
            case "admin":
                platform.world.change(platform.world.people, body["name"], is_admin=is_on)
            case "gone":
                platform.world.change(platform.world.people, body["name"], is_deleted=is_on)
            case _:
                raise KeyError("there is no such rule")
