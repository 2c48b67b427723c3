/* The model that the model_, epsilon and loss keys describe. */
#include "program/objects.h"
#include "program/program.h"
#include <hypoco/function.h>
#include <hypoco/main.h>
#include <math.h>
#include <string.h>

static HypPerturbationFn own_perturbation;
static void             *own_context;

/*@C
  HypMainSetPerturbation - Sets eps(theta) as a C function for every command of HypMain()

  Not collective; before HypMain()

  Input Parameters:
+ eps - evaluates eps_1..eps_d at one theta; NULL: none
- ctx - passed to eps; must outlive HypMain()

  Level: beginner

  Notes:
  It is used where options give neither epsilon nor loss keys;
  epsilon_amplitude is a factor of it too.

.seealso: HypMain(), HypModelSetPerturbation()
@*/
void HypMainSetPerturbation(HypPerturbationFn eps, void *ctx)
{
  own_perturbation = eps;
  own_context      = ctx;
}

static PetscErrorCode OwnEvaluate(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                  void *amplitude)
{
  PetscFunctionBeginUser;
  PetscCall(own_perturbation(d, theta, eps, own_context));
  for (PetscInt i = 0; i < d; i++) eps[i] *= *(PetscReal *)amplitude;
  PetscFunctionReturn(0);
}

static PetscErrorCode OwnDestroy(void *amplitude)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(amplitude));
  PetscFunctionReturn(0);
}

