/* The operators of a space, and where it ends:
   what each type answers, with an answer where it has none of its own. */
#include <hypoco/spaceimpl.h>

/*@
  HypSpaceDerivative - The matrix of a_c, the derivative along one coordinate

  Collective

  Input Parameters:
+ space - the space, set up
. c - coordinate: X_1..X_d, V_1..V_d are 0..2d-1
- form - assembled or matrix-free

  Output Parameter:
. A - a_c, with a_c 1 = 0; its transpose is the adjoint in L2(M)

  Level: developer

.seealso: HypSpaceLaplacian(), HypKineticCreate()
@*/
PetscErrorCode HypSpaceDerivative(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->derivative(space, c, form, A));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceLaplacian - The symmetric operator that L is made of, along one coordinate

  Collective

  Input Parameters:
+ space - the space, set up
. c - coordinate, 0..2d-1
- form - assembled or matrix-free

  Output Parameter:
. A - the operator; NULL: it is a_c* a_c

  Level: developer

.seealso: HypSpaceDerivative()
@*/
PetscErrorCode HypSpaceLaplacian(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  PetscFunctionBeginUser;
  *A = NULL;
  if (space->ops->laplacian) PetscCall(space->ops->laplacian(space, c, form, A));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceDissipation - The dissipation that accompanies the transport along one position

  Collective

  Input Parameters:
+ space - the space, set up
. i - position, 0..d-1
- form - assembled or matrix-free

  Output Parameter:
. A - symmetric, >= 0, with the function 1 in its kernel; NULL: none

  Level: developer

.seealso: HypSpaceDerivative()
@*/
PetscErrorCode HypSpaceDissipation(HypSpace space, PetscInt i, HypForm form, Mat *A)
{
  PetscFunctionBeginUser;
  *A = NULL;
  if (space->ops->dissipation) PetscCall(space->ops->dissipation(space, i, form, A));
  PetscFunctionReturn(0);
}

/*@
  HypSpacePerturbation - Multiplication by eps_i(theta)

  Collective

  Input Parameters:
+ space - the space, set up
. i - 0..d-1
- form - assembled or matrix-free

  Output Parameter:
. E - a symmetric matrix

  Level: developer

.seealso: HypModelPerturbation()
@*/
PetscErrorCode HypSpacePerturbation(HypSpace space, PetscInt i, HypForm form, Mat *E)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->perturbation(space, i, form, E));
  PetscFunctionReturn(0);
}

