/*
   The Poincare constant of e^{-W} on a line or a circle, of one coordinate, however small it is.

   On cells of width h, with p at their centres and q at the faces between them, it is

       m = min sum_k q_k (f_{k+1} - f_k)^2 / (h^2 sum_k p_k f_k^2),  sum_k p_k f_k = 0,

   the square of the smallest positive singular value of the bidiagonal matrix with the entries
   -(q_k/p_k)^{1/2}/h, (q_k/p_{k+1})^{1/2}/h.
   These are differences of W, and bisection on the matrix with both signs of the singular values
   loses no relative accuracy (Golub and Kahan; Demmel and Kahan): m = 1e-20 has as many digits as
   m = 1.  Eigenvalues of a^T a would be lost in the rounding of its largest one.
   The scheme is of second order; the number of cells doubles until m stands still.
*/
#include "bounds/boundsimpl.h"
#include <petscblaslapack.h>
#include <math.h>

enum { FIRST = 1024, MOST = 1 << 17, SCAN = 4096 };

/* In no cell W differs from a straight line by more than ROUGH, else it is not resolved;
   where W - min W > DEEP there is no mass that counts */
#define ROUGH 0.05
#define DEEP  100.0

typedef struct {
  const HypWeight *weight;
  PetscReal        lo, h; /* W[k] at lo + k h/2, k = 0..2n */
  PetscInt         n;
  PetscReal       *W;
} Line;

/* W at the centres and faces of n cells on [lo, lo + n h] */
static PetscErrorCode Sample(Line *line, PetscReal lo, PetscReal h, PetscInt n)
{
  PetscFunctionBeginUser;
  line->lo = lo;
  line->h  = h;
  line->n  = n;
  PetscCall(PetscFree(line->W));
  PetscCall(PetscMalloc1(2 * n + 1, &line->W));
  for (PetscInt k = 0; k <= 2 * n; k++)
    PetscCall(line->weight->potential(lo + (PetscReal)k * h / 2, &line->W[k], line->weight->ctx));
  PetscFunctionReturn(0);
}

static PetscReal Least(const Line *line)
{
  PetscReal least = PETSC_INFINITY;

  for (PetscInt k = 0; k <= 2 * line->n; k++) least = PetscMin(least, line->W[k]);
  return least;
}

/* The places between which there is mass */
static void Hull(const Line *line, PetscInt *first, PetscInt *last)
{
  const PetscReal high = Least(line) + DEEP;

  *first = 0;
  *last  = 2 * line->n;
  while (*first < *last && !(line->W[*first] <= high)) *first += 1;
  while (*last > *first && !(line->W[*last] <= high)) *last -= 1;
}

/* From `from` outwards: how far W falls below what it has reached, before `middle` and after it */
static void Dips(const Line *line, PetscInt from, PetscInt middle, PetscInt to, PetscReal dips[2])
{
  const PetscInt step = to > from ? 1 : -1;
  PetscReal      top  = line->W[from];

  for (PetscInt k = from; k != to + step; k += step) {
    PetscReal *dip = &dips[(k - middle) * step > 0];

    top = PetscMax(top, line->W[k]);
    if (isnan(line->W[k]))
      *dip = PETSC_INFINITY;
    else if (line->W[k] < top) /* a wall of +infinity is none */
      *dip = PetscMax(*dip, top - line->W[k]);
  }
}

