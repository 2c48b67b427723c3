"""Out of memory is one sentence and exit code 3 or, where it is known beforehand, 2.

Usage: memory.py HYPOCO.  Address space is limited from outside.
"""
import subprocess
import sys

HYPOCO = sys.argv[1]
ASGD = ["-model_learning_rate", "0.01", "-model_staleness", "0.9", "-model_noise", "1"]
GRID = ["-space_type", "tensor", "-axis_x_n", "2000", "-axis_v_n", "2000"]
CASES = {
    "grid": (800e6, ["solve", *GRID, "-time_end", "1"]),
    "paths": (500e6, ["sample", *ASGD, "-sample_paths", "20000000", "-sample_steps", "10"]),
}


def main():
    for name, (limit, words) in CASES.items():
        command = ["prlimit", f"--as={limit:.0f}", HYPOCO, *words, "-progress", "off"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        lines = [x for x in done.stderr.splitlines() if x.startswith("hypoco: error")]
        assert done.returncode in (2, 3) and len(lines) == 1, (name, done.returncode, done.stderr)
        assert "out of memory" in lines[0] or "need" in lines[0], lines
        print(lines[0])


main()
