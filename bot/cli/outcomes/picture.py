"""Draw counts by topic as a small SVG that needs nothing but itself, and says in words what it shows."""

from xml.etree import ElementTree as ET

from cards.compose import phrases
from cards.compose.counts import Summary

_WIDTH, _LEFT, _RIGHT = 760, 256, 60  # where the bars' names end, and room for a number
_TOP, _ROW, _BAR = 84, 40, 22
_STEPS = (1, 2, 5)
_MOST_STEPS = 5
_INK, _QUIET, _LINE, _FILL = "#1d1c1d", "#5c5c5c", "#d0d0d0", "#2f6f9f"  # each reads on white


def drawn(counted: Summary) -> str:
    """Give the picture: a bar for each topic, as long as what people did there; where nothing was done, what came."""
    is_used = counted.everything.responses > 0
    what = "Levels opened, votes, recall answers and opinions" if is_used else "Posts"
    since = f", since {phrases.date_words(counted.since.date().isoformat())}" if counted.since else ""
    bars = [(topic.name, topic.responses if is_used else topic.total("posted")) for topic in counted.topics]
    words = "; ".join(f"{name}: {count}" for name, count in bars) or "Nothing to count yet"
    height = _TOP + _ROW * max(1, len(bars)) + 44
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {height}",
            "width": str(_WIDTH),
            "height": str(height),
            "role": "img",
            "aria-labelledby": "title desc",
            "lang": "en",
            "font-family": "system-ui, sans-serif",
            "font-size": "14",
        },
    )
    ET.SubElement(svg, "title", {"id": "title"}).text = f"{what} by topic{since}"
    ET.SubElement(svg, "desc", {"id": "desc"}).text = f"{words}."
    ET.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    _text(svg, 24, 34, f"{what} by topic", {"font-size": "18", "font-weight": "600"})
    _text(svg, 24, 58, f"Acts, not people{since}", {"fill": _QUIET})
    if bars:
        _bars(svg, bars, height)
    else:
        _text(svg, 24, _TOP + 20, "Nothing to count yet", {})
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode", xml_declaration=False) + "\n"


def _bars(svg: ET.Element, bars: list[tuple[str, int]], height: int) -> None:
    step = _step(max(count for _, count in bars))
    end = step * max(1, -(-max(count for _, count in bars) // step))
    scale = (_WIDTH - _LEFT - _RIGHT) / end
    bottom = height - 44
    for mark in range(0, end + 1, step):
        x = _LEFT + mark * scale
        line = {"x1": f"{x:g}", "x2": f"{x:g}", "y1": str(_TOP - 6), "y2": str(bottom), "stroke": _LINE}
        ET.SubElement(svg, "line", line)
        _text(svg, x, bottom + 20, str(mark), {"text-anchor": "middle", "fill": _QUIET, "font-size": "12"})
    for place, (name, count) in enumerate(bars):
        y = _TOP + place * _ROW
        middle = y + _BAR / 2 + 5
        _text(svg, _LEFT - 12, middle, name, {"text-anchor": "end"})
        bar = {"x": str(_LEFT), "y": str(y), "width": f"{count * scale:g}", "height": str(_BAR), "fill": _FILL}
        ET.SubElement(svg, "rect", bar)
        _text(svg, _LEFT + count * scale + 8, middle, str(count), {"font-weight": "600"})
    axis = {"x1": str(_LEFT), "x2": str(_LEFT), "y1": str(_TOP - 6), "y2": str(bottom), "stroke": _QUIET}
    ET.SubElement(svg, "line", axis)


def _step(most: int) -> int:
    """Choose how far the axis' marks stand apart: 1, 2 or 5 times a power of ten, so that there are few."""
    power = 1
    while True:
        for step in _STEPS:
            if most <= step * power * _MOST_STEPS:
                return step * power
        power *= 10


def _text(svg: ET.Element, x: float, y: float, words: str, look: dict[str, str]) -> None:
    element = ET.SubElement(svg, "text", {"x": f"{x:g}", "y": f"{y:g}", "fill": _INK, **look})
    element.text = _clean(words)


def _clean(words: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(letter for letter in words if letter >= " ")
