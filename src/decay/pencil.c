/*
   The slowest rate of paths, from averages of phi_i(z_s) phi_j(z_{s + t}) over paths and origins s,

       C_ij(t) = sum over modes of a_im b_jm e^{-lambda_m t}.

   With as many functions as there are modes, C(2t) v = e^{-lambda t} C(t) v has exactly the rates
   as eigenvalues, whatever the law of z_s and also where the operator is not self-adjoint.
   Of n functions the error is that of the first mode left out, e^{-(lambda_{n+1} - lambda) t}
   (Luescher and Wolff, Nucl. Phys. B 339, 1990; Blossier et al., JHEP 04, 2009, for pairs up to
   2t).  It falls with t while the sampling error grows.

   phi_0 = 1 is an eigenfunction of eigenvalue 1, and C_i0(t) does not depend on t: with the rows
   C_ij - C_i0/C_00 C_0j, which are covariances at t = 0, the pencil has the other eigenvalues.
   Modes that have died away by t are left out: with the functions made independent at t = 0, only
   singular values of C(t) above the noise of its entries are kept.  That may leave out too much
   where modes are far from orthogonal, and keeping all is blind where nearly all have died away:
   both are done.

   Pairs t and 2t are tried, one after the other.  With e the standard error by leaving out one
   block of paths after the other, the bar is

       1.96 e + |change from the two pairs before| + what others say beyond the error of the
       difference,

   others being pairs of the same or longer times, of both kinds, that know as much as a fifth; and
   the one with the smallest bar is taken.
*/
#include <hypoco/decay.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

#define MOST     16   /* functions, and lags */
#define SMALLEST 1e-6 /* eigenvalue of C(0), in units of the largest */
#define KNOWS    5    /* times the error that another pair may have */
#define FEWEST   8    /* blocks of paths */
#define SHORTEST 5    /* lags that have two pairs: 0, 1, 2, 3, 4 */
#define PAIRS    (2 * MOST)

typedef struct {
  const HypTransitions *data;
  PetscInt              n;                  /* functions that are independent */
  double                white[MOST * MOST]; /* [functions][n]: C(0) is 1 on them */
} Pencil;

/* C(lag k) on the independent functions, of the blocks first, ..., last - 1 but `out` */
static void Reduced(const Pencil *p, PetscInt k, PetscInt first, PetscInt last, PetscInt out,
                    double *to)
{
  const HypTransitions *d              = p->data;
  const PetscInt        m              = d->nfunctions;
  double                C[MOST * MOST] = {0}, half[MOST * MOST] = {0};

  for (PetscInt b = first; b < last; b++)
    for (PetscInt i = 0; i < m * m && b != out; i++) C[i] += d->sum[(b * d->nlags + k) * m * m + i];
  for (PetscInt i = 1; i < m; i++) {
    const double share = C[i * m] / C[0];

    for (PetscInt j = 0; j < m; j++) C[i * m + j] -= share * C[j];
    for (PetscInt a = 0; a < p->n; a++)
      for (PetscInt j = 1; j < m; j++) half[i * p->n + a] += C[i * m + j] * p->white[j * p->n + a];
  }
  for (PetscInt a = 0; a < p->n; a++)
    for (PetscInt c = 0; c < p->n; c++) {
      to[a * p->n + c] = 0;
      for (PetscInt i = 1; i < m; i++)
        to[a * p->n + c] += p->white[i * p->n + a] * half[i * p->n + c];
    }
}

/* white: V/sqrt(w) of C(0) = V w V^T, without the smallest w; row 0 is that of the constant */
static void Whiten(Pencil *p)
{
  const size_t               m = (size_t)p->data->nfunctions, n = m - 1;
  double                     one[MOST * MOST];
  gsl_matrix                *V    = gsl_matrix_alloc(n, n);
  gsl_vector                *w    = gsl_vector_alloc(n);
  gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
  gsl_matrix_view            C    = gsl_matrix_view_array(one, n, n);

  p->n = (PetscInt)n;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) p->white[i * n + j] = i == j + 1;
  Reduced(p, 0, 0, p->data->nblocks, -1, one);
  gsl_eigen_symmv(&C.matrix, w, V, work);
  gsl_eigen_symmv_sort(w, V, GSL_EIGEN_SORT_VAL_DESC);
  for (p->n = 0; p->n < (PetscInt)n; p->n++)
    if (!(gsl_vector_get(w, (size_t)p->n) > SMALLEST * gsl_vector_get(w, 0))) break;
  for (size_t i = 0; i < n; i++)
    for (PetscInt a = 0; a < p->n; a++)
      p->white[((PetscInt)i + 1) * p->n + a] =
        gsl_matrix_get(V, i, (size_t)a) / sqrt(gsl_vector_get(w, (size_t)a));
  gsl_eigen_symmv_free(work);
  gsl_vector_free(w);
  gsl_matrix_free(V);
}

