#pragma once
/* Private parts of the kinetic operator: lists of terms, and the lists that are kept. */
#include <hypoco/kinetic.h>

struct _p_HypKinetic {
  HypSpace  space;
  HypForm   form;
  PetscInt  d;
  Mat      *aX, *aV;                           /* d/dX_i, d/dV_i; adjoint = transpose */
  Mat      *compactX, *compactV, *dissipation; /* of X_i and V_i; NULL: a^T a; of X_i; NULL: none */
  Mat      *eps;                               /* multiplication by eps_i(theta); NULL: none */
  Mat      *squareV, *noise; /* a_Vi a_Vi and multiplication by s_i(theta) - 1; NULL: s = 1 */
  Mat      *squareX;         /* a_Xi a_Xi; NULL: no noise along X */
  Mat       positive;        /* HypSpacePositive(); NULL: none */
  PetscBool mixed;           /* HypKineticIsMixed() */
  PetscBool invertible;      /* HypSpaceInvertible(), where the form is matrix-free */
  Mat       TL;              /* HypKineticSparse() */
  HypOperator list[HYP_GENERATOR + 1]; /* by terms, made when first asked for */
  HypOperator sparse, gradients;
  Vec         work[2];
  PetscBool   keepform;
  HypKinetic  direct; /* HypKineticDirect() */
};

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

/* square.c */
PETSC_INTERN PetscErrorCode HypMatSquare(Mat a, Mat compact, Mat *square);

/* operator.c */
PETSC_INTERN PetscErrorCode HypKineticCreateGenerator(HypKinetic, HypTerms, HypOperator *);
PETSC_INTERN PetscErrorCode HypKineticCreateSparse(HypKinetic, HypOperator *);
PETSC_INTERN PetscErrorCode HypKineticCreateGradients(HypKinetic, HypOperator *);
