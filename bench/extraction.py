"""Speed of the extraction phase with spaCy, beside spaCy used by hand, in one process.

    python bench/extraction.py [--re3d FOLDER_OF_FOLDERS] [--rounds 5]

Four ways over the same texts, in alternating order, best read as ratios (medians over the rounds):

* naive loop: `nlp(text).ents` of the full pipeline, one text at a time;
* bare pipe: `nlp.pipe(texts)` with only the ner component, default batch size;
* bare pipe, same batches: likewise with the harness's batch size;
* harness: `harness.extraction.runner.extract` with the spacy backend, the extraction phase of a run.

Also checks that the harness's entities equal those of the naive loop, and exits 1 if they do not.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness.annotation import Annotations, Report
from harness.backends.spacy import SpacyBackend, _find
from harness.corpus.crosswalk import shipped_crosswalk
from harness.corpus.gold import GoldSource, read_gold
from harness.extraction.runner import extract
from harness.resources import locate

Entities = list[list[tuple[int, int, str]]]


def load_reports(re3d: Path | None) -> list[Report]:
    reports = read_gold(GoldSource(locate("gold"), split="all")).reports
    for folder in sorted(re3d.glob("*/")) if re3d else []:
        reports += read_gold(GoldSource(folder, format="re3d", crosswalk=shipped_crosswalk("re3d"))).reports
    return reports


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--re3d", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import spacy

    reports = load_reports(options.re3d)
    texts = [report.text for report in reports]
    _, folder = _find("en_core_web_sm")
    full = spacy.load(folder)
    ner = spacy.load(folder, exclude=[name for name in (*full.component_names, "senter") if name != "ner"])
    backend = SpacyBackend()

    def entities(docs: object) -> Entities:
        return [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs]  # type: ignore[attr-defined]

    def harness() -> Entities:
        outcomes = extract(backend, reports)
        return [[(m.start, m.end, m.label) for m in o.mentions] for o in outcomes if isinstance(o, Annotations)]

    ways: dict[str, Callable[[], Entities]] = {
        "naive loop": lambda: entities(full(text) for text in texts),
        "bare pipe": lambda: entities(ner.pipe(texts)),
        "bare pipe, same batches": lambda: entities(ner.pipe(texts, batch_size=16)),
        "harness": harness,
    }
    results = {name: way() for name, way in ways.items()}  # also warms up
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for number in range(options.rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            started = time.perf_counter()
            ways[name]()
            seconds[name].append(time.perf_counter() - started)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"{len(texts)} reports, {sum(map(len, texts))} characters, {options.rounds} rounds, median seconds")
    for name, value in median.items():
        print(f"  {name:24} {value:7.3f} s  {len(texts) / value:7.1f} reports/s")
    print(f"harness / naive loop:              {median['naive loop'] / median['harness']:.2f} x the rate")
    print(f"harness / bare pipe:               {median['bare pipe'] / median['harness']:.2f} x the rate")
    same = median["bare pipe, same batches"] / median["harness"]
    print(f"harness / bare pipe, same batches: {same:.2f} x the rate")
    for name in ("harness", "bare pipe"):
        differing = sum(a != b for a, b in zip(results["naive loop"], results[name], strict=True))
        print(f"{name}: entities differ from the full pipeline's in {differing} of {len(texts)} reports")
    return int(results["harness"] != results["naive loop"])


if __name__ == "__main__":
    sys.exit(main())
