/*
   What a recorded loss says about its algorithm, on a quadratic loss with one curvature.

   f_j - f_* = (a/2) x_j^2, or a sum of such terms of equal law, and x is a stationary Gaussian
   sequence with the autocorrelation rho: then that of the loss is rho^2, and

       Var f = 2 (E f - f_*)^2 for one coordinate, which gives f_*.

   Every candidate is x = sum_i h_i xi_{j-i} with the response h of its recursion (response.c):
   rho(k) = sum_i h_i h_{i+k}/sum_i h_i^2.  (e, staleness) are those that bring rho^2 nearest to
   what is measured, in least squares over lags; bars by leaving out one of ten parts of the run.
   A delay is a whole number: its bar is that of the lowest point of the parabola through the
   misfits of three delays, and of what rounding it adds.
*/
#include <hypoco/moments.h>
#include "moments/autocorrelation.h"
#include "moments/response.h"
#include <gsl/gsl_multimin.h>

enum { MEMORY = 3000, LONGEST = 60, FEWEST = 500 };

#define STUDENT 2.262157 /* 97.5 %, of AUTO_PARTS - 1 differences */

typedef struct {
  TraceModel model;
  PetscInt   delay, lags, stride;
  PetscReal  measured[AUTO_LAGS]; /* autocorrelation of the loss at (i + 1) stride */
  PetscReal  h[MEMORY];
} Fit;

/* Where the misfit is least: ln e and ln(s/(1 - s)), the delay, and how much it is */
typedef struct {
  PetscReal at[2], misfit, vertex; /* vertex: of the parabola over delays */
  PetscInt  delay;
} Place;

static PetscReal Logistic(PetscReal x)
{
  return 1 / (1 + PetscExpReal(-x));
}

static PetscReal Staleness(const Fit *fit, PetscReal at)
{
  return fit->model == TRACE_DELAY ? (PetscReal)fit->delay : Logistic(at);
}

/* Unbounded parameters: ln e, ln(s/(1 - s)) */
static double Misfit(const gsl_vector *at, void *ctx)
{
  Fit            *fit = (Fit *)ctx;
  const PetscReal e   = PetscExpReal(gsl_vector_get(at, 0)),
                  s   = Staleness(fit, at->size > 1 ? gsl_vector_get(at, 1) : 0);
  const PetscInt  n   = TraceResponse(fit->model, e, s, PETSC_FALSE, MEMORY, fit->h);
  const PetscReal all = n ? TraceCorrelation(fit->h, n, 0) : 1;
  PetscReal       sum = 0;

  if (!n) return 1e3 + e;
  for (PetscInt i = 0; i < fit->lags; i++)
    sum += PetscSqr(fit->measured[i] -
                    PetscSqr(TraceCorrelation(fit->h, n, (i + 1) * fit->stride) / all));
  return sum;
}

/* The least misfit from a start, which becomes the place of it; the delay stays */
static PetscErrorCode Least(Fit *fit, Place *place)
{
  const size_t             p = TraceHasStaleness(fit->model) ? 2 : 1;
  gsl_multimin_function    f = {Misfit, p, fit};
  gsl_vector              *x = gsl_vector_alloc(p), *step = gsl_vector_alloc(p);
  gsl_multimin_fminimizer *m = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, p);
  PetscInt                 k = 0;

  PetscFunctionBeginUser;
  PetscCheck(x && step && m, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a minimiser");
  fit->delay = place->delay;
  for (size_t i = 0; i < p; i++) {
    gsl_vector_set(x, i, place->at[i]);
    gsl_vector_set(step, i, 0.2);
  }
  gsl_multimin_fminimizer_set(m, &f, x, step);
  while (k++ < 120 && !gsl_multimin_fminimizer_iterate(m))
    if (gsl_multimin_fminimizer_size(m) < 1e-5) break;
  for (size_t i = 0; i < p; i++) place->at[i] = gsl_vector_get(m->x, i);
  place->misfit = m->fval;
  gsl_multimin_fminimizer_free(m);
  gsl_vector_free(x);
  gsl_vector_free(step);
  PetscFunctionReturn(0);
}

