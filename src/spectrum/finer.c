/*
   The eigenvalues on a finer space, for error bars, from those that are known: where it can be
   factorised by a Krylov space that begins in them, elsewhere followed (follow.c) until 3 % of what
   moves them is left.  No search for others, and a few products each.
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

/* The operator on the finer space; none where eps or the noise has no value at its nodes, which
   reach further: an error of it is not one of the run, and traps are off for it */
static PetscErrorCode Create(HypKinetic K, HypSpace *space, HypKinetic *finerK)
{
  PetscBool failed;

  PetscFunctionBeginUser;
  *space  = NULL;
  *finerK = NULL;
  PetscCall(PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL));
  PetscCall(PetscFPTrapPush(PETSC_FP_TRAP_OFF));
  failed = (PetscBool)(HypKineticCreateFiner(K, space, finerK) != 0);
  PetscCall(PetscFPTrapPop());
  PetscCall(PetscPopErrorHandler());
  if (failed) *finerK = NULL; /* half of one */
  PetscFunctionReturn(0);
}

/* The eigenvalues of finerK that those of spectrum, on this space, lead to */
static PetscErrorCode Follow(HypKinetic finerK, HypSpace space, const HypSpectrum *spectrum,
                             HypSpectrum *finer, PetscBool *done)
{
  HypInvariant s = {.inverts = PETSC_TRUE, .share = LEFT};
  PetscBool    direct;

  PetscFunctionBeginUser;
  PetscCall(HypKineticDirect(finerK, &s.K));
  s.parameter = 0.1 * HypModelGamma(HypKineticGetModel(finerK));
  PetscCall(HypKineticCreateMat(s.K, HYP_GENERATOR, &s.G));
  PetscCall(HypInverseCreate(s.K, s.G, s.parameter, &s.image));
  PetscCall(HypInverseIsDirect(s.image, &direct));
  s.iterates = (PetscBool)!direct;
  PetscCall(HypInvariantContinue(&s, space, spectrum, spectrum->n, done));
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
  PetscFunctionReturn(0);
}

/*
  HypSpectrumFiner - The eigenvalues of spectrum on a finer space, without their functions

  Collective

  done: false where that space is too large, an eigenvalue was not found there (lost), or eps or
  the noise has no value at its nodes.
  Else finer->n, ->real and ->imag, freed with HypSpectrumDestroy().
*/
PETSC_INTERN PetscErrorCode HypSpectrumFiner(HypKinetic K, const HypSpectrum *spectrum,
                                             HypSpectrum *finer, PetscBool *done, PetscBool *lost)
{
  HypKinetic finerK;
  HypSpace   space;

  PetscFunctionBeginUser;
  *done = *lost = PETSC_FALSE;
  PetscCall(PetscMemzero(finer, sizeof(*finer)));
  if (!Affordable(HypKineticGetSpace(K))) PetscFunctionReturn(0);
  PetscCall(Create(K, &space, &finerK));
  if (finerK) {
    PetscCall(Follow(finerK, HypKineticGetSpace(K), spectrum, finer, done));
    *lost = (PetscBool) !*done;
  }
  PetscCall(HypKineticDestroy(&finerK));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}
