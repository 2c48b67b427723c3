/* The rate fitted to a mean: without sampling error beside a faster mode, and with it,
   where bars must cover; and the slowest rate from transitions, exactly where functions suffice. */
#include <hypoco/decay.h>
#include <gsl/gsl_cdf.h>

static PetscErrorCode Near(const char *what, PetscReal found, PetscReal expected,
                           PetscReal tolerance)
{
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%-12s %.12g, expected %.12g\n", what, (double)found,
                        (double)expected));
  PetscCheck(PetscAbsReal(found - expected) <= tolerance, PETSC_COMM_WORLD, PETSC_ERR_PLIB,
             "%s: %g instead of %g", what, (double)found, (double)expected);
  PetscFunctionReturn(0);
}

/* Three states in a ring, left upwards at the rate a and downwards at b: the eigenvalues of the
   generator are 0 and -3 (a + b)/2 +- i sqrt(3) (a - b)/2, and the functions 1 and the indicators
   of two states hold all of them, whatever the law at the first time */
static PetscErrorCode Ring(void)
{
  enum { LAGS = 5, COUNT = 8 };
  const PetscReal a = 0.9, b = 0.2, law[3] = {0.6, 0.3, 0.1}, lag[LAGS] = {0, 0.3, 0.6, 1.2, 2.4},
                  decay = 1.5 * (a + b), turn = PetscSqrtReal(3) / 2 * (a - b);
  PetscReal sum[COUNT * LAGS * 9];
  HypFit    fit;

  PetscFunctionBeginUser;
  for (int k = 0; k < COUNT * LAGS; k++)
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) {
        PetscReal value = 0;

        for (int s = 0; s < 3; s++)
          for (int r = 0; r < 3; r++) { /* p(t) of r - s states upwards, by Fourier's sum */
            const PetscReal t = lag[k % LAGS], angle = 2 * PETSC_PI * (r - s) / 3;

            if ((i && i - 1 != s) || (j && j - 1 != r)) continue;
            value +=
              law[s] / 3 * (1 + 2 * PetscExpReal(-decay * t) * PetscCosReal(turn * t - angle));
          }
        sum[k * 9 + i * 3 + j] = value;
      }
  PetscCall(HypFitTransitions(&(HypTransitions){COUNT, LAGS, 3, lag, sum}, &fit));
  PetscCall(Near("ring, rate", fit.rate, decay, 1e-9));
  PetscCall(Near("ring, turn", fit.frequency, turn, 1e-9));
  PetscCheck(!fit.reason, PETSC_COMM_WORLD, PETSC_ERR_PLIB, "a rate and a reason");
  PetscCheck(fit.form == HYP_FIT_OSCILLATING && fit.error < 1e-8, PETSC_COMM_WORLD, PETSC_ERR_PLIB,
             "bar %g", (double)fit.error);
  PetscCall(HypFitTransitions(&(HypTransitions){.nblocks = COUNT}, &fit)); /* not followed */
  PetscCheck(fit.form == HYP_FIT_NONE && fit.reason, PETSC_COMM_WORLD, PETSC_ERR_PLIB, "of what?");
  PetscFunctionReturn(0);
}

int main(int argc, char **argv)
{
  enum { N = 150, BLOCKS = 20 };
  PetscReal   t[N], y[N], block[BLOCKS * N], paths[BLOCKS], truth = 0.44;
  PetscRandom random;
  HypFit      fit;
  PetscInt    covered = 0, seeds = 20;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  PetscFunctionBeginUser;
  PetscCall(Ring());
  for (int k = 0; k < N; k++) {
    t[k] = 0.07 * k;
    y[k] = PetscExpReal(-truth * t[k]) * PetscCosReal(1.04 * t[k]) + 0.01 +
           0.05 * PetscExpReal(-3 * truth * t[k]) * PetscCosReal(3 * t[k]);
  }
  PetscCall(HypFitMean(N, t, y, 0, NULL, NULL, NAN, &fit));
  PetscCall(Near("exact", fit.rate, truth, fit.error));
  PetscCheck(fit.error < 5e-3 && fit.form == HYP_FIT_OSCILLATING, PETSC_COMM_WORLD, PETSC_ERR_PLIB,
             "bar %g", (double)fit.error);
  PetscCall(PetscRandomCreate(PETSC_COMM_SELF, &random));
  PetscCall(PetscRandomSetSeed(random, 3));
  PetscCall(PetscRandomSeed(random));
  for (int seed = 0; seed < seeds; seed++) {
    for (int b = 0; b < BLOCKS; b++) {
      PetscReal walk = 0;

      paths[b] = 100;
      for (int k = 0; k < N; k++) { /* errors that persist in time, as along paths */
        PetscReal u;

        PetscCall(PetscRandomGetValueReal(random, &u));
        walk             = 0.95 * walk + 0.004 * gsl_cdf_ugaussian_Pinv(1e-12 + u * (1 - 2e-12));
        block[b * N + k] = PetscExpReal(-truth * t[k]) * PetscCosReal(1.04 * t[k]) + walk;
      }
    }
    for (int k = 0; k < N; k++) {
      y[k] = 0;
      for (int b = 0; b < BLOCKS; b++) y[k] += block[b * N + k] / BLOCKS;
    }
    PetscCall(HypFitMean(N, t, y, BLOCKS, paths, block, NAN, &fit));
    covered += PetscAbsReal(fit.rate - truth) <= fit.error;
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%d of %d bars cover; the last one %g\n", (int)covered,
                        (int)seeds, (double)fit.error));
  PetscCheck(covered >= 17 && fit.error < 0.1, PETSC_COMM_WORLD, PETSC_ERR_PLIB, "bars");
  PetscCall(PetscRandomDestroy(&random));
  PetscCall(PetscFinalize());
  return 0;
}
