/*
   Mean-square stability of linear stochastic recursions and equations,
   whatever the law of the staleness.

   In the eigenbasis of f'' (eigenvalues a_1, ..., a_n) the deviation from the minimiser obeys,
   coordinate by coordinate,

       x_{j+1} = x_j + mu (x_j - x_{j-1}) - eta a (p * x)_j + u_j,
       (p * x)_j = sum_l P(tau = l) x_{j-l},

   where u_j has mean 0 given the past: what the draw of the staleness and of the component adds.
   With D_a(z) = (z - 1)(1 - mu/z) + eta a P(1/z) and H_a = 1/D_a on |z| = 1,
   a stationary u of covariance V gives x the covariance S_ab = V_ab K_ab,
   K_ab = mean of H_a conj(H_b), and p * x the same with |P|^2 K.  In turn

       V = eta^2 [N(S)/b + A (S - M) A] + ...,   N(S) = Cov_i(grad f_i) for E x x^T = S,
       M_ab = V_ab mean |P|^2 H_a conj(H_b).

   V -> V is linear and positive;
   second moments stay bounded exactly if the means do and its spectral radius is below 1.
   The modified equations have kernels K of their own,
   in closed form (Lyapunov equations of pairs of coordinates).
*/
#include <hypoco/moments.h>
#include <petscblaslapack.h>

/* P(1/z), z = e^{i phi} */
static double complex LawAt(const HypDelayLaw *law, PetscReal phi)
{
  const double complex w   = cexp(-I * phi);
  double complex       sum = 0;

  PetscInt least = 0;

  if (!law->probability) return (1 - law->kappa) / (1 - law->kappa * w);
  while (least < law->bound && law->probability[least] == 0) least++; /* a fixed delay: the last */
  for (PetscInt l = law->bound; l >= least; l--) sum = sum * w + law->probability[l];
  return sum * cexp(-I * phi * (PetscReal)least);
}

/* The e = eta a for which e^{i phi} is a root of D: real where the imaginary part vanishes */
static double complex RootLevel(const HypDelayLaw *law, PetscReal mu, PetscReal phi)
{
  const double complex z = cexp(I * phi);

  return -(z - 1) * (1 - mu / z) / LawAt(law, phi);
}

/*@
  HypDelayMeanLimit - The largest eta a for which E x is stable, for any law of the staleness and
  with momentum

  Not collective

  Input Parameters:
+ law - geometric or bounded
- mu  - momentum, in [0, 1)

  Level: intermediate

  Notes:
  The smallest positive e at which (z - 1)(1 - mu/z) + e P(1/z) has a root on the unit circle:
  found by scanning the circle for changes of sign of Im e and bisecting.
  For a fixed delay l without momentum it is HypDelayStabilityLimit().

.seealso: HypMeanSquareRadius(), HypDelayStabilityLimit()
@*/
PetscReal HypDelayMeanLimit(const HypDelayLaw *law, PetscReal mu)
{
  const PetscInt  points = 400 * (law->probability ? law->bound + 2 : 10);
  const PetscReal end    = creal(RootLevel(law, mu, PETSC_PI));
  PetscReal       limit = end > 0 ? end : PETSC_MAX_REAL, before = 1e-9 / points,
            last = cimag(RootLevel(law, mu, before));

  for (PetscInt k = 1; k < points; k++) {
    const PetscReal phi = PETSC_PI * (PetscReal)k / (PetscReal)points;
    const PetscReal now = cimag(RootLevel(law, mu, phi));
    PetscReal       low = before, high = phi;

    if (now * last < 0) {
      for (int i = 0; i < 60; i++) {
        const PetscReal middle = (low + high) / 2;

        if (cimag(RootLevel(law, mu, middle)) * last > 0)
          low = middle;
        else
          high = middle;
      }
      const double complex e = RootLevel(law, mu, low); /* at a pole of e the sign changes too */

      if (creal(e) > 0 && PetscAbsReal(cimag(e)) < 1e-6 * creal(e))
        limit = PetscMin(limit, creal(e));
    }
    before = phi;
    last   = now;
  }
  return limit;
}

