"""hypoco verify as a user meets it: verdicts, exit codes, boxes of Assumption 3.1, derivatives,
option files, its document."""
import glob
import json
import math
import os
import subprocess
import sys

program, tree = sys.argv[1], os.environ["HYPOCO_SOURCE_DIR"]
launch = os.environ.get("HYPOCO_LAUNCH", "").split()


falsified = os.path.join(
    os.path.dirname(os.path.abspath(program)), "test-falsified"
)  # factors of mu, C2 first


def run(*words, code=0, factors=()):
    done = subprocess.run(
        [*launch, falsified if factors else program, *factors, *words],
        capture_output=True,
        text=True,
    )
    assert (
        done.returncode == code
    ), f"{words}: exit code {done.returncode}, expected {code}\n{done.stdout[-2000:]}{done.stderr}"
    return done


def verify(*words, code=0, factors=()):
    run("verify", *words, "-json", "v.json", code=code, factors=factors)
    with open("v.json") as stream:
        return json.load(stream)


def statement(result, name):
    return next(s for s in result["statements"] if s["name"] == name)


small = ["-space_degree", "14", "-time_end", "20", "-initial_mean", "0.5,0.3"]
printed, proof = (
    "Theorem 3.1 as printed, mu of (3.6)",
    "Theorem 3.1 by its proof, mu = min Re eig Q",
)

# eps = 0: all proved statements hold, the printed theorem does not,
# and that is no failure of the program
result = verify(*small)
assert all(s["verdict"] in ("holds", "not applicable") for s in result["statements"] if s["proved"])
assert statement(result, printed)["verdict"] == "fails" and not statement(result, printed)["proved"]
assert "twice" in statement(result, printed)["detail"]
assert statement(result, proof)["verdict"] == "holds"
rate = result["rate_estimate"]
assert rate["agree"] and abs(rate["fit"] - rate["gap"]) <= rate["fit_error"] + rate["gap_error"]
assert abs(rate["rate"] - 0.5) <= rate["error"] + 1e-9

# eps = .05 sin: the boxes of Assumption 3.1
sine = verify(*small, "-epsilon", "0.05*sin(theta)")
for box, expected in zip(sine["assumption"], (0.15, 0.30, 0.60, 1.20)):
    assert abs(box["suprema"]["|eps.x|"] - expected) < 1e-9 and abs(box["eps0"] - expected) < 1e-9
    assert box["guaranteed"] < 0
assert not any(s["verdict"] == "fails" for s in sine["statements"] if s["proved"])

# eps = 0: trivial rows are marked.
# eps = .05 sin: what guarantees no positive rate is vacuous, and failures come first
assert any("trivial" in s["detail"] for s in result["statements"])
assert statement(sine, proof)["verdict"] == "vacuous"
verdicts = [s["verdict"] for s in sine["statements"]]
assert verdicts[0] == "fails" and "not applicable" not in verdicts[: verdicts.index("holds") + 1]


# the answer, the certificate and the table of bounds
def bound(result, name):
    return next(b for b in result["bounds"] if b["name"] == name)


assert result["answer"].startswith("Guaranteed for every start: rate 0.5 "), result["answer"]
assert bound(result, "Theorem 3.1 as printed")["verdict"] == "false here"
short = bound(result, "short-time decay")
assert short["verdict"] == "holds" and abs(short["measured"] - 1 / 6) < 1e-3, short
known = verify(*small, "-epsilon", "0.3*sin(theta)")
certificate, row = known["certificate"], bound(known, "contraction certificate")
assert abs(certificate["mu"] - (0.5 - 0.3 / math.sqrt(3))) < 1e-8, certificate
assert certificate["P"] == [1, 0.5, 0.5, 1], certificate
assert row["verdict"] == "holds" and row["rate"] < row["measured"] == known["rate_estimate"]["gap"]
assert "0.3267949" in known["answer"] and "says nothing here" in known["answer"]
wide = verify(*small, "-epsilon", "0.3*sin(theta)", "-epsilon_slope_bounds", "-0.3,0.5")
assert wide["certificate"]["given"] and abs(wide["certificate"]["c"] - 0.1) < 1e-12
narrow = ["-epsilon", "0.3*sin(theta)", "-epsilon_slope_bounds", "-0.2,0.2"]
assert "epsilon_slope_bounds" in run("verify", *small, *narrow, code=2).stderr
cubic = verify(*small, "-epsilon", "0.01*theta^3")
assert cubic["answer"].startswith(
    "No certificate: the slope of eps is unbounded; on |theta| <= 8.485 it would be "
)
assert cubic["certificate"]["mu"] is None
assert bound(cubic, "contraction certificate")["verdict"] == "does not apply"

