"""Slack's side of an installation in a browser: the page that asks, and the way back to the bot."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from playground.slack.oauth import consent
from playground.slack.oauth.consent import Choice
from playground.slack.oauth.directory import Directory
from playground.slack.platform import Platform
from playground.slack.values import User

AT = "/oauth/v2/authorize"
KEPT = ("client_id", "scope", "redirect_uri", "state", "team")
SEE_OTHER = 303


class Refused(Exception):  # noqa: N818  # a sentence for whoever looks at the page
    """The request can't be answered with a way back."""


class Authorize:
    """Asks a person, and gives out codes."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def routes(self) -> list[Route]:
        """The page, its answer, and the link that begins it."""
        return [
            Route(AT, self._ask, methods=["GET"]),
            Route(AT, self._answer, methods=["POST"]),
            Route("/install/{team}/{user}", self._begin, methods=["GET"]),
            Route("/app_redirect", self._open, methods=["GET"]),
        ]

    async def _begin(self, request: Request) -> Response:
        """Signs the browser in as somebody, and goes to the bot's own page."""
        team, user = str(request.path_params["team"]), str(request.path_params["user"])
        platform = self._directory.platforms.get(team)
        if platform is None or user not in platform.world.people or not self._directory.registration.install_url:
            return _refused("There is nothing to install here.")
        self._directory.signed_in = (team, user)
        return RedirectResponse(self._directory.registration.install_url, SEE_OTHER)

    async def _open(self, request: Request) -> Response:
        """Shows the app in a workspace. docs.slack.dev/interactivity/deep-linking."""
        team = str(request.query_params.get("team", ""))
        return RedirectResponse(f"/?team={team}#slack" if team in self._directory.platforms else "/#slack", SEE_OTHER)

    async def _ask(self, request: Request) -> Response:
        asked = dict(request.query_params)
        try:
            scopes = self._checked(asked)
        except Refused as refused:
            return _refused(str(refused))
        choices = self._choices(asked.get("team", ""))
        if not choices:
            return _refused("Nobody may install apps here. Ask an owner of the workspace.")
        kept = {name: asked[name] for name in KEPT if name in asked}
        optional = self._directory.registration.optional
        return _html(consent.asked(scopes, optional, choices, kept), goes_to=self._redirect(asked))

    async def _answer(self, request: Request) -> Response:
        form = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        asked, ticked = dict(form), {value for name, value in form if name == "optional"}
        try:
            scopes = self._checked(asked)
        except Refused as refused:
            return _refused(str(refused))
        state = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("answer") != "allow":
            return self._back(asked, {"error": "access_denied", **state})
        place, _, user = asked.get("place", "").partition(":")
        if not self._may(place, user, asked.get("team", "")):
            return _refused("You can't install apps there.")
        left_out = set(self._directory.registration.optional) - ticked
        granted = [name for name in scopes if name not in left_out]
        code = self._directory.issue_code(place, user, granted, asked.get("redirect_uri", ""))
        return self._back(asked, {"code": code, **state})

    # -- what is asked

    def _checked(self, asked: Mapping[str, str]) -> list[str]:
        """The scopes. Raises Refused."""
        if asked.get("client_id") != self._directory.registration.client_id:
            raise Refused("Invalid client_id parameter.")
        redirect = asked.get("redirect_uri")
        if redirect is not None and redirect not in self._directory.registration.redirects:
            raise Refused(f"redirect_uri did not match any configured URIs. Passed URI: {redirect}")
        if redirect is None and not self._directory.registration.redirects:
            raise Refused("redirect_uri is missing, and none is configured.")
        scopes = [name for name in asked.get("scope", "").replace(" ", ",").split(",") if name]
        if not scopes:
            raise Refused("No scopes requested.")
        if unknown := [name for name in scopes if name not in consent.SCOPES]:
            raise Refused(f"Invalid permissions requested: {', '.join(unknown)}")
        return list(dict.fromkeys(scopes))

    def _redirect(self, asked: Mapping[str, str]) -> str:
        return asked.get("redirect_uri") or self._directory.registration.redirects[0]

    def _back(self, asked: Mapping[str, str], told: Mapping[str, str]) -> Response:
        address = self._redirect(asked)
        return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{urlencode(told)}", SEE_OTHER)

    # -- where, and as whom

    def _choices(self, team: str) -> list[Choice]:
        """Every place, first where the browser is signed in; `team` leaves that one alone, as Slack does."""
        here, me = self._directory.signed_in
        found: list[Choice] = []
        for platform in self._directory.platforms.values():
            id_ = platform.world.team.id
            person = _chosen(platform, me if id_ == here else "")
            if person is not None and (not team or id_ == team) and not platform.world.is_org_wide:
                label = f"{platform.world.team.name}, as {person.name.title()}"
                found.append(Choice(f"{id_}:{person.id}", label, is_chosen=id_ == here))
        for place, organization in self._directory.organizations.items():
            owner = next(iter(self._owners(place)), None)
            if owner is not None and team in {"", place}:
                label = f"All of {organization.name}, the whole organization, as {owner.name.title()}"
                found.append(Choice(f"{place}:{owner.id}", label))
        return found

    def _may(self, place: str, user: str, team: str) -> bool:
        """Whether the form was filled in with what the page offers to somebody."""
        if place in self._directory.organizations:
            return team in {"", place} and any(user == each.id for each in self._owners(place))
        platform = self._directory.platforms.get(place)
        return platform is not None and team in {"", place} and any(user == each.id for each in _installers(platform))

    def _owners(self, place: str) -> list[User]:
        """Slack: only who may administer a whole organization installs for it."""
        every = [user for each in self._directory.workspaces(place) for user in each.world.people.values()]
        return [user for user in every if user.kind == "owner" and not user.is_deleted]


def _installers(platform: Platform) -> list[User]:
    """Slack: any member may, where no owner has forbidden it; guests and people from elsewhere never."""
    people = platform.world.people.values()
    return [user for user in people if user.kind in {"member", "owner"} and not user.is_deleted]


def _chosen(platform: Platform, me: str) -> User | None:
    """Who the browser is signed in as; elsewhere an owner."""
    fitting = _installers(platform)
    owners = [user for user in fitting if user.kind == "owner"]
    return next((user for user in fitting if user.id == me), None) or next(iter((*owners, *fitting)), None)


def _html(text: str, status: int = 200, *, goes_to: str = "") -> Response:
    """The answer of the form leads to the bot, and browsers ask the policy of the form's page whether it may."""
    parts = urlsplit(goes_to)
    also = f" {parts.scheme}://{parts.netloc}" if goes_to else ""
    policy = f"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'{also}"
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",  # without a referrer a browser sends the form from origin null
    }
    return HTMLResponse(text, status, headers=headers)


def _refused(words: str) -> Response:
    return _html(consent.refused(words), 400)
