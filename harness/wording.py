"""How numbers are written for people: in sentences and in tables alike."""


def percent(value: float | None) -> str:
    """A share as a percentage with one decimal, never -0.0; an en dash where it is undefined."""
    return "–" if value is None else f"{round(100 * value, 1) + 0.0:.1f}"


def signed(value: float | None) -> str:
    """A difference of shares in points, with its sign; nothing is ever -0.0."""
    return "–" if value is None else f"{round(100 * value, 1) + 0.0:+.1f}"


def p_value(p: float | None) -> str:
    """A p-value as people write it, such as `0.03` or `< 0.001`."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def counted(number: int, noun: str) -> str:
    """`1 report`, `2 reports`."""
    return f"{number} {noun}{'s' * (number != 1)}"
