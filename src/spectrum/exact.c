/*
   Closed forms for eps = 0.  In scaled coordinates the drift of each pair is z' = A z, A = [0 w0; -w0 -gamma], with the
   eigenvalues -lambda_1, -lambda_2, lambda_{1,2} = (gamma -+ sqrt(gamma^2 - 4 w0^2))/2.
*/
#include "spectrum/spectrumimpl.h"

/* Number of ways to write k as an ordered sum of d non-negative integers */
static PetscReal Compositions(PetscInt k, PetscInt d)
{
  PetscReal c = 1;

  for (PetscInt i = 1; i < d; i++) c = c * (PetscReal)(k + i) / (PetscReal)i;
  return c;
}

/*@
  HypSpectrumExact - Leading eigenvalues for eps = 0 with multiplicity: -(n_1 lambda_1 + n_2 lambda_2)

  Not collective

  Input Parameters:
+ model - parameters (eps is ignored)
- count - how many

  Output Parameters:
. real, imag - count numbers each, by decreasing real part

  Level: intermediate

  Note:
  In d dimensions n_1 = |n_1| and n_2 = |n_2| are sums over the pairs, which gives the multiplicity.
@*/
PetscErrorCode HypSpectrumExact(HypModel model, PetscInt count, PetscReal real[], PetscReal imag[])
{
  const PetscReal g = model->gamma, D = g * g - 4 * PetscSqr(model->omega0);
  const PetscReal root = PetscSqrtReal(PetscAbsReal(D));
  /* lambda_1 without cancellation */
  const PetscReal l1 = D > 0 ? 2 * PetscSqr(model->omega0) / (g + root) : g / 2,
                  l2 = D > 0 ? (g + root) / 2 : g / 2, w = D > 0 ? 0 : root / 2;
  /* n_2 lambda_2 beyond count lambda_1 cannot lead: there are count eigenvalues with n_2 = 0 before it */
  const PetscInt most =
    (PetscInt)PetscMin((PetscReal)count, PetscFloorReal((PetscReal)count * l1 / l2) + 1);
  PetscInt       n = 0, k = 0;
  HypEigenvalue *list;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)(count + 1) * (size_t)(most + 1), &list));
  for (PetscInt n1 = 0; n1 <= count; n1++) {
    for (PetscInt n2 = 0; n2 <= most; n2++) {
      list[n].real    = -((PetscReal)n1 * l1 + (PetscReal)n2 * l2);
      list[n].imag    = (PetscReal)(n1 - n2) * w;
      list[n++].index = (PetscInt)PetscMin((PetscReal)count,
                                           Compositions(n1, model->d) * Compositions(n2, model->d));
    }
  }
  qsort(list, (size_t)n, sizeof(*list), HypEigenvalueCompare);
  for (PetscInt j = 0; j < n && k < count; j++) {
    for (PetscInt copy = 0; copy < list[j].index && k < count; copy++, k++) {
      real[k] = list[j].real;
      imag[k] = list[j].imag;
    }
  }
  PetscCall(PetscFree(list));
  PetscFunctionReturn(0);
}

/*@
  HypPropagatorExact - ||exp(tG)|| on mean-zero functions for eps = 0

  Not collective

  Input Parameters:
+ model - parameters (eps is ignored)
- t     - time, at least 0

  Output Parameter:
. norm - the norm

  Level: intermediate

  Note:
  ||exp(tG)||^2 = e^{-gamma t} [F/2 + sqrt(F^2/4 - 1)], F = 2 c^2 + (gamma^2/2 + 2 w0^2) s^2, c = cos wt, s = sin(wt)/w,
  w^2 = w0^2 - gamma^2/4: the larger singular value of exp(tA), for the norm on degree N is its N-th power.  With
  r = gamma |s|/2 the bracket is (r + sqrt(1 + r^2))^2, because c^2 + w^2 s^2 = 1 makes F = 2 + 4 r^2.
@*/
PetscErrorCode HypPropagatorExact(HypModel model, PetscReal t, PetscReal *norm)
{
  const PetscReal g = model->gamma, w0 = model->omega0, w2 = w0 * w0 - g * g / 4,
                  w = PetscSqrtReal(PetscAbsReal(w2));
  PetscReal s, r;

  PetscFunctionBeginUser;
  if (
    w2 < 0 &&
    w * t >
      30) { /* sqrt(1 + r^2) = r = gamma e^{wt}/(4 w), in one exponential: e^{wt} alone overflows */
    *norm = g / (2 * w) * PetscExpReal(-PetscSqr(w0) / (g / 2 + w) * t);
    PetscFunctionReturn(0);
  }
  if (w * t < 1e-4)
    s = t * (1 - w2 * t * t / 6); /* s is an entire function of w^2 */
  else
    s = (w2 > 0 ? PetscSinReal(w * t) : PetscSinhReal(w * t)) / w;
  r     = g * PetscAbsReal(s) / 2;
  *norm = PetscExpReal(-g * t / 2) * (r + PetscSqrtReal(1 + r * r));
  PetscFunctionReturn(0);
}

/*@
  HypPropagatorSharp - The sharp constant sup_t e^{2 lambda t} ||exp(tG)||^2 for eps = 0, lambda the spectral gap

  Not collective

  Input Parameter:
. model - parameters (eps is ignored)

  Output Parameter:
. constant - (2 w0 + gamma)/(2 w0 - gamma) below gamma = 2 w0, attained again and again; gamma^2/(gamma^2 - 4 w0^2) above, the limit
             t -> infinity; infinity at it

  Level: intermediate

  Note:
  Both are the supremum of the closed form of HypPropagatorExact().

.seealso: HypPropagatorExact()
@*/
PetscErrorCode HypPropagatorSharp(HypModel model, PetscReal *constant)
{
  const PetscReal g = model->gamma, w = model->omega0;

  PetscFunctionBeginUser;
  if (g < 2 * w)
    *constant = (2 * w + g) / (2 * w - g);
  else
    *constant = g > 2 * w ? g * g / ((g - 2 * w) * (g + 2 * w)) : PETSC_INFINITY;
  PetscFunctionReturn(0);
}
