/*
   Eigenvalues of positive fluxes, of which the error begins with the first power of the cells h:
   lambda(h) = lambda + a h + b h^2, from three spaces.

   With h_1 < h_2 < h_3 the weights of the three at h = 0 are those of Lagrange,
   w_k = prod_{j != k} h_j/(h_j - h_k); the line through the two finer ones gives a second value,
   and the distance of the two is the error bar, but at least a tenth of what was extrapolated.
   Where a tenth of the mass of F may be in the wrong place, cells are too large for that law, and
   the bar is not below all that was extrapolated.
   To it comes the residual.
*/
#include "spectrum/spectrumimpl.h"
#include <hypoco/guard.h>
#include <math.h>

/* The eigenvalue of s that is nearest to lambda; PETSC_FALSE where there is none */
static PetscBool Follow(const HypSpectrum *s, const PetscReal lambda[2], PetscReal found[2])
{
  PetscReal nearest = PETSC_INFINITY;

  for (PetscInt k = 0; k < s->n; k++) {
    const PetscReal d = hypot(s->real[k] - lambda[0], s->imag[k] - lambda[1]);

    if (d >= nearest) continue;
    nearest  = d;
    found[0] = s->real[k];
    found[1] = s->imag[k];
  }
  return (PetscBool)(nearest < PETSC_INFINITY);
}

/* The length of a cell up to a factor */
static PetscReal Cell(HypSpace space)
{
  const PetscReal d = (PetscReal)HypModelDimension(HypSpaceGetModel(space));

  return PetscPowReal((PetscReal)HypSpaceGetSize(space), -1 / (2 * d));
}

/*
  HypSpectrumExtrapolate - Fills spectrum->limit where the fluxes are positive

  Not collective

  spaces are the one of spectrum and two coarser ones, those of middle and coarsest.
*/
PETSC_INTERN PetscErrorCode HypSpectrumExtrapolate(const HypSpace spaces[3], HypSpectrum *spectrum,
                                                   const HypSpectrum *middle,
                                                   const HypSpectrum *coarsest)
{
  const PetscReal h[3] = {Cell(spaces[0]), Cell(spaces[1]), Cell(spaces[2])};
  PetscReal       w[3] = {1, 1, 1};

  PetscFunctionBeginUser;
  if (!HypSpaceIsPositive(spaces[0])) PetscFunctionReturn(0);
  PetscCall(PetscFree(spectrum->limit));
  if (h[0] >= h[1] || h[1] >= h[2]) PetscFunctionReturn(0); /* no three sizes: no limit */
  PetscCall(PetscMalloc1(spectrum->n, &spectrum->limit));
  for (int k = 0; k < 3; k++)
    for (int j = 0; j < 3; j++)
      if (j != k) w[k] *= h[j] / (h[j] - h[k]);
  for (PetscInt k = 0; k < spectrum->n; k++) {
    const PetscReal fine[2] = {spectrum->real[k], spectrum->imag[k]};
    PetscReal       a[2] = {0}, b[2] = {0}, limit[2], line[2], first = 0;
    HypLimit       *found = spectrum->limit + k;

    found->real = found->imag = found->error = NAN;
    if (!Follow(middle, fine, a) || !Follow(coarsest, a, b)) continue;
    for (int c = 0; c < 2; c++) {
      limit[c] = w[0] * fine[c] + w[1] * a[c] + w[2] * b[c];
      line[c]  = (h[1] * fine[c] - h[0] * a[c]) / (h[1] - h[0]);
      first += PetscSqr(line[c] - fine[c]);
    }
    if (isgreater(spectrum->steady, HYP_UNRESOLVED))
      first = 100 * PetscMax(first, PetscSqr(limit[0] - fine[0]) + PetscSqr(limit[1] - fine[1]));
    found->real = limit[0];
    found->imag = limit[1];
    found->error =
      PetscMax(hypot(limit[0] - line[0], limit[1] - line[1]), 0.1 * PetscSqrtReal(first)) +
      spectrum->residual[k];
  }
  PetscFunctionReturn(0);
}
