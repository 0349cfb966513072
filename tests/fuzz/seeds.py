"""Everything the platforms send, with real buttons, real forms and real places: what the changes start from."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from cards.forms import Form
from cards.model import Action
from cards.slack import render as slack
from cards.teams import render as teams
from content.library import Library
from playground.slack.emulator import Channel, SlackEmulator
from playground.teams.emulator import Conversation, Person, TeamsEmulator
from tests.cards import gallery

Json = Any
MOMENT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
WORDS = ("risks", "risks share", "7 detail", "tips", "tips me", "tips pause", "doctor", "search model", "what is drift")
_REACTIONS = ("mag", "books", "test_tube", "thumbsup", "mag::skin-tone-2")
_TEAMS_REACTIONS = ("like", "1f50d_leftpointingmagnifyingglass", "1f4da_books", "1f9ea_testtube", "2705", "🔍")


@cache
def values() -> list[str]:
    """List what every button and menu of ours carries, once."""
    found = {value for card in gallery.cards().values() for value in _carried(card)}
    return [*sorted(found), "tips-save||settings", "tips-save||owners", "tips-edit||swap", "tips-send||none"]


def _carried(part: object) -> Iterator[str]:
    """Give the values of all actions in a card, which need not be drawn for that."""
    match part:
        case Action():
            yield part.encode()
        case tuple():
            for each in part:
                yield from _carried(each)
        case Struct():
            for each in asdict(part).values():
                yield from _carried(each)


@cache
def forms() -> list[Form]:
    """List our forms, one of each."""
    return list({form.title: form for form in gallery.forms().values()}.values())


def _filled(form: Form) -> dict[str, str]:
    """Fill in a form as somebody would."""
    typed = {"weekday": "0", "at": "09:00", "zone": "Europe/Paris", "until": "2026-12-24", "changed_by": "anyone"}
    typed |= {"quiet_dates": "2026-12-24 to 2027-01-02", "quiet_country": "DE", "tip": "", "owner": "", "co_owners": ""}
    return {field.name: typed.get(field.name, "") for field in form.fields}


# --- Slack


class SlackSeeds:
    """What Slack sends about one workspace: (how it comes, its content)."""

    def __init__(self, emulator: SlackEmulator, room: Channel, library: Library) -> None:
        self._team, self._app, self._bot = emulator.team, emulator.app, emulator.bot_user
        self._person, self._room, self._library = emulator.user("alice").id, room.id, library
        self._url = emulator.api_url.replace("/api/", "/response/none")

    def all(self) -> list[tuple[str, Json]]:
        """List them: forms first, which turn tips on."""
        return [
            *[("payload", self._submitted(form)) for form in forms()],
            *[("command", self._command(words)) for words in WORDS],
            *[("payload", self._pressed(value, is_private=index % 2 == 0)) for index, value in enumerate(values())],
            *[
                ("payload", self._asked(field, typed))
                for field in ("zone", "quiet_country")
                for typed in ("par", "DE-BY")
            ],
            ("payload", self._base("view_closed") | {"view": self._view(forms()[0]), "is_cleared": True}),
            ("payload", self._base("shortcut") | {"callback_id": "compare"}),
            (
                "payload",
                self._base("message_action")
                | {"callback_id": "compare", "message": {"ts": "1.1"}, "channel": {"id": self._room}},
            ),
            *[("event", self._reacted(name)) for name in _REACTIONS],
            *[("event", self._mentioned(words)) for words in WORDS],
            *[
                ("event", self._event({"type": kind, "channel": {"id": self._room, "name": "x"}}))
                for kind in ("channel_rename", "channel_archive")
            ],
            (
                "event",
                self._event(
                    {"type": "member_joined_channel", "user": self._bot, "channel": self._room, "inviter": self._person}
                ),
            ),
            ("event", self._event({"type": "tokens_revoked", "tokens": {"oauth": [self._person], "bot": [self._bot]}})),
            ("event", self._event({"type": "app_uninstalled"})),
            (
                "event",
                self._event({"type": "app_home_opened", "user": self._person, "channel": "D1", "tab": "home"}),
            ),
            ("event", {"type": "url_verification", "token": "t", "challenge": "3eZbrw1a"}),
            (
                "event",
                {"type": "app_rate_limited", "team_id": self._team, "minute_rate_limited": 1, "api_app_id": self._app},
            ),
        ]

    def _command(self, words: str) -> Json:
        return {
            "token": "t",
            "team_id": self._team,
            "channel_id": self._room,
            "channel_name": "pm-learning",
            "user_id": self._person,
            "user_name": "alice",
            "command": "/pm-compare",
            "text": words,
            "api_app_id": self._app,
            "is_enterprise_install": "false",
            "response_url": self._url,
            "trigger_id": "1.2.abc",
        }

    def _base(self, kind: str) -> Json:
        return {
            "type": kind,
            "user": {"id": self._person, "username": "alice", "team_id": self._team},
            "api_app_id": self._app,
            "token": "t",
            "trigger_id": "1.2.abc",
            "team": {"id": self._team, "domain": "pocket"},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _pressed(self, value: str, *, is_private: bool) -> Json:
        action: Json = {"action_id": "x", "block_id": "b", "type": "button", "value": value, "action_ts": "1.3"}
        if not is_private:
            action = {"action_id": "x", "block_id": "b", "type": "static_select", "selected_option": {"value": value}}
        return self._base("block_actions") | {
            "container": {"type": "message", "message_ts": "1.2", "channel_id": self._room, "is_ephemeral": is_private},
            "channel": {"id": self._room, "name": "pm-learning"},
            "message": {"type": "message", "user": self._bot, "ts": "1.2", "thread_ts": "1.1", "text": "Risks"},
            "response_url": self._url,
            "actions": [action],
        }

    def _asked(self, field: str, typed: str) -> Json:
        return self._base("block_suggestion") | {"action_id": field, "block_id": field, "value": typed}

    def _view(self, form: Form) -> Json:
        # As our own code asks for it: drawn, and with an answer of every kind of element.
        drawn = slack.view(form, MOMENT)
        answers = _filled(form)
        state: Json = {}
        for block in drawn["blocks"]:
            if block.get("type") != "input":
                continue
            name, kind = block["block_id"], block["element"]["type"]
            value = answers.get(name, "")
            option = {"text": {"type": "plain_text", "text": "x"}, "value": value or "none"}
            answer: Json = {"type": kind}
            answer |= {
                "plain_text_input": {"value": value},
                "timepicker": {"selected_time": value or None},
                "datepicker": {"selected_date": value or None},
                "users_select": {"selected_user": self._person},
                "multi_users_select": {"selected_users": [self._person]},
                "checkboxes": {"selected_options": block["element"].get("options", [])[:2]},
                "multi_static_select": {"selected_options": block["element"].get("options", [])[:2]},
            }.get(kind, {"selected_option": option})
            state[name] = {block["element"].get("action_id", name): answer}
        context = f'{{"conversation":"{self._room}","place":"","url":"{self._url}","beside":false}}'
        return drawn | {
            "id": "V1",
            "hash": "h",
            "private_metadata": context,
            "state": {"values": state},
            "app_installed_team_id": self._team,
        }

    def _submitted(self, form: Form) -> Json:
        return self._base("view_submission") | {"view": self._view(form), "response_urls": []}

    def _event(self, inner: Json) -> Json:
        return {
            "token": "t",
            "team_id": self._team,
            "api_app_id": self._app,
            "type": "event_callback",
            "event_id": "Ev1",
            "event_time": 1,
            "event": inner,
            "authorizations": [{"enterprise_id": None, "team_id": self._team, "user_id": self._bot, "is_bot": True}],
            "is_ext_shared_channel": False,
        }

    def _reacted(self, name: str) -> Json:
        item = {"type": "message", "channel": self._room, "ts": "1.2"}
        inner = {"type": "reaction_added", "user": self._person, "reaction": name, "item": item, "item_user": self._bot}
        return self._event(inner | {"event_ts": "1.3"})

    def _mentioned(self, words: str) -> Json:
        text = f"<@{self._bot}> {words}"
        return self._event(
            {
                "type": "app_mention",
                "user": self._person,
                "text": text,
                "ts": "1.2",
                "channel": self._room,
                "event_ts": "1",
            }
        )


# --- Teams


class TeamsSeeds:
    """What Teams sends about one tenant."""

    def __init__(self, emulator: TeamsEmulator, person: Person, places: Sequence[Conversation]) -> None:
        self._emulator, self._person, self._places = emulator, person, places

    def all(self) -> list[Json]:
        """List them: dialogs first, which turn tips on."""
        return [
            *[
                self._invoked(place, "task/submit", {"data": self._sent(form)})
                for form in forms()
                for place in self._places
            ],
            *[self._said(place, words) for words in WORDS for place in self._places],
            *[self._pressed(self._places[index % len(self._places)], value) for index, value in enumerate(values())],
            *[
                self._invoked(place, "task/fetch", {"data": self._data(value)})
                for value in values()
                if value.startswith("tips-edit")
                for place in self._places[:1]
            ],
            self._invoked(self._places[0], "application/search", {"queryText": "par", "dataset": "zones"}),
            *[
                self._invoked(
                    place,
                    "composeExtension/query",
                    {
                        "commandId": "search",
                        "parameters": [{"name": "words", "value": words}],
                        "queryOptions": {"skip": 0, "count": 25},
                    },
                )
                for words in ("risks", "drift", "")
                for place in self._places[:1]
            ],
            *[
                self._invoked(self._places[0], name, {})
                for name in ("signin/verifyState", "composeExtension/query", "something/new")
            ],
            *[
                self._activity("messageReaction", place, replyToId="1", reactionsAdded=[{"type": kind}])
                for kind in _TEAMS_REACTIONS
                for place in self._places[:1]
            ],
            *[
                self._activity("installationUpdate", place, action=action)
                for action in ("add", "remove", "add-upgrade")
                for place in self._places
            ],
            *[
                self._changed(event)
                for event in (
                    "channelCreated",
                    "channelRenamed",
                    "channelDeleted",
                    "channelRestored",
                    "teamArchived",
                    "teamUnarchived",
                    "teamDeleted",
                    "teamHardDeleted",
                    "teamRenamed",
                )
            ],
            *[
                self._activity("conversationUpdate", place, **{name: [{"id": f"28:{self._emulator.client_id}"}]})
                for name in ("membersAdded", "membersRemoved")
                for place in self._places
            ],
            *[
                self._activity(kind, self._places[0], text="x")
                for kind in ("messageUpdate", "messageDelete", "typing", "endOfConversation")
            ],
            self._activity(
                "event", self._places[0], name="application/vnd.microsoft.readReceipt", value={"lastReadMessageId": "1"}
            ),
        ]

    def _activity(self, kind: str, place: Conversation, **more: object) -> Json:
        return self._emulator.activity(kind, self._person, place, **more)

    def _said(self, place: Conversation, words: str) -> Json:
        bot = {"id": f"28:{self._emulator.client_id}", "name": "PM Compare"}
        mention = {"type": "mention", "mentioned": bot, "text": "<at>PM Compare</at>"}
        text = f"<at>PM Compare</at>&nbsp;{words}"
        made = self._activity("message", place, text=text, textFormat="plain")
        return made | {"entities": [*made.get("entities", []), mention]}

    def _invoked(self, place: Conversation, name: str, value: Json) -> Json:
        return self._activity(
            "invoke", place, name=name, value=value | {"context": {"theme": "default"}}, replyToId="1"
        )

    def _pressed(self, place: Conversation, value: str) -> Json:
        execute = {"type": "Action.Execute", "verb": "pm-compare", "data": self._data(value)}
        return self._invoked(place, "adaptiveCard/action", {"action": execute, "trigger": "manual"})

    @staticmethod
    def _data(value: str) -> Json:
        return {"action": "pm-compare", "value": value}

    @staticmethod
    def _sent(form: Form) -> Json:
        drawn = teams.dialog(form, gallery_names())
        data = next(action["data"] for action in drawn["actions"])
        return data | _filled(form) | {"context": '{"place": "", "message": "1"}'}

    def _changed(self, event: str) -> Json:
        made = self._activity("conversationUpdate", self._places[0])
        data = made["channelData"]
        return made | {"channelData": data | {"eventType": event, "channel": data.get("channel", {}) | {"name": "new"}}}


def gallery_names() -> dict[str, str]:
    """Give names for whom a form names."""
    return {"U1": "Ada", "alice": "Alice"}
