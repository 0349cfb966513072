"""Every act that changes weekly tips on Slack, tried by every kind of person: who may, may, and nobody else."""

import dataclasses
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, func, select, update

from playground.slack import Answer, Trouble, User
from store import tables
from store.subscriptions import Subscription, Subscriptions
from tests.slack.test_steering import asked, press
from tests.slack.test_tips import turn_on
from tests.slack.world import World

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
CLICKS = ("tips-skip", "tips-keep", "tips-pause", "tips-resume", "tips-off", "tips-now")
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
        if act == "tips-keep":
            stood |= {"skip_slot": "2026-W49"}
        if act == "swap":
            stood |= {"next_tip": self.world.bot.shelf.library.tips[3].id}
        before = await self.stand(**stood)
        if act in FORMS:
            values = dict(FORMS[act])
            if act == "owners":
                values["owner"] = {"selected_user": self.people["plain"].id}
            await self.submit(person, act, values)
        else:
            await self.click(person, f"{act}||")
        return await self.row() != before or await self.has_extra()


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[Court]:
    """Give a court in which users:read was granted."""
    async with World(tmp_path, scopes=("users:read",)) as world:
        court = Court(world)
        await court.settle()
        yield court
        assert world.failures() == 0


async def test_every_act_is_open_to_whom_the_rule_names_and_closed_to_all_others(court: Court) -> None:
    """Workspace admins: active people of this workspace who run it. "Only me": the owners. Nobody else, by any act."""
    cases = [("admins", name, person, name in ADMINS) for name, person in court.people.items()]
    # Where only owners may, nobody is looked up: one stands for all.
    cases += [("owner", "admin", court.people["admin"], False), ("owner", "owner", court.world.alice, True)]
    wrong = [
        (changed_by, name, act)
        for changed_by, name, person, may in cases
        for act in (*CLICKS, *FORMS)
        if await court.changes(person, act, changed_by=changed_by) is not may
    ]
    assert wrong == []


async def test_tips_are_taken_over_by_the_workspaces_own_people_alone(court: Court) -> None:
    """Asked for, after 72 hours, from an owner who left, from nobody, and by saying "only me" where anyone may."""
    asked_for: dict[str, object] = {"claimed_at": court.world.clock() - timedelta(hours=80)}
    only_me = {**FORMS["settings"], "changed_by": {"selected_option": {"value": "owner"}}}
    wrong: list[tuple[object, ...]] = []
    for name, person in court.people.items():
        may = name in MEMBERS
        await court.stand()
        await court.click(person, "tips-claim||")
        if ((await court.row()).claimed_by == person.id) is not may:
            wrong.append((name, "asks"))
        cases: dict[str, dict[str, object]] = {
            "after 72 hours": {"claimed_by": person.id, **asked_for},
            "nobody's": {"owner": ""},
            "of one who left": {"owner": court.people["gone"].id},
        }
        for case, stood in cases.items():
            await court.stand(**stood)
            await court.click(person, "tips-claim||")
            has_left = name == "gone" and case == "of one who left"  # theirs already
            if ((await court.row()).owner == person.id) is not (may or has_left):
                wrong.append((name, case))
        await court.stand(changed_by="anyone")
        await court.submit(person, "settings", only_me)
        row = await court.row()
        if (row.owner == person.id, row.changed_by == "owner") != (may, may):
            wrong.append((name, "only me"))
    assert wrong == []


async def test_whoever_turns_tips_on_owns_them_if_they_may(court: Court) -> None:
    """Off and on again, while they start, and paused without an owner: others leave them to anyone, and own nothing."""
    shared, unowned = court.people["plain"].id, {"owner": "", "next_run_at": None}
    cases: dict[str, dict[str, object]] = {
        "off": {"state": "off", "next_run_at": None, "co_owners": shared},
        "starting": {"state": "starting", **unowned, "co_owners": shared},
        "paused": {"state": "paused", "reason": "not_in_channel", **unowned, "co_owners": shared},
        "none": {},
    }
    wrong: list[tuple[object, ...]] = []
    for case, name, chosen in itertools.product(cases, court.people, ("anyone", "owner", "admins")):
        if chosen == "admins" and case != "off":
            continue
        person, may = court.people[name], name in MEMBERS
        if case == "none":  # the last, since there is no row to put back any more
            await court.empty()
        else:
            await court.stand(changed_by="anyone", **cases[case])
        before = await court.rows()
        values = {**FORMS["settings"], "changed_by": {"selected_option": {"value": chosen}}}
        answer = await court.submit(person, "settings", values)
        if not may and chosen != "anyone":
            if await court.rows() != before or "of this workspace" not in answer.body["errors"]["changed_by"]:
                wrong.append((name, case, chosen, answer.body))
            continue
        row = await court.row()
        co_owners = (shared,) if case in {"starting", "paused"} and person.id != shared else ()
        if (row.owner, row.co_owners, row.changed_by) != (person.id if may else "", co_owners, chosen):
            wrong.append((name, case, chosen, row.owner, row.co_owners, row.changed_by))
    assert wrong == []


async def test_tips_that_start_stay_their_owners(court: Court) -> None:
    """Whoever saves the form while the introduction is on its way changes the hour, and nobody's ownership."""
    for name in ("guest", "plain"):
        person, shared = court.people[name], court.people["owner"].id
        before = await court.stand(changed_by="anyone", state="starting", next_run_at=None, co_owners=shared)
        await court.submit(person, "settings", FORMS["settings"])
        row = await court.row()
        assert (row.owner, row.co_owners, row.at) == (before.owner, before.co_owners, "11:00"), name


