"""The connector's methods the emulator answers, by address."""

from playground.teams.methods import messages, roster
from playground.teams.methods.messages import Method

_CONVERSATION = "/conversations/{conversation}"
_ACTIVITY = f"{_CONVERSATION}/activities/{{activity}}"

# (path, HTTP method, name in `calls` and for trouble, what it does)
METHODS: tuple[tuple[str, str, str, Method], ...] = (
    ("/conversations", "POST", "create", messages.create),
    (f"{_CONVERSATION}/activities", "POST", "post", messages.send),
    (_ACTIVITY, "POST", "post", messages.send),
    (_ACTIVITY, "PUT", "update", messages.update),
    (_ACTIVITY, "DELETE", "delete", messages.delete),
    (f"{_ACTIVITY}/members", "GET", "members", roster.members),
    (f"{_ACTIVITY}/reactions/{{reaction}}", "PUT", "react", messages.react),
    (f"{_ACTIVITY}/reactions/{{reaction}}", "DELETE", "react", messages.unreact),
    (f"{_CONVERSATION}/members", "GET", "members", roster.members),
    (f"{_CONVERSATION}/members/{{member}}", "GET", "member", roster.member),
    (f"{_CONVERSATION}/pagedMembers", "GET", "members", roster.paged_members),
    (f"{_CONVERSATION}/pagedmembers", "GET", "members", roster.paged_members),
    ("/teams/{team}", "GET", "team", roster.team),
    ("/teams/{team}/conversations", "GET", "team", roster.team_conversations),
)
