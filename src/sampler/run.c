/*
   Running a sampler: blocks of paths one after the other,
   moments of the observables at the output times.

   A mean must not depend on how many ranks share the paths.
   The blocks are therefore dealt into a fixed number of groups, a function of the problem alone;
   a group is averaged by one rank in the order of its paths,
   and rank 0 merges the groups in their order.
*/
#include "sampler/observe.h"
#include "sampler/transitions.h"

/* Divides evenly among 1 to 6, 8, 10 and 12 ranks */
#define GROUPS        240
#define GROUPS_MEMORY (1 << 25) /* numbers gathered on rank 0 at most */

typedef struct {
  HypSampler       sampler;
  HypSampleResult *result;
  PetscInt         blocks, groups, first,
    last;                    /* blocks in all; groups in all, and ours: first <= g < last */
  HypMoments4 *moments;      /* [groups here][times][Width()] */
  PetscReal   *theta, *y;    /* [nsnapshots][ncoordinates][paths here] */
  PetscInt     path0, paths; /* paths here */
  PetscInt     group;        /* that is being advanced */
  PetscInt     diverged; /* the first path that left the range of numbers, PETSC_MAX_INT if none */
  HypTransitionSums transitions;
} Run;

/* Moments of one time: the means of every coordinate, the loss and the wall time */
static PetscInt Width(const HypSampleResult *result)
{
  return result->d * HYP_MEANS + 2;
}

static PetscInt GroupStart(const Run *run, PetscInt group)
{
  return (PetscInt)((PetscInt64)run->blocks * group / run->groups);
}

static PetscInt RankStart(const Run *run, PetscMPIInt size, PetscMPIInt rank)
{
  return (PetscInt)((PetscInt64)run->groups * rank / size);
}

static PetscInt PathStart(const Run *run, PetscInt group)
{
  return (PetscInt)PetscMin((PetscInt64)GroupStart(run, group) * run->sampler->lanes,
                            (PetscInt64)run->result->paths);
}

static void KeepValues(const Run *run, const HypBlock *block, PetscInt count, PetscInt snapshot)
{
  const HypSampleResult *result = run->result;

  for (PetscInt i = 0; i < result->ncoordinates; i++) {
    const PetscInt c  = result->coordinate[i];
    const size_t   to = (size_t)(snapshot * result->ncoordinates + i) * (size_t)run->paths +
                      (size_t)((PetscInt)block->path - run->path0);

    for (PetscInt l = 0; l < count; l++)
      run->theta[to + (size_t)l] = block->theta[c * block->lanes + l];
    if (!block->y) continue;
    for (PetscInt l = 0; l < count; l++) run->y[to + (size_t)l] = block->y[c * block->lanes + l];
  }
}

/* This rank's share stands for all: of `here` steps of the paths it has, how many of all paths'? */
static PetscErrorCode Tell(const Run *run, PetscReal here)
{
  const HypSampleSettings *settings = &run->sampler->settings;

  PetscFunctionBeginUser;
  if (!settings->progress || !run->paths) PetscFunctionReturn(0);
  PetscCall(settings->progress(here * (PetscReal)settings->paths / (PetscReal)run->paths,
                               settings->progress_context));
  PetscFunctionReturn(0);
}

