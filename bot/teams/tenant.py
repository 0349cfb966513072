"""Refuse what comes from a Teams tenant that is not served."""

from collections.abc import Collection, Mapping
from typing import Any

import structlog

from bot.settings.registration import ANY
from bot.web.asgi import RefusedError

log = structlog.get_logger()
_MOST_NAMED = 100  # tenants, each of which is named once in the log; the metric counts every request
_NO_ID = "this bot serves tenants, and the request names none"


class Tenants:
    """The tenants that are served, by their ids in lower case; `*` alone for any.

    No registration keeps other tenants' requests away, whatever its type: Microsoft signs those too.

    Args:
        admitted: as the setting has them; none where nothing is compared, for whoever develops on this machine.
        home: the registration's own.
    """

    def __init__(self, admitted: Collection[str], home: str) -> None:
        self._admitted = frozenset(admitted)
        self._home = home
        self._is_compared = bool(admitted)
        self._is_any = ANY in self._admitted
        self._named: set[str] = set()

    def check(self, activity: Mapping[str, Any]) -> None:
        """Compare where an activity happens; its shape has been checked.

        Where is what `conversation.tenantId` says, in a channel shared between tenants the host's. In
        `channelData.tenant` the sender's may stand beside it: that one counts only where the first is missing. (Teams:
        build-apps-for-shared-private-channels, "Authenticate external users".) Who sends it is not compared: people of
        other tenants whom somebody invited into a conversation of an admitted one are served there on purpose, and are
        given no tips (`handlers/tips/ownership.py`).

        Raises:
            RefusedError: it is a tenant that is not served, or none: Teams always names it. (403: nobody sends it
                again.)
        """
        if not self._is_compared:
            return
        tenant = tenant_of(activity)
        if tenant and (self._is_any or tenant in self._admitted):
            return
        if tenant not in self._named and len(self._named) < _MOST_NAMED:
            self._named.add(tenant)
            log.warning("teams.other_tenant", tenant=tenant, admitted=self.words)
        raise RefusedError(403, "outsider", "this bot does not serve that tenant" if tenant else _NO_ID)

    @property
    def count(self) -> str:
        """Say how many are served without naming them: anybody may read it."""
        if not self._is_compared:
            return "no tenant is compared"
        if self._is_any:
            return "any tenant is admitted"
        if self._admitted == {self._home}:
            return "its own tenant is admitted"
        others = len(self._admitted - {self._home})
        own = "its own tenant and " if self._home in self._admitted else ""
        return f"{own}{others} other{'' if others == 1 else 's'} {'is' if not own and others == 1 else 'are'} admitted"

    @property
    def words(self) -> str:
        """Say which are served, for the operator."""
        if not self._is_compared or self._is_any:
            return self.count
        named = sorted(self._admitted, key=lambda one: (one != self._home, one))
        return "admitted: " + ", ".join(f"{one} (its own)" if one == self._home else one for one in named)


def tenant_of(activity: Mapping[str, Any]) -> str:
    """Give the tenant that an activity happens in, in lower case; '' where it names none."""
    conversation, data = activity.get("conversation") or {}, activity.get("channelData") or {}
    tenant: str = conversation.get("tenantId") or (data.get("tenant") or {}).get("id") or ""
    return tenant.lower()
