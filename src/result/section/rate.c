/* Results: the rate of decay, fitted, from the spectrum, and from the theory. */
#include "result/section/section.h"
#include "base/base.h"

/* What the run found out about the decay, NULL where nothing could be fitted */
static const HypFit *Fit(const HypResult *R)
{
  return R->fit && R->fit->form != HYP_FIT_NONE ? R->fit : NULL;
}

static const PetscReal *Window(const HypFit *fit)
{
  static PetscReal window[2];

  if (!fit) return NULL;
  window[0] = fit->from;
  window[1] = fit->to;
  return window;
}

static const PetscReal *Envelope(const HypFit *fit)
{
  static PetscReal envelope[3];

  if (!fit) return NULL;
  envelope[0] = fit->A;
  envelope[1] = fit->B;
  envelope[2] = fit->C;
  return envelope;
}

static PetscReal Error(const HypResult *R)
{
  if (!Fit(R)) return NAN;
  return R->estimate ? R->estimate->fit_error : R->fit->error;
}

static PetscReal Gap(const HypResult *R, PetscBool *computed)
{
  PetscReal gap;

  return HypResultSpectralGap(R, &gap, computed) ? NAN : gap;
}

static const char *GapSource(const HypResult *R)
{
  PetscBool       computed;
  const PetscReal gap = Gap(R, &computed);

  if (PetscIsNanReal(gap)) return NULL;
  return computed ? "computed" : "closed form";
}

REAL(FitRate, Fit(R) ? R->fit->rate : NAN)
REAL(FitError, Error(R))
REAL(FitFrequency, Fit(R) ? R->fit->frequency : NAN)
REAL(FitResidual, Fit(R) ? R->fit->residual : NAN)
TEXT(FitNone, R->fit && !Fit(R) ? "none" : NULL)
TEXT(FitForm, R->fit ? HypFitForms[R->fit->form] : NULL)
REAL_IF(FitOscillation, Fit(R) && R->fit->form == HYP_FIT_OSCILLATING, R->fit->frequency)
REALS(FitWindow, 2, Window(Fit(R)))
REALS(FitEnvelope, 3, Envelope(Fit(R)))
REAL(RateGap, Gap(R, &(PetscBool){PETSC_FALSE}))
TEXT(RateGapSource, GapSource(R))
REAL(RateGapError, R->estimate ? R->estimate->gap_error : NAN)
/* Without bars nothing overlaps and nothing does not */
static PetscBool Barred(const HypResult *R)
{
  return (PetscBool)(R->estimate && Fit(R) && !PetscIsNanReal(R->estimate->fit_error));
}

FLAG(RateAgree, Barred(R) ? (PetscReal)R->estimate->agree : NAN)
TEXT(RateAgreement, !Barred(R) ? NULL : R->estimate->agree ? "overlap" : "do not overlap")
TEXT(RateRemark, R->estimate ? R->estimate->reason : "")
HYP_VALUE(RateMode, .type = R->estimate && R->estimate->mode ? HYP_INTEGER : HYP_ABSENT,
          .real = R->estimate ? (PetscReal)R->estimate->mode : NAN)
REALS(RateReal, R->estimate ? R->estimate->n : 0,
      R->estimate && R->estimate->n ? R->estimate->real : NULL)
REALS(RateImag, R->estimate ? R->estimate->n : 0,
      R->estimate && R->estimate->n ? R->estimate->imag : NULL)
REALS(RateProjection, R->estimate ? R->estimate->n : 0,
      R->estimate && R->estimate->n ? R->estimate->projection : NULL)
/* Theorem 3.1 is about the quadratic loss */
static PetscBool Theorem(const HypResult *R)
{
  return (PetscBool)(R->lyapunov && !(R->model && HypModelHasPotential(R->model)));
}

REAL(TheoryMuProved, Theorem(R) ? R->lyapunov->mu_proved : NAN)
REAL(TheoryMuPrinted, Theorem(R) ? R->lyapunov->mu_printed : NAN)
TEXT(TheoryNone, R->lyapunov && !Theorem(R) ? "none" : NULL)

static void NoteFit(const HypResult *R, char text[], size_t size)
{
  HypShownBar bar;

  snprintf(text, size, "%s%s, %s fit over t in [%g, %g]", HypShowBar(bar, Error(R)),
           R->estimate ? "" : " (fit alone)", HypFitForms[R->fit->form], (double)R->fit->from,
           (double)R->fit->to);
}

static void NoteNone(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "too few points above rounding, or no form fits");
}

static void NoteFrequency(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "of the oscillation");
}

static void NoteGap(const HypResult *R, char text[], size_t size)
{
  PetscBool   computed = PETSC_FALSE;
  PetscReal   error    = NAN;
  HypShownBar bar;

  Gap(R, &computed);
  if (R->estimate)
    error = R->estimate->gap_error;
  else if (R->spectrum && R->spectrum->error && R->spectrum->n > 1)
    error = R->spectrum->error[1];
  if (computed && !PetscIsNanReal(error))
    snprintf(text, size, "%s, of the discrete generator", HypShowBar(bar, error));
  else
    snprintf(text, size, "%s", computed ? "of the discrete generator" : "closed form, eps = 0");
}

static void NoteAgreement(const HypResult *R, char text[], size_t size)
{
  const char *const reason = R->estimate->reason;

  snprintf(text, size, "by the bars that each has alone%s%s", reason[0] ? ":\n    " : "", reason);
}

