/* Differences of eps along lines must not exceed the slopes that a search found:
   finds jumps and narrow features. */
#include "bounds/boundsimpl.h"
#include <math.h>

enum { LINES = 3 }; /* in each direction for d > 1 */

/* eps_i at theta_j = x, the other variables as in theta */
static PetscErrorCode Component(HypSearch *s, PetscInt i, PetscInt j, PetscReal theta[],
                                PetscReal x, PetscReal *value)
{
  PetscBool finite;

  PetscFunctionBeginUser;
  theta[j] = x;
  PetscCall(HypSearchEvaluate(s, 0, 1, theta, s->values, &finite));
  *value = finite ? s->values[i] : NAN;
  PetscFunctionReturn(0);
}

/*
   The interval [a, b] of theta_j has a steeper secant than any slope of eps_i found.
   Of two halves one is at least as steep: at its end there is a steep feature,
   whose slope is learnt, or a jump.  sign: +1 for the largest slope, -1 for the smallest
*/
static PetscErrorCode FollowSecant(HypSearch *s, PetscInt i, PetscInt j, PetscReal sign,
                                   PetscReal theta[], PetscReal a, PetscReal b, PetscBool *jump)
{
  const PetscInt q  = sign > 0 ? i * s->d + j : s->entries + i * s->d + j;
  PetscReal      fa = 0, fb = 0, fm = 0, width = b - a;

  PetscFunctionBeginUser;
  PetscCall(Component(s, i, j, theta, a, &fa));
  PetscCall(Component(s, i, j, theta, b, &fb));
  while (b - a > 1e-7 * width) {
    const PetscReal middle = (a + b) / 2;

    PetscCall(Component(s, i, j, theta, middle, &fm));
    if (sign * (fm - fa) > sign * (fb - fm)) {
      b  = middle;
      fb = fm;
    } else {
      a  = middle;
      fa = fm;
    }
  }
  theta[j] = a + 0.4 * (b - a);
  for (PetscInt k = 0; k < HypSearchNorm(s); k++) {
    PetscCall(PetscArraycpy(s->try, theta, s->d));
    PetscCall(HypSearchImprove(s, k, 1e-3 * width, s->try));
  }
  *jump = sign * (fb - fa) / (b - a) > s->best[q] + 1e-3 * (1 + PetscAbsReal(s->best[q]))
            ? PETSC_TRUE
            : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* Along one line of the box, variable j */
static PetscErrorCode CheckLine(HypSearch *s, PetscInt j, PetscReal theta[], PetscBool *jump)
{
  const PetscInt  d = s->d, n = s->n;
  const PetscReal h = 2 * s->range / (PetscReal)n;
  PetscReal      *eps;
  PetscBool       finite;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(d * n, &eps));
  for (PetscInt l = 0; l < n; l++) {
    for (PetscInt k = 0; k < d; k++)
      s->theta[k * n + l] = k == j ? -s->range + ((PetscReal)l + 0.5) * h : theta[k];
  }
  PetscCall(HypSearchEvaluate(s, 0, n, s->theta, eps, &finite));
  for (PetscInt i = 0; i < d && finite; i++) {
    for (PetscInt l = 0; l + 1 < n && !*jump; l++) {
      const PetscReal a = s->theta[j * n + l], *f = eps + i * n, secant = (f[l + 1] - f[l]) / h,
                      rounding = 1e-13 * (PetscAbsReal(f[l]) + PetscAbsReal(f[l + 1])) / h;
      const PetscReal high = s->best[i * d + j], low = -s->best[s->entries + i * d + j],
                      allowed = 1e-6 * (PetscAbsReal(secant) + 1e-3) + rounding;

      if (secant > high + allowed) PetscCall(FollowSecant(s, i, j, 1, theta, a, a + h, jump));
      if (secant < low - allowed) PetscCall(FollowSecant(s, i, j, -1, theta, a, a + h, jump));
    }
  }
  PetscCall(PetscFree(eps));
  PetscFunctionReturn(0);
}

/* In the first box, three lines for each variable (one is all there is for d = 1) */
PetscErrorCode HypSearchSecants(HypSearch *s, PetscBool *jump)
{
  PetscReal at[3];

  PetscFunctionBeginUser;
  s->range = s->near;
  *jump    = PETSC_FALSE;
  for (PetscInt j = 0; j < s->d && s->entries; j++) {
    for (PetscInt line = 0; line < (s->d == 1 ? 1 : LINES) && !*jump; line++) {
      for (PetscInt k = 0; k < s->d; k++)
        at[k] = 0.4 * s->near * PetscSinReal(1.7 * (PetscReal)(line + 1) + 0.9 * (PetscReal)k);
      PetscCall(CheckLine(s, j, at, jump));
    }
  }
  PetscFunctionReturn(0);
}
