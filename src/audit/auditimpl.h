#pragma once
/* Private parts of the audit: the table of statements. */
#include <hypoco/audit.h>

/* Asynchronous SGD beside momentum SGD with mu' = mu, eta' = eta (1 - mu): counterpart.c */
typedef struct {
  PetscBool known;
  /* stationary E |gamma y|^2 of (2.11) and E |grad f(theta)|^2 of (2.7) */
  PetscReal asgd_square, momentum_square;
  PetscReal momentum_gap;
  /* the norm of R_asgd - R_momentum from H1 to its dual, and what bounds it: difference.c */
  PetscBool norm_known;
  PetscReal norm, bound;
} HypCounterpart;

struct _p_HypAudit {
  HypKinetic        K;
  HypAuditConstants constants;
  PetscBool         covered; /* the box of Assumption 3.1 contains what the space can see */
  PetscInt          n, capacity;
  HypMoments       *moments;
  HypWorstValue     worst[HYP_WORST];
  HypCounterpart    counterpart;
  PetscReal         gap; /* of this space; NaN: unknown */
  PetscReal         propagator,
    propagator_exact; /* e^{2 mu t} ||e^{tG}||^2 where it is largest, computed and closed form;
   NaN: unknown */
};

typedef enum {
  HYP_IDENTITY,         /* left = right */
  HYP_BOUND,            /* left <= right */
  HYP_SHARP,            /* left <= right, and some function attains equality */
  HYP_SHARP_UNPERTURBED /* the same for eps = 0 only */
} HypStatementKind;

/* Both sides at one state, in units of scale; scale 0: nothing to compare */
typedef struct {
  PetscReal left, right, scale;
} HypSides;

/* Both sides as found in one audit */
typedef struct {
  PetscReal left, right, error; /* error: of eigenvalue solvers, beyond rounding */
  PetscBool applies, known;     /* known false: not computed, or not converged */
  char      detail[192];
} HypEvidence;

typedef enum {
  HYP_PROVED,      /* for every eps, or for eps = 0 where the row says so */
  HYP_UNPROVED,    /* printed, but false or a hypothesis; `why` says so */
  HYP_CONDITIONAL, /* proved under Assumption 3.1: where the audit's box covers the space */
  /* proved under Assumption 3.1 where the printed constants are at least the corrected ones */
  HYP_PRINTED
} HypProof;

/* The rate that a statement guarantees: where it is not positive, the statement says nothing */
typedef enum {
  HYP_CLAIM_NONE,
  HYP_CLAIM_PROVED,     /* mu - eps0 C1 */
  HYP_CLAIM_CORRECTED,  /* mu - eps0 C1' */
  HYP_CLAIM_PRINTED,    /* both constants as printed */
  HYP_CLAIM_CONTRACTION /* that of the certificate */
} HypClaim;

/* The models that a statement is about: all of what is named here must hold */
enum {
  HYP_EVERY_MODEL    = 0,
  HYP_ONE_OMEGA      = 1, /* one omega0 and one beta for all coordinates */
  HYP_CONSTANT_NOISE = 2, /* it does not depend on theta */
  HYP_ASGD_FORCE     = 4, /* eps = 0, or as it enters in model_type asgd */
  HYP_THEOREM        = 7, /* the three above: the hypotheses of Theorem 3.1 */
  HYP_ONLY_ASGD      = 8
};

typedef struct {
  const char      *name, *source, *formula;
  HypStatementKind kind;
  HypProof         proof;
  const char      *why;  /* what is to be known about it; shown where it is not proved */
  PetscBool        rate; /* decided by the measured rate */
  HypClaim         claim;
  int              about;
  /* one of the two: along the solution, or from everything */
  HypSides (*at)(const HypMoments *start, const HypMoments *, const HypAuditConstants *);
  void (*whole)(const struct _p_HypAudit *, HypEvidence *);
  PetscBool (*sufficient)(
    const HypAuditConstants
      *); /* HYP_PRINTED: do the printed constants cover the corrected ones? */
} HypStatementRow;

extern const HypStatementRow HypStatementTable[];
extern const PetscInt        HypStatementCount;

PETSC_INTERN PetscErrorCode HypCounterpartCompute(HypKinetic, const HypSpectrum *,
                                                  HypCounterpart *);
PETSC_INTERN PetscErrorCode HypDifferenceCompute(HypKinetic, HypCounterpart *);

/* true for states and constants, but the rate it guarantees is not positive: table.c */
PETSC_INTERN PetscBool HypStatementVacuous(const HypStatementRow *, const HypAuditConstants *);
/* table.c: is the statement about this model? */
PETSC_INTERN PetscBool HypStatementSpeaks(const HypStatementRow *, HypModel, const char **why);
