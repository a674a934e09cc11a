"""Slices: subsets of reports or of mentions that are scored by themselves.

A slice of reports is a subset of rows of the count table. A slice of mentions has columns of its own. Its attribute is
taken from the mention on each side: a false positive belongs where its predicted surface puts it. Some attributes only
gold mentions have; there precision is undefined and recall alone is shown.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from harness.annotation import Annotations, Mention, Report
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.errors import ConfigurationError
from harness.scoring.gather import gather
from harness.tagging.tokens import TOKEN

Seen = Mapping[tuple[str, str], int]
"""How often a surface carries a label of the view among the training reports."""


class Slicing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of dividing reports or mentions, as declared in conf/scoring.

    `by` is a key of REPORT_SLICINGS or MENTION_SLICINGS, `field` names the metadata or attribute, `bounds` divide
    numbers: [2, 4] gives 0-1, 2-3 and 4+.
    """

    name: str
    by: str
    field: str = ""
    bounds: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        kinds = (*REPORT_SLICINGS, *MENTION_SLICINGS)
        if self.by not in kinds:
            raise ConfigurationError(f"scoring.slices.{self.name}.by is {self.by!r}", f"Choose {', '.join(kinds)}.")
        if (self.by in ("metadata", "attribute")) != bool(self.field):
            need = "needs" if not self.field else "takes no"
            raise ConfigurationError(f"scoring.slices.{self.name} {need} field", "field goes with metadata, attribute.")
        rising = list(self.bounds) == sorted(set(self.bounds)) and min(self.bounds, default=1) >= 1
        if (self.by in NUMERIC) != bool(self.bounds) or not rising:
            raise ConfigurationError(
                f"scoring.slices.{self.name}.bounds is {list(self.bounds)}",
                f"Increasing whole numbers from 1 for {', '.join(sorted(NUMERIC))}; nothing for others.",
            )

    @property
    def of_reports(self) -> bool:
        """Whether reports are divided, not mentions."""
        return self.by in REPORT_SLICINGS

    @property
    def needs_train(self) -> bool:
        """Whether mentions of the train split are needed."""
        return self.by in ("seen", "frequency")

    @property
    def gold_only(self) -> bool:
        """Whether only gold mentions have the attribute."""
        return self.by in ("attribute", "coreference")

    def of(self, value: object) -> str:
        """The name of the slice that holds a value, such as `length=2-3`."""
        return f"{self.name}={self._range(value) if isinstance(value, int) else value}"

    def _range(self, number: int) -> str:
        least = 1 if self.by == "length" else 0
        for low, high in pairwise((least, *self.bounds)):
            if low <= number < high:
                return str(low) if high == low + 1 else f"{low}-{high - 1}"
        return f"{self.bounds[-1]}+"


def natural_order(name: str) -> tuple[str, int, str]:
    """Sorts names of slices: ranges by their first number, the rest by name."""
    slicing, _, value = name.partition("=")
    number = re.match(r"\d+", value)
    return slicing, int(number[0]) if number else -1, value


def report_slices(
    slicings: Sequence[Slicing], documents: Sequence[Document], gold: Mapping[str, int]
) -> dict[str, list[str]]:
    """The ids of the reports in each slice of reports, slices in `natural_order` for each slicing.

    `gold` is the number of gold mentions of every report that count.
    """
    found: dict[str, list[str]] = {}
    for slicing in slicings:
        if slicing.of_reports:
            own: dict[str, list[str]] = {}
            for document in documents:
                value = REPORT_SLICINGS[slicing.by](slicing, document, gold[document.report.id])
                if value is not None:
                    own.setdefault(slicing.of(value), []).append(document.report.id)
            found |= {name: own[name] for name in sorted(own, key=natural_order)}
    return found


def _metadata(slicing: Slicing, document: Document, _: int) -> str | None:
    return document.report.metadata.get(slicing.field)


def _density(_: Slicing, document: Document, gold: int) -> int:
    """Gold mentions in a hundred tokens, rounded down."""
    tokens = sum(1 for _ in TOKEN.finditer(document.report.text))
    return 100 * gold // tokens if tokens else 0


REPORT_SLICINGS: Mapping[str, Callable[[Slicing, Document, int], str | int | None]] = {
    "metadata": _metadata,
    "density": _density,
}


@dataclass(frozen=True)
class Context:
    """What a mention's attribute may depend on: its report, the annotations it belongs to, its label in the view."""

    report: Report
    annotations: Annotations
    label: str
    seen: Seen


def surface(mention: Mention, text: str) -> str:
    """The words of a mention with single spaces between them."""
    return " ".join(" ".join(text[start:end] for start, end in mention.spans).split())


def surfaces_of(documents: Sequence[Document], view: View, ignore_zones: frozenset[str]) -> Seen:
    """How often each surface carries each label of a view, among the gold mentions that count."""
    gold, _ = gather(documents, {}, view, ignore_zones)
    return Counter(
        (surface(mention, documents[report].report.text), label)
        for report, label, mention, _ in gold.mentions
        if mention is not None
    )


def _seen(slicing: Slicing, mention: Mention, context: Context) -> str:
    return "yes" if _frequency(slicing, mention, context) else "no"


def _frequency(_: Slicing, mention: Mention, context: Context) -> int:
    return context.seen.get((surface(mention, context.report.text), context.label), 0)


def _length(_: Slicing, mention: Mention, context: Context) -> int:
    """Tokens of the mention."""
    return sum(1 for start, end in mention.spans for _ in TOKEN.finditer(context.report.text, start, end))


def _zone(_: Slicing, mention: Mention, context: Context) -> str:
    """The kind of the smallest zone around the mention."""
    around = [zone for zone in context.report.zones if zone.start <= mention.start and mention.end <= zone.end]
    return min(around, key=lambda zone: (zone.end - zone.start, zone.kind)).kind if around else "none"


def _capitalisation(_: Slicing, mention: Mention, context: Context) -> str:
    words = surface(mention, context.report.text)
    if words.upper() == words.lower():
        return "no letters"
    if words == words.upper():
        return "upper"
    if words == words.lower():
        return "lower"
    return "mixed"


def _attribute(slicing: Slicing, mention: Mention, context: Context) -> str:
    found = [
        attribute.value or "yes"
        for attribute in context.annotations.attributes
        if mention.id and attribute.target == mention.id and attribute.name == slicing.field
    ]
    return "+".join(sorted(found)) or "none"


def _coreference(_: Slicing, mention: Mention, context: Context) -> str:
    chained = any(mention.id in chain.members for chain in context.annotations.chains) if mention.id else False
    return "chain" if chained else "single"


MENTION_SLICINGS: Mapping[str, Callable[[Slicing, Mention, Context], str | int]] = {
    "seen": _seen,
    "frequency": _frequency,
    "length": _length,
    "zone": _zone,
    "capitalisation": _capitalisation,
    "attribute": _attribute,
    "coreference": _coreference,
}
NUMERIC = frozenset(["density", "frequency", "length"])
"""What is divided by bounds."""
