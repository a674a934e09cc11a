"""Running a backend over reports."""
