"""Compose the cards people ask for: comparisons, what lies below them, lists and search results."""

from collections.abc import Sequence
from dataclasses import replace

from cards import phrases
from cards.model import (
    Action,
    Block,
    Button,
    Buttons,
    Card,
    Columns,
    Header,
    Level,
    Listing,
    Menu,
    Note,
    Side,
    Subject,
    Words,
)
from cards.phrases import rich
from content.library import Hit, Library
from content.markdown import Bullets, Paragraph, Rich
from content.model import Dimension, Exercise, Section, Source, Term, Tip

LEVEL_LABELS: dict[Level, str] = {"detail": "More detail", "sources": "Sources", "exercise": "Exercise"}
_EMOJI = {"mag": "🔍", "books": "📚", "test_tube": "🧪"}
_WORDS_SHOWN = 80  # of what a person typed, when it is repeated to them


def subject_of(content: Dimension | Tip) -> Subject:
    """Give the subject a post about this content has."""
    return Subject("dimension" if isinstance(content, Dimension) else "tip", content.id)


def comparison(library: Library, dimension: Dimension) -> Card:
    """Draw one dimension for the person who asked: the two sides, the shift, one row of depth, one of movement."""
    return Card(
        title=f"{dimension.number} · {dimension.title}",
        subject=subject_of(dimension),
        blocks=(
            *_sides(library, dimension),
            _depth(subject_of(dimension)),
            _movement(library, dimension),
            Note(rich(_checked(len(dimension.sources), dimension.checked_on))),
        ),
    )


def found_comparison(library: Library, dimension: Dimension, words: str, hit: Hit) -> Card:
    """Draw the dimension that typed words are about, under a line that says where they were found."""
    card = comparison(library, dimension)
    where = f"{hit.where}: {hit.title}" if hit.title != dimension.title else hit.where
    found = Note(rich(f"“{_quoted(words)}” is found here ({where})."))
    return replace(card, blocks=(found, *card.blocks))


def shared_comparison(library: Library, dimension: Dimension, person: str, *, asked: bool = False) -> Card:
    """Draw one dimension as a post for everyone, naming who shared it, or who `asked` for it."""
    subject = subject_of(dimension)
    return Card(
        title=f"{dimension.number} · {dimension.title}",
        subject=subject,
        blocks=(
            *_sides(library, dimension),
            _depth(subject),
            Buttons((Button("Open for me", Action("show", subject)), _menu(library))),
            Note(
                rich(
                    "Asked by " if asked else "Shared by ",
                    phrases.person(person),
                    " · ",
                    _checked(len(dimension.sources), dimension.checked_on),
                )
            ),
            Note(rich(_reaction_line(library))),
        ),
    )


def tip(library: Library, tip_: Tip) -> Card:
    """Draw a weekly tip as a post: one idea, something to try, its dimension's button, and the levels below."""
    return Card(
        title=f"{library.deck.tip_name}: {tip_.title}",
        subject=subject_of(tip_),
        blocks=(*_tip_body(library, tip_), _tip_buttons(library, tip_), Note(rich(_reaction_line(library)))),
    )


def tip_preview(library: Library, tip_: Tip, when: str) -> Card:
    """Draw a tip for one person only, under a line that says `when` it comes, if it does."""
    return Card(
        title=f"Preview: {tip_.title}",
        subject=subject_of(tip_),
        blocks=(
            *_tip_body(library, tip_),
            _tip_buttons(library, tip_),
            Note(rich("Only you can see this preview. ", when)),
        ),
    )


def level(library: Library, content: Dimension | Tip, level_: Level, *, public: bool) -> Card:
    """Draw one level below a subject: as a thread reply (`public`), or in place of a private card."""
    subject = subject_of(content)
    title = f"{content.title}: {LEVEL_LABELS[level_].lower()}"
    return Card(
        title=title,
        subject=subject,
        blocks=(
            Header(title),
            *_level_body(content, level_),
            *(
                (_depth(subject, without=level_),)
                if public
                else (_depth(subject, without=level_), _way_back(library, content))
            ),
            Note(rich(_checked(len(content.sources), content.checked_on))),
        ),
    )


