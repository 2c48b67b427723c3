/*
   Leading eigenvalues of G = -T + L + R, those of largest real part.

   Simplex spaces with eps = 0: degree by degree (degrees.c).
   All others: an invariant subspace (invariant.c), or its continuation from a coarser space
   (continue.c), on which eigenvalues and eigenfunctions are LAPACK's, and residuals are computed.
*/
#include "spectrum/invariant.h"
#include "spectrum/transform.h"

#define LOST 3 /* times the bar where eigenfunctions do not lead to those of a finer space */

/* u = Q z for the k-th leading eigenvalue */
static PetscErrorCode Eigenfunction(const HypInvariant *s, PetscInt k, Vec vr, Vec vi)
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
   With another Gaussian than M what GMRES begins with leaves a large force.
   eps = 3 theta_i, d = 2, N = 16, space_reference auto: 50 s, and 2.7 s.
*/
static PetscBool BetterExponential(HypKinetic K)
{
  const HypModel  model   = HypKineticGetModel(K);
  const PetscReal fastest = HypModelFastest(model);

  if (!HypSpaceTakesDegree(HypKineticGetSpace(K)) || HypKineticGetDimension(K) == 1)
    return PETSC_FALSE;
  return (PetscBool)(HypModelHasReference(model) || fastest > 2 * HypModelGamma(model));
}

/* The largest frequency: w_i with the Gaussian, w_i sqrt(E W'') along a potential, where
   E W'' = E W'^2 = ||a_X^T 1||^2 */
static PetscErrorCode Fastest(HypKinetic K, PetscReal *fastest)
{
  const HypModel model = HypKineticGetModel(K);
  Vec            work;

  PetscFunctionBeginUser;
  *fastest = HypModelFastest(model);
  if (!HypModelHasPotential(model)) PetscFunctionReturn(0);
  PetscCall(HypSpaceCreateVec(HypKineticGetSpace(K), &work));
  for (PetscInt i = 0; i < HypKineticGetDimension(K); i++) {
    PetscReal norm;

    PetscCall(
      MatMultTranspose(HypKineticDerivative(K, i), HypSpaceGetOne(HypKineticGetSpace(K)), work));
    PetscCall(VecNorm(work, NORM_2, &norm));
    *fastest = PetscMax(*fastest, HypModelCoordinate(model, i).omega * norm);
  }
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/* Krylov-Schur for spaces and perturbations of any kind,
   from what a coarser space knows if there is one */
static PetscErrorCode SearchSpectrum(HypKinetic K, Mat G, PetscInt certain, HypSpace coarse,
                                     const HypSpectrum *known, HypSpectrum *spectrum)
{
  PetscBool       done  = PETSC_FALSE, direct;
  const PetscReal gamma = HypModelGamma(HypKineticGetModel(K));
  HypInvariant    s     = {
           .K = K, .G = G, .inverts = (PetscBool)(HypInvertible(K) && !BetterExponential(K))};

  PetscFunctionBeginUser;
  s.parameter = s.inverts ? 0.1 * gamma : 4 / gamma;
  PetscCall(Fastest(K, &s.fastest));
  PetscCall((s.inverts ? HypInverseCreate : HypExponentialCreate)(K, G, s.parameter, &s.image));
  PetscCall(HypInverseIsDirect(s.image, &direct));
  s.iterates = (PetscBool)(s.inverts && !direct);
  if (HypModelPerturbed(HypKineticGetModel(K))) PetscCall(HypInvariantCheckStable(&s));
  if (known && known->n >= spectrum->n)
    PetscCall(HypInvariantContinue(&s, coarse, known, spectrum->n, &done));
  if (!done) PetscCall(HypInvariantRun(&s, certain, spectrum->n - certain));
  if (s.inverts && !(s.iterates && done))
    PetscCall(HypInvariantPolish(&s)); /* followed to the end */
  for (PetscInt k = 0; k < spectrum->n; k++) {
    spectrum->real[k] = s.values[k].real;
    spectrum->imag[k] = s.values[k].imag;
    PetscCall(Eigenfunction(&s, k, spectrum->vr[k], spectrum->vi[k]));
  }
  PetscCall(HypInvariantDestroy(&s));
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
  Vec            *vr, *vi;

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
  spectrum->gap = spectrum->steady = NAN;
  PetscCall(
    PetscMalloc3(count, &spectrum->real, count, &spectrum->imag, count, &spectrum->residual));
  /* PETSc leaves an array of no vectors where one of them finds no memory */
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(K)), count, &vr));
  spectrum->vr = vr;
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(K)), count, &vi));
  spectrum->vi = vi;
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
  PetscCheck(spectrum->real[0] <= 1e-3 * HypModelGamma(HypKineticGetModel(K)),
             HypSpaceGetComm(HypKineticGetSpace(K)), PETSC_ERR_CONV_FAILED,
             "spectrum: there is an eigenvalue with real part %g, which no generator has: %s is "
             "too strong for this space: %s",
             (double)spectrum->real[0], HypModelSuspect(HypKineticGetModel(K)),
             HypSpaceGetRelief(HypKineticGetSpace(K)));
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

