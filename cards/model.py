"""The cards every platform draws: a closed union of blocks, and the actions behind their buttons."""

import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import Struct

from content.inline import Rich

SubjectKind = Literal["dimension", "tip", "dilemma"]
Emphasised = Literal["plain", "primary", "danger"]


class Subject(Struct, frozen=True):
    """What a post is about, and so what a reaction or a depth button deepens.

    `id` is the content's own id; it may have gone from the content since the post was made.
    """

    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        """Give the form that is stored beside a post: `dimension/risks`."""
        return f"{self.kind}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """Read `dimension/risks` back; ValueError where it is not of that form."""
        match text.split("/", 1):
            case ["dimension" | "tip" | "dilemma" as kind, id_] if id_:
                return cls(kind, id_)
            case _:
                raise ValueError(f"not a subject: {text!r}")


Verb = Literal[
    "show",  # the card of a dimension (argument: its id)
    "deepen",  # one level below a subject (argument: the level)
    "page",  # one of a dimension's pages (argument: its name)
    "define",  # a term of the glossary (argument: its id)
    "share",  # post the card for everyone in the conversation
    "keep",  # send the card to the person who pressed
    "list",  # all dimensions
    "tips",  # this conversation's settings card
    "tips-more",  # what is needed less often
    "tips-upcoming",  # what the next weeks will bring
    "tips-preview",  # the next tip as it will look
    "tips-history",  # who changed what
    "tips-doctor",
    "tips-edit",  # open a form (argument: which, a FormName)
    "tips-save",  # a form, submitted (argument: which)
    "tips-skip",
    "tips-unskip",
    "tips-pause",
    "tips-resume",
    "tips-off",
    "tips-stop",  # how to be sent nothing more
    "tips-now",  # an extra tip at once
    "tips-send",  # send an unknown delivery now (argument: the delivery's id)
    "tips-claim",  # take over from an owner who is gone or does not answer
    "tips-decline-claim",  # the owner's answer to that
    "dilemma",  # a dilemma with its choices, for one person (subject: which; without one, any)
    "choose",  # what is to be said for each of its choices (argument: the chosen one's place)
    "round-ask",  # open the form that asks the channel (subject: the dilemma)
    "round-save",  # that form, submitted
    "vote",  # one person's vote (argument: the round's id and the choice's place, `3f…:0`)
    "recall",  # a question on an earlier tip (subject: the tip; argument: how many are asked after it)
    "recall-choose",  # its answer (argument: the option's place, and how many are asked after it, `0:2`)
    "plan",  # open the form that sends an exercise's plan back (subject)
    "plan-save",  # that form, submitted
    "plan-done",  # what became of it (argument: the plan's id)
    "plan-later",
    "plan-drop",
    "plans",  # what is kept of a person's plans
    "me",  # what one person opened, tried and recalled
    "me-on",
    "me-forget",
    "home",
    "privacy",  # what the bot sees and keeps, and what is held about one person
    "privacy-forget",
    "useful",  # thumbs up (subject; argument: where in the text, and in which version, `detail@3`)
    "not-useful",  # thumbs down: opens a form
    "feedback-save",  # that form, submitted
    "missing",  # open the form that tells the writers what was missing (argument: the words, shortened)
    "missing-save",  # that form, submitted
    "suggest",  # open the form that suggests a tip or a dilemma
    "suggest-save",  # that form, submitted
    "compare",  # open the form that asks for a dimension, or for words
    "compare-save",  # that form, submitted
    "stats",  # what came of a conversation's posts, as counts
    "record",  # the record of what a conversation was taught, for its owners
    "help",  # argument: `privacy` for what is seen and kept
]
# Buttons that open a form: the verb that opens it, and the one under which it comes back.
FORMS: Mapping[Verb, Verb] = {
    "tips-edit": "tips-save",
    "round-ask": "round-save",
    "plan": "plan-save",
    "not-useful": "feedback-save",
    "missing": "missing-save",
    "suggest": "suggest-save",
    "compare": "compare-save",
}
FormName = Literal["settings", "pause", "quiet", "owners", "swap"]
LONGEST = 150  # characters of an encoded action (Slack: 150 of an option's value)
_UNSEEN = {"Cc", "Cs"}  # control characters, and halves of characters
ME = "me"  # the place of the weekly tip that a person gets alone


class Action(Struct, frozen=True):
    """What a button, a menu option or a form asks for, in a form that survives the platform and a restart.

    Encoded as `verb|subject|argument`, at most `LONGEST` characters. `place` is where it is to be
    done if that is not where it is pressed: `ME`, or a conversation of which somebody was told elsewhere.
    """

    verb: Verb
    subject: Subject | None = None
    argument: str = ""
    place: str = ""

    def encode(self) -> str:
        """Give the text that goes into a button's value."""
        words = f"{_FORMER.get(self.verb, self.verb)}|{self.subject or ''}|{self.argument}"
        return f"{words}|{self.place}" if self.place else words

    @classmethod
    def decode(cls, text: str) -> "Action":
        """Read a button's value back; ValueError for one that is not (or no longer) ours, too long, or not readable."""
        if len(text) > LONGEST or any(unicodedata.category(sign) in _UNSEEN for sign in text):
            raise ValueError(f"not an action: {text[:80]!r}")
        match text.split("|"):
            case [verb, subject, argument, *places] if verb in _VERBS and len(places) <= 1:
                return cls(_VERBS[verb], Subject.parse(subject) if subject else None, argument, "".join(places))
            case _:
                raise ValueError(f"not an action: {text[:80]!r}")


