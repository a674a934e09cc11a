"""Speed and memory of scoring beside the peers: same input, one process tree, one table.

    python bench/scoring.py [--rounds 5] [--quick]

The input is generated: sentences in valid IOB2, 10 labels, predictions derived from gold with errors of every kind.
Each contender gets its own natural input (strings, tuples, dicts, objects) before the clock starts, so that only
scoring is timed. Contenders of a group take turns; what counts is the ratio of medians to the first of the group.

Peak memory is taken in a process of its own for each contender (`--memory NAME`), and shown as the increase over what
the process held before scoring: its input and, since a small input is scored first, all imports.

Growth is the time of the large input over that of as many small ones as make up its size, measured one after the
other (the median of these ratios): 1.0 is linear, and less means that constant costs weigh.

Exits 1 if two contenders that measure the same thing differ in it. Peers that are not installed are named as such.
"""

import argparse
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec

from generated import LABELS, Corpus, make_clusters, make_corpus, make_dense

from harness.measurements import peak_memory_mib, reset_peak_memory
from harness.scoring.measures import Row
from harness.scoring.plain import PlainSpan, score_spans, score_tags
from harness.tagging.sequences import Policy

SENTENCES = 10_000
WARM_UP = 1_000
AGREED = 1e-9

Reading = dict[str, float]
"""What a contender found out, under names that several share: in valid IOB2 there is but one micro F1."""
Call = Callable[[], Reading]
Timed = Callable[[], object]


# --- contenders: each prepares its input, and returns what is to be timed ---


def _reading(rows: list[Row], name: str) -> Reading:
    row = next(row for row in rows if row.match == name and row.label == "micro")
    counts = {"correct": row.correct, "incorrect": row.incorrect, "missed": row.missed, "spurious": row.spurious}
    return {"f1": row.f1 or 0.0, **(counts if name == "strict" else {})}


def ours_from_tags(policy: Policy, corpus: Corpus) -> Call:
    gold, predicted = corpus.gold_tags, corpus.predicted_tags
    return lambda: _reading(score_tags(gold, predicted, policies=[policy]), f"sequence-{policy}")


def ours_from_spans(corpus: Corpus) -> Call:
    return lambda: _reading(score_spans(corpus.gold, corpus.predicted), "strict")


