/*
   Leading eigenvalues of G = -T + L + R, those of largest real part.

   Simplex spaces with eps = 0: degree by degree (degrees.c).
   All others: an invariant subspace by SLEPc's Krylov-Schur method,
   with one of two transformations (transform.c),

     (sigma - G)^{-1}  where it can be had; sigma > 0 small, for 0 is an eigenvalue
     exp(tau G)        elsewhere, and at weak friction in d > 1:
                       needs products only, and maps leading to large

   A Krylov space grown from one vector sees each multiple eigenvalue once;
   other copies appear through rounding only.
   So the search is repeated on the complement of what was found,
   until nothing new there is among the leading ones.
   Then Q^T G Q on the collected orthonormal basis Q gives eigenvalues and eigenfunctions (LAPACK),
   and residuals are computed.

   Where a coarser space has been searched like that, a Krylov space on the finer one begins
   in the span of its eigenfunctions.
   It takes a tenth of the products, and a copy that the coarser space has is looked for by name.
*/
#include "spectrum/spectrumimpl.h"
#include "spectrum/transform.h"
#include <slepceps.h>

/* ||sigma (sigma - G)^{-1}|| or ||exp(tau G)|| from which a truncation is refused,
   see CheckStable() */
#define UNSTABLE 1e7

typedef struct {
  HypKinetic     K;
  Mat            G;
  PetscBool      inverts;   /* (sigma - G)^{-1} rather than exp(tau G) */
  Mat            image;     /* what is iterated */
  PetscReal      parameter; /* sigma or tau */
  PetscInt       n;
  Vec           *Q;      /* orthonormal basis of the subspace so far */
  HypEigenvalue *values; /* eigenvalues of Q^T G Q, leading first */
  PetscScalar   *z;      /* its eigenvectors */
} Search;

/* The eigenvalue solver for `wanted` eigenvalues in the complement of s->Q */
static PetscErrorCode SearchSolver(Search *s, PetscInt wanted, PetscReal tolerance, EPS *eps)
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
static PetscErrorCode SearchExtend(Search *s, PetscInt wanted, Vec start)
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
static PetscErrorCode SearchProbe(Search *s, PetscReal *real)
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
static PetscErrorCode SearchProject(Search *s)
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
static PetscBool SearchCovers(const Search *s, PetscInt count)
{
  HypModel  model  = HypKineticGetModel(s->K);
  PetscReal radius = 0, cut;

  if (!s->inverts) return PETSC_TRUE;
  for (PetscInt k = 0; k < s->n; k++)
    radius = PetscMax(radius, hypot(s->values[k].real, s->values[k].imag));
  cut = -s->values[PetscMin(count, s->n) - 1].real;
  return radius >= PetscMax(1, 2 * HypModelFastest(model) / HypModelGamma(model)) * cut
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/* Q until it certainly holds the `count` leading eigenvalues with all their copies,
   and `more` others */
static PetscErrorCode SearchRun(Search *s, PetscInt count, PetscInt more)
{
  const PetscInt wanted = count + more + 2;

  PetscFunctionBeginUser;
  PetscCall(SearchExtend(s, wanted, NULL));
  PetscCall(SearchProject(s));
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
    PetscCall(SearchExtend(s, SearchCovers(s, count) ? PetscMin(wanted, 4) : s->n, NULL));
    PetscCall(SearchProject(s));
  }
  PetscFunctionReturn(0);
}

/* What a coarser space knows: its eigenfunctions on this space, real and imaginary parts,
   and whose they are */
typedef struct {
  PetscInt  n;
  Vec      *x;
  PetscInt *owner;
} Known;

/* Of the first `count` eigenvalues */
static PetscErrorCode KnownCreate(Search *s, HypSpace coarse, const HypSpectrum *spectrum,
                                  PetscInt count, Known *known, PetscBool *done)
{
  PetscFunctionBeginUser;
  known->n = 0;
  *done    = PETSC_TRUE;
  PetscCall(PetscMalloc1(2 * count, &known->owner));
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(s->K)), 2 * count, &known->x));
  for (PetscInt k = 0; k < count && *done; k++) {
    if (spectrum->imag[k] < 0 && k > 0) continue; /* the conjugate of the one before */
    for (int part = 0; part < (spectrum->imag[k] == 0 ? 1 : 2) && *done; part++) {
      Vec x = known->x[known->n];

      PetscCall(HypSpaceProlong(coarse, part ? spectrum->vi[k] : spectrum->vr[k],
                                HypKineticGetSpace(s->K), x, done));
      PetscCall(VecNormalize(x, NULL));
      known->owner[known->n++] = k;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode KnownDestroy(Known *known, PetscInt room)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroyVecs(room, &known->x));
  PetscCall(PetscFree(known->owner));
  PetscFunctionReturn(0);
}

