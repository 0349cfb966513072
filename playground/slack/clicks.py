"""What people press and pick, and what Slack tells the bot about it."""

from typing import Any

from msgspec import structs

from playground.shared.values import Json
from playground.slack import acts, inputs, payloads
from playground.slack.limits import surfaces
from playground.slack.values import Ephemeral, Outcome, Place, User, View


class Clicks(acts.Acts):
    """Buttons, menus and what is typed into them."""

    async def click(  # the parts are named by the caller
        self,
        user: User,
        where: Place,
        *,
        action_id: str | None = None,
        label: str | None = None,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Outcome:
        """Presses a button, found by any of: action_id, visible text or accessibility label, value, block_id."""
        where = self._current(where)
        block, element = inputs.find(where.blocks, action_id=action_id, label=label, value=value, block_id=block_id)
        if isinstance(where, Ephemeral) and where.from_slackbot:
            self._invite(user, where)
            return Outcome()
        is_option = "selected_option" in element
        told = ("type", "selected_option") if is_option else ("type", "text", "value", "style", "url")
        pressed: Json = {name: element[name] for name in told if name in element}
        return await self._interact(user, where, block, element, pressed)

    async def choose(
        self,
        user: User,
        where: Place,
        action_id: str,
        option: Any,  # noqa: ANN401  # what a person picks
        *,
        block_id: str | None = None,
    ) -> Outcome:
        """Picks an option by its value or visible text (checkboxes: a list), a time "09:00", a date "2026-11-30".

        In a modal's input nothing is sent until submit.
        """
        where = self._current(where)
        block, element = inputs.find(where.blocks, action_id=action_id, block_id=block_id)
        if element["type"] == "external_select" and isinstance(option, str):
            option = await self._offered(user, where, action_id, option)
        state = inputs.entered(element, option)
        if element["type"] not in inputs.STATELESS:
            held = self.world.entered.setdefault((user.id, acts.key(where)), {})
            held.setdefault(block["block_id"], {})[action_id] = state
            self.world.touch()
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Outcome()
        return await self._interact(user, where, block, element, state)

    async def suggest(
        self, user: User, where: Place, action_id: str, typed: str, *, block_id: str | None = None
    ) -> Outcome:
        """Types into an external_select; what it offers is in `Outcome.options`."""
        where = self._current(where)
        block, element = inputs.find(where.blocks, action_id=action_id, block_id=block_id)
        if len(typed) < element.get("min_query_length", 3):  # Slack asks from 3 characters on
            return Outcome(error="too_short")
        payload = payloads.interaction(self.world, "block_suggestion", user)
        payload |= {"action_id": action_id, "block_id": block["block_id"], "value": typed}
        payload |= payloads.place(self.world, where, self._channel_of(where), self._values(user, where))
        watch = acts.Watch(self.platform, user)
        answer = await self.outbound.post_payload(payload)
        error = answer.error
        complaints = [] if error else surfaces.suggestions(answer.body)
        if error or complaints:
            error = error or "invalid_options"
            self.platform.fault("block_suggestion", error, complaints)
        return watch.answered(answer, error)

    async def _offered(self, user: User, where: Place, action_id: str, wanted: str) -> Json:
        """The option a person finds by typing it; only what the bot offers can be picked."""
        answer = await self.suggest(user, where, action_id, wanted)
        for option in answer.options:
            if wanted in {option["value"], option["text"]["text"]}:
                return option
        raise LookupError(f"{wanted!r} is not offered; there are {[o['value'] for o in answer.options][:10]}")

    async def _interact(self, user: User, where: Place, block: Json, element: Json, done: Json) -> Outcome:
        platform = self.platform
        action = done | {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": f"{platform.clock.now():.6f}",
        }
        payload = payloads.interaction(self.world, "block_actions", user)
        payload |= payloads.place(self.world, where, self._channel_of(where), self._values(user, where))
        payload |= {"trigger_id": platform.tickets.issue_trigger(user.id), "actions": [action]}
        if not isinstance(where, View):
            payload["response_url"] = platform.response_url(platform.tickets.issue_url(user.id, where.channel, where))
        watch = acts.Watch(self.platform, user)
        answer = await self.outbound.post_payload(payload)
        if answer.error is not None:
            self._failed(user, where, "block_actions", answer.error)
        found = watch.answered(answer, answer.error)
        return structs.replace(found, trigger_id=payload["trigger_id"], response_url=payload.get("response_url"))

    def _failed(self, user: User, where: Place, kind: str, error: str) -> None:
        self.platform.fault(kind, error)
        if isinstance(where, View):
            return
        words = f'The app did not answer in time or not well ("{error}").'
        self.world.note(user.id, where.channel, words, thread_ts=where.thread_ts)

    def _invite(self, user: User, where: Ephemeral) -> None:
        world = self.world
        world.members[where.channel].add(world.team.bot_user)
        world.drop_ephemeral(where.ts)
        world.note(user.id, where.channel, f"<@{world.team.bot_user}> was added to this channel.")
