/* Initial data u_0 = g_0/M, the same function whatever the space. */
#include <hypoco/expression.h>
#include <hypoco/initial.h>
#include <hypoco/spaceimpl.h>
#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

/* Polynomials are no functions on a circle */
static PetscErrorCode CheckLine(HypSpace space, const char type[])
{
  PetscFunctionBeginUser;
  PetscCheck(HypSpaceGetPeriod(space) == 0, space->comm, PETSC_ERR_ARG_INCOMP,
             "initial_type: %s given, but Hermite functions of x are not periodic (axis_x_period); "
             "take gaussian, point or expression",
             type);
  PetscFunctionReturn(0);
}

/*@
  HypInitialModes - 1 + the listed Hermite modes

  Collective

  Input Parameters:
+ space - the space
. count - number of entries of list, groups of 2d + 1
- list  - a multi-index n1..n2d and an amplitude, repeated

  Output Parameter:
. u - coefficients

  Level: intermediate

.seealso: HypInitialNormalise()
@*/
PetscErrorCode HypInitialModes(HypSpace space, PetscInt count, const PetscReal list[], Vec u)
{
  const PetscInt n = 2 * HypModelDimension(space->model);
  PetscInt       degree[2 * HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  PetscCall(CheckLine(space, "modes"));
  PetscCheck(count && count % (n + 1) == 0, space->comm, PETSC_ERR_ARG_SIZ,
             "initial_modes: %" PetscInt_FMT " numbers given; groups of %" PetscInt_FMT
             " needed: a multi-index n1..n%" PetscInt_FMT " and an amplitude",
             count, n + 1, n);
  PetscCall(VecCopy(space->one, u));
  for (PetscInt k = 0; k < count; k += n + 1) {
    PetscBool constant = PETSC_TRUE;

    for (PetscInt c = 0; c < n; c++) {
      PetscCheck(list[k + c] >= 0 && list[k + c] == floor(list[k + c]) && list[k + c] <= 64,
                 space->comm, PETSC_ERR_ARG_OUTOFRANGE,
                 "initial_modes: degree %g given, an integer from 0 to 64 needed", list[k + c]);
      degree[c] = (PetscInt)list[k + c];
      if (degree[c]) constant = PETSC_FALSE;
    }
    PetscCheck(
      !constant, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
      "initial_modes: the mode 0..0 given; it is the function 1, already there with amplitude 1");
    PetscCall(HypSpaceModes(space, degree, list[k + n], u));
  }
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt  count, index[84][6];
  PetscReal amplitude[84];
} Random;

/* The amplitude of one mode of a seed */
static PetscReal Amplitude(uint64_t seed, uint64_t mode, PetscInt total)
{
  const philox2x64_ctr_t counter = {{mode, 0}};
  const philox2x64_key_t key     = {{seed}};
  const uint64_t         bits    = philox2x64(counter, key).v[0] >> 11;

  return PetscExpReal(-(PetscReal)total) *
         gsl_cdf_ugaussian_Pinv(((PetscReal)bits + 0.5) * 0x1p-53);
}

/* All multi-indices of total degree 1..3 in n variables, with normal amplitudes falling off
   as e^{-degree}; Philox keyed by
   the seed and the mode's place in the list,
   so the function depends on neither the ranks nor the space */
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
    for (PetscInt q = 0; q < n; q++) r->index[r->count][q] = m[q];
    r->amplitude[r->count] = Amplitude(seed, (uint64_t)r->count, total);
    r->count++;
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

/* The same kind of function in d > 3, where there is no quadrature in 2d dimensions:
   the modes z_i, z_i z_j, z_i z_j z_k, i <= j <= k, one after the other */
static PetscErrorCode RandomByModes(HypSpace space, uint64_t seed, Vec u)
{
  const PetscInt n                          = 2 * HypModelDimension(space->model);
  PetscInt       degree[2 * HYP_DIMENSIONS] = {0};
  uint64_t       count                      = 0;

  PetscFunctionBeginUser;
  PetscCall(VecCopy(space->one, u));
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = -1; j <= i; j++)
      for (PetscInt k = -1; k <= j; k++) {
        const PetscInt total = 1 + (j >= 0) + (k >= 0);

        if (total > HypSpaceGetDegree(space)) continue;
        degree[i]++;
        if (j >= 0) degree[j]++;
        if (k >= 0) degree[k]++;
        PetscCall(HypSpaceModes(space, degree, Amplitude(seed, count++, total), u));
        degree[i] = 0;
        if (j >= 0) degree[j] = 0;
        if (k >= 0) degree[k] = 0;
      }
  PetscFunctionReturn(0);
}

