"""Know what the texts of content may point to, and note faults where they point elsewhere."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from content import matching
from content.reading.yaml import File
from content.references import Reference


class Citations(Struct, frozen=True):
    """What texts may point to: references and terms, each None where they could not be read; and what they cite."""

    references: Mapping[str, Reference] | None
    terms: frozenset[str] | None = None
    cited: set[str] = field(default_factory=set)

    def found(self, file: File, line: int, name: str) -> Reference | None:
        """Find a reference by its id, noting a fault where it is dead."""
        self.cited.add(name)
        if self.references is None:
            return None
        if name not in self.references:
            near = matching.suggestion(name, self.references)
            file.fault(line, f"the references have no `{name}`{near or ': add it there, or cite another'}")
        return self.references.get(name)

    def explain(self, file: File, line: int, name: str) -> None:
        """Note a fault where a term that a text links to is not in the glossary."""
        if self.terms is not None and name not in self.terms:
            near = matching.suggestion(name, self.terms)
            file.fault(line, f"the glossary has no `{name}`{near or ': add it there, or take the link out'}")


class Reading(Struct, frozen=True):
    """What every value of a file is read with: the file, what may be cited, and today (None: dates are not judged).

    `linked` collects the terms that the texts link to.
    """

    file: File
    citations: Citations
    today: date | None
    linked: list[str] = field(default_factory=list)

    def apart(self) -> "Reading":
        """Give the same with a collection of its own."""
        return replace(self, linked=[])

    @property
    def terms(self) -> tuple[str, ...]:
        """Give the terms that were linked to, in order, each once."""
        return tuple(dict.fromkeys(self.linked))
