"""Guests, and people of another tenant, look at a conversation's tips on Teams, and change nothing by any way in."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cards.model import Verb
from handlers import rights
from playground.shared.trouble import Trouble
from playground.teams.values import Person
from store import tables
from tests.handlers.teams.test_rights import FORM, Court
from tests.scenarios.teams_chat import TeamsChat

OUT = ("Guest", "External", "Federated")
CLICKS: tuple[Verb, ...] = (
    "tips-skip",
    "tips-unskip",
    "tips-pause",
    "tips-resume",
    "tips-off",
    "tips-now",
    "tips-send",
)
OTHERWISE: set[Verb] = {"tips-edit", "tips-save", "round-ask", "round-save"}
FORMS: Mapping[str, Mapping[str, str]] = {
    "settings": {**FORM, "changed_by": "anyone"},
    "pause": {"until": "2026-12-30"},
    "quiet": {"quiet_dates": "2026-12-25"},
    "owners": {"owner": ""},
    "swap": {"tip": "file-order"},
}
TYPED = ("pause", "resume", "skip", "keep", "now", "off", "stop")
CHANGING = ("tip", "introduction", "round", "tally", "notice")  # what comes of a change
WORDS = "Only members of this workspace"


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[Court]:
    """Give a court on an emulated Teams."""
    async with TeamsChat(tmp_path, enforce_rate=False) as chat:  # a person is slower
        court = Court(chat)
        await court.settle()
        yield court


async def promised(court: Court) -> int:
    """Count what the ledger has, beside the welcomes."""
    query = select(func.count()).select_from(tables.delivery).where(tables.delivery.c.kind.in_(CHANGING))
    async with court.chat.bot.database.read() as connection:
        return int(await connection.scalar(query) or 0)


async def ask_all(court: Court, person: Person) -> str:
    """Send the dialog that asks everybody a dilemma."""
    dilemma = court.chat.bot.content.library.dilemmas[0].id
    ends = court.chat.clock() + timedelta(days=1)
    value = f"round-save|dilemma/{dilemma}|UTC"
    data = {"action": "pm-compare", "value": value, "context": "", "day": f"{ends:%Y-%m-%d}", "at": "12:00"}
    return await court.invoke(person, "task/submit", {"data": data, "context": {"theme": "default"}})


def test_every_verb_that_changes_something_is_tried() -> None:
    """A new one fails here until it is tried."""
    assert {*CLICKS, *OTHERWISE} == {verb for verb in rights.NEEDED if rights.is_change(verb)}


async def test_what_anyone_may_change_guests_do_not(court: Court) -> None:
    """Each button and each dialog, sent as by a card and as by nobody's card."""
    for name in OUT:
        person = court.people[name]
        for verb in CLICKS:
            off = {"state": "paused", "reason": "person"} if verb == "tips-resume" else {}
            before = await court.stand(changed_by="anyone", **off)
            await court.press(person, f"{verb}||")
            assert (await court.row(), await promised(court)) == (before, 0), (name, verb)
        for form, values in FORMS.items():
            before = await court.stand(changed_by="anyone")
            given = {**values, "owner": person.id} if form == "owners" else values
            assert WORDS in await court.submit(person, form, given), (name, form)
            assert (await court.row(), await promised(court)) == (before, 0), (name, form)


async def test_members_do(court: Court) -> None:
    """So that the test above sees a difference."""
    for verb in ("tips-skip", "tips-pause", "tips-off"):
        before = await court.stand(changed_by="anyone")
        await court.press(court.people["Member"], f"{verb}||")
        assert await court.row() != before, verb
    await court.stand(changed_by="anyone")
    await court.submit(court.people["Member"], "settings", FORMS["settings"])
    assert (await court.row()).at == "11:00"


async def test_they_change_nothing_by_words(court: Court) -> None:
    """Typed in a mention: the answer in the thread says who can."""
    guest, teams = court.people["Guest"], court.chat.teams
    for word in TYPED:
        before = await court.stand(changed_by="anyone")
        turn = await teams.say(guest, court.room, f"tips {word}", mention=True)
        assert (turn.status, turn.error) == (200, None)
        await court.chat.settle()
        assert WORDS in str(teams.answers(turn.said)[-1]), word
        assert await court.row() == before, word


async def test_dialogs_open_for_members(court: Court) -> None:
    """Each: for a guest the sentence says who can in its place."""
    for form in FORMS:
        await court.stand(changed_by="anyone")
        data = {"action": "pm-compare", "value": f"tips-edit||{form}"}
        answer = await court.invoke(court.people["Guest"], "task/fetch", {"data": data})
        assert WORDS in answer, form


async def test_only_members_ask_everybody(court: Court) -> None:
    """By the button, and by a dialog that is sent all the same; who shares the tips may."""
    dilemma = court.chat.bot.content.library.dilemmas[0].id
    await court.stand(changed_by="anyone")
    for name in OUT:
        person = court.people[name]
        data = {"action": "pm-compare", "value": f"round-ask|dilemma/{dilemma}|"}
        assert WORDS in await court.invoke(person, "task/fetch", {"data": data})
        assert WORDS in await ask_all(court, person)
        assert await promised(court) == 0, name
    await court.stand(changed_by="anyone", co_owners=court.people["Guest"].id)
    await ask_all(court, court.people["Guest"])
    assert await promised(court) > 0


async def test_who_cannot_be_told_in_time_changes_and_asks_nothing(court: Court) -> None:
    """Teams does not say who they are: they are asked to try again."""
    member = court.people["Member"]
    before = await court.stand(changed_by="anyone")
    court.chat.teams.trouble.append(Trouble("member", "5xx_before", times=20))
    await court.press(member, "tips-off||")
    assert "try again" in await court.submit(member, "pause", FORMS["pause"])
    assert "try again" in await ask_all(court, member)
    assert (await court.row(), await promised(court)) == (before, 0)
