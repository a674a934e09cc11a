"""The verbs: their arguments, parsed and handed to the module that does the work, which is imported only then."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.arguments import FORMATS, backend_overrides, run_settings, verb_parser
from harness.errors import ConfigurationError, ExitCode

if TYPE_CHECKING:
    from harness.gate_verb import GateOptions
    from harness.runs.record import Run


def extract(argv: list[str]) -> int:
    """The verb `extract`; returns its exit code."""
    parser = verb_parser(
        "extract", "Print or write what a model finds in raw text files.", "[SETTING=VALUE ...] FILE ..."
    )
    parser.add_argument("--format", choices=("table", "json", "jsonl", "brat"), default="table")
    parser.add_argument("--output", type=Path, metavar="PATH", help="a file for jsonl, a new folder for brat")
    parser.add_argument("--backend", metavar="FILE.py:CLASS", help="a backend of your own")
    parser.add_argument("rest", nargs="+", metavar="FILE", help="UTF-8 text files, or settings such as model=rules")
    options = parser.parse_intermixed_args(argv)
    files = [Path(one) for one in options.rest if "=" not in one or Path(one).exists()]
    overrides = [one for one in options.rest if "=" in one and not Path(one).exists()]
    from harness.extract_verb import extract_files

    return extract_files(files, [*backend_overrides(options.backend), *overrides], options.format, options.output)


def score(argv: list[str]) -> int:
    """The verb `score`; returns its exit code."""
    parser = verb_parser(
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

    show_run(score_files(ScoreOptions(**{**options, "settings": tuple(options["settings"])})), form)
    return ExitCode.OK


def compare(argv: list[str]) -> int:
    """The verb `compare`; returns its exit code."""
    parser = verb_parser(
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
    from harness import notebook
    from harness.compare_verb import show_comparisons

    shown = notebook.compare(
        options.runs,
        reference=options.reference,
        match=options.match,
        label=options.label,
        by=options.by,
        interval=options.interval,
        confidence=options.confidence,
        resamples=options.resamples,
        seed=options.seed,
        cluster=options.cluster,
        gold=options.gold,
    )
    show_comparisons([shown.comparison], options.format)
    return ExitCode.OK


def bless(argv: list[str]) -> int:
    """The verb `bless`; returns its exit code."""
    parser = verb_parser(
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


def gate(argv: list[str]) -> int:
    """The verb `gate`; returns its exit code."""
    parser = verb_parser(
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
    if options.backend or (options.simulate and options.candidate):
        idle = "--backend" if options.backend else "--candidate"
        raise ConfigurationError(f"{idle} does nothing here", "Leave it out: python -m harness gate --help")
    conf = gate_verb.gate_conf(rest, strict=options.strict)
    if options.simulate:
        return gate_verb.simulate_gate(conf, chosen, options.simulations, options.seed)
    return gate_verb.gate(options.candidate, conf, chosen)


def _run_and_gate(options: argparse.Namespace, rest: list[str], chosen: "GateOptions") -> int:
    """Make the runs that the settings ask for and judge each by its baseline."""
    from harness import gate_verb

    if paths := [one for one in rest if "=" not in one and Path(one).exists()]:
        raise ConfigurationError(f"{paths[0]} is no setting", f"To judge a finished run: gate --candidate {paths[0]}")
    gate_verb.check_before_run(rest, chosen)
    runs, _ = run_settings(rest, options.backend)
    if not runs:
        return ExitCode.OK
    conf = gate_verb.conf_of_run(runs[0].record, strict=options.strict)
    return gate_verb.gate([run.directory for run in runs], conf, chosen)


def gold(argv: list[str]) -> int:
    """The verb `gold`; returns its exit code."""
    parser = verb_parser("gold", "Check, count, compare or convert labelled reports.")
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


def show_run(run: "Run", form: str) -> None:
    """Print one run: a table, Markdown with everything, or the rows of scores.json."""
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