/*@
  HypInitialRandom - 1 + all Hermite modes of degree 1 to 3 with normal amplitudes that fall off
  as e^{-degree}

  Collective

  Input Parameters:
+ space - the space
- seed  - the same seed gives the same function on every space and number of ranks

  Output Parameter:
. u - coefficients

  Level: intermediate

.seealso: HypInitialNormalise()
@*/
PetscErrorCode HypInitialRandom(HypSpace space, uint64_t seed, Vec u)
{
  Random random;

  PetscFunctionBeginUser;
  PetscCall(CheckLine(space, "random"));
  if (HypModelDimension(space->model) > 3) {
    PetscCall(RandomByModes(space, seed, u));
    PetscFunctionReturn(0);
  }
  RandomModes(2 * HypModelDimension(space->model), seed, &random);
  PetscCall(HypSpaceProject(space, RandomEvaluate, &random, u));
  PetscFunctionReturn(0);
}

typedef struct {
  HypModel       model;
  HypSpace       space;
  HypExpression *g;
  PetscBool      named[2 * HYP_DIMENSIONS]; /* in the x_i and v_i that are not, g has M's factor */
} Density;

/* u = g/M at one point, g in (x, v) */
static PetscErrorCode DensityEvaluate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  const Density *density = (const Density *)ctx;
  PetscReal      point[2 * HYP_DIMENSIONS], exponent = 0, g;

  PetscFunctionBeginUser;
  HypModelUnscale(density->model, z, point, point + d);
  PetscCall(HypModelToUser(density->model, 1, point, point));
  PetscCall(HypModelToUser(density->model, 1, point + d, point + d));
  for (PetscInt c = 0; c < 2 * d; c++) {
    if (!density->named[c]) continue;
    if (c >= d || HypSpaceIsGaussian(density->space))
      exponent += 0.5 * z[c] * z[c];
    else
      exponent -= PetscLogReal(HypSpaceDensityX(density->space, c, z[c]));
  }
  g  = HypExpressionEvaluate(density->g, point, NULL);
  *u = g == 0 ? 0 : g * PetscExpReal(exponent);
  PetscCheck(!PetscIsInfOrNanReal(*u), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_expression: g/M is not finite at x1 = %g, v1 = %g; g must be finite and "
             "decay at least like the square root of M out "
             "to where the space has nodes",
             (double)point[0], (double)point[d]);
  PetscFunctionReturn(0);
}

/* The formula in x1.., v1.. (x, v for d = 1) */
static PetscErrorCode DensityRead(const char text[], PetscInt d, Density *density)
{
  char        names[2 * HYP_DIMENSIONS][8], *message, sentence[1024];
  const char *variables[2 * HYP_DIMENSIONS];
  const int   plain = d == 1 && !strstr(text, "x1") && !strstr(text, "v1");

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * d; c++) {
    variables[c] = names[c];
    PetscCall(
      PetscSNPrintf(names[c], sizeof(names[c]), "%c%d", c < d ? 'x' : 'v', (int)(c % d) + 1));
    if (plain) names[c][1] = '\0';
  }
  if (HypExpressionCreate(text, (size_t)(2 * d), variables, &density->g, &message)) {
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "initial_expression: %s", message));
    free(message);
    SETERRQ(density->space->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscFunctionReturn(0);
}

