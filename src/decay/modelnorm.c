/*
   ||h||^2 and H in L2(M), where the space lives in L2(M_r) of another Gaussian M_r.

   With h_r = (g - F)/M_r and r = M_r/M, h = r h_r, and the integrals are taken with the weight M_r:

     ||h||^2 = int r h_r^2 M_r,   int |grad h|^2 M = int r |grad h_r + h_r grad log r|^2 M_r

     log r = sum_i beta (w^2 x^2 + v^2)/2 - theta^2/(2 a^2) - y^2/(2 b^2) - log(a b beta w |J|)

   theta = a X, y = b V, (x, v) those of the equation: (theta, y) for momentum,
   x = y, v = -w^2 theta - gamma y for asgd, of which |J| = d(x, v)/d(theta, y) = w^2.
*/
#include "decay/modelnorm.h"

enum { MAXD = 3 };

struct _p_HypModelNorm {
  PetscInt    d;
  PetscBool   asgd;
  PetscReal   gamma, w[MAXD], beta[MAXD], a[MAXD], b[MAXD], scale;
  HypLyapunov lyapunov;
};

/*
  HypModelNormCreate - NULL where the space lives in L2(M); to be freed with PetscFree()
*/
PETSC_INTERN PetscErrorCode HypModelNormCreate(HypModel model, HypModelNorm *norm)
{
  const PetscReal *s        = HypModelReference(model);
  const PetscReal  critical = 0.1; /* of the friction: what the critical case gives up */
  HypModelNorm     m;

  PetscFunctionBeginUser;
  *norm = NULL;
  if (!s || HypModelDimension(model) > MAXD) PetscFunctionReturn(0);
  PetscCall(PetscNew(norm));
  m        = *norm;
  m->d     = HypModelDimension(model);
  m->asgd  = (PetscBool)(HypModelGetType(model) == HYP_ASGD);
  m->gamma = HypModelGamma(model);
  m->scale = 1;
  PetscCall(HypModelLyapunov(model, critical * m->gamma, &m->lyapunov));
  for (PetscInt i = 0; i < m->d; i++) {
    m->w[i]    = HypModelOmegas(model)[i];
    m->beta[i] = HypModelBetas(model)[i];
    m->a[i]    = s[i];
    m->b[i]    = s[m->d + i];
    /* 1/(2 pi a b) over beta w |J|/(2 pi) */
    m->scale /= m->a[i] * m->b[i] * m->beta[i] * m->w[i] * (m->asgd ? m->w[i] * m->w[i] : 1);
  }
  PetscFunctionReturn(0);
}

/* r h^2 and r times the density of H, for h_r = h with derivatives dh along X_1.., V_1.. */
PETSC_INTERN void HypModelNormPoint(HypModelNorm m, const PetscReal z[], PetscReal h,
                                    const PetscReal dh[], PetscReal *norm, PetscReal *H)
{
  PetscReal exponent = 0, sum = 0, r;

  for (PetscInt i = 0; i < m->d; i++) {
    const PetscReal w2 = m->w[i] * m->w[i], X = z[i], V = z[m->d + i], theta = m->a[i] * X,
                    y = m->b[i] * V, x = m->asgd ? y : theta,
                    v = m->asgd ? -w2 * theta - m->gamma * y : y, beta = m->beta[i];
    /* d/dtheta and d/dy of beta (w^2 x^2 + v^2)/2 */
    const PetscReal qt = beta * (m->asgd ? -w2 * v : w2 * x),
                    qy = beta * (m->asgd ? w2 * x - m->gamma * v : v);
    const PetscReal dt = dh[i] / m->a[i] + h * (qt - X / m->a[i]),
                    dy = dh[m->d + i] / m->b[i] + h * (qy - V / m->b[i]);
    const PetscReal dx = m->asgd ? dy - m->gamma / w2 * dt : dt, dv = m->asgd ? -dt / w2 : dy;

    exponent += (beta * (w2 * x * x + v * v) - X * X - V * V) / 2;
    sum += dx * dx + m->lyapunov.Ci[i] * dv * dv + 2 * m->lyapunov.Chati[i] * dx * dv;
  }
  r     = m->scale * PetscExpReal(exponent);
  *norm = r * h * h;
  *H    = r * sum;
}
