"""Reading and writing annotated reports, in every format."""
