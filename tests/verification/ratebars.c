/*
   Do the bars of the rates that HypFitMean() fits to sampled means cover the truth?

   ratebars [-seeds 200] [-base 10000] [-first case] [-last case] [-quick]
   prints for each case how many bars cover, how many fits are undecided, and the median bar;
   exit 1 where fewer than 92 % of the bars cover, by more than chance (1 of 1000),
   or where a case that must be decided is not, or its bar is too wide.

   Means made of modes with errors of an autoregression, where the Cramer-Rao bound is computed from
   all of the mode's parameters; and paths of the equations, by a splitting of order two, whose
   rates are those of the Markov chains in tests/benchmarks/chain.py, or closed.
*/
#include <hypoco/decay.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#define BLOCKS 60
#define MOST   128

/* DAMPED: x" + 2 p x' + (p^2 - D) x = 0 from rest, with p and D in place of rate and frequency */
typedef enum { MODES, DAMPED, ASGD, MOMENTUM } Kind;
typedef struct {
  PetscReal rate, frequency, amplitude, phase;
} Mode;

typedef struct {
  const char *name;
  Kind        kind;
  PetscReal   rate; /* the truth */
  PetscInt    n;
  PetscReal   step;
  Mode        modes[4];
  PetscReal   noise;               /* MODES: of the mean; else tau^2 */
  PetscReal   cubic, linear, bump; /* force: cubic theta^3 + linear theta + bump tanh(2 theta) */
  PetscInt    paths;
  PetscReal   decided, widest; /* share of fits, and median bar, that are asked for; 0: none */
  PetscBool   pair;            /* the fit is told that there is one pair */
} Case;

/* Damping of p = 0.8 within so many per cent of the critical one, above and below:
   D/p^2 = 1 - 1/(1 + x)^2 */
#define NEAR(what, x, known)                                                                       \
  {                                                                                                \
    .name = what, .kind = DAMPED, .rate = -1, .n = 100, .step = 0.13, .noise = 0.0003,             \
    .modes = {{0.8, 0.64 * (1 - 1 / ((1 + (x)) * (1 + (x)))), 1, 0}}, .pair = known,               \
    .decided = known ? 1 : 0                                                                       \
  }

