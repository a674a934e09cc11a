"""Crosswalks: from one set of labels to another, as data; and the views in which a backend is scored on a gold set.

A crosswalk belongs to a source label set (`ontonotes`, `report`, …) and says, for each target label set, which source
label becomes which target label. Many-to-one is fine. One-to-many cannot be written. A label without a target is
ignored, and listed. Boundary trims cut what the source's convention keeps inside a mention and the target's does not.
Both are applied when scoring; stored predictions stay raw.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from harness.annotation import Mention
from harness.errors import ConfigurationError, FileError
from harness.files import read_text
from harness.resources import locate
from harness.schema import AttributionType, Conventions, Schema

FINE = "fine"
"""The view in a gold set's own labels."""


class Trim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words to cut from the edges of mentions whose source label is in `labels` (empty: of all labels).

    Compared without regard to case; `leading` must be followed by white space, `trailing` is cut as it stands.
    """

    leading: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a source label set maps to one target label set."""

    labels: Mapping[str, str]
    trims: tuple[Trim, ...] = ()


class Crosswalk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known about a label set.

    `name` None: the labels are whatever the gold uses. `views` (name -> target label set), `uncounted`,
    `ignore_zones`, `attribution` and `conventions` are read when the set is that of a gold.
    """

    name: str | None = None
    labels: tuple[str, ...] = ()
    to: Mapping[str, Target] = {}
    views: Mapping[str, str] = {}
    uncounted: tuple[str, ...] = ()
    ignore_zones: tuple[str, ...] = ()
    attribution: AttributionType | None = None
    conventions: Conventions = Conventions()

    def __post_init__(self) -> None:
        for name, target in self.to.items():
            unknown = sorted(set(target.labels) - set(self.labels))
            if unknown:
                raise ConfigurationError(
                    f"crosswalk {self.name} maps {', '.join(unknown)} to {name} but does not list it in labels",
                    "Add it to labels or mend the spelling.",
                )
        for view, name in self.views.items():
            if name not in self.to:
                raise ConfigurationError(
                    f"crosswalk {self.name} declares the view {view} but no map to {name}", f"Add to.{name}."
                )

    def covers(self, labels: Iterable[str]) -> bool:
        """Whether all of `labels` belong to this label set."""
        return set(labels) <= set(self.labels)

    def apply(self, schema: Schema) -> Schema:
        """`schema` with what this crosswalk says about counting and attribution."""
        return msgspec.structs.replace(
            schema,
            uncounted=frozenset(self.uncounted),
            ignore_zones=frozenset(self.ignore_zones),
            attribution=self.attribution,
            conventions=self.conventions,
        )


def read_crosswalk(path: Path) -> Crosswalk:
    """The crosswalk in a YAML file such as conf/crosswalk/report.yaml."""
    import yaml

    try:
        return msgspec.convert(yaml.safe_load(read_text(path)), Crosswalk)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise FileError(path, f"is no crosswalk: {error}", "See conf/crosswalk/README.md.") from None


def shipped_crosswalk(name: str) -> Crosswalk:
    """The crosswalk `name` of conf/crosswalk. ConfigurationError lists what there is."""
    path = locate("conf") / "crosswalk" / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(one.stem for one in path.parent.glob("*.yaml")))
        raise ConfigurationError(f"there is no crosswalk {name!r}", f"Choices: {known}.")
    return read_crosswalk(path)


class View(msgspec.Struct, frozen=True):
    """One set of labels in which gold and predictions are compared.

    `gold` and `predicted` map raw labels to labels of the view; raw labels that are missing there are ignored.
    `emitted` are the labels of the view that the backend can produce. `ignored` and `gold_ignored` are raw labels of
    the backend and of the gold without a target.
    """

    name: str
    labels: tuple[str, ...]
    gold: Mapping[str, str]
    predicted: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    gold_ignored: tuple[str, ...] = ()
    trims: tuple[Trim, ...] = ()

    @property
    def emitted(self) -> tuple[str, ...]:
        """The labels of this view that the backend can produce, in the order of `labels`."""
        reachable = set(self.predicted.values())
        return tuple(label for label in self.labels if label in reachable)


def build_views(
    schema: Schema, gold: Crosswalk, backend: Crosswalk, backend_labels: Sequence[str], *, trims: bool = True
) -> tuple[View, ...]:
    """The views for which the gold's labels and the backend's labels can both be mapped.

    `gold` is the crosswalk of the gold's label set, `backend` that of the backend's. A view for which no map exists
    is left out. ConfigurationError if none is left.
    """
    own_gold = gold if gold.name and gold.covers(schema.counted) else Crosswalk()
    same = backend.name is None or (own_gold.name is not None and backend.name == own_gold.name)
    gold_maps = {FINE: {label: label for label in schema.counted}}
    gold_maps |= {view: dict(own_gold.to[name].labels) for view, name in own_gold.views.items()}
    views = []
    for view, gold_map in gold_maps.items():
        counted = {label: target for label, target in gold_map.items() if label in schema.counted}
        target = own_gold.views.get(view, own_gold.name)
        mapping = counted if same else _map_to(backend, target)
        if mapping is None:
            continue
        labels = tuple(dict.fromkeys(counted.values()))
        _check_targets(mapping, {*own_gold.labels, *schema.entities, *gold_map.values()}, backend, target)
        predicted = {label: mapping[label] for label in backend_labels if mapping.get(label) in labels}
        ignored = tuple(label for label in backend_labels if label not in predicted)
        dropped = tuple(label for label in schema.counted if label not in counted)
        cuts = _trims(backend, own_gold) if trims else ()
        views.append(View(view, labels, counted, predicted, ignored, dropped, cuts))
    usable = [view for view in views if view.predicted or not backend_labels]
    if not usable:
        raise ConfigurationError(
            _no_view(schema, own_gold, backend, backend_labels), _no_view_remedy(own_gold, backend)
        )
    return tuple(usable)


def with_strangers(views: Sequence[View], strangers: Sequence[str]) -> tuple[View, ...]:
    """The views, the fine one with labels that only predictions have: they count, as spurious."""
    return tuple(
        msgspec.structs.replace(
            view,
            labels=(*view.labels, *strangers),
            predicted={**view.predicted, **{label: label for label in strangers}},
            ignored=tuple(label for label in view.ignored if label not in strangers),
        )
        if view.name == FINE
        else view
        for view in views
    )


def _check_targets(mapping: Mapping[str, str], known: set[str], backend: Crosswalk, target: str | None) -> None:
    for label, goal in mapping.items():
        if goal not in known:
            near = difflib.get_close_matches(goal, known, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Its labels are {', '.join(sorted(known))}."
            raise ConfigurationError(
                f"crosswalk {backend.name} maps {label} to {goal}, which is no label of {target or 'the gold'}", hint
            )


def _map_to(backend: Crosswalk, target: str | None) -> Mapping[str, str] | None:
    if target is None:
        return None
    if target == backend.name:
        return {label: label for label in backend.labels}
    found = backend.to.get(target)
    return found.labels if found else None


def _trims(backend: Crosswalk, gold: Crosswalk) -> tuple[Trim, ...]:
    found = backend.to.get(gold.name or "")
    return found.trims if found else ()


def _no_view(schema: Schema, gold: Crosswalk, backend: Crosswalk, backend_labels: Sequence[str]) -> str:
    ours = f"{', '.join(backend_labels)} (label set {backend.name or 'not named'})"
    theirs = f"{', '.join(schema.counted)} (label set {gold.name or 'not named'})"
    return f"nothing can be compared: the backend emits {ours}, the gold has {theirs}"


def _no_view_remedy(gold: Crosswalk, backend: Crosswalk) -> str:
    if backend.name is None:
        return (
            "Emit the gold's labels, or name the label set: crosswalk@model.crosswalk=NAME (conf/crosswalk/README.md)."
        )
    if gold.name is None:
        return "Name the gold's label set and map to it: the example in conf/crosswalk/README.md shows both files."
    return f"Add a map from {backend.name} to {gold.name}: the example in conf/crosswalk/README.md shows how."


def trim(mention: Mention, text: str, trims: Sequence[Trim]) -> Mention:
    """`mention` without what the trims cut from its edges; unchanged if nothing would be left.

    Example: with leading ("the",), "the Taliban" at [0, 11) becomes "Taliban" at [4, 11).
    """
    if not trims:
        return mention
    start, end = mention.start, mention.end
    changed = True
    while changed:
        changed = False
        for words, leading in _applicable(trims, mention.label):
            for word in words:
                rest = text[start + len(word) : end] if leading else text[start : max(end - len(word), start)]
                cut = text[start : start + len(word)] if leading else text[max(end - len(word), start) : end]
                if not rest or cut.casefold() != word.casefold():
                    continue
                if leading and rest[0].isspace():
                    start = end - len(rest.lstrip())
                elif not leading:
                    end = start + len(rest.rstrip())
                else:
                    continue
                changed = True
                break
    if start >= end or (start, end) == (mention.start, mention.end):
        return mention
    pieces = [(max(a, start), min(b, end)) for a, b in mention.spans if b > start and a < end]
    fragments = tuple(pieces) if len(pieces) > 1 else ()
    return msgspec.structs.replace(mention, start=pieces[0][0], end=pieces[-1][1], fragments=fragments)


def _applicable(trims: Sequence[Trim], label: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    for one in trims:
        if not one.labels or label in one.labels:
            yield one.leading, True
            yield one.trailing, False
