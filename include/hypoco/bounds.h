#pragma once
/*
   Bounds: rates of decay that are proved, with the hypotheses they need.
*/
#include <hypoco/model.h>

/* Theorem 3.1 of Zhu and Ying: theorem.c */
typedef struct {
  HypLyapunov lyapunov;   /* regime, C, Chat, mu printed and proved */
  PetscReal   C2;         /* of Proposition 4.1 */
  PetscReal   C1;         /* the decay rate is mu - eps0 C1, by the end of the proof */
  PetscReal   C1_printed; /* as printed after the theorem: another factor eps0 */
  PetscReal   eps0_max;   /* the largest eps0 that leaves a positive proved rate */
} HypTheoremConstants;

PETSC_EXTERN PetscErrorCode HypTheoremConstantsCompute(HypModel, PetscReal delta, PetscReal eps0,
                                                       HypTheoremConstants *);
