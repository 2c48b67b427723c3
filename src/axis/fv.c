/*
   Finite volumes on faces e_0 < ... < e_n:
   cell k = [e_k, e_{k+1}], the two outer cells reach to infinity.

       W_k = mass of cell k,   m_k = density at face k,
       0 at both ends       (of the normal law or of a potential)
       (a u)_k = [m_{k+1}(u_{k+1} - u_k) + m_k(u_k - u_{k-1})]/(2 W_k)

   The coefficients are w_k = sqrt(W_k) u_k.
   Then a = S + D with S skew, S_{k,k+1} = m_{k+1}/(2 sqrt(W_k W_{k+1})),
   and D_k = (m_k - m_{k+1})/(2 W_k), half the cell mean of q:
   a + a* is multiplication by the cell mean, exactly.

   Laplacian (compact, over the faces): <u, A u> = sum_k m_k (u_k - u_{k-1})^2/(q_k - q_{k-1}).

   Dissipation: c A h^3 A.  With the centred a, a checkerboard in x sees the transport with v -> -v
   and brings a spurious eigenvalue; this term damps it, keeps mass, M,
   symmetry and second order (docs/mathematics.md).
*/
#include "axis/weight.h"
#include <math.h>

typedef struct {
  PetscReal *up;     /* S_{k,k+1}, k = 0..n-2 */
  PetscReal *mid;    /* D_k */
  PetscReal *lapup;  /* off-diagonal of A */
  PetscReal *lapmid; /* diagonal of A */
  PetscReal *h3;     /* c h_k^3 */
} FV;

/* v_k = s up_k u_{k+1} - s up_{k-1} u_{k-1} + mid_k u_k along the middle index;
   s = 1 for a, -1 for a* */
static void ApplyDerivative(const FV *fv, PetscReal s, PetscInt n, PetscInt outer, PetscInt inner,
                            const PetscScalar *u, PetscScalar *v)
{
  for (PetscInt o = 0; o < outer; o++, u += (size_t)n * inner, v += (size_t)n * inner) {
    for (PetscInt k = 0; k < n; k++) {
      const PetscReal below = k > 0 ? -s * fv->up[k - 1] : 0, above = k < n - 1 ? s * fv->up[k] : 0,
                      mid   = fv->mid[k];
      const PetscScalar *um = u + (size_t)(k > 0 ? k - 1 : k) * inner, *uk = u + (size_t)k * inner,
                        *up = u + (size_t)(k < n - 1 ? k + 1 : k) * inner;
      PetscScalar *vk       = v + (size_t)k * inner;

      for (PetscInt i = 0; i < inner; i++) vk[i] = below * um[i] + mid * uk[i] + above * up[i];
    }
  }
}

static PetscErrorCode HypAxisLower_FV(HypAxis axis, PetscInt outer, PetscInt inner,
                                      const PetscScalar *u, PetscScalar *au)
{
  PetscFunctionBeginUser;
  ApplyDerivative((FV *)axis->data, 1.0, axis->n, outer, inner, u, au);
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisRaise_FV(HypAxis axis, PetscInt outer, PetscInt inner,
                                      const PetscScalar *u, PetscScalar *au)
{
  PetscFunctionBeginUser;
  ApplyDerivative((FV *)axis->data, -1.0, axis->n, outer, inner, u, au);
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisLaplacian_FV(HypAxis axis, PetscInt outer, PetscInt inner,
                                          const PetscScalar *u, PetscScalar *au)
{
  const FV      *fv = (FV *)axis->data;
  const PetscInt n  = axis->n;

  PetscFunctionBeginUser;
  for (PetscInt o = 0; o < outer; o++, u += (size_t)n * inner, au += (size_t)n * inner) {
    for (PetscInt k = 0; k < n; k++) {
      const PetscReal below = k > 0 ? fv->lapup[k - 1] : 0, above = k < n - 1 ? fv->lapup[k] : 0,
                      mid   = fv->lapmid[k];
      const PetscScalar *um = u + (size_t)(k > 0 ? k - 1 : k) * inner, *uk = u + (size_t)k * inner,
                        *up = u + (size_t)(k < n - 1 ? k + 1 : k) * inner;
      PetscScalar *vk       = au + (size_t)k * inner;

      for (PetscInt i = 0; i < inner; i++) vk[i] = below * um[i] + mid * uk[i] + above * up[i];
    }
  }
  PetscFunctionReturn(0);
}

/* c A h^3 A */
static PetscErrorCode HypAxisDissipation_FV(HypAxis axis, PetscInt outer, PetscInt inner,
                                            const PetscScalar *u, PetscScalar *au)
{
  const FV      *fv = (FV *)axis->data;
  const PetscInt n  = axis->n;
  PetscScalar   *w;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)outer * n * inner, &w));
  PetscCall(HypAxisLaplacian_FV(axis, outer, inner, u, w));
  for (PetscInt o = 0; o < outer; o++) {
    for (PetscInt k = 0; k < n; k++) {
      for (PetscInt i = 0; i < inner; i++) w[((size_t)o * n + k) * inner + i] *= fv->h3[k];
    }
  }
  PetscCall(HypAxisLaplacian_FV(axis, outer, inner, w, au));
  PetscCall(PetscFree(w));
  PetscFunctionReturn(0);
}

