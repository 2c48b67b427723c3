"""A rate says which eigenvalue it belongs to, eigenvalues have error bars, and what is no density,
or not resolved, is announced.

Usage: eigenvalue.py HYPOCO
"""
import json
import subprocess
import sys

HYPOCO = sys.argv[1]
SYMMETRIC = ["-initial_mean", "0,0", "-initial_covariance", "1.3,0.9"]
GRID = ["-space_type", "tensor", "-axis_x_n", "64", "-axis_v_n", "64"]
FOURIER = ["-space_type", "tensor", "-axis_x_type", "fourier", "-axis_v_type", "fourier"]
failures = 0


def check(name, ok, found):
    global failures
    print("ok  " if ok else "FAIL", name, found)
    failures += not ok


def hypoco(*arguments):
    run = subprocess.run([HYPOCO, *arguments, "-json", "run.json"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    return json.load(open("run.json")), run


# a symmetric start has nothing of the leading pair; values from a Hermite basis of degree 60
for epsilon, gap, third in (
    ("0.2*theta^3/(1+theta^2)", 0.50014203, 0.99879100),
    ("0*theta", 0.5, 1.0),
    ("0.3*sin(theta)", 0.50192278, 1.00116865),
):
    found, run = hypoco("solve", "-epsilon", epsilon, *SYMMETRIC)
    rate = found["rate"]
    check(f"{epsilon}: index", rate["eigenvalue_index"] == 3, rate["eigenvalue_index"])
    check(f"{epsilon}: eigenvalue", abs(rate["eigenvalue_real"][3] + third) < 2e-7, "")
    check(f"{epsilon}: gap", abs(rate["spectral_gap"] - gap) < 6e-6, rate["spectral_gap"])
    share = rate["projection"]
    check(f"{epsilon}: projections", max(share[:3]) < 1e-10 < 0.1 < share[3], share[:4])
    if rate["measured"] is not None:
        check(f"{epsilon}: bar", abs(rate["measured"] - third) <= rate["error"], rate["error"])
        words = "this start decays with eigenvalue 3"
        words_none = "of whose mode it has nothing"
        check(f"{epsilon}: nothing", words_none in " ".join(run.stdout.split()), rate["remark"])
        check(f"{epsilon}: words", words in " ".join(run.stdout.split()), rate["remark"])
        check(f"{epsilon}: no advice", "finer space" not in run.stdout, "")
    for norm in found["norms"]:
        if norm["rate"] is not None:
            check(
                f"{epsilon}: {norm['name']}",
                abs(norm["rate"] - third) <= norm["error"] * (1 + 1e-6),
                f"{norm['rate']} +- {norm['error']}",
            )

# a start with little of the leading pair shows a later one first, and is told so
BIT = ["-initial_mean", "1e-4,0", "-initial_covariance", "1.3,0.9"]
rate = hypoco("solve", "-epsilon", "0.3*sin(theta)", *BIT, "-time_end", "5")[0]["rate"]
check("a bit", rate["eigenvalue_index"] == 3 and 3e-4 < rate["projection"][1] < 5e-4, "")
check("a bit: said", "has 0.00037, which longer times would show" in rate["remark"], rate["remark"])
rate = hypoco("solve", "-epsilon", "0.3*sin(theta)", *BIT, "-time_end", "20")[0]["rate"]
check("a bit, later", rate["eigenvalue_index"] == 1, rate["eigenvalue_index"])

# the default start shows the leading pair
rate = hypoco("solve", "-epsilon", "0.3*sin(theta)")[0]["rate"]
check("leading", rate["eigenvalue_index"] == 1 and rate["projection"][1] > 0.1, "")

# the finer space of the bars has nodes further out, where eps may have no value, and what asks
# whether eps is linear has one at 0: both go on, with traps for floating-point exceptions too
for epsilon in ("0.1*sin(theta)*sqrt(25-theta)", "0.3*(1-cos(theta))/theta"):
    found, run = hypoco("spectrum", "-epsilon", epsilon, "-fp_trap")
    check(f"{epsilon}: traps", 0 < found["spectrum"]["error"][1] < 1e-8, run.stderr)
# so do tables of d = 2, where the largest error of total variation begins as NaN, and bounds that
# do not apply
hypoco("verify", "-epsilon", "0.3*sin(theta)", "-space_degree", "12", "-time_end", "3", "-fp_trap")
found, _ = hypoco("solve", "-model_dimension", "2", "-space_degree", "4", "-time_end", "1",
                  "-rate_check", "false", "-fp_trap")
check("traps, d = 2", found["distances"]["tv_error"] > 0, found["distances"]["tv_error"])

# every eigenvalue has a bar that covers it
found, run = hypoco("spectrum", "-epsilon", "0.3*sin(theta)", "-spectrum_count", "4")
truth = (0, 0.501922782914, 0.501922782914, 1.001168649)
spectrum = found["spectrum"]
for value, error, exact in zip(spectrum["real"], spectrum["error"], truth):
    check("bar", abs(value + exact) <= error + 1e-9 and error < 1e-9, error)
check("no warning", not run.stderr, run.stderr)

# what is not resolved is announced, here a steep force at 41 points
found, run = hypoco("spectrum", "-epsilon", "1.5*tanh(2*theta)", *FOURIER)
check("not resolved", "three resolutions" in run.stderr, run.stderr)
check("wide bar", found["spectrum"]["error"][1] > 0.1, found["spectrum"]["error"][1])
_, run = hypoco("steady", "-epsilon", "1.5*tanh(2*theta)", *FOURIER)
check("steady says so", "three resolutions" in run.stderr and "hermite" in run.stderr, run.stderr)
_, run = hypoco("sweep", "-epsilon", "1.5*tanh(2*theta)", *FOURIER, "-sweep_command", "spectrum",
                "-sweep_key_1", "spectrum_count", "-sweep_values_1", "3", "-output", "gap.h5")
check("sweep says so", "in 1 of the 1 cases the spaces of three" in run.stderr, run.stderr)

# eps between the nodes: too fast, or a bump that the nodes of both spaces pass by, is announced in
# every command; steep steps whose F is resolved are not
BETWEEN = "eps between the nodes"
SMALL = ["-space_type", "tensor", "-axis_x_n", "24", "-axis_v_n", "24"]
MIDDLE = ["-space_type", "tensor", "-axis_x_n", "32", "-axis_v_n", "32"]
BUMP = "20*exp(-(theta-0.13)^2/0.002)"
SHORT = ["-time_end", "3", "-initial_covariance", "1,1", "-initial_mean", "0.5,0"]
found, run = hypoco("steady", "-epsilon", "8*sin(8*theta)", *SMALL)
check("coarser", found["steady"]["error_source"] == "by a coarser space", run.stderr)
check("coarser", "wrong place, by a coarser space" in run.stderr, run.stderr)
check("table", "total variation, by a coarser space" in run.stdout, run.stdout)
for command, epsilon, space in (
    ("steady", BUMP, SMALL),
    ("steady", BUMP, []),
    ("steady", BUMP, FOURIER),
    ("spectrum", BUMP, SMALL),
    ("solve", BUMP, [*SMALL, *SHORT]),
    ("solve", BUMP, [*SMALL, *SHORT, "-rate_check", "false"]),
    ("verify", BUMP, [*SMALL, *SHORT]),
):
    found, run = hypoco(command, "-epsilon", epsilon, *space)
    name = "error" if command != "spectrum" else "steady_error"
    found = found["steady" if command != "spectrum" else "spectrum"]
    check(f"{command} {epsilon}", BETWEEN in run.stderr and found[name] > 0.1, run.stderr)
    check("source", found[name + "_source"] == "by " + BETWEEN, found[name + "_source"])
# coupled, where the line through 0 sees nothing; noise; and neither where both are smooth
CELLS = ["-space_type", "tensor", "-axis_x_n", "12", "-axis_v_n", "12"]
TWO = ["-model_dimension", "2", "-epsilon_2", "0"]
for options, source in (
    ([*TWO, "-epsilon_1", "theta2*20*exp(-(theta1-0.13)^2/0.002)", *CELLS], "eps"),
    ([*TWO, "-epsilon_1", "theta2*20*exp(-(theta1-0.13)^2/0.002)", "-space_degree", "10"], "eps"),
    ([*TWO, "-epsilon_1", "40*theta1*exp(-(theta2-0.13)^2/0.002)", *CELLS], "eps"),
    (["-noise", "1+10*exp(-(theta-0.13)^2/0.002)", *SMALL, "-model_type", "momentum"], "the noise"),
):
    found, run = hypoco("steady", *options)
    source = f"by {source} between the nodes"
    check(source, found["steady"]["error_source"] == source, found["steady"]["error_source"])
    check("announced", found["steady"]["error"] > 0.1 and source in run.stderr, run.stderr)
found, run = hypoco("steady", *TWO, "-epsilon_1", "0.2*sin(theta1+theta2)", "-space_degree", "12")
check("silent in d = 2", found["steady"]["error"] < 0.02 and not run.stderr, run.stderr)
for epsilon in ("0.3*sin(theta)", "0.5*tanh(20*theta)", "0.3*tanh(50*theta)", "2*sin(3*theta)"):
    for space in (MIDDLE, []):
        found, run = hypoco("steady", "-epsilon", epsilon, *space)
        check(f"silent {epsilon}", BETWEEN not in run.stderr, run.stderr)
        check("error of F", 0 < found["steady"]["error"] < 0.1, found["steady"]["error"])
found, run = hypoco("steady")
check("F = M", found["steady"]["error"] is None and not run.stderr, run.stderr)

# the error bar of F covers the distance to F with 4 times the cells, here by E |y|^2
def energy(epsilon, n):
    grid = ["-space_type", "tensor", "-axis_x_n", str(n), "-axis_v_n", str(n)]
    found, _ = hypoco("steady", "-epsilon", epsilon, *grid, "-output", f"f{n}.h5")
    return found["steady"]["identities"][5]["left"], found["steady"]["error"]


for epsilon in ("1.5*tanh(2*theta)", "2*sin(3*theta)"):
    (coarse, bar), (fine, finer) = energy(epsilon, 48), energy(epsilon, 192)
    check("bar of F", 0.2 * abs(coarse - fine) < bar < 20 * abs(coarse - fine), (bar, fine))
    check("order 2", 8 < bar / finer < 32, bar / finer)

# positive fluxes: F has no probability where ||F/M|| is large, and a wider box is no advice
found, run = hypoco("steady", "-loss", "theta^4/4-theta^2/2", "-model_tau", "0.1", *GRID,
                    "-axis_flux", "positive", "-space_reference", "auto")
check("no wider box", "widen" not in run.stderr and "first order" in run.stderr, run.stderr)

# potentials: a barrier between the nodes is announced in every command; the leading pair of a stiff
# one lies far out, and small real eigenvalues come before it
WALL = ["-model_type", "momentum", *SMALL, "-model_potential"]
BARRIER = "theta^2/2+5*exp(-(theta-0.13)^2/0.0002)"
for command in ("steady", "spectrum", "solve"):
    _, run = hypoco(command, *WALL, BARRIER, *(SHORT if command == "solve" else []))
    check(f"barrier, {command}", "nodes do not resolve model_potential" in run.stderr, run.stderr)
for potential in ("theta^4/4", "theta^4-2*theta^2", "theta^8"):
    _, run = hypoco("steady", *WALL, potential)
    check(f"{potential}: silent", "nodes do not resolve" not in run.stderr, run.stderr)
found, run = hypoco("spectrum", *WALL, "1e4*theta^2/2", "-spectrum_count", "3")
imag = abs(found["spectrum"]["imag"][1])
check("stiff", abs(imag - 100) < 3 and "three resolutions" in run.stderr, (imag, run.stderr))

# bars from a finer space: two coarser ones made 103 times the error of the second
def leading(degree):
    found, _ = hypoco("spectrum", "-epsilon", "tanh(2*theta)", "-space_degree", degree)
    s = found["spectrum"]
    return complex(s["real"][1], s["imag"][1]), s["error"]


truth, _ = leading("110")
for degree in ("24", "32", "40"):
    z, bar = leading(degree)
    error = abs(z - truth)
    check(f"bar at degree {degree}", error < bar[1] < 30 * error, (error, bar[1]))
    check(f"conjugates at degree {degree}", bar[1] == bar[2], bar[:3])

# cells move the eigenvalues of eps = 0, which a start shows all the same
found, run = hypoco("solve", *GRID, "-initial_mean", "1,0", "-time_end", "20")
check("share on cells", abs(found["rate"]["projection"][1] - 0.65) < 0.05, found["rate"])

# negative densities
for name, start in (
    (
        "expression",
        ["-initial_type", "expression", "-initial_expression", "(1+2*x)*exp(-x^2/2-v^2/2)"],
    ),
    ("point", ["-initial_type", "point", *GRID]),
):
    found, run = hypoco("solve", *start, "-rate_check", "false", "-time_end", "3")
    check(name, "is negative with a mass" in run.stderr, run.stderr)
    said = run.stderr[run.stderr.index("is negative with a mass") :]
    check(f"{name}: advice", "resolve it; raise" in said and "widen" not in said, said)
    check(f"{name}: series", max(found["series"]["negative"]) > 1e-3, "")
_, run = hypoco("solve", "-rate_check", "false", "-time_end", "3")
check("silent", not run.stderr, run.stderr)
sys.exit(failures > 0)
