"""What the manifest of our Teams app is made of. learn.microsoft.com: "App manifest", version 1.29."""

from typing import Annotated, Literal

from pydantic import Field

from tests.strict import MAY, Exact

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Url = Annotated[str, Field(pattern=r"^https://\S+$", max_length=2048)]
Scope = Literal["team", "personal", "groupChat"]
Capability = Literal["tab", "bot", "connector"]
Picture = Annotated[str, Field(pattern=r"^[^/]+\.png$", max_length=2048)]


class Developer(Exact):
    """Who made it."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    website_url: Url
    privacy_url: Url
    terms_of_use_url: Url


class Name(Exact):
    """What it is called."""

    short: Annotated[str, Field(min_length=1, max_length=30)]
    full: Annotated[str, Field(min_length=1, max_length=100)]


class Description(Exact):
    """What it does."""

    short: Annotated[str, Field(min_length=1, max_length=80)]
    full: Annotated[str, Field(min_length=1, max_length=4000)]


class Icons(Exact):
    """The files beside the manifest."""

    color: Picture
    outline: Picture


class GroupCapability(Exact):
    """What it is first where it was added to many people."""

    team: Capability
    groupchat: Capability


class Command(Exact):
    """What Teams offers to type."""

    title: Annotated[str, Field(min_length=1, max_length=128)]
    description: Annotated[str, Field(min_length=1, max_length=4000)]


class Prompt(Exact):
    """What Teams puts into the box when it is chosen."""

    title: Annotated[str, Field(min_length=1, max_length=128)]
    description: Annotated[str, Field(min_length=1, max_length=4000)]
    type: Literal["prompt"]
    prompt: Annotated[str, Field(min_length=1, max_length=4000)]


class CommandList(Exact):
    """What it offers where."""

    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    triggers: Annotated[list[Literal["mention", "slash"]], Field(min_length=1, max_length=2)]
    commands: Annotated[list[Command | Prompt], Field(min_length=1, max_length=12)]


class Bot(Exact):
    """The bot in it."""

    bot_id: Id
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    is_notification_only: bool
    supports_files: bool
    supports_calling: bool
    supports_video: bool
    supports_targeted_messages: bool
    command_lists: Annotated[list[CommandList], Field(min_length=1, max_length=3)]


class Parameter(Exact):
    """What is typed into a search."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    title: Annotated[str, Field(min_length=1, max_length=32)]
    description: Annotated[str, Field(min_length=1, max_length=128)]
    input_type: Literal["text", "textarea", "number", "date", "time", "toggle", "choiceset"]


class Query(Exact):
    """A search that inserts what it finds."""

    id: Literal["search"]  # as handlers know it
    type: Literal["query"]
    title: Annotated[str, Field(min_length=1, max_length=32)]
    description: Annotated[str, Field(min_length=1, max_length=128)]
    context: Annotated[list[Literal["compose", "commandBox"]], Field(min_length=1, max_length=3)]
    initial_run: bool
    parameters: Annotated[list[Parameter], Field(min_length=1, max_length=5)]


class Extension(Exact):
    """What people can insert into a message."""

    bot_id: Id
    compose_extension_type: Literal["botBased"]
    can_update_configuration: bool
    commands: Annotated[list[Query], Field(min_length=1, max_length=10)]


class App(Exact):
    """The whole manifest."""

    address: Literal["https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json"] = Field(
        default=MAY, alias="$schema"
    )
    manifest_version: Literal["1.29"]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$", max_length=256)]
    id: Id
    developer: Developer
    name: Name
    description: Description
    icons: Icons
    accent_color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
    supports_channel_features: Literal["tier1"]
    default_install_scope: Literal["personal", "team", "groupChat", "meetings", "copilot"]
    default_group_capability: GroupCapability
    bots: Annotated[list[Bot], Field(min_length=1, max_length=1)]
    compose_extensions: Annotated[list[Extension], Field(max_length=1)]
    permissions: list[Literal["identity", "messageTeamMembers"]]
    valid_domains: Annotated[list[Annotated[str, Field(min_length=1, max_length=2048)]], Field(max_length=16)]
