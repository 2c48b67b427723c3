/* What the interpolation of a table costs an eigenvalue, carried into the coarser model that
   error bars are made with. */
#include <hypoco/spectrum.h>
#include <hypoco/function.h>

/* The leading eigenvalues on the coarser space, with the coarser model as it is now */
static PetscErrorCode Leading(HypKinetic K, HypSpectrum *spectrum)
{
  HypSpace   space;
  HypKinetic coarser;

  PetscFunctionBeginUser;
  PetscCall(HypKineticCreateCoarser(K, &space, &coarser));
  PetscCall(HypSpectrumCompute(coarser, 4, spectrum));
  PetscCall(HypKineticDestroy(&coarser));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/* How far thinning by a pattern moves the leading eigenvalue; negative where there is none */
static PetscErrorCode Change(HypKinetic K, PetscInt pattern, HypSpectrum *whole, PetscReal *change)
{
  HypModel    model = HypSpaceGetModel(HypKineticGetSpace(K));
  HypSpectrum part;
  PetscBool   changed;

  PetscFunctionBeginUser;
  *change = -1;
  PetscCall(HypModelCoarsen(model, pattern, 1, &changed));
  if (!changed) PetscFunctionReturn(0);
  PetscCall(Leading(K, &part));
  PetscCall(HypSpectrumCompare(whole, &part));
  if (whole->n > 1) *change = whole->refined[1];
  PetscCall(HypSpectrumDestroy(&part));
  PetscFunctionReturn(0);
}

/*@
  HypSpectrumCoarsen - Chooses the coarser model of a problem with tables, so that error bars hold
  what the tables cost

  Collective

  Input Parameter:
. K - the kinetic operator; its model gets the coarser one

  Level: developer

  Notes:
  Error bars compare with a coarser space, HypKineticCreateCoarser().  Here it is decided which
  half of a table's points is left out there, and by which factor its effect is multiplied.

  Where the values are noise around the truth, an eigenvalue's error and its change by each pattern
  of HypFunctionCreateThinned() are, to first order, independent normal numbers of one variance, so
  that three times the largest of three changes is exceeded in 3 % of all cases.

  Where they are smooth, the error is the change by every second point, c_2, divided by 2^p - 1
  for an interpolant of order p; the change by every fourth point, c_4, shows the order, since
  c_4/c_2 = 2^p + 1.  The smaller one of the two divisors counts, and a factor of three again.

  With the share n of noise, HypModelTableNoise(), the change becomes
      3 (n largest + (1 - n) c_2/(2^p - 1)).

  HypSpectrumComputeOnTwo() adds what this moves to what the coarser space moves, without sign.

  Nothing happens where there is no table.  Of a table too short to be thinned all points stay, and
  there are no error bars, see HypModelTableShort().

.seealso: HypModelCoarsen(), HypSpectrumCompare()
@*/
PetscErrorCode HypSpectrumCoarsen(HypKinetic K)
{
  HypModel    model = HypSpaceGetModel(HypKineticGetSpace(K));
  PetscInt    worst = 0;
  PetscReal   change[HYP_THIN_PATTERNS + 1], noise, gain, smooth;
  PetscBool   changed;
  HypSpectrum whole;

  PetscFunctionBeginUser;
  PetscCall(HypModelCoarsen(model, 0, 1, &changed));
  if (!changed) PetscFunctionReturn(0);
  PetscCall(HypModelCoarsen(model, -1, 1, &changed));
  PetscCall(Leading(K, &whole));
  for (PetscInt pattern = 0; pattern <= HYP_THIN_PATTERNS; pattern++) {
    PetscCall(Change(K, pattern, &whole, &change[pattern]));
    if (pattern < HYP_THIN_PATTERNS && change[pattern] > change[worst]) worst = pattern;
  }
  PetscCall(HypSpectrumDestroy(&whole));
  PetscCall(HypModelTableNoise(model, &noise, &gain));
  if (change[HYP_THIN_PATTERNS] < 0) noise = 1; /* too few points to see an order */
  if (noise < 1 && change[0] > 0)
    gain = PetscMax(1, PetscMin(gain, change[HYP_THIN_PATTERNS] / change[0] - 2));
  smooth = change[worst] > 0 ? change[0] / (gain * change[worst]) : 0;
  PetscCall(HypModelCoarsen(model, worst, 3 * (noise + (1 - noise) * smooth), &changed));
  PetscFunctionReturn(0);
}
