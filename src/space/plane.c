/* The plane of a pair: what marginals are made of and how they are read. */
#include <hypoco/spaceimpl.h>

/*@
  HypSpacePlaneSize - The functions that marginals in a pair are made of

  Not collective

  Input Parameter:
. space - the space, set up

  Output Parameters:
+ n    - their number along each coordinate of the plane; 0 where the type has no such functions
- span - the coordinates go from -span to span

  Level: developer

.seealso: HypSpacePlane()
@*/
PetscErrorCode HypSpacePlaneSize(HypSpace space, PetscInt n[2], PetscReal span[2])
{
  PetscFunctionBeginUser;
  for (int c = 0; c < 2; c++) {
    n[c]    = space->ops->plane ? space->plane[c] : 0;
    span[c] = space->span[c];
  }
  PetscFunctionReturn(0);
}

/*@
  HypSpacePlaneIsAlongTheta - Is the first coordinate of the plane of a pair that of theta_i?

  Not collective

  Input Parameter:
. space - the space, set up

  Returns PETSC_TRUE where q_0 is theta_i in standard deviations of M and q_1 is across;
  PETSC_FALSE where (q_0, q_1) = (X_i, V_i).

  Level: developer

.seealso: HypSpacePlane()
@*/
PetscBool HypSpacePlaneIsAlongTheta(HypSpace space)
{
  return space->along;
}

/*@
  HypSpacePlane - The marginal of u in the pair i as a sum of products of functions

  Collective

  Input Parameters:
+ space - the space
. i     - the pair, 0 <= i < d
- u     - coefficients

  Output Parameter:
. c - c[k n_0 + j], the same on every rank:
  the marginal relative to M is sum_jk c_jk phi_j(q_0) phi_k(q_1)

  Level: developer

  Note:
  (q_0, q_1) are the space's own coordinates: (X_i, V_i), or a rotation of them,
  under which the normal law does not change.

.seealso: HypSpacePlaneSize(), HypSpaceBasis(), HypSpaceMarginal()
@*/
PetscErrorCode HypSpacePlane(HypSpace space, PetscInt i, Vec u, PetscScalar c[])
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->plane(space, i, u, c));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceBasis - The functions along one coordinate of a plane at a point

  Not collective

  Input Parameters:
+ space - the space
. i     - the pair, 0 <= i < d
. c     - the coordinate, 0 or 1
- q     - the point

  Output Parameter:
. phi - as many values as HypSpacePlaneSize() says

  Level: developer

.seealso: HypSpacePlane()
@*/
PetscErrorCode HypSpaceBasis(HypSpace space, PetscInt i, PetscInt c, PetscReal q, PetscScalar phi[])
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->basis(space, i, c, q, phi));
  PetscFunctionReturn(0);
}
