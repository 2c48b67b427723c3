/*
   eps_i(theta_1, theta_2) in d = 2, and eps(theta) in d = 1, as short sums of products.

   On the mesh eps_i is a matrix: a row for every point (x_i, v_i) of its own pair,
   a column for every point of the other pair; in d = 1 a row for every x, a column for every v.
   Sums and products of few functions of one theta each have a low rank there,
   in d = 1 polynomials, exponentials and sines of theta, which is a sum of x and v:

       eps_i = sum_r own_r(x_i, v_i) other_r(x_j, v_j),      eps = sum_r own_r(x) other_r(v).

   Adaptive cross approximation with complete pivoting on a sample of rows and columns
   chooses the crosses (M. Bebendorf, Hierarchical Matrices, Springer 2008, section 3.4);
   each is then made at all points, and the sum is compared with eps at every point.
*/
#include "space/fvfv/row.h"

#define SAMPLE  64                           /* rows and columns among which crosses are chosen */
#define ENOUGH  (16 * PETSC_MACHINE_EPSILON) /* what is left is rounding, also of theta */
#define ALLOWED (32 * PETSC_MACHINE_EPSILON) /* the same, for |theta| up to some tens */

/* eps at the point with v indices k[] and x index x of a block */
PETSC_INTERN PetscErrorCode EpsAt(HypSpace space, const PetscInt k[], PetscInt x, PetscReal eps[])
{
  const PetscInt d = HypModelDimension(space->model), n = HypAxisGetSize(space->x);
  PetscReal      z[6], theta[3];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++, x /= n) {
    z[i]     = HypAxisGetNodes(TensorAxis(space, i))[x % n];
    z[d + i] = HypAxisGetNodes(space->v)[k[i]];
  }
  HypModelToTheta(space->model, z, theta, NULL);
  PetscCall(HypModelPerturbation(space->model, theta, eps));
  PetscFunctionReturn(0);
}

/* v indices and x index of point a of the first pair and b of the second, or of x = a and v = b */
static PetscInt BlockPoint(const Factors *f, PetscInt a, PetscInt b, PetscInt k[2])
{
  const PetscInt n = f->n;

  k[0] = f->low[0] + (f->d == 1 ? b : a / n);
  k[1] = f->d == 1 ? 0 : f->low[1] + b / n;
  return f->d == 1 ? a : a % n + n * (b % n);
}

/* eps_i at point p of its own and q of the others; a point is n times v's place in f, plus x */
static PetscErrorCode EpsCross(HypSpace space, const Factors *f, PetscInt i, PetscInt p, PetscInt q,
                               PetscReal *value)
{
  PetscInt  k[2], x = BlockPoint(f, i ? q : p, i ? p : q, k);
  PetscReal eps[3];

  PetscFunctionBeginUser;
  PetscCall(EpsAt(space, k, x, eps));
  *value = eps[i];
  PetscFunctionReturn(0);
}

static inline PetscReal SumOfProducts(const Factors *f, PetscInt i, PetscInt rank, PetscInt p,
                                      PetscInt q)
{
  PetscReal sum = 0;

  for (PetscInt r = 0; r < rank; r++)
    sum += f->own[i][FactorPlace(f, p, r)] * f->other[i][FactorPlace(f, q, r)];
  return sum;
}

/* The largest entry of a sample of what is left */
static PetscReal LargestLeft(PetscReal left[SAMPLE][SAMPLE], PetscInt at[2])
{
  PetscReal most = 0;

  for (PetscInt a = 0; a < SAMPLE; a++) {
    for (PetscInt b = 0; b < SAMPLE; b++) {
      if (!(PetscAbsReal(left[a][b]) > most)) continue;
      most  = PetscAbsReal(left[a][b]);
      at[0] = a;
      at[1] = b;
    }
  }
  return most;
}

/* Which crosses; one more than allowed if those are too few.
   Samples are spread by the golden ratio, so that x and v do not go together. */
