"""Tables for people: terminal and Markdown."""
