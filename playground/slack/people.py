"""What people type and react with, and what Slack tells the bot about it."""

from typing import Literal

from msgspec import structs

from playground.shared.values import Answer, Json
from playground.slack import acts, events, modals, payloads, responses
from playground.slack.values import Channel, Delivery, Ephemeral, Message, Outcome, Refusal, User

INVITE_ACTION = "slackbot_invite"
UNKNOWN = (
    "{name} is not a valid command. In Slack, all messages that start with the “/” character are interpreted as "
    "commands. To send a message that begins with one, type a space before it."
)


class People(modals.Modals):
    """Everything a person does: typing, reacting and looking here, clicks and modals inherited."""

    async def say(self, user: User, channel: Channel, text: str, *, thread_ts: str | None = None) -> Message:
        """Types a plain message; one that holds <@bot> also sends app_mention, where the bot is a member."""
        return (await self._say(user, channel, text, thread_ts))[0]

    async def mention(
        self, user: User, channel: Channel, text: str, *, thread_ts: str | None = None
    ) -> tuple[Message, Delivery | None]:
        """Types "@PM Compare text"."""
        return await self._say(user, channel, f"<@{self.world.team.bot_user}> {text}", thread_ts)

    async def _say(
        self, user: User, channel: Channel, text: str, thread_ts: str | None
    ) -> tuple[Message, Delivery | None]:
        world = self.world
        self._check_member(user, channel)
        if channel.id in world.archived:
            raise LookupError(f"#{channel.name} is archived")
        said = world.add_message(Message(world.fresh_ts(), channel.id, user.id, text, thread_ts=thread_ts))
        if f"<@{self.world.team.bot_user}>" not in text or channel.kind == "im":  # no app_mention in direct messages
            return said, None
        if not self.platform.is_installed:
            return said, None
        if not self.platform.has_bot(channel):
            self._offer_invitation(user, channel)
            return said, None
        if "app_mentions:read" not in self.platform.scopes:
            return said, None
        return said, await self.outbound.send_event(events.mention(self.world, said, user))

    def _offer_invitation(self, user: User, channel: Channel) -> None:
        words = f"You mentioned <@{self.world.team.bot_user}>, but they're not in this channel."
        button = {"type": "button", "text": {"type": "plain_text", "text": "Invite them"}, "action_id": INVITE_ACTION}
        blocks: list[Json] = [
            {"type": "section", "block_id": "words", "text": {"type": "mrkdwn", "text": words}},
            {"type": "actions", "block_id": "invite", "elements": [button]},
        ]
        self.world.note(user.id, channel.id, words, blocks=blocks)

    async def command(self, user: User, channel: Channel, line: str, *, thread_ts: str | None = None) -> Outcome:
        """Types a slash command. Slack takes none of a third party's inside a thread."""
        platform = self.platform
        self._check_member(user, channel)
        name, _, text = line.strip().partition(" ")
        error = words = ""
        if thread_ts is not None:
            error, words = "not_supported_in_threads", f"{name} is not supported in threads. Sorry!"
        elif name not in platform.app.commands or not platform.is_installed or user.kind == "stranger":
            # Slack: who is of another workspace has that one's apps.
            error, words = "unknown_command", UNKNOWN.format(name=name)
        elif channel.id in platform.world.archived:
            error, words = "is_archived", "This channel is archived."
        if error:
            return Outcome(ephemeral=self.world.note(user.id, channel.id, words, thread_ts=thread_ts), error=error)
        trigger_id = platform.tickets.issue_trigger(user.id)
        url = platform.response_url(platform.tickets.issue_url(user.id, channel.id))
        watch = acts.Watch(self.platform, user)
        form = payloads.command(self.world, user, channel, name, text.strip(), trigger_id=trigger_id, response_url=url)
        answer = await self.outbound.post_form(form)
        message, failed = self._show_command_answer(user, channel, name, answer)
        return structs.replace(watch.answered(answer, failed), message=message, trigger_id=trigger_id, response_url=url)

    def _show_command_answer(
        self, user: User, channel: Channel, name: str, answer: Answer
    ) -> tuple[Message | None, str | None]:
        error, details, shown = answer.error, [], None
        if error is None and answer.body:
            body = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            try:
                shown = responses.show(self.platform, user.id, channel.id, body)
            except Refusal as refusal:
                error, details = "invalid_command_response", [refusal.error, *refusal.extra.get("errors", ())]
        if error is not None:
            self.platform.fault(f"command {name}", error, details)
            self.world.note(user.id, channel.id, f'{name} failed with the error "{error}"')
        return (shown if isinstance(shown, Message) else None), error

    async def shortcut(self, user: User, callback_id: str) -> Outcome:
        """Picks a global shortcut: it comes from no channel, so that only its trigger_id leads back."""
        if callback_id not in self.platform.app.shortcuts or not self.platform.is_installed:
            raise LookupError(f"there is no shortcut {callback_id!r}")
        payload = payloads.shortcut(self.world, user, callback_id, action_ts=f"{self.platform.clock.now():.6f}")
        payload["trigger_id"] = self.platform.tickets.issue_trigger(user.id)
        watch = acts.Watch(self.platform, user)
        answer = await self.outbound.post_payload(payload)
        if answer.error is not None:
            self.platform.fault("shortcut", answer.error)
        return structs.replace(watch.answered(answer, answer.error), trigger_id=payload["trigger_id"])

    async def react(self, user: User, message: Message, name: str) -> Delivery | None:
        """None where Slack sends nothing: the bot is not in the channel, or this reaction was there already."""
        return await self._react(user, message, name, is_added=True)

    async def unreact(self, user: User, message: Message, name: str) -> Delivery | None:
        """Takes a reaction back; None where there was none, or where Slack sends nothing."""
        return await self._react(user, message, name, is_added=False)

    async def _react(self, user: User, message: Message, name: str, *, is_added: bool) -> Delivery | None:
        if not self.world.react(message, user.id, name, is_added=is_added):
            return None
        channel = self.world.channels[message.channel]
        hearing = self._hearing(channel, message.user)
        if hearing is None or "reactions:read" not in hearing.platform.scopes:
            return None
        kind, event_ts = "reaction_added" if is_added else "reaction_removed", f"{self.platform.clock.now():.6f}"
        return await hearing.outbound.send_event(events.reaction(kind, user, message, name, event_ts=event_ts))

    async def open_home(self, user: User, *, tab: Literal["home", "messages"] = "home") -> Delivery:
        """Opens the bot's Home tab, where there is one; Slack tells of its messages tab with the same event."""
        if not self.platform.app.home_tab or not self.platform.is_installed:
            raise LookupError("the app's Home tab is switched off")
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self.world.ensure_dm(user).id,
            "tab": tab,
            "event_ts": f"{self.platform.clock.now():.6f}",
        }
        shown = self.world.homes.get(user.id) if tab == "home" else None
        return await self.outbound.send_event(event | ({"view": shown.body} if shown else {}))

    def dismiss(self, ephemeral: Ephemeral) -> None:
        """Takes a note off the screen; the bot is told nothing."""
        self.world.drop_ephemeral(ephemeral.ts)