/* A loss of the library as a formula, and what bounds its curvature */
static PetscErrorCode NamedLoss(const HypSettings *s, char **formula, double curvature[2])
{
  char *message, sentence[1024];

  PetscFunctionBeginUser;
  if (HypLossNamed(s->loss_name, (size_t)s->model_dimension, s->loss_parameters.count,
                   s->loss_parameters.values, s->loss_data, formula, curvature, &message)) {
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SetNamedLoss(const HypSettings *s, HypModel model, PetscReal amplitude)
{
  char  *formula;
  double curvature[2];

  PetscFunctionBeginUser;
  PetscCall(NamedLoss(s, &formula, curvature));
  PetscCall(HypModelSetFormulas(model, HYP_FORMULA_LOSS, (const char *const *)&formula, amplitude));
  free(formula);
  PetscFunctionReturn(0);
}

static PetscErrorCode SetTables(const HypSettings *s, HypModel model, HypFormulas kind,
                                const char *const paths[], PetscReal amplitude)
{
  PetscFunctionBeginUser;
  PetscCall(HypModelSetTables(model, kind, paths, s->table_interpolation, s->table_extrapolation,
                              amplitude));
  PetscFunctionReturn(0);
}

/* Families of d keys are complete, or the options would have been refused */
static PetscErrorCode SetPerturbation(const HypSettings *s, HypModel model, PetscReal amplitude)
{
  PetscFunctionBeginUser;
  if (amplitude == 0) PetscFunctionReturn(0); /* eps = 0, as a sweep may begin */
  if (s->epsilon)
    PetscCall(HypModelSetFormulas(model, HYP_FORMULA_EPSILON, &s->epsilon, amplitude));
  else if (s->epsilon_each[0])
    PetscCall(HypModelSetFormulas(model, HYP_FORMULA_EPSILON, s->epsilon_each, amplitude));
  else if (s->loss_gradient_each[0] && !s->loss && !s->loss_name)
    PetscCall(HypModelSetFormulas(model, HYP_FORMULA_GRADIENT, s->loss_gradient_each, amplitude));
  else if (s->loss)
    PetscCall(HypModelSetFormulas(model, HYP_FORMULA_LOSS, &s->loss, amplitude));
  else if (s->epsilon_file)
    PetscCall(SetTables(s, model, HYP_FORMULA_EPSILON, &s->epsilon_file, amplitude));
  else if (s->epsilon_file_each[0])
    PetscCall(SetTables(s, model, HYP_FORMULA_EPSILON, s->epsilon_file_each, amplitude));
  else if (s->loss_file)
    PetscCall(SetTables(s, model, HYP_FORMULA_LOSS, &s->loss_file, amplitude));
  else if (s->epsilon_library)
    PetscCall(HypModelSetLibrary(model, s->epsilon_library, amplitude));
  else if (s->loss_name)
    PetscCall(SetNamedLoss(s, model, amplitude));
  else if (own_perturbation) {
    PetscReal *own;

    PetscCall(PetscNew(&own));
    *own = amplitude;
    PetscCall(HypModelSetPerturbation(model, OwnEvaluate, own, OwnDestroy));
  }
  if (s->loss_gradient_each[0] && (s->loss || s->loss_name))
    PetscCall(HypModelSetLossGradient(model, s->loss_gradient_each));
  PetscFunctionReturn(0);
}

/* One number for all coordinates, or one for each */
static PetscErrorCode ReadCoordinates(const char *key, HypReals given, PetscInt d,
                                      PetscReal value[])
{
  PetscFunctionBeginUser;
  PetscCheck(given.count == 1 || given.count == (size_t)d, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "%s: %zu numbers given for model_dimension = %" PetscInt_FMT
             "; give one number, or one for each coordinate, or change model_dimension",
             key, given.count, d);
  for (PetscInt i = 0; i < d; i++) value[i] = given.values[given.count == 1 ? 0 : i];
  PetscFunctionReturn(0);
}

/* The Hessian of a quadratic loss of the library, by rows, where no frequencies are given: it is
   the model's, and eps is a constant */
static PetscErrorCode NamedHessian(const HypSettings *s, PetscReal **own, HypReals *H)
{
  const size_t d = (size_t)s->model_dimension;
  char        *formula, *message;
  double       curvature[2], *origin;
  HypFunction *function;
  size_t       bad;

  PetscFunctionBeginUser;
  *H = s->model_hessian;
  if (H->count || !s->loss_name || !HypLossNamedIsQuadratic(s->loss_name) ||
      HypOptionsGiven(s->options, "model_omega0"))
    PetscFunctionReturn(0);
  PetscCall(NamedLoss(s, &formula, curvature));
  PetscCheck(
    !HypFunctionCreateFormulas(d, 1, (const char *const *)&formula, &function, &bad, &message),
    PETSC_COMM_SELF, PETSC_ERR_PLIB, "loss_name: %s", message);
  PetscCall(PetscCalloc1(d, &origin));
  PetscCall(PetscMalloc1(d * d, own));
  PetscCheck(!HypFunctionEvaluate(function, 2, 1, origin, *own, &message), PETSC_COMM_SELF,
             PETSC_ERR_PLIB, "loss_name: %s", message);
  HypFunctionDestroy(&function);
  PetscCall(PetscFree(origin));
  *H = (HypReals){.count = d * d, .values = *own};
  free(formula);
  PetscFunctionReturn(0);
}

/* The frequencies and directions of a Hessian, d^2 numbers by rows;
   noise of one amplitude is the same along every direction, other noise is not */
static PetscErrorCode ReadHessian(const HypSettings *s, const HypReals *H, PetscReal omega[],
                                  PetscReal E[])
{
  const PetscInt  d     = (PetscInt)s->model_dimension;
  const PetscBool tau   = s->model_tau.count ? PETSC_TRUE : PETSC_FALSE;
  PetscBool       mixed = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCheck(H->count == (size_t)(d * d), PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "model_hessian: %zu numbers given, model_dimension^2 = %" PetscInt_FMT
             " of them needed, by rows",
             H->count, d * d);
  PetscCall(HypHessianFactor(d, H->values, omega, E));
  for (PetscInt i = 0; i < d; i++)
    PetscCheck(omega[i] >= 1e-30 && omega[i] <= 1e30, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "model_hessian: an eigenvalue of %g given, one in [1e-60,1e60] needed",
               (double)PetscSqr(omega[i]));
  for (PetscInt e = 0; e < d * d; e++)
    if (e / d != e % d && E[e] != 0) mixed = PETSC_TRUE;
  PetscCheck(!mixed || (tau ? s->model_tau : s->model_beta).count == 1, PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "%s: %zu numbers given with a model_hessian that is not diagonal, whose eigenvectors "
             "mix the coordinates; give one number",
             tau ? "model_tau" : "model_beta", (tau ? s->model_tau : s->model_beta).count);
  PetscFunctionReturn(0);
}

/*
   Circles of several lengths L_i, or temperatures: where no omega0 is given, the w_i for which
   sqrt(beta_i) w_i L_i is the same for all, as the axes of one space need, with w_1 = 1.
   The equation of momentum with a potential does not depend on w: it scales X alone.
   noise is beta_i, or tau_i = sqrt(2 gamma/beta_i).
*/
static PetscErrorCode MatchCircles(const HypSettings *s, PetscBool tau, const PetscReal noise[],
                                   PetscReal omega[])
{
  const PetscInt  d = (PetscInt)s->model_dimension;
  const HypReals *L = &s->axis_x_period;
  PetscReal      *lengths;

  PetscFunctionBeginUser;
  if (!L->count) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(d, &lengths));
  PetscCall(ReadCoordinates("axis_x_period", *L, d, lengths));
  for (PetscInt i = 0; i < d && !HypOptionsGiven(s->options, "model_omega0"); i++)
    omega[i] =
      lengths[0] / lengths[i] * (tau ? noise[i] / noise[0] : PetscSqrtReal(noise[0] / noise[i]));
  PetscCall(PetscFree(lengths));
  PetscFunctionReturn(0);
}

/* Type, gamma, and omega0 and beta or tau of each coordinate; gamma and tau may follow from an
   algorithm */
static PetscErrorCode SetParameters(const HypSettings *s, HypModel model)
{
  const PetscInt  d   = (PetscInt)s->model_dimension;
  const PetscBool tau = s->model_tau.count ? PETSC_TRUE : PETSC_FALSE;
  PetscReal      *omega, *noise, *E = NULL, *own = NULL;
  HypReals        H;

  PetscFunctionBeginUser;
  PetscCall(HypModelSetType(model, strcmp(s->model_type, "momentum") ? HYP_ASGD : HYP_MOMENTUM));
  PetscCall(PetscMalloc2(d, &omega, d, &noise));
  PetscCall(NamedHessian(s, &own, &H));
  if (H.count) {
    PetscCall(PetscMalloc1(d * d, &E));
    PetscCall(ReadHessian(s, &H, omega, E));
    PetscCall(PetscFree(own));
  } else if (s->model_omega0.count)
    PetscCall(ReadCoordinates("model_omega0", s->model_omega0, d, omega));
  else /* auto: from here on, see MatchCurvature() */
    for (PetscInt i = 0; i < d; i++) omega[i] = 1;
  PetscCall(ReadCoordinates(tau ? "model_tau" : "model_beta", tau ? s->model_tau : s->model_beta, d,
                            noise));
  if (!H.count) PetscCall(MatchCircles(s, tau, noise, omega));
  if (isnan(s->model_learning_rate))
    PetscCall(HypModelSetCoordinates(model, d, s->model_gamma, omega, tau ? NULL : noise,
                                     tau ? noise : NULL));
  else
    PetscCall(HypModelSetAlgorithm(model, d, omega, s->model_learning_rate, s->model_staleness,
                                   s->model_noise));
  PetscCall(HypModelSetDirections(model, E));
  PetscCall(PetscFree(E));
  PetscCall(PetscFree2(omega, noise));
  PetscFunctionReturn(0);
}

/* model_omega0: auto, for the whole loss, whatever epsilon_amplitude is */
static PetscErrorCode MatchCurvature(const HypSettings *s, HypModel model)
{
  const PetscBool tau = s->model_tau.count || !isnan(s->model_learning_rate);

  PetscFunctionBeginUser;
  if (s->model_omega0.count || s->model_hessian.count) PetscFunctionReturn(0);
  PetscCall(SetPerturbation(s, model, 1));
  PetscCall(HypModelMatchCurvature(model, tau));
  if (s->epsilon_amplitude == 0) PetscCall(HypModelSetPerturbation(model, NULL, NULL, NULL));
  PetscFunctionReturn(0);
}

/* The model of the model_, epsilon, loss and noise keys */
PetscErrorCode HypSettingsModel(const HypSettings *s, MPI_Comm comm, HypModel *model)
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCreate(comm, model));
  PetscCall(SetParameters(s, *model));
  PetscCall(MatchCurvature(s, *model));
  PetscCall(SetPerturbation(s, *model, s->epsilon_amplitude));
  if (s->noise) PetscCall(HypModelSetNoiseFormulas(*model, 1, &s->noise));
  if (s->noise_each[0])
    PetscCall(HypModelSetNoiseFormulas(*model, (PetscInt)s->model_dimension, s->noise_each));
  if (s->noise_file)
    PetscCall(HypModelSetNoiseTables(*model, 1, &s->noise_file, s->table_interpolation,
                                     s->table_extrapolation));
  if (s->noise_file_each[0])
    PetscCall(HypModelSetNoiseTables(*model, (PetscInt)s->model_dimension, s->noise_file_each,
                                     s->table_interpolation, s->table_extrapolation));
  if (s->model_potential) PetscCall(HypModelSetPotential(*model, 1, &s->model_potential));
  if (s->model_potential_each[0])
    PetscCall(HypModelSetPotential(*model, (PetscInt)s->model_dimension, s->model_potential_each));
  PetscFunctionReturn(0);
}