static const Case cases[] = {
  {"pair", MODES, 0.44, 100, 0.1, {{0.44, 1.04, 1, 0}}, 0.003, 0, 0, 0, 0, 0.9, 0.05, PETSC_FALSE},
  {"pair, more noise",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 1.04, 1, 0}},
   0.012,
   0,
   0,
   0,
   0,
   0.6,
   0,
   PETSC_FALSE},
  {"real", MODES, 0.44, 100, 0.1, {{0.44, 0, 1, 0}}, 0.003, 0, 0, 0, 0, 0, 0, PETSC_FALSE},
  {"pair, weak pair",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 1.04, 1, 0}, {1.32, 3, 0.05, 0}},
   0.003,
   0,
   0,
   0,
   0,
   0.9,
   0,
   PETSC_FALSE},
  {"pair, pair",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 1.04, 1, 0}, {1.32, 3, 0.3, 1}},
   0.003,
   0,
   0,
   0,
   0,
   0.9,
   0,
   PETSC_FALSE},
  {"pair, near pair",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 1.04, 1, 0}, {0.9, 1.5, 0.3, 2}},
   0.003,
   0,
   0,
   0,
   0,
   0.9,
   0,
   PETSC_FALSE},
  {"pair, real",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 1.04, 1, 0}, {1, 0, 0.1, 0}},
   0.003,
   0,
   0,
   0,
   0,
   0.9,
   0,
   PETSC_FALSE},
  {"real, real",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 0, 1, 0}, {1.1, 0, 0.3, 3.14159}},
   0.003,
   0,
   0,
   0,
   0,
   0,
   0,
   PETSC_FALSE},
  {"real, pair",
   MODES,
   0.44,
   100,
   0.1,
   {{0.44, 0, 1, 0}, {1.1, 1.5, 0.3, 1}},
   0.003,
   0,
   0,
   0,
   0,
   0,
   0,
   PETSC_FALSE},
  {"four modes",
   MODES,
   0.794,
   100,
   0.06,
   {{0.794, 1.01, 2.128, -0.9},
    {1.527, 1.447, 1.149, 1.54},
    {2.1, 1.94, 0.154, -2.94},
    {2.55, 0.72, 0.333, -1.76}},
   0.004,
   0,
   0,
   0,
   0,
   0.5,
   0,
   PETSC_FALSE},
  {"linear", ASGD, 0.5, 100, 0.08, {{0, 0, 0, 0}}, 1, 0, 1, 0, 4080, 0, 0, PETSC_FALSE},
  {"double well 1",
   ASGD,
   0.7943415,
   100,
   0.07,
   {{0, 0, 0, 0}},
   1,
   1,
   -1,
   0,
   16020,
   0,
   0,
   PETSC_FALSE},
  {"double well .4",
   ASGD,
   0.5011480,
   100,
   0.12,
   {{0, 0, 0, 0}},
   0.4,
   1,
   -1,
   0,
   8040,
   0,
   0,
   PETSC_FALSE},
  {"quartic", ASGD, 0.6698102, 100, 0.09, {{0, 0, 0, 0}}, 1, 1, 0, 0, 16020, 0, 0, PETSC_FALSE},
  {"tanh", ASGD, 0.50127, 100, 0.08, {{0, 0, 0, 0}}, 1, 0, 1, 0.3, 8040, 0, 0, PETSC_FALSE},
  {"momentum, double well 1",
   MOMENTUM,
   0.3385911,
   100,
   0.18,
   {{0, 0, 0, 0}},
   1,
   1,
   -1,
   0,
   8040,
   0,
   0,
   PETSC_FALSE},
  {"momentum, quartic",
   MOMENTUM,
   0.6526749,
   100,
   0.09,
   {{0, 0, 0, 0}},
   1,
   1,
   0,
   0,
   16020,
   0,
   0,
   PETSC_FALSE},
  {"double well .6",
   ASGD,
   0.8648561,
   100,
   0.07,
   {{0, 0, 0, 0}},
   0.6,
   1,
   -1,
   0,
   16020,
   0,
   0,
   PETSC_FALSE},
  {.name  = "light real, real", /* the slowest mode has a twentieth of the signal */
   .kind  = MODES,
   .rate  = 0.3,
   .n     = 100,
   .step  = 0.1,
   .modes = {{0.3, 0, 0.05, 0}, {1.2, 0, 0.95, 0}},
   .noise = 3e-5},
  {.name    = "linear, known",
   .kind    = ASGD,
   .rate    = 0.5,
   .n       = 100,
   .step    = 0.08,
   .noise   = 1,
   .linear  = 1,
   .paths   = 4080,
   .decided = 1,
   .pair    = PETSC_TRUE},
  {.name    = "linear critical, known",
   .kind    = ASGD,
   .rate    = 0.5,
   .n       = 100,
   .step    = 0.12,
   .noise   = 1,
   .linear  = 0.25,
   .paths   = 4080,
   .decided = 0.3,
   .pair    = PETSC_TRUE},
  NEAR("critical", 0, PETSC_FALSE),
  NEAR("1 % below", -0.01, PETSC_FALSE),
  NEAR("1 % above", 0.01, PETSC_FALSE),
  NEAR("5 % below", -0.05, PETSC_FALSE),
  NEAR("5 % above", 0.05, PETSC_FALSE),
  NEAR("20 % below", -0.2, PETSC_FALSE),
  NEAR("20 % above", 0.2, PETSC_FALSE),
  NEAR("critical, known", 0, PETSC_TRUE),
  NEAR("1 % below, known", -0.01, PETSC_TRUE),
  NEAR("1 % above, known", 0.01, PETSC_TRUE),
  NEAR("5 % below, known", -0.05, PETSC_TRUE),
  NEAR("5 % above, known", 0.05, PETSC_TRUE),
  NEAR("20 % below, known", -0.2, PETSC_TRUE),
  NEAR("20 % above, known", 0.2, PETSC_TRUE),
};

#define MEMORY 0.95 /* of the errors of MODES, from one time to the next */

static PetscReal Signal(const Case *c, PetscReal t)
{
  const PetscReal p = c->modes[0].rate, D = c->modes[0].frequency,
                  w = PetscSqrtReal(PetscAbsReal(D));
  PetscReal y       = 0;

  if (c->kind == DAMPED)
    return PetscExpReal(-p * t) * (w * t < 1e-6 ? 1 + p * t
                                   : D < 0      ? PetscCosReal(w * t) + p / w * PetscSinReal(w * t)
                                                : cosh(w * t) + p / w * sinh(w * t));
  for (int i = 0; i < 4; i++)
    y += c->modes[i].amplitude * PetscExpReal(-c->modes[i].rate * t) *
         PetscCosReal(c->modes[i].frequency * t + c->modes[i].phase);
  return y;
}

