/*
   The error bar of an eigenvalue.

   Where a finer space costs little (finer.c), with three halves of the degree,
   f is the distance to it, which is nearly the error itself, and the bar is

       8 max(f, f'/10, d_1/10),

   f' the largest f of the neighbours in the list and d_1 the distance to the coarser space:
   where f is small by accident these are not.  d_1/3 where a space ends in the midst of eps or F:
   coefficients of a step go round together, and f of all eigenvalues is small at once.

   Elsewhere it comes from three spaces, each with two thirds of the one before.
   d_1 and d_2 are the distances from the finest to the middle and from there to the coarsest.
   Coefficients of a series change their signs, so that one distance may be small by accident.
   Neighbours in the list lack the same coefficients, but each has accidents of its own:
   q, the largest of their d_1 over the largest of their d_2, at most 1, shows how fast errors fall,
   and e = max(d_1, q d_2) is how far the middle space is off.
   A d_1 that is rounding shows nothing.
   An eigenvalue alone takes q >= 1/2, unless eps and F end inside the space.
   What is left on the finest space is the geometric series e q/(1 - q), with a factor, and no step
   is believed to gain more than the space lets it:

       more than 3/100 of eps is beyond the space,    5/2, 1/2 <= q <= 9/10, in e too: three spaces
       or the space ends at 1/100 of ||F/M||          agree on what all of them leave out
       more than a millionth of eps is                2, 1/2 <= q <= 3/4: they fall slowly
       neither                                        3/2, 1/20 <= q <= 3/4; of cells, whose order
                                                      is the second, 4/9 <= q

   docs/mathematics.md says which problems these numbers were found on, and what they cover.
   Positive fluxes are of first order and begin to converge late: three times the larger distance.
   Where the coarser model has thinned tables, d_1 is the distance to the middle space with the
   whole tables, and what thinning moves there is added: with one sign or the other, the two could
   cancel.
   To this come the residual, how far a double eigenvalue is split, and rounding: eigenvalues that
   are near lambda, at the distance s, magnify it by |lambda|/s.
*/
#include "spectrum/spectrumimpl.h"
#include <hypoco/resolution.h>
#include <math.h>

#define TAIL  1e-6  /* of eps beyond the space: it does not converge like a power series */
#define MUCH  0.03  /* of eps beyond the space: all spaces miss it */
#define EDGE  1e-4  /* of ||F/M||^2 where the space ends: all spaces miss what follows */
#define FLOOR 1e-12 /* of an eigenvalue: what rounding leaves of the solver */
#define WORST 100   /* times so much where eigenvalues are near each other */
#define ALONE 0.5   /* q of an eigenvalue with no other to compare with */
#define NEAR  2     /* so many places in the list away */
#define SURE  8     /* times the distance to a finer space */
#define SPLIT                                                                                      \
  1e-6 /* nearer eigenvalues may be one, which rounding splits by the root of its size */

/* The nearest of a list; its distance */
static PetscReal Nearest(const HypSpectrum *s, PetscReal real, PetscReal imag, PetscInt *which)
{
  PetscReal nearest = PETSC_INFINITY;

  *which = -1;
  for (PetscInt k = 0; k < s->n; k++) {
    const PetscReal d = hypot(s->real[k] - real, s->imag[k] - imag);

    if (d < nearest) {
      nearest = d;
      *which  = k;
    }
  }
  return nearest;
}

/* How far a double eigenvalue is split */
static PetscReal Split(const HypSpectrum *s, PetscInt k)
{
  PetscReal split = 0;

  for (PetscInt j = 1; j < s->n; j++) {
    const PetscReal apart = hypot(s->real[k] - s->real[j], s->imag[k] - s->imag[j]);

    if (apart < SPLIT * (1 + PetscAbsReal(s->real[k]))) split = PetscMax(split, apart);
  }
  return split;
}

