"""The table "where tools differ" of docs/measures.md, made by running the tools.

`python -m tests.scoring.where_tools_differ` writes it into the page; a test checks that it is current.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nervaluate
import spacy
from seqeval import scheme as schemes
from seqeval.metrics import sequence_labeling
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.training import Example

from harness.annotation import Annotations, Mention, Report
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.counting import count_documents
from harness.scoring.measures import Row
from harness.scoring.plain import score_spans, score_tags

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
BEGIN, END = "<!-- where tools differ: begin -->", "<!-- where tools differ: end -->"
Span = tuple[int, int, str]
Tags = list[list[str]]
TEXT = "Lviv and Kyiv"


class Line(NamedTuple):
    """One row of the table: what is compared, on what, what the tools say, and why they differ."""

    case: str
    example: str
    measure: str
    ours: str
    others: str
    why: str


def shown(value: object) -> str:
    """A number as the table shows it; undefined is null."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "null" if value is None else str(value)


def ours(rows: Sequence[Row], match: str, label: str = "micro") -> Row:
    return next(row for row in rows if (row.match, row.label) == (match, label))


def our_tags(gold: Tags, predicted: Tags, match: str, label: str = "micro") -> Row:
    return ours(score_tags(gold, predicted), match, label)


def our_spans(gold: list[Span], predicted: list[Span], match: str, label: str = "micro") -> Row:
    return ours(score_spans([gold], [predicted]), match, label)


def quietly(call: Callable[[], object]) -> str:
    """What a call returns, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return shown(call())


def seqeval(gold: Tags, predicted: Tags, what: str = "f1", **options: object) -> str:
    function = getattr(sequence_labeling, f"{what}_score")
    return quietly(lambda: float(function(gold, predicted, **options)))


def nerval(gold: list[Span], predicted: list[Span], strategy: str, what: str, *, inclusive: bool = True) -> str:
    """nervaluate on spans; `inclusive`: our ends are turned into its own, which lie inside."""

    def entities(spans: list[Span]) -> list[dict[str, object]]:
        return [{"label": label, "start": start, "end": end - inclusive} for start, end, label in spans]

    def run() -> object:
        tags = sorted({span[2] for span in (*gold, *predicted)})
        found = nervaluate.Evaluator([entities(gold)], [entities(predicted)], tags=tags, loader="dict").evaluate()
        return getattr(found["overall"][strategy], what)

    return quietly(run)


def spacy_scorer(text: str, gold: list[Span], predicted: list[Span], what: str) -> str:
    """spaCy's Scorer, spans made as its users make them (`doc.char_span`, what is None left out)."""

    def doc(spans: list[Span]) -> Doc:
        made = spacy.blank("en")(text)
        found = [made.char_span(start, end, label) for start, end, label in spans]
        made.set_ents([span for span in found if span is not None])
        return made

    return quietly(lambda: Scorer.score_spans([Example(doc(predicted), doc(gold))], "ents")[f"ents_{what}"])


def spans(*found: Span) -> str:
    return ", ".join(f"{label} [{start}, {end})" for start, end, label in found) or "nothing"


def tags(*sentences: list[str]) -> str:
    return "; ".join(" ".join(sentence) for sentence in sentences)


