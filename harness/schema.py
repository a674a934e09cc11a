"""What may be annotated, and what of it counts: the Schema of a gold set. It is data; no label stands in code."""

from collections.abc import Mapping

import msgspec


class Role(msgspec.Struct, frozen=True):
    """A role of an event or relation: which labels may fill it, and how often (`maximum` None: any number)."""

    name: str
    targets: tuple[str, ...]
    minimum: int = 0
    maximum: int | None = 1


class EventType(msgspec.Struct, frozen=True):
    """A kind of event with its roles."""

    label: str
    roles: tuple[Role, ...] = ()

    def role(self, name: str) -> Role | None:
        """The role called `name`; None if this event has no such role."""
        return next((role for role in self.roles if role.name == name), None)


class RelationType(msgspec.Struct, frozen=True):
    """A kind of relation between two mentions."""

    label: str
    arguments: tuple[Role, ...] = ()
    symmetric: bool = False


class AttributeType(msgspec.Struct, frozen=True):
    """A closed attribute: on which labels it may stand, and its values (none: a mere flag)."""

    name: str
    targets: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


class AttributionType(msgspec.Struct, frozen=True):
    """Which event of the gold says who says so, and what its two roles and its attribute are called."""

    event: str
    source: str
    content: str
    certainty: str = ""


class Conventions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the guidelines of a gold set say about labels, as far as `gold check` can look after it.

    A surface labelled with one of `names` once is labelled wherever it occurs. Mentions of `actors` are listed in
    actors.csv, those of `times` have a TIMEX3 value. No mention begins with one of `leading` and a space (except
    those of `counting` labels, where "a" counts) or ends with one of `trailing`. `circumstances`: roles which an event
    has if its sentence holds a mention of one of these labels. Two mentions of `kinds` labels with one surface need not
    name the same thing ("tanks").
    """

    names: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    counting: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    circumstances: Mapping[str, tuple[str, ...]] = {}


class Schema(msgspec.Struct, frozen=True):
    """The labels of a gold set.

    `entities` are all labels that a mention may have; those in `uncounted` are left out of mention scores.
    Nothing in zones of a kind listed in `ignore_zones` is counted, on either side.
    """

    entities: tuple[str, ...]
    relations: Mapping[str, RelationType] = {}
    events: Mapping[str, EventType] = {}
    attributes: Mapping[str, AttributeType] = {}
    chains: tuple[str, ...] = ("Equiv",)
    uncounted: frozenset[str] = frozenset()
    ignore_zones: frozenset[str] = frozenset()
    attribution: AttributionType | None = None
    conventions: Conventions = Conventions()

    @property
    def counted(self) -> tuple[str, ...]:
        """The labels that mention scores are about, in the order of the schema."""
        return tuple(label for label in self.entities if label not in self.uncounted)