def overview(library: Library) -> Card:
    """Draw all dimensions, a line each, with a button each."""
    return Card(
        title=library.deck.title,
        blocks=(
            Header(library.deck.title),
            Words(rich(f"{_all(library)} ways in which the two jobs differ. Pick one:")),
            *(
                Words(rich(phrases.strong(f"{dimension.number} · {dimension.title}"), "\n", dimension.shift))
                for dimension in library.dimensions
            ),
            *_dimension_buttons(library.dimensions),
            Note(
                rich(
                    "Or type ",
                    phrases.code("/pm-compare risks"),
                    ", a word such as ",
                    phrases.code("/pm-compare drift"),
                    ", or ",
                    phrases.code("/pm-compare help"),
                    ".",
                )
            ),
        ),
    )


def results(library: Library, words: str, hits: Sequence[Hit]) -> Card:
    """Draw where typed words were found, best first, with every dimension's button below."""
    found = tuple(
        Words(
            rich(
                phrases.strong(f"{hit.dimension.number} · {hit.dimension.title}"),
                f" ({hit.where}: {hit.title})" if hit.title != hit.dimension.title else f" ({hit.where})",
                "\n",
                hit.excerpt,
            )
        )
        for hit in hits
    )
    return Card(
        title=f"Results for “{_quoted(words)}”",
        blocks=(
            Header(f"Results for “{_quoted(words)}”"),
            *found,
            *_dimension_buttons(library.dimensions),
        ),
    )


def nothing_found(library: Library, words: str, nearest: Sequence[Dimension]) -> Card:
    """Draw a kind answer to words that are nowhere in the content, with the nearest dimensions named."""
    near = (
        rich("The nearest are ", _listed([dimension.title for dimension in nearest]), ".")
        if nearest
        else rich("Here is everything there is.")
    )
    return Card(
        title=f"Nothing on “{_quoted(words)}” yet",
        blocks=(
            Header(f"Nothing on “{_quoted(words)}” yet"),
            Words(rich("None of the cards or tips mention it. ", near)),
            *_dimension_buttons(library.dimensions),
            Note(
                rich(
                    "Other things to type: ", phrases.code("/pm-compare list"), " or ", phrases.code("/pm-compare help")
                )
            ),
        ),
    )


def definition(library: Library, term: Term) -> Card:
    """Draw a glossary term in two sentences, with its dimension's button."""
    dimension = library.dimension(term.dimension)
    buttons = _dimension_buttons((dimension,) if dimension else library.dimensions)
    return Card(title=term.term, blocks=(Header(term.term), Words(term.meaning), *buttons))


def usage(library: Library) -> Card:
    """Draw what can be typed, clicked and reacted with."""
    first, last = library.dimensions[0], library.dimensions[-1]

    def line(command: str, meaning: str) -> Rich:
        return rich(phrases.code(f"/pm-compare {command}".rstrip()), f"  {meaning}")

    return Card(
        title="How to use PM Compare",
        blocks=(
            Header("How to use PM Compare"),
            Listing(
                label="Ask",
                items=(
                    line("", f"all {phrases.number(len(library.dimensions))} dimensions"),
                    line(
                        last.aliases[0] if last.aliases else last.id,
                        "one card; a number, a title or a near miss will do",
                    ),
                    line(f"{last.id} detail", "or sources, exercise, share"),
                    line("random", "a card by chance"),
                    line("search hallucinations", "words in all cards, tips and terms"),
                    line("what is drift", "a term in two sentences"),
                ),
            ),
            Listing(
                label="Be told",
                items=(
                    line("tips", "this channel's weekly tip: turn it on, change it, skip one, pause it"),
                    line("tip", "a look at the next one"),
                    line("doctor", "why a tip came, or did not"),
                ),
            ),
            Listing(label="Go deeper", items=(rich(_reaction_line(library)),)),
            Words(rich("In a channel I am in you can also mention me: I answer in the thread.")),
            Buttons(
                (Button(f"Start with {first.short}", Action("show", subject_of(first)), "primary"), _menu(library))
            ),
            Note(
                rich(
                    "Answers are only visible to you until you share them. ",
                    phrases.code("/pm-compare privacy"),
                    " says what is kept.",
                )
            ),
        ),
    )


