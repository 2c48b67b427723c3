/*
   Leading eigenvalues of G = -T + L + R, those of largest real part.

   An invariant subspace by SLEPc's Krylov-Schur method, with one of two transformations:

     (sigma - G)^{-1}  where it can be had (transform.c); sigma > 0 small, for 0 is an eigenvalue
     exp(tau G)        matrix-free tensor spaces: they are stiff; needs products only, and maps leading to large

   A Krylov space grown from one vector sees each multiple eigenvalue once; other copies appear through rounding only.  So
   the search is repeated on the complement of what was found, until nothing new there is among the leading ones.  Then
   Q^T G Q on the collected orthonormal basis Q gives eigenvalues and eigenfunctions (LAPACK), and residuals are computed.
*/
#include "spectrum/transform.h"
#include <petscblaslapack.h>
#include <slepceps.h>

typedef enum { INVERT, EXPONENTIATE } Transformation;

typedef struct {
  HypKinetic     K;
  Mat            G;
  Transformation kind;
  Mat            image;     /* what is iterated */
  PetscReal      parameter; /* tau or sigma */
  PetscInt       n;
  Vec           *Q;       /* orthonormal basis of the subspace so far */
  PetscReal     *re, *im; /* eigenvalues of Q^T G Q, leading first */
  PetscScalar   *z;       /* its eigenvectors, LAPACK's real packing, columns in LAPACK's order */
  PetscInt      *order;   /* leading first -> LAPACK's index */
} Search;

/* The eigenvalue solver for `wanted` eigenvalues in the complement of s->Q */
static PetscErrorCode SearchSolver(Search *s, PetscInt wanted, PetscReal tolerance, EPS *eps)
{
  const PetscInt n = s->K->space->n;

  PetscFunctionBeginUser;
  wanted = PetscMin(wanted, n - s->n);
  PetscCall(EPSCreate(s->K->space->comm, eps));
  PetscCall(EPSSetOperators(*eps, s->image, NULL));
  PetscCall(EPSSetProblemType(*eps, EPS_NHEP));
  PetscCall(EPSSetType(*eps, EPSKRYLOVSCHUR));
  PetscCall(EPSSetDimensions(*eps, wanted, PetscMin(n, 2 * wanted + 16), PETSC_DEFAULT));
  PetscCall(EPSSetTolerances(*eps, tolerance, 5000));
  PetscCall(EPSSetConvergenceTest(*eps, s->kind == EXPONENTIATE ? EPS_CONV_ABS : EPS_CONV_REL));
  PetscCall(EPSSetWhichEigenpairs(*eps, EPS_LARGEST_MAGNITUDE));
  PetscCall(EPSSetFromOptions(*eps));
  if (s->n) PetscCall(EPSSetDeflationSpace(*eps, s->n, s->Q));
  PetscFunctionReturn(0);
}

/* Adds the invariant subspace of `wanted` more eigenvalues to Q */
static PetscErrorCode SearchExtend(Search *s, PetscInt wanted)
{
  EPS      eps;
  PetscInt converged;
  Vec     *all;

  PetscFunctionBeginUser;
  PetscCall(SearchSolver(s, wanted, s->kind == EXPONENTIATE ? 1e-11 : 1e-13, &eps));
  PetscCall(EPSSolve(eps));
  PetscCall(EPSGetConverged(eps, &converged));
  PetscCheck(converged > 0, s->K->space->comm, PETSC_ERR_NOT_CONVERGED,
             "spectrum: no eigenvalue converged; raise -eps_ncv or -eps_max_it, or lower spectrum_count");
  PetscCall(VecDuplicateVecs(s->K->space->one, s->n + converged, &all));
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
  EPS         eps;

  PetscFunctionBeginUser;
  PetscCall(SearchSolver(s, 1, 1e-4, &eps));
  PetscCall(EPSSolve(eps));
  PetscCall(EPSGetEigenvalue(eps, 0, &re, &im));
  PetscCall(EPSDestroy(&eps));
  /* mu = 1/(sigma - lambda), exp(tau lambda) or lambda */
  if (s->kind == INVERT)
    *real = s->parameter - re / (re * re + im * im);
  else
    *real = PetscLogReal(PetscSqrtReal(re * re + im * im)) / s->parameter;
  PetscFunctionReturn(0);
}

static const Search *sorting;

