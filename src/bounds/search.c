/*
   The search for extremes of D = Deps(theta) on boxes |theta_i| <= R, R = near, 2 near, ...,
   1024 near.
   On every box: many points, then a local search from the best of them.
*/
#include "bounds/boundsimpl.h"
#include <gsl/gsl_qrng.h>
#include <petscblaslapack.h>
#include <math.h>

enum { BOXES = 11, LAST = 3 }; /* boxes, and doublings that must not change a bound */

/*
   The largest singular value of D - c I.
   For d = 2 and [a b; e f] = D - c I it is

       (sqrt((a + f)^2 + (b - e)^2) + sqrt((a - f)^2 + (b + e)^2))/2,

   from the two parts that turn and that mirror the plane; LAPACK takes ten times as long.
*/
PetscReal HypSearchDistance(HypSearch *s, PetscReal c)
{
  const PetscBLASInt d = (PetscBLASInt)s->d, lwork = 8 * d, one = 1;
  const PetscReal   *D = s->D;
  PetscBLASInt       info;

  if (d == 2)
    return (hypot(D[0] + D[3] - 2 * c, D[1] - D[2]) + hypot(D[0] - D[3], D[1] + D[2])) / 2;
  for (PetscInt e = 0; e < d * d; e++) s->S[e] = s->D[e] - (e % (d + 1) ? 0 : c);
  if (d == 1) return PetscAbsReal(s->S[0]);
  LAPACKgesvd_("N", "N", &d, &d, s->S, &d, s->values, NULL, &one, NULL, &one, s->work, &lwork,
               &info);
  return info ? PETSC_MAX_REAL : s->values[0];
}

/* The largest eigenvalue of D's symmetric part, or the negative of the smallest one; d = 2:
   half the trace and half the length of what mirrors the plane */
static PetscReal Extreme(HypSearch *s, PetscBool largest)
{
  const PetscBLASInt d = (PetscBLASInt)s->d, lwork = 8 * d;
  const PetscReal   *D = s->D;
  PetscBLASInt       info;

  if (d == 1) return largest ? D[0] : -D[0];
  if (d == 2) return ((largest ? D[0] + D[3] : -D[0] - D[3]) + hypot(D[0] - D[3], D[1] + D[2])) / 2;
  for (PetscInt i = 0; i < d; i++) {
    for (PetscInt j = 0; j < d; j++) s->S[i * d + j] = (D[i * d + j] + D[j * d + i]) / 2;
  }
  LAPACKsyev_("N", "U", &d, s->S, &d, s->values, s->work, &lwork, &info);
  if (info) return PETSC_MAX_REAL;
  return largest ? s->values[d - 1] : -s->values[0];
}

/* Quantity q of the matrix D */
static PetscReal Quantity(HypSearch *s, PetscInt q)
{
  if (q < s->entries) return s->D[q];
  if (q < 2 * s->entries) return -s->D[q - s->entries];
  if (q == 2 * s->entries + 2) return HypSearchDistance(s, s->c);
  return Extreme(s, (PetscBool)(q == 2 * s->entries));
}

/* eps (order 0) or Deps (1) at points; false where a value is not finite.
   The model's own message is for the user, not for a search */
PetscErrorCode HypSearchEvaluate(const HypSearch *s, PetscInt order, PetscInt n,
                                 const PetscReal theta[], PetscReal values[], PetscBool *finite)
{
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code    = s->field(s->model, order, n, theta, values);
  *finite = code ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(PetscPopErrorHandler());
  PetscFunctionReturn(0);
}

PetscReal HypSearchValue(const PetscReal theta[], void *ctx)
{
  HypSearch *s      = (HypSearch *)ctx;
  PetscBool  finite = PETSC_FALSE;

  if (HypSearchEvaluate(s, 1, 1, theta, s->D, &finite) || !finite) return PETSC_MIN_REAL;
  return Quantity(s, s->which);
}

/* The points of a box: one in each of equal intervals for d = 1, else a Halton sequence.
   Not in the middle: points that a symmetry exchanges see nothing of what is between them */
