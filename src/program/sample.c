/* hypoco sample: paths of an algorithm or an equation, their moments and distributions. */
#include "program/twins.h"
#include "base/base.h"
#include "program/program.h"
#include "program/progress.h"
#include "program/samplefile.h"
#include "program/samplesetup.h"
#include <hypoco/result.h>
#include <petsctime.h>
#include <string.h>

#define ADVICE 512 /* characters */

/* One average of the first coordinate at one output time,
   with 95 % either way where that is known */
static PetscErrorCode PrintMean(const HypSampleResult *result, PetscInt time, HypSampleMean mean)
{
  const PetscReal value = HypSampleResultMean(result, time, 0, mean, NULL),
                  half  = result->half[time * result->d * HYP_MEANS + (PetscInt)mean];

  PetscFunctionBeginUser;
  if (!PetscIsNanReal(half))
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %12.6g +- %-9.2g", (double)value,
                          HypRoundUp((double)half, 2)));
  else
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %12.6g +- %-9s", (double)value, "unknown"));
  PetscFunctionReturn(0);
}

static PetscErrorCode PrintTable(const HypSampleResult *result, const char *model)
{
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "%s: %" PetscInt_FMT " paths, d = %" PetscInt_FMT
                        "; first coordinate, 95 %% confidence\n",
                        model, result->paths, result->d));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%8s %10s  %25s  %25s  %12s  %25s\n", "step", "time",
                        "E theta", "E theta^2", "exact", "P(theta > 0)"));
  for (PetscInt t = 0; t < result->times; t++) {
    const PetscReal exact = result->exact ? result->exact[t * result->d * 2 + 1] : NAN;

    if (result->times > 21 && t % (result->times / 20) && t + 1 < result->times) continue;
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%8" PetscInt_FMT " %10.4g", result->step[t],
                          (double)((PetscReal)result->step[t] * result->timestep)));
    PetscCall(PrintMean(result, t, HYP_MEAN_THETA));
    PetscCall(PrintMean(result, t, HYP_MEAN_THETA2));
    if (PetscIsNanReal(exact))
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %12s", "-"));
    else
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %12.6g", (double)exact));
    PetscCall(PrintMean(result, t, HYP_MEAN_POSITIVE));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "\n"));
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%.3g path-steps per second\n",
                        (double)((PetscReal)result->paths *
                                 (PetscReal)result->step[result->times - 1] / result->seconds)));
  PetscFunctionReturn(0);
}

/* What the run cost in gradients, and (P, M) of (2.5) of An, Lu and Ying at the end */
static PetscErrorCode PrintReads(const HypSampleResult *result)
{
  const PetscInt last = result->times - 1;

  PetscFunctionBeginUser;
  if (result->gradients)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%.10g component gradients a path\n",
                          (double)result->gradients[last]));
  if (!result->read) PetscFunctionReturn(0);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "expected read M and its speed P at the end, 95 %%:"));
  for (int m = HYP_MEAN_M; m <= HYP_MEAN_P2; m++) {
    static const char *const names[] = {"E M", "E M^2", "E P", "E P^2"};

    PetscCall(
      PetscPrintf(PETSC_COMM_WORLD, "%s %s", m == HYP_MEAN_M ? "" : ",", names[m - HYP_MEAN_M]));
    PetscCall(PrintMean(result, last, (HypSampleMean)m));
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "\n"));
  PetscFunctionReturn(0);
}

/* Wall time and staleness, where workers have them */
static PetscErrorCode PrintWorkers(const HypSampleResult *result)
{
  const PetscInt last = result->times - 1;
  PetscReal      mean = 0;
  char           half[32];

  PetscFunctionBeginUser;
  if (!result->wall) PetscFunctionReturn(0);
  snprintf(half, sizeof(half), isnan(result->wall[3 * last + 2]) ? "unknown" : "%.2g",
           HypRoundUp((double)result->wall[3 * last + 2], 2));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "wall time %.6g", (double)result->wall[3 * last]));
  if (result->wall[3 * last + 1] > 0) PetscCall(PetscPrintf(PETSC_COMM_WORLD, " +- %s", half));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, " for %" PetscInt_FMT " updates", result->step[last]));
  for (PetscInt l = 0; result->staleness && l < HYP_STALENESS_COUNTED; l++)
    mean += (PetscReal)l * result->staleness[l];
  if (result->staleness)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "; mean staleness %.6g", (double)mean));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "\n"));
  PetscFunctionReturn(0);
}

/* Of the first chosen coordinate */
static PetscErrorCode PrintRate(const HypFit *fit)
{
  PetscFunctionBeginUser;
  if (fit->form == HYP_FIT_NONE) {
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "rate of E theta undecided: %s\n", fit->reason));
    PetscFunctionReturn(0);
  }
  PetscCall(
    PetscPrintf(PETSC_COMM_WORLD,
                "rate of E theta %.6g +- %.2g, frequency %.6g, %s fit over t in [%.3g, %.3g]\n",
                (double)fit->rate, HypRoundUp((double)fit->error, 2), (double)fit->frequency,
                HypFitForms[fit->form], (double)fit->from, (double)fit->to));
  PetscFunctionReturn(0);
}

/* Of what the first chosen coordinate shows, where transitions were followed: in d > 1 that need
   not be the slowest rate of the equation */
static PetscErrorCode PrintSlowest(const HypSampleResult *result, const HypFit *fit)
{
  char of[32] = "";

  PetscFunctionBeginUser;
  if (result->d > 1)
    snprintf(of, sizeof(of), " of theta_%" PetscInt_FMT, result->coordinate[0] + 1);
  if (fit->form == HYP_FIT_NONE)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "slowest rate%s undecided: %s\n", of, fit->reason));
  else
    PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                          "slowest rate%s %.6g +- %.2g, frequency %.6g, from transitions over t = "
                          "%.3g and %.3g\n",
                          of, (double)fit->rate, HypRoundUp((double)fit->error, 2),
                          (double)fit->frequency, (double)fit->from, (double)fit->to));
  PetscFunctionReturn(0);
}

