"""Scores predictions against gold: everything about a run that needs no model, and no file.

The main job and the verb `score` both end here, so that a score never depends on which way the predictions came.
"""

from collections.abc import Mapping, Sequence

import msgspec

from harness.annotation import Annotations
from harness.configuration import ScoringConf
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.errors import ConfigurationError
from harness.scoring.anatomy import Confusion, ErrorRow, confusions, error_rows
from harness.scoring.audit import audit
from harness.scoring.calibration import Calibration, calibrate
from harness.scoring.counting import Options, count_documents
from harness.scoring.gather import gather
from harness.scoring.matches import STRICT
from harness.scoring.matching import match
from harness.scoring.measures import Row, Scoresheet
from harness.scoring.mentions import GOLD
from harness.scoring.sequences import TaggedCorpus
from harness.scoring.slices import Slicing, report_slices
from harness.scoring.table import MENTIONS, CountTable, Floats
from harness.scoring.tagged import UNTAGGABLE_GOLD, tag_sides
from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.intervals import percentile_interval
from harness.tagging.schemes import TOKENIZER

SLICES_REMEDY = "scoring=plain has none; scoring.slices.NAME={by: KIND} adds one (docs/measures.md lists kinds)."


class Assessment(msgspec.Struct, frozen=True):
    """What can be said about predictions.

    `slices` are the reports of each slice of reports. `remarks` say what could not be computed, and why. `audited` is
    how many numbers seqeval confirmed (None: no audit was asked for).
    """

    table: CountTable
    rows: tuple[Row, ...]
    errors: tuple[ErrorRow, ...]
    confusions: tuple[Confusion, ...]
    calibrations: tuple[Calibration, ...]
    slices: Mapping[str, Sequence[str]]
    remarks: tuple[str, ...]
    audited: int | None = None


def assess(
    documents: Sequence[Document],
    predictions: Mapping[str, Annotations],
    views: Sequence[View],
    ignore_zones: frozenset[str],
    scoring: ScoringConf,
    split: str = "all",
    train: Sequence[Document] = (),
    tagged: TaggedCorpus | None = None,
    tokenizer: str = TOKENIZER,
) -> Assessment:
    """Count, measure, and say what the errors are. A report without a prediction counts as an empty one.

    `tagged` holds the tags of a corpus that came as tags. AuditError if an audit is asked for and finds a difference.
    """
    slicings = slicings_of(scoring)
    options = Options(scoring.overlap, slicings, train, tokenizer)
    table = count_documents(documents, predictions, views, ignore_zones, options, tagged)
    slices = report_slices(slicings, documents, _gold_mentions(table))
    rows = score(table, views, scoring, slices)
    audited = None
    if scoring.audit:
        audited = 0
        for view in views:
            if tagged is None or view.trims:
                corpus = _own_tags(documents, predictions, view, ignore_zones, tokenizer)
            else:
                corpus = tagged.in_labels_of(view)
            if corpus is not None:
                audited += audit(rows, corpus, view.name)
    calibrations = (calibrate(documents, predictions, view, ignore_zones, split) for view in views)
    return Assessment(
        table,
        tuple(rows),
        tuple(error_rows(table)),
        tuple(confusions(table)),
        tuple(one for one in calibrations if one is not None),
        slices,
        tuple(_remarks(table, slicings, slices, train, audited)),
        audited,
    )


def _gold_mentions(table: CountTable) -> dict[str, int]:
    """How many gold mentions of each report count, in the first view."""
    columns = [own[GOLD] for view in table.views(MENTIONS)[:1] for own in table.positions(MENTIONS, view).values()]
    return dict(zip(table.reports, table.values[:, columns].sum(axis=1).astype(int).tolist(), strict=True))


def slicings_of(scoring: ScoringConf) -> list[Slicing]:
    """The slices that the configuration declares. ConfigurationError names one that makes no sense."""
    slicings = []
    for name, fields in scoring.slices.items():
        try:
            slicings.append(msgspec.convert({**fields, "name": name}, Slicing))
        except (msgspec.ValidationError, TypeError) as error:
            error = error if isinstance(fields, Mapping) else TypeError("no mapping")
            raise ConfigurationError(
                f"scoring.slices.{name} is {fields!r}: {error}",
                "Write {by: KIND, field: NAME} or {by: KIND, bounds: [2, 4]}.",
            ) from None
    return slicings


