/* hypoco theory for a fixed delay and for momentum: the factor of a step on quadratic losses, and
   the one that is guaranteed for every loss with curvatures in an interval. */
#include "program/theoryfactors.h"
#include <hypoco/bounds.h>
#include <hypoco/moments.h>
#include <math.h>

#define ROUNDING 1e-9 /* of a curvature that was typed as the square of omega0 */

typedef struct {
  PetscReal   eta, least, largest; /* the interval of curvatures */
  PetscReal   exact;               /* the slowest factor on the quadratic losses */
  PetscReal   guaranteed;          /* for every loss with curvatures in the interval */
  PetscReal   limit;               /* the largest eta for which means are stable */
  PetscReal   square;              /* for which second moments are too; NaN: the same */
  PetscReal   constant, decay;     /* |delta_j| <= constant decay^j |delta_0|; NaN: not known */
  const char *formula;             /* of the limit */
} Factors;

/* A number of `hypoco theory`: a line of the table, where there is one, and a member of the
   summary */
PetscErrorCode HypTheoryLine(FILE *table, json_t *part, const char *name, PetscReal value,
                             const char *about)
{
  PetscFunctionBeginUser;
  if (isnan(value)) PetscFunctionReturn(0);
  if (table)
    PetscCall(
      PetscFPrintf(PETSC_COMM_WORLD, table, "  %-26s %-12.6g %s\n", name, (double)value, about));
  json_object_set_new(part, name, isfinite(value) ? json_real((double)value) : json_null());
  PetscFunctionReturn(0);
}

static PetscErrorCode Lines(const Factors *f, FILE *table, json_t *part)
{
  char about[192];

  PetscFunctionBeginUser;
  PetscCall(HypTheoryLine(table, part, "V_discrete", PetscLogReal(f->exact) / f->eta,
                          "the algorithm's own on a quadratic loss, ln|z|/eta"));
  snprintf(about, sizeof(about),
           "%s with curvatures in [%g, %g] and noise that does not depend on "
           "theta, ln(rho)/eta",
           f->guaranteed < 1 ? "every loss" : "nothing is guaranteed for a loss", (double)f->least,
           (double)f->largest);
  PetscCall(
    HypTheoryLine(table, part, "V_guaranteed", PetscLogReal(f->guaranteed) / f->eta, about));
  PetscCall(
    HypTheoryLine(table, part, "factor", f->exact, "|z|, the factor a step on a quadratic loss"));
  PetscCall(HypTheoryLine(table, part, "factor_guaranteed", f->guaranteed,
                          "rho, the factor a step for two copies with the same noise"));
  PetscCall(
    HypTheoryLine(table, part, "distance_constant", f->constant,
                  "their distance from equal entries: |delta_j| <= constant factor^j |delta_0|"));
  PetscCall(
    HypTheoryLine(table, part, "distance_factor", f->decay, "with this factor, close to rho"));
  PetscCall(HypTheoryLine(table, part, "learning_rate_limit", f->limit, f->formula));
  PetscCall(HypTheoryLine(table, part, "learning_rate_limit_square", f->square,
                          "of second moments, with the noise of this loss"));
  PetscFunctionReturn(0);
}

/* Of a norm that proves a factor close to rho: at rho itself the constant may be infinite */
static PetscReal Margin(const Factors *f)
{
  return PetscMax(1e-6, 0.01 * (1 - f->guaranteed));
}

static PetscErrorCode Take(HypStepNorm *norm, Factors *f)
{
  PetscFunctionBeginUser;
  f->constant = norm->constant;
  f->decay    = norm->rho;
  PetscCall(HypStepNormDestroy(norm));
  PetscFunctionReturn(0);
}

/* A fixed delay instead of a random one: He et al.; of several curvatures the slowest decides */
static PetscErrorCode Delay(PetscInt delay, const HypTheoryLoss *loss, Factors *f, FILE *table,
                            json_t *part)
{
  const PetscReal *curvature = loss->curvature;
  PetscReal        V         = -INFINITY, *law;
  HypStepNorm      norm;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < loss->n; c++) {
    PetscReal one = -curvature[c], discrete;

    if (delay > 0) PetscCall(HypDelayRate(1, &curvature[c], (PetscReal)delay * f->eta, &one));
    PetscCall(HypDelayDiscreteRate(f->eta * curvature[c], delay, &discrete));
    V        = PetscMax(V, one);
    f->exact = PetscMax(f->exact, PetscExpReal(discrete));
  }
  f->limit   = HypDelayStabilityLimit(delay) / f->largest;
  f->formula = "stability limit 2 sin(pi/(2(2l+1)))/a, a the largest curvature";
  PetscCall(PetscCalloc1(delay + 1, &law));
  law[delay] = 1;
  PetscCall(
    HypTheoryLossLimit(loss, &(HypDelayLaw){.bound = delay, .probability = law}, 0, &f->square));
  PetscCall(PetscFree(law));
  PetscCall(HypDelayContraction(delay, f->eta, f->least, f->largest, &f->guaranteed));
  if (delay <= HYP_DELAY_NORM) {
    PetscCall(HypDelayNorm(delay, f->eta, f->least, f->largest, Margin(f), &norm));
    PetscCall(Take(&norm, f));
  }
  if (table)
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table,
                           "fixed delay of %" PetscInt_FMT " steps (He et al.)\n", delay));
  json_object_set_new(part, "steps", json_integer((json_int_t)delay));
  PetscCall(HypTheoryLine(table, part, "V", V,
                          "largest real part of a root, Theorem 4.1: max Re W0(-a tau)/tau"));
  PetscCall(Lines(f, table, part));
  PetscFunctionReturn(0);
}

