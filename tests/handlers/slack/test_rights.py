"""Every act that changes weekly tips on Slack, tried by every kind of person: who may, may, and nobody else."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec import structs

from playground.slack.emulator import Trouble
from store.subscriptions import Subscriptions
from tests.handlers.slack.court import ADMINS, CLICKS, ELSEWHERE, FORMS, MEMBERS, Court
from tests.handlers.slack.test_steering import asked, press
from tests.handlers.slack.test_tips import turn_on
from tests.handlers.slack.world import World


@pytest.mark.long
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
        structs.replace(
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
