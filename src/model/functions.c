/* Functions of theta whose values follow one another: components of eps or of the noise. */
#include "model/modelimpl.h"
#include <stdlib.h>
#include <string.h>

PetscErrorCode HypFunctionsCreate(PetscInt n, HypFunctions *list)
{
  PetscFunctionBeginUser;
  *list = (HypFunctions){.n = n, .components = n};
  PetscCall(PetscCalloc1(n, &list->functions));
  PetscFunctionReturn(0);
}

/* "key_i_file: ", for messages */
static PetscErrorCode TableKey(const HypFunctions *list, PetscInt f, char text[], size_t size)
{
  char index[16] = "";

  PetscFunctionBeginUser;
  if (list->indexed) PetscCall(PetscSNPrintf(index, sizeof(index), "_%" PetscInt_FMT, f + 1));
  PetscCall(PetscSNPrintf(text, size, "%s%s_file: ", list->key, index));
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(const HypFunctions *list, HypFunction *const functions[],
                               PetscInt order, PetscInt lanes, PetscInt count,
                               const PetscReal theta[], PetscReal values[])
{
  const PetscInt n = list->n;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < n; f++) {
    char *message, sentence[1024], key[64] = "";

    if (!functions[f]) continue; /* no table: nothing was thinned */
    if (!HypFunctionEvaluate(functions[f], (int)order, (size_t)lanes, theta,
                             values + f * (count / n), &message))
      continue;
    if (list->key) PetscCall(TableKey(list, f, key, sizeof(key)));
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s%s", key, message));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%s", sentence);
  }
  PetscFunctionReturn(0);
}

/* `count` values at all points; of thinned functions g: f + factor (g - f) */
PetscErrorCode HypFunctionsEvaluate(const HypFunctions *list, PetscInt order, PetscInt lanes,
                                    PetscInt count, const PetscReal theta[], PetscReal values[])
{
  PetscReal *thinned;

  PetscFunctionBeginUser;
  PetscCall(Evaluate(list, list->functions, order, lanes, count, theta, values));
  if (!list->thinned) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(count, &thinned));
  PetscCall(Evaluate(list, list->thinned, order, lanes, count, theta, thinned));
  for (PetscInt f = 0, each = count / list->n; f < list->n; f++)
    for (PetscInt e = f * each; list->thinned[f] && e < (f + 1) * each; e++)
      values[e] += list->factor * (thinned[e] - values[e]);
  PetscCall(PetscFree(thinned));
  PetscFunctionReturn(0);
}

/* The table of one path, or 0 where that is the path: then a component of eps vanishes */
static int CreateTable(size_t d, const char key[], const char path[], const char interpolation[],
                       const char extrapolation[], HypFunction **function, char **message)
{
  size_t bad;

  if (!strcmp(path, "0") && strcmp(key, "noise"))
    return HypFunctionCreateFormulas(d, 1, &path, function, &bad, message);
  return HypFunctionCreateTable(d, path, interpolation, extrapolation, function, message);
}

/* One table of the model's theta for each path; messages name key_file, or key_i_file */
PetscErrorCode HypFunctionsTables(HypFunctions *list, HypModel model, const char key[],
                                  PetscBool indexed, const char *const paths[],
                                  const char interpolation[], const char extrapolation[])
{
  PetscFunctionBeginUser;
  PetscCheck(model->d <= 2, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s%s_file: tables are for model_dimension 1 and 2, here it is %" PetscInt_FMT
             "; give formulas%s",
             key, indexed ? "_1" : "", model->d, strcmp(key, "noise") ? " or epsilon_library" : "");
  list->key     = key;
  list->indexed = indexed;
  for (PetscInt f = 0; f < list->n; f++) {
    char     *message, name[64], sentence[1024];
    const int code = CreateTable((size_t)model->d, key, paths[f], interpolation, extrapolation,
                                 &list->functions[f], &message);

    if (!code) continue;
    PetscCall(TableKey(list, f, name, sizeof(name)));
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s%s", name, message));
    free(message);
    SETERRQ(model->comm, code == 4 ? PETSC_ERR_FILE_UNEXPECTED : PETSC_ERR_ARG_OUTOFRANGE, "%s",
            sentence);
  }
  PetscFunctionReturn(0);
}

/* The same functions with half of the points of their tables left out, where those have points
   enough; how many have */
PetscErrorCode HypFunctionsThin(const HypFunctions *list, PetscInt pattern, PetscReal factor,
                                HypFunctions *thin, PetscInt *thinned)
{
  PetscFunctionBeginUser;
  *thin        = *list;
  thin->factor = factor;
  PetscCall(PetscCalloc1(list->n, &thin->thinned));
  for (PetscInt f = 0; f < list->n; f++) {
    HypFunctionCreateThinned(list->functions[f], (int)pattern, &thin->thinned[f]);
    *thinned += thin->thinned[f] ? 1 : 0;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypFunctionsDestroyThinned(HypFunctions *thin)
{
  PetscFunctionBeginUser;
  for (PetscInt f = 0; thin->thinned && f < thin->n; f++) HypFunctionDestroy(&thin->thinned[f]);
  PetscCall(PetscFree(thin->thinned));
  PetscFunctionReturn(0);
}

PetscErrorCode HypFunctionsDestroy(HypFunctions *list)
{
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < list->n; f++) HypFunctionDestroy(&list->functions[f]);
  PetscCall(PetscFree(list->functions));
  PetscFunctionReturn(0);
}

/* Narrows [low, high] to where every table has points */
void HypFunctionsReach(const HypFunctions *list, PetscInt j, PetscReal *low, PetscReal *high)
{
  for (PetscInt f = 0; f < list->n; f++) {
    double a, b;

    if (!HypFunctionReach(list->functions[f], (size_t)j, &a, &b)) continue;
    *low  = PetscMax(*low, a);
    *high = PetscMin(*high, b);
  }
}

/* Is one of them a table with too few points to be thinned? */
PetscBool HypFunctionsShort(const HypFunctions *list)
{
  for (PetscInt f = 0; f < list->n; f++)
    if (HypFunctionIsShort(list->functions[f])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* The largest noise and the smallest gain of its tables */
void HypFunctionsNoise(const HypFunctions *list, PetscReal *noise, PetscReal *gain)
{
  for (PetscInt f = 0; f < list->n; f++) {
    double found, divided;

    if (!HypFunctionThinnedNoise(list->functions[f], &found, &divided)) continue;
    *noise = PetscMax(*noise, found);
    *gain  = PetscMin(*gain, divided);
  }
}
