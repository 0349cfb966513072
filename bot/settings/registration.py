"""Read the registration of the Teams bot, by our names or by those that Microsoft's `teams app create` writes."""

from dataclasses import dataclass
from typing import Final

from bot.settings.reader import Reader, Secret
from bot.settings.values import client_secret_fault

OURS: Final = ("TEAMS_CLIENT_ID", "TEAMS_CLIENT_SECRET", "TEAMS_TENANT_ID")
THEIRS: Final = {name: name.removeprefix("TEAMS_") for name in OURS}


@dataclass(frozen=True, slots=True)
class Named:
    """The variable that each of the three is read from: ours, or Microsoft's where those were set."""

    client_id: str = OURS[0]
    client_secret: str = OURS[1]
    tenant_id: str = OURS[2]


BY_OUR_NAMES: Final = Named()


@dataclass(frozen=True, slots=True)
class Registration:
    """What was set, checked one by one, and by which names."""

    client_id: str
    client_secret: Secret | None
    tenant_id: str
    named: Named


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
    return Registration(
        client_id=reader.guid(client_id),
        client_secret=reader.secret(secret, client_secret_fault),
        tenant_id=reader.guid(tenant_id),
        named=Named(client_id, secret, tenant_id),
    )


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
