/*
   eps(theta) from option files: formulas epsilon_i in theta1..thetad (theta for d = 1), or a general loss f or its gradient,
   of which the quadratic part is taken off: eps = grad f - w0^2 theta.  Derivatives are those of the formulas.
*/
#include <hypoco/model.h>
#include <hypoco/function.h>

typedef struct {
  PetscInt
    order; /* eps is made of the derivatives of this order: 1 where the function is a loss, else 0 */
  PetscReal    stiffness; /* w0^2 where the quadratic part has to be taken off, else 0 */
  PetscReal    amplitude;
  HypFunction *function;
} Field;

/* amplitude (d^k g(theta) - w0^2 d^k theta), d^k the derivatives of order k, g the function or the gradient of the loss */
static PetscErrorCode FieldEvaluate(PetscInt d, PetscInt k, PetscInt lanes, const PetscReal theta[],
                                    PetscReal values[], void *ctx)
{
  Field         *field = (Field *)ctx;
  const PetscInt count = PetscPowInt(d, 1 + k) * lanes;
  char          *message;

  PetscFunctionBeginUser;
  if (HypFunctionEvaluate(field->function, (int)(field->order + k), (size_t)lanes, theta, values,
                          &message)) {
    char sentence[1024];

    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%s", sentence);
  }
  if (field->stiffness > 0 && k == 0)
    for (PetscInt e = 0; e < count; e++) values[e] -= field->stiffness * theta[e];
  if (field->stiffness > 0 && k == 1)
    for (PetscInt i = 0; i < d; i++)
      for (PetscInt l = 0; l < lanes; l++) values[(i * d + i) * lanes + l] -= field->stiffness;
  if (field->amplitude != 1)
    for (PetscInt e = 0; e < count; e++) values[e] *= field->amplitude;
  PetscFunctionReturn(0);
}

static PetscErrorCode FieldDestroy(void *ctx)
{
  Field *field = (Field *)ctx;

  PetscFunctionBeginUser;
  HypFunctionDestroy(&field->function);
  PetscCall(PetscFree(field));
  PetscFunctionReturn(0);
}

/* The formulas of key, or of key_1..key_n, as a function; a message names the key */
static PetscErrorCode FieldParse(HypModel model, PetscInt n, char keys[][64],
                                 const char *const texts[], Field *field)
{
  char  *message, sentence[1024];
  size_t bad;

  PetscFunctionBeginUser;
  if (HypFunctionCreateFormulas((size_t)model->d, (size_t)n, texts, &field->function, &bad,
                                &message)) {
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", keys[bad], message));
    free(message);
    SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscFunctionReturn(0);
}

/* key_1..key_d, and for d = 1 also plain epsilon; *given tells whether any was there */
static PetscErrorCode FieldRead(HypModel model, const HypOptions *options, const char *key,
                                Field *field, PetscBool *given)
{
  PetscInt    found = 0;
  const char *texts[3];
  char        keys[3][64];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < model->d; i++) {
    PetscCall(PetscSNPrintf(keys[i], sizeof(keys[i]), "%s_%" PetscInt_FMT, key, i + 1));
    if (model->d == 1 && !strcmp(key, "epsilon") && HypOptionsGiven(options, key))
      PetscCall(PetscStrncpy(keys[i], key, sizeof(keys[i])));
    if (!HypOptionsGiven(options, keys[i])) continue;
    texts[i] = HypOptionsText(options, keys[i]);
    found++;
  }
  PetscCheck(found == 0 || found == model->d, model->comm, PETSC_ERR_USER_INPUT,
             "%s: %" PetscInt_FMT " of %" PetscInt_FMT
             " components given; give %s_1 to %s_%" PetscInt_FMT
             " (write 0 where a component vanishes)",
             key, found, model->d, key, key, model->d);
  if (found) PetscCall(FieldParse(model, model->d, keys, texts, field));
  *given = found ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode ModelReadPerturbation(HypModel model, const HypOptions *options)
{
  PetscBool given = PETSC_FALSE;
  Field    *field;

  PetscFunctionBeginUser;
  PetscCheck(
    model->d <= 3 || !(HypOptionsGiven(options, "loss") || HypOptionsGiven(options, "epsilon_1")),
    model->comm, PETSC_ERR_ARG_OUTOFRANGE,
    "model_dimension: %" PetscInt_FMT " given, at most 3 allowed with a perturbation", model->d);
  if (model->d > 3) PetscFunctionReturn(0);
  PetscCall(PetscNew(&field));
  field->amplitude = HypOptionsReal(options, "epsilon_amplitude");
  PetscCall(FieldRead(model, options, "epsilon", field, &given));
  if (!given) {
    PetscCall(FieldRead(model, options, "loss_gradient", field, &given));
    field->stiffness = PetscSqr(model->omega0);
  }
  if (!given && HypOptionsGiven(options, "loss")) {
    char        keys[1][64] = {"loss"};
    const char *text        = HypOptionsText(options, "loss");

    field->order = 1;
    PetscCall(FieldParse(model, 1, keys, &text, field));
    given = PETSC_TRUE;
  }
  if (given)
    PetscCall(HypModelSetField(model, FieldEvaluate, field, FieldDestroy));
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
