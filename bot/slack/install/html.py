"""Write our own pages: the frame that all of them have, and the headers that keep a browser from doing more."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from msgspec import Struct
from starlette.responses import HTMLResponse, Response

_STYLE = """
:root { color-scheme: light dark; --ink: #1d1c1d; --paper: #fff; --quiet: #5a5a5c; --line: #d6d6d8; --accent: #1d3557; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --paper: #1a1b1e; --quiet: #b0b0b4; --line: #3a3b40; --accent: #a8c5ea; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 .9rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: 0 0 .4rem; }
dt { margin-top: .8rem; font-weight: 600; }
dd { margin: .1rem 0 0; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
.quiet { color: var(--quiet); font-size: .92rem; }
.tag { font-weight: 400; color: var(--quiet); border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; }
.button { display: inline-block; margin: 1.5rem 0 .75rem; padding: .7rem 1.4rem; border: 0; border-radius: .4rem;
  background: var(--accent); color: var(--paper); font: 600 1rem/1.4 system-ui, sans-serif; text-decoration: none;
  cursor: pointer; }
.button:focus-visible, a:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
"""
# In the page itself: a browser that is given none asks for /favicon.ico, which is not there.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231d3557'/%3E"
    "%3Cpath d='M7 9h8v14H7zm10 5h8v9h-8z' fill='%23fff'/%3E%3C/svg%3E"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


class Page(Struct, frozen=True):
    """One page: `title` is its heading too; `body` is HTML, with everything from outside escaped by who wrote it."""

    title: str
    body: str
    status: int = 200


def response(page: Page, leads_to: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a page; `leads_to` are the origins that a form on it may lead to, separated by spaces."""
    return HTMLResponse(_whole(page), page.status, {**protected(leads_to), **(headers or {})})


def protected(leads_to: str = "") -> dict[str, str]:
    """Give the headers of every page: nothing is fetched, framed, guessed, kept, or told to others."""
    forms = leads_to or "'none'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; form-action {forms}; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def paragraph(words: str) -> str:
    """Write a paragraph of plain words."""
    return f"<p>{escape(words)}</p>"


def listed(items: tuple[str, ...]) -> str:
    """Write a list of plain words."""
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def link(address: str, words: str) -> str:
    """Write a link that looks as a button does."""
    return f'<p><a class="button" href="{escape(address)}">{escape(words)}</a></p>'


def _whole(page: Page) -> str:
    title = escape(page.title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" type="image/svg+xml" href="{_ICON}">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{page.body}</main></body></html>"
    )
