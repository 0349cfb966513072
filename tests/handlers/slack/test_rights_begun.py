"""Who owns weekly tips on Slack once somebody turns them on: who may own them, and else nobody."""

import itertools

import pytest

from tests.handlers.slack.court import FORMS, MEMBERS, Court


@pytest.mark.long
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
        "Only members of this workspace"
        in (await court.submit(guest, "settings", only_me)).body["errors"]["changed_by"]
    )
    assert (await court.row()).state == "off"
    await court.submit(guest, "settings", FORMS["settings"])
    await court.world.settle()
    row = await court.row()
    assert (row.state, row.owner, row.changed_by) == ("on", "", "anyone")
    assert f"<@{guest.id}> turned on" in str(court.world.slack.posts(court.world.room)[-1])
    assert (
        "Only members of this workspace"
        in (await court.submit(guest, "settings", only_me)).body["errors"]["changed_by"]
    )
    await court.submit(court.people["plain"], "settings", only_me)
    assert (await court.row()).owner == court.people["plain"].id
