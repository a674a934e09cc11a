"""TIMEX3 values: their form, and the calendar."""

from datetime import date

import pytest

from harness.corpus.timex import contradiction, is_value

FRIDAY = date(2016, 3, 25)


@pytest.mark.parametrize(
    "value",
    [
        *("2016-03-22", "2016-03", "2016", "199", "20", "2014-SU", "2016-W11", "2016-Q1", "2016-H1"),
        *("2016-03-22TMO", "2016-03-25T03:00", "2016-03-25T17", "XXXX-XX-XXTNI", "XXXX-WXX-5", "XXXX-02-03", "TMO"),
        *("2015-05-14/2015-05-16", "2016-03-24TNI/2016-03-25T03:00"),
        *("2016-W12-WE", "PAST_REF", "T10:30:00", "2016-03-25T10:30:00"),
        *("P3D", "PT24H", "P2W", "P10Y", "PXD", "PTXH", "PTXM", "P1D", "P1DE", "P1.5Y", "P1Y2M", "P1DT2H"),
    ],
)
def test_values(value: str) -> None:
    assert is_value(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "?",
        "Monday",
        "2016-3-22",
        "22-03-2016",
        "2016-13",
        "2016-W99",
        "T25:61",
        "P3",
        "3D",
        "2016-03-22 TMO",
        "PT3D",
    ],
)
def test_no_values(value: str) -> None:
    assert not is_value(value)


@pytest.mark.parametrize(
    ("surface", "value", "expected"),
    [
        ("Tuesday", "2016-03-22", ""),
        ("Tuesday", "2016-03-23", "2016-03-23 is a Wednesday"),
        ("late on Tuesday", "2016-03-22TEV", ""),
        ("the night to Wednesday", "2016-03-22TNI", ""),
        ("early Wednesday", "2016-03-22TEV", "2016-03-22 is a Tuesday"),
        ("22 March", "2016-03-22", ""),
        ("22 March", "2016-04-22", "its month is 04"),
        ("March", "2016-02", "its month is 02"),
        ("31 June", "2016-06-31", "there is no such day"),
        ("Tuesday", "2016-03-08", "2016-03-08 lies 17 days from the dateline, 2016-03-25"),
        ("Tuesday, 8 March", "2016-03-08", ""),
        ("Monday to Thursday", "2016-03-23", ""),
        ("three days", "P3D", ""),
        ("last week", "2016-W11", ""),
        ("every Friday", "XXXX-WXX-5", ""),
        ("midnight on Tuesday", "2016-03-23T00:00", ""),
        ("Tuesday morning", "2016-03-21TMO", "2016-03-21 is a Monday"),
        ("Martyrs' Day", "2016-05-06", ""),
        ("14 Sept", "2016-09-14", ""),
    ],
)
def test_contradictions(surface: str, value: str, expected: str) -> None:
    assert contradiction(surface, value, FRIDAY) == expected


def test_without_a_dateline_distance_says_nothing() -> None:
    assert contradiction("Tuesday", "2016-03-08", None) == ""