# the answer says where the slopes are from; Theorem 3.1 does not apply where its hypothesis fails
assert known["answer"].split(".  ")[0].count("; slopes found by a search).") == 1, known["answer"]
assert "; slopes as given)" in wide["answer"], wide["answer"]
smooth = verify(*small, "-loss_name", "tanh")
assert "; slopes by the loss's bounds)" in smooth["answer"], smooth["answer"]
assert "slopes" not in result["answer"], result["answer"]
tiny = verify(*small, "-epsilon", "0.0001*sin(theta)")
assert "Theorem 3.1 would guarantee 0.4" in tiny["answer"], tiny["answer"]
for name in ("as printed", "by its proof", ", corrected constants"):
    row = bound(tiny, "Theorem 3.1" + (" " if name[0] != "," else "") + name)
    assert row["verdict"] == "does not apply" and row["hypotheses"].startswith("fail: "), row

# what contraction does not guarantee another bound may: one answer that does not contradict itself
tensor = ["-space_type", "tensor", "-axis_x_type", "polynomial", "-axis_v_type", "hermite"]
wavy = ["-model_type", "momentum", "-model_potential", "sqrt(1+theta^2)+0.05*cos(4*theta)"]
done = run("verify", *tensor, *wavy, *"-axis_x_n 12 -axis_v_n 8 -time_end 4".split()).stdout
assert done.startswith("Contraction guarantees nothing: the contraction allows growth at"), done
assert "Guaranteed for ||h||: rate 0.03526483 " in done and "Nothing is" not in done, done
assert "guaranteed rate " not in done and "rate of contraction         -0.52469" in done, done

# bounds of slopes that nothing would read
wells = ["-model_type", "momentum", "-model_potential", "theta^4/4"]
for words in (
    [*wells, "-space_type", "tensor", "-axis_x_type", "polynomial", "-axis_v_type", "hermite"],
    [],
):
    refused = run("verify", *words, "-epsilon_slope_bounds", "-0.3,0.5", code=2)
    assert "epsilon_slope_bounds: given with" in refused.stderr, refused.stderr
verify(*small, "-epsilon_slope_bounds", "-1,1", "-epsilon", "sin(theta)", "-epsilon_amplitude", "0")
# in d = 4 everything but the audit of Theorem 3.1
four = ["-model_dimension", "4", "-space_degree", "3", "-time_end", "2"]
for i in range(1, 5):
    four += [f"-epsilon_{i}", f"0.1*sin(theta{i} - theta{i % 4 + 1})"]
answer = run("verify", *four).stdout
assert "guaranteed rate              0.38452" in answer, answer
assert "searched in d <= 3" in answer, answer

# eps or noise that grows too fast for the space: the certificate's answer comes first, and nothing
# is measured; a slope with bounds keeps the numerical failure, and so do the other commands
for words, answer in (
    (["-epsilon", "theta^3"], "No certificate: the slope of eps is unbounded; on |theta| <= 8.485"),
    (["-loss_name", "quartic", "-space_degree", "12"], "No certificate: the slope of eps is"),
    (["-noise", "1 + theta^2"], "Nothing is guaranteed: "),
):
    done = run("verify", *words, "-json", "v.json", "-output", "v.h5")
    assert done.stdout.startswith(answer), done.stdout
    assert done.stdout.index("Measured: nothing, because ") < done.stdout.index("\n"), done.stdout
    with open("v.json") as stream:
        lost = json.load(stream)
    assert lost["statements"] == [] and lost["rate_estimate"]["gap"] is None, lost
    assert len(lost["bounds"]) == 11 and all(b["measured"] is None for b in lost["bounds"][:1])
    assert all(b["verdict"] not in ("holds", "false here") for b in lost["bounds"]), lost["bounds"]
    assert lost["verdict"].startswith("nothing was measured"), lost["verdict"]
    assert os.path.exists(run("report", "v.h5").stdout.strip())
run("verify", "-epsilon", "-2*theta", code=3)
run("spectrum", "-epsilon", "theta^3", code=3)

# eps that is 0, by its formula or on the whole space: worst functions of R have the value 0
for formula in ("0", "0*theta", "exp(-(theta - 100)^2)"):
    zero = verify(*small, "-epsilon", formula)
    row = statement(zero, "(c) <Rg,g>, worst function")
    assert row["verdict"] == "holds" and row["left"] == 0, row
    assert not any(s["verdict"] == "fails" for s in zero["statements"] if s["proved"])

