"""The workspaces beside the first one: another company's, and the two of an organization on Enterprise Grid."""

from playground.slack.furniture import Furniture
from playground.slack.values import Organization, Team
from playground.slack.world import OTHER_TEAM, OTHER_TEAM_NAME

NORTHWIND = Team(OTHER_TEAM, OTHER_TEAM_NAME, "northwind", "U0NWPMCOMPARE", "B0NWPMCOMPARE", mark="NW")
HARBOR = Organization("E0HARBOR", "Harbor Group", "harbor")
# One account of the app serves every workspace of an organization.
APPS = Team("T0HARBORAPPS", "Harbor Apps", "harbor-apps", "U0HBPMCOMPARE", "B0HBPMCOMPARE", HARBOR, "HA")
WEB = Team("T0HARBORWEB", "Harbor Web", "harbor-web", "U0HBPMCOMPARE", "B0HBPMCOMPARE", HARBOR, "HW")
TEAMS = (NORTHWIND, APPS, WEB)
SHARED = "partners"  # the channel that the first workspace and Northwind both have (Slack Connect)


def furnish(place: Furniture, home: Furniture) -> None:
    """People and channels to begin with; the app is not there."""
    if place.team == NORTHWIND.id:
        greta = place.user("greta", tz="Europe/Berlin", kind="owner")
        elif_ = place.user("elif", tz="Europe/Istanbul")
        hugo = place.user("hugo", tz="America/Chicago")
        ivy = place.user("ivy", tz="Europe/London", kind="guest")
        place.channel("product", members=[greta, elif_, hugo, ivy])
        place.channel("roadmap", members=[greta, elif_], private=True)
        place.channel("general", members=[greta, elif_, hugo])
        for known in home.world.people.values():
            if known.kind != "stranger" and known.id in home.world.members.get(f"C0{SHARED.upper()}", ()):
                place.user(known.name, tz=known.tz, kind="stranger", team=home.team)
        return
    ines = place.user("ines", tz="Europe/Lisbon", kind="owner")
    kemi = place.user("kemi", tz="Africa/Lagos")
    if place.team == APPS.id:
        jon = place.user("jon", tz="Europe/Oslo", admin=True)
        place.channel("apps-product", members=[ines, kemi, jon])
        place.channel("general", members=[ines, kemi, jon])
    else:
        lea = place.user("lea", tz="Europe/Zurich")
        place.channel("web-product", members=[ines, kemi, lea])
        place.channel("general", members=[ines, kemi, lea])


def connect(home: Furniture, other: Furniture) -> None:
    """Makes the shared channel one and the same in both: its name, its people, its messages."""
    channel = next((each for each in home.world.channels.values() if each.name == SHARED), None)
    if channel is None:
        return
    for held in ("channels", "members", "messages"):
        getattr(other.world, held)[channel.id] = getattr(home.world, held)[channel.id]
    others = [each.id for each in other.world.people.values() if each.name == "elif"]
    home.world.members[channel.id].update(others)
    home.world.linked, other.world.linked = [other.world], [home.world]
    home.peers, other.peers = [other], [home]
