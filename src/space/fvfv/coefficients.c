/* The coefficients of the stencil of a pair, for the terms that are asked for. */
#include "space/fvfv/stencil.h"

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
  PetscCall(TensorAllocate((size_t)s->n, &s->wq));
  PetscCall(TensorAllocate((size_t)s->n, &s->hq));
  s->nroom = PetscMax(2 * CHUNK, TensorPower(s->n, HypModelDimension(space->model) - 1));
  PetscCall(TensorAllocate((size_t)s->nroom, &s->room));
  for (PetscInt j = 0; j < s->n; j++) s->qx[j] = 2 * s->lower[0].c[j];
  for (PetscInt k = 0; k < s->nv; k++) s->qv[k] = 2 * s->lower[1].c[k];
  PetscFunctionReturn(0);
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
  for (PetscInt j = 0; j < s->n; j++) {
    s->wq[j] = s->transport * s->qx[j];
    s->hq[j] = -0.5 * s->bx * s->qx[j];
  }
  BandScale(s->n, -s->transport, &s->dissipation, &s->dx);
  BandScale(s->nv, terms & HYP_FOKKER_PLANCK ? -HypModelGamma(model) : 0, &s->laplacian, &s->av);
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
  TensorFree((size_t)s->n, &s->wq);
  TensorFree((size_t)s->n, &s->hq);
  TensorFree((size_t)s->nroom, &s->room);
}
