/*
   An axis of our own: centred differences of fourth order on n points, q_k = (k - (n-1)/2) h,
   h = 2 width/n.

   The scalar product is the trapezoidal rule, W_k = M(q_k)/sum_j M(q_j).
   The second-order difference with step r h is

       (a_r u)_k = [M(q_k + r h/2)(u_{k+r} - u_k) + M(q_k - r h/2)(u_k - u_{k-r})]/(2 r h M(q_k))

   without the terms that leave the grid; its error is a series in (r h)^2,
   and a = 4/3 a_1 - 1/3 a_2 has no second-order term.
   In the orthonormal coefficients w_k = sqrt(W_k) u_k the densities cancel and a is banded
   with constant coefficients,

       a_{k,k+r} = -a_{k+r,k} = s_r = c_r exp(r^2 h^2/8)/(2 r h),   c_1 = 4/3, c_2 = -1/3,

   but for its diagonal, which is what makes a 1 = 0.
   As all centred differences do, these take a checkerboard in x for a wave in the other direction;
   the dissipation c h^5 A^3/32, A the compact Laplacian, moves it away and keeps fourth order.
*/
#include "fd4.h"
#include <hypoco/axisimpl.h>

typedef struct {
  PetscReal  s[3];   /* s_1, s_2 of a; s[0] is not used */
  PetscReal *mid;    /* diagonal of a */
  PetscReal  side;   /* off-diagonal of A */
  PetscReal *lapmid; /* diagonal of A */
} FD4;

typedef struct {
  PetscInt         n;
  PetscReal        sign, scale;
  const PetscReal *s, *mid;
} Bands;

/* v_k = mid_k u_k + scale sum_{r=1,2} s_r (u_{k+r} + sign u_{k-r}) along the middle index */
static void Apply(const Bands *b, PetscInt outer, PetscInt inner, const PetscScalar *u,
                  PetscScalar *v)
{
  const PetscInt n = b->n;

  for (PetscInt o = 0; o < outer; o++, u += (size_t)n * inner, v += (size_t)n * inner) {
    for (PetscInt k = 0; k < n; k++) {
      for (PetscInt i = 0; i < inner; i++) {
        PetscScalar sum = b->mid[k] * u[(size_t)k * inner + i];

        for (PetscInt r = 1; r <= 2; r++) {
          if (k + r < n) sum += b->scale * b->s[r] * u[(size_t)(k + r) * inner + i];
          if (k >= r) sum += b->scale * b->sign * b->s[r] * u[(size_t)(k - r) * inner + i];
        }
        v[(size_t)k * inner + i] = sum;
      }
    }
  }
}

static PetscErrorCode AxisLower_FD4(HypAxis axis, PetscInt outer, PetscInt inner,
                                    const PetscScalar *u, PetscScalar *au)
{
  const FD4 *fd = (FD4 *)axis->data;

  PetscFunctionBeginUser;
  Apply(&(Bands){axis->n, -1, 1, fd->s, fd->mid}, outer, inner, u, au);
  PetscFunctionReturn(0);
}

static PetscErrorCode AxisRaise_FD4(HypAxis axis, PetscInt outer, PetscInt inner,
                                    const PetscScalar *u, PetscScalar *au)
{
  const FD4 *fd = (FD4 *)axis->data;

  PetscFunctionBeginUser;
  Apply(&(Bands){axis->n, -1, -1, fd->s, fd->mid}, outer, inner, u, au);
  PetscFunctionReturn(0);
}

static PetscErrorCode AxisDissipation_FD4(HypAxis axis, PetscInt outer, PetscInt inner,
                                          const PetscScalar *u, PetscScalar *v)
{
  const FD4      *fd   = (FD4 *)axis->data;
  const PetscReal s[3] = {0, fd->side, 0}, h = axis->nodes[1] - axis->nodes[0];
  const size_t    size = (size_t)outer * (size_t)axis->n * (size_t)inner;
  const Bands     A    = {axis->n, 1, 1, s, fd->lapmid};
  PetscScalar    *w;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(size, &w));
  Apply(&A, outer, inner, u, v);
  Apply(&A, outer, inner, v, w);
  Apply(&A, outer, inner, w, v);
  for (size_t j = 0; j < size; j++) v[j] *= axis->stabilisation / 32 * PetscPowRealInt(h, 5);
  PetscCall(PetscFree(w));
  PetscFunctionReturn(0);
}

