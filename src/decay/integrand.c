/*
   Distances between g and F, with u = g/M = f + h, f = F/M, r = h/f = g/F - 1:

     total variation       1/2 int |g - F|           = 1/2 int |h| M
     relative entropy      int g log(g/F)            = int f psi(r) M,  psi = (1 + r) log(1 + r) - r
     chi^2                 int (g - F)^2/F           = int h^2/f M
     Fisher information    int g |grad log(g/F)|^2   = int |grad h - r grad f|^2/u M

   in scaled coordinates (X, V), with the part of V, for which d/dt entropy = -gamma fisher_v,
   by itself.
   int h M = 0, so that psi, which is never negative, may stand for u log(u/f):
   nothing cancels when h is small.

   Truncated series may be negative.  Where f is, the last three have no integrand:
   h^2/max(|u|, |f|) stands for what is lost.  Where u alone is negative, chi^2 is what it is,
   psi = psi(-1) and |u| (1 + |log(|u|/f)|) stands for its error,
   and the Fisher information, which has a pole at u = 0, loses the same integrand with |u|.
   It has a pole of f = 0 too, h^2 |grad f|^2/f^3, which no rule can integrate.
   So points where f is no larger than its largest negative value e are not summed over,
   and (|grad h| + |h grad f|/e)^2/max(|u|, e), which has no pole, stands for what they lose.
   The milder pole of chi^2, h^2/f, is left out there too, and h^2/e stands for what is lost:
   what f is there, nobody knows.
   Errors of a series are about even as functions of L2(M), that is of f sqrt(M): so is e, which is
   at least ROUNDING of the largest f.
   Where u is below e, grad h and r grad f cancel and what is left is divided by noise:
   these points are not summed over, and the same with e in place of u stands for what they lose.
   A quantity that loses more than SPOILED of itself has no meaning and is NAN.
   So is ||h|| in L2(M) of a space of another Gaussian (modelnorm.c), where more than that lies
   where the points end: there the integral is infinite, or the space too small for it.
*/
#include "decay/integrand.h"
#include <math.h>

#define SPOILED  0.01
#define ROUNDING (10 * PETSC_MACHINE_EPSILON)
#define END      0.85 /* of how far the points go: beyond is outside */

/* (1 + r) log(1 + r) - r = sum_k (-r)^k/(k(k - 1)) */
static PetscReal Psi(PetscReal r)
{
  if (r <= -1) return 1;
  if (PetscAbsReal(r) > 1e-2) return (1 + r) * log1p(r) - r;
  return r * r *
         (1. / 2 -
          r * (1. / 6 - r * (1. / 12 - r * (1. / 20 - r * (1. / 30 - r * (1. / 42 - r / 56))))));
}

/* One point: all but the Fisher information; unknown is e^2 with its weight */
PETSC_INTERN void HypIntegrandAdd(PetscReal h, PetscReal f, PetscReal weight, PetscReal unknown,
                                  PetscReal sum[])
{
  const PetscReal u = f + h, r = f > 0 ? h / f : 0,
                  size = PetscMax(PetscAbsReal(u), PetscAbsReal(f));

  sum[HYP_NORM_TV] += weight * PetscAbsReal(h) / 2;
  if (u < 0) sum[HYP_NORM_NEGATIVE] -= weight * u;
  if (f < 0) sum[HYP_NORM_NEGATIVE_F] -= weight * f;
  if (!(f > 0)) {
    if (size > 0) sum[HYP_LOST_F] += weight * h * h / size;
    return;
  }
  if (f * f * weight > unknown)
    sum[HYP_NORM_CHI2] += weight * h * r;
  else if (unknown > 0)
    sum[HYP_LOST_CHI2] += weight * h * h / PetscSqrtReal(unknown / weight);
  sum[HYP_NORM_ENTROPY] += weight * f * Psi(r);
  if (u < 0) sum[HYP_LOST_ENTROPY] += weight * -u * (1 + PetscAbsReal(PetscLogReal(-u / f)));
}

/* The largest negative value of f so far, or rounding of the largest, squared, with its weight */
PETSC_INTERN void HypIntegrandUnknown(PetscReal f, PetscReal weight, PetscReal *unknown)
{
  *unknown = PetscMax(*unknown, (f < 0 ? 1 : PetscSqr(ROUNDING)) * f * f * weight);
}

