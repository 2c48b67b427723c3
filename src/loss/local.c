/* A loss near a minimiser: curvature and noise of one coordinate,
   for the theory of quadratic losses. */
#include "loss/lossimpl.h"

#define ITERATIONS 400
#define LONGEST    0.25 /* step: a path that goes downhill must not jump into another well */

/* grad f and the diagonal of f'' at one point */
static PetscErrorCode Slopes(HypLoss loss, const PetscReal *theta, PetscReal *g, PetscReal *h)
{
  const PetscInt d = loss->d;
  PetscReal     *unit, *Hv;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(d, &unit, d, &Hv));
  PetscCall(HypLossMeanGradient(loss, 1, theta, g));
  for (PetscInt c = 0; c < d; c++) {
    unit[c] = 1;
    PetscCall(HypLossSecond(loss, 1, theta, unit, Hv));
    unit[c] = 0;
    h[c]    = Hv[c];
  }
  PetscCall(PetscFree2(unit, Hv));
  PetscFunctionReturn(0);
}

/*@
  HypLossLinearise - Curvature and gradient noise at the minimiser that lies downhill of a point

  Not collective

  Input Parameters:
+ loss  - the loss
- start - d numbers

  Output Parameters:
+ minimiser - d numbers
. curvature - d numbers, the diagonal of f'' there
- noise     - d numbers, the variances of the component gradients there

  Level: intermediate

  Notes:
  Newton's method coordinate by coordinate, downhill where f is not convex and in short steps:
  exact for sums over coordinates; other losses converge where their coordinates are coupled weakly,
  and are refused otherwise.

.seealso: HypLossLinear(), HypTheoryReportCompute()
@*/
PetscErrorCode HypLossLinearise(HypLoss loss, const PetscReal start[], PetscReal minimiser[],
                                PetscReal curvature[], PetscReal noise[])
{
  const PetscInt d = loss->d;
  PetscReal     *g, *Sigma, largest = 1;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(d, &g, d * d, &Sigma));
  PetscCall(PetscArraycpy(minimiser, start, d));
  for (PetscInt k = 0; k < ITERATIONS && largest > 1e-13; k++) {
    PetscCall(Slopes(loss, minimiser, g, curvature));
    largest = 0;
    for (PetscInt c = 0; c < d; c++) {
      PetscReal step = -g[c] / PetscMax(PetscAbsReal(curvature[c]), 1e-12);

      step = PetscMax(PetscMin(step, LONGEST), -LONGEST);
      minimiser[c] += step;
      largest = PetscMax(largest, PetscAbsReal(step) / (1 + PetscAbsReal(minimiser[c])));
    }
  }
  PetscCall(Slopes(loss, minimiser, g, curvature));
  for (PetscInt c = 0; c < d; c++)
    PetscCheck(largest < 1e-9 && curvature[c] > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "sample_start: no minimiser with positive curvature was found downhill of it; start "
               "nearer to one, or give curvature and noise by model_omega0 and model_noise");
  PetscCall(HypLossMeanGradient(loss, 1, minimiser, g));
  PetscCall(HypLossAddCovariance(loss, 1, minimiser, g, 1, Sigma));
  for (PetscInt c = 0; c < d; c++) noise[c] = Sigma[c * d + c];
  PetscCall(PetscFree2(g, Sigma));
  PetscFunctionReturn(0);
}
