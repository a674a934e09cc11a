"""One run: a backend over a gold set, scored, and everything about it on disk.

A directory with a `run.json` is whole: every file is written under a temporary name and renamed, `run.json` last.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from harness.annotation import Annotations
from harness.backends.base import Backend
from harness.backends.fingerprint import fingerprint
from harness.backends.registry import make_backend
from harness.configuration import Config, CrosswalkConf
from harness.corpus.crosswalk import Crosswalk, build_views, shipped_crosswalk
from harness.corpus.document import Gold
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import BackendError, ConfigurationError, ExitCode, HarnessError, InputError
from harness.extraction.runner import Failure, Outcome, extract
from harness.files import write_bytes
from harness.measurements import peak_memory_mib, reset_peak_memory
from harness.resources import locate
from harness.runs.assess import assess, check_scoring
from harness.runs.record import RECORD_SCHEMA, Counts, Run, RunRecord, Speed, describe_environment, encode_record, now
from harness.runs.writing import gold_record, run_of, write_run

ON_FAILURE = ("empty", "exclude", "abort")
Watch = Callable[[Iterable[Outcome], int, str], Iterable[Outcome]]
"""Passes the outcomes of a run on, showing progress: outcomes, their number, the model's name."""


Render = Callable[["Run"], str]
"""Shows a run as Markdown, for table.md."""


def perform(config: Config, directory: Path, watch: Watch, render: Render) -> Run:
    """Run `config` and write `directory`. HarnessError if nothing can be scored; nothing is written then."""
    check_values(config)
    if (directory / "run.json").exists():
        raise InputError(f"{directory} already holds a run", "Choose another folder.")
    source = gold_source(config)
    gold = read_gold(source)
    reset_peak_memory()
    started = time.perf_counter()
    backend = make_backend(config.model.backend, config.model.args)
    crosswalk = backend_crosswalk(config, backend)
    views = build_views(gold.schema, source.crosswalk, crosswalk, backend.labels, trims=config.scoring.trims)
    identity = fingerprint(backend, config.model.args)
    loaded = time.perf_counter()
    predictions, failures = _extract(config, backend, gold, watch)
    extracted = time.perf_counter()
    peak_memory = peak_memory_mib()
    if failures and config.execution.on_failure == "abort":
        raise BackendError(
            f"model {config.model.name} failed on report {failures[0].report}: {failures[0].error}",
            "execution.on_failure is abort; use empty or exclude to go on.",
        )
    documents = gold.documents
    if config.execution.on_failure == "exclude":
        excluded = {failure.report for failure in failures}
        documents = [document for document in documents if document.report.id not in excluded]
    assessment = assess(
        documents,
        predictions,
        views,
        gold.schema.ignore_zones,
        config.scoring,
        gold.split,
        gold.train,
        tokenizer=gold.tokenizer,
    )
    seconds = extracted - loaded
    done = len(gold.documents) - len(failures)
    too_many = len(failures) > config.execution.allowed_failures * len(gold.documents)
    record = RunRecord(
        RECORD_SCHEMA,
        "failed" if too_many else "ok",
        int(ExitCode.BACKEND_FAILED if too_many else ExitCode.OK),
        config.model.name,
        msgspec.to_builtins(config),
        now(),
        error=_summary(failures, len(gold.documents)) if failures else "",
        repeat=config.execution.repeat,
        fingerprint=identity,
        gold=gold_record(gold, source, [document.report.id for document in documents], assessment.slices),
        views=views,
        crosswalk=crosswalk,
        counts=Counts(
            len(gold.documents),
            done,
            sum(1 for one in predictions.values() if not (one.mentions or one.unaligned)),
            len(failures),
        ),
        speed=Speed(
            round(loaded - started, 3),
            round(seconds, 3),
            round(time.perf_counter() - extracted, 3),
            round(done / seconds, 2) if seconds > 0 else None,
            peak_memory,
        ),
        usage=backend.usage(),
        environment=describe_environment(),
        seeds={"bootstrap": config.scoring.seed},
        remarks=assessment.remarks,
    )
    run = run_of(directory, record, assessment, failures)
    write_run(run, predictions, assessment, render(run))
    return run