/* All steps of one block of paths; `before`: paths of its group that went before */
static PetscErrorCode AdvanceBlock(Run *run, HypBlock *block, PetscReal before,
                                   HypMoments4 *moments)
{
  HypSampler             sampler = run->sampler;
  const HypSampleResult *result  = run->result;
  const PetscInt64       left    = (PetscInt64)result->paths - (PetscInt64)block->path;
  const PetscInt         count   = (PetscInt)PetscMin((PetscInt64)block->lanes, left);
  PetscInt               output = 0, snapshot = 0;

  PetscFunctionBeginUser;
  PetscCall(sampler->ops.blockstart(sampler, block));
  for (PetscInt step = 0;; step++) {
    if (output < result->times && result->step[output] == step) {
      HypObserve(result, block, count, before, moments + (size_t)output * (size_t)Width(result));
      if (sampler->settings.follow_loss)
        PetscCall(
          HypObserveLoss(sampler->loss, block, count, before,
                         moments + (size_t)output * (size_t)Width(result) + result->d * HYP_MEANS));
      if (block->wall)
        HypObserveValues(block->wall, count, before,
                         moments + (size_t)output * (size_t)Width(result) + Width(result) - 1);
      if (sampler->settings.transitions)
        HypTransitionsObserve(&run->transitions, block, count, output, run->group);
      output++;
      PetscCall(Tell(run, (PetscReal)((PetscInt)block->path - run->path0) *
                              (PetscReal)sampler->settings.steps +
                            (PetscReal)count * (PetscReal)step));
    }
    if (snapshot < result->nsnapshots && result->snapshot[snapshot] == step)
      KeepValues(run, block, count, snapshot++);
    if (step == sampler->settings.steps) break;
    PetscCall(sampler->ops.step(sampler, block, step));
  }
  for (PetscInt c = 0; c < block->d; c++)
    for (PetscInt l = 0; l < count; l++)
      if (PetscIsInfOrNanReal(block->theta[c * block->lanes + l]))
        run->diverged = PetscMin(run->diverged, (PetscInt)block->path + l);
  PetscFunctionReturn(0);
}

static PetscErrorCode AdvanceAll(Run *run)
{
  HypSampler     sampler = run->sampler;
  const size_t   stride  = (size_t)(run->result->times * Width(run->result));
  HypBlock       block   = {.lanes = sampler->lanes, .d = sampler->d};
  PetscLogDouble begin, end;
  PetscReal      seconds;

  PetscFunctionBeginUser;
  PetscCall(sampler->ops.blockcreate(sampler, &block));
  PetscCall(PetscTime(&begin));
  for (PetscInt group = run->group = run->first; group < run->last; run->group = ++group)
    for (PetscInt b = GroupStart(run, group); b < GroupStart(run, group + 1); b++) {
      block.path = (uint64_t)b * (uint64_t)sampler->lanes;
      PetscCall(AdvanceBlock(run, &block, (PetscReal)((PetscInt)block.path - PathStart(run, group)),
                             run->moments + (size_t)(group - run->first) * stride));
    }
  PetscCall(PetscTime(&end));
  PetscCall(sampler->ops.blockdestroy(sampler, &block));
  seconds = end - begin;
  PetscCallMPI(
    MPI_Allreduce(&seconds, &run->result->seconds, 1, MPIU_REAL, MPIU_MAX, sampler->comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &run->diverged, 1, MPIU_INT, MPI_MIN, sampler->comm));
  PetscCheck(run->diverged == PETSC_MAX_INT, sampler->comm, PETSC_ERR_FP,
             "path %" PetscInt_FMT " of %s left the range of numbers within %" PetscInt_FMT
             " steps: the step size is unstable for this loss; reduce model_learning_rate",
             run->diverged, sampler->settings.model, sampler->settings.steps);
  PetscFunctionReturn(0);
}

/* Moments of the groups of paths here, the values of all paths at the snapshots,
   and on the first rank those of all ranks */
static PetscErrorCode CheckMemory(const Run *run)
{
  const HypSampleResult *result = run->result;
  const PetscReal        moments =
    (PetscReal)result->times * (PetscReal)result->d * HYP_MEANS * sizeof(HypMoments4);
  const PetscReal rows  = (PetscReal)result->nsnapshots * (PetscReal)result->ncoordinates;
  PetscReal       bytes = (PetscReal)(run->last - run->first) * moments +
                    2 * rows * (PetscReal)run->paths * (PetscReal)sizeof(PetscReal);

  PetscFunctionBeginUser;
  if (!run->first)
    bytes += (PetscReal)run->groups * moments +
             (2 * rows + 1) * (PetscReal)result->paths * (PetscReal)sizeof(PetscReal);
  PetscCall(
    HypCheckMemory(run->sampler->comm, bytes, "the sampled paths",
                   "take fewer sample_paths, sample_snapshots or sample_coordinates, a larger "
                   "sample_every, or more nodes"));
  PetscFunctionReturn(0);
}