static PetscErrorCode ChooseCrosses(HypSpace space, const Factors *f, PetscInt i,
                                    PetscInt cross[FACTORS][2], PetscInt *rank)
{
  PetscReal left[SAMPLE][SAMPLE], most = 0, scale = 0;
  PetscInt  point[2][SAMPLE], at[2] = {0, 0};

  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < SAMPLE; a++) {
    const PetscReal part = fmod((PetscReal)(a + 1) * 0.5 * (PetscSqrtReal(5) - 1), 1);

    point[0][a] = (PetscInt)(part * (PetscReal)f->points[i]);
    point[1][a] = (PetscInt)(part * (PetscReal)f->points[1 - i]);
  }
  for (PetscInt a = 0; a < SAMPLE; a++)
    for (PetscInt b = 0; b < SAMPLE; b++)
      PetscCall(EpsCross(space, f, i, point[0][a], point[1][b], &left[a][b]));
  for (*rank = 0; *rank <= f->most; (*rank)++) {
    PetscReal column[SAMPLE], row[SAMPLE];

    most = LargestLeft(left, at);
    if (*rank == 0) scale = most;
    if (most <= ENOUGH * scale) break;
    if (*rank == f->most) continue;
    for (int side = 0; side < 2; side++) cross[*rank][side] = point[side][at[side]];
    for (PetscInt a = 0; a < SAMPLE; a++) {
      column[a] = left[a][at[1]] / left[at[0]][at[1]];
      row[a]    = left[at[0]][a];
    }
    for (PetscInt a = 0; a < SAMPLE; a++)
      for (PetscInt b = 0; b < SAMPLE; b++) left[a][b] -= column[a] * row[b];
  }
  PetscFunctionReturn(0);
}

/* The crosses at all points, each less what those before it give there */
static PetscErrorCode MakeCrosses(HypSpace space, Factors *f, PetscInt i, PetscInt rank,
                                  PetscInt cross[FACTORS][2])
{
  PetscReal value = 0;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < rank; r++) {
    const PetscInt p0 = cross[r][0], q0 = cross[r][1];
    PetscReal      pivot;

    for (PetscInt p = 0; p < f->points[i]; p++) {
      PetscCall(EpsCross(space, f, i, p, q0, &value));
      f->own[i][FactorPlace(f, p, r)] = value - SumOfProducts(f, i, r, p, q0);
    }
    pivot = f->own[i][FactorPlace(f, p0, r)];
    for (PetscInt q = 0; q < f->points[1 - i]; q++) {
      PetscCall(EpsCross(space, f, i, p0, q, &value));
      f->other[i][FactorPlace(f, q, r)] = (value - SumOfProducts(f, i, r, p0, q)) / pivot;
    }
  }
  PetscFunctionReturn(0);
}

