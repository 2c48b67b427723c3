"""CPU times of two builds of hypoco, in pairs, one run after the other.

    python3 tests/benchmarks/editions.py OLD NEW [PAIRS]

OLD and NEW are programs. Prints for each case the median CPU seconds of both, of all their ranks
and threads, and the median of the ratio NEW / OLD over the pairs: a load on the machine acts on
both members of a pair.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile

EPS = "-model_omega0 1 -model_gamma 1 -model_beta 1 -epsilon sin(theta) -epsilon_amplitude 0.3"
TENSOR = "-space_type tensor -axis_x_n {n} -axis_v_n {n}"
CASES = {
    "right-hand sides": f"solve {EPS} {TENSOR.format(n=128)} -ts_type rk -ts_adapt_type none "
    "-ts_dt 0.002 -time_end 2 -time_output_interval 1 -rate_check false",
    "spectrum, simplex": f"spectrum {EPS} -space_degree 40",
    "spectrum, fv": f"spectrum {EPS} {TENSOR.format(n=48)}",
    "sweep": f"sweep {EPS} -sweep_command spectrum -sweep_key_1 model_gamma "
    "-sweep_values_1 0.8,1,1.2,1.4 -space_degree 32 -output map.h5",
}


def seconds(program, arguments):
    """CPU time of one run in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(
            [program, *arguments.split()], cwd=folder, capture_output=True, text=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        sys.exit(f"{program} {arguments}: exit {run.returncode}\n{run.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    programs = [os.path.abspath(path) for path in sys.argv[1:3]]
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    os.environ["OMP_NUM_THREADS"] = "1"
    for name, arguments in CASES.items():
        runs = [[seconds(program, arguments) for program in programs] for _ in range(pairs)]
        old, new = (statistics.median(run[k] for run in runs) for k in (0, 1))
        ratio = statistics.median(run[1] / run[0] for run in runs)
        print(f"{name:20} {old:8.3f} s {new:8.3f} s   ratio {ratio:.2f}", flush=True)


main()
