"""Finds the folders that belong to the harness beside its code: conf, gold, models/rules."""

from pathlib import Path

from harness.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def locate(name: str) -> Path:
    """The folder `name` ("conf", "gold", "models/rules"): inside a wheel, or beside the package in a checkout."""
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise InputError(f"the installation lacks the folder {name}", "Install the harness again.")
