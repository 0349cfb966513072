"""The environment variables PM Compare reads: `Settings`, `.env.example` and the README go by this list."""

from msgspec import Struct


class Variable(Struct, frozen=True):
    """One environment variable: `default` is what an unset or empty one means, `''` where it means "not used"."""

    name: str
    default: str
    purpose: str
    is_secret: bool = False


class Group(Struct, frozen=True):
    """Variables that are set together, under the heading they have in `.env.example`."""

    title: str
    variables: tuple[Variable, ...]


GROUPS = (
    Group(
        "Slack, one workspace: the bot token, and either the app token or the signing secret",
        (
            Variable("SLACK_BOT_TOKEN", "", "Bot token of the workspace, begins with xoxb-", is_secret=True),
            Variable(
                "SLACK_APP_TOKEN",
                "",
                "App-level token for Socket Mode (no public address needed), begins with xapp-; where it is set, "
                "Socket Mode is the transport",
                is_secret=True,
            ),
            Variable(
                "SLACK_SIGNING_SECRET",
                "",
                "Signing secret for HTTP; wherever it is set, POST /slack/events is served, beside Socket Mode too",
                is_secret=True,
            ),
            Variable(
                "SLACK_API_URL",
                "https://slack.com/api/",
                "Address of Slack's Web API; GovSlack and the playground set it (http only on this machine)",
            ),
        ),
    ),
    Group(
        "Slack, many workspaces: the first three, PUBLIC_URL, and SLACK_SIGNING_SECRET or SLACK_APP_TOKEN",
        (
            Variable("SLACK_CLIENT_ID", "", "Client id of the Slack app"),
            Variable("SLACK_CLIENT_SECRET", "", "Client secret of the Slack app", is_secret=True),
            Variable(
                "TOKEN_ENCRYPTION_KEYS",
                "",
                "Keys the stored tokens are encrypted with: URL-safe base64 of 32 bytes each, newest first, separated "
                "by commas",
                is_secret=True,
            ),
            Variable(
                "ALLOWED_WORKSPACES",
                "",
                "Ids of the workspaces (T…) and organizations (E…) that may install and use it, separated by commas; "
                "unset, all may",
            ),
        ),
    ),
    Group(
        "Microsoft Teams: the first three, all or none",
        (
            Variable("TEAMS_CLIENT_ID", "", "Application (client) id of the bot registration"),
            Variable("TEAMS_CLIENT_SECRET", "", "Client secret of the bot registration", is_secret=True),
            Variable("TEAMS_TENANT_ID", "", "Directory (tenant) id of the bot registration"),
            Variable(
                "TEAMS_ALLOWED_TENANTS",
                "",
                "Ids of the tenants whose people are served, separated by commas, or * for any; the registration's own "
                "by default",
            ),
            Variable(
                "TEAMS_CLOUD",
                "public",
                "Microsoft's cloud: public, usgov (GCC High), usgovdod or china; the playground sets an address here",
            ),
            Variable(
                "TEAMS_ALLOW_UNSIGNED",
                "off",
                "on: take requests that nobody signed, for the Microsoft 365 Agents Playground; refused unless HOST is "
                "this machine alone",
            ),
        ),
    ),
    Group(
        "Microsoft Teams by the names that `teams app create` writes: all three, where TEAMS_… are not set",
        (
            Variable("CLIENT_ID", "", "Stands for TEAMS_CLIENT_ID"),
            Variable("CLIENT_SECRET", "", "Stands for TEAMS_CLIENT_SECRET", is_secret=True),
            Variable("TENANT_ID", "", "Stands for TEAMS_TENANT_ID"),
        ),
    ),
    Group(
        "Where it runs",
        (
            Variable(
                "DATABASE_URL",
                "sqlite:///bot.db",
                "sqlite:///path/bot.db, or postgresql://user@host/name (postgres:// is understood too)",
                is_secret=True,
            ),
            Variable("AUTO_MIGRATE", "on", "on: a command that needs the database migrates it first; off: it refuses"),
            Variable(
                "HOST",
                "127.0.0.1",
                "Address to listen on; the Procfile and the Dockerfile set 0.0.0.0, and :: is IPv6 and IPv4 alike",
            ),
            Variable("PORT", "3000", "Port to listen on, 1 to 65535"),
            Variable(
                "PUBLIC_URL",
                "",
                "https address under which the internet reaches the bot; Slack sends who installs the app back to it, "
                "and `teams-package` names its domain",
            ),
            Variable("CONTENT_PATH", "content/ai-pm", "Folder of the content files"),
            Variable(
                "CONTENT_CACHE",
                "on",
                "on: what was read of the content, and which cards fit, is kept for the next start, in pm-compare in "
                "the user's folder for caches; the name of a folder: it is kept there; off: it is read each time",
            ),
            Variable(
                "SCHEDULER",
                "embedded",
                "embedded: the clock of the weekly tips runs inside `serve`; cluster: `serve` and `worker` processes "
                "on many machines share the work, on PostgreSQL; off: `clock` or `tick` runs elsewhere",
            ),
        ),
    ),
    Group(
        "Assistants",
        (
            Variable(
                "MCP",
                "off",
                "on: POST /mcp answers assistants that speak the Model Context Protocol, read-only and without asking "
                "who they are (docs/mcp.md)",
            ),
        ),
    ),
    Group(
        "A proxy between here and Slack or Microsoft; each is read in lower case too",
        (
            Variable(
                "HTTPS_PROXY",
                "",
                "Proxy for https addresses, which are all but this machine's: http://host:port or "
                "http://user:password@host:port",
                is_secret=True,
            ),
            Variable("HTTP_PROXY", "", "Proxy for http addresses", is_secret=True),
            Variable("ALL_PROXY", "", "Proxy for both, where their own is not set", is_secret=True),
            Variable(
                "NO_PROXY",
                "",
                "Hosts reached without it, separated by commas: names with all below them, host:port, addresses, "
                "networks such as 10.0.0.0/8, or * for all; this machine always is",
            ),
        ),
    ),
    Group(
        "Logs",
        (
            Variable("LOG_LEVEL", "info", "debug, info, warning or error"),
            Variable("LOG_FORMAT", "console", "console for people, json for machines: one object a line"),
        ),
    ),
    Group(
        "Times and pace: CLIENT_TIMEOUT_SECONDS < LEASE_SECONDS < SETTLING_SECONDS",
        (
            Variable("TICK_SECONDS", "15", "How often the clock looks for due tips"),
            Variable("CLIENT_TIMEOUT_SECONDS", "15", "How long a call to the platform may take"),
            Variable("LEASE_SECONDS", "60", "How long a process may hold a delivery before it counts as lost"),
            Variable(
                "SETTLING_SECONDS",
                "120",
                "How long a delivery rests before its unknown outcome is looked up, where a history scope was granted",
            ),
            Variable("GRACE_HOURS", "12", "How late a tip may still come; later, it is skipped with the reason"),
            Variable(
                "PACE_PER_SECOND", "5", "Posts a second to one workspace to begin with; halved whenever it asks to wait"
            ),
            Variable("PACE_BURST", "20", "Posts to one workspace that may go at once before that pace holds"),
            Variable("STOP_SECONDS", "10", "How long SIGTERM lets what is in flight finish"),
        ),
    ),
)

VARIABLES = tuple(variable for group in GROUPS for variable in group.variables)
# Other programs read them by these names, most of them in lower case.
IN_EITHER_CASE = frozenset(variable.name for variable in VARIABLES if variable.name.endswith("_PROXY"))


def dotenv_example() -> str:
    """Write `.env.example`: every variable with its purpose, commented out at its default."""
    parts = ["# Copy to .env and uncomment what you set; what the environment itself sets wins over this file.\n"]
    for group in GROUPS:
        lines = [f"# --- {group.title}"]
        for variable in group.variables:
            lines += [f"# {variable.purpose}.", f"#{variable.name}={variable.default}"]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
