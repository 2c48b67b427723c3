#pragma once
#include <hypoco/loss.h>

/*
   One kind of loss.
   Points come as theta[c*lanes + l], coordinate c of lane l;
   `one per lane` means theta with lanes = 1 works as a plain vector.
   Empty slots have a generic substitute in loss.c.
*/
typedef struct {
  PetscErrorCode (*value)(HypLoss, PetscInt i, const PetscReal *theta,
                          PetscReal *f); /* f_i at one point */
  PetscErrorCode (*potential)(HypLoss, PetscInt lanes, const PetscReal *theta,
                              PetscReal *f); /* f, one per lane; optional */
  PetscErrorCode (*gradient)(HypLoss, PetscInt lanes, const uint32_t *component,
                             const PetscReal *restrict theta,
                             PetscReal *restrict g); /* grad f_r, r by lane */
  PetscErrorCode (*mean)(HypLoss, PetscInt lanes, const PetscReal *restrict theta,
                         PetscReal *restrict g); /* grad f; optional */
  PetscErrorCode (*second)(HypLoss, PetscInt lanes, const PetscReal *theta, const PetscReal *v,
                           PetscReal *Hv);                  /* f'' v; optional */
  PetscErrorCode (*check)(HypLoss, const PetscReal *theta); /* gradient against value; optional */
  PetscErrorCode (*curvature)(
    HypLoss, PetscReal *largest); /* largest eigenvalue of f'' where it is constant; optional */
  PetscErrorCode (*linear)(HypLoss, HypLinearLoss *); /* gradients linear in theta; optional */
  PetscErrorCode (*destroy)(HypLoss);
} HypLossOps;

struct _p_HypLoss {
  HypLossOps ops;
  PetscInt   d, n;
  void      *data;
  /* work of the generic substitutes */
  PetscInt   size;
  PetscReal *work;
  uint32_t  *component;
};

PETSC_INTERN PetscErrorCode HypLossCreate_Private(PetscInt d, PetscInt n, HypLoss *);

/* Loss-noise: sigma(theta) xi with sigma sigma^T = Cov_i grad f_i(theta)
   and n normals xi per lane */
PETSC_INTERN PetscErrorCode HypLossNoise(HypLoss, PetscInt lanes, const PetscReal *theta,
                                         const PetscReal *mean, const PetscReal *xi,
                                         PetscReal *out);
/* Sigma[(c*d + e)*lanes + l] += weight * Cov_i grad f_i, lower triangle e <= c */
PETSC_INTERN PetscErrorCode HypLossAddCovariance(HypLoss, PetscInt lanes, const PetscReal *theta,
                                                 const PetscReal *mean, PetscReal weight,
                                                 PetscReal *Sigma);
