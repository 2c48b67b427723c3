/*
   An invariant subspace of G = -T + L + R, by SLEPc's Krylov-Schur method, with one of two
   transformations (transform.c),

     (sigma - G)^{-1}  where it can be had; sigma > 0 small, for 0 is an eigenvalue
     exp(tau G)        elsewhere, and at weak friction in d > 1:
                       needs products only, and maps leading to large

   A Krylov space grown from one vector sees each multiple eigenvalue once;
   other copies appear through rounding only.
   So the search is repeated on the complement of what was found,
   until nothing new there is among the leading ones.
   Then Q^T G Q on the collected orthonormal basis Q gives the eigenvalues (LAPACK).
*/
#include "spectrum/invariant.h"
#include "spectrum/transform.h"
#include <slepceps.h>

/* ||sigma (sigma - G)^{-1}|| or ||exp(tau G)|| from which a truncation is refused,
   see CheckStable() */
#define UNSTABLE 1e7

/* The eigenvalue solver for `wanted` eigenvalues in the complement of s->Q */
static PetscErrorCode SearchSolver(HypInvariant *s, PetscInt wanted, PetscReal tolerance, EPS *eps)
{
  const PetscInt n = HypSpaceGetSize(HypKineticGetSpace(s->K));
  const PetscInt spare =
    s->inverts && HypKineticGetForm(s->K) == HYP_MATRIX_FREE && !HypKineticInverts(s->K)
      ? 64
      : 16; /* restarts cost products, which are expensive with GMRES */

  PetscFunctionBeginUser;
  wanted = PetscMin(wanted, n - s->n);
  PetscCall(EPSCreate(HypSpaceGetComm(HypKineticGetSpace(s->K)), eps));
  PetscCall(EPSSetOperators(*eps, s->image, NULL));
  PetscCall(EPSSetProblemType(*eps, EPS_NHEP));
  PetscCall(EPSSetType(*eps, EPSKRYLOVSCHUR));
  PetscCall(EPSSetDimensions(*eps, wanted, PetscMin(n, 2 * wanted + spare), PETSC_DEFAULT));
  PetscCall(EPSSetTolerances(*eps, tolerance, 5000));
  PetscCall(EPSSetConvergenceTest(*eps, s->inverts ? EPS_CONV_REL : EPS_CONV_ABS));
  PetscCall(EPSSetWhichEigenpairs(*eps, EPS_LARGEST_MAGNITUDE));
  PetscCall(EPSSetFromOptions(*eps));
  if (s->n) PetscCall(EPSSetDeflationSpace(*eps, s->n, s->Q));
  PetscFunctionReturn(0);
}

/*
   Of two values mu = 1/(sigma - lambda), the one whose lambda leads comes first.
   Approximations near mu = 0 belong to no eigenvalue yet;
   those that would give a lambda beyond 0 come last.
*/
static PetscErrorCode CompareLeading(PetscScalar ar, PetscScalar ai, PetscScalar br, PetscScalar bi,
                                     PetscInt *order, void *ctx)
{
  const PetscReal sigma = *(const PetscReal *)ctx;
  PetscReal       a = sigma - ar / (ar * ar + ai * ai), b = sigma - br / (br * br + bi * bi);

  if (!(a < sigma / 2)) a = -PETSC_MAX_REAL;
  if (!(b < sigma / 2)) b = -PETSC_MAX_REAL;
  *order = a == b ? 0 : a > b ? -1 : 1;
  return 0;
}

/* Adds the invariant subspace of `wanted` more eigenvalues to Q; start: where to begin, or NULL */
PETSC_INTERN PetscErrorCode HypInvariantExtend(HypInvariant *s, PetscInt wanted, Vec start)
{
  EPS      eps;
  PetscInt converged;
  Vec     *all;

  PetscFunctionBeginUser;
  PetscCall(SearchSolver(s, wanted, s->inverts ? 1e-13 : 1e-11, &eps));
  if (start) {
    PetscCall(EPSSetInitialSpace(eps, 1, &start));
    if (s->inverts) {
      PetscCall(EPSSetWhichEigenpairs(eps, EPS_WHICH_USER));
      PetscCall(EPSSetEigenvalueComparison(eps, CompareLeading, &s->parameter));
    }
  }
  PetscCall(EPSSolve(eps));
  PetscCall(EPSGetConverged(eps, &converged));
  PetscCheck(
    converged > 0, HypSpaceGetComm(HypKineticGetSpace(s->K)), PETSC_ERR_NOT_CONVERGED,
    "spectrum: no eigenvalue converged; raise -eps_ncv or -eps_max_it, or lower spectrum_count");
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(s->K)), s->n + converged, &all));
  for (PetscInt k = 0; k < s->n; k++) PetscCall(VecCopy(s->Q[k], all[k]));
  PetscCall(EPSGetInvariantSubspace(eps, all + s->n));
  PetscCall(VecDestroyVecs(s->n, &s->Q));
  s->Q = all;
  s->n += converged;
  PetscCall(EPSDestroy(&eps));
  PetscFunctionReturn(0);
}

