/*
   eps(theta) from option files: expressions epsilon_i in theta1..thetad (theta for d = 1), or a general loss f or its
   gradient, of which the quadratic part is taken off: eps = grad f - w0^2 theta.
*/
#include <hypoco/model.h>
#include <hypoco/expression.h>

typedef enum {
  FIELD_EPSILON,  /* d expressions: eps */
  FIELD_GRADIENT, /* d expressions: grad f */
  FIELD_LOSS      /* one expression: f */
} FieldKind;

typedef struct {
  FieldKind      kind;
  PetscInt       d;
  PetscReal      omega0, amplitude;
  HypExpression *expression[3];
} Field;

static PetscErrorCode FieldEvaluate(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  Field    *field = (Field *)ctx;
  PetscReal error;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    if (field->kind == FIELD_LOSS)
      eps[i] = HypExpressionDerivative(field->expression[0], theta, (size_t)i, &error);
    else
      eps[i] = HypExpressionEvaluate(field->expression[i], theta);
    if (field->kind != FIELD_EPSILON) eps[i] -= PetscSqr(field->omega0) * theta[i];
    eps[i] *= field->amplitude;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FieldDestroy(void *ctx)
{
  Field *field = (Field *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < 3; i++) HypExpressionDestroy(&field->expression[i]);
  PetscCall(PetscFree(field));
  PetscFunctionReturn(0);
}

/* One expression in theta1..thetad; for d = 1 the variable may be called theta or theta1, here both through the same slot */
static PetscErrorCode FieldParse(HypModel model, const char *key, const char *text,
                                 HypExpression **expression)
{
  static const char *const one[] = {"theta"}, *const one1[] = {"theta1"},
                           *const many[]  = {"theta1", "theta2", "theta3"};
  char                           *message = NULL, sentence[1024];
  int                             code;

  PetscFunctionBeginUser;
  if (model->d == 1) {
    code = HypExpressionCreate(text, 1, strstr(text, "theta1") ? one1 : one, expression, &message);
  } else
    code = HypExpressionCreate(text, (size_t)model->d, many, expression, &message);
  if (code) {
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", key, message));
    free(message);
    SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscFunctionReturn(0);
}

/* key_1..key_d, and for d = 1 also plain epsilon; *given tells whether any was there */
static PetscErrorCode FieldRead(HypModel model, const HypOptions *options, const char *key,
                                Field *field, PetscBool *given)
{
  PetscInt found = 0;
  char     name[64];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < model->d; i++) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s_%" PetscInt_FMT, key, i + 1));
    if (model->d == 1 && !strcmp(key, "epsilon") && HypOptionsGiven(options, key))
      PetscCall(PetscStrncpy(name, key, sizeof(name)));
    if (!HypOptionsGiven(options, name)) continue;
    PetscCall(FieldParse(model, name, HypOptionsText(options, name), &field->expression[i]));
    found++;
  }
  PetscCheck(found == 0 || found == model->d, model->comm, PETSC_ERR_USER_INPUT,
             "%s: %" PetscInt_FMT " of %" PetscInt_FMT
             " components given; give %s_1 to %s_%" PetscInt_FMT
             " (write 0 where a component vanishes)",
             key, found, model->d, key, key, model->d);
  *given = found ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode ModelReadPerturbation(HypModel model, const HypOptions *options)
{
  static const char *const keys[] = {"epsilon", "loss_gradient"};
  PetscBool                given  = PETSC_FALSE;
  Field                   *field;

  PetscFunctionBeginUser;
  PetscCheck(
    model->d <= 3 || !(HypOptionsGiven(options, "loss") || HypOptionsGiven(options, "epsilon_1")),
    model->comm, PETSC_ERR_ARG_OUTOFRANGE,
    "model_dimension: %" PetscInt_FMT " given, at most 3 allowed with a perturbation", model->d);
  if (model->d > 3) PetscFunctionReturn(0);
  PetscCall(PetscNew(&field));
  field->d         = model->d;
  field->omega0    = model->omega0;
  field->amplitude = HypOptionsReal(options, "epsilon_amplitude");
  for (PetscInt k = 0; k < 2 && !given; k++) {
    field->kind = (FieldKind)k;
    PetscCall(FieldRead(model, options, keys[k], field, &given));
  }
  if (!given && HypOptionsGiven(options, "loss")) {
    field->kind = FIELD_LOSS;
    PetscCall(FieldParse(model, "loss", HypOptionsText(options, "loss"), &field->expression[0]));
    given = PETSC_TRUE;
  }
  if (given)
    PetscCall(HypModelSetPerturbation(model, FieldEvaluate, field, FieldDestroy));
  else
    PetscCall(FieldDestroy(field));
  PetscFunctionReturn(0);
}

/*@
  HypModelSetFromOptions - Reads the model_ keys and the perturbation

  Collective

  Input Parameters:
+ model   - the model
- options - checked options

  Level: beginner

.seealso: HypModelSetParameters(), HypModelSetAlgorithm(), HypModelSetPerturbation()
@*/
PetscErrorCode HypModelSetFromOptions(HypModel model, const HypOptions *options)
{
  const PetscInt  d      = (PetscInt)HypOptionsInteger(options, "model_dimension");
  const PetscReal omega0 = HypOptionsReal(options, "model_omega0");

  PetscFunctionBeginUser;
  if (HypOptionsGiven(options, "model_learning_rate")) {
    PetscCall(HypModelSetAlgorithm(model, d, omega0, HypOptionsReal(options, "model_learning_rate"),
                                   HypOptionsReal(options, "model_staleness"),
                                   HypOptionsReal(options, "model_noise")));
  } else
    PetscCall(HypModelSetParameters(model, d, omega0, HypOptionsReal(options, "model_gamma"),
                                    HypOptionsReal(options, "model_beta")));
  PetscCall(ModelReadPerturbation(model, options));
  PetscFunctionReturn(0);
}
