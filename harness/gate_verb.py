"""The verb `gate`: candidates against baselines, one verdict, in every form that people and machines read."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from harness.comparison.align import align, find_gold, gold_of
from harness.comparison.contenders import is_repeat
from harness.configuration import GateConf
from harness.errors import ConfigurationError, ExitCode, InputError
from harness.files import display_path, unwritable, write_text
from harness.gate.rules import Answer, Finding
from harness.gate.simulate import Row, simulate
from harness.gate.verdict import Outcome, Verdict, check_gate, judge, overall
from harness.runs.baseline import find_baselines, read_baseline
from harness.runs.record import RunRecord
from harness.runs.stored import Stored, find_stored
from harness.settings import settings_of
from harness.tables.gate import annotations, sentence_of, simulation_page, verdict_page, verdicts_markdown
from harness.tables.html import to_html
from harness.tables.junit import to_junit
from harness.tables.render import print_page, to_markdown

SUFFIXES = {".md": "markdown", ".json": "json", ".xml": "junit", ".html": "html"}
NO_BASELINE = "Bless a run first: python -m harness bless RUN."


@dataclass(frozen=True)
class GateOptions:
    """What the command line says: paths of candidates and baselines, and how to show the verdict.

    `outputs` are files whose suffix tells the format. `limit`: how many mentions are listed, 0: all.
    """

    baselines: tuple[Path, ...] = ()
    anchors: tuple[Path, ...] = ()
    gold: Path | None = None
    form: str = "table"
    outputs: tuple[Path, ...] = field(default_factory=tuple)
    limit: int = 50


def gate_conf(settings: Sequence[str], *, strict: bool) -> GateConf:
    """A file of conf/gate with settings such as `gate.margin=2` on top. ConfigurationError for what makes no sense."""
    conf = settings_of("gate", GateConf, settings)
    check_gate(conf)
    return replace(conf, strict=conf.strict or strict)


def conf_of_run(record: RunRecord, *, strict: bool) -> GateConf:
    """How the gate was configured for a run, by its record."""
    conf = msgspec.convert(record.config.get("gate", {}), GateConf, strict=False)
    check_gate(conf)
    return replace(conf, strict=conf.strict or strict)


def check_before_run(settings: Sequence[str], options: GateOptions) -> None:
    """Refuse what could only fail after the runs were made: settings that make no sense, baselines that are not there.

    `settings` are those of the run; what Hydra makes of values for several jobs is checked after it.
    """
    conf = gate_conf([one for one in settings if one.startswith("gate.") and "," not in one], strict=False)
    if not [baseline for _, found in _baselines(conf, options) for baseline in found]:
        raise InputError(f"no baseline in {_searched(conf, options)}", NO_BASELINE)
    _check_outputs(options)


def _check_outputs(options: GateOptions) -> None:
    if options.limit < 0:
        raise ConfigurationError(f"--limit is {options.limit}", "How many mentions are listed; 0: all.")
    for path in options.outputs:
        if path.suffix not in SUFFIXES:
            raise ConfigurationError(f"cannot tell the format of {path}", f"Suffixes: {', '.join(SUFFIXES)}.")


def gate(candidates: Sequence[Path], conf: GateConf, options: GateOptions) -> int:
    """Judge candidates (run directories, or sweeps of them) and show the verdict; returns the exit code.

    A verdict is reached for every candidate and each of its baselines, and for every anchor; they share alpha.
    """
    _check_outputs(options)
    verdicts = verdicts_of(candidates, conf, options)
    show_verdicts(verdicts, conf, options)
    return _exit_code(verdicts, conf)


def verdicts_of(candidates: Sequence[Path], conf: GateConf, options: GateOptions) -> list[Verdict]:
    """The verdicts on candidates, without showing them. InputError if there is nothing to judge."""
    runs = _by_model(find_stored(candidates))
    pairs, lonely = _pairs(runs, conf, options)
    if not pairs:
        raise InputError(f"no baseline for {', '.join(runs)} in {_searched(conf, options)}", NO_BASELINE)
    alpha = conf.alpha / len(pairs)
    verdicts = []
    for model, baseline in pairs:
        verdict = judge(runs[model], baseline, conf, alpha, options.gold)
        anchor = " (anchor)" if baseline.place in options.anchors else ""
        verdicts.append(msgspec.structs.replace(verdict, baseline=f"{verdict.baseline}{anchor}"))
    if conf.strict:
        return verdicts + [_unpaired(note) for note in lonely]
    return [msgspec.structs.replace(verdicts[0], notes=(*verdicts[0].notes, *lonely)), *verdicts[1:]]


def _unpaired(note: str) -> Verdict:
    """The verdict on a baseline without a candidate, or the reverse: it cannot be compared."""
    finding = Finding(Outcome.INCOMPARABLE.value, Answer.UNSURE, f"{note.removesuffix('.')}.")
    return Verdict(note.split()[0], "–", "–", Outcome.INCOMPARABLE, (finding,))


def show_verdicts(verdicts: Sequence[Verdict], conf: GateConf, options: GateOptions) -> None:
    """Print the verdicts, write the files asked for, and tell GitHub if it is there to listen."""
    if options.form == "table":
        for verdict in verdicts:
            shown = conf.show_text or sys.stdout.isatty()  # a log of CI is no terminal, and may be public
            print_page(verdict_page(verdict, limit=options.limit, show_text=shown))
            print()
        if len(verdicts) > 1:
            told = f"the worst of {len(verdicts)} verdicts, which share alpha {conf.alpha:g}"
            print(f"{overall(verdicts).upper()}: {told}")
    else:
        print(_rendered(verdicts, options.form, conf, options), end="")
    for path in options.outputs:
        write_text(path, _rendered(verdicts, SUFFIXES[path.suffix], conf, options))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(summary).open("a", encoding="utf-8") as stream:
                stream.write(_rendered(verdicts, "markdown", conf, options))
        except OSError as error:
            raise unwritable(summary, error) from None
    if os.environ.get("GITHUB_ACTIONS") == "true" and options.form == "table":
        print(annotations(verdicts, strict=conf.strict), end="")


def _rendered(verdicts: Sequence[Verdict], form: str, conf: GateConf, options: GateOptions) -> str:
    show_text = conf.show_text
    if form == "markdown":
        return verdicts_markdown(verdicts, limit=options.limit, show_text=show_text)
    if form == "html":
        pages = [verdict_page(one, limit=options.limit, show_text=show_text) for one in verdicts]
        return to_html(*pages)
    if form == "junit":
        return to_junit(verdicts, strict=conf.strict)
    if form == "github":
        return annotations(verdicts, strict=conf.strict)
    return encode_verdicts(verdicts, conf)


def encode_verdicts(verdicts: Sequence[Verdict], conf: GateConf) -> str:
    """JSON: the outcome, the settings, and every verdict with all its changes; text only if `show_text` asks."""
    shown = []
    for verdict in verdicts:
        content: dict[str, object] = msgspec.to_builtins(verdict)
        content.pop("texts")
        if conf.show_text and verdict.changes:
            content["sentences"] = [sentence_of(change, verdict) for change in verdict.changes]
        shown.append(content)
    whole = {
        "schema": 1,
        "outcome": overall(verdicts),
        "exit_code": int(_exit_code(verdicts, conf)),
        "settings": msgspec.to_builtins(conf),
        "verdicts": shown,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def simulate_gate(conf: GateConf, options: GateOptions, simulations: int, seed: int) -> int:
    """Print how often the gate is wrong on the baselines at hand and their gold."""
    if options.form not in ("table", "markdown", "json") or options.outputs or options.anchors:
        raise ConfigurationError(
            "--simulate prints a table, markdown or json", "Leave --output, --anchor and other formats out."
        )
    paths = options.baselines or (Path(conf.baselines),)
    runs = find_stored(paths)
    rows: list[Row] = []
    conf = replace(conf, alpha=conf.alpha / len(runs))  # as in one verdict over all of them
    rules = f"margin {conf.margin:g}, tolerance {conf.tolerance:g}, alpha {conf.alpha:g} for each baseline"
    measure = f"{conf.label} {conf.match} F1, {conf.view} labels, {rules}"
    for run in runs:
        gold = find_gold([run], options.gold)
        (scored,) = align([run], run, gold=gold)
        rows += _watched(simulate(scored, gold, conf, simulations, seed), run.name)
    page = simulation_page(rows, measure, len(gold_of(runs[0].record).reports))
    if options.form == "json":
        print(msgspec.json.format(msgspec.json.encode({"schema": 1, "rows": rows}), indent=2).decode())
    elif options.form == "markdown":
        print(to_markdown(page), end="")
    else:
        print_page(page)
    return ExitCode.OK


def _watched(rows: Iterable[Row], name: str) -> Iterable[Row]:
    for row in rows:
        if sys.stderr.isatty():
            print(f"{name}: churn {100 * row.churn:g} %, loss {row.loss:g}: done", file=sys.stderr)
        yield row


def _by_model(runs: Sequence[Stored]) -> dict[str, list[Stored]]:
    """The candidates by model, repetitions of one model together. InputError for two runs of one model."""
    found: dict[str, list[Stored]] = {}
    for run in runs:
        others = found.setdefault(run.record.model, [])
        if others and not is_repeat([other.record for other in others], run.record):
            told = f"{others[0].name} and {run.name} are runs of one model, {run.record.model}"
            raise InputError(told, "Name one of them; repetitions differ in execution.repeat and in nothing else.")
        others.append(run)
    return found


def _pairs(
    runs: dict[str, list[Stored]], conf: GateConf, options: GateOptions
) -> tuple[list[tuple[str, Stored]], list[str]]:
    """Which candidate is judged by which baseline, and who has none."""
    single = next(iter(runs)) if len(runs) == 1 else None
    pairs: list[tuple[str, Stored]] = []
    lonely: list[str] = []
    for path, baselines in _baselines(conf, options):
        named = not path.is_dir() or (path / "run.json").exists()
        for baseline in baselines:
            model = baseline.record.model
            chosen = model if model in runs else single if named else None
            if chosen is None:
                lonely.append(f"{baseline.name} has no candidate")
            else:
                pairs.append((chosen, baseline))
    judged = {model for model, _ in pairs}
    lonely += [f"{model} has no baseline. {NO_BASELINE}" for model in runs if model not in judged]
    return pairs, lonely


def _baselines(conf: GateConf, options: GateOptions) -> list[tuple[Path, list[Stored]]]:
    """The baselines at each path that was named, or in the folder of the configuration, which may be missing."""
    named = [*options.baselines, *options.anchors]
    folder = Path(conf.baselines)
    paths = named if options.baselines else [*([folder] if folder.exists() else []), *named]
    return [(path, _read(path)) for path in paths]


def _read(path: Path) -> list[Stored]:
    if path.is_dir() and not (path / "run.json").exists():
        return [read_baseline(one) for one in find_baselines(path)]
    return find_stored([path])


def _searched(conf: GateConf, options: GateOptions) -> str:
    return ", ".join(display_path(path) for path in options.baselines or (Path(conf.baselines),))


def _exit_code(verdicts: Sequence[Verdict], conf: GateConf) -> ExitCode:
    worst = overall(verdicts)
    return next(one for one in verdicts if one.outcome == worst).exit_code(strict=conf.strict)
