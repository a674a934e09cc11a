"""The verb `score`: predictions that were made elsewhere, scored like those of a run."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec
import numpy as np

from harness.configuration import ScoringConf
from harness.corpus.conll import TaggedReport, count_columns, read_conll
from harness.corpus.crosswalk import Crosswalk, View, build_views, shipped_crosswalk, with_strangers
from harness.corpus.document import Gold
from harness.corpus.gold import AUTO, GoldSource, brat_schema, read_gold
from harness.corpus.predictions import Predicted, fit_documents, guess_format, read_predictions
from harness.corpus.tags import decode_reports, named_policy, named_scheme
from harness.errors import ConfigurationError, InputError
from harness.runs.assess import SLICES_REMEDY, assess, check_scoring
from harness.runs.record import RECORD_SCHEMA, Counts, Run, RunRecord, describe_environment, now
from harness.runs.writing import gold_record, run_of, write_run
from harness.scoring.sequences import TaggedCorpus
from harness.settings import converted, group_values, parse_setting
from harness.tables.run import run_markdown
from harness.tagging.sequences import Labels, Policy
from harness.wording import counted

NOWHERE = Path(os.devnull)
"""The directory of a run that is shown and not written."""


@dataclass(frozen=True)
class ScoreOptions:
    """What the command line of `score` says; "" and None stand for what was not given."""

    gold: Path
    predictions: Path
    gold_format: str = ""
    predictions_format: str = ""
    gold_column: int | None = None
    predicted_column: int | None = None
    token_column: int | None = None
    scheme: str = ""
    gold_policy: str = ""
    policy: str = ""
    spans_key: str | None = None
    split: str = AUTO
    gold_labels: str = ""
    predicted_labels: str = ""
    name: str = ""
    output: Path | None = None
    settings: tuple[str, ...] = ()


def score_files(options: ScoreOptions) -> Run:
    """Score predictions against gold. Writes a run directory if `output` is given, which must not exist yet."""
    _refuse_idle_options(options)
    if options.output is not None and options.output.exists():
        raise InputError(f"{options.output} already exists", "Name a new folder.")
    scoring = scoring_of(options.settings)
    source = _gold_source(options)
    gold = read_gold(source)
    predicted, tagged, remarks = _read_predictions(options, gold)
    theirs = shipped_crosswalk(options.predicted_labels) if options.predicted_labels else Crosswalk()
    views = tuple(_views(options, gold, theirs, predicted, scoring))
    strangers = [label for label in predicted.labels if label not in gold.schema.entities]
    if strangers and not options.predicted_labels:
        remarks.append(f"labels only in predictions, counted as spurious: {', '.join(strangers)}")
    assessment = assess(
        gold.documents,
        predicted.annotations,
        views,
        gold.schema.ignore_zones,
        scoring,
        gold.split,
        gold.train,
        tagged,
        gold.tokenizer,
    )
    names = [report.id for report, _ in gold.documents]
    empty = sum(1 for one in predicted.annotations.values() if not (one.mentions or one.unaligned))
    record = RunRecord(
        RECORD_SCHEMA,
        "ok",
        0,
        options.name or options.predictions.resolve().stem,
        {"score": msgspec.to_builtins(options, enc_hook=str), "scoring": msgspec.to_builtins(scoring)},
        now(),
        gold=gold_record(gold, source, names, assessment.slices),
        views=views,
        crosswalk=theirs,
        counts=Counts(len(names), len(names), empty),
        environment=describe_environment(),
        seeds={"bootstrap": scoring.seed},
        remarks=(*predicted.remarks, *remarks, *assessment.remarks),
    )
    run = run_of(options.output or NOWHERE, record, assessment)
    if options.output is not None:
        write_run(run, predicted.annotations, assessment, run_markdown(run))
    return run


def scoring_of(settings: Sequence[str]) -> ScoringConf:
    """A file of conf/scoring (`scoring=plain`; default: default) with settings such as `scoring.audit=true` on top."""
    values = group_values("scoring", settings)
    for setting in settings:
        if setting.startswith("scoring="):
            continue
        if setting.startswith("~scoring.slices."):
            _remove_slice(values, setting.removeprefix("~scoring.slices."))
            continue
        name, part, value = parse_setting(setting, "scoring", ScoringConf, "slices")
        if name != "slices":
            values[name] = value
        elif part:
            values[name] = {**cast("Mapping[str, object]", values[name]), part: value}
        else:
            raise ConfigurationError("scoring.slices cannot be set as a whole", SLICES_REMEDY)
    scoring = converted(values, "scoring", ScoringConf)
    check_scoring(scoring)
    return scoring


def _remove_slice(values: dict[str, object], name: str) -> None:
    slices = dict(cast("Mapping[str, object]", values["slices"]))
    if name not in slices:
        raise ConfigurationError(f"there is no slice {name!r}", f"Slices: {', '.join(slices) or 'none'}.")
    del slices[name]
    values["slices"] = slices


def _gold_source(options: ScoreOptions) -> GoldSource:
    return GoldSource(
        options.gold,
        options.gold.resolve().stem,
        _gold_format(options),
        options.split,
        _gold_crosswalk(options),
        column=_gold_column(options),
        token_column=_token_column(options),
        scheme=options.scheme or "IOB2",
        policy=options.gold_policy,
        spans_key=options.spans_key,
    )


def _gold_format(options: ScoreOptions) -> str:
    return options.gold_format or guess_format(options.gold, "--gold-format")


def _predicted_format(options: ScoreOptions) -> str:
    return options.predictions_format or guess_format(options.predictions, "--predictions-format")


def _token_column(options: ScoreOptions) -> int:
    return 1 if options.token_column is None else options.token_column


def _gold_crosswalk(options: ScoreOptions) -> Crosswalk:
    """What is known of the gold's labels: nothing, unless they are named or are exactly those of the shipped gold."""
    kind = _gold_format(options)
    if options.gold_labels or kind == "re3d":
        return shipped_crosswalk(options.gold_labels or kind)
    report = shipped_crosswalk("report")
    if kind == "brat" and options.gold.is_dir() and set(brat_schema(options.gold).entities) == set(report.labels):
        return report
    return Crosswalk()


