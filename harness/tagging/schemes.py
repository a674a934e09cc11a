"""Tag schemes as data: which transitions from one tag to the next begin, continue and end a chunk.

A tag is `O` or a prefix, `-` and a label (`B-GPE`; a bare prefix stands for the label `_`). A transition is written as
the two prefixes and the relation of their labels: `=` equal, `!` different, `?` either. A sentence stands between two
`O`.

Sources: IOB1 and IOB2, IOE1 and IOE2: Tjong Kim Sang and Veenstra (1999); BIOES: the same with E and S; BILOU: Ratinov
and Roth (2009).
"""

from dataclasses import dataclass

OUTSIDE = "O"
PREFIXES = "OBIESLU"
"""All prefixes; their positions are their numbers."""
TOKENIZER = "harness-1"
"""Our tokenizer, by name and version: a change of its pattern (`tokens.TOKEN`) changes the version."""
COLUMNS = "columns"
"""The tokens of a column file, whose text they were joined to by spaces and line breaks."""


@dataclass(frozen=True)
class Scheme:
    """Which transitions begin a chunk at their second tag, continue one, and end one at their first tag."""

    name: str
    prefixes: str
    begins: frozenset[str]
    continues: frozenset[str]
    ends: frozenset[str]

    def legal(self, transition: str) -> bool:
        """Whether a valid sequence may hold a transition such as `BI=`.

        It may if it continues a chunk, or if whatever stands before is ended and whatever follows is begun.
        """
        before, after, relation = tuple(transition)
        if transition in self.continues:
            return True
        ended = before == OUTSIDE or transition in self.ends
        return ended and (after == OUTSIDE or transition in self.begins) and relation in "=!"


def _spelt_out(prefixes: str, transitions: str) -> frozenset[str]:
    """Every transition that a list such as `?B? II=` stands for; `?` as a prefix is any."""
    found = set()
    for before, after, relation in map(tuple, transitions.split()):
        for first in prefixes if before == "?" else before:
            for second in prefixes if after == "?" else after:
                found |= {f"{first}{second}{one}" for one in ("=!" if relation == "?" else relation)}
    return frozenset(found)


def _scheme(name: str, prefixes: str, begins: str, continues: str, ends: str) -> Scheme:
    return Scheme(
        name,
        prefixes,
        _spelt_out(prefixes, begins),
        _spelt_out(prefixes, continues),
        _spelt_out(prefixes, ends),
    )


IO = _scheme("IO", "IO", "OI? II!", "II=", "IO? II!")
# B only where a chunk follows another one of its label.
IOB1 = _scheme("IOB1", "BIO", "OI? II! BI? IB= BB=", "II= BI=", "IO? BO? II! BI! IB? BB=")
IOB2 = _scheme("IOB2", "BIO", "?B?", "BI= II=", "BO? IO? BB? IB? BI! II!")
# E only where a chunk of its label follows. seqeval 1.2.2 lacks chunks of a single E; its source says it is unfinished.
IOE1 = _scheme("IOE1", "IEO", "OI? OE? EI? II! IE! EE=", "II= IE=", "IO? II! IE! EI= EE=")
IOE2 = _scheme("IOE2", "IEO", "OI? OE? EI? EE? II! IE!", "II= IE=", "E??")
BIOES = _scheme("BIOES", "BIOES", "?B? ?S?", "BI= BE= II= IE=", "E?? S??")
BILOU = _scheme("BILOU", "BILOU", "?B? ?U?", "BI= BL= II= IL=", "L?? U??")

SCHEMES = {scheme.name: scheme for scheme in (IO, IOB1, IOB2, IOE1, IOE2, BIOES, BILOU)}
ALIASES = {"IOB": "IOB2", "BIO": "IOB2", "IOE": "IOE2", "IOBES": "BIOES"}
"""Other names in use."""


def scheme_named(name: str) -> Scheme:
    """The scheme of this name, in any case. ValueError lists what there is."""
    known = ALIASES.get(name.upper(), name.upper())
    if known not in SCHEMES:
        raise ValueError(f"there is no scheme {name!r}, only {', '.join((*SCHEMES, *ALIASES))}")
    return SCHEMES[known]
