"""Who owns weekly tips on Slack once somebody turns them on: who may own them, and else nobody."""

import itertools

import pytest

from tests.handlers.slack.court import FORMS, MEMBERS, Court


@pytest.mark.long
async def test_whoever_turns_tips_on_owns_them_if_they_may(court: Court) -> None:
    """Off and on again, while they start, and paused without an owner; others turn nothing on, whatever they choose."""
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
        if not may:
            if await court.rows() != before or "of this workspace" not in answer.body["errors"]["changed_by"]:
                wrong.append((name, case, chosen, answer.body))
            continue
        row = await court.row()
        co_owners = (shared,) if case in {"starting", "paused"} and person.id != shared else ()
        if (row.owner, row.co_owners, row.changed_by) != (person.id, co_owners, chosen):
            wrong.append((name, case, chosen, row.owner, row.co_owners, row.changed_by))
    assert wrong == []


async def test_tips_that_start_stay_their_owners(court: Court) -> None:
    """Whoever saves the form while the introduction is on its way changes the hour, and nobody's ownership."""
    for name in ("admin", "plain"):
        person, shared = court.people[name], court.people["owner"].id
        before = await court.stand(changed_by="anyone", state="starting", next_run_at=None, co_owners=shared)
        await court.submit(person, "settings", FORMS["settings"])
        row = await court.row()
        assert (row.owner, row.co_owners, row.at) == (before.owner, before.co_owners, "11:00"), name


async def test_a_guest_turns_nothing_on(court: Court) -> None:
    """In a channel that never had tips the button opens no form, and a form sent all the same sets nothing up."""
    guest = court.people["guest"]
    await court.empty()
    await court.click(guest, "tips-edit||settings")
    assert court.world.slack.view(guest) is None
    answer = await court.submit(guest, "settings", FORMS["settings"])
    assert "Only members of this workspace" in answer.body["errors"]["changed_by"]
    assert await court.rows() == ()