/* Cubic interpolation between the four points around q */
static PetscErrorCode AxisEvaluate_FD4(HypAxis axis, PetscReal q, PetscScalar phi[])
{
  const PetscReal *node  = axis->nodes;
  PetscInt         first = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(phi, axis->n));
  while (first < axis->n - 4 && q > node[first + 2]) first++;
  for (PetscInt k = first; k < first + 4; k++) {
    phi[k] = 1 / axis->one[k];
    for (PetscInt j = first; j < first + 4; j++) {
      if (j != k) phi[k] *= (q - node[j]) / (node[k] - node[j]);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode AxisSetUp_FD4(HypAxis axis)
{
  FD4      *fd  = (FD4 *)axis->data;
  PetscReal sum = 0, h;

  PetscFunctionBeginUser;
  if (axis->n == PETSC_DETERMINE) axis->n = 64;
  if (axis->width == PETSC_DETERMINE) axis->width = 7;
  PetscCheck(axis->n >= 5, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_n: %" PetscInt_FMT " given, at least 5 needed for fd4", axis->name, axis->n);
  h          = 2 * axis->width / (PetscReal)axis->n;
  axis->grid = PETSC_TRUE;
  PetscCall(HypAxisAllocate(axis, axis->n, axis->n));
  PetscCall(PetscMalloc2(axis->n, &fd->mid, axis->n, &fd->lapmid));
  for (PetscInt k = 0; k < axis->n; k++) {
    axis->nodes[k]   = h * ((PetscReal)k - 0.5 * (PetscReal)(axis->n - 1));
    axis->weights[k] = HypNormalDensity(axis->nodes[k]);
    sum += axis->weights[k];
  }
  for (PetscInt k = 0; k < axis->n; k++) {
    axis->weights[k] /= sum;
    axis->one[k] = PetscSqrtReal(axis->weights[k]);
  }
  for (PetscInt r = 1; r <= 2; r++)
    fd->s[r] = (r == 1 ? 4.0 / 3 : -1.0 / 3) * PetscExpReal(r * r * h * h / 8) / (2 * r * h);
  fd->side = -PetscExpReal(h * h / 8) / (h * h);
  /* the diagonals that make a 1 = A 1 = 0 */
  for (PetscInt k = 0; k < axis->n; k++) {
    const PetscReal *one = axis->one;

    fd->mid[k] = fd->lapmid[k] = 0;
    for (PetscInt r = 1; r <= 2; r++)
      fd->mid[k] -=
        fd->s[r] * ((k + r < axis->n ? one[k + r] : 0) - (k >= r ? one[k - r] : 0)) / one[k];
    fd->lapmid[k] =
      -fd->side * ((k + 1 < axis->n ? one[k + 1] : 0) + (k >= 1 ? one[k - 1] : 0)) / one[k];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode AxisDestroy_FD4(HypAxis axis)
{
  FD4 *fd = (FD4 *)axis->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(fd->mid, fd->lapmid));
  PetscCall(PetscFree(fd));
  PetscFunctionReturn(0);
}

PetscErrorCode AxisCreate_FD4(HypAxis axis)
{
  FD4 *fd;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&fd));
  axis->data             = fd;
  axis->pattern          = HYP_PATTERN_BANDED;
  axis->ops->setup       = AxisSetUp_FD4;
  axis->ops->lower       = AxisLower_FD4;
  axis->ops->raise       = AxisRaise_FD4;
  axis->ops->dissipation = AxisDissipation_FD4;
  axis->ops->evaluate    = AxisEvaluate_FD4;
  axis->ops->destroy     = AxisDestroy_FD4;
  PetscFunctionReturn(0);
}
