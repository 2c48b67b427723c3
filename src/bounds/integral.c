/* The potential of a perturbed loss in d = 1: W(X) = beta (w^2 theta^2/2 + int_0^theta eps),
   theta = X/(sqrt(beta) w). */
#include "bounds/boundsimpl.h"
#include <math.h>

/* Gauss's rule of POINTS points on steps of X this long; their sums are kept */
#define STEP (1. / 256)
enum { POINTS = 5 };

/* Steps after which one long one does: e^{-W} is 0 there */
#define FAR 1e5

PetscErrorCode HypIntegralCreate(HypModel model, HypIntegral *integral)
{
  PetscFunctionBeginUser;
  *integral = (HypIntegral){.model = model, .rule = gsl_integration_glfixed_table_alloc(POINTS)};
  PetscCheck(integral->rule, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "GSL could not allocate a quadrature rule");
  PetscFunctionReturn(0);
}

PetscErrorCode HypIntegralDestroy(HypIntegral *integral)
{
  PetscFunctionBeginUser;
  for (int s = 0; s < 2; s++) PetscCall(PetscFree(integral->sum[s]));
  gsl_integration_glfixed_table_free(integral->rule);
  PetscFunctionReturn(0);
}

/* int eps dtheta from a to b in X; values[k] of n equal parts */
static PetscErrorCode Parts(const HypIntegral *integral, PetscReal a, PetscReal b, PetscInt n,
                            PetscReal values[])
{
  const HypCoordinate c    = HypModelCoordinate(integral->model, 0);
  const PetscReal     unit = 1 / (PetscSqrtReal(c.beta) * c.omega), h = (b - a) / (PetscReal)n;
  PetscReal          *theta, *eps, node[POINTS], weight[POINTS]; /* on [0, 1] */

  PetscFunctionBeginUser;
  for (size_t l = 0; l < POINTS; l++)
    gsl_integration_glfixed_point(0, 1, l, &node[l], &weight[l], integral->rule);
  PetscCall(PetscMalloc2(POINTS * n, &theta, POINTS * n, &eps));
  for (PetscInt k = 0; k < POINTS * n; k++)
    theta[k] = (a + ((PetscReal)(k / POINTS) + node[k % POINTS]) * h) * unit;
  PetscCall(HypModelPerturbationMany(integral->model, 0, POINTS * n, theta, eps));
  for (PetscInt k = 0; k < n; k++) {
    values[k] = 0;
    for (PetscInt l = 0; l < POINTS; l++) values[k] += h * unit * weight[l] * eps[k * POINTS + l];
  }
  PetscCall(PetscFree2(theta, eps));
  PetscFunctionReturn(0);
}

/* The sums to the side s up to step k and further */
static PetscErrorCode Extend(HypIntegral *integral, int s, PetscInt k)
{
  const PetscInt  from = integral->n[s], n = PetscMax(2 * k, 4096) - from;
  const PetscReal sign = s ? -1 : 1;
  PetscReal      *sum;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(from + n + 1, &sum));
  PetscCall(PetscArraycpy(sum, integral->sum[s], from ? from + 1 : 0));
  if (!from) sum[0] = 0;
  PetscCall(Parts(integral, sign * (PetscReal)from * STEP, sign * (PetscReal)(from + n) * STEP, n,
                  &sum[from + 1]));
  for (PetscInt i = from; i < from + n; i++) sum[i + 1] += sum[i];
  PetscCall(PetscFree(integral->sum[s]));
  integral->sum[s] = sum;
  integral->n[s]   = from + n;
  PetscFunctionReturn(0);
}

/* As HypAxisSetPotential() wants it; ctx is a HypIntegral */
PetscErrorCode HypIntegralPotential(PetscReal X, PetscReal *W, void *ctx)
{
  HypIntegral    *integral = (HypIntegral *)ctx;
  const int       s        = X < 0 ? 1 : 0;
  const PetscReal steps    = PetscAbsReal(X) / STEP;
  const PetscInt  k        = (PetscInt)PetscMin(steps, FAR);
  PetscReal       rest     = 0;

  PetscFunctionBeginUser;
  if (k >= integral->n[s]) PetscCall(Extend(integral, s, k));
  if (steps > (PetscReal)k)
    PetscCall(Parts(integral, (s ? -1 : 1) * (PetscReal)k * STEP, X, 1, &rest));
  *W = X * X / 2 + HypModelCoordinate(integral->model, 0).beta * (integral->sum[s][k] + rest);
  PetscFunctionReturn(0);
}