/* The error bars from a coarser space than coarser, if that is large enough to mean anything */
static PetscErrorCode BarsFromCoarser(HypSpace fine, HypKinetic coarser, HypSpectrum *spectrum,
                                      const HypSpectrum *whole, const HypSpectrum *coarse)
{
  const PetscInt least = 60;
  HypSpectrum    coarsest;
  HypKinetic     K;
  HypSpace       space;
  PetscInt       count;

  PetscFunctionBeginUser;
  if (HypSpaceGetSize(HypKineticGetSpace(coarser)) < 3 * least) {
    PetscCall(HypSpectrumErrors(fine, spectrum, whole, coarse, NULL, NULL));
    PetscFunctionReturn(0);
  }
  PetscCall(HypKineticCreateCoarser(coarser, &space, &K));
  count = PetscMin(coarse->n + 4, HypSpaceGetSize(space) / 4);
  PetscCall(SpectrumCompute(K, count, PetscMin(coarse->n, count), NULL, NULL, &coarsest));
  PetscCall(HypSpectrumErrors(fine, spectrum, whole, coarse, &coarsest, NULL));
  PetscCall(HypSpectrumExtrapolate((const HypSpace[]){fine, HypKineticGetSpace(coarser), space},
                                   spectrum, coarse, &coarsest));
  PetscCall(HypSpectrumDestroy(&coarsest));
  PetscCall(HypKineticDestroy(&K));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/* On the coarser space with the tables as they are */
static PetscErrorCode SpectrumWhole(HypKinetic K, PetscInt more, PetscInt certain,
                                    HypSpectrum *whole)
{
  HypSpace   space;
  HypKinetic coarser;

  PetscFunctionBeginUser;
  PetscCall(HypKineticCreateCoarserWith(K, HypKineticGetModel(K), &space, &coarser));
  PetscCall(SpectrumCompute(coarser, more, certain, NULL, NULL, whole));
  PetscCall(HypKineticDestroy(&coarser));
  PetscCall(HypSpaceDestroy(&space));
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
+ spectrum - as from HypSpectrumCompute(), with spectrum->refined and spectrum->error
- coarse   - that of the coarser space, a few more eigenvalues; freed with HypSpectrumDestroy()

  Level: beginner

  Note:
  The coarser space is searched for all copies.  The finer one continues what was found there.
  A third space, finer where that costs little (finer.c) and coarser still elsewhere, tells how
  far the eigenvalues are from their limit (errorbar.c).
  Where tables are thinned on the coarser space (HypSpectrumCoarsen()), what that moves and what
  the coarser space moves are added without sign.

.seealso: HypSpectrumCompute(), HypSpectrumCompare()
@*/
PetscErrorCode HypSpectrumComputeOnTwo(HypKinetic K, HypKinetic coarser, PetscInt count,
                                       HypSpectrum *spectrum, HypSpectrum *coarse)
{
  const PetscInt  more    = PetscMin(count + 4, HypSpaceGetSize(HypKineticGetSpace(coarser)) / 4);
  const PetscBool thinned = (PetscBool)(HypKineticGetModel(coarser) != HypKineticGetModel(K));
  PetscBool       followed, lost;
  HypSpectrum     whole, finer;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCompute(coarser, more, PetscMin(count, more), NULL, NULL, coarse));
  PetscCall(SpectrumCompute(K, count, count, HypKineticGetSpace(coarser), coarse, spectrum));
  if (thinned)
    PetscCall(SpectrumWhole(K, more, PetscMin(count, more), &whole));
  else
    whole = *coarse;
  PetscCall(HypSteadyDistance(HypKineticGetSpace(K), spectrum->vr[0], HypKineticGetSpace(coarser),
                              coarse->vr[0], &spectrum->steady, &spectrum->source));
  PetscCall(HypSpectrumCompare(spectrum, &whole));
  PetscCall(HypSpectrumFiner(K, spectrum, &finer, &followed, &lost));
  if (followed)
    PetscCall(HypSpectrumErrors(HypKineticGetSpace(K), spectrum, &whole, coarse, NULL, &finer));
  else
    PetscCall(BarsFromCoarser(HypKineticGetSpace(K), coarser, spectrum, &whole, coarse));
  for (PetscInt k = 1; lost && k < spectrum->n; k++) spectrum->error[k] *= LOST;
  PetscCall(HypSpectrumDestroy(&finer));
  if (thinned) PetscCall(HypSpectrumDestroy(&whole));
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
  PetscCall(PetscFree(spectrum->error));
  PetscCall(PetscFree(spectrum->limit));
  PetscCall(PetscFree(spectrum->tables));
  PetscCall(PetscFree(spectrum->share));
  PetscCall(VecDestroyVecs(spectrum->room, &spectrum->vr));
  PetscCall(VecDestroyVecs(spectrum->room, &spectrum->vi));
  PetscFunctionReturn(0);
}
