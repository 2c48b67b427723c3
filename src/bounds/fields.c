/* The functions of theta whose derivatives are searched: what the force adds to -w^2 theta, and
   the strength of the noise. */
#include "bounds/boundsimpl.h"
#include <hypoco/expression.h>

/* eps, or U' - w^2 theta of a potential */
PetscErrorCode HypFieldForce(HypModel model, PetscInt order, PetscInt n, const PetscReal theta[],
                             PetscReal values[])
{
  const PetscInt d = HypModelDimension(model);

  PetscFunctionBeginUser;
  if (!HypModelHasPotential(model)) {
    PetscCall(HypModelPerturbationMany(model, order, n, theta, values));
    PetscFunctionReturn(0);
  }
  for (PetscInt e = 0; e < (order ? d * d : d) * n; e++) values[e] = 0;
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal w2  = PetscSqr(HypModelCoordinate(model, i).omega);
    PetscReal      *row = values + (order ? i * (d + 1) : i) * n;

    for (PetscInt l = 0; l < n; l++) {
      const PetscReal x = theta[i * n + l];

      row[l] = HypModelLandscape(model, i, order + 1, x) - w2 * (order ? 1 : x);
      PetscCheck(!PetscIsInfOrNanReal(row[l]), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
                 "%s: its derivative is %g at theta = %g", HypModelPotentialKey(model, i),
                 (double)row[l], (double)x);
    }
  }
  PetscFunctionReturn(0);
}

/* sigma_i = tau_i sqrt(s_i) along the variable j, for HypDerivative() */
typedef struct {
  HypModel       model;
  PetscInt       i, j;
  PetscReal     *theta, *s;
  PetscErrorCode error;
} Line;

static double Strength(double x, void *ctx)
{
  Line           *line = (Line *)ctx;
  const PetscReal kept = line->theta[line->j];

  line->theta[line->j] = x;
  if (!line->error) line->error = HypModelNoise(line->model, line->theta, line->s);
  line->theta[line->j] = kept;
  return HypModelCoordinate(line->model, line->i).tau * PetscSqrtReal(line->s[line->i]);
}

/* sigma, or its derivatives */
PetscErrorCode HypFieldNoise(HypModel model, PetscInt order, PetscInt n, const PetscReal theta[],
                             PetscReal values[])
{
  const PetscInt d    = HypModelDimension(model);
  Line           line = {.model = model};
  double         error;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(d, &line.theta, d, &line.s));
  for (PetscInt l = 0; l < n && !line.error; l++) {
    for (PetscInt j = 0; j < d; j++) line.theta[j] = theta[j * n + l];
    for (line.i = 0; line.i < d; line.i++) {
      if (!order) values[line.i * n + l] = Strength(line.theta[0], &line);
      for (line.j = 0; order && line.j < d; line.j++)
        values[(line.i * d + line.j) * n + l] =
          HypDerivative(Strength, &line, line.theta[line.j], &error);
      line.j = 0;
    }
  }
  PetscCall(PetscFree2(line.theta, line.s));
  PetscCall(line.error);
  PetscFunctionReturn(0);
}
