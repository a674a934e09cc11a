import numpy as np
import pytest

from harness.annotation import Annotations, Mention, Report
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.counting import count_documents
from harness.scoring.formulas import precision_recall_f1
from harness.scoring.measures import Row, Scoresheet
from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.intervals import percentile_interval

NAN = float("nan")


@pytest.mark.parametrize(
    ("gold", "predicted", "correct", "expected"),
    [
        pytest.param(4, 2, 2, (1.0, 0.5, 2 / 3), id="by hand"),
        pytest.param(1, 1, 0, (0.0, 0.0, 0.0), id="all wrong"),
        pytest.param(2, 0, 0, (NAN, 0.0, 0.0), id="nothing predicted: precision undefined"),
        pytest.param(0, 3, 0, (0.0, NAN, 0.0), id="no gold: recall undefined"),
        pytest.param(0, 0, 0, (NAN, NAN, NAN), id="neither: all undefined"),
    ],
)
def test_precision_recall_f1(gold: float, predicted: float, correct: float, expected: tuple[float, ...]) -> None:
    arrays = [np.array([value], dtype=float) for value in (gold, predicted, correct, correct)]
    found = [float(measure[0]) for measure in precision_recall_f1(*arrays)]
    assert found == pytest.approx(list(expected), nan_ok=True)


def rows(gold: str, predicted: str, emitted: str) -> dict[tuple[str, str], Row]:
    """Strict rows by (scope, label) for labels written as letters, one mention a character; "." is none."""
    view = View("fine", ("A", "B", "C"), {x: x for x in "ABC"}, {x: x for x in emitted})

    def mentions(labels: str) -> tuple[Mention, ...]:
        return tuple(Mention(i, i + 1, label) for i, label in enumerate(labels) if label != ".")

    document = Document(Report("r", "x" * len(gold)), Annotations("r", mentions(gold)))
    table = count_documents([document], {"r": Annotations("r", mentions(predicted))}, [view], frozenset())
    sheet = Scoresheet(table, {"fine": view.emitted})
    bounds = np.full(sheet.size, 0.5)
    return {(row.scope, row.label): row for row in sheet.rows(bounds, bounds) if row.match == "strict"}


def test_micro_pools_counts_and_macro_averages_labels_with_gold_support() -> None:
    found = rows("AAAB.", "AAABC", emitted="ABC")
    micro, macro = found["all", "micro"], found["all", "macro"]
    assert (micro.gold, micro.predicted, micro.correct) == (4, 5, 4)
    assert micro.f1 == pytest.approx(2 * 4 / 9)
    assert (macro.precision, macro.recall, macro.f1) == (1.0, 1.0, 1.0)  # C has no gold and is left out


def test_a_supported_label_without_predictions_enters_macro_precision_as_zero() -> None:
    macro = rows("AB", "A.", emitted="AB")["all", "macro"]
    assert (macro.precision, macro.recall, macro.f1) == (0.5, 0.5, 0.5)


def test_scope_emitted_leaves_out_what_the_backend_cannot_say() -> None:
    found = rows("AAB", "AA.", emitted="A")
    assert found["all", "micro"].recall == pytest.approx(2 / 3)
    assert found["emitted", "micro"].recall == 1.0
    assert ("emitted", "B") not in found


def test_empty_against_empty_is_undefined_everywhere() -> None:
    for row in rows(".", ".", emitted="ABC").values():
        assert (row.precision, row.recall, row.f1) == (None, None, None)
        assert (row.gold, row.predicted, row.correct) == (0, 0, 0)


def test_a_label_without_gold_or_predictions_in_a_resample_is_left_out_of_its_macro() -> None:
    view = View("fine", ("A", "B"), {"A": "A", "B": "B"}, {"A": "A", "B": "B"})
    documents = [
        Document(Report(name, "x"), Annotations(name, (Mention(0, 1, label),)))
        for name, label in (("a", "A"), ("b", "B"))
    ]
    predictions = {"a": documents[0].annotations, "b": documents[1].annotations}
    table = count_documents(documents, predictions, [view], frozenset())
    sheet = Scoresheet(table, {"fine": ("A", "B")})
    only_a = table.values[[0]] * 2
    macro = ["A", "B", "micro", "macro"].index("macro")  # the first rows are those of the strict match
    assert sheet.f1(sheet.sums(only_a))[0, macro] == 1.0  # nothing of B is in this resample: undefined, not 0
    missed_b = table.values.copy()
    missed_b[1] = 0
    missed_b[1, table.positions("mentions", "fine")["B"]["gold"]] = 1
    assert sheet.f1(sheet.sums(missed_b.sum(axis=0, keepdims=True)))[0, macro] == 0.5


def test_perfect_predictions_have_the_interval_from_1_to_1() -> None:
    view = View("fine", ("A", "B"), {"A": "A", "B": "B"}, {"A": "A", "B": "B"})
    labels = ["A"] * 9 + ["B"]
    documents = [
        Document(Report(str(n), "x"), Annotations(str(n), (Mention(0, 1, label),))) for n, label in enumerate(labels)
    ]
    predictions = {report.id: gold for report, gold in documents}
    table = count_documents(documents, predictions, [view], frozenset())
    sheet = Scoresheet(table, {"fine": ("A", "B")})
    (samples,) = resample([sheet.sums(table.values)], [sheet.f1], Resampling(500, 1))
    low, high = percentile_interval(samples, 0.95)
    assert set(low) == set(high) == {1.0}