# momentum, where F is known: rates in L2 beside the certificate, and Monmarche's equal to it;
# asgd has none of them
kinetic = verify(*small, "-model_type", "momentum", "-epsilon", "0.3*sin(theta)")
for name in ("modified L2 norm", "modified L2 norm, shift m", "modified L2 norm, best shift"):
    row = bound(kinetic, name)
    assert row["verdict"] == "holds" and 0 < row["rate"] < row["measured"], row
    assert bound(known, name)["verdict"] == "does not apply"
assert abs(bound(kinetic, "almost sure contraction")["rate"] - certificate["mu"]) < 1e-8
assert abs(bound(kinetic, "Poincare constant")["measured"] - 1.1911618) < 1e-6
assert abs(kinetic["rate_estimate"]["gap"] - 0.5024479731) < 1e-5, kinetic["rate_estimate"]
ranks = ["false here", "holds", "not measured", "vacuous", "does not apply"]
for found in (known, kinetic, result):
    order = [ranks.index(b["verdict"]) for b in found["bounds"]]
    assert order == sorted(order) and len(order) == 11, found["bounds"]

# a double well as a potential: no certificate, but a rate in L2, and no statement of the theorem
well = verify(
    "-model_type",
    "momentum",
    "-model_gamma",
    "2",
    "-model_potential",
    "-theta^2/2 + theta^4/4",
    "-space_type",
    "tensor",
    "-axis_x_type",
    "polynomial",
    "-axis_x_n",
    "32",
    "-axis_v_type",
    "hermite",
    "-axis_v_n",
    "28",
)
assert well["answer"].startswith("No certificate: ") and "Guaranteed for ||h||" in well["answer"]
assert well["assumption"] == [] and set(well["constants"].values()) == {None}, well["constants"]
assert not well["statements"] and 0.08 < bound(well, "modified L2 norm, best shift")["rate"]
assert abs(well["rate_estimate"]["gap"] - 0.4069955512) < 1e-6

# noise that depends on theta: less than the drift's rate, in W2
noisy = verify(*small, "-epsilon", "0.3*sin(theta)", "-noise", "1 + 0.3*tanh(theta)^2")
assert 0.31 < noisy["certificate"]["mu"] < 0.32 and "in W2" in noisy["answer"], noisy["answer"]
assert bound(noisy, "contraction certificate")["verdict"] == "holds"

# pairs of paths with the same noise;
# the algorithm with a fixed delay, for a quadratic loss and for others
run(
    "sample",
    "-sample_model",
    "sde",
    "-epsilon",
    "0.3*sin(theta)",
    "-sample_pairs",
    "500",
    "-sample_paths",
    "100",
    "-time_end",
    "2",
    "-json",
    "p.json",
)
with open("p.json") as stream:
    pairs = json.load(stream)["sample"]["pairs"]
assert abs(pairs["mu"] - certificate["mu"]) < 1e-12, pairs
assert 1 <= pairs["worst"] < 1 + pairs["step"] ** 2 and pairs["end"] < 1, pairs
assert pairs["verdict"] == "holds" and pairs["worst"] <= pairs["allowed"] < 1 + pairs["step"] ** 2

# bounds of the slope that are false far away are refused before a pair runs
false = ["-epsilon", "-20*exp(-4*(theta - 10.5)^2)", "-epsilon_slope_bounds", "-0.01,0.01"]
refused = run("sample", "-sample_model", "sde", *false, "-sample_pairs", "500", code=2).stderr
assert "at theta1 = 10." in refused and "widen the bounds" in refused, refused

# a peak that lies between the points of the check:
# pairs that meet it tell that the bounds are false
peak = "-300*exp(-40000*((theta1 - 0.317)^2 + (theta2 - 0.733)^2))"
run(
    *("sample", "-sample_model", "sde", "-model_dimension", "2", "-epsilon_1", peak),
    *("-epsilon_2", "0", "-epsilon_slope_bounds", "-0.2,0.2", "-sample_pairs", "1000"),
    *("-sample_paths", "10", "-time_end", "4", "-json", "p.json"),
    code=1,
)
with open("p.json") as stream:
    pairs = json.load(stream)["sample"]["pairs"]
assert pairs["verdict"] == "violated" and pairs["worst"] > 1.2 * pairs["allowed"], pairs