/*
   Means over the circle by the trapezoidal rule in u, phi = 2 atan(s tan(u/2)),
   which gathers nodes about z = 1 where slow modes have their poles:
   both distances, eta a_min and 1, become about s = sqrt(eta a_min).
*/
static PetscErrorCode CircleMeans(const HypRecursion *r, PetscInt nodes, PetscReal *K, PetscReal *M)
{
  const PetscInt  n     = r->n;
  PetscReal       least = PETSC_MAX_REAL, s;
  double complex *H;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &H));
  PetscCall(PetscArrayzero(K, n * n));
  PetscCall(PetscArrayzero(M, n * n));
  for (PetscInt a = 0; a < n; a++) least = PetscMin(least, r->eta * r->curvature[a]);
  s = PetscMin(1, PetscSqrtReal(least));
  for (PetscInt k = 0; k < nodes; k++) { /* the upper half: the lower one has the conjugates */
    const PetscReal u = PETSC_PI * ((PetscReal)k + 0.5) / (PetscReal)nodes, c = PetscCosReal(u / 2),
                    t      = PetscSinReal(u / 2);
    const PetscReal phi    = 2 * atan2(s * t, c),
                    weight = s / (c * c + s * s * t * t) / (PetscReal)nodes;
    const double complex z = cexp(I * phi), P = LawAt(&r->law, phi),
                         free = (z - 1) * (1 - r->momentum / z);
    const PetscReal P2        = creal(P) * creal(P) + cimag(P) * cimag(P);

    for (PetscInt a = 0; a < n; a++) H[a] = 1 / (free + r->eta * r->curvature[a] * P);
    for (PetscInt a = 0; a < n; a++)
      for (PetscInt b = r->rows ? 0 : a; b <= a; b++) { /* additive noise: the diagonal decides */
        const PetscReal term = weight * creal(H[a] * conj(H[b]));

        K[a * n + b] += term;
        M[a * n + b] += P2 * term;
      }
  }
  for (PetscInt a = 0; a < n; a++)
    for (PetscInt b = 0; b < a; b++) {
      K[b * n + a] = K[a * n + b];
      M[b * n + a] = M[a * n + b];
    }
  PetscCall(PetscFree(H));
  PetscFunctionReturn(0);
}

/*@
  HypRecursionKernels - K with S = V K, and L with A (S - M) A = V L, entry by entry:
  the algorithm's own

  Not collective

  Input Parameter:
. r - the recursion; eta times the largest curvature below HypDelayMeanLimit()

  Output Parameters:
+ K      - n*n numbers, symmetric; the diagonal only where the noise is additive
. L      - n*n numbers, likewise
- factor - eta^2

  Level: advanced

  Notes:
  Nodes are doubled until the traces agree to 1e-10 of themselves, at most 2^18 times.

.seealso: HypMeanSquareRadius()
@*/
PetscErrorCode HypRecursionKernels(const HypRecursion *r, PetscReal *K, PetscReal *L,
                                   PetscReal *factor)
{
  const PetscInt n   = r->n;
  PetscReal      old = 0;

  PetscFunctionBeginUser;
  *factor = r->eta * r->eta;
  for (PetscInt nodes = 256; nodes <= 1 << 18; nodes *= 2) {
    PetscReal trace = 0;

    PetscCall(CircleMeans(r, nodes, K, L));
    for (PetscInt a = 0; a < n; a++) trace += K[a * n + a] * r->curvature[a];
    if (PetscAbsReal(trace - old) <= 1e-10 * trace) break;
    old = trace;
  }
  for (PetscInt a = 0; a < n; a++)
    for (PetscInt b = 0; b < n; b++)
      L[a * n + b] = r->curvature[a] * r->curvature[b] * (K[a * n + b] - L[a * n + b]);
  PetscFunctionReturn(0);
}

/* C <- Cov_i(grad f_i) for E x x^T = S: (1/rows) sum_i r_i r_i^T (r_i . S r_i) - A S A;  work:
   rows*(n + 1) numbers, then n*n */
static PetscErrorCode NoiseMap(const HypRecursion *r, const PetscReal *S, PetscReal *C,
                               PetscReal *work)
{
  PetscBLASInt    n, rows;
  const PetscReal one = 1, zero = 0;
  PetscReal      *scaled = work + r->rows;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(r->n, &n));
  PetscCall(PetscBLASIntCast(r->rows, &rows));
  PetscCallBLAS("BLASgemm",
                BLASgemm_("N", "N", &n, &rows, &n, &one, S, &n, r->row, &n, &zero, scaled, &n));
  for (PetscInt i = 0; i < r->rows; i++) {
    PetscReal square = 0;

    for (PetscInt a = 0; a < r->n; a++) square += scaled[i * r->n + a] * r->row[i * r->n + a];
    for (PetscInt a = 0; a < r->n; a++)
      scaled[i * r->n + a] = square / (PetscReal)r->rows * r->row[i * r->n + a];
  }
  PetscCallBLAS("BLASgemm",
                BLASgemm_("N", "T", &n, &n, &rows, &one, scaled, &n, r->row, &n, &zero, C, &n));
  for (PetscInt a = 0; a < r->n; a++)
    for (PetscInt b = 0; b < r->n; b++)
      C[a * r->n + b] -= r->curvature[a] * r->curvature[b] * S[a * r->n + b];
  PetscFunctionReturn(0);
}

