/* What others read of a kinetic operator. */
#include "kinetic/kineticimpl.h"

/*@
  HypKineticGetSpace - The space that an operator acts on

  Not collective

  Input Parameter:
. K - the kinetic operator

  Returns the space, which the operator does not own.

  Level: intermediate

.seealso: HypKineticCreate()
@*/
HypSpace HypKineticGetSpace(HypKinetic K)
{
  return K->space;
}

/*@
  HypKineticGetModel - The model of the space that an operator acts on

  Not collective

  Input Parameter:
. K - the kinetic operator

  Returns the model, which belongs to the space.

  Level: intermediate

.seealso: HypKineticGetSpace()
@*/
HypModel HypKineticGetModel(HypKinetic K)
{
  return HypSpaceGetModel(K->space);
}

/*@
  HypKineticGetForm - Is the operator assembled, or applied without a matrix?

  Not collective

  Input Parameter:
. K - the kinetic operator

  Returns the form that HypKineticCreate() was given.

  Level: intermediate

.seealso: HypKineticCreate()
@*/
HypForm HypKineticGetForm(HypKinetic K)
{
  return K->form;
}

/*@
  HypKineticIsMixed - Are the derivatives sparse matrices although the operator is matrix-free?

  Not collective

  Input Parameter:
. K - the kinetic operator

  Returns PETSC_TRUE on matrix-free simplex spaces: -T + L is a sparse matrix by itself.

  Level: developer

.seealso: HypKineticSparse()
@*/
PetscBool HypKineticIsMixed(HypKinetic K)
{
  return K->mixed;
}

/*@
  HypKineticInverts - Does the space invert shift - G by itself?

  Not collective

  Input Parameter:
. K - the kinetic operator

  Returns PETSC_TRUE where the operator is matrix-free and HypSpaceInvertible() is true.

  Level: developer

.seealso: HypSpaceInverse()
@*/
PetscBool HypKineticInverts(HypKinetic K)
{
  return K->invertible;
}

/*@
  HypKineticGetDimension - The number of coordinate pairs

  Not collective

  Input Parameter:
. K - the kinetic operator

  Returns d, so that there are 2d derivatives.

  Level: intermediate

.seealso: HypKineticDerivative()
@*/
PetscInt HypKineticGetDimension(HypKinetic K)
{
  return K->d;
}

/*@
  HypKineticDerivative - The matrix of a derivative

  Not collective

  Input Parameters:
+ K - the kinetic operator
- c - coordinate: X_1..X_d are 0..d-1, V_1..V_d are d..2d-1

  Returns the matrix a_c, which the operator owns.

  Level: intermediate

.seealso: HypKineticPerturbation()
@*/
Mat HypKineticDerivative(HypKinetic K, PetscInt c)
{
  return c < K->d ? K->aX[c] : K->aV[c - K->d];
}

/*@
  HypKineticPerturbation - The matrix of the multiplication by eps_i(theta)

  Not collective

  Input Parameters:
+ K - the kinetic operator
- i - component, 0 <= i < d

  Returns the matrix, which the operator owns, or NULL for eps = 0.

  Level: intermediate

.seealso: HypKineticDerivative()
@*/
Mat HypKineticPerturbation(HypKinetic K, PetscInt i)
{
  return K->eps[i];
}

/*@
  HypKineticNoise - The matrix of the multiplication by s_i(theta) - 1

  Not collective

  Input Parameters:
+ K - the kinetic operator
- i - component, 0 <= i < d

  Returns the matrix, which the operator owns, or NULL for s = 1.

  Level: intermediate

.seealso: HypKineticPerturbation()
@*/
Mat HypKineticNoise(HypKinetic K, PetscInt i)
{
  return K->noise[i];
}
