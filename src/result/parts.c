/* What a run found out besides its solution, on its way to the HDF5 file: rate, spectrum, steady state, statements. */
#include "result/resultimpl.h"

static const HypVariable Eigenvalue      = {"eigenvalue", "eigenvalue", "1",
                                            "number of the eigenvalue, by decreasing real part", ""};
static const HypVariable EigenvalueRow[] = {
  {"eigenvalue_real", "eigenvalue", "1/time", "real part of an eigenvalue of -T + L + R",
   "(3.3) of Zhu and Ying"},
  {"eigenvalue_imag", "eigenvalue", "1/time", "imaginary part", "(3.3) of Zhu and Ying"},
  {"eigenvalue_residual", "eigenvalue", "1/time", "||G u - lambda u||/||u||", ""},
};
static const HypVariable EigenvalueExact = {
  "eigenvalue_to_exact", "eigenvalue", "1/time",
  "distance to the nearest closed-form eigenvalue for eps = 0",
  "-(n1 l1 + n2 l2), l = (gamma -+ sqrt(gamma^2 - 4 omega0^2))/2"};
static const HypVariable EigenvalueRefined = {
  "eigenvalue_to_refined", "eigenvalue", "1/time",
  "distance to the nearest eigenvalue at a second resolution", ""};
static const HypVariable EigenfunctionRow[] = {
  {"eigenfunction_real", "eigenvalue pair v x", "1",
   "marginal of an eigenfunction, real part, relative to that of M", ""},
  {"eigenfunction_imag", "eigenvalue pair v x", "1", "imaginary part", ""},
};

static const HypVariable Propagator = {"propagator_time", "propagator_time", "time", "time", ""};
static const HypVariable PropagatorRow[] = {
  {"propagator_norm", "propagator_time", "1", "norm of exp(tG) on mean-zero functions of L2(M)",
   "(3.4) of Zhu and Ying"},
  {"propagator_norm_exact", "propagator_time", "1", "the same in closed form for eps = 0", ""},
};

static const HypVariable Identity      = {"identity", "identity", "1",
                                          "number of an identity for the steady state", ""};
static const HypVariable IdentityName  = {"identity_name", "identity", "1", "what is compared", ""};
static const HypVariable IdentityRow[] = {
  {"identity_left", "identity", "1", "left side", ""},
  {"identity_right", "identity", "1", "right side", ""},
};

static const HypVariable Statement       = {"statement", "statement", "1",
                                            "number of a statement put to the test", ""};
static const HypVariable StatementText[] = {
  {"statement_name", "statement", "1", "name", ""},
  {"statement_source", "statement", "1", "where it is stated", ""},
  {"statement_detail", "statement", "1", "remark", ""},
  {"statement_verdict", "statement", "1", "verdict", ""},
};
static const HypVariable StatementRow[] = {
  {"statement_left", "statement", "1", "left side", ""},
  {"statement_right", "statement", "1", "right side", ""},
  {"statement_slack", "statement", "1", "right - left", ""},
  {"statement_uncertainty", "statement", "1", "uncertainty of the slack", ""},
  {"statement_proved", "statement", "1", "1 if proved, so that a failure is an error", ""},
};

