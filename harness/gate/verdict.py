"""The verdict on a candidate against one baseline, and on several at once."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from harness.annotation import Annotations
from harness.comparison.align import Scored, align, check_texts, find_gold, gold_of
from harness.comparison.differences import clusters_of, shared_layout
from harness.configuration import GateConf
from harness.corpus.document import Gold
from harness.errors import ConfigurationError, ExitCode, NotComparableError
from harness.gate.changes import Change, changes
from harness.gate.evidence import Evidence, Weighing
from harness.gate.rules import Answer, Finding, decide, rules_of
from harness.runs.record import RunRecord
from harness.runs.stored import Stored
from harness.scoring.matches import MATCHES
from harness.wording import counted


class Outcome(StrEnum):
    """How a verdict ends."""

    FAIL = "fail"
    PASS = "pass"
    INCONCLUSIVE = "inconclusive"
    INCOMPARABLE = "incomparable"
    FAILED_REPORTS = "failed reports"


MATCH_NAMES = tuple(match.name for match in MATCHES)
SEVERITY = (Outcome.FAIL, Outcome.FAILED_REPORTS, Outcome.INCOMPARABLE, Outcome.INCONCLUSIVE, Outcome.PASS)
"""The worst first: the outcome of several verdicts is the worst of theirs."""
SAME_FINGERPRINT = (
    "the fingerprints are equal, yet the predictions differ: "
    "the backend is not deterministic, or its fingerprint lacks something that matters"
)
_OUTCOMES = {Answer.FAIL: Outcome.FAIL, Answer.PASS: Outcome.PASS, Answer.UNSURE: Outcome.INCONCLUSIVE}
_CODES = {
    Outcome.FAIL: ExitCode.REGRESSION,
    Outcome.FAILED_REPORTS: ExitCode.BACKEND_FAILED,
    Outcome.INCOMPARABLE: ExitCode.NOT_COMPARABLE,
    Outcome.PASS: ExitCode.OK,
}


class Verdict(msgspec.Struct, frozen=True):
    """What is said about a candidate against one baseline.

    `findings` are the sentences of the rules, `notes` what else should be known. `evidence` is None where nothing had
    to be weighed or could be. `changes` is None where the gold is not at hand. `texts` are those of the reports in
    which something changed, for showing the sentences; they are never part of a file unless `gate.show_text` asks.
    """

    model: str
    candidate: str
    baseline: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    evidence: Evidence | None = None
    changes: tuple[Change, ...] | None = None
    texts: dict[str, str] = {}

    def exit_code(self, *, strict: bool) -> ExitCode:
        """0, 1, 3 or 4; `strict` makes an inconclusive verdict 3."""
        if self.outcome == Outcome.INCONCLUSIVE:
            return ExitCode.NOT_COMPARABLE if strict else ExitCode.OK
        return _CODES[self.outcome]


def judge(
    candidate: Sequence[Stored], baseline: Stored, conf: GateConf, alpha: float, gold_path: Path | None = None
) -> Verdict:
    """The verdict on a candidate, given by one run or by several repetitions of it, against a baseline.

    `alpha` is the one-sided level of its tests. FileError and the like for files that cannot be read.
    """
    lead = candidate[0]
    notes = tuple(_notes(candidate, baseline))

    def ended(outcome: Outcome, sentence: str) -> Verdict:
        answer = Answer.PASS if outcome == Outcome.PASS else Answer.UNSURE
        findings = (Finding(outcome.value, answer, sentence),)
        return Verdict(lead.record.model, lead.name, baseline.name, outcome, findings, notes)

    if failure := _failure([one.record for one in candidate], conf.failures):
        return ended(Outcome.FAILED_REPORTS, failure)
    if failure := _failure([baseline.record], conf.failures):
        return ended(Outcome.INCOMPARABLE, f"the baseline cannot be trusted: {failure}")
    try:
        check_texts([lead, *candidate, baseline])
        gold = _gold([lead, baseline], gold_path)
        runs = align([*candidate, baseline], lead, gold=gold, gold_path=gold_path, same_trims=True)
        *ours, theirs = runs
        answers = [run.predictions() for run in candidate], baseline.predictions()
        if _identical(ours, answers[0], theirs, answers[1]):
            same = f"the predictions are identical on {len(gold_of(lead.record).reports)} reports"
            return ended(Outcome.PASS, f"{same}.")
        evidence = weigh(ours, theirs, conf, alpha)
    except NotComparableError as error:
        return ended(Outcome.INCOMPARABLE, f"{error.message}. {error.remedy}".strip())
    findings = [finding for rule in rules_of(conf) for finding in rule.judge(evidence)]
    answer = decide(findings)
    if answer == Answer.FAIL:
        findings = [one for one in findings if one.answer != Answer.UNSURE]
    found = None if gold is None else tuple(_changes(gold, ours[0], theirs, answers[0][0], answers[1], conf.view))
    texts = {} if gold is None or found is None else _texts(gold, found)
    remarks = [f"{run.stored.name} was {run.remark}" for run in runs if run.remark]
    if gold is None:
        remarks.append("the mentions that changed are not listed: the gold is not at hand (--gold PATH)")
    if lead.record.digest and lead.record.digest == baseline.record.digest:
        remarks.append(SAME_FINGERPRINT)
    outcome = _OUTCOMES[answer]
    return Verdict(
        lead.record.model,
        lead.name,
        baseline.name,
        outcome,
        tuple(findings),
        (*notes, *dict.fromkeys(remarks)),
        evidence,
        found,
        texts,
    )


def weigh(candidate: Sequence[Scored], baseline: Scored, conf: GateConf, alpha: float) -> Evidence:
    """The evidence of aligned runs. NotComparableError if one of them lacks the view."""
    for run in (*candidate, baseline):
        if all(view.name != conf.view for view in run.views):
            raise NotComparableError(f"{run.stored.name} was not scored in the view {conf.view}", "Choose gate.view.")
    layout = shared_layout([run.table for run in (baseline, *candidate)], conf.view, sliced=False)
    before = baseline.table.like(layout)
    clusters = clusters_of(layout.reports, gold_of(baseline.record).slices, conf.cluster)
    weighing = Weighing(before, conf, alpha)
    after = [run.table.like(layout) for run in candidate]
    return weighing.weigh(weighing.sums([before], clusters), weighing.sums(after, clusters))


def overall(verdicts: Sequence[Verdict]) -> Outcome:
    """The worst of several outcomes."""
    return min((one.outcome for one in verdicts), key=SEVERITY.index)


def check_gate(conf: GateConf) -> None:
    """ConfigurationError for the first setting of `gate` whose value makes no sense."""
    rules = (
        ("gate.match", conf.match, conf.match in MATCH_NAMES, f"one of {', '.join(MATCH_NAMES)}"),
        ("gate.margin", conf.margin, 0 < conf.margin <= 100, "points of F1, above 0"),
        ("gate.tolerance", conf.tolerance, 0 <= conf.tolerance <= 100, "points of F1, 0 or more"),
        ("gate.alpha", conf.alpha, 0 < conf.alpha < 0.5, "above 0, below 0.5, such as 0.05"),
        ("gate.catastrophe", conf.catastrophe, 0 < conf.catastrophe <= 1, "a share, above 0, at most 1"),
        ("gate.support", conf.support, conf.support >= 1, "1 or more"),
        ("gate.floor", conf.floor, conf.floor > 0, "points of F1, above 0"),
        ("gate.failures", conf.failures, 0 <= conf.failures <= 1, "a share, from 0 to 1"),
        ("gate.resamples", conf.resamples, 1000 <= conf.resamples <= 1_000_000, "from 1,000 to 1,000,000"),
        ("gate.seed", conf.seed, conf.seed >= 0, "0 or more"),
    )
    for name, value, fits, allowed in rules:
        if not fits:
            raise ConfigurationError(f"{name} is {value!r}", f"It must be {allowed}.")


def _failure(records: Sequence[RunRecord], allowed: float) -> str:
    """Why a candidate cannot be judged, if too much of it failed."""
    for record in records:
        if record.gold is None:
            return f"{record.model} was not scored: its run.json says why."
        failed, total = record.counts.failed, record.counts.reports
        if failed > allowed * total:
            share = f"{failed} of {counted(total, 'report')} ({100 * failed / total:.0f} %)"
            limit = f"allowed are {100 * allowed:g} % (gate.failures)"
            return f"{record.model} failed on {share}; {limit}. failures.jsonl in its directory says why."
    return ""


def _gold(runs: Sequence[Stored], path: Path | None) -> Gold | None:
    try:
        return find_gold(runs, path)
    except NotComparableError:
        if path is not None:
            raise
        return None


def _identical(
    ours: Sequence[Scored],
    answers: Sequence[dict[str, Annotations]],
    theirs: Scored,
    expected: dict[str, Annotations],
) -> bool:
    def maps(run: Scored) -> list[object]:
        return [(view.name, view.labels, view.gold, view.predicted, view.trims) for view in run.views]

    alike = all(maps(run) == maps(theirs) for run in ours)
    return alike and all(answer == expected for answer in answers)


def _changes(
    gold: Gold,
    ours: Scored,
    theirs: Scored,
    after: dict[str, Annotations],
    before: dict[str, Annotations],
    name: str,
) -> list[Change]:
    views = [next(view for view in run.views if view.name == name) for run in (theirs, ours)]
    return changes(gold.documents, before, after, (views[0], views[1]), gold.schema.ignore_zones)


def _texts(gold: Gold, found: Sequence[Change]) -> dict[str, str]:
    wanted = {change.report for change in found}
    return {report.id: report.text for report, _ in gold.documents if report.id in wanted}


def _notes(candidate: Sequence[Stored], baseline: Stored) -> list[str]:
    notes = []
    lead = candidate[0].record
    if lead.model != baseline.record.model:
        notes.append(f"the baseline is of another model: {baseline.record.model}")
    for run in (candidate[0], baseline):
        if run.record.fingerprint is None:
            told = "it cannot be known what was compared"
            notes.append(f"{run.name}: its backend declares no fingerprint, so {told}")
    if baseline.record.gold is not None and len(baseline.record.gold.reports) < 50:
        notes.append("fewer than 50 reports: bounds are rough, and only great losses can be seen")
    return notes