@cache
def lines() -> list[Line]:
    iob2 = schemes.IOB2
    broken = [["I-PER", "O", "I-LOC", "I-LOC"]]
    ioe1 = [["E-PER", "I-PER"]]
    gold_tags, inside = [["B-PER", "I-PER"]], [["I-PER", "I-PER"]]
    two: list[Span] = [(0, 12, "A"), (14, 17, "B")]
    one: list[Span] = [(0, 17, "A")]
    x: list[Span] = [(0, 1, "X")]
    wide_first: list[Span] = [(0, 3, "Y"), (0, 1, "X")]
    first, second = [(0, 5, "A")], [(5, 9, "A")]
    places, cut = [(0, 4, "GPE"), (9, 13, "GPE")], [(0, 4, "GPE"), (9, 12, "GPE")]
    none: list[Span] = []
    stranger = [["B-A", "B-B"]], [["B-A", "B-C"]]
    kept, empty = [["B-A", "O"]], [["O", "O"]]
    return [
        Line(
            "lenient and strict sequences",
            f"{tags(*broken)} against itself, IOB2",
            "F1",
            f"conlleval {shown(our_tags(broken, broken, 'sequence-conlleval').f1)}, "
            f"strict {shown(our_tags(broken, broken, 'sequence-strict').f1)}",
            f"seqeval {seqeval(broken, broken)}; strict {seqeval(broken, broken, mode='strict', scheme=iob2)}",
            "two policies, both named; where nothing is left there is nothing to divide by",
        ),
        Line(
            '`mode="strict"` without a scheme',
            f"gold {tags(*gold_tags)}; predicted {tags(*inside)}",
            "F1",
            f"strict {shown(our_tags(gold_tags, inside, 'sequence-strict').f1)}",
            f'seqeval `mode="strict"` {seqeval(gold_tags, inside, mode="strict")}; '
            f"with `scheme=IOB2` {seqeval(gold_tags, inside, mode='strict', scheme=iob2)}",
            "seqeval ignores the mode if no scheme is named; here a policy always has a scheme",
        ),
        Line(
            "IOE1, a chunk of one token before its like",
            f"{tags(*ioe1)} against itself",
            "correct, F1",
            f"strict {next(r for r in score_tags(ioe1, ioe1, 'IOE1') if _micro(r)).correct}, "
            f"{shown(next(r for r in score_tags(ioe1, ioe1, 'IOE1') if _micro(r)).f1)}",
            f"seqeval strict {len(schemes.Tokens(ioe1[0], schemes.IOE1).entities)}, "
            f"{seqeval(ioe1, ioe1, mode='strict', scheme=schemes.IOE1)}",
            "both chunks are valid; seqeval's tables for IOE1 are unfinished",
        ),
        Line(
            "one prediction over two gold mentions",
            f"gold {spans(*two)}; predicted {spans(*one)}",
            "partial precision, recall",
            _two(our_spans(two, one, "partial")),
            f"nervaluate {nerval(two, one, 'partial', 'precision')}, {nerval(two, one, 'partial', 'recall')}",
            "no difference: one pair; the other gold mention is missed (here: merged)",
        ),
        Line(
            "two predictions in one gold mention",
            f"gold {spans(*one)}; predicted {spans(*two)}, in either order",
            "type correct",
            f"{our_spans(one, two, 'type').correct}, {our_spans(one, two[::-1], 'type').correct}",
            f"nervaluate {nerval(one, two, 'ent_type', 'correct')}, {nerval(one, two[::-1], 'ent_type', 'correct')}",
            "the assignment prefers the pair with the same label, whatever the order",
        ),
        Line(
            "overlapping predictions in either order",
            f"gold {spans(*x)}; predicted {spans(*wide_first)} or reversed",
            "strict correct",
            f"{our_spans(x, wide_first, 'strict').correct}, {our_spans(x, wide_first[::-1], 'strict').correct}",
            f"nervaluate {nerval(x, wide_first, 'strict', 'correct')}, "
            f"{nerval(x, wide_first[::-1], 'strict', 'correct')}",
            "exact pairs come first",
        ),
        Line(
            "adjacent half-open spans",
            f"gold {spans(*first)}; predicted {spans(*second)}",
            "type correct",
            shown(our_spans(first, second, "type").correct),
            f"nervaluate {nerval(first, second, 'ent_type', 'correct', inclusive=False)} "
            f"(with ends made inclusive {nerval(first, second, 'ent_type', 'correct')})",
            "[0, 5) and [5, 9) share nothing; a tool with inclusive ends sees one character in common",
        ),
        Line(
            "empty gold",
            f"gold nothing; predicted {spans(*x)}",
            "recall",
            shown(our_spans(none, x, "strict").recall),
            f"seqeval {seqeval([['O']], [['B-X']], 'recall')}; nervaluate {nerval(none, x, 'strict', 'recall')}; "
            f"spaCy {spacy_scorer('a b', none, x, 'r')}",
            "a share of nothing is undefined",
        ),
        Line(
            "empty prediction",
            f"gold {spans(*x)}; predicted nothing",
            "precision",
            shown(our_spans(x, none, "strict").precision),
            f"seqeval {seqeval([['B-X']], [['O']], 'precision')}; nervaluate {nerval(x, none, 'strict', 'precision')}; "
            f"spaCy {spacy_scorer('a b', x, none, 'p')}",
            "as above; F1 is 0, because there was something to find",
        ),
        Line(
            "empty gold and empty prediction",
            "gold nothing; predicted nothing",
            "F1",
            shown(our_tags(empty, empty, "sequence-strict").f1),
            f"seqeval {seqeval(empty, empty)}, with `zero_division=1` {seqeval(empty, empty, zero_division=1)}; "
            f"nervaluate {nerval(none, none, 'strict', 'f1')}; spaCy {spacy_scorer('a b', none, none, 'f')}",
            "neither right nor wrong",
        ),
        Line(
            "labels only in predictions",
            f"gold {tags(*stranger[0])}; predicted {tags(*stranger[1])}",
            "macro F1",
            f"strict {shown(our_macro())}, sequence {shown(our_tags(*stranger, 'sequence-strict', 'macro').f1)}",
            f"seqeval {seqeval(*stranger, average='macro')}",
            "our macro is over labels with gold, so that a backend's label set does not move it; "
            "sequence rows keep seqeval's average",
        ),
        Line(
            "a label that is never predicted",
            f"gold {tags(*stranger[0])}; predicted {tags(*kept)}",
            "precision of B",
            shown(our_tags(stranger[0], kept, "sequence-strict", "B").precision),
            f"seqeval {quietly(lambda: float(_by_label(stranger[0], kept)[1]))}",
            "undefined, not 0; in macro precision it counts 0 in both",
        ),
        Line(
            "misaligned tokens",
            f'"{TEXT}": gold {spans(*places)}; predicted {spans(*cut)}',
            "precision",
            f"strict {shown(our_spans(places, cut, 'strict').precision)}, "
            f"sequence {shown(our_misaligned(places, cut))} (1 realigned)",
            f"spaCy {spacy_scorer(TEXT, places, cut, 'p')}",
            "`char_span` gives None and the wrong prediction is lost; here it is wrong, "
            "and in sequence rows widened and counted",
        ),
    ]


