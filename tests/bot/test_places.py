"""Which platform an operator means, told by the ids they type."""

import pytest

from bot import places

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
        ("", ""),
    ],
)
def test_ids_that_can_be(workspace: str, channel: str) -> None:
    """Channels, chats and people of both platforms; what was not given is not looked at."""
    assert places.fault(workspace, channel) == ""


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
    ],
)
def test_ids_that_cannot_be(workspace: str, channel: str, words: str) -> None:
    """The sentence says where the right one stands, on the platform that was meant."""
    assert words in places.fault(workspace, channel)


def test_people() -> None:
    """A person's tips are theirs alone; a channel's are not."""
    assert places.is_person("T024BE7LD", "W061F7AUR")
    assert places.is_person(TENANT, PERSON)
    assert not places.is_person("T024BE7LD", "C061F7AUR")
    assert not places.is_person("T024BE7LD", PERSON)
    assert not places.is_person(TENANT, "19:6f0a@thread.v2")
    assert not places.is_person("nowhere", "U061F7AUR")
