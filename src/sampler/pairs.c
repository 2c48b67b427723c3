/*
   Pairs of paths with the same noise, for the contraction certificate: |z - z'|_P e^{mu t} never
   increases, z = (theta, y), for the
   equations of both types of model.

   The noise is added between the steps, alike in both copies, so that it does not change their
   difference; a step is the method of
   Heun for the drift.  The difference therefore contracts as in continuous time up to the error
   of a step: the largest
   |z - z'|_P e^{mu t}/|z_0 - z'_0|_P exceeds 1 by O(h^2) at a fixed time.
*/
#include <hypoco/random.h>
#include <hypoco/sampler.h>

typedef struct {
  HypModel   model;
  PetscInt   d, lanes; /* lanes: both copies of every pair, one after the other */
  PetscReal *z, *predicted, *slope[2], *eps; /* [2 d][lanes]: theta, then y */
  PetscReal *noise, *first, *omega2, *tau;
} Pairs;

/* slope = (y, -w^2 theta - eps(theta) - gamma y) */
static PetscErrorCode Drift(Pairs *p, const PetscReal z[], PetscReal slope[])
{
  const PetscInt  n = p->lanes, d = p->d;
  const PetscReal gamma = HypModelGamma(p->model);

  PetscFunctionBeginUser;
  PetscCall(HypModelPerturbationMany(p->model, 0, n, z, p->eps));
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal *theta = z + i * n, *y = z + (d + i) * n, *eps = p->eps + i * n;

    for (PetscInt l = 0; l < n; l++) {
      slope[i * n + l]       = y[l];
      slope[(d + i) * n + l] = -p->omega2[i] * theta[l] - eps[l] - gamma * y[l];
    }
  }
  PetscFunctionReturn(0);
}

/* One step of Heun, then the noise of the step: in theta (asgd) or in y (momentum) */
static PetscErrorCode Step(Pairs *p, PetscReal h, uint64_t seed, uint64_t path, PetscInt step)
{
  const PetscInt n = p->lanes, d = p->d, pairs = n / 2,
                 row = HypModelGetType(p->model) == HYP_ASGD ? 0 : d;

  PetscFunctionBeginUser;
  PetscCall(Drift(p, p->z, p->slope[0]));
  for (PetscInt k = 0; k < 2 * d * n; k++) p->predicted[k] = p->z[k] + h * p->slope[0][k];
  PetscCall(Drift(p, p->predicted, p->slope[1]));
  for (PetscInt k = 0; k < 2 * d * n; k++) p->z[k] += h / 2 * (p->slope[0][k] + p->slope[1][k]);
  HypRandomNormals((HypRandomBlock){seed, path, pairs, (uint32_t)step, HYP_RANDOM_NORMAL}, d,
                   p->noise);
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal size = p->tau[i] * PetscSqrtReal(h);

    for (PetscInt l = 0; l < n; l++)
      p->z[(row + i) * n + l] += size * p->noise[i * pairs + l % pairs];
  }
  PetscFunctionReturn(0);
}

/* |z - z'|_P of pair l */
static PetscReal Distance(const Pairs *p, const PetscReal P[], PetscInt l)
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

static PetscErrorCode PairsCreate(HypModel model, PetscInt pairs, Pairs *p)
{
  const PetscInt d = HypModelDimension(model), n = 2 * pairs;

  PetscFunctionBeginUser;
  *p = (Pairs){.model = model, .d = d, .lanes = n};
  PetscCall(PetscMalloc5(2 * d * n, &p->z, 2 * d * n, &p->predicted, 2 * d * n, &p->slope[0],
                         2 * d * n, &p->slope[1], d * n, &p->eps));
  PetscCall(PetscMalloc4(2 * d * n, &p->noise, pairs, &p->first, d, &p->omega2, d, &p->tau));
  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);

    p->omega2[i] = PetscSqr(c.omega);
    p->tau[i]    = c.tau;
  }
  PetscFunctionReturn(0);
}

/* Both copies from the steady Gaussian of eps = 0, three times as wide */
static PetscErrorCode Start(Pairs *p, uint64_t seed, uint64_t path)
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

static PetscErrorCode PairsDestroy(Pairs *p)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(p->z, p->predicted, p->slope[0], p->slope[1], p->eps));
  PetscCall(PetscFree4(p->noise, p->first, p->omega2, p->tau));
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
  PetscReal       mine[3] = {1, 0, 0}, worst, *squares;
  PetscInt        blocks  = (settings->pairs + BLOCK - 1) / BLOCK;

  PetscFunctionBeginUser;
  PetscCheck(settings->pairs > 0 && settings->steps > 0 && settings->step > 0, comm,
             PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " pairs, %" PetscInt_FMT
             " steps of %g given; positive numbers needed",
             settings->pairs, settings->steps, (double)settings->step);
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscCalloc1(blocks, &squares));
  for (PetscInt b = rank; b < blocks; b += size) {
    const PetscInt pairs = PetscMin(BLOCK, settings->pairs - b * BLOCK);
    const uint64_t path  = (uint64_t)b * BLOCK;
    Pairs          p;

    PetscCall(PairsCreate(model, pairs, &p));
    PetscCall(Start(&p, settings->seed, path));
    for (PetscInt l = 0; l < pairs; l++) p.first[l] = Distance(&p, contraction->P, l);
    for (PetscInt k = 1; k <= settings->steps; k++) {
      const PetscReal t = (PetscReal)k * settings->step, grown = PetscExpReal(mu * t);

      PetscCall(Step(&p, settings->step, settings->seed, path, k));
      for (PetscInt l = 0; l < pairs; l++) {
        const PetscReal ratio = Distance(&p, contraction->P, l) * grown / p.first[l];

        if (k == settings->steps) squares[b] += ratio * ratio;
        if (ratio <= mine[0]) continue;
        mine[0] = ratio;
        mine[1] = t;
      }
    }
    PetscCall(PairsDestroy(&p));
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