static json_t *RateJSON(const HypFit *fit)
{
  if (fit->form == HYP_FIT_NONE) return json_null();
  return json_pack("{s:f,s:f,s:f,s:s,s:f,s:f,s:f}", "value", (double)fit->rate, "error",
                   (double)fit->error, "frequency", (double)fit->frequency, "form",
                   HypFitForms[fit->form], "from", (double)fit->from, "to", (double)fit->to,
                   "limit", (double)fit->A);
}

/* Members of the rates; slowest: NULL unless transitions were followed */
static void AddRates(json_t *body, const HypFit *rate, const HypFit *slowest)
{
  json_object_set_new(body, "rate", RateJSON(rate));
  if (rate->reason) json_object_set_new(body, "rate_undecided", json_string(rate->reason));
  if (!slowest) return;
  json_object_set_new(body, "slowest",
                      slowest->form == HYP_FIT_NONE
                        ? json_null()
                        : json_pack("{s:f,s:f,s:f,s:f,s:f}", "value", (double)slowest->rate,
                                    "error", (double)slowest->error, "frequency",
                                    (double)slowest->frequency, "from", (double)slowest->from, "to",
                                    (double)slowest->to));
  if (slowest->reason) json_object_set_new(body, "slowest_undecided", json_string(slowest->reason));
}

/* The reason why E theta has no rate, with what may decide nevertheless */
static void Advise(const HypSettings *s, const HypSampleResult *result, HypFit *rate,
                   char text[ADVICE])
{
  if (!rate->reason || s->sample_transitions || strcmp(s->sample_model, "sde") ||
      result->times < 24 || result->nblocks < 8)
    return;
  snprintf(text, ADVICE, "%s; or sample_transitions: true, which does not depend on the start",
           rate->reason);
  rate->reason = text;
}

static PetscErrorCode WriteFiles(const HypSettings *s, const HypSampleResult *sampled,
                                 const HypFit rates[2], json_t *pairs, PetscReal begin,
                                 HypFile *file)
{
  const char      *json = s->json, *model = s->sample_model;
  HypResult        result = {.asked = s->asked, .solve_s = sampled->seconds, .verdict = "done"};
  HypSampleSummary summary;
  PetscLogDouble   end;
  json_t          *body;

  PetscFunctionBeginUser;
  PetscCall(HypSampleSummaryCompute(sampled, (PetscInt)s->sample_quantiles.count,
                                    s->sample_quantiles.values, (PetscInt)s->sample_bins,
                                    &summary));
  PetscCall(PetscTime(&end));
  PetscCall(HypSampleFileClose(file, sampled, &summary, s->sample_keep ? PETSC_TRUE : PETSC_FALSE,
                               end - begin));
  result.total_s = end - begin;
  result.extra   = json_object();
  body           = HypSampleJSON(sampled, &summary, model);
  AddRates(body, &rates[0], s->sample_transitions ? &rates[1] : NULL);
  if (pairs) json_object_update(body, pairs);
  json_decref(pairs);
  json_object_set_new(result.extra, "sample", body);
  if (json) PetscCall(HypResultWriteJSON(&result, json));
  json_decref(result.extra);
  PetscCall(HypSampleSummaryDestroy(&summary));
  PetscFunctionReturn(0);
}

static PetscErrorCode Progress(PetscReal done, void *context)
{
  PetscFunctionBeginUser;
  PetscCall(HypProgressUpdate((HypProgress *)context, done));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSample(const HypSettings *s)
{
  HypSampleSetup  setup;
  HypSampler      sampler;
  HypSampleResult result;
  HypFit          rates[2]; /* of E theta, and the slowest */
  char            text[ADVICE];
  HypFile         file;
  HypProgress     progress;
  PetscLogDouble  begin;
  json_t         *pairs;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCall(HypSampleSetupCreate(PETSC_COMM_WORLD, s, &setup));
  setup.settings.progress         = Progress;
  setup.settings.progress_context = &progress;
  PetscCall(HypSamplerCreate(PETSC_COMM_WORLD, &setup.settings, setup.loss, &sampler));
  PetscCall(HypSampleFileCreate(s, &file));
  PetscCall(HypProgressStart(s, "path-steps", 0,
                             (PetscReal)setup.settings.paths * (PetscReal)setup.settings.steps,
                             &progress));
  PetscCall(HypSamplerRun(sampler, &result));
  PetscCall(HypProgressEnd(&progress));
  PetscCall(HypSampleRate(&result, NULL, 0, &rates[0]));
  Advise(s, &result, &rates[0], text);
  if (s->sample_transitions) PetscCall(HypSampleSlowest(&result, &rates[1]));
  PetscCall(HypSampleTwins(s, setup.model,
                           (PetscReal)setup.settings.steps * setup.settings.interval, &pairs));
  PetscCall(WriteFiles(s, &result, rates, pairs, begin, &file)); /* first: a reader may leave */
  PetscCall(PrintTable(&result, setup.settings.model));
  PetscCall(PrintReads(&result));
  PetscCall(PrintWorkers(&result));
  PetscCall(PrintRate(&rates[0]));
  if (s->sample_transitions) PetscCall(PrintSlowest(&result, &rates[1]));
  PetscCall(HypSampleResultDestroy(&result));
  PetscCall(HypSamplerDestroy(&sampler));
  PetscCall(HypSampleSetupDestroy(&setup));
  PetscFunctionReturn(0);
}
