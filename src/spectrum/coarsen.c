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

/*@
  HypSpectrumCoarsen - Chooses the coarser model of a problem whose eps is a table, so that error
  bars hold what the table costs

  Collective

  Input Parameter:
. K - the kinetic operator; its model gets the coarser one

  Level: developer

  Notes:
  Error bars compare with a coarser space, HypKineticCreateCoarser().  Here it is decided which
  half of a table's points is left
  out there: of the patterns of HypFunctionCreateThinned() the one that moves the leading
  eigenvalue most, times three.

  Where the values of the table are noise around the truth, an eigenvalue's error and its change
  by each pattern are, to first
  order, independent normal numbers of one variance, so that three times the largest of three
  changes is exceeded in 3 % of
  all cases.  Where the truth is smooth the interpolation's own error is far smaller than any of
  the changes.

  Nothing happens where eps is no table or its tables are too short.

.seealso: HypModelCoarsen(), HypSpectrumCompare()
@*/
PetscErrorCode HypSpectrumCoarsen(HypKinetic K)
{
  const PetscReal factor  = 3;
  HypModel        model   = HypKineticGetModel(K);
  PetscInt        worst   = 0;
  PetscReal       largest = -1;
  PetscBool       changed;
  HypSpectrum     whole, part;

  PetscFunctionBeginUser;
  PetscCall(HypModelCoarsen(model, 0, 1, &changed));
  if (!changed) PetscFunctionReturn(0);
  PetscCall(HypModelCoarsen(model, -1, 1, &changed));
  PetscCall(Leading(K, &whole));
  for (PetscInt pattern = 0; pattern < HYP_THIN_PATTERNS; pattern++) {
    PetscCall(HypModelCoarsen(model, pattern, 1, &changed));
    PetscCall(Leading(K, &part));
    PetscCall(HypSpectrumCompare(&whole, &part));
    if (whole.n > 1 && whole.refined[1] > largest) {
      largest = whole.refined[1];
      worst   = pattern;
    }
    PetscCall(HypSpectrumDestroy(&part));
  }
  PetscCall(HypSpectrumDestroy(&whole));
  PetscCall(HypModelCoarsen(model, worst, factor, &changed));
  PetscFunctionReturn(0);
}
