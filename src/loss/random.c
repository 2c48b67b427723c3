#include "loss/random.h"
#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>

/* Four words per lane; lane l belongs to path + l */
void HypRandomWords(uint64_t seed, uint64_t path, PetscInt lanes, uint32_t step,
                    HypRandomPurpose purpose, uint32_t index, uint32_t *restrict w0,
                    uint32_t *restrict w1, uint32_t *restrict w2, uint32_t *restrict w3)
{
  const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  const uint32_t         use = (uint32_t)purpose << 28 | index;

  for (PetscInt l = 0; l < lanes; l++) {
    const uint64_t         p = path + (uint64_t)l;
    const philox4x32_ctr_t c =
      philox4x32(((philox4x32_ctr_t){{(uint32_t)p, (uint32_t)(p >> 32), step, use}}), key);

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

/* normals[i*lanes + l], i < n: n independent standard normals per lane */
void HypRandomNormals(uint64_t seed, uint64_t path, PetscInt lanes, uint32_t step,
                      HypRandomPurpose purpose, PetscInt n, PetscReal *normals)
{
  uint32_t w[4][CHUNK];

  for (PetscInt first = 0; first < lanes; first += CHUNK) {
    const PetscInt count = PetscMin(CHUNK, lanes - first);

    for (PetscInt i = 0; i < n; i += 2) {
      HypRandomWords(seed, path + (uint64_t)first, count, step, purpose, (uint32_t)i / 2, w[0],
                     w[1], w[2], w[3]);
      for (PetscInt l = 0; l < count; l++)
        normals[i * lanes + first + l] = Normal(w[0][l], w[1][l]);
      if (i + 1 == n) break;
      for (PetscInt l = 0; l < count; l++)
        normals[(i + 1) * lanes + first + l] = Normal(w[2][l], w[3][l]);
    }
  }
}
