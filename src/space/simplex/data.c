/* Initial data of a simplex space: Gaussians and point masses exactly, single modes,
   general functions by quadrature. */
#include "space/simplex/simplex.h"

#define MATRIX (4 * SIMPLEX_DIMENSIONS * SIMPLEX_DIMENSIONS) /* room for 2d x 2d */

/* The rotation of all coordinates: (Xi_1..Xi_d, Z_1..Z_d) = O (X_1..X_d, V_1..V_d), row major */
static void Rotation(HypSpace space, PetscReal O[])
{
  const PetscInt d = HypModelDimension(space->model), n = 2 * d;

  for (PetscInt k = 0; k < n * n; k++) O[k] = 0;
  for (PetscInt i = 0; i < d; i++) {
    PetscReal Xi[2], Z[2];

    SimplexDirections(space->model, i, Xi, Z);
    O[i * n + i]           = Xi[0];
    O[i * n + d + i]       = Xi[1];
    O[(d + i) * n + i]     = Z[0];
    O[(d + i) * n + d + i] = Z[1];
  }
}

/*
   The coefficients c_n = E H_n of a Gaussian N(m, S) have the generating function
   exp(m.t + t.(S - I)t/2), so that

       sqrt(n_i + 1) c_{n + e_i} = m_i c_n + sum_j (S - I)_ij sqrt(n_j) c_{n - e_j}.

   Every rank runs through all unknowns (they are few) and keeps its own.
*/
PETSC_INTERN PetscErrorCode SimplexGaussian(HypSpace space, const PetscReal m[],
                                            const PetscReal S[], Vec u)
{
  const Simplex *s = (Simplex *)space->data;
  const PetscInt d = s->d, n = 2 * d;
  PetscInt       low, high;
  PetscReal      O[MATRIX], mean[2 * SIMPLEX_DIMENSIONS] = {0}, D[MATRIX] = {0};
  PetscScalar   *c, *array;

  PetscFunctionBeginUser;
  Rotation(space, O);
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt k = 0; k < n; k++) {
      mean[i] += O[i * n + k] * m[k];
      for (PetscInt j = 0; j < n; j++) {
        for (PetscInt l = 0; l < n; l++)
          D[i * n + j] += O[i * n + k] * (S[k * n + l] - (k == l)) * O[j * n + l];
      }
    }
  }
  PetscCall(PetscMalloc1(space->n, &c));
  c[0] = 1;
  for (PetscInt b = 0; b < s->count; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      PetscInt from[2] = {a, b}, i = 0,
               half = a ? 0 : 1; /* n = from + e_i in alpha (half 0) or beta (half 1) */
      PetscScalar sum;

      if (!a && !b) continue;
      while (s->lowered[i][half ? b : a] < 0) i++;
      from[half] = s->lowered[i][from[half]];
      sum        = mean[half * d + i] * c[s->offset[from[1]] + from[0]];
      for (PetscInt j = 0; j < n; j++) {
        const PetscInt q = j % d, other = s->lowered[q][from[j / d]];
        PetscInt       lower[2] = {from[0], from[1]};

        if (other < 0) continue;
        lower[j / d] = other;
        sum += D[(half * d + i) * n + j] * PetscSqrtReal((PetscReal)s->index[from[j / d]][q]) *
               c[s->offset[lower[1]] + lower[0]];
      }
      c[s->offset[b] + a] = sum / PetscSqrtReal((PetscReal)s->index[half ? b : a][i]);
    }
  }
  PetscCall(VecGetOwnershipRange(u, &low, &high));
  PetscCall(VecGetArrayWrite(u, &array));
  PetscCall(PetscArraycpy(array, c + low, high - low));
  PetscCall(VecRestoreArrayWrite(u, &array));
  PetscCall(PetscFree(c));
  PetscFunctionReturn(0);
}

/* One transform along coordinate c of an array [.., Q or N+1, ..]:
   result over modes, `outer` slabs, `inner` contiguous */
static void Transform(PetscInt Q, PetscInt modes, const PetscReal *Phi, PetscInt outer,
                      PetscInt inner, const PetscScalar *u, PetscScalar *v)
{
  for (PetscInt o = 0; o < outer; o++) {
    for (PetscInt k = 0; k < modes; k++) {
      PetscScalar *row = v + (o * modes + k) * inner;

      for (PetscInt i = 0; i < inner; i++) row[i] = 0;
      for (PetscInt q = 0; q < Q; q++) {
        const PetscReal    f    = Phi[q * modes + k];
        const PetscScalar *from = u + (o * Q + q) * inner;

        for (PetscInt i = 0; i < inner; i++) row[i] += f * from[i];
      }
    }
  }
}

/* Quadrature nodes along each coordinate, for functions of n pairs */
static PetscInt Nodes(const Simplex *s, PetscInt n)
{
  return n < 2 ? 2 * (s->N + 1) : s->N + 1 + (n == 2 ? 8 : 1);
}

