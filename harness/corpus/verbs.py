"""The verbs `gold check` and `gold convert`."""

import os
from pathlib import Path

import msgspec

from harness.corpus.check import CheckResult, check_folder
from harness.corpus.convert import write_gold
from harness.corpus.crosswalk import shipped_crosswalk
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import ExitCode, FileError, HarnessError
from harness.resources import locate


def check(folder: Path | None, form: str, *, strict: bool = False, listed: bool = False) -> int:
    """Print what is wrong with a brat folder, and what a person should look at.

    Exit code 2 if there is a fault; with `strict` also if there is a warning. `listed` adds the names that have several
    types in different reports.
    """
    folder = folder or default_folder()
    result = check_folder(folder, shipped_crosswalk("report"))
    if form == "json":
        print(msgspec.json.encode(_as_json(result)).decode())
    else:
        for fault in result.faults:
            print(fault)
        for rule, warning in result.warnings:
            print(f"{warning.message} [{rule}]\n  {warning.remedy}")
        if listed:
            for one in result.listed:
                told = "; ".join(f"{label} in {', '.join(reports)}" for label, reports in sorted(one.types.items()))
                print(f"{one.surface!r} is {told}")
        print(f"{folder}: {_summary(result)}")
    return ExitCode.BAD_INPUT if result.faults or (strict and result.warnings) else ExitCode.OK


def default_folder() -> Path:
    """The gold folder that the environment names, otherwise ours."""
    return Path(given) if (given := os.environ.get("HARNESS_GOLD")) else locate("gold")


def _summary(result: CheckResult) -> str:
    def counted(number: int, noun: str) -> str:
        return f"{number or 'no'} {noun}{'s' * (number != 1)}"

    parts = [counted(result.reports, "report"), counted(result.mentions, "mention")]
    parts += [counted(len(result.faults), "fault"), counted(len(result.warnings), "warning")]
    parts.append(f"{result.waived} waived")
    if result.listed:
        parts.append(f"{counted(len(result.listed), 'name')} of several types (--list)")
    return ", ".join(parts)


def _as_json(result: CheckResult) -> dict[str, object]:
    def told(fault: HarnessError, rule: str) -> dict[str, object]:
        where = (fault.path, fault.line, fault.column) if isinstance(fault, FileError) else ("", 0, 0)
        place = dict(zip(("path", "line", "column"), where, strict=True))
        return {**place, "rule": rule, "message": fault.message, "remedy": fault.remedy}

    return {
        "reports": result.reports,
        "faults": [told(fault, "schema") for fault in result.faults],
        "warnings": [told(warning, rule) for rule, warning in result.warnings],
        "waived": result.waived,
        "several_types": [{"surface": one.surface, "types": one.types} for one in result.listed],
    }


def convert(source: Path, target: Path, source_format: str, target_format: str, crosswalk: str) -> int:
    """Read annotated reports in one format and write them in another."""
    name = crosswalk or ("re3d" if source_format == "re3d" else "report")
    gold = read_gold(GoldSource(source, format=source_format, split="all", crosswalk=shipped_crosswalk(name)))
    write_gold(gold, target, target_format)
    print(f"{target}: {len(gold.documents)} reports")
    return ExitCode.OK
