"""Speed and memory of the paired bootstrap beside seqeval: 10,000 resamples of every measure of two systems.

    python bench/statistics.py [--reports 400 10000] [--resamples 10000] [--rounds 3]

The input is generated: reports of about 250 tokens and 25 mentions, 12 labels, and two systems that make as many errors
of every kind. Ours starts from the counts of both (counting is what scoring.py times) and reads precision, recall and
F1 of every row - each label and three averages, in every match - off every resample of both, and subtracts them. Beside
it stands one call of seqeval's strict `f1_score` on the tags of one of the systems: one F1, not resampled.

Both take turns, and what counts is the ratio of medians. The naive loop, which calls seqeval for both systems on every
resample, is not run: its time is that of one call times twice the number of resamples. That it would find the same is
checked on the first resample, and on the reports as they are; exits 1 if not.

Peak memory is taken in a process of its own (`--memory FOLDER`), which holds nothing but the two tables of counts.
"""

import sys
from importlib import import_module
from pathlib import Path

# A script's own folder comes first on the path, and in this one stands a `statistics` that is not the standard
# library's: this file. It sees to it that the other is found, also if it was another script that asked for it.
if sys.path[0] == str(Path(__file__).resolve().parent):
    folder = sys.path.pop(0)
    sys.modules.pop("statistics", None)
    import_module("statistics")  # from now on every import of it finds this one
    sys.path.insert(0, folder)

import argparse
import gc
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from generated import LABELS, Corpus, make_corpus, predicted_anew

from harness.annotation import Annotations, Mention, Report
from harness.corpus.crosswalk import FINE, View
from harness.corpus.document import Document
from harness.measurements import peak_memory_mib, reset_peak_memory
from harness.scoring.counting import count_documents
from harness.scoring.measures import ALL, MICRO, Scoresheet
from harness.scoring.plain import PlainSpan
from harness.scoring.table import CountTable, Floats
from harness.statistics.bootstrap import Resampling, resample

TWELVE = (*LABELS, "INFRASTRUCTURE", "VEHICLE")
SENTENCES = 10
"""In a report."""
SIZES = {400: 3.0, 10_000: 2.0}
"""Reports, and how many calls of seqeval our part should take at most."""
AGREED = 1e-9
MATCH = "sequence-strict"
"""The match that is seqeval's."""

Tags = list[list[str]]


# --- input ---


@dataclass(frozen=True)
class Inputs:
    """Gold tags and those of the first system, one entry a report, and the counts of both systems."""

    gold: Tags
    predicted: Tags
    tables: tuple[CountTable, CountTable]


def make_inputs(reports: int) -> Inputs:
    corpus = make_corpus(SENTENCES * reports, labels=TWELVE)
    tables = counted(corpus), counted(predicted_anew(corpus, 2, TWELVE))
    return Inputs(by_report(corpus.gold_tags), by_report(corpus.predicted_tags), tables)


def by_report(sentences: Tags) -> Tags:
    starts = range(0, len(sentences), SENTENCES)
    return [[tag for one in sentences[start : start + SENTENCES] for tag in one] for start in starts]


def counted(corpus: Corpus) -> CountTable:
    """The counts of all matches; every token is a word of one letter."""
    same = {label: label for label in TWELVE}
    documents, predictions = [], {}
    for number, start in enumerate(range(0, len(corpus.lengths), SENTENCES)):
        lengths, name = corpus.lengths[start : start + SENTENCES], f"r{number}"
        gold, predicted = (
            Annotations(name, mentions(side[start : start + SENTENCES], lengths))
            for side in (corpus.gold, corpus.predicted)
        )
        documents.append(Document(Report(name, "w " * sum(lengths)), gold))
        predictions[name] = predicted
    return count_documents(documents, predictions, [View(FINE, TWELVE, same, same)], frozenset())


def mentions(sentences: Sequence[Sequence[PlainSpan]], lengths: Sequence[int]) -> tuple[Mention, ...]:
    firsts = np.cumsum([0, *lengths]).tolist()
    return tuple(
        Mention(2 * (first + start), 2 * (first + end) - 1, label)
        for first, spans in zip(firsts, sentences, strict=False)
        for start, end, label in spans
    )


# --- contenders ---


def sheet_of(table: CountTable) -> Scoresheet:
    return Scoresheet(table, {FINE: TWELVE}, scopes=(ALL,))


def every_difference(tables: Sequence[CountTable], resampling: Resampling) -> Floats:
    """First minus second system of precision, recall and F1 of every row, of shape (resamples, 3, rows)."""
    sheets = [sheet_of(table) for table in tables]
    sums = [sheet.sums(table.values) for sheet, table in zip(sheets, tables, strict=True)]
    first, second = resample(sums, [sheet.measures for sheet in sheets], resampling)
    first -= second
    return first