/* x_i and v_i follow from theta_i and y_i alone, unless asgd has a full Hessian:
   v = -H theta - gamma y
 */
static PetscBool HasV(HypSampler sampler)
{
  HypModel model = sampler->settings.pde;

  if (!sampler->has_y || !model) return PETSC_FALSE;
  return HypModelRotated(model) && HypModelGetType(model) == HYP_ASGD ? PETSC_FALSE : PETSC_TRUE;
}

/* The averages at the output times, which every rank holds */
static PetscErrorCode CheckTimes(const Run *run)
{
  const PetscReal means =
    (PetscReal)run->result->times * (PetscReal)run->result->d * (PetscReal)HYP_MEANS;

  PetscFunctionBeginUser;
  PetscCall(HypCheckCount(run->sampler->comm, 4 * means, "averages at all output times",
                          "take a larger sample_every", NULL));
  PetscCall(HypCheckMemory(run->sampler->comm, 3 * means * (PetscReal)sizeof(PetscReal),
                           "the averages at all output times", "take a larger sample_every"));
  PetscFunctionReturn(0);
}

/* Output times, snapshots and the share of this rank */
static PetscErrorCode Prepare(Run *run)
{
  HypSampler               sampler  = run->sampler;
  const HypSampleSettings *settings = &sampler->settings;
  HypSampleResult         *result   = run->result;
  PetscMPIInt              size, rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(sampler->comm, &size));
  PetscCallMPI(MPI_Comm_rank(sampler->comm, &rank));
  PetscCall(PetscMemzero(result, sizeof(*result)));
  result->d        = sampler->d;
  result->paths    = settings->paths;
  result->timestep = settings->clock > 0 ? settings->clock : sampler->timestep;
  result->has_y    = sampler->has_y;
  result->has_v    = HasV(sampler);
  result->times = settings->steps / settings->every + 1 + (settings->steps % settings->every > 0);
  result->nsnapshots   = settings->nsnapshots;
  result->ncoordinates = settings->ncoordinates;
  PetscCall(CheckTimes(run));
  PetscCall(PetscMalloc6(result->times, &result->step, result->times * result->d * HYP_MEANS,
                         &result->mean, result->times * result->d * HYP_MEANS, &result->error,
                         result->times * result->d * HYP_MEANS, &result->half, result->nsnapshots,
                         &result->snapshot, result->ncoordinates, &result->coordinate));
  PetscCall(PetscCalloc1(PetscMax(result->ncoordinates, 1), &result->pair));
  if (settings->follow_loss) PetscCall(PetscMalloc1(3 * result->times, &result->loss));
  if (sampler->ops.finish) PetscCall(PetscMalloc1(3 * result->times, &result->wall));
  for (PetscInt t = 0; t < result->times; t++)
    result->step[t] =
      (PetscInt)PetscMin((PetscInt64)t * settings->every, (PetscInt64)settings->steps);
  for (PetscInt i = 0; i < result->nsnapshots; i++) result->snapshot[i] = settings->snapshots[i];
  for (PetscInt i = 0; i < result->ncoordinates; i++) {
    PetscCheck(settings->coordinates[i] >= 0 && settings->coordinates[i] < result->d,
               PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "sample_coordinates: %" PetscInt_FMT " given, 1 to %" PetscInt_FMT " allowed",
               settings->coordinates[i] + 1, result->d);
    result->coordinate[i] = settings->coordinates[i];
  }
  if (result->has_v) {
    PetscCall(PetscMalloc1(4 * result->d, &result->phase));
    for (PetscInt c = 0; c < result->d; c++) HypModelPhase(settings->pde, c, result->phase + 4 * c);
  }
  PetscCall(HypSamplerRead(sampler, &result->read));
  run->blocks = (result->paths - 1) / sampler->lanes + 1;
  run->groups = (PetscInt)PetscMin(
    PetscMax((PetscInt64)GROUPS_MEMORY / ((PetscInt64)result->times * Width(result) * 4), 12),
    GROUPS);
  run->groups = PetscMin(run->groups, run->blocks);
  run->first  = RankStart(run, size, rank);
  run->last   = RankStart(run, size, rank + 1);
  run->path0  = PathStart(run, run->first);
  run->paths  = PathStart(run, run->last) - run->path0;
  PetscCall(CheckMemory(run));
  if (settings->transitions)
    PetscCall(HypTransitionsCreate(sampler, result->times, run->groups, &run->transitions));
  PetscCall(PetscCalloc3(
    (run->last - run->first) * result->times * Width(result), &run->moments,
    (size_t)result->nsnapshots * (size_t)(result->ncoordinates * run->paths), &run->theta,
    (size_t)result->nsnapshots * (size_t)(result->ncoordinates * run->paths), &run->y));
  PetscFunctionReturn(0);
}

