"""Mentions as sequences of tags, one a token, and back."""
