"""Who has installed the app where: codes, tokens and refresh tokens."""

import secrets
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from playground.shared.clock import EmulatorClock
from playground.shared.values import Json
from playground.slack.platform import Platform
from playground.slack.values import Organization, Refusal

CODE_SECONDS = 600.0  # Slack: authentication/installing-with-oauth
TOKEN_SECONDS = 43_200  # Slack: authentication/using-token-rotation
ACTIVE = 2  # access tokens of one installation; a third one ends the oldest


class Registration(Struct):
    """The app as Slack knows it: its credentials, where people may be sent back to, and what they may leave out.

    `lasts` is how many seconds a token lives where tokens rotate; whoever changes it changes those to come.
    """

    client_id: str = "1000000000.2000000000"
    client_secret: str = "pocket-client-secret"  # noqa: S105  # opens nothing but this emulator
    redirects: list[str] = field(default_factory=list)
    optional: tuple[str, ...] = ()
    rotates: bool = False
    lasts: int = TOKEN_SECONDS
    install_url: str = ""  # the bot's own page


class Code(Struct):
    """What somebody allowed, until the bot fetches it."""

    place: str
    user: str
    scopes: tuple[str, ...]
    redirect: str
    born: float
    is_used: bool = False


class Grant(Struct):
    """A bot token. `until` is the shown time in unix seconds, None without an end; `end` the code that refuses it."""

    token: str
    place: str
    until: float | None = None
    refresh: str = ""
    end: str = ""


class Install(Struct):
    """The app in a workspace, or in a whole organization."""

    place: str
    scopes: tuple[str, ...]
    installer: str


