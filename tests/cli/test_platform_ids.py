"""Which platform an operator means, told by the ids they type."""

import pytest

from bot.cli import platform_ids
from bot.errors import OperatorError

TENANT = "5b0c2f1e-8d3a-4c69-9f42-6a1d7e0b3c58"
PERSON = "0d6f2f1e-8d3a-4c69-9f42-6a1d7e0b3c58"


@pytest.mark.parametrize(
    ("workspace", "channel"),
    [
        ("T024BE7LD", "C024BE91L"),
        ("E024BE7LD", "G024BE91L"),
        ("T024BE7LD", "U061F7AUR"),
        (TENANT, "19:6f0a@thread.tacv2"),
        (TENANT, "19:6f0a@thread.v2"),
        (TENANT, "19:6f0a_7c@unq.gbl.spaces"),
        (TENANT, PERSON),
        ("", "C024BE91L"),
        ("", "19:6f0a@thread.tacv2"),
        ("", PERSON),
        ("", ""),
    ],
)
def test_ids_that_can_be(workspace: str, channel: str) -> None:
    """Channels, chats and people of both platforms; what was not given is not looked at."""
    assert platform_ids.fault(workspace, channel) == ""


@pytest.mark.parametrize(
    ("workspace", "channel", "words"),
    [
        ("t024", "C024BE91L", "“t024” is not a workspace's id"),
        (TENANT.upper(), "19:6f0a@thread.v2", "is not a workspace's id"),
        ("T024BE7LD", "D024BE91L", "“D024BE91L” is not a channel's id"),
        ("T024BE7LD", "19:6f0a@thread.tacv2", "is not a channel's id: it begins with C"),
        (TENANT, "C024BE91L", "is not a conversation's id on Teams"),
        (TENANT, "19:6f0a@thread.tacv2;messageid=1", "is not a conversation's id on Teams"),
        (TENANT, "a:1personal", "give their Entra object id"),
        ("", "D024BE91L", "is not a channel's id"),
        ("", "19:6f0a@thread.tacv9", "is not a conversation's id on Teams"),
    ],
)
def test_ids_that_cannot_be(workspace: str, channel: str, words: str) -> None:
    """The sentence says where the right one stands, on the platform that was meant."""
    assert words in platform_ids.fault(workspace, channel)


def test_people() -> None:
    """A person's tips are theirs alone; a channel's are not."""
    assert platform_ids.is_person("T024BE7LD", "W061F7AUR")
    assert platform_ids.is_person(TENANT, PERSON)
    assert not platform_ids.is_person("T024BE7LD", "C061F7AUR")
    assert not platform_ids.is_person("T024BE7LD", PERSON)
    assert not platform_ids.is_person(TENANT, "19:6f0a@thread.v2")
    assert not platform_ids.is_person("nowhere", "U061F7AUR")


GENERAL = "19:6f0aB_c-d@thread.tacv2"
ENCODED = "19%3A6f0aB_c-d%40thread.tacv2"
OTHER = "6c0c2f1e-8d3a-4c69-9f42-6a1d7e0b3c58"


@pytest.mark.parametrize(
    ("workspace", "channel", "ids"),
    [
        ("", f"https://teams.microsoft.com/l/channel/{ENCODED}/General?groupId={OTHER}&tenantId={TENANT}", GENERAL),
        ("", f"https://teams.cloud.microsoft/l/channel/{ENCODED.lower()}/x?tenantId={TENANT}", GENERAL.lower()),
        ("", f"https://gov.teams.microsoft.us/l/team/{ENCODED}/conversations?tenantId={TENANT.upper()}", GENERAL),
        ("", f"https://teams.microsoft.com/l/message/{ENCODED}/1700000000000?tenantId={TENANT}&x=1", GENERAL),
        ("", f"https://teams.microsoft.com/l/channel/{ENCODED.replace('%', '%25')}/G?tenantId={TENANT}", GENERAL),
        (TENANT, f"https://teams.microsoft.com/l/chat/{GENERAL}/0", GENERAL),
        (TENANT, "https://teams.microsoft.com/l/chat/19:6f0a_7c@unq.gbl.spaces/0", "19:6f0a_7c@unq.gbl.spaces"),
        (TENANT, ENCODED, GENERAL),
        (TENANT, f"{GENERAL};messageid=1700000000000", GENERAL),
        (TENANT.upper(), GENERAL, GENERAL),
        (TENANT.upper(), PERSON.upper(), PERSON),
        (f"https://teams.microsoft.com/l/channel/{ENCODED}/G?tenantId={TENANT}", GENERAL, GENERAL),
    ],
)
def test_what_is_pasted_from_teams_is_understood(workspace: str, channel: str, ids: str) -> None:
    """Links of channels, teams, chats and messages, whole or encoded; they tell the tenant too."""
    assert platform_ids.understood(workspace, channel) == (TENANT, ids)
    assert platform_ids.fault(TENANT, ids) == ""


@pytest.mark.parametrize(
    ("workspace", "channel", "id_"),
    [
        ("", "https://app.slack.com/client/T024BE7LD/C024BE91L", "C024BE91L"),
        ("", "https://app.slack.com/client/T024BE7LD/C024BE91L/thread/C024BE91L-1700000000.000100", "C024BE91L"),
        ("", "slack://channel?team=T024BE7LD&id=C024BE91L", "C024BE91L"),
        ("T024BE7LD", "https://example.slack.com/archives/C024BE91L", "C024BE91L"),
        ("T024BE7LD", "https://example.enterprise.slack.com/archives/C024BE91L/p1700000000000100?x=1", "C024BE91L"),
        ("T024BE7LD", "example.slack-gov.com/archives/G024BE91L", "G024BE91L"),
        ("T024BE7LD", "https://example.slack.com/team/U061F7AUR", "U061F7AUR"),
        ("T024BE7LD", "<#C024BE91L|pm-learning>", "C024BE91L"),
        ("T024BE7LD", "<@U061F7AUR>", "U061F7AUR"),
        ("https://app.slack.com/client/T024BE7LD", "C024BE91L", "C024BE91L"),
        ("https://app.slack.com/client/T024BE7LD/D024BE91L", "C024BE91L", "C024BE91L"),
    ],
)
def test_what_is_pasted_from_slack_is_understood(workspace: str, channel: str, id_: str) -> None:
    """Links of channels, messages and people, the browser's address, and mentions."""
    assert platform_ids.understood(workspace, channel) == ("T024BE7LD", id_)
    assert platform_ids.fault("T024BE7LD", id_) == ""


@pytest.mark.parametrize(
    "channel", ["#general", "general", "https://example.com/C024BE91L", "https://example.slack.com/", "19:x@else", ""]
)
def test_what_is_no_link_comes_back(channel: str) -> None:
    """Then the sentence about ids quotes what was typed."""
    assert platform_ids.understood("T024BE7LD", channel) == ("T024BE7LD", channel)


def test_a_link_into_another_workspace() -> None:
    """Whoever names one workspace and links to another has mixed something up."""
    with pytest.raises(OperatorError, match="leads to the workspace T0000001, and T024BE7LD was named"):
        platform_ids.understood("T024BE7LD", "https://app.slack.com/client/T0000001/C024BE91L")


def test_azures_programs_write_ids_in_braces_and_tables_pad_them() -> None:
    """The id is what is inside."""
    assert platform_ids.understood(f" {{{TENANT.upper()}}} ", f"{{{PERSON}}} ") == (TENANT, PERSON)
    assert platform_ids.understood(" T024BE7LD ", " C024BE91L ") == ("T024BE7LD", "C024BE91L")
