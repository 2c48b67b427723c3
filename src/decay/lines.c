/*
   The integral of |u| M over a plane, u a smooth function that changes its sign:

       int |u| M = int J(q_0) M_0(q_0) dq_0,   J(q_0) = int |u(q_0, q_1)| M_1(q_1) dq_1.

   |u| has kinks, at which every rule of fixed nodes is of second order.
   Along a line q_0 = const, u M_1 is interpolated at Gauss nodes of short pieces;
   between its zeros |u| M_1 is integrated exactly, by the primitives of Legendre polynomials.
   J is smooth but where the number of zeros changes, there like a power 3/2:
   GSL's adaptive Gauss-Kronrod rule goes over q_0.
*/
#include "decay/lines.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <petscblaslapack.h>

enum { POINTS = 16, NODES = POINTS + 2, ROOM = 512 }; /* nodes: Gauss's and both ends */
#define PIECE     1.5                                 /* standard deviations */
#define TOLERANCE 1e-10                               /* of the integral, relative */
#define STEPS     60                                  /* of a search for a zero */
#define APART     1e-7 /* an integral of |u| feels a shift of its zero by the square */

/* 1/k */
static const PetscReal inverse[POINTS + 1] = {0,       1,       1. / 2,  1. / 3,  1. / 4,  1. / 5,
                                              1. / 6,  1. / 7,  1. / 8,  1. / 9,  1. / 10, 1. / 11,
                                              1. / 12, 1. / 13, 1. / 14, 1. / 15, 1. / 16};

struct _p_HypLines {
  HypSpace                   space;
  PetscInt                   n[2], pieces;
  PetscReal                  span[2], half;            /* half the length of a piece of q_1 */
  PetscReal                  node[NODES];              /* on [-1, 1] */
  PetscReal                  legendre[POINTS][POINTS]; /* values at the nodes -> coefficients */
  PetscScalar               *table;               /* M_1 phi_k at all nodes of q_1: [node][k] */
  PetscScalar               *phi, *line, *values; /* of q_0; u on a line; u M_1 at its nodes */
  const PetscScalar         *c;                   /* of u */
  PetscInt                   pair;                /* whose marginal u is */
  gsl_integration_workspace *room;
  PetscErrorCode             error;
};

/* P_0..P_n at s: P_{k+1} = ((2k + 1) s P_k - k P_{k-1})/(k + 1) */
static void Legendre(PetscInt n, PetscReal s, PetscReal P[])
{
  P[0] = 1;
  P[1] = s;
  for (PetscInt k = 1; k < n; k++) {
    const PetscReal part = (PetscReal)k * inverse[k + 1];

    P[k + 1] = (1 + part) * s * P[k] - part * P[k - 1];
  }
}

/* sum_k a_k P_k(s) */
static PetscReal Value(const PetscReal a[], PetscReal s)
{
  PetscReal P[POINTS + 1], sum = 0;

  Legendre(POINTS - 1, s, P);
  for (PetscInt k = 0; k < POINTS; k++) sum += a[k] * P[k];
  return sum;
}

/* Its integral from -1 to s: int P_k = (P_{k+1} - P_{k-1})/(2k + 1) */
static PetscReal Primitive(const PetscReal a[], PetscReal s)
{
  PetscReal P[POINTS + 1], sum = a[0] * (1 + s);

  Legendre(POINTS, s, P);
  for (PetscInt k = 1; k < POINTS; k++)
    sum += a[k] * (P[k + 1] - P[k - 1]) / (PetscReal)(2 * k + 1);
  return sum;
}

/* The zero between s and e, where the interpolant changes its sign: regula falsi (Illinois) */
static PetscReal Zero(const PetscReal a[], PetscReal s, PetscReal fs, PetscReal e, PetscReal fe)
{
  for (int k = 0; k < STEPS; k++) {
    const PetscReal m = e - fe * (e - s) / (fe - fs), fm = Value(a, m);

    if (fm == 0 || PetscAbsReal(m - e) < APART) return m;
    if ((fm > 0) != (fe > 0)) {
      s  = e;
      fs = fe;
    } else {
      fs /= 2;
    }
    e  = m;
    fe = fm;
  }
  return e;
}

/*
   Where the interpolant is smallest around node j, at which |u| is smaller than at its neighbours:
   there it may cross zero twice and back. Parabolas through three points, twice.
*/
static PetscReal Smallest(const struct _p_HypLines *l, const PetscReal a[], const PetscScalar u[],
                          PetscInt j)
{
  PetscReal s[3] = {l->node[j - 1], l->node[j], l->node[j + 1]}, f[3] = {u[j - 1], u[j], u[j + 1]};

  for (int k = 0; k < 3; k++) {
    const PetscReal left = (f[1] - f[0]) / (s[1] - s[0]), right = (f[2] - f[1]) / (s[2] - s[1]),
                    curve = (right - left) / (s[2] - s[0]),
                    m     = (s[0] + s[1]) / 2 - left / (2 * curve);

    if (!(m > s[0] && m < s[2]) || m == s[1]) break;
    s[m < s[1] ? 2 : 0] = s[1];
    f[m < s[1] ? 2 : 0] = f[1];
    s[1]                = m;
    f[1]                = Value(a, m);
  }
  return s[1];
}

/* Does |u| have a minimum at node j that a parabola would take across zero, or nearly so? */
static PetscBool Dips(const struct _p_HypLines *l, const PetscScalar u[], PetscInt j)
{
  const PetscReal sign = u[j] < 0 ? -1 : 1, here = sign * u[j], left = sign * u[j - 1],
                  right = sign * u[j + 1], wide = l->node[j + 1] - l->node[j - 1];

  if (!(here < left && here < right)) return PETSC_FALSE;
  return (PetscBool)(here < 0.5 * wide *
                              PetscMax((left - here) / (l->node[j] - l->node[j - 1]),
                                       (right - here) / (l->node[j + 1] - l->node[j])));
}

