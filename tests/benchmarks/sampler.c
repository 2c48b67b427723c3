/*
   Paths per second against plain C loops of the same formulas, in one run on one core:

     asgd of a double well by an expression (loss and gradient given, loss only),
     and of the kinetic model with its epsilon as an expression;
     the stochastic equation of the same model, substep by substep;
     asgd on least squares, d = 100, with y followed and without.

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

/* f_i = 1 - 2 exp(-(x -+ 1)^2), i.e. grad f_i = 4 (x -+ 1) exp(-(x -+ 1)^2);
   model: grad f_i = x - 4 x exp(-x^2) +- 1 */
static double Asgd(int model)
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
      double read[LANES], push[LANES];

      for (uint32_t l = 0; l < LANES; l++) {
        const philox4x32_ctr_t w = Words(path + l, j, 0);

        push[l] = w.v[2] >> 31 ? 1. : -1.;
        read[l] = ring[(j - table[w.v[0] >> 16]) & (DEPTH - 1)][l] + (model ? 0 : push[l]);
      }
      for (int l = 0; l < LANES && model; l++)
        ring[(j + 1) & (DEPTH - 1)][l] =
          ring[j & (DEPTH - 1)][l] -
          eta * (read[l] - 4 * read[l] * exp(-read[l] * read[l]) + push[l]);
      for (int l = 0; l < LANES && !model; l++)
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

static double AsgdLoop(void)
{
  return Asgd(0);
}

static double AsgdModelLoop(void)
{
  return Asgd(1);
}

/* CPU seconds of a run of that loss */
static double Run(const HypSampleSettings *settings, HypLoss loss)
{
  double time[RUNS];

  for (int r = 0; r < RUNS; r++) {
    HypSampler      sampler;
    HypSampleResult result;
    double          begin;

    OK(HypSamplerCreate(PETSC_COMM_SELF, settings, loss, &sampler));
    begin = Seconds();
    OK(HypSamplerRun(sampler, &result));
    time[r] = Seconds() - begin;
    OK(HypSampleResultDestroy(&result));
    OK(HypSamplerDestroy(&sampler));
  }
  return BenchMedian(RUNS, time);
}

static double HypocoModel(void)
{
  const double      omega = 1;
  HypSampleSettings settings;
  HypModel          model;
  HypLoss           loss;
  double            time;
  const char *const epsilon = "-4*theta*exp(-theta^2)";

  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetAlgorithm(model, 1, &omega, eta, kappa, 1));
  OK(HypModelSetFormulas(model, HYP_FORMULA_EPSILON, &epsilon, 1));
  OK(HypLossCreateModel(model, 1, &loss));
  HypSampleSettingsDefault(&settings);
  settings.model = "asgd";
  settings.paths = PATHS;
  settings.steps = settings.every = STEPS;
  settings.eta                    = eta;
  settings.kappa                  = kappa;
  settings.start                  = &start;
  time                            = Run(&settings, loss);
  OK(HypLossDestroy(&loss));
  OK(HypModelDestroy(&model));
  return time;
}

/* 200 rows in d = 100, 64 paths of 500 steps; y followed or not */
static double LeastSquares(PetscBool auxiliary)
{
  enum { D = 100, N = 200 };
  static double     rows[N * D], values[N], zero[D];
  HypSampleSettings settings;
  HypLoss           loss;
  double            time;

  for (int k = 0; k < N * D; k++) rows[k] = sin(1. + k * 0.7) / 10;
  OK(HypLossCreateLeastSquares(D, N, rows, values, &loss));
  HypSampleSettingsDefault(&settings);
  settings.model = "asgd";
  settings.paths = 64;
  settings.steps = settings.every = STEPS;
  settings.eta                    = eta;
  settings.kappa                  = 0.5;
  settings.start                  = zero;
  settings.auxiliary              = auxiliary;
  settings.allow_unstable         = PETSC_TRUE;
  time                            = Run(&settings, loss);
  OK(HypLossDestroy(&loss));
  return time;
}

static double Sde(void)
{
  return SdeLoop(STEPS, 0.01);
}

int main(int argc, char **argv)
{
  double asgd, sde, without;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  asgd = Median(AsgdLoop);
  sde  = Median(Sde);
  printf("%-32s %10s %10s %8s\n", "steps of paths per CPU second", "hypoco", "C loop", "ratio");
  Row("asgd, loss and gradient",
      Hypoco("asgd", "1 - 2*exp(-(theta + 2*i - 3)^2)",
             "4*(theta + 2*i - 3)*exp(-(theta + 2*i - 3)^2)"),
      asgd);
  Row("asgd, loss only", Hypoco("asgd", "1 - 2*exp(-(theta + 2*i - 3)^2)", NULL), asgd);
  Row("asgd, kinetic model", HypocoModel(), Median(AsgdModelLoop));
  Row("sde", Hypoco("sde", NULL, NULL), sde);
  without = LeastSquares(PETSC_FALSE);
  printf("asgd on least squares, d = 100: y followed costs %.1f times the run without\n",
         LeastSquares(PETSC_TRUE) / without);
  return SlepcFinalize() ? 1 : 0;
}
