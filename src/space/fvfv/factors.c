/*
   eps_i(theta_1, theta_2) in d = 2 as a short sum of products.

   On the mesh eps_i is a matrix: a row for every point (x_i, v_i) of its own pair,
   a column for every point of the other pair.
   Sums and products of few functions of one theta each have a low rank there:

       eps_i = sum_r own_r(x_i, v_i) other_r(x_j, v_j).

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

/* eps_i at point p of pair i and point q of the other; a point is n times v's place in f, plus x */
static PetscErrorCode EpsCross(HypSpace space, const Factors *f, PetscInt i, PetscInt p, PetscInt q,
                               PetscReal *value)
{
  const PetscInt point[2] = {i ? q : p, i ? p : q}, n = f->n,
                 k[2] = {f->low[0] + point[0] / n, f->low[1] + point[1] / n};
  PetscReal eps[3];

  PetscFunctionBeginUser;
  PetscCall(EpsAt(space, k, point[0] % n + n * (point[1] % n), eps));
  *value = eps[i];
  PetscFunctionReturn(0);
}

/* Where factor r of a point stands */
static inline PetscInt Place(const Factors *f, PetscInt point, PetscInt r)
{
  return (point / f->n * FACTORS + r) * f->n + point % f->n;
}

static inline PetscReal SumOfProducts(const Factors *f, PetscInt i, PetscInt rank, PetscInt p,
                                      PetscInt q)
{
  PetscReal sum = 0;

  for (PetscInt r = 0; r < rank; r++)
    sum += f->own[i][Place(f, p, r)] * f->other[i][Place(f, q, r)];
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

/* Which crosses; FACTORS + 1 of them if FACTORS are too few.
   Samples are spread by the golden ratio, so that x and v do not go together. */
static PetscErrorCode ChooseCrosses(HypSpace space, const Factors *f, PetscInt i,
                                    PetscInt cross[FACTORS][2], PetscInt *rank)
{
  PetscReal left[SAMPLE][SAMPLE], most = 0, scale = 0;
  PetscInt  point[2][SAMPLE], at[2] = {0, 0};

  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < SAMPLE; a++) {
    const PetscReal part = fmod((PetscReal)(a + 1) * 0.5 * (PetscSqrtReal(5) - 1), 1);

    point[0][a] = (PetscInt)(part * (PetscReal)(f->count[i] * f->n));
    point[1][a] = (PetscInt)(part * (PetscReal)(f->count[1 - i] * f->n));
  }
  for (PetscInt a = 0; a < SAMPLE; a++)
    for (PetscInt b = 0; b < SAMPLE; b++)
      PetscCall(EpsCross(space, f, i, point[0][a], point[1][b], &left[a][b]));
  for (*rank = 0; *rank <= FACTORS; (*rank)++) {
    PetscReal column[SAMPLE], row[SAMPLE];

    most = LargestLeft(left, at);
    if (*rank == 0) scale = most;
    if (most <= ENOUGH * scale) break;
    if (*rank == FACTORS) continue;
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

    for (PetscInt p = 0; p < f->count[i] * f->n; p++) {
      PetscCall(EpsCross(space, f, i, p, q0, &value));
      f->own[i][Place(f, p, r)] = value - SumOfProducts(f, i, r, p, q0);
    }
    pivot = f->own[i][Place(f, p0, r)];
    for (PetscInt q = 0; q < f->count[1 - i] * f->n; q++) {
      PetscCall(EpsCross(space, f, i, p0, q, &value));
      f->other[i][Place(f, q, r)] = (value - SumOfProducts(f, i, r, p0, q)) / pivot;
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
  const PetscInt n = f->n, points[2] = {f->count[0] * n, f->count[1] * n};
  PetscReal      scale[2] = {0, 0}, most[2] = {0, 0}, eps[3];

  PetscFunctionBeginUser;
  *good = PETSC_TRUE;
  for (PetscInt a = 0; a < points[0] && *good; a++) {
    for (PetscInt b = 0; b < points[1]; b++) {
      const PetscInt k[2] = {f->low[0] + a / n, f->low[1] + b / n};

      PetscCall(EpsAt(space, k, a % n + n * (b % n), eps));
      for (PetscInt i = 0; i < 2; i++) {
        const PetscReal size = PetscAbsReal(eps[i]),
                        error =
                          PetscAbsReal(eps[i] - SumOfProducts(f, i, f->rank, i ? b : a, i ? a : b));

        scale[i] = PetscMax(scale[i], size);
        most[i]  = PetscMax(most[i], error);
        if (!(error <= ALLOWED * PetscMax(1, size))) *good = PETSC_FALSE;
      }
    }
  }
  for (PetscInt i = 0; i < 2; i++)
    if (!(most[i] <= ALLOWED * scale[i])) *good = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* The factors of both eps_i for the points of this rank and one beyond along each v;
   rank FACTORS + 1 and no tables if there are none */
PETSC_INTERN PetscErrorCode FactorsCreate(HypSpace space, Factors *f)
{
  const Tensor *t = (Tensor *)space->data;
  PetscInt      cross[2][FACTORS][2], rank[2];
  PetscBool     good;

  PetscFunctionBeginUser;
  f->n = HypAxisGetSize(space->x);
  for (PetscInt i = 0; i < 2; i++) {
    f->low[i]   = PetscMax(t->start[i] - 1, 0);
    f->count[i] = PetscMin(t->start[i] + t->count[i] + 1, HypAxisGetSize(space->v)) - f->low[i];
  }
  for (PetscInt i = 0; i < 2; i++) PetscCall(ChooseCrosses(space, f, i, cross[i], &rank[i]));
  f->rank = PetscMax(rank[0], rank[1]);
  if (f->rank > FACTORS) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < 2; i++) {
    PetscCall(TensorAllocate((size_t)(f->count[i] * FACTORS * f->n), &f->own[i]));
    PetscCall(TensorAllocate((size_t)(f->count[1 - i] * FACTORS * f->n), &f->other[i]));
    PetscCall(MakeCrosses(space, f, i, rank[i], cross[i]));
  }
  PetscCall(CheckFactors(space, f, &good));
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

PETSC_INTERN void FactorsDestroy(Factors *f)
{
  for (PetscInt i = 0; i < 2; i++) {
    TensorFree((size_t)(f->count[i] * FACTORS * f->n), &f->own[i]);
    TensorFree((size_t)(f->count[1 - i] * FACTORS * f->n), &f->other[i]);
  }
}
