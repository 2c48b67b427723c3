/*
   eps(theta) made of formulas, tables or a shared object.  A general loss f, or its gradient,
   gives eps = grad f - w^2 theta.
*/
#include "model/modelimpl.h"
#include "base/base.h"
#include <dlfcn.h>
#include <stdlib.h>

typedef struct {
  HypFunctions list;  /* first: a coarser model frees what was thinned in it */
  HypModel     model; /* whose field this is, or that of the finer one */
  HypFormulas  kind;
  PetscReal    amplitude;
  HypFunction *gradient; /* of a loss, where it is given too; NULL: its derivative */
  PetscInt     calls;    /* of many points at once */
} Field;

#define EVERY 16 /* calls of many points; a path that is out of the loss's domain stays there */

/* values -= d^k (H theta), k = 0 or 1; H = diag(w^2) unless the Hessian is full */
static void SubtractQuadratic(HypModel model, PetscInt k, PetscInt lanes, const PetscReal theta[],
                              PetscReal values[])
{
  const PetscInt d = HypModelDimension(model);

  for (PetscInt i = 0; i < d; i++)
    for (PetscInt j = 0; j < d; j++) {
      const PetscReal  stiffness = HypModelStiffness(model, i, j);
      PetscReal *const row       = values + (k ? i * d + j : i) * lanes;

      for (PetscInt l = 0; l < lanes && stiffness != 0; l++)
        row[l] -= stiffness * (k ? 1 : theta[j * lanes + l]);
    }
}

/* Is it time to look at a loss as well?  In the long loops of paths now and then, which costs them
   nothing. */
static PetscBool Looks(Field *field, PetscInt k, PetscInt lanes)
{
  return (PetscBool)(field->kind == HYP_FORMULA_LOSS && k == 0 &&
                     (lanes == 1 || field->calls++ % EVERY == 0));
}

/* eps may be finite where the loss is not: of 1/0 and of log(-1) it is 0 */
static PetscErrorCode CheckLoss(PetscInt d, const Field *field, PetscInt lanes,
                                const PetscReal theta[])
{
  PetscReal    *f, *point;
  HypShownPoint shown;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(lanes, &f, d, &point));
  PetscCall(HypFunctionsEvaluate(&field->list, 0, lanes, lanes, theta, f));
  for (PetscInt l = 0; l < lanes; l++) {
    if (!PetscIsInfOrNanReal(f[l])) continue;
    for (PetscInt j = 0; j < d; j++) point[j] = theta[j * lanes + l];
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
            "loss: the value is not finite at %s: a loss must be finite wherever the space has a "
            "node or a path goes; change the formula or narrow the box",
            HypShowPoint(shown, (size_t)d, point));
  }
  PetscCall(PetscFree2(f, point));
  PetscFunctionReturn(0);
}

/* amplitude (d^k g(theta) - d^k H theta), d^k the derivatives of order k, g the functions or
   the gradient of the loss */
static PetscErrorCode FieldEvaluate(PetscInt d, PetscInt k, PetscInt lanes, const PetscReal theta[],
                                    PetscReal values[], void *ctx)
{
  Field         *field  = (Field *)ctx;
  const PetscInt count  = PetscPowInt(d, 1 + k) * lanes,
                 order  = k + (field->kind == HYP_FORMULA_LOSS ? 1 : 0);
  const PetscBool looks = Looks(field, k, lanes);
  char           *message;

  PetscFunctionBeginUser;
  if (looks) PetscCall(CheckLoss(d, field, lanes, theta));
  if (field->gradient)
    PetscCheck(
      !HypFunctionEvaluate(field->gradient, (int)k, (size_t)lanes, theta, values, &message),
      PETSC_COMM_SELF, PETSC_ERR_PLIB, "loss_gradient: %s", message);
  else
    PetscCall(HypFunctionsEvaluate(&field->list, order, lanes, count, theta, values));
  if (looks && field->gradient)
    PetscCall(HypOverrideCheckMany(field->model, field->list.functions[0], field->gradient, lanes,
                                   theta, values));
  if (field->kind != HYP_FORMULA_EPSILON && k < 2)
    SubtractQuadratic(field->model, k, lanes, theta, values);
  if (field->amplitude != 1)
    for (PetscInt e = 0; e < count; e++) values[e] *= field->amplitude;
  PetscFunctionReturn(0);
}

static PetscErrorCode FieldDestroy(void *ctx)
{
  Field *field = (Field *)ctx;

  PetscFunctionBeginUser;
  PetscCall(HypFunctionsDestroy(&field->list));
  HypFunctionDestroy(&field->gradient);
  PetscCall(PetscFree(field));
  PetscFunctionReturn(0);
}

