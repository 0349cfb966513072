"""What the manifest of our Slack app is made of. docs.slack.dev: "App manifest reference", version 2.0."""

from typing import Annotated, Literal

from pydantic import Field

from tests.strict import MAY, Underscored

Address = Annotated[str, Field(pattern=r"^https://\S+$")]
Scope = Literal["app_mentions:read", "chat:write", "commands", "reactions:read", "users:read"]
Event = Literal[
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "grid_migration_finished",
    "grid_migration_started",
    "reaction_added",
    "team_access_granted",
    "team_access_revoked",
    "tokens_revoked",
]


class Metadata(Underscored):
    """Which form of a manifest it is."""

    major_version: Literal[2]
    minor_version: Literal[0]


class Information(Underscored):
    """How the app presents itself."""

    name: Annotated[str, Field(min_length=1, max_length=35)]
    description: Annotated[str, Field(min_length=1, max_length=140)]
    long_description: Annotated[str, Field(min_length=174, max_length=4000)]
    background_color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Home(Underscored):
    """Its own page, and direct messages to it."""

    home_tab_enabled: bool
    messages_tab_enabled: bool
    messages_tab_read_only_enabled: bool


class User(Underscored):
    """The account it writes with."""

    display_name: Annotated[str, Field(pattern=r"^[\w .-]{1,80}$")]
    always_online: bool


class Shortcut(Underscored):
    """What the menu beside the message box offers, wherever one is."""

    name: Annotated[str, Field(min_length=1, max_length=24)]
    type: Literal["global"]
    callback_id: Literal["compare"]
    description: Annotated[str, Field(min_length=1, max_length=150)]


class Command(Underscored):
    """What can be typed; with an address where requests come to one."""

    command: Annotated[str, Field(pattern=r"^/\S{1,31}$")]
    description: Annotated[str, Field(min_length=1, max_length=2000)]
    usage_hint: Annotated[str, Field(min_length=1, max_length=1000)]
    should_escape: bool
    url: Address = MAY


class Features(Underscored):
    """Where it is met."""

    app_home: Home
    bot_user: User
    shortcuts: Annotated[list[Shortcut], Field(min_length=1, max_length=10)]
    slash_commands: Annotated[list[Command], Field(min_length=1, max_length=50)]


class Scopes(Underscored):
    """What it may do."""

    bot: Annotated[list[Scope], Field(min_length=1, max_length=255)]
    bot_optional: Annotated[list[Scope], Field(min_length=1, max_length=255)]


class Permissions(Underscored):
    """What it asks for."""

    scopes: Scopes
    redirect_urls: Annotated[list[Address], Field(min_length=1, max_length=1000)] = MAY


class Subscriptions(Underscored):
    """What it hears of."""

    bot_events: Annotated[list[Event], Field(min_length=1, max_length=100)]
    request_url: Address = MAY


class Interactivity(Underscored):
    """Where presses go."""

    is_enabled: bool
    request_url: Address = MAY
    message_menu_options_url: Address = MAY


class Settings(Underscored):
    """How it is connected."""

    event_subscriptions: Subscriptions
    interactivity: Interactivity
    org_deploy_enabled: bool
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class Manifest(Underscored):
    """The whole manifest."""

    metadata: Metadata = Field(alias="_metadata")
    display_information: Information
    features: Features
    oauth_config: Permissions
    settings: Settings