/* What rounding leaves: more of an eigenvalue that others are near to */
static PetscReal Rounding(const HypSpectrum *s, PetscInt k)
{
  const PetscReal size  = hypot(s->real[k], s->imag[k]);
  PetscReal       worse = 1;

  for (PetscInt j = 1; j < s->n; j++) {
    const PetscReal apart = hypot(s->real[k] - s->real[j], s->imag[k] - s->imag[j]);

    if (j != k) worse = PetscMax(worse, apart * WORST > size ? size / apart : WORST);
  }
  return worse * FLOOR * size + s->residual[k];
}

typedef enum { SERIES, CELLS, SLOW, MISSING, POSITIVE, KINDS } Kind;

/* The factor, and q at least and at most */
static const struct {
  PetscReal factor, low, high;
} LEFT[KINDS] = {
  [SERIES]  = {1.5, 0.05, 0.75},
  [CELLS]   = {1.5, 4. / 9, 0.75},
  [SLOW]    = {2.0, 0.5, 0.75},
  [MISSING] = {2.5, 0.5, 0.9},
};

/* The distances d_1 and d_2 of each eigenvalue, and f to the finer space, NaN where there is
   nothing to compare with; do they show how fast errors fall? */
typedef struct {
  PetscInt   n;
  PetscReal *d1, *d2, *finer, *table;
  PetscBool *shows;
} Distances;

static void Measure(const HypSpectrum *spectrum, const HypSpectrum *whole,
                    const HypSpectrum *coarse, const HypSpectrum *coarsest,
                    const HypSpectrum *finer, Distances *d)
{
  for (PetscInt k = 0; k < d->n; k++) {
    PetscInt at, thinned, none;

    d->finer[k] = finer ? Nearest(finer, spectrum->real[k], spectrum->imag[k], &at) : NAN;
    d->d1[k]    = Nearest(whole, spectrum->real[k], spectrum->imag[k], &at);
    d->table[k] = Nearest(coarse, whole->real[at], whole->imag[at], &thinned);
    d->d2[k]    = NAN;
    d->shows[k] = PETSC_FALSE;
    if (k >= whole->n) d->d1[k] = NAN;
    if (!coarsest || k >= whole->n) continue;
    d->d2[k] = Nearest(coarsest, coarse->real[thinned], coarse->imag[thinned], &none);
    d->shows[k] =
      (PetscBool)(k > 0 && d->d1[k] > 10 * (spectrum->residual[k] + whole->residual[at]));
  }
}

/* q of an eigenvalue and its neighbours in the list; of a pair both are alike */
static PetscReal Quotient(const Distances *d, const HypSpectrum *s, PetscInt k, Kind kind)
{
  PetscReal d1 = 0, d2 = 0, q;
  PetscInt  seen = 0;

  for (PetscInt j = PetscMax(1, k - NEAR); j <= PetscMin(d->n - 1, k + NEAR); j++) {
    if (!d->shows[j]) continue;
    d1 = PetscMax(d1, d->d1[j]);
    d2 = PetscMax(d2, d->d2[j]);
    if (s->imag[j] >= 0) seen++;
  }
  q = d1 < d2 ? d1 / d2 : d1 > 0;
  return kind == MISSING || (kind == SLOW && seen < 2) ? PetscMax(q, ALONE) : q;
}

/* From the finer space, see above.  0 is an eigenvalue of every space; the search for the others
   ends before it is as near */
static PetscReal FromFiner(const Distances *d, PetscInt k, Kind kind)
{
  PetscReal most = d->finer[k];

  if (k == 0) return d->d1[k];
  for (PetscInt j = PetscMax(1, k - NEAR); j <= PetscMin(d->n - 1, k + NEAR); j++)
    most = PetscMax(most, d->finer[j] / 10);
  if (!PetscIsNanReal(d->d1[k])) most = PetscMax(most, d->d1[k] / (kind == MISSING ? 3 : 10));
  return SURE * most;
}

