"""Read the registration of the Teams bot, by our names or by those that Microsoft's `teams app create` writes.

Beside it stands which tenants' people are served: the registration itself keeps nobody away.
"""

from typing import Final

from msgspec import Struct

from bot.settings.reader import Reader, Secret
from bot.settings.values import GUID, client_secret_fault

OURS: Final = ("TEAMS_CLIENT_ID", "TEAMS_CLIENT_SECRET", "TEAMS_TENANT_ID")
THEIRS: Final = {name: name.removeprefix("TEAMS_") for name in OURS}
ALLOWED: Final = "TEAMS_ALLOWED_TENANTS"
ANY: Final = "*"


class Named(Struct, frozen=True):
    """The variable that each of the three is read from: ours, or Microsoft's where those were set."""

    client_id: str = OURS[0]
    client_secret: str = OURS[1]
    tenant_id: str = OURS[2]


BY_OUR_NAMES: Final = Named()


class Registration(Struct, frozen=True):
    """What was set, checked one by one, and by which names.

    `allowed` are the tenants whose people are served: the bot's own where nothing was said, `*` alone for all.
    """

    client_id: str
    client_secret: Secret | None
    tenant_id: str
    named: Named
    allowed: tuple[str, ...]


def read(reader: Reader) -> Registration:
    """Read all three; our names win, and two values for one thing that differ are a fault."""
    named = _named(reader)
    for ours, theirs in THEIRS.items():
        if reader.raw(ours) and reader.raw(theirs):
            one, other = (reader.text(name) for name in (ours, theirs))  # judged first: a slip is named as one
            if not {ours, theirs} & reader.wrong and _plain(ours, one) != _plain(ours, other):
                reader.fault(
                    ours, f"and {theirs} are both set, and differ: keep the one of this bot's registration alone."
                )
    client_id, secret, tenant_id = (named[name] for name in OURS)
    home = reader.guid(tenant_id)
    return Registration(
        client_id=reader.guid(client_id),
        client_secret=reader.secret(secret, client_secret_fault),
        tenant_id=home,
        named=Named(client_id, secret, tenant_id),
        allowed=_allowed(reader, tenant_id, home),
    )


def _allowed(reader: Reader, tenant_id: str, home: str) -> tuple[str, ...]:
    """Read which tenants are served; `home` is the registration's own, from the variable `tenant_id`."""
    given = tuple(dict.fromkeys(part.strip().lower() for part in reader.text(ALLOWED).split(",") if part.strip()))
    if not given:
        return (home,) if home else ()
    if given == (ANY,):
        return given
    if ANY in given:
        reader.fault(ALLOWED, "is either * for any tenant, or ids of tenants separated by commas.")
    elif not all(GUID.fullmatch(one) for one in given):
        reader.fault(
            ALLOWED,
            "must be tenants' ids such as 01234567-89ab-cdef-0123-456789abcdef, separated by commas, or * for any.",
        )
    elif home and home not in given:
        reader.doubts.append(f"{ALLOWED} leaves out the bot's own tenant ({tenant_id}): its people are refused.")
    return given


def _named(reader: Reader) -> dict[str, str]:
    """Choose the name that each is read by.

    Other programs have a CLIENT_ID of their own: by itself it is no wish to serve Teams, and no reason not to start.
    """
    given = [name for name in THEIRS.values() if reader.raw(name)]
    missing = [name for name in THEIRS.values() if name not in given]
    if missing and not any(reader.raw(name) for name in OURS):
        if given:
            verb = "is" if len(given) == 1 else "are"
            reader.doubts.append(
                f"{' and '.join(given)} {verb} not read without {' and '.join(missing)}: Teams is not set up."
            )
        return {name: name for name in OURS}
    return {ours: theirs if theirs in given and not reader.raw(ours) else ours for ours, theirs in THEIRS.items()}


def _plain(name: str, value: str) -> str:
    return value if name.endswith("SECRET") else value.lower()
