/*
   The past of the paths of a block: a ring of `depth` states, depth a power of two above every
   staleness.
   A slot that no step has written yet holds the start,
   so that reading before step 0 needs no special case:
   the slot of j - tau < 0 is first written at step j - tau + depth > j.
*/
#include "sampler/samplerimpl.h"

PetscErrorCode HypPastCreate(HypSampler sampler, PetscInt lanes, PetscInt depth, HypPast *past)
{
  PetscFunctionBeginUser;
  past->depth = depth;
  PetscCall(PetscMalloc3(depth * sampler->d * lanes, &past->ring, sampler->d * lanes, &past->read,
                         lanes, &past->tau));
  PetscFunctionReturn(0);
}

/* theta_j = theta_0 for j <= 0 */
void HypPastStart(HypSampler sampler, HypBlock *block, HypPast *past)
{
  for (PetscInt slot = 0; slot < past->depth; slot++)
    HypBlockFill(sampler, block->lanes, past->ring + slot * sampler->d * block->lanes);
  block->theta = past->ring;
}

/* Where theta_j stands */
PetscReal *HypPastAt(const HypPast *past, const HypBlock *block, PetscInt j)
{
  return past->ring + (size_t)(j & (past->depth - 1)) * (size_t)(block->d * block->lanes);
}

/* past->read <- theta_{j - tau}, tau by lane */
void HypPastRead(const HypPast *past, const HypBlock *block, PetscInt j)
{
  const PetscInt d = block->d, lanes = block->lanes;
  const uint32_t mask = (uint32_t)past->depth - 1, now = (uint32_t)j, size = (uint32_t)(d * lanes);
  const uint32_t *restrict tau   = past->tau;
  const PetscReal *restrict ring = past->ring;
  PetscReal *restrict read       = past->read;

  if ((PetscReal)past->depth * size < 0x1p31) { /* 32-bit offsets vectorise better */
    for (PetscInt c = 0; c < d; c++) {
      const PetscReal *restrict from = ring + c * lanes;

      for (PetscInt l = 0; l < lanes; l++)
        read[c * lanes + l] = from[(int32_t)(((now - tau[l]) & mask) * size + (uint32_t)l)];
    }
    return;
  }
  for (PetscInt c = 0; c < d; c++)
    for (PetscInt l = 0; l < lanes; l++)
      read[c * lanes + l] = ring[(size_t)((now - tau[l]) & mask) * size + (size_t)(c * lanes + l)];
}

PetscErrorCode HypPastDestroy(HypPast *past)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(past->ring, past->read, past->tau));
  PetscFunctionReturn(0);
}

/* Of samplers whose data is a HypDelayed */
PetscErrorCode HypSamplerDestroyDelayed(HypSampler sampler)
{
  HypDelayed *delayed = sampler->data;

  PetscFunctionBeginUser;
  PetscCall(HypStalenessDestroy(&delayed->staleness));
  PetscCall(PetscFree(delayed));
  PetscFunctionReturn(0);
}
