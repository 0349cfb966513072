"""The things an emulated Teams is made of, as values to look at."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

from playground.shared.values import EMPTY, Answer, Fault, Json

CARD = "application/vnd.microsoft.card.adaptive"
BOT = "bot"  # who wrote a message that no person wrote

ConversationKind = Literal["personal", "groupChat", "channel"]
PersonKind = Literal["member", "owner", "guest", "outsider"]  # an outsider is of another tenant


class Organization(Struct, frozen=True):
    """A tenant beside the first one; `mark` stands in its addresses on the page, and makes its conversations' ids."""

    id: str
    name: str
    mark: str


class Person(Struct, frozen=True):
    """Somebody whom the tenant knows: `id` is the Entra object id, `member_id` the one bots know them by."""

    id: str
    member_id: str
    name: str
    zone: str
    locale: str = "en-US"
    is_gone: bool = False
    kind: PersonKind = "member"


class Team(Struct, frozen=True):
    """Its id is the id of its General channel, as in Teams."""

    id: str
    name: str
    group_id: str
    is_archived: bool = False
    is_deleted: bool = False


class Conversation(Struct, frozen=True):
    """A name to hand around; what changes (members, the app) the emulator tells. `team` is '' outside channels."""

    id: str
    kind: ConversationKind
    name: str
    team: str = ""
    is_deleted: bool = False


class Message(Struct, frozen=True):
    """A message as it was when asked for; ask again to see what became of it.

    `sender` is a person's id or BOT, `at` unix seconds. In channels `thread` is the id of the root (its own, if it is
    one), elsewhere ''. `recipient` is set where one person alone sees it. `suggested` is what it offers to ask
    next, each with a title and the value that is then said.
    """

    id: str
    conversation: str
    sender: str
    at: float
    text: str = ""
    text_format: str = "plain"
    thread: str = ""
    reply_to: str = ""
    card: Json | None = None
    summary: str = ""
    reactions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_edited: bool = False
    is_deleted: bool = False
    recipient: str = ""
    suggested: Sequence[Json] = ()

    @property
    def is_from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.sender == BOT


class Dialog(Struct, frozen=True):
    """A task module that is open: a card, or `words` in its place. `message` is the one it was opened from."""

    id: str
    person: str
    conversation: str
    message: str
    title: str
    width: str | int
    height: str | int
    card: Json | None
    words: str = ""


class Result(Struct, frozen=True):
    """Something that a search from the box has found, as it is listed, and the card that it inserts."""

    title: str
    text: str
    card: Json


class Call(Struct, frozen=True):
    """One call of the bot: `method` is post, update, delete, create, member, members, react, team or token.

    `status` 0 is no answer at all; `outcome` is the answer's body.
    """

    method: str
    conversation: str
    activity: str
    body: Json
    outcome: Any
    status: int
    at: float


class Sent(Struct, frozen=True):
    """An activity that was sent to the bot, with every answer to it."""

    activity: Json
    answers: tuple[Answer, ...]


class Outcome(Struct, frozen=True):
    """What came of something a person did, and what their Teams shows for it.

    `activity` is None where the bot is told nothing. `card` took the pressed card's place for this person; `words` is
    a sentence shown beside it; `dialog` is the one that is open now; `invalid` names fields that keep the client from
    sending.
    """

    activity: Json | None = None
    status: int | None = None
    body: Any = None
    error: str | None = None
    said: Message | None = None
    card: Json | None = None
    words: str = ""
    dialog: Dialog | None = None
    url: str = ""
    invalid: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class Refusal(Exception):  # noqa: N818  # Teams refuses; it is not a mistake of this program
    """An answer with one of the connector's error codes."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] = EMPTY) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    @property
    def body(self) -> Json:
        """As the connector words it."""
        return {"error": {"code": self.code, "message": self.message}}
