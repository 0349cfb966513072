"""Draw the icons anew after a change of their SVG: `.venv/bin/python appPackage/draw.py`, with chromium installed."""
# ruff: noqa: INP001 # a script

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SIZES = {"color": 192, "outline": 32}  # Teams: concepts/build-and-test/apps-package, "App icons"


def draw() -> None:
    """Write color.png and outline.png beside their sources."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            source = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{source}")
            drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            finished = drawn.convert("RGB") if name == "color" else _white(drawn)
            finished.save(FOLDER / f"{name}.png", optimize=True)
        browser.close()


def _white(drawn: Image.Image) -> Image.Image:
    """Leave of a picture its outline alone. Teams: nothing but white and transparent, not even at smooth edges."""
    white = Image.new("RGBA", drawn.size, "white")
    white.putalpha(drawn.getchannel("A"))
    return white


if __name__ == "__main__":
    draw()
