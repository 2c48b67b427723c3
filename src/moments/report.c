#include "moments/rows.h"
#include <hypoco/moments.h>

/* mu, C and C1 belong to the scaled equation with omega0 = sqrt(a),
   gamma and beta of the algorithm */
static PetscErrorCode ComputeConstants(HypTheoryReport *report, PetscReal delta, PetscReal eps0)
{
  const HypAlgorithm *algorithm = &report->algorithm;
  const PetscReal     omega     = PetscSqrtReal(algorithm->curvature);
  HypModel            model;

  PetscFunctionBeginUser;
  PetscCall(HypModelCreate(PETSC_COMM_SELF, &model));
  PetscCall(
    HypModelSetAlgorithm(model, 1, &omega, algorithm->eta, algorithm->kappa, algorithm->noise));
  report->gamma = HypModelGamma(model);
  report->beta  = HypModelBetas(model)[0];
  PetscCall(HypTheoremConstantsCompute(model, delta, eps0, &report->constants));
  PetscCall(HypModelDestroy(&model));
  PetscFunctionReturn(0);
}

/*@
  HypTheoryReportCompute - Everything the papers say about one algorithm on one curvature,
  printed and corrected

  Not collective

  Input Parameters:
+ algorithm - learning rate, staleness rate, curvature and noise
. workers   - number of workers
. delta     - critical case only: see HypModelLyapunov()
- eps0      - bound of Assumption 3.1, for the constants of Theorem 3.1

  Output Parameter:
. report - see HypReportPrint()

  Level: beginner

  Notes:
  Rates are per step and of a second moment.
  Printed: 2 mu step with mu of (3.6).
  Proved: with mu = min Re eig Q. Exact: the recursions of asgd.c.
  With m workers the algorithm makes m steps while plain SGD makes one,
  so that it breaks even at m = (-2 ln|1 - e|)/(its rate), NaN where one of them diverges;
  Remark 3.2 has 1/(1 - kappa).
  The optimal staleness for the mean maximises the exact rate of (E theta)^2:
  ((1-e)/(1+e))^2, for e > 1 too; that for E theta^2, which matters once the mean is small,
  is another one, HypAsgdBestStaleness().
  Either is NaN where E theta^2 grows with it.
  Infinite: there is no stationary value.

.seealso: HypReportPrint(), HypReportJSON(), HypTheoremConstantsCompute()
@*/
PetscErrorCode HypTheoryReportCompute(const HypAlgorithm *algorithm, PetscReal workers,
                                      PetscReal delta, PetscReal eps0, HypTheoryReport *report)
{
  const PetscReal eta = algorithm->eta, k = algorithm->kappa, e = eta * algorithm->curvature,
                  limit = HypAsgdStabilityLimit(k);
  HypAlgorithm best     = *algorithm;
  PetscBool    both;

  PetscFunctionBeginUser;
  PetscCheck(eta > 0 && k >= 0 && k < 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "learning rate %g and staleness rate %g given; the first must be positive, the second "
             "in [0, 1)",
             (double)eta, (double)k);
  PetscCheck(algorithm->curvature > 0 && algorithm->noise > 0, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "curvature %g and noise %g given; both must be positive",
             (double)algorithm->curvature, (double)algorithm->noise);
  report->algorithm = *algorithm;
  report->step      = PetscSqrtReal(eta * (1 - k));
  report->tau =
    PetscPowReal(eta, 0.75) * PetscPowReal(1 - k, -0.25) * PetscSqrtReal(algorithm->noise);
  PetscCall(ComputeConstants(report, delta, eps0));
  report->rate_printed = 2 * report->constants.lyapunov.mu_printed * report->step;
  report->rate_proved  = 2 * report->constants.lyapunov.mu_proved * report->step;
  report->rate_sde =
    report->constants.lyapunov.regime == HYP_CRITICAL ? 1 - k : report->rate_proved;
  report->rate_mean       = HypAsgdMeanRate(algorithm);
  report->rate_sgd        = -2 * PetscLogReal(PetscAbsReal(1 - e));
  report->eta_threshold   = (1 - k) / (4 * algorithm->curvature);
  report->kappa_optimal   = PetscSqr((1 - e) / (1 + e));
  report->kappa_printed   = PetscMax(1 - 4 * e, 0);
  report->eta_limit       = limit / algorithm->curvature;
  report->staleness_mean  = k / (1 - k);
  both                    = report->rate_sgd > 0 && report->rate_mean > 0 && e < limit;
  report->workers_exact   = both ? report->rate_sgd / report->rate_mean : NAN;
  report->workers_printed = 1 / (1 - k);
  report->workers         = workers;
  report->speedup         = both ? workers * report->rate_mean / report->rate_sgd : NAN;
  report->stationary_asgd = e < limit ? HypAsgdStationary(algorithm) : INFINITY;
  report->stationary_sde  = algorithm->noise * eta / 2 * (eta / (1 - k) + 1 / algorithm->curvature);
  report->stationary_sme  = INFINITY;
  if (k > 0 && e * e < 2 * k * (1 - k)) {
    HypSmeMoments stationary;

    PetscCall(HypSmeStationary(algorithm, PETSC_TRUE, &stationary));
    report->stationary_sme = stationary.xx;
  }
  PetscCall(HypAsgdSquareRate(algorithm, &report->rate_square));
  PetscCall(HypAsgdBestStaleness(e, &report->kappa_square, &report->rate_best_square));
  for (int c = 0; c < 2; c++)
    PetscCall(HypSmeWeakOrder(algorithm, c ? PETSC_FALSE : PETSC_TRUE, &report->weak_error[c],
                              &report->weak_order[c], &report->weak_drift[c]));
  best.kappa             = report->kappa_optimal;
  report->rate_best_mean = HypAsgdMeanRate(&best);
  if (!(report->rate_best_square > 0)) report->kappa_square = report->rate_best_square = NAN;
  if (e >= HypAsgdStabilityLimit(report->kappa_optimal)) /* the mean alone would converge */
    report->kappa_optimal = report->rate_best_mean = NAN;
  PetscFunctionReturn(0);
}

