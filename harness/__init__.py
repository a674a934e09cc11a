"""Evaluate, compare and gate information-extraction models on hand-labelled reports."""

__version__ = "0.1.0"