static void FillModes(const Case *c, gsl_rng *random, PetscReal block[])
{
  const PetscReal size = c->noise * PetscSqrtReal(BLOCKS);

  for (PetscInt b = 0; b < BLOCKS; b++) {
    PetscReal error = size * gsl_ran_gaussian_ziggurat(random, 1);

    for (PetscInt k = 0; k < c->n; k++) {
      block[b * c->n + k] = Signal(c, (PetscReal)k * c->step) + error;
      error               = MEMORY * error +
              PetscSqrtReal(1 - MEMORY * MEMORY) * size * gsl_ran_gaussian_ziggurat(random, 1);
    }
  }
}

static PetscReal Force(const Case *c, PetscReal theta)
{
  return c->cubic * theta * theta * theta + c->linear * theta +
         (c->bump != 0 ? c->bump * PetscTanhReal(2 * theta) : 0);
}

/* gamma = 1, theta = 1 and y = 0: half a step of y at fixed theta, theta, half a step of y */
static void FillPaths(const Case *c, gsl_rng *random, PetscReal block[])
{
  const PetscInt  each = c->paths / BLOCKS, sub = (PetscInt)ceil(c->step / 0.025);
  const PetscReal h = c->step / (PetscReal)sub, e = PetscExpReal(-h / 2),
                  along  = c->kind == ASGD ? PetscSqrtReal(c->noise * h) : 0,
                  across = c->kind == ASGD ? 0 : PetscSqrtReal(c->noise * (1 - e * e) / 2);

  for (PetscInt k = 0; k < BLOCKS * c->n; k++) block[k] = 0;
  for (PetscInt b = 0; b < BLOCKS; b++)
    for (PetscInt path = 0; path < each; path++) {
      PetscReal theta = 1, y = 0;

      for (PetscInt k = 0; k < c->n; k++) {
        block[b * c->n + k] += theta / (PetscReal)each;
        for (PetscInt i = 0; i < sub; i++) {
          y = y * e - Force(c, theta) * (1 - e);
          if (across > 0) y += across * gsl_ran_gaussian_ziggurat(random, 1);
          theta += y * h;
          if (along > 0) theta += along * gsl_ran_gaussian_ziggurat(random, 1);
          y = y * e - Force(c, theta) * (1 - e);
          if (across > 0) y += across * gsl_ran_gaussian_ziggurat(random, 1);
        }
      }
    }
}

/* Of all unbiased estimates from MODES the least standard error: the limit and every parameter of
   every mode unknown, the errors' law known */
static PetscReal CramerRao(const Case *c)
{
  double               h[17 * 17] = {0}, old[17] = {0};
  gsl_error_handler_t *handler;
  int                  failed;
  PetscInt             p = 1;
  gsl_matrix_view      H;

  for (int i = 0; i < 4; i++)
    if (c->modes[i].amplitude != 0) p += c->modes[i].frequency != 0 ? 4 : 2;
  for (PetscInt k = 0; k < c->n; k++) {
    const PetscReal t     = (PetscReal)k * c->step;
    double          g[17] = {0}, z[17];
    int             at    = 0;

    for (int i = 0; i < 4; i++) {
      const Mode     *m = &c->modes[i];
      const PetscReal e = PetscExpReal(-m->rate * t), w = m->frequency * t + m->phase;

      if (m->amplitude == 0) continue;
      g[at++] = -t * m->amplitude * e * PetscCosReal(w);
      g[at++] = e * PetscCosReal(w);
      if (m->frequency == 0) continue;
      g[at++] = -t * m->amplitude * e * PetscSinReal(w);
      g[at++] = -e * PetscSinReal(w);
    }
    g[at] = 1;
    for (int a = 0; a < p; a++) {
      z[a]   = k ? (g[a] - MEMORY * old[a]) / PetscSqrtReal(1 - MEMORY * MEMORY) : g[a];
      old[a] = g[a];
    }
    for (int a = 0; a < p; a++)
      for (int b = 0; b < p; b++) h[a * p + b] += z[a] * z[b] / PetscSqr(c->noise);
  }
  H       = gsl_matrix_view_array(h, (size_t)p, (size_t)p);
  handler = gsl_set_error_handler_off();
  failed  = gsl_linalg_cholesky_decomp1(&H.matrix);
  gsl_set_error_handler(handler);
  if (failed) return NAN; /* modes that the noise does not tell apart */
  gsl_linalg_cholesky_invert(&H.matrix);
  return PetscSqrtReal(h[0]);
}

