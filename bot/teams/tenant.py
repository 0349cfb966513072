"""Refuse what comes from another Teams tenant than the one that is served."""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.web.asgi import RefusedError

log = structlog.get_logger()
_MOST_NAMED = 100  # tenants, each of which is named once in the log; the metric counts every request


class Tenant:
    """The one tenant that is served; '' where none is compared, for whoever develops on this machine.

    A registration of the type Single Tenant keeps nobody else's requests away, and Microsoft signs those too.
    """

    def __init__(self, id_: str) -> None:
        self._id = id_.casefold()
        self._named: set[str] = set()

    def check(self, activity: Mapping[str, Any]) -> None:
        """Compare all that an activity says of where it happens; its shape has been checked.

        Who sends it is not compared: people of other tenants whom somebody invited into a conversation of this one are
        served there on purpose, and are given no tips (`handlers/tips/ownership.py`).

        Raises:
            RefusedError: it says another one, or none: Teams always names it. (403: nobody sends it again.)
        """
        if not self._id:
            return
        named = [tenant.casefold() for tenant in _named(activity) if tenant]
        if named and all(tenant == self._id for tenant in named):
            return
        other = next((tenant for tenant in named if tenant != self._id), "")
        if other not in self._named and len(self._named) < _MOST_NAMED:
            self._named.add(other)
            log.warning("teams.other_tenant", tenant=other, expected=self._id)
        raise RefusedError(403, "outsider", "this bot does not serve that tenant")


def _named(activity: Mapping[str, Any]) -> tuple[str, str]:
    conversation, data = activity.get("conversation") or {}, activity.get("channelData") or {}
    return conversation.get("tenantId") or "", (data.get("tenant") or {}).get("id") or ""