def _gold_column(options: ScoreOptions) -> int:
    """The last column, or the one before it where the last one of the same file holds the predictions."""
    if options.gold_column is not None:
        return options.gold_column
    return -2 if _one_file(options) and _predicted_column(options) == -1 else -1


def _predicted_column(options: ScoreOptions) -> int:
    return -1 if options.predicted_column is None else options.predicted_column


def _one_file(options: ScoreOptions) -> bool:
    return options.predictions.exists() and options.gold.exists() and options.gold.samefile(options.predictions)


def _refuse_idle_options(options: ScoreOptions) -> None:
    """ConfigurationError for options that do nothing for the files at hand."""
    kinds = {_gold_format(options), _predicted_format(options)}
    for kind, given in (
        ("conll", ("gold_column", "predicted_column", "token_column", "scheme", "gold_policy", "policy")),
        ("docbin", ("spans_key",)),
    ):
        idle = [f"--{name.replace('_', '-')}" for name in given if getattr(options, name) not in (None, "")]
        if kind not in kinds and idle:
            raise ConfigurationError(f"{' and '.join(idle)} only makes sense for {kind} files", "Leave it out.")
    if "conll" in kinds and _one_file(options):
        width = count_columns(options.gold)
        columns = [_gold_column(options), _predicted_column(options)]
        if len({column - 1 if column > 0 else width + column for column in columns}) == 1:
            raise ConfigurationError(
                f"gold and predictions are the same column of {options.gold}",
                "Name two: --gold-column and --predicted-column.",
            )


def _read_predictions(options: ScoreOptions, gold: Gold) -> tuple[Predicted, TaggedCorpus | None, list[str]]:
    kind = _predicted_format(options)
    if kind != "conll":
        return read_predictions(options.predictions, kind, gold, options.spans_key), None, []
    labels, scheme = Labels(), named_scheme(options.scheme or "IOB2")
    policy = named_policy(options.policy or Policy.CONLLEVAL, "--policy")
    answers, strangers = _columns(options, gold, options.predictions, _predicted_column(options))
    predicted = decode_reports(answers, _predicted_column(options), scheme, policy, labels)
    found = fit_documents(predicted.documents, gold, options.predictions)
    remarks = []
    if strangers:
        remarks.append(f"{counted(strangers, 'predicted report')} not in the gold ({gold.split}): not scored")
    if predicted.violations:
        told = f"{counted(len(predicted.violations), 'predicted tag')} not valid {scheme.name}"
        remarks.append(f"{told}: read under the policy {policy}; sequence rows show both policies")
        remarks.append(f"invalid: {'; '.join(predicted.violations[:3])}{'; ...' * (len(predicted.violations) > 3)}")
    if _gold_format(options) != "conll":
        return found, None, remarks
    asked, _ = _columns(options, gold, options.gold, _gold_column(options))
    own = decode_reports(asked, _gold_column(options), scheme, Policy.CONLLEVAL, labels)
    if not np.array_equal(own.tags.ends, predicted.tags.ends):
        raise InputError(
            f"{options.predictions} and {options.gold} have other sentences", "Use the same tokens and blank lines."
        )
    return found, TaggedCorpus(own.tags, predicted.tags, labels.names, own.report, scheme), remarks


def _columns(options: ScoreOptions, gold: Gold, path: Path, column: int) -> tuple[list[TaggedReport], int]:
    """The reports of a column file that are scored, in the order of the gold, and the number of others."""
    reports = {one.report.id: one for one in read_conll(path, [column], _token_column(options), Path(gold.path).stem)}
    wanted = [reports[report.id] for report, _ in gold.documents if report.id in reports]
    return wanted, len(reports) - len(wanted)


def _views(
    options: ScoreOptions, gold: Gold, theirs: Crosswalk, predicted: Predicted, scoring: ScoringConf
) -> Sequence[View]:
    """The views of the gold; in its own labels also those that only occur in predictions, so that they count."""
    labels: Mapping[str, None] = dict.fromkeys((*gold.schema.counted, *predicted.labels))
    emitted = theirs.labels if options.predicted_labels else tuple(labels)
    views = build_views(gold.schema, _gold_crosswalk(options), theirs, emitted, trims=scoring.trims)
    if options.predicted_labels:
        return views
    return with_strangers(views, [label for label in predicted.labels if label not in gold.schema.entities])