/* Roots of z^2 - (1 + mu - eta a) z + mu */
static PetscErrorCode Momentum(PetscReal mu, const HypTheoryLoss *loss, Factors *f, FILE *table,
                               json_t *part)
{
  const PetscReal now = 1;
  HypStepNorm     norm;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < loss->n; c++) {
    const PetscReal a = loss->curvature[c];
    PetscReal       one;

    PetscCall(HypMomentumContraction(mu, f->eta, a, a, &one));
    f->exact = PetscMax(f->exact, one);
  }
  f->limit   = 2 * (1 + mu) / f->largest;
  f->formula = "stability limit 2 (1 + mu)/a, a the largest curvature";
  PetscCall(HypTheoryLossLimit(loss, &(HypDelayLaw){.probability = &now}, mu, &f->square));
  PetscCall(HypMomentumContraction(mu, f->eta, f->least, f->largest, &f->guaranteed));
  PetscCall(HypMomentumNorm(mu, f->eta, f->least, f->largest, Margin(f), &norm));
  PetscCall(Take(&norm, f));
  if (table)
    PetscCall(
      PetscFPrintf(PETSC_COMM_WORLD, table, "SGD with momentum %g, no delay\n", (double)mu));
  json_object_set_new(part, "momentum", json_real((double)mu));
  PetscCall(Lines(f, table, part));
  PetscFunctionReturn(0);
}

/*
  HypTheoryFactors - Prints and records exact and guaranteed factors, as far as the options ask

  Collective

  Input Parameters:
+ s     - the settings: theory_delay, theory_momentum, theory_curvature_bounds
. eta   - learning rate
. loss  - what is known of it
- table - where to print; NULL: nowhere

  Input/Output Parameter:
. body - gets the members delay and momentum
*/
PetscErrorCode HypTheoryFactors(const HypSettings *s, PetscReal eta, const HypTheoryLoss *loss,
                                FILE *table, json_t *body)
{
  const HypReals *given = &s->theory_curvature_bounds;
  Factors         start = {.eta = eta, .least = PETSC_MAX_REAL, .constant = NAN, .decay = NAN}, f;
  json_t         *part;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < loss->n; c++) {
    start.least   = PetscMin(start.least, loss->curvature[c]);
    start.largest = PetscMax(start.largest, loss->curvature[c]);
  }
  PetscCheck(given->count == 0 || given->count == 2, PETSC_COMM_WORLD, PETSC_ERR_ARG_SIZ,
             "theory_curvature_bounds: %zu numbers given, two needed, the smallest and the largest "
             "curvature",
             given->count);
  if (given->count) {
    PetscCheck(given->values[0] <= start.least * (1 + ROUNDING) &&
                 start.largest <= given->values[1] * (1 + ROUNDING),
               PETSC_COMM_WORLD, PETSC_ERR_ARG_OUTOFRANGE,
               "theory_curvature_bounds: [%g, %g] given, but the loss has the curvature %g; widen "
               "the bounds",
               (double)given->values[0], (double)given->values[1],
               (double)(start.least < given->values[0] ? start.least : start.largest));
    start.least   = given->values[0];
    start.largest = given->values[1];
  }
  if (s->theory_delay != HYP_UNSET) {
    f = start;
    json_object_set_new(body, "delay", part = json_object());
    PetscCall(Delay((PetscInt)s->theory_delay, loss, &f, table, part));
  }
  if (!isnan(s->theory_momentum)) {
    f = start;
    json_object_set_new(body, "momentum", part = json_object());
    PetscCall(Momentum(s->theory_momentum, loss, &f, table, part));
  }
  if (table && given->count && s->theory_delay == HYP_UNSET && isnan(s->theory_momentum))
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table,
                           "nothing is guaranteed for losses with curvatures in [%g, %g]: with a "
                           "random staleness two copies read at different times, and only the mean "
                           "on a quadratic loss is proved to decay (asgd_mean); give theory_delay "
                           "or theory_momentum\n",
                           (double)start.least, (double)start.largest));
  PetscFunctionReturn(0);
}
