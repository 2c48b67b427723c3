/*
   The eigenvalues on a finer space, for error bars: those that are known are followed there
   (follow.c) until 3 % of what moves them is left.  No search, and a few products each.
*/
#include "spectrum/invariant.h"
#include "spectrum/transform.h"

#define LARGEST 6000 /* unknowns of a finer space that costs less than what it is for */
#define LEFT    0.03

/* (3/2)^{2d} times as large; axes of tensor spaces have no sparse matrix of eps */
static PetscBool Affordable(HypSpace space)
{
  const PetscReal more = PetscPowReal(2.25, (PetscReal)HypModelDimension(HypSpaceGetModel(space)));

  return (PetscBool)(HypSpaceTakesDegree(space) &&
                     more * (PetscReal)HypSpaceGetSize(space) <= LARGEST);
}

static PetscErrorCode Follow(HypKinetic K, const HypSpectrum *spectrum, HypSpectrum *finer,
                             PetscBool *done)
{
  HypInvariant s = {.inverts = PETSC_TRUE, .share = LEFT};
  HypKinetic   finerK;
  HypSpace     space;

  PetscFunctionBeginUser;
  PetscCall(HypKineticCreateFiner(K, &space, &finerK));
  PetscCall(HypKineticDirect(finerK, &s.K));
  s.parameter = 0.1 * HypModelGamma(HypKineticGetModel(K));
  PetscCall(HypKineticCreateMat(s.K, HYP_GENERATOR, &s.G));
  PetscCall(HypInverseCreate(s.K, s.G, s.parameter, &s.image));
  PetscCall(HypInvariantContinue(&s, HypKineticGetSpace(K), spectrum, spectrum->n, done));
  if (*done) {
    finer->n = s.n;
    PetscCall(PetscMalloc3(s.n, &finer->real, s.n, &finer->imag, s.n, &finer->residual));
    for (PetscInt k = 0; k < s.n; k++) {
      finer->real[k]     = s.values[k].real;
      finer->imag[k]     = s.values[k].imag;
      finer->residual[k] = NAN;
    }
  }
  PetscCall(MatDestroy(&s.G));
  PetscCall(HypInvariantDestroy(&s));
  PetscCall(HypKineticDestroy(&finerK));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/*
  HypSpectrumFiner - The eigenvalues of spectrum on a finer space, without their functions

  Collective

  done: false where that space is too large, an eigenvalue was not found there (lost), or eps or
  the noise has no value at its nodes, which reach further: an error of it is not one of the run.
  Else finer->n, ->real and ->imag, freed with HypSpectrumDestroy().
*/
PETSC_INTERN PetscErrorCode HypSpectrumFiner(HypKinetic K, const HypSpectrum *spectrum,
                                             HypSpectrum *finer, PetscBool *done, PetscBool *lost)
{
  PetscFunctionBeginUser;
  *lost = PETSC_FALSE;
  PetscCall(PetscMemzero(finer, sizeof(*finer)));
  *done = Affordable(HypKineticGetSpace(K));
  if (!*done) PetscFunctionReturn(0);
  PetscCall(PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL));
  PetscCall(PetscFPTrapPush(PETSC_FP_TRAP_OFF));
  if (Follow(K, spectrum, finer, done))
    *done = PETSC_FALSE;
  else
    *lost = (PetscBool) !*done;
  PetscCall(PetscFPTrapPop());
  PetscCall(PetscPopErrorHandler());
  PetscFunctionReturn(0);
}
