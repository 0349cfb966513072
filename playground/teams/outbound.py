"""What the emulator sends to the bot: signed activities, and invokes once more where Teams would send them again."""

import asyncio
import json

import aiohttp

from playground.shared import outbound
from playground.shared.values import Answer, Json
from playground.teams.platform import Platform
from playground.teams.values import Sent

UNREACHABLE = "Unable to reach app. Please try again."
NOT_SENT = "The bot could not be reached."
TURNED_AWAY = (
    "The bot turns this tenant away: it is not among TEAMS_ALLOWED_TENANTS, which is the bot's own alone unless set."
)
FORBIDDEN = 403
# Teams: what closes a dialog may be empty.
MAY_BE_EMPTY = {"task/submit"}
# bots/how-to/bot-messages-ai-generated-content, "Error handling": the answer to feedback is an empty object, or a 400.
MUST_BE_EMPTY = {"message/submitAction"}


class Outbound(outbound.Outbound):
    """Activities, each with the connector's token."""

    unreadable = "unreadable JSON"

    def __init__(self, platform: Platform, *, url: str, within: float) -> None:
        super().__init__(url, within, platform.wire)
        self._platform = platform
        self.sent: list[Sent] = []

    async def send(self, activity: Json, *, token: str | None = None) -> Answer:
        """One activity, with the connector's own token or another; '' for none. Invokes come a second time if need be.

        What a person would see go wrong is a fault, and stands in the answer's `error`.
        """
        answers = [await self._attempt(activity, token)]
        if activity.get("type") == "invoke" and _comes_again(activity, answers[0]):
            answers.append(await self._attempt(activity, token))
        self.sent.append(Sent(activity, tuple(answers)))
        self._platform.world.touch()
        return answers[-1]

    async def _attempt(self, activity: Json, token: str | None) -> Answer:
        answer = await self._post(activity, token)
        name = " ".join(str(activity[key]) for key in ("type", "name") if activity.get(key))
        self._platform.is_turned_away = answer.status == FORBIDDEN and not self._platform.is_home
        error = TURNED_AWAY if self._platform.is_turned_away else _error(activity, answer)
        if error is None:
            return answer
        if self._platform.is_turned_away:
            self._platform.fault(name, f"HTTP {answer.status}")
            return Answer(answer.status, answer.body, error)
        found = "no answer in time" if answer.status is None and answer.error is None else (answer.error or error)
        status = "" if answer.status is None else f"HTTP {answer.status}"
        self._platform.fault(name, error, filter(None, (status, "" if found == error else found)))
        return Answer(answer.status, answer.body, error)

    async def _post(self, activity: Json, token: str | None) -> Answer:
        shown = self._platform.keys.bearer(self._platform.service_url) if token is None else token
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Microsoft-SkypeBotApi (pocket)"}
        if shown:
            headers["Authorization"] = f"Bearer {shown}"
        raw = json.dumps(activity, ensure_ascii=False).encode()
        try:
            return await self._answered(str(self.url), raw, headers)
        except TimeoutError:
            return Answer(None)
        except (aiohttp.ClientError, asyncio.IncompleteReadError) as error:
            return Answer(None, error=type(error).__name__)


def _error(activity: Json, answer: Answer) -> str | None:
    """What a person would be shown, or would wait for in vain."""
    is_invoke = activity.get("type") == "invoke"
    words = UNREACHABLE if is_invoke else NOT_SENT
    if answer.status is None or answer.error or not 200 <= answer.status < 300:  # noqa: PLR2004  # HTTP: success
        return words
    if is_invoke and answer.body in (None, "") and activity.get("name") not in MAY_BE_EMPTY:
        return words
    if activity.get("name") in MUST_BE_EMPTY and answer.body != {}:
        return words
    return None


def _comes_again(activity: Json, answer: Answer) -> bool:
    """Teams: an invoke that is answered with an empty 200, or not in time, is sent once more."""
    if answer.error is None:
        return False
    return answer.status is None or (answer.status == 200 and activity.get("name") not in MAY_BE_EMPTY)  # noqa: PLR2004  # HTTP
