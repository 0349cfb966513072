"""What Adaptive Cards 1.5 are made of, as Teams draws them: each element's properties, and those it cannot lack.

Figures: adaptivecards.io/explorer, and learn.microsoft.com on cards in Teams (`msteams`, `targetWidth`, `layouts`) and
on "Charts in Adaptive Cards"; of charts, the one with bars from left to right alone.
"""

from msgspec import Struct, field


class Shape(Struct, frozen=True):
    """What an element may have, what it must have, and which of its properties hold lists of which elements.

    `words` are those that a property may have here, where they are not those of `ENUMS`.
    """

    may: frozenset[str]
    must: frozenset[str] = frozenset()
    lists: dict[str, str] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _shape(may: str, must: str = "", common: str = "", **lists: str) -> Shape:
    needed = frozenset(must.split())
    return Shape(frozenset((may + " " + common).split()) | needed | lists.keys() | {"type"}, needed, lists)


_ELEMENT = "id isVisible separator spacing height fallback requires targetWidth lang rtl grid.area"
_INPUT = f"{_ELEMENT} label isRequired errorMessage value"
_ACTION = "id title iconUrl style fallback requires tooltip isEnabled mode msteams"
_BOX = "style bleed minHeight backgroundImage verticalContentAlignment selectAction"
_FONT = "color fontType isSubtle size weight"

# What charts may be coloured with, in small letters, as ENUMS below.
_COLOURS = _words(
    "good warning attention neutral categoricalred categoricalpurple categoricallavender categoricalblue "
    "categoricallightblue categoricalteal categoricalgreen categoricallime categoricalmarigold sequential1 sequential2 "
    "sequential3 sequential4 sequential5 sequential6 sequential7 sequential8 divergingblue diverginglightblue "
    "divergingcyan divergingteal divergingyellow divergingpeach diverginglightred divergingred divergingmaroon "
    "diverginggray"
)
# `showTitle`, `showLegend` and `maxWidth` are described in Microsoft's own SDK alone (microsoft-teams-cards 2.1.1).
_BARS = Shape(
    _words(
        "type id isVisible separator spacing height fallback requires targetWidth lang horizontalAlignment grid.area "
        "title showTitle showLegend maxWidth xAxisTitle yAxisTitle colorSet color displayMode data"
    ),
    _words("data"),
    {"data": "point"},
    {
        "color": _COLOURS,
        "colorSet": _words("categorical sequential diverging"),
        "displayMode": _words("absolutewithaxis absolutenoaxis parttowhole"),
        "spacing": _words("none extrasmall small default medium large extralarge padding"),
    },
)
POINT = Shape(_words("x y color key"), _words("x y"), words={"color": _COLOURS})

CARD = _shape(
    "$schema refresh authentication selectAction fallbackText backgroundImage metadata minHeight rtl speak lang "
    "verticalContentAlignment msteams layouts",
    "version",
    body="element",
    actions="action",
)
ELEMENTS: dict[str, Shape] = {
    "TextBlock": _shape(f"horizontalAlignment maxLines wrap style {_FONT}", "text", _ELEMENT),
    "RichTextBlock": _shape("horizontalAlignment", "", _ELEMENT, inlines="inline"),
    "Image": _shape(
        "altText backgroundColor width horizontalAlignment selectAction size style msteams allowExpand",
        "url",
        _ELEMENT,
    ),
    "ImageSet": _shape("imageSize", "", _ELEMENT, images="element"),
    "Media": _shape("poster altText captionSources", "sources", _ELEMENT),
    "Container": _shape(f"{_BOX} layouts", "", _ELEMENT, items="element"),
    "ColumnSet": _shape(f"{_BOX} horizontalAlignment", "", _ELEMENT, columns="column"),
    "FactSet": _shape("", "facts", _ELEMENT),
    "ActionSet": _shape("horizontalAlignment", "", _ELEMENT, actions="action"),
    "Table": _shape(
        "columns firstRowAsHeader showGridLines gridStyle horizontalCellContentAlignment verticalCellContentAlignment",
        "",
        _ELEMENT,
        rows="row",
    ),
    "Chart.HorizontalBar": _BARS,
    "Input.Text": _shape("isMultiline maxLength placeholder regex style inlineAction", "id", _INPUT),
    "Input.Number": _shape("min max placeholder", "id", _INPUT),
    "Input.Date": _shape("min max placeholder", "id", _INPUT),
    "Input.Time": _shape("min max placeholder", "id", _INPUT),
    "Input.Toggle": _shape("valueOff valueOn wrap", "id title", _INPUT),
    "Input.ChoiceSet": _shape("choices choices.data isMultiSelect style placeholder wrap", "id", _INPUT),
}
COLUMN = _shape(f"{_BOX} layouts width", "", _ELEMENT, items="element")
ROW = _shape("style horizontalCellContentAlignment verticalCellContentAlignment", "", _ELEMENT, cells="cell")
CELL = _shape(_BOX, "", _ELEMENT, items="element")
RUN = _shape(f"highlight italic selectAction strikethrough underline {_FONT}", "text")
ACTIONS: dict[str, Shape] = {
    "Action.Execute": _shape("verb data associatedInputs", "", _ACTION),
    "Action.Submit": _shape("data associatedInputs", "", _ACTION),
    "Action.OpenUrl": _shape("", "url", _ACTION),
    "Action.ShowCard": _shape("card", "card", _ACTION),
    "Action.ToggleVisibility": _shape("", "targetElements", _ACTION),
}
# What a list of each kind may hold.
KINDS: dict[str, dict[str, Shape]] = {
    "element": ELEMENTS,
    "action": ACTIONS,
    "column": {"Column": COLUMN},
    "row": {"TableRow": ROW},
    "cell": {"TableCell": CELL},
    "inline": {"TextRun": RUN},
    "point": {"": POINT},
}
ENUMS: dict[str, frozenset[str]] = {
    "size": frozenset({"default", "small", "medium", "large", "extralarge", "auto", "stretch"}),
    "weight": frozenset({"default", "lighter", "bolder"}),
    "color": frozenset({"default", "dark", "light", "accent", "good", "warning", "attention"}),
    "spacing": frozenset({"none", "small", "default", "medium", "large", "extralarge", "padding"}),
    "horizontalAlignment": frozenset({"left", "center", "right"}),
    "verticalContentAlignment": frozenset({"top", "center", "bottom"}),
    "fontType": frozenset({"default", "monospace"}),
    "mode": frozenset({"primary", "secondary"}),
    "associatedInputs": frozenset({"auto", "none"}),
}
TARGET_WIDTH = r"(atLeast:|atMost:)?(veryNarrow|narrow|standard|wide)"
