"""TIMEX3 values (TimeML 1.2.1): their form, and whether they contradict the calendar."""

import re
from datetime import date

_YEAR = r"[\dX]{4}"
_DAY_PART = r"MO|MI|AF|EV|NI|DT"
_CLOCK = r"[\dX]{2}(?::[\dX]{2})?"
_DATE = rf"(?:\d{{2,3}}|{_YEAR}(?:-(?:W[\dX]{{2}}(?:-[1-7X])?|[\dX]{{2}}(?:-[\dX]{{2}})?|SP|SU|FA|WI|Q[1-4X]|H[12X]))?)"
_POINT = rf"{_DATE}(?:T(?:{_DAY_PART}|{_CLOCK}))?"
_PERIOD = r"P(?:[\dX.]+(?:CE|DE|Y|M|W|D))+(?:T[\dX.]+[HM])?|PT(?:[\dX.]+[HMS])+"
_VALUE = re.compile(rf"(?:{_POINT}(?:/{_POINT})?|{_PERIOD}|T(?:{_DAY_PART}|{_CLOCK}))")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(T..(?::\d\d)?)?")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = re.compile(rf"\b({'|'.join(MONTHS)})(?:[a-z]*)\b")


def is_value(value: str) -> bool:
    """Whether `value` has the form of a TIMEX3 date, time, period, set or interval."""
    return _VALUE.fullmatch(value) is not None


def contradiction(surface: str, value: str, anchor: date | None) -> str:
    """What speaks against `value` for the expression `surface`, as a clause; "" if nothing does.

    `anchor` is the date of the article's dateline. Known are: days that no month has, weekdays and months by name, and
    a weekday alone that lies more than a week from the anchor. A night may be dated by its evening or by its morning.
    """
    match = _DAY.fullmatch(value)
    lower = surface.lower()
    months = {MONTHS.index(name) + 1 for name in _MONTH_NAME.findall(lower)}
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
    at_night = match[4] in ("TNI", "TMO")
    if len(named) == 1 and day.weekday() != named[0] and not (at_night and (day.weekday() + 1) % 7 == named[0]):
        return f"{day} is a {WEEKDAYS[day.weekday()].capitalize()}"
    if len(months) == 1 and day.month not in months:
        return f"its month is {day.month:02}"
    if named and not months and anchor is not None and abs((day - anchor).days) > 7:
        return f"{day} lies {abs((day - anchor).days)} days from the dateline, {anchor}"
    return ""