/* Eigenvalues that agree to four digits are taken for copies of one */
static PetscBool SameEigenvalue(const HypSpectrum *s, PetscInt j, PetscInt k)
{
  const PetscReal size = PetscMax(hypot(s->real[j], s->imag[j]), 1e-4);

  return (PetscBool)(hypot(s->real[j] - s->real[k], s->imag[j] - s->imag[k]) < 1e-4 * size);
}

/*
   The part of the known functions that Q does not hold yet:
   their sum, with coefficients that no symmetry cancels,
   and the dimension of the smallest invariant subspace that such a sum lies in,
   in which each multiple eigenvalue counts once
*/
static PetscErrorCode KnownMissing(const Search *s, const HypSpectrum *spectrum, const Known *known,
                                   Vec sum, PetscInt *dimension)
{
  PetscInt     last = -1;
  PetscScalar *c;
  PetscReal    norm;
  Vec          rest;

  PetscFunctionBeginUser;
  *dimension = 0;
  PetscCall(VecSet(sum, 0));
  PetscCall(VecDuplicate(sum, &rest));
  PetscCall(PetscMalloc1(s->n + 1, &c));
  for (PetscInt k = 0; k < known->n; k++) {
    const PetscInt owner = known->owner[k];

    PetscCall(VecCopy(known->x[k], rest));
    if (s->n) {
      PetscCall(VecMDot(rest, s->n, s->Q, c));
      for (PetscInt j = 0; j < s->n; j++) c[j] = -c[j];
      PetscCall(VecMAXPY(rest, s->n, c, s->Q));
    }
    PetscCall(VecNorm(rest, NORM_2, &norm));
    if (norm < 0.5) continue; /* of two copies, the rests of one at least are larger */
    PetscCall(VecAXPY(sum, 1 + 0.5 * PetscSinReal((PetscReal)(k * k)), rest));
    if (last < 0 || !SameEigenvalue(spectrum, last, owner))
      *dimension += spectrum->imag[owner] == 0 ? 1 : 2;
    last = owner;
  }
  PetscCall(PetscFree(c));
  PetscCall(VecDestroy(&rest));
  PetscFunctionReturn(0);
}

/* Q until it holds the continuation of all that was found on a coarser space; done:
   false where that did not succeed */
static PetscErrorCode SearchContinue(Search *s, HypSpace coarse, const HypSpectrum *spectrum,
                                     PetscInt count, PetscBool *done)
{
  PetscInt dimension = 1;
  Known    known;
  Vec      sum;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(HypSpaceGetOne(HypKineticGetSpace(s->K)), &sum));
  PetscCall(KnownCreate(s, coarse, spectrum, count, &known, done));
  for (PetscInt rounds = 0; *done && dimension > 0 && rounds < known.n; rounds++) {
    PetscCall(KnownMissing(s, spectrum, &known, sum, &dimension));
    if (dimension > 0) PetscCall(SearchExtend(s, dimension, sum));
  }
  *done = (PetscBool)(*done && dimension == 0 && s->n >= count);
  if (*done) PetscCall(SearchProject(s));
  PetscCall(KnownDestroy(&known, 2 * count));
  PetscCall(VecDestroy(&sum));
  PetscFunctionReturn(0);
}

/*
   Q <- an orthonormal basis of (sigma - G)^{-1} Q.
   Large Krylov spaces of a strongly non-normal G leave traces of its far eigenfunctions in Q,
   which are small but which G magnifies; one step of subspace iteration removes them.
*/
static PetscErrorCode SearchPolish(Search *s)
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
  PetscCall(SearchProject(s));
  PetscFunctionReturn(0);
}

static PetscErrorCode SearchDestroy(Search *s)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroyVecs(s->n, &s->Q));
  PetscCall(PetscFree2(s->values, s->z));
  PetscCall(MatDestroy(&s->image));
  PetscFunctionReturn(0);
}

/* u = Q z for the k-th leading eigenvalue */
static PetscErrorCode Eigenfunction(const Search *s, PetscInt k, Vec vr, Vec vi)
{
  const HypEigenvalue *value = s->values + k;
  const PetscInt       first = value->imag < 0 ? value->index - 1 : value->index;

  PetscFunctionBeginUser;
  PetscCall(VecSet(vr, 0));
  PetscCall(VecSet(vi, 0));
  PetscCall(VecMAXPY(vr, s->n, s->z + first * s->n, s->Q));
  if (value->imag != 0) {
    PetscCall(VecMAXPY(vi, s->n, s->z + (first + 1) * s->n, s->Q));
    if (value->imag < 0) PetscCall(VecScale(vi, -1));
  }
  PetscFunctionReturn(0);
}

