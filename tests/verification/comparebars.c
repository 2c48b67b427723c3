/*
   Do the bars of rates that hypoco compare prints cover the truth?

   comparebars [-seeds 40] [-base 20000] [-paths 1000] [-first case] [-last case] [-print] [-quick]
   compares whole runs, of which only the equation is solved once, with these seeds, and prints for
   every case and model of the bars of

     rate      E theta's own fit
     shift     the rate from the equation, by the joint fit
     own       what is of order eta, by half the learning rate
     rest      what remains

   how many cover of those that are printed, and the median bar; exit 1 where fewer than 92 % of at
   least 5 bars cover, by more than chance (1 of 1000).

   Truths: of a quadratic loss closed forms (hypoco theory).  Else of the equation hypoco spectrum
   at two degrees; of sgd and msgd, which are Markov chains in theta and (theta, step), their
   transfer operators (tests/benchmarks/transfer.py); of asgd, which remembers all of its past,
   200000 to 400000 paths of other seeds (runs/compare-tanh.yaml; for the sine
   comparebars -paths 400000 -seeds 1 -base 7 -first 0 -last 0 -only asgd -print).
*/
#include "program/compare.h"
#include "program/options/options.h"
#include "program/program.h"
#include <hypoco/sampler.h>
#include <gsl/gsl_cdf.h>
#include <slepcsys.h>
#include <math.h>
#include <string.h>

enum { MODELS = 4, BARS = 4, SEEDS = 1000, FEWEST = 5 };
static const char *const names[MODELS] = {"asgd", "sgd", "sde", "msgd"}, *const bars[BARS] = {
                                                                           "rate", "shift", "own",
                                                                           "rest"};

typedef struct {
  const char *name, *epsilon, *staleness, *noise, *eta, *steps, *every;
  PetscReal   gap;           /* of the equation; 0: closed form */
  PetscReal   half;          /* asgd at half the learning rate */
  PetscReal   truth[MODELS]; /* rates of E theta */
} Case;

static const Case cases[] = {
  {"sine",
   "0.6*sin(theta)",
   "0.985",
   "75",
   "0.02",
   "600",
   "6",
   0.4399103,
   0.44120,
   {0.44296, 1.6984340, 0.4399103, 0.440145}},
  {"tanh",
   "1.5*tanh(2*theta)",
   "0.985",
   "75",
   "0.02",
   "600",
   "6",
   0.4499484,
   0.4513,
   {0.4522, 3.0917996, 0.4499484, 0.47670}},
  {"double well 1",
   "-4*theta*exp(-theta^2)",
   "0.985",
   "43.30127018922193",
   "0.02",
   "600",
   "6",
   0.7316353,
   NAN,
   {NAN, 0.1414433, 0.7316353, 0.067036}},
  {"friction .3", "", "0.9955", "75", "0.05", "1400", "14", 0, 0, {0}},
  {"friction 1.93", "", "0.925502", "75", "0.02", "300", "3", 0, 0, {0}},
  {"friction 5", "", "0.5", "75", "0.02", "200", "2", 0, 0, {0}},
};

typedef struct {
  PetscInt  printed, covers;
  PetscReal bar[SEEDS], worst;
} Count;

static PetscBool all   = PETSC_TRUE; /* are all coverages good? */
static PetscBool print = PETSC_FALSE;

static void Judge(HypBar bar, PetscReal truth, const char *what, Count *count)
{
  const PetscReal miss = PetscAbsReal(bar.value - truth);

  if (print) printf("  %s %.7f +- %.7f, truth %.7f\n", what, bar.value, bar.error, truth);
  if (!isfinite(bar.value) || !isfinite(bar.error) || isnan(truth)) return;
  count->bar[count->printed++] = bar.error;
  count->covers += miss <= bar.error;
  count->worst = PetscMax(count->worst, miss / bar.error);
}

static void Say(const char *model, const char *what, PetscInt seeds, Count *count)
{
  /* by more than chance: so few cover once in 1000 studies of bars that cover 92 % */
  const PetscBool good =
    count->printed < FEWEST ||
        gsl_cdf_binomial_P((unsigned)count->covers, 0.92, (unsigned)count->printed) > 1e-3
      ? PETSC_TRUE
      : PETSC_FALSE;

  if (!count->printed) return;
  PetscSortReal(count->printed, count->bar);
  printf("  %s %-4s %-5s: %3d of %3d decided, %5.1f %% cover, worst error %.2f bars, median bar "
         "%.2g\n",
         good ? "ok  " : "FAIL", model, what, (int)count->printed, (int)seeds,
         100. * count->covers / count->printed, count->worst, count->bar[count->printed / 2]);
  fflush(stdout);
  if (!good) all = PETSC_FALSE;
}

