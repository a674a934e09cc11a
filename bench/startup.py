"""Time of `python -m harness --help`, beside a bare Hydra app's `--help`, as a ratio of medians.

python bench/startup.py [--rounds 15]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
import hydra
from omegaconf import DictConfig

@hydra.main(version_base="1.3", config_path=None)
def main(config: DictConfig) -> None:
    pass

main()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        commands = {
            "bare Hydra app --help": [sys.executable, str(bare), "--help"],
            "harness --help": [sys.executable, "-m", "harness", "--help"],
            "harness compare --help": [sys.executable, "-m", "harness", "compare", "--help"],
            "harness --cfg job": [sys.executable, "-m", "harness", "--cfg", "job"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                started = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, cwd=folder)
                seconds[name].append(time.perf_counter() - started)
    reference = statistics.median(seconds["bare Hydra app --help"])
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"{name:24} {1000 * median:6.0f} ms  {median / reference:5.2f} x a bare Hydra app")


if __name__ == "__main__":
    main()
