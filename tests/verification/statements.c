/* The audit of Theorem 3.1: what must hold holds, what is printed wrongly is found out,
   and a falsified constant is noticed. */
#include "random.h"
#include "support.h"
#include <hypoco/audit.h>
#include <hypoco/time.h>

typedef struct {
  PetscReal         omega0, gamma, beta;
  PetscInt          d, degree;
  PetscReal         end;
  HypPerturbationFn eps;
  PetscReal         amplitude;
} Case;

typedef struct {
  Case              c;
  HypModel          model;
  HypSpace          space;
  HypKinetic        K;
  HypAudit          audit;
  HypAuditConstants constants;
  PetscInt          n;
  HypStatement     *statements;
} Fixture;

static PetscErrorCode Constant(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)theta;
  for (PetscInt i = 0; i < d; i++) eps[i] = *(PetscReal *)ctx;
  PetscFunctionReturn(0);
}

static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) eps[i] = *(PetscReal *)ctx * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

static PetscErrorCode Observe(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  PetscFunctionBeginUser;
  (void)k;
  PetscCall(HypAuditObserve((HypAudit)ctx, t, h));
  PetscFunctionReturn(0);
}

/* The solution from a few irregular Hermite modes */
static void Evolve(Fixture *f)
{
  enum { OUTPUTS = 21 };
  PetscReal    times[OUTPUTS], mean;
  HypEvolution evolution;
  Vec          h, more;

  for (PetscInt k = 0; k < OUTPUTS; k++) times[k] = f->c.end * (PetscReal)k / (OUTPUTS - 1);
  OK(HypSpaceCreateVec(f->space, &h));
  OK(HypSpaceCreateVec(f->space, &more));
  TestSmooth(f->space, 0, h); /* with a part in the slowest modes */
  TestSmooth(f->space, 1, more);
  OK(VecAXPY(h, 1, more));
  OK(VecDestroy(&more));
  OK(VecDot(h, HypSpaceGetOne(f->space), &mean));
  OK(VecAXPY(h, -mean, HypSpaceGetOne(f->space)));
  OK(HypEvolutionCreate(f->K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, OUTPUTS, times, Observe, f->audit));
  OK(HypEvolutionSolve(evolution, h));
  OK(HypEvolutionDestroy(&evolution));
  OK(VecDestroy(&h));
}

/* falsify: changes the constants before anything is measured */
static void Audit(Case c, void (*falsify)(HypAuditConstants *), Fixture *f)
{
  HypJacobian    jacobian;
  HypSuprema     suprema;
  HypSlopes      slopes;
  HypContraction contraction;
  HypSpectrum    spectrum;
  PetscReal      reach;

  *f = (Fixture){.c = c};
  OK(HypModelCreate(PETSC_COMM_WORLD, &f->model));
  OK(HypModelSetParameters(f->model, c.d, c.omega0, c.gamma, c.beta));
  if (c.eps) OK(HypModelSetPerturbation(f->model, c.eps, &f->c.amplitude, NULL));
  OK(HypSpaceCreate(f->model, HYPSPACESIMPLEX, &f->space));
  OK(HypSpaceSetDegree(f->space, c.degree));
  OK(HypSpaceSetUp(f->space));
  OK(HypKineticCreate(f->space, HYP_ASSEMBLED, &f->K));
  OK(HypSpaceReach(f->space, &reach));
  OK(HypJacobianCreate(f->model, NULL, 1, &jacobian));
  OK(HypSupremaCompute(f->model, &jacobian, reach, &suprema));
  OK(HypAuditConstantsCompute(f->model, 0.1 * c.gamma, suprema.eps0, &f->constants));
  OK(HypSlopesSearch(f->model, &slopes));
  OK(HypContractionCompute(f->model, &slopes, &contraction));
  f->constants.contraction = contraction.mu;
  OK(HypContractionDestroy(&contraction));
  OK(HypSlopesDestroy(&slopes));
  if (falsify) falsify(&f->constants);
  OK(HypAuditCreate(f->K, &f->constants, PETSC_TRUE, 32, &f->audit));
  Evolve(f);
  OK(HypSpectrumCompute(f->K, 4, &spectrum));
  OK(HypAuditFinish(f->audit, &spectrum));
  OK(HypAuditJudge(f->audit, NULL, NULL, &f->n, &f->statements));
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypJacobianDestroy(&jacobian));
}