static PetscErrorCode FieldCreate(HypModel model, HypFormulas kind, PetscInt n, PetscReal amplitude,
                                  Field **field)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(field));
  (*field)->model     = model;
  (*field)->kind      = kind;
  (*field)->amplitude = amplitude;
  PetscCall(HypFunctionsCreate(n, &(*field)->list));
  PetscFunctionReturn(0);
}

static const char *const keys[] = {"epsilon", "loss_gradient", "loss"};

/* d formulas or one, of the theta of a model */
static PetscErrorCode MakeFormulas(HypModel model, HypFormulas kind, const char *const texts[],
                                   HypFunction **function)
{
  const PetscInt m = kind == HYP_FORMULA_LOSS ? 1 : model->d;
  char          *message, sentence[1024], index[16] = "";
  size_t         bad;

  PetscFunctionBeginUser;
  if (!HypFunctionCreateFormulas((size_t)model->d, (size_t)m, texts, function, &bad, &message))
    PetscFunctionReturn(0);
  if (kind == HYP_FORMULA_GRADIENT || (kind == HYP_FORMULA_EPSILON && model->d > 1))
    PetscCall(PetscSNPrintf(index, sizeof(index), "_%" PetscInt_FMT, (PetscInt)bad + 1));
  PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s%s: %s", keys[kind], index, message));
  free(message);
  SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
}

/*@C
  HypModelSetFormulas - Sets eps(theta) by formulas in theta1..thetad (theta for d = 1)

  Logically collective

  Input Parameters:
+ model     - the model, its parameters set
. kind      - whether the formulas are eps, the gradient of a loss or a loss
. texts     - d formulas, or one of a loss
- amplitude - factor of eps

  Level: intermediate

  Notes:
  Messages name the option that a formula comes from: epsilon (d = 1), epsilon_i, loss_gradient_i
  or loss.

.seealso: HypModelSetTables(), HypModelSetLossGradient(), HypModelPerturbationMany()
@*/
PetscErrorCode HypModelSetFormulas(HypModel model, HypFormulas kind, const char *const texts[],
                                   PetscReal amplitude)
{
  Field *field;

  PetscFunctionBeginUser;
  PetscCall(FieldCreate(model, kind, 1, amplitude, &field));
  PetscCall(MakeFormulas(model, kind, texts, &field->list.functions[0]));
  PetscCall(HypModelSetField(model, FieldEvaluate, field, FieldDestroy));
  for (PetscInt i = 0; i < model->d; i++)
    PetscCall(HypModelSetUses(model, i, kind == HYP_FORMULA_GRADIENT ? i : -1,
                              texts[kind == HYP_FORMULA_LOSS ? 0 : i]));
  PetscFunctionReturn(0);
}

/*@C
  HypModelSetLossGradient - Gives the gradient of a loss by formulas, instead of its derivative

  Logically collective

  Input Parameters:
+ model - the model; its eps was made of one formula of a loss by HypModelSetFormulas()
- texts - d formulas

  Level: intermediate

  Notes:
  The gradient is compared with the exact derivative of the loss, here at points over six standard
  deviations of M and later where eps is evaluated; at kinks of the loss it may be that of either
  side.  A gradient that differs by more than 1e-6 is refused.

.seealso: HypModelSetFormulas()
@*/
PetscErrorCode HypModelSetLossGradient(HypModel model, const char *const texts[])
{
  Field *const field = model->field == FieldEvaluate ? (Field *)model->epsctx : NULL;

  PetscFunctionBeginUser;
  PetscCheck(field && field->kind == HYP_FORMULA_LOSS && !field->list.key && !field->gradient,
             model->comm, PETSC_ERR_ORDER, "a gradient belongs to a formula of a loss, set before");
  PetscCall(MakeFormulas(model, HYP_FORMULA_GRADIENT, texts, &field->gradient));
  PetscCall(HypOverrideCheck(model, field->list.functions[0], field->gradient));
  for (PetscInt i = 0; i < model->d; i++) PetscCall(HypModelSetUses(model, i, i, texts[i]));
  PetscFunctionReturn(0);
}

