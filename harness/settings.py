"""Settings such as `gate.margin=2` for verbs that run without Hydra: a file of conf/GROUP with values on top."""

import difflib
from collections.abc import Sequence
from dataclasses import fields
from typing import NamedTuple, TypeVar, cast

import msgspec
import yaml

from harness.errors import ConfigurationError
from harness.files import read_text
from harness.resources import locate

Kind = TypeVar("Kind")


class Setting(NamedTuple):
    """`group.name=value`, or `group.name.part=value`."""

    name: str
    part: str
    value: object


def settings_of(group: str, kind: type[Kind], settings: Sequence[str]) -> Kind:
    """A configuration group: `group=FILE` (default: default) and `group.name=value` on top.

    ConfigurationError names a setting that there is not, with the nearest one.
    """
    values = group_values(group, settings)
    for setting in settings:
        if not setting.startswith(f"{group}="):
            values |= {one.name: one.value for one in [parse_setting(setting, group, kind)]}
    return converted(values, group, kind)


def group_values(group: str, settings: Sequence[str]) -> dict[str, object]:
    """The content of the file that `group=FILE` names."""
    names = [setting.removeprefix(f"{group}=") for setting in settings if setting.startswith(f"{group}=")]
    name = names[-1] if names else "default"
    folder = locate("conf") / group
    choices = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in choices:
        raise ConfigurationError(f"there is no {group} {name!r}", f"Choices: {', '.join(choices)}.")
    return cast("dict[str, object]", yaml.safe_load(read_text(folder / f"{name}.yaml")))


def parse_setting(setting: str, group: str, kind: type, parted: str = "") -> Setting:
    """The parts of `group.name=value`; only the setting `parted` may have a part (`group.name.part=value`)."""
    known = [f"{group}.{field.name}" for field in fields(kind)]
    key, equals, text = setting.partition("=")
    name, _, part = key.removeprefix(f"{group}.").partition(".")
    foreign = not key.startswith(f"{group}.") or f"{group}.{name}" not in known
    if not equals or foreign or (part and name != parted):
        near = difflib.get_close_matches(key, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise ConfigurationError(f"there is no setting {setting!r}", f"{hint}Settings: {', '.join(known)}.")
    if next(field.type for field in fields(kind) if field.name == name) in (str, "str"):
        return Setting(name, part, text[1:-1] if text[:1] in ("'", '"') and text[-1:] == text[:1] else text)
    try:
        return Setting(name, part, yaml.safe_load(text))
    except yaml.YAMLError:
        raise ConfigurationError(f"cannot read {setting!r}", "Write key=value.") from None


def converted(values: dict[str, object], group: str, kind: type[Kind]) -> Kind:
    """The values as the dataclass of their group."""
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        known = ", ".join(f"{group}.{field.name}" for field in fields(cast("type", kind)))
        raise ConfigurationError(f"{group}: {error}", f"Settings: {known}.") from None