static void Free(Fixture *f)
{
  OK(PetscFree(f->statements));
  OK(HypAuditDestroy(&f->audit));
  OK(HypKineticDestroy(&f->K));
  OK(HypSpaceDestroy(&f->space));
  OK(HypModelDestroy(&f->model));
}

static const HypStatement *Find(const Fixture *f, const char *name)
{
  for (PetscInt k = 0; k < f->n; k++) {
    if (!strcmp(f->statements[k].name, name)) return &f->statements[k];
  }
  fail_msg("no statement is called '%s'", name);
  return NULL;
}

/* Nothing that is proved may fail or stay open */
static void AssertProvedHold(const Fixture *f)
{
  for (PetscInt k = 0; k < f->n; k++) {
    const HypStatement *s = &f->statements[k];

    if (s->proved && s->verdict != HYP_HOLDS && s->verdict != HYP_NOT_APPLICABLE &&
        s->verdict != HYP_VACUOUS) {
      fail_msg("omega0 = %.17g, gamma = %.17g, beta = %.17g: %s (%s): %.17g, %.17g, slack %.3e, "
               "uncertainty %.1e: %s",
               (double)f->c.omega0, (double)f->c.gamma, (double)f->c.beta, s->name, s->source,
               (double)s->left, (double)s->right, (double)s->slack, (double)s->uncertainty,
               HypVerdicts[s->verdict]);
    }
  }
}

/* 30 parameters, eps = 0 */
static void test_random_parameters(void **state)
{
  PetscInt regimes[3] = {0};

  (void)state;
  OK(RandomStart(20));
  for (PetscInt k = 0; k < 30; k++) {
    const Case c = {.d      = 1,
                    .degree = 8,
                    .end    = 4,
                    .omega0 = Uniform(0.4, 2.5),
                    .gamma  = Uniform(0.2, 6),
                    .beta   = Uniform(0.3, 3)};
    Fixture    f;

    Audit(c, NULL, &f);
    regimes[f.constants.theorem.lyapunov.regime]++;
    AssertProvedHold(&f);
    assert_int_equal(Find(&f, "Theorem 3.1 as printed, mu of (3.6)")->verdict, HYP_FAILS);
    assert_small(Find(&f, "balance of H, an identity, solution")->slack, 1e-9, 1);
    assert_int_equal(Find(&f, "sharp constant, propagator")->verdict, HYP_HOLDS);
    Free(&f);
  }
  assert_true(regimes[HYP_UNDERDAMPED] >= 5 && regimes[HYP_OVERDAMPED] >= 5);
  OK(PetscRandomDestroy(&Random));
}

static void test_critical_case(void **state)
{
  const Case c = {.d = 1, .degree = 8, .end = 4, .omega0 = 0.7, .gamma = 1.4, .beta = 1.3};
  Fixture    f;

  (void)state;
  Audit(c, NULL, &f);
  AssertProvedHold(&f);
  assert_int_equal(Find(&f, "critical case: C = w0^2 + delta^2, Chat = w0")->verdict, HYP_HOLDS);
  Free(&f);
}

/* With eps: the bounds hold with the constants that the proof gives, in all regimes, d = 1 and 2,
   small and large parameters */
static void test_perturbed(void **state)
{
  const Case cases[] = {{1, 1, 1, 1, 12, 4, Sine, 0.3},       {1.3, 4, 2, 1, 12, 4, Sine, 0.1},
                        {0.6, 0.5, 0.4, 1, 12, 4, Sine, 0.2}, {2, 6, 3, 1, 12, 2, Constant, 1},
                        {1, 1, 1, 2, 8, 4, Sine, 0.2},        {0.7, 1.4, 1, 1, 12, 4, Sine, 0.1}};

  (void)state;
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    Fixture f;

    Audit(cases[k], NULL, &f);
    for (PetscInt i = 0; i < f.n; i++) {
      if (f.statements[i].proved && f.statements[i].verdict == HYP_FAILS)
        fail_msg("case %d: %s fails: %g > %g", (int)k, f.statements[i].name,
                 (double)f.statements[i].left, (double)f.statements[i].right);
    }
    assert_true(Find(&f, "(d) corrected, worst function")->proved);
    assert_int_equal(Find(&f, "(d) corrected, worst function")->verdict, HYP_HOLDS);
    assert_int_equal(Find(&f, "balance of H, an identity, solution")->verdict, HYP_HOLDS);
    Free(&f);
  }
}