/* The table: one row per number, with its name in the JSON summary, its meaning and its source */
#define ASGD(group, name, field, meaning) ROW(HypTheoryReport, group, name, field, meaning)
static const HypReportRow rows[] = {
  ROW_REGIME(HypTheoryReport, constants.lyapunov.regime),
  ASGD("algorithm", "learning_rate", algorithm.eta, "learning rate eta"),
  ASGD("algorithm", "staleness_rate", algorithm.kappa, "staleness rate kappa"),
  ASGD("algorithm", "curvature", algorithm.curvature, "curvature a = omega0^2"),
  ASGD("algorithm", "noise", algorithm.noise, "variance of the gradient noise"),
  ASGD("algorithm", "workers", workers, "number of workers"),
  ASGD("algorithm", "staleness_mean", staleness_mean, "mean staleness kappa/(1-kappa)"),
  ASGD("equation", "gamma", gamma, "friction, (2.2) of Zhu and Ying"),
  ASGD("equation", "beta", beta, "inverse temperature, (2.4) of Zhu and Ying"),
  ASGD("equation", "tau", tau, "noise strength, (2.2) of Zhu and Ying"),
  ASGD("equation", "step", step, "time of one step, sqrt(eta(1-kappa))"),
  ASGD("rate", "printed", rate_printed, "per step, (3.7) as printed (twice the true exponent)"),
  ASGD("rate", "proved", rate_proved, "per step, with mu = min Re eig Q"),
  ASGD("rate", "sde", rate_sde, "per step, the equation with a quadratic loss"),
  ASGD("rate", "asgd_mean", rate_mean, "per step, (E theta)^2 of the algorithm, exact"),
  ASGD("rate", "asgd_square", rate_square, "per step, E theta^2 of the algorithm, exact"),
  ASGD("rate", "sgd_mean", rate_sgd, "per step, (E theta)^2 of SGD without delay, exact"),
  ASGD("advice", "learning_rate_threshold", eta_threshold,
       "below it the rate falls with eta, Remark 3.1: (1-kappa)/(4a)"),
  ASGD("advice", "learning_rate_limit", eta_limit, "mean-square stability of the algorithm"),
  ASGD("advice", "staleness_optimal", kappa_optimal,
       "staleness rate of fastest decay of (E theta)^2, ((1-e)/(1+e))^2, exact"),
  ASGD("advice", "rate_optimal", rate_best_mean, "per step, (E theta)^2 at that staleness"),
  ASGD("advice", "staleness_optimal_square", kappa_square,
       "staleness rate of fastest decay of E theta^2, exact"),
  ASGD("advice", "rate_optimal_square", rate_best_square, "per step, E theta^2 at that staleness"),
  ASGD("advice", "staleness_optimal_printed", kappa_printed,
       "the same by (5.6) of An, Lu and Ying: 1-4e"),
  ASGD("advice", "workers_break_even", workers_exact,
       "break-even number of workers against SGD, exact rates"),
  ASGD("advice", "workers_break_even_printed", workers_printed,
       "the same by Remark 3.2: 1/(1-kappa)"),
  ASGD("advice", "speedup", speedup, "over SGD with the given number of workers, exact rates"),
  ASGD("stationary", "asgd", stationary_asgd, "E theta^2 of the algorithm, exact"),
  ASGD("stationary", "sme", stationary_sme, "E theta^2 of (2.11)-(2.12) of An, Lu and Ying"),
  ASGD("stationary", "sde", stationary_sde, "E theta^2 of (2.2) of Zhu and Ying"),
  ASGD("model", "error_sme", weak_error[0],
       "max |E theta^2 - that of (2.11)-(2.12)| over 10/sqrt(a)"),
  ASGD("model", "order_sme", weak_order[0],
       "its order in eta at fixed gamma, measured; Theorem 3 of An, Lu and Ying"),
  ASGD("model", "order_sme_drift", weak_drift[0],
       "change of the order from one halving to the next"),
  ASGD("model", "error_sde", weak_error[1], "max |E theta^2 - that of (2.2) of Zhu and Ying|"),
  ASGD("model", "order_sde", weak_order[1], "its order in eta at fixed gamma, measured"),
  ASGD("model", "order_sde_drift", weak_drift[1],
       "change of the order from one halving to the next"),
  ASGD("theorem", "mu_printed", constants.lyapunov.mu_printed, "mu of (3.6) as printed"),
  ASGD("theorem", "mu_proved", constants.lyapunov.mu_proved, "mu the proof gives"),
  ASGD("theorem", "C", constants.lyapunov.C, "C of (3.6)"),
  ASGD("theorem", "Chat", constants.lyapunov.Chat, "Chat of (3.6)"),
  ASGD("theorem", "delta", constants.lyapunov.delta, "rate given up in the critical case"),
  ASGD("theorem", "C1_printed", constants.C1_printed, "C1 as printed, with a factor eps0 too many"),
  ASGD("theorem", "C1_proved", constants.C1, "C1 by the end of the proof: rate mu - eps0 C1"),
  ASGD("theorem", "C2", constants.C2, "C2 of Proposition 4.1"),
  ASGD("theorem", "eps0_max", constants.eps0_max, "largest eps0 with a positive rate, mu/C1"),
};

const HypReportTable HypTheoryTable = {ROWS(rows)};
