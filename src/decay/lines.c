/*
   The integral of |u| M over a plane, u a smooth function that changes its sign:

       int |u| M = int J(q_0) M_0(q_0) dq_0,   J(q_0) = int |u(q_0, q_1)| M_1(q_1) dq_1.

   |u| has kinks, at which every rule of fixed nodes is of second order.
   Along a line q_0 = const, |u| M_1 is integrated piece by piece between its zeros (piece.c).
   J is smooth but where the number of zeros changes, there like a power 3/2:
   GSL's adaptive Gauss-Kronrod rule goes over q_0.
   It asks for the points of one interval after the other, the middle first.
   From the middle, a dyadic number, the interval is known, and its lines are evaluated together:
   one product of matrices instead of many with vectors.
*/
#include "decay/lines.h"
#include "decay/piece.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <petscblaslapack.h>

enum { POINTS = HYP_PIECE_POINTS, NODES = HYP_PIECE_NODES, VALUES = HYP_PIECE_VALUES };
enum { ROOM = 512 };
enum { LINES = 21, KEPT = 32, PAIRS = 3 }; /* of an interval; intervals whose functions are kept */
#define PIECE     1.5                      /* standard deviations */
#define TOLERANCE 1e-10                    /* of the integral, relative */
#define STEPS     60                       /* of bisections */

struct _p_HypLines {
  HypSpace     space;
  PetscInt     n[2], pieces;
  PetscReal    span[2], half; /* half the length of a piece of q_1 */
  HypPieceRule rule;
  PetscScalar *table;          /* M_1 phi_k for all values along q_1: [value][k] */
  PetscReal    kronrod[LINES]; /* of [-1, 1], in the order in which GSL asks */
  PetscInt     known;          /* lines whose J is known, of the last interval */
  PetscInt     asked;          /* for how many of them GSL asked */
  PetscReal    q[LINES], J[LINES];
  PetscScalar *phi[PAIRS][KEPT];   /* functions of q_0 on the lines of an interval; [0]: not kept */
  PetscScalar *line, *values;      /* u on lines; u M_1 there */
  const PetscScalar         *c;    /* of u */
  PetscInt                   pair; /* whose marginal u is */
  gsl_integration_workspace *room;
  PetscErrorCode             error;
};

/* The interval of GSL's bisections of [-span, span] that has this middle: its half length,
   and which one it is in the order 1; 2, 3; 4, 5, 6, 7; ... */
static PetscReal Interval(PetscReal span, PetscReal middle, PetscInt *which)
{
  PetscReal half = span, at = middle / span; /* an odd number of halves, quarters, ... */
  PetscInt  level = 1;

  for (int k = 0; k < STEPS && PetscAbsReal(at - PetscFloorReal(at + 0.5)) > 1e-9; k++) {
    at *= 2;
    half /= 2;
    level = PetscMin(2 * level, KEPT);
  }
  *which = level == KEPT ? 0 : level + (PetscInt)((middle + span) / (2 * half));
  return half;
}

/* C = A^T B of columns of length k, m columns of A and n of B */
static PetscErrorCode Columns(PetscInt m, PetscInt n, PetscInt k, const PetscScalar A[],
                              const PetscScalar B[], PetscScalar C[])
{
  const PetscBLASInt rows = (PetscBLASInt)m, columns = (PetscBLASInt)n, length = (PetscBLASInt)k;
  const PetscScalar  one = 1, zero = 0;

  PetscFunctionBeginUser;
  PetscCallBLAS("BLASgemm", BLASgemm_("T", "N", &rows, &columns, &length, &one, A, &length, B,
                                      &length, &zero, C, &rows));
  PetscFunctionReturn(0);
}

/* J M_0 on the lines of an interval; functions of q_0 that are kept are not computed again */
static PetscErrorCode Integrate(HypLines l, PetscInt which)
{
  PetscScalar **const phi  = &l->phi[l->pair][which];
  const PetscBool     kept = (PetscBool)(which > 0 && *phi);

  PetscFunctionBeginUser;
  if (!*phi) PetscCall(PetscMalloc1(LINES * l->n[0], phi));
  for (PetscInt k = 0; k < LINES && !kept; k++)
    PetscCall(HypSpaceBasis(l->space, l->pair, 0, l->q[k], *phi + k * l->n[0]));
  PetscCall(Columns(l->n[1], LINES, l->n[0], l->c, *phi, l->line));
  PetscCall(Columns(l->pieces * VALUES, LINES, l->n[1], l->table, l->line, l->values));
  for (PetscInt k = 0; k < LINES; k++) {
    PetscReal sum = 0;

    for (PetscInt p = 0; p < l->pieces; p++)
      sum += HypPieceAbsolute(&l->rule, l->values + (k * l->pieces + p) * VALUES);
    l->J[k] = HypSpaceDensityX(l->space, l->pair, l->q[k]) * sum * l->half;
  }
  l->known = LINES;
  PetscFunctionReturn(0);
}

