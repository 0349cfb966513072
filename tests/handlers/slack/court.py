"""Put people of every kind before the weekly tips of a channel on Slack."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, func, select, update

from playground.slack.emulator import Answer, User
from store import tables
from store.subscriptions import Subscription, Subscriptions
from tests.handlers.slack.test_tips import turn_on
from tests.handlers.slack.world import World

HERE, GRID, ELSEWHERE = "T0POCKET", "E0GRID", "T0ELSEWHERE"
OTHER_TEAM = {"team_id": ELSEWHERE, "is_stranger": True}
# What users.info says of each, beside what it says of everybody, and whether they are the workspace's own.
MEMBERS: Mapping[str, dict[str, Any]] = {
    "plain": {},
    "admin": {"is_admin": True},
    "owner": {"is_owner": True},
    "primary": {"is_primary_owner": True},
    "gridadmin": {"is_admin": True, "team_id": GRID, "enterprise_user": {"enterprise_id": GRID, "teams": ["", HERE]}},
}
OTHERS: Mapping[str, dict[str, Any]] = {
    "guest": {"is_restricted": True},
    "guestadmin": {"is_restricted": True, "is_admin": True},
    "singleguest": {"is_restricted": True, "is_ultra_restricted": True},
    "stranger": OTHER_TEAM,
    "strangeradmin": OTHER_TEAM | {"is_admin": True, "is_owner": True},
    "quietstranger": {"team_id": ELSEWHERE, "is_admin": True},
    "nowhere": {"team_id": "", "is_admin": True},
    "gone": {"deleted": True, "is_admin": True},
    "bot": {"is_bot": True, "is_admin": True},
    "workflow": {"is_workflow_bot": True, "is_admin": True},
    "connector": {"is_connector_bot": True, "is_owner": True},
    "invited": {"is_invited_user": True, "is_admin": True},
    "sister": {"is_admin": True, "team_id": GRID, "enterprise_user": {"enterprise_id": GRID, "teams": [ELSEWHERE]}},
    "cousin": {"is_admin": True, "team_id": "E9", "enterprise_user": {"enterprise_id": GRID, "teams": ["", HERE]}},
}
ADMINS = {"admin", "owner", "primary", "gridadmin"}
CLICKS = ("tips-skip", "tips-unskip", "tips-pause", "tips-resume", "tips-off", "tips-now")
FORMS: Mapping[str, Mapping[str, Any]] = {
    "settings": {
        "weekday": {"selected_option": {"value": "3"}},
        "at": {"selected_time": "11:00"},
        "zone": {"selected_option": {"value": "UTC"}},
        "changed_by": {"selected_option": {"value": "anyone"}},
    },
    "pause": {"until": {"selected_date": "2026-12-30"}},
    "quiet": {"quiet_dates": {"type": "plain_text_input", "value": "2026-12-25"}},
    "owners": {"owner": {"selected_user": "U0MINE"}},
    "swap": {"tip": {"selected_option": {"value": "file-order"}}},
}


class Court:
    """A world with tips that are on, a person of each kind, and a way to put the row back as it was."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[str, User] = {}

    async def settle(self) -> None:
        """Turn tips on as Alice, and make everybody."""
        await turn_on(self.world, changed_by="owner")
        for name, account in {**MEMBERS, **OTHERS}.items():
            person = self.world.slack.user(name)
            self.people[name] = person
            self.world.slack.describe(person, **json.loads(json.dumps(account).replace(HERE, self.world.slack.team)))

    async def row(self) -> Subscription:
        """Read the row."""
        async with self.world.bot.database.read() as connection:
            (found,) = await Subscriptions().every(connection)
        return found

    async def rows(self) -> tuple[Subscription, ...]:
        """Read the row, if there is one."""
        async with self.world.bot.database.read() as connection:
            return tuple(await Subscriptions().every(connection))

    async def empty(self) -> None:
        """Make it a channel that never had tips."""
        async with self.world.bot.database.write() as connection:
            await connection.execute(delete(tables.subscription))

    async def stand(self, **values: object) -> Subscription:
        """Put the row as the case wants it."""
        usual: dict[str, object] = {
            "state": "on",
            "reason": "",
            "owner": self.world.alice.id,
            "co_owners": "",
            "skip_slot": "",
            "changed_by": "owner",
        }
        usual |= {"weekday": 0, "at": "09:00", "zone": "Europe/Paris", "claimed_by": "", "claimed_at": None}
        usual |= {"paused_until": None, "quiet_dates": "", "next_tip": "", "skip_by": "", "paused_by": ""}
        usual |= {"next_run_at": self.world.clock() + timedelta(days=6, hours=23)}
        async with self.world.bot.database.write() as connection:
            await connection.execute(update(tables.subscription).values(**usual | values))
            await connection.execute(delete(tables.delivery))
        return await self.row()

    async def posted(self, kind: str, person: User, **more: object) -> Answer:
        """Send a signed interaction as a person, and wait until all that it set going is done."""
        payload = {
            "type": kind,
            "team": {"id": self.world.slack.team, "domain": "pocket"},
            "user": {"id": person.id, "team_id": self.world.slack.team},
            "api_app_id": self.world.slack.app,
            "trigger_id": "1.1.x",
            **more,
        }
        answer = await self.world.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
        await self.world.bot.tasks.drain(5)
        return answer

    async def click(self, person: User, value: str) -> None:
        """Press a button of ours, whether or not it was shown to them."""
        await self.posted(
            "block_actions",
            person,
            channel={"id": self.world.room.id},
            container={"type": "message", "is_ephemeral": True, "message_ts": "1.1", "channel_id": self.world.room.id},
            actions=[{"type": "button", "action_id": "x", "block_id": "b", "value": value}],
        )

    async def submit(self, person: User, form: str, values: Mapping[str, Any]) -> Answer:
        """Send a form of ours."""
        state = {"values": {name: {name: value} for name, value in values.items()}}
        context = json.dumps({"conversation": self.world.room.id, "url": ""})
        view = {"type": "modal", "callback_id": f"tips-save||{form}", "private_metadata": context, "state": state}
        return await self.posted("view_submission", person, view=view)

    async def has_extra(self) -> bool:
        """Say whether anything was promised."""
        async with self.world.bot.database.read() as connection:
            return bool(await connection.scalar(select(func.count()).select_from(tables.delivery)))

    async def changes(self, person: User, act: str, **stood: object) -> bool:
        """Say whether an act of a person changed anything."""
        if act == "tips-resume":
            stood |= {"state": "paused", "reason": "person", "next_run_at": None}
        if act == "tips-unskip":
            stood |= {"skip_slot": "2026-W49"}
        if act == "swap":
            stood |= {"next_tip": self.world.bot.content.library.tips[3].id}
        before = await self.stand(**stood)
        if act in FORMS:
            values = dict(FORMS[act])
            if act == "owners":
                values["owner"] = {"selected_user": self.people["plain"].id}
            await self.submit(person, act, values)
        else:
            await self.click(person, f"{act}||")
        return await self.row() != before or await self.has_extra()
