"""Make the addresses that people are sent to when they install the Slack app: Slack's consent page, and back."""

import re
from urllib.parse import urlencode

from slack_sdk.oauth import AuthorizeUrlGenerator

from bot.slack import manifest
from cards import scopes

INSTALL = "/slack/install"
REDIRECT = manifest.REDIRECT
_PLACE = re.compile(r"[TE][A-Z0-9]{2,63}")


def web(api_url: str) -> str:
    """Give the address of Slack itself, with a slash at the end, from that of its Web API: slack.com, slack-gov.com."""
    return api_url.removesuffix("api/")


def install(public_url: str, place: str = "") -> str:
    """Give our own page's address; `place` is the workspace to install in, where it is to be one only."""
    return f"{public_url}{INSTALL}" + (f"?{urlencode({'team': place})}" if place else "")


def place(given: object) -> str:
    """Give the id of a workspace or an organization that a request names; '' where that is none."""
    return given if isinstance(given, str) and _PLACE.fullmatch(given) else ""


def opened(api_url: str, app: str, team: str) -> str:
    """Give what opens the app in Slack. docs.slack.dev/interactivity/deep-linking, "app_redirect"."""
    named = {"app": app, "team": team}
    return f"{web(api_url)}app_redirect?{urlencode({name: value for name, value in named.items() if value})}"


class ConsentUrl(AuthorizeUrlGenerator):
    """Slack's consent page, with everything in its address escaped; slack_sdk's own leaves it as it is.

    Slack: `scope` lists the optional scopes too, and which of them may be left out is what the app's manifest says
    (`bot_optional`): its address has no parameter for them. docs.slack.dev/changelog/2026/03/16/optional-scopes
    """

    def __init__(self, client_id: str, api_url: str, public_url: str) -> None:
        asked = [scope.name for scope in (*scopes.REQUIRED, *scopes.OPTIONAL)]
        super().__init__(
            client_id=client_id,
            redirect_uri=f"{public_url}{REDIRECT}",
            scopes=asked,
            user_scopes=[],
            authorization_url=f"{web(api_url)}oauth/v2/authorize",
        )

    def generate(self, state: str, team: str | None = None) -> str:
        """Give the address for one attempt; `team` restricts it to one workspace."""
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(self.scopes or ()),
            "redirect_uri": self.redirect_uri or "",
            "state": state,
            **({"team": team} if team else {}),
        }
        return f"{self.authorization_url}?{urlencode(asked)}"
