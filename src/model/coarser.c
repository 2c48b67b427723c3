/* The model that goes with a coarser space: half of the points of its tables are left out. */
#include "model/modelimpl.h"

/*@
  HypModelTableReach - The interval of one component of theta on which every table has points

  Not collective

  Input Parameters:
+ model - the model
- j     - component, from 0

  Output Parameters:
+ low  - its lower end
- high - its upper end; both infinite where there is no table

  Level: intermediate

.seealso: HypModelSetTables()
@*/
PetscErrorCode HypModelTableReach(HypModel model, PetscInt j, PetscReal *low, PetscReal *high)
{
  const HypFunctions *const lists[] = {HypFieldFunctions(model), HypNoiseFunctions(model)};

  PetscFunctionBeginUser;
  *low  = PETSC_NINFINITY;
  *high = PETSC_INFINITY;
  for (int k = 0; k < 2; k++)
    if (lists[k]) HypFunctionsReach(lists[k], j, low, high);
  PetscFunctionReturn(0);
}

/*@
  HypModelTableShort - Has a table too few points to estimate the error of its interpolation?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE where half of the points of some table cannot be left out; eigenvalues and
  rates have no error bar then.

  Level: intermediate

.seealso: HypModelCoarsen(), HypFunctionIsShort()
@*/
PetscBool HypModelTableShort(HypModel model)
{
  const HypFunctions *const lists[] = {HypFieldFunctions(model), HypNoiseFunctions(model)};

  for (int k = 0; k < 2; k++)
    if (lists[k] && HypFunctionsShort(lists[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Everything but functions of theta, which stay those of the finer model until they are set */
static PetscErrorCode CopyModel(HypModel model, HypModel *copy)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(copy));
  **copy           = *model;
  (*copy)->depends = NULL; /* for d > 3 only, where there are no tables */
  (*copy)->coarser = NULL;
  PetscCall(PetscMalloc2(model->d, &(*copy)->coordinate, 5 * model->d, &(*copy)->lists));
  PetscCall(PetscArraycpy((*copy)->coordinate, model->coordinate, model->d));
  PetscCall(PetscArraycpy((*copy)->lists, model->lists, 5 * model->d));
  if (model->direction) {
    PetscCall(PetscMalloc1(model->d * model->d, &(*copy)->direction));
    PetscCall(PetscArraycpy((*copy)->direction, model->direction, model->d * model->d));
  }
  PetscFunctionReturn(0);
}

/* The thinned functions belong to the coarser model, the others to the finer one */
static PetscErrorCode CopyDestroy(void *ctx)
{
  PetscFunctionBeginUser;
  PetscCall(HypFunctionsDestroyThinned((HypFunctions *)ctx));
  PetscCall(PetscFree(ctx));
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
- factor  - the change of eps, or of the noise, is multiplied by this

  Output Parameter:
. changed - whether there is a table long enough for the pattern; else the coarser model is the
            model

  Level: developer

.seealso: HypModelCoarser(), HypSpectrumCoarsen()
@*/
PetscErrorCode HypModelCoarsen(HypModel model, PetscInt pattern, PetscReal factor,
                               PetscBool *changed)
{
  HypFunctions *const eps = HypFieldFunctions(model), *const noise = HypNoiseFunctions(model);
  HypFunctions thin_eps = {0}, thin_noise = {0};
  PetscInt     thinned = 0;

  PetscFunctionBeginUser;
  *changed = PETSC_FALSE;
  PetscCall(HypModelDropCoarser(model));
  if (pattern < 0) PetscFunctionReturn(0);
  if (eps) PetscCall(HypFunctionsThin(eps, pattern, factor, &thin_eps, &thinned));
  if (noise) PetscCall(HypFunctionsThin(noise, pattern, factor, &thin_noise, &thinned));
  if (thinned) { /* a table too short keeps its points */
    PetscCall(CopyModel(model, &model->coarser));
    if (eps) PetscCall(HypFieldCopy(model, thin_eps, &model->coarser->epsctx));
    model->coarser->epsdestroy = eps ? CopyDestroy : NULL;
    if (noise) PetscCall(HypNoiseCopy(thin_noise, &model->coarser->noisectx));
    model->coarser->noisedestroy = noise ? CopyDestroy : NULL;
    *changed                     = PETSC_TRUE;
  } else {
    PetscCall(HypFunctionsDestroyThinned(&thin_eps));
    PetscCall(HypFunctionsDestroyThinned(&thin_noise));
  }
  PetscFunctionReturn(0);
}

/*@
  HypModelTableNoise - How much of the change by thinning tables is noise of their values

  Not collective

  Input Parameter:
. model - the model

  Output Parameters:
+ noise - from 0, smooth values, to 1, noise that explains all of the change
- gain  - the factor that twice as many points divide the error by, less 1, where they are smooth

  Level: developer

.seealso: HypModelCoarsen(), HypFunctionThinnedNoise()
@*/
PetscErrorCode HypModelTableNoise(HypModel model, PetscReal *noise, PetscReal *gain)
{
  const HypFunctions *const lists[] = {HypFieldFunctions(model), HypNoiseFunctions(model)};

  PetscFunctionBeginUser;
  *noise = 0;
  *gain  = 15;
  for (int k = 0; k < 2; k++)
    if (lists[k]) HypFunctionsNoise(lists[k], noise, gain);
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
