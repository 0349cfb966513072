"""A small sound deck as text, for tests to write down whole or with one thing changed."""

from pathlib import Path

DECK = """\
deck:
  id: tea
  title: Green tea vs black tea
  left: Green tea
  right: Black tea
  tip_name: Tea tip
  reactions:
    mag: detail
    books: sources
    test_tube: exercise

dimensions:
  - id: taste
    number: 1
    title: Taste & smell
    short: Taste
    aliases: [flavour, aroma]
    left: >-
      Grassy and light, with **little** bitterness.
    right: >-
      Malty and strong; see [the study](ref:leaf-study) on tannins.
    shift: From "is it fresh?" to "is it strong?"
    detail:
      example: |-
        Two cups, same water.

        - First cup: two minutes.
        - Second cup: four minutes.
      ask:
        - Who drinks it?
        - When do they drink it?
        - What do they eat with it?
      measure:
        - Cups left half full, divided by cups served.
        - Minutes until the first sip.
      watch:
        - Bitterness that appears late.
        - Old leaves.
    sources:
      - ref: leaf-study
        says: Tannins grow with time.
      - ref: water-guide
        says: Hot water draws more.
    exercise:
      title: Taste both blind
      minutes: 10
      steps:
        - Make two cups.
        - Close your eyes and drink.
      done: You know which is which.
    checked: 2026-10

  - id: caffeine
    number: 2
    title: Caffeine and sleep
    short: Caffeine
    aliases: [sleep, jitters]
    left: Less of it, with fewer hallucinations at midnight.
    right: More of it.
    shift: From calm to awake.
    detail:
      example: Nobody slept.
      ask:
        - How many cups?
        - How late?
        - How strong?
      measure:
        - Hours slept.
        - Cups after noon.
      watch:
        - A racing heart.
        - Headaches on Sunday.
    sources:
      - ref: leaf-study
        says: It counts milligrams.
      - ref: water-guide
        says: Cooler water draws less.
    exercise:
      title: Stop at noon
      minutes: 5
      steps:
        - Drink nothing after noon.
        - Write down when you slept.
      done: You have a time.
    checked: 2026-11
"""

TIPS = """\
tips:
  - id: cool-water
    dimension: taste
    title: Let the water cool
    idea: Boiling water burns green leaves.
    try: >-
      Wait three minutes before you pour.
    detail:
      example: At 80 °C the cup stayed sweet.
      watch:
        - Impatience.
        - A cold cup.
    sources:
      - ref: water-guide
        says: It gives a temperature for each leaf.
    exercise:
      title: Three cups
      minutes: 15
      steps:
        - Pour at 70, 80 and 90 degrees.
        - Note which you finish.
      done: You have a favourite.
    checked: 2026-11
  - id: count-cups
    dimension: caffeine
    title: Count your cups
    idea: People forget the third.
    try: Put a bean in a jar for each.
    detail:
      example: The jar held nine.
      watch:
        - Guests.
        - Large cups.
    sources:
      - ref: leaf-study
        says: It counts cups.
    exercise:
      title: A jar for a week
      minutes: 5
      steps:
        - Find a jar.
        - Count on Friday.
      done: You have a number.
    checked: 2026-11
"""

REFERENCES = """\
references:
  - id: leaf-study
    title: "Leaves: a study"
    authors: A. Leaf
    year: 2024
    url: https://example.org/leaf
    fact: Tannins grow with time.
    checked: primary
    checked_on: 2026-11
  - id: water-guide
    title: A guide to water
    authors: B. Water
    year: "2020"
    url: https://example.org/water
    fact: Hot water draws more.
    checked: secondary
    checked_on: 2026-11
    caution: Never say boiling.
"""

GLOSSARY = """\
terms:
  - id: tannin
    term: Tannin
    aliases: [tannic acid]
    meaning: What makes the mouth dry. It comes late.
    dimension: taste
"""

FILES = {"deck.yaml": DECK, "tips.yaml": TIPS, "references.yaml": REFERENCES, "glossary.yaml": GLOSSARY}


def written(folder: Path, changes: dict[str, tuple[str, str]] | None = None) -> Path:
    """Write the deck into `folder`; `changes` maps a file to a text that stands in it and the one to put there."""
    for name, text in FILES.items():
        old, new = (changes or {}).get(name, ("", ""))
        assert old in text, f"{name} has no {old!r} to replace"
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder


def line_of(name: str, text: str) -> int:
    """Give the line of `name`, counted from 1, on which `text` begins."""
    return FILES[name][: FILES[name].index(text)].count("\n") + 1
