/*
   Distances between g and F that exist for every loss: their integrands are in integrand.c.

   On grids the integrals are sums over the nodes, in all 2d variables.
   On other spaces they are, for d = 1, integrals over the plane (planes.c);
   for d > 1 those of the marginals in each pair (X_i, V_i), at every output,
   and sums over Gauss nodes in all variables (nodesums.c), at some outputs:
   at (n + 3)^4 nodes in d = 2 they cost as much as many steps in time.
   In d = 3 there are few functions along each variable for which that can be afforded.
*/
#include "decay/planes.h"
#include <math.h>

#define UNKNOWNS (1 << 21)              /* largest space */
#define NODES    ((PetscReal)(1 << 22)) /* largest number of them that are not the space's own */
#define CHEAP    ((PetscReal)(1 << 20)) /* so many cost little in any run */
#define PER      16 /* so many for each unknown cost little in a run of that space */
#define TIMES    51 /* at which they are summed: a fit needs some forty */
enum { MAXD = 3 };

struct _p_HypNorms {
  HypKinetic  K;
  PetscInt    d, pairs;
  Vec         f, df[2 * MAXD], dh[2 * MAXD];
  HypPlanes   planes; /* NULL: nothing to integrate there */
  HypNodeSums sums;   /* NULL: not wanted */
  PetscReal   all[HYP_NORMS], pair[MAXD][HYP_NORMS];
};

static PetscBool HasPlanes(HypSpace space)
{
  PetscInt  n[2];
  PetscReal span[2];

  return (PetscBool)(!HypSpacePlaneSize(space, n, span) && n[0] > 0);
}

/*@
  HypNormsMost - How many nodes sums in all variables may have, where they are not the space's own

  Not collective

  Input Parameter:
. K - the operator

  Returns about a million, or more where the run itself is large.

  Level: developer

.seealso: HypNormsHaveAll(), HypSpaceNodeCount()
@*/
PetscReal HypNormsMost(HypKinetic K)
{
  const PetscReal unknowns = (PetscReal)HypSpaceGetSize(HypKineticGetSpace(K));

  return PetscMin(NODES, PetscMax(CHEAP, PER * unknowns));
}

/* All variables by sums over nodes? */
static PetscBool HasNodes(HypKinetic K)
{
  const HypSpace space = HypKineticGetSpace(K);
  PetscReal      nodes;

  if (HypKineticGetDimension(K) > MAXD || HypSpaceGetSize(space) > UNKNOWNS) return PETSC_FALSE;
  nodes = HypSpaceNodeCount(space);
  if (HypSpaceIsNodal(space)) return (PetscBool)(nodes > 0);
  return (PetscBool)(HypKineticGetDimension(K) > 1 && nodes > 0 && nodes <= HypNormsMost(K));
}

/*@
  HypNormsHaveAll - Does a run have total variation, entropy and so on in all variables?

  Not collective

  Input Parameter:
. K - the operator

  Level: developer

.seealso: HypNormsPairs(), HypNormsTimes()
@*/
PetscBool HypNormsHaveAll(HypKinetic K)
{
  const HypSpace space = HypKineticGetSpace(K);

  if (HasNodes(K)) return PETSC_TRUE;
  return (PetscBool)(HypKineticGetDimension(K) == 1 && HypSpaceGetSize(space) <= UNKNOWNS &&
                     !HypSpaceIsNodal(space) && HasPlanes(space));
}

/*@
  HypNormsPairs - Of how many marginals in a pair (X_i, V_i) a run has them

  Not collective

  Input Parameter:
. K - the operator

  Returns d, or 0 where all variables are enough, or where the space is too large.

  Level: developer

.seealso: HypNormsHaveAll()
@*/
PetscInt HypNormsPairs(HypKinetic K)
{
  const HypSpace space = HypKineticGetSpace(K);
  const PetscInt d     = HypKineticGetDimension(K);

  if (d < 2 || d > MAXD || HypSpaceGetSize(space) > UNKNOWNS || HypSpaceIsNodal(space)) return 0;
  return HasPlanes(space) ? d : 0;
}

/*@
  HypNormsAreErrors - Is total variation in all variables a sum that has an error of its own?

  Not collective

  Input Parameter:
. K - the operator

  Returns PETSC_TRUE for d > 1: then HYP_NORM_TV_ERROR says how large it is.

  Level: developer

.seealso: HypNormsHaveAll()
@*/
PetscBool HypNormsAreErrors(HypKinetic K)
{
  return (PetscBool)(HypKineticGetDimension(K) > 1 && HypNormsHaveAll(K));
}

/*@
  HypNormsTimes - At how many output times all variables are summed over

  Not collective

  Input Parameter:
. K - the operator

  Returns the largest number that costs little beside the run; PETSC_MAX_INT: at all.

  Level: developer

.seealso: HypNormsHaveAll()
@*/
PetscInt HypNormsTimes(HypKinetic K)
{
  const PetscBool all =
    (PetscBool)(HypKineticGetDimension(K) == 1 || HypSpaceIsNodal(HypKineticGetSpace(K)));

  return all ? PETSC_MAX_INT : TIMES;
}