/* E2: the factor d of (3.5) is wrong for d = 2 */
static void test_poincare(void **state)
{
  Fixture f;

  (void)state;
  Audit((Case){.d = 2, .degree = 8, .end = 2, .omega0 = 1.2, .gamma = 1, .beta = 0.8}, NULL, &f);
  AssertProvedHold(&f);
  assert_int_equal(Find(&f, "Poincare as printed, worst function")->verdict, HYP_FAILS);
  assert_false(Find(&f, "Poincare as printed, worst function")->proved);
  assert_small(Find(&f, "Poincare corrected, worst function")->slack, 1e-9, 1);
  Free(&f);
}

static void HalveC2(HypAuditConstants *c)
{
  c->theorem.C2 /= 2;
}

static void DoubleMu(HypAuditConstants *c)
{
  c->theorem.lyapunov.mu_proved *= 2;
}

static void RaiseContraction(HypAuditConstants *c)
{
  c->contraction *= 1.01;
}

/* The audit can fail, and then as a proved statement */
static void test_falsified(void **state)
{
  const Case shift       = {1, 1, 1, 1, 16, 4, Constant, 0.05},
             free        = {.d = 1, .degree = 8, .end = 12, .omega0 = 1, .gamma = 1, .beta = 1};
  const char *const c2[] = {"(c) <Rg,g>, worst function", "(c) <Rg,h> + <Rh,g>, worst pair"};
  const char *const mu[] = {"K >= 2 mu P, mu = min Re eig Q",
                            "dH/dt + 2(mu - eps0 C1)H <= 0, solution",
                            "dH/dt, worst function",
                            "H(t) <= H(0) e^{-2(mu - eps0 C1)t}",
                            "Theorem 3.1 by its proof, mu = min Re eig Q",
                            "sharp constant, solution"};
  Fixture           f;

  (void)state;
  Audit(shift, NULL, &f);
  for (size_t k = 0; k < 2; k++) assert_int_equal(Find(&f, c2[k])->verdict, HYP_HOLDS);
  Free(&f);
  Audit(shift, HalveC2, &f);
  for (size_t k = 0; k < 2; k++) {
    assert_int_equal(Find(&f, c2[k])->verdict, HYP_FAILS);
    assert_true(Find(&f, c2[k])->proved);
  }
  Free(&f);
  Audit(free, NULL, &f);
  assert_int_equal(Find(&f, "contraction certificate")->verdict, HYP_HOLDS);
  Free(&f);
  Audit(free, RaiseContraction, &f);
  assert_int_equal(Find(&f, "contraction certificate")->verdict, HYP_FAILS);
  assert_true(Find(&f, "contraction certificate")->proved);
  Free(&f);
  Audit(free, DoubleMu, &f);
  for (size_t k = 0; k < sizeof(mu) / sizeof(mu[0]); k++) {
    if (Find(&f, mu[k])->verdict != HYP_FAILS || !Find(&f, mu[k])->proved)
      fail_msg("not noticed: %s", mu[k]);
  }
  Free(&f);
}

static void Gap(PetscReal amplitude, PetscReal *gap)
{
  HypModel    model;
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum;

  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetPerturbation(model, Sine, &amplitude, NULL));
  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &space));
  OK(HypSpaceSetDegree(space, 24));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 4, &spectrum));
  *gap = spectrum.gap;
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

/* Under-damped, eps = e0 sin: the gap moves like e0^2 */
static void test_second_order_gap(void **state)
{
  const PetscReal amplitudes[] = {0.1, 0.2, 0.4}, expected[] = {2.2e-4, 8.7e-4, 3.4e-3};

  (void)state;
  for (PetscInt k = 0; k < 3; k++) {
    PetscReal gap;

    Gap(amplitudes[k], &gap);
    print_message("e0 = %g: gap - gamma/2 = %.4e\n", (double)amplitudes[k], (double)(gap - 0.5));
    assert_small(gap - 0.5 - expected[k], 0.02, expected[k]);
  }
}

