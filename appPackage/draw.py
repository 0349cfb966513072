"""Draw the icons anew after a change of their SVG: `.venv/bin/python appPackage/draw.py`, with chromium installed."""
# ruff: noqa: INP001 # a script

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SLACK = FOLDER.parent / "docs" / "pictures" / "slack-icon.png"
# The source, the size in pixels, and what is written. Teams: concepts/build-and-test/apps-package, "App icons";
# Slack: an app's icon is uploaded by hand, a square of 512 to 2,000 pixels.
ICONS = (
    ("color", 192, FOLDER / "color.png"),
    ("outline", 32, FOLDER / "outline.png"),
    ("color", 512, SLACK),
)


def draw() -> None:
    """Write both of Teams' icons beside their sources, and Slack's among the pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size, written in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            source = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
            page.set_content(
                f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{source}"
            )
            drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            finished = drawn.convert("RGB") if name == "color" else _white(drawn)
            finished.save(written, optimize=True)
        browser.close()


def _white(drawn: Image.Image) -> Image.Image:
    """Leave of a picture its outline alone. Teams: nothing but white and transparent, not even at smooth edges."""
    white = Image.new("RGBA", drawn.size, "white")
    white.putalpha(drawn.getchannel("A"))
    return white


if __name__ == "__main__":
    draw()
