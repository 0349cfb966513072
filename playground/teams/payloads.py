"""The activities that Teams sends to a bot, with all the fields that it sends."""

import datetime as dt
import html
import re
import unicodedata
import uuid
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from playground.shared.values import Json
from playground.teams.platform import Platform
from playground.teams.values import Conversation, Message, Person, Team

# Teams' six oldest reactions have names; the others are called by their code points.
OLDEST = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "😢", "angry": "😠"}


class Activities:
    """Makes activities; nothing is sent here."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def base(self, kind: str, person: Person, conversation: Conversation, *, root: str = "", id_: str = "") -> Json:
        """What every activity has: who, where, when, and by which client."""
        now = dt.datetime.fromtimestamp(self._platform.world.fresh_moment(), dt.UTC)
        local = now.astimezone(ZoneInfo(person.zone))
        return {
            "type": kind,
            "id": id_ or f"f:{uuid.uuid4()}",
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "localTimestamp": local.isoformat(timespec="milliseconds"),
            "localTimezone": person.zone,
            "locale": person.locale,
            "channelId": "msteams",
            "serviceUrl": self._platform.service_url,
            "from": {"id": person.member_id, "name": person.name, "aadObjectId": person.id},
            "recipient": self._platform.bot,
            "conversation": self._conversation(conversation, root),
            "entities": [
                {
                    "type": "clientInfo",
                    "locale": person.locale,
                    "country": person.locale.rpartition("-")[2],
                    "platform": "Web",
                    "timezone": person.zone,
                }
            ],
            "channelData": self._channel_data(conversation),
        }

    def _conversation(self, conversation: Conversation, root: str) -> Json:
        found: Json = {
            "id": f"{conversation.id};messageid={root}" if root else conversation.id,
            "conversationType": conversation.kind,
            "tenantId": self._platform.tenant_id,
        }
        if conversation.kind != "personal":
            found["isGroup"] = True
        if conversation.kind == "groupChat":
            found["name"] = conversation.name
        return found

    def _channel_data(self, conversation: Conversation) -> Json:
        data: Json = {"tenant": {"id": self._platform.tenant_id}}
        if conversation.team:
            data |= {
                "teamsChannelId": conversation.id,
                "teamsTeamId": conversation.team,
                "channel": {"id": conversation.id},
                "team": {"id": conversation.team},
            }
        return data

    # -- messages and what is done to them

    def message(self, person: Person, conversation: Conversation, message: Message, *, mentions: bool) -> Json:
        """What somebody typed; where the bot is mentioned, the text holds `<at>`, and an entity says who that is."""
        marked, rich, entities = self._marked(message.text) if mentions else (_html(message.text), "", [])
        made = self.base("message", person, conversation, root=message.thread, id_=message.id)
        made["text"] = marked
        made["textFormat"] = "plain"
        made["attachments"] = [{"contentType": "text/html", "content": f"<p>{rich or marked}</p>"}]
        made["entities"] += entities
        if message.reply_to:
            made["replyToId"] = message.reply_to
        return made

    def _marked(self, text: str) -> tuple[str, str, list[Json]]:
        """The text as the bot and the client see it, and the mentions in it."""
        accounts = [self._platform.bot]
        accounts += [{"id": p.member_id, "name": p.name} for p in self._platform.world.people.values()]
        by_name = {account["name"].lower(): account for account in accounts}
        names = "|".join(re.escape(_html(account["name"])) for account in accounts)
        entities: list[Json] = []
        rich = []

        def mark(found: re.Match[str]) -> str:
            account = by_name[html.unescape(found[1]).lower()]
            tag = f"<at>{_html(account['name'])}</at>"
            rich.append(_html(account["name"]))
            entities.append({"type": "mention", "mentioned": {**account}, "text": tag})
            return tag

        marked = re.sub(rf"@({names})(?!\w)", mark, _html(text), flags=re.IGNORECASE)
        shown = marked
        for number, name in enumerate(rich):
            span = f'<span itemtype="http://schema.skype.com/Mention" itemscope itemid="{number}">{name}</span>'
            shown = shown.replace(f"<at>{name}</at>", span, 1)
        return marked, shown, entities

    def value_message(self, person: Person, conversation: Conversation, message: Message, value: Json) -> Json:
        """Action.Submit without a dialog: a message with a value and no text."""
        made = self.base(
            "message", person, conversation, root=message.thread, id_=self._platform.world.fresh_message_id()
        )
        return made | {"value": value, "replyToId": message.id, "textFormat": "plain"}

    def reaction(self, person: Person, message: Message, kind: str, *, is_added: bool) -> Json:
        """Added or taken back. Teams: `replyToId` is the message, and only the bot's own messages are told about."""
        conversation = self._platform.world.conversations[message.conversation]
        made = self.base("messageReaction", person, conversation, root=message.thread)
        changed = "reactionsAdded" if is_added else "reactionsRemoved"
        return made | {changed: [{"type": kind}], "replyToId": message.id}

    def deleted(self, person: Person, message: Message) -> Json:
        """`messageDelete` has the id of what was deleted."""
        conversation = self._platform.world.conversations[message.conversation]
        made = self.base("messageDelete", person, conversation, root=message.thread, id_=message.id)
        made["channelData"]["eventType"] = "softDeleteMessage"
        return made

    def invoke(self, person: Person, message: Message, name: str, value: Json) -> Json:
        """What waits for an answer in the HTTP response: buttons, dialogs, searches."""
        conversation = self._platform.world.conversations[message.conversation]
        made = self.base("invoke", person, conversation, root=message.thread)
        made["channelData"] |= {"source": {"name": "message"}, "legacy": {"replyToId": message.id}}
        return made | {"name": name, "value": value, "replyToId": message.id}

    def composing(self, person: Person, conversation: Conversation, name: str, value: Json) -> Json:
        """What is asked from the box of a message that is not written yet: it is about no message."""
        made = self.base("invoke", person, conversation)
        made["channelData"] |= {"source": {"name": "compose"}}
        return made | {"name": name, "value": value}

    # -- places

    def installation(self, person: Person, conversation: Conversation, action: str) -> Json:
        """`add`, `remove`, `add-upgrade`, `remove-upgrade`; of a team in the conversation of its General channel."""
        made = self.base("installationUpdate", person, conversation) | {"action": action}
        team = self._platform.world.teams.get(conversation.team)
        if team is not None:
            made["channelData"] |= {
                "team": _team(team),
                "settings": {"selectedChannel": {"id": conversation.id}},
            }
        return made

    def membership(self, person: Person, conversation: Conversation, change: str, accounts: list[Json]) -> Json:
        """`membersAdded` or `membersRemoved`; in a team with the team's own word for it."""
        made = self.base("conversationUpdate", person, conversation) | {change: accounts}
        team = self._platform.world.teams.get(conversation.team)
        if team is not None:
            event = "teamMemberAdded" if change == "membersAdded" else "teamMemberRemoved"
            made["channelData"] |= {"team": _team(team), "eventType": event}
        return made

    def team_event(self, person: Person, team: Team, event: str, channel: Conversation | None = None) -> Json:
        """What became of a team or of one of its channels. Teams: the conversation is the team's own, General."""
        made = self.base("conversationUpdate", person, Conversation(team.id, "channel", "General", team.id))
        made["channelData"] = {
            "team": _team(team),
            "eventType": event,
            "tenant": {"id": self._platform.tenant_id},
        }
        if channel is not None:
            made["channelData"]["channel"] = {"id": channel.id, "name": channel.name}
        return made

    def topic(self, person: Person, conversation: Conversation) -> Json:
        """A group chat has another name."""
        return self.base("conversationUpdate", person, conversation) | {"topicName": conversation.name}


def reaction_type(emoji: str) -> str:
    """Teams' id of an emoji: one of six names, or `<code points>_<name>`; an id stays as it is."""
    for name, picture in OLDEST.items():
        if emoji.rstrip("\ufe0f") == picture.rstrip("\ufe0f"):
            return name
    if emoji.isascii():
        return emoji
    points = [char for char in emoji if char not in "\ufe0e\ufe0f"]
    name = unicodedata.name(points[0], "emoji").lower().replace(" ", "").replace("-", "")
    return f"{'-'.join(f'{ord(char):x}' for char in points)}_{name}"


def emoji_of(kind: str) -> str:
    """The picture of a reaction's id; the id itself where it has none."""
    if kind in OLDEST:
        return OLDEST[kind]
    try:
        return "".join(chr(int(point, 16)) for point in kind.partition("_")[0].split("-"))
    except ValueError:
        return kind


def merged(data: object, values: Mapping[str, str]) -> Json:
    """What an action carries, with what stands in the fields."""
    return {**(data if isinstance(data, dict) else {}), **values}


def _team(team: Team) -> Json:
    return {"id": team.id, "name": team.name, "aadGroupId": team.group_id}


def _html(text: str) -> str:
    return html.escape(text, quote=False)
