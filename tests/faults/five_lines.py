"""The lines that the documents promise, word for word, and a digest of what they return.

Usage: five_lines.py, with HYPOCO set, in any Python; prints the digest of all numbers.
"""
import hashlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

import hypoco  # noqa: E402

ax = plt.subplots()[1]
r = hypoco.solve(omega0=[1, 5], gamma=.8, epsilon="0.5*sin(theta)")
seen = r.rate, r.rate.error, r.series, r.g.sel(t=2), r.g_theta_y, r.plot.decay(ax=ax), r.report()
s = hypoco.sweep(epsilon=["sin(theta)", "tanh(theta)"], epsilon_amplitude=np.linspace(0, 2, 41))
lines = s.gap.plot(hue="epsilon")
f = hypoco.solve(epsilon=lambda theta: 0.5 * np.sin(theta))
points = np.linspace(-10, 10, 201)
a = hypoco.solve(epsilon=(points, 0.5 * np.sin(points)))
for result, name in ((r, "run.h5"), (f, "a.h5"), (a, "b.h5")):
    result.save(name)
opened, both = hypoco.open("run.h5"), hypoco.compare("a.h5", "b.h5")
certificate = hypoco.certificate(epsilon="0.3*sin(theta)")
sample = hypoco.sample(learning_rate=.01, staleness=.9, noise=1, paths=100, steps=100)
theory = hypoco.theory(learning_rate=.01, staleness=.9, noise=1)

assert 0 < r.rate < 1 and r.rate.error >= 0 and r.rate == opened.rate, r.rate
assert seen[3].dims == ("pair", "v", "x") and "theta" in seen[4].coords and seen[5] is ax
assert seen[2]["H"].attrs["units"] and open(seen[6], encoding="utf-8").read(15) == "<!DOCTYPE html>"
assert s.gap.dims == ("epsilon", "epsilon_amplitude") and s.gap.shape == (2, 41) and len(lines) == 2
assert s.failed == 0 and abs(both.rates.rate.diff("run").item()) < 1e-5, both.rates.rate
assert abs(certificate.mu - 0.3267949) < 1e-6 and theory.regime == "over-damped"
digest = hashlib.sha256()
for result in (r, f, a, sample):
    for name in sorted(map(str, result.data.data_vars)):
        values = result.data[name].values
        if values.dtype.kind == "f" and not name.endswith("_s"):
            digest.update(name.encode() + values.tobytes())
digest.update(s.gap.values.tobytes())
print(digest.hexdigest(), sys.version.split()[0], np.__version__, matplotlib.__version__)