/* The real part of the leading eigenvalue of G beside Q, to three digits */
static PetscErrorCode SearchProbe(HypInvariant *s, PetscReal *real)
{
  PetscScalar re, im;
  PetscInt    converged;
  EPS         eps;

  PetscFunctionBeginUser;
  PetscCall(SearchSolver(s, 1, 1e-4, &eps));
  PetscCall(EPSSolve(eps));
  PetscCall(EPSGetConverged(eps, &converged));
  PetscCheck(converged > 0, HypSpaceGetComm(HypKineticGetSpace(s->K)), PETSC_ERR_NOT_CONVERGED,
             "spectrum: the search for copies beside the %" PetscInt_FMT
             " eigenvalues found did not converge; raise -eps_ncv or -eps_max_it",
             s->n);
  PetscCall(EPSGetEigenvalue(eps, 0, &re, &im));
  PetscCall(EPSDestroy(&eps));
  /* mu = 1/(sigma - lambda) or exp(tau lambda) */
  if (s->inverts)
    *real = s->parameter - re / (re * re + im * im);
  else
    *real = PetscLogReal(PetscSqrtReal(re * re + im * im)) / s->parameter;
  PetscFunctionReturn(0);
}

/* Eigenvalues of Q^T G Q */
PETSC_INTERN PetscErrorCode HypInvariantProject(HypInvariant *s)
{
  const PetscInt n = s->n;
  PetscScalar   *B;
  Vec            w;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(s->values, s->z));
  PetscCall(PetscMalloc2(n, &s->values, n * n, &s->z));
  PetscCall(PetscMalloc1(n * n, &B));
  PetscCall(VecDuplicate(s->Q[0], &w));
  for (PetscInt j = 0; j < n; j++) {
    PetscCall(MatMult(s->G, s->Q[j], w));
    PetscCall(VecMDot(w, n, s->Q, B + j * n));
  }
  PetscCall(HypDenseEigen(n, B, s->values, s->z));
  PetscCall(VecDestroy(&w));
  PetscCall(PetscFree(B));
  PetscFunctionReturn(0);
}

/*
   Shift-invert finds the eigenvalues nearest to sigma, not the leading ones:
   an eigenvalue with real part -c may lie as far out as c omega0/(gamma/2) along the imaginary axis
   (exactly so for eps = 0).
   Everything nearer must have been found.
*/
static PetscBool SearchCovers(const HypInvariant *s, PetscInt count)
{
  const PetscReal gamma  = HypModelGamma(HypKineticGetModel(s->K));
  PetscReal       radius = 0, cut;

  if (!s->inverts) return PETSC_TRUE;
  for (PetscInt k = 0; k < s->n; k++)
    radius = PetscMax(radius, hypot(s->values[k].real, s->values[k].imag));
  cut = -s->values[PetscMin(count, s->n) - 1].real;
  return radius >= PetscMax(1, 2 * s->fastest / gamma) * cut ? PETSC_TRUE : PETSC_FALSE;
}

/* Q until it certainly holds the `count` leading eigenvalues with all their copies,
   and `more` others */
PETSC_INTERN PetscErrorCode HypInvariantRun(HypInvariant *s, PetscInt count, PetscInt more)
{
  const PetscInt wanted = count + more + 2;

  PetscFunctionBeginUser;
  PetscCall(HypInvariantExtend(s, wanted, NULL));
  PetscCall(HypInvariantProject(s));
  for (PetscInt rounds = 0; s->n < HypSpaceGetSize(HypKineticGetSpace(s->K)); rounds++) {
    const PetscReal cut  = s->n < count ? -PETSC_INFINITY : s->values[count - 1].real;
    PetscReal       next = 0;

    PetscCheck(rounds < 60, HypSpaceGetComm(HypKineticGetSpace(s->K)), PETSC_ERR_NOT_CONVERGED,
               "spectrum: there is no end to the eigenvalues beside the %" PetscInt_FMT
               " found; lower spectrum_count, or refine the space",
               s->n);
    if (SearchCovers(s, count)) {
      PetscCall(SearchProbe(s, &next));
      if (next <= cut + 1e-3 * PetscAbsReal(cut))
        break; /* further copies of the last one are not asked for */
    }
    PetscCall(HypInvariantExtend(s, SearchCovers(s, count) ? PetscMin(wanted, 4) : s->n, NULL));
    PetscCall(HypInvariantProject(s));
  }
  PetscFunctionReturn(0);
}