async def test_a_guest_turns_tips_off_and_on_and_owns_nothing(court: Court) -> None:
    """Where anyone may change them: the introduction names who did it, and "only me" is refused with the reason."""
    guest = court.people["guest"]
    only_me = {**FORMS["settings"], "changed_by": {"selected_option": {"value": "owner"}}}
    await court.stand(changed_by="anyone")
    await court.click(guest, "tips-off||")
    assert (
        "Only people of this workspace" in (await court.submit(guest, "settings", only_me)).body["errors"]["changed_by"]
    )
    assert (await court.row()).state == "off"
    await court.submit(guest, "settings", FORMS["settings"])
    await court.world.settle()
    row = await court.row()
    assert (row.state, row.owner, row.changed_by) == ("on", "", "anyone")
    assert f"<@{guest.id}> turned on" in str(court.world.slack.posts(court.world.room)[-1])
    assert (
        "Only people of this workspace" in (await court.submit(guest, "settings", only_me)).body["errors"]["changed_by"]
    )
    await court.submit(court.people["plain"], "settings", only_me)
    assert (await court.row()).owner == court.people["plain"].id


async def test_tips_are_handed_to_and_shared_with_the_workspaces_own_people_alone(court: Court) -> None:
    """The owner's form names somebody else under its field; who owned them before still does, whoever they are."""
    wrong: list[tuple[object, ...]] = []
    for name, person in court.people.items():
        forms: dict[str, dict[str, Any]] = {
            "owner": {"owner": {"selected_user": person.id}},
            "co_owners": {"co_owners": {"selected_users": [person.id]}},
        }
        for field, values in forms.items():
            before = await court.stand()
            answer = await court.submit(court.world.alice, "owners", values)
            row = await court.row()
            is_named = person.id in (row.owner, *row.co_owners)
            if is_named is not (name in MEMBERS):
                wrong.append((name, field))
            if not is_named and (row != before or set(answer.body["errors"]) != {field}):
                wrong.append((name, field, "answered", answer.body))
    assert wrong == []
    guest, plain = court.people["guest"].id, court.people["plain"].id
    await court.stand(co_owners=guest)
    await court.submit(court.world.alice, "owners", {"co_owners": {"selected_users": [guest, plain]}})
    assert (await court.row()).co_owners == (guest, plain)


async def test_ten_share_at_most_whatever_a_form_sends(court: Court) -> None:
    """An eleventh is refused under the field, and the owner that the same form names is not changed either."""
    people = [court.world.slack.user(f"extra{number}").id for number in range(11)]
    await court.stand()
    values = {"owner": {"selected_user": court.people["plain"].id}, "co_owners": {"selected_users": people}}
    answer = await court.submit(court.world.alice, "owners", values)
    assert "11 people; tips can be shared with 10" in answer.body["errors"]["co_owners"]
    row = await court.row()
    assert (row.owner, row.co_owners) == (court.world.alice.id, ())
    await court.submit(court.world.alice, "owners", values | {"co_owners": {"selected_users": people[:10]}})
    row = await court.row()
    assert (row.owner, row.co_owners) == (court.people["plain"].id, tuple(people[:10]))


async def test_who_cannot_be_told_at_the_moment_is_given_nothing(court: Court) -> None:
    """Slack is slow or broken: they may ask the owner, and be told to try again; nothing is handed to them."""
    late = court.world.clock() - timedelta(hours=80)
    for stood in ({"owner": ""}, {"claimed_by": court.people["plain"].id, "claimed_at": late}):
        before = await court.stand(**stood)
        court.world.slack.trouble.append(Trouble("users.info", "garbage_after", times=2))
        await court.click(court.people["plain"], "tips-claim||")
        assert await court.row() == before
        court.world.slack.trouble.clear()
    court.world.slack.trouble.append(Trouble("users.info", "garbage_after"))
    answer = await court.submit(court.world.alice, "owners", {"owner": {"selected_user": court.people["owner"].id}})
    assert "try again" in answer.body["errors"]["owner"]


async def test_what_a_form_does_not_say_stays(court: Court) -> None:
    """A form that lacks a field, as one of another version may, widens nothing and takes nothing away."""
    stood = {"changed_by": "owner", "dimensions": "risks", "quiet_dates": "2026-12-25", "quiet_country": "DE"}
    before = await court.stand(**stood, co_owners=court.people["plain"].id)
    settings = {name: value for name, value in FORMS["settings"].items() if name != "changed_by"}
    forms: dict[str, dict[str, Any]] = {"settings": settings, "quiet": {}, "owners": {}}
    for form, values in forms.items():
        await court.submit(court.world.alice, form, values)
    row = await court.row()
    assert (
        dataclasses.replace(
            row, weekday=0, at="09:00", zone="Europe/Paris", next_run_at=before.next_run_at, last_slot=before.last_slot
        )
        == before
    )
    assert row.at == "11:00"


async def test_a_stranger_is_known_by_the_click_where_nobody_may_be_looked_up(world: World) -> None:
    """Without users:read, what Slack says with the click is all there is: of another workspace, they get nothing."""
    await turn_on(world, changed_by="owner")
    await asked(world, world.bob, "tips")
    payload = {
        "type": "block_actions",
        "team": {"id": world.slack.team, "domain": "pocket"},
        "user": {"id": "U0STRANGER", "team_id": ELSEWHERE},
        "channel": {"id": world.room.id},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": world.room.id},
        "api_app_id": world.slack.app,
        "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": "tips-claim||"}],
    }
    await world.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
    await world.settle()
    async with world.bot.database.read() as connection:
        (row,) = await Subscriptions().every(connection)
    assert row.claimed_by == ""
    card = await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    assert "I asked the owner" in card.text
