#pragma once
/* Private parts of the model. */
#include <hypoco/model.h>

typedef struct _p_HypModelPotential *HypModelPotentialText;

struct _p_HypModel {
  MPI_Comm       comm;
  PetscInt       d; /* dimension of theta, x and v */
  HypModelType   type;
  PetscReal      omega0, beta; /* of the first coordinate */
  PetscReal      gamma;        /* friction */
  HypCoordinate *coordinate;   /* d of them */
  PetscReal     *lists;        /* their omega, beta and tau, d numbers each */
  PetscBool      perturbed;
  PetscInt (*depends)[4]; /* of each multiplier: how many theta_j, and which; NULL: unknown */

  HypPerturbationFn eps; /* one of these two, or none */
  HypFieldFn        field;
  void             *epsctx;
  PetscErrorCode (*epsdestroy)(void *);

  HypModel coarser; /* see HypModelCoarsen(); NULL: this one */

  HypModelPotentialText potential; /* NULL: the quadratic loss */

  PetscBool         noisy; /* s is not 1 everywhere */
  HypPerturbationFn noise; /* s */
  void             *noisectx;
  PetscErrorCode (*noisedestroy)(void *);
};

PETSC_INTERN PetscErrorCode HypModelPotentialDestroy(HypModelPotentialText *);
PETSC_INTERN HypCoordinate  HypCoordinateMake(HypModelType, PetscReal w, PetscReal gamma,
                                              PetscReal beta);
PETSC_INTERN PetscErrorCode HypModelSetUses(HypModel, PetscInt k, PetscInt more, const char *text);
