/*
   eps(theta) made of formulas, tables or a shared object.  A general loss f, or its gradient,
   gives eps = grad f - w^2 theta.
*/
#include "model/modelimpl.h"
#include <hypoco/function.h>
#include <dlfcn.h>

typedef struct {
  HypModel      model; /* whose field this is, or that of the finer one */
  HypFormulas   kind;
  PetscReal     amplitude;
  PetscInt      n; /* functions, whose components follow one another */
  HypFunction **functions;
  HypFunction        *
    *thinned; /* in a coarser field: values are those plus factor times (thinned - those) */
  PetscReal factor;
} Field;

/* Values of some functions one after the other */
static PetscErrorCode Evaluate(const Field *field, HypFunction *const functions[], PetscInt order,
                               PetscInt lanes, PetscInt count, const PetscReal theta[],
                               PetscReal values[])
{
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < field->n; f++) {
    char *message, sentence[1024];

    if (!HypFunctionEvaluate(functions[f], (int)order, (size_t)lanes, theta,
                             values + f * (count / field->n), &message))
      continue;
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%s", sentence);
  }
  PetscFunctionReturn(0);
}

/* amplitude (d^k g(theta) - w^2 d^k theta), d^k the derivatives of order k, g the functions or
   the gradient of the loss */
static PetscErrorCode FieldEvaluate(PetscInt d, PetscInt k, PetscInt lanes, const PetscReal theta[],
                                    PetscReal values[], void *ctx)
{
  Field         *field = (Field *)ctx;
  const PetscInt count = PetscPowInt(d, 1 + k) * lanes,
                 order = k + (field->kind == HYP_FORMULA_LOSS ? 1 : 0);

  PetscFunctionBeginUser;
  PetscCall(Evaluate(field, field->functions, order, lanes, count, theta, values));
  if (field->thinned) {
    PetscReal *thinned;

    PetscCall(PetscMalloc1(count, &thinned));
    PetscCall(Evaluate(field, field->thinned, order, lanes, count, theta, thinned));
    for (PetscInt e = 0; e < count; e++) values[e] += field->factor * (thinned[e] - values[e]);
    PetscCall(PetscFree(thinned));
  }
  for (PetscInt i = 0; field->kind != HYP_FORMULA_EPSILON && k < 2 && i < d; i++) {
    const PetscReal  stiffness = PetscSqr(HypModelCoordinate(field->model, i).omega);
    PetscReal *const row       = values + (k ? i * d + i : i) * lanes;

    for (PetscInt l = 0; l < lanes; l++) row[l] -= stiffness * (k ? 1 : theta[i * lanes + l]);
  }
  if (field->amplitude != 1)
    for (PetscInt e = 0; e < count; e++) values[e] *= field->amplitude;
  PetscFunctionReturn(0);
}

static PetscErrorCode FieldDestroy(void *ctx)
{
  Field *field = (Field *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < field->n; f++) HypFunctionDestroy(&field->functions[f]);
  PetscCall(PetscFree(field->functions));
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
  (*field)->n         = n;
  PetscCall(PetscCalloc1(n, &(*field)->functions));
  PetscFunctionReturn(0);
}

/* The key that a function comes from: epsilon (d = 1), epsilon_i, loss_gradient_i, loss, and the
   same with _file */
