"""Write the pages of an installation: what is asked for and why, how it ended, and what to do next."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Literal

from msgspec import Struct

from bot.slack.install import addresses, html
from bot.slack.install.html import Page
from cards import scopes
from cards.scopes import Scope

Failure = Literal[
    "access_denied",
    "cookie",
    "state",
    "no_code",
    "code",
    "plain_http",
    "registration",
    "unreachable",
    "unwritten",
    "busy",
    "other",
]
_CODE = re.compile(r"[a-z_]{1,60}")
_NEVER = (
    "It reads no messages but those that mention it: it has no scope for a channel's history.",
    "It cannot list your channels, open files, or see what people write to each other.",
    "It sends nothing to a language model. Every answer is a reviewed, cited text.",
)


class Place(Struct, frozen=True):
    """Where it was installed; `team` is '' for a whole organization."""

    id: str
    name: str
    team: str
    app: str


def offer(public_url: str, team: str, *, is_limited: bool) -> Page:
    """Say what the bot may and may not do, with the button that begins; `is_limited` to certain workspaces."""
    asked = "".join(_asked(scope) for scope in scopes.REQUIRED)
    optional = "".join(_asked(scope, is_optional=True) for scope in scopes.OPTIONAL)
    limited = (
        '<p class="quiet">This bot serves certain workspaces only; in any other the installation is undone at once.</p>'
        if is_limited
        else ""
    )
    hidden = f'<input type="hidden" name="team" value="{escape(team)}">' if team else ""
    return Page(
        "Add PM Compare to Slack",
        html.paragraph(
            "PM Compare shows how an AI PM's job differs from a traditional PM's: short, cited cards when you ask, and "
            "a tip a week in the channels that want one."
        )
        + f"<h2>What it may do</h2><dl>{asked}{optional}</dl>"
        + f"<h2>What it may not do</h2>{html.listed(_NEVER)}"
        + "<h2>What it keeps</h2>"
        + html.paragraph(
            "Ids, not names: where tips come and when, who set them up, and which posts are its own, so that reactions "
            "find their thread. Slack's token for your workspace is stored encrypted. Remove the app in Slack, and the "
            "token is deleted and posting stops at once; the rest is deleted after 30 days. Installing it again before "
            "then brings everything back, but Slack has taken it out of the channels: invite it there again."
        )
        + f'<form method="post" action="{escape(addresses.install(public_url))}">{hidden}'
        '<button class="button" type="submit">Add to Slack</button></form>'
        + '<p class="quiet">Slack asks for the same before anything is installed, and in which workspace.</p>'
        + limited,
    )


def installed(place: Place, missed: Sequence[Scope], api_url: str, public_url: str) -> Page:
    """Say that it is there, what to do first, and what was left out."""
    where = place.name or "your workspace"
    if place.team:
        first = html.paragraph(
            "Try it: type /pm-compare risks in any channel. Only you see the answer, until you share it."
        )
        then = html.paragraph(
            "For a weekly tip, invite it to a channel with /invite @PM Compare, then type /pm-compare tips there."
        ) + html.paragraph(
            "If it was here before, Slack has taken it out of the channels: invite it again where tips came. There, "
            "/pm-compare tips says whether they go on by themselves."
        )
    else:
        first = html.paragraph(
            "It is installed for the organization, and not in a workspace yet: an organization admin adds it to "
            "workspaces in Slack, under Integrations."
        )
        then = html.paragraph("There, type /pm-compare risks in any channel. Only you see the answer.")
    left_out = (
        html.paragraph("Something that it needs was left out, so that some things do not work:")
        + html.listed(tuple(f"{scope.name}: {scope.without}" for scope in missed))
        + f'<p><a href="{escape(addresses.install(public_url, place.team))}">Install it again with all of them</a></p>'
        if missed
        else ""
    )
    button = html.link(addresses.opened(api_url, place.app, place.team), "Open PM Compare in Slack")
    return Page(f"PM Compare is installed in {where}", first + then + left_out + button)


def turned_away(place: Place, *, is_handed_back: bool) -> Page:
    """Say that this bot does not serve the workspace, and what became of the access that Slack gave."""
    handed_back = (
        "What Slack granted was handed back at once, and nothing of it is kept."
        if is_handed_back
        else "Nothing of it is kept here. Slack did not take back what it granted: remove the app in Slack, under "
        "Apps, Manage."
    )
    named = place.name or "this workspace"
    return Page(
        f"This bot does not serve {named}",
        html.paragraph("Whoever runs it has limited it to certain workspaces.")
        + html.paragraph(handed_back)
        + html.paragraph(f"If it should serve {named}, tell whoever runs it this id: {place.id}."),
        403,
    )


_WORDS: Mapping[Failure, tuple[int, str, str]] = {
    "access_denied": (
        200,
        "Nothing was installed",
        (
            "Either you pressed Cancel on Slack's page, or you may not install apps there. Where admins approve apps, "
            "ask one of them to open this page."
        ),
    ),
    "cookie": (
        400,
        "Your browser came back without its cookie",
        (
            "If this page said before that PM Compare is installed, it is: loading it again changed nothing. Otherwise "
            "nothing was installed. The cookie tells that it was you who began. It is missing where cookies are "
            "blocked, where the page was opened in another browser, and over plain http, for which it is never sent. "
            "Begin again in one browser, at the https address below."
        ),
    ),
    "state": (
        400,
        "This attempt is over",
        (
            "Each attempt can be finished once, within ten minutes. Nothing was changed by this one. If it said before "
            "that PM Compare is installed, it is."
        ),
    ),
    "no_code": (400, "Slack sent nothing along", "Without its code nothing can be installed. Begin again."),
    "code": (
        400,
        "Slack does not know this attempt any more",
        "Its code works once, and for ten minutes. Nothing was installed by this one.",
    ),
    "plain_http": (
        400,
        "Open this page over https",
        "Over plain http your browser would not send back the cookie that tells it was you who began.",
    ),
    "registration": (
        500,
        "Slack does not accept this bot's registration",
        "Nothing was installed. Whoever runs the bot finds the reason in its log.",
    ),
    "unreachable": (502, "Slack could not be reached", "Nothing was installed. Try again in a minute."),
    "unwritten": (
        503,
        "The installation could not be written down",
        "The bot's database cannot be used at the moment. Try again in a minute: installing twice does no harm.",
    ),
    "busy": (429, "Too many are being installed at once", "Try again in a minute."),
    "other": (400, "Slack did not install it", "Begin again, or ask an admin of your workspace."),
}


def failed(failure: Failure, public_url: str, code: str = "") -> Page:
    """Say why nothing was installed, and lead back; `code` is what Slack calls it, shown where it may be one."""
    status, title, words = _WORDS[failure]
    named = f"<p>Slack's word for it: <code>{code}</code></p>" if _CODE.fullmatch(code) else ""
    return Page(title, html.paragraph(words) + named + html.link(addresses.install(public_url), "Begin again"), status)


def _asked(scope: Scope, *, is_optional: bool = False) -> str:
    tag = ' <span class="tag">optional</span>' if is_optional else ""
    return f"<dt><code>{escape(scope.name)}</code>{tag}</dt><dd>{escape(scope.reason)}</dd>"
