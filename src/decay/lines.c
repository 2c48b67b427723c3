/*
   The integral of |u| M over a plane, u a smooth function that changes its sign:

       int |u| M = int J(q_0) M_0(q_0) dq_0,   J(q_0) = int |u(q_0, q_1)| M_1(q_1) dq_1.

   |u| has kinks, at which every rule of fixed nodes is of second order.
   Along a line q_0 = const, u M_1 is interpolated at Gauss nodes of short pieces;
   between its zeros |u| M_1 is integrated exactly, by the primitives of Legendre polynomials.
   J is smooth but where the number of zeros changes, there like a power 3/2:
   GSL's adaptive Gauss-Kronrod rule goes over q_0.
   It asks for the points of one interval after the other, the middle first.
   From the middle, a dyadic number, the interval is known, and its lines are evaluated together:
   one product of matrices instead of many with vectors.
*/
#include "decay/lines.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <petscblaslapack.h>

enum { POINTS = 16, NODES = POINTS + 2, ROOM = 512 }; /* nodes: Gauss's and both ends */
enum { VALUES = NODES + 1 };                          /* of a piece: at its nodes, and the mean */
enum { LINES = 21, KEPT = 32, PAIRS = 3 }; /* of an interval; intervals whose functions are kept */
#define PIECE     1.5                      /* standard deviations */
#define TOLERANCE 1e-10                    /* of the integral, relative */
#define STEPS     60                       /* of a search for a zero */
#define APART     1e-7 /* an integral of |u| feels a shift of its zero by the square */

/* 1/k */
static const PetscReal inverse[POINTS + 1] = {0,       1,       1. / 2,  1. / 3,  1. / 4,  1. / 5,
                                              1. / 6,  1. / 7,  1. / 8,  1. / 9,  1. / 10, 1. / 11,
                                              1. / 12, 1. / 13, 1. / 14, 1. / 15, 1. / 16};

struct _p_HypLines {
  HypSpace     space;
  PetscInt     n[2], pieces;
  PetscReal    span[2], half;            /* half the length of a piece of q_1 */
  PetscReal    node[NODES];              /* on [-1, 1] */
  PetscReal    wide[NODES][3];           /* node j: 1 over the distances to both sides; half of
                                                the distance between its neighbours */
  PetscReal    legendre[POINTS][POINTS]; /* values at the nodes -> coefficients */
  PetscScalar *table;                    /* M_1 phi_k for all values along q_1: [value][k] */
  PetscReal    kronrod[LINES];           /* of [-1, 1], in the order in which GSL asks */
  PetscInt     known;                    /* lines whose J is known, of the last interval */
  PetscInt     asked;                    /* for how many of them GSL asked */
  PetscReal    q[LINES], J[LINES];
  PetscScalar *phi[PAIRS][KEPT];   /* functions of q_0 on the lines of an interval; [0]: not kept */
  PetscScalar *line, *values;      /* u on lines; u M_1 there */
  const PetscScalar         *c;    /* of u */
  PetscInt                   pair; /* whose marginal u is */
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
static inline PetscBool Dips(const struct _p_HypLines *l, const PetscScalar u[], PetscInt j)
{
  const PetscReal sign = u[j] < 0 ? -1 : 1, here = sign * u[j], left = sign * u[j - 1] - here,
                  right = sign * u[j + 1] - here;
  const PetscReal steep = PetscMax(left * l->wide[j][0], right * l->wide[j][1]);

  return (PetscBool)((left > 0) & (right > 0) & (here < l->wide[j][2] * steep));
}

/* May u change its sign? */
static PetscBool Changes(const struct _p_HypLines *l, const PetscScalar u[])
{
  PetscInt negative = 0, dips = 0;

  for (PetscInt j = 0; j < NODES; j++) negative += u[j] < 0;
  if (negative % NODES) return PETSC_TRUE;
  for (PetscInt j = 1; j + 1 < NODES; j++) dips += Dips(l, u, j);
  return (PetscBool)(dips > 0);
}

/* The integral over one piece of the absolute value of what has these values */
static PetscReal Piece(const struct _p_HypLines *l, const PetscScalar u[])
{
  PetscReal a[POINTS], s[NODES], f[NODES], sum = 0, before = 0;
  PetscInt  n = 0;

  if (!Changes(l, u)) return 2 * PetscAbsReal(u[NODES]);
  for (PetscInt k = 0; k < POINTS; k++) {
    a[k] = 0;
    for (PetscInt j = 0; j < POINTS; j++) a[k] += l->legendre[k][j] * u[j + 1];
  }
  for (PetscInt j = 0; j < NODES; j++) {
    s[n] = j && j + 1 < NODES && Dips(l, u, j) ? Smallest(l, a, u, j) : l->node[j];
    f[n] = s[n] == l->node[j] ? u[j] : Value(a, s[n]);
    n++;
  }
  for (PetscInt j = 1; j < n; j++) {
    PetscReal upto;

    if ((f[j] < 0) == (f[j - 1] < 0)) continue;
    upto = Primitive(a, Zero(a, s[j - 1], f[j - 1], s[j], f[j]));
    sum += PetscAbsReal(upto - before);
    before = upto;
  }
  return sum + PetscAbsReal(2 * a[0] - before);
}

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
      sum += Piece(l, l->values + (k * l->pieces + p) * VALUES);
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

/* Nodes, weights and the matrix from values to coefficients of Legendre polynomials:
   (2k + 1)/2 w_j P_k(s_j) */
static PetscErrorCode Rule(HypLines l)
{
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(POINTS);
  double                         unused;

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
  for (PetscInt j = 1; j + 1 < NODES; j++) {
    l->wide[j][0] = 1 / (l->node[j] - l->node[j - 1]);
    l->wide[j][1] = 1 / (l->node[j + 1] - l->node[j]);
    l->wide[j][2] = 0.5 * (l->node[j + 1] - l->node[j - 1]);
  }
  gsl_integration_glfixed_table_free(rule);
  gsl_integration_qk21(&(gsl_function){Asked, l}, -1, 1, &unused, &unused, &unused, &unused);
  PetscFunctionReturn(0);
}

/* Rows of the table for piece p: its nodes, and the mean, the first Legendre coefficient */
static PetscErrorCode Table(HypLines l, PetscInt p)
{
  PetscScalar *const rows = l->table + p * VALUES * l->n[1], *const mean = rows + NODES * l->n[1];

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(mean, l->n[1]));
  for (PetscInt j = 0; j < NODES; j++) {
    const PetscReal    q   = -l->span[1] + l->half * ((PetscReal)(2 * p + 1) + l->node[j]);
    PetscScalar *const row = rows + j * l->n[1];

    PetscCall(HypSpaceBasis(l->space, 0, 1, q, row));
    for (PetscInt k = 0; k < l->n[1]; k++) {
      row[k] *= HypNormalDensity(q);
      if (j && j + 1 < NODES) mean[k] += l->legendre[0][j - 1] * row[k];
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

  PetscFunctionBeginUser;
  PetscCall(PetscNew(lines));
  l        = *lines;
  l->space = space;
  PetscCall(HypSpacePlaneSize(space, l->n, l->span));
  l->pieces = (PetscInt)PetscCeilReal(2 * l->span[1] / PIECE);
  l->half   = l->span[1] / (PetscReal)l->pieces;
  PetscCall(Rule(l));
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
