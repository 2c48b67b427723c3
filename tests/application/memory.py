"""Out of memory is one sentence and exit code 3 or, where it is known beforehand, 2 or 4.

Usage: memory.py HYPOCO.  Address space is limited from outside.
"""
import re
import subprocess
import sys

HYPOCO = sys.argv[1]
ASGD = ["-model_learning_rate", "0.01", "-model_staleness", "0.9", "-model_noise", "1"]
GRID = ["-space_type", "tensor", "-axis_x_n", "2000", "-axis_v_n", "2000"]
SQUARES = ["-sample_loss_type", "least-squares", "-sample_loss_data", "table.txt"]
CASES = {
    "grid": (800e6, ["solve", *GRID, "-time_end", "1"]),
    "paths": (500e6, ["sample", *ASGD, "-sample_paths", "20000000", "-sample_steps", "10"]),
    "steps": (500e6, ["sample", *ASGD, "-sample_paths", "10", "-sample_steps", "9000000"]),
    "counts": (500e6, ["sample", *ASGD, "-sample_paths", "10", "-sample_steps", "100000000"]),
    "table": (400e6, ["spectrum", "-epsilon_file", "table.txt"]),
    "data": (400e6, ["sample", *ASGD, *SQUARES]),
    "endless": (400e6, ["spectrum", "-epsilon_file", "/dev/zero"]),
}


def main():
    with open("table.txt", "w") as file:
        file.writelines(f"{i} 1\n" for i in range(6000000))
    for name, (limit, words) in CASES.items():
        more = ["-sample_every", "1"] if words[0] == "sample" else []
        command = ["prlimit", f"--as={limit:.0f}", HYPOCO, *words, *more, "-progress", "off"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [x for x in done.stderr.splitlines() if x.startswith("hypoco: error")]
        assert done.returncode in (2, 3, 4) and len(lines) == 1, (
            name,
            done.returncode,
            done.stderr,
        )
        assert re.search("memory|need|counted", lines[0]), lines
        assert len(done.stderr.splitlines()) == 1, done.stderr
        print(lines[0])


main()