# What buttons carry stays what it was under a verb's former name: processes of two versions read each other's posts.
_FORMER: dict[Verb, str] = {"tips-unskip": "tips-keep", "tips-decline-claim": "tips-stay"}
_VERBS: dict[str, Verb] = {verb: verb for verb in get_args(Verb)} | {old: verb for verb, old in _FORMER.items()}


class Header(Struct, frozen=True):
    """The card's heading, plain words."""

    words: str


class Listing(Struct, frozen=True):
    """Short items under an optional label, numbered when `ordered`."""

    items: tuple[Rich, ...]
    label: str = ""
    ordered: bool = False


class Side(Struct, frozen=True):
    """One of the two sides of a comparison."""

    title: str
    text: Rich


class Columns(Struct, frozen=True):
    """Two sides next to each other; the left one comes first where they stack."""

    left: Side
    right: Side


class Caption(Struct, frozen=True):
    """A quiet line: who shared, when checked, which reactions do what."""

    text: Rich


class Callout(Struct, frozen=True):
    """What a card comes down to, set apart: the shift between two sides, what to try this week."""

    text: Rich


class Divider(Struct, frozen=True):
    """A line between two parts."""


class Button(Struct, frozen=True):
    """A button; `spoken` is what a screen reader says where `label` alone would be unclear ("‹ Skills").

    `asks` is a question that has to be confirmed before anything is done; empty where a slip does no harm.
    """

    label: str
    action: Action
    style: Emphasised = "plain"
    spoken: str = ""
    asks: str = ""


class LinkButton(Struct, frozen=True):
    """A button that opens an https address; nothing comes back to us."""

    label: str
    url: str


class Select(Struct, frozen=True):
    """A drop-down whose options are encoded actions; `label` is both its placeholder and its spoken name."""

    label: str
    options: tuple[tuple[str, Action], ...]
    chosen: Action | None = None  # the one that is on the screen now


Pressable = Button | LinkButton | Select


class TextBlock(Struct, frozen=True):
    """A paragraph of the card's body; `button` stands beside it, and is about it alone."""

    text: Rich
    button: Button | None = None


class Actions(Struct, frozen=True):
    """One row of buttons and menus; a quiet one, needed less often, is drawn as little as a platform can."""

    items: tuple[Pressable, ...]
    is_quiet: bool = False


class Feedback(Struct, frozen=True):
    """Two thumbs below a message: `up` does its work at once, `down` opens a form."""

    up: Action
    down: Action


class Chart(Struct, frozen=True):
    """Counts as bars, at most 12: a platform draws it where it can.

    `words` say the same where it is not drawn, and where a card is read aloud; None where they stand beside it.
    `title` has at most 50 characters and each label 20 (Slack's limits); longer ones are cut by who draws.
    """

    title: str
    bars: tuple[tuple[str, int], ...]
    words: Listing | None = None


class Fold(Struct, frozen=True):
    """A part of a long card under its `title`; a platform that can fold shows it at once only where it `is_open`."""

    title: str
    blocks: tuple["Block", ...]
    is_open: bool = False


Read = Header | TextBlock | Listing | Columns | Caption | Callout | Divider  # what is read, and not pressed
Block = Read | Actions | Feedback | Chart | Fold


class Edition(Struct, frozen=True):
    """Which version of the content a card shows."""

    version: int
    corrected: str = ""  # the mark of the last correction in it, `2026-12-02:9f86d081`
    remembers: str = ""  # the id of the earlier tip that it asks about


class Card(Struct, frozen=True):
    """One message, neutral: `title` names it in a notification, `subject` is what reactions on it deepen."""

    title: str
    blocks: tuple[Block, ...]
    subject: Subject | None = None
    edition: Edition | None = None  # which version of that it shows, where the content has one
