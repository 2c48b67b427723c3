#include "base/base.h"
#include <hypoco/audit.h>
#include <math.h>

/* of a rate: no error bar is smaller than what rounding leaves of the fit and
   of the eigenvalue solver */
#define FLOOR 1e-10

/* two eigenvalues nearer than this may be one double eigenvalue, which rounding splits by the root
   of its size */
#define SPLIT 1e-6

#define SEEN    0.05 /* of what is largest: a fit sees it */
#define NOTHING 1e-8 /* of a start: rounding and the solver leave as much of every mode */

/* Error bar of one eigenvalue:
   its residual, the distance to the nearest one of the other resolution,
   and how far a double one is split */
static PetscReal EigenvalueError(const HypSpectrum *s, PetscInt k, const HypSpectrum *coarse)
{
  PetscReal nearest = coarse ? PETSC_INFINITY : 0, split = 0;

  if (s->error && !PetscIsNanReal(s->error[k])) return s->error[k];
  for (PetscInt j = 1; j < s->n; j++) {
    const PetscReal apart = hypot(s->real[k] - s->real[j], s->imag[k] - s->imag[j]);

    if (apart < SPLIT * (1 + PetscAbsReal(s->real[k]))) split = PetscMax(split, apart);
  }
  for (PetscInt j = 0; coarse && j < coarse->n; j++)
    nearest = PetscMin(nearest, hypot(s->real[k] - coarse->real[j], s->imag[k] - coarse->imag[j]));
  return nearest + split + s->residual[k] + FLOOR * PetscAbsReal(s->real[k]);
}

/* In the complex plane: a real part alone may happen to agree on two resolutions
   that are both too coarse */
static PetscReal Apart(const HypFit *fit, const HypFit *coarse)
{
  const PetscBool oscillating =
    fit->form == HYP_FIT_OSCILLATING && coarse->form == HYP_FIT_OSCILLATING ? PETSC_TRUE
                                                                            : PETSC_FALSE;

  return hypot(fit->rate - coarse->rate, oscillating ? fit->frequency - coarse->frequency : 0);
}

/* What the start has of the eigenvalues, and which of them it shows at the end of the fit's window:
   the slowest that is not negligible beside the largest there */
static void Projections(const HypSpectrum *s, const HypFit *fit, HypRateEstimate *rate)
{
  const PetscReal t    = fit->form == HYP_FIT_NONE ? 0 : fit->to;
  PetscReal       most = 0;

  rate->n = PetscMin(s->n, HYP_PROJECTIONS);
  for (PetscInt k = 0; k < rate->n; k++) {
    rate->real[k]       = s->real[k];
    rate->imag[k]       = s->imag[k];
    rate->projection[k] = s->share[k];
  }
  for (PetscInt k = 1; k < s->n; k++) {
    if (s->share[k] > NOTHING)
      most = PetscMax(most, s->share[k] * PetscExpReal((s->real[k] - s->real[1]) * t));
  }
  for (PetscInt k = 1; k < s->n && !rate->mode; k++) {
    if (s->share[k] > NOTHING &&
        s->share[k] * PetscExpReal((s->real[k] - s->real[1]) * t) > SEEN * most)
      rate->mode = k;
  }
}

/* Fit and one eigenvalue: do their bars overlap? */
static void Compare(const HypFit *fit, const HypSpectrum *s, PetscInt k, PetscReal error,
                    HypRateEstimate *rate)
{
  const PetscReal apart = PetscAbsReal(fit->rate + s->real[k]);

  /* a fit is made on one space, whose error three spaces know better */
  if (rate->mode == k) rate->fit_error = PetscMax(rate->fit_error, error);
  rate->agree = (PetscBool)(apart <= error + rate->fit_error);
  if (rate->agree) {
    rate->mode  = k;
    rate->rate  = error <= rate->fit_error ? -s->real[k] : fit->rate;
    rate->error = PetscMax(apart, PetscMin(error, rate->fit_error));
  }
}

/* The projections name the eigenvalue that the fit should have found: its distance, with the bar of
   the eigenvalue, is the error of the fit */
static void Settle(const HypFit *fit, const HypSpectrum *s, HypRateEstimate *rate)
{
  const PetscReal apart = PetscAbsReal(fit->rate + s->real[rate->mode]);

  rate->fit_error = apart + rate->mode_error + FLOOR * fit->rate;
}

/* What the start has of the slowest modes */
static PetscReal OfSlowest(const HypSpectrum *s, const HypRateEstimate *rate)
{
  PetscReal most = 0;

  for (PetscInt k = 1; s->share && k < s->n && -s->real[k] <= rate->gap + rate->gap_error; k++)
    most = PetscMax(most, s->share[k]);
  return most;
}

