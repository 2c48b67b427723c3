#include <hypoco/random.h>
#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>

/*@C
  HypRandomWords - Four random words for each path of a block

  Not collective

  Input Parameters:
+ block - seed, paths, step and purpose
- index - of the draw: other words for each

  Output Parameter:
. w - four arrays of block.lanes words; lane l belongs to path block.path + l

  Level: advanced

  Note:
  Philox of Random123: the words are a function of all inputs and nothing else.

.seealso: HypRandomNormals()
@*/
void HypRandomWords(HypRandomBlock block, uint32_t index, uint32_t *const w[4])
{
  const philox4x32_key_t key = {{(uint32_t)block.seed, (uint32_t)(block.seed >> 32)}};
  const uint32_t         use = (uint32_t)block.purpose << 28 | index;
  uint32_t *restrict w0 = w[0], *restrict w1 = w[1], *restrict w2 = w[2], *restrict w3 = w[3];

  for (PetscInt l = 0; l < block.lanes; l++) {
    const uint64_t         p = block.path + (uint64_t)l;
    const philox4x32_ctr_t c =
      philox4x32(((philox4x32_ctr_t){{(uint32_t)p, (uint32_t)(p >> 32), block.step, use}}), key);

    w0[l] = c.v[0];
    w1[l] = c.v[1];
    w2[l] = c.v[2];
    w3[l] = c.v[3];
  }
}

/* The middle of one of 2^52 equal intervals of (0, 1),
   through the inverse of the normal distribution function */
static PetscReal Normal(uint32_t high, uint32_t low)
{
  const uint64_t bits = ((uint64_t)high << 32 | low) >> 12;

  return gsl_cdf_ugaussian_Pinv(((PetscReal)bits + 0.5) * 0x1p-52);
}

#define CHUNK 64

/*@C
  HypRandomNormals - Independent standard normals for each path of a block

  Not collective

  Input Parameters:
+ block - seed, paths, step and purpose
- n     - how many for each path

  Output Parameter:
. normals - normals[i*block.lanes + l], i < n

  Level: advanced

.seealso: HypRandomWords()
@*/
void HypRandomNormals(HypRandomBlock block, PetscInt n, PetscReal normals[])
{
  const PetscInt  lanes = block.lanes;
  uint32_t        words[4][CHUNK];
  uint32_t *const w[4] = {words[0], words[1], words[2], words[3]};

  for (PetscInt first = 0; first < lanes; first += CHUNK) {
    HypRandomBlock part = block;

    part.path += (uint64_t)first;
    part.lanes = PetscMin(CHUNK, lanes - first);
    for (PetscInt i = 0; i < n; i += 2) {
      HypRandomWords(part, (uint32_t)i / 2, w);
      for (PetscInt l = 0; l < part.lanes; l++)
        normals[i * lanes + first + l] = Normal(w[0][l], w[1][l]);
      if (i + 1 == n) break;
      for (PetscInt l = 0; l < part.lanes; l++)
        normals[(i + 1) * lanes + first + l] = Normal(w[2][l], w[3][l]);
    }
  }
}
