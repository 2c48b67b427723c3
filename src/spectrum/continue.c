/*
   What a coarser space knows, continued to this one: its eigenfunctions begin the search.
   A copy that the coarser space has is looked for by name.

   Where (sigma - G)^{-1} is a factorisation, or exp(tau G) is the image, a Krylov space grows from
   the sum of what is known.
   Where GMRES inverts, each known function is followed by itself (follow.c).
*/
#include "spectrum/invariant.h"
#include "spectrum/transform.h"

/* What a coarser space knows: its eigenfunctions on this space, real and imaginary parts,
   and whose they are */
typedef struct {
  PetscInt  n;
  Vec      *x;
  PetscInt *owner;
} Known;

/* Of the first `count` eigenvalues */
static PetscErrorCode KnownCreate(HypInvariant *s, HypSpace coarse, const HypSpectrum *spectrum,
                                  PetscInt count, Known *known, PetscBool *done)
{
  PetscFunctionBeginUser;
  known->n = 0;
  *done    = PETSC_TRUE;
  PetscCall(PetscMalloc1(2 * count, &known->owner));
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(s->K)), 2 * count, &known->x));
  for (PetscInt k = 0; k < count && *done; k++) {
    if (spectrum->imag[k] < 0 && k > 0) continue; /* the conjugate of the one before */
    for (int part = 0; part < (spectrum->imag[k] == 0 ? 1 : 2) && *done; part++) {
      Vec x = known->x[known->n];

      PetscCall(HypSpaceProlong(coarse, part ? spectrum->vi[k] : spectrum->vr[k],
                                HypKineticGetSpace(s->K), x, done));
      PetscCall(VecNormalize(x, NULL));
      known->owner[known->n++] = k;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode KnownDestroy(Known *known, PetscInt room)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroyVecs(room, &known->x));
  PetscCall(PetscFree(known->owner));
  PetscFunctionReturn(0);
}

/* Eigenvalues that agree to four digits are taken for copies of one */
static PetscBool SameEigenvalue(const HypSpectrum *s, PetscInt j, PetscInt k)
{
  const PetscReal size = PetscMax(hypot(s->real[j], s->imag[j]), 1e-4);

  return (PetscBool)(hypot(s->real[j] - s->real[k], s->imag[j] - s->imag[k]) < 1e-4 * size);
}

/*
   The part of the known functions that Q does not hold yet:
   their sum, with coefficients that no symmetry cancels,
   and the dimension of the smallest invariant subspace that such a sum lies in,
   in which each multiple eigenvalue counts once
*/
static PetscErrorCode KnownMissing(const HypInvariant *s, const HypSpectrum *spectrum,
                                   const Known *known, Vec sum, PetscInt *dimension)
{
  PetscInt     last = -1;
  PetscScalar *c;
  PetscReal    norm;
  Vec          rest;

  PetscFunctionBeginUser;
  *dimension = 0;
  PetscCall(VecSet(sum, 0));
  PetscCall(VecDuplicate(sum, &rest));
  PetscCall(PetscMalloc1(s->n + 1, &c));
  for (PetscInt k = 0; k < known->n; k++) {
    const PetscInt owner = known->owner[k];

    PetscCall(VecCopy(known->x[k], rest));
    if (s->n) {
      PetscCall(VecMDot(rest, s->n, s->Q, c));
      for (PetscInt j = 0; j < s->n; j++) c[j] = -c[j];
      PetscCall(VecMAXPY(rest, s->n, c, s->Q));
    }
    PetscCall(VecNorm(rest, NORM_2, &norm));
    if (norm < 0.5) continue; /* of two copies, the rests of one at least are larger */
    PetscCall(VecAXPY(sum, 1 + 0.5 * PetscSinReal((PetscReal)(k * k)), rest));
    if (last < 0 || !SameEigenvalue(spectrum, last, owner))
      *dimension += spectrum->imag[owner] == 0 ? 1 : 2;
    last = owner;
  }
  PetscCall(PetscFree(c));
  PetscCall(VecDestroy(&rest));
  PetscFunctionReturn(0);
}

/* Q <- what a Krylov space finds that begins in the known functions */
static PetscErrorCode Grow(HypInvariant *s, const HypSpectrum *spectrum, const Known *known,
                           PetscBool *done)
{
  PetscInt dimension = 1;
  Vec      sum;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(HypSpaceGetOne(HypKineticGetSpace(s->K)), &sum));
  for (PetscInt rounds = 0; dimension > 0 && rounds < known->n; rounds++) {
    PetscCall(KnownMissing(s, spectrum, known, sum, &dimension));
    if (dimension > 0) PetscCall(HypInvariantExtend(s, dimension, sum));
  }
  *done = (PetscBool)(dimension == 0);
  PetscCall(VecDestroy(&sum));
  PetscFunctionReturn(0);
}

/* Q <- what each known function leads to */
static PetscErrorCode Follow(HypInvariant *s, const Known *known, PetscBool *done)
{
  const HypFollowGoal goal = {.tolerance = 1e-13,
                              .share     = s->share,
                              .room =
                                PetscMin(HypSpaceGetSize(HypKineticGetSpace(s->K)), 40 * known->n)};
  Mat                 P;

  PetscFunctionBeginUser;
  PetscCall(HypInverseApproximate(s->image, &P));
  PetscCall(VecDuplicateVecs(known->x[0], known->n, &s->Q));
  PetscCall(HypFollow(s->G, P, &goal, known->n, known->x, s->Q, done));
  PetscCall(MatDestroy(&P));
  if (*done)
    s->n = known->n;
  else
    PetscCall(VecDestroyVecs(known->n, &s->Q));
  PetscFunctionReturn(0);
}

/* Q <- the continuation of all that was found on a coarser space; done:
   false where that did not succeed */
PETSC_INTERN PetscErrorCode HypInvariantContinue(HypInvariant *s, HypSpace coarse,
                                                 const HypSpectrum *spectrum, PetscInt count,
                                                 PetscBool *done)
{
  Known known;

  PetscFunctionBeginUser;
  PetscCall(KnownCreate(s, coarse, spectrum, count, &known, done));
  if (*done && s->iterates)
    PetscCall(Follow(s, &known, done));
  else if (*done)
    PetscCall(Grow(s, spectrum, &known, done));
  *done = (PetscBool)(*done && s->n >= count);
  if (*done) PetscCall(HypInvariantProject(s));
  PetscCall(KnownDestroy(&known, 2 * count));
  PetscFunctionReturn(0);
}
