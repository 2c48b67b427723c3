/*
   The error bar of an eigenvalue from three spaces, each with two thirds of the one before.

   d_1 and d_2 are the distances from the finest to the middle and from there to the coarsest.
   Where d_1 < d_2/2 the sequence converges, and what is left is smaller than d_1;
   unless the space leaves out a part of eps: coefficients of steep steps decay slowly and change
   their signs, d_1 may be small by accident, and the bar is the larger of the two.
   Where d_1 < 0.9 d_2 it converges slowly: the geometric series d_1 q/(1 - q), q = d_1/d_2,
   is left, or the spread.  Elsewhere it does not converge yet:
   the bar is three times the spread.
   So it is for positive fluxes, which are of first order and begin to converge late.
   Where the steady state does not end where the space does, three spaces agree on what all of them
   leave out; where eps does not, all miss the same part of it.  Over 300 random problems
   (tests/benchmarks/bars.py) such errors were up to 4.2 times and 1.7 times what is said above, and
   the bar is 5 times and twice that.
   Where the coarser model has thinned tables, d_1 is the distance to the middle space with the
   whole tables, and what thinning moves there is added: with one sign or the other, the two could
   cancel.
   To this come the residual, how far a double eigenvalue is split, and rounding.
*/
#include "spectrum/spectrumimpl.h"
#include <hypoco/resolution.h>
#include <math.h>

#define TAIL  1e-6  /* of eps beyond the space: it does not converge like a power series */
#define EDGE  1e-3  /* of ||F/M||^2 where the space ends: HypGuardSteady() warns */
#define FLOOR 1e-10 /* of an eigenvalue: what rounding leaves of the solver */
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

static PetscReal Left(PetscReal d1, PetscReal d2, PetscBool slow, PetscBool positive)
{
  const PetscReal q = d2 > 0 ? d1 / d2 : 1;

  if (positive) return 3 * PetscMax(d1, d2);
  if (q < 0.5) return slow ? PetscMax(d1, d2) : d1;
  if (q < 0.9) return PetscMax(PetscMax(d1, d2), d1 * q / (1 - q));
  return 3 * PetscMax(d1, d2);
}

/* How many times what the resolutions show an error may be, see above */
static PetscErrorCode Doubt(HypSpace space, const HypSpectrum *spectrum, PetscBool slow,
                            PetscReal *factor)
{
  HypResolution resolution;
  PetscReal     share;

  PetscFunctionBeginUser;
  PetscCall(HypResolutionCreate(space, &resolution));
  PetscCall(HypResolutionShare(&resolution, spectrum->vr[0], &share));
  PetscCall(HypResolutionDestroy(&resolution));
  *factor = share > EDGE && !HypSpaceIsPositive(space) ? 5 : slow ? 2 : 1;
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
  PetscReal tail;
  PetscBool slow;

  PetscFunctionBeginUser;
  PetscCall(HypSpacePerturbationTail(space, &tail));
  slow = (PetscBool)(!PetscIsNanReal(tail) && tail > TAIL); /* not where it is unknown */
  PetscCall(Doubt(space, spectrum, slow, &spectrum->doubt));
  PetscCall(PetscFree(spectrum->error));
  PetscCall(PetscFree(spectrum->tables));
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->error));
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->tables));
  for (PetscInt k = 0; k < spectrum->n; k++) {
    PetscInt        at, thinned, none;
    const PetscReal d1    = Nearest(whole, spectrum->real[k], spectrum->imag[k], &at),
                    table = Nearest(coarse, whole->real[at], whole->imag[at], &thinned);
    PetscReal left        = k < whole->n ? d1 : NAN;

    if (k < whole->n && coarsest)
      left = Left(d1, Nearest(coarsest, coarse->real[thinned], coarse->imag[thinned], &none), slow,
                  HypSpaceIsPositive(space));
    spectrum->tables[k] = table;
    spectrum->refined[k] += table;
    if (k > 0 && HypModelTableShort(HypSpaceGetModel(space))) left = NAN;
    spectrum->error[k] = spectrum->doubt * left + table + Split(spectrum, k) +
                         spectrum->residual[k] + FLOOR * PetscAbsReal(spectrum->real[k]);
  }
  PetscFunctionReturn(0);
}