def seqeval_f1(gold: Tags, predicted: Tags) -> float:
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    return float(f1_score(gold, predicted, mode="strict", scheme=IOB2))


# --- measuring ---


def seconds_of(call: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def disagreements(inputs: Inputs, seed: int) -> list[str]:
    """Where our micro F1 differs from seqeval's: in the reports as they are, and in the first resample."""
    table = inputs.tables[0]
    sheet, reports = sheet_of(table), len(table.reports)
    sums = sheet.sums(table.values)
    unknown = np.full(sheet.size, np.nan)
    keys = [(row.match, row.label) for row in sheet.rows(unknown, unknown)]
    place = keys.index((MATCH, MICRO))
    draw = next(Resampling(1, seed).draws(reports, 1))[0].tolist()
    ours = [float(sheet.estimates[2, place]), float(resample([sums], [sheet.f1], Resampling(1, seed))[0][0, place])]
    peers = [
        seqeval_f1([inputs.gold[n] for n in chosen], [inputs.predicted[n] for n in chosen])
        for chosen in (range(reports), draw)
    ]
    names = ("all reports", "the first resample")
    return [
        f"micro F1 of {name} differs: {one}, seqeval {other}"
        for name, one, other in zip(names, ours, peers, strict=True)
        if abs(one - other) > AGREED
    ]


def print_memory(folder: Path, resampling: Resampling) -> None:
    """The resident memory before resampling and at its peak, in MiB."""
    tables = [CountTable.read(path) for path in sorted(folder.glob("*.parquet"))]
    every_difference(tables, Resampling(10))  # imports, and what numpy keeps for its products
    gc.collect()
    reset_peak_memory()
    before = peak_memory_mib()
    every_difference(tables, resampling)
    print(before, peak_memory_mib())


def memory_of(tables: Sequence[CountTable], resamples: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        for number, table in enumerate(tables):
            table.write(Path(folder) / f"{number}.parquet")
        command = [sys.executable, __file__, "--memory", folder, "--resamples", str(resamples)]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(found[0]), float(found[1])


def compare(reports: int, options: argparse.Namespace) -> list[str]:
    """Prints what a corpus of that size takes; returns where we disagree with seqeval."""
    inputs = make_inputs(reports)
    sheet = sheet_of(inputs.tables[0])
    tokens, gold = sum(map(len, inputs.gold)), sum(tag.startswith("B-") for tags in inputs.gold for tag in tags)
    print(f"{reports:,} reports, {tokens:,} tokens, {gold:,} gold mentions, {sheet.size} rows of 3 measures, 2 systems")
    found = disagreements(inputs, seed=1)  # warms up both
    every_difference(inputs.tables, Resampling(10))
    ours, calls = [], []
    for seed in range(options.rounds):  # another seed each, so that no draw is at hand from the round before
        ours.append(seconds_of(lambda seed=seed: every_difference(inputs.tables, Resampling(options.resamples, seed))))
        calls.append(seconds_of(lambda: seqeval_f1(inputs.gold, inputs.predicted)))
    before, peak = memory_of(inputs.tables, options.resamples)
    ratio, call = statistics.median(ours) / statistics.median(calls), statistics.median(calls)
    naive = 2 * options.resamples * call
    wanted = f", wanted < {SIZES[reports]:g}" if reports in SIZES else ""
    print(f"  harness, {options.resamples:,} paired resamples {statistics.median(ours):9.3f} s  {spread(ours)}")
    print(f"  seqeval, one strict f1_score {call:13.3f} s  {spread(calls)}")
    print(f"  resamples / one call: {ratio:.2f}{wanted}")
    print(
        f"  the loop that calls seqeval, extrapolated: {naive / 3600:,.2f} h, {naive / statistics.median(ours):,.0f} x"
    )
    print(f"  peak memory of resampling: {peak:.1f} MiB, {peak - before:+.1f}")
    return found


def spread(seconds: Sequence[float]) -> str:
    return f"{min(seconds):.3f}-{max(seconds):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=Path, metavar="FOLDER", help="only the memory, of the two tables in a folder")
    options = parser.parse_args()
    if options.memory:
        print_memory(options.memory, Resampling(options.resamples))
        return
    print(f"beside seqeval {version('seqeval')}; median of {options.rounds} rounds, and their range")
    found = [problem for reports in options.reports for problem in compare(reports, options)]
    if found:
        sys.exit("\n".join(found))
    print("both agree")


if __name__ == "__main__":
    main()