/* ||G u - lambda u||/||u||, u = vr + i vi */
static PetscErrorCode Residual(Mat G, PetscReal re, PetscReal im, Vec vr, Vec vi,
                               PetscReal *residual)
{
  PetscReal a, b, c, d;
  Vec       w;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(vr, &w));
  PetscCall(MatMult(G, vr, w));
  PetscCall(VecAXPY(w, -re, vr));
  PetscCall(VecAXPY(w, im, vi));
  PetscCall(VecNorm(w, NORM_2, &a));
  PetscCall(MatMult(G, vi, w));
  PetscCall(VecAXPY(w, -re, vi));
  PetscCall(VecAXPY(w, -im, vr));
  PetscCall(VecNorm(w, NORM_2, &b));
  PetscCall(VecNorm(vr, NORM_2, &c));
  PetscCall(VecNorm(vi, NORM_2, &d));
  *residual = PetscSqrtReal((a * a + b * b) / (c * c + d * d));
  PetscCall(VecDestroy(&w));
  PetscFunctionReturn(0);
}

/*
   Weak friction in d > 1: hundreds of eigenvalues lie in the disc that SearchCovers() asks for,
   and GMRES inverts for each of them.
   At gamma = 0.2 omega0, d = 2, N = 16 that takes more than 60 s, exp(tau G) 11 s.
*/
static PetscBool TooManyNear(HypKinetic K)
{
  HypModel model = HypKineticGetModel(K);

  return (PetscBool)(HypSpaceTakesDegree(HypKineticGetSpace(K)) && HypKineticGetDimension(K) > 1 &&
                     HypModelFastest(model) > 2 * HypModelGamma(model));
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
*/
static PetscErrorCode CheckStable(const Search *s)
{
  PetscReal norm = 0;
  Vec       u, v;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(HypSpaceGetOne(HypKineticGetSpace(s->K)), &u));
  PetscCall(VecDuplicate(u, &v));
  PetscCall(VecSetRandom(u, NULL));
  for (PetscInt k = 0; k < 3;
       k++) { /* the power method for A^T A, whose leading value stands apart */
    PetscCall(VecNormalize(u, NULL));
    PetscCall(MatMult(s->image, u, v));
    PetscCall(VecNormalize(v, &norm));
    if (k < 2) PetscCall(MatMultTranspose(s->image, v, u));
  }
  if (s->inverts) norm *= s->parameter;
  PetscCall(VecDestroy(&u));
  PetscCall(VecDestroy(&v));
  PetscCheck(norm <= UNSTABLE, HypSpaceGetComm(HypKineticGetSpace(s->K)), PETSC_ERR_CONV_FAILED,
             "spectrum: this truncation is unstable: %s has the norm %.1e, and of a space that "
             "resolves eps it is of order 1; eps is too strong for this space: lower %s or "
             "epsilon_amplitude, or take space_type tensor with fv axes",
             s->inverts ? "sigma (sigma - G)^{-1}" : "exp(tau G)", (double)norm,
             HypSpaceTakesDegree(HypKineticGetSpace(s->K)) ? "space_degree"
                                                           : "axis_x_width, axis_v_width");
  PetscFunctionReturn(0);
}

/* Krylov-Schur for spaces and perturbations of any kind,
   from what a coarser space knows if there is one */
static PetscErrorCode SearchSpectrum(HypKinetic K, Mat G, PetscInt certain, HypSpace coarse,
                                     const HypSpectrum *known, HypSpectrum *spectrum)
{
  PetscBool       done  = PETSC_FALSE;
  const PetscReal gamma = HypModelGamma(HypKineticGetModel(K));
  Search          s = {.K = K, .G = G, .inverts = (PetscBool)(HypInvertible(K) && !TooManyNear(K))};

  PetscFunctionBeginUser;
  s.parameter = s.inverts ? 0.1 * gamma : 4 / gamma;
  PetscCall((s.inverts ? HypInverseCreate : HypExponentialCreate)(K, G, s.parameter, &s.image));
  if (HypModelPerturbed(HypKineticGetModel(K))) PetscCall(CheckStable(&s));
  if (known && known->n >= spectrum->n)
    PetscCall(SearchContinue(&s, coarse, known, spectrum->n, &done));
  if (!done) PetscCall(SearchRun(&s, certain, spectrum->n - certain));
  if (s.inverts) PetscCall(SearchPolish(&s));
  for (PetscInt k = 0; k < spectrum->n; k++) {
    spectrum->real[k] = s.values[k].real;
    spectrum->imag[k] = s.values[k].imag;
    PetscCall(Eigenfunction(&s, k, spectrum->vr[k], spectrum->vi[k]));
  }
  PetscCall(SearchDestroy(&s));
  PetscFunctionReturn(0);
}