/* The closed rate of the equation */
static PetscReal Gap(const Case *k, const HypSettings *s)
{
  const PetscReal gamma = PetscSqrtReal((1 - s->model_staleness) / s->model_learning_rate);

  return k->gap > 0 ? k->gap : (gamma - PetscSqrtReal(PetscMax(gamma * gamma - 4, 0))) / 2;
}

static PetscErrorCode Row(const Case *k, PetscReal gap, HypComparison *c, int m, Count count[BARS])
{
  const HypCompareRow  *row   = &c->row[c->rows - 1];
  const HypCompareParts parts = HypComparePartsRate(c, row);
  const PetscReal truth = k->gap > 0 ? k->truth[m] : row->equation ? gap : gap + row->rate_model;

  PetscFunctionBeginUser;
  Judge((HypBar){row->rate.rate, row->rate.error}, truth, bars[0], &count[0]);
  Judge(parts.difference, truth - gap, bars[1], &count[1]);
  if (!parts.exact) Judge(parts.model, 2 * (truth - k->half), bars[2], &count[2]);
  Judge(parts.rest, parts.exact ? 0 : 2 * (k->half - gap) - (truth - gap), bars[3], &count[3]);
  PetscCall(HypCompareRowDestroy(&c->row[--c->rows]));
  PetscFunctionReturn(0);
}

static PetscErrorCode Study(const Case *k, const char *paths, const char *only, PetscInt base,
                            PetscInt seeds)
{
  const char   *argv[] = {"hypoco",
                          "compare",
                          "-model_learning_rate",
                          k->eta,
                          "-model_staleness",
                          k->staleness,
                          "-model_noise",
                          k->noise,
                          "-sample_steps",
                          k->steps,
                          "-sample_every",
                          k->every,
                          "-sample_paths",
                          paths,
                          "-epsilon",
                          k->epsilon};
  const int     argc   = (int)(sizeof(argv) / sizeof(*argv)) - (k->epsilon[0] ? 0 : 2);
  HypOptions   *options;
  char         *message;
  HypSettings   settings;
  HypComparison c;
  Count        *count;
  PetscReal     gap;
  PetscInt      most;

  PetscFunctionBeginUser;
  PetscCheck(!HypOptionsParse(argc, (char **)argv, &options, &message), PETSC_COMM_SELF,
             PETSC_ERR_USER, "%s", message);
  settings = *HypOptionsSettings(options);
  gap      = Gap(k, &settings);
  PetscCall(HypCompareCreate(&settings, &c));
  PetscCall(HypCompareEquation(&c));
  printf("%s, %s paths: equation %.7f +- %.2g, truth %.7f\n", k->name, paths, c.row[0].rate.rate,
         c.row[0].rate.error, gap);
  PetscCall(PetscCalloc1(BARS, &count));
  for (int m = 0; m < MODELS; m++) {
    if (only && strcmp(only, names[m])) continue;
    for (int b = 0; b < BARS; b++) count[b] = (Count){.printed = 0};
    most = k->gap > 0 || m == 0 ? seeds : 1; /* without eps all seeds say the same but of asgd */
    for (PetscInt seed = 0; seed < most; seed++) {
      settings.sample_seed = base + seed;
      PetscCall(HypCompareSample(&c, names[m]));
      PetscCall(Row(k, gap, &c, m, count));
    }
    for (int b = 0; b < BARS; b++) Say(names[m], bars[b], most, &count[b]);
  }
  PetscCall(PetscFree(count));
  PetscCall(HypCompareDestroy(&c));
  HypOptionsDestroy(&options);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv)
{
  PetscInt seeds = 40, base = 20000, first = 0,
           last       = (PetscInt)(sizeof(cases) / sizeof(*cases)) - 1;
  PetscBool quick     = PETSC_FALSE, some;
  char      paths[16] = "1000", only[16];

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  PetscFunctionBeginUser;
  PetscCall(HypAllowTypes());
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-seeds", &seeds, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-base", &base, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-first", &first, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-last", &last, NULL));
  PetscCall(PetscOptionsGetString(NULL, NULL, "-paths", paths, sizeof(paths), NULL));
  PetscCall(PetscOptionsGetString(NULL, NULL, "-only", only, sizeof(only), &some));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-print", &print, NULL));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-quick", &quick, NULL));
  if (
    quick) { /* those that windows with the smallest bar missed most: asgd near critical damping */
    PetscCall(Study(&cases[4], paths, names[0], base, 16));
    PetscCall(Study(&cases[5], paths, names[0], base, 12));
  }
  for (PetscInt i = first; i <= last && !quick; i++)
    PetscCall(Study(&cases[i], paths, some ? only : NULL, base, PetscMin(seeds, SEEDS)));
  PetscCall(SlepcFinalize());
  return all ? 0 : 1;
}
