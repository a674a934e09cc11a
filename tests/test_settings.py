"""Settings of verbs that run without Hydra: a file of conf/gate with values on top."""

from dataclasses import dataclass, fields

import pytest

from harness.configuration import GateConf
from harness.errors import ConfigurationError
from harness.settings import Setting, converted, group_values, parse_setting, settings_of


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], {}),
        (["gate=default"], {}),
        (["gate.margin=2"], {"margin": 2.0}),
        (["gate.margin=2.5", "gate.label=GPE"], {"margin": 2.5, "label": "GPE"}),
        (["gate.margin=2", "gate.margin=3"], {"margin": 3.0}),
        (["gate.margin=2", "gate=default"], {"margin": 2.0}),
        (["gate.strict=true"], {"strict": True}),
        (["gate.strict=no"], {"strict": False}),
        (["gate.cluster=''"], {"cluster": ""}),
        (["gate.cluster=conflict"], {"cluster": "conflict"}),
        (["gate.baselines=a=b/c"], {"baselines": "a=b/c"}),
        (["gate.alpha=1e-2"], {"alpha": 0.01}),
        (["gate.support= 7 "], {"support": 7}),
    ],
)
def test_values_stand_on_top_of_the_file(settings: list[str], expected: dict[str, object]) -> None:
    found = settings_of("gate", GateConf, settings)
    changed = {
        one.name: getattr(found, one.name)
        for one in fields(GateConf)
        if getattr(found, one.name) != getattr(GateConf(), one.name)
    }
    assert changed == {name: value for name, value in expected.items() if value != getattr(GateConf(), name)}


def test_the_file_that_is_shipped_has_the_defaults_of_the_code() -> None:
    assert settings_of("gate", GateConf, []) == GateConf()
    assert group_values("gate", []) == vars(GateConf())


KNOWN = "Settings: " + ", ".join(f"gate.{one.name}" for one in fields(GateConf)) + "."


@pytest.mark.parametrize(
    ("setting", "message", "hint"),
    [
        ("gate.margn=2", "there is no setting 'gate.margn=2'", "Did you mean gate.margin? "),
        ("mode=2", "there is no setting 'mode=2'", ""),
        ("gate.margin", "there is no setting 'gate.margin'", "Did you mean gate.margin? "),
        ("gate.margin.part=2", "there is no setting 'gate.margin.part=2'", "Did you mean gate.margin? "),
        ("xyz", "there is no setting 'xyz'", ""),
        ("scoring.overlap=0.3", "there is no setting 'scoring.overlap=0.3'", ""),
    ],
)
def test_a_setting_that_there_is_not(setting: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings_of("gate", GateConf, [setting])
    assert (caught.value.message, caught.value.remedy) == (message, f"{hint}{KNOWN}")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["gate=nope"], "there is no gate 'nope'"),
        (["gate.margin=[1"], "cannot read 'gate.margin=[1'"),
        (["gate.margin=much"], "gate: Expected `float`, got `str` - at `$.margin`"),
        (["gate.margin="], "gate: Expected `float`, got `null` - at `$.margin`"),
        (["gate.support=1.5"], "gate: Expected `int`, got `float` - at `$.support`"),
        (["gate.strict=perhaps"], "gate: Expected `bool`, got `str` - at `$.strict`"),
    ],
)
def test_a_value_that_does_not_fit(settings: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings_of("gate", GateConf, settings)
    assert caught.value.message == message


def test_a_setting_has_its_group() -> None:
    with pytest.raises(ConfigurationError, match="there is no setting 'margin=2'"):
        settings_of("gate", GateConf, ["margin=2"])


@pytest.mark.parametrize("text", ["", "NO", "on", "null"])
def test_text_is_text(text: str) -> None:
    assert settings_of("gate", GateConf, [f"gate.label={text}"]).label == text


@dataclass
class Small:
    one: int = 1
    slices: dict[str, int] | None = None


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("g.one=2", Setting("one", "", 2)),
        ("g.slices.year=2", Setting("slices", "year", 2)),
        ("g.slices.a.b=2", Setting("slices", "a.b", 2)),
        ("g.slices={year: 2}", Setting("slices", "", {"year": 2})),
        ("g.one='x=y'", Setting("one", "", "x=y")),
    ],
)
def test_only_one_setting_may_have_a_part(setting: str, expected: Setting) -> None:
    assert parse_setting(setting, "g", Small, "slices") == expected


def test_settings_of_any_dataclass() -> None:
    assert converted({"one": "7"}, "g", Small) == Small(7)
    with pytest.raises(ConfigurationError) as caught:
        converted({"one": "x"}, "g", Small)
    assert caught.value.remedy == "Settings: g.one, g.slices."
