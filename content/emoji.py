"""Know emoji by the names Slack gives them, and by the signs they are on every platform."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from content import likeness, wording
from content.levels import Level


def _table(written: str) -> Mapping[str, str]:
    return MappingProxyType(dict(each.split("=", 1) for each in written.split()))


# What people take for the same: whichever of a row the deck names, the others do it too. Slack's names, a sign's first
# name first; also the signs that decks name mostly, so that nothing has to be looked up for those.
ALIKE = (
    _table("mag=🔍 mag_right=🔎 microscope=🔬 telescope=🔭"),
    _table(
        "books=📚 book=📖 open_book=📖 closed_book=📕 green_book=📗 blue_book=📘 orange_book=📙 notebook=📓 ledger=📒 "
        "notebook_with_decorative_cover=📔 bookmark_tabs=📑 bookmark=🔖 link=🔗 newspaper=📰 rolled_up_newspaper=🗞️ "
        "page_facing_up=📄 page_with_curl=📃 scroll=📜"
    ),
    _table(
        "test_tube=🧪 alembic=⚗️ petri_dish=🧫 muscle=💪 weight_lifter=🏋️ person_lifting_weights=🏋️ "
        "man-lifting-weights=🏋️‍♂️ woman-lifting-weights=🏋️‍♀️"
    ),
)
# Slack's own names, where the library of emoji has others, or means another emoji by them.
_ON_SLACK = _table(
    "keycap_star=*️⃣ mostly_sunny=🌤️ sun_small_cloud=🌤️ barely_sunny=🌥️ partly_sunny_rain=🌦️ rain_cloud=🌧️ "
    "snow_cloud=🌨️ lightning=🌩️ lightning_cloud=🌩️ tornado_cloud=🌪️ knife_fork_plate=🍽️ medal=🎖️ ladybug=🐞 "
    "male-doctor=👨‍⚕️ female-doctor=👩‍⚕️ man_and_woman_holding_hands=👫 spock-hand=🖖 octagonal_sign=🛑 "
    "shopping_trolley=🛒 scooter=🛴 the_horns=🤘 hand_with_index_and_middle_fingers_crossed=🤞 i_love_you_hand_sign=🤟 "
    "face_with_cowboy_hat=🤠 face_palm=🤦 face_with_one_eyebrow_raised=🤨 grinning_face_with_star_eyes=🤩 "
    "grinning_face_with_one_large_and_one_small_eye=🤪 face_with_finger_covering_closed_lips=🤫 "
    "serious_face_with_symbols_covering_mouth=🤬 smiling_face_with_smiling_eyes_and_hand_covering_mouth=🤭 "
    "face_with_open_mouth_vomiting=🤮 shocked_face_with_exploding_head=🤯 mother_christmas=🤶 "
    "person_doing_cartwheel=🤸 juggling=🤹 fencer=🤺 woman-wrestling=🤼‍♀️ man-wrestling=🤼‍♂️ wrestlers=🤼 handball=🤾 "
    "drum_with_drumsticks=🥁 first_place_medal=🥇 second_place_medal=🥈 third_place_medal=🥉 kiwifruit=🥝 "
    "smiling_face_with_3_hearts=🥰 womans_flat_shoe=🥿 giraffe_face=🦒 zebra_face=🦓 mate_drink=🧉 "
    "red_haired_person=🧑‍🦰 curly_haired_person=🧑‍🦱 bald_person=🧑‍🦲 white_haired_person=🧑‍🦳 woman_with_beard=🧔‍♀️ "
    "man_with_beard=🧔‍♂️ person_with_headscarf=🧕 eject=⏏️ staff_of_aesculapius=⚕️ sun_behind_cloud=🌥️ "
    "bride_with_veil=👰 man_with_turban=👳 guardsman=💂 ok_woman=🙆 satellite=🛰️ egg=🥚 beetle=🪲 umbrella=☂️ "
    "snowman=☃️ email=✉️"
)
_FLAG = re.compile(r"flag-([a-z]{2})")
_FIRST_LETTER = 0x1F1E6  # the regional indicator of `a`
_NOTHING = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2640\u2642]")  # variations, skin tones, genders
_LEAST_ALIKE = 50  # of 100, for a name to be suggested


def sign(name: str) -> str:
    """Give the emoji that Slack calls `name`, as it is drawn everywhere; '' where there is none."""
    for row in (*ALIKE, _ON_SLACK):
        if name in row:
            return row[name]
    flag = _FLAG.fullmatch(name)
    if flag:
        drawn = "".join(chr(_FIRST_LETTER + ord(letter) - ord("a")) for letter in flag.group(1))
        return drawn if drawn in _names().values() else ""
    drawn = _named(name)
    return drawn if bare(drawn) else ""  # a skin tone alone is none


def _named(name: str) -> str:
    known, plain = _names(), name.replace("-", "_").replace("female_", "woman_").replace("male_", "man_")
    return known.get(name) or known.get(plain) or known.get(plain.removeprefix("large_"), "")


def is_same(one: str, other: str) -> bool:
    """Say whether two names are of one emoji."""
    return bare(sign(one)) == bare(sign(other)) != ""


def nearest(name: str) -> str:
    """Give Slack's name of the emoji whose name looks most like one of none; '' where nothing is alike."""
    every = dict.fromkeys((*(each for row in (*ALIKE, _ON_SLACK) for each in row), *_names()))
    known = [each for each in every if bare(sign(each))]  # a skin tone alone is nobody's reaction
    found = likeness.most_alike(name, known, _LEAST_ALIKE)
    return next((each for each in known if is_same(each, found)), "") if found is not None else ""


