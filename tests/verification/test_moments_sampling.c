/*
   Sampled moments against exact ones, within four standard errors;
   and the same bits from any number of ranks.
   The seed is fixed, so the outcome is too.
*/
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hypoco/sampler.h>
#include <string.h>

#define OK(call) assert_int_equal((call), 0)

static const PetscReal One = 1;

/* f = theta^2 from two parabolas one apart */
static HypLoss Example(void)
{
  const PetscReal curvature = 2, slopes[] = {2, -2};
  HypLoss         loss;

  OK(HypLossCreateQuadratic(1, 2, &curvature, slopes, &loss));
  return loss;
}

static HypSampleSettings Settings(const char *model, PetscReal kappa, PetscInt paths,
                                  PetscInt steps, PetscInt every)
{
  HypSampleSettings settings;

  HypSampleSettingsDefault(&settings);
  settings.model = model;
  settings.start = &One;
  settings.kappa = kappa;
  settings.paths = paths;
  settings.steps = steps;
  settings.every = every;
  return settings;
}

static void Run(MPI_Comm comm, const HypSampleSettings *settings, HypLoss loss,
                HypSampleResult *result)
{
  HypSampler sampler;

  OK(HypSamplerCreate(comm, settings, loss, &sampler));
  OK(HypSamplerRun(sampler, result));
  OK(HypSamplerDestroy(&sampler));
}

static void Within(const HypSampleResult *result, PetscInt time, HypSampleMean mean,
                   PetscReal expected, PetscReal allowed)
{
  PetscReal       error;
  const PetscReal value = HypSampleResultMean(result, time, 0, mean, &error);

  if (PetscAbsReal(value - expected) > 4 * error + allowed)
    print_error("time %d, %s: %g sampled, %g expected, standard error %g\n", (int)time,
                HypSampleMeans[mean], (double)value, (double)expected, (double)error);
  assert_true(PetscAbsReal(value - expected) <= 4 * error + allowed);
}

/* Fig. 4 of An, Lu and Ying: E theta_j^2 at j = 50, 100, 200, 500,
   for the algorithm and for its modified equation */
static void CheckFigure4(PetscReal kappa, const PetscReal asgd[4], const PetscReal sme[4])
{
  const PetscInt  at[] = {1, 2, 4, 10};
  HypLoss         loss = Example();
  HypSampleResult result;

  for (int model = 0; model < 2; model++) {
    const HypSampleSettings settings = Settings(model ? "sme-asgd" : "asgd", kappa, 20000, 500, 50);

    Run(PETSC_COMM_WORLD, &settings, loss, &result);
    for (int i = 0; i < 4; i++) {
      Within(&result, at[i], HYP_MEAN_THETA2, (model ? sme : asgd)[i], 0.5e-5);
      Within(&result, at[i], HYP_MEAN_THETA, result.exact[2 * at[i]], 0);
      Within(&result, at[i], HYP_MEAN_THETA2, result.exact[2 * at[i] + 1], 0);
    }
    OK(HypSampleResultDestroy(&result));
  }
  OK(HypLossDestroy(&loss));
}

static void test_figure4(void **state)
{
  (void)state;
  CheckFigure4(0.9, (PetscReal[]){.09692, .01787, .01195, .01192},
               (PetscReal[]){.09481, .01745, .01205, .01203});
  CheckFigure4(0.97, (PetscReal[]){.04332, .03473, .01765, .01668},
               (PetscReal[]){.04286, .03609, .01786, .01678});
}

/* y of the algorithm tends to its own stationary law:
   E y^2 = alpha^2 a^2 E m^2, from the exact recursion */
