/*
   What a coarser space changes of F: the error bar of the steady state.

   eps is known at the nodes of a space, or by a quadrature.  What it does between them, no identity
   of the discrete F tells: they hold for the values at the nodes, whatever these miss.
   A space with two thirds of the nodes has its own between them: where eps, or F, changes there,
   the two steady states differ.  The measure is the total variation of the densities of a pair,

       max_i  1/2 int |F_i - F'_i| dX_i dV_i,

   the largest error in the probability of any set of (X_i, V_i).
   A scheme of order two shows 5/4 of its error.  Bases may converge more slowly, where eps has
   steps, and show half of it; so do positive fluxes, of order one, which begin to converge late:
   the bar is twice and three times what is seen (errorbar.c).
   It is not below what eps or the noise may change between the nodes of the finer space
   (between.c).
*/
#include "spectrum/spectrumimpl.h"

/* Length of line that belongs to each of increasing points */
static void Lengths(PetscInt n, const PetscReal q[], PetscReal length[])
{
  for (PetscInt k = 0; k < n; k++)
    length[k] = (q[PetscMin(k + 1, n - 1)] - q[PetscMax(k - 1, 0)]) / 2;
}

/* Probabilities of the points of `grid`, from values of F/M there: 1 in all */
static PetscErrorCode Probabilities(HypSpace space, PetscInt i, const HypGrid *grid, PetscReal u[])
{
  PetscReal *dX, *dV, sum = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(grid->nX, &dX, grid->nV, &dV));
  Lengths(grid->nX, grid->X, dX);
  Lengths(grid->nV, grid->V, dV);
  for (PetscInt j = 0; j < grid->nX; j++) dX[j] *= HypSpaceDensityX(space, i, grid->X[j]);
  for (PetscInt k = 0; k < grid->nV; k++) dV[k] *= HypNormalDensity(grid->V[k]);
  for (PetscInt k = 0; k < grid->nV; k++)
    for (PetscInt j = 0; j < grid->nX; j++) sum += u[k * grid->nX + j] *= dX[j] * dV[k];
  for (PetscInt p = 0; p < grid->nX * grid->nV; p++) u[p] /= sum;
  PetscCall(PetscFree2(dX, dV));
  PetscFunctionReturn(0);
}

/*@C
  HypSteadyDistance - The error bar of a steady state from a coarser space

  Collective

  Input Parameters:
+ space  - a space
. f      - F/M there, of any mass but 0
. coarse - the space of HypSpaceCreateCoarser()
- g      - F/M there

  Output Parameters:
+ error - NAN where F = M is known; else the total variation between the two in a pair (X_i, V_i),
          the largest of all i, on the points on which `space` shows results, times 1 on fv axes,
          2 in a basis, 3 with positive fluxes; or what eps or noise between the nodes make, where
          that is more
- source - what decided, as the end of a sentence; not to be freed

  Level: intermediate

.seealso: HypSteadyCheck(), HypGuardAgreement()
@*/
PetscErrorCode HypSteadyDistance(HypSpace space, Vec f, HypSpace coarse, Vec g, PetscReal *error,
                                 const char **source)
{
  const HypGrid *grid = HypSpaceGetGrid(space);
  const PetscInt n    = grid->nX * grid->nV;
  PetscReal     *u, *w, eps, noise;

  PetscFunctionBeginUser;
  *error  = NAN;
  *source = NULL;
  if (!HypModelPerturbed(HypSpaceGetModel(space))) PetscFunctionReturn(0);
  *error  = 0;
  *source = "by a coarser space";
  PetscCall(PetscMalloc2(n, &u, n, &w));
  for (PetscInt i = 0; i < HypModelDimension(HypSpaceGetModel(space)); i++) {
    PetscReal distance = 0;

    PetscCall(HypSpaceMarginal(space, i, f, grid->nX, grid->X, grid->nV, grid->V, u));
    PetscCall(HypSpaceMarginal(coarse, i, g, grid->nX, grid->X, grid->nV, grid->V, w));
    PetscCall(Probabilities(space, i, grid, u));
    PetscCall(Probabilities(space, i, grid, w));
    for (PetscInt p = 0; p < n; p++) distance += PetscAbsReal(u[p] - w[p]) / 2;
    *error = PetscMax(*error, distance); /* NAN is no maximum */
    if (PetscIsNanReal(distance)) *error = PETSC_INFINITY;
  }
  *error *= HypSpaceIsPositive(space) ? 3 : HypSpaceIsRough(space) ? 1 : 2;
  PetscCall(HypSpaceBetween(space, &eps, &noise));
  if (*error < PetscMax(eps, noise)) {
    *error  = PetscMax(eps, noise);
    *source = eps > noise ? "by eps between the nodes" : "by the noise between the nodes";
  }
  PetscCall(PetscFree2(u, w));
  PetscFunctionReturn(0);
}

/*@
  HypSteadyCheck - Computes the steady state on a coarser space too, for its error bar

  Collective

  Input Parameter:
. K - the kinetic operator

  Input/Output Parameter:
. steady - from HypSteadyCompute(); gets its error, unless F = M is known

  Level: intermediate

.seealso: HypSteadyDistance()
@*/
PetscErrorCode HypSteadyCheck(HypKinetic K, HypSteady *steady)
{
  HypSpace   space;
  HypKinetic coarser;
  HypSteady  other;

  PetscFunctionBeginUser;
  if (!HypModelPerturbed(HypKineticGetModel(K))) PetscFunctionReturn(0);
  PetscCall(HypKineticCreateCoarser(K, &space, &coarser));
  PetscCall(HypSteadyCompute(coarser, &other));
  PetscCall(HypSteadyDistance(HypKineticGetSpace(K), steady->f, space, other.f, &steady->error,
                              &steady->source));
  PetscCall(HypSteadyDestroy(&other));
  PetscCall(HypKineticDestroy(&coarser));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}
