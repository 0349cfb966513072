"""Compose the forms with which weekly tips are steered; `context` comes back with the answers."""

from collections.abc import Sequence
from itertools import accumulate

from cards.compose import phrases
from cards.compose.phrases import rich
from cards.compose.tips.state import TipsState
from cards.forms import (
    CountrySearch,
    DateInput,
    Field,
    Form,
    MultiSelect,
    Option,
    SingleSelect,
    TextInput,
    TimeInput,
    UserSelect,
    ZoneSearch,
)
from cards.model import Action, FormName
from content.inline import Conversation, Rich
from content.model import Dimension, Tip

YES, NO = "yes", "no"
FILE_ORDER = "file-order"  # the option that takes a swap back
MOST_OWNERS = 10  # people with whom tips may be shared
_TIPS = 140  # to choose from, if there is room for so many
_ROOM, _AROUND = 23_000, 30  # bytes that all take in the card of a form on Teams, and what is around each of them
_OTHERS = "Others"  # tips whose dimension has gone
_LABEL = 75  # characters of an option


def edit(state: TipsState, context: str, zone: str, dimensions: Sequence[Dimension], *, admins: bool) -> Form:
    """Draw the settings form.

    `zone` is what it begins with, '' where it has to be asked; `admins` says whether "workspace admins" can be told.
    """
    all_ids = tuple(dimension.id for dimension in dimensions)
    is_on = state.state in {"on", "paused"}
    fields: list[Field] = [
        SingleSelect(
            "weekday",
            "Day",
            tuple(Option(name, str(index)) for index, name in enumerate(phrases.WEEKDAYS)),
            str(state.weekday),
        ),
        TimeInput("at", "Time", state.at),
        ZoneSearch(
            "zone",
            "Time zone",
            zone,
            "Type a city, for example Paris",
        ),
    ]
    if len(dimensions) > 1:
        chosen = tuple(id_ for id_ in state.dimensions if id_ in all_ids) or all_ids
        options = tuple(Option(_short(dimension.title), dimension.id) for dimension in dimensions)
        fields.append(MultiSelect("dimensions", "Topics", options, chosen))
    if not state.is_personal:
        fields.append(_who(state, admins=admins))
        fields += [_dilemmas(state), _corrections(state)]
    return Form(
        title="Your own weekly tips" if state.is_personal else "Weekly tips",
        submit="Save" if is_on else "Turn on",
        action=_saves("settings"),
        context=context,
        fields=tuple(fields),
        notes=(_purpose(state, is_on=is_on),),
    )


def _purpose(state: TipsState, *, is_on: bool) -> Rich:
    if state.is_personal:
        return rich("By direct message, to you alone.")
    then = "." if is_on else ". When you turn tips on, I post a short introduction that names you."
    return rich("For ", Conversation(state.conversation), then)


def _who(state: TipsState, *, admins: bool) -> SingleSelect:
    only = "Only me"
    if state.state != "off" and not state.is_owner and state.owner:
        only = "Only the owner, from now on me" if state.changed_by == "anyone" else "Only the owner"
    options = [Option("Anyone in this channel", "anyone"), Option(only, "owner")]
    if admins or state.changed_by == "admins":
        options.append(Option("The owner and workspace admins", "admins"))
    return SingleSelect("changed_by", "Who can change this", tuple(options), state.changed_by)


def _corrections(state: TipsState) -> SingleSelect:
    options = (Option("Correct the post", YES), Option("Leave the post as it is", NO))
    return SingleSelect("corrections", "If a tip turns out wrong", options, YES if state.corrections else NO)


def _dilemmas(state: TipsState) -> SingleSelect:
    options = (Option("A tip, like any other week", NO), Option("A dilemma for the channel to vote on", YES))
    return SingleSelect("dilemmas", "Every fourth week", options, YES if state.dilemmas else NO)


