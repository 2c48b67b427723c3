/* The table on stdout: what was solved, how it decayed, and what the theory says about it. */
#include <hypoco/resolution.h>
#include <hypoco/result.h>
#include <string.h>

static void PrintModel(FILE *f, HypModel m, const HypLyapunov *lyapunov)
{
  fprintf(f, "model      d = %d, omega0 = %g, gamma = %g, beta = %g; %s%s\n", (int)m->d,
          (double)m->omega0, (double)m->gamma, (double)m->beta,
          lyapunov ? HypRegimes[lyapunov->regime] : "",
          m->perturbed ? "; perturbed by eps" : "; eps = 0");
}

static void PrintAxis(FILE *f, const char *name, HypAxis axis)
{
  fprintf(f, "%s%s, n = %d", name, axis->type, (int)axis->n);
  if (axis->grid) fprintf(f, ", half-width %g", (double)axis->width);
}

static void PrintSpace(FILE *f, HypSpace space, PetscReal tail)
{
  fprintf(f, "space      %s", space->type);
  if (space->x) {
    PrintAxis(f, ": x ", space->x);
    PrintAxis(f, "; v ", space->v);
  } else {
    fprintf(f, ": Hermite functions of total degree <= %d", (int)space->degree);
  }
  fprintf(f, "; %d unknowns", (int)space->n);
  if (!PetscIsNanReal(tail)) fprintf(f, "; %.0e of eps beyond that degree", (double)tail);
  fprintf(f, "\n");
}

/* The functionals at both ends */
static void PrintSeries(FILE *f, const HypSeries *s)
{
  const struct {
    const char      *name;
    const PetscReal *values;
  } rows[] = {{"time", s->t},
              {"mass", s->mass},
              {"||h||^2", s->norm2},
              {"||grad_x h||^2", s->grad_x2},
              {"||grad_v h||^2", s->grad_v2},
              {"<grad_x h, grad_v h>", s->grad_xv},
              {"H", s->H}};

  if (s->n < 1) return;
  fprintf(f, "\n%-24s %18s %18s\n", "functionals", "start", "end");
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    fprintf(f, "  %-22s %18.10g %18.10g\n", rows[i].name, (double)rows[i].values[0],
            (double)rows[i].values[s->n - 1]);
  }
}

static void PrintFit(FILE *f, const HypFit *fit, const HypRateEstimate *estimate)
{
  if (fit->form == HYP_FIT_NONE) {
    fprintf(f, "  %-22s %18s  too few points above rounding\n", "measured", "none");
    return;
  }
  fprintf(f, "  %-22s %18.10g  +- %.1e%s, %s fit over t in [%g, %g]\n", "measured",
          (double)fit->rate, (double)(estimate ? estimate->fit_error : fit->error),
          estimate ? "" : " (fit alone)", HypFitForms[fit->form], (double)fit->from,
          (double)fit->to);
  if (fit->form == HYP_FIT_OSCILLATING)
    fprintf(f, "  %-22s %18.10g  of the oscillation\n", "frequency", (double)fit->frequency);
}

static PetscErrorCode PrintRate(FILE *f, const HypResult *result)
{
  const HypLyapunov *theory = result->lyapunov;
  PetscReal          gap;
  PetscBool          computed;

  PetscFunctionBeginUser;
  PetscCall(HypResultSpectralGap(result, &gap, &computed));
  fprintf(f, "\nrate lambda in ||h|| ~ exp(-lambda t)\n");
  if (result->fit) PrintFit(f, result->fit, result->estimate);
  if (gap == gap && computed && result->estimate)
    fprintf(f, "  %-22s %18.10g  +- %.1e, of the discrete generator\n", "spectral gap", (double)gap,
            (double)result->estimate->gap_error);
  else if (gap == gap)
    fprintf(f, "  %-22s %18.10g  %s\n", "spectral gap", (double)gap,
            computed ? "of the discrete generator" : "closed form, eps = 0");
  if (result->estimate)
    fprintf(f, "  %-22s %18s  with errors from two resolutions%s%s\n", "fit and spectrum",
            result->estimate->agree ? "overlap" : "do not overlap",
            result->estimate->reason[0] ? ":\n    " : "", result->estimate->reason);
  if (theory) {
    const char *scope = result->model->perturbed ? ", for eps = 0" : "";
    char        name[64];

    snprintf(name, sizeof(name), "(gamma - delta)/2, delta = %g", (double)theory->delta);
    fprintf(f, "  %-22s %18.10g  mu = %s%s\n", "theory, as proved", (double)theory->mu_proved,
            theory->regime == HYP_CRITICAL ? name : "min Re eig Q", scope);
    fprintf(f, "  %-22s %18.10g  mu of Theorem 3.1, twice the proved one: docs/errata.md\n",
            "theory, as printed", (double)theory->mu_printed);
  }
  PetscFunctionReturn(0);
}