/* Distance of each eigenvalue to the nearest one of a list */
static PetscErrorCode Distances(const HypSpectrum *s, PetscInt n, const PetscReal real[],
                                const PetscReal imag[], PetscReal **distance)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(*distance));
  PetscCall(PetscMalloc1(s->n, distance));
  for (PetscInt k = 0; k < s->n; k++) {
    (*distance)[k] = PETSC_INFINITY;
    for (PetscInt j = 0; j < n; j++)
      (*distance)[k] = PetscMin((*distance)[k], hypot(s->real[k] - real[j], s->imag[k] - imag[j]));
  }
  PetscFunctionReturn(0);
}

/* eps = 0: distances to the closed form;
   twice as many of its values, because discrete ones may have changed places */
static PetscErrorCode CompareExact(HypModel model, HypSpectrum *spectrum)
{
  const PetscInt n = 2 * spectrum->n + 40;
  PetscReal     *real, *imag;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &real, n, &imag));
  PetscCall(HypSpectrumExact(model, n, real, imag));
  PetscCall(Distances(spectrum, n, real, imag, &spectrum->exact));
  PetscCall(PetscFree2(real, imag));
  PetscFunctionReturn(0);
}

/*@
  HypSpectrumCompare - Error estimate:
  distance of each eigenvalue to the nearest one on another space

  Not collective

  Input Parameters:
+ spectrum - eigenvalues
- other    - those of the same problem at another resolution,
  a few more of them (HypSpaceCreateCoarser())

  Level: intermediate

  Note:
  Fills spectrum->refined, of length spectrum->n; NAN where the other space gave fewer eigenvalues.

.seealso: HypSpectrumCompute()
@*/
PetscErrorCode HypSpectrumCompare(HypSpectrum *spectrum, const HypSpectrum *other)
{
  PetscFunctionBeginUser;
  PetscCall(Distances(spectrum, other->n, other->real, other->imag, &spectrum->refined));
  for (PetscInt k = other->n; k < spectrum->n; k++)
    spectrum->refined[k] = NAN; /* nothing to compare with */
  PetscFunctionReturn(0);
}

/* `certain` of the `count` eigenvalues are the leading ones for certain */
static PetscErrorCode SpectrumCompute(HypKinetic K, PetscInt count, PetscInt certain,
                                      HypSpace coarse, const HypSpectrum *known,
                                      HypSpectrum *spectrum)
{
  const PetscBool quadratic = HypModelIsQuadratic(HypKineticGetModel(K));
  Mat             G, TL;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(spectrum, sizeof(*spectrum)));
  PetscCheck(count >= 1, HypSpaceGetComm(HypKineticGetSpace(K)), PETSC_ERR_ARG_OUTOFRANGE,
             "spectrum_count: %" PetscInt_FMT " given, at least 1 needed", count);
  PetscCheck(count <= HypSpaceGetSize(HypKineticGetSpace(K)) / 4,
             HypSpaceGetComm(HypKineticGetSpace(K)), PETSC_ERR_ARG_OUTOFRANGE,
             "spectrum_count: %" PetscInt_FMT " given, at most a quarter of the %" PetscInt_FMT
             " unknowns are meaningful; lower it or refine the space",
             count, HypSpaceGetSize(HypKineticGetSpace(K)));
  spectrum->n = spectrum->room = count;
  spectrum->gap                = NAN;
  PetscCall(
    PetscMalloc3(count, &spectrum->real, count, &spectrum->imag, count, &spectrum->residual));
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(K)), count, &spectrum->vr));
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(K)), count, &spectrum->vi));
  if (!quadratic || !HypSpaceTakesDegree(HypKineticGetSpace(K))) PetscCall(HypKineticDirect(K, &K));
  PetscCall(HypKineticCreateMat(K, HYP_GENERATOR, &G));
  if (HypSpaceTakesDegree(HypKineticGetSpace(K)) && quadratic) {
    PetscCall(HypKineticSparse(K, &TL));
    PetscCall(HypSpectrumDegrees(K, TL ? TL : G, spectrum));
  } else
    PetscCall(SearchSpectrum(K, G, certain, coarse, known, spectrum));
  for (PetscInt k = 0; k < spectrum->n; k++)
    PetscCall(Residual(G, spectrum->real[k], spectrum->imag[k], spectrum->vr[k], spectrum->vi[k],
                       &spectrum->residual[k]));
  PetscCheck(
    spectrum->real[0] <= 1e-3 * HypModelGamma(HypKineticGetModel(K)),
    HypSpaceGetComm(HypKineticGetSpace(K)), PETSC_ERR_CONV_FAILED,
    "spectrum: there is an eigenvalue with real part %g, which no generator has: eps is "
    "too strong for this space; lower %s or epsilon_amplitude, or take space_type tensor with fv "
    "axes",
    (double)spectrum->real[0],
    HypSpaceTakesDegree(HypKineticGetSpace(K)) ? "space_degree" : "axis_x_width, axis_v_width");
  if (spectrum->n > 1) spectrum->gap = -spectrum->real[1];
  if (quadratic) PetscCall(CompareExact(HypKineticGetModel(K), spectrum));
  PetscCall(MatDestroy(&G));
  PetscFunctionReturn(0);
}