/* In d > 3: the pairs that a density names, with the factor of M in all that it does not name */
static PetscErrorCode DensityPairs(HypSpace space, Density *density, PetscInt *n, PetscInt pairs[3])
{
  const PetscInt d = HypModelDimension(space->model);

  PetscFunctionBeginUser;
  PetscCheck(!HypModelRotated(space->model), space->comm, PETSC_ERR_SUP,
             "initial_type: expression in d = %" PetscInt_FMT
             " takes M in the coordinates that it does not name, but with this model_hessian M is "
             "no product over the coordinates; give gaussian, point, modes or random",
             d);
  PetscCheck(
    !HypModelReference(space->model), space->comm, PETSC_ERR_SUP,
    "initial_type: expression in d = %" PetscInt_FMT
    " takes M in the coordinates that it does not name, but the space has another Gaussian "
    "(space_reference); give gaussian, point, modes or random, or leave space_reference out",
    d);
  *n = 0;
  for (PetscInt i = 0; i < d; i++) {
    density->named[i]     = (PetscBool)HypExpressionUses(density->g, (size_t)i);
    density->named[d + i] = (PetscBool)HypExpressionUses(density->g, (size_t)(d + i));
    if (!density->named[i] && !density->named[d + i]) continue;
    if (*n < 3) pairs[*n] = i;
    ++*n;
  }
  PetscCheck(
    *n <= 3, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
    "initial_expression: names %" PetscInt_FMT
    " pairs (x_i, v_i), at most 3 allowed in d = %" PetscInt_FMT
    ", where the others begin with M; name fewer, or give gaussian, point, modes or random",
    *n, d);
  PetscFunctionReturn(0);
}

/*@C
  HypInitialExpression - u = g/M for a density g given as a formula

  Collective

  Input Parameters:
+ space - the space
- text  - g in x1.., v1.. (x, v for d = 1), of any mass

  Output Parameter:
. u - coefficients

  Level: intermediate

  Note:
  In d > 3 the formula names at most three pairs (x_i, v_i);
  g is what it says times the factors of M in all x_i and v_i that it does not name.

.seealso: HypInitialNormalise(), HypSpaceProjectPairs()
@*/
PetscErrorCode HypInitialExpression(HypSpace space, const char text[], Vec u)
{
  const PetscInt d       = HypModelDimension(space->model);
  Density        density = {.model = space->model, .space = space};
  PetscInt       n, pairs[3];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * d; c++) density.named[c] = PETSC_TRUE;
  PetscCall(DensityRead(text, d, &density));
  if (d > 3) {
    PetscCall(DensityPairs(space, &density, &n, pairs));
    PetscCall(HypSpaceProjectPairs(space, n, pairs, DensityEvaluate, &density, u));
  } else
    PetscCall(HypSpaceProject(space, DensityEvaluate, &density, u));
  HypExpressionDestroy(&density.g);
  PetscFunctionReturn(0);
}

/*@
  HypInitialNormalise - Gives initial data mass 1

  Collective

  Input Parameters:
+ space - the space
- u     - coefficients; scaled so that <1, u> = 1

  Level: intermediate

.seealso: HypSpaceGaussian(), HypSpacePoint()
@*/
PetscErrorCode HypInitialNormalise(HypSpace space, Vec u)
{
  PetscReal mass;

  PetscFunctionBeginUser;
  PetscCall(VecDot(u, space->one, &mass));
  PetscCheck(mass > 1e-12 && !PetscIsInfOrNanReal(mass), space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "the initial density has %s mass on this space, a positive mass is needed; move the "
             "data into the box",
             isfinite(mass) && mass < 0 ? "a negative" : "no");
  PetscCall(VecScale(u, 1 / mass));
  PetscFunctionReturn(0);
}