/* d eps_i / d theta_j by the epsilon_derivative keys; numerical without them */
PetscErrorCode HypSettingsJacobian(const HypSettings *s, HypModel model, HypJacobian *jacobian)
{
  const PetscInt d = (PetscInt)s->model_dimension;
  const char    *texts[9];

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < d * d; e++) texts[e] = s->epsilon_derivative_each[3 * (e / d) + e % d];
  if (s->epsilon_derivative) texts[0] = s->epsilon_derivative;
  PetscCall(HypJacobianCreate(model, texts[0] ? texts : NULL, s->epsilon_amplitude, jacobian));
  PetscFunctionReturn(0);
}

/*
   Bounds of Deps = amplitude (f'' - w^2) from those of the curvature that the library of losses
   knows, where f is a sum over the coordinates: no search, and nothing is taken for granted.
   Noise that depends on theta needs every entry of Deps, which the search finds.
*/
static PetscErrorCode NamedSlopes(const HypSettings *s, HypModel model, HypSlopes *slopes,
                                  PetscBool *known)
{
  const PetscInt d = (PetscInt)s->model_dimension;
  char          *formula;
  double         curvature[2], low = PETSC_INFINITY, high = PETSC_NINFINITY, *each;

  PetscFunctionBeginUser;
  *known = PETSC_FALSE;
  if (!s->loss_name || !HypModelForced(model) || HypModelNoisy(model) ||
      (d > 1 && !HypLossNamedIsSum(s->loss_name)))
    PetscFunctionReturn(0);
  PetscCall(NamedLoss(s, &formula, curvature));
  free(formula);
  if (!isfinite(curvature[0]) || !isfinite(curvature[1])) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(2 * d, &each));
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal stiffness = PetscSqr(HypModelCoordinate(model, i).omega),
                    a         = s->epsilon_amplitude * (curvature[0] - stiffness),
                    b         = s->epsilon_amplitude * (curvature[1] - stiffness);

    each[i]     = PetscMin(a, b);
    each[d + i] = PetscMax(a, b);
    low         = PetscMin(low, each[i]);
    high        = PetscMax(high, each[d + i]);
  }
  PetscCall(HypSlopesGiven(model, low, high, slopes));
  PetscCall(PetscCalloc2(d * d, &slopes->low, d * d, &slopes->high));
  for (PetscInt i = 0; i < d; i++) {
    slopes->low[i * (d + 1)]  = each[i];
    slopes->high[i * (d + 1)] = each[d + i];
  }
  PetscCall(PetscFree(each));
  slopes->given  = PETSC_FALSE;
  slopes->source = "slopes by the loss's bounds";
  PetscCall(PetscSNPrintf(slopes->remark, sizeof(slopes->remark),
                          "slopes by the bounds that the loss %s has", s->loss_name));
  *known = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/*
   A search finds the slopes of eps with the amplitude 1 or -1: those of another are multiples.
   So they do not depend on whether a sweep has met the problem before.
   Nothing is a multiple where a loss stands whole or a reference adds what it left out.
*/
static PetscErrorCode SearchedSlopes(const HypSettings *s, HypModel model, HypShared *shared,
                                     HypSlopes *slopes)
{
  const PetscReal size  = PetscAbsReal(s->epsilon_amplitude);
  HypShared       own   = {0};
  HypSlopes      *found = (shared ? shared : &own)->slopes + (s->epsilon_amplitude < 0);
  HypSettings     unit  = *s;
  HypModel        other;

  PetscFunctionBeginUser;
  if (size == 0 || HypModelHasPotential(model) || HypModelHasReference(model)) {
    PetscCall(HypSlopesSearch(model, slopes));
    PetscFunctionReturn(0);
  }
  if (!found->d) {
    unit.epsilon_amplitude = s->epsilon_amplitude / size;
    PetscCall(HypSettingsModel(&unit, PETSC_COMM_SELF, &other));
    PetscCall(HypSlopesSearch(other, slopes));
    PetscCall(HypModelDestroy(&other));
    *found = *slopes; /* complete: an error leaves nothing behind */
  }
  PetscCall(HypSlopesScale(found, size, slopes));
  PetscCall(HypSharedDestroy(&own));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSharedDestroy(HypShared *shared)
{
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < 2; k++) PetscCall(HypSlopesDestroy(&shared->slopes[k]));
  PetscCall(MatDestroy(&shared->TL));
  PetscFunctionReturn(0);
}

