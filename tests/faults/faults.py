"""The fault suite: what a run must survive and what it must refuse, with the figures.

Usage: faults.py HYPOCO [-n FACTOR] EXPERIMENT...      FACTOR scales the number of repetitions;
1 is the full suite
       faults.py HYPOCO -tools FOLDER ...
       where `damage`, libenospc.so and libnomemory.so were built

Experiments: kill ranks disk memory tmpfs damage keys expressions signals lost locale
blowup restarts
package (the full suite only: root, debootstrap, a network and 20 minutes).
Each prints one line of figures and fails if
a promise is broken. docs/reliability.md says what is promised. HYPOCO_LAUNCH is not used:
experiments choose their ranks.
"""
import argparse
import ctypes
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

try:
    import h5py
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

CASE = """
model: {omega0: 1.2, gamma: 1, beta: 2}
epsilon: "0.3*sin(theta)"
space: {type: tensor}
axis:
  x: {type: fv, n: 48, width: 6}
  v: {type: fv, n: 44, width: 6}
initial: {type: gaussian, mean: [0.7, 0.3], covariance: 0.3}
time: {end: 4, output_interval: 0.1}
snapshot_interval: 0.5
"""
# a run that no machine finishes while an experiment looks at it
ENDLESS = ("-time_end", 1e6, "-time_output_interval", 10, "-snapshot_interval", 1e5)
STOPPED = 5
RANDOM = random.Random(20240229)


def command(ranks, *words):
    launch = ["mpiexec", "-n", str(ranks)] if ranks > 1 else []
    return launch + [
        ARGS.hypoco,
        "solve",
        "case.yaml",
        "-output",
        "run.h5",
        "-json",
        "run.json",
        *map(str, words),
    ]


def run(ranks, *words, **more):
    return subprocess.run(
        command(ranks, *words), capture_output=True, text=True, timeout=3000, check=False, **more
    )


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    with open("case.yaml", "w") as file:
        file.write(CASE)


def results():
    """Everything that a run computes: series, rate and guards from the summary,
    every number of the HDF5 file."""
    with open("run.json") as file:
        summary = json.load(file)
    found = {
        f"json {key}": json.dumps(summary[key], sort_keys=True).encode()
        for key in ("series", "rate", "guards", "steady")
    }
    arrays = {}
    with h5py.File("run.h5") as file:
        assert file.attrs["state"] == "complete"
        for name in file:
            if file[name].dtype.kind == "f":
                arrays[name] = file[name][()]
                found[name] = arrays[name].tobytes()
    return found, arrays


def difference(arrays, others):
    """Largest difference relative to the largest value of each array;
    of a negative mass relative to the whole mass 1, of which it is a part.
    Rates fitted to series that agree are left out: their bars are made of rounding errors."""
    assert set(arrays) == set(others)
    return max(
        np.max(np.abs(a - others[name]))
        / (1 if "negative" in name else max(np.max(np.abs(a)), 1e-300))
        for name, a in arrays.items()
        if a.size and not name.startswith("norm_rate")
    )


def digest(data):
    """The last 64 bytes of a file of hypoco."""

    class Hash(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]

    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_128bits.restype = Hash
    library.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    found = library.XXH3_128bits(data, len(data))
    return b"\n%-62b\n" % (b"hypoco xxh3-128 %016x%016x" % (found.high, found.low))


def whole(path):
    """Does the digest at the end of a file match its content?  XDMF has none, but ends."""
    if path.endswith(".xdmf"):
        xml.etree.ElementTree.parse(path)
        return True
    with open(path, "rb") as file:
        data = file.read()
    return data[-64:] == digest(data[:-64])


def checkpoints():
    return [path for path in ("run.h5.checkpoint.1", "run.h5.checkpoint.2") if os.path.exists(path)]


def reference(ranks, *words):
    fresh(os.path.join(HERE, f"reference{ranks}"))
    begin = time.time()
    done = run(ranks, "-checkpoint_steps", 1, *words)
    assert done.returncode == 0, done.stderr
    return results(), time.time() - begin


