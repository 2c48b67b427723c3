/* The certificate of a model: the best that its bounds of Deps allow. */
#include "bounds/boundsimpl.h"

enum { MOST = 10 }; /* varying entries of Deps for which the corners are tried */

/* Does every eps_i depend on theta_i alone?  How many entries vary? */
static PetscBool Separate(const HypSlopes *slopes, PetscInt *varying)
{
  PetscBool separate = PETSC_TRUE;

  *varying = 0;
  for (PetscInt e = 0; e < slopes->d * slopes->d; e++) {
    *varying += slopes->low[e] < slopes->high[e];
    if (e % (slopes->d + 1) && (slopes->low[e] != 0 || slopes->high[e] != 0))
      separate = PETSC_FALSE;
  }
  return separate;
}

/* found becomes the better one of both */
static PetscErrorCode Better(HypContraction *other, HypContraction *found)
{
  HypContraction worse = *other;

  PetscFunctionBeginUser;
  if (other->mu > found->mu) {
    worse  = *found;
    *found = *other;
  }
  PetscCall(HypContractionDestroy(&worse));
  PetscFunctionReturn(0);
}

/* Noise that depends on theta does not cancel: corners of Deps, with its Lipschitz constants */
static PetscErrorCode Noisy(HypModel model, const PetscReal omega[], const HypSlopes *slopes,
                            HypContraction *contraction)
{
  const PetscInt d = slopes->d;
  PetscReal     *low, *high;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(d * d, &low, d * d, &high));
  for (PetscInt e = 0; e < d * d; e++) {
    low[e]  = slopes->low ? slopes->low[e] : e % (d + 1) ? 0 : slopes->c - slopes->r;
    high[e] = slopes->high ? slopes->high[e] : e % (d + 1) ? 0 : slopes->c + slopes->r;
  }
  PetscCall(HypContractionNoisy(d, omega, HypModelGamma(model), low, high,
                                HypModelGetType(model) == HYP_MOMENTUM ? PETSC_TRUE : PETSC_FALSE,
                                slopes->lipschitz, contraction));
  if (d == 1) {
    contraction->c = slopes->c;
    contraction->r = slopes->r;
  }
  PetscCall(PetscFree2(low, high));
  PetscFunctionReturn(0);
}

/*@
  HypContractionCompute - The rate that is guaranteed for a model by bounds of its Deps

  Not collective

  Input Parameters:
+ model  - the model
- slopes - bounds of Deps; where there are none for all theta, those near 0 are taken

  Output Parameter:
. contraction - rate, where it is tight and P; freed with HypContractionDestroy()

  Level: beginner

  Note:
  The best of HypContractionBall(),
  of HypContractionIntervals() where every eps_i depends on theta_i alone,
  and of HypContractionBox() where at most 10 entries of Deps vary.
  Only the drift matters, so it is the same for every type of model;
  where the noise depends on theta it is HypContractionNoisy(), in mean square.

.seealso: HypSlopesSearch(), HypSlopesGiven(), HypContractionBall()
@*/
PetscErrorCode HypContractionCompute(HypModel model, const HypSlopes *slopes,
                                     HypContraction *contraction)
{
  const PetscInt  d     = slopes->d;
  const PetscReal gamma = HypModelGamma(model);
  PetscReal      *omega, *low, *high;
  HypContraction  other;
  PetscInt        varying;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(d, &omega, d, &low, d, &high));
  for (PetscInt i = 0; i < d; i++) omega[i] = HypModelCoordinate(model, i).omega;
  if (slopes->bounded && slopes->lipschitz)
    PetscCall(Noisy(model, omega, slopes, contraction));
  else if (slopes->bounded)
    PetscCall(HypContractionBall(d, omega, gamma, slopes->c, slopes->r, contraction));
  else
    PetscCall(HypContractionBall(d, omega, gamma, slopes->near_c, slopes->near_r, contraction));
  if (d > 1 && slopes->bounded && slopes->low && !slopes->lipschitz) {
    if (Separate(slopes, &varying)) {
      for (PetscInt i = 0; i < d; i++) {
        low[i]  = slopes->low[i * (d + 1)];
        high[i] = slopes->high[i * (d + 1)];
      }
      PetscCall(HypContractionIntervals(d, omega, gamma, low, high, &other));
      PetscCall(Better(&other, contraction));
    } else if (varying <= MOST) {
      PetscCall(HypContractionBox(d, omega, gamma, slopes->low, slopes->high, &other));
      PetscCall(Better(&other, contraction));
    }
  }
  PetscCall(PetscFree3(omega, low, high));
  PetscFunctionReturn(0);
}