/* One point: the part of one coordinate, along a v or not; unknown is e^2 with its weight */
PETSC_INTERN void HypIntegrandFisher(PetscReal h, PetscReal f, PetscReal dh, PetscReal df,
                                     PetscBool v, PetscReal weight, PetscReal unknown,
                                     PetscReal sum[])
{
  const PetscReal u = f + h, size = PetscSqrtReal(PetscMax(f * f, unknown / weight));
  PetscReal       part;

  if (weight == 0 || size == 0 || u == 0) return;
  if (f <= 0 || f * f * weight <= unknown) {
    sum[HYP_LOST_FISHER] += weight * PetscSqr(PetscAbsReal(dh) + PetscAbsReal(h / size * df)) /
                            PetscMax(PetscAbsReal(u), size);
    return;
  }
  part =
    weight * PetscSqr(dh - h / f * df) / PetscMax(PetscAbsReal(u), PetscSqrtReal(unknown / weight));
  if (!(u > 0) || u * u * weight <= unknown) {
    sum[HYP_LOST_FISHER] += part;
    return;
  }
  sum[HYP_NORM_FISHER] += part;
  if (v) sum[HYP_NORM_FISHER_V] += part;
}

/* The norms of M at a point z, which is outside where the points end; nothing for NULL */
PETSC_INTERN void HypIntegrandModel(HypModelNorm model, PetscInt d, const PetscReal reach[2],
                                    const PetscReal z[], PetscReal h, const PetscReal dh[],
                                    PetscReal weight, PetscReal sum[])
{
  PetscReal norm, H;
  PetscBool outside = PETSC_FALSE;

  if (!model) return;
  HypModelNormPoint(model, z, h, dh, &norm, &H);
  for (PetscInt c = 0; c < 2 * d; c++)
    if (PetscAbsReal(z[c]) > END * reach[c / d]) outside = PETSC_TRUE;
  sum[HYP_NORM_MODEL] += weight * norm;
  sum[HYP_NORM_MODEL_H] += weight * H;
  if (outside) sum[HYP_OUTSIDE] += weight * norm;
}

/* Every second node of each coordinate but one makes 2^(2d - 1) coarser rules: how far apart,
   root mean square; n = 0: nothing was summed so */
static PetscReal Spread(PetscInt n, const PetscReal classes[])
{
  PetscReal mean = 0, square = 0;

  for (PetscInt k = 0; k < n; k++) mean += classes[k];
  for (PetscInt k = 0; k < n; k++) square += PetscSqr(n * classes[k] - mean);
  return n ? PetscSqrtReal(square / n) : NAN;
}

/* What has no meaning becomes NAN; nclasses: how many were summed, or none */
PETSC_INTERN void HypIntegrandJudge(PetscInt nclasses, const PetscReal sum[], PetscReal found[])
{
  const PetscReal lost_f = sum[HYP_LOST_F], entropy = sum[HYP_NORM_ENTROPY];

  for (PetscInt k = 0; k < HYP_NORMS; k++) found[k] = sum[k];
  found[HYP_NORM_TV_ERROR] = Spread(nclasses, sum + HYP_CLASSES);
  if (sum[HYP_NORM_TV] > 1 + SPOILED + (nclasses ? found[HYP_NORM_TV_ERROR] : 0))
    found[HYP_NORM_TV] = NAN; /* not between probabilities */
  if (lost_f + sum[HYP_LOST_CHI2] > SPOILED * sum[HYP_NORM_CHI2]) found[HYP_NORM_CHI2] = NAN;
  if (lost_f + sum[HYP_LOST_ENTROPY] > SPOILED * entropy) found[HYP_NORM_ENTROPY] = NAN;
  if (lost_f > SPOILED * entropy || !(sum[HYP_LOST_FISHER] <= SPOILED * sum[HYP_NORM_FISHER]))
    found[HYP_NORM_FISHER] = found[HYP_NORM_FISHER_V] = NAN;
  if (!(sum[HYP_OUTSIDE] <= SPOILED * sum[HYP_NORM_MODEL]))
    found[HYP_NORM_MODEL] = found[HYP_NORM_MODEL_H] = NAN;
}
