#pragma once
/* Private parts of the model. */
#include <hypoco/function.h>
#include <hypoco/model.h>

typedef struct _p_HypModelPotential *HypModelPotentialText;

struct _p_HypModel {
  MPI_Comm       comm;
  PetscBool      fixed; /* HypModelFix() */
  PetscInt       d;     /* dimension of theta, x and v */
  HypModelType   type;
  PetscReal      omega0, beta; /* of the first coordinate */
  PetscReal      gamma;        /* friction */
  HypCoordinate *coordinate;   /* d of them */
  PetscReal     *lists;        /* their omega, beta and tau, and 2d of the reference */
  PetscBool      reference;    /* HypModelSetReference(): coordinate differs from lists */
  PetscBool      averaged;     /* the frequencies were taken from the loss */
  PetscReal     *direction;    /* the user's theta is this matrix times theta; NULL: the same */
  PetscBool      perturbed;
  PetscInt (*depends)[4]; /* of each multiplier: how many theta_j, and which; NULL: unknown */

  HypPerturbationFn eps; /* one of these two, or none */
  HypFieldFn        field;
  void             *epsctx;
  PetscErrorCode (*epsdestroy)(void *);

  HypModel coarser; /* see HypModelCoarsen(); NULL: this one */

  HypModelPotentialText potential; /* NULL: the quadratic loss */

  PetscBool         noisy; /* s is not 1 everywhere */
  HypPerturbationFn noise; /* s */
  void             *noisectx;
  PetscErrorCode (*noisedestroy)(void *);
};

/* functions.c: functions whose values follow one another, components of eps or of the noise.
   In a coarser model values are those of f plus factor times those of (thinned - f). */
typedef struct {
  PetscInt      n, components; /* how many functions, and values of all of them */
  HypFunction **functions, **thinned;
  PetscReal     factor;
  const char   *key; /* of tables: key_file, or where indexed key_1_file, ...; NULL: formulas */
  PetscBool     indexed;
} HypFunctions;

PETSC_INTERN PetscErrorCode HypFunctionsCreate(PetscInt n, HypFunctions *);
PETSC_INTERN PetscErrorCode HypFunctionsTables(HypFunctions *, HypModel, const char key[],
                                               PetscBool indexed, const char *const paths[],
                                               const char interpolation[],
                                               const char extrapolation[]);
PETSC_INTERN PetscErrorCode HypFunctionsEvaluate(const HypFunctions *, PetscInt order,
                                                 PetscInt lanes, PetscInt count,
                                                 const PetscReal theta[], PetscReal values[]);
PETSC_INTERN PetscErrorCode HypFunctionsThin(const HypFunctions *, PetscInt pattern,
                                             PetscReal factor, HypFunctions *thin,
                                             PetscInt *thinned);
PETSC_INTERN PetscErrorCode HypFunctionsDestroy(HypFunctions *);
PETSC_INTERN PetscErrorCode HypFunctionsDestroyThinned(HypFunctions *);
PETSC_INTERN PetscBool      HypFunctionsShort(const HypFunctions *);
PETSC_INTERN void HypFunctionsNoise(const HypFunctions *, PetscReal *noise, PetscReal *gain);
PETSC_INTERN void HypFunctionsReach(const HypFunctions *, PetscInt j, PetscReal *low,
                                    PetscReal *high);

/* noise.c, field.c: the functions that the noise or eps are made of;
   NULL where it is something else */
PETSC_INTERN HypFunctions  *HypNoiseFunctions(HypModel);
PETSC_INTERN HypFunctions  *HypFieldFunctions(HypModel);
PETSC_INTERN PetscErrorCode HypFieldCopy(HypModel, HypFunctions, void **copy);
PETSC_INTERN PetscErrorCode HypNoiseCopy(HypFunctions, void **copy);
PETSC_INTERN PetscErrorCode HypModelDropCoarser(HypModel);
PETSC_INTERN PetscErrorCode HypModelCheckFree(HypModel);

/* override.c: a gradient given beside its loss; points in messages */
typedef char                HypPointText[160];
PETSC_INTERN PetscErrorCode HypOverrideCheck(HypModel, HypFunction *loss, HypFunction *gradient);
PETSC_INTERN PetscErrorCode HypOverrideCheckMany(HypModel, HypFunction *loss, HypFunction *gradient,
                                                 PetscInt lanes, const PetscReal theta[],
                                                 const PetscReal values[]);

PETSC_INTERN PetscErrorCode HypModelPotentialDestroy(HypModelPotentialText *);
PETSC_INTERN HypCoordinate  HypCoordinateMake(HypModelType, PetscReal w, PetscReal gamma,
                                              PetscReal beta);
PETSC_INTERN void           HypModelAddReference(HypModel, PetscInt order, PetscInt lanes,
                                                 const PetscReal theta[], PetscReal values[]);
PETSC_INTERN PetscReal      HypModelStiffness(HypModel, PetscInt i, PetscInt j);
PETSC_INTERN PetscErrorCode HypModelTurnField(HypModel, PetscInt order, PetscInt lanes,
                                              PetscReal values[]);
PETSC_INTERN PetscErrorCode HypModelTurnDependence(HypModel, PetscInt k, PetscBool uses[]);
PETSC_INTERN PetscErrorCode HypModelSetUses(HypModel, PetscInt k, PetscInt more, const char *text);