def privacy() -> Card:
    """Draw what the bot can see and what it keeps."""
    return Card(
        title="What PM Compare sees and keeps",
        blocks=(
            Header("What PM Compare sees and keeps"),
            Listing(
                label="It sees",
                items=(
                    rich("what you type after ", phrases.code("/pm-compare"), " or when you mention it"),
                    rich("clicks on its own buttons and forms"),
                    rich("which emoji is put on a message of a channel it is in; it acts only on its own messages"),
                ),
            ),
            Listing(
                label="It keeps",
                items=(
                    rich("each channel's tip settings and the id of the person who set them up"),
                    rich("where and when it posted, so that a tip comes once and a reaction finds its thread"),
                ),
            ),
            Words(
                rich(
                    "It has no permission to read messages, asks for none, and no language model is involved: every "
                    "answer is a reviewed text with its sources. What you type is matched in memory and not kept; "
                    "a mention is kept until it is answered. Removing the app deletes what is held."
                )
            ),
        ),
    )


def notice(title: str, words: Rich, *actions: Button) -> Card:
    """Draw a short answer: what happened and what to do next."""
    return Card(
        title=title, blocks=(Words(rich(phrases.strong(title), "\n", words)), *((Buttons(actions),) if actions else ()))
    )


def already_posted(link: str) -> Card:
    """Draw the answer to a level that stands in the thread already; `link` opens it, or is empty."""
    where = (
        rich(phrases.link(link, "Read it in the thread"), ".") if link else rich("You find it in this post's thread.")
    )
    return notice("That is already in the thread", where)


def on_its_way() -> Card:
    """Draw the answer to a second click while the first is being answered."""
    return notice("On its way", rich("It appears in this post's thread in a moment."))


def could_not_reply(code: str) -> Card:
    """Draw why a level did not appear in the thread; `code` is the platform's own."""
    return notice(
        "I could not answer in the thread",
        rich(
            f"The answer was refused ({code}). The thread may be locked, or the message gone. ",
            phrases.code("/pm-compare"),
            " shows you the same privately.",
        ),
    )


def apology_words(reference: str) -> str:
    """Say that a fault of ours kept an answer from coming; `reference` finds it in the log."""
    return (
        "That did not work, and the fault is ours. Please try again. If it happens again, tell whoever runs this bot "
        f"the reference {reference}."
    )


def gone(library: Library) -> Card:
    """Draw the answer to a button whose content has been removed since."""
    return Card(
        title="This card has been retired",
        blocks=(
            Words(
                rich(
                    phrases.strong("This card has been retired"),
                    "\nIts text was removed or renamed since it was posted. Here is what there is now:",
                )
            ),
            *_dimension_buttons(library.dimensions),
        ),
    )


def _sides(library: Library, dimension: Dimension) -> tuple[Block, ...]:
    return (
        Header(f"{dimension.number} · {dimension.title}"),
        Columns(Side(library.deck.left, dimension.left), Side(library.deck.right, dimension.right)),
        Words(rich(phrases.strong("The shift:"), " ", dimension.shift)),
    )


def _tip_body(library: Library, tip_: Tip) -> tuple[Block, ...]:
    dimension = library.dimension(tip_.dimension)
    kicker = f"{library.deck.tip_name} · {dimension.short}" if dimension else library.deck.tip_name
    return (
        Note(rich(kicker)),
        Header(tip_.title),
        Words(tip_.idea),
        Words(rich(phrases.strong("Try this week:"), " ", tip_.try_this)),
    )


def _tip_buttons(library: Library, tip_: Tip) -> Buttons:
    dimension = library.dimension(tip_.dimension)
    compare = (Button(f"Compare: {dimension.short}", Action("show", subject_of(dimension))),) if dimension else ()
    return Buttons((*compare, *_depth(subject_of(tip_)).items))