/* z = (X, V) at a node zeta of (Xi, Z) of the pairs, 0 elsewhere */
static void Point(HypSpace space, PetscInt n, const PetscInt pairs[], const PetscReal zeta[],
                  PetscReal z[])
{
  const PetscInt d = HypModelDimension(space->model);
  PetscReal      Xi[2], Z[2];

  for (PetscInt c = 0; c < n; c++) {
    SimplexDirections(space->model, pairs[c], Xi, Z);
    z[pairs[c]]     = Xi[0] * zeta[c] + Z[0] * zeta[n + c];
    z[d + pairs[c]] = Xi[1] * zeta[c] + Z[1] * zeta[n + c];
  }
}

/* From a[], over the degrees of (Xi, Z) of the pairs: those of all other variables are 0 */
static PetscErrorCode Spread(HypSpace space, PetscInt n, const PetscInt pairs[],
                             const PetscScalar a[], Vec u)
{
  const Simplex *s     = (Simplex *)space->data;
  const PetscInt modes = s->N + 1;
  PetscInt       low, high;
  PetscScalar   *array;

  PetscFunctionBeginUser;
  PetscCall(VecGetOwnershipRange(u, &low, &high));
  PetscCall(VecGetArrayWrite(u, &array));
  for (PetscInt q = s->first; q < s->last; q++) {
    for (PetscInt p = 0; p < SimplexHeight(s, q); p++) {
      PetscInt position = 0, degree = 0;

      for (PetscInt c = n - 1; c >= 0; c--) position = position * modes + s->index[q][pairs[c]];
      for (PetscInt c = n - 1; c >= 0; c--) position = position * modes + s->index[p][pairs[c]];
      for (PetscInt c = 0; c < n; c++) degree += s->index[p][pairs[c]] + s->index[q][pairs[c]];
      array[s->offset[q] + p - low] = degree == s->degrees[p] + s->degrees[q] ? a[position] : 0;
    }
  }
  PetscCall(VecRestoreArrayWrite(u, &array));
  PetscFunctionReturn(0);
}

/* Full tensor quadrature in the 2n variables of some pairs, one coordinate after the other,
   on every rank */
PETSC_INTERN PetscErrorCode SimplexProjectPairs(HypSpace space, PetscInt n, const PetscInt pairs[],
                                                HypPhaseFn fn, void *ctx, Vec u)
{
  const Simplex *s     = (Simplex *)space->data;
  const PetscInt modes = s->N + 1, Q = Nodes(s, n);
  PetscReal   *nodes, *weights, *Phi, z[2 * SIMPLEX_DIMENSIONS] = {0}, zeta[2 * SIMPLEX_DIMENSIONS];
  PetscScalar *a, *b, *swap;
  PetscInt     all = 1;

  PetscFunctionBeginUser;
  PetscCheck(PetscPowRealInt((PetscReal)Q, 2 * n) <= 2e7, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_type expression: degree %" PetscInt_FMT " in %" PetscInt_FMT
             " pairs (x_i, v_i) needs %.2g quadrature nodes, at most 2e7 allowed; lower "
             "space_degree or use gaussian, point or modes",
             s->N, n, (double)PetscPowRealInt((PetscReal)Q, 2 * n));
  for (PetscInt c = 0; c < 2 * n; c++)
    all *= Q; /* PetscPowInt() squares once more than it needs, and overflows */
  PetscCall(PetscMalloc3(Q, &nodes, Q, &weights, Q * modes, &Phi));
  PetscCall(PetscMalloc1(all, &a));
  PetscCall(PetscMalloc1(all, &b));
  PetscCall(HypGaussHermite(Q, nodes, weights));
  for (PetscInt q = 0; q < Q; q++)
    HypHermiteFunctions(modes, nodes[q], weights[q], Phi + q * modes);
  for (PetscInt p = 0; p < all; p++) {
    for (PetscInt c = 0, rest = p; c < 2 * n; c++, rest /= Q) zeta[c] = nodes[rest % Q];
    Point(space, n, pairs, zeta, z);
    PetscCall(fn(s->d, z, &a[p], ctx));
  }
  for (PetscInt c = 0, outer = all / Q, inner = 1; c < 2 * n; c++, outer /= Q, inner *= modes) {
    Transform(Q, modes, Phi, outer, inner, a, b);
    swap = a;
    a    = b;
    b    = swap;
  }
  PetscCall(Spread(space, n, pairs, a, u));
  PetscCall(PetscFree3(nodes, weights, Phi));
  PetscCall(PetscFree(a));
  PetscCall(PetscFree(b));
  PetscFunctionReturn(0);
}

/* The same of a function of all pairs */
PETSC_INTERN PetscErrorCode SimplexProject(HypSpace space, HypPhaseFn fn, void *ctx, Vec u)
{
  PetscInt all[SIMPLEX_DIMENSIONS];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < SIMPLEX_DIMENSIONS; i++) all[i] = i;
  PetscCall(SimplexProjectPairs(space, HypModelDimension(space->model), all, fn, ctx, u));
  PetscFunctionReturn(0);
}

/* The same of a function of theta alone, which is one of Xi: its coefficients have beta = 0, and d
   variables are enough */