static PetscErrorCode Points(HypSearch *s)
{
  PetscFunctionBeginUser;
  if (s->d == 1) {
    s->spacing = 2 * s->range / (PetscReal)s->n;
    for (PetscInt l = 0; l < s->n; l++)
      s->theta[l] = s->range * (2 * ((PetscReal)l + 0.618) / (PetscReal)s->n - 1);
  } else {
    gsl_qrng *halton = gsl_qrng_alloc(gsl_qrng_halton, (unsigned)s->d);
    double   *point;

    PetscCheck(halton, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a sequence");
    PetscCall(PetscMalloc1(s->d, &point));
    for (PetscInt l = 0; l < s->n; l++) {
      gsl_qrng_get(halton, point);
      for (PetscInt j = 0; j < s->d; j++) s->theta[j * s->n + l] = s->range * (2 * point[j] - 1);
    }
    gsl_qrng_free(halton);
    PetscCall(PetscFree(point));
    s->spacing = 2 * s->range / PetscPowReal((PetscReal)s->n, 1 / (PetscReal)s->d);
  }
  PetscFunctionReturn(0);
}

/*
   J of the points, by differences of eps: they only tell where to look.
   (An exact derivative of a C function takes hundreds of its values.)
*/
PetscErrorCode HypSearchSample(HypSearch *s, PetscBool *finite)
{
  const PetscInt  d = s->d, n = s->n;
  const PetscReal h = 1e-5 * s->near;

  PetscFunctionBeginUser;
  PetscCall(Points(s));
  for (PetscInt j = 0; j < d; j++) {
    PetscReal *theta = s->theta + j * n;

    for (PetscInt l = 0; l < n; l++) theta[l] += h;
    PetscCall(HypSearchEvaluate(s, 0, n, s->theta, s->ahead, finite));
    for (PetscInt l = 0; l < n; l++) theta[l] -= 2 * h;
    if (*finite) PetscCall(HypSearchEvaluate(s, 0, n, s->theta, s->behind, finite));
    for (PetscInt l = 0; l < n; l++) theta[l] += h;
    if (!*finite) PetscFunctionReturn(0);
    for (PetscInt i = 0; i < d; i++) {
      for (PetscInt l = 0; l < n; l++)
        s->J[(i * d + j) * n + l] = (s->ahead[i * n + l] - s->behind[i * n + l]) / (2 * h);
    }
  }
  PetscFunctionReturn(0);
}

/* The largest value of quantity q among the points */
static PetscReal Best(HypSearch *s, PetscInt q, PetscReal at[])
{
  const PetscInt d    = s->d;
  PetscReal      best = PETSC_MIN_REAL;
  PetscInt       top  = 0;

  for (PetscInt l = 0; l < s->n; l++) {
    PetscReal value;

    for (PetscInt e = 0; e < d * d; e++) s->D[e] = s->J[e * s->n + l];
    value = Quantity(s, q);
    if (value <= best) continue;
    best = value;
    top  = l;
  }
  for (PetscInt j = 0; j < d; j++) at[j] = s->theta[j * s->n + top];
  return best;
}

/* Quantity q from a point on, where the derivative is exact;
   kept if it is more than what is known */
PetscErrorCode HypSearchImprove(HypSearch *s, PetscInt q, PetscReal spacing, PetscReal at[])
{
  PetscReal best, once;

  PetscFunctionBeginUser;
  s->which = q;
  best     = HypSearchValue(at, s);
  PetscCall(HypMaximumRefine(s->d, HypSearchValue, s, s->range, spacing, at, &best));
  once = best; /* what another refinement from there adds is the error of the first */
  PetscCall(HypMaximumRefine(s->d, HypSearchValue, s, s->range, 0.1 * spacing, at, &best));
  if (best <= s->best[q]) PetscFunctionReturn(0);
  s->best[q]  = best;
  s->error[q] = best - once;
  PetscCall(PetscArraycpy(s->at + q * s->d, at, s->d));
  PetscFunctionReturn(0);
}

/* Quantities from..to-1 on the box |theta_i| <= range */
PetscErrorCode HypSearchBox(HypSearch *s, PetscReal range, PetscInt from, PetscInt to,
                            PetscBool *finite)
{
  PetscFunctionBeginUser;
  s->range = range;
  s->n     = range <= s->near ? s->near_n : s->far_n;
  PetscCall(HypSearchSample(s, finite));
  if (!*finite) PetscFunctionReturn(0);
  for (PetscInt q = from; q < to; q++) {
    const PetscReal found = Best(s, q, s->try);

    if (found > s->best[q] + 1e-6 * PetscAbsReal(s->best[q]))
      PetscCall(HypSearchImprove(s, q, s->spacing, s->try));
  }
  if (range <= s->near) s->seen = s->spacing;
  s->n = s->far_n;
  PetscFunctionReturn(0);
}

/* A bound is never below the truth: extremes are rounded outward,
   by the error of their refinement and 5e-10 of themselves; those that do not vary are not */
PetscReal HypSearchOutward(const HypSearch *s, PetscInt q)
{
  return s->best[q] + s->error[q] + 5e-10 * PetscAbsReal(s->best[q]);
}

/* Quantities on growing boxes, from what is known of them:
   did the last doublings change each of them, by more than 1e-3 of itself
   or of the largest quantity of the first box?  first[] is what the first box gave */
PetscErrorCode HypSearchGrow(HypSearch *s, PetscInt from, PetscInt to, PetscReal first[],
                             PetscReal *reach, PetscBool settled[])
{
  PetscReal *before, scale = 0;
  PetscBool  finite = PETSC_TRUE;
  PetscInt   box    = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(BOXES * (to - from), &before));
  for (; box < BOXES && finite; box++) {
    const PetscReal range = s->near * PetscPowReal(2, (PetscReal)box);

    PetscCall(HypSearchBox(s, range, from, to, &finite));
    if (!box && !finite) /* let the model say what is wrong */
      PetscCall(s->field(s->model, 0, s->n, s->theta, s->J));
    if (!finite) break;
    *reach = range;
    for (PetscInt q = from; q < to; q++) {
      before[box * (to - from) + q - from] = s->best[q];
      if (!box) first[q - from] = s->best[q];
    }
  }
  for (PetscInt q = from; q < to; q++) scale = PetscMax(scale, PetscAbsReal(first[q - from]));
  s->growth = 0;
  for (PetscInt q = from; q < to; q++) {
    const PetscReal size   = PetscMax(scale, PetscAbsReal(s->best[q])),
                    change = box > LAST
                               ? s->best[q] - before[(box - 1 - LAST) * (to - from) + q - from]
                               : PETSC_MAX_REAL;

    settled[q - from] = change <= 1e-3 * size ? PETSC_TRUE : PETSC_FALSE;
    if (!settled[q - from]) s->growth = PetscMax(s->growth, change / size);
  }
  PetscCall(PetscFree(before));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSearchCreate(HypModel model, HypSearchField field, PetscReal near, HypSearch *s)
{
  const PetscInt d = HypModelDimension(model);

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(s, sizeof(*s)));
  s->model   = model;
  s->field   = field;
  s->near    = near;
  s->d       = d;
  s->entries = d <= 3 ? d * d : 0;
  s->far_n   = d == 1 ? 4000 : PetscMax(40, PetscMin(2048, 40000000 / (d * d * d)));
  s->near_n  = d == 1 || d > 3 ? s->far_n : 16 * s->far_n; /* most of a loss happens there */
  s->n       = s->far_n;
  PetscCall(PetscMalloc5(d * s->near_n, &s->theta, d * d * s->near_n, &s->J, d * s->near_n,
                         &s->ahead, d * s->near_n, &s->behind, d, &s->try));
  PetscCall(PetscCalloc1(HypSearchCount(s), &s->error));
  PetscCall(PetscMalloc6(HypSearchCount(s), &s->best, d * HypSearchCount(s), &s->at, d * d, &s->D,
                         d * d, &s->S, d, &s->values, 8 * d, &s->work));
  for (PetscInt q = 0; q < HypSearchCount(s); q++) s->best[q] = PETSC_MIN_REAL;
  PetscFunctionReturn(0);
}

PetscErrorCode HypSearchDestroy(HypSearch *s)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(s->theta, s->J, s->ahead, s->behind, s->try));
  PetscCall(PetscFree(s->error));
  PetscCall(PetscFree6(s->best, s->at, s->D, s->S, s->values, s->work));
  PetscFunctionReturn(0);
}
