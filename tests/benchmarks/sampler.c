/*
   Paths per second against plain C loops of the same formulas, in one run on one core:

     asgd of a double well by an expression (loss and gradient given, loss only),
     and of the kinetic model; the stochastic equation of the same model, substep by substep.

   The loops are what one would write by hand: paths in lanes, the same counter-based generator,
   the same scheme.
   Times are CPU seconds, the median of RUNS runs;
   the last column is hypoco's speed in units of the loop's.
*/
#include "bench.h"
#include <Random123/philox.h>
#include <hypoco/sampler.h>
#include <math.h>
#include <sys/resource.h>

enum { LANES = 64, PATHS = 6400, STEPS = 500, DEPTH = 1024, RUNS = 5 };
static const double eta = 0.01, kappa = 0.95, start = 0.1;

static double Seconds(void)
{
  struct rusage usage;

  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
}

static philox4x32_ctr_t Words(uint32_t path, uint32_t step, uint32_t use)
{
  return philox4x32(((philox4x32_ctr_t){{path, 0, step, use}}), ((philox4x32_key_t){{1, 0}}));
}

/* f_i = 1 - 2 exp(-(x -+ 1)^2), i.e. grad f_i = 4 (x -+ 1) exp(-(x -+ 1)^2) */
static double AsgdLoop(void)
{
  static double   ring[DEPTH][LANES];
  static uint16_t table[1 << 16];
  double          sum = 0;

  for (int k = 0; k < 1 << 16; k++)
    table[k] = (uint16_t)fmin(log((k + 0.5) / 65536) / log(kappa), DEPTH - 1);
  for (uint32_t path = 0; path < PATHS; path += LANES) {
    for (int s = 0; s < DEPTH; s++)
      for (int l = 0; l < LANES; l++) ring[s][l] = start;
    for (uint32_t j = 0; j < STEPS; j++) {
      double read[LANES];

      for (uint32_t l = 0; l < LANES; l++) {
        const philox4x32_ctr_t w = Words(path + l, j, 0);

        read[l] = ring[(j - table[w.v[0] >> 16]) & (DEPTH - 1)][l] + (w.v[2] >> 31 ? 1. : -1.);
      }
      for (int l = 0; l < LANES; l++)
        ring[(j + 1) & (DEPTH - 1)][l] =
          ring[j & (DEPTH - 1)][l] - eta * 4 * read[l] * exp(-read[l] * read[l]);
    }
    for (int l = 0; l < LANES; l++) sum += ring[STEPS & (DEPTH - 1)][l];
  }
  return sum / PATHS;
}

/* dTheta = Y dt + sqrt(2) dB, dY = -(theta - 4 theta e^{-theta^2} + Y) dt:
   half kick, linear flow, noise, half kick */
static double SdeLoop(int substeps, double h)
{
  double sum = 0;

  for (uint32_t path = 0; path < PATHS; path += LANES) {
    double theta[LANES], y[LANES];

    for (int l = 0; l < LANES; l++) {
      theta[l] = 1;
      y[l]     = -1;
    }
    for (uint32_t j = 0; j < (uint32_t)substeps; j++)
      for (uint32_t l = 0; l < LANES; l++) {
        const philox4x32_ctr_t w = Words(path + l, j, 1);
        const double           r = sqrt(-2 * log((w.v[0] + 0.5) * 0x1p-32)),
                     a = 2 * M_PI * (w.v[1] + 0.5) * 0x1p-32, z1 = r * cos(a), z2 = r * sin(a);
        double t = theta[l], v = y[l];

        v += h / 2 * 4 * t * exp(-t * t);
        theta[l] = 0.9999 * t + 0.0099 * v + 0.14 * z1;
        y[l]     = -0.0099 * t + 0.99 * v - 0.0007 * z1 + 0.0004 * z2;
        y[l] += h / 2 * 4 * theta[l] * exp(-theta[l] * theta[l]);
      }
    for (int l = 0; l < LANES; l++) sum += theta[l];
  }
  return sum / PATHS;
}

/* eps = -4 theta e^{-theta^2} */
static PetscErrorCode DoubleWell(PetscInt d, PetscInt order, PetscInt lanes,
                                 const PetscReal theta[], PetscReal values[], void *ctx)
{
  (void)d;
  (void)order;
  (void)ctx;
  for (PetscInt l = 0; l < lanes; l++) values[l] = -4 * theta[l] * exp(-theta[l] * theta[l]);
  return 0;
}

static PetscErrorCode BenchDoubleWell(HypModel *model)
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCreate(PETSC_COMM_SELF, model));
  PetscCall(HypModelSetParameters(*model, 1, 1, 1, 1));
  PetscCall(HypModelSetField(*model, DoubleWell, NULL, NULL));
  PetscFunctionReturn(0);
}

static double Hypoco(const char *model, const char *value, const char *gradient)
{
  const double      mean[2] = {-1, 0};
  HypSampleSettings settings;
  HypSampler        sampler;
  HypSampleResult   result;
  HypModel          kinetic;
  HypLoss           loss = NULL;
  double            time[RUNS];

  HypSampleSettingsDefault(&settings);
  settings.model = model;
  settings.paths = PATHS;
  settings.steps = settings.every = STEPS;
  settings.eta                    = eta;
  settings.kappa                  = kappa;
  settings.start                  = &start;
  if (value)
    OK(HypLossCreateExpression(1, 2, value, gradient ? 1 : 0, &gradient, NULL, &loss));
  else {
    OK(BenchDoubleWell(&kinetic));
    settings.pde      = kinetic;
    settings.mean     = mean;
    settings.interval = 5;
    settings.steps = settings.every = 1;
    settings.substeps               = STEPS;
  }
  for (int r = 0; r < RUNS; r++) {
    double begin;

    OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler));
    begin = Seconds();
    OK(HypSamplerRun(sampler, &result));
    time[r] = Seconds() - begin;
    OK(HypSampleResultDestroy(&result));
    OK(HypSamplerDestroy(&sampler));
  }
  OK(HypLossDestroy(&loss));
  return BenchMedian(RUNS, time);
}

static void Row(const char *name, double ours, double loops)
{
  const double steps = (double)PATHS * STEPS;

  printf("%-32s %10.3g %10.3g %8.2f\n", name, steps / ours, steps / loops, loops / ours);
}

static double Median(double (*loop)(void))
{
  double time[RUNS];

  for (int r = 0; r < RUNS; r++) {
    const double begin = Seconds(), value = loop();

    time[r] = Seconds() - begin;
    if (!isfinite(value)) exit(1);
  }
  return BenchMedian(RUNS, time);
}

static double Sde(void)
{
  return SdeLoop(STEPS, 0.01);
}

int main(int argc, char **argv)
{
  double asgd, sde;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  asgd = Median(AsgdLoop);
  sde  = Median(Sde);
  printf("%-32s %10s %10s %8s\n", "steps of paths per CPU second", "hypoco", "C loop", "ratio");
  Row("asgd, loss and gradient",
      Hypoco("asgd", "1 - 2*exp(-(theta + 2*i - 3)^2)",
             "4*(theta + 2*i - 3)*exp(-(theta + 2*i - 3)^2)"),
      asgd);
  Row("asgd, loss only", Hypoco("asgd", "1 - 2*exp(-(theta + 2*i - 3)^2)", NULL), asgd);
  Row("sde", Hypoco("sde", NULL, NULL), sde);
  return SlepcFinalize() ? 1 : 0;
}
