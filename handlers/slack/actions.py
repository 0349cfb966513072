"""Answer Slack's clicks: in place for who pressed, for everybody where it is shared, below a post where it deepens."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.response import BoltResponse

from cards.compose import chats, dimensions, notices
from cards.model import Action, Card
from content.library import Library
from content.model import Dimension, Tip
from handlers import answers, depth, learners, shares
from handlers.asking import kinds
from handlers.comparisons import Comparisons
from handlers.context import HandlerContext
from handlers.learning import requests
from handlers.payload import mapping
from handlers.pending_replies import PendingReply
from handlers.slack import ahead, payload, responses
from handlers.slack.learning import SlackLearning
from handlers.slack.payload import Press
from handlers.slack.presenter import Presenter
from handlers.slack.ready import ReadyAnswers
from handlers.slack.responses import NOTHING
from handlers.slack.tips import SlackTips
from messengers.base import Address
from messengers.slack.messenger import SlackMessenger
from store.deliveries.rows import Delivery


class SlackActions:
    """What buttons and menus ask for, and what one person alone is answered."""

    def __init__(
        self,
        context: HandlerContext,
        messenger: SlackMessenger,
        home: Callable[[], str],
        presenter: Presenter,
        ready: ReadyAnswers,
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the workspace it speaks for, what shows and keeps cards."""
        self._context = context
        self._messenger = messenger
        self._home = home
        self._presenter = presenter
        self._ready = ready
        self._comparisons = Comparisons(responses.ephemeral)
        self.tips = SlackTips(context, messenger, home, presenter)
        self.learning = SlackLearning(context, messenger, home, presenter)

    # --- for one person alone

    def comparison(self, library: Library, dimension: Dimension) -> str:
        """Give a dimension's card as it leaves in answer to a command, from memory."""
        return self._comparisons.drawn(library, dimension)

    async def alone(
        self, answer: kinds.Private, address: Address, person: str, *, is_outsider: bool = False
    ) -> Card | Awaitable[Card]:
        """Draw what one person alone sees; where something is looked up first, give what does so.

        `is_outsider` says that they are known to be of another workspace.
        """
        if isinstance(answer, kinds.AboutTips):
            return await self.tips.answer(answer, address, person, is_outsider=is_outsider)
        if isinstance(answer, kinds.Learn):
            return await self.learning.alone(answer, address, person, is_outsider=is_outsider)
        return self._comparisons.card(self._context.content.library, answer)

    # --- buttons and menus

    def at_once(self, body: Mapping[str, Any], _bot_user: str | None) -> bytes | None:
        """Answer one click on a message that asks for a card of the content; None for any other.

        Below a public post a level is for everybody, and a card beside it may belong into its thread: those are others.
        """
        actions, container = body.get("actions"), mapping(body.get("container"))
        if not isinstance(actions, list) or len(actions) != 1 or container.get("type") != "message":
            return None
        press = payload.press(body, self._home())
        action = press.action
        if action is None or not press.response_url:
            return None
        if not press.is_private and (press.address.thread or action.verb == "deepen"):
            return None
        library = self._context.content.library
        ready = self._ready.to_press(library, action, is_unshared=press.is_among_people, replace=press.is_private)
        if ready is None:
            return None
        learners.note_opened(self._context, press.person, press.address, ready.opened)
        if action.verb == "deepen" and not press.is_direct:
            self._context.opened.count(library, press.address, press.person, action)
        self._presenter.send(press.response_url, ready.body)
        return ahead.NOTHING

    async def press(self, body: Mapping[str, Any]) -> BoltResponse:
        """Answer a click: replace a private card, open a private card from a public post, or act."""
        press = payload.press(body, self._home())
        action = press.action
        if action is None:
            if not payload.is_link(body):
                self._presenter.reply(press, dimensions.gone(self._context.content.library))
            return NOTHING
        learners.note_pressed(self._context, press.person, press.address, action)
        if action.verb == "deepen" and not press.is_private:
            await self._deepen(press, action)
        elif action.verb == "tips-edit":
            await self.tips.open_form(press, action)
        else:
            await self._answer(press, action)
        return NOTHING

    async def _answer(self, press: Press, action: Action) -> None:
        library = self._context.content.library
        answer = answers.press(library, action)
        if isinstance(answer, kinds.Share) and press.window is not None:
            self._presenter.reply(press, chats.nobody_to_share_with(answer.content))
        elif isinstance(answer, kinds.Share):
            await self.share(press.address, answer.content, press.presser, press.message_id)
        elif isinstance(answer, kinds.Keep):
            said = await shares.keep(self._context, press.address, answer.tip, press.presser, press.message_id)
            self._presenter.beside(press, said)
        elif isinstance(answer, kinds.AboutTips):
            await self.tips.press(press, answer)
        elif isinstance(answer, kinds.Learn):
            await self.learning.press(press, answer.action)
        else:
            if action.verb == "deepen" and not press.is_direct:
                self._context.opened.count(library, press.address, press.presser.person, action)
            self._presenter.reply(press, self._comparisons.card(library, answer))

    async def submission(self, body: Mapping[str, Any]) -> BoltResponse:
        """Take a form that was filled in."""
        view = mapping(body.get("view"))
        action = payload.callback(view)
        if action is not None and requests.takes(action):
            return await self.learning.submission(view, action, body)
        return await self.tips.submission(body)

    async def share(self, address: Address, content: Dimension | Tip, sharer: PendingReply, occasion: str) -> None:
        """Post a card for everybody, once for each `occasion`."""
        said = await shares.share(self._context, address, content, sharer, occasion)
        if said is not None:
            self._presenter.respond(sharer.reply_to, said, replace=False)

    async def _deepen(self, press: Press, action: Action) -> None:
        """Post a level in the thread of our own post, once; a level that is there already is pointed at privately."""
        queued = await depth.press(self._context, press.address, press.message_id, action, press.presser)
        if queued is None:
            await self._answer(press, action)
        elif not queued.is_new:
            self._context.spawn(self._point_at(press, queued.delivery, action))

    async def _point_at(self, press: Press, delivery: Delivery, action: Action) -> None:
        match delivery.state:
            case "sent":
                link = await self._messenger.link(press.address, delivery.message_id)
                card = notices.already_posted(link)
            case "planned" | "sending":
                card = notices.on_its_way()
            case _:
                await self._answer(press, action)
                return
        await self._messenger.respond(press.response_url, card, replace=False, thread=press.address.thread)
