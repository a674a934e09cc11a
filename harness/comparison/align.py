"""Makes runs comparable: the same texts, the same labels, the same definitions.

Runs on other texts are refused. Runs on the same texts that were scored on other labels, with another crosswalk or by
another version of the scorer are scored again from their raw predictions, and each says so.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from harness.annotation import Annotations
from harness.configuration import ScoringConf
from harness.corpus.crosswalk import Crosswalk, View, build_views, with_strangers
from harness.corpus.document import Gold
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import ConfigurationError, FileError, HarnessError, NotComparableError
from harness.files import display_path
from harness.resources import locate
from harness.runs.assess import slicings_of
from harness.runs.record import GoldRecord, RunRecord
from harness.runs.stored import Stored
from harness.scoring.counting import SCORER_VERSION, Options, count_documents
from harness.scoring.sequences import sequence_counters
from harness.scoring.table import CountTable
from harness.tagging.schemes import COLUMNS


@dataclass(frozen=True, eq=False)
class Scored:
    """A stored run with the counts by which it is compared. `remark` says why they are not those that it brought."""

    stored: Stored
    table: CountTable
    views: tuple[View, ...]
    remark: str = ""

    @property
    def record(self) -> RunRecord:
        """The record of the run."""
        return self.stored.record


@dataclass(frozen=True)
class Terms:
    """What runs must be scored by alike: the labels, who counts, and how labels are mapped.

    `crosswalks` are those of label sets by name, in their latest form. `overlap` is the threshold of the match of that
    name. `trims` None: as each run has it.
    """

    label_hash: str
    gold: Crosswalk | None
    crosswalks: Mapping[str, Crosswalk]
    overlap: float = 0.5
    trims: bool | None = None

    def differences(self, record: RunRecord) -> Iterator[str]:
        """Why a run has to be scored again, in words."""
        gold = gold_of(record)
        if gold.label_hash != self.label_hash:
            yield "the labels of the gold have changed since"
        if record.scorer_version != SCORER_VERSION:
            yield f"it was scored by version {record.scorer_version} of the scorer, this is {SCORER_VERSION}"
        if gold.source is not None and gold.source.crosswalk != self.gold:
            yield f"it was scored with another crosswalk of the gold ({gold.source.crosswalk.name})"
        own = record.crosswalk
        if own is not None and own.name is not None and self.crosswalks.get(own.name, own) != own:
            yield f"the crosswalk {own.name} has changed since"
        if gold.scored != gold.reports:
            yield "reports on which it failed had been left out; now they count as empty"
        scoring = scoring_of(record)
        if scoring.overlap != self.overlap:
            yield f"scoring.overlap={self.overlap:g} now holds for all, not {scoring.overlap:g}"
        if self.trims is not None and scoring.trims != self.trims:
            yield f"scoring.trims={str(self.trims).lower()} now holds for all"


def gold_of(record: RunRecord) -> GoldRecord:
    """What the record says of its gold. NotComparableError for a run that was not scored."""
    if record.gold is None:
        raise NotComparableError(f"the run of {record.model} was not scored: {record.error}", "Run it again.")
    return record.gold


def align(
    runs: Sequence[Stored],
    lead: Stored,
    *,
    gold: Gold | None = None,
    gold_path: Path | None = None,
    same_trims: bool = False,
) -> list[Scored]:
    """All runs, counted alike: on the labels and by the crosswalks of `lead`, or of `gold` where that is given.

    The gold is only read if a run has to be scored again; `gold_path` names it, otherwise it is looked for where the
    runs found it. NotComparableError if texts differ, or if it is needed and not found.
    """
    check_texts([lead, *runs])
    terms = _terms(runs, lead, gold, same_trims=same_trims)
    stale = [run for run in runs if any(terms.differences(run.record))]
    if stale and gold is None:
        gold = find_gold([lead, *runs], gold_path)
        terms = replace(terms, label_hash=gold.label_hash)
    return [_scored(run, terms, gold) for run in runs]


def _terms(runs: Sequence[Stored], lead: Stored, gold: Gold | None, *, same_trims: bool) -> Terms:
    crosswalks: dict[str, Crosswalk] = {}
    for run in (*sorted(runs, key=lambda one: one.record.finished), lead):
        own = run.record.crosswalk
        if own is not None and own.name is not None:
            crosswalks[own.name] = own
    source = gold_of(lead.record).source
    return Terms(
        gold.label_hash if gold is not None else gold_of(lead.record).label_hash,
        source.crosswalk if source is not None else None,
        crosswalks,
        scoring_of(lead.record).overlap,
        scoring_of(lead.record).trims if same_trims else None,
    )


def _scored(run: Stored, terms: Terms, gold: Gold | None) -> Scored:
    reasons = list(terms.differences(run.record))
    if not reasons or gold is None:
        return Scored(run, _checked(run), run.record.views)
    scoring = replace(scoring_of(run.record), overlap=terms.overlap)
    if terms.trims is not None:
        scoring = replace(scoring, trims=terms.trims)
    predictions = run.predictions()
    views = _views(run.record, predictions, terms, gold, scoring)
    options = Options(scoring.overlap, slicings_of(scoring), gold.train, gold.tokenizer)
    table = count_documents(gold.documents, predictions, views, gold.schema.ignore_zones, options)
    if gold.tokenizer == COLUMNS:
        table = table.without(sequence_counters())
        reasons.append("its tags are not stored, so it has no sequence scores")
    return Scored(run, table, views, f"scored again from its predictions: {'; '.join(reasons)}")


def _checked(run: Stored) -> CountTable:
    """The counts that a run brought. FileError if they are not of the reports that its record names."""
    table = run.table()
    if table.reports != gold_of(run.record).scored:
        raise FileError(run.place, "holds counts of other reports than its record names", "Run the backend again.")
    return table


def _views(
    record: RunRecord, predictions: Mapping[str, Annotations], terms: Terms, gold: Gold, scoring: ScoringConf
) -> tuple[View, ...]:
    """The views of a run under these terms; as they were where its record does not say how they came about.

    What was predicted elsewhere (the verb `score`, which declares no fingerprint) in the gold's own labels counts with
    all its labels, those that the gold does not have as spurious.
    """
    if record.crosswalk is None:
        return record.views
    elsewhere = record.fingerprint is None and record.crosswalk.name is None
    if elsewhere:
        found = sorted({label for one in predictions.values() for label in one.mention_labels})
        labels = tuple(dict.fromkeys((*gold.schema.counted, *found)))
    else:
        labels = tuple(dict.fromkeys(label for view in record.views for label in (*view.predicted, *view.ignored)))
    own = terms.crosswalks.get(record.crosswalk.name or "", record.crosswalk)
    try:
        views = build_views(gold.schema, terms.gold or Crosswalk(), own, labels, trims=scoring.trims)
    except ConfigurationError as error:
        raise NotComparableError(f"{record.model} cannot be scored again: {error.message}", error.remedy) from None
    return with_strangers(views, [one for one in labels if one not in gold.schema.entities]) if elsewhere else views


def check_texts(runs: Sequence[Stored]) -> None:
    """NotComparableError if two runs were not made on the same reports."""
    first, *others = runs
    ours = gold_of(first.record)
    for run in others:
        theirs = gold_of(run.record)
        if ours.text_hash != theirs.text_hash:
            same_set = (ours.name, ours.path) == (theirs.name, theirs.path)
            what = "different splits" if same_set and ours.split != theirs.split else "different texts"
            told = f"{first.name} ({_described(ours)}) and {run.name} ({_described(theirs)})"
            raise NotComparableError(f"{told} were scored on {what}", "Run both on the same gold.")


def _described(gold: GoldRecord) -> str:
    return f"{gold.name}, {gold.split}, {len(gold.reports)} reports"


def find_gold(runs: Sequence[Stored], path: Path | None = None) -> Gold:
    """The gold on whose texts the runs were made, as it is now: at `path`, or where one of the runs found it, or ours.

    NotComparableError if none of these holds the texts.
    """
    wanted = gold_of(runs[0].record).text_hash
    tried = []
    for source in _sources(runs, path):
        try:
            gold = read_gold(source)
        except HarnessError as error:
            tried.append(f"{display_path(source.path)}: {error.message}")
            continue
        if gold.text_hash == wanted:
            return gold
        tried.append(f"{display_path(source.path)} ({gold.split}) holds other texts")
    told = "; ".join(dict.fromkeys(tried)) or "no run says where it lay"
    raise NotComparableError(
        f"the gold that the runs were made on is needed, and not found: {told}",
        "Name its folder with --gold PATH, in the version that holds these texts.",
    )


def _sources(runs: Sequence[Stored], path: Path | None) -> Iterator[GoldSource]:
    found = [gold_of(run.record).source for run in runs]
    known = [source for number, source in enumerate(found) if source is not None and source not in found[:number]]
    if path is not None:
        yield from (replace(source, path=path) for source in known)
        return
    yield from known
    shipped = [Path(one) for one in [os.environ.get("HARNESS_GOLD", "")] if one] or [locate("gold")]
    yield from (replace(source, path=one) for source in known for one in shipped if source.format == "brat")


def scoring_of(record: RunRecord) -> ScoringConf:
    """How a run was scored, by its record."""
    return msgspec.convert(record.config.get("scoring", {}), ScoringConf, strict=False)
