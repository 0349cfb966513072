"""Who may be given weekly tips on Teams: people of the tenant who are in the conversation, and no guests."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from messengers.base import Address
from playground.shared.trouble import Trouble
from playground.teams.values import Person
from scheduler.subscriptions import turning_on
from scheduler.weekly import Schedule
from store import tables
from store.subscriptions import Subscription, Subscriptions
from tests.scenarios.teams_chat import TeamsChat

MEMBERS: Mapping[str, dict[str, str]] = {"Member": {}, "Silent": {"userRole": "", "tenantId": ""}}
OTHERS: Mapping[str, dict[str, str]] = {
    "Guest": {"userRole": "guest"},
    "External": {"userPrincipalName": "ext_partner.example#EXT#@pocket.example"},
    "Federated": {"tenantId": "9e9e9e9e-0000-4000-8000-00000000dead"},
    "Anonymous": {"userRole": "anonymous"},
    "Bot": {"id": "28:9e9e9e9e-0000-4000-8000-00000000dead"},
}
FORM = {"weekday": "3", "at": "11:00", "zone": "UTC", "changed_by": "owner"}


class Court:
    """A team with somebody of each kind in it, and tips in its channel."""

    def __init__(self, chat: TeamsChat) -> None:
        self.chat = chat
        self.people: dict[str, Person] = {}
        self.room = chat.room

    async def settle(self) -> None:
        """Make everybody, and tips that are on."""
        for name, account in {**MEMBERS, **OTHERS}.items():
            person = self.chat.teams.person(name)
            self.people[name] = person
            self.chat.teams.describe(person, **account)
        self.room = self.chat.teams.group("Launch")  # everybody known so far is in it
        await self.chat.teams.install(self.room)
        await self.chat.settle()
        address = Address("teams", self.chat.teams.tenant_id, self.room.id)
        async with self.chat.bot.database.write() as connection:
            monday = Schedule.parse("monday", "09:00", "UTC")
            addition = turning_on.Addition(address, monday, owner=self.chat.alice.id)
            await turning_on.add_each(connection, [addition], introduce=False, now=self.chat.clock())

    async def row(self) -> Subscription:
        """Read the row."""
        async with self.chat.bot.database.read() as connection:
            (found,) = await Subscriptions().every(connection)
        return found

    async def stand(self, **values: object) -> Subscription:
        """Put the row as the case wants it."""
        usual: dict[str, object] = {"changed_by": "owner", "owner": self.chat.alice.id, "co_owners": ""}
        usual |= {"claimed_by": "", "claimed_at": None, "state": "on", "reason": ""}
        async with self.chat.bot.database.write() as connection:
            await connection.execute(update(tables.subscription).values(**usual | values))
        return await self.row()

    async def press(self, person: Person, value: str) -> None:
        """Press a button of ours, whether or not it was shown to them."""
        action = {"type": "Action.Execute", "verb": "pm-compare", "data": {"action": "pm-compare", "value": value}}
        await self.invoke(person, "adaptiveCard/action", {"action": action, "trigger": "manual"})

    async def submit(self, person: Person, form: str, values: Mapping[str, str]) -> str:
        """Send a dialog of ours, and give what is answered."""
        data = {"action": "pm-compare", "value": f"tips-save||{form}", "context": '["", ""]', **values}
        return await self.invoke(person, "task/submit", {"data": data, "context": {"theme": "default"}})

    async def invoke(self, person: Person, name: str, value: object) -> str:
        """Send an invoke from the room."""
        activity = self.chat.teams.activity("invoke", person, self.room, name=name, value=value)
        answer = await self.chat.teams.send_activity(activity)
        assert answer.status == 200
        await self.chat.settle()
        return str(answer.body)


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[Court]:
    """Give a court on an emulated Teams."""
    async with TeamsChat(tmp_path, enforce_rate=False) as chat:  # a person is slower
        court = Court(chat)
        await court.settle()
        yield court


async def test_tips_are_taken_over_by_the_tenants_own_people_alone(court: Court) -> None:
    """Asked for, after 72 hours, from nobody, and by saying "only me" where anyone may."""
    wrong: list[tuple[str, str]] = []
    for name, person in court.people.items():
        may = name in MEMBERS
        await court.stand()
        await court.press(person, "tips-claim||")
        if ((await court.row()).claimed_by == person.id) is not may:
            wrong.append((name, "asks"))
        cases: dict[str, dict[str, object]] = {
            "after 72 hours": {"claimed_by": person.id, "claimed_at": court.chat.clock() - timedelta(hours=80)},
            "nobody's": {"owner": ""},
        }
        for case, stood in cases.items():
            await court.stand(**stood)
            await court.press(person, "tips-claim||")
            if ((await court.row()).owner == person.id) is not may:
                wrong.append((name, case))
        await court.stand(changed_by="anyone")
        await court.submit(person, "settings", FORM)
        row = await court.row()
        if (row.owner == person.id, row.changed_by == "owner") != (may, may):
            wrong.append((name, "only me"))
    assert wrong == []


@pytest.mark.long
async def test_whoever_turns_tips_on_owns_them_if_they_may(court: Court) -> None:
    """Off, while they start, and paused without an owner; guests turn nothing on, whatever they choose."""
    cases: dict[str, dict[str, object]] = {
        "off": {"state": "off"},
        "starting": {"state": "starting", "owner": ""},
        "paused": {"state": "paused", "reason": "BotNotInConversationRoster", "owner": ""},
    }
    wrong: list[tuple[object, ...]] = []
    for name, person in court.people.items():
        may = name in MEMBERS
        for case, stood in cases.items():
            for chosen in ("anyone", "owner"):
                before = await court.stand(changed_by="anyone", next_run_at=None, **stood)
                answer = await court.submit(person, "settings", {**FORM, "changed_by": chosen})
                row = await court.row()
                if not may:
                    if row != before or "Only members of this workspace" not in answer:
                        wrong.append((name, case, chosen, answer))
                elif (row.owner, row.changed_by) != (person.id, chosen):
                    wrong.append((name, case, chosen, row.owner, row.changed_by))
    assert wrong == []


async def test_tips_are_handed_to_and_shared_with_the_tenants_own_people_alone(court: Court) -> None:
    """By the owner's dialog; who is not in the conversation cannot be told to be one of them."""
    court.people["Absent"] = court.chat.teams.person("Absent")
    wrong: list[tuple[str, str]] = []
    for name, person in court.people.items():
        for field in ("owner", "co_owners"):
            before = await court.stand()
            answer = await court.submit(court.chat.alice, "owners", {field: person.id})
            row = await court.row()
            is_named = person.id in (row.owner, *row.co_owners)
            if is_named is not (name in MEMBERS):
                wrong.append((name, field))
            if not is_named and (row != before or "Only members of this workspace" not in answer):
                wrong.append((name, answer))
    assert wrong == []


