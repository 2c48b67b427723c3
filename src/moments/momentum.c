/*
   SGD with momentum on a quadratic loss, and its equation: `hypoco theory` for model_type momentum.

     w' = mu w - eta (1 - mu) (a theta + noise),  theta' = theta + w'

   is what asynchronous SGD with learning rate eta and staleness rate mu is in the mean
   (An, Lu and Ying, Proposition 1).  Here the noise enters the momentum: (2.7) of theirs,
   dtheta = y dt, dy = -(a theta + gamma y) dt + tau dB with y = w/step, step^2 = eta (1 - mu).
*/
#include "moments/rows.h"
#include <hypoco/moments.h>
#include <math.h>

static PetscErrorCode Equation(HypMomentumReport *report, PetscReal delta)
{
  const HypAlgorithm *algorithm = &report->algorithm;
  const PetscReal     omega     = PetscSqrtReal(algorithm->curvature);
  HypModel            model;

  PetscFunctionBeginUser;
  PetscCall(HypModelCreate(PETSC_COMM_SELF, &model));
  PetscCall(HypModelSetType(model, HYP_MOMENTUM));
  PetscCall(
    HypModelSetAlgorithm(model, 1, &omega, algorithm->eta, algorithm->kappa, algorithm->noise));
  report->gamma = HypModelGamma(model);
  report->beta  = HypModelBetas(model)[0];
  report->tau   = HypModelTaus(model)[0];
  PetscCall(HypModelLyapunov(model, delta, &report->lyapunov));
  PetscCall(HypModelDestroy(&model));
  PetscFunctionReturn(0);
}

/*@
  HypMomentumReportCompute - What is known of SGD with momentum on one curvature

  Not collective

  Input Parameters:
+ algorithm - eta, mu in place of the staleness rate, curvature and noise; a step has the learning
              rate eta (1 - mu)
- delta     - critical case only: see HypModelLyapunov()

  Output Parameter:
. report - see HypReportPrint()

  Level: beginner

  Notes:
  The roots of z^2 - (1 + mu - eta (1 - mu) a) z + mu give the exact rate -2 ln|z| of (E theta)^2
  and of E theta^2, for the noise does not depend on theta.
  E theta^2 = eta Sigma (1 + mu)/(a (2 (1 + mu) - eta (1 - mu) a)) in the end,
  by the recursion of the second moments; of the equation eta Sigma/(2 a) = 1/(beta a).
  With eps = 0 the equation for (x, v) is that of asynchronous SGD, and so are mu, C and Chat.

.seealso: HypTheoryReportCompute(), HypMomentumContraction()
@*/
PetscErrorCode HypMomentumReportCompute(const HypAlgorithm *algorithm, PetscReal delta,
                                        HypMomentumReport *report)
{
  const PetscReal eta = algorithm->eta, mu = algorithm->kappa, a = algorithm->curvature,
                  e = eta * a, room = 2 * (1 + mu) - (1 - mu) * e;

  PetscFunctionBeginUser;
  PetscCheck(eta > 0 && mu >= 0 && mu < 1 && a > 0 && algorithm->noise > 0, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "learning rate %g, momentum %g, curvature %g and noise %g given; all must be "
             "positive, and the momentum in [0, 1)",
             (double)eta, (double)mu, (double)a, (double)algorithm->noise);
  report->algorithm = *algorithm;
  report->step_size = eta * (1 - mu);
  report->step      = PetscSqrtReal(report->step_size);
  PetscCall(Equation(report, delta));
  report->rate_proved    = 2 * report->lyapunov.mu_proved * report->step;
  report->rate_sde       = report->lyapunov.regime == HYP_CRITICAL ? 1 - mu : report->rate_proved;
  report->rate           = HypAsgdMeanRate(algorithm); /* Proposition 1: the same recursion */
  report->rate_sgd       = -2 * PetscLogReal(PetscAbsReal(1 - e));
  report->mu_optimal     = PetscSqr((1 - e) / (1 + e));
  report->eta_limit      = 2 * (1 + mu) / ((1 - mu) * a);
  report->stationary     = room > 0 ? eta * algorithm->noise * (1 + mu) / (a * room) : INFINITY;
  report->stationary_sde = 1 / (report->beta * a);
  report->stationary_y   = 1 / report->beta;
  PetscFunctionReturn(0);
}

#define MOMENTUM(group, name, field, meaning) ROW(HypMomentumReport, group, name, field, meaning)
static const HypReportRow rows[] = {
  ROW_REGIME(HypMomentumReport, lyapunov.regime),
  MOMENTUM("algorithm", "learning_rate", algorithm.eta, "learning rate eta of asynchronous SGD"),
  MOMENTUM("algorithm", "momentum", algorithm.kappa, "momentum mu, from model_staleness"),
  MOMENTUM("algorithm", "step_size", step_size,
           "learning rate of a step, eta (1 - mu), Proposition 1 of An, Lu and Ying"),
  MOMENTUM("algorithm", "curvature", algorithm.curvature, "curvature a = omega0^2"),
  MOMENTUM("algorithm", "noise", algorithm.noise, "variance of the gradient noise"),
  MOMENTUM("equation", "gamma", gamma, "friction, (2.7) of An, Lu and Ying"),
  MOMENTUM("equation", "beta", beta, "inverse temperature, 2 gamma/tau^2"),
  MOMENTUM("equation", "tau", tau, "noise strength in dy, (2.7) of An, Lu and Ying"),
  MOMENTUM("equation", "step", step, "time of one step, sqrt(eta(1-mu))"),
  MOMENTUM("rate", "proved", rate_proved, "per step, with mu = min Re eig Q"),
  MOMENTUM("rate", "sde", rate_sde, "per step, the equation with a quadratic loss"),
  MOMENTUM("rate", "momentum", rate, "per step, E theta^2 and (E theta)^2 of the algorithm, exact"),
  MOMENTUM("rate", "sgd_mean", rate_sgd, "per step, (E theta)^2 of SGD with learning rate eta"),
  MOMENTUM("advice", "learning_rate_limit", eta_limit, "stability, 2 (1 + mu)/((1 - mu) a)"),
  MOMENTUM("advice", "momentum_optimal", mu_optimal,
           "momentum of fastest decay at this eta, ((1-e)/(1+e))^2, exact"),
  MOMENTUM("stationary", "momentum", stationary, "E theta^2 of the algorithm, exact"),
  MOMENTUM("stationary", "sde", stationary_sde,
           "E theta^2 of the equation, 1/(beta a): M = F = exp(-beta (a theta^2 + y^2)/2)"),
  MOMENTUM("stationary", "sde_y", stationary_y, "E y^2 of the equation, 1/beta"),
  MOMENTUM("functional", "mu", lyapunov.mu_proved, "rate that is proved for H with eps = 0"),
  MOMENTUM("functional", "C", lyapunov.C,
           "H = ||grad_x h||^2 + C ||grad_v h||^2 + 2 Chat <grad_x h, grad_v h>"),
  MOMENTUM("functional", "Chat", lyapunov.Chat, "with x = theta, v = y"),
  MOMENTUM("functional", "delta", lyapunov.delta, "rate given up in the critical case"),
};

const HypReportTable HypMomentumTable = {
  .type = "momentum",
  .note = "of asgd only: (3.7), C1 and eps0 of Theorem 3.1, whose eps acts on x and v; "
          "staleness, workers, sme",
  ROWS(rows)};
