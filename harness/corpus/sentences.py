"""Splits a report into sentences, for rules that speak of "the same sentence". No score depends on it.

A sentence ends at a line break, or at `.`, `!`, `?` or `…` (with closing quotes or brackets) before white space and a
capital, digit, quote, bracket or one of `# @ – •`, unless a full stop follows an initial or a common abbreviation.
"""

import re

from harness.annotation import Offsets

_END = re.compile(r"""[.!?…]+["”’»')\]]*(?=\s+["“‘«(\[]*[\w#@–•])|\n+""")
_ABBREVIATIONS = re.compile(
    r"adm|approx|apr|aug|brig|ca|capt|cdr|cmdr|col|cpl|dec|dr|feb|fri|ft|gen|gov|hon|incl|insp|jan|jul|jun|km|lt|maj|"
    r"mr|mrs|ms|mt|nov|oct|prof|pvt|rep|rev|sen|sep|sept|sgt|st|supt|thu|tue|vs",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"[\w.]+$")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Z]")


def split_sentences(text: str) -> list[Offsets]:
    """The sentences of a text in order, as half-open offsets that may begin or end with white space; none is blank."""
    sentences: list[Offsets] = []
    start = 0
    for end in _END.finditer(text):
        following = text[end.end() :].lstrip()[:1]
        before = text[start : end.start()]
        abbreviated = end[0] == "." and _is_abbreviation(before, before_number=following.isdigit())
        if end[0][0] != "\n" and (following.islower() or abbreviated):
            continue
        if text[start : end.end()].strip():
            sentences.append((start, end.end()))
        start = end.end()
    if text[start:].strip():
        sentences.append((start, len(text)))
    return sentences


def _is_abbreviation(before: str, *, before_number: bool) -> bool:
    word = _LAST_WORD.search(before)
    if word is not None and word[0].lower() == "no":
        return before_number  # "no. 41"; otherwise the word "no" ends the sentence
    return word is not None and any(kind.fullmatch(word[0].rstrip(".")) for kind in (_ABBREVIATIONS, _INITIALS))
