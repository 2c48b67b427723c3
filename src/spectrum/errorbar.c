/*
   The error bar of an eigenvalue from three spaces, each with two thirds of the one before.

   d_1 and d_2 are the distances from the finest to the middle and from there to the coarsest.
   Coefficients of a series change their signs, so that one distance may be small by accident.
   Neighbours in the list lack the same coefficients, but each has accidents of its own:
   q, the largest of their quotients d_1/d_2, at most 1, shows how fast errors fall where there is
   no accident, and e = max(d_1, q d_2) is how far the middle space is off.
   A quotient of which d_1 is rounding shows nothing.
   An eigenvalue alone takes q >= 1/2, unless eps and F end inside the space.
   What is left on the finest space:

       eps and F end inside the space    3/2 e q/(1 - q), half more than the geometric series;
                                         no step is believed to gain more than a factor of twenty,
                                         of cells 9/4, their order being the second;
                                         q counts as 3/4 where it is more
       eps does not                      5/2 e: all spaces miss a part of it, and its coefficients
                                         fall slowly, with changing signs
       F does not                        3/2 e/(1 - q), at most 15 e: three spaces agree on what
                                         all of them leave out

   These factors were found on 300 random problems and are judged on 300 others
   (tests/benchmarks/bars.py).
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

#define TAIL    1e-6     /* of eps beyond the space: it does not converge like a power series */
#define EDGE    1e-3     /* of ||F/M||^2 where the space ends: HypGuardSteady() warns */
#define FLOOR   1e-12    /* of an eigenvalue: what rounding leaves of the solver */
#define WORST   100      /* times so much where eigenvalues are near each other */
#define ALONE   0.5      /* q of an eigenvalue with no other to compare with */
#define NEAR    2        /* so many places in the list away */
#define GAIN    0.05     /* q at least: no step of a series gains more */
#define SECOND  (4. / 9) /* q at least where there are cells */
#define SLOWEST 0.75     /* q at most: beyond there is no series yet */
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

typedef enum { SERIES, CELLS, SLOW, OPEN, POSITIVE } Kind;

/* The distances d_1 and d_2 of each eigenvalue, NaN where there is nothing to compare with, and
   their quotient, negative where that shows nothing */
typedef struct {
  PetscInt   n;
  PetscReal *d1, *d2, *quotient, *table;
} Distances;

static void Measure(const HypSpectrum *spectrum, const HypSpectrum *whole,
                    const HypSpectrum *coarse, const HypSpectrum *coarsest, Distances *d)
{
  for (PetscInt k = 0; k < d->n; k++) {
    PetscInt at, thinned, none;

    d->d1[k]       = Nearest(whole, spectrum->real[k], spectrum->imag[k], &at);
    d->table[k]    = Nearest(coarse, whole->real[at], whole->imag[at], &thinned);
    d->d2[k]       = NAN;
    d->quotient[k] = -1;
    if (!coarsest || k >= whole->n) continue;
    d->d2[k] = Nearest(coarsest, coarse->real[thinned], coarse->imag[thinned], &none);
    if (k > 0 && d->d1[k] > 10 * (spectrum->residual[k] + whole->residual[at]))
      d->quotient[k] = d->d2[k] > 0 ? d->d1[k] / d->d2[k] : 1;
  }
}

/* The largest quotient of an eigenvalue and its neighbours in the list; of a pair both are alike */
static PetscReal Quotient(const Distances *d, const HypSpectrum *s, PetscInt k, Kind kind)
{
  PetscReal q    = 0;
  PetscInt  seen = 0;

  for (PetscInt j = PetscMax(1, k - NEAR); j <= PetscMin(d->n - 1, k + NEAR); j++) {
    if (d->quotient[j] < 0) continue;
    q = PetscMax(q, d->quotient[j]);
    if (s->imag[j] >= 0) seen++;
  }
  return seen > 1 || kind == SERIES || kind == CELLS ? q : PetscMax(q, ALONE);
}

/* What is left of the error, see above */
static PetscReal Left(const Distances *d, PetscInt k, PetscReal q, Kind kind)
{
  const PetscReal e      = PetscMax(d->d1[k], PetscMin(q, 1) * d->d2[k]);
  const PetscReal series = PetscMin(PetscMax(q, kind == CELLS ? SECOND : GAIN), SLOWEST);

  if (PetscIsNanReal(d->d2[k])) return d->d1[k];
  switch (kind) {
  case POSITIVE:
    return 3 * PetscMax(d->d1[k], d->d2[k]);
  case OPEN:
    return 1.5 * e / PetscMax(1 - q, 0.1);
  case SLOW:
    return 2.5 * e;
  default:
    return 1.5 * e * series / (1 - series);
  }
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
  if (HypSpaceIsPositive(space))
    *kind = POSITIVE;
  else if (share > EDGE)
    *kind = OPEN;
  else if (!PetscIsNanReal(tail) && tail > TAIL) /* not where it is unknown */
    *kind = SLOW;
  PetscFunctionReturn(0);
}

/*
  HypSpectrumErrors - Fills spectrum->error, ->tables and ->doubt from the same problem on two
  coarser spaces, and adds what tables cost to spectrum->refined

  whole is on the first of them with the tables as they are, coarse with thinned ones;
  the same where there are none.
  Without a third space what is left is d_1.  Where the error of a table's interpolation cannot be
  estimated there is no bar, but for the eigenvalue 0, which no table changes.
*/
PETSC_INTERN PetscErrorCode HypSpectrumErrors(HypSpace space, HypSpectrum *spectrum,
                                              const HypSpectrum *whole, const HypSpectrum *coarse,
                                              const HypSpectrum *coarsest)
{
  /* of a fit, whose two spaces show less, see HypRateEstimateCompute() */
  const PetscReal doubt[] = {[SERIES] = 1, [CELLS] = 1, [SLOW] = 2, [OPEN] = 5, [POSITIVE] = 1};
  Distances       d       = {.n = spectrum->n};
  Kind            kind    = SERIES;

  PetscFunctionBeginUser;
  PetscCall(KindOf(space, spectrum, &kind));
  spectrum->doubt = doubt[kind];
  PetscCall(PetscFree(spectrum->error));
  PetscCall(PetscFree(spectrum->tables));
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->error));
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->tables));
  PetscCall(PetscMalloc3(d.n, &d.d1, d.n, &d.d2, d.n, &d.quotient));
  d.table = spectrum->tables;
  Measure(spectrum, whole, coarse, coarsest, &d);
  for (PetscInt k = 0; k < spectrum->n; k++) {
    PetscReal left = k < whole->n ? Left(&d, k, Quotient(&d, spectrum, k, kind), kind) : NAN;

    spectrum->refined[k] += d.table[k];
    if (k > 0 && HypModelTableShort(HypSpaceGetModel(space))) left = NAN;
    spectrum->error[k] = left + d.table[k] + Split(spectrum, k) + Rounding(spectrum, k);
  }
  PetscCall(PetscFree3(d.d1, d.d2, d.quotient));
  PetscFunctionReturn(0);
}
