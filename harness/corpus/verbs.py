"""The verbs `gold check` and `gold convert`."""

import os
from pathlib import Path

import msgspec

from harness.corpus.check import check_folder
from harness.corpus.convert import write_gold
from harness.corpus.crosswalk import shipped_crosswalk
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import ExitCode, FileError
from harness.resources import locate


def check(folder: Path | None, form: str) -> int:
    """Print every fault of a brat folder; exit code 2 if there is one."""
    folder = folder or (Path(given) if (given := os.environ.get("HARNESS_GOLD")) else locate("gold"))
    result = check_folder(folder, shipped_crosswalk("report"))
    if form == "json":
        faults = [
            {
                "path": fault.path if isinstance(fault, FileError) else "",
                "line": fault.line if isinstance(fault, FileError) else 0,
                "column": fault.column if isinstance(fault, FileError) else 0,
                "message": fault.message,
                "remedy": fault.remedy,
            }
            for fault in result.faults
        ]
        print(msgspec.json.encode({"reports": result.reports, "faults": faults}).decode())
    else:
        for fault in result.faults:
            print(fault)
        count = f"{len(result.faults)} fault{'s' * (len(result.faults) != 1)}" if result.faults else "no faults"
        print(f"{folder}: {result.reports} reports, {result.mentions} mentions, {count}")
    return ExitCode.BAD_INPUT if result.faults else ExitCode.OK


def convert(source: Path, target: Path, source_format: str, target_format: str, crosswalk: str) -> int:
    """Read annotated reports in one format and write them in another."""
    name = crosswalk or ("re3d" if source_format == "re3d" else "report")
    gold = read_gold(GoldSource(source, format=source_format, split="all", crosswalk=shipped_crosswalk(name)))
    write_gold(gold, target, target_format)
    print(f"{target}: {len(gold.documents)} reports")
    return ExitCode.OK
