"""Tell whether a workspace is served, and if not, why."""

from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from bot.cli.workspaces import named
from bot.settings.checked import Settings
from messengers import teams
from scheduler import removals
from store.workspaces.listing import Kept
from store.workspaces.removals import GONE

# served; by the one token, whose workspace nobody knows without asking; Slack is asked whether the app is gone;
# gone, and what is kept waits for the grace; there is nothing to serve it with.
State = Literal["served", "one token", "in doubt", "removed", "not served"]


class Standing(Struct, frozen=True):
    """How it stands; `why` is a sentence, '' where the state says it all. `removed_at` is when the app was."""

    state: State
    why: str = ""
    removed_at: datetime | None = None

    @property
    def deleted_after(self) -> datetime | None:
        """Give when everything is deleted, None where nothing will be."""
        return self.removed_at + removals.KEPT if self.removed_at and self.state == "removed" else None


def of(kept: Kept, settings: Settings, now: datetime) -> Standing:
    """Tell how a workspace, a tenant or an organization stands."""
    if kept.platform == teams.PLATFORM:
        return _of_tenant(kept, settings)
    value, at = kept.noted or ("", None)
    installed = kept.installation
    gone = installed.removed_at if installed else at if value == GONE else None
    if gone:
        left = f"all of it is deleted after {day(gone + removals.KEPT)}"
        return Standing("removed", f"the app was removed on {day(gone)}; {left}", gone)
    if at and value != GONE:
        return Standing("in doubt", "Slack said that the app was removed, and is asked whether it is", at)
    if installed:
        if not settings.slack_client_id:
            return Standing("not served", "it was installed from a link, and SLACK_CLIENT_ID is not set")
        allowed = settings.allowed_workspaces
        if allowed and not {kept.id, installed.place, installed.enterprise} & allowed:
            return Standing("not served", "ALLOWED_WORKSPACES does not list it")
        if installed.refused_at:
            words = "Slack says that the app is gone, and a day later that counts as removed"
            return Standing("in doubt", words, installed.refused_at)
        if installed.expires_at and installed.expires_at <= now and not installed.can_renew:
            return Standing("not served", f"the token of {installed.place} has ended: it has to be installed again")
        return Standing("served")
    if settings.slack_bot_token:
        return Standing("one token", "by SLACK_BOT_TOKEN, if that is this workspace's")
    return Standing("not served", "the app is not installed there" if settings.slack_client_id else "no token is set")


def _of_tenant(kept: Kept, settings: Settings) -> Standing:
    if not settings.serves_teams:
        return Standing("not served", "Teams is not set up here")
    allowed = settings.teams_allowed_tenants
    if "*" not in allowed and kept.id.lower() not in allowed:
        return Standing("not served", "TEAMS_ALLOWED_TENANTS does not list it")
    return Standing("served")


def record(kept: Kept, standing: Standing) -> dict[str, Any]:
    """Give what `list --json` prints of one; moments are ISO 8601 in UTC."""
    installed = kept.installation
    return {
        "platform": kept.platform,
        "id": kept.id,
        "name": named.own_name(kept),
        "organization": kept.organization,
        "state": standing.state,
        "why": standing.why,
        "installed_at": iso(installed.installed_at if installed else None),
        "installer": installed.installer if installed else "",
        "removed_at": iso(standing.removed_at),
        "deleted_after": iso(standing.deleted_after),
        "tips": {state: kept.tips.get(state, 0) for state in ("starting", "on", "paused", "off")},
        "last_post": iso(kept.last_post),
    }


def iso(moment: datetime | None) -> str | None:
    """Give a moment for a machine."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def day(moment: datetime | None) -> str:
    """Give a moment's day for a person; '' for none."""
    return moment.astimezone(UTC).date().isoformat() if moment else ""
