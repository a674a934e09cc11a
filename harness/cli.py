"""The command line: which verb, which arguments, which exit code. Verbs do their work elsewhere.

Nothing heavy is imported here: Hydra only for runs, models only by their backends.
"""

import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence

from harness import verbs
from harness.arguments import hydra_options, run_settings
from harness.errors import ExitCode, HarnessError, HarnessWarning

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
    known: dict[str, Callable[[list[str]], int]] = {
        "extract": verbs.extract,
        "score": verbs.score,
        "compare": verbs.compare,
        "bless": verbs.bless,
        "gate": verbs.gate,
        "gold": verbs.gold,
    }
    if argv and argv[0] in known:
        return known[argv[0]](argv[1:])
    return _run(argv)


def _run(argv: list[str]) -> int:
    options, rest = hydra_options(argv)
    runs, swept = run_settings(rest, options.backend)
    if swept:
        from harness.compare_verb import compare_directories, show_comparisons

        show_comparisons(compare_directories([run.directory for run in runs]), options.format)
    elif runs:
        verbs.show_run(runs[0], options.format)
    return max((run.record.exit_code for run in runs), default=ExitCode.OK)


def _choices() -> str:
    from harness.resources import locate

    lines = []
    for group in ("model", "gold"):
        names = sorted(path.stem for path in (locate("conf") / group).glob("*.yaml"))
        lines.append(f"  {group}=NAME{' ' * (15 - len(group))}{', '.join(name for name in names if name != 'file')}")
    return "\n".join(lines)