static void test_auxiliary_variable(void **state)
{
  const HypAlgorithm algorithm = {0.01, 0.97, 2, 4};
  HypSampleSettings  settings  = Settings("asgd", 0.97, 20000, 300, 100);
  HypLoss            loss      = Example();
  HypAsgdMoments     moments;
  HypSampleResult    result;
  const PetscReal    scale = -2 * PetscSqrtReal(0.01 / 0.03);

  (void)state;
  settings.auxiliary = PETSC_TRUE;
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  HypAsgdMomentsStart(1, &moments);
  for (PetscInt j = 0; j <= 300; j++) {
    if (j % 100 == 0) {
      Within(&result, j / 100, HYP_MEAN_Y, scale * moments.m, 1e-12);
      Within(&result, j / 100, HYP_MEAN_Y2, scale * scale * moments.mm, 1e-12);
      Within(&result, j / 100, HYP_MEAN_THETA_Y, scale * moments.xm, 1e-12);
    }
    HypAsgdMomentsStep(&algorithm, &moments);
  }
  OK(HypSampleResultDestroy(&result));
  OK(HypLossDestroy(&loss));
}

/* A mini-batch of b divides the gradient noise by b,
   but not the noise of the shared delayed read */
static void test_mini_batches(void **state)
{
  HypSampleSettings settings = Settings("asgd", 0.9, 20000, 200, 50);
  HypLoss           loss     = Example();
  HypSampleResult   result;

  (void)state;
  settings.batch = 7;
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  for (PetscInt t = 1; t < result.times; t++)
    Within(&result, t, HYP_MEAN_THETA2, result.exact[2 * t + 1], 0);
  OK(HypSampleResultDestroy(&result));
  OK(HypLossDestroy(&loss));
}

/* Prop. 1 of An, Lu and Ying: with mu = kappa and eta' = eta (1 - kappa) the linear modified
   equation of ASGD and that of
   momentum SGD have the same stationary law, E p^2 = s2 eta/2 and E m^2 = E p^2/a;
   and the two algorithms the same means */
static void test_asynchrony_is_momentum(void **state)
{
  const PetscReal   eta = 0.01, kappa = 0.9, temperature = 4 * eta / 2;
  HypSampleSettings settings = Settings("sme-msgd", 0, 20000, 400, 400);
  HypLoss           loss     = Example();
  HypSampleResult   result;
  HypAlgorithm      algorithm = {eta, kappa, 2, 4};
  HypAsgdMoments    moments;

  (void)state;
  settings.momentum = kappa;
  settings.eta      = eta * (1 - kappa);
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  Within(&result, 1, HYP_MEAN_THETA2, temperature / 2, 0);
  Within(&result, 1, HYP_MEAN_Y2, temperature, 0);
  OK(HypSampleResultDestroy(&result));

  settings          = Settings("sme-asgd-linear", kappa, 20000, 400,
                               400); /* reports Y = -a M/g: E Y^2 = a^2 E M^2/g^2 */
  settings.evolving = PETSC_FALSE;
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  Within(&result, 1, HYP_MEAN_Y2, 4 * (temperature / 2) / 10, 0);
  /* (P, M) itself: stationary E P^2 = s2 eta/2 and E M^2 = E P^2/a, by its own bars */
  Within(&result, 1, HYP_MEAN_M2, temperature / 2, 0);
  Within(&result, 1, HYP_MEAN_P2, temperature, 0);
  OK(HypSampleResultDestroy(&result));

  settings          = Settings("msgd", 0, 20000, 100, 25);
  settings.momentum = kappa;
  settings.eta      = eta * (1 - kappa);
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  HypAsgdMomentsStart(
    1,
    /* the expected read m_j moves like momentum SGD: m' = m + kappa (m - m_) - eta (1-k) a m */
    &moments);
  for (PetscInt j = 0; j <= 100; j++) {
    if (j % 25 == 0) Within(&result, j / 25, HYP_MEAN_THETA, moments.m, 1e-12);
    HypAsgdMomentsStep(&algorithm, &moments);
  }
  OK(HypSampleResultDestroy(&result));
  OK(HypLossDestroy(&loss));
}

/* theta' = (1 + mu - e) theta - mu theta_ - eta xi has the variance
   of a second-order autoregression, and a mini-batch of m a noise of s2/m */