class Directory:
    """Every workspace of the emulator, and what the app was granted there.

    A place is a workspace's id, or an organization's. `tell` is called with a place and an event about what is
    installed there.
    """

    def __init__(self, clock: EmulatorClock, home: Platform, registration: Registration) -> None:
        self.registration = registration
        self.platforms: dict[str, Platform] = {home.world.team.id: home}
        self.home = home
        self.installs: dict[str, Install] = {}
        self.admitted: set[str] = set()
        self.grants: dict[str, Grant] = {}
        self.signed_in: tuple[str, str] = ("", "")  # the workspace and the person of the browser
        self.tell: Callable[[str, Json], None] = lambda _place, _event: None
        self.on_change: Callable[[], None] = lambda: None
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self.begin()

    def begin(self) -> None:
        """As on the first day: the app is in the first workspace, by the token that was agreed on."""
        team = self.home.world.team.id
        self._codes.clear()
        self.admitted.clear()
        self.grants = {self.home.bot_token: Grant(self.home.bot_token, team)}
        self.installs = {team: Install(team, self.home.granted, "")}
        self._serve()

    def add(self, platform: Platform) -> None:
        """One more workspace, without the app."""
        self.platforms[platform.world.team.id] = platform
        self._serve()

    # -- places

    @property
    def organizations(self) -> dict[str, Organization]:
        """Those that the workspaces belong to."""
        found = (each.world.team.organization for each in self.platforms.values())
        return {each.id: each for each in found if each is not None}

    def workspaces(self, place: str) -> list[Platform]:
        """The workspace, or all of an organization's."""
        if place in self.platforms:
            return [self.platforms[place]]
        every = self.platforms.values()
        return [p for p in every if p.world.team.organization is not None and p.world.team.organization.id == place]

    def enterprise(self, place: str) -> str:
        """The organization's id, of a workspace too; '' where there is none."""
        found = self.workspaces(place)[0].world.team.organization
        return "" if found is None else found.id

    def _serve(self) -> None:
        """Tells each workspace by whose installation it is served, and each page that something is new."""
        for team, platform in self.platforms.items():
            above = self.enterprise(team)
            is_org_wide = above in self.installs and team in self.admitted
            platform.world.served_by = above if is_org_wide else team if team in self.installs else ""
            platform.world.touch()
        self.on_change()

    def _announce(self, place: str) -> None:
        """Tells each page of the place that its tokens are not what they were."""
        for platform in self.workspaces(place):
            platform.world.touch()
        self.on_change()

    # -- installing

    def issue_code(self, place: str, user: str, scopes: Iterable[str], redirect: str) -> str:
        """What the browser carries back to the bot."""
        code = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(32)}"
        self._codes[code] = Code(place, user, tuple(scopes), redirect, self._clock.elapsed())
        return code

    def use_code(self, code: object, redirect: object) -> Code:
        """What was allowed, once and within ten minutes. Raises Refusal."""
        found = self._codes.get(code) if isinstance(code, str) else None
        if found is None or self._clock.elapsed() - found.born > CODE_SECONDS:
            raise Refusal("invalid_code")
        if found.is_used:
            raise Refusal("code_already_used")
        if str(redirect or "") != found.redirect:
            raise Refusal("bad_redirect_uri")
        found.is_used = True
        above = self.enterprise(found.place)
        if above != found.place and above in self.installs and found.place in self.admitted:
            raise Refusal("cannot_install_an_org_installed_app")
        return found

    def install(self, code: Code) -> Grant:
        """The app is there from now on, with a token; without rotation one that is there already stays."""
        place = code.place
        self.installs[place] = Install(place, code.scopes, code.user)
        for platform in self.workspaces(place):
            if platform.world.team.id == place or platform.world.team.id in self.admitted:
                _grant(platform, code.scopes)
        known = next((grant for grant in self._living(place) if not grant.refresh), None)
        grant = known if known is not None and not self.registration.rotates else self._fresh(place)
        self._serve()
        return grant

    def refresh(self, token: object) -> Grant:
        """A new pair for a refresh token, which is worth nothing afterwards. Raises Refusal."""
        found = next((each for each in self.grants.values() if token and each.refresh == token), None)
        if found is None or found.place not in self.installs or found.end:
            raise Refusal("invalid_refresh_token")
        found.refresh = ""
        fresh = self._fresh(found.place)
        self._announce(found.place)
        return fresh

    def _fresh(self, place: str) -> Grant:
        if not self.registration.rotates:
            grant = Grant(f"xoxb-{secrets.token_hex(16)}", place)
        else:
            until = self._clock.now() + self.registration.lasts
            refresh = f"xoxe-1-{secrets.token_hex(40)}"
            # As long as Slack's are: about 170 characters, which not every column takes.
            grant = Grant(f"xoxe.xoxb-1-{secrets.token_hex(80)}", place, until, refresh)
        for old in self._living(place)[: -(ACTIVE - 1)]:
            old.end, old.refresh = "token_revoked", ""
        self.grants[grant.token] = grant
        return grant

    def _living(self, place: str) -> list[Grant]:
        return [grant for grant in self.grants.values() if grant.place == place and not grant.end]

    def expire(self, place: str) -> None:
        """Every token of the place ends now, as after its twelve hours; it can be refreshed."""
        for grant in self._living(place):
            if grant.until is not None:
                grant.until = self._clock.now()
        self._announce(place)

    def has_expired(self, grant: Grant) -> bool:
        """Whether its time is over."""
        return grant.until is not None and self._clock.now() >= grant.until

    def ends(self, place: str) -> float | None:
        """When the newest token of the place ends, in unix seconds; None where none ever does."""
        moments = [grant.until for grant in self._living(place) if grant.until is not None]
        return max(moments, default=None)

    # -- leaving

    def uninstall(self, place: str) -> None:
        """The app goes with its account there, and its tokens with it. Raises LookupError where it is not."""
        if self.installs.pop(place, None) is None:
            raise LookupError("The app is not installed there.")
        for grant in self.grants.values():
            if grant.place == place and not grant.end:
                grant.end, grant.refresh = "account_inactive", ""
        if place not in self.platforms:
            self.admitted.clear()
        self._serve()
        for platform in self.workspaces(place):
            if not platform.is_installed:
                _leave(platform)

    def revoke(self, token: str) -> None:
        """One token is worth nothing any more; the app stays."""
        grant = self.grants[token]
        grant.end, grant.refresh = "token_revoked", ""
        self._announce(grant.place)

    def admit(self, team: str, *, is_admitted: bool) -> None:
        """Lets the organization's installation serve one of its workspaces, or no longer. Raises LookupError."""
        above = self.installs.get(self.enterprise(team))
        if above is None:
            raise LookupError("The app is not installed for the whole organization.")
        (self.admitted.add if is_admitted else self.admitted.discard)(team)
        self._serve()
        if is_admitted:
            _grant(self.platforms[team], above.scopes)
        elif not self.platforms[team].is_installed:
            _leave(self.platforms[team])

    # -- kept from one start to the next

    def dumped(self) -> Json:
        """All but the token that was agreed on, which is another one each time."""
        kept = [grant for grant in self.grants.values() if grant.token != self.home.bot_token]
        return {
            "installs": [[each.place, list(each.scopes), each.installer] for each in self.installs.values()],
            "admitted": sorted(self.admitted),
            "grants": [[each.token, each.place, each.until, each.refresh, each.end] for each in kept],
        }

    def load(self, body: Json) -> None:
        """What `dumped` gave."""
        self.installs = {place: Install(place, tuple(scopes), who) for place, scopes, who in body["installs"]}
        self.admitted = set(body["admitted"])
        self.grants |= {each[0]: Grant(*each) for each in body["grants"]}
        for place, found in self.installs.items():
            for platform in self.workspaces(place):
                _grant(platform, found.scopes)
        self._serve()


def _grant(platform: Platform, scopes: Iterable[str]) -> None:
    platform.scopes.clear()
    platform.scopes.update(scopes)
    platform.granted = tuple(platform.scopes)


def _leave(platform: Platform) -> None:
    """Slack: with the app goes its account, out of every channel."""
    world = platform.world
    for channel in world.channels.values():
        if channel.kind != "im":
            world.members[channel.id].discard(world.team.bot_user)
    world.homes.clear()
    world.modals.clear()
    world.touch()
