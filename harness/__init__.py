"""Evaluate, compare and gate information-extraction models on hand-labelled reports."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.notebook import compare as compare

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`harness.compare`, imported when it is asked for: `import harness` stays light."""
    if name == "compare":
        from harness.notebook import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