# the laws of two starts: exact and measured below what is guaranteed, in W2 for such noise too
laws = ["-sample_model", "sde", "-sample_paths", "1000", "-time_end", "2"]
second = ["-sample_second_mean", "2,1", "-sample_second_covariance", "2"]
for words, gaussian in (([], True), (["-noise", "1 + 0.3*tanh(theta)^2"], False)):
    run("sample", *laws, *second, *words, "-json", "p.json")
    with open("p.json") as stream:
        found = json.load(stream)["sample"]["laws"]
    assert len(found) == 11 and found[-1]["t"] == 2
    assert (found[0]["exact"] is not None) == gaussian
    for law in found:
        assert law["theta"] <= law["theta_guaranteed"] + law["theta_half"], law
        assert not gaussian or law["exact"] <= law["guaranteed"] * (1 + 1e-9), law
unbounded = run("sample", *laws, *second, "-epsilon", "0.001*theta^3").stdout
assert "laws: no certificate: " in unbounded and "pairs" not in unbounded, unbounded
noisy_pairs = ["-noise", "1 + 0.3*tanh(theta)^2", "-sample_pairs", "10"]
assert "sample_second_mean" in run("sample", *laws, *noisy_pairs, code=2).stderr


def theory(*words):
    run(
        "theory",
        "-model_learning_rate",
        "0.05",
        "-model_staleness",
        "0.5",
        *words,
        "-json",
        "t.json",
    )
    with open("t.json") as stream:
        return json.load(stream)["theory"]


for bounds, equal in (("1,1", True), ("0.5,1.5", False)):
    both = theory(
        "-theory_delay", "3", "-theory_momentum", "0.5", "-theory_curvature_bounds", bounds
    )
    for part in ("delay", "momentum"):
        found = both[part]
        same = abs(found["V_guaranteed"] - found["V_discrete"]) < 1e-7
        assert same == equal and found["V_guaranteed"] < 0, found
        assert math.isclose(found["factor_guaranteed"], math.exp(0.05 * found["V_guaranteed"]))
        assert 1 <= found["distance_constant"] < 50, found
        assert 1 < found["distance_factor"] / found["factor_guaranteed"] < 1.01, found
    assert math.isclose(both["momentum"]["learning_rate_limit"], 3 / float(bounds.split(",")[1]))
    assert math.isclose(both["momentum"]["factor"], (1.45 + math.sqrt(1.45**2 - 2)) / 2)
outside = ["-model_learning_rate", "0.05", "-model_staleness", "0.5", "-theory_delay", "3"]
refused = run("theory", *outside, "-theory_curvature_bounds", "5,6", code=2).stderr
assert "the loss has the curvature 1" in refused, refused
only = run(
    "theory",
    "-model_learning_rate",
    "0.05",
    "-model_staleness",
    "0.5",
    "-theory_curvature_bounds",
    "0.5,1.5",
)
assert "only the mean on a quadratic loss is proved" in only.stdout

# the same eps as an amplitude, as a loss, as its gradient, and with the derivative by hand
for words in (
    ["-epsilon", "sin(theta)", "-epsilon_amplitude", "0.05"],
    ["-loss_gradient_1", "theta + 0.05*sin(theta)"],
    ["-loss", "theta^2/2 - 0.05*cos(theta)"],
    ["-epsilon", "0.05*sin(theta)", "-epsilon_derivative", "0.05*cos(theta)"],
):
    other = verify(*small, *words)
    assert abs(other["rate_estimate"]["gap"] - sine["rate_estimate"]["gap"]) < 1e-9, words
    for mine, theirs in zip(sine["assumption"], other["assumption"]):
        for name in mine["suprema"]:
            assert math.isclose(mine["suprema"][name], theirs["suprema"][name], rel_tol=1e-7), (
                words,
                name,
            )
wrong = run(
    "verify",
    *small,
    "-epsilon",
    "0.05*sin(theta)",
    "-epsilon_derivative",
    "0.05*sin(theta)",
    code=2,
)
assert "epsilon_derivative" in wrong.stderr and wrong.stderr.count("\n") == 1, wrong.stderr

# a box of one's own: bounds that assume it are no longer called proved, unless it covers the space
assert not statement(
    verify(*small, "-epsilon", "0.05*sin(theta)", "-verify_box", "3"), "(c) <Rg,g>, worst function"
)["proved"]
assert statement(
    verify(*small, "-epsilon", "0.05*sin(theta)", "-verify_box", "30"), "(c) <Rg,g>, worst function"
)["proved"]

