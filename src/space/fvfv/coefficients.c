/* The coefficients of the stencil of a pair, for the terms that are asked for. */
#include "space/fvfv/row.h"

PETSC_INTERN PetscErrorCode StencilCreate(HypSpace space, PetscInt i, Stencil *s)
{
  HypAxis x = TensorAxis(space, i);

  PetscFunctionBeginUser;
  s->n  = HypAxisGetSize(x);
  s->nv = HypAxisGetSize(space->v);
  PetscCall(BandCreate(x, HYP_LOWER, &s->lower[0]));
  PetscCall(BandCreate(space->v, HYP_LOWER, &s->lower[1]));
  PetscCall(BandCreate(space->v, HYP_LAPLACIAN, &s->laplacian));
  PetscCall(BandCreate(x, HYP_DISSIPATION, &s->dissipation));
  PetscCall(BandAllocate(s->n, &s->dx));
  PetscCall(BandAllocate(s->nv, &s->av));
  PetscCall(TensorAllocate((size_t)s->n, &s->qx));
  PetscCall(TensorAllocate((size_t)s->nv, &s->qv));
  s->nalong  = GroupsOf(s->n) * ALONG * LANES;
  s->npadded = 2 * (s->n + 2 * LANES);
  PetscCall(TensorAllocate((size_t)s->nalong, &s->along));
  PetscCall(TensorAllocate((size_t)s->npadded, &s->padded));
  s->nroom = TensorPower(s->n, HypModelDimension(space->model) - 1);
  PetscCall(TensorAllocate((size_t)s->nroom, &s->room));
  for (PetscInt j = 0; j < s->n; j++) s->qx[j] = 2 * s->lower[0].c[j];
  for (PetscInt k = 0; k < s->nv; k++) s->qv[k] = 2 * s->lower[1].c[k];
  PetscFunctionReturn(0);
}

/* The coefficients along x in the order in which the rows of d = 1 read them */
static void AlongSet(Stencil *s)
{
  for (PetscInt place = 0; place < GroupsOf(s->n) * LANES; place++) {
    const PetscInt  j        = PointAt(place, s->n);
    const PetscReal c[ALONG] = {
      [DM2] = s->dx.m2[j], [SM1] = s->lower[0].m1[j],      [DM1] = s->dx.m1[j],
      [DC] = s->dx.c[j],   [SP1] = s->lower[0].p1[j],      [DP1] = s->dx.p1[j],
      [DP2] = s->dx.p2[j], [WQ] = s->transport * s->qx[j], [HQ] = -0.5 * s->bx * s->qx[j],
    };

    for (PetscInt q = 0; q < ALONG; q++) s->along[InGroups(place, q, ALONG)] = c[q];
  }
}

/* Coefficients of these terms; kept until others are asked for */
PETSC_INTERN PetscErrorCode StencilSetTerms(HypSpace space, PetscInt i, HypTerms terms, Stencil *s)
{
  HypModel            model = space->model;
  const HypCoordinate c     = HypModelCoordinate(model, i);

  PetscFunctionBeginUser;
  if (s->terms == terms) PetscFunctionReturn(0);
  s->terms     = terms;
  s->perturbed = (terms & HYP_PERTURBATION) && HypModelForced(model) ? PETSC_TRUE : PETSC_FALSE;
  s->transport = terms & HYP_TRANSPORT ? c.omega : 0;
  s->bx        = s->perturbed ? c.p : 0;
  s->bv        = s->perturbed ? -c.q : 0;
  BandScale(s->n, -s->transport, &s->dissipation, &s->dx);
  BandScale(s->nv, terms & HYP_FOKKER_PLANCK ? -HypModelGamma(model) : 0, &s->laplacian, &s->av);
  AlongSet(s);
  PetscFunctionReturn(0);
}

PETSC_INTERN void StencilDestroy(Stencil *s)
{
  BandDestroy(s->n, &s->lower[0]);
  BandDestroy(s->nv, &s->lower[1]);
  BandDestroy(s->nv, &s->laplacian);
  BandDestroy(s->n, &s->dissipation);
  BandDestroy(s->n, &s->dx);
  BandDestroy(s->nv, &s->av);
  TensorFree((size_t)s->n, &s->qx);
  TensorFree((size_t)s->nv, &s->qv);
  TensorFree((size_t)s->nalong, &s->along);
  TensorFree((size_t)s->npadded, &s->padded);
  TensorFree((size_t)s->nroom, &s->room);
}
