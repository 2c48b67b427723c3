/* Gaussian initial data relative to M, in scaled coordinates. */
#include <hypoco/spaceimpl.h>
#include <petscblaslapack.h>

#define MOST 16 /* largest d */

typedef struct {
  PetscInt  n; /* 2d */
  PetscReal mean[2 * MOST];
  PetscReal inverse[4 * MOST * MOST]; /* S^{-1} */
  PetscReal logfactor;                /* -log det S / 2 */
  PetscReal period;                   /* of the circle that each X_i lives on; 0: a line */
} Gaussian;

/* N(m,S)/N(0,I): exponents are added before exp, or a far tail would be 0/0 */
static PetscReal Quotient(const Gaussian *g, const PetscReal z[])
{
  PetscReal exponent = g->logfactor;

  for (PetscInt i = 0; i < g->n; i++) {
    exponent += 0.5 * z[i] * z[i];
    for (PetscInt j = 0; j < g->n; j++)
      exponent -= 0.5 * (z[i] - g->mean[i]) * g->inverse[i * g->n + j] * (z[j] - g->mean[j]);
  }
  return PetscExpReal(exponent);
}

/* The same function relative to any M; on circles the sum over its images */
static PetscErrorCode GaussianEvaluate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  enum { IMAGES = 2 }; /* on each side; beyond, nothing is left of a function with S < I */
  const Gaussian *g   = (const Gaussian *)ctx;
  PetscInt        all = 1;
  PetscReal       image[6];

  PetscFunctionBeginUser;
  *u = 0;
  for (PetscInt i = 0; i < d && g->period > 0; i++) all *= 2 * IMAGES + 1;
  for (PetscInt k = 0; k < all; k++) {
    for (PetscInt i = 0, rest = k; i < 2 * d; i++) {
      image[i] = z[i];
      if (i >= d || all == 1) continue;
      image[i] += g->period * (PetscReal)(rest % (2 * IMAGES + 1) - IMAGES);
      rest /= 2 * IMAGES + 1;
    }
    *u += Quotient(g, image);
  }
  PetscFunctionReturn(0);
}

/* Smallest and largest eigenvalue of the symmetric S; inverse and log det by the way */
static PetscErrorCode GaussianFactor(PetscInt n, const PetscReal S[], Gaussian *g, PetscReal *least,
                                     PetscReal *most)
{
  PetscReal    vectors[4 * MOST * MOST], values[2 * MOST], work[64 * MOST];
  PetscBLASInt bn = (PetscBLASInt)n, lwork = 64 * MOST, info;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(vectors, S, n * n));
  PetscCallBLAS("LAPACKsyev",
                LAPACKsyev_("V", "U", &bn, vectors, &bn, values, work, &lwork, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK syev failed on the initial covariance");
  *least       = values[0];
  *most        = values[n - 1];
  g->n         = n;
  g->logfactor = 0;
  for (PetscInt k = 0; k < n; k++)
    g->logfactor -= 0.5 * PetscLogReal(PetscMax(values[k], PETSC_MIN_REAL));
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j < n; j++) {
      g->inverse[i * n + j] = 0;
      for (PetscInt k = 0; k < n; k++)
        g->inverse[i * n + j] += vectors[k * n + i] * vectors[k * n + j] / values[k];
    }
  }
  PetscFunctionReturn(0);
}

/*@
  HypSpaceGaussian - Coefficients of the Gaussian density N(m, S) relative to M

  Collective

  Input Parameters:
+ space - the space
. m     - mean in scaled coordinates, 2d numbers
- S     - covariance in scaled coordinates, 2d x 2d, symmetric positive definite

  Output Parameter:
. u - coefficients of N(m,S)/N(0,I)

  Level: intermediate

  Note:
  With a potential, u is the same function of (X, V), and g = M u; on a circle u is made periodic.
  u lies in L2(M) iff S < 2I.
  A simplex space and hermite axes refuse data outside;
  on a box of fv or fourier axes the norm is finite but depends on the box.
@*/
PetscErrorCode HypSpaceGaussian(HypSpace space, const PetscReal m[], const PetscReal S[], Vec u)
{
  const PetscInt  n   = 2 * HypModelDimension(space->model);
  const PetscBool box = space->box;
  Gaussian        g;
  PetscReal       least = 0, most = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j < i; j++) {
      PetscCheck(PetscAbsReal(S[i * n + j] - S[j * n + i]) <=
                   1e-12 * (PetscAbsReal(S[i * n + i]) + PetscAbsReal(S[j * n + j])),
                 space->comm, PETSC_ERR_ARG_OUTOFRANGE,
                 "initial_covariance: entries (%" PetscInt_FMT ",%" PetscInt_FMT
                 ") and (%" PetscInt_FMT ",%" PetscInt_FMT ") differ; the matrix must be symmetric",
                 i + 1, j + 1, j + 1, i + 1);
    }
  }
  PetscCall(GaussianFactor(n, S, &g, &least, &most));
  PetscCheck(least > 0, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_covariance: its smallest eigenvalue is %g, a positive definite matrix is "
             "needed (initial_type point is a point mass)",
             (double)least);
  PetscCheck(most < 2 || box, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_covariance: its largest eigenvalue is %g times that of M, below 2 needed: "
             "beyond, ||h||_* is infinite; narrow the "
             "data or use fv axes on a box",
             (double)most);
  g.period = HypSpaceGetPeriod(space);
  PetscCheck(g.period == 0 || most < 1, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_covariance: its largest eigenvalue is %g times that of M; on a circle below "
             "1 is needed, so that the start is a bump",
             (double)most);
  PetscCall(PetscArraycpy(g.mean, m, n));
  if (space->ops->gaussian)
    PetscCall(space->ops->gaussian(space, m, S, u));
  else
    PetscCall(HypSpaceProject(space, GaussianEvaluate, &g, u));
  PetscFunctionReturn(0);
}