# the audit can fail: constants made false on purpose are reported as failing proved statements,
# with exit code 1
for factors, words, failing in (
    (
        ("2", "1"),
        [],
        (
            "K >= 2 mu P, mu = min Re eig Q",
            "dH/dt, worst function",
            "H(t) <= H(0) e^{-2(mu - eps0 C1)t}",
            proof,
        ),
    ),
    (
        ("1", "0.5"),
        ["-epsilon", "0.05"],
        ("(c) <Rg,g>, worst function", "(c) <Rg,h> + <Rh,g>, worst pair"),
    ),
):
    true, false = verify(*small, *words), verify(*small, *words, code=1, factors=factors)
    assert "a proved statement fails: " + failing[0] in false["verdict"], false["verdict"]
    for name in failing:
        assert statement(true, name)["verdict"] == "holds", name
        assert (
            statement(false, name)["verdict"] == "fails" and statement(false, name)["proved"]
        ), name


# solve's own rate: the error bar holds the discretisation's error,
# and says when the fit was fooled (close to critical damping)
def solved(*words):
    run("solve", "-initial_mean", "0.5,0.3", *words, "-json", "s.json")
    with open("s.json") as stream:
        return json.load(stream)["rate"]


grid = ["-space_type", "tensor", "-axis_x_n", "40", "-axis_v_n", "36", "-time_end", "20"]
for words, true in (([], 0.5), (["-model_gamma", "3"], 0.38196601125010515)):
    found = solved(*grid, *words)
    assert found["agree"] and 1e-4 < abs(found["measured"] - true) < found["error"] < 1e-2, found
sine = solved("-space_degree", "32", "-epsilon", "0.5*sin(theta)", "-time_end", "20")
assert sine["agree"] and sine["spectral_gap_source"] == "computed"
assert (
    abs(sine["measured"] - 0.505149247297) < sine["error"] < 1e-5
    and abs(sine["spectral_gap"] - 0.505149247297) < sine["spectral_gap_error"]
)
fooled = solved("-model_gamma", "2.1", "-time_end", "20")
assert (
    not fooled["agree"]
    and "do not overlap" in fooled["remark"]
    or fooled["error"] > abs(fooled["measured"] - 0.7298437881283577)
), fooled
alone = solved("-space_degree", "14", "-time_end", "20", "-rate_check", "false")
assert alone["agree"] is None and alone["error"] < 1e-9, alone

# the identities certify moments; where Hermite functions represent a double well badly,
# the part of F in their highest degrees says so
for words, low, high in (
    (["-space_type", "simplex", "-space_degree", "40"], 0.03, 0.1),
    ([], 0, 1e-3),
):
    run(
        "steady",
        os.path.join(tree, "runs", "sample-sde-doublewell.yaml"),
        *words,
        "-json",
        "f.json",
    )
    with open("f.json") as stream:
        found = json.load(stream)["steady"]
    assert found["worst_identity"] < 1e-2 and low <= found["edge"] <= high, found

# too few outputs: no rate, no verdict about it
undecided = verify("-space_degree", "14", "-time_end", "1", "-initial_mean", "0.5,0.3")
assert not undecided["rate_estimate"]["agree"] and undecided["rate_estimate"]["rate"] is None
assert (
    statement(undecided, proof)["verdict"] == "undecided" and statement(undecided, proof)["detail"]
)

# every option file is accepted, and the document is what the table says
files = glob.glob(os.path.join(tree, "runs", "verify-*.yaml"))
assert len(files) >= 10
for file in files:
    run("verify", file, "-statements_markdown")
with open(os.path.join(tree, "docs", "statements.md")) as stream:
    assert (
        stream.read() == run("verify", "-statements_markdown").stdout
    ), "docs/statements.md: print it again with hypoco verify -statements_markdown"


# an algorithm in the file: the rows of the other two papers, in the same table
def of_algorithm(row):
    """Proposition 1 is about the equation: every run of asgd has it"""
    return row["source"].startswith(("AN ", "HE ")) and row["source"] != "AN Prop 1"


algorithm = verify(os.path.join(tree, "runs", "verify-algorithm.yaml"))
rows = [s for s in algorithm["statements"] if of_algorithm(s)]
assert len(rows) == 21, [row["name"] for row in rows]
for row in rows:
    assert row["verdict"] == ("fails" if row["source"] == "AN (4.10)" else "holds"), row
for name, order in (
    ("weak order in eta", 1),
    ("strong order in eta at fixed friction", 0.5),
    ("weak order in eta without delay", 2),
    ("strong order in 1/K, no delay", 0.5),
):
    row = statement(algorithm, name)
    assert abs(row["left"] - order) <= row["uncertainty"], row
assert not any(of_algorithm(s) for s in result["statements"])
