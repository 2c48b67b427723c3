/* The loss of hypoco theory: curvatures, noise, and up to which learning rate moments are
   stable. */
#include "program/theoryloss.h"
#include <math.h>
#include <string.h>

/* Curvatures and noise about the minimiser that a descent from sample_start reaches */
static PetscErrorCode Linearise(const HypSettings *s, HypLoss loss, HypTheoryLoss *known)
{
  const double *values = s->sample_start.values;
  const size_t  given  = s->sample_start.count;
  PetscInt      d, n;
  PetscReal    *start, *minimiser;

  PetscFunctionBeginUser;
  PetscCall(HypLossSizes(loss, &d, &n));
  PetscCheck(given == 1 || given == (size_t)d, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "sample_start: %zu numbers given, 1 or model_dimension = %" PetscInt_FMT " needed",
             given, d);
  known->n = d;
  PetscCall(PetscMalloc2(d, &known->curvature, d, &known->noise));
  PetscCall(PetscMalloc2(d, &start, d, &minimiser));
  for (PetscInt c = 0; c < d; c++) start[c] = values[given == 1 ? 0 : c];
  PetscCall(HypLossLinearise(loss, start, minimiser, known->curvature, known->noise));
  known->linearised = minimiser[0];
  PetscCall(PetscFree2(start, minimiser));
  PetscFunctionReturn(0);
}

/* Component losses, as sample reads them */
static PetscErrorCode Components(const HypSettings *s, HypTheoryLoss *known)
{
  HypLoss loss;

  PetscFunctionBeginUser;
  PetscCall(HypSettingsLoss(s, NULL, &loss));
  PetscCall(HypLossLinear(loss, &known->linear));
  if (known->linear.n) {
    known->n = known->linear.n;
    PetscCheck(isfinite(known->linear.curvature[known->n - 1]), PETSC_COMM_SELF,
               PETSC_ERR_ARG_OUTOFRANGE,
               "sample_loss_type: the largest curvature of this loss is not a finite number; "
               "scale its data or coefficients");
    PetscCall(PetscMalloc2(known->n, &known->curvature, known->n, &known->noise));
    PetscCall(PetscArraycpy(known->curvature, known->linear.curvature, known->n));
    PetscCall(PetscArraycpy(known->noise, known->linear.noise, known->n));
  } else
    PetscCall(Linearise(s, loss, known));
  PetscCall(HypLossDestroy(&loss));
  PetscFunctionReturn(0);
}

/* model_omega0 and model_noise */
static PetscErrorCode Model(const HypSettings *s, HypTheoryLoss *known)
{
  const HypReals *omega = &s->model_omega0;

  PetscFunctionBeginUser;
  known->n = (PetscInt)s->model_dimension;
  PetscCheck(omega->count == 1 || omega->count == (size_t)known->n, PETSC_COMM_SELF,
             PETSC_ERR_ARG_SIZ,
             "model_omega0: %zu numbers given for model_dimension = %" PetscInt_FMT
             "; give one number, or one for each coordinate, or change model_dimension",
             omega->count, known->n);
  PetscCall(PetscMalloc2(known->n, &known->curvature, known->n, &known->noise));
  for (PetscInt c = 0; c < known->n; c++) {
    known->curvature[c] = PetscSqr(omega->values[omega->count == 1 ? 0 : c]);
    known->noise[c]     = !isnan(s->model_noise) ? s->model_noise : 1;
  }
  PetscFunctionReturn(0);
}

/*
  HypTheoryLossCreate - Reads the loss as sample does: sample_loss_ keys, or model_omega0 and
  model_noise; a mini-batch divides the noise

  Not collective

  Input Parameter:
. s - the settings

  Output Parameter:
. known - free with HypTheoryLossDestroy()
*/
PetscErrorCode HypTheoryLossCreate(const HypSettings *s, HypTheoryLoss *known)
{
  const double chosen = s->sample_coordinates.values[0];

  PetscFunctionBeginUser;
  *known = (HypTheoryLoss){.batch = (PetscInt)s->sample_batch};
  PetscCall(strcmp(s->sample_loss_type, "model") ? Components(s, known) : Model(s, known));
  PetscCheck(
    chosen == floor(chosen) && chosen <= known->n, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
    "sample_coordinates: %g given, but the loss has %" PetscInt_FMT " curvatures, counted from 1",
    chosen, known->n);
  known->chosen = (PetscInt)chosen - 1;
  for (PetscInt c = 0; c < known->n; c++) known->noise[c] /= (PetscReal)known->batch;
  PetscCheck(known->noise[known->chosen] > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "sample_loss_type: the components of this loss have one gradient at the minimiser, so "
             "that there is no noise, which hypoco theory speaks about; give curvature and noise "
             "by model_omega0 and model_noise");
  PetscFunctionReturn(0);
}

PetscErrorCode HypTheoryLossDestroy(HypTheoryLoss *known)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(known->curvature, known->noise));
  if (known->linear.n) PetscCall(HypLinearLossDestroy(&known->linear));
  PetscFunctionReturn(0);
}

/*
  HypTheoryLossLimit - The learning rate up to which second moments are stable where the noise of
  the loss depends on theta

  Not collective

  Input Parameters:
+ known - the loss
. law   - of the staleness
- mu    - momentum

  Output Parameter:
. limit - of eta; NaN where the noise does not depend on theta, and then coordinates decide one by
  one
*/
PetscErrorCode HypTheoryLossLimit(const HypTheoryLoss *known, const HypDelayLaw *law, PetscReal mu,
                                  PetscReal *limit)
{
  const HypRecursion r = {.n         = known->linear.n,
                          .curvature = known->linear.curvature,
                          .rows      = known->linear.rows,
                          .row       = known->linear.row,
                          .eta       = PETSC_MAX_REAL, /* unstable, so that a limit is found */
                          .momentum  = mu,
                          .batch     = known->batch,
                          .law       = *law};
  PetscBool          stable;

  PetscFunctionBeginUser;
  *limit = NAN;
  if (known->linear.rows) PetscCall(HypMeanSquareLimit(&r, &stable, limit));
  PetscFunctionReturn(0);
}