static PetscErrorCode Study(const Case *c, PetscInt base, PetscInt seeds, PetscBool *good)
{
  const PetscReal truth =
    c->rate > 0 ? c->rate : c->modes[0].rate - PetscSqrtReal(PetscMax(c->modes[0].frequency, 0));
  PetscInt   covered = 0, decided = 0;
  gsl_rng   *random = gsl_rng_alloc(gsl_rng_mt19937);
  PetscReal *t, *y, *block, *bar, paths[BLOCKS], worst = 0, middle;
  HypFit     fit;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(c->n, &t, c->n, &y, BLOCKS * c->n, &block, seeds, &bar));
  for (PetscInt b = 0; b < BLOCKS; b++) paths[b] = 100;
  for (PetscInt seed = 0; seed < seeds; seed++) {
    gsl_rng_set(random, (unsigned long)(base + seed));
    (c->kind <= DAMPED ? FillModes : FillPaths)(c, random, block);
    for (PetscInt k = 0; k < c->n; k++) {
      t[k] = (PetscReal)k * c->step;
      y[k] = 0;
      for (PetscInt b = 0; b < BLOCKS; b++) y[k] += block[b * c->n + k] / BLOCKS;
    }
    if (c->pair)
      PetscCall(HypFitMeanPair(c->n, t, y, &(HypBlocks){BLOCKS, paths, block}, &fit));
    else
      PetscCall(HypFitMean(c->n, t, y, BLOCKS, paths, block, NAN, &fit));
    if (fit.form == HYP_FIT_NONE) {
      PetscCheck(fit.reason, PETSC_COMM_SELF, PETSC_ERR_PLIB, "undecided without a reason");
      continue;
    }
    bar[decided++] = fit.error;
    covered += PetscAbsReal(fit.rate - truth) <= fit.error;
    worst = PetscMax(worst, PetscAbsReal(fit.rate - truth) / fit.error);
  }
  gsl_rng_free(random);
  PetscCall(PetscSortReal(decided, bar));
  middle = decided ? bar[decided / 2] : NAN;
  /* by more than chance: so few cover once in 1000 studies of bars that cover 92 % */
  *good = (!decided || gsl_cdf_binomial_P((unsigned)covered, 0.92, (unsigned)decided) > 1e-3) &&
              (PetscReal)decided >= c->decided * (PetscReal)seeds &&
              (c->widest == 0 || middle <= c->widest)
            ? PETSC_TRUE
            : PETSC_FALSE;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "%s %2d %-24s rate %.4f: %3d of %3d decided, %5.1f %% cover, "
                        "worst error %.2f bars, median bar %.4f",
                        *good ? "ok  " : "FAIL", (int)(c - cases), c->name, (double)truth,
                        (int)decided, (int)seeds, decided ? 100. * covered / decided : 0,
                        (double)worst, (double)middle));
  if (c->kind == MODES)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, ", least one %.4f", 1.96 * (double)CramerRao(c)));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "\n"));
  PetscCall(PetscFree4(t, y, block, bar));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv)
{
  static const PetscInt quick[] = {0, 4, 13, 18, 21, 28, 32};
  const PetscInt        nquick  = (PetscInt)(sizeof(quick) / sizeof(*quick));
  const PetscInt        all     = (PetscInt)(sizeof(cases) / sizeof(*cases));
  PetscInt              seeds = 200, base = 10000, first = 0, last = all - 1;
  PetscBool             some = PETSC_FALSE, good = PETSC_TRUE;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-seeds", &seeds, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-base", &base, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-first", &first, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-last", &last, NULL));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-quick", &some, NULL));
  for (PetscInt i = some ? 0 : first; i <= (some ? nquick - 1 : PetscMin(last, all - 1)); i++) {
    PetscBool one;

    PetscCall(Study(&cases[some ? quick[i] : i], base, seeds, &one));
    good = good && one ? PETSC_TRUE : PETSC_FALSE;
  }
  PetscCall(PetscFinalize());
  return good ? 0 : 1;
}