def _depth(subject: Subject, without: Level | None = None) -> Buttons:
    return Buttons(
        tuple(
            Button(label, Action("deepen", subject, level_))
            for level_, label in LEVEL_LABELS.items()
            if level_ != without
        )
    )


def _movement(library: Library, dimension: Dimension) -> Buttons:
    before, after = library.neighbours(dimension)
    return Buttons(
        (
            Button("Share", Action("share", subject_of(dimension)), spoken="Share this card with everyone here"),
            Button(
                f"‹ {before.short}", Action("show", subject_of(before), "previous"), spoken=f"Previous: {before.title}"
            ),
            Button(f"{after.short} ›", Action("show", subject_of(after), "next"), spoken=f"Next: {after.title}"),
            _menu(library),
        )
    )


def _menu(library: Library) -> Menu:
    return Menu(
        f"All {phrases.number(len(library.dimensions))}",
        tuple((f"{d.number} · {d.title}", Action("show", subject_of(d))) for d in library.dimensions),
    )


def _way_back(library: Library, content: Dimension | Tip) -> Buttons:
    if isinstance(content, Dimension):
        return Buttons((Button("‹ Back to the card", Action("show", subject_of(content))), _menu(library)))
    dimension = library.dimension(content.dimension)
    back = (Button(f"Compare: {dimension.short}", Action("show", subject_of(dimension))),) if dimension else ()
    return Buttons((*back, _menu(library)))


def _dimension_buttons(dimensions: Sequence[Dimension]) -> tuple[Buttons, ...]:
    return (
        Buttons(
            tuple(
                Button(f"{d.number} {d.short}", Action("show", subject_of(d)), spoken=f"{d.number}: {d.title}")
                for d in dimensions
            )
        ),
    )


def _level_body(content: Dimension | Tip, level_: Level) -> tuple[Block, ...]:
    match level_:
        case "detail":
            return tuple(block for section in content.detail for block in _section(section))
        case "sources":
            return tuple(_source(source) for source in content.sources)
        case "exercise":
            return _exercise(content.exercise)


def _section(section: Section) -> tuple[Block, ...]:
    blocks: list[Block] = []
    label = section.label
    for part in section.prose:
        match part:
            case Paragraph(text):
                blocks.append(Words(rich(phrases.strong(f"{label}:"), " ", text) if label else text))
            case Bullets(items, ordered):
                blocks.append(Listing(items, label, ordered))
        label = ""
    return tuple(blocks)


def _source(source: Source) -> Words:
    reference = source.reference
    how = (
        "read in the document itself"
        if reference.checked == "primary"
        else "several independent documents quote it alike"
    )
    return Words(
        rich(
            phrases.link(reference.url, reference.title),
            f"\n{reference.authors}, {reference.year}\n",
            source.says,
            "\n",
            phrases.emphasis(f"Checked {phrases.month(reference.checked_on)}: {how}"),
        )
    )


def _exercise(exercise: Exercise) -> tuple[Block, ...]:
    return (
        Words(rich(phrases.strong(exercise.title), f" ({exercise.minutes} minutes)")),
        Listing(exercise.steps, ordered=True),
        Words(rich(phrases.strong("Done when:"), " ", exercise.done)),
    )


def _reaction_line(library: Library) -> str:
    parts = [
        f"{_EMOJI.get(name, f':{name}:')} {LEVEL_LABELS[level_].lower()}"
        for name, level_ in library.deck.reactions.items()
    ]
    return f"React {' · '.join(parts)}; the answer comes in the thread"


def _checked(sources: int, checked_on: str) -> str:
    return f"{sources} {'source' if sources == 1 else 'sources'} · checked {phrases.month(checked_on)}"


def _all(library: Library) -> str:
    return phrases.number(len(library.dimensions)).capitalize()


def _listed(titles: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]])) if titles else ""


def _quoted(words: str) -> str:
    shown = " ".join(words.split())
    return shown if len(shown) <= _WORDS_SHOWN else f"{shown[: _WORDS_SHOWN - 1]}…"
