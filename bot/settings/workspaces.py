"""Read which Slack workspaces and organizations may install the app and use it."""

import re

from bot.settings.reader import Reader

_ID = re.compile(r"[TE][A-Z0-9]{2,63}")


def allowed(reader: Reader, name: str) -> frozenset[str]:
    """Give their ids; none means that all may."""
    ids = frozenset(one.strip().upper() for one in reader.text(name).split(",") if one.strip())
    if not all(map(_ID.fullmatch, ids)):
        reader.fault(
            name,
            "holds something that is no id of Slack's: T… for a workspace or E… for an organization, separated by "
            "commas. It stands in the address of Slack in a browser.",
        )
    return ids
