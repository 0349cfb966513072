"""The platforms there are: the one place where a new one is named."""

from bot.platform import Profile
from bot.slack import profile as slack
from bot.teams import profile as teams

PROFILES: tuple[Profile, ...] = (slack.PROFILE, teams.PROFILE)
KINDS = tuple(kind for profile in PROFILES for kind in profile.kinds)  # of requests, as the metrics count them
ASSISTANTS = "mcp"  # those that are no platform's, where MCP=on
