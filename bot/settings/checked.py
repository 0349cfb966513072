"""The settings of the program, read from the environment once and checked whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict, replace

from bot import clock
from bot.proxies import Proxies
from bot.settings import caches, registration, workspaces
from bot.settings.reader import Reader, Secret
from bot.settings.registration import Named
from bot.settings.values import client_secret_fault, host_fault, unbracketed

SlackTransport = Literal["none", "http", "socket"]
Scheduler = Literal["embedded", "cluster", "off"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["console", "json"]

_SCHEDULERS: tuple[Scheduler, ...] = get_args(Scheduler)
_LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
_LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)
CLOUDS = ("public", "usgov", "usgovdod", "china")  # Microsoft's; the SDK has their addresses


class SettingsError(Exception):
    """Everything that is missing or wrong, a sentence each; never quotes a secret."""

    def __init__(self, faults: tuple[str, ...], warnings: tuple[str, ...]) -> None:
        super().__init__("\n".join(("The settings need attention:", *(f"- {line}" for line in (*faults, *warnings)))))
        self.faults = faults
        self.warnings = warnings


class Settings(Struct, frozen=True):
    """Every setting, checked; one that is not used is None or `''`. Times are seconds unless the name says hours."""

    slack_bot_token: Secret | None
    slack_app_token: Secret | None
    slack_signing_secret: Secret | None
    slack_api_url: str  # ends with a slash, as slack_sdk wants it
    slack_client_id: str
    slack_client_secret: Secret | None
    token_encryption_keys: tuple[Secret, ...]
    allowed_workspaces: frozenset[str]  # Slack's ids, T… and E…; empty means all
    teams_client_id: str
    teams_client_secret: Secret | None
    teams_tenant_id: str
    teams_named: Named  # the variables that the three are read from
    teams_allowed_tenants: tuple[str, ...]  # whose people are served, the own where none was set; ("*",) for any
    teams_cloud: str  # one of CLOUDS, or an address on this machine without a slash at the end
    teams_allow_unsigned: bool
    database_url: Secret  # sqlite:///… or postgresql://…; whoever opens it chooses the driver
    auto_migrate: bool
    host: str
    port: int
    public_url: str  # without a slash at the end
    content_path: Path
    content_cache: Path | None  # the folder in which what was read of the content is kept; None: it is not
    scheduler: Scheduler
    mcp: bool
    proxies: Proxies
    log_level: LogLevel
    log_format: LogFormat
    tick_seconds: float
    client_timeout_seconds: float
    lease_seconds: float
    settling_seconds: float
    grace_hours: float
    pace_per_second: float  # posts to one workspace, to begin with
    pace_burst: float
    stop_seconds: float
    warnings: tuple[str, ...] = ()  # sentences for the log: nothing here stops the program

    @classmethod
    def read(cls, environ: Mapping[str, str], dotenv: Path | None) -> "Settings":
        """Read `environ`, and what it leaves unset from the file at `dotenv` where there is one.

        `os.environ` is neither read nor changed. No Slack settings at all are no fault: `slack_transport` is `none`;
        nor are none of Teams: `serves_teams` is False.

        Raises:
            SettingsError: names every missing or wrong value at once.
        """
        reader = Reader(environ, dotenv)
        teams = registration.read(reader)
        settings = cls(
            slack_bot_token=reader.token("SLACK_BOT_TOKEN", "xoxb-"),
            slack_app_token=reader.token("SLACK_APP_TOKEN", "xapp-"),
            slack_signing_secret=reader.signing_secret("SLACK_SIGNING_SECRET"),
            slack_api_url=reader.api_address("SLACK_API_URL"),
            slack_client_id=reader.client_id("SLACK_CLIENT_ID"),
            slack_client_secret=reader.secret("SLACK_CLIENT_SECRET", client_secret_fault),
            token_encryption_keys=reader.encryption_keys("TOKEN_ENCRYPTION_KEYS"),
            allowed_workspaces=workspaces.allowed(reader, "ALLOWED_WORKSPACES"),
            teams_client_id=teams.client_id,
            teams_client_secret=teams.client_secret,
            teams_tenant_id=teams.tenant_id,
            teams_named=teams.named,
            teams_allowed_tenants=teams.allowed,
            teams_cloud=reader.cloud("TEAMS_CLOUD", CLOUDS),
            teams_allow_unsigned=reader.switch("TEAMS_ALLOW_UNSIGNED"),
            database_url=reader.database("DATABASE_URL"),
            auto_migrate=reader.switch("AUTO_MIGRATE"),
            host=reader.host("HOST"),
            port=reader.port("PORT"),
            public_url=reader.site("PUBLIC_URL"),
            content_path=Path(reader.text("CONTENT_PATH")),
            content_cache=caches.folder(reader, "CONTENT_CACHE"),
            scheduler=reader.choice("SCHEDULER", _SCHEDULERS),
            mcp=reader.switch("MCP"),
            proxies=_proxies(reader),
            log_level=reader.choice("LOG_LEVEL", _LOG_LEVELS),
            log_format=reader.choice("LOG_FORMAT", _LOG_FORMATS),
            tick_seconds=reader.number("TICK_SECONDS"),
            client_timeout_seconds=reader.number("CLIENT_TIMEOUT_SECONDS"),
            lease_seconds=reader.number("LEASE_SECONDS"),
            settling_seconds=reader.number("SETTLING_SECONDS"),
            grace_hours=reader.number("GRACE_HOURS"),
            pace_per_second=reader.number("PACE_PER_SECOND"),
            pace_burst=reader.number("PACE_BURST"),
            stop_seconds=reader.number("STOP_SECONDS"),
            warnings=reader.warnings(),
        )
        faults = (*reader.faults, *_contradictions(settings, reader.wrong))
        if faults:
            raise SettingsError(faults, settings.warnings)
        return settings

    def listening(self, host: str | None, port: int | None) -> "Settings":
        """Give these settings with another address to listen on, where one is named.

        Raises:
            SettingsError: it is no address, or unsigned requests would be taken there from other machines.
        """
        host = unbracketed(host or "")
        changed = replace(self, host=host or self.host, port=port or self.port)
        if host and (fault := host_fault(host)):
            raise SettingsError((f"--host {fault}",), self.warnings)
        if fault := _opened_to_all(changed):
            raise SettingsError((fault,), self.warnings)
        return changed

    @property
    def slack_transport(self) -> SlackTransport:
        """How Slack reaches us: `socket` wherever there is an app token, else `http` wherever there is a secret.

        HTTP requests are served wherever there is a signing secret, beside Socket Mode too: so a bot moves from one
        to the other without a gap, and whatever comes twice is answered once by the ledger's keys.
        """
        if self.slack_app_token:
            return "socket"
        return "http" if self.slack_signing_secret else "none"

    @property
    def installs_slack(self) -> bool:
        """Whether workspaces install the Slack app from a link, as many as like; else one token is set, or none."""
        return bool(self.slack_client_id)

    @property
    def serves_teams(self) -> bool:
        """Whether Microsoft Teams is set up: the three belong together, so one tells of all."""
        return bool(self.teams_client_id)

    @property
    def serves(self) -> bool:
        """Whether any platform is set up."""
        return self.slack_transport != "none" or self.serves_teams

    @property
    def platform_addresses(self) -> tuple[str, ...]:
        """Where each platform that is set up is reached; Slack's where none is."""
        slack = self.slack_transport != "none" or not self.serves_teams
        return (*((self.slack_api_url,) if slack else ()), *((self.teams_cloud,) if self.serves_teams else ()))

    @property
    def database_kind(self) -> Literal["sqlite", "postgresql"]:
        """Which database it is, for those who may not see the address."""
        return "sqlite" if self.database_url.reveal().startswith("sqlite:") else "postgresql"

    def secrets(self) -> tuple[str, ...]:
        """List every secret in use, for the log to strike out; the database's address counts by its password."""
        values = [value for name, value in asdict(self).items() if name != "database_url"]
        listed = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
        password = urlsplit(self.database_url.reveal()).password
        passwords = (*([password] if password else []), *self.proxies.secrets())
        return (*(one.reveal() for one in listed if isinstance(one, Secret)), *passwords)


