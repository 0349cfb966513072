"""The page on which a person allows the app what it asks for, as it is drawn."""

from collections.abc import Mapping, Sequence
from html import escape

from msgspec import Struct

from playground.slack.world import BOT_NAME

# docs.slack.dev/reference/scopes, in the words that people are shown.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "Read messages that mention it directly",
    "channels:history": "Read messages in public channels that it is in",
    "channels:read": "See the names of public channels",
    "chat:write": "Send messages under its own name",
    "commands": "Add shortcuts and slash commands that people can use",
    "groups:history": "Read messages in private channels that it is in",
    "groups:read": "See the names of private channels that it is in",
    "im:history": "Read direct messages that it is in",
    "im:write": "Start direct messages with people",
    "reactions:read": "See emoji reactions in the channels that it is in",
    "reactions:write": "Add emoji reactions",
    "team:read": "See the name and domain of the workspace",
    "users:read": "See people in the workspace",
}


class Choice(Struct, frozen=True):
    """A place where somebody may install the app; `value` goes with the form."""

    value: str
    label: str
    is_chosen: bool = False


def asked(scopes: Sequence[str], optional: Sequence[str], choices: Sequence[Choice], kept: Mapping[str, str]) -> str:
    """What the app asks for, what may be left out, where it goes, and the two answers.

    `kept` are the fields of the request that come back with the answer.
    """
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in kept.items()
    )
    options = "".join(
        f'<option value="{escape(each.value)}"{" selected" if each.is_chosen else ""}>{escape(each.label)}</option>'
        for each in choices
    )
    needed = "".join(
        f"<li>{escape(SCOPES[name])} <code>{escape(name)}</code></li>" for name in scopes if name not in optional
    )
    return _page(
        f"{BOT_NAME} asks for permission",
        f"""<h1>{escape(BOT_NAME)} is requesting permission to access a Slack workspace</h1>
<form method="post" action="/oauth/v2/authorize">{hidden}
<p class="field"><label for="place">Where to install it</label><select id="place" name="place">{options}</select></p>
<h2>What will {escape(BOT_NAME)} be able to do?</h2>
<ul>{needed}</ul>
{_optional([name for name in scopes if name in optional])}
<p class="consent-foot"><button class="btn" name="answer" value="cancel">Cancel</button>
<button class="btn primary" name="answer" value="allow">Allow</button></p>
</form>""",
    )


def _optional(names: Sequence[str]) -> str:
    if not names:
        return ""
    boxes = "".join(
        f'<label class="check"><input type="checkbox" name="optional" value="{escape(name)}" checked>'
        f"<span>{escape(SCOPES[name])} <code>{escape(name)}</code></span></label>"
        for name in names
    )
    return f'<fieldset><legend>Optional</legend><p class="fine">It works without, and does less.</p>{boxes}</fieldset>'


def refused(words: str) -> str:
    """Why nothing can be allowed here; Slack sends nobody back to an address that it does not know."""
    return _page(
        "Something went wrong", f"<h1>Something went wrong when authorizing this app.</h1><p>{escape(words)}</p>"
    )


def _page(title: str, inside: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · PM Compare playground</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/style.css">
<link rel="stylesheet" href="/page/workspaces.css">
<script type="module" src="/page/theme.js"></script>
</head>
<body class="consent">
<main>
{inside}
<p class="fine">Playground: an emulated Slack on this machine. Nothing leaves it.</p>
</main>
</body>
</html>"""
