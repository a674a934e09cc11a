"""A verdict of the gate for people: on a terminal, in a pull request, as annotations of a GitHub workflow."""

from collections import Counter
from collections.abc import Iterable, Sequence

from harness.gate.changes import BROKEN, CAME, FIXED, WENT, Change, in_context
from harness.gate.evidence import LabelChange
from harness.gate.rules import Answer
from harness.gate.simulate import Row
from harness.gate.verdict import Outcome, Verdict, overall
from harness.tables.model import Page, Table
from harness.tables.render import to_markdown
from harness.wording import counted, p_value, percent, signed

SIGNS = {
    Outcome.FAIL: "❌",
    Outcome.PASS: "✅",
    Outcome.INCONCLUSIVE: "❔",
    Outcome.INCOMPARABLE: "⚠️",
    Outcome.FAILED_REPORTS: "⚠️",
}
_LEVELS = {
    Outcome.FAIL: "error",
    Outcome.FAILED_REPORTS: "error",
    Outcome.INCOMPARABLE: "error",
    Outcome.PASS: "notice",
}


def verdict_page(verdict: Verdict, *, limit: int, show_text: bool) -> Page:
    """The verdict in sentences, the numbers behind it, and what became of single mentions.

    At most `limit` changes of mentions are listed, 0: all. Their sentences are shown only if `show_text`.
    """
    title = f"{verdict.outcome.upper()}: {verdict.model} against {verdict.baseline}"
    said = tuple(finding.sentence for finding in verdict.findings)
    tables = [*_labels(verdict), *_changes(verdict, limit, show_text=show_text)]
    return Page(title, said, tuple(tables), verdict.notes)


def _labels(verdict: Verdict) -> Iterable[Table]:
    evidence = verdict.evidence
    if evidence is None:
        return
    sure = f"{100 * (1 - 2 * evidence.alpha):g}% interval"
    bounds = f"{signed(evidence.lower)} to {signed(evidence.upper)}"
    whole = (evidence.measure, percent(evidence.before), percent(evidence.after), signed(evidence.difference), bounds)
    yield Table("", ("measure", "baseline", "candidate", "points", sure), (whole,))
    changed = [one for one in evidence.labels if one.difference]
    tested = any(one.p is not None for one in changed)
    if changed:
        notes = ("p: one-sided, adjusted by Holm over the labels with enough gold mentions.",) if tested else ()
        headings = ("label", "gold", "baseline", "candidate", "points", *(("p",) if tested else ()))
        rows = tuple(_label_row(one, tested=tested) for one in changed)
        yield Table("F1 by label, where it changed", headings, rows, notes)


def _label_row(one: LabelChange, *, tested: bool) -> tuple[str, ...]:
    p = (p_value(one.p),) if tested else ()
    return (one.label, str(one.gold), percent(one.before), percent(one.after), signed(one.difference), *p)


def _changes(verdict: Verdict, limit: int, *, show_text: bool) -> Iterable[Table]:
    if not verdict.changes:
        return
    kinds = Counter(change.kind for change in verdict.changes)
    told = ", ".join(f"{kinds[kind]} {name}" for kind, name in _KINDS.items() if kinds[kind])
    ordered = sorted(verdict.changes, key=lambda change: list(_KINDS).index(change.kind))
    shown = ordered[:limit] if limit else ordered
    headings = ("what", "report", "label", "before", "after", *(("sentence",) if show_text else ()))
    rows = tuple(_change_row(change, verdict, show_text=show_text) for change in shown)
    left = len(ordered) - len(shown)
    notes = (f"{left} more: --limit 0 lists all, and so does JSON.",) if left else ()
    wide = frozenset({1, 3, 4, 5}) if show_text else frozenset({1, 3, 4})
    yield Table(f"mentions: {told}", headings, rows, notes, wide=wide)


_KINDS = {
    BROKEN: "broken",
    FIXED: "fixed",
    CAME: "new false positives",
    WENT: "false positives gone",
}


def _change_row(change: Change, verdict: Verdict, *, show_text: bool) -> tuple[str, ...]:
    place = f"{change.report} [{change.start}, {change.end})"
    cells = (change.kind, place, change.label, change.before, change.after)
    return (*cells, sentence_of(change, verdict)) if show_text else cells


def sentence_of(change: Change, verdict: Verdict) -> str:
    """The sentence around a mention, which stands between « and »."""
    before, mention, after = in_context(change, verdict.texts[change.report])
    return f"{before}«{mention}»{after}"


def verdicts_markdown(verdicts: Sequence[Verdict], *, limit: int, show_text: bool) -> str:
    """For a pull request: the outcome, its sentences, and the rest folded away."""
    outcome = overall(verdicts)
    parts = [f"## {SIGNS[outcome]} Extraction gate: {outcome}", ""]
    for verdict in verdicts:
        parts += [f"**{SIGNS[verdict.outcome]} {verdict.model}** against `{verdict.baseline}`: {verdict.outcome}", ""]
        parts += [f"- {finding.sentence}" for finding in verdict.findings]
        parts += [f"- {note}" for note in verdict.notes]
        page = verdict_page(verdict, limit=limit, show_text=show_text)
        if page.tables:
            body = to_markdown(Page(f"{verdict.model}: numbers and mentions", (), page.tables), level=3)
            parts += ["", "<details><summary>Numbers and mentions</summary>", "", body.strip(), "", "</details>"]
        parts.append("")
    return "\n".join(parts)


def annotations(verdicts: Sequence[Verdict], *, strict: bool) -> str:
    """Workflow commands of GitHub Actions: one line a finding, which GitHub shows beside the run."""
    lines = []
    for verdict in verdicts:
        level = _LEVELS.get(verdict.outcome, "error" if strict else "warning")
        for finding in verdict.findings:
            own = "warning" if finding.answer == Answer.ADVICE else level
            lines.append(f"::{own} title=extraction gate ({_property(verdict.model)})::{_data(finding.sentence)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def simulation_page(rows: Sequence[Row], measure: str, reports: int) -> Page:
    """How often simulated candidates fail."""
    baselines = dict.fromkeys(row.baseline for row in rows)
    tables = []
    for baseline in baselines:
        cells = tuple(_simulation_row(row) for row in rows if row.baseline == baseline)
        headings = ("what happens", "mentions changed", "points", "fail", "± error", "inconclusive", "pass")
        tables.append(Table(baseline, headings, cells))
    introduction = (
        f"How often the verdict fails, in percent of simulated candidates: {measure}, {counted(reports, 'report')}.",
        "Without a loss, a failure is a false alarm; with one, it is what the gate is for. ± error: standard error.",
        "points: what F1 changed by in the mean, which falls short of a loss that a weak baseline cannot have.",
    )
    return Page("simulated gate", introduction, tuple(tables))


def _simulation_row(row: Row) -> tuple[str, ...]:
    loss = f"a loss of {row.loss:g} point{'s' * (row.loss != 1)} and " if row.loss else ""
    unsure = row.simulations - row.failed - row.passed
    return (
        f"{loss}{100 * row.churn:g} % churn",
        f"{row.changed:.0f}",
        signed(row.difference),
        percent(row.failing),
        percent(row.standard_error),
        percent(unsure / row.simulations),
        percent(row.passed / row.simulations),
    )