/* J M_0 at q_0, which GSL asks for */
static double Line(double q, void *ctx)
{
  HypLines  l = (HypLines)ctx;
  PetscInt  which;
  PetscReal half;

  if (l->error) return 0;
  if (l->asked < l->known && PetscAbsReal(q - l->q[l->asked]) < 1e-13 * l->span[0])
    return l->J[l->asked++];
  half = Interval(l->span[0], q, &which);
  for (PetscInt k = 0; k < LINES; k++) l->q[k] = q + half * l->kronrod[k];
  l->error = Integrate(l, which);
  l->asked = 1;
  return l->J[0];
}

/* Writes down where GSL asks */
static double Asked(double q, void *ctx)
{
  HypLines l = (HypLines)ctx;

  if (l->known < LINES) l->kronrod[l->known++] = q;
  return 0;
}

/* Rows of the table for piece p: its nodes, and the mean, the first Legendre coefficient */
static PetscErrorCode Table(HypLines l, PetscInt p)
{
  PetscScalar *const rows = l->table + p * VALUES * l->n[1], *const mean = rows + NODES * l->n[1];

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(mean, l->n[1]));
  for (PetscInt j = 0; j < NODES; j++) {
    const PetscReal    q   = -l->span[1] + l->half * ((PetscReal)(2 * p + 1) + l->rule.node[j]);
    PetscScalar *const row = rows + j * l->n[1];

    PetscCall(HypSpaceBasis(l->space, 0, 1, q, row));
    for (PetscInt k = 0; k < l->n[1]; k++) {
      row[k] *= HypNormalDensity(q);
      if (j && j + 1 < NODES) mean[k] += l->rule.legendre[0][j - 1] * row[k];
    }
  }
  PetscFunctionReturn(0);
}

/*
  HypLinesCreate - Prepares integrals of |u| M over the plane of a pair

  Not collective; every rank computes the same
*/
PETSC_INTERN PetscErrorCode HypLinesCreate(HypSpace space, HypLines *lines)
{
  HypLines l;
  double   unused;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(lines));
  l        = *lines;
  l->space = space;
  PetscCall(HypSpacePlaneSize(space, l->n, l->span));
  l->pieces = (PetscInt)PetscCeilReal(2 * l->span[1] / PIECE);
  l->half   = l->span[1] / (PetscReal)l->pieces;
  PetscCall(HypPieceRuleFill(&l->rule));
  gsl_integration_qk21(&(gsl_function){Asked, l}, -1, 1, &unused, &unused, &unused, &unused);
  PetscCall(PetscMalloc3(l->pieces * VALUES * l->n[1], &l->table, LINES * l->n[1], &l->line,
                         LINES * l->pieces * VALUES, &l->values));
  for (PetscInt p = 0; p < l->pieces; p++) PetscCall(Table(l, p));
  l->room = gsl_integration_workspace_alloc(ROOM);
  PetscCheck(l->room, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a workspace");
  PetscFunctionReturn(0);
}

/*
  HypLinesAbsolute - The integral of |u| M over the plane of pair i

  c are the coefficients of u, HypSpacePlane().
  Where rounding ends the refinement, what was reached counts.
*/
PETSC_INTERN PetscErrorCode HypLinesAbsolute(HypLines l, PetscInt i, const PetscScalar c[],
                                             PetscReal *integral)
{
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gsl_function         line    = {Line, l};
  double               error;
  int                  status;

  PetscFunctionBeginUser;
  l->pair  = i;
  l->c     = c;
  l->error = 0;
  l->known = l->asked = 0;
  status              = gsl_integration_qag(&line, -l->span[0], l->span[0], 1e-300, TOLERANCE, ROOM,
                                            GSL_INTEG_GAUSS21, l->room, integral, &error);
  gsl_set_error_handler(handler);
  PetscCall(l->error);
  if (status && status != GSL_EROUND && status != GSL_EMAXITER && status != GSL_ESING)
    *integral = NAN;
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypLinesDestroy(HypLines *lines)
{
  PetscFunctionBeginUser;
  if (!*lines) PetscFunctionReturn(0);
  gsl_integration_workspace_free((*lines)->room);
  PetscCall(PetscFree3((*lines)->table, (*lines)->line, (*lines)->values));
  for (int i = 0; i < PAIRS; i++) {
    for (int k = 0; k < KEPT; k++) PetscCall(PetscFree((*lines)->phi[i][k]));
  }
  PetscCall(PetscFree(*lines));
  PetscFunctionReturn(0);
}
