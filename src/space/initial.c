/*
   Initial data, the same function whatever the space: u_0 = g_0/M from the initial_ keys, normalised to mass 1.
*/
#include <hypoco/expression.h>
#include <hypoco/initial.h>
#include <hypoco/spaceimpl.h>
#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

/* Mean in scaled coordinates; (1, .., 1, 1/2, .., 1/2) standard deviations if not given */
static PetscErrorCode InitialMean(HypModel model, const HypOptions *options, PetscReal z[])
{
  const PetscInt d = model->d;
  const double  *mean;
  size_t         count = HypOptionsReals(options, "initial_mean", &mean);

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    z[i]     = 1;
    z[d + i] = 0.5;
  }
  if (!count) PetscFunctionReturn(0);
  PetscCheck(count == (size_t)(2 * d), model->comm, PETSC_ERR_ARG_SIZ,
             "initial_mean: %zu numbers given, %" PetscInt_FMT " needed: x1..xd, v1..vd", count,
             2 * d);
  HypModelScale(model, mean, mean + d, z);
  PetscFunctionReturn(0);
}

/* Covariance in scaled coordinates; half of M's if not given */
static PetscErrorCode InitialCovariance(HypModel model, const HypOptions *options, PetscReal S[])
{
  const PetscInt d = model->d, n = 2 * d;
  const double  *given;
  const size_t   count = HypOptionsReals(options, "initial_covariance", &given);
  PetscReal      scale[6];

  PetscFunctionBeginUser;
  PetscCheck(count == 0 || count == 1 || count == (size_t)n || count == (size_t)(n * n),
             model->comm, PETSC_ERR_ARG_SIZ,
             "initial_covariance: %zu numbers given; 1 (times identity), %" PetscInt_FMT
             " (diagonal) or %" PetscInt_FMT " (by rows) needed",
             count, n, n * n);
  for (PetscInt i = 0; i < n; i++)
    scale[i] = PetscSqrtReal(model->beta) * (i < d ? model->omega0 : 1);
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j < n; j++) {
      PetscReal value = i == j ? 0.5 : 0;

      if (count == 1)
        value = i == j ? given[0] : 0;
      else if (count == (size_t)n)
        value = i == j ? given[i] : 0;
      else if (count)
        value = given[i * n + j];
      S[i * n + j] = count ? scale[i] * value * scale[j] : value;
    }
  }
  PetscFunctionReturn(0);
}

/* 1 + sum of the listed Hermite modes */
static PetscErrorCode InitialModes(HypSpace space, const HypOptions *options, Vec u)
{
  const PetscInt n = 2 * space->model->d;
  const double  *list;
  const size_t   count = HypOptionsReals(options, "initial_modes", &list);
  PetscInt       degree[6];

  PetscFunctionBeginUser;
  PetscCheck(count && count % (size_t)(n + 1) == 0, space->comm, PETSC_ERR_ARG_SIZ,
             "initial_modes: %zu numbers given; groups of %" PetscInt_FMT
             " needed: a multi-index n1..n%" PetscInt_FMT " and an amplitude",
             count, n + 1, n);
  PetscCall(VecCopy(space->one, u));
  for (size_t k = 0; k < count; k += (size_t)n + 1) {
    PetscBool constant = PETSC_TRUE;

    for (PetscInt c = 0; c < n; c++) {
      PetscCheck(list[k + (size_t)c] >= 0 && list[k + (size_t)c] == floor(list[k + (size_t)c]) &&
                   list[k + (size_t)c] <= 64,
                 space->comm, PETSC_ERR_ARG_OUTOFRANGE,
                 "initial_modes: degree %g given, an integer from 0 to 64 needed",
                 list[k + (size_t)c]);
      degree[c] = (PetscInt)list[k + (size_t)c];
      if (degree[c]) constant = PETSC_FALSE;
    }
    PetscCheck(
      !constant, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
      "initial_modes: the mode 0..0 given; it is the function 1, already there with amplitude 1");
    PetscCall(HypSpaceModes(space, degree, list[k + (size_t)n], u));
  }
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt  count, index[84][6];
  PetscReal amplitude[84];
} Random;

/* All multi-indices of total degree 1..3 in n variables, with normal amplitudes falling off as e^{-degree}; Philox keyed by
   the seed and the mode's place in the list, so the function depends on neither the ranks nor the space */
static void RandomModes(PetscInt n, uint64_t seed, Random *r)
{
  PetscInt m[6] = {0};

  r->count = 0;
  for (;;) {
    PetscInt c = 0, total = 0;

    while (c < n && ++m[c] > 3) m[c++] = 0;
    if (c == n) return;
    for (PetscInt q = 0; q < n; q++) total += m[q];
    if (total > 3) continue;
    philox2x64_ctr_t counter = {{(uint64_t)r->count, 0}};
    philox2x64_key_t key     = {{seed}};
    const uint64_t   bits    = philox2x64(counter, key).v[0] >> 11;

    for (PetscInt q = 0; q < n; q++) r->index[r->count][q] = m[q];
    r->amplitude[r->count++] =
      PetscExpReal(-(PetscReal)total) * gsl_cdf_ugaussian_Pinv(((PetscReal)bits + 0.5) * 0x1p-53);
  }
}

