"""What axe-core finds on a page, and the contrasts that it leaves open, measured here."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# WCAG 2.0 to 2.2, levels A and AA, and what axe's makers call best practice; two rules more that they still try out.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]  # what differs between light and dark
RUN = """async (only) => {
    const { violations, incomplete } = await axe.run({
        runOnly: only, resultTypes: ['violations', 'incomplete'],
        rules: { 'label-content-name-mismatch': { enabled: true }, 'focus-order-semantics': { enabled: true } },
    });
    return { violations, incomplete };
}"""

# Where axe can't tell what lies behind words (something else lies over them, or a color is computed), each color on
# the way up is laid over the one below it. Words that can't be seen have no contrast.
CONTRAST = """(targets) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const parsed = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        return { rgb: [red, green, blue], alpha: alpha / 255 };
    };
    const over = (top, alpha, below) => top.map((each, index) => each * alpha + below[index] * (1 - alpha));
    const up = (node) => (node ? [node, ...up(node.parentElement)] : []);
    const behind = (node) => up(node).reverse().reduce((below, each) => {
        const { rgb, alpha } = parsed(getComputedStyle(each).backgroundColor);
        return over(rgb, alpha, below);
    }, [255, 255, 255]);
    const light = (rgb) => rgb.map((each) => each / 255)
        .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
    return targets.flatMap((target) => {
        const node = document.querySelector(target);
        if (!node || !node.checkVisibility({ opacityProperty: true })) return [];
        const style = getComputedStyle(node);
        const { rgb, alpha } = parsed(style.color);
        const below = behind(node);
        const faint = up(node).reduce((product, each) => product * Number(getComputedStyle(each).opacity), 1);
        const [dark, bright] = [light(below), light(over(rgb, alpha * faint, below))].sort((one, other) => one - other);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        const ratio = (bright + 0.05) / (dark + 0.05);
        const words = node.textContent.slice(0, 40);
        return ratio < (isLarge ? 3 : 4.5) ? [`contrast ${ratio.toFixed(2)}: ${target} "${words}"`] : [];
    });
}"""


# Names that axe leaves open, since they stand for a sign or a single letter: words that one sees are in them.
MISNAMED = """(targets) => {
    const spoken = (text) => text.normalize('NFKC').replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim().toLowerCase();
    return targets.filter((target) => {
        const node = document.querySelector(target);
        return node && !spoken(node.getAttribute('aria-label') ?? node.innerText).includes(spoken(node.innerText));
    }).map((target) => `label-content-name-mismatch: ${target}`);
}"""
MEASURED = {"color-contrast": CONTRAST, "label-content-name-mismatch": MISNAMED}


async def faults(page: Page) -> list[str]:
    """List what is wrong in light and, of its colors, in dark, each with its rule and its place.

    Contrasts and names that axe leaves open are measured.

    The script comes into the page as the debugger's own: the page's policy lets nothing in, and is not changed.
    """
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(Axe().axe_script)
    await page.emulate_media(color_scheme="dark")
    dark = [f"dark: {fault}" for fault in await _found(page, "rule", COLORS)]
    await page.emulate_media(color_scheme="light")
    return [*await _found(page, "tag", RULES), *dark]


async def _found(page: Page, kind: str, values: list[str]) -> list[str]:
    found = await page.evaluate(RUN, {"type": kind, "values": values})
    wrong = [
        f"{rule['id']}: {' '.join(_target(node))} {node['html'][:120]}" for rule, node in _each(found["violations"])
    ]
    left = [(rule["id"], _target(node)[0]) for rule, node in _each(found["incomplete"])]
    for name, measure in MEASURED.items():
        wrong += await page.evaluate(measure, [place for rule, place in left if rule == name])
    return [*wrong, *(f"undecided: {rule} {place}" for rule, place in left if rule not in MEASURED)]


def _each(rules: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(rule, node) for rule in rules for node in rule["nodes"]]


def _target(node: dict[str, Any]) -> list[str]:
    """Give the selectors that lead to a node."""
    return [str(each) for each in node["target"]]