/* The contraction certificate, from bounds of Deps that the user gave or a search found.
   shared: what a search found before for this problem up to its amplitude, or NULL */
PetscErrorCode HypSettingsContraction(const HypSettings *s, HypModel model, HypShared *shared,
                                      HypSlopes *slopes, HypContraction *contraction)
{
  const HypReals *given = &s->epsilon_slope_bounds;
  PetscBool       known = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCheck(given->count == 0 || given->count == 2, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "epsilon_slope_bounds: %zu numbers given, two needed, the smallest and the largest "
             "slope of eps",
             given->count);
  PetscCheck(
    !given->count || !HypModelHasPotential(model), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
    "epsilon_slope_bounds: given with model_potential, whose slopes are searched; leave one "
    "of them out");
  PetscCheck(!given->count || HypModelForced(model) || s->epsilon_amplitude == 0, PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "epsilon_slope_bounds: given without an eps; give epsilon or a loss, or leave the "
             "bounds out");
  if (given->count && HypModelForced(model))
    PetscCall(HypSlopesGiven(model, given->values[0], given->values[1], slopes));
  else {
    PetscCall(NamedSlopes(s, model, slopes, &known));
    if (!known) PetscCall(SearchedSlopes(s, model, shared, slopes));
  }
  PetscCall(HypContractionCompute(model, slopes, contraction));
  PetscFunctionReturn(0);
}
