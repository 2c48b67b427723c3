/*
   Exact first and second moments of the Euler-Maruyama scheme of the delay equation on one
   curvature, whose staleness is drawn once for the substeps of a step:

     x_{n+s+1} = x_{n+s} - e x_{n+s-tau S} + noise,   s = 0, ..., S - 1.

   For tau > 0 all that a step reads lies before it, so that x_{n+s} = (x_n - e sum_{i<s}
   x_{n+i-tau S}) + noise; for tau = 0 it is (1 - e)^s x_n + noise.
   Both are linear in the history z = (x_n, ..., x_{n-D}).
   Its moments close when the mean over tau is taken at the end of the step.
*/
#include <hypoco/moments.h>

struct _p_HypHeld {
  HypDelayLaw law; /* of whole steps */
  PetscInt    substeps, n;
  PetscReal  *mean, *S, *S2;    /* [n], [n][n] twice */
  PetscReal *row, *cross, *all; /* E x_{n+s} z: [substeps + 1][n]; sums over tau: [substeps + 1][n],
                                    [substeps + 1][substeps + 1] */
  PetscReal *now, *next;        /* means of x_{n+s}, and their sums over tau */
};

/*@
  HypHeldCreate - The moments at step 0, where every past value equals x0

  Not collective

  Input Parameters:
+ law      - of the staleness in steps, a table, which must outlive it
. substeps - of a step
- x0       - the start

  Output Parameter:
. held - free with HypHeldDestroy()

  Level: intermediate

.seealso: HypHeldStep(), HypHeldMoments(), HypHistoryCreate()
@*/
PetscErrorCode HypHeldCreate(const HypDelayLaw *law, PetscInt substeps, PetscReal x0, HypHeld *held)
{
  HypHeld        h;
  const PetscInt n = PetscMax(law->bound, 1) * substeps + 1, s = substeps + 1;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&h));
  h->law      = *law;
  h->substeps = substeps;
  h->n        = n;
  PetscCall(PetscMalloc3(n, &h->mean, n * n, &h->S, n * n, &h->S2));
  PetscCall(
    PetscMalloc5(s * n, &h->row, s * n, &h->cross, s * s, &h->all, s, &h->now, s, &h->next));
  for (PetscInt i = 0; i < n; i++) h->mean[i] = x0;
  for (PetscInt i = 0; i < n * n; i++) h->S[i] = x0 * x0;
  *held = h;
  PetscFunctionReturn(0);
}

/* The step for one staleness, added with its probability */
static void Add(HypHeld h, PetscInt tau, PetscReal p, PetscReal e, PetscReal noise)
{
  const PetscInt n = h->n, steps = h->substeps;

  h->now[0] = h->mean[0];
  for (PetscInt k = 0; k < n; k++) h->row[k] = h->S[k];
  for (PetscInt s = 0; s < steps; s++) {
    const PetscInt   read = tau * steps - s; /* for tau > 0 a place in the history */
    const PetscReal *x = h->row + s * n, *z = tau ? h->S + read * n : x;
    PetscReal       *y = h->row + (s + 1) * n;

    for (PetscInt k = 0; k < n; k++) y[k] = x[k] - e * z[k];
    h->now[s + 1] = h->now[s] - e * (tau ? h->mean[read] : h->now[s]);
  }
  for (PetscInt s = 1; s <= steps; s++) {
    const PetscReal *x      = h->row + s * n;
    PetscReal        square = x[0], factor = 1; /* E x_{n+s} x_{n+t}, from t = 0 on */

    h->next[s] += p * h->now[s];
    for (PetscInt k = 0; k < n; k++) h->cross[s * n + k] += p * x[k];
    for (PetscInt t = 1; t <= s; t++) {
      PetscReal fed = 0;

      factor *= 1 - e;
      square = tau ? square - e * x[tau * steps - (t - 1)] : factor * x[0];
      for (PetscInt i = 0; i < t; i++)
        fed += tau ? 1 : PetscPowReal(1 - e, (PetscReal)(s - 1 - i + t - 1 - i));
      h->all[s * (steps + 1) + t] += p * (square + noise * fed);
    }
  }
}

/*@
  HypHeldStep - One step of `substeps` substeps

  Not collective

  Input Parameters:
+ held  - the moments
. e     - learning rate of a substep times the curvature
. noise - variance of what a substep adds
- fixed - the staleness of this step where it is not drawn; -1: drawn

  Level: intermediate

.seealso: HypHeldCreate()
@*/
PetscErrorCode HypHeldStep(HypHeld held, PetscReal e, PetscReal noise, PetscInt fixed)
{
  const HypHeld  h = held;
  const PetscInt n = h->n, m = h->substeps, stride = m + 1;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(h->cross, stride * n));
  PetscCall(PetscArrayzero(h->all, stride * stride));
  PetscCall(PetscArrayzero(h->next, stride));
  for (PetscInt tau = PetscMax(fixed, 0); tau <= (fixed < 0 ? h->law.bound : fixed); tau++)
    if (fixed >= 0 || h->law.probability[tau] > 0)
      Add(h, tau, fixed < 0 ? h->law.probability[tau] : 1, e, noise);
  for (PetscInt i = n - 1; i >= 0; i--)
    h->mean[i] = i >= m ? h->mean[i - m] : h->next[m - i]; /* z'_i = x_{n+m-i} */
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = 0; j <= i; j++) {
      const PetscInt s = m - i, t = m - j; /* s <= t; of new values if positive */

      h->S2[i * n + j] = h->S2[j * n + i] = s > 0   ? h->all[t * stride + s]
                                            : t > 0 ? h->cross[t * n + i - m]
                                                    : h->S[(i - m) * n + j - m];
    }
  PetscReal *const old = h->S;

  h->S  = h->S2;
  h->S2 = old;
  PetscFunctionReturn(0);
}

/*@
  HypHeldMoments - E x and E x^2 at the present step

  Not collective

  Input Parameter:
. held - the moments

  Output Parameters:
+ x  - E x
- xx - E x^2

  Level: intermediate

.seealso: HypHeldStep()
@*/
void HypHeldMoments(HypHeld held, PetscReal *x, PetscReal *xx)
{
  *x  = held->mean[0];
  *xx = held->S[0];
}

/*@
  HypHeldDestroy - Frees the moments

  Not collective

  Input Parameter:
. held - set to NULL

  Level: intermediate
@*/
PetscErrorCode HypHeldDestroy(HypHeld *held)
{
  PetscFunctionBeginUser;
  if (!*held) PetscFunctionReturn(0);
  PetscCall(PetscFree3((*held)->mean, (*held)->S, (*held)->S2));
  PetscCall(PetscFree5((*held)->row, (*held)->cross, (*held)->all, (*held)->now, (*held)->next));
  PetscCall(PetscFree(*held));
  PetscFunctionReturn(0);
}