static void PrintSpectrum(FILE *f, const HypSpectrum *s)
{
  fprintf(f, "\n%-24s %18s %18s  %-10s%s%s\n", "spectrum", "real", "imaginary", "residual",
          s->exact ? " to exact  " : "", s->refined ? " to coarser" : "");
  for (PetscInt i = 0; i < s->n; i++) {
    fprintf(f, "  %-22d %18.10g %18.10g  %-10.1e", (int)i, (double)s->real[i], (double)s->imag[i],
            (double)s->residual[i]);
    if (s->exact) fprintf(f, " %-10.1e", (double)s->exact[i]);
    if (s->refined && !PetscIsNanReal(s->refined[i])) fprintf(f, " %-10.1e", (double)s->refined[i]);
    fprintf(f, "\n");
  }
}

static void PrintPropagator(FILE *f, const HypResult *result)
{
  fprintf(f, "\n%-24s %18s %18s\n", "propagator on mean zero", "norm",
          result->propagator_exact ? "closed form" : "");
  for (PetscInt i = 0; i < result->npropagator; i++) {
    fprintf(f, "  t = %-18g %18.10g", (double)result->propagator_times[i],
            (double)result->propagator_norms[i]);
    if (result->propagator_exact) fprintf(f, " %18.10g", (double)result->propagator_exact[i]);
    fprintf(f, "\n");
  }
  if (PetscIsNanReal(result->sharp)) return; /* a single eigenvalue gives no lambda */
  fprintf(f, "  %-22s %18.10g", "constant", (double)result->sharp);
  if (result->propagator_exact) {
    if (result->sharp_exact < PETSC_INFINITY)
      fprintf(f, " %18.10g", (double)result->sharp_exact);
    else
      fprintf(f, " %18s", "infinite");
  }
  fprintf(f, "  max of exp(2 lambda t) norm^2 over these times%s\n",
          result->propagator_exact ? "; its supremum" : "");
}

static void PrintSteady(FILE *f, const HypSteady *s, HypSpace space)
{
  fprintf(f, "\n%-48s %18s %18s\n", "steady state F", "left", "right");
  for (PetscInt i = 0; i < s->count; i++) {
    fprintf(f, "  %-46s %18.10g %18.10g\n", HypSteadyIdentities[i], (double)s->left[i],
            (double)s->right[i]);
  }
  fprintf(f, "  residual %.1e, worst identity %.1e, ||F/M|| = %.10g, of which %.1e %s\n",
          (double)s->residual, (double)s->worst, (double)s->norm, (double)s->edge,
          HypResolutionEdge(space));
}

static void PrintStatements(FILE *f, PetscInt n, const HypStatement statements[])
{
  fprintf(f, "\n%-46s %-16s %12s %12s %10s %11s  %s\n", "statement", "source", "left", "right",
          "slack", "uncertainty", "verdict");
  for (PetscInt i = 0; i < n; i++) {
    const HypStatement *s = &statements[i];

    fprintf(f, "  %-44s %-16s %12.5g %12.5g %10.2e %11.1e  %s%s\n", s->name, s->source,
            (double)s->left, (double)s->right, (double)s->slack, (double)s->uncertainty,
            HypVerdicts[s->verdict], s->proved ? "" : " (not proved)");
    if (s->detail[0]) fprintf(f, "    %s\n", s->detail);
  }
}

static void PrintFooter(FILE *f, const HypResult *result)
{
  const char *output = result->options ? HypOptionsText(result->options, "output") : NULL;
  const char *json   = result->options ? HypOptionsText(result->options, "json") : NULL;

  fprintf(f, "\ntime       setup %.3g s, solve %.3g s, total %.3g s\n", (double)result->setup_s,
          (double)result->solve_s, (double)result->total_s);
  if (output) fprintf(f, "file       %s (pictures: hypoco plot %s)\n", output, output);
  if (json) fprintf(f, "summary    %s\n", json);
  if (result->verdict[0]) fprintf(f, "verdict    %s\n", result->verdict);
}

/*@C
  HypResultPrint - Writes a result as a table for people to read

  Collective

  Input Parameters:
+ result - the result; parts that are NULL are left out
- stream - where to, on the first rank

  Level: beginner

.seealso: HypResultWriteJSON()
@*/
PetscErrorCode HypResultPrint(const HypResult *result, FILE *stream)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(result->model ? result->model->comm : PETSC_COMM_WORLD, &rank));
  if (rank) PetscFunctionReturn(0);
  if (result->options) {
    const char *file = HypOptionsFile(result->options, 0);

    fprintf(stream, "hypoco %s%s%s\n", HypOptionsCommand(result->options), file ? " " : "",
            file ? file : "");
  }
  if (result->model) PrintModel(stream, result->model, result->lyapunov);
  if (result->space) PrintSpace(stream, result->space, result->tail);
  if (result->series) PrintSeries(stream, result->series);
  if (result->fit || result->lyapunov) PetscCall(PrintRate(stream, result));
  if (result->spectrum) PrintSpectrum(stream, result->spectrum);
  if (result->npropagator) PrintPropagator(stream, result);
  if (result->steady) PrintSteady(stream, result->steady, result->space);
  if (result->nstatements) PrintStatements(stream, result->nstatements, result->statements);
  PrintFooter(stream, result);
  PetscCheck(!ferror(stream), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "the table could not be written");
  PetscFunctionReturn(0);
}
