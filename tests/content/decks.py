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
    version: 2
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
    examples:
      - kind: consumer
        title: A cup at home
        text: |-
          One person, one pot. The numbers are illustrative.

          - **Hot:** three of ten cups left standing.
          - **Cool:** one of ten.
      - kind: business
        title: A hotel's breakfast
        text: Guests pour for themselves, and [tannins](term:tannin) come late.
      - kind: internal
        title: The office kitchen
        text: Nobody reads the note on the kettle.
    questions:
      - Who pours?
      - Who drinks?
      - Who buys?
      - Which leaf?
      - Which water?
      - How hot?
      - How long?
      - How often?
      - What is left in the cup?
      - What would they drink instead?
    metrics:
      - name: Cups finished
        formula: Empty cups divided by cups served.
        trap: It rises when cups get smaller.
      - name: Steeping time
        formula: Minutes from pouring to taking the leaves out.
        trap: Large leaves need more, so compare like with like.
      - name: Second cups
        formula: Guests who ask for another, divided by guests.
        trap: It falls on busy mornings.
    failures:
      - title: A kettle without a thermometer
        year: "2019"
        happened: Every cup was bitter, as [the guide](ref:water-guide) tells.
        learn: Measure before you blame the leaf.
        ref: water-guide
      - title: A study with three cups
        year: 2023 to 2024
        happened: It found what it looked for.
        learn: Count more cups.
        ref: leaf-study
    checklist:
      - The water was measured.
      - The leaves are weighed.
      - The clock runs.
      - The cups are warm.
      - Somebody tasted it.
    roles:
      moving: Begin with one leaf.
      managing: |-
        Ask for the notes.

        - First what was measured.
        - Then what was tasted.
      working-with: Say how you like it.
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
    version: 3
    dimension: taste
    title: Let the water cool
    idea: Boiling water burns green leaves and draws [tannins](term:tannin).
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

SECOND_OF_TWIST = """\
        - label: Wait
          reasoning: They have time today.
          cost: It may grow bitter.
          against: The impatient one.
"""
TWIST = f"""\
    twist:
      situation: Now they [wait](term:tannin), and two more came.
      choices:
        - label: Brew it again
          reasoning: Each gets a full cup.
          cost: Three more minutes.
          against: "The thirsty one: I asked for tea, not for a ceremony."
{SECOND_OF_TWIST}\
"""
DILEMMAS = f"""\
dilemmas:
  - id: guest-in-a-hurry
    version: 1
    dimension: taste
    title: A guest in a hurry
    asks: [thin cup or no cup, no time to steep, visitor must run, quick brew]
    situation: |-
      Your guest leaves in two minutes. The leaf needs four.
    choices:
      - label: Pour it now
        reasoning: A thin cup is better than none.
        cost: They will think you make it thin.
        against: They would say that a rushed cup insults the leaf.
      - label: Use hotter water
        reasoning: It draws faster, as [the guide](ref:water-guide) says.
        cost: It may be bitter with [tannin](term:tannin).
        against: The cook, who scrubs the pot.
      - label: Offer juice
        reasoning: Nothing has to steep.
        cost: They came for tea.
        against: Whoever was promised tea.
{TWIST}\
    sources:
      - ref: water-guide
        says: Hot water draws more.
    checked: 2026-11
"""

FILES = {
    "deck.yaml": DECK,
    "tips.yaml": TIPS,
    "references.yaml": REFERENCES,
    "glossary.yaml": GLOSSARY,
    "dilemmas.yaml": DILEMMAS,
}


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