/* Root mean square of the standard errors of the entries of C(lag k), times sqrt(n): about the
   largest singular value of noise alone */
static PetscReal Noise(const Pencil *p, PetscInt k)
{
  const PetscInt B = p->data->nblocks, size = p->n * p->n;
  double         all[MOST * MOST], one[MOST * MOST];
  PetscReal      square = 0;

  Reduced(p, k, 0, B, -1, all);
  for (PetscInt b = 0; b < B; b++) {
    Reduced(p, k, 0, B, b, one);
    for (PetscInt i = 0; i < size; i++)
      square += PetscSqr(one[i] * (PetscReal)B / (PetscReal)(B - 1) - all[i]);
  }
  return PetscSqrtReal(square * (PetscReal)(B - 1) / (PetscReal)B / (PetscReal)p->n);
}

/* Eigenvalues of C(lag k)^{-1} C(lag twice) without block `out` on the kept singular vectors of
   C(lag k): those above the noise, or *kept of them if it is not 0.
   How many; 0 if there are none */
static size_t Eigenvalues(const Pencil *p, PetscInt k, PetscInt twice, PetscInt out, size_t *kept,
                          double mu[])
{
  const size_t    n     = (size_t)p->n;
  const PetscReal noise = *kept ? 0 : Noise(p, k);
  double a[MOST * MOST], b[MOST * MOST], v[MOST * MOST], s[MOST], work[MOST], small[MOST * MOST];
  gsl_matrix_view U = gsl_matrix_view_array(a, n, n), V = gsl_matrix_view_array(v, n, n);
  gsl_vector_view S = gsl_vector_view_array(s, n), W = gsl_vector_view_array(work, n);
  size_t          r = 0;
  int             failed;

  Reduced(p, k, 0, p->data->nblocks, out, a);
  Reduced(p, twice, 0, p->data->nblocks, out, b);
  if (gsl_linalg_SV_decomp(&U.matrix, &V.matrix, &S.vector, &W.vector)) return 0;
  if (!*kept)
    while (*kept < n && s[*kept] > noise) ++*kept;
  r = *kept;
  if (!r || !(s[r - 1] > 0)) return 0;
  for (size_t i = 0; i < r; i++)
    for (size_t j = 0; j < r; j++) {
      small[i * r + j] = 0;
      for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++)
          small[i * r + j] += a[x * n + i] * b[x * n + y] * v[y * n + j] / s[i];
    }
  gsl_matrix_view              M     = gsl_matrix_view_array(small, r, r);
  gsl_eigen_nonsymm_workspace *eigen = gsl_eigen_nonsymm_alloc(r);
  gsl_vector_complex          *found = gsl_vector_complex_alloc(r);

  failed = gsl_eigen_nonsymm(&M.matrix, found, eigen);
  for (size_t i = 0; i < r && !failed; i++) {
    const gsl_complex one = gsl_vector_complex_get(found, i);

    mu[2 * i]     = GSL_REAL(one);
    mu[2 * i + 1] = GSL_IMAG(one);
  }
  gsl_vector_complex_free(found);
  gsl_eigen_nonsymm_free(eigen);
  return failed ? 0 : r;
}

/* Rate of the largest eigenvalue, or of the one nearest to `near` */
static PetscBool Leading(const Pencil *p, PetscInt k, PetscInt twice, PetscInt out, size_t *kept,
                         const double near[2], PetscReal *rate, double found[2])
{
  double       mu[2 * MOST], best = INFINITY;
  const size_t n = Eigenvalues(p, k, twice, out, kept, mu);

  for (size_t i = 0; i < n; i++) {
    const double size  = hypot(mu[2 * i], mu[2 * i + 1]),
                 merit = near ? hypot(mu[2 * i] - near[0], mu[2 * i + 1] - near[1]) : -size;

    if (!isless(merit, best) || !(size > 0)) continue;
    best     = merit;
    *rate    = -log(size) / (p->data->lag[twice] - p->data->lag[k]);
    found[0] = mu[2 * i];
    found[1] = mu[2 * i + 1];
  }
  return isfinite(best) ? PETSC_TRUE : PETSC_FALSE;
}

/* One pair of lags: the rate, and the rates without each block; kept 0: above the noise */
static PetscBool Estimate(const Pencil *p, PetscInt k, PetscInt twice, size_t kept, HypFit *fit,
                          PetscReal without[])
{
  double mu[2], other[2];

  if (!Leading(p, k, twice, -1, &kept, NULL, &fit->rate, mu)) return PETSC_FALSE;
  for (PetscInt b = 0; b < p->data->nblocks; b++)
    if (!Leading(p, k, twice, b, &kept, mu, &without[b], other)) return PETSC_FALSE;
  fit->from      = p->data->lag[k];
  fit->to        = p->data->lag[twice];
  fit->frequency = PetscAbsReal(atan2(mu[1], mu[0])) / (fit->to - fit->from);
  fit->form      = mu[1] != 0 ? HYP_FIT_OSCILLATING : HYP_FIT_EXPONENTIAL;
  return PETSC_TRUE;
}

