/* Differences of eps along lines must not exceed the slopes that a search found,
   or that were given:
   finds jumps and narrow features. */
#include "bounds/boundsimpl.h"
#include <math.h>

enum { LINES = 3 }; /* in each direction for d > 1 */

/* eps at theta_j = x, the other variables as in theta; NaN where it is not finite */
static PetscErrorCode Values(HypSearch *s, PetscInt j, PetscReal theta[], PetscReal x,
                             PetscReal eps[])
{
  PetscBool finite;

  PetscFunctionBeginUser;
  theta[j] = x;
  PetscCall(HypSearchEvaluate(s, 0, 1, theta, eps, &finite));
  for (PetscInt i = 0; i < s->d && !finite; i++) eps[i] = NAN;
  PetscFunctionReturn(0);
}

/*
   Quantity q of the secant (f(b) - f(a))/h = the mean of D e_j between a and b:
   of an entry itself, of the norm |D e_j - c e_j| <= |D - c I|.
   f_i is at f[i stride].  Each is convex, so that of two halves one has at least as much.
*/
static PetscReal Secant(const HypSearch *s, PetscInt q, PetscInt j, PetscInt stride,
                        const PetscReal fa[], const PetscReal fb[], PetscReal h)
{
  const PetscInt i   = q % PetscMax(1, s->entries) / s->d * stride;
  PetscReal      sum = 0;

  if (q < s->entries) return (fb[i] - fa[i]) / h;
  if (q < 2 * s->entries) return (fa[i] - fb[i]) / h;
  for (PetscInt k = 0; k < s->d; k++)
    sum = hypot(sum, (fb[k * stride] - fa[k * stride]) / h - (k == j ? s->c : 0));
  return sum;
}

/*
   On the interval [a, b] of theta_j quantity q of the secant is more than any slope found.
   At the end of the halves that have more there is a steep feature, whose slope is learnt,
   or a jump.
*/
static PetscErrorCode FollowSecant(HypSearch *s, PetscInt q, PetscInt j, PetscReal theta[],
                                   PetscReal a, PetscReal b, PetscBool *jump)
{
  const PetscReal width = b - a;
  PetscReal      *fa, *fb, *fm;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(s->d, &fa, s->d, &fb, s->d, &fm));
  PetscCall(Values(s, j, theta, a, fa));
  PetscCall(Values(s, j, theta, b, fb));
  while (b - a > 1e-7 * width) {
    const PetscReal middle = (a + b) / 2;

    PetscCall(Values(s, j, theta, middle, fm));
    if (Secant(s, q, j, 1, fa, fm, middle - a) > Secant(s, q, j, 1, fm, fb, b - middle)) {
      b = middle;
      PetscCall(PetscArraycpy(fb, fm, s->d));
    } else {
      a = middle;
      PetscCall(PetscArraycpy(fa, fm, s->d));
    }
  }
  theta[j] = a + 0.4 * (b - a);
  for (PetscInt k = 0; k < HypSearchCount(s); k++) {
    if (s->best[k] == PETSC_MIN_REAL) continue; /* not sought */
    PetscCall(PetscArraycpy(s->try, theta, s->d));
    PetscCall(HypSearchImprove(s, k, 1e-3 * width, s->try));
  }
  *jump = Secant(s, q, j, 1, fa, fb, b - a) > s->best[q] + 1e-3 * (1 + PetscAbsReal(s->best[q]))
            ? PETSC_TRUE
            : PETSC_FALSE;
  PetscCall(PetscFree3(fa, fb, fm));
  PetscFunctionReturn(0);
}

/* Along one line of the box, variable j, the quantities from..to-1 */
static PetscErrorCode CheckLine(HypSearch *s, PetscInt from, PetscInt to, PetscInt j,
                                PetscReal theta[], PetscBool *jump)
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
  for (PetscInt q = from; q < to && finite; q++) {
    if (q < 2 * s->entries && q % d != j) continue; /* of another column */
    for (PetscInt l = 0; l + 1 < n && !*jump; l++) {
      const PetscReal a = s->theta[j * n + l], secant = Secant(s, q, j, n, eps + l, eps + l + 1, h);
      PetscReal       size = 0;

      for (PetscInt i = 0; i < d; i++)
        size += PetscAbsReal(eps[i * n + l]) + PetscAbsReal(eps[i * n + l + 1]);
      if (secant > s->best[q] + 1e-6 * (PetscAbsReal(secant) + 1e-3) + 1e-13 * size / h)
        PetscCall(FollowSecant(s, q, j, theta, a, a + h, jump));
    }
  }
  PetscCall(PetscFree(eps));
  PetscFunctionReturn(0);
}

/*
   Quantities from..to-1, entries or the norm, along three lines for each variable
   (one is all there is for d = 1):
   in every box up to `reach`, for d > 3 in the first one
*/
PetscErrorCode HypSearchSecants(HypSearch *s, PetscInt from, PetscInt to, PetscReal reach,
                                PetscBool *jump)
{
  PetscReal *at;

  PetscFunctionBeginUser;
  *jump = PETSC_FALSE;
  PetscCall(PetscMalloc1(s->d, &at));
  for (s->range = s->near; s->range <= (s->entries ? reach : s->near) && !*jump; s->range *= 2) {
    for (PetscInt j = 0; j < s->d; j++) {
      for (PetscInt line = 0; line < (s->d == 1 ? 1 : LINES) && !*jump; line++) {
        for (PetscInt k = 0; k < s->d; k++)
          at[k] = 0.4 * s->range * PetscSinReal(1.7 * (PetscReal)(line + 1) + 0.9 * (PetscReal)k);
        PetscCall(CheckLine(s, from, to, j, at, jump));
      }
    }
  }
  PetscCall(PetscFree(at));
  PetscFunctionReturn(0);
}