/*@
  HypSpectrumCompute - Leading eigenvalues and eigenfunctions of G = -T + L + R

  Collective

  Input Parameters:
+ K     - the kinetic operator; assembled lets stiff tensor spaces be factorised
- count - how many, the zero one included; multiple ones are counted with multiplicity

  Output Parameter:
. spectrum - eigenvalues by decreasing real part, residuals, eigenfunctions, the gap;
  freed with HypSpectrumDestroy()

  Level: beginner

  Notes:
  spectrum->n is less than count on a simplex space with eps = 0 beyond which eigenvalues
  of higher degree may lead.
  For eps = 0 the distances to the closed-form spectrum are given in spectrum->exact;
  close to gamma = 2 omega0 eigenvalues far
  from 0 are ill-conditioned (their condition grows like ((2 w0 + gamma)/(2 w0 - gamma))^{degree/2})
  and those digits are lost in any arithmetic of this precision.
  Options of SLEPc have their usual names (-eps_...).

.seealso: HypSpectrumCompare(), HypSpectrumExact(), HypSteadyCompute(), HypPropagatorNorm()
@*/
PetscErrorCode HypSpectrumCompute(HypKinetic K, PetscInt count, HypSpectrum *spectrum)
{
  PetscFunctionBeginUser;
  PetscCall(SpectrumCompute(K, count, count, NULL, NULL, spectrum));
  PetscFunctionReturn(0);
}

/*@
  HypSpectrumComputeOnTwo - Leading eigenvalues with the estimate of their error
  from a coarser space

  Collective

  Input Parameters:
+ K       - the kinetic operator
. coarser - the same on a coarser space, HypSpaceCreateCoarser()
- count   - how many, the zero one included

  Output Parameters:
+ spectrum - as from HypSpectrumCompute(), with spectrum->refined
- coarse   - that of the coarser space, a few more eigenvalues; freed with HypSpectrumDestroy()

  Level: beginner

  Note:
  The coarser space is searched for all copies.  The finer one continues what was found there.

.seealso: HypSpectrumCompute(), HypSpectrumCompare()
@*/
PetscErrorCode HypSpectrumComputeOnTwo(HypKinetic K, HypKinetic coarser, PetscInt count,
                                       HypSpectrum *spectrum, HypSpectrum *coarse)
{
  const PetscInt more = PetscMin(count + 4, HypSpaceGetSize(HypKineticGetSpace(coarser)) / 4);

  PetscFunctionBeginUser;
  PetscCall(SpectrumCompute(coarser, more, PetscMin(count, more), NULL, NULL, coarse));
  PetscCall(SpectrumCompute(K, count, count, HypKineticGetSpace(coarser), coarse, spectrum));
  PetscCall(HypSpectrumCompare(spectrum, coarse));
  PetscFunctionReturn(0);
}

/*@
  HypSpectrumDestroy - Frees eigenvalues and eigenfunctions

  Collective

  Input Parameter:
. spectrum - what HypSpectrumCompute() filled

  Level: intermediate

.seealso: HypSpectrumCompute()
@*/
PetscErrorCode HypSpectrumDestroy(HypSpectrum *spectrum)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(spectrum->real, spectrum->imag, spectrum->residual));
  PetscCall(PetscFree(spectrum->exact));
  PetscCall(PetscFree(spectrum->refined));
  PetscCall(VecDestroyVecs(spectrum->room, &spectrum->vr));
  PetscCall(VecDestroyVecs(spectrum->room, &spectrum->vi));
  PetscFunctionReturn(0);
}