/*@C
  HypModelSetTables - Sets eps(theta) by tables of eps or of the loss

  Logically collective

  Input Parameters:
+ model         - the model, with its parameters, d = 1 or 2
. kind          - HYP_FORMULA_EPSILON: d files; HYP_FORMULA_LOSS: one
. paths         - text files or datasets, see HypTableRead()
. interpolation - spline, akima, monotone or linear
. extrapolation - linear, constant or error
- amplitude     - factor of eps

  Level: intermediate

.seealso: HypModelSetFormulas(), HypFunctionCreateTable(), HypModelTableReach(), HypModelCoarsen()
@*/
PetscErrorCode HypModelSetTables(HypModel model, HypFormulas kind, const char *const paths[],
                                 const char interpolation[], const char extrapolation[],
                                 PetscReal amplitude)
{
  const PetscInt  n       = kind == HYP_FORMULA_LOSS ? 1 : model->d;
  const PetscBool indexed = (PetscBool)(kind == HYP_FORMULA_EPSILON && model->d > 1);
  Field          *field;

  PetscFunctionBeginUser;
  PetscCall(FieldCreate(model, kind, n, amplitude, &field));
  PetscCall(HypFunctionsTables(&field->list, model, keys[kind], indexed, paths, interpolation,
                               extrapolation));
  PetscCall(HypModelSetField(model, FieldEvaluate, field, FieldDestroy));
  PetscFunctionReturn(0);
}

/* The functions of eps; NULL where it is a C function */
HypFunctions *HypFieldFunctions(HypModel model)
{
  return model->field == FieldEvaluate ? &((Field *)model->epsctx)->list : NULL;
}

/* What evaluates eps of a model by other functions; to be freed with PetscFree() */
PetscErrorCode HypFieldCopy(HypModel model, HypFunctions functions, void **copy)
{
  Field *field;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&field));
  *field      = *(const Field *)model->epsctx;
  field->list = functions;
  *copy       = field;
  PetscFunctionReturn(0);
}

/* ---- a shared object ---- */

typedef struct {
  void                *handle;
  HypUserPerturbation *evaluate;
  PetscReal            amplitude;
} Library;

static PetscErrorCode LibraryEvaluate(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                      void *ctx)
{
  const Library *library = (const Library *)ctx;
  int            code;

  PetscFunctionBeginUser;
  code = library->evaluate((int)d, theta, eps);
  PetscCheck(!code, PETSC_COMM_SELF, PETSC_ERR_USER,
             "epsilon_library: HypPerturbation returned %d at theta1 = %g; 0 means success", code,
             (double)theta[0]);
  for (PetscInt i = 0; i < d; i++) eps[i] *= library->amplitude;
  PetscFunctionReturn(0);
}

static PetscErrorCode LibraryDestroy(void *ctx)
{
  Library *library = (Library *)ctx;

  PetscFunctionBeginUser;
  (void)dlclose(library->handle);
  PetscCall(PetscFree(library));
  PetscFunctionReturn(0);
}

/*@C
  HypModelSetLibrary - Sets eps(theta) by the function HypPerturbation of a shared object

  Logically collective

  Input Parameters:
+ model     - the model
. path      - the shared object; a name without '/' is looked for in the current folder
- amplitude - factor of eps

  Level: intermediate

  Notes:
  The function is int HypPerturbation(int d, const double theta[], double eps[]), see
  hypoco/perturbation.h; it returns 0.
  It is the user's code: the program runs it as it is.

.seealso: HypModelSetPerturbation(), HypModelSetFormulas()
@*/
PetscErrorCode HypModelSetLibrary(HypModel model, const char path[], PetscReal amplitude)
{
  Library    *library;
  char       *file;
  const char *problem;
  void       *handle, *symbol;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(strlen(path) + 3, &file));
  PetscCall(PetscSNPrintf(file, strlen(path) + 3, "%s%s", strchr(path, '/') ? "" : "./", path));
  handle  = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  problem = handle ? NULL : dlerror();
  PetscCall(PetscFree(file));
  PetscCheck(handle, model->comm, PETSC_ERR_FILE_OPEN, "epsilon_library: %s", problem);
  symbol = dlsym(handle, "HypPerturbation");
  if (!symbol) (void)dlclose(handle);
  PetscCheck(symbol, model->comm, PETSC_ERR_FILE_UNEXPECTED,
             "epsilon_library: %s has no function HypPerturbation; hypoco/perturbation.h declares "
             "it",
             path);
  PetscCall(PetscNew(&library));
  library->amplitude = amplitude;
  library->handle    = handle;
  memcpy(&library->evaluate, &symbol, sizeof(symbol)); /* ISO C has no cast from void * */
  PetscCall(HypModelSetPerturbation(model, LibraryEvaluate, library, LibraryDestroy));
  PetscFunctionReturn(0);
}
