"""Whatever stands around a command, and however its letters are written, it is the same command."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.levels import LEVEL_OF, PAGE_OF
from content.library import Library, load
from handlers import answers
from handlers.asking import kinds
from handlers.asking.commands import AFTER_TIPS
from handlers.slack import payload

ROOT = Path(__file__).parents[2]
LIBRARY = load(ROOT / "content" / "ai-pm")

COMMANDS = (
    *("list", "help", "usage", "commands", "privacy", "tip", "preview", "next", "doctor", "random", "tips", "settings"),
    *("search drift", "search model drift", "what is drift", "what are hallucinations", "what's drift", "define drift"),
    *(f"risks {word}" for word in (*LEVEL_OF, *PAGE_OF, "share")),
    *(f"{begin} {word}" for begin in ("tips", "tips me") for word in (*AFTER_TIPS, "doctor", "history", "next")),
    *("tips me", "stop", "unsubscribe", "no more tips", "opt out", "turn off", "hi", "start", "get started"),
    *("how does this work", "xylophone quokka", "who do I work with"),
    *(words for each in LIBRARY.dimensions for words in (each.id, str(each.number), each.title, each.short)),
)

AROUND: Mapping[str, str] = {
    "blanks": "  {}\t\n",
    "non-breaking spaces": "\u00a0{}\u202f\u3000",
    "a full stop": "{}.",
    "other full stops": "{}。",
    "an ellipsis": "{}…",
    "an exclamation mark": "¡{}!",
    "question marks": "{}?؟？",
    "a comma": "{}、",
    "quotation marks": '"{}"',
    "curly quotation marks": "“{}”",
    "single ones": "‘{}’",
    "low ones": "„{}“",
    "angle ones": "«\u202f{}\u202f»",
    "Japanese ones": "「{}」",
    "a letter that looks like one": "\u02ba{}\u02ba",
    "primes": "\u2032{}\u2032",
    "accents": "´{}`",
    "code": "`{}`",
    "a code block": "```\n{}\n```",
    "bold": "*{}*",
    "twice bold": "**{}**",
    "italics": "_{}_",
    "struck": "~{}~",
    "a quote": "> {}",
    "brackets": "({})",
    "other brackets": "【{}】",
    "angles": "<{}>",
    "a bullet": "• {}",
    "a hyphen": "- {}",
    "a dash": "— {}",
    "an asterisk": "* {}",
    "a small bullet": "\u25e6\t{}",
    "a number": "1. {}",
    "a number in brackets": "(2) {}",
    "a letter": "b) {}",
    "a ring": "o\t{}",
    "a slash": "/{}",
    "the command again": "/pm-compare {}",
    "twice": "/pm-compare /pm-compare {}",
    "its name": "PM Compare: {}",
    "its name behind": "{} @PM Compare",
    "a colon": "{}:",
    "please": "please {}",
    "please behind": "{} please",
    "pls": "pls {}!",
    "thanks": "{}, thank you!",
    "a greeting": "Hello, {}",
    "another": "hey, {} pls",
    "could you": "could you please {}",
    "a zero-width space": "\u200b{}\u200b",
    "a byte order mark": "\ufeff{}",
    "marks of direction": "\u2067{}\u2069\u200f",
    "a soft hyphen": "\u00ad{}\u00ad",
    "a word joiner": "\u2060{}\u2060",
    "an emoji behind": "{} 🙏🏽",
    "an emoji before": "👉 {}",
    "a variation": "{}\ufe0f",
}
WRITTEN: Mapping[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "a capital": str.capitalize,
    "wide letters": lambda words: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in words),
    "bold letters": lambda words: "".join(chr(ord(s) - 97 + 0x1D41A) if "a" <= s <= "z" else s for s in words),
    "zero-width spaces within": "\u200b".join,
    "soft hyphens within": "\u00ad".join,
    "joiners within": "\u2060".join,
    "non-breaking spaces": lambda words: words.replace(" ", "\u00a0"),
    "other spaces": lambda words: words.replace(" ", "\u2003\u2009"),
    "lines": lambda words: words.replace(" ", "\n"),
    "non-breaking hyphens": lambda words: words.replace("-", "\u2011"),
    "curly apostrophes": lambda words: words.replace("'", "’"),
    "letters for apostrophes": lambda words: words.replace("'", "ʼ"),
    "accents for apostrophes": lambda words: words.replace("'", "´"),
}


@pytest.fixture(scope="module")
def library() -> Library:
    """Give the content that ships."""
    return LIBRARY


@pytest.mark.long
def test_a_decorated_command_is_the_command(library: Library) -> None:
    """Every command with everything around it and in every writing is answered like the bare one."""
    faults = []
    for plain in COMMANDS:
        meant = answers.ask(library, plain)
        ways = {name: around.format(plain) for name, around in AROUND.items()}
        ways |= {name: write(plain) for name, write in WRITTEN.items()}
        faults += [(name, typed) for name, typed in ways.items() if not same(answers.ask(library, typed), meant)]
    assert faults == []


def same(one: kinds.Answer, other: kinds.Answer) -> bool:
    """Say whether two answers are the same but for the capitals of repeated words."""
    return one == other or repr(one).casefold() == repr(other).casefold()


SLIPS = {
    "hlep": "help",
    "halp": "help",
    "helpp": "help",
    "lsit": "list",
    "privcy": "privacy",
    "doctr": "doctor",
    "previw": "preview",
    "setings": "settings",
    "tisp": "tips",
    "serch drift": "search drift",
    "serach drift": "search drift",
    "waht is drift": "what is drift",
    "defin drift": "define drift",
    "risks detial": "risks detail",
    "risks sorces": "risks sources",
    "rsiks exercize": "risks exercise",
    "risks exampels": "risks examples",
    "tips histroy": "tips history",
    "tips upcomming": "tips upcoming",
    "unsubscibe": "unsubscribe",
    "un-subscribe": "unsubscribe",
    "stpo": "stop",
    "stop sendng these": "stop",
    "1. risks": "risks",
    "tell me about risks": "risks",
    "all seven": "list",
    "sources for risks": "risks sources",
    "could you please show me more about risks": "risks detail",
    "share risks": "risks",
    "helpme": "help",
    "tips nwo": "tips",
    "seven": "7",
    "show me the tips": "tips",
    "give me a tip": "tip",
}


def test_slips_are_forgiven_in_commands_too(library: Library) -> None:
    """What is misspelt is answered as it was meant, or as near to it as changes nothing."""
    wrong = {
        typed: meant
        for typed, meant in SLIPS.items()
        if drawn(answers.ask(library, typed)) != drawn(answers.ask(library, meant))
    }
    assert wrong == {}


def drawn(answer: kinds.Answer) -> object:
    """Give an answer apart from whether it is a guess."""
    return answer.card if isinstance(answer, kinds.Show) else kinds.guess(answer)


@given(st.sampled_from(("risks share", "rsiks share", "tips pause", "tips off", "tips now", "tips skip")), st.data())
@settings(max_examples=300, deadline=None)
def test_a_slip_changes_and_posts_nothing(meant: str, data: st.DataObject) -> None:
    """One letter more, less or another: never shared, paused, turned off or sent, but offered or looked for."""
    place = data.draw(st.integers(0, len(meant) - 1))
    letter = data.draw(st.sampled_from(("", "x", "e", meant[place] * 2)))
    typed = meant[:place] + letter + meant[place + 1 :]
    exact = {"risks share", "tips pause", "tips off", "tips now", "tips skip", "tips stop", "risk share"}
    if " ".join(typed.split()) not in exact:
        assert not isinstance(answers.ask(LIBRARY, typed), kinds.Share | kinds.ChangeTips), typed


@pytest.mark.parametrize(
    "typed", ["show me tips off", "do not share risks", "how do I do tips pause", "tip off", "off"]
)
def test_what_may_mean_something_else_does_nothing(library: Library, typed: str) -> None:
    """Words around a command that change something may turn its sense around."""
    assert not isinstance(answers.ask(library, typed), kinds.Share | kinds.ChangeTips)


STOP = (
    *(
        "stop",
        "STOP!!!",
        "unsubscribe",
        "no more tips",
        "stop sending these",
        "turn off",
        "turn it off please",
        "cancel",
    ),
    *("mute", "leave us alone", "opt out", "opt-out", "please stop posting", "quit", "end tips", "go away", "shut up"),
    *("how do I unsubscribe?", "how can I turn off the tips?", "please don't send me any more of this", "remove me"),
    *("I don't want these anymore", "switch this off", "stop it", "enough already", "no tips", "never post here again"),
)


def test_who_wants_to_be_sent_nothing_more_is_shown_the_way(library: Library) -> None:
    """In many words; nothing is turned off by them."""
    assert {typed: type(answers.ask(library, typed)) for typed in STOP} == dict.fromkeys(STOP, kinds.Stopping)


DIFFERING = {
    "how do risks differ": "risks",
    "how do the risks differ between AI and traditional PM?": "risks",
    "how does the lifecycle differ": "lifecycle",
    "difference in skills": "skills",
    "how are stakeholders different": "stakeholders",
    "what is different in 7": "7",
}


def test_who_asks_how_one_dimension_differs_gets_its_comparison(library: Library) -> None:
    """In words that say nothing else; with any other word it is looked for."""
    answered = {typed: answers.ask(library, typed) for typed in DIFFERING}
    assert answered == {typed: answers.ask(library, name) for typed, name in DIFFERING.items()}
    assert all(isinstance(each, kinds.Compare) for each in answered.values())
    for typed in ("how do risks differ from quokkas", "the seven differences"):
        assert not isinstance(answers.ask(library, typed), kinds.Compare)


WHY = (
    *("why did no tip come", "Why no tip?", "why didn't the tip come?", "where is the tip", "tips why", "why tips"),
    *("where's our tip this week?", "why did we not get a tip", "why was no tip posted today"),
)


def test_who_asks_why_no_tip_came_gets_the_doctor(library: Library) -> None:
    """In many words."""
    assert {typed: answers.ask(library, typed) for typed in WHY} == dict.fromkeys(WHY, kinds.Diagnosis())


HELP = (
    *("hi", "Hello!", "hey", "help me", "can you help me please?", "start", "get started", "?", "？", "؟", "👋"),
    *("how does this work?", "what can you do", "how do I use this", "good morning", "thanks", "who are you?"),
)


def test_who_greets_or_begins_gets_help(library: Library) -> None:
    """As if they had typed `help`."""
    usage = answers.ask(library, "help")
    assert [typed for typed in HELP if answers.ask(library, typed) != usage] == []


SEARCHES = {
    'search "model drift"': "Results for “model drift”",
    "search A/B test": "Results for “a/b test”",
    "search R&D": "“r&d”",
    "search stop": "“stop”",
    "search help": "“help”",
    "search tips": "“tips”",
    "R&D <3 quokka": "“R&D <3 quokka”",
    "search c++": "“c++”",
    "search (f(x)) quokka [y]": "“f(x)) quokka [y]”",
    "search what does f(x) do": "“what does f(x) do”",
    "search f(x)": "“f(x)”",
    "AI": "AI PM vs Traditional PM",
}


def test_real_searches_are_left_as_they_are(library: Library) -> None:
    """What looks like a command, or like decoration, in words that are looked for."""
    titles = {typed: getattr(drawn(answers.ask(library, typed)), "title", "") for typed in SEARCHES}
    assert {typed: title for typed, title in titles.items() if SEARCHES[typed] not in title} == {}
    for typed in (
        "what is C++?",
        "A/B test",
        "when to stop an experiment",
        "kill switch",
        "cancel culture",
        "end to end",
        "stop words",
    ):
        assert isinstance(answers.ask(library, typed), kinds.Show | kinds.Compare), typed


@given(
    st.text(max_size=120)
    | st.text(st.sampled_from("abest 17'`*_~<>#.?!:/\u200b\u0301\u2011٧⑦👍🏽\ufe0f\ud800"), max_size=60)
)
@settings(max_examples=400, deadline=None)
def test_any_text_gets_an_answer(typed: str) -> None:
    """Never an error, whatever the words, and the same one for the same words."""
    first = answers.ask(LIBRARY, typed)
    assert first == answers.ask(LIBRARY, typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("why share?", "no risks share", "people share", "hey people, share!", "rsiks share", "liability", "relation"),
        *("commission", "retain", "strings", "see a doctor", "what to do next", "risks detial", "tips paus"),
    ],
)
def test_nothing_that_is_not_sure_is_for_all(typed: str) -> None:
    """A name or a command that may not have been meant is for the person alone, wherever it was written."""
    assert not kinds.is_for_all(answers.ask(LIBRARY, typed))


@pytest.mark.parametrize(
    "typed", ["good enough", "cancel out", "cancer", "pending", "terminal", "subscribed", "reinstall"]
)
def test_what_only_looks_like_stopping_is_looked_for(typed: str) -> None:
    """Words of every day near those by which people stop things."""
    assert not isinstance(answers.ask(LIBRARY, typed), kinds.Stopping)


@pytest.mark.parametrize("typed", [":+1:", ":100:", ":pray: :tada:", "<@U0BOT> :-1:"])
def test_emoji_alone_are_pictures(typed: str) -> None:
    """On Slack they come as names, and are no words there either."""
    assert drawn(answers.ask(LIBRARY, payload.words(typed))) == drawn(answers.ask(LIBRARY, "🙂"))