/*@
  HypNormsCreate - Prepares the distances between solutions and a steady state

  Collective

  Input Parameters:
+ K - the operator
- f - F/M, of mass 1

  Output Parameter:
. norms - for HypNormsCompute(); NULL where there are none

  Level: intermediate

.seealso: HypNormsHaveAll(), HypNormsPairs(), HypNormsGet(), HypNormsDestroy()
@*/
PetscErrorCode HypNormsCreate(HypKinetic K, Vec f, HypNorms *norms)
{
  HypNorms s;

  PetscFunctionBeginUser;
  *norms = NULL;
  if (!HypNormsHaveAll(K) && !HypNormsPairs(K)) PetscFunctionReturn(0);
  PetscCall(PetscNew(norms));
  s        = *norms;
  s->K     = K;
  s->d     = HypKineticGetDimension(K);
  s->pairs = HypNormsPairs(K);
  PetscCall(VecDuplicate(f, &s->f));
  PetscCall(VecCopy(f, s->f));
  for (PetscInt c = 0; c < 2 * s->d; c++) {
    PetscCall(VecDuplicate(f, &s->df[c]));
    PetscCall(VecDuplicate(f, &s->dh[c]));
    PetscCall(MatMult(HypKineticDerivative(K, c), f, s->df[c]));
  }
  if (HasNodes(K)) PetscCall(HypNodeSumsCreate(K, f, s->df, &s->sums));
  if (HasPlanes(HypKineticGetSpace(K)) && (s->pairs || s->d == 1))
    PetscCall(HypPlanesCreate(K, &s->planes));
  for (PetscInt c = 0; c < 2 * s->d && HypSpaceIsNodal(HypKineticGetSpace(K)); c++)
    PetscCall(VecDestroy(&s->df[c])); /* they stay at the nodes */
  PetscFunctionReturn(0);
}

/* The plane of pair i, which for d = 1 is everything; or |h| alone */
static PetscErrorCode Plane(HypNorms s, PetscInt i, Vec h, PetscReal sum[])
{
  PetscReal absolute = 2 * sum[HYP_NORM_TV];

  PetscFunctionBeginUser;
  if (!s->sums || s->d > 1) {
    PetscCall(HypPlanesAdd(s->planes, i, h, s->dh, s->f, s->df, sum));
    absolute = 2 * sum[HYP_NORM_TV];
  }
  PetscCall(HypPlanesAbsolute(s->planes, i, h, &absolute));
  sum[HYP_NORM_TV] = absolute / 2;
  PetscFunctionReturn(0);
}

/*@
  HypNormsCompute - The distances between one solution and the steady state

  Collective

  Input Parameters:
+ norms - from HypNormsCreate(); NULL is allowed
. h     - g/M - F/M
- all   - also in all variables; PETSC_FALSE: of the marginals only, where there are any

  Level: intermediate

  Notes:
  In d = 1, and of marginals, total variation is exact to 1e-10 of its size on smooth axes;
  in all variables of d > 1 it is a sum over rows of nodes, whose error HYP_NORM_TV_ERROR bounds.
  The others have the accuracy of the space.

.seealso: HypNormsGet(), HypNormsTimes()
@*/
PetscErrorCode HypNormsCompute(HypNorms norms, Vec h, PetscBool all)
{
  HypNorms s = norms;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < HYP_NORMS; k++) s->all[k] = NAN;
  for (PetscInt c = 0; c < 2 * s->d; c++)
    PetscCall(MatMult(HypKineticDerivative(s->K, c), h, s->dh[c]));
  for (PetscInt i = 0; i < s->pairs; i++) {
    PetscReal sum[HYP_SUMS] = {0};

    PetscCall(Plane(s, i, h, sum));
    HypIntegrandJudge(0, sum, s->pair[i]);
  }
  if (all && (s->sums || s->d == 1)) {
    PetscReal sum[HYP_SUMS] = {0};

    if (s->sums) PetscCall(HypNodeSumsAdd(s->sums, h, s->dh, sum));
    if (s->d == 1 && s->planes) PetscCall(Plane(s, 0, h, sum));
    HypIntegrandJudge(s->sums && s->d > 1 ? 1 << (2 * s->d - 1) : 0, sum, s->all);
  }
  PetscFunctionReturn(0);
}

/*@
  HypNormsGet - One of the distances

  Not collective

  Input Parameters:
+ norms - after HypNormsCompute(); NULL is allowed
. norm  - which
- i     - the pair; HYP_ALL_PAIRS: in all variables

  Returns the number; NAN where it has no meaning because g or F is negative,
  or where it was not computed.

  Level: intermediate

.seealso: HypNormsPairs()
@*/
PetscReal HypNormsGet(HypNorms norms, HypNorm norm, PetscInt i)
{
  if (!norms) return NAN;
  return i == HYP_ALL_PAIRS ? norms->all[norm] : norms->pair[i][norm];
}

/*@
  HypNormsNegative - The largest negative mass

  Not collective

  Input Parameters:
+ norms - after HypNormsCompute()
- norm  - HYP_NORM_NEGATIVE or HYP_NORM_NEGATIVE_F

  Returns that of all variables or of a marginal, whatever was computed.

  Level: developer
@*/
PetscReal HypNormsNegative(HypNorms norms, HypNorm norm)
{
  PetscReal most = PetscIsNanReal(norms->all[norm]) ? 0 : norms->all[norm];

  for (PetscInt i = 0; i < norms->pairs; i++) most = PetscMax(most, norms->pair[i][norm]);
  return most;
}

/*@
  HypNormsDestroy - Frees what HypNormsCreate() made

  Collective

  Input Parameter:
. norms - set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypNormsCreate()
@*/
PetscErrorCode HypNormsDestroy(HypNorms *norms)
{
  HypNorms s = *norms;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  PetscCall(HypPlanesDestroy(&s->planes));
  PetscCall(HypNodeSumsDestroy(&s->sums));
  for (PetscInt c = 0; c < 2 * MAXD; c++) {
    PetscCall(VecDestroy(&s->df[c]));
    PetscCall(VecDestroy(&s->dh[c]));
  }
  PetscCall(VecDestroy(&s->f));
  PetscCall(PetscFree(s));
  *norms = NULL;
  PetscFunctionReturn(0);
}