def score(
    table: CountTable, views: Sequence[View], scoring: ScoringConf, slices: Mapping[str, Sequence[str]]
) -> list[Row]:
    """All rows of scores.json for a count table, those of slices last."""
    emitted = {view.name: view.emitted for view in views}
    sizes = {name: len(reports) for name, reports in slices.items()}
    sliced = table.with_slices(slices, STRICT.counters)
    sheet = Scoresheet(sliced, emitted, slices=sizes)
    return sheet.rows(*intervals_of(sheet, sliced, scoring))


def intervals_of(sheet: Scoresheet, table: CountTable, scoring: ScoringConf) -> tuple[Floats, Floats]:
    """Lower and upper bounds of F1 for every row of a sheet, from the table that it was made for."""
    samples = resample([sheet.sums(table.values)], [sheet.f1], Resampling(scoring.resamples, scoring.seed))
    return percentile_interval(samples[0], scoring.confidence)


def _own_tags(
    documents: Sequence[Document],
    predictions: Mapping[str, Annotations],
    view: View,
    ignore_zones: frozenset[str],
    tokenizer: str,
) -> TaggedCorpus | None:
    gold, predicted = gather(documents, predictions, view, ignore_zones)
    matching = match(gold.spans(), predicted.spans())
    tagged = tag_sides(documents, matching.gold, matching.predicted, view.labels, tokenizer)
    return None if tagged.total(UNTAGGABLE_GOLD) else tagged.corpus


def _remarks(
    table: CountTable,
    slicings: Sequence[Slicing],
    slices: Mapping[str, Sequence[str]],
    train: Sequence[Document],
    audited: int | None,
) -> list[str]:
    remarks = []
    for view in table.views(MENTIONS):
        nested = _sum(table, view, UNTAGGABLE_GOLD)
        if nested:
            remarks.append(
                f"no sequence scores in {view}: "
                f"{nested} gold mentions overlap another one, are discontinuous or hold no token"
            )
            continue
        untagged = _sum(table, view, "untaggable_predicted")
        if untagged:
            remarks.append(
                f"{untagged} predictions in {view} overlap another one or hold no token: not in its sequence scores"
            )
        widened = [(_sum(table, view, f"realigned_{side}"), side) for side in ("gold", "predicted")]
        if any(number for number, _ in widened):
            told = " and ".join(f"{number} {side}" for number, side in widened if number)
            remarks.append(f"{told} mentions in {view} were widened to whole tokens for its sequence scores")
    left_out = [
        f"{slicing.name} (no other reports are declared as split train)"
        for slicing in slicings
        if slicing.needs_train and not train
    ]
    left_out += [
        f"{slicing.name} (no report has {slicing.field!r} in its metadata)"
        for slicing in slicings
        if slicing.by == "metadata" and not any(name.startswith(f"{slicing.name}=") for name in slices)
    ]
    if left_out:
        remarks.append(f"no slices: {', '.join(left_out)}")
    if audited is not None:
        remarks.append(
            f"audit: seqeval confirmed {audited} numbers"
            if audited
            else "audit: nothing that seqeval can compute (labels are mapped, or gold mentions overlap)"
        )
    return remarks


def _sum(table: CountTable, view: str, counter: str) -> int:
    return int(
        sum(
            total
            for column, total in zip(table.columns, table.totals, strict=True)
            if (column.view, column.counter) == (view, counter)
        )
    )


def check_scoring(scoring: ScoringConf) -> None:
    """ConfigurationError for the first setting of `scoring` whose value makes no sense."""
    rules = (
        ("scoring.resamples", scoring.resamples, 1 <= scoring.resamples <= 100_000, "from 1 to 100,000"),
        ("scoring.confidence", scoring.confidence, 0 < scoring.confidence < 1, "between 0 and 1, such as 0.95"),
        ("scoring.seed", scoring.seed, scoring.seed >= 0, "0 or more"),
        ("scoring.overlap", scoring.overlap, 0 < scoring.overlap <= 1, "above 0, at most 1, such as 0.5"),
    )
    for name, value, fits, allowed in rules:
        if not fits:
            raise ConfigurationError(f"{name} is {value!r}", f"It must be {allowed}.")
    slicings_of(scoring)