async def test_people_of_another_tenant_change_nothing_in_a_conversation_of_ours(court: Court) -> None:
    """It is about the tips of the tenant where it happens, and they may only look, also where nobody can be asked."""
    federated = court.people["Federated"]
    form = {**FORM, "changed_by": "anyone"}
    data = {"action": "pm-compare", "value": "tips-save||settings", "context": '["", ""]', **form}
    activity = court.chat.teams.activity("invoke", federated, court.room, name="task/submit", value={"data": data})
    activity["from"]["tenantId"] = OTHERS["Federated"]["tenantId"]
    for count in (0, 20):
        before = await court.stand(changed_by="anyone")
        court.chat.teams.trouble.append(Trouble("member", "5xx_before", times=count))
        answer = await court.chat.teams.send_activity(activity)
        assert "Only members of this workspace" in str(answer.body)
        await court.chat.settle()
        assert await court.row() == before


async def test_ten_share_at_most_whatever_a_dialog_sends(court: Court) -> None:
    """An eleventh is refused, with a sentence."""
    before = await court.stand()
    people = [f"aaaaaaaa-0000-4000-8000-{number:012}" for number in range(12)]
    answer = await court.submit(court.chat.alice, "owners", {"co_owners": ",".join(people), "several": "co_owners"})
    assert "at most" in answer
    assert await court.row() == before


async def test_who_cannot_be_told_at_the_moment_is_given_nothing(court: Court) -> None:
    """Teams does not answer: nothing is handed to them, and they are asked to try again."""
    member = court.people["Member"]
    before = await court.stand(owner="")
    court.chat.teams.trouble.append(Trouble("members", "5xx_before", times=20))
    court.chat.teams.trouble.append(Trouble("member", "5xx_before", times=20))
    await court.press(member, "tips-claim||")
    assert await court.row() == before
