"""The views.* methods: modals by trigger, and Home tabs."""

from collections.abc import Sequence

from playground.shared.values import Json
from playground.slack import payloads
from playground.slack.limits import surfaces
from playground.slack.platform import Platform
from playground.slack.rates import HOMES_A_MINUTE
from playground.slack.values import Refusal, View

STACK = 3  # Slack: three modals on top of each other


def made(
    platform: Platform, user: str, given: Json, *, view_id: str | None = None, beneath: Sequence[View] = ()
) -> View:
    """A view as Slack keeps it, checked. Raises Refusal."""
    home = given.get("type") == "home" if isinstance(given, dict) else False
    checked = surfaces.view(given, home=home)
    world = platform.world
    view_id = view_id or world.fresh_id("V")
    previous = beneath[-1] if beneath else None
    body = payloads.view(
        world,
        checked,
        view_id=view_id,
        view_hash=f"{platform.clock.real():.0f}.{world.fresh_id('h')}",
        blocks=payloads.stored_blocks(checked["blocks"], world),
        root=beneath[0].id if beneath else view_id,
        previous=previous.id if previous else None,
    )
    return View(view_id, user, body)


def open_modal(platform: Platform, arguments: Json) -> Json:
    """views.open."""
    user = _user_of_trigger(platform, arguments)
    view = made(platform, user, _given(arguments, home=False))
    platform.world.modals[user] = []
    platform.world.push_view(view)
    return {"ok": True, "view": view.body}


def push_modal(platform: Platform, arguments: Json) -> Json:
    """views.push: on top of the modal that is open."""
    user = _user_of_trigger(platform, arguments)
    stack = platform.world.modals.get(user, [])
    if len(stack) >= STACK:
        raise Refusal("push_limit_reached")
    view = platform.world.push_view(made(platform, user, _given(arguments, home=False), beneath=stack))
    return {"ok": True, "view": view.body}


def _user_of_trigger(platform: Platform, arguments: Json) -> str:
    if not arguments.get("trigger_id"):
        message = "[ERROR] missing required field: trigger_id [json-pointer:/trigger_id]"
        raise Refusal("invalid_arguments", response_metadata={"messages": [message]})
    return platform.tickets.use_trigger(arguments["trigger_id"])


def _given(arguments: Json, *, home: bool) -> Json:
    return surfaces.view(arguments.get("view"), home=home)


def update(platform: Platform, arguments: Json) -> Json:
    """views.update, by view_id or external_id."""
    wanted, external = arguments.get("view_id"), arguments.get("external_id")
    every = [view for stack in platform.world.modals.values() for view in stack]
    every += platform.world.homes.values()
    found = [v for v in every if v.id == wanted or (external and v.body["external_id"] == external)]
    if not found:
        raise Refusal("not_found")
    current = found[0]
    if arguments.get("hash") and arguments["hash"] != current.body["hash"]:
        raise Refusal("hash_conflict")
    view = replaced(platform, current, arguments.get("view"))
    return {"ok": True, "view": view.body}


def replaced(platform: Platform, current: View, given: object) -> View:
    """The same view with new contents."""
    checked = surfaces.view(given, home=current.body["type"] == "home")
    fresh = made(platform, current.user, checked, view_id=current.id)
    for kept in ("root_view_id", "previous_view_id"):
        fresh.body[kept] = current.body[kept]
    platform.world.entered.pop((current.user, current.id), None)
    return platform.world.put_view(fresh)


def publish(platform: Platform, arguments: Json) -> Json:
    """views.publish: a person's Home tab."""
    user = str(arguments.get("user_id"))
    if user not in platform.world.people:
        raise Refusal("user_not_found")
    if not platform.app.home_tab:
        raise Refusal("not_enabled")
    platform.rates.check_call("views.publish", HOMES_A_MINUTE)
    current = platform.world.homes.get(user)
    if arguments.get("hash") and (current is None or arguments["hash"] != current.body["hash"]):
        raise Refusal("hash_conflict")
    given = _given(arguments, home=True)
    view = platform.world.put_view(made(platform, user, given, view_id=current.id if current else None))
    return {"ok": True, "view": view.body}