/* On rank 0: the moments of all groups, [groups][times][Width()]; NULL elsewhere */
static PetscErrorCode GatherGroups(Run *run, HypMoments4 **all)
{
  const PetscInt stride = run->result->times * Width(run->result) * 4;
  PetscMPIInt    size, rank, *counts = NULL, *offsets = NULL, count;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(run->sampler->comm, &size));
  PetscCallMPI(MPI_Comm_rank(run->sampler->comm, &rank));
  PetscCall(PetscMPIIntCast((run->last - run->first) * stride, &count));
  *all = NULL;
  PetscCall(PetscMalloc2(size, &counts, size, &offsets));
  if (!rank) PetscCall(PetscMalloc1(run->groups * (stride / 4), all));
  for (PetscMPIInt r = 0; r < size; r++) {
    PetscCall(PetscMPIIntCast(RankStart(run, size, r) * stride, &offsets[r]));
    PetscCall(PetscMPIIntCast(RankStart(run, size, r + 1) * stride - offsets[r], &counts[r]));
  }
  PetscCallMPI(MPI_Gatherv(run->moments, count, MPIU_REAL, *all, counts, offsets, MPIU_REAL, 0,
                           run->sampler->comm));
  PetscCall(PetscFree2(counts, offsets));
  PetscFunctionReturn(0);
}

/* into[stride] <- groups first, ..., last - 1 merged in their order */
static void MergeGroups(const Run *run, const HypMoments4 *all, PetscInt first, PetscInt last,
                        HypMoments4 *into)
{
  const PetscInt stride = run->result->times * Width(run->result);
  PetscReal      n      = 0;

  for (PetscInt k = 0; k < stride; k++) into[k] = (HypMoments4){0, 0, 0, 0};
  for (PetscInt group = first; group < last; group++) {
    const PetscReal m = (PetscReal)(PathStart(run, group + 1) - PathStart(run, group));

    for (PetscInt k = 0; k < stride; k++) HypMomentsMerge(&into[k], n, &all[group * stride + k], m);
    n += m;
  }
}

/* E theta and E theta^2 of the chosen coordinates in up to HYP_SAMPLE_BLOCKS blocks of paths,
   for error bars of what is fitted */
static void FillBlocks(Run *run, const HypMoments4 *all, HypMoments4 *work)
{
  HypSampleResult *result = run->result;

  for (PetscInt b = 0; b < result->nblocks; b++) {
    const PetscInt first = run->groups * b / result->nblocks,
                   last  = run->groups * (b + 1) / result->nblocks;

    MergeGroups(run, all, first, last, work);
    result->block_paths[b] = (PetscReal)(PathStart(run, last) - PathStart(run, first));
    for (PetscInt t = 0; t < result->times; t++)
      for (PetscInt i = 0; i < result->ncoordinates; i++)
        for (PetscInt k = 0; k < 2; k++)
          result->block[((b * result->times + t) * result->ncoordinates + i) * 2 + k] =
            work[t * Width(result) + result->coordinate[i] * HYP_MEANS +
                 (k ? HYP_MEAN_THETA2 : HYP_MEAN_THETA)]
              .mean;
  }
}

