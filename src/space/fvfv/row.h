#pragma once
/* What every loop over a row of the stencil uses */
#include "space/fvfv/stencil.h"

/* The iterations of the next loop touch different memory: what is written is never read there */
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

/* Sum over the legs at point j of a row of n */
static inline PetscScalar LegsSum(PetscInt n, PetscInt j, const PetscReal leg[LEGS],
                                  const PetscScalar *h, const PetscScalar *hm,
                                  const PetscScalar *hp)
{
  return leg[XM2] * h[PetscMax(j - 2, 0)] + leg[XM1] * h[PetscMax(j - 1, 0)] + leg[C] * h[j] +
         leg[XP1] * h[PetscMin(j + 1, n - 1)] + leg[XP2] * h[PetscMin(j + 2, n - 1)] +
         leg[VM1] * hm[j] + leg[VP1] * hp[j];
}

/* The points of a row that lack a neighbour: 0, 1, n - 2, n - 1 */
static inline PetscInt NextEdge(PetscInt j, PetscInt n)
{
  return j == 1 && n > 4 ? n - 2 : j + 1;
}

/* a b + c; with one rounding where the machine has an instruction for that,
   as written here and whatever the compiler */
static inline PetscScalar MulAdd(PetscScalar a, PetscScalar b, PetscScalar c)
{
#if defined(__FMA__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}
