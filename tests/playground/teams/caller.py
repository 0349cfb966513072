"""The bot's hand towards the connector, small enough to read at a glance."""

import io
import json
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from playground.teams.emulator import Conversation, Message, TeamsEmulator

CARD_TYPE = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True, slots=True)
class Answered:
    """An HTTP answer of the emulator."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The connector's error code."""
        return str(self.body["error"]["code"])


class Caller:
    """Calls the connector with a token of its own."""

    def __init__(self, teams: TeamsEmulator) -> None:
        self._teams = teams
        self._session = aiohttp.ClientSession()
        self.token = ""

    async def __aenter__(self) -> Self:
        """Opens nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes connections."""
        await self._session.close()

    async def ask_for_token(self, tenant: str | None = None, **changes: str) -> Answered:
        """Asks as the bot does, with `changes` to the form."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._teams.client_id,
            "client_secret": self._teams.client_secret,
            "scope": "https://api.botframework.com/.default",
            **changes,
        }
        url = f"{self._teams.url}/{tenant or self._teams.tenant_id}/oauth2/v2.0/token"
        async with self._session.post(url, data=form) as response:
            return Answered(response.status, await response.json(), dict(response.headers))

    async def sign_in(self) -> None:
        """Gets a token."""
        self.token = (await self.ask_for_token()).body["access_token"]

    async def call(self, verb: str, path: str, body: Any = None, **query: str) -> Answered:  # noqa: ANN401  # any JSON
        """`path` begins after `v3/`."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = None if body is None else io.BytesIO(json.dumps(body).encode())
        headers |= {"Content-Type": "application/json"} if sent else {}
        url = f"{self._teams.service_url}v3/{path}"
        async with self._session.request(verb, url, data=sent, params=query, headers=headers) as response:
            is_json = response.content_type == "application/json"
            found = await response.json() if is_json else await response.text()
            return Answered(response.status, found, dict(response.headers))

    async def post(self, conversation: Conversation | str, body: Any, **query: str) -> Answered:  # noqa: ANN401  # any JSON
        """Sends an activity."""
        id_ = conversation if isinstance(conversation, str) else conversation.id
        return await self.call("POST", f"conversations/{id_}/activities", body, **query)

    async def put(self, message: Message, body: Any, **query: str) -> Answered:  # noqa: ANN401  # any JSON
        """Changes an activity."""
        return await self.call("PUT", f"conversations/{message.conversation}/activities/{message.id}", body, **query)

    async def say(self, conversation: Conversation | str, text: str = "hello") -> Message:
        """Sends words, and gives the message as it stands."""
        answered = await self.post(conversation, {"type": "message", "text": text})
        return self._standing(answered)

    async def show(self, conversation: Conversation | str, *body: Any, **card: Any) -> Message:  # noqa: ANN401  # any JSON
        """Sends a card, and gives the message as it stands."""
        return self._standing(await self.post(conversation, message_with(make_card(*body, **card))))

    def _standing(self, answered: Answered) -> Message:
        found = self._teams.message(answered.body["id"])
        if found is None:
            raise AssertionError(answered)
        return found


def make_card(*body: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """An Adaptive Card."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def message_with(card: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """A message with a card."""
    return {"type": "message", "summary": "A card", "attachments": [{"contentType": CARD_TYPE, "content": card}]}


def execute(title: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """A button that answers in place."""
    return {"type": "Action.Execute", "title": title, "verb": "pocket", **more}


def words(text: str) -> dict[str, Any]:
    """A line of text."""
    return {"type": "TextBlock", "text": text, "wrap": True}