static PetscErrorCode RandomEvaluate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  const Random *r = (const Random *)ctx;
  PetscReal     H[6][4];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * d; c++) HypHermiteFunctions(4, z[c], 1.0, H[c]);
  *u = 1;
  for (PetscInt k = 0; k < r->count; k++) {
    PetscReal term = r->amplitude[k];

    for (PetscInt c = 0; c < 2 * d; c++) term *= H[c][r->index[k][c]];
    *u += term;
  }
  PetscFunctionReturn(0);
}

typedef struct {
  HypModel       model;
  HypExpression *g;
} Density;

/* u = g/M at one point, g in (x, v) */
static PetscErrorCode DensityEvaluate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  const Density *density = (const Density *)ctx;
  PetscReal      point[6], exponent = 0, g;

  PetscFunctionBeginUser;
  HypModelUnscale(density->model, z, point, point + d);
  for (PetscInt c = 0; c < 2 * d; c++) exponent += 0.5 * z[c] * z[c];
  g  = HypExpressionEvaluate(density->g, point, NULL);
  *u = g == 0 ? 0 : g * PetscExpReal(exponent);
  PetscCheck(!PetscIsInfOrNanReal(*u), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_expression: g/M is not finite at x1 = %g, v1 = %g; g must be finite and "
             "decay at least like the square root of M out "
             "to where the space has nodes",
             (double)point[0], (double)point[d]);
  PetscFunctionReturn(0);
}

static PetscErrorCode InitialExpression(HypSpace space, const HypOptions *options, Vec u)
{
  static const char *const one[] = {"x", "v"}, *const many[3][6] = {
                                                 {"x1", "v1"},
                                                 {"x1", "x2", "v1", "v2"},
                                                 {"x1", "x2", "x3", "v1", "v2", "v3"}};
  const PetscInt d       = space->model->d;
  const char    *text    = HypOptionsText(options, "initial_expression");
  Density        density = {space->model, NULL};
  char          *message;

  PetscFunctionBeginUser;
  PetscCheck(text, space->comm, PETSC_ERR_USER_INPUT,
             "initial_type: expression given, but initial_expression is missing; give the density "
             "g as an expression in %s",
             d == 1 ? "x and v" : "x1.., v1..");
  if (HypExpressionCreate(text, (size_t)(2 * d),
                          d == 1 && !strstr(text, "x1") && !strstr(text, "v1") ? one : many[d - 1],
                          &density.g, &message)) {
    char sentence[1024];

    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "initial_expression: %s", message));
    free(message);
    SETERRQ(space->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscCall(HypSpaceProject(space, DensityEvaluate, &density, u));
  HypExpressionDestroy(&density.g);
  PetscFunctionReturn(0);
}

/*@
  HypInitialFromOptions - u_0 = g_0/M as the initial_ keys describe it, with mass 1

  Collective

  Input Parameters:
+ space   - the space
- options - checked options; initial_type file is read by the io layer and refused here

  Output Parameter:
. u - coefficients, <1, u> = 1

  Level: beginner

  Note:
  The default is a Gaussian with mean (1, 1/2) standard deviations of M in every (x_i, v_i) and half of M's covariance.
@*/
PetscErrorCode HypInitialFromOptions(HypSpace space, const HypOptions *options, Vec u)
{
  const char *type = HypOptionsText(options, "initial_type");
  PetscReal   mean[6], S[36], mass;
  Random      random;

  PetscFunctionBeginUser;
  PetscCall(InitialMean(space->model, options, mean));
  if (!strcmp(type, "gaussian")) {
    PetscCall(InitialCovariance(space->model, options, S));
    PetscCall(HypSpaceGaussian(space, mean, S, u));
  } else if (!strcmp(type, "point"))
    PetscCall(HypSpacePoint(space, mean, u));
  else if (!strcmp(type, "modes"))
    PetscCall(InitialModes(space, options, u));
  else if (!strcmp(type, "random")) {
    RandomModes(2 * space->model->d, (uint64_t)HypOptionsInteger(options, "initial_seed"), &random);
    PetscCall(HypSpaceProject(space, RandomEvaluate, &random, u));
  } else if (!strcmp(type, "expression"))
    PetscCall(InitialExpression(space, options, u));
  else
    SETERRQ(space->comm, PETSC_ERR_ARG_OUTOFRANGE,
            "initial_type: '%s' cannot be made from options alone", type);
  PetscCall(VecDot(u, space->one, &mass));
  PetscCheck(mass > 1e-12 && !PetscIsInfOrNanReal(mass), space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "the initial density has mass %g on this space, a positive mass is needed; move the "
             "data into the box",
             (double)mass);
  PetscCall(VecScale(u, 1 / mass));
  PetscFunctionReturn(0);
}