def finish(ranks, *words):
    """Goes on to the end; a checkpoint that is not whole would be named on stderr."""
    done = run(ranks, "-checkpoint_steps", 1, "-restart", "auto", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.startswith("going on"), "instead" in done.stderr or "damaged" in done.stderr


def kill():
    """kill -9 at random times, on 1 and 2 ranks;
    goes on until it is done, killed again now and then.

    Half of the kills wait for a checkpoint first, so that there is something to go on from;
    a run that was over counts as none.
    """
    figures = []
    for ranks in (1, 2):
        (expected, _), seconds = reference(ranks)
        fresh(os.path.join(HERE, "kill"))
        kills = resumed = invalid = different = 0
        while kills < ARGS.scale(200) or not resumed:
            for leftover in os.listdir("."):
                if leftover != "case.yaml":
                    os.remove(leftover)
            for _ in range(RANDOM.choice((1, 1, 2))):
                begin = time.time()
                process = subprocess.Popen(
                    command(ranks, "-checkpoint_steps", 1, "-restart", "auto"),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
                if RANDOM.random() < 0.5:
                    time.sleep(RANDOM.uniform(0.1, 1.1) * seconds)
                else:
                    while not checkpoints() and process.poll() is None:
                        time.sleep(0.002)
                    rest = max(0, seconds - (time.time() - begin))
                    time.sleep(RANDOM.uniform(0, 1) * rest)
                kills += process.poll() is None
                killAll(process)
                invalid += sum(not whole(path) for path in checkpoints())
                invalid += os.path.exists("run.h5") and not whole("run.h5")
            went_on, damaged = finish(ranks)
            resumed += went_on
            invalid += damaged
            different += results()[0] != expected
        figures.append(
            f"{ranks} rank(s): {kills} kills, {resumed} runs went on from a checkpoint, "
            f"{invalid} invalid, {different} differ"
        )
        assert invalid == different == 0, figures
    return "; ".join(figures)


def descendants(pid):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    if int(file.read().rsplit(")", 1)[1].split()[1]) == pid:
                        found += [int(entry)] + descendants(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                pass
    return found


def killAll(process):
    """SIGKILL to the launcher and every rank at once, as when a node loses power."""
    for pid in descendants(process.pid) + [process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def ranks():
    """A checkpoint from a ranks, the rest on b ranks, against the run on b ranks without a stop."""
    expected = {n: reference(n)[0] for n in ((1, 2, 3, 4) if ARGS.factor >= 1 else (1, 3))}
    worst, pairs, same = 0, 0, 0
    for a in expected:
        for b in expected:
            fresh(os.path.join(HERE, "ranks"))
            for path in ("run.h5.checkpoint.1", "run.h5.checkpoint.2"):
                shutil.copy(os.path.join(HERE, f"reference{a}", path), path)
            os.remove("run.h5.checkpoint.2" if RANDOM.random() < 0.5 else "run.h5.checkpoint.1")
            finish(b)
            bits, arrays = results()
            if a == b:
                same += bits == expected[b][0]
            worst = max(worst, difference(expected[b][1], arrays))
            pairs += 1
    assert same == len(expected) and worst < 1e-12, (same, worst)
    return (
        f"{pairs} pairs of numbers of ranks: {same} of {len(expected)} equal ones with the same "
        f"bits, largest difference {worst:.1e}"
    )


def disk():
    """The n-th write to a file fails with "No space left on device", for every n;
    then all later ones do as well."""
    (expected, _), _ = reference(1)
    shim = dict(os.environ, LD_PRELOAD=os.path.join(ARGS.tools, "libenospc.so"))
    fresh(os.path.join(HERE, "disk"))
    assert run(1, "-checkpoint_steps", 4, env=dict(shim, HYP_ENOSPC_COUNT="count")).returncode == 0
    with open("count") as file:
        writes = int(file.read())
    wanted = writes if ARGS.factor >= 1 else ARGS.scale(writes, 8)
    tried = unnoticed = unnamed = wrong = lost = 0
    for n in RANDOM.sample(range(1, writes + 1), writes):
        if tried == wanted:
            break
        fresh(os.path.join(HERE, "disk"))
        at = {"HYP_ENOSPC_AT": str(n), "HYP_ENOSPC_COUNT": "count"}
        done = run(1, "-checkpoint_steps", 4, env=dict(shim, **at))
        with open("count") as file:
            if int(file.read()) < n:  # a slow run writes its result more often than a fast one
                continue
        tried += 1
        unnoticed += done.returncode == 0
        unnamed += "run." not in done.stderr
        wrong += sum(
            not whole(path)
            for path in checkpoints() + [path for path in ("run.h5",) if os.path.exists(path)]
        )
        wrong += os.path.exists("run.json")
        finish(1)
        lost += results()[0] != expected
    assert unnoticed == unnamed == wrong == lost == 0, (unnoticed, unnamed, wrong, lost)
    assert tried == wanted or ARGS.factor >= 1, (tried, wanted)
    return (
        f"{tried} of {writes} writes failed in turn: {unnoticed} unnoticed, {unnamed} "
        f"without the file's name, {wrong} wrong files, "
        f"{lost} different results afterwards"
    )


ALGORITHM = "-model_learning_rate 0.05 -model_staleness 0.5 -model_noise 0.1"
SMALL = "-space_degree 6 -epsilon 0.2*sin(theta) -output run.h5 -json run.json"
COMMANDS = (
    "solve case.yaml -time_end 1 -output run.h5 -json run.json -checkpoint_steps 4",
    f"solve {SMALL} -time_end 1 -ts_type rk",
    f"steady {SMALL}",
    f"spectrum {SMALL}",
    f"verify {SMALL} -time_end 20 -initial_mean 0.5,0.3",
    f"sweep {SMALL} -sweep_key_1 model_gamma -sweep_values_1 1,2",
    f"sample {ALGORITHM} -sample_paths 2000 -sample_steps 20 -output run.h5",
    f"compare {ALGORITHM} -sample_paths 200 -time_end 2 -space_degree 6 -output run.h5",
    f"theory {ALGORITHM}",
)


def memory():
    """From the n-th allocation of a KiB or more on, there is no memory,
    for n all over each command:
    one sentence, exit code 3, nothing left behind; or a library can do without."""
    shim = dict(os.environ, LD_PRELOAD=os.path.join(ARGS.tools, "libnomemory.so"))
    tried = failed = 0
    for words in COMMANDS:
        for n in (0, *sorted(RANDOM.random() ** 2 for _ in range(ARGS.scale(200)))):
            fresh(os.path.join(HERE, "memory"))
            at = {"HYP_NOMEMORY_AT": str(1 + int(n * count))} if n else {}
            done = subprocess.run(
                [ARGS.hypoco, *words.split()],
                capture_output=True,
                text=True,
                check=False,
                env=dict(shim, HYP_NOMEMORY_COUNT="count", **at),
            )
            if not n:
                assert done.returncode == 0, done.stderr
                with open("count") as file:
                    count = int(file.read())
                continue
            tried += 1
            if done.returncode == 0:
                continue
            failed += 1
            said = done.stderr.splitlines()  # a part that a run can do without is named too
            assert all(x.startswith("hypoco: ") for x in said), (words, at, said)
            lines = [x for x in said if x.startswith("hypoco: error")]
            left = [x for x in os.listdir(".") if x.endswith((".lock", ".tmp"))]
            assert done.returncode in (2, 3) and not left, (words, at, done.returncode, left)
            assert len(lines) == 1 and "memory" in lines[0], (words, at, lines)
            assert not os.path.exists("run.h5") or whole("run.h5"), (words, at)
    assert failed > tried / 2, (failed, tried)
    return (
        f"{len(COMMANDS)} commands, {tried} times without memory: {failed} failed, each with one "
        "sentence, 0 other exit codes, 0 locks, 0 wrong files"
    )


def tmpfs():
    """File systems too small for the run, which needs root:
    the exit code, the file's name, and only whole files are left."""
    fresh(os.path.join(HERE, "tmpfs"))
    outcomes = []
    for size in range(16, 416, 40):
        os.mkdir("small")
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", "small"],
            capture_output=True,
            check=False,
        ).returncode:
            return "skipped: only root may mount a file system"
        try:
            shutil.copy("case.yaml", "small")
            done = run(1, "-checkpoint_steps", 4, cwd="small")
            left = [path for path in os.listdir("small") if path != "case.yaml"]
            outcomes.append(
                (
                    done.returncode == 4 and "run." in done.stderr,
                    [path for path in left if not whole(os.path.join("small", path))],
                )
            )
        finally:
            subprocess.run(["umount", "small"], check=True)
            os.rmdir("small")
    assert all(noticed and not wrong for noticed, wrong in outcomes), outcomes
    return (
        f"{len(outcomes)} sizes of 16 to 376 kB: 0 unnoticed, 0 without the file's name, 0 wrong "
        "files left"
    )


def damage():
    """Single flipped bits and shorter lengths: refused by the check every reader makes;
    a few through the whole program."""
    (expected, _), _ = reference(1)
    path = "run.h5.checkpoint.2"
    flips, cuts = ARGS.scale(2000), ARGS.scale(300)
    figures = subprocess.run(
        [os.path.join(ARGS.tools, "damage"), path, str(flips), str(cuts)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert figures.returncode == 0, figures.stdout + figures.stderr
    crashes, accepted, different = 0, 0, []
    trials = ARGS.scale(60, 4)
    for k in range(trials):
        fresh(os.path.join(HERE, "damage"))
        for name in ("run.h5.checkpoint.1", "run.h5.checkpoint.2"):
            shutil.copy(os.path.join(HERE, "reference1", name), name)
        with open(path, "r+b") as file:
            size = os.path.getsize(path)
            if k % 3 == 2:
                file.truncate(RANDOM.randrange(size))
            else:
                at = RANDOM.randrange(size)
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << RANDOM.randrange(8)]))
        done = run(1, "-restart", path)
        crashes += done.returncode not in (0, 2, 3, 4, STOPPED)
        accepted += "instead" not in done.stderr
        if done.returncode:
            different.append((k, done.returncode, done.stderr))
        else:
            found = results()[0]
            names = sorted(n for n in {*found, *expected} if found.get(n) != expected.get(n))
            different += [(k, names)] if names else []
    assert crashes == accepted == 0 and not different, (crashes, accepted, different)
    return (
        f"{figures.stdout.strip()}; {trials} through the program: {accepted} accepted, {crashes} "
        "crashes, 0 results differ"
    )


def keys():
    """One letter of an option's key changed, lost, added or swapped with the next."""
    listing = subprocess.run(
        [ARGS.hypoco, "solve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    names = [
        name.replace("#", "1")
        for name in re.findall(r"^  -([a-z0-9_#]+)", listing, re.M)
        if name not in ("help", "version")
    ]
    fresh(os.path.join(HERE, "keys"))
    stopped = right = tried = 0
    while tried < ARGS.scale(200):
        name = RANDOM.choice(names)
        at = RANDOM.randrange(len(name))
        letter = RANDOM.choice("abcdefghijklmnopqrstuvwxyz_")
        edited = RANDOM.choice(
            (
                name[:at] + letter + name[at + 1 :],
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
            )
        )
        if edited in names or not edited:
            continue
        done = run(1, "-" + edited, "1")
        tried += 1
        stopped += done.returncode == 2 and not os.path.exists("run.h5")
        nearest = re.search(r"nearest: ([^;\n]*)", done.stderr)
        right += bool(nearest) and name in re.split(r",? ", nearest.group(1))
    assert stopped == tried and right >= 0.95 * tried, (stopped, right, tried)
    return (
        f"{tried} edited keys: {stopped} stopped before the first step, {right} with the right "
        "suggestion"
    )


def expressions():
    """Absurd expressions are refused fast:
    processor time beyond what the program takes to say its version;
    a busy machine has five tries."""

    def spent(*words):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([ARGS.hypoco, *words], capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    fresh(os.path.join(HERE, "expressions"))
    slowest = 0
    least = min(spent("--version")[1] for _ in range(3))
    absurd = [
        "(" * 100000 + "theta" + ")" * 100000,
        "theta+" * 166666 + "theta",
        "-" * 100000 + "theta",
        "sin(" * 50000,
        "1e" * 50000,
        "\0x"[1:] * 10000,
    ]
    for text in absurd:
        with open("case.yaml", "w") as file:
            file.write(f"epsilon: '{text}'\n")
        for _ in range(5):
            done, seconds = spent("solve", "case.yaml")
            assert done.returncode == 2, (text[:40], done.returncode, done.stderr[:200])
            if seconds - least < 0.1:
                break
        slowest = max(slowest, seconds - least)
    # on a slower machine it takes longer to say the version too
    assert slowest < 0.1 + 10 * least, (slowest, least)
    return (
        f"{len(absurd)} expressions of up to 1 MB refused, the slowest in {slowest:.3f} s of "
        "processor time"
    )


def runs(pid):
    """Is there such a process, and not only its exit code for its parent to fetch?"""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def alive(pids):
    return [pid for pid in pids if runs(pid)]


def ranksOf(process):
    """The processes of hypoco below the launcher, once they are there."""
    while process.poll() is None:
        found = [
            pid
            for pid in descendants(process.pid)
            if os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(ARGS.hypoco)
        ]
        if len(found) == 2:
            return found
        time.sleep(0.01)
    raise AssertionError("the ranks did not start")


def settle(process, victims):
    """Waits for the ranks to be gone.
    Open MPI 4.1.4's launcher sometimes hangs in PMIx_server_finalize after that:
    counted, and ended."""
    begin = time.time()
    while alive(victims):
        assert time.time() - begin < 120, "the ranks are still there"
        time.sleep(0.01)
    try:
        process.wait(timeout=10)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def patient():
    """A run that computes for much longer than it starts, on any machine, and its results:
    who waits for its first file, which comes after a second, is in time to stop it."""
    def taken(*words):
        fresh(os.path.join(HERE, "start"))
        begin = time.time()
        assert run(2, *words).returncode == 0
        return time.time() - begin

    start, end, seconds = taken("-time_end", 0.5), 60, 0
    while seconds < 3 * (start + 1):
        longer = ("-time_end", end, "-time_output_interval", 0.05)
        seconds = taken(*longer)
        end *= 4
    return reference(2, *longer)[0][0], seconds, longer


def signals():
    """SIGTERM to one rank, to mpiexec, SIGUSR1 to mpiexec; then on to the end.

    After SIGTERM to mpiexec the ranks have two seconds, which a busy machine may not grant:
    part of the full suite only.
    """
    expected, seconds, longer = patient()
    figures = []
    targets = (
        ("SIGTERM rank", "SIGTERM mpiexec", "SIGUSR1 mpiexec")
        if ARGS.factor >= 1
        else ("SIGTERM rank", "SIGUSR1 mpiexec")
    )
    for name, target in map(str.split, targets):
        asked = complete = late = different = stuck = 0
        while asked < ARGS.scale(50):
            fresh(os.path.join(HERE, "signals"))
            process = subprocess.Popen(
                command(2, "-restart", "auto", *longer),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            victims = ranksOf(process)
            while not os.path.exists("run.h5") and process.poll() is None:
                time.sleep(0.005)
            time.sleep(RANDOM.uniform(0, 0.3) * seconds)
            try:
                os.kill(
                    RANDOM.choice(victims) if target == "rank" else process.pid,
                    signal.Signals[name],
                )
            except ProcessLookupError:
                pass
            stuck += settle(process, victims)
            if os.path.exists("run.json"):
                late += 1  # it was done before the signal came
                assert late < 20 + 2 * ARGS.scale(50), "the signals come too late"
                continue
            asked += 1
            complete += bool(checkpoints()) and all(map(whole, checkpoints()))
            went_on, _ = finish(2, *longer)
            different += not went_on or results()[0] != expected
        figures.append(
            f"{name} to {target}: {asked} times, {complete} checkpoints complete, {different} "
            "results differ"
            + (f" ({late} more came too late)" if late else "")
            + (f" ({stuck} times mpiexec itself hung after all ranks were gone)" if stuck else "")
        )
        assert complete == asked and different == 0, figures
    return "; ".join(figures)


def lost():
    """One rank of two is killed: how long until every process is gone?"""
    slowest = 0
    count = ARGS.scale(20, 2)
    for _ in range(count):
        fresh(os.path.join(HERE, "lost"))
        process = subprocess.Popen(
            command(2, "-checkpoint_steps", 1, *ENDLESS),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        victims = ranksOf(process)
        time.sleep(RANDOM.uniform(0, 1))
        begin = time.time()
        try:
            os.kill(RANDOM.choice(victims), signal.SIGKILL)
        except ProcessLookupError:
            pass
        while alive(victims) and time.time() - begin < 60:
            time.sleep(0.01)
        slowest = max(slowest, time.time() - begin)
        settle(process, victims)
    assert slowest < 30, slowest  # seconds of the launcher's, more on a busy machine
    return f"{count} times one rank of two killed: all ranks gone within {slowest:.2f} s"


def locale():
    """A locale with a decimal comma changes no bit of the results."""
    (expected, _), _ = reference(1)
    fresh(os.path.join(HERE, "locale"))
    made = subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", "./de_DE.UTF-8"],
        capture_output=True,
        text=True,
        check=False,
    )
    comma = dict(os.environ, LOCPATH=os.getcwd(), LC_ALL="de_DE.UTF-8")
    shown = subprocess.run(
        ["printf", "%.1f", "0,5"], capture_output=True, text=True, env=comma, check=False
    ).stdout
    done = run(1, "-checkpoint_steps", 1, env=comma)
    assert done.returncode == 0 and results()[0] == expected, done.stderr
    return "same bits under de_DE.UTF-8" + (
        ""
        if shown == "0,5"
        else f" (but the locale is not installed here: {made.stderr.strip()[:60]})"
    )


def blowup():
    """An integrator with steps too long: the run stops with quantity, step and advice,
    and no bad state has replaced a good one."""
    figures = []
    for ranks, words in ((1, ()), (1, ("-checkpoint_steps", 1)), (2, ("-epsilon", "0"))):
        fresh(os.path.join(HERE, "blowup"))
        done = run(
            ranks,
            "-ts_type",
            "rk",
            "-ts_adapt_type",
            "none",
            "-ts_dt",
            0.05,
            "-time_output_interval",
            0.5,
            *words,
        )
        said = re.search(
            r"at t = (\S+) \(step (\d+)\) \|\|h\|\|\^2 = \S+ has grown from .*-ts_dt.*good "
            r"state, at t = (\S+), is kept in (\S+)",
            done.stderr,
        )
        assert done.returncode == 3 and said and not os.path.exists("run.json"), done.stderr
        assert checkpoints() and all(map(whole, checkpoints())), "no checkpoint"
        failed, kept = float(said.group(1)), float(said.group(3))
        with h5py.File(said.group(4)) as file:
            assert (
                abs(file.attrs["t"] - kept) < 1e-4
                and kept < failed
                and np.all(np.isfinite(file["state"][()]))
            )
            series = file["norm2"][()]
        assert len(series) and np.all(series <= 1e6 * np.minimum.accumulate(series)), series
        figures.append(f"stopped at t = {failed:g}, kept t = {kept:g}")
    return "; ".join(figures)


def refused(code, *parts, words=()):
    """One run that must end with this exit code and these words in its message,
    and leave the checkpoints as they are."""
    before = [open(path, "rb").read() for path in checkpoints()]
    done = run(1, *words)
    assert done.returncode == code and all(part in done.stderr for part in parts), (
        words,
        done.returncode,
        done.stderr,
    )
    assert before == [open(path, "rb").read() for path in checkpoints()], words


def restarts():
    """wall_limit; checkpoints of another run, grid or version; none, none left;
    a second run into the same files."""
    fresh(os.path.join(HERE, "restarts"))
    longer = ENDLESS
    begin = time.time()
    done = run(1, "-wall_limit", 1, "-restart", "auto", *longer)
    spent = time.time() - begin
    assert (
        done.returncode == STOPPED
        and "wall_limit" in done.stdout
        and "starting at t = 0" in done.stderr
    ), done
    assert checkpoints() and all(map(whole, checkpoints())) and not os.path.exists("run.json")
    auto = ("-restart", "auto", *longer)
    refused(2, "model_gamma = 1,", "this run has 1.5", words=(*auto, "-model_gamma", 1.5))
    refused(2, "axis_x_n = 48,", "this run has 40", words=(*auto, "-axis_x_n", 40))
    refused(
        2,
        "epsilon = 0.3*sin(theta),",
        "this run has 0.2*sin(theta)",
        words=(*auto, "-epsilon", "0.2*sin(theta)"),
    )
    refused(2, "ts_type = (none),", "this run has rk", words=(*auto, "-ts_type", "rk"))
    refused(2, "does not belong", words=("-restart", "other.checkpoint.1", *longer))
    path = checkpoints()[0]
    with open(path, "rb") as file:
        good = file.read()
    with open(path, "r+b") as file:
        file.truncate(len(good) - 64)
    with h5py.File(path, "r+") as file:
        conditions = json.loads(file.attrs["conditions"])
        conditions["program"] = "hypoco 99"
        file.attrs["conditions"] = json.dumps(conditions)
    with open(path, "r+b") as file:
        data = file.read()
        file.write(digest(data))
    refused(2, "program = hypoco 99,", "this run has hypoco ", words=auto)
    for other in checkpoints():
        with open(other, "wb") as file:
            file.write(good[:-1])
    refused(4, "no good checkpoint is left", path, words=auto)
    with open(path, "wb") as file:
        file.write(good)
    process = subprocess.Popen(
        command(1, *auto), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not (os.path.exists("run.h5.lock") and os.path.getsize("run.h5.lock")):
        assert process.poll() is None, "the second run ended"
        time.sleep(0.01)
    refused(4, "another run is writing", f"process {process.pid} ", words=auto)
    process.kill()
    process.wait()
    return (
        f"-wall_limit 1 kept in {spent:.2f} s; 7 restarts refused with both values or both files "
        "named"
    )


def package():
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "package.sh")
    if ARGS.factor < 1 or os.geteuid() != 0 or not shutil.which("debootstrap"):
        return "not tried: needs the full suite, root and debootstrap"
    for mode in ("package", "container"):
        done = subprocess.run(["bash", script, mode], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"package.sh {mode}: {done.stdout[-500:]}{done.stderr[-500:]}"
    return "the Debian package and the container's steps work in a Debian with its base system only"


EXPERIMENTS = (
    kill,
    ranks,
    disk,
    memory,
    tmpfs,
    damage,
    keys,
    expressions,
    signals,
    lost,
    locale,
    blowup,
    restarts,
    package,
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("hypoco")
    parser.add_argument("-n", dest="factor", type=float, default=1)
    parser.add_argument("-tools")
    parser.add_argument("experiments", nargs="*")
    ARGS = parser.parse_intermixed_args()
    ARGS.hypoco = os.path.abspath(ARGS.hypoco)
    ARGS.tools = os.path.abspath(
        ARGS.tools or os.path.join(os.path.dirname(ARGS.hypoco), "tests", "faults")
    )
    ARGS.scale = lambda full, least=1: max(least, round(full * ARGS.factor))
    HERE = os.path.join(os.getcwd(), "faults")
    for experiment in EXPERIMENTS:
        if not ARGS.experiments or experiment.__name__ in ARGS.experiments:
            start = time.time()
            print(
                f"{experiment.__name__:12}{experiment()} [{time.time() - start:.0f} s]", flush=True
            )
