"""Draw a form as the card of a Teams dialog, and read a form's answers back."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import assert_never

import orjson

from cards import forms, mentions
from cards.forms import Field, Form, Option
from cards.model import Action, Card, TextBlock
from cards.teams import limits, markup, objects
from cards.teams.markup import Names
from cards.teams.objects import JSON
from cards.zones import names as zone_names
from cards.zones import search

Countries = Sequence[tuple[str, str]]

ZONES = "zones"  # the dataset of a search for a time zone
_ABROAD = 2  # zones of each region where none is found
_TIME, _DAY = re.compile(r"[0-9]{2}:[0-9]{2}"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXPANDED = 4  # options that read better as buttons than as a menu
# What comes back beside the fields; no field has one of these names.
_CONTEXT, _SEVERAL = "context", "several"
_OURS = ("action", "value", _CONTEXT, _SEVERAL, "msteams")


def drawn(
    form: Form, names: Names, faults: Mapping[str, str], values: Mapping[str, str] | None, countries: Countries
) -> JSON:
    """Draw a form; `values` stand in place of its own, `faults` are said at their fields."""
    several = [field.name for field in form.fields if isinstance(field, forms.MultiSelect | forms.UserSelect)]
    # Who may be chosen: the notes name conversations too.
    _, places = mentions.named(Card(form.title, tuple(TextBlock(note) for note in form.notes)))
    people = {id_: name for id_, name in names.items() if id_ not in places}
    body = [objects.block(line, isSubtle=True) for note in form.notes for line in markup.lines(note, names)]
    room = limits.FAULTS // max(1, len(faults))
    again = {} if values is None else _short_enough(form, values)
    for field in form.fields:
        if fault := faults.get(field.name):
            body.append(_said(fault, room))
        body += _field(field, again.get(field.name), people, countries)
    body += [_said(fault, room) for name, fault in faults.items() if name not in {field.name for field in form.fields}]
    data = {**objects.data(form.action), _CONTEXT: form.context, _SEVERAL: " ".join(several)}
    submit = {
        "type": "Action.Submit",
        "title": objects.label(form.submit, "a form's submit button"),
        "style": "positive",
        "data": data,
    }
    words = [form.title, *(markup.plain(note, names) for note in form.notes)]
    return objects.adaptive(body, "\n".join(words), actions=[submit])


def answers(data: object) -> dict[str, str]:
    """Read a dialog's answers back to `{field name: value}`; where several may be chosen they are parted by spaces."""
    if not isinstance(data, Mapping):
        return {}
    listed = data.get(_SEVERAL)
    several = set(listed.split()) if isinstance(listed, str) else set()
    # Teams: several choices come back as one text, parted by commas.
    return {
        name: value.replace(",", " ") if name in several else value
        for name, value in data.items()
        if isinstance(name, str) and isinstance(value, str) and name not in _OURS
    }


def submitted(data: object) -> tuple[Action, str] | None:
    """Read which form was sent, and what it brought along; None for what is not, or no longer, ours."""
    match data:
        case {"action": objects.VERB, "value": str() as value, "context": str() as context}:
            try:
                return Action.decode(value), context
            except ValueError:
                return None
        case _:
            return None


def zone_choices(words: str, now: datetime) -> list[JSON]:
    """Give what comes up in a zone search, best first, offsets at `now`; where nothing fits, some of each region."""
    found = search.matching(words, now)[: limits.FOUND]
    if found:
        return [{"title": search.label(one, now, limits.LABEL), "value": one.zone} for one in found]
    some = [zone for zones in search.by_region().values() for zone in zones[:_ABROAD]]
    listed = [{"title": objects.label(zone_names.label(zone, now), "a zone"), "value": zone} for zone in some]
    return [{"title": f"{search.NONE}. By region:", "value": ""}, *listed]


def _said(fault: str, room: int) -> JSON:
    raw = fault.encode("utf-8", "replace")
    said = fault if len(raw) <= room else f"{raw[:room].decode('utf-8', 'ignore')}…"
    return objects.block(markup.literal(said), color="Attention", weight="Bolder")