/*
   Whether the sums are eps to rounding, at every point here and one beyond along each v.
   Rounding is that of the largest |eps|, but where that exceeds 1,
   the size of theta's own force, of |eps| there if that is more than 1:
   a perturbation that is large far away is not to be coarse in the middle.
*/
static PetscErrorCode CheckFactors(HypSpace space, const Factors *f, PetscBool *good)
{
  PetscReal scale[2] = {0, 0}, most[2] = {0, 0}, eps[3];

  PetscFunctionBeginUser;
  *good = PETSC_TRUE;
  for (PetscInt a = 0; a < f->points[0] && *good; a++) {
    for (PetscInt b = 0; b < f->points[1]; b++) {
      PetscInt       k[2];
      const PetscInt x = BlockPoint(f, a, b, k);

      PetscCall(EpsAt(space, k, x, eps));
      for (PetscInt i = 0; i < f->d; i++) {
        const PetscReal size = PetscAbsReal(eps[i]),
                        error =
                          PetscAbsReal(eps[i] - SumOfProducts(f, i, f->rank, i ? b : a, i ? a : b));

        scale[i] = PetscMax(scale[i], size);
        most[i]  = PetscMax(most[i], error);
        if (!(error <= ALLOWED * PetscMax(1, size))) *good = PETSC_FALSE;
      }
    }
  }
  for (PetscInt i = 0; i < f->d; i++)
    if (!(most[i] <= ALLOWED * scale[i])) *good = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* The points of the matrices: of this rank, and one beyond along each v */
static void FactorsPoints(HypSpace space, Factors *f)
{
  const Tensor *t = (Tensor *)space->data;

  f->d    = t->d;
  f->n    = HypAxisGetSize(space->x);
  f->most = f->d == 1 ? LINEFACTORS : FACTORS;
  for (PetscInt i = 0; i < f->d; i++) {
    f->low[i]    = PetscMax(t->start[i] - 1, 0);
    f->count[i]  = PetscMin(t->start[i] + t->count[i] + 1, HypAxisGetSize(space->v)) - f->low[i];
    f->points[i] = f->count[i] * f->n;
  }
  if (f->d == 1) {
    f->points[0] = f->n;
    f->points[1] = f->count[0];
  }
  for (PetscInt i = 0; i < 2; i++) f->size[i] = (f->points[i] + f->n - 1) / f->n * FACTORS * f->n;
}

/* The factors of all eps_i at those points;
   rank FACTORS + 1 and no tables if there are none */
PETSC_INTERN PetscErrorCode FactorsCreate(HypSpace space, Factors *f)
{
  PetscInt  cross[2][FACTORS][2], rank[2] = {0, 0};
  PetscBool good = PETSC_FALSE;

  PetscFunctionBeginUser;
  FactorsPoints(space, f);
  for (PetscInt i = 0; i < f->d; i++) PetscCall(ChooseCrosses(space, f, i, cross[i], &rank[i]));
  f->rank = PetscMax(rank[0], rank[1]);
  if (f->rank <= f->most) {
    for (PetscInt i = 0; i < f->d; i++) {
      PetscCall(TensorAllocate((size_t)f->size[i], &f->own[i]));
      PetscCall(TensorAllocate((size_t)f->size[1 - i], &f->other[i]));
      PetscCall(MakeCrosses(space, f, i, rank[i], cross[i]));
    }
    PetscCall(CheckFactors(space, f, &good));
  }
  if (good) PetscFunctionReturn(0);
  FactorsDestroy(f);
  f->rank = FACTORS + 1;
  PetscFunctionReturn(0);
}

/* What eps_i adds to the coefficients of its pair at v_i = k,
   for each factor of its own as it would for eps_i: for the first pair, whose rows run along j,
   slopes[group][r][slope][LANES], else slopes[r][j][slope] */
PETSC_INTERN void FactorsSlopes(const Stencil *s, const Factors *f, PetscInt i, PetscInt k,
                                PetscReal slopes[])
{
  const PetscInt n = f->n, step = FACTORS * n, at = k - f->low[i],
                 places = i ? n : GroupsOf(n) * LANES;

  for (PetscInt r = 0; r < f->rank; r++) {
    const PetscScalar *e = f->own[i] + at * step + r * n, *em = at > 0 ? e - step : e,
                      *ep = at < f->count[i] - 1 ? e + step : e;

    for (PetscInt place = 0; place < places; place++) {
      const PetscInt  j             = i ? place : PointAt(place, n);
      const PetscReal slope[SLOPES] = {
        s->bx * s->lower[0].m1[j] * e[PetscMax(j - 1, 0)],
        -0.5 * (s->bx * s->qx[j] - s->bv * s->qv[k]) * e[j],
        s->bx * s->lower[0].p1[j] * e[PetscMin(j + 1, n - 1)],
        -s->bv * s->lower[1].m1[k] * em[j],
        -s->bv * s->lower[1].p1[k] * ep[j],
      };

      for (PetscInt l = 0; l < SLOPES; l++)
        slopes[i ? (r * n + j) * SLOPES + l : InGroups(place, r * SLOPES + l, f->rank * SLOPES)] =
          slope[l];
    }
  }
}

/* What the rows of d = 1 need of the factors along x: slopes[group][r][ALONG_SLOPES][LANES] */
PETSC_INTERN void FactorsAlong(const Stencil *s, const Factors *f, PetscReal slopes[])
{
  const PetscInt n = f->n;

  for (PetscInt r = 0; r < f->rank; r++) {
    const PetscScalar *e = f->own[0] + r * n;

    for (PetscInt place = 0; place < GroupsOf(n) * LANES; place++) {
      const PetscInt  j                   = PointAt(place, n);
      const PetscReal slope[ALONG_SLOPES] = {
        [OWN]   = e[j],
        [OWNM1] = s->bx * s->lower[0].m1[j] * e[PetscMax(j - 1, 0)],
        [OWNP1] = s->bx * s->lower[0].p1[j] * e[PetscMin(j + 1, n - 1)],
      };

      for (PetscInt l = 0; l < ALONG_SLOPES; l++)
        slopes[InGroups(place, r * ALONG_SLOPES + l, f->rank * ALONG_SLOPES)] = slope[l];
    }
  }
}

/* The factors along v of the rows from v = k - 1 on: weights[row][LINEFACTORS];
   beyond an end any value will do, the coefficient is 0 */
PETSC_INTERN void FactorsAcross(const Factors *f, PetscInt k, PetscInt count, PetscReal weights[])
{
  for (PetscInt i = 0; i < count; i++) {
    const PetscInt at = PetscMin(PetscMax(k - 1 + i - f->low[0], 0), f->points[1] - 1);

    for (PetscInt r = 0; r < f->rank; r++)
      weights[i * LINEFACTORS + r] = f->other[0][FactorPlace(f, at, r)];
  }
}

PETSC_INTERN void FactorsDestroy(Factors *f)
{
  for (PetscInt i = 0; i < 2; i++) {
    TensorFree((size_t)f->size[i], &f->own[i]);
    TensorFree((size_t)f->size[1 - i], &f->other[i]);
  }
}
