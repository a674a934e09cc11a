"""The command line: which verb, which arguments, which exit code. Verbs do their work elsewhere.

Nothing heavy is imported here: Hydra only for runs, models only by their backends.
"""

import argparse
import difflib
import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError, ExitCode, HarnessError, HarnessWarning

if TYPE_CHECKING:
    from harness.gate_verb import GateOptions
    from harness.runs.record import Run

USAGE = """\
harness: evaluate and compare information-extraction models on labelled reports

  python -m harness [SETTING=VALUE ...]             run a model on gold reports and score it
  python -m harness -m model=A,B [...]              run several and compare them
  python -m harness extract [SETTING=VALUE] FILE... what a model finds in raw text
  python -m harness score --gold G --predictions P  score predictions made elsewhere, in any format
  python -m harness compare RUN...                  runs side by side, and if they differ
  python -m harness bless RUN...                    make runs the baselines of their models
  python -m harness gate --candidate RUN            is it worse than its baseline? exit code 1 if so
  python -m harness gate [SETTING=VALUE ...]        run, then gate (experiment=ci: all baselines)
  python -m harness gold check [FOLDER]             find every fault in a folder of labelled reports
  python -m harness gold stats [FOLDER]             count what it holds; renew its datasheet
  python -m harness gold agree A B                  how far two annotations of reports agree
  python -m harness gold convert SOURCE TARGET      to brat, jsonl or datasets, also from re3d

settings (all of them: python -m harness --cfg job)
{choices}
  gold.path=FOLDER    your own reports, in brat's format (also: HARNESS_GOLD=FOLDER)
  gold.format=FORMAT  brat, jsonl, conll, docbin, datasets or re3d
  gold.split=SPLIT    train, dev, test, all, or auto: test where splits are declared
  crosswalk@model.crosswalk=NAME   the label set of the model (gold: crosswalk@gold.crosswalk)
  model.args.NAME=X   an argument of the backend
  experiment=baselines  all backends that need no network

options
  --backend FILE.py:CLASS   a backend of your own (see docs/backends.md)
  --format FORMAT           table, markdown or json on standard output
  --help, --version         this text; the version (of a verb: python -m harness VERB --help)

exit codes: 0 fine, 1 regression, 2 bad input, 3 not comparable, 4 a backend failed, 130 interrupted
"""
FORMATS = ("table", "markdown", "json")
FLAGS_WITH_VALUE = frozenset(
    [
        *("--config-dir", "-cd", "--config-name", "-cn", "--config-path", "-cp", "--package", "-p"),
        *("--cfg", "-c", "--info", "-i", "--experimental-rerun"),
    ]
)
"""Hydra's own flags that are followed by a value."""
PLAIN_FLAGS = frozenset(["-m", "--multirun", "-r", "--run", "--hydra-help", "--resolve", "--shell-completion", "-sc"])
"""Hydra's own flags without one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; errors are printed as one message on standard error."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    warnings.showwarning = _show_warning
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character still gets its line
    try:
        return int(_dispatch(argv))
    except HarnessError as error:
        print(f"error: {error}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.OK)
    except Exception:  # a bug of ours, or of a backend: never exit code 1, which means a regression
        traceback.print_exc()
        print("error: this should not have happened; the lines above say where", file=sys.stderr)
        return int(ExitCode.BACKEND_FAILED)


def _show_warning(message: Warning | str, category: type[Warning], *_place: object, **_options: object) -> None:
    """Our own warnings as a note on standard error; those of libraries are not for our users."""
    if issubclass(category, HarnessWarning):
        print(f"note: {message}", file=sys.stderr)


def _dispatch(argv: list[str]) -> int:
    if argv and argv[0] in ("--help", "-h", "help"):
        print(USAGE.format(choices=_choices()), end="")
        return ExitCode.OK
    if argv and argv[0] == "--version":
        import harness

        print(f"harness {harness.__version__}")
        return ExitCode.OK
    verbs: dict[str, Callable[[list[str]], int]] = {
        "extract": _extract,
        "score": _score,
        "compare": _compare,
        "bless": _bless,
        "gate": _gate,
        "gold": _gold,
    }
    if argv and argv[0] in verbs:
        return verbs[argv[0]](argv[1:])
    return _run(argv)


def _run(argv: list[str]) -> int:
    options, rest = _hydra_options(argv)
    runs, swept = run_settings(rest, options.backend)
    if swept:
        from harness.compare_verb import compare_directories, show_comparisons

        show_comparisons(compare_directories([run.directory for run in runs]), options.format)
    elif runs:
        _show_run(runs[0], options.format)
    return max((run.record.exit_code for run in runs), default=ExitCode.OK)


def run_settings(arguments: list[str], backend: str | None = None) -> "tuple[list[Run], bool]":
    """Make the runs that settings (and Hydra's flags) ask for, with the class in a file that `backend` names, if any.

    Returns them, and whether they are those of a sweep. ConfigurationError for a setting that there is not.
    """
    flags, overrides = _split_flags(arguments)
    if backend and any(one.startswith("model=") for one in overrides):
        raise ConfigurationError("--backend and model= both name a model", "Leave one of them out.")
    from harness import app

    return app.run([*flags, *_backend_overrides(backend), *overrides])


def _show_run(run: "Run", form: str) -> None:
    from harness.runs.record import encode_rows
    from harness.tables.render import print_page, to_markdown
    from harness.tables.run import full_page, run_page

    page = full_page(run) if form == "markdown" else run_page(run)
    if form == "json":
        print(encode_rows(run.rows), end="")
        for note in dict.fromkeys(page.notes):
            print(f"note: {note}", file=sys.stderr)
    elif form == "markdown":
        print(to_markdown(page), end="")
    else:
        print_page(page)


def _extract(argv: list[str]) -> int:
    parser = _parser("extract", "Print or write what a model finds in raw text files.", "[SETTING=VALUE ...] FILE ...")
    parser.add_argument("--format", choices=("table", "json", "jsonl", "brat"), default="table")
    parser.add_argument("--output", type=Path, metavar="PATH", help="a file for jsonl, a new folder for brat")
    parser.add_argument("--backend", metavar="FILE.py:CLASS", help="a backend of your own")
    parser.add_argument("rest", nargs="+", metavar="FILE", help="UTF-8 text files, or settings such as model=rules")
    options = parser.parse_intermixed_args(argv)
    files = [Path(one) for one in options.rest if "=" not in one or Path(one).exists()]
    overrides = [one for one in options.rest if "=" in one and not Path(one).exists()]
    from harness.extract_verb import extract_files

    return extract_files(files, [*_backend_overrides(options.backend), *overrides], options.format, options.output)


def _score(argv: list[str]) -> int:
    parser = _parser(
        "score",
        "Score predictions that were made elsewhere. Formats (told by the suffix): brat folder, .jsonl, column file "
        "(.conll, .tsv, .txt, ...), .spacy.",
        "--gold G --predictions P [scoring.SETTING=VALUE ...]",
    )
    add = parser.add_argument
    add("--gold", type=Path, required=True, metavar="G", help="labelled reports")
    add("--predictions", type=Path, required=True, metavar="P", help="may be the same column file as the gold")
    add("--gold-format", default="", metavar="FORMAT", help="brat, jsonl, conll, docbin, re3d or datasets")
    add("--predictions-format", default="", metavar="FORMAT", help="brat, jsonl, conll or docbin")
    add(
        "--gold-column",
        type=int,
        metavar="N",
        help="of gold tags, from 1, or from -1 (the last) down; default: -1, or -2 if P is the same file",
    )
    add("--predicted-column", type=int, metavar="N", help="column of predicted tags (default: -1)")
    add("--token-column", type=int, metavar="N", help="column of the tokens (default: 1)")
    add("--scheme", default="", help="IOB2 (default), IOB1, IOE1, IOE2, BIOES, BILOU or IO")
    add("--gold-policy", default="", metavar="POLICY", help="for gold tags that the scheme forbids (default: refuse)")
    add("--policy", default="", help="for predicted tags that the scheme forbids: conlleval (default) or strict")
    add("--spans-key", metavar="KEY", help="of a DocBin: score doc.spans[KEY] instead of doc.ents")
    add("--split", default="auto", help="train, dev, test, all, or auto: test where splits are declared")
    add(
        "--gold-labels",
        default="",
        metavar="SET",
        help="the label set of the gold, a file of conf/crosswalk (default: own)",
    )
    add("--predicted-labels", default="", metavar="SET", help="that of the predictions (default: the gold's labels)")
    add("--name", default="", help="of the model, in tables (default: the name of P)")
    add("--output", type=Path, metavar="DIR", help="write a run directory, for compare")
    add("--format", choices=FORMATS, default="table", help="on standard output; markdown shows everything")
    add("settings", nargs="*", metavar="scoring.SETTING=VALUE", help="such as scoring.audit=true")
    options = vars(parser.parse_intermixed_args(argv))
    form = options.pop("format")
    from harness.score_verb import ScoreOptions, score_files

    _show_run(score_files(ScoreOptions(**{**options, "settings": tuple(options["settings"])})), form)
    return ExitCode.OK


def _compare(argv: list[str]) -> int:
    parser = _parser(
        "compare",
        "Runs side by side: scores, differences with intervals and adjusted p-values, and what they could have shown.",
        "RUN ...",
    )
    add = parser.add_argument
    add("runs", nargs="+", type=Path, metavar="RUN", help="run directories, sweeps, baselines or folders of baselines")
    add("--reference", default="", metavar="MODEL", help="compare all with this one (default: all pairs)")
    add("--match", default="strict", help="strict (default), exact, partial, type, overlap, sequence-...")
    add("--label", default="micro", help="whose F1 is compared: micro (default), macro, weighted or a label")
    add("--by", action="append", default=[], choices=("label", "slice"), help="also by label, by slice")
    add("--interval", default="percentile", choices=("percentile", "bca"))
    add("--confidence", type=float, default=0.95, metavar="C", help="of intervals, and 1 - C the level of tests")
    add("--resamples", type=int, default=10_000, metavar="N")
    add("--seed", type=int, default=13)
    add("--cluster", default="", metavar="SLICE", help="resample slices of reports as wholes, such as conflict")
    add("--gold", type=Path, metavar="PATH", help="the gold, if runs must be scored again and it has moved")
    add("--format", choices=(*FORMATS, "html", "latex", "csv"), default="table")
    options = parser.parse_args(argv)
    from harness.compare_verb import compare_paths, show_comparisons
    from harness.comparison.differences import Options
    from harness.statistics.bootstrap import Resampling

    chosen = Options(
        match=options.match,
        label=options.label,
        by_label="label" in options.by,
        by_slice="slice" in options.by,
        reference=options.reference,
        interval=options.interval,
        confidence=options.confidence,
        resampling=Resampling(options.resamples, options.seed),
        cluster=options.cluster,
    )
    show_comparisons([compare_paths(options.runs, chosen, options.gold)], options.format)
    return ExitCode.OK


def _bless(argv: list[str]) -> int:
    parser = _parser(
        "bless",
        "Make runs the baselines of their models (to be committed and reviewed), and renew the leaderboard.",
        "RUN ...",
    )
    add = parser.add_argument
    add("runs", nargs="*", type=Path, metavar="RUN", help="run directories or sweeps, without failed reports")
    add("--baselines", type=Path, default=Path("results/baselines"), metavar="DIR", help="default: results/baselines")
    add("--check", action="store_true", help="only check that baselines and leaderboard are as they were blessed")
    options = parser.parse_args(argv)
    if bool(options.runs) == options.check:
        raise ConfigurationError("bless wants either runs or --check", "python -m harness bless --help")
    from harness import bless_verb

    return bless_verb.check(options.baselines) if options.check else bless_verb.bless(options.runs, options.baselines)


def _gate(argv: list[str]) -> int:
    parser = _parser(
        "gate",
        "Is a candidate worse than its blessed baseline? With --candidate a finished run is judged; without, settings "
        "are those of a run (experiment=ci), which is made first. --simulate tells how often the gate is wrong.",
        "[--candidate RUN] [--baseline FILE] [gate.SETTING=VALUE ...]",
    )
    add = parser.add_argument
    add("--candidate", action="append", type=Path, default=[], metavar="RUN", help="a run directory or a sweep")
    add("--baseline", action="append", type=Path, default=[], metavar="FILE", help="default: all of gate.baselines")
    add("--anchor", action="append", type=Path, default=[], metavar="FILE", help="an older baseline, against drift")
    add("--gold", type=Path, metavar="PATH", help="the gold of these runs, if it has moved")
    add("--strict", action="store_true", help="an inconclusive verdict is exit code 3")
    add("--format", choices=("table", "markdown", "json", "junit", "github"), default="table")
    add("--output", action="append", type=Path, default=[], metavar="FILE", help="also .md, .json, .xml (JUnit), .html")
    add("--limit", type=int, default=50, metavar="N", help="how many mentions are listed (default 50; 0: all)")
    add("--backend", metavar="FILE.py:CLASS", help="a backend of your own, to be run")
    add("--simulate", action="store_true", help="false alarms and power of the gate on the baselines at hand")
    add("--simulations", type=int, default=2000, metavar="N", help="candidates for each line of --simulate")
    add("--seed", type=int, default=13, help="of --simulate")
    options, rest = parser.parse_known_args(argv)
    from harness import gate_verb

    chosen = gate_verb.GateOptions(
        tuple(options.baseline),
        tuple(options.anchor),
        options.gold,
        options.format,
        tuple(options.output),
        options.limit,
    )
    if not options.candidate and not options.simulate:
        return _run_and_gate(options, rest, chosen)
    if unknown := [one for one in rest if one.startswith("-")]:
        raise ConfigurationError(f"there is no option {unknown[0]}", "python -m harness gate --help lists them.")
    conf = gate_verb.gate_conf(rest, strict=options.strict)
    if options.simulate:
        return gate_verb.simulate_gate(conf, chosen, options.simulations, options.seed)
    return gate_verb.gate(options.candidate, conf, chosen)


def _run_and_gate(options: argparse.Namespace, rest: list[str], chosen: "GateOptions") -> int:
    """Make the runs that the settings ask for and judge each by its baseline."""
    from harness import gate_verb

    gate_verb.check_before_run(rest, chosen)
    runs, _ = run_settings(rest, options.backend)
    if not runs:
        return ExitCode.OK
    conf = gate_verb.conf_of_run(runs[0].record, strict=options.strict)
    return gate_verb.gate([run.directory for run in runs], conf, chosen)


def _gold(argv: list[str]) -> int:
    parser = _parser("gold", "Check, count, compare or convert labelled reports.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check|stats|agree|convert")
    folder_help = "a folder of .txt and .ann files (default: HARNESS_GOLD or ours)"
    check = verbs.add_parser("check", help="find every fault in a folder, and what a person should look at")
    check.add_argument("folder", nargs="?", type=Path, help=folder_help)
    check.add_argument("--strict", action="store_true", help="warnings that no note in the file waives are errors")
    check.add_argument("--list", action="store_true", dest="listed", help="also names that have several types")
    check.add_argument("--format", choices=("table", "json"), default="table")
    stats = verbs.add_parser("stats", help="count everything: by split, type, style, conflict")
    stats.add_argument("folder", nargs="?", type=Path, help=folder_help)
    stats.add_argument("--format", choices=FORMATS, default="table")
    renewal = stats.add_mutually_exclusive_group()
    renewal.add_argument("--write", action="store_true", help="renew DATASHEET.md and VERSION in the folder")
    renewal.add_argument("--check", action="store_true", help="exit code 2 if DATASHEET.md or VERSION is stale")
    agree = verbs.add_parser("agree", help="how far two annotations of the same reports agree")
    agree.add_argument("first", type=Path, help="a folder of .txt and .ann files")
    agree.add_argument("second", type=Path, help="another one, which may hold fewer reports")
    agree.add_argument("--format", choices=FORMATS, default="table")
    convert = verbs.add_parser("convert", help="write labelled reports in another format")
    convert.add_argument("source", type=Path)
    convert.add_argument("target", type=Path, help="a new file (jsonl) or folder (brat, datasets)")
    convert.add_argument(
        "--from", dest="source_format", default="brat", metavar="FORMAT", help="brat, jsonl, datasets, re3d"
    )
    convert.add_argument("--to", dest="target_format", default="jsonl", metavar="FORMAT", help="brat, jsonl, datasets")
    convert.add_argument("--crosswalk", default="", metavar="NAME", help="the label set, such as report or re3d")
    options = parser.parse_args(argv)
    if options.verb in ("stats", "agree"):
        from harness import gold_verb

        if options.verb == "agree":
            return gold_verb.show_agreement(options.first, options.second, options.format)
        return gold_verb.show_census(options.folder, options.format, write=options.write, check=options.check)
    from harness.corpus import verbs as corpus_verbs

    if options.verb == "check":
        return corpus_verbs.check(options.folder, options.format, strict=options.strict, listed=options.listed)
    return corpus_verbs.convert(
        options.source, options.target, options.source_format, options.target_format, options.crosswalk
    )


def _hydra_options(argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and what is left for Hydra."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--format", default="table")
    parser.add_argument("--backend")
    try:
        options, rest = parser.parse_known_args(argv)
    except argparse.ArgumentError as error:
        raise ConfigurationError(str(error), "python -m harness --help") from None
    if options.format not in FORMATS:
        raise ConfigurationError(f"unknown --format {options.format!r}", f"Choose {', '.join(FORMATS)}.")
    return options, rest


def parse_run(arguments: list[str]) -> tuple[list[str], str | None]:
    """Settings and Hydra's flags, and what `--backend` names."""
    options, rest = _hydra_options(arguments)
    return rest, options.backend


def _split_flags(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Hydra's flags with their values, and the overrides: Hydra wants all overrides in one place."""
    flags: list[str] = []
    overrides: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument.startswith("-"):
            name = argument.split("=", 1)[0]
            if name not in FLAGS_WITH_VALUE | PLAIN_FLAGS:
                near = difflib.get_close_matches(name, ["--format", "--backend", *FLAGS_WITH_VALUE, *PLAIN_FLAGS], 1)
                hint = f"Did you mean {near[0]}? " if near else ""
                raise ConfigurationError(f"there is no option {name}", f"{hint}python -m harness --help lists them.")
            flags.append(argument)
            if argument in FLAGS_WITH_VALUE:
                flags += [value for value in [next(waiting, None)] if value is not None]
        elif "=" in argument or argument.startswith("~"):
            overrides.append(argument)
        else:
            raise ConfigurationError(
                f"there is no verb {argument!r}", "python -m harness --help lists verbs and settings."
            )
    if "--resolve" in flags and not {"--cfg", "-c"} & set(flags):
        raise ConfigurationError("--resolve goes with --cfg", "Write --cfg job --resolve.")
    return flags, overrides


def _backend_overrides(spec: str | None) -> list[str]:
    """The settings that make a class in a file the model."""
    if spec is None:
        return []
    from harness.backends.registry import allow_file

    key = allow_file(spec)
    return ["model=file", f"model.name={key.rpartition(':')[2]}", f"model.backend='{key}'"]


def _choices() -> str:
    from harness.resources import locate

    lines = []
    for group in ("model", "gold"):
        names = sorted(path.stem for path in (locate("conf") / group).glob("*.yaml"))
        lines.append(f"  {group}=NAME{' ' * (15 - len(group))}{', '.join(name for name in names if name != 'file')}")
    return "\n".join(lines)


def _parser(verb: str, description: str, usage: str = "") -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"python -m harness {verb}",
        usage=f"python -m harness {verb} [options] {usage}" if usage else None,
        description=description,
        allow_abbrev=False,
    )
