"""What is known of Microsoft Teams without its SDK: its name, its address here, and how its ids look."""

import re
from contextlib import AbstractAsyncContextManager
from typing import get_args

from bot import heap
from bot.platform import Ids, Parts, Platform, Profile
from bot.settings.values import GUID
from bot.teams import shape
from messengers.teams import PLATFORM
from scheduler.delivery import pace

_ID = re.compile(r"19:[^\s;/?#&\"<>]{1,200}@(?:thread\.(?:tacv2|skype|v2)|unq\.gbl\.spaces)")
_TENANT = re.compile(rf"tenantId=({GUID.pattern})", re.IGNORECASE)


def _linked(plain: str) -> tuple[str, str] | None:
    id_, tenant = _ID.search(plain), _TENANT.search(plain)
    if not (id_ or tenant):
        return None
    return (tenant[1].lower() if tenant else ""), (id_[0] if id_ else "")


def _built(parts: Parts) -> AbstractAsyncContextManager[Platform]:
    with heap.growing():
        from bot.teams import side  # noqa: PLC0415 # its SDK takes as long to import as all the rest

    return side.built(parts)


PROFILE = Profile(
    name=PLATFORM,
    kinds=(*get_args(shape.Kind), "teams_unread"),
    path="/api/messages",
    where="in Microsoft Teams: @PM Compare",
    # Teams: tenants and people are GUIDs; channels and group chats begin with 19: and say at their end which they are.
    ids=Ids(
        workspace=GUID,
        channel=re.compile(r"19:[^\s;]+@(thread\.(tacv2|skype|v2)|unq\.gbl\.spaces)"),
        person=GUID,
        alike=re.compile(r"^(19|a|29):|@thread"),
        workspace_words="on Teams it is the tenant's id, as 00000000-0000-0000-0000-000000000000",
        channel_fault="“{}” is not a conversation's id on Teams: it begins with 19:, ends in @thread.tacv2 or "
        "@thread.v2, and stands in its link; for a tip that one person gets alone, give their Entra object id.",
        person_fault="“{}” is not a person's id on Teams: it is their object id in Entra.",
        linked=_linked,
    ),
    is_set_up=lambda settings: settings.serves_teams,
    built=_built,
    pace=pace.TEAMS,
)