static void NoteMode(const HypResult *R, char text[], size_t size)
{
  const HypRateEstimate *e = R->estimate;

  if (e->mode < e->n)
    snprintf(text, size, "%.8g%+.8gi, of which the start has %.2g", (double)e->real[e->mode],
             (double)e->imag[e->mode], (double)e->projection[e->mode]);
}

static void NoteProved(const HypResult *R, char text[], size_t size)
{
  const HypLyapunov *const l = R->lyapunov;
  char                     name[64];

  snprintf(name, sizeof(name), "(gamma - delta)/2, delta = %g", (double)l->delta);
  snprintf(text, size, "mu = %s%s", l->regime == HYP_CRITICAL ? name : "min Re eig Q",
           R->model && HypModelPerturbed(R->model) ? ", for eps = 0" : "");
}

static void NoteTheoryNone(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "Theorem 3.1 is about the quadratic loss; H has its C and Chat");
}

static void NotePrinted(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "mu of Theorem 3.1, twice the proved one: docs/errata.md");
}

static const HypQuantity rate[] = {
  {NAMES("measured", "rate_measured"), SHOWN("measured", NULL, 0),
   ABOUT("1/time", "lambda in ||h|| ~ exp(-lambda t), fitted", ""), .value = FitRate,
   .note = NoteFit},
  {SHOWN("measured", NULL, 0), .value = FitNone, .note = NoteNone},
  {NAMES("error", "rate_error"), ABOUT("1/time", "error bar of the fitted rate", ""),
   .value = FitError},
  {NAMES("frequency", "rate_frequency"), ABOUT("1/time", "frequency of the fitted oscillation", ""),
   .value = FitFrequency},
  {SHOWN("frequency", NULL, 0), .value = FitOscillation, .note = NoteFrequency},
  {NAMES("misfit", NULL), ABOUT("1", "largest relative misfit in the window", ""),
   .value = FitResidual},
  {NAMES("form", "rate_form"), ABOUT("1", "form of the envelope fitted", ""), .value = FitForm},
  {NAMES("window", "rate_window"), ABOUT("time", "times used for the fit", ""), .value = FitWindow},
  {NAMES("envelope", "rate_envelope"), ABOUT("1", "coefficients of the envelope fitted", ""),
   .value = FitEnvelope},
  {NAMES("spectral_gap", "rate_spectral_gap"), SHOWN("spectral gap", NULL, 0),
   ABOUT("1/time", "-max Re lambda over the eigenvalues that are not 0", "(3.3) of Zhu and Ying"),
   .value = RateGap, .note = NoteGap},
  {NAMES("spectral_gap_source", "rate_spectral_gap_source"),
   ABOUT("1", "computed, or in closed form for eps = 0", ""), .value = RateGapSource},
  {NAMES("spectral_gap_error", "rate_spectral_gap_error"),
   ABOUT("1/time", "error bar of the spectral gap", ""), .value = RateGapError},
  {NAMES("agree", NULL), ABOUT("1", "do fit and spectrum overlap?", ""), .value = RateAgree},
  {NAMES(NULL, "rate_agreement"), SHOWN("fit and spectrum", NULL, 0),
   ABOUT("1", "do fit and spectrum overlap?", ""), .value = RateAgreement, .note = NoteAgreement},
  {NAMES("remark", NULL), ABOUT("1", "why they do not", ""), .value = RateRemark},
  {NAMES("eigenvalue_index", "rate_eigenvalue_index"), SHOWN("decays with eigenvalue", "%.0f", 0),
   ABOUT("1", "the eigenvalue that the start shows, 1: the leading one", ""), .value = RateMode,
   .note = NoteMode},
  {NAMES("eigenvalue_real", "rate_eigenvalue_real"),
   ABOUT("1/time", "leading eigenvalues, real parts", ""), .value = RateReal},
  {NAMES("eigenvalue_imag", "rate_eigenvalue_imag"), ABOUT("1/time", "imaginary parts", ""),
   .value = RateImag},
  {NAMES("projection", "rate_projection"),
   ABOUT("1", "||P_k h||/||h|| of the start, P_k the spectral projection on each of them", ""),
   .value = RateProjection},
  {NAMES("theory_proved", "rate_theory_proved"), SHOWN("theory, as proved", NULL, 0), PROVED,
   ABOUT("1/time", "mu as the proof of Theorem 3.1 gives it, for eps = 0",
         "Theorem 3.1 of Zhu and Ying"),
   .value = TheoryMuProved, .note = NoteProved},
  {SHOWN("theory", NULL, 0), .value = TheoryNone, .note = NoteTheoryNone},
  {NAMES("theory_printed", "rate_theory_printed"), SHOWN("theory, as printed", NULL, 0),
   ABOUT("1/time", "mu as Theorem 3.1 prints it, twice the proved one", "(3.6) of Zhu and Ying"),
   .value = TheoryMuPrinted, .note = NotePrinted},
};

static PetscBool HasRate(const HypResult *R)
{
  return (PetscBool)(R->series || R->lyapunov);
}

const HypSection HypRateSection = {.name   = "rate",
                                   .title  = "rate lambda in ||h|| ~ exp(-lambda t)",
                                   .look   = HYP_TABLE,
                                   .early  = PETSC_TRUE,
                                   .exists = HasRate,
                                   ROWS(rate)};