/* Mean, standard error and half of the 95 % interval; nothing where there is no such series */
static void FillTriple(const HypMoments4 *from, PetscInt paths, PetscInt t, PetscReal *to)
{
  if (!to) return;
  to[3 * t]     = from->mean;
  to[3 * t + 1] = HypMomentsError(from, (PetscReal)paths);
  to[3 * t + 2] = HypMomentsHalfWidth(from, (PetscReal)paths);
}

static PetscErrorCode FillMeans(Run *run)
{
  HypSampleResult *result = run->result;
  const PetscInt   width = Width(result), size = result->times * width;
  HypMoments4     *all, *total;
  PetscMPIInt      rank, count;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(run->sampler->comm, &rank));
  result->nblocks = PetscMin(run->groups, HYP_SAMPLE_BLOCKS);
  PetscCall(PetscMalloc2(result->nblocks, &result->block_paths,
                         result->nblocks * result->times * result->ncoordinates * 2,
                         &result->block));
  PetscCall(GatherGroups(run, &all));
  PetscCall(PetscMalloc1(size, &total));
  if (!rank) {
    FillBlocks(run, all, total);
    MergeGroups(run, all, 0, run->groups, total);
  }
  PetscCall(PetscMPIIntCast(size * 4, &count));
  PetscCallMPI(MPI_Bcast(total, count, MPIU_REAL, 0, run->sampler->comm));
  PetscCall(PetscMPIIntCast(result->nblocks * result->times * result->ncoordinates * 2, &count));
  PetscCallMPI(MPI_Bcast(result->block, count, MPIU_REAL, 0, run->sampler->comm));
  PetscCall(PetscMPIIntCast(result->nblocks, &count));
  PetscCallMPI(MPI_Bcast(result->block_paths, count, MPIU_REAL, 0, run->sampler->comm));
  for (PetscInt t = 0; t < result->times; t++) {
    for (PetscInt i = 0; i + 2 < width; i++) {
      const HypMoments4 *from = &total[t * width + i];
      const PetscInt     to   = t * (width - 2) + i;

      result->mean[to]  = from->mean;
      result->error[to] = HypMomentsError(from, (PetscReal)result->paths);
      result->half[to]  = HypMomentsHalfWidth(from, (PetscReal)result->paths);
    }
    FillTriple(&total[(t + 1) * width - 1], result->paths, t, result->wall);
    FillTriple(&total[(t + 1) * width - 2], result->paths, t, result->loss);
  }
  PetscCall(PetscFree(all));
  PetscCall(PetscFree(total));
  PetscFunctionReturn(0);
}

/* Values of all paths in the order of the paths, on rank 0 */
static PetscErrorCode GatherValues(Run *run, const PetscReal *here, PetscReal **all)
{
  const HypSampleResult *result = run->result;
  const PetscInt         rows   = result->nsnapshots * result->ncoordinates;
  PetscMPIInt            size, rank, *counts, *offsets;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(run->sampler->comm, &size));
  PetscCallMPI(MPI_Comm_rank(run->sampler->comm, &rank));
  PetscCall(PetscMalloc2(size, &counts, size, &offsets));
  for (PetscMPIInt r = 0; r < size; r++) {
    offsets[r] = (PetscMPIInt)PathStart(run, RankStart(run, size, r));
    counts[r]  = (PetscMPIInt)PathStart(run, RankStart(run, size, r + 1)) - offsets[r];
  }
  PetscCall(PetscMalloc1(rank ? 0 : (size_t)rows * (size_t)result->paths, all));
  for (PetscInt row = 0; row < rows; row++)
    PetscCallMPI(MPI_Gatherv(here + (size_t)row * (size_t)run->paths, (PetscMPIInt)run->paths,
                             MPIU_REAL, rank ? NULL : *all + (size_t)row * (size_t)result->paths,
                             counts, offsets, MPIU_REAL, 0, run->sampler->comm));
  PetscCall(PetscFree2(counts, offsets));
  PetscFunctionReturn(0);
}

