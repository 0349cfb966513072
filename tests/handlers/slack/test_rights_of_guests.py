"""Guests, and people of another organization, look at a channel's tips on Slack, and change nothing by any way in."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from cards.model import Verb
from handlers import rights
from playground.slack.emulator import Answer, Trouble, User
from store import tables
from tests.handlers.slack.court import CLICKS, ELSEWHERE, FORMS, OTHERS, Court
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_steering import asked, latest, opened
from tests.handlers.slack.test_tips import turn_on
from tests.handlers.slack.world import World, labels

WHO = ("guest", "singleguest", "stranger", "quietstranger")
OTHERWISE: set[Verb] = {"tips-edit", "tips-save", "tips-send", "round-ask", "round-save"}  # each has a test of its own
TYPED = ("pause", "resume", "skip", "keep", "now", "off", "stop")
ROUND = {"day": {"selected_date": "2026-11-24"}, "at": {"selected_time": "12:00"}}


def come_in(world: World, person: User) -> None:
    """Have somebody be in the room."""
    world.slack.world.members[world.room.id].add(person.id)


async def rounds(world: World) -> int:
    """Count what the channel was asked."""
    async with world.bot.database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(tables.delivery)) or 0)


async def ask_all(court: Court, person: User, **more: Any) -> Answer:  # noqa: ANN401 # a payload's
    """Send the form that asks the channel a dilemma."""
    dilemma = court.world.bot.content.library.dilemmas[0].id
    view = {
        "id": "V0ROUND",
        "type": "modal",
        "callback_id": f"round-save|dilemma/{dilemma}|UTC",
        "private_metadata": json.dumps({"conversation": court.world.room.id}),
        "state": {"values": {name: {name: value} for name, value in ROUND.items()}},
    }
    return await court.posted("view_submission", person, view=view, **more)


def test_every_verb_that_changes_something_is_tried() -> None:
    """A new one fails here until it is tried."""
    assert {*CLICKS, *OTHERWISE} == {verb for verb in rights.NEEDED if rights.is_change(verb)}


async def test_what_anyone_may_change_members_change_and_nobody_else(court: Court) -> None:
    """Each button and each form, where "anyone in this channel" may: guests and people from outside, two kinds each."""
    cases = [(name, act) for name in ("plain", *WHO) for act in (*CLICKS, *FORMS)]
    wrong = [
        (name, act)
        for name, act in cases
        if await court.changes(court.people[name], act, changed_by="anyone") is not (name == "plain")
    ]
    assert wrong == []


@pytest.mark.long
async def test_nobody_who_is_no_member_changes_what_anyone_may(court: Court) -> None:
    """The same for each kind of account that is none."""
    cases = [(name, act) for name in OTHERS for act in (*CLICKS, *FORMS)]
    wrong = [case for case in cases if await court.changes(court.people[case[0]], case[1], changed_by="anyone")]
    assert wrong == []


async def test_they_change_nothing_by_words(court: Court) -> None:
    """Each word that steers, typed after the command: the answer says who can, and offers what may be looked at."""
    guest, slack = court.people["guest"], court.world.slack
    come_in(court.world, guest)
    for word in TYPED:
        before = await court.stand(changed_by="anyone")
        await slack.command(guest, court.world.room, f"/pm-compare tips {word}")
        await court.world.bot.tasks.drain(5)
        card = latest(court.world, guest)
        assert "Only members of this workspace can change weekly tips" in card.text, word
        assert f"<@{court.world.alice.id}>, or somebody else who works here" in card.text
        assert labels(card) == ["Upcoming"]
        assert (await court.row(), await court.has_extra()) == (before, False), word


async def test_forms_open_for_members(court: Court) -> None:
    """Each: for a guest the card says who can in its place."""
    for form in FORMS:
        await court.stand(changed_by="anyone")
        await court.click(court.people["guest"], f"tips-edit||{form}")
        assert court.world.slack.view(court.people["guest"]) is None, form


async def test_who_lost_the_right_while_the_form_stood_open_is_refused(court: Court) -> None:
    """A member is made a guest meanwhile; what was asked of Slack is remembered for five minutes, no longer."""
    plain, world = court.people["plain"], court.world
    come_in(world, plain)
    await court.stand(changed_by="anyone")
    view = await opened(world, await asked(world, plain, "tips"), "Pause…", plain)
    world.slack.describe(plain, is_restricted=True)
    await world.stop()
    await world.start()
    answer = await world.slack.submit(plain, view, {"until": "2026-12-14"})
    assert answer.status == 200
    form = world.slack.view(plain)
    assert form is not None
    assert "Only members of this workspace" in form.errors["until"]
    assert (await court.row()).state == "on"


async def test_a_guest_who_owns_or_shares_tips_changes_them(court: Court) -> None:
    """Made an owner by the operator, or before they became a guest: what is theirs stays theirs."""
    guest = court.people["guest"]
    for stood in ({"owner": guest.id}, {"co_owners": guest.id}):
        assert await court.changes(guest, "tips-skip", changed_by="anyone", **stood)
        assert await court.changes(guest, "pause", changed_by="owner", **stood)


async def test_a_guest_steers_the_tips_that_come_to_them_alone(court: Court) -> None:
    """Nobody else is sent them."""
    guest, world = court.people["guest"], court.world
    come_in(world, guest)
    view = await opened(world, await asked(world, guest, "tips me"), "Turn on…", guest)
    answer = await world.slack.submit(guest, view, {"weekday": "0", "at": "09:00", "zone": "Europe/Paris"})
    assert answer.status == 200
    await world.settle()
    assert "are on" in (await asked(world, guest, "tips me")).text
    assert "are paused" in (await asked(world, guest, "tips me pause")).text


async def test_an_unknown_post_is_not_sent_again_by_a_guest(court: Court) -> None:
    """Whatever delivery the button names."""
    await court.stand(changed_by="anyone")
    await court.click(court.people["guest"], "tips-send||0123456789abcdef0123456789abcdef")
    assert not await court.has_extra()


async def test_only_members_ask_the_channel(court: Court) -> None:
    """By the button, which opens no form for others, and by a form that is sent all the same."""
    dilemma = court.world.bot.content.library.dilemmas[0].id
    await court.stand(changed_by="anyone")
    for name in WHO:
        person = court.people[name]
        await court.click(person, f"round-ask|dilemma/{dilemma}|")
        assert court.world.slack.view(person) is None, name
        await ask_all(court, person)
        assert await rounds(court.world) == 0, name
    await court.stand(changed_by="anyone", co_owners=court.people["guest"].id)
    await ask_all(court, court.people["guest"])
    assert await rounds(court.world) > 0


async def test_who_cannot_be_told_in_time_changes_and_asks_nothing(court: Court) -> None:
    """Slack does not say: they are asked to try again, and it is not taken for a yes."""
    plain, slack = court.people["plain"], court.world.slack
    before = await court.stand(changed_by="anyone")
    slack.trouble.append(Trouble("users.info", "garbage_after", times=6))
    await court.click(plain, "tips-off||")
    assert await court.row() == before
    answer = await court.submit(plain, "pause", FORMS["pause"])
    assert "try again" in answer.body["errors"]["until"]
    answer = await ask_all(court, plain)
    assert "try again" in answer.body["errors"]["day"]
    assert (await court.row(), await court.has_extra()) == (before, False)


async def test_without_the_scope_only_who_is_known_to_be_from_outside_is_kept_out(world: World) -> None:
    """What Slack says with a click is all there is then: another workspace's person is told, a guest is not known."""
    await turn_on(world, changed_by="anyone")
    await asked(world, world.bob, "tips")
    for value in ("tips-off||", "tips-pause||", "tips-skip||", "tips-now||", "tips-edit||pause"):
        payload = {
            "type": "block_actions",
            "team": {"id": world.slack.team, "domain": "pocket"},
            "user": {"id": "U0STRANGER", "team_id": ELSEWHERE},
            "channel": {"id": world.room.id},
            "container": {"type": "message", "message_ts": "1.1", "channel_id": world.room.id},
            "api_app_id": world.slack.app,
            "trigger_id": "1.1.x",
            "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": value}],
        }
        await world.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
        await world.settle()
        assert "Skip next" in labels(await ask(world, "tips")), value
    assert "are paused" in (await asked(world, world.bob, "tips pause")).text


async def test_a_command_of_another_workspace_changes_nothing(world: World) -> None:
    """With one workspace's token: whoever types elsewhere is from outside, and is not offered what they may not do."""
    await turn_on(world, changed_by="anyone")
    body = {
        "command": "/pm-compare",
        "text": "tips off",
        "team_id": ELSEWHERE,
        "channel_id": world.room.id,
        "user_id": "U0STRANGER",
        "trigger_id": "1.1.x",
        "response_url": "",
    }
    answer = await world.slack.post_signed(urlencode(body).encode())
    await world.settle()
    assert answer.status == 200
    assert "Skip next" in labels(await ask(world, "tips"))
    answer = await world.slack.post_signed(urlencode({**body, "text": "tips"}).encode())
    assert "members here can change them" in str(answer.body)
    assert "tips-edit" not in str(answer.body)