static PetscErrorCode WriteRate(HypFile file, const HypResult *result)
{
  const HypFit *fit = result->fit;
  PetscReal     gap;
  PetscBool     computed;

  PetscFunctionBeginUser;
  PetscCall(HypResultSpectralGap(result, &gap, &computed));
  if (gap == gap) {
    PetscCall(HypFileReal(file, "rate_spectral_gap", gap));
    PetscCall(HypFileAttributeText(file, ".", "rate_spectral_gap_source",
                                   computed ? "computed" : "closed form"));
  }
  if (result->estimate) {
    PetscCall(HypFileReal(file, "rate_spectral_gap_error", result->estimate->gap_error));
    PetscCall(HypFileAttributeText(file, ".", "rate_agreement",
                                   result->estimate->agree ? "overlap" : "do not overlap"));
  }
  if (!fit) PetscFunctionReturn(0);
  PetscCall(HypFileAttributeText(file, ".", "rate_form", HypFitForms[fit->form]));
  if (fit->form == HYP_FIT_NONE) PetscFunctionReturn(0);
  PetscCall(HypFileReal(file, "rate_measured", fit->rate));
  PetscCall(
    HypFileReal(file, "rate_error", result->estimate ? result->estimate->fit_error : fit->error));
  PetscCall(HypFileReal(file, "rate_frequency", fit->frequency));
  PetscCall(
    HypFileAttributeReals(file, ".", "rate_window", 2, (const PetscReal[]){fit->from, fit->to}));
  PetscCall(HypFileAttributeReals(file, ".", "rate_envelope", 3,
                                  (const PetscReal[]){fit->A, fit->B, fit->C}));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteRows(HypFile file, PetscInt n, const HypVariable rows[],
                                const PetscReal *const values[])
{
  PetscFunctionBeginUser;
  PetscCall(HypFileVariables(file, n, rows));
  for (PetscInt i = 0; i < n; i++) PetscCall(HypFileWrite(file, rows[i].name, values[i]));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteEigenfunctions(HypResultFile r, const HypSpectrum *s)
{
  const HypSpace space    = r->result->space;
  const size_t   all      = HypPairSize(space) * (size_t)space->model->d;
  Vec *const     parts[2] = {s->vr, s->vi};
  PetscReal     *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(all * (size_t)s->n, &values));
  PetscCall(HypFileVariables(r->file, 2, EigenfunctionRow));
  for (int part = 0; part < 2; part++) {
    for (PetscInt i = 0; i < s->n; i++)
      PetscCall(HypMarginals(space, parts[part][i], values + all * (size_t)i));
    PetscCall(HypFileWrite(r->file, EigenfunctionRow[part].name, values));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSpectrum(HypResultFile r, const HypSpectrum *s)
{
  PetscFunctionBeginUser;
  if (!s || s->n < 1) PetscFunctionReturn(0);
  PetscCall(HypFileDimension(r->file, s->n, NULL, &Eigenvalue));
  PetscCall(WriteRows(r->file, COUNT(EigenvalueRow), EigenvalueRow,
                      (const PetscReal *const[]){s->real, s->imag, s->residual}));
  if (s->exact)
    PetscCall(WriteRows(r->file, 1, &EigenvalueExact, (const PetscReal *const[]){s->exact}));
  if (s->refined)
    PetscCall(WriteRows(r->file, 1, &EigenvalueRefined, (const PetscReal *const[]){s->refined}));
  if (s->vr && s->vi) PetscCall(WriteEigenfunctions(r, s));
  PetscFunctionReturn(0);
}

static PetscErrorCode WritePropagator(HypFile file, const HypResult *result)
{
  PetscFunctionBeginUser;
  if (result->npropagator < 1) PetscFunctionReturn(0);
  PetscCall(HypFileDimension(file, result->npropagator, result->propagator_times, &Propagator));
  PetscCall(
    WriteRows(file, result->propagator_exact ? 2 : 1, PropagatorRow,
              (const PetscReal *const[]){result->propagator_norms, result->propagator_exact}));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSteady(HypFile file, const HypSteady *s)
{
  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  PetscCall(HypFileDimension(file, s->count, NULL, &Identity));
  PetscCall(HypFileTexts(file, &IdentityName, HypSteadyIdentities));
  PetscCall(WriteRows(file, COUNT(IdentityRow), IdentityRow,
                      (const PetscReal *const[]){s->left, s->right}));
  PetscCall(HypFileReal(file, "steady_residual", s->residual));
  PetscCall(HypFileReal(file, "steady_worst_identity", s->worst));
  PetscCall(HypFileReal(file, "steady_norm", s->norm));
  PetscCall(HypFileReal(file, "steady_edge", s->edge));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteStatements(HypFile file, PetscInt n, const HypStatement s[])
{
  const char **texts[4];
  PetscReal   *numbers[5];

  PetscFunctionBeginUser;
  if (n < 1) PetscFunctionReturn(0);
  PetscCall(PetscMalloc4(n, &texts[0], n, &texts[1], n, &texts[2], n, &texts[3]));
  PetscCall(
    PetscMalloc5(n, &numbers[0], n, &numbers[1], n, &numbers[2], n, &numbers[3], n, &numbers[4]));
  for (PetscInt i = 0; i < n; i++) {
    texts[0][i]   = s[i].name;
    texts[1][i]   = s[i].source;
    texts[2][i]   = s[i].detail;
    texts[3][i]   = HypVerdicts[s[i].verdict];
    numbers[0][i] = s[i].left;
    numbers[1][i] = s[i].right;
    numbers[2][i] = s[i].slack;
    numbers[3][i] = s[i].uncertainty;
    numbers[4][i] = s[i].proved;
  }
  PetscCall(HypFileDimension(file, n, NULL, &Statement));
  for (PetscInt i = 0; i < 4; i++) PetscCall(HypFileTexts(file, &StatementText[i], texts[i]));
  PetscCall(WriteRows(file, COUNT(StatementRow), StatementRow, (const PetscReal *const *)numbers));
  PetscCall(PetscFree5(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
  PetscCall(PetscFree4(texts[0], texts[1], texts[2], texts[3]));
  PetscFunctionReturn(0);
}

/* Writes the parts that were computed */
PetscErrorCode HypResultFileParts(HypResultFile r)
{
  const HypResult *result = r->result;

  PetscFunctionBeginUser;
  PetscCall(WriteRate(r->file, result));
  PetscCall(WriteSpectrum(r, result->spectrum));
  PetscCall(WritePropagator(r->file, result));
  PetscCall(WriteSteady(r->file, result->steady));
  PetscCall(WriteStatements(r->file, result->nstatements, result->statements));
  PetscFunctionReturn(0);
}
