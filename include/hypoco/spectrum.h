#pragma once
/*
   Spectrum: leading eigenvalues of the generator G = -T + L + R, its null vector F/M,
   and the norm of exp(tG).
*/
#include <hypoco/decay.h>

/* What an eigenvalue tends to as the cells become small, and its error bar */
typedef struct {
  PetscReal real, imag, error;
} HypLimit;

typedef struct {
  PetscInt   n, room;     /* as many were asked for, and have room */
  PetscReal *real, *imag; /* by decreasing real part; the zero eigenvalue first */
  PetscReal *residual;    /* ||G u - lambda u||/||u||, recomputed */
  PetscReal *exact;       /* eps = 0: distance to the nearest closed-form eigenvalue; else NULL */
  PetscReal *
    /* distance to the nearest eigenvalue at another resolution (HypSpectrumCompare); else NULL */
              refined;
  PetscReal  *error;   /* error bar from three spaces, HypSpectrumComputeOnTwo(); else NULL */
  HypLimit   *limit;   /* of positive fluxes, whose order is 1; else NULL */
  PetscReal  *tables;  /* what tables of every second point move each; else NULL */
  PetscReal  *share;   /* what a start has of each, HypSpectrumExcite(); else NULL */
  Vec        *vr, *vi; /* eigenfunctions, real and imaginary part */
  PetscReal   doubt;  /* of differences of resolutions: times so much they are errors; 0: unknown */
  PetscReal   steady; /* error bar of F, HypSteadyDistance(); NAN: unknown */
  const char *source; /* what decided on it */
  PetscReal   gap;    /* -max Re lambda over lambda != 0; NAN if n = 1 */
} HypSpectrum;

/* The steady state and its certificate: identities that hold for any eps (docs/mathematics.md),
   left and right sides */
#define HYP_STEADY_IDENTITIES 6
typedef struct {
  Vec                f;        /* F/M, <1, f> = 1 */
  PetscReal          residual; /* ||G f|| */
  PetscInt           count;    /* identities that apply: the last one needs d = 1 */
  const char *const *names;    /* of HypSteadyIdentities */
  PetscReal          left[HYP_STEADY_IDENTITIES], right[HYP_STEADY_IDENTITIES]; /* named by names */
  PetscReal          worst; /* largest |left - right| relative to max(1, |right|) */
  PetscReal          norm;  /* ||f||_* */
  PetscReal
    /* norm of the part of f where the space ends: small identities certify moments,
       this the function */
              edge;
  PetscReal   error;  /* of F, HypSteadyCheck(); NAN: unknown */
  const char *source; /* what decided on it, HypSteadyDistance(); NULL: unknown */
} HypSteady;
PETSC_EXTERN const char *const HypSteadyIdentities
  [][HYP_STEADY_IDENTITIES]; /* by type of the model, 2 more where the noise depends on theta */

PETSC_EXTERN PetscErrorCode HypSteadyCompute(HypKinetic, HypSteady *);
PETSC_EXTERN PetscErrorCode HypSteadyDistance(HypSpace, Vec f, HypSpace coarse, Vec g,
                                              PetscReal *error, const char **source);
PETSC_EXTERN PetscErrorCode HypSteadyCheck(HypKinetic, HypSteady *);
PETSC_EXTERN PetscErrorCode HypSteadyDestroy(HypSteady *);
PETSC_EXTERN PetscErrorCode HypSpectrumCompute(HypKinetic, PetscInt count, HypSpectrum *);
PETSC_EXTERN PetscErrorCode HypSpectrumComputeOnTwo(HypKinetic, HypKinetic coarser, PetscInt count,
                                                    HypSpectrum *, HypSpectrum *coarse);
PETSC_EXTERN PetscErrorCode HypSpectrumExcite(HypKinetic, Vec h, HypSpectrum *);
PETSC_EXTERN PetscErrorCode HypSpectrumCompare(HypSpectrum *, const HypSpectrum *other);
PETSC_EXTERN PetscErrorCode HypSpectrumCoarsen(HypKinetic);
PETSC_EXTERN PetscErrorCode HypSpectrumDestroy(HypSpectrum *);
PETSC_EXTERN PetscErrorCode HypSpectrumExact(HypModel, PetscInt count, PetscReal real[],
                                             PetscReal imag[]); /* eps = 0 */
PETSC_EXTERN PetscErrorCode HypPropagatorNorm(HypKinetic, PetscReal t, PetscReal *norm);
PETSC_EXTERN PetscErrorCode HypPropagatorExact(HypModel, PetscReal t, PetscReal *norm);
PETSC_EXTERN PetscErrorCode HypPropagatorSharp(HypModel, PetscReal *constant);

/* continuation.c: the leading eigenvalues of -T + L + e R as functions of e */
typedef struct {
  PetscBool known; /* not critical, and R there */
  PetscInt  d;
  /* d x d, by rows: up to O(e^3) they are the eigenvalues of sum_k (real_k + i imag_k) e^k */
  PetscReal *real[3], *imag[3];
} HypContinuation;
PETSC_EXTERN PetscErrorCode HypContinuationCompute(HypKinetic, HypContinuation *);
PETSC_EXTERN PetscErrorCode HypContinuationDestroy(HypContinuation *);
PETSC_EXTERN PetscErrorCode HypContinuationPredict(const HypContinuation *, PetscReal amplitude,
                                                   PetscInt order, PetscReal real[],
                                                   PetscReal imag[]);