def pause(state: TipsState, context: str) -> Form:
    """Draw the form that pauses tips, until a date or until somebody resumes them."""
    return Form(
        title="Pause weekly tips",
        submit="Pause",
        action=_saves("pause"),
        context=context,
        fields=(DateInput("until", "Resume on", "", "Leave it empty to pause until somebody presses Resume."),),
        notes=(state.name,),
    )


def quiet(state: TipsState, context: str) -> Form:
    """Draw the form for the days on which no tip comes."""
    hint = "Such as 24 Dec, or 24 Dec to 2 Jan for days in a row. Commas between them."
    return Form(
        title="Quiet dates",
        submit="Save",
        action=_saves("quiet"),
        context=context,
        fields=(
            TextInput(
                "quiet_dates",
                "Dates without a tip",
                ", ".join(phrases.date_words(one) for one in state.quiet_dates),
                hint,
                is_long=True,
            ),
            CountrySearch(
                "quiet_country",
                "Public holidays in",
                state.quiet_country,
                state.quiet_name or state.quiet_country,
                "Type a country, or choose none",
            ),
        ),
        notes=(rich(state.name, ". A tip that would come on such a day comes a week later."),),
    )


def owners(state: TipsState, context: str) -> Form:
    """Draw the form that hands tips over or shares them."""
    return Form(
        title="Owners",
        submit="Save",
        action=_saves("owners"),
        context=context,
        fields=(
            UserSelect(
                "owner",
                "Owner",
                (state.owner,) if state.owner else (),
                "Gets a message when something is wrong.",
                optional=not state.owner,
            ),
            UserSelect(
                "co_owners",
                "Shared with",
                state.co_owners,
                "They can do whatever the owner can.",
                MOST_OWNERS,
                optional=True,
            ),
        ),
        notes=(state.name,),
    )


def swap(state: TipsState, context: str, tips: Sequence[Tip], chosen: str, dimensions: Sequence[Dimension]) -> Form:
    """Draw the form that chooses another tip to come next; `tips` in their order, `chosen` the id it begins with.

    They stand in groups, one for each of the `dimensions`.
    """
    order = Option("Whichever is next in order", FILE_ORDER, "In order")
    places = {dimension.id: (place, dimension.short) for place, dimension in enumerate(dimensions)}
    nowhere = (len(places), _OTHERS)
    most = _fitting([f"{places.get(tip.dimension, nowhere)[1]}{_short(tip.title)}{tip.id}" for tip in tips[:_TIPS]])
    last = next((tip for tip in tips[most:] if tip.id == chosen), None)  # one may be chosen by its id elsewhere
    listed = (*tips[: most - 1], last) if last else tips[:most]
    grouped = sorted(listed, key=lambda tip: places.get(tip.dimension, nowhere)[0])
    choices = (
        order,
        *(Option(_short(tip.title), tip.id, places.get(tip.dimension, nowhere)[1]) for tip in grouped),
    )
    more = f" The list has the next {len(listed)}; later ones follow." if len(tips) > len(listed) else ""
    when = rich(" comes ", phrases.moment(state.next_at, state.zone), ".") if state.next_at else " is not planned."
    return Form(
        title="Swap the next tip",
        submit="Swap",
        action=_saves("swap"),
        context=context,
        fields=(
            SingleSelect(
                "tip",
                "The tip that comes next",
                choices,
                chosen if chosen in {tip.id for tip in listed} else FILE_ORDER,
            ),
        ),
        notes=(rich("The next one", when, f" The others follow in their order, and none is lost.{more}"),),
    )


def _saves(form: FormName) -> Action:
    return Action("tips-save", None, form)


def _fitting(options: Sequence[str]) -> int:
    """Count how many there is room for: a letter of some scripts takes three bytes."""
    ends = accumulate(len(words.encode()) + _AROUND for words in options)
    return sum(end <= _ROOM for end in ends)


def _short(words: str) -> str:
    return words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