def _proxies(reader: Reader) -> Proxies:
    otherwise = reader.proxy("ALL_PROXY")
    exceptions = reader.text("NO_PROXY").replace(",", " ").split()
    return Proxies(
        https=reader.proxy("HTTPS_PROXY") or otherwise,
        http=reader.proxy("HTTP_PROXY") or otherwise,
        exceptions=tuple(exceptions),
    )


def _contradictions(settings: Settings, wrong: set[str]) -> list[str]:
    """Name what is right by itself and wrong together; what was named already is left out."""
    faults = _teams_contradictions(settings)
    faults += _slack_contradictions(settings, wrong)
    if settings.scheduler == "cluster" and settings.database_kind == "sqlite" and "DATABASE_URL" not in wrong:
        faults.append(
            "SCHEDULER=cluster needs PostgreSQL, which many machines can share: set DATABASE_URL to "
            "postgresql://user@host/name, or leave SCHEDULER at embedded for one machine on SQLite."
        )
    times = (settings.client_timeout_seconds, settings.lease_seconds, settings.settling_seconds)
    named = {"CLIENT_TIMEOUT_SECONDS", "LEASE_SECONDS", "SETTLING_SECONDS"}
    if not (times[0] < times[1] < times[2] or named & wrong):
        faults.append(
            "CLIENT_TIMEOUT_SECONDS < LEASE_SECONDS < SETTLING_SECONDS must hold, or a tip could be posted twice: "
            f"they are {times[0]:g}, {times[1]:g} and {times[2]:g}."
        )
    return faults