def ours_dense(corpus: Corpus) -> Call:
    gold, predicted = make_dense(len(corpus.lengths) // 5)
    return lambda: {"f1 of the dense report": _reading(score_spans(gold, predicted), "strict")["f1"]}


def seqeval_report(mode: str | None, corpus: Corpus) -> Call:
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    report = partial(classification_report, mode=mode, scheme=IOB2 if mode else None, output_dict=True)
    return lambda: {"f1": report(corpus.gold_tags, corpus.predicted_tags)["micro avg"]["f1-score"]}


def seqeval_f1(corpus: Corpus) -> Call:
    from seqeval.metrics import f1_score

    return lambda: {"f1": f1_score(corpus.gold_tags, corpus.predicted_tags)}


def seqscore_labels(corpus: Corpus) -> Call:
    from seqscore.scoring import score_label_sequences

    score = partial(score_label_sequences, encoding_name="BIO", repair=None)
    return lambda: {"f1": score(corpus.predicted_tags, corpus.gold_tags)[0].f1}


def seqscore_mentions(corpus: Corpus) -> Call:
    from seqscore.encoding import get_encoding
    from seqscore.model import AnnotatedSequence
    from seqscore.scoring import compute_scores

    bio = get_encoding("BIO")
    gold, predicted = (
        [AnnotatedSequence.from_tokens_and_labels(["w"] * len(tags), tags, bio) for tags in side]
        for side in (corpus.gold_tags, corpus.predicted_tags)
    )
    return lambda: {"f1": compute_scores([predicted], [gold])[0].f1}


def nervaluate_all(corpus: Corpus) -> Call:
    from nervaluate import Evaluator

    gold, predicted = (
        [[{"label": label, "start": start, "end": end - 1} for start, end, label in spans] for spans in side]
        for side in (corpus.gold, corpus.predicted)
    )

    def call() -> Reading:
        strict = Evaluator(gold, predicted, tags=list(LABELS), loader="dict").evaluate()["overall"]["strict"]
        return {name: getattr(strict, name) for name in ("f1", "correct", "incorrect", "missed", "spurious")}

    return call


def spacy_spans(corpus: Corpus) -> Call:
    import spacy
    from spacy.scorer import Scorer
    from spacy.tokens import Doc, Span
    from spacy.training import Example

    vocab = spacy.blank("en").vocab

    def doc(length: int, spans: list[PlainSpan]) -> Doc:
        made = Doc(vocab, words=["w"] * length)
        made.ents = [Span(made, *span) for span in spans]
        return made

    sides = zip(corpus.lengths, corpus.predicted, corpus.gold, strict=True)
    examples = [Example(doc(length, predicted), doc(length, gold)) for length, predicted, gold in sides]
    return lambda: {"f1": Scorer.score_spans(examples, "ents")["ents_f"]}


@dataclass(frozen=True)
class Contender:
    """A way of scoring; `wanted`: how many times as long as the first of its group it should take, at least."""

    name: str
    prepare: Callable[[Corpus], Call]
    package: str = "harness"
    wanted: float | None = None

    @property
    def installed(self) -> bool:
        """Whether the package is there, in any version."""
        return find_spec(self.package) is not None


GROUPS = {
    "from tags, report by label, strict": [
        Contender("harness score_tags, strict", partial(ours_from_tags, Policy.STRICT)),
        Contender("seqeval report, strict IOB2", partial(seqeval_report, "strict"), "seqeval", 15),
        Contender("SeqScore score_label_sequences", seqscore_labels, "seqscore"),
    ],
    "from tags, as conlleval": [
        Contender("harness score_tags, conlleval", partial(ours_from_tags, Policy.CONLLEVAL)),
        Contender("seqeval f1_score (one number)", seqeval_f1, "seqeval", 5),
        Contender("seqeval report, default", partial(seqeval_report, None), "seqeval"),
    ],
    "from spans, all matches and categories": [
        Contender("harness score_spans", ours_from_spans),
        Contender("nervaluate Evaluator", nervaluate_all, "nervaluate", 40),
        Contender("spaCy Scorer (strict only)", spacy_spans, "spacy"),
        Contender("SeqScore scores (strict only)", seqscore_mentions, "seqscore"),
    ],
    "one report, each of 2,000 gold mentions overlaps each of 2,000 predicted ones (200 and 200 if --quick)": [
        Contender("harness score_spans, dense", ours_dense)
    ],
}


# --- measuring ---


def seconds_of(call: Timed, times: int = 1) -> float:
    gc.collect()
    started = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - started


def print_memory(name: str, corpus: Corpus) -> None:
    """The resident memory before scoring and at its peak, in MiB."""
    (contender,) = (one for group in GROUPS.values() for one in group if one.name == name)
    contender.prepare(make_corpus(WARM_UP))()
    call = contender.prepare(corpus)
    gc.collect()
    reset_peak_memory()
    before = peak_memory_mib()
    call()
    print(before, peak_memory_mib())


def memory_of(name: str, options: argparse.Namespace) -> tuple[float, float]:
    command = [sys.executable, __file__, "--memory", name, *(["--quick"] if options.quick else [])]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(found[0]), float(found[1])


def compare(corpus: Corpus, options: argparse.Namespace) -> list[str]:
    """Prints the table of contenders; returns in what they disagree."""
    readings: dict[str, dict[str, float]] = {}
    print(f"{'':34}{'median s':>9}  {'range':15}{'ratio':>8}{'wanted':>8}{'peak MiB':>10}{'increase':>10}")
    for title, group in GROUPS.items():
        print(title)
        present = [one for one in group if one.installed]
        for one in present:
            one.prepare(make_corpus(WARM_UP))()
        seconds: dict[str, list[float]] = {one.name: [] for one in present}
        for _ in range(options.rounds):
            for one in present:
                call = one.prepare(corpus)
                seconds[one.name].append(seconds_of(call))
        for one in group:
            if one not in present:
                print(f"  {one.name:32}not installed (pip install {one.package})")
                continue
            for what, value in one.prepare(corpus)().items():
                readings.setdefault(what, {})[one.name] = value
            median, spread = statistics.median(seconds[one.name]), (min(seconds[one.name]), max(seconds[one.name]))
            ratio = f"{median / statistics.median(seconds[group[0].name]):.1f} x"
            wanted = f">= {one.wanted:g}" if one.wanted else ""
            before, peak = memory_of(one.name, options)
            print(
                f"  {one.name:32}{median:9.3f}  {'{:.3f}-{:.3f}'.format(*spread):15}{ratio:>8}{wanted:>8}"
                f"{peak:10.1f}{peak - before:+10.1f}"
            )
    return [
        f"{what} differs: {values}"
        for what, values in readings.items()
        if max(values.values()) - min(values.values()) > AGREED
    ]


def growths(corpus: Corpus) -> list[tuple[str, Timed, int, Timed, int]]:
    """What, the small input and how many times, the large one and how many times; both make up the same size."""
    large = make_corpus(10 * len(corpus.lengths))
    tags, spans = partial(ours_from_tags, Policy.STRICT), ours_from_spans
    few, some, spread, many = (
        partial(score_spans, *make_clusters(*size)) for size in ((200, 1), (2_000, 1), (2_000, 400), (20_000, 1))
    )
    return [
        ("score_tags, 10 x the sentences", tags(corpus), 10, tags(large), 1),
        ("score_spans, 10 x the sentences", spans(corpus), 10, spans(large), 1),
        ("2,000 mentions in 1 report / 200 in 1", few, 100, some, 10),
        ("2,000 mentions in 1 report / in 400", spread, 10, some, 10),
        ("20,000 mentions in 1 report / 2,000 in 1", some, 10, many, 1),
    ]


def print_growth(corpus: Corpus, rounds: int) -> None:
    print(f"{'growth (at most five mentions overlap)':42}{'small s':>9}{'large s':>9}{'ratio':>8}  {'range':11}wanted")
    for name, small, times, large, large_times in growths(corpus):
        small(), large()  # warms up
        pairs = [(seconds_of(small, times), seconds_of(large, large_times)) for _ in range(rounds)]
        before, after = (statistics.median(values) for values in zip(*pairs, strict=True))
        ratios = sorted(b / a for a, b in pairs)
        ratio, spread = statistics.median(ratios), f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
        print(f"  {name:40}{before:9.3f}{after:9.3f}{ratio:8.2f}  {spread:11}<= 1.2")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sentences, one round")
    parser.add_argument("--memory", metavar="NAME", help="only the memory of one contender, before and at the peak")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    corpus = make_corpus(SENTENCES // 10 if options.quick else SENTENCES)
    if options.memory:
        print_memory(options.memory, corpus)
        return
    mentions = [sum(map(len, side)) for side in (corpus.gold, corpus.predicted)]
    print(f"{len(corpus.lengths):,} sentences, {sum(corpus.lengths):,} tokens, {len(LABELS)} labels, ", end="")
    print("{:,} gold and {:,} predicted mentions; ".format(*mentions), end="")
    print(f"median of {options.rounds} rounds, MiB of memory")
    peers = {one.package for group in GROUPS.values() for one in group[1:] if one.installed}
    print("beside", ", ".join(f"{name} {version(name)}" for name in sorted(peers)) or "none")
    differences = compare(corpus, options)
    print_growth(corpus, options.rounds)
    if differences:
        sys.exit("\n".join(differences))
    print("all contenders agree")


if __name__ == "__main__":
    main()