/* Standard error of a - b from what they are without each block; b NULL: of a */
static PetscReal Jackknife(PetscInt n, const PetscReal a[], const PetscReal b[])
{
  PetscReal mean = 0, square = 0;

  for (PetscInt i = 0; i < n; i++) mean += (a[i] - (b ? b[i] : 0)) / (PetscReal)n;
  for (PetscInt i = 0; i < n; i++) square += PetscSqr(a[i] - (b ? b[i] : 0) - mean);
  return PetscSqrtReal(square * (PetscReal)(n - 1) / (PetscReal)n);
}

/* The pair with the smallest bar.  The first `all` keep all singular values */
static void Choose(PetscInt all, PetscInt count, PetscInt nblocks, HypFit pairs[],
                   const PetscReal *without, HypFit *fit)
{
  PetscReal e[PAIRS];

  for (PetscInt k = 0; k < count; k++) e[k] = Jackknife(nblocks, without + k * nblocks, NULL);
  for (PetscInt k = 1; k < count; k++) {
    PetscReal others = 0, change = PetscAbsReal(pairs[k].rate - pairs[k - 1].rate);

    if (k == all) continue;
    if (k > 1 && k - 1 != all)
      change = PetscMax(change, PetscAbsReal(pairs[k].rate - pairs[k - 2].rate));
    for (PetscInt j = 0; j < count; j++)
      if (j != k && pairs[j].from >= pairs[k].from && e[j] <= KNOWS * e[k])
        others =
          PetscMax(others, PetscAbsReal(pairs[j].rate - pairs[k].rate) -
                             Jackknife(nblocks, without + j * nblocks, without + k * nblocks));
    pairs[k].error = 1.96 * e[k] + change + others;
    if (isless(pairs[k].error, fit->error)) *fit = pairs[k];
  }
}

/*@
  HypFitTransitions - The slowest rate of a Markov process from what its paths do between two times

  Not collective

  Input Parameter:
. data - averages of products of functions at two times, for several lags, in blocks of paths

  Output Parameter:
. fit - rate, half-width of its 95 % interval, frequency; from and to are the two lags;
        form HYP_FIT_NONE where nothing was measured, and `reason` why

  Level: intermediate

  Notes:
  The slowest of all modes, where HypFitMean() sees those of one start and one observable.

.seealso: HypFitMean(), HypSampleSlowest()
@*/
PetscErrorCode HypFitTransitions(const HypTransitions *data, HypFit *fit)
{
  const PetscInt       B       = data->nblocks;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  Pencil               pencil  = {.data = data};
  HypFit               pairs[PAIRS];
  PetscReal           *without;
  PetscInt             count = 0, all = 0;

  PetscFunctionBeginUser;
  PetscCheck(data->nfunctions <= MOST && data->nlags <= MOST, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "at most %d functions and lags", MOST);
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->error  = INFINITY;
  fit->reason = B < FEWEST || data->nlags < SHORTEST
                  ? "7 output times and 8 blocks of at most 64 paths needed"
                  : "paths show no rate between two times";
  PetscCall(PetscMalloc1(2 * data->nlags * B, &without));
  if (B >= FEWEST && data->nlags >= SHORTEST) Whiten(&pencil);
  for (int noisy = 1; noisy >= 0 && pencil.n > 0; noisy--) {
    for (PetscInt k = 1; k < data->nlags; k++)
      for (PetscInt j = k + 1; j < data->nlags; j++) {
        if (PetscAbsReal(data->lag[j] / data->lag[k] - 2) > 1e-9) continue;
        pairs[count] = (HypFit){.form = HYP_FIT_NONE};
        count +=
          Estimate(&pencil, k, j, noisy ? (size_t)pencil.n : 0, &pairs[count], without + count * B);
      }
    if (noisy) all = count;
  }
  Choose(all, count, B, pairs, without, fit);
  if (isfinite(fit->error)) fit->reason = NULL;
  if (isfinite(fit->error) && !(fit->error <= fit->rate / 2)) {
    fit->form   = HYP_FIT_NONE;
    fit->reason = "the bar is more than half of the rate: more paths or a longer time needed";
  }
  if (fit->form == HYP_FIT_NONE) fit->rate = fit->error = NAN;
  PetscCall(PetscFree(without));
  gsl_set_error_handler(handler);
  PetscFunctionReturn(0);
}
