/*
   What a model changes of the rate at which a mean decays, by least squares.

   The reference, E theta of the equation from one start less that from another, is late enough

       y(t) = e^{-r t} (B cos w t + C sin w t).

   Where a model changes r, w, B and C a little, its mean is at s = t - (start of the window)

       y + e^{-r s} [b cos w s + c sin w s
                     - dr s (B cos w s + C sin w s) + dw s (C cos w s - B sin w s)];
       without oscillation  y + (b - dr s) y.

   That is linear in (b, c, dr, dw): least squares give every block of paths a dr of its own,
   and the spread of these is the sampling error of their mean.
   The reference is moved by the mean and the step repeated, so that nothing of second order is left
   in the mean.
   Faster modes, which change too, are seen by later windows: what those say beyond
   their sampling errors is added to the bar.
*/
#include <hypoco/decay.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

#define TERMS    4
#define WINDOWS  8
#define FEWEST   12 /* times in a window, */
#define BLOCKS   8  /* and blocks */
#define STEPS    4
#define LIGHTEST 1e-2 /* of the largest variance of a time */
#define NEAR     0.2  /* a larger change of the amplitude is not a small one, */
#define NEARBY   0.1  /* nor is one of rate or frequency */

typedef struct {
  const HypFit    *reference;
  PetscInt         n; /* times */
  const PetscReal *t, *y;
  const HypBlocks *blocks;
} Means;

/* Of the mean of a block, over the blocks */
static PetscReal Variance(const HypBlocks *blocks, PetscInt n, PetscInt k)
{
  PetscReal total = 0, mean = 0, square = 0;

  for (PetscInt b = 0; b < blocks->count; b++) {
    const PetscReal before = mean, at = blocks->mean[b * n + k];

    total += blocks->paths[b];
    mean += (at - mean) * blocks->paths[b] / total;
    square += blocks->paths[b] * (at - before) * (at - mean);
  }
  return square / total;
}

/* B and C of the reference at the start of the window, by least squares */
static void Amplitudes(const HypFit *reference, PetscInt n, const PetscReal *t, const PetscReal *y,
                       PetscReal at[2])
{
  PetscReal cc = 0, cs = 0, ss = 0, cy = 0, sy = 0;

  for (PetscInt k = 0; k < n; k++) {
    const PetscReal s = t[k] - t[0], e = PetscExpReal(-reference->rate * s),
                    c = e * PetscCosReal(reference->frequency * s),
                    d = e * PetscSinReal(reference->frequency * s);

    cc += c * c;
    cs += c * d;
    ss += d * d;
    cy += c * y[k];
    sy += d * y[k];
  }
  at[0] = (cy * ss - sy * cs) / (cc * ss - cs * cs);
  at[1] = (sy * cc - cy * cs) / (cc * ss - cs * cs);
}

/* The reference of the window, moved by x = (dr, b, c, dw), and its derivatives by them; the
   number of these */
static size_t Basis(const HypFit *reference, PetscInt n, const PetscReal *t, const PetscReal *y,
                    const PetscReal at[2], const PetscReal x[TERMS], gsl_matrix *X,
                    PetscReal *moved)
{
  const PetscReal r = reference->rate, w = reference->frequency, B = at[0] + x[1], C = at[1] + x[2];

  for (PetscInt k = 0; k < n; k++) {
    const PetscReal s = t[k] - t[0], e = PetscExpReal(-(r + x[0]) * s),
                    c = e * PetscCosReal((w + x[3]) * s), d = e * PetscSinReal((w + x[3]) * s);

    if (reference->form != HYP_FIT_OSCILLATING) {
      const PetscReal faded = y[k] * PetscExpReal(-x[0] * s);

      moved[k] = (1 + x[1]) * faded; /* the amplitude is in y */
      gsl_matrix_set(X, (size_t)k, 0, -s * moved[k]);
      gsl_matrix_set(X, (size_t)k, 1, faded);
      continue;
    }
    moved[k] = y[k] + B * c + C * d -
               PetscExpReal(-r * s) * (at[0] * PetscCosReal(w * s) + at[1] * PetscSinReal(w * s));
    gsl_matrix_set(X, (size_t)k, 0, -s * (B * c + C * d));
    gsl_matrix_set(X, (size_t)k, 1, c);
    gsl_matrix_set(X, (size_t)k, 2, d);
    gsl_matrix_set(X, (size_t)k, 3, s * (C * c - B * d));
  }
  return reference->form == HYP_FIT_OSCILLATING ? TERMS : 2;
}