def _slack_contradictions(settings: Settings, wrong: set[str]) -> list[str]:
    faults = []
    has_transport = settings.slack_app_token or settings.slack_signing_secret
    has_many = settings.slack_client_id and settings.slack_client_secret
    if settings.slack_bot_token and not has_transport:
        faults.append(
            "SLACK_BOT_TOKEN needs SLACK_APP_TOKEN (Socket Mode, the easier one) or SLACK_SIGNING_SECRET (HTTP)."
        )
    if has_transport and not settings.slack_bot_token and not has_many:
        given = "SLACK_APP_TOKEN" if settings.slack_app_token else "SLACK_SIGNING_SECRET"
        faults.append(
            f"SLACK_BOT_TOKEN is missing, and {given} is set: copy the token from the Slack app's OAuth & Permissions, "
            "where it is once you have installed the app."
        )
    if bool(settings.slack_client_id) != bool(settings.slack_client_secret):
        faults.append("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set both or neither.")
    if settings.slack_signing_secret and settings.slack_signing_secret == settings.slack_client_secret:
        faults.append(
            "SLACK_SIGNING_SECRET and SLACK_CLIENT_SECRET are the same: the app's Basic Information shows both, and "
            "requests are signed with the signing secret."
        )
    return [*faults, *(_many_contradictions(settings, wrong) if has_many else ())]


def _many_contradictions(settings: Settings, wrong: set[str]) -> list[str]:
    """Name what is missing, or too much, where workspaces install the Slack app from a link."""
    faults = []
    if not (settings.token_encryption_keys or "TOKEN_ENCRYPTION_KEYS" in wrong):
        faults.append("TOKEN_ENCRYPTION_KEYS is missing: many workspaces' tokens are stored encrypted only.")
    # Slack: the redirect back from its consent page is not signed, so that Socket Mode needs no secret for it.
    if not (settings.slack_signing_secret or settings.slack_app_token):
        faults.append("SLACK_SIGNING_SECRET is missing: Slack signs many workspaces' requests with it.")
    if not (settings.public_url or "PUBLIC_URL" in wrong):
        faults.append(
            "PUBLIC_URL is missing, and SLACK_CLIENT_ID is set: Slack sends who installs the app back to it, at "
            "PUBLIC_URL/slack/oauth_redirect."
        )
    if settings.slack_bot_token and not {"SLACK_BOT_TOKEN", "SLACK_CLIENT_ID"} & wrong:
        faults.append(
            "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set, and one of them would not be used: unset "
            "SLACK_BOT_TOKEN and install the app in its workspace from PUBLIC_URL/slack/install, or unset "
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to serve that workspace alone."
        )
    return faults


def _teams_contradictions(settings: Settings) -> list[str]:
    faults, named = [], settings.teams_named
    teams = (settings.teams_client_id, settings.teams_client_secret, settings.teams_tenant_id)
    if any(teams) and not all(teams):
        faults.append(
            f"{named.client_id}, {named.client_secret} and {named.tenant_id} belong together: set all or none."
        )
    if settings.teams_client_id and settings.teams_client_id == settings.teams_tenant_id:
        faults.append(
            f"{named.client_id} and {named.tenant_id} are the same: the registration's overview in Azure shows both, "
            "the application (client) id and the directory (tenant) id."
        )
    if fault := _opened_to_all(settings):
        faults.append(fault)
    return faults


def _opened_to_all(settings: Settings) -> str:
    """Say what is wrong with taking unsigned requests, '' where nothing is."""
    if not settings.teams_allow_unsigned or clock.is_loopback(settings.host):
        return ""
    return (
        "TEAMS_ALLOW_UNSIGNED=on lets anybody who reaches the bot speak for anybody: it needs HOST=127.0.0.1, and is "
        "for the Microsoft 365 Agents Playground on the same machine."
    )
