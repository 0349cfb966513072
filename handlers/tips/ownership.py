"""Say whose weekly tips are meant, and who may change them or be given them: people of the workspace itself."""

from collections.abc import Collection, Mapping
from typing import Literal

from msgspec.structs import replace

from cards.compose.tips import forms as tips_forms
from cards.compose.tips import notices as tips_notices
from cards.model import ME, FormName
from messengers.base import Address
from store.subscriptions import Subscription

# 'may-not' is known to be a guest, of another workspace, a bot or gone; 'unseen' could not be told just now. Where a
# platform may never be asked, what cannot be known speaks for everybody.
Standing = Literal["may", "may-not", "unseen"]

_FAULTS: Mapping[Standing, str] = {
    "may-not": tips_notices.MEMBERS_ONLY,
    "unseen": tips_notices.NOT_SEEN,
}


def whose(address: Address, person: str, place: str, *, is_direct: bool) -> Address:
    """Find whose tips are meant, where somebody types or presses at `address`; `place` is an action's.

    A chat with the bot alone (`is_direct`) holds nobody's tips but the person's own, whose conversation is their id.
    """
    if place == ME or (not place and is_direct):
        return replace(address, conversation=person, thread="")
    return replace(address, conversation=place or address.conversation, thread="")


def is_elsewhere(here: Address, meant: Address, person: str) -> bool:
    """Say whether the tips meant are neither those where somebody asks nor the person's own: only owners may, then."""
    return meant.conversation not in {here.conversation, person}


def owns(subscription: Subscription | None, person: str) -> bool:
    """Say whether a person is an owner of these tips; those that are off belong to nobody."""
    return subscription is not None and subscription.state != "off" and _is_owner(subscription, person)


def hinges_on_admin(subscription: Subscription | None, person: str) -> bool:
    """Say whether a person may change these tips only if they are an admin of the workspace."""
    return (
        subscription is not None
        and subscription.state != "off"
        and subscription.changed_by == "admins"
        and not subscription.may_be_changed_by(person)
    )


def hinges_on_membership(subscription: Subscription | None, person: str, conversation: str) -> bool:
    """Say whether somebody may change these tips only as one of the workspace's own people.

    Nobody is asked for who owns them, or is sent them alone. What anyone may change, or turn on, is for members: guests
    and people from outside look at it. Where only owners or admins may, that decides, and an admin is a member.
    """
    if conversation == person or owns(subscription, person):
        return False
    return subscription is None or subscription.state == "off" or subscription.changed_by == "anyone"


def standing_to_change(
    subscription: Subscription | None, person: str, conversation: str, standing: Standing
) -> Standing:
    """Give 'may' where it does not matter whether they are a member, else what was found out of that."""
    return standing if hinges_on_membership(subscription, person, conversation) else "may"


def fault(standing: Standing) -> str:
    """Say why somebody may not own tips, '' where they may."""
    return _FAULTS.get(standing, "")


def newly_named(form: FormName, values: Mapping[str, str], subscription: Subscription | None) -> tuple[str, ...]:
    """List who a form would make an owner, and is none yet; nobody where it names too many anyway."""
    if form != "owners" or subscription is None:
        return ()
    named = dict.fromkeys(filter(None, (values.get("owner", ""), *values.get("co_owners", "").split())))
    fresh = tuple(person for person in named if not _is_owner(subscription, person))
    return fresh if len(fresh) <= tips_forms.MOST_OWNERS + 1 else ()


def faults(values: Mapping[str, str], named: Collection[str], looked_up: Mapping[str, Standing]) -> Mapping[str, str]:
    """Say, under its field, whom of those newly `named` cannot be an owner; who was not looked up is unseen."""
    wrong = {person: fault(looked_up.get(person, "unseen")) for person in named}
    field_of = {person: "owner" if person == values.get("owner") else "co_owners" for person in named}
    return {field_of[person]: sentence for person, sentence in wrong.items() if sentence}


def _is_owner(subscription: Subscription, person: str) -> bool:
    return person == subscription.owner or person in subscription.co_owners
