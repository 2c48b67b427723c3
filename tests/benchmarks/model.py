#!/usr/bin/env python3
"""How a d = 2 right-hand side on fv x fv would scale, from a model with three measured numbers.

    model.py RESULTS.json [--n 128] [--latency US --bandwidth GB/S] [--copy-bandwidth GB/S]

P ranks share the n^2 velocity indices as p x p (or p x 2p), n^2 x indices for each. A product needs

    work     n^4/P unknowns, each as many nanoseconds as `rhs` measured on one rank
    faces    two along each velocity, (n/p) n^2 numbers each:
    latency + bytes/bandwidth, sent while the inside is computed

so its time is max(work inside, faces) + work at the edge, which waits for them.
Latency and bandwidth are what `message`
measured between two ranks in shared memory, or those of a network, given as options.
"""
import argparse
import json


def shape(ranks):
    p = 1
    while p * p * 4 <= ranks:
        p *= 2
    return p, ranks // p


def product(n, ranks, ns, latency, bandwidth):
    """Seconds of one product, and of its faces."""
    p = shape(ranks)
    count = [n / q for q in p]
    inside = max(count[0] - 2, 0) * max(count[1] - 2, 0) / (count[0] * count[1]) if ranks > 1 else 1
    work = ns * 1e-9 * n**4 / ranks
    faces = 0.0
    for i in (0, 1):
        if p[i] > 1:
            faces += 2 * (latency * 1e-6 + 8e-9 * count[1 - i] * n * n / bandwidth)
    return max(work * inside, faces) + work * (1 - inside), faces


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results")
    parser.add_argument("--n", type=int, default=128)
    parser.add_argument("--latency", type=float)
    parser.add_argument("--bandwidth", type=float)
    options = parser.parse_args()
    with open(options.results) as f:
        rows = json.load(f)
    ns = min(
        r["ns_per_unknown"]
        for r in rows
        if r.get("d") == 2 and r["n"] == 64 and r["ranks"] == 1 and r["eps"] == "separable"
    )
    message = next(r for r in rows if "latency_us" in r)
    latency, bandwidth = (
        options.latency or message["latency_us"],
        options.bandwidth or message["gbytes_per_s"],
    )
    print(
        "# %d^4 unknowns, %.2f ns each, %.2f us and %.1f GB/s a message"
        % (options.n, ns, latency, bandwidth)
    )
    print("ranks  MiB a vector  ms a product  ms of faces  efficiency")
    one = product(options.n, 1, ns, latency, bandwidth)[0]
    for ranks in (1, 2, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096):
        seconds, faces = product(options.n, ranks, ns, latency, bandwidth)
        print(
            "%5d  %12.2f  %12.3f  %11.3f  %10.2f"
            % (
                ranks,
                8 * options.n**4 / ranks / 2**20,
                1e3 * seconds,
                1e3 * faces,
                one / ranks / seconds,
            )
        )


if __name__ == "__main__":
    main()
