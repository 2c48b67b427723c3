/*
   Errors of a mean over paths at different times belong together: a path that is too far to the
   right stays there for a while.  Of few blocks of paths the whole covariance is not known, but the
   state of a kinetic equation is (theta, y) and forgets its past: given the last few errors, the
   next one is

       e_k = sum_j past_kj e_{k-1-j} + sigma_k times a new error,

   and these regressions over the blocks give the inverse of the covariance (antedependence;
   Pourahmadi, Joint mean-covariance models, Biometrika 86, 1999).
*/
#include "decay/modes.h"
#include <math.h>

/* past_k and sigma_k of the window's time k, which is the series' time first + k:
   the errors of the mean of nblocks blocks */
static void Regress(HypModes *m, const HypMeans *means, PetscInt first, PetscInt k)
{
  const int       p = (int)PetscMin(k, HYP_MODES_LAGS);
  const PetscReal B = (PetscReal)means->nblocks, dof = B - 1 - p;
  PetscReal       A[HYP_MODES_LAGS][HYP_MODES_LAGS + 1] = {{0}}, right[HYP_MODES_LAGS], sum = 0,
                                               total = 0, *past = m->past[k];

  for (PetscInt b = 0; b < means->nblocks; b++) total += means->paths[b];
  for (PetscInt b = 0; b < means->nblocks; b++) {
    const PetscReal weight = PetscSqrtReal(means->paths[b] * B / total);
    PetscReal       e[HYP_MODES_LAGS + 1];

    for (int j = 0; j <= p; j++)
      e[j] = weight * (means->block[b * means->n + first + k - j] - means->y[first + k - j]);
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < p; j++) A[i][j] += e[i + 1] * e[j + 1];
      A[i][p] += e[i + 1] * e[0];
    }
    sum += e[0] * e[0];
  }
  for (int i = 0; i < p; i++) {
    right[i] = A[i][p];
    A[i][i] *= 1 + 1e-9; /* errors may be the same to rounding */
  }
  for (int i = 0; i < p; i++)
    for (int r = i + 1; r < p; r++) {
      const PetscReal f = A[i][i] > 0 ? A[r][i] / A[i][i] : 0;

      for (int j = i; j <= p; j++) A[r][j] -= f * A[i][j];
    }
  for (int i = HYP_MODES_LAGS - 1; i >= 0; i--) {
    past[i] = 0;
    if (i >= p || !(A[i][i] > 0)) continue;
    past[i] = A[i][p];
    for (int j = i + 1; j < p; j++) past[i] -= A[i][j] * past[j];
    past[i] /= A[i][i];
    sum -= past[i] * right[i];
  }
  /* sum/dof/B is the variance; that of z is larger, since past and sigma are estimates:
     the mean of F(1, dof), and 1 + p/(B - 1) of the prediction */
  m->sigma[k] =
    PetscSqrtReal(PetscMax(sum, 1e-300) / (dof * B) * dof / (dof - 2) * (1 + p / (B - 1)));
}

/* Columns of y or of the basis are made like this */
static PetscReal White(const HypModes *m, const PetscReal y[], PetscInt k)
{
  PetscReal v = y[k];

  for (PetscInt j = 0; j < PetscMin(k, HYP_MODES_LAGS); j++) v -= m->past[k][j] * y[k - 1 - j];
  return v / m->sigma[k];
}

/* The window that begins with the series' time `first` */
void HypModesWindow(HypModes *m, const HypMeans *means, PetscInt first)
{
  m->n         = means->n - first;
  m->t         = means->t + first;
  m->y         = means->y + first;
  m->known     = means->known;
  m->first     = m->t[0];
  m->length    = m->t[m->n - 1] - m->t[0];
  m->spacing   = m->length / (PetscReal)(m->n - 1);
  m->amplitude = 0;
  for (PetscInt k = 0; k < m->n; k++) {
    m->amplitude = PetscMax(m->amplitude, PetscAbsReal(m->y[k] - (m->known ? 0 : m->y[m->n - 1])));
    Regress(m, means, first, k);
  }
  for (PetscInt k = 0; k < m->n; k++) m->z[k] = White(m, m->y, k);
}
