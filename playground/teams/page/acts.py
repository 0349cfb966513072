"""What a person does on the Teams page, outcomeed into the verbs of the emulator."""

from typing import Any

from playground.shared.page import acts
from playground.shared.values import Json, told
from playground.teams import cards, payloads
from playground.teams.places import Places
from playground.teams.platform import BOT_NAME, Platform
from playground.teams.values import Conversation, Dialog, Message, Outcome, Person, Team

OF_OWNERS = {"archive_team", "unarchive_team", "delete_team", "restore_team"}


class PageActs(acts.PageActs[Person]):
    """One method an act."""

    named = "person"
    tips_switch = f"@{BOT_NAME} tips"
    emulator: Places
    platform: Platform

    def _zone(self, somebody: Person) -> str:
        return somebody.zone

    async def _act_say(self, person: Person, body: Json) -> Json:
        text = str(body["text"]).strip()
        if not text:
            return {}
        return _told(
            await self.emulator.say(person, self._conversation(body), text, thread=str(body.get("thread") or ""))
        )

    async def _act_choose(self, person: Person, body: Json) -> Json:
        return _told(await self.emulator.choose(person, str(body["title"])))

    async def _act_look_for(self, person: Person, body: Json) -> Json:
        words = body.get("words")
        outcome, found = await self.emulator.look_for(
            person, self._conversation(body), None if words is None else str(words)
        )
        held = outcome.body.get("composeExtension") if isinstance(outcome.body, dict) else None
        said = str(held.get("text") or "") if isinstance(held, dict) else ""
        return _told(outcome) | {"results": [{"title": each.title, "text": each.text} for each in found], "said": said}

    async def _act_insert(self, person: Person, body: Json) -> Json:
        here, words = self._conversation(body), body.get("words")
        outcome, found = await self.emulator.look_for(person, here, None if words is None else str(words))
        chosen = next((each for each in found if each.title == str(body["title"])), None)
        if chosen is None:
            return _told(outcome) | {"error": outcome.error or "That is no longer there."}
        return _told(await self.emulator.say(person, here, str(body.get("text") or "").strip(), card=chosen.card))

    async def _act_press(self, person: Person, body: Json) -> Json:
        outcome = await self.emulator.press(person, self._message(body), at=str(body["at"]), values=_values(body))
        return _told(outcome) | {"url": outcome.url, "dialog": outcome.dialog is not None}

    async def _act_submit(self, person: Person, body: Json) -> Json:
        dialog = self._dialog(person, body)
        outcome = await self.emulator.submit(person, dialog, _values(body), at=str(body.get("at") or ""))
        return _told(outcome) | {"is_open": person.id in self.platform.world.dialogs}

    async def _act_search(self, person: Person, body: Json) -> Json:
        where: Dialog | Message
        if "dialog" in body:
            where = self._dialog(person, body)
            card = where.card
        else:
            where = self._message(body)
            card = self.platform.world.card_of(person, where)
        field = cards.at_pointer(card or {}, str(body["at"])).part
        before = len(self.platform.faults)
        options = await self.emulator.search(person, where, str(field.get("id")), str(body["typed"]))
        return {"options": options, "details": told(self.platform.faults[before:])}

    async def _act_dismiss(self, person: Person, body: Json) -> Json:
        if "dialog" in body:
            self.emulator.close(person, self._dialog(person, body))
            return {}
        message = self._message(body)
        if message.recipient != person.id:
            raise LookupError("everybody sees this message")
        self.platform.world.delete_message(message)
        return {}

    async def _act_react(self, person: Person, body: Json) -> Json:
        message, emoji = self._message(body), str(body["emoji"]).strip()
        if not emoji or len(emoji) > 60:  # noqa: PLR2004  # no id of an emoji is longer
            return {"error": "A reaction is an emoji."}
        kind = payloads.reaction_type(emoji)
        if person.id in message.reactions.get(kind, ()):
            return _told(await self.emulator.unreact(person, message, kind))
        return _told(await self.emulator.react(person, message, kind))

    # -- places

    async def _act_install(self, person: Person, body: Json) -> Json:
        _check_own(person)
        return _told(await self.emulator.install(self._conversation(body), person))

    async def _act_uninstall(self, person: Person, body: Json) -> Json:
        _check_own(person)
        return _told(await self.emulator.uninstall(self._conversation(body), person))

    async def _act_rename(self, person: Person, body: Json) -> Json:
        _check_own(person)
        name = str(body["name"]).strip()
        if not name:
            return {"error": "A name has at least one letter."}
        if "team" in body:
            return _told(await self.emulator.rename_team(self._team(body), name, person))
        return _told(await self.emulator.rename(self._conversation(body), name, person))

    async def _act_manage(self, person: Person, body: Json) -> Json:
        places = self.emulator
        _check_allowed(person, body)
        match body.get("what"):
            case "create_channel":
                made, outcome = await places.create_channel(self._team(body), str(body["name"]).strip(), person)
                return _told(outcome) | {"conversation": made.id}
            case "delete_channel":
                return _told(await places.delete_channel(self._conversation(body), person))
            case "restore_channel":
                return _told(await places.restore_channel(self._conversation(body), person))
            case "archive_team":
                return _told(await places.archive_team(self._team(body), person))
            case "unarchive_team":
                return _told(await places.unarchive_team(self._team(body), person))
            case "delete_team":
                return _told(await places.delete_team(self._team(body), person))
            case "restore_team":
                return _told(await places.restore_team(self._team(body), person))
            case "delete_message":
                return _told(await places.delete_message(person, self._message(body)))
            case "block":
                places.block(person)
            case "unblock":
                places.unblock(person)
            case _:
                raise LookupError("that can't be done here")
        return {}

    # -- what is named

    def _conversation(self, body: Json) -> Conversation:
        return self.platform.world.conversations[str(body["conversation"])]

    def _team(self, body: Json) -> Team:
        return self.platform.world.teams[str(body["team"])]

    def _message(self, body: Json) -> Message:
        return self.platform.world.messages[str(body["conversation"])][str(body["message"])]

    def _dialog(self, person: Person, body: Json) -> Dialog:
        found = self.platform.world.dialogs.get(person.id)
        if found is None or found.id != str(body["dialog"]):
            raise LookupError("the dialog is no longer open")
        return found


def _check_allowed(person: Person, body: Json) -> None:
    """Teams: owners end teams, guests change nothing of them."""
    if body.get("what") in OF_OWNERS and person.kind != "owner":
        raise LookupError("Only an owner of the team can do that.")
    if "team" in body or body.get("what") in {"delete_channel", "restore_channel"}:
        _check_own(person)


def _check_own(person: Person) -> None:
    if person.kind in {"guest", "outsider"}:
        raise LookupError("Guests and people of other organizations can't do that.")


def _values(body: Json) -> dict[str, str]:
    held: Any = body.get("values") or {}
    return {str(name): str(value) for name, value in held.items()}


def _told(outcome: Outcome) -> Json:
    """What the client shows, and what the bot sent badly."""
    details = told(outcome.faults)
    return {"error": outcome.error, "details": details, "words": outcome.words, "invalid": dict(outcome.invalid)}