/* By decreasing real part; equal real parts by the imaginary part's size, a conjugate pair with + first */
static int Leading(const void *a, const void *b)
{
  const PetscInt  p = *(const PetscInt *)a, q = *(const PetscInt *)b;
  const PetscReal dr = sorting->re[q] - sorting->re[p], di = PetscAbsReal(sorting->im[p]) - PetscAbsReal(sorting->im[q]),
                  scale = 1e-9 * (1 + PetscAbsReal(sorting->re[p]));

  if (PetscAbsReal(dr) > scale) return dr > 0 ? 1 : -1;
  if (PetscAbsReal(di) > scale) return di > 0 ? 1 : -1;
  return (sorting->im[p] < sorting->im[q]) - (sorting->im[p] > sorting->im[q]);
}

/* Eigenvalues of Q^T G Q */
static PetscErrorCode SearchProject(Search *s)
{
  PetscBLASInt n, lwork, info;
  PetscScalar *B, *work, none;
  Vec          w;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(s->n, &n));
  lwork = 8 * n;
  PetscCall(PetscFree4(s->re, s->im, s->z, s->order));
  PetscCall(PetscMalloc4(n, &s->re, n, &s->im, n * n, &s->z, n, &s->order));
  PetscCall(PetscMalloc2(n * n, &B, lwork, &work));
  PetscCall(VecDuplicate(s->Q[0], &w));
  for (PetscInt j = 0; j < n; j++) {
    PetscCall(MatMult(s->G, s->Q[j], w));
    PetscCall(VecMDot(w, n, s->Q, B + j * n));
  }
  PetscCallBLAS("LAPACKgeev", LAPACKgeev_("N", "V", &n, B, &n, s->re, s->im, &none, &n, s->z, &n, work, &lwork, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK geev failed on the projected generator");
  for (PetscInt k = 0; k < n; k++) s->order[k] = k;
  sorting = s;
  qsort(s->order, (size_t)n, sizeof(*s->order), Leading);
  PetscCall(VecDestroy(&w));
  PetscCall(PetscFree2(B, work));
  PetscFunctionReturn(0);
}

/*
   Shift-invert finds the eigenvalues nearest to sigma, not the leading ones: an eigenvalue with real part -c may lie as far
   out as c omega0/(gamma/2) along the imaginary axis (exactly so for eps = 0).  Everything nearer must have been found.
*/
static PetscBool SearchCovers(const Search *s, PetscInt count)
{
  HypModel  model  = s->K->space->model;
  PetscReal radius = 0, cut;

  if (s->kind != INVERT) return PETSC_TRUE;
  for (PetscInt k = 0; k < s->n; k++) radius = PetscMax(radius, PetscSqrtReal(PetscSqr(s->re[k]) + PetscSqr(s->im[k])));
  cut = -s->re[s->order[PetscMin(count, s->n) - 1]];
  return radius >= PetscMin(PetscMax(1, 2 * model->omega0 / model->gamma), 4) * cut ? PETSC_TRUE : PETSC_FALSE;
}

/* Q until it certainly holds the `count` leading eigenvalues with all their copies */
static PetscErrorCode SearchRun(Search *s, PetscInt count)
{
  const PetscInt wanted = count + 2;

  PetscFunctionBeginUser;
  PetscCall(SearchExtend(s, s->kind == INVERT ? 2 * wanted : wanted));
  PetscCall(SearchProject(s));
  for (PetscInt rounds = 0; rounds < 60 && s->n < s->K->space->n; rounds++) {
    const PetscReal cut  = s->n < count ? -PETSC_INFINITY : s->re[s->order[count - 1]];
    PetscReal       next = 0;

    if (SearchCovers(s, count)) {
      PetscCall(SearchProbe(s, &next));
      if (next <= cut + 1e-3 * PetscAbsReal(cut)) break; /* further copies of the last one are not asked for */
    }
    PetscCall(SearchExtend(s, SearchCovers(s, count) ? PetscMin(wanted, 4) : wanted));
    PetscCall(SearchProject(s));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SearchDestroy(Search *s)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroyVecs(s->n, &s->Q));
  PetscCall(PetscFree4(s->re, s->im, s->z, s->order));
  PetscCall(MatDestroy(&s->image));
  PetscCall(MatDestroy(&s->G));
  PetscFunctionReturn(0);
}

/* u = Q z for the k-th leading eigenvalue */
static PetscErrorCode Eigenfunction(const Search *s, PetscInt k, Vec vr, Vec vi)
{
  const PetscInt j = s->order[k], first = s->im[j] < 0 ? j - 1 : j; /* LAPACK packs a pair as re, im in columns first, first + 1 */

  PetscFunctionBeginUser;
  PetscCall(VecSet(vr, 0));
  PetscCall(VecSet(vi, 0));
  PetscCall(VecMAXPY(vr, s->n, s->z + first * s->n, s->Q));
  if (s->im[j] != 0) {
    PetscCall(VecMAXPY(vi, s->n, s->z + (first + 1) * s->n, s->Q));
    if (s->im[j] < 0) PetscCall(VecScale(vi, -1));
  }
  PetscFunctionReturn(0);
}

/* ||G u - lambda u||/||u||, u = vr + i vi */
static PetscErrorCode Residual(Mat G, PetscReal re, PetscReal im, Vec vr, Vec vi, PetscReal *residual)
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

/*@
  HypSpectrumCompute - Leading eigenvalues and eigenfunctions of G = -T + L + R

  Collective

  Input Parameters:
+ K     - the kinetic operator; assembled lets stiff tensor spaces be factorised
- count - how many, the zero one included; multiple ones are counted with multiplicity

  Output Parameter:
. spectrum - eigenvalues by decreasing real part, residuals, eigenfunctions, the gap; freed with HypSpectrumDestroy()

  Level: beginner

  Notes:
  For eps = 0 the distances to the closed-form spectrum are given as well; close to gamma = 2 omega0 eigenvalues far from 0
  are ill-conditioned (their condition grows like ((2 w0 + gamma)/(2 w0 - gamma))^{degree/2}) and those digits are lost in
  any arithmetic of this precision.  Options of SLEPc have their usual names (-eps_...).

.seealso: HypSpectrumExact(), HypSteadyCompute(), HypPropagatorNorm()
@*/
PetscErrorCode HypSpectrumCompute(HypKinetic K, PetscInt count, HypSpectrum *spectrum)
{
  const PetscReal gamma = K->space->model->gamma;
  Search          s     = {.K = K};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(spectrum, sizeof(*spectrum)));
  PetscCheck(count >= 1, K->space->comm, PETSC_ERR_ARG_OUTOFRANGE, "spectrum_count: %" PetscInt_FMT " given, at least 1 needed", count);
  PetscCheck(count <= K->space->n / 4, K->space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "spectrum_count: %" PetscInt_FMT " given, at most a quarter of the %" PetscInt_FMT
             " unknowns are meaningful; lower it or refine the space",
             count, K->space->n);
  s.kind = HypInvertible(K) ? INVERT : EXPONENTIATE;
  PetscCall(HypKineticCreateMat(K, HYP_GENERATOR, &s.G));
  if (s.kind == INVERT) {
    s.parameter = 0.1 * gamma;
    PetscCall(HypInverseCreate(K, s.G, s.parameter, &s.image));
  } else {
    s.parameter = 4 / gamma;
    PetscCall(HypExponentialCreate(K, s.G, s.parameter, &s.image));
  }
  PetscCall(SearchRun(&s, count));
  count       = PetscMin(count, s.n);
  spectrum->n = count;
  PetscCall(PetscMalloc3(count, &spectrum->real, count, &spectrum->imag, count, &spectrum->residual));
  PetscCall(VecDuplicateVecs(K->space->one, count, &spectrum->vr));
  PetscCall(VecDuplicateVecs(K->space->one, count, &spectrum->vi));
  for (PetscInt k = 0; k < count; k++) {
    spectrum->real[k] = s.re[s.order[k]];
    spectrum->imag[k] = s.im[s.order[k]];
    PetscCall(Eigenfunction(&s, k, spectrum->vr[k], spectrum->vi[k]));
    PetscCall(Residual(s.G, spectrum->real[k], spectrum->imag[k], spectrum->vr[k], spectrum->vi[k], &spectrum->residual[k]));
  }
  if (count > 1) spectrum->gap = -spectrum->real[1];
  PetscCall(SearchDestroy(&s));
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
  PetscCall(VecDestroyVecs(spectrum->n, &spectrum->vr));
  PetscCall(VecDestroyVecs(spectrum->n, &spectrum->vi));
  PetscFunctionReturn(0);
}
