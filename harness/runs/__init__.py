"""One run: performed, recorded, read back."""