PETSC_INTERN PetscErrorCode SimplexProjectTheta(HypSpace space, HypPhaseFn fn, void *ctx, Vec u)
{
  const Simplex *s = (Simplex *)space->data;
  const PetscInt d = s->d, n = 2 * d, modes = s->N + 1, Q = Nodes(s, d);
  PetscReal     *nodes, *weights, *Phi, O[MATRIX], z[2 * SIMPLEX_DIMENSIONS];
  PetscScalar   *a, *b, *array;
  PetscInt       all = 1;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < d; c++) all *= Q;
  Rotation(space, O);
  PetscCall(PetscMalloc5(Q, &nodes, Q, &weights, Q * modes, &Phi, all, &a, all, &b));
  PetscCall(HypGaussHermite(Q, nodes, weights));
  for (PetscInt q = 0; q < Q; q++)
    HypHermiteFunctions(modes, nodes[q], weights[q], Phi + q * modes);
  for (PetscInt p = 0; p < all; p++) {
    for (PetscInt i = 0; i < n; i++) z[i] = 0;
    for (PetscInt c = 0, rest = p; c < d; c++, rest /= Q) {
      for (PetscInt i = 0; i < n; i++) z[i] += O[c * n + i] * nodes[rest % Q];
    }
    PetscCall(fn(d, z, &a[p], ctx));
  }
  for (PetscInt c = 0, outer = all / Q, inner = 1; c < d; c++, outer /= Q, inner *= modes) {
    Transform(Q, modes, Phi, outer, inner, a, b);
    PetscCall(PetscArraycpy(a, b, outer * modes * inner));
  }
  PetscCall(VecSet(u, 0));
  PetscCall(VecGetArray(u, &array));
  for (PetscInt p = 0; p < (s->first == 0 && s->last > 0 ? SimplexHeight(s, 0) : 0); p++) {
    PetscInt position = 0;

    for (PetscInt c = d - 1; c >= 0; c--) position = position * modes + s->index[p][c];
    array[p] = a[position];
  }
  PetscCall(VecRestoreArray(u, &array));
  PetscCall(PetscFree5(nodes, weights, Phi, a, b));
  PetscFunctionReturn(0);
}

/* H_n(X_i) H_m(V_i) in H_p(Xi_i) H_{k-p}(Z_i), k = n + m:
   a column of the k-th power of the rotation */
static PetscErrorCode ModeOfPair(HypSpace space, PetscInt i, PetscInt n, PetscInt k, PetscReal c[])
{
  PetscReal Xi[2], Z[2], M[4], root[SIMPLEX_DEGREE + 1], *S[2], *swap;

  PetscFunctionBeginUser;
  SimplexDirections(space->model, i, Xi, Z);
  M[0] = Xi[0];
  M[1] = Z[0];
  M[2] = Xi[1];
  M[3] = Z[1];
  PetscCall(PetscMalloc2((k + 1) * (k + 1), &S[0], (k + 1) * (k + 1), &S[1]));
  for (PetscInt p = 0; p <= k; p++) root[p] = PetscSqrtReal((PetscReal)p);
  S[0][0] = 1;
  for (PetscInt q = 1; q <= k; q++) {
    SimplexPower(q, M, root, S[0], S[1]);
    swap = S[0];
    S[0] = S[1];
    S[1] = swap;
  }
  PetscCall(PetscArraycpy(c, S[0] + n * (k + 1), k + 1));
  if (k % 2) { /* as they were allocated */
    swap = S[0];
    S[0] = S[1];
    S[1] = swap;
  }
  PetscCall(PetscFree2(S[0], S[1]));
  PetscFunctionReturn(0);
}

/* A Hermite function of (X, V) is a sum of Hermite functions of the same degrees of the pairs
   in (Xi, Z) */
PETSC_INTERN PetscErrorCode SimplexModes(HypSpace space, const PetscInt n[], PetscReal amplitude,
                                         Vec u)
{
  const Simplex *s     = (Simplex *)space->data;
  PetscInt       total = 0, k[SIMPLEX_DIMENSIONS];
  PetscReal(*c)[SIMPLEX_DEGREE + 1];
  PetscScalar *array;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < s->d; i++) total += k[i] = n[i] + n[s->d + i];
  PetscCheck(total <= s->N, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_modes: total degree %" PetscInt_FMT
             " asked for, at most space_degree = %" PetscInt_FMT " allowed",
             total, s->N);
  PetscCall(PetscMalloc1(s->d, &c));
  for (PetscInt i = 0; i < s->d; i++) PetscCall(ModeOfPair(space, i, n[i], k[i], c[i]));
  PetscCall(VecGetArray(u, &array));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      PetscReal product = amplitude;

      for (PetscInt i = 0; i < s->d && product != 0; i++)
        product *= s->index[a][i] + s->index[b][i] == k[i] ? c[i][s->index[a][i]] : 0;
      array[s->offset[b] - s->offset[s->first] + a] += product;
    }
  }
  PetscCall(VecRestoreArray(u, &array));
  PetscCall(PetscFree(c));
  PetscFunctionReturn(0);
}
