#pragma once
/* Private: the integral of |u| over a piece of a line; lines.c and rows.c put them together. */
#include <petscsys.h>

/* Gauss's nodes, and with both ends */
enum { HYP_PIECE_POINTS = 16, HYP_PIECE_NODES = HYP_PIECE_POINTS + 2 };
enum { HYP_PIECE_VALUES = HYP_PIECE_NODES + 1 }; /* of a piece: at its nodes, and the mean */

typedef struct {
  PetscReal node[HYP_PIECE_NODES];    /* on [-1, 1] */
  PetscReal wide[HYP_PIECE_NODES][3]; /* node j: 1 over the distances to both sides; half of
                                         the distance between its neighbours */
  PetscReal legendre[HYP_PIECE_POINTS][HYP_PIECE_POINTS]; /* values at the nodes -> coefficients */
} HypPieceRule;

PETSC_INTERN PetscErrorCode HypPieceRuleFill(HypPieceRule *);
PETSC_INTERN PetscReal      HypPieceAbsolute(const HypPieceRule *, const PetscScalar u[]);