/* sup |eps x| for .05 sin on growing boxes, and what has a closed form */
static void test_suprema(void **state)
{
  const PetscReal boxes[] = {3, 6, 12, 24}, expected[] = {0.15, 0.30, 0.60, 1.20};
  PetscReal       amplitude = 0.05;
  HypModel        model;
  HypJacobian     jacobian;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetPerturbation(model, Sine, &amplitude, NULL));
  OK(HypJacobianCreate(model, NULL, 1, &jacobian));
  for (PetscInt k = 0; k < 4; k++) {
    HypSuprema s;

    OK(HypSupremaCompute(model, &jacobian, boxes[k], &s));
    assert_small(s.value[1] - expected[k], 1e-9, 1);
    assert_small(s.value[0] - amplitude, 1e-9, 1);
    assert_small(s.value[3] - amplitude, 1e-9, 1);
    assert_small(s.eps0 - expected[k], 1e-9, 1); /* |eps.v|, |eps'.x| and |eps'.v| reach as far */
  }
  OK(HypModelDestroy(&model));
}

/* In d = 2, with other parameters, against a dense sample of the box */
static void test_suprema_dense(void **state)
{
  enum { SAMPLES = 200000 };
  PetscReal   amplitude = 0.2, sampled[HYP_SUPREMA] = {0};
  HypModel    model;
  HypJacobian jacobian;
  HypSuprema  s;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetParameters(model, 2, 1.5, 0.8, 0.7));
  OK(HypModelSetPerturbation(model, TestPerturbation, &amplitude, NULL));
  OK(HypJacobianCreate(model, NULL, 1, &jacobian));
  OK(HypSupremaCompute(model, &jacobian, 2, &s));
  OK(RandomStart(357));
  for (PetscInt k = 0; k < SAMPLES; k++) {
    PetscReal z[4], x[2], v[2], theta[2], eps[2], J[4], value[HYP_SUPREMA] = {0};

    for (PetscInt c = 0; c < 4; c++)
      z[c] = Uniform(0, 1) < 0.5 ? Uniform(-2, 2) : Uniform(-1, 1) < 0 ? -2 : 2;
    HypModelUnscale(model, z, x, v);
    HypModelToTheta(model, z, theta, NULL);
    OK(HypModelPerturbation(model, theta, eps));
    for (PetscInt i = 0; i < 2; i++) { /* eps_i = a (sin(theta_i + .3 i) + .5 cos theta_{1-i}) */
      J[i * 2 + i]     = amplitude * PetscCosReal(theta[i] + 0.3 * (PetscReal)i);
      J[i * 2 + 1 - i] = -0.5 * amplitude * PetscSinReal(theta[1 - i]);
    }
    value[0] = PetscMax(PetscAbsReal(eps[0]), PetscAbsReal(eps[1]));
    value[1] = PetscAbsReal(eps[0] * x[0] + eps[1] * x[1]);
    value[2] = PetscAbsReal(eps[0] * v[0] + eps[1] * v[1]);
    for (PetscInt i = 0; i < 2; i++) {
      const PetscReal row = PetscMax(PetscAbsReal(J[2 * i]), PetscAbsReal(J[2 * i + 1]));

      value[3] = PetscMax(value[3], 2 * row);
      value[4] += row;
      value[5] = PetscMax(value[5], PetscAbsReal(J[i] * x[0] + J[2 + i] * x[1]));
      value[6] = PetscMax(value[6], PetscAbsReal(J[i] * v[0] + J[2 + i] * v[1]));
    }
    for (PetscInt c = 0; c < HYP_SUPREMA; c++) sampled[c] = PetscMax(sampled[c], value[c]);
  }
  for (PetscInt c = 0; c < HYP_SUPREMA; c++) {
    if (!(s.value[c] >= sampled[c] * (1 - 1e-12) && sampled[c] >= 0.97 * s.value[c]))
      fail_msg("supremum %d = %.6g, sampled %.6g", (int)c, (double)s.value[c], (double)sampled[c]);
  }
  OK(PetscRandomDestroy(&Random));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_random_parameters), cmocka_unit_test(test_critical_case),
    cmocka_unit_test(test_perturbed),         cmocka_unit_test(test_poincare),
    cmocka_unit_test(test_falsified),         cmocka_unit_test(test_second_order_gap),
    cmocka_unit_test(test_suprema),           cmocka_unit_test(test_suprema_dense)};
  int failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
