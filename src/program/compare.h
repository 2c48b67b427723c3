#pragma once
/* hypoco compare: the algorithm, its models and the equation, from one start and on one clock;
   rates from the difference of two starts. */
#include "program/problem.h"
#include "program/samplesetup.h"

enum { HYP_COMPARE_MOST = 10, HYP_COMPARED = 3 /* E theta, E theta^2, E f */ };

/* How often a row of the table would be so by chance: alone, and one of all rows */
typedef struct {
  PetscReal alone, all;
} HypChance;

/* One model on the common clock */
typedef struct {
  const char *name;
  PetscBool   sampled;  /* else exact: the equation */
  PetscBool   equation; /* paths of it, which have no error of order eta */
  PetscReal  *mean;     /* [HYP_COMPARED][times], NaN where unknown */
  PetscReal  *error;    /* standard errors; of the equation from a coarser space, over 1.96 */
  PetscReal  *exact;    /* [HYP_COMPARED][times]: the exact means of the model; NaN where unknown */
  PetscReal
    *distance; /* [snapshots]: Kolmogorov-Smirnov distance of theta_1 from the equation's law */
  PetscReal  *significance;
  HypChance  *chance; /* of the rate; [HYP_COMPARED][snapshots]; [snapshots] of laws; NaN: none */
  PetscReal  *width;  /* [HYP_COMPARED][times]: half of 95 % intervals; NaN: none to be trusted */
  PetscReal  *half; /* [2][HYP_COMPARED][times]: mean and width at half the learning rate, or NaN */
  HypFit      rate;
  HypBar      shift[2];  /* rate less the equation's; the same at half the learning rate */
  const char *remark;    /* why the model's own part is not known; NULL: it is */
  const char *undecided; /* why there is no rate from the equation; NULL: there is */
  PetscReal rate_model;  /* exact for eps = 0: the model's rate less the equation's; NaN: unknown */
} HypCompareRow;

typedef struct {
  const HypSettings *s;
  PetscInt           times, snapshots, rows;
  PetscInt          *step, *snapshot; /* steps; snapshots as steps */
  PetscReal         *time, dt, omega; /* omega: of the first coordinate */
  PetscReal         *apart; /* [times]: E theta_1 of the equation from one start less the other */
  PetscReal         *start, *mean; /* [2][d] theta_0 and the second start; [2][2d] (x_0, v_0) */
  HypThetaLaw       *law;          /* [snapshots], of the equation */
  PetscBool         *resolved;     /* is it? */
  HypCompareRow      row[HYP_COMPARE_MOST];
  HypSampleSetup     setup; /* sample_loss_type other than model: its loss */
  PetscReal          loss0; /* of it: f(0), which the equation does not know */
} HypComparison;

PetscErrorCode HypCompareCreate(const HypSettings *, HypComparison *);
PetscErrorCode HypCompareDestroy(HypComparison *);
PetscErrorCode HypCompareRowCreate(HypComparison *, const char *name, HypCompareRow **);
PetscErrorCode HypCompareRowDestroy(HypCompareRow *);

/* A difference from the equation, what of it the model makes (exact, or of order eta from half
   the learning rate), and the rest */
typedef struct {
  HypBar    difference, model, rest;
  PetscBool exact;
} HypCompareParts;
HypCompareParts HypComparePartsMean(const HypComparison *, const HypCompareRow *, int k,
                                    PetscInt t);
HypCompareParts HypComparePartsRate(const HypComparison *, const HypCompareRow *);
const char     *HypCompareVerdict(const HypCompareParts *);
PetscErrorCode  HypCompareChances(HypComparison *);
HypChance      *HypCompareChance(const HypComparison *, const HypCompareRow *, int k, PetscInt i);
PetscInt        HypCompareJudged(const HypComparison *);
PetscErrorCode  HypCompareEquation(HypComparison *);
PetscErrorCode  HypCompareSample(HypComparison *, const char model[]);
PetscErrorCode  HypCompareLoss(HypComparison *, const HypSettings *);
void            HypCompareUnforced(HypSettings *);
PetscBool       HypCompareForced(const HypSettings *);
PetscBool       HypCompareLinear(const HypSettings *);
PetscErrorCode  HypComparePrint(const HypComparison *);
json_t         *HypCompareJSON(const HypComparison *);
PetscErrorCode  HypCompareFile(const HypComparison *, const char path[]);
