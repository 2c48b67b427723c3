#pragma once
/* Private parts of the kinetic operator: lists of terms, and the lists that are kept. */
#include <hypoco/kinetic.h>

typedef struct {
  PetscReal s;
  Mat       A, B; /* NULL: the identity */
} HypTerm;

/* sum s A^T B */
struct _p_HypOperator {
  HypKinetic K;
  PetscInt   n, room;
  HypTerm   *term;
};

/* operator.c */
PETSC_INTERN PetscErrorCode HypKineticCreateGenerator(HypKinetic, HypTerms, HypOperator *);
PETSC_INTERN PetscErrorCode HypKineticCreateSparse(HypKinetic, HypOperator *);
PETSC_INTERN PetscErrorCode HypKineticCreateGradients(HypKinetic, HypOperator *);
