"""Draw the record of a channel as one page to print: no script, nothing loaded from elsewhere, every text escaped."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from html import escape

from cards.compose import phrases
from cards.compose.counts import CALLED, FEWEST, RESPONSES
from cards.compose.learning.record import SHOWS_NOT, Entry, Record
from content import wording

_STYLE = """
  :root { color-scheme: light; }
  body { font: 15px/1.5 system-ui, sans-serif; color: #1d1c1d; background: #fff; margin: 2rem auto; max-width: 62rem;
    padding: 0 1.5rem; }
  h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
  h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
  p { max-width: 44rem; }
  .quiet { color: #5c5c5c; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 1rem 0; }
  dt { font-weight: 600; }
  dd { margin: 0; overflow-wrap: anywhere; }
  table { border-collapse: collapse; width: 100%; }
  caption { text-align: left; color: #5c5c5c; padding: 0 0 .5rem; }
  th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid #d0d0d0;
    overflow-wrap: break-word; }
  tbody th { font-weight: 400; }
  thead th { border-bottom: 2px solid #1d1c1d; vertical-align: bottom; }
  tfoot th, tfoot td { border-bottom: 0; border-top: 2px solid #1d1c1d; font-weight: 600; }
  .number { text-align: right; font-variant-numeric: tabular-nums; max-width: 6.5rem; }
  .short { white-space: nowrap; }
  .scroll { overflow-x: auto; }
  .blank th { width: 18rem; }
  .blank td { height: 3.2rem; border-bottom: 1px solid #5c5c5c; }
  a { color: #1a5a88; }
  @page { margin: 18mm 15mm; }
  @media print {
    body { font-size: 10pt; margin: 0; max-width: none; padding: 0; }
    h2 { break-after: avoid; }
    .scroll { overflow: visible; }
    th, td { padding: .2rem .6rem .2rem 0; }
    tr, .blank, .keep { break-inside: avoid; }
    thead { display: table-header-group; }
    a { color: inherit; text-decoration: none; }
    a[href]::after { content: " (" attr(href) ")"; font-size: 8.5pt; overflow-wrap: anywhere; }
  }
"""
_OFFERED, _USED = "What was offered", "How it was used"
_BLANKS = (
    "Roles of the people in this channel",
    "AI systems they use, build or sell",
    "What they knew before, and how that is known",
    "Other measures: courses, instructions, practice",
    "Who is responsible for this record",
    "Date and signature",
)


def drawn(kept: Record, now: datetime) -> str:
    """Give the page, as it was made at a moment."""
    name = kept.name or "this conversation"
    title = f"AI-literacy record: {name}"
    facts = [
        ("Channel", f"{kept.name} ({kept.conversation})" if kept.name else kept.conversation),
        ("Workspace", f"{kept.workspace} ({kept.platform.capitalize()})"),
        ("Period", _period(kept)),
        ("Posts", str(len(kept.entries))),
        ("Made on", phrases.utc_words(now)),
    ]
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="quiet">{escape(SHOWS_NOT)}</p>',
        "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in facts) + "</dl>",
        f"<h2>{_OFFERED}</h2>",
        _offered(kept.entries),
        f"<h2>{_USED}</h2>",
        _used(kept),
        "<h2>To be filled in by the organization</h2>",
        _blank(),
        '<section class="keep"><h2>What the law asks</h2>',
        _law(kept),
        "</section>",
        "<h2>Sources</h2>",
        _sources(kept.entries),
    ]
    return wording.seen(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _period(kept: Record) -> str:
    """Say which days are meant; without bounds, those of the posts."""
    first = kept.since or (kept.entries[0].at.astimezone(UTC).date() if kept.entries else None)
    last = kept.until or (kept.entries[-1].at.astimezone(UTC).date() if kept.entries else None)
    if first is None and last is None:
        return "no posts"
    return " to ".join(_day(day) for day in (first, last) if day is not None)


def _day(day: date) -> str:
    return phrases.date_words(day.isoformat())


def _offered(entries: Sequence[Entry]) -> str:
    if not entries:
        return "<p>Nothing was posted in this time.</p>"
    head = (("Day (UTC)", "short"), ("What", "short"), ("Topic", ""), ("Title", ""), ("Version", "number"))
    more = (("Sources", "number"), ("Levels opened below", "number"))
    rows = (
        (
            _day(one.at.astimezone(UTC).date()),
            one.what,
            one.topic,
            one.title + (f" (corrected {phrases.date_words(one.corrected)})" if one.corrected else ""),
            str(one.version) if one.version else "–",
            f"{len(one.sources)}{'' if one.is_same or not one.sources else ' *'}",
            str(one.below),
        )
        for one in entries
    )
    note = "Posts, oldest first. They are remembered for 400 days."
    if not all(one.is_same or not one.sources for one in entries):
        note += " Sources with * are those that the content lists today, of another version than was posted."
    if not all(one.version for one in entries):
        note += " Where no version stands, none was kept."
    return _table(_OFFERED, note, (*head, *more), rows)


def _used(kept: Record) -> str:
    if not kept.counts.topics:
        return "<p>Nothing to count yet.</p>"
    head = (("Topic", ""), *((CALLED[group], "number") for group in ("posted", *RESPONSES)))
    *rows, last = (
        (topic.name, *(str(topic.total(group)) for group in ("posted", *RESPONSES)))
        for topic in (*kept.counts.topics, kept.counts.everything)
    )
    note = (
        "Acts, not people, of all time and not of the period alone: most counts have no day. Levels count whether "
        f"opened in a thread or alone. What fewer than {FEWEST} people did is nowhere broken down."
    )
    return _table(_USED, note, head, rows, last)


def _blank() -> str:
    rows = "".join(f'<tr><th scope="row">{escape(label)}</th><td></td></tr>' for label in _BLANKS)
    caption = "Only the organization knows these; the bot neither asks for them nor keeps them."
    return f'<table class="blank"><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>'


def _law(kept: Record) -> str:
    known = kept.literacy
    if known is None:
        return "<p>The content has no source on this. Not legal advice.</p>"
    source = f"Source: {_link(known.url, known.title)}, checked {escape(phrases.month(known.checked_on))}."
    return f"<p>{escape(known.sentence)}</p><p>{source}</p><p><strong>Not legal advice.</strong></p>"


def _sources(entries: Sequence[Entry]) -> str:
    listed = dict.fromkeys(source for one in entries for source in one.sources)
    if not listed:
        return "<p>None.</p>"
    items = "".join(f"<li>{_link(url, title)}</li>" for title, url in sorted(listed))
    return f"<ul>{items}</ul>"


def _link(url: str, words: str) -> str:
    """Give a link; what is no web address is shown, and leads nowhere."""
    if not url.startswith(("https://", "http://")):
        return escape(words)
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def _table(
    title: str,
    caption: str,
    head: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[str]],
    last: Sequence[str] = (),
) -> str:
    """Give a table whose first column names its rows; `head` has each column's name and look, `last` sums it up."""

    def row(words: Sequence[str], tag: str, scope: str) -> str:
        cells = zip(words, (scope, *(scope if scope == "col" else "" for _ in words[1:])), head, strict=True)
        return f"<tr>{''.join(cell(said, tag, how, look) for said, how, (_, look) in cells)}</tr>\n"

    def cell(words: str, tag: str, scope: str, look: str) -> str:
        named = "th" if scope else tag
        marks = "".join(f' {name}="{value}"' for name, value in (("scope", scope), ("class", look)) if value)
        return f"<{named}{marks}>{escape(words)}</{named}>"

    top = row([name for name, _ in head], "th", "col")
    body = "".join(row(words, "td", "row") for words in rows)
    foot = f"<tfoot>{row(last, 'td', 'row')}</tfoot>" if last else ""
    return (
        # Where it is wider than the screen, the keyboard scrolls it too.
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><caption>{escape(caption)}</caption>\n<thead>{top}</thead>\n"
        f"<tbody>\n{body}</tbody>{foot}</table></div>"
    )
