"""Counting, and the measures read off the counts."""
