"""What the bot may ask about people, teams and channels."""

from typing import Any, assert_never

from playground.shared.values import Json
from playground.teams.methods.messages import Asked, place
from playground.teams.platform import OTHER_TENANT, Platform
from playground.teams.rates import READING
from playground.teams.values import Conversation, Person, Refusal


def members(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """GET …/members and …/activities/{activity}/members."""
    found, _ = place(platform, asked)
    platform.rates.check("members", found.id, READING)
    return 200, _accounts(platform, found)


def paged_members(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """GET …/pagedMembers: 50 to 500 a page."""
    found, _ = place(platform, asked)
    platform.rates.check("members", found.id, READING)
    every = _accounts(platform, found)
    try:
        size = min(max(int(asked.query.get("pageSize") or 200), 50), 500)
        start = int(asked.query.get("continuationToken") or 0)
    except ValueError:
        raise Refusal(400, "BadArgument", "Bad page size or continuation token") from None
    page: Json = {"members": every[start : start + size]}
    return 200, page | ({"continuationToken": str(start + size)} if start + size < len(every) else {})


def member(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """GET …/members/{member}, by either id."""
    found, _ = place(platform, asked)
    platform.rates.check("members", found.id, READING)
    person = platform.world.find_person(str(asked.path["member"]))
    if person is None or person.is_gone or person.id not in platform.world.people_in(found):
        raise Refusal(404, "MemberNotFoundInConversation", "Member not found in conversation")
    return 200, account(platform, person)


def _accounts(platform: Platform, found: Conversation) -> list[Json]:
    people = [platform.world.people[id_] for id_ in sorted(platform.world.people_in(found))]
    return [account(platform, person) for person in people if not person.is_gone]


def account(platform: Platform, person: Person) -> Json:
    """A person as the roster names them."""
    given, _, surname = person.name.partition(" ")
    own, domain = person.name.lower().replace(" ", "."), f"{platform.tenant_name.lower()}.example"
    address, principal, role, tenant = f"{own}@{domain}", f"{own}@{domain}", "user", platform.tenant_id
    match person.kind:
        case "guest":  # Entra: a guest's principal name holds the address they were invited by
            address, principal = f"{own}@agency.example", f"{own}_agency.example#EXT#@{domain}"
            role = "guest"
        case "outsider":
            address = principal = f"{own}@northwind.example"
            tenant = OTHER_TENANT
        case "member" | "owner":  # Teams tells bots of no owners
            pass
        case _:
            assert_never(person.kind)
    return {
        "id": person.member_id,
        "name": person.name,
        "aadObjectId": person.id,
        "objectId": person.id,
        "givenName": given,
        "surname": surname,
        "email": address,
        "userPrincipalName": principal,
        "tenantId": tenant,
        "userRole": role,
        **platform.world.accounts.get(person.id, {}),
    }


def team(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """GET v3/teams/{team}."""
    found, _ = place(platform, Asked({"conversation": asked.path["team"]}, {}, {}))
    platform.rates.check("teams", found.id, READING)
    named = platform.world.teams[found.team]
    standing = [each for each in platform.world.channels(named.id) if not each.is_deleted]
    counts = {"channelCount": len(standing), "memberCount": len(platform.world.members[named.id])}
    return 200, {"id": named.id, "name": named.name, "aadGroupId": named.group_id, "type": "standard", **counts}


def team_conversations(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """GET v3/teams/{team}/conversations. Teams: General has its team's id and no name."""
    found, _ = place(platform, Asked({"conversation": asked.path["team"]}, {}, {}))
    platform.rates.check("teams", found.id, READING)
    standing = [each for each in platform.world.channels(found.team) if not each.is_deleted]
    return 200, {"conversations": [{"id": c.id} | ({} if c.id == c.team else {"name": c.name}) for c in standing]}