/* u is piecewise linear between the cell centres and constant beyond the outer ones */
static PetscErrorCode HypAxisEvaluate_FV(HypAxis axis, PetscReal q, PetscScalar phi[])
{
  const PetscInt   n = axis->n;
  const PetscReal *c = axis->nodes;
  PetscInt         k = 0;
  PetscReal        r;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(phi, n));
  while (k < n - 2 && q > c[k + 1]) k++;
  r          = PetscMin(PetscMax((q - c[k]) / (c[k + 1] - c[k]), 0.0), 1.0);
  phi[k]     = (1 - r) / axis->one[k];
  phi[k + 1] = r / axis->one[k + 1];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisSetUp_FV(HypAxis axis)
{
  FV        *fv = (FV *)axis->data;
  PetscReal *m, width;
  PetscInt   n;

  PetscFunctionBeginUser;
  PetscCall(HypAxisWeightSetUp(axis, 24.5, &width));
  if (!axis->nfaces) {
    if (axis->n == PETSC_DETERMINE) axis->n = 128;
    if (axis->width == PETSC_DETERMINE) axis->width = width;
    axis->nfaces = axis->n + 1;
    PetscCall(PetscMalloc1(axis->nfaces, &axis->faces));
    for (PetscInt k = 0; k <= axis->n; k++)
      axis->faces[k] = axis->width * (2 * (PetscReal)k / (PetscReal)axis->n - 1);
  }
  n = axis->n;
  PetscCheck(axis->potential || PetscMax(-axis->faces[0], axis->faces[n]) <= 37, axis->comm,
             PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s: the box reaches to %g standard deviations, where the Gaussian underflows; "
             "at most 37 allowed",
             axis->name, (double)PetscMax(-axis->faces[0], axis->faces[n]));
  axis->grid = PETSC_TRUE;
  PetscCall(HypAxisAllocate(axis, n, n));
  PetscCall(PetscMalloc5(n, &fv->up, n, &fv->mid, n, &fv->lapup, n, &fv->lapmid, n, &fv->h3));
  PetscCall(PetscCalloc1(n + 1, &m));
  for (PetscInt k = 1; k < n; k++) m[k] = HypAxisDensity(axis, axis->faces[k]);
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(HypAxisWeightMass(axis, k ? axis->faces[k] : -HUGE_VAL,
                                k < n - 1 ? axis->faces[k + 1] : HUGE_VAL, &axis->weights[k]));
    PetscCheck(axis->weights[k] > 1e-290, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
               "axis_%s_width: e^{-beta U} underflows in the cell between %g and %g standard "
               "deviations; make the box smaller",
               axis->name, (double)axis->faces[k], (double)axis->faces[k + 1]);
    axis->nodes[k] = 0.5 * (axis->faces[k] + axis->faces[k + 1]);
    axis->one[k]   = PetscSqrtReal(axis->weights[k]);
    fv->mid[k]     = 0.5 * (m[k] - m[k + 1]) / axis->weights[k];
    fv->h3[k]      = axis->stabilisation * PetscPowRealInt(axis->faces[k + 1] - axis->faces[k], 3);
  }
  for (PetscInt k = 0; k < n - 1; k++) {
    fv->up[k]    = 0.5 * m[k + 1] / (axis->one[k] * axis->one[k + 1]);
    fv->lapup[k] = -2 * fv->up[k] / (axis->nodes[k + 1] - axis->nodes[k]);
  }
  for (PetscInt k = 0; k < n; k++) {
    const PetscReal below = k > 0 ? m[k] / (axis->nodes[k] - axis->nodes[k - 1]) : 0,
                    above = k < n - 1 ? m[k + 1] / (axis->nodes[k + 1] - axis->nodes[k]) : 0;

    fv->lapmid[k] = (below + above) / axis->weights[k];
  }
  PetscCall(PetscFree(m));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisDestroy_FV(HypAxis axis)
{
  FV *fv = (FV *)axis->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree5(fv->up, fv->mid, fv->lapup, fv->lapmid, fv->h3));
  PetscCall(PetscFree(fv));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypAxisCreate_FV(HypAxis axis)
{
  FV *fv;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&fv));
  axis->data             = fv;
  axis->pattern          = HYP_PATTERN_THREEPOINT;
  axis->meshes           = PETSC_TRUE;
  axis->weighted         = PETSC_TRUE;
  axis->ops->setup       = HypAxisSetUp_FV;
  axis->ops->lower       = HypAxisLower_FV;
  axis->ops->raise       = HypAxisRaise_FV;
  axis->ops->laplacian   = HypAxisLaplacian_FV;
  axis->ops->dissipation = HypAxisDissipation_FV;
  axis->ops->evaluate    = HypAxisEvaluate_FV;
  axis->ops->destroy     = HypAxisDestroy_FV;
  PetscFunctionReturn(0);
}