static void test_momentum_batches(void **state)
{
  HypSampleSettings settings = Settings("msgd", 0, 20000, 600, 600);
  HypLoss           loss     = Example();

  (void)state;
  settings.momentum = 0.9;
  settings.eta      = 0.001;
  for (settings.batch = 1; settings.batch <= 8;
       settings.batch += 7) { /* 8 draws take fresh random words */
    const PetscReal mu = settings.momentum, e = 2 * settings.eta,
                    s2 = 4. / (PetscReal)settings.batch;
    HypSampleResult result;

    Run(PETSC_COMM_WORLD, &settings, loss, &result);
    Within(&result, 1, HYP_MEAN_THETA2,
           PetscSqr(settings.eta) * s2 * (1 + mu) / ((1 - mu) * e * (2 * (1 + mu) - e)), 1e-7);
    OK(HypSampleResultDestroy(&result));
  }
  OK(HypLossDestroy(&loss));
}

/* (2.5) and (2.11) are equivalent for linear gradients up to the model error of order eta */
static void test_linear_equation_agrees(void **state)
{
  HypSampleSettings settings = Settings("sme-asgd-linear", 0.97, 20000, 200, 50);
  HypLoss           loss     = Example();
  HypSampleResult   result;

  (void)state;
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  for (PetscInt t = 1; t < result.times; t++) {
    HypSmeMoments      moments;
    const HypAlgorithm algorithm = {0.01, 0.97, 2, 4};

    OK(HypSmeMomentsAt(&algorithm, PETSC_TRUE, 1, (PetscReal)result.step[t] * result.timestep,
                       &moments));
    Within(&result, t, HYP_MEAN_THETA2, moments.xx, 2 * 0.01 * moments.xx);
    /* its own exact moments; the splitting has an error of order h^2 */
    Within(&result, t, HYP_MEAN_THETA, result.exact[2 * t], 1e-4);
    Within(&result, t, HYP_MEAN_THETA2, result.exact[2 * t + 1], 1e-4);
  }
  OK(HypSampleResultDestroy(&result));
  OK(HypLossDestroy(&loss));
}

/* The second-order equation of SGD is an Ornstein-Uhlenbeck process here:
   drift a (1 + eta a/2), noise eta s2 */
static void test_sme_sgd(void **state)
{
  const PetscReal   rate = 2 * (1 + 0.01), stationary = 0.01 * 4 / (2 * rate);
  HypSampleSettings settings = Settings("sme-sgd", 0, 20000, 200, 50);
  HypLoss           loss     = Example();
  HypSampleResult   result;

  (void)state;
  Run(PETSC_COMM_WORLD, &settings, loss, &result);
  for (PetscInt t = 1; t < result.times; t++) {
    const PetscReal decay = PetscExpReal(-rate * 0.01 * (PetscReal)result.step[t]);

    Within(&result, t, HYP_MEAN_THETA, decay, 1e-6);
    Within(&result, t, HYP_MEAN_THETA2, decay * decay + stationary * (1 - decay * decay), 1e-6);
  }
  OK(HypSampleResultDestroy(&result));
  OK(HypLossDestroy(&loss));
}

/* Fig. 1 of He et al.: E X_k of the delayed algorithm and of its equation follow the deterministic
   delayed recursion */
static void test_fixed_delay(void **state)
{
  const char *const models[] = {"asgd", "sdde"};
  const PetscReal   start    = 4;
  HypLoss           loss     = Example();
  PetscReal         x[401];

  (void)state;
  for (PetscInt j = 0; j < 400; j++) {
    if (!j) x[0] = start;
    x[j + 1] =
      x[j] - 0.01 * x[j < 10 ? j : j - 10]; /* ten steps without delay, then a delay of ten */
  }
  for (int m = 0; m < 2; m++) {
    HypSampleSettings settings = Settings(models[m], 0, 4000, 400, 50);
    HypSampleResult   result;

    settings.start    = &start;
    settings.eta      = 0.005;
    settings.law      = HYP_STALENESS_FIXED;
    settings.bound    = 10;
    settings.warmup   = 10;
    settings.substeps = 1;
    Run(PETSC_COMM_WORLD, &settings, loss, &result);
    for (PetscInt t = 1; t < result.times; t++)
      Within(&result, t, HYP_MEAN_THETA, x[result.step[t]], 1e-12);
    OK(HypSampleResultDestroy(&result));
  }
  OK(HypLossDestroy(&loss));
}