def _micro(row: Row) -> bool:
    return (row.match, row.label) == ("sequence-strict", "micro")


def _two(row: Row) -> str:
    return f"{shown(row.precision)}, {shown(row.recall)}"


def our_macro() -> float | None:
    return our_spans([(0, 1, "A"), (1, 2, "B")], [(0, 1, "A"), (1, 2, "C")], "strict", "macro").f1


def _by_label(gold: Tags, predicted: Tags) -> Sequence[float]:
    return sequence_labeling.precision_score(gold, predicted, average=None)


def our_misaligned(gold: list[Span], predicted: list[Span]) -> float:
    """Sequence precision of spans over our tokens."""

    def mentions(found: list[Span]) -> tuple[Mention, ...]:
        return tuple(Mention(*span) for span in found)

    document = Document(Report("r", TEXT), Annotations("r", mentions(gold)))
    view = View("fine", ("GPE",), {"GPE": "GPE"}, {"GPE": "GPE"})
    table = count_documents([document], {"r": Annotations("r", mentions(predicted))}, [view], frozenset())
    counts = {column.counter: value for column, value in zip(table.columns, table.totals, strict=True)}
    assert counts["realigned_predicted"] == 1
    return float(counts["sequence_strict_correct"] / counts["sequence_strict_predicted"])


def table() -> str:
    rows = [("case", "example", "measure", "here", "elsewhere", "why"), ("---",) * 6, *lines()]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


def page_with(content: str) -> str:
    """The page with the table between its marks."""
    before, _, rest = content.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text()))