static PetscErrorCode FillExact(Run *run)
{
  HypSampler       sampler = run->sampler;
  HypSampleResult *result  = run->result;
  PetscReal       *column;
  PetscBool        known = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (!sampler->ops.exact) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(result->times * result->d * 2, &result->exact));
  PetscCall(PetscMalloc1(result->times * 2, &column));
  for (PetscInt c = 0; c < result->d; c++) {
    PetscCall(sampler->ops.exact(sampler, c, result->times, result->step, column));
    for (PetscInt t = 0; t < result->times; t++)
      for (PetscInt k = 0; k < 2; k++)
        result->exact[(t * result->d + c) * 2 + k] = column[2 * t + k];
    known = known || !PetscIsNanReal(column[0]) ? PETSC_TRUE : PETSC_FALSE;
  }
  PetscCall(PetscFree(column));
  for (PetscInt i = 0; sampler->pair && i < result->ncoordinates; i++)
    if (!PetscIsNanReal(result->exact[result->coordinate[i] * 2])) result->pair[i] = PETSC_TRUE;
  if (!known) PetscCall(PetscFree(result->exact));
  PetscFunctionReturn(0);
}

/* Every step costs its mini-batch, once for each worker that takes part; of a law of staleness the
   wall time is what these gradients take */
static PetscErrorCode CountGradients(HypSampler sampler, HypSampleResult *result)
{
  const PetscReal rate  = sampler->settings.gradient_rate;
  PetscReal       count = 0;
  PetscInt        j     = 0;

  PetscFunctionBeginUser;
  if (!sampler->draws) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(result->times, &result->gradients));
  for (PetscInt t = 0; t < result->times; t++) {
    for (; j < result->step[t]; j++)
      count += (PetscReal)sampler->draws * (PetscReal)HypSamplerBatch(sampler, j);
    result->gradients[t] = count;
  }
  if (rate <= 0) PetscFunctionReturn(0);
  PetscCall(PetscCalloc1(3 * result->times, &result->wall));
  for (PetscInt t = 0; t < result->times; t++) result->wall[3 * t] = result->gradients[t] / rate;
  PetscFunctionReturn(0);
}

/*@
  HypSamplerRun - Advances all paths and collects moments and, at the snapshots,
  the values themselves

  Collective

  Input Parameter:
. sampler - the sampler

  Output Parameter:
. result - free with HypSampleResultDestroy()

  Level: beginner

  Notes:
  Bit-identical for any number of ranks.  A path that leaves the range of numbers is an error.

.seealso: HypSamplerCreate(), HypSampleResultMean(), HypSampleSummaryCompute()
@*/
PetscErrorCode HypSamplerRun(HypSampler sampler, HypSampleResult *result)
{
  Run run = {.sampler = sampler, .result = result, .diverged = PETSC_MAX_INT};

  PetscFunctionBeginUser;
  PetscCall(Prepare(&run));
  PetscCall(AdvanceAll(&run));
  PetscCall(FillMeans(&run));
  if (sampler->settings.transitions)
    PetscCall(HypTransitionsFinish(sampler->comm, &run.transitions, result));
  PetscCall(FillExact(&run));
  PetscCall(CountGradients(sampler, result));
  if (sampler->ops.finish) PetscCall(sampler->ops.finish(sampler, result));
  if (result->nsnapshots * result->ncoordinates > 0) {
    PetscCall(GatherValues(&run, run.theta, &result->theta));
    if (result->has_y) PetscCall(GatherValues(&run, run.y, &result->y));
  }
  PetscCall(PetscFree3(run.moments, run.theta, run.y));
  PetscFunctionReturn(0);
}