/* What is left of the error, see above */
static PetscReal Left(const Distances *d, PetscInt k, PetscReal q, Kind kind)
{
  const PetscReal series = PetscMin(PetscMax(q, LEFT[kind].low), LEFT[kind].high);

  if (!PetscIsNanReal(d->finer[k])) return FromFiner(d, k, kind);
  if (PetscIsNanReal(d->d2[k])) return d->d1[k];
  if (kind == POSITIVE) return 3 * PetscMax(d->d1[k], d->d2[k]);
  return LEFT[kind].factor * PetscMax(d->d1[k], q * d->d2[k]) * series / (1 - series);
}

static PetscErrorCode KindOf(HypSpace space, const HypSpectrum *spectrum, Kind *kind)
{
  HypResolution resolution;
  PetscReal     share, tail;

  PetscFunctionBeginUser;
  PetscCall(HypSpacePerturbationTail(space, &tail));
  PetscCall(HypResolutionCreate(space, &resolution));
  PetscCall(HypResolutionShare(&resolution, spectrum->vr[0], &share));
  PetscCall(HypResolutionDestroy(&resolution));
  *kind = HypSpaceTakesDegree(space) ? SERIES : CELLS;
  if (PetscIsNanReal(tail)) tail = 0; /* unknown */
  if (HypSpaceIsPositive(space))
    *kind = POSITIVE;
  else if (tail > MUCH || share > EDGE)
    *kind = MISSING;
  else if (tail > TAIL)
    *kind = SLOW;
  PetscFunctionReturn(0);
}

/*
  HypSpectrumErrors - Fills spectrum->error, ->tables and ->doubt from the same problem on two
  coarser spaces, and adds what tables cost to spectrum->refined

  whole is on the first of them with the tables as they are, coarse with thinned ones;
  the same where there are none.
  A third space is a finer or a still coarser one, the other is NULL; without it what is left
  is d_1.  Where the error of a table's interpolation cannot be
  estimated there is no bar, but for the eigenvalue 0, which no table changes.
*/
PETSC_INTERN PetscErrorCode HypSpectrumErrors(HypSpace space, HypSpectrum *spectrum,
                                              const HypSpectrum *whole, const HypSpectrum *coarse,
                                              const HypSpectrum *coarsest, const HypSpectrum *finer)
{
  /* of a fit, whose two spaces show less, see HypRateEstimateCompute() */
  const PetscReal doubt[] = {[SERIES] = 1, [CELLS] = 1, [SLOW] = 2, [MISSING] = 5, [POSITIVE] = 1};
  Distances       d       = {.n = spectrum->n};
  Kind            kind    = SERIES;

  PetscFunctionBeginUser;
  PetscCall(KindOf(space, spectrum, &kind));
  spectrum->doubt = doubt[kind];
  PetscCall(PetscFree(spectrum->error));
  PetscCall(PetscFree(spectrum->tables));
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->error));
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->tables));
  PetscCall(PetscMalloc4(d.n, &d.d1, d.n, &d.d2, d.n, &d.finer, d.n, &d.shows));
  d.table = spectrum->tables;
  Measure(spectrum, whole, coarse, coarsest, finer, &d);
  for (PetscInt k = 0; k < spectrum->n; k++) {
    PetscReal left = Left(&d, k, Quotient(&d, spectrum, k, kind), kind);

    spectrum->refined[k] += d.table[k];
    if (k > 0 && HypModelTableShort(HypSpaceGetModel(space))) left = NAN;
    spectrum->error[k] = left + d.table[k] + Split(spectrum, k) + Rounding(spectrum, k);
    if (k > 0 && spectrum->imag[k] < 0) /* the conjugate of the one before, by other neighbours */
      spectrum->error[k] = spectrum->error[k - 1] =
        PetscMax(spectrum->error[k], spectrum->error[k - 1]);
  }
  PetscCall(PetscFree4(d.d1, d.d2, d.finer, d.shows));
  PetscFunctionReturn(0);
}
