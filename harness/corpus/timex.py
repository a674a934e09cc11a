"""TIMEX3 values (TimeML 1.2.1): their form, and whether they contradict the calendar."""

import re
from datetime import date

_YEAR = "[0-9X]{4}"
_MONTH = "(?:0[1-9]|1[0-2]|XX)"
_DAY_OF_MONTH = "(?:0[1-9]|[12][0-9]|3[01]|XX)"
_WEEK = "W(?:0[1-9]|[1-4][0-9]|5[0-3]|XX)(?:-(?:[1-7X]|WE))?"
_DAY_PART = "MO|MI|AF|EV|NI|DT"
_CLOCK = "(?:[01][0-9]|2[0-4]|XX)(?::(?:[0-5][0-9]|XX)){0,2}"
_DATE = rf"(?:[0-9]{{2,3}}|{_YEAR}(?:-(?:{_WEEK}|{_MONTH}(?:-{_DAY_OF_MONTH})?|SP|SU|FA|WI|Q[1-4X]|H[12X]))?)"
_POINT = rf"{_DATE}(?:T(?:{_DAY_PART}|{_CLOCK}))?"
_PERIOD = "P(?:[0-9X.]+(?:CE|DE|Y|M|W|D))+(?:T[0-9X.]+[HM])?|PT(?:[0-9X.]+[HMS])+"
_VALUE = re.compile(rf"(?:{_POINT}(?:/{_POINT})?|{_PERIOD}|T(?:{_DAY_PART}|{_CLOCK})|(?:PAST|PRESENT|FUTURE)_REF)")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T(?P<time>\S+))?")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_NAMES = [re.compile(rf"\b{name[:3]}(?:{name[3:]}|t)?\b" if name != "may" else r"\bmay\b") for name in _MONTHS]


def is_value(value: str) -> bool:
    """Whether `value` has the form of a TIMEX3 date, time, period, set or interval."""
    return _VALUE.fullmatch(value) is not None


def contradiction(surface: str, value: str, anchor: date | None) -> str:
    """What speaks against `value` for the expression `surface`, as a clause; "" if nothing does.

    `anchor` is the date of the article's dateline. Known are: days that no month has, weekdays and months by name, and
    a weekday alone that lies more than a week from the anchor. A night may be dated by the evening before the day that
    is named, and a midnight is both the end of that day and the beginning of the next.
    """
    match = _DAY.fullmatch(value)
    lower = surface.lower()
    months = {number for number, name in enumerate(_MONTH_NAMES, 1) if name.search(lower)}
    if match is None:
        month = re.fullmatch(r"[\dX]{4}-(\d{2})(?:-[\dX]{2})?(?:T.*)?", value)
        if len(months) == 1 and month and int(month[1]) not in months:
            return f"its month is {month[1]}"
        return ""
    try:
        day = date(*(int(part) for part in match.groups()[:3]))
    except ValueError:
        return "there is no such day"
    named = [number for number, name in enumerate(WEEKDAYS) if re.search(rf"\b{name}\b", lower)]
    fitting = {day.weekday()}
    if match["time"] == "NI":
        fitting.add((day.weekday() + 1) % 7)
    if match["time"] in ("00:00", "00:00:00"):
        fitting.add((day.weekday() - 1) % 7)
    if len(named) == 1 and named[0] not in fitting:
        return f"{day} is a {WEEKDAYS[day.weekday()].capitalize()}"
    if len(months) == 1 and day.month not in months:
        return f"its month is {day.month:02}"
    if named and not months and anchor is not None and abs((day - anchor).days) > 7:
        return f"{day} lies {abs((day - anchor).days)} days from the dateline, {anchor}"
    return ""