static PetscErrorCode Key(HypModel model, HypFormulas kind, PetscInt i, const char suffix[],
                          char key[64])
{
  static const char *const names[]   = {"epsilon", "loss_gradient", "loss"};
  char                     index[16] = "";

  PetscFunctionBeginUser;
  if (kind == HYP_FORMULA_GRADIENT || (kind == HYP_FORMULA_EPSILON && model->d > 1))
    PetscCall(PetscSNPrintf(index, sizeof(index), "_%" PetscInt_FMT, i + 1));
  PetscCall(PetscSNPrintf(key, 64, "%s%s%s", names[kind], index, suffix));
  PetscFunctionReturn(0);
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

.seealso: HypModelSetTables(), HypModelSetLibrary(), HypModelPerturbationMany()
@*/
PetscErrorCode HypModelSetFormulas(HypModel model, HypFormulas kind, const char *const texts[],
                                   PetscReal amplitude)
{
  const PetscInt m = kind == HYP_FORMULA_LOSS ? 1 : model->d;
  char          *message, sentence[1024], key[64];
  Field         *field;
  size_t         bad;

  PetscFunctionBeginUser;
  PetscCall(FieldCreate(model, kind, 1, amplitude, &field));
  if (HypFunctionCreateFormulas((size_t)model->d, (size_t)m, texts, &field->functions[0], &bad,
                                &message)) {
    PetscCall(Key(model, kind, (PetscInt)bad, "", key));
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", key, message));
    free(message);
    SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscCall(HypModelSetField(model, FieldEvaluate, field, FieldDestroy));
  for (PetscInt i = 0; i < model->d; i++)
    PetscCall(HypModelSetUses(model, i, kind == HYP_FORMULA_GRADIENT ? i : -1,
                              texts[kind == HYP_FORMULA_LOSS ? 0 : i]));
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
  const PetscInt n = kind == HYP_FORMULA_LOSS ? 1 : model->d;
  char           key[64];
  Field         *field;

  PetscFunctionBeginUser;
  PetscCall(Key(model, kind, 0, "_file", key));
  PetscCheck(model->d <= 2, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s: tables are for model_dimension 1 and 2, here it is %" PetscInt_FMT
             "; give formulas or epsilon_library",
             key, model->d);
  PetscCall(FieldCreate(model, kind, n, amplitude, &field));
  for (PetscInt f = 0; f < n; f++) {
    char     *message, sentence[1024];
    const int code = HypFunctionCreateTable((size_t)model->d, paths[f], interpolation,
                                            extrapolation, &field->functions[f], &message);

    if (!code) continue;
    PetscCall(Key(model, kind, f, "_file", key));
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", key, message));
    free(message);
    SETERRQ(model->comm, code == 4 ? PETSC_ERR_FILE_UNEXPECTED : PETSC_ERR_ARG_OUTOFRANGE, "%s",
            sentence);
  }
  PetscCall(HypModelSetField(model, FieldEvaluate, field, FieldDestroy));
  PetscFunctionReturn(0);
}

/*@
  HypModelTableReach - The interval of one component of theta on which every table of eps has points

  Not collective

  Input Parameters:
+ model - the model
- j     - component, from 0

  Output Parameters:
+ low  - its lower end
- high - its upper end; both infinite where eps is no table

  Level: intermediate

.seealso: HypModelSetTables()
@*/
PetscErrorCode HypModelTableReach(HypModel model, PetscInt j, PetscReal *low, PetscReal *high)
{
  PetscFunctionBeginUser;
  *low  = PETSC_NINFINITY;
  *high = PETSC_INFINITY;
  if (model->field == FieldEvaluate) {
    const Field *field = (const Field *)model->epsctx;

    for (PetscInt f = 0; f < field->n; f++) {
      double a, b;

      if (!HypFunctionReach(field->functions[f], (size_t)j, &a, &b)) continue;
      *low  = PetscMax(*low, a);
      *high = PetscMin(*high, b);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CoarserDestroy(void *ctx)
{
  Field *field = (Field *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < field->n; f++) HypFunctionDestroy(&field->thinned[f]);
  PetscCall(PetscFree(field->thinned));
  PetscCall(PetscFree(field));
  PetscFunctionReturn(0);
}

/*@
  HypModelCoarsen - Makes the model that goes with a coarser space: half of the points of its
  tables are left out

  Not collective

  Input Parameters:
+ model   - the model
. pattern - which points, see HypFunctionCreateThinned(); negative: none, the coarser model is the
            model
- factor  - the change of eps is multiplied by this

  Output Parameter:
. changed - whether eps is made of tables that are long enough; else the coarser model is the model

  Level: developer

.seealso: HypModelCoarser(), HypSpectrumCoarsen()
@*/
PetscErrorCode HypModelCoarsen(HypModel model, PetscInt pattern, PetscReal factor,
                               PetscBool *changed)
{
  const Field *field = (const Field *)model->epsctx;
  Field       *coarse;

  PetscFunctionBeginUser;
  *changed = PETSC_FALSE;
  if (model->coarser) PetscCall(HypModelDestroy(&model->coarser));
  if (model->field != FieldEvaluate || pattern < 0) PetscFunctionReturn(0);
  PetscCall(PetscNew(&coarse));
  *coarse        = *field;
  coarse->factor = factor;
  *changed       = PETSC_TRUE;
  PetscCall(PetscCalloc1(field->n, &coarse->thinned));
  for (PetscInt f = 0; f < field->n; f++) {
    HypFunctionCreateThinned(field->functions[f], (int)pattern, &coarse->thinned[f]);
    if (!coarse->thinned[f]) *changed = PETSC_FALSE;
  }
  if (!*changed) {
    PetscCall(CoarserDestroy(coarse));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscNew(&model->coarser));
  *model->coarser              = *model;
  model->coarser->coarser      = NULL;
  model->coarser->noisedestroy = NULL; /* the finer model's */
  PetscCall(
    PetscMalloc2(model->d, &model->coarser->coordinate, 3 * model->d, &model->coarser->lists));
  PetscCall(PetscArraycpy(model->coarser->coordinate, model->coordinate, model->d));
  PetscCall(PetscArraycpy(model->coarser->lists, model->lists, 3 * model->d));
  model->coarser->epsctx     = coarse;
  model->coarser->epsdestroy = CoarserDestroy;
  PetscFunctionReturn(0);
}

/*@
  HypModelCoarser - The model that goes with a coarser space

  Not collective

  Input Parameter:
. model - the model

  Output Parameter:
. coarser - what HypModelCoarsen() made, or the model itself; belongs to the model

  Level: developer

.seealso: HypModelCoarsen(), HypSpaceCreateCoarser()
@*/
PetscErrorCode HypModelCoarser(HypModel model, HypModel *coarser)
{
  PetscFunctionBeginUser;
  *coarser = model->coarser ? model->coarser : model;
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
  Library *library;
  char     file[PETSC_MAX_PATH_LEN];
  void    *symbol;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(file, sizeof(file), "%s%s", strchr(path, '/') ? "" : "./", path));
  PetscCall(PetscNew(&library));
  library->amplitude = amplitude;
  library->handle    = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  PetscCheck(library->handle, model->comm, PETSC_ERR_FILE_OPEN, "epsilon_library: %s", dlerror());
  symbol = dlsym(library->handle, "HypPerturbation");
  PetscCheck(symbol, model->comm, PETSC_ERR_FILE_UNEXPECTED,
             "epsilon_library: %s has no function HypPerturbation; hypoco/perturbation.h declares "
             "it",
             path);
  memcpy(&library->evaluate, &symbol, sizeof(symbol)); /* ISO C has no cast from void * */
  PetscCall(HypModelSetPerturbation(model, LibraryEvaluate, library, LibraryDestroy));
  PetscFunctionReturn(0);
}