/* The best of several starts; for a delay, of all its values */
static PetscErrorCode Search(Fit *fit, PetscReal e0, Place *best)
{
  static const PetscReal staleness[] = {-2, 0, 1.5, 2.5, 3.5};
  const PetscInt         starts      = TraceHasStaleness(fit->model) ? 5
                                       : fit->model == TRACE_DELAY   ? LONGEST
                                                                     : 1;

  PetscFunctionBeginUser;
  best->misfit = PETSC_MAX_REAL;
  for (PetscInt k = 0; k < starts; k++) {
    Place place = {.at    = {PetscLogReal(e0), TraceHasStaleness(fit->model) ? staleness[k] : 0},
                   .delay = fit->model == TRACE_DELAY ? k + 1 : 0};

    if (fit->model == TRACE_MOMENTUM) place.at[0] += PetscLogReal(1 - Logistic(staleness[k]));
    PetscCall(Least(fit, &place));
    if (place.misfit < best->misfit) *best = place;
  }
  PetscFunctionReturn(0);
}

/* From one delay to the next as long as the misfit falls, and the parabola through three */
static PetscErrorCode Descend(Fit *fit, Place *place)
{
  PetscFunctionBeginUser;
  PetscCall(Least(fit, place));
  for (;;) {
    Place     side[2] = {*place, *place};
    PetscReal bend;
    int       down;

    for (int k = 0; k < 2; k++) {
      side[k].delay += k ? 1 : -1;
      side[k].misfit = PETSC_MAX_REAL;
      if (side[k].delay >= 1 && side[k].delay <= 2 * LONGEST) PetscCall(Least(fit, &side[k]));
    }
    down = side[1].misfit < side[0].misfit;
    if (side[down].misfit < place->misfit) {
      *place = side[down];
      continue;
    }
    bend          = side[0].misfit + side[1].misfit - 2 * place->misfit;
    place->vertex = (PetscReal)place->delay;
    if (side[0].misfit < PETSC_MAX_REAL && side[1].misfit < PETSC_MAX_REAL && bend > 0)
      place->vertex += (side[0].misfit - side[1].misfit) / (2 * bend);
    break;
  }
  fit->delay = place->delay;
  PetscFunctionReturn(0);
}

/* Errors of the fit, and the least misfits without each part */
static PetscErrorCode Bars(Fit *fit, const AutoCorrelation *c, const Place *best,
                           PetscReal misfits[AUTO_PARTS], HypTraceFit *out)
{
  const PetscReal scale = (AUTO_PARTS - 1.0) / AUTO_PARTS;
  PetscReal       e2 = 0, s2 = 0;
  Place           all = *best;

  PetscFunctionBeginUser;
  if (fit->model == TRACE_DELAY) PetscCall(Descend(fit, &all));
  for (int b = 0; b < AUTO_PARTS; b++) {
    Place part = *best;

    AutoCorrelationGet(c, b, fit->measured);
    PetscCall(fit->model == TRACE_DELAY ? Descend(fit, &part) : Least(fit, &part));
    misfits[b] = part.misfit;
    e2 += PetscSqr(PetscExpReal(part.at[0]) - out->e);
    s2 += PetscSqr(fit->model == TRACE_DELAY ? part.vertex - all.vertex
                                             : Logistic(part.at[1]) - out->staleness);
  }
  out->e_error = PetscSqrtReal(e2 * scale);
  if (fit->model == TRACE_DELAY)
    out->staleness_error = PetscSqrtReal(s2 * scale + 1 / 12.0); /* rounded to a whole number */
  else if (TraceHasStaleness(fit->model))
    out->staleness_error = PetscSqrtReal(s2 * scale);
  out->e_low          = out->e - STUDENT * out->e_error;
  out->e_high         = out->e + STUDENT * out->e_error;
  out->staleness_low  = out->staleness - STUDENT * out->staleness_error;
  out->staleness_high = out->staleness + STUDENT * out->staleness_error;
  AutoCorrelationGet(c, -1, fit->measured);
  PetscFunctionReturn(0);
}