/* The integral over one piece of the absolute value of what has these values at its nodes */
static PetscReal Piece(const struct _p_HypLines *l, const PetscScalar u[])
{
  PetscReal a[POINTS], s[NODES], f[NODES], sum = 0, before = 0;
  PetscBool changes = PETSC_FALSE;
  PetscInt  n       = 0;

  for (PetscInt j = 1; j < NODES && !changes; j++)
    changes = (PetscBool)((u[j] < 0) != (u[j - 1] < 0) || (j + 1 < NODES && Dips(l, u, j)));
  for (PetscInt j = 0; j < POINTS; j++) sum += l->legendre[0][j] * u[j + 1];
  if (!changes) return 2 * PetscAbsReal(sum); /* the first coefficient is the mean */
  for (PetscInt k = 0; k < POINTS; k++) {
    a[k] = 0;
    for (PetscInt j = 0; j < POINTS; j++) a[k] += l->legendre[k][j] * u[j + 1];
  }
  for (PetscInt j = 0; j < NODES; j++) {
    s[n] = j && j + 1 < NODES && Dips(l, u, j) ? Smallest(l, a, u, j) : l->node[j];
    f[n] = s[n] == l->node[j] ? u[j] : Value(a, s[n]);
    n++;
  }
  sum = 0;
  for (PetscInt j = 1; j < n; j++) {
    PetscReal upto;

    if ((f[j] < 0) == (f[j - 1] < 0)) continue;
    upto = Primitive(a, Zero(a, s[j - 1], f[j - 1], s[j], f[j]));
    sum += PetscAbsReal(upto - before);
    before = upto;
  }
  return sum + PetscAbsReal(2 * a[0] - before);
}

/* y = A x, A by rows of n numbers */
static void Times(PetscInt n, PetscInt rows, const PetscScalar A[], const PetscScalar x[],
                  PetscScalar y[])
{
  const PetscBLASInt m = (PetscBLASInt)n, k = (PetscBLASInt)rows, step = 1;
  const PetscScalar  one = 1, zero = 0;

  BLASgemv_("T", &m, &k, &one, A, &m, x, &step, &zero, y, &step);
}

/* J M_0 at q_0 */
static double Line(double q, void *ctx)
{
  HypLines        l       = (HypLines)ctx;
  const PetscReal density = HypSpaceDensityX(l->space, l->pair, q);
  PetscReal       sum     = 0;

  if (l->error) return 0;
  l->error = HypSpaceBasis(l->space, l->pair, 0, q, l->phi);
  Times(l->n[0], l->n[1], l->c, l->phi, l->line);
  Times(l->n[1], l->pieces * NODES, l->table, l->line, l->values);
  for (PetscInt p = 0; p < l->pieces; p++) sum += Piece(l, l->values + p * NODES);
  return density * sum * l->half;
}

/* Nodes, weights and the matrix from values to coefficients of Legendre polynomials:
   (2k + 1)/2 w_j P_k(s_j) */
static PetscErrorCode Rule(HypLines l)
{
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(POINTS);

  PetscFunctionBeginUser;
  PetscCheck(rule, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a quadrature rule");
  for (size_t j = 0; j < POINTS; j++) {
    double    weight;
    PetscReal P[POINTS + 1];

    gsl_integration_glfixed_point(-1, 1, j, &l->node[j + 1], &weight, rule);
    Legendre(POINTS - 1, l->node[j + 1], P);
    for (PetscInt k = 0; k < POINTS; k++)
      l->legendre[k][j] = 0.5 * (PetscReal)(2 * k + 1) * weight * P[k];
  }
  l->node[0]         = -1;
  l->node[NODES - 1] = 1;
  gsl_integration_glfixed_table_free(rule);
  PetscFunctionReturn(0);
}

/*
  HypLinesCreate - Prepares integrals of |u| M over the plane of a pair

  Not collective; every rank computes the same
*/
PETSC_INTERN PetscErrorCode HypLinesCreate(HypSpace space, HypLines *lines)
{
  HypLines l;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(lines));
  l        = *lines;
  l->space = space;
  PetscCall(HypSpacePlaneSize(space, l->n, l->span));
  l->pieces = (PetscInt)PetscCeilReal(2 * l->span[1] / PIECE);
  l->half   = l->span[1] / (PetscReal)l->pieces;
  PetscCall(Rule(l));
  PetscCall(PetscMalloc4(l->pieces * NODES * l->n[1], &l->table, l->n[0], &l->phi, l->n[1],
                         &l->line, l->pieces * NODES, &l->values));
  for (PetscInt p = 0; p < l->pieces * NODES; p++) {
    const PetscReal q =
      -l->span[1] + l->half * ((PetscReal)(2 * (p / NODES) + 1) + l->node[p % NODES]);
    PetscScalar *const row = l->table + p * l->n[1];

    PetscCall(HypSpaceBasis(space, 0, 1, q, row));
    for (PetscInt k = 0; k < l->n[1]; k++) row[k] *= HypNormalDensity(q);
  }
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
  status   = gsl_integration_qag(&line, -l->span[0], l->span[0], 1e-300, TOLERANCE, ROOM,
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
  PetscCall(PetscFree4((*lines)->table, (*lines)->phi, (*lines)->line, (*lines)->values));
  PetscCall(PetscFree(*lines));
  PetscFunctionReturn(0);
}
