/*
   eps(theta) from formulas: epsilon_i in theta1..thetad (theta for d = 1),
   or a general loss f or its gradient, of which the quadratic part is taken off:
   eps = grad f - w0^2 theta.
   Derivatives are those of the formulas.
*/
#include <hypoco/model.h>
#include <hypoco/function.h>

typedef struct {
  PetscInt
    /* eps is made of the derivatives of this order: 1 where the function is a loss, else 0 */
               order;
  PetscReal    stiffness; /* w0^2 where the quadratic part has to be taken off, else 0 */
  PetscReal    amplitude;
  HypFunction *function;
} Field;

/* amplitude (d^k g(theta) - w0^2 d^k theta), d^k the derivatives of order k,
   g the function or the gradient of the loss */
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

/*@C
  HypModelSetFormulas - Sets eps(theta) by formulas in theta1..thetad (theta for d = 1)

  Logically collective
>>>>>>> 3e503ff (Settings become objects in src/program alone;
libhypoco contains the program, so HypMain() runs every command for programs of one's own)

  Input Parameters:
+ model     - the model, its parameters set
. kind      - whether the formulas are eps, the gradient of a loss or a loss
. texts     - d formulas, or one of a loss
- amplitude - factor of eps

  Level: intermediate

  Notes:
  Messages name the option that a formula comes from:
  epsilon (d = 1), epsilon_i, loss_gradient_i or loss.

.seealso: HypModelSetPerturbation()
@*/
PetscErrorCode HypModelSetFormulas(HypModel model, HypFormulas kind, const char *const texts[],
                                   PetscReal amplitude)
{
  const PetscInt    d    = model->d;
  const char *const name = kind == HYP_FORMULA_LOSS       ? "loss"
                           : kind == HYP_FORMULA_GRADIENT ? "loss_gradient"
                                                          : "epsilon";
  const PetscInt    n    = kind == HYP_FORMULA_LOSS ? 1 : d;
  Field            *field;
  char             *message, sentence[1024];
  size_t            bad;

  PetscFunctionBeginUser;
  PetscCheck(d <= 3, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s: model_dimension is %" PetscInt_FMT ", at most 3 allowed with a perturbation",
             name, d);
  PetscCall(PetscNew(&field));
  field->amplitude = amplitude;
  field->order     = kind == HYP_FORMULA_LOSS;
  field->stiffness = kind == HYP_FORMULA_EPSILON ? 0 : PetscSqr(model->omega0);
  PetscCall(HypModelSetField(model, FieldEvaluate, field, FieldDestroy));
  if (!HypFunctionCreateFormulas((size_t)d, (size_t)n, texts, &field->function, &bad, &message))
    PetscFunctionReturn(0);
  if (kind == HYP_FORMULA_LOSS || (kind == HYP_FORMULA_EPSILON && d == 1))
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", name, message));
  else
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s_%d: %s", name, (int)bad + 1, message));
  free(message);
  SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
}
