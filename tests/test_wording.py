"""How numbers are written for people."""

import pytest

from harness.wording import counted, p_value, percent, signed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (0.0, "0.0"),
        (1.0, "100.0"),
        (0.8472, "84.7"),
        (0.84749, "84.7"),
        (0.0004, "0.0"),
        (0.9999, "100.0"),
        (-0.25, "-25.0"),
    ],
)
def test_percent(value: float | None, expected: str) -> None:
    assert percent(value) == expected


@pytest.mark.parametrize("value", [-0.0, -1e-9, -0.0004])
def test_no_share_is_minus_nought(value: float) -> None:
    assert percent(value) == "0.0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (0.0, "+0.0"),
        (-0.0, "+0.0"),
        (-0.0004, "+0.0"),
        (0.0004, "+0.0"),
        (-0.0006, "-0.1"),
        (0.0123, "+1.2"),
        (-1.0, "-100.0"),
    ],
)
def test_signed(value: float | None, expected: str) -> None:
    assert signed(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (0.0, "< 0.001"),
        (0.000999, "< 0.001"),
        (0.001, "0.001"),
        (0.0499, "0.050"),
        (0.05, "0.050"),
        (0.0994, "0.099"),
        (0.1, "0.10"),
        (0.126, "0.13"),
        (1.0, "1.00"),
    ],
)
def test_p_value(value: float | None, expected: str) -> None:
    assert p_value(value) == expected


@pytest.mark.parametrize(("number", "expected"), [(0, "0 reports"), (1, "1 report"), (2, "2 reports")])
def test_counted(number: int, expected: str) -> None:
    assert counted(number, "report") == expected
