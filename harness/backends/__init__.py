"""Backends: one module each, found through the registry. A user's own backend derives from `Backend`."""

from harness.backends.base import Backend, Usage

__all__ = ["Backend", "Usage"]