/*
   Q <- an orthonormal basis of (sigma - G)^{-1} Q.
   Large Krylov spaces of a strongly non-normal G leave traces of its far eigenfunctions in Q,
   which are small but which G magnifies; one step of subspace iteration removes them.
*/
PETSC_INTERN PetscErrorCode HypInvariantPolish(HypInvariant *s)
{
  BV Q;

  PetscFunctionBeginUser;
  PetscCall(BVCreate(HypSpaceGetComm(HypKineticGetSpace(s->K)), &Q));
  PetscCall(BVSetSizesFromVec(Q, s->Q[0], s->n));
  PetscCall(BVSetFromOptions(Q));
  for (PetscInt k = 0; k < s->n; k++) {
    Vec column;

    PetscCall(BVGetColumn(Q, k, &column));
    PetscCall(MatMult(s->image, s->Q[k], column));
    PetscCall(BVRestoreColumn(Q, k, &column));
  }
  PetscCall(BVOrthogonalize(Q, NULL));
  for (PetscInt k = 0; k < s->n; k++) PetscCall(BVCopyVec(Q, k, s->Q[k]));
  PetscCall(BVDestroy(&Q));
  PetscCall(HypInvariantProject(s));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypInvariantDestroy(HypInvariant *s)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroyVecs(s->n, &s->Q));
  PetscCall(PetscFree2(s->values, s->z));
  PetscCall(MatDestroy(&s->image));
  PetscFunctionReturn(0);
}

/*
   Is the truncation of eps to this space stable?
   The image, sigma (sigma - G)^{-1} or exp(tau G), has norm ||F/M|| on the constants and a norm
   of order 1 on all else as long as the space resolves what eps does.
   Where it does not, G becomes so non-normal that perturbations of relative size 1/norm,
   rounding errors among them, move eigenvalues across the imaginary axis:
   eps = 0.1 theta^3, all parameters 1, has the norm 1e5 at degree 12, 2e8 at 16,
   and true positive eigenvalues from degree 24.
   A norm is computed to its first digits by any arithmetic;
   whether such an eigenvalue appears is not.
   Positive fluxes make sigma (sigma - G)^{-1} a matrix of probabilities: of norm 1 where masses are
   added, stable whatever its norm in L2(1/M).
*/
PETSC_INTERN PetscErrorCode HypInvariantCheckStable(const HypInvariant *s)
{
  PetscReal norm = 0;
  Vec       u, v;

  PetscFunctionBeginUser;
  if (HypSpaceIsPositive(HypKineticGetSpace(s->K))) PetscFunctionReturn(0);
  PetscCall(VecDuplicate(HypSpaceGetOne(HypKineticGetSpace(s->K)), &u));
  PetscCall(VecDuplicate(u, &v));
  PetscCall(VecSetRandom(u, NULL));
  if (s->inverts) PetscCall(HypInverseTolerance(s->image, 1e-6));
  for (PetscInt k = 0; k < 3;
       k++) { /* the power method for A^T A, whose leading value stands apart */
    PetscCall(VecNormalize(u, NULL));
    PetscCall(MatMult(s->image, u, v));
    PetscCall(VecNormalize(v, &norm));
    if (k < 2) PetscCall(MatMultTranspose(s->image, v, u));
  }
  if (s->inverts) {
    PetscCall(HypInverseTolerance(s->image, HYP_INVERSE_TOLERANCE));
    norm *= s->parameter;
  }
  PetscCall(VecDestroy(&u));
  PetscCall(VecDestroy(&v));
  PetscCheck(norm <= UNSTABLE, HypSpaceGetComm(HypKineticGetSpace(s->K)), PETSC_ERR_CONV_FAILED,
             "spectrum: this truncation is unstable: %s has the norm %.1e, and of a space that "
             "resolves the equation it is of order 1; %s is too strong for this space: %s",
             s->inverts ? "sigma (sigma - G)^{-1}" : "exp(tau G)", (double)norm,
             HypModelSuspect(HypKineticGetModel(s->K)),
             HypSpaceGetRelief(HypKineticGetSpace(s->K)));
  PetscFunctionReturn(0);
}
