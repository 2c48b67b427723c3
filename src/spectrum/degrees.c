/*
   The spectrum of a simplex space for eps = 0.

   G = -T + L keeps the total degree, so it is block diagonal: one dense block for each degree n,
   whose leading eigenvalue is n times the slow one of degree 1.
   Degrees are added until the next one begins to the left of all that is asked for.
   Multiple eigenvalues, which a Krylov method meets once only, come with all their copies.
*/
#include "spectrum/spectrumimpl.h"

typedef struct {
  PetscInt       size;
  IS             unknowns;
  HypEigenvalue *values;
  PetscScalar   *z;
} Block;

/* The unknowns of one degree, all of them on every rank */
static PetscErrorCode BlockUnknowns(Vec degree, PetscInt n, IS *all)
{
  PetscInt           local, start, count = 0, *at;
  const PetscScalar *d;
  IS                 mine;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(degree, &local));
  PetscCall(VecGetOwnershipRange(degree, &start, NULL));
  PetscCall(PetscMalloc1(local, &at));
  PetscCall(VecGetArrayRead(degree, &d));
  for (PetscInt k = 0; k < local; k++) {
    if (PetscAbsReal(PetscRealPart(d[k]) - (PetscReal)n) < 0.5) at[count++] = start + k;
  }
  PetscCall(VecRestoreArrayRead(degree, &d));
  PetscCall(
    ISCreateGeneral(PetscObjectComm((PetscObject)degree), count, at, PETSC_COPY_VALUES, &mine));
  PetscCall(ISAllGather(mine, all));
  PetscCall(ISDestroy(&mine));
  PetscCall(PetscFree(at));
  PetscFunctionReturn(0);
}

/* Eigenvalues and eigenvectors of the block of degree n, on each rank for itself */
static PetscErrorCode BlockCreate(Mat G, Vec degree, PetscInt n, Block *block)
{
  Mat         *part, dense;
  PetscScalar *B;

  PetscFunctionBeginUser;
  PetscCall(BlockUnknowns(degree, n, &block->unknowns));
  PetscCall(ISGetLocalSize(block->unknowns, &block->size));
  PetscCall(
    MatCreateSubMatrices(G, 1, &block->unknowns, &block->unknowns, MAT_INITIAL_MATRIX, &part));
  PetscCall(MatConvert(part[0], MATSEQDENSE, MAT_INITIAL_MATRIX, &dense));
  PetscCall(MatDestroySubMatrices(1, &part));
  PetscCall(PetscMalloc2(block->size, &block->values, block->size * block->size, &block->z));
  PetscCall(MatDenseGetArray(dense, &B));
  PetscCall(HypDenseEigen(block->size, B, block->values, block->z));
  PetscCall(MatDenseRestoreArray(dense, &B));
  PetscCall(MatDestroy(&dense));
  PetscFunctionReturn(0);
}

/* u = column z of the block, on the rows of this rank */
static PetscErrorCode BlockVector(const Block *block, const PetscScalar z[], PetscReal sign, Vec u)
{
  const PetscInt *at;
  PetscInt        start, end;
  PetscScalar    *array;

  PetscFunctionBeginUser;
  PetscCall(VecSet(u, 0));
  if (!z) PetscFunctionReturn(0);
  PetscCall(VecGetOwnershipRange(u, &start, &end));
  PetscCall(ISGetIndices(block->unknowns, &at));
  PetscCall(VecGetArray(u, &array));
  for (PetscInt k = 0; k < block->size; k++) {
    if (at[k] >= start && at[k] < end) array[at[k] - start] = sign * z[k];
  }
  PetscCall(VecRestoreArray(u, &array));
  PetscCall(ISRestoreIndices(block->unknowns, &at));
  PetscFunctionReturn(0);
}

/* The k-th eigenvalue of all is this one of the block */
static PetscErrorCode Take(const Block *block, const HypEigenvalue *value, PetscInt k,
                           HypSpectrum *spectrum)
{
  const PetscInt first = value->imag < 0 ? value->index - 1 : value->index;

  PetscFunctionBeginUser;
  spectrum->real[k] = value->real;
  spectrum->imag[k] = value->imag;
  PetscCall(BlockVector(block, block->z + first * block->size, 1, spectrum->vr[k]));
  PetscCall(BlockVector(block, value->imag == 0 ? NULL : block->z + (first + 1) * block->size,
                        value->imag < 0 ? -1 : 1, spectrum->vi[k]));
  PetscFunctionReturn(0);
}

/* Merges the sorted lists of all blocks; stops at the leading spectrum->n */
static PetscErrorCode Merge(PetscInt nblocks, const Block blocks[], HypSpectrum *spectrum)
{
  PetscInt *next;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(nblocks, &next));
  for (PetscInt k = 0; k < spectrum->n; k++) {
    PetscInt best = -1;

    for (PetscInt j = 0; j < nblocks; j++) {
      if (next[j] == blocks[j].size) continue;
      if (best < 0 ||
          HypEigenvalueCompare(blocks[j].values + next[j], blocks[best].values + next[best]) < 0)
        best = j;
    }
    PetscCall(Take(blocks + best, blocks[best].values + next[best]++, k, spectrum));
  }
  PetscCall(PetscFree(next));
  PetscFunctionReturn(0);
}

/* How many eigenvalues of these blocks lie to the right of the beginning of the last block:
   no later block can interfere */
static PetscInt Certain(PetscInt nblocks, const Block blocks[])
{
  PetscInt count = 0;

  for (PetscInt j = 0; j < nblocks - 1; j++) {
    for (PetscInt k = 0; k < blocks[j].size; k++)
      count += HypEigenvalueCompare(blocks[j].values + k, blocks[nblocks - 1].values) < 0;
  }
  return count;
}

/*
  HypSpectrumDegrees - The leading eigenvalues of a simplex space for eps = 0

  Collective

  G is assembled; spectrum has n, and room for as many eigenvalues and eigenfunctions.
  n becomes smaller where eigenvalues of degrees beyond the space's may lie further right.
*/
PETSC_INTERN PetscErrorCode HypSpectrumDegrees(HypKinetic K, Mat G, HypSpectrum *spectrum)
{
  const PetscInt N = HypSpaceGetDegree(HypKineticGetSpace(K));
  PetscInt       n = 0, certain = 0;
  Block         *blocks;
  Vec            degree;

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateVec(HypKineticGetSpace(K), &degree));
  PetscCall(HypKineticNumber(K, degree));
  PetscCall(PetscMalloc1(N + 1, &blocks));
  while (certain < spectrum->n && n <= N) {
    PetscCall(BlockCreate(G, degree, n, blocks + n));
    n++;
    certain = Certain(n, blocks);
  }
  spectrum->n = PetscMin(spectrum->n, certain);
  PetscCall(Merge(n, blocks, spectrum));
  for (PetscInt j = 0; j < n; j++) {
    PetscCall(ISDestroy(&blocks[j].unknowns));
    PetscCall(PetscFree2(blocks[j].values, blocks[j].z));
  }
  PetscCall(PetscFree(blocks));
  PetscCall(VecDestroy(&degree));
  PetscFunctionReturn(0);
}
