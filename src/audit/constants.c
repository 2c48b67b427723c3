/*
   The constants on the right sides, as printed and corrected.

   Proposition 4.1(d)-(f) as printed are not what their proof gives:
   (A.4) needs (1 + gamma)/2 where it has 1/2, (A.5) and the last term of (A.3) fail
   for large gamma, beta and omega0, and (3.5) loses a factor d (docs/errata.md).
   Carried out term by term under Assumption 3.1, with Young's inequality for every product,
   E_x = ||grad_x h||^2, E_v = ||grad_v h||^2 and
   ||h||^2 <= p (E_x + E_v), p = 1/(beta min(1, w0^2)):

     R of the gradient             <R f, f> <= eps0 r ||f||^2,  r = beta (w0^2 + gamma)/2
     derivative of eps, times a    a (eps0/w0^2) [(|df| + gamma |dv|) |.|],  a = gamma for d/dx,
                                   1 for d/dv
     derivative of eps, times h    a q eps0 (d ||h||^2 + E)/2,  q = beta (w0^2 + gamma)/w0^2
     eps times h                   beta w0^2 or beta gamma in place of a q

   Then dH/dt + 2 mu H <= 2 eps0 [(dx + C ex + Chat fx) E_x + (dv + C ev + Chat fv) E_v],
   which is at most 2 eps0 C1 H with C1 the largest eigenvalue
   of P^{-1} diag(dx + C ex + Chat fx, dv + C ev + Chat fv): the rate mu - eps0 C1.
*/
#include <hypoco/audit.h>
#include <gsl/gsl_eigen.h>
#include <math.h>

/*@
  HypPencilLimits - Both eigenvalues of A u = lambda B u, A symmetric,
  B symmetric positive definite, 2 x 2

  Not collective

  Input Parameters:
+ A - by rows
- B - by rows

  Output Parameter:
. limits - smaller and larger

  Level: developer
@*/
PetscErrorCode HypPencilLimits(const PetscReal A[4], const PetscReal B[4], PetscReal limits[2])
{
  gsl_eigen_gensymm_workspace *work = gsl_eigen_gensymm_alloc(2);
  double          a[] = {A[0], A[1], A[2], A[3]}, b[] = {B[0], B[1], B[2], B[3]}, values[2];
  gsl_matrix_view va = gsl_matrix_view_array(a, 2, 2), vb = gsl_matrix_view_array(b, 2, 2);
  gsl_vector_view v = gsl_vector_view_array(values, 2);

  PetscFunctionBeginUser;
  PetscCheck(work, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate an eigenvalue problem");
  PetscCheck(!gsl_eigen_gensymm(&va.matrix, &vb.matrix, &v.vector, work), PETSC_COMM_SELF,
             PETSC_ERR_LIB, "GSL: P is not positive definite");
  limits[0] = PetscMin(values[0], values[1]);
  limits[1] = PetscMax(values[0], values[1]);
  gsl_eigen_gensymm_free(work);
  PetscFunctionReturn(0);
}

static void CorrectedWeights(HypAuditConstants *c)
{
  const PetscReal g = c->gamma, b = c->beta, w2 = PetscSqr(c->omega0), d = (PetscReal)c->d;
  const PetscReal p = 1 / (b * PetscMin(1, w2)), r = b * (w2 + g) / 2, q = b * (w2 + g) / w2,
                  half = d * p / 2;
  const PetscReal hx   = g * q + b * w2,
                  hv   = q + b * g; /* what multiplies |h| in the x and the v derivative */

  c->dx = r + (g / w2) * (1 + g / 2) + hx * (0.5 + half);
  c->dv = (g / w2) * (g / 2) + hx * half;
  c->ex = 1 / (2 * w2) + hv * half;
  c->ev = r + (0.5 + g) / w2 + hv * (0.5 + half);
  c->fx = r + g / (2 * w2) + (1 + g / 2) / w2 + hv / 2 + (hx + hv) * half;
  c->fv = r + (g / w2) * (0.5 + g) + g / (2 * w2) + hx / 2 + (hx + hv) * half;
}

/*@
  HypAuditConstantsCompute - All constants of the audit

  Not collective

  Input Parameters:
+ model - the model
. delta - critical case only: see HypModelLyapunov()
- eps0  - the bound of Assumption 3.1

  Output Parameter:
. c - the constants

  Level: intermediate

  Notes:
  c in H >= c ||h||^2 is beta times the smallest eigenvalue of W P W, W = diag(w0, 1),
  attained by functions of degree 1.
  sup_t e^{2 mu t} ||e^{tG}||^2 for eps = 0 is (2 w0 + gamma)/(2 w0 - gamma) under-damped,
  gamma^2/(gamma^2 - 4 w0^2) over-damped.

.seealso: HypTheoremConstantsCompute(), HypSupremaCompute()
@*/
PetscErrorCode HypAuditConstantsCompute(HypModel model, PetscReal delta, PetscReal eps0,
                                        HypAuditConstants *c)
{
  static const PetscReal unit[] = {1, 0, 0, 1};
  const PetscReal        g = HypModelGamma(model), w = HypModelOmegas(model)[0];
  PetscReal              C, Chat, limits[2];

  PetscFunctionBeginUser;
  c->d      = HypModelDimension(model);
  c->omega0 = w;
  c->gamma  = g;
  c->beta   = HypModelBetas(model)[0];
  c->eps0   = eps0;
  PetscCall(HypTheoremConstantsCompute(model, delta, eps0, &c->theorem));
  C    = c->theorem.lyapunov.C;
  Chat = c->theorem.lyapunov.Chat;
  CorrectedWeights(c);
  PetscCall(HypPencilLimits(
    (const PetscReal[]){c->dx + C * c->ex + Chat * c->fx, 0, 0, c->dv + C * c->ev + Chat * c->fv},
    (const PetscReal[]){1, Chat, Chat, C}, limits));
  c->C1_corrected = limits[1]; /* dH/dt + 2 mu H <= 2 eps0 limits[1] H */
  PetscCall(HypPencilLimits((const PetscReal[]){w * w, w * Chat, w * Chat, C}, unit, limits));
  c->coercivity = HypModelBetas(model)[0] * limits[0];
  PetscCall(HypPropagatorSharp(model, &c->sharp));
  c->contraction = NAN;
  PetscFunctionReturn(0);
}