/* Is all mass between two places far from both ends, and no well outside deeper than inside? */
static PetscBool Holds(const Line *line, PetscInt *first, PetscInt *last)
{
  const PetscInt all     = 2 * line->n;
  PetscReal      dips[2] = {0, 0};
  PetscInt       lowest  = 0;

  Hull(line, first, last);
  if (*first < all / 4 || *last > all - all / 4) return PETSC_FALSE;
  for (PetscInt k = *first; k <= *last; k++) {
    if (line->W[k] < line->W[lowest]) lowest = k;
  }
  Dips(line, lowest, *last, all, dips);
  Dips(line, lowest, *first, 0, dips);
  return dips[1] <= dips[0] ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool Resolved(const Line *line)
{
  for (PetscInt k = 0; k < 2 * line->n; k += 2) {
    if (!(PetscAbsReal(line->W[k + 1] - (line->W[k] + line->W[k + 2]) / 2) <= ROUGH))
      return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

static PetscErrorCode Smallest(const Line *line, PetscReal *m)
{
  const PetscReal tiny = 1e-300, none = 0;
  PetscReal      *d, *e, *values, *work;
  PetscBLASInt   *iwork, *block, *split, size, found, blocks, info, index;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(2 * line->n - 1, &size));
  PetscCall(PetscBLASIntCast(line->n + 1, &index)); /* n - 1 negative ones, 0, the smallest */
  PetscCall(PetscCalloc1(size, &d));
  PetscCall(PetscMalloc3(size, &e, size, &values, 4 * size, &work));
  PetscCall(PetscMalloc3(3 * size, &iwork, size, &block, size, &split));
  for (PetscInt k = 0; k < line->n - 1; k++) {
    const PetscReal face = line->W[2 * k + 2];

    e[2 * k]     = PetscExpReal((line->W[2 * k + 1] - face) / 2) / line->h;
    e[2 * k + 1] = PetscExpReal((line->W[2 * k + 3] - face) / 2) / line->h;
  }
  LAPACKstebz_("I", "E", &size, &none, &none, &index, &index, &tiny, d, e, &found, &blocks, values,
               block, split, work, iwork, &info);
  PetscCheck(!info && found == 1, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK: no singular value of %" PetscInt_FMT " cells", line->n);
  *m = PetscSqr(values[0]);
  PetscCall(PetscFree(d));
  PetscCall(PetscFree3(e, values, work));
  PetscCall(PetscFree3(iwork, block, split));
  PetscFunctionReturn(0);
}

/* The interval outside of which there is no mass; length 0 where none is found */
static PetscErrorCode Interval(Line *line, PetscReal *lo, PetscReal *length)
{
  PetscInt first, last;

  PetscFunctionBeginUser;
  *length = 0;
  for (PetscReal L = 8.1387261; L < 4096 && *length == 0; L *= 2) { /* out of step with waves */
    PetscCall(Sample(line, -2 * L, 4 * L / SCAN, SCAN));
    if (!Holds(line, &first, &last)) continue;
    *lo     = line->lo + (PetscReal)(first - 1) * line->h / 2;
    *length = (PetscReal)(last - first + 2) * line->h / 2;
  }
  PetscFunctionReturn(0);
}

/* A circle is cut where W is highest: without the face there the form, and so m, is smaller */
static PetscErrorCode Cut(Line *line, PetscReal period, PetscReal *lo, PetscReal *length)
{
  PetscInt highest = 0;

  PetscFunctionBeginUser;
  PetscCall(Sample(line, 0, period / SCAN, SCAN));
  for (PetscInt k = 1; k <= 2 * SCAN; k++) {
    if (line->W[k] > line->W[highest]) highest = k;
  }
  *lo     = (PetscReal)highest * period / (2 * SCAN);
  *length = period;
  PetscFunctionReturn(0);
}

/*
  HypPoincareCells - The Poincare constant of e^{-W} on a line or a circle, by cells

  Not collective

  Input Parameters:
+ weight - W(X)
- period - of X on a circle; 0: a line

  Output Parameters:
+ m     - the constant of e^{-W(X)}, in units of X; on a circle one that is not larger
- error - its error; infinite where W is not resolved, or where no interval holds its mass
*/
PetscErrorCode HypPoincareCells(const HypWeight *weight, PetscReal period, PetscReal *m,
                                PetscReal *error)
{
  Line      line = {.weight = weight};
  PetscReal lo = 0, length = 0, before = NAN;

  PetscFunctionBeginUser;
  *m     = 0;
  *error = PETSC_INFINITY;
  if (period > 0)
    PetscCall(Cut(&line, period, &lo, &length));
  else
    PetscCall(Interval(&line, &lo, &length));
  for (PetscInt n = FIRST; length > 0 && n <= MOST && !(*error <= 1e-5 * *m); n *= 2) {
    PetscCall(Sample(&line, lo, length / (PetscReal)n, n));
    if (!Resolved(&line)) continue;
    PetscCall(Smallest(&line, m));
    if (!isnan(before)) *error = PetscAbsReal(*m - before);
    before = *m;
  }
  *error = *error <= 0.1 * *m ? PetscMax(*error, 1e-12 * *m) : PETSC_INFINITY;
  PetscCall(PetscFree(line.W));
  PetscFunctionReturn(0);
}
