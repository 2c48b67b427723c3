/* hypoco sample: pairs of paths with the same noise, and the laws of two starts. */
#include "program/twins.h"
#include "base/base.h"
#include "program/objects.h"
#include "program/program.h"
#include <hypoco/sampler.h>
#include <math.h>
#include <string.h>

enum { TIMES = 11 };

/* Steps a tenth of the paths' own */
static PetscReal Step(HypModel model)
{
  return 0.02 / (HypModelGamma(model) + HypModelFastest(model));
}

/*
   sample_pairs: the contraction certificate, path by path.
   What is above 1 is the error of the steps or a certificate that is false.
   Steps of half the length tell: an error of C h^2 leaves 3/4 of itself between the two runs,
   and a false certificate leaves nothing.  Twice the error is allowed: the worst pair may differ.
*/
static PetscErrorCode Pairs(const HypSettings *s, HypModel model, const HypContraction *c,
                            PetscReal end, json_t *body)
{
  const PetscReal rounding = 1e-10;
  HypPairSettings pairs    = {.pairs = (PetscInt)s->sample_pairs, .seed = (uint64_t)s->sample_seed};
  HypPairResult   found, half;
  PetscReal       bound;
  const char     *verdict;

  PetscFunctionBeginUser;
  pairs.steps = PetscMax(1, (PetscInt)PetscCeilReal(end / Step(model)));
  pairs.step  = end / (PetscReal)pairs.steps;
  PetscCall(HypPairsRun(PETSC_COMM_WORLD, model, c, &pairs, &found));
  pairs.steps *= 2;
  pairs.step /= 2;
  PetscCall(HypPairsRun(PETSC_COMM_WORLD, model, c, &pairs, &half));
  pairs.step *= 2;
  bound   = 1 + rounding + 2 * 4. / 3 * PetscMax(0, found.worst - half.worst);
  verdict = found.worst > bound ? "violated"
            : bound > 2         ? "undecided, the steps are too long"
                                : "holds";
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "pairs: %" PetscInt_FMT " pairs with the same noise, largest |z - z'|_P "
                        "e^{mu t}/|z_0 - z'_0|_P = %.10g at t = %.4g; allowed: %.10g (1 and the "
                        "error of steps of %.3g, from steps of half that); mu = %.7g: %s\n",
                        pairs.pairs, (double)found.worst, (double)found.time, (double)bound,
                        (double)pairs.step, HypRoundDown((double)(c->mu - c->margin), 7), verdict));
  json_object_set_new(body, "pairs",
                      json_pack("{s:i,s:f,s:f,s:f,s:f,s:f,s:f,s:s}", "pairs", (int)pairs.pairs,
                                "step", (double)pairs.step, "mu", (double)(c->mu - c->margin),
                                "worst", (double)found.worst, "time", (double)found.time, "end",
                                (double)found.end, "allowed", (double)bound, "verdict", verdict));
  if (found.worst > bound) PetscCall(HypCliSetExitCode(HYP_EXIT_STATEMENT_FAILED));
  PetscFunctionReturn(0);
}

/* A law of (x, v) becomes one of (theta, y): both are linear in each other */
static PetscErrorCode ToTheta(HypModel model, const PetscReal mean[], const PetscReal covariance[],
                              PetscReal m[], PetscReal S[])
{
  const PetscInt d = HypModelDimension(model), n = 2 * d;
  PetscReal     *unit, *z, *T;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(n, &unit, n, &z, n * n, &T)); /* T by columns */
  for (PetscInt j = 0; j < n; j++) {
    unit[j] = 1;
    HypModelScale(model, unit, unit + d, z);
    HypModelToTheta(model, z, T + j * n, T + j * n + d);
    unit[j] = 0;
  }
  for (PetscInt i = 0; i < n; i++) {
    m[i] = 0;
    for (PetscInt j = 0; j < n; j++) m[i] += T[j * n + i] * mean[j];
    for (PetscInt j = 0; j < n; j++) {
      S[i * n + j] = 0;
      for (PetscInt k = 0; k < n * n; k++)
        S[i * n + j] += T[(k / n) * n + i] * covariance[k] * T[(k % n) * n + j];
    }
  }
  PetscCall(PetscFree3(unit, z, T));
  PetscFunctionReturn(0);
}

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

static PetscErrorCode Entry(PetscReal value, const char *after)
{
  PetscFunctionBeginUser;
  if (isnan(value))
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, " %12s%s", "-", after));
  else
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, " %12.6g%s", (double)value, after));
  PetscFunctionReturn(0);
}