static void Remark(const HypSpectrum *s, HypRateEstimate *rate)
{
  const PetscReal slowest                    = OfSlowest(s, rate);
  char            text[sizeof(rate->reason)] = "", has[64] = "nothing";
  HypShownBar     bars[2];

  if (slowest > NOTHING)
    snprintf(has, sizeof(has), "%.2g, which longer times would show", (double)slowest);
  if (rate->mode && -s->real[rate->mode] > rate->gap + rate->gap_error)
    snprintf(text, sizeof(text),
             "this start decays with eigenvalue %d, at the rate %.8g; the gap is %.8g, "
             "of whose mode it has %s",
             (int)rate->mode, (double)-s->real[rate->mode], (double)rate->gap, has);
  else if (!rate->agree)
    snprintf(text, sizeof(text),
             "fit %.8g %s and spectrum %.8g %s do not overlap: longer time_end, "
             "finer space",
             (double)rate->fit, HypShowBar(bars[0], rate->fit_error), (double)rate->gap,
             HypShowBar(bars[1], rate->gap_error));
  snprintf(rate->reason, sizeof(rate->reason), "%s", text);
}

/*@
  HypRateEstimateCompute - The decay rate by two methods at two resolutions

  Not collective

  Input Parameters:
+ fit             - rate fitted to the solution
. earlier         - the same fitted to the first three quarters of the times; NULL: none
. coarse          - the same on another resolution; NULL: none
. spectrum        - of the generator
- coarse_spectrum - the same on another resolution; NULL: none

  Output Parameter:
. rate - both rates with error bars; agree if the bars overlap

  Level: intermediate

  Notes:
  Each bar adds the method's own error
  (of the fit, the misfit over the length of its window and the difference from the earlier window
  as well; of a double eigenvalue, how far it is split) and the difference between the resolutions,
  of frequencies as well; of tables, what every second point moves.
  Data without a part in the slowest mode decay with a later eigenvalue: where spectrum->share
  is known (HypSpectrumExcite()), that eigenvalue and no other is compared with the fit;
  `mode` and `reason` tell.
  Then the bar of the fit is its distance to this eigenvalue with the eigenvalue's bar; whether the
  two agree is judged by the bars that each has alone.
@*/
PetscErrorCode HypRateEstimateCompute(const HypFit *fit, const HypFit *earlier,
                                      const HypFit *coarse, const HypSpectrum *spectrum,
                                      const HypSpectrum *coarse_spectrum, HypRateEstimate *rate)
{
  PetscBool named;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(rate, sizeof(*rate)));
  rate->gap = spectrum->gap;
  rate->gap_error =
    spectrum->n > 1 ? EigenvalueError(spectrum, 1, coarse_spectrum) : PETSC_INFINITY;
  rate->fit = rate->fit_error = rate->mode_error = NAN;
  if (spectrum->share) Projections(spectrum, fit, rate);
  named = (PetscBool)(rate->mode > 0);
  if (fit->form == HYP_FIT_NONE) {
    PetscCall(PetscStrncpy(
      rate->reason, "no rate could be fitted: too few output times above rounding, or no form fits",
      sizeof(rate->reason)));
    if (rate->mode) {
      rate->rate  = -spectrum->real[rate->mode];
      rate->error = rate->mode_error = EigenvalueError(spectrum, rate->mode, coarse_spectrum);
    }
    PetscFunctionReturn(0);
  }
  rate->fit = fit->rate;
  /* what is left over in the window may be a drift across it */
  rate->fit_error = fit->error + fit->residual / (fit->to - fit->from) + FLOOR * fit->rate;
  /* and what faster modes still contribute was more at earlier times */
  if (earlier && earlier->form != HYP_FIT_NONE)
    rate->fit_error += PetscAbsReal(fit->rate - earlier->rate);
  if (coarse && coarse->form != HYP_FIT_NONE) rate->fit_error += Apart(fit, coarse);
  rate->fit_error *= PetscMax(1, spectrum->doubt); /* of a space that F or eps does not end in */
  /* on the other space tables are thinned too: the two differences could cancel */
  if (spectrum->tables && spectrum->n > 1)
    rate->fit_error += spectrum->tables[PetscMax(1, rate->mode)];
  for (PetscInt k = 1; k < spectrum->n && !rate->agree; k++) {
    if (rate->mode && k != rate->mode) continue;
    Compare(fit, spectrum, k, EigenvalueError(spectrum, k, coarse_spectrum), rate);
  }
  if (rate->mode) rate->mode_error = EigenvalueError(spectrum, rate->mode, coarse_spectrum);
  Remark(spectrum, rate); /* which names the bars as they were compared */
  if (named) Settle(fit, spectrum, rate);
  PetscFunctionReturn(0);
}
