"""What the operating system says about this process."""

import sys
from pathlib import Path


def reset_peak_memory() -> None:
    """Forget the peak so far (Linux only), so that each run of a sweep reports its own."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_memory_mib() -> float | None:
    """Peak resident memory of this process in MiB since the last reset; None where it cannot be told."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return _peak_since_start()
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "")
    return round(int(line.split()[1]) / 1024, 1) if line else None


def _peak_since_start() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
