"""Runs side by side: made comparable, and their differences with what noise can do."""