def record_error(config: Config, directory: Path, error: BaseException) -> Run:
    """Write a run.json that says why there are no scores."""
    code = error.exit_code if isinstance(error, HarnessError) else ExitCode.BACKEND_FAILED
    text = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
    record = RunRecord(
        RECORD_SCHEMA,
        "error",
        int(code),
        config.model.name,
        msgspec.to_builtins(config),
        now(),
        error=text,
        environment=describe_environment(),
        seeds={"bootstrap": config.scoring.seed},
    )
    write_bytes(directory / "run.json", encode_record(record))
    return Run(directory, record)


def check_values(config: Config) -> None:
    """ConfigurationError for the first setting whose value makes no sense."""
    execution, gold = config.execution, config.gold
    share = execution.allowed_failures
    rules = (
        ("execution.on_failure", execution.on_failure, execution.on_failure in ON_FAILURE, "empty, exclude or abort"),
        ("execution.allowed_failures", share, 0 <= share <= 1, "a share, from 0 to 1"),
        ("execution.repeat", execution.repeat, execution.repeat >= 0, "0 or more"),
        ("gold.minimum_confidence", gold.minimum_confidence, 0 <= gold.minimum_confidence <= 1, "from 0 to 1"),
        ("gold.path", gold.path, gold.path != "", "a folder or a file"),
        ("model.name", config.model.name, re.fullmatch(r"[\w.+-]+", config.model.name), "letters, digits, . _ + or -"),
    )
    for name, value, fits, allowed in rules:
        if not fits:
            raise ConfigurationError(f"{name} is {value!r}", f"It must be {allowed}.")
    check_scoring(config.scoring)


def gold_source(config: Config) -> GoldSource:
    """Where the gold set lies that the configuration names, and how to read it."""
    options = config.gold
    if options.path is None and options.format != "brat":
        raise ConfigurationError("gold.path is not set", "Add gold.path=FOLDER.")
    path = Path(options.path) if options.path else locate("gold")
    return GoldSource(
        path=path,
        name=options.name or path.resolve().name,
        format=options.format,
        split=options.split,
        crosswalk=crosswalk_of(options.crosswalk),
        annotation_conf=Path(options.annotation_conf) if options.annotation_conf else None,
        minimum_confidence=options.minimum_confidence,
        column=options.column,
        token_column=options.token_column,
        scheme=options.scheme,
        policy=options.policy,
        spans_key=options.spans_key,
    )


def crosswalk_of(options: CrosswalkConf) -> Crosswalk:
    """The crosswalk of a configuration. ConfigurationError names the field that does not fit."""
    try:
        return msgspec.convert(msgspec.to_builtins(options), Crosswalk)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"crosswalk {options.name}: {error}", "See conf/crosswalk/README.md.") from None


def backend_crosswalk(config: Config, backend: Backend) -> Crosswalk:
    """What is known of the labels of `backend`: what the configuration says, else the label set that it names."""
    crosswalk = crosswalk_of(config.model.crosswalk)
    if crosswalk.name is None and backend.label_set is not None:
        return shipped_crosswalk(backend.label_set)
    return crosswalk


def _extract(
    config: Config, backend: Backend, gold: Gold, watch: Watch
) -> tuple[dict[str, Annotations], list[Failure]]:
    predictions: dict[str, Annotations] = {}
    failures: list[Failure] = []
    reports = gold.reports
    for outcome in watch(extract(backend, reports), len(reports), config.model.name):
        if isinstance(outcome, Failure):
            failures.append(outcome)
            if config.execution.on_failure == "abort":
                break
        else:
            predictions[outcome.report] = outcome
    return predictions, failures


def _summary(failures: Sequence[Failure], total: int) -> str:
    return f"{len(failures)} of {total} reports failed; {failures[0].report}: {failures[0].error}"