static PetscErrorCode Report(const HypLaw laws[], PetscReal mu, json_t *body)
{
  json_t *list = json_array();

  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "laws of two starts, distance W2; guaranteed: e^{-mu t} times that at the "
                        "start, mu = %.7g\n%8s %12s %12s   %12s %12s %12s\n",
                        (double)mu, "t", "in |.|_P <=", "exact", "theta_1 <=", "exact",
                        "measured"));
  for (PetscInt k = 0; k < TIMES; k++) {
    const HypLaw *law = laws + k;

    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%8.4g", (double)law->t));
    PetscCall(Entry(law->guaranteed, ""));
    PetscCall(Entry(law->exact, "  "));
    PetscCall(Entry(law->marginal, ""));
    PetscCall(Entry(law->exact_margin, ""));
    PetscCall(Entry(law->measured, ""));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, " +- %.2g\n", HypRoundUp((double)law->half, 2)));
    json_array_append_new(
      list, json_pack("{s:f,s:f,s:o,s:f,s:o,s:f,s:f}", "t", (double)law->t, "guaranteed",
                      (double)law->guaranteed, "exact", Number(law->exact), "theta_guaranteed",
                      (double)law->marginal, "theta_exact", Number(law->exact_margin), "theta",
                      (double)law->measured, "theta_half", HypRoundUp((double)law->half, 2)));
  }
  json_object_set_new(body, "laws", list);
  PetscFunctionReturn(0);
}

/* sample_second_mean, sample_second_covariance: the second start is the first one with these */
static PetscErrorCode Laws(const HypSettings *s, HypModel model, const HypContraction *c,
                           PetscReal end, json_t *body)
{
  const PetscInt n      = 2 * HypModelDimension(model);
  HypSettings    second = *s;
  HypLaw         laws[TIMES];
  PetscReal     *mean, *covariance, *m[2], *S[2];
  HypLawSettings law = {
    .paths = (PetscInt)s->sample_paths, .times = TIMES, .seed = (uint64_t)s->sample_seed};

  PetscFunctionBeginUser;
  PetscCheck(s->sample_second_mean.count == 0 || s->sample_second_mean.count == (size_t)n,
             PETSC_COMM_WORLD, PETSC_ERR_ARG_SIZ,
             "sample_second_mean: %zu numbers given, %" PetscInt_FMT " needed, x and v",
             s->sample_second_mean.count, n);
  if (s->sample_second_mean.count) second.initial_mean = s->sample_second_mean;
  if (s->sample_second_covariance.count) second.initial_covariance = s->sample_second_covariance;
  PetscCall(
    PetscMalloc6(n, &mean, n * n, &covariance, n, &m[0], n, &m[1], n * n, &S[0], n * n, &S[1]));
  for (int start = 0; start < 2; start++) {
    PetscCall(HypSettingsInitialLaw(start ? &second : s, model, mean, covariance));
    if (!strcmp(s->initial_type, "point")) PetscCall(PetscArrayzero(covariance, n * n));
    PetscCall(ToTheta(model, mean, covariance, m[start], S[start]));
    law.mean[start]       = m[start];
    law.covariance[start] = S[start];
  }
  law.steps = PetscMax(1, (PetscInt)PetscCeilReal(end / (TIMES - 1) / Step(model)));
  law.step  = end / (TIMES - 1) / (PetscReal)law.steps;
  PetscCall(HypLawsRun(PETSC_COMM_WORLD, model, c, &law, laws));
  PetscCall(Report(laws, c->mu - c->margin, body));
  PetscCall(PetscFree6(mean, covariance, m[0], m[1], S[0], S[1]));
  PetscFunctionReturn(0);
}

/*
  HypSampleTwins - What sample_pairs and the sample_second keys ask for

  Collective

  Input Parameters:
+ s     - the settings
. model - the model of sample_model: sde
- end   - time

  Output Parameter:
. body - members pairs and laws, as far as asked for; NULL: none
*/
PetscErrorCode HypSampleTwins(const HypSettings *s, HypModel model, PetscReal end, json_t **body)
{
  const PetscBool pairs = s->sample_pairs != HYP_UNSET ? PETSC_TRUE : PETSC_FALSE,
                  laws  = s->sample_second_mean.count || s->sample_second_covariance.count
                            ? PETSC_TRUE
                            : PETSC_FALSE;
  HypSlopes      slopes;
  HypContraction c;

  PetscFunctionBeginUser;
  *body = NULL;
  if (!pairs && !laws) PetscFunctionReturn(0);
  PetscCheck(HypSamplerTakes(s->sample_model) & HYP_TAKES_TIMES, PETSC_COMM_WORLD,
             PETSC_ERR_ARG_INCOMP,
             "%s: pairs are paths of the kinetic equation; they need sample_model: sde",
             pairs ? "sample_pairs" : "sample_second_mean");
  PetscCall(HypSettingsContraction(s, model, NULL, &slopes, &c));
  *body = json_object();
  if (!slopes.bounded)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%s: no certificate: %s\n",
                          pairs ? laws ? "pairs and laws" : "pairs" : "laws", slopes.remark));
  if (slopes.bounded && pairs) PetscCall(Pairs(s, model, &c, end, *body));
  if (slopes.bounded && laws) PetscCall(Laws(s, model, &c, end, *body));
  PetscCall(HypContractionDestroy(&c));
  PetscCall(HypSlopesDestroy(&slopes));
  PetscFunctionReturn(0);
}
