/*
   The integral of |u| over [-1, 1], u a smooth function that changes its sign:
   u is interpolated at Gauss nodes, and |u| is integrated exactly between its zeros,
   by the primitives of Legendre polynomials.
*/
#include "decay/piece.h"
#include <gsl/gsl_integration.h>
#include <math.h>

#define STEPS 60   /* of a search for a zero */
#define APART 1e-7 /* an integral of |u| feels a shift of its zero by the square */

/* 1/k */
static const PetscReal inverse[HYP_PIECE_POINTS + 1] = {
  0,      1,       1. / 2,  1. / 3,  1. / 4,  1. / 5,  1. / 6,  1. / 7, 1. / 8,
  1. / 9, 1. / 10, 1. / 11, 1. / 12, 1. / 13, 1. / 14, 1. / 15, 1. / 16};

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
  PetscReal P[HYP_PIECE_POINTS + 1], sum = 0;

  Legendre(HYP_PIECE_POINTS - 1, s, P);
  for (PetscInt k = 0; k < HYP_PIECE_POINTS; k++) sum += a[k] * P[k];
  return sum;
}

/* Its integral from -1 to s: int P_k = (P_{k+1} - P_{k-1})/(2k + 1) */
static PetscReal Primitive(const PetscReal a[], PetscReal s)
{
  PetscReal P[HYP_PIECE_POINTS + 1], sum = a[0] * (1 + s);

  Legendre(HYP_PIECE_POINTS, s, P);
  for (PetscInt k = 1; k < HYP_PIECE_POINTS; k++)
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
static PetscReal Smallest(const HypPieceRule *l, const PetscReal a[], const PetscScalar u[],
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
static inline PetscBool Dips(const HypPieceRule *l, const PetscScalar u[], PetscInt j)
{
  const PetscReal sign = u[j] < 0 ? -1 : 1, here = sign * u[j], left = sign * u[j - 1] - here,
                  right = sign * u[j + 1] - here;
  const PetscReal steep = PetscMax(left * l->wide[j][0], right * l->wide[j][1]);

  return (PetscBool)((left > 0) & (right > 0) & (here < l->wide[j][2] * steep));
}

/* May u change its sign? */
static PetscBool Changes(const HypPieceRule *l, const PetscScalar u[])
{
  PetscInt negative = 0, dips = 0;

  for (PetscInt j = 0; j < HYP_PIECE_NODES; j++) negative += u[j] < 0;
  if (negative % HYP_PIECE_NODES) return PETSC_TRUE;
  for (PetscInt j = 1; j + 1 < HYP_PIECE_NODES; j++) dips += Dips(l, u, j);
  return (PetscBool)(dips > 0);
}

/* The integral over [-1, 1] of the absolute value of what has these values */
PETSC_INTERN PetscReal HypPieceAbsolute(const HypPieceRule *l, const PetscScalar u[])
{
  PetscReal a[HYP_PIECE_POINTS], s[HYP_PIECE_NODES], f[HYP_PIECE_NODES], sum = 0, before = 0;
  PetscInt  n = 0;

  if (!Changes(l, u)) return 2 * PetscAbsReal(u[HYP_PIECE_NODES]);
  for (PetscInt k = 0; k < HYP_PIECE_POINTS; k++) {
    a[k] = 0;
    for (PetscInt j = 0; j < HYP_PIECE_POINTS; j++) a[k] += l->legendre[k][j] * u[j + 1];
  }
  for (PetscInt j = 0; j < HYP_PIECE_NODES; j++) {
    s[n] = j && j + 1 < HYP_PIECE_NODES && Dips(l, u, j) ? Smallest(l, a, u, j) : l->node[j];
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

/* Nodes, weights and the matrix from values to coefficients of Legendre polynomials:
   (2k + 1)/2 w_j P_k(s_j) */
PETSC_INTERN PetscErrorCode HypPieceRuleFill(HypPieceRule *l)
{
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(HYP_PIECE_POINTS);

  PetscFunctionBeginUser;
  PetscCheck(rule, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a quadrature rule");
  for (size_t j = 0; j < HYP_PIECE_POINTS; j++) {
    double    weight;
    PetscReal P[HYP_PIECE_POINTS + 1];

    gsl_integration_glfixed_point(-1, 1, j, &l->node[j + 1], &weight, rule);
    Legendre(HYP_PIECE_POINTS - 1, l->node[j + 1], P);
    for (PetscInt k = 0; k < HYP_PIECE_POINTS; k++)
      l->legendre[k][j] = 0.5 * (PetscReal)(2 * k + 1) * weight * P[k];
  }
  l->node[0]                   = -1;
  l->node[HYP_PIECE_NODES - 1] = 1;
  for (PetscInt j = 1; j + 1 < HYP_PIECE_NODES; j++) {
    l->wide[j][0] = 1 / (l->node[j] - l->node[j - 1]);
    l->wide[j][1] = 1 / (l->node[j + 1] - l->node[j]);
    l->wide[j][2] = 0.5 * (l->node[j + 1] - l->node[j - 1]);
  }
  gsl_integration_glfixed_table_free(rule);
  PetscFunctionReturn(0);
}
