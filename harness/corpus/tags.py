"""Tags of column files as mentions of reports.

Nothing is repaired in silence: for invalid sequences a policy is named, or they are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.annotation import Annotations, Mention
from harness.corpus.conll import TaggedReport
from harness.corpus.document import Document
from harness.errors import ConfigurationError, FileError
from harness.tagging.schemes import SCHEMES, Scheme, scheme_named
from harness.tagging.sequences import (
    Ints,
    Labels,
    Policy,
    TagArray,
    TagError,
    decode,
    described_violations,
    parse_tags,
    violations,
)


def named_scheme(name: str) -> Scheme:
    """The scheme called `name`. ConfigurationError lists what there is."""
    try:
        return scheme_named(name)
    except ValueError as error:
        raise ConfigurationError(str(error), "Choose one of these.") from None


def named_policy(name: str, option: str) -> Policy:
    """The policy called `name`. ConfigurationError names `option`."""
    if name not in list(Policy):
        raise ConfigurationError(f"{option} is {name!r}", f"Choose {' or '.join(Policy)}.")
    return Policy(name)


@dataclass(frozen=True, eq=False)
class TaggedDocuments:
    """Reports with the mentions of their tags.

    `tags` holds every sentence of all reports, `report` the number of each one's report, of shape (sentences,).
    `violations` says of each tag that the scheme does not allow where it stands which one, and in which line.
    """

    documents: list[Document]
    tags: TagArray
    report: Ints
    violations: tuple[str, ...]


def decode_reports(
    reports: Sequence[TaggedReport], column: int, scheme: Scheme, policy: Policy | None, labels: Labels
) -> TaggedDocuments:
    """The mentions of a column of tags.

    FileError for a tag that `scheme` does not know, and, unless a policy is named, for the first invalid sequence.
    """
    sentences = [list(one.tags[column][start:end]) for one in reports for start, end in one.sentences]
    numbers = [(number, start) for number, one in enumerate(reports) for start, _ in one.sentences]
    try:
        tags = parse_tags(sentences, scheme, labels)
    except TagError as error:
        raise _fault(reports, numbers, error.sentence, error.token, str(error), _SCHEME_REMEDY) from None
    faults = list(described_violations(tags, scheme, labels.names))
    if faults and policy is None:
        remedy = _other_schemes(sentences, scheme) or f"{_POLICY_REMEDY} ({len(faults)} such tags)"
        raise _fault(reports, numbers, *faults[0], remedy)
    mentions: list[list[Mention]] = [[] for _ in reports]
    chunks = decode(tags, scheme, policy or Policy.STRICT)
    columns = (chunks.start.tolist(), chunks.end.tolist(), chunks.label.tolist())
    for start, end, label in zip(*columns, strict=True):
        sentence, token = tags.place(start)
        number, first = numbers[sentence]
        tokens = reports[number].tokens
        begin, stop = tokens[first + token][0], tokens[first + token + end - start - 1][1]
        mentions[number].append(Mention(begin, stop, labels.names[label]))
    told = tuple(str(_fault(reports, numbers, *fault, "")) for fault in faults)
    documents = [
        Document(one.report, Annotations(one.report.id, tuple(found)))
        for one, found in zip(reports, mentions, strict=True)
    ]
    return TaggedDocuments(documents, tags, np.array([number for number, _ in numbers], dtype=np.int64), told)


_SCHEME_REMEDY = "Name the column of the tags, or the scheme (IOB2, IOB1, IOE1, IOE2, BIOES, BILOU, IO)."
_POLICY_REMEDY = (
    "Mend the tags, or say what becomes of them: --gold-policy conlleval (gold.policy=conlleval) begins a mention "
    "there, strict discards what is invalid."
)


def _other_schemes(sentences: Sequence[Sequence[str]], scheme: Scheme) -> str:
    """A remedy that names the schemes in which all tags are valid; empty if there is none."""
    fitting = []
    for other in SCHEMES.values():
        try:
            tags = parse_tags(sentences, other, Labels())
        except TagError:
            continue
        if other != scheme and not len(violations(tags, other)):
            fitting.append(other.name)
    return f"Is the scheme right? These tags are valid {' and '.join(fitting)}." if fitting else ""


def _fault(
    reports: Sequence[TaggedReport],
    numbers: Sequence[tuple[int, int]],
    sentence: int,
    token: int,
    message: str,
    remedy: str,
) -> FileError:
    number, first = numbers[sentence]
    report = reports[number]
    last = next(end for start, end in report.sentences if start == first) - 1
    at = min(first + token, last)  # the end of a sentence is named at its last token
    start, end = report.tokens[at]
    where = f"report {report.report.id}, token {report.report.text[start:end]!r}"
    return FileError(report.path, f"{where}: {message}", remedy, report.lines[at])