/*@
  HypSpacePositive - What makes the fluxes of G positive, where HypSpaceSetPositive() asked for it

  Collective

  Input Parameter:
. space - the space, set up

  Output Parameter:
. P - symmetric, <= 0, with the function 1 in its kernel, to be added to G; NULL: not asked for

  Level: developer

.seealso: HypSpaceDissipation()
@*/
PetscErrorCode HypSpacePositive(HypSpace space, Mat *P)
{
  PetscFunctionBeginUser;
  *P = NULL;
  if (!space->positive) PetscFunctionReturn(0);
  PetscCheck(space->ops->positive, space->comm, PETSC_ERR_ARG_INCOMP,
             "axis_flux: positive given on a %s space, which has no fluxes; take space_type tensor "
             "with axes of type fv",
             space->type);
  PetscCall(space->ops->positive(space, P));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceIsPositive - Were positive fluxes asked for?

  Not collective

  Input Parameter:
. space - the space

  Returns what HypSpaceSetPositive() was given.

  Level: developer

.seealso: HypSpacePositive()
@*/
PetscBool HypSpaceIsPositive(HypSpace space)
{
  return space->positive;
}

/*@
  HypSpaceGenerator - Terms of G h in one pass over the data, where a space has such a pass

  Collective

  Input Parameters:
+ space - the space, set up
. terms - which terms
- h - coefficients

  Output Parameters:
+ Gh - the result, if done
- done - PETSC_FALSE: there is no such pass for these terms, and Gh is as before

  Level: developer

.seealso: HypKineticApply()
@*/
PetscErrorCode HypSpaceGenerator(HypSpace space, HypTerms terms, Vec h, Vec Gh, PetscBool *done)
{
  PetscFunctionBeginUser;
  *done = PETSC_FALSE;
  if (space->ops->generator) PetscCall(space->ops->generator(space, terms, h, Gh, done));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceSolveL - Solves (shift - L) h = b exactly

  Collective

  Input Parameters:
+ space - a space with HypSpaceHasSolveL()
. shift - positive
- b - right-hand side

  Output Parameter:
. h - the solution

  Level: developer

.seealso: HypSpaceHasSolveL()
@*/
PetscErrorCode HypSpaceSolveL(HypSpace space, PetscReal shift, Vec b, Vec h)
{
  PetscFunctionBeginUser;
  PetscCheck(space->ops->solveL, space->comm, PETSC_ERR_SUP,
             "a %s space has no direct solver for L; use an explicit or exponential integrator",
             space->type);
  PetscCall(space->ops->solveL(space, shift, b, h));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceFlow - h = exp(t G) h, exactly, for eps = 0

  Collective

  Input Parameters:
+ space - the space, set up
- t - time

  Output Parameters:
+ h - changed if done
- done - PETSC_FALSE: the space does not know the flow of this model on these ranks

  Level: developer

.seealso: HypSpaceHasFlow()
@*/
PetscErrorCode HypSpaceFlow(HypSpace space, PetscReal t, Vec h, PetscBool *done)
{
  PetscFunctionBeginUser;
  *done = PETSC_FALSE;
  if (space->ops->flow) PetscCall(space->ops->flow(space, t, h, done));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceInvertible - Tells whether a space factors shift - G by itself, and cheaply

  Collective

  Input Parameter:
. space - the space, set up

  Output Parameter:
. invertible - PETSC_TRUE: HypSpaceInverse() works for this model on these ranks

  Level: developer

.seealso: HypSpaceInverse()
@*/
PetscErrorCode HypSpaceInvertible(HypSpace space, PetscBool *invertible)
{
  PetscFunctionBeginUser;
  *invertible = PETSC_FALSE;
  if (space->ops->invertible && !HypModelNoisy(space->model) && !HypModelHasReference(space->model))
    PetscCall(space->ops->invertible(space, invertible));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceInverse - (shift - G)^{-1}, factored, where a space is invertible

  Collective

  Input Parameters:
+ space - a space for which HypSpaceInvertible() is true
- shift - not an eigenvalue of G = -T + L + R

  Output Parameter:
. inverse - a matrix with MatMult() and MatMultTranspose()

  Level: developer

.seealso: HypSpaceInvertible()
@*/
PetscErrorCode HypSpaceInverse(HypSpace space, PetscReal shift, Mat *inverse)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->inverse(space, shift, inverse));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceReach - The box outside which functions of a space practically do not live

  Not collective

  Input Parameter:
. space - the space, set up

  Output Parameter:
. reach - in standard deviations of M

  Level: developer

  Note:
  Tensor spaces: the outermost node.
  Simplex: Hermite functions of total degree <= N in 2d variables are oscillator states
  of energy at most N + d, which end at |(X, V)| = 2 sqrt(N + d).

.seealso: HypSpaceMarkEdge()
@*/
PetscErrorCode HypSpaceReach(HypSpace space, PetscReal *reach)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->reach(space, reach));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceMarkEdge - Marks the basis functions where a space ends

  Collective

  Input Parameter:
. space - the space, set up

  Output Parameter:
. edge - 1 for the outermost basis functions, 0 for the others

  Level: developer

  Note:
  Grid axes: the outermost twentieth of the box.
  Hermite axes: the highest tenth of the functions.
  Simplex: the highest tenth of the degrees, two at least, because functions may be even or odd.

.seealso: HypSpaceGetEdge(), HypResolutionCreate()
@*/
PetscErrorCode HypSpaceMarkEdge(HypSpace space, Vec edge)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->markedge(space, edge));
  PetscFunctionReturn(0);
}

/*@
  HypSpacePerturbationTail - How much of eps(theta) a space leaves out

  Not collective

  Input Parameter:
. space - a space, set up

  Output Parameter:
. tail - on a simplex space the norm of the Hermite coefficients of eps_i of total degree above N,
         relative to that of all up to degree 2 N + 1 in each theta_i, in L2(M), of the component i
         where it is largest; NAN on spaces that take eps at their nodes, and for eps = 0

  Level: developer

  Note:
  Not an error bound: an operator of degree N contains coefficients up to 2 N,
  and solutions weigh high degrees little.
  The distance between results at two degrees is the error estimate;
  this number tells where it comes from.

.seealso: HypSpacePerturbation()
@*/
PetscErrorCode HypSpacePerturbationTail(HypSpace space, PetscReal *tail)
{
  PetscFunctionBeginUser;
  *tail = NAN;
  if (space->ops->tail && HypModelHasEps(space->model)) PetscCall(space->ops->tail(space, tail));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceHasSolveL - Tells whether a space has HypSpaceSolveL()

  Not collective

  Input Parameter:
. space - the space

  Returns PETSC_TRUE if it has.

  Level: developer

.seealso: HypSpaceSolveL()
@*/
PetscBool HypSpaceHasSolveL(HypSpace space)
{
  return space->ops->solveL ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypSpaceHasFlow - Tells whether a space has HypSpaceFlow()

  Not collective

  Input Parameter:
. space - the space

  Returns PETSC_TRUE if it has.

  Level: developer

.seealso: HypSpaceFlow()
@*/
PetscBool HypSpaceHasFlow(HypSpace space)
{
  return space->ops->flow ? PETSC_TRUE : PETSC_FALSE;
}