/* One run shared by all ranks, and the whole of it on each rank alone: equal to the last bit */
static void CheckRanks(HypSampleSettings settings, HypLoss loss)
{
  HypSampleResult shared, alone;
  PetscMPIInt     rank;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  Run(PETSC_COMM_WORLD, &settings, loss, &shared);
  Run(PETSC_COMM_SELF, &settings, loss, &alone);
  assert_memory_equal(shared.mean, alone.mean,
                      (size_t)(shared.times * shared.d * HYP_MEANS) * sizeof(PetscReal));
  assert_memory_equal(shared.error, alone.error,
                      (size_t)(shared.times * shared.d * HYP_MEANS) * sizeof(PetscReal));
  if (!rank)
    assert_memory_equal(shared.theta, alone.theta,
                        (size_t)(shared.nsnapshots * shared.ncoordinates * shared.paths) *
                          sizeof(PetscReal));
  OK(HypSampleResultDestroy(&shared));
  OK(HypSampleResultDestroy(&alone));
}

static void test_ranks_do_not_matter(void **state)
{
  const char *const models[]      = {"asgd",     "sgd",      "msgd",    "sme-asgd-linear",
                                     "sme-asgd", "sme-msgd", "sme-sgd", "sdde"};
  const PetscInt    snapshots[]   = {17, 60};
  const PetscInt    coordinates[] = {0, 2};
  const PetscReal curvature[] = {1, 2, 3}, slopes[] = {1, 0, -1, -1, 2, 1}, start[] = {1, -1, 0.5};
  HypLoss         loss;

  (void)state;
  OK(HypLossCreateQuadratic(3, 2, curvature, slopes, &loss));
  for (int m = 0; m < 8; m++) {
    HypSampleSettings settings = Settings(models[m], 0.9, 997, 60, 7);

    settings.start        = start;
    settings.momentum     = 0.5;
    settings.auxiliary    = PETSC_TRUE;
    settings.nsnapshots   = 2;
    settings.snapshots    = snapshots;
    settings.ncoordinates = 2;
    settings.coordinates  = coordinates;
    CheckRanks(settings, loss);
    if (strcmp(models[m], "asgd") && strcmp(models[m], "sdde")) continue;
    settings.momentum = 0; /* another staleness, batches and components of their own */
    settings.kappa    = 0;
    settings.law      = HYP_STALENESS_FIXED;
    settings.bound    = 10;
    settings.warmup   = 10;
    settings.batch    = 7;
    CheckRanks(settings, loss);
  }
  OK(HypLossDestroy(&loss));
}

/* Means are the same bits on any number of ranks, so one rank compares them with exact ones */
int main(int argc, char **argv)
{
  const struct CMUnitTest exact[] = {
    cmocka_unit_test(test_figure4),          cmocka_unit_test(test_auxiliary_variable),
    cmocka_unit_test(test_mini_batches),     cmocka_unit_test(test_asynchrony_is_momentum),
    cmocka_unit_test(test_momentum_batches), cmocka_unit_test(test_linear_equation_agrees),
    cmocka_unit_test(test_sme_sgd),          cmocka_unit_test(test_fixed_delay),
  };
  const struct CMUnitTest ranks[] = {cmocka_unit_test(test_ranks_do_not_matter)};
  PetscMPIInt             size;
  int                     failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  failed = cmocka_run_group_tests(ranks, NULL, NULL);
  if (size == 1) failed += cmocka_run_group_tests(exact, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