def level(asked: str, reactions: Mapping[str, Level]) -> Level | None:
    """Find the level that an emoji asks for, by Slack's name of it or by the sign; None where it asks for nothing.

    What the deck names itself goes before what is like it.
    """
    known = levels(tuple(reactions.items()))
    return known.get(asked.partition("::")[0]) or known.get(
        bare(asked)
    )  # Slack: a skin tone follows, `+1::skin-tone-2`


def bare(drawn: str) -> str:
    """Give a sign without its variation, its skin tone and its gender."""
    return _NOTHING.sub("", drawn)


@lru_cache(16)
def levels(reactions: tuple[tuple[str, Level], ...]) -> Mapping[str, Level]:
    """Give every name and every bare sign that asks for a level, once for each deck."""
    own = {name: bare(sign(name)) for name, _ in reactions}
    found: dict[str, Level] = dict(reactions)
    for name, wanted in reactions:
        for each in {own[name]} - {""}:
            found.setdefault(each, wanted)
            for other in _called(each):
                found.setdefault(other, wanted)
    for name, wanted in reactions:
        for row in ALIKE:
            signs = {bare(each) for each in row.values()}
            if own[name] in signs:
                for other in (*row, *signs):
                    found.setdefault(other, wanted)
    return MappingProxyType(found)


def _called(drawn: str) -> tuple[str, ...]:
    """Give all names of a bare sign."""
    here = [{name for name, each in row.items() if bare(each) == drawn} for row in ALIKE]
    if any(here):
        return tuple(set().union(*here))
    return tuple(name for known in (_ON_SLACK, _names()) for name, each in known.items() if bare(each) == drawn)


@lru_cache(1)
def _names() -> Mapping[str, str]:
    """Give every emoji by the names the library knows that could be Slack's; the names in chat before Unicode's."""
    # Late: it takes a fifth of a second, and the decks whose emoji stand above need none of it.
    import emoji  # noqa: PLC0415 # as just said

    whole = {each: data for each, data in emoji.EMOJI_DATA.items() if data["status"] <= emoji.STATUS["fully_qualified"]}
    names: dict[str, str] = {}
    for drawn, data in whole.items():
        for name in data.get("alias", ()):
            names.setdefault(name.strip(":"), drawn)
    for drawn, data in whole.items():
        names.setdefault(data["en"].strip(":"), drawn)
    return {name: drawn for name, drawn in names.items() if wording.is_reaction(name)}
