"""The things an emulated Slack is made of, as values to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from playground.shared.values import EMPTY, Answer, Fault, Json

ChannelKind = Literal["public", "private", "im"]
# Slack: a guest of one channel, and somebody of another workspace in a channel that both share (Slack Connect).
UserKind = Literal["member", "owner", "guest", "stranger"]


class Organization(Struct, frozen=True):
    """An Enterprise Grid organization: an id that begins with E, above its workspaces."""

    id: str
    name: str
    domain: str


class Team(Struct, frozen=True):
    """A workspace's own names, and the app's account in it.

    `mark` stands in every id that is made there, since Slack's ids are nobody else's anywhere.
    """

    id: str
    name: str
    domain: str
    bot_user: str
    bot_id: str
    organization: Organization | None = None
    mark: str = ""


class User(Struct, frozen=True):
    """A person whom the workspace knows; `is_deleted` is Slack's word for deactivated.

    `team` is the workspace of somebody from elsewhere; '' for those of this one.
    """

    id: str
    name: str
    tz: str
    is_admin: bool = False
    is_deleted: bool = False
    kind: UserKind = "member"
    team: str = ""


class Channel(Struct, frozen=True):
    """A name to hand around; what changes (members, archived) is asked of the emulator."""

    id: str
    name: str
    kind: ChannelKind


class Message(Struct, frozen=True):
    """A stored message as it was when asked for; ask again to see what became of it."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: Sequence[Json] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    reactions: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict)
    edited: bool = False
    from_bot: bool = False


class Ephemeral(Struct, frozen=True):
    """Seen by one person; it has no place in history and can't be reacted to."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: Sequence[Json] = ()
    thread_ts: str | None = None
    from_slackbot: bool = False


class View(Struct, frozen=True):
    """An open modal or a published Home tab; `body` is the view as Slack would send it."""

    id: str
    user: str
    body: Json
    errors: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def blocks(self) -> Sequence[Json]:
        """The blocks inside."""
        return tuple(self.body["blocks"])


Place: TypeAlias = Message | Ephemeral | View


@dataclass(frozen=True, slots=True)  # a struct shows all fields, and nobody's token is shown
class Call:
    """One Web API call by the bot; `outcome` is what was done, even where a Trouble ate the answer.

    `at` is when, by the shown time in unix seconds, and `real` by the true one; `token` and `refresh` are what it was
    made with; `trouble` is the kind that befell it, '' for none.
    """

    method: str
    arguments: Json
    outcome: Json
    status: int = 200
    at: float = 0.0
    real: float = 0.0
    token: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    trouble: str = ""


class Outcome(Struct, frozen=True):
    """What came of something a person did, and what their Slack shows for it."""

    status: int | None = None
    body: Any = None
    error: str | None = None
    ephemeral: Ephemeral | None = None
    message: Message | None = None
    faults: tuple[Fault, ...] = ()
    trigger_id: str | None = None
    response_url: str | None = None

    @property
    def options(self) -> list[Json]:
        """The options a block_suggestion answered, groups flattened."""
        if not isinstance(self.body, dict):
            return []
        groups = self.body.get("option_groups") or [self.body]
        return [option for group in groups for option in group.get("options") or []]

    @property
    def groups(self) -> list[str]:
        """The label of each option's group; empty where a block_suggestion answered no groups."""
        groups = self.body.get("option_groups") or [] if isinstance(self.body, dict) else []
        return [group["label"]["text"] for group in groups for _ in group.get("options") or []]


class Delivery(Struct):
    """One event on its way to the bot; `attempts` grows with every retry."""

    envelope: Json
    attempts: list[Answer] = msgspec.field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        """Whether the bot took it in the end."""
        return bool(self.attempts) and self.attempts[-1].error is None


class Refusal(Exception):  # noqa: N818  # Slack's word for it is an error code, not an exception
    """A Web API answer with ok false; `extra` goes beside `error`."""

    def __init__(self, error: str, *, status: int = 200, headers: Mapping[str, str] = EMPTY, **extra: Any) -> None:  # noqa: ANN401  # any JSON
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = dict(headers)
        self.extra = extra