def _short_enough(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """Give what was typed, its texts cut where all of them together would leave no room for the form itself."""
    again, left = dict(values), limits.TYPED
    for field in form.fields:
        if isinstance(field, forms.TextInput) and field.name in again:
            typed = again[field.name][: _room(field)]
            while typed and (size := len(orjson.dumps(typed))) > left:
                typed = typed[: len(typed) * left // size]
            again[field.name] = typed
            left = max(0, left - len(orjson.dumps(typed)))
    return again


def _room(field: forms.TextInput) -> int:
    return min(field.most or limits.INPUT_LENGTH, limits.INPUT_LENGTH)


def _field(field: Field, typed: str | None, names: Names, countries: Countries) -> Iterator[JSON]:
    label = objects.label(field.label, "a field's label")
    yield {"id": field.name, "label": label, **_element(field, typed, names, countries)}
    if field.hint:
        yield objects.block(markup.literal(field.hint), isSubtle=True, size="Small", spacing="None")


def _element(field: Field, typed: str | None, names: Names, countries: Countries) -> JSON:
    match field:
        case forms.SingleSelect(_, _, options, value) if any(each.group for each in options):
            # Teams: a list has no headings. Each option says its group, and a list that filters finds by both.
            pairs = [(_headed(each), each.value) for each in options]
            chosen = _known((_kept(typed, value),), options)
            return _choices(pairs, chosen, style="filtered", placeholder="Type to find one")
        case forms.SingleSelect(_, _, options, value):
            style = "expanded" if len(options) <= _EXPANDED else "compact"
            chosen = _known((_kept(typed, value),), options)
            return _choices([(each.label, each.value) for each in options], chosen, style=style)
        case forms.MultiSelect(_, _, options, values):
            chosen = _known(values if typed is None else typed.split(), options)
            pairs = [(each.label, each.value) for each in options]
            return _choices(pairs, chosen, "Choose at least one", style="expanded", isMultiSelect=True)
        case forms.TimeInput(_, _, value):
            return _input("Input.Time", _spelt(_TIME, typed, value), _asked("Choose a time"))
        case forms.DateInput(_, _, value, _, optional):
            return _input("Input.Date", _spelt(_DAY, typed, value), {} if optional else _asked("Choose a day"))
        case forms.TextInput(_, _, value, _, _, is_long, optional):
            asked = {} if optional else _asked("Type some words")
            look = {"isMultiline": True} if is_long else {}
            room = _room(field)
            return _input("Input.Text", _kept(typed, value)[:room], {**look, "maxLength": room, **asked})
        case forms.UserSelect(_, _, values, _, most, optional):
            sent = () if typed is None else [each for each in typed.split() if len(each) <= limits.LABEL]
            picked = values if typed is None else tuple(sent[:most])
            return _people(picked, names, most, {} if optional else _asked("Choose somebody"))
        case forms.ZoneSearch(_, _, value):
            # Teams searches a card's own choices by any part of their words, and shows what it finds there first:
            # `IST` is in Istanbul. So there is what is chosen, and the bot is asked for the rest.
            chosen = _short(typed, value)
            known = [(zone, zone) for zone in dict.fromkeys((chosen, "UTC")) if zone]
            query = {"type": "Data.Query", "dataset": ZONES}
            # Words that are none of the choices are no answer to Teams: it says this below them.
            said = "Choose a time zone from the list, such as Europe/Paris"
            return _choices(known, chosen, said, style="filtered", placeholder="Type a city") | {"choices.data": query}
        case forms.CountrySearch(_, _, value, shown):
            chosen = _short(typed, value)
            listed = [(forms.NO_COUNTRY.label, forms.NO_COUNTRY.value), *((name, code) for code, name in countries)]
            if chosen and chosen not in {code for _, code in listed}:
                listed.insert(1, (shown if chosen == value else chosen, chosen))
            return _choices(listed, chosen or forms.NO_COUNTRY.value, style="filtered", placeholder="Type a country")
        case _:
            assert_never(field)


def _headed(option: Option) -> str:
    return objects.cut(f"{option.group} · {option.label}" if option.group else option.label, limits.LABEL)


def _kept(typed: str | None, value: str) -> str:
    return value if typed is None else typed


def _short(typed: str | None, value: str) -> str:
    """Give what was typed where it may be a choice; nothing else can be shown again."""
    kept = _kept(typed, value)
    return kept if kept.strip() and len(kept) <= limits.LABEL else ""


def _spelt(form: re.Pattern[str], typed: str | None, value: str) -> str:
    """Give what was sent for a time or a day where Teams can show it again: it takes one spelling of each."""
    kept = _kept(typed, value)
    return kept if form.fullmatch(kept) else ""


def _known(chosen: Iterable[str], options: Sequence[Option]) -> str:
    """Give what was chosen, as far as it is there to be chosen."""
    values = {each.value for each in options}
    return ",".join(each for each in chosen if each in values)


def _input(kind: str, value: str, more: JSON) -> JSON:
    return {"type": kind, **({"value": value} if value else {}), **more}


def _asked(words: str) -> JSON:
    return {"isRequired": True, "errorMessage": f"{words}."}


def _choices(options: Iterable[tuple[str, str]], value: str, words: str = "Choose one", **look: object) -> JSON:
    listed = [{"title": objects.label(said, "an option's label"), "value": each} for said, each in options]
    drawn: JSON = {"type": "Input.ChoiceSet", "choices": listed, **_asked(words), **look}
    return drawn | ({"value": value} if value else {})


def _people(chosen: Sequence[str], names: Names, most: int, asked: JSON) -> JSON:
    """Draw a picker of people: those whose names are known, and by typing everybody of the organization."""
    first = [(names.get(person, markup.SOMEONE), person) for person in dict.fromkeys(chosen)]
    others = ((name, person) for person, name in names.items() if person not in chosen)
    known: list[JSON] = []
    size = 0
    for name, person in (*first, *sorted(others, key=lambda one: one[0].casefold())):
        said = objects.cut(markup.label(name) or markup.SOMEONE, limits.LABEL)
        known.append({"title": said, "value": person})
        size += len(orjson.dumps(known[-1]))
        if size > limits.NAMES:
            break
    if not known:  # Teams' own search fills the list, and yet a set without a choice is none
        known = [{"title": "Nobody", "value": ""}]
    known.sort(key=lambda one: str(one["title"]).casefold())
    drawn: JSON = {
        "type": "Input.ChoiceSet",
        "choices": known,
        # Teams: its own search over the organization, by Entra object id; the bot is not asked and sees nothing of it.
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
        "style": "filtered",
        "placeholder": "Type a name",
        "isMultiSelect": most > 1,
        **asked,
    }
    return drawn | ({"value": ",".join(chosen)} if chosen else {})