/* Is what the blocks found on the average small against the reference? */
static PetscBool Small(const HypFit *reference, size_t p, const PetscReal mean[TERMS],
                       const PetscReal at[2])
{
  const PetscReal amplitude = p == TERMS ? hypot(mean[1], mean[2]) : PetscAbsReal(mean[1]),
                  rate      = reference->rate + reference->frequency;

  return amplitude <= NEAR * hypot(at[0], at[1]) &&
             PetscAbsReal(mean[0]) <= NEARBY * reference->rate &&
             (p < TERMS || PetscAbsReal(mean[3]) <= NEARBY * rate)
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/* One step from x, of every block: x moves by their mean; the standard error of that of dr */
static PetscReal Step(const Means *m, PetscInt first, const gsl_matrix *X, const gsl_vector *weight,
                      const PetscReal *moved, PetscReal x[TERMS])
{
  const HypBlocks *blocks = m->blocks;
  const size_t     n = X->size1, p = X->size2;
  gsl_vector      *rest = gsl_vector_alloc(n), *found = gsl_vector_alloc(p);
  gsl_matrix      *covariance = gsl_matrix_alloc(p, p);
  PetscReal        total = 0, square = 0, misfit, mean[TERMS] = {0};

  gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, p);

  for (PetscInt b = 0; b < blocks->count; b++) {
    const PetscReal before = mean[0];

    for (size_t k = 0; k < n; k++)
      gsl_vector_set(rest, k, blocks->mean[b * m->n + first + (PetscInt)k] - moved[k]);
    gsl_multifit_wlinear(X, weight, rest, found, covariance, &misfit, work);
    total += blocks->paths[b];
    for (size_t i = 0; i < p; i++)
      mean[i] += (gsl_vector_get(found, i) - mean[i]) * blocks->paths[b] / total;
    square +=
      blocks->paths[b] * (gsl_vector_get(found, 0) - before) * (gsl_vector_get(found, 0) - mean[0]);
  }
  for (size_t i = 0; i < p; i++) x[i] += mean[i];
  gsl_multifit_linear_free(work);
  gsl_matrix_free(covariance);
  gsl_vector_free(rest);
  gsl_vector_free(found);
  return PetscSqrtReal(square / total / (PetscReal)(blocks->count - 1));
}

/* dr in one window and its standard error; infinite where the change is not small */
static PetscErrorCode Regress(const Means *m, PetscInt first, PetscReal *value, PetscReal *error)
{
  const size_t     n = (size_t)(m->n - first);
  const PetscReal *t = m->t + first, *y = m->y + first;
  gsl_matrix      *all     = gsl_matrix_alloc(n, TERMS);
  gsl_vector      *weight  = gsl_vector_alloc(n);
  PetscReal        largest = 0, x[TERMS] = {0}, at[2] = {1, 0}, *moved;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &moved));
  for (size_t k = 0; k < n; k++) {
    gsl_vector_set(weight, k, Variance(m->blocks, m->n, first + (PetscInt)k));
    largest = PetscMax(largest, gsl_vector_get(weight, k));
  }
  for (size_t k = 0; k < n; k++)
    gsl_vector_set(weight, k,
                   largest > 0 ? 1 / PetscMax(gsl_vector_get(weight, k), LIGHTEST * largest) : 1);
  if (m->reference->form == HYP_FIT_OSCILLATING) Amplitudes(m->reference, (PetscInt)n, t, y, at);
  *error = 0;
  for (int step = 0; step < STEPS && isfinite(*error); step++) {
    const size_t    p = Basis(m->reference, (PetscInt)n, t, y, at, x, all, moved);
    gsl_matrix_view X = gsl_matrix_submatrix(all, 0, 0, n, p);

    *error = Step(m, first, &X.matrix, weight, moved, x);
    if (!Small(m->reference, p, x, at)) *error = INFINITY;
  }
  *value = x[0];
  gsl_matrix_free(all);
  gsl_vector_free(weight);
  PetscCall(PetscFree(moved));
  PetscFunctionReturn(0);
}

/*@
  HypFitShift - What a model changes of the fitted rate of a reference

  Not collective

  Input Parameters:
+ reference - the fit of the reference
. n         - number of times
. t         - increasing
. y         - the reference
- blocks    - means of blocks of paths of the model, at the same times

  Input/Output Parameter:
. window - number of the window of times, that of another model; negative: it is chosen

  Output Parameter:
. shift - rate of the model less that of the reference,
  with the half-width of its 95 % interval; NaN where nothing was measured or the change is not
  small

  Level: intermediate

  Notes:
  The bar is the sampling error between blocks, 8 at least, by Student's t, and what later windows
  say beyond theirs; the window is the first one for which that is nothing, else that of the
  smallest bar.

.seealso: HypFitMean()
@*/
PetscErrorCode HypFitShift(const HypFit *reference, PetscInt n, const PetscReal t[],
                           const PetscReal y[], const HypBlocks *blocks, PetscInt *window,
                           HypBar *shift)
{
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  const Means          means   = {reference, n, t, y, blocks};
  const PetscInt       first = PetscMax(*window, 0), last = *window < 0 ? WINDOWS - 1 : *window;
  const PetscBool possible = blocks->count >= BLOCKS && (reference->form == HYP_FIT_OSCILLATING ||
                                                         reference->form == HYP_FIT_EXPONENTIAL)
                               ? PETSC_TRUE
                               : PETSC_FALSE;
  PetscReal       value[WINDOWS] = {0}, error[WINDOWS], student;

  PetscFunctionBeginUser;
  *shift  = (HypBar){NAN, INFINITY};
  student = gsl_cdf_tdist_Qinv(0.025, PetscMax(1, blocks->count - 1));
  for (PetscInt k = 0; k < WINDOWS; k++) {
    error[k] = NAN;
    if (possible && n - 3 * n * k / (4 * WINDOWS) >= FEWEST)
      PetscCall(Regress(&means, 3 * n * k / (4 * WINDOWS), &value[k], &error[k]));
  }
  for (PetscInt k = first; k <= last; k++) {
    PetscReal drift = 0;

    if (!isfinite(error[k])) continue;
    for (PetscInt j = k + 1; j < WINDOWS; j++)
      if (isfinite(error[j]))
        drift = PetscMax(drift, PetscAbsReal(value[j] - value[k]) - student * error[j]);
    if (student * error[k] + drift >= shift->error) continue;
    *shift  = (HypBar){value[k], student * error[k] + drift};
    *window = k;
    if (drift <= 0) break; /* the smallest of several bars would be too small */
  }
  if (!isfinite(shift->error)) *shift = (HypBar){NAN, NAN};
  gsl_set_error_handler(handler);
  PetscFunctionReturn(0);
}