/*@
  HypMeanSquareRadius - The spectral radius of V -> factor [N(V K)/batch + V L]:
  below 1 exactly if second moments are stable

  Not collective

  Input Parameters:
+ r      - eigenvalues and, where the noise depends on theta, the rows of a least-squares loss
. K      - n*n, covariance per noise
. L      - n*n, what else feeds the noise, per noise
- factor - of both

  Output Parameter:
. radius - to about 1e-9

  Level: advanced

  Notes:
  Power iteration from the identity:
  the map is positive, so its largest eigenvalue is real and has a positive semi-definite
  eigenvector.
  With additive noise the map is diagonal and the radius its largest entry.

.seealso: HypRecursionKernels(), HypDelayMeanLimit()
@*/
PetscErrorCode HypMeanSquareRadius(const HypRecursion *r, const PetscReal *K, const PetscReal *L,
                                   PetscReal factor, PetscReal *radius)
{
  const PetscInt size = r->n * r->n;
  PetscReal     *V, *S, *C, *work, old = -1;

  PetscFunctionBeginUser;
  *radius = 0;
  if (!r->rows) {
    for (PetscInt a = 0; a < r->n; a++) *radius = PetscMax(*radius, factor * L[a * r->n + a]);
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc4(size, &V, size, &S, size, &C, r->rows * (r->n + 1), &work));
  for (PetscInt a = 0; a < r->n; a++) V[a * r->n + a] = 1 / (PetscReal)r->n;
  for (PetscInt it = 0; it < 2000 && PetscAbsReal(*radius - old) > 1e-9 * *radius; it++) {
    PetscReal trace = 0;

    old = *radius;
    for (PetscInt k = 0; k < size; k++) S[k] = V[k] * K[k];
    PetscCall(NoiseMap(r, S, C, work));
    for (PetscInt k = 0; k < size; k++) V[k] = factor * (C[k] / (PetscReal)r->batch + L[k] * V[k]);
    for (PetscInt a = 0; a < r->n; a++) trace += V[a * r->n + a];
    *radius = trace;
    if (!(trace > 0)) break;
    for (PetscInt k = 0; k < size; k++) V[k] /= trace;
  }
  PetscCall(PetscFree4(V, S, C, work));
  PetscFunctionReturn(0);
}

/* The learning rate from which on the means are unstable; the equations' never are */
static PetscReal MeanLimit(const HypRecursion *r)
{
  PetscReal largest = 0;

  if (r->equation) return PETSC_MAX_REAL;
  for (PetscInt a = 0; a < r->n; a++) largest = PetscMax(largest, r->curvature[a]);
  return HypDelayMeanLimit(&r->law, r->momentum) / largest;
}

/* radius may be infinite; means: MeanLimit() */
static PetscErrorCode Radius(const HypRecursion *r, PetscReal means, PetscReal *radius)
{
  PetscReal *K, *L, factor;

  PetscFunctionBeginUser;
  *radius = PETSC_INFINITY;
  if (r->eta >= means * (1 - 1e-12)) PetscFunctionReturn(0);
  PetscCall(PetscCalloc2(r->n * r->n, &K, r->n * r->n, &L));
  PetscCall((r->equation ? r->equation : HypRecursionKernels)(r, K, L, &factor));
  PetscCall(HypMeanSquareRadius(r, K, L, factor, radius));
  PetscCall(PetscFree2(K, L));
  PetscFunctionReturn(0);
}

/*@
  HypMeanSquareLimit - The learning rate up to which second moments of a linear algorithm are stable

  Not collective

  Input Parameter:
. r - the recursion; eta is where to look first

  Output Parameters:
+ stable - at r->eta
- limit  - r->eta if it is stable (and then no limit was looked for),
  else the largest stable learning rate, to 1e-8

  Level: intermediate

.seealso: HypAsgdStabilityLimit(), HypDelayMeanLimit()
@*/
PetscErrorCode HypMeanSquareLimit(const HypRecursion *r, PetscBool *stable, PetscReal *limit)
{
  const PetscReal means = MeanLimit(r);
  HypRecursion    at    = *r;
  PetscReal       low   = 0, high, radius;

  PetscFunctionBeginUser;
  PetscCall(Radius(&at, means, &radius));
  *stable = radius < 1 ? PETSC_TRUE : PETSC_FALSE;
  *limit  = r->eta;
  if (*stable) PetscFunctionReturn(0);
  high   = PetscMin(r->eta, means);
  at.eta = high * (1 - 1e-9);
  PetscCall(Radius(&at, means, &radius));
  if (radius < 1) low = high; /* the means decide */
  while (high - low > 1e-8 * high) {
    at.eta = (low + high) / 2;
    PetscCall(Radius(&at, means, &radius));
    if (radius < 1)
      low = at.eta;
    else
      high = at.eta;
  }
  *limit = low;
  PetscFunctionReturn(0);
}
