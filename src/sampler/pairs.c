/*
   Pairs of paths with the same noise, for the contraction certificate: |z - z'|_P e^{mu t} never
   increases, z = (theta, y), for the equations of both types of model.
   The difference contracts as in continuous time up to the error of a step: the largest
   |z - z'|_P e^{mu t}/|z_0 - z'_0|_P exceeds 1 by O(h^2) at a fixed time.
*/
#include <hypoco/random.h>
#include "sampler/twins.h"

/* |z - z'|_P of pair l */
static PetscReal Distance(const HypTwins *p, const PetscReal P[], PetscInt l)
{
  const PetscInt m = 2 * p->d, n = p->lanes;
  PetscReal      sum = 0;

  for (PetscInt i = 0; i < m; i++) {
    const PetscReal a = p->z[i * n + l] - p->z[i * n + l + n / 2];

    for (PetscInt j = 0; j < m; j++)
      sum += P[i * m + j] * a * (p->z[j * n + l] - p->z[j * n + l + n / 2]);
  }
  return PetscSqrtReal(PetscMax(0, sum));
}

/* Both copies from the steady Gaussian of eps = 0, three times as wide */
static PetscErrorCode Start(HypTwins *p, uint64_t seed, uint64_t path)
{
  const PetscInt n = p->lanes, d = p->d, pairs = n / 2;

  PetscFunctionBeginUser;
  for (PetscInt copy = 0; copy < 2; copy++) {
    HypRandomNormals((HypRandomBlock){seed, path, pairs, (uint32_t)copy, HYP_RANDOM_START}, 2 * d,
                     p->noise);
    for (PetscInt i = 0; i < d; i++) {
      const HypCoordinate c = HypModelCoordinate(p->model, i);

      for (PetscInt l = 0; l < pairs; l++) {
        const PetscReal X = 3 * p->noise[i * pairs + l], V = 3 * p->noise[(d + i) * pairs + l];

        p->z[i * n + copy * pairs + l]       = c.theta_X * X + c.theta_V * V;
        p->z[(d + i) * n + copy * pairs + l] = c.y_X * X + c.y_V * V;
      }
    }
  }
  PetscFunctionReturn(0);
}

/*@
  HypPairsRun - Pairs of paths with the same noise: do they approach each other as fast as a
  contraction certificate says?

  Collective

  Input Parameters:
+ comm        - the pairs are divided over its ranks; their number does not change the result
. model       - either type of model
. contraction - P, and the rate mu - margin that it proves
. settings    - how many pairs, for how long, in which steps

  Output Parameter:
. found - the largest |z - z'|_P e^{mu t}/|z_0 - z'_0|_P of all pairs and steps, 1 at t = 0;
          when; and its root mean square at the end

  Level: intermediate

  Note:
  In continuous time the largest value is 1.  Here it is 1 + O(step^2).

.seealso: HypContractionCompute()
@*/
PetscErrorCode HypPairsRun(MPI_Comm comm, HypModel model, const HypContraction *contraction,
                           const HypPairSettings *settings, HypPairResult *found)
{
  enum { BLOCK = 256 };
  const PetscReal mu = contraction->mu - contraction->margin;
  PetscMPIInt     rank, size;
  PetscReal       mine[3] = {1, 0, 0}, first[BLOCK], worst, *squares;
  PetscInt        blocks  = (settings->pairs + BLOCK - 1) / BLOCK;

  PetscFunctionBeginUser;
  PetscCheck(settings->pairs > 0 && settings->steps > 0 && settings->step > 0, comm,
             PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " pairs, %" PetscInt_FMT
             " steps of %g given; positive numbers needed",
             settings->pairs, settings->steps, (double)settings->step);
  PetscCheck(
    !HypModelNoisy(model), comm, PETSC_ERR_ARG_INCOMP,
    "pairs of paths: the noise depends on theta and does not cancel between two paths; the "
    "certificate is one in W2, so follow the laws of two starts instead "
    "(sample_second_mean)");
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscCalloc1(blocks, &squares));
  for (PetscInt b = rank; b < blocks; b += size) {
    const PetscInt pairs = PetscMin(BLOCK, settings->pairs - b * BLOCK);
    const uint64_t path  = (uint64_t)b * BLOCK;
    HypTwins       p;

    PetscCall(HypTwinsCreate(model, pairs, &p));
    PetscCall(Start(&p, settings->seed, path));
    for (PetscInt l = 0; l < pairs; l++) first[l] = Distance(&p, contraction->P, l);
    for (PetscInt k = 1; k <= settings->steps; k++) {
      const PetscReal t = (PetscReal)k * settings->step, grown = PetscExpReal(mu * t);

      PetscCall(HypTwinsStep(&p, settings->step, settings->seed, path, k));
      for (PetscInt l = 0; l < pairs; l++) {
        const PetscReal ratio = Distance(&p, contraction->P, l) * grown / first[l];

        if (k == settings->steps) squares[b] += ratio * ratio;
        if (ratio <= mine[0]) continue;
        mine[0] = ratio;
        mine[1] = t;
      }
    }
    PetscCall(HypTwinsDestroy(&p));
  }
  PetscCallMPI(MPI_Allreduce(mine, &worst, 1, MPIU_REAL, MPIU_MAX, comm));
  if (mine[0] < worst) mine[1] = 0;
  PetscCallMPI(MPI_Allreduce(mine + 1, &found->time, 1, MPIU_REAL, MPIU_MAX, comm));
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, squares, (PetscMPIInt)blocks, MPIU_REAL, MPIU_SUM, comm));
  for (PetscInt b = 0; b < blocks; b++) mine[2] += squares[b];
  found->worst = worst;
  found->end   = PetscSqrtReal(mine[2] / (PetscReal)settings->pairs);
  PetscCall(PetscFree(squares));
  PetscFunctionReturn(0);
}