/* ln of the misfit in units of the best one, and its error by leaving out parts */
static void Criteria(PetscReal (*misfits)[AUTO_PARTS], HypTraceFit fits[])
{
  PetscInt best = 0;

  for (PetscInt k = 1; k < HYP_TRACE_MODELS; k++)
    if (fits[k].criterion < fits[best].criterion) best = k;
  for (PetscInt k = 0; k < HYP_TRACE_MODELS; k++) {
    PetscReal mean = 0, spread = 0;

    for (int b = 0; b < AUTO_PARTS; b++)
      mean += PetscLogReal(misfits[k][b] / misfits[best][b]) / AUTO_PARTS;
    for (int b = 0; b < AUTO_PARTS; b++)
      spread += PetscSqr(PetscLogReal(misfits[k][b] / misfits[best][b]) - mean);
    fits[k].criterion_error = PetscSqrtReal(spread * (AUTO_PARTS - 1) / AUTO_PARTS);
  }
  for (PetscInt k = 0, least = best; k < HYP_TRACE_MODELS; k++)
    if (k != least) fits[k].criterion = PetscLogReal(fits[k].criterion / fits[least].criterion);
  fits[best].criterion = 0;
}

/* One model: its parameters, their bars, and what they make of the mean and the variance */
static PetscErrorCode FitModel(Fit *fit, const AutoCorrelation *c, PetscReal misfits[AUTO_PARTS],
                               HypTraceFit *out)
{
  Place    best = {.delay = 0};
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(Search(fit, PetscMin(0.5, 1.2 / (PetscReal)c->memory), &best));
  *out =
    (HypTraceFit){.name = HypTraceModelNames[fit->model], .staleness = NAN, .staleness_error = NAN};
  out->e         = PetscExpReal(best.at[0]);
  out->criterion = best.misfit;
  if (TraceHasStaleness(fit->model)) out->staleness = Logistic(best.at[1]);
  if (fit->model == TRACE_DELAY) out->staleness = (PetscReal)best.delay;
  PetscCall(Bars(fit, c, &best, misfits, out));
  n              = TraceResponse(fit->model, out->e, out->staleness, PETSC_FALSE, MEMORY, fit->h);
  out->noise     = n ? PetscSqrtReal(2 * c->variance) / TraceCorrelation(fit->h, n, 0) : NAN;
  out->minimiser = c->mean - PetscSqrtReal(c->variance / 2);
  PetscFunctionReturn(0);
}

/*@C
  HypTraceFitLoss - Fits the quadratic models of four algorithms to a recorded loss

  Not collective

  Input Parameters:
+ n    - number of recorded steps
- loss - n values, one for each step

  Output Parameter:
. fits - as of HypTraceFitModels(); noise is a times the variance that a step adds, minimiser the
  least loss, both for one coordinate; criterion: ln of the misfit in units of the best one,
  with its
  error: a model is excluded where it is more than twice that

  Level: intermediate

  Notes:
  What goes before the first value below the mean of the second half is left out;
  500 steps must remain.
  The loss does not tell signs, so that much longer runs are needed than with theta.

.seealso: HypTraceFitModels()
@*/
PetscErrorCode HypTraceFitLoss(PetscInt n, const PetscReal loss[], HypTraceFit fits[])
{
  const PetscInt  first = AutoStationary(n, loss);
  PetscReal       misfits[HYP_TRACE_MODELS][AUTO_PARTS];
  AutoCorrelation c;
  Fit            *fit;

  PetscFunctionBeginUser;
  PetscCheck(n - first >= FEWEST, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a recorded loss of %" PetscInt_FMT " stationary steps was given, at least %d needed",
             n - first, FEWEST);
  PetscCall(AutoCorrelationCompute(n - first, loss + first, 0, &c));
  PetscCall(PetscNew(&fit));
  fit->lags   = c.lags;
  fit->stride = c.stride;
  AutoCorrelationGet(&c, -1, fit->measured);
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    fit->model = (TraceModel)k;
    PetscCall(FitModel(fit, &c, misfits[k], &fits[k]));
  }
  Criteria(misfits, fits);
  PetscCall(PetscFree(fit));
  PetscFunctionReturn(0);
}
