"""The events that Slack sends, and the envelope around each."""

from playground.shared.values import Json
from playground.slack import payloads
from playground.slack.values import Message, User
from playground.slack.world import APP, Workspace


def envelope(
    world: Workspace,
    event: Json,
    *,
    event_id: str,
    event_time: float,
    sender: User | None = None,
    is_shared: bool = False,
) -> Json:
    """An event as the Events API wraps it.

    Slack Connect: the outer team_id can be the other company's; the app's own stands in `authorizations`.
    """
    enterprise = None if world.team.organization is None else world.team.organization.id
    return {
        "token": payloads.VERIFICATION_TOKEN,
        "team_id": payloads.team_of(world, sender),
        **({"enterprise_id": enterprise} if enterprise else {}),
        "context_team_id": world.team.id,
        "context_enterprise_id": enterprise,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(event_time),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                # Slack: an installation of the whole organization is of no single workspace.
                "team_id": None if world.is_org_wide else world.team.id,
                "user_id": world.team.bot_user,
                "is_bot": True,
                "is_enterprise_install": world.is_org_wide,
            }
        ],
        "is_ext_shared_channel": is_shared,
        "event_context": f"4-{event_id}",
    }


def of_installation(place: str, enterprise: str, event: Json, *, event_id: str, event_time: float) -> Json:
    """An event about an installation itself, of a workspace or of an organization: nobody's `authorizations` any more.

    Slack: an organization's has no team_id, and its enterprise_id alone says whose it is.
    """
    return {
        "token": payloads.VERIFICATION_TOKEN,
        "team_id": None if place == enterprise else place,
        **({"enterprise_id": enterprise} if enterprise else {}),
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(event_time),
    }


def reaction(kind: str, user: User, target: Message, name: str, *, event_ts: str) -> Json:
    """reaction_added or reaction_removed."""
    return {
        "type": kind,
        "user": user.id,
        "reaction": name,
        "item": {"type": "message", "channel": target.channel, "ts": target.ts},
        "item_user": target.user,
        "event_ts": event_ts,
    }


def mention(world: Workspace, said: Message, user: User) -> Json:
    """app_mention; who is of another workspace says so."""
    event: Json = {
        "type": "app_mention",
        "user": said.user,
        "text": said.text,
        "ts": said.ts,
        "team": payloads.team_of(world, user),
        "channel": said.channel,
        "event_ts": said.ts,
        "client_msg_id": f"pocket-{said.ts}",
    }
    if user.kind == "stranger":
        event |= {"user_team": payloads.team_of(world, user), "source_team": payloads.team_of(world, user)}
    return event | ({"thread_ts": said.thread_ts} if said.thread_ts else {})
