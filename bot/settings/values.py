"""Say what no value of a setting can be: the slips of copying that make every request fail later, and silently."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from bot import clock

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_QUOTES = "\"'`“”„‟‘’‚‛«»‹›"
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})  # control and format signs, and line ends
_FOLDERS = frozenset({"CONTENT_PATH", "CONTENT_CACHE"})
_PATHS = _FOLDERS | {"DATABASE_URL"}  # folders and files may have spaces in their names
# People put a space behind a comma.
_LISTS = frozenset({"TOKEN_ENCRYPTION_KEYS", "ALLOWED_WORKSPACES", "TEAMS_ALLOWED_TENANTS", "NO_PROXY"})
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# A name whose last part is a number is read as an IPv4 address (WHATWG URL, "ends in a number"), and this one is none.
_HOST = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*(?!\d+\.?$){_LABEL}\.?", re.IGNORECASE)
# What stands in an example where the reader's own value belongs.
_PLACEHOLDER = re.compile(
    r"(?:^|[-_.])(?:your|my-own|change[-_]?me|placeholder|replace[-_]?me|paste|here|secret-here|token-here)(?:[-_.]|$)"
    r"|^(?:xox[a-z]-|xapp-)?(?:[\d-]*)(?:x{5,}|\.{3,}|\*{3,})|(?:x{5,}|\.{3,}|\*{3,})$",
    re.IGNORECASE,
)

# Slack's tokens: https://docs.slack.dev/authentication/tokens
_TOKENS = {
    "xoxe.": "a token that Slack rotates: it ends within 12 hours, and this version does not renew it. An app cannot "
    "turn rotation off again: make a new one from manifest.json, where it is off, and copy that one's token",
    "xoxe-": "a refresh token, as apps with token rotation have: this version does not renew tokens. Make a new app "
    "from manifest.json, where rotation is off, and copy that one's token",
    "xoxb-": "the bot token, which belongs into SLACK_BOT_TOKEN",
    "xapp-": "an app-level token, which belongs into SLACK_APP_TOKEN",
    "xoxp-": "a person's token: copy the Bot User OAuth Token beside it",
    "xox": "a token of another kind",
}
# What stands beside the signing secret on the app's page, or is pasted for it.
_NO_SIGNING_SECRET = (
    (re.compile(r"\d+\.\d+"), "the client id"),
    (re.compile(r"A[0-9A-Z]{8,}"), "the app's id"),
    (re.compile(r"(?=.*[G-Zg-z])[A-Za-z0-9]{24}"), "the verification token, which Slack no longer signs with"),
    (GUID, "an id"),
)


def fault(name: str, value: str) -> str:
    """Say what is wrong with the value of any setting, without quoting it; '' where nothing is.

    The sentence goes on from the setting's name.
    """
    if value.startswith(f"{name}="):
        return "has its own name in its value: give the value alone."
    if value[:1] in _QUOTES or value[-1:] in _QUOTES:
        return (
            "has a quotation mark at its beginning or end, which counts as part of it (docker --env-file keeps them): "
            "remove the quotation marks."
        )
    if name not in _FOLDERS and re.search(r"\s#", value):
        return "has a comment behind it, which counts as part of it here: remove the # and what follows."
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        return "is not UTF-8 text: type it anew."
    unseen = next((sign for sign in value if unicodedata.category(sign) in _UNSEEN), "")
    if unseen:
        return f"has a sign in it that cannot be seen (U+{ord(unseen):04X}), or goes on in another line: copy it again."
    if name not in _PATHS | _LISTS and any(sign.isspace() for sign in value):
        return "has a space in it: give the value alone."
    return ""


def secret_fault(value: str) -> str:
    """Say what no secret of Slack's or Microsoft's can have in it, '' where nothing is wrong."""
    if any(not "!" <= sign <= "~" or sign in "\"'`#<>,;" for sign in value):
        return "has a sign in it that no such value has: copy it again, whole and alone."
    if _PLACEHOLDER.search(value):
        return "holds what an example has in its place: copy your own value."
    return ""


def token_fault(value: str, prefix: str) -> str:
    """Say why a value is not the token of Slack's that begins with `prefix`, '' where it may be."""
    if value.startswith(prefix):
        return secret_fault(value) if value != prefix else "is only the beginning of a token: copy it whole."
    what = next((words for begin, words in _TOKENS.items() if value.startswith(begin)), "")
    return f"does not begin with {prefix}: " + (
        f"it is {what}." if what else "copy it again from the Slack app's settings."
    )


def signing_secret_fault(value: str) -> str:
    """Say why a value is not Slack's signing secret, '' where it may be."""
    advice = "copy the signing secret from the Slack app's Basic Information."
    if value.startswith(("xox", "xapp-")):
        return f"holds a token: {advice}"
    what = next((words for form, words in _NO_SIGNING_SECRET if form.fullmatch(value)), "")
    return f"holds {what}: {advice}" if what else secret_fault(value)


def is_like_a_signing_secret(value: str) -> bool:
    """Say whether a value looks as Slack's signing secrets do; Slack promises no form, so others are not refused."""
    return _SIGNING_SECRET.fullmatch(value) is not None


def client_secret_fault(value: str) -> str:
    """Say why a value is no app's client secret, '' where it may be."""
    if value.startswith(("xox", "xapp-")):
        return "holds a token of Slack's: copy the client secret."
    if GUID.fullmatch(value.lower()):
        return "holds an id (the secret's own, perhaps): copy the secret's value, which is shown only when it is made."
    return secret_fault(value)


def unbracketed(host: str) -> str:
    """Give a host without the brackets that an IPv6 address has in a URL."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def host_fault(value: str) -> str:
    """Say why nothing can listen at a host, '' where it may be one: an address of this machine, or a name."""
    try:
        ip_address(value)
    except ValueError:
        if not _HOST.fullmatch(value):
            return "must be an address such as 127.0.0.1, 0.0.0.0, ::1 or ::, or a name, without http:// and port."
    return ""


def is_proxy(address: str) -> bool:
    """Say whether an address can be a proxy's: http or https, a host, and nothing behind it."""
    try:
        parts = urlsplit(address)
        is_host = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, an IPv6 address that never ends
        return False
    return (
        is_host and parts.scheme in {"http", "https"} and parts.path in {"", "/"} and not parts.query + parts.fragment
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # "http://[": an IPv6 address that never ends
        return ""


def names_server(address: str) -> bool:
    """Say whether an address names a PostgreSQL server: its host, or the folder of its socket (`?host=/run/…`)."""
    try:
        return urlsplit(address).port != 0 and bool(_host(address) or parse_qs(urlsplit(address).query).get("host"))
    except ValueError:
        return False


def is_safe_address(address: str) -> bool:
    """Say whether an address is a whole https:// one, or an http:// one on this machine; with no user in it."""
    host = _host(address)
    try:
        parts = urlsplit(address)
        if parts.port == 0 or "@" in parts.netloc:
            return False
    except ValueError:  # "https://host:99999", "https://host:port"
        return False
    if address.startswith("http://"):
        return clock.is_loopback(host)
    return address.startswith("https://") and bool(host)
