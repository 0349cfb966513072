"""The workspaces on the page: which there are, who has the app, and what owners do about it."""

from playground.shared.page import acts
from playground.shared.values import Json
from playground.slack.oauth.directory import Directory
from playground.slack.oauth.installs import Installs
from playground.slack.platform import Platform
from playground.slack.values import User

MAY_INSTALL = {"member", "owner"}


class Beside:
    """What one person's page tells of all workspaces."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def shown(self, platform: Platform, me: User) -> Json:
        """`workspaces` is empty where there is but one, and then nothing of it is shown."""
        here = platform.world.team
        every = self._directory.platforms.values()
        if len(every) == 1:
            return {"team": {"id": here.id, "name": ""}, "workspaces": [], "accounts": {}}
        return {
            "team": {"id": here.id, "name": here.name} | self._team(platform, me),
            "workspaces": [
                {
                    "id": each.world.team.id,
                    "name": each.world.team.name,
                    "above": each.world.team.organization.name if each.world.team.organization else "",
                    "is_installed": each.is_installed,
                }
                for each in every
            ],
            # Who writes under the app's name in a channel that another workspace shares.
            "accounts": {each.world.team.bot_user: each.world.team.name for each in every},
        }

    def _team(self, platform: Platform, me: User) -> Json:
        directory, world = self._directory, platform.world
        above = world.team.organization
        is_above = above is not None and above.id in directory.installs
        return {
            "above": above.name if above else "",
            "is_installed": platform.is_installed,
            "is_org_wide": world.is_org_wide,
            "is_above": is_above,
            "is_owner": me.kind == "owner",
            "may_install": me.kind in MAY_INSTALL and bool(directory.registration.install_url),
            "install": f"/install/{world.team.id}/{me.id}",
            "ends": directory.ends(world.served_by) if world.served_by else None,
            "siblings": [
                {
                    "id": each.world.team.id,
                    "above": above.id if above else "",
                    "name": each.world.team.name,
                    "is_admitted": each.world.team.id in directory.admitted,
                }
                for each in (directory.workspaces(above.id) if above else ())
            ],
        }


class WorkspaceActs(acts.PageActs[User]):
    """Removing the app, admitting workspaces, ending a token."""

    platform: Platform
    installs: Installs

    async def _act_remove_app(self, user: User, body: Json) -> Json:
        world = self.platform.world
        place = str(body.get("place") or world.served_by)
        above = world.team.organization
        if place not in {world.team.id, above.id if above else ""}:
            raise LookupError("That is not done from here.")
        self._check_owner(user, place)
        await self.installs.remove(place)
        return {}

    async def _act_admit(self, user: User, body: Json) -> Json:
        team = self._sibling(user, body)
        await (self.installs.admit(team) if body.get("is_on") else self.installs.withdraw(team))
        return {}

    async def _act_end_token(self, _: User, __: Json) -> Json:
        self.installs.expire(self.platform.world.served_by)
        return {}

    def _sibling(self, user: User, body: Json) -> str:
        above = self.platform.world.team.organization
        team = str(body["team"])
        if above is None or team not in {each.world.team.id for each in self.installs.directory.workspaces(above.id)}:
            raise LookupError("There is no such workspace in an organization of yours.")
        self._check_owner(user, above.id)
        return team

    def _check_owner(self, user: User, place: str) -> None:
        """Slack: a member removes what a workspace has; what a whole organization has, its owners alone."""
        is_whole = place != self.platform.world.team.id
        if user.kind != "owner" and (is_whole or user.kind not in MAY_INSTALL):
            raise LookupError("Only an owner can do that." if is_whole else "Guests can't remove apps.")
