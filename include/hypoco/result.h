#pragma once
/*
   A result: everything one command found out, on its way to the HDF5 file,
   the JSON summary and the table on stdout.
   Parts that were not computed are NULL.
*/
#include <hypoco/file.h>
#include <hypoco/audit.h>
#include <hypoco/guard.h>
#include <hypoco/investigate.h>

typedef struct {
  const HypAsked      *asked; /* NULL: nobody asked, as in tests */
  HypModel             model;
  HypSpace             space;
  PetscReal            tail; /* of eps beyond the degree, HypSpacePerturbationTail(); NAN: none */
  const HypSeries     *series;
  const HypFit        *fit;
  PetscInt             nrates; /* of every series that measures a distance to F */
  const HypSeriesRate *rates;
  const HypRateEstimate
    *estimate; /* fit and spectrum on two resolutions; NULL: fit's error is the fit's alone */
  const HypLyapunov *lyapunov;
  const HypSpectrum *spectrum;
  const HypSteady   *steady;
  PetscInt npropagator; /* ||exp(tG)|| on mean-zero functions; `exact` is NULL unless eps = 0 */
  const PetscReal *propagator_times, *propagator_norms, *propagator_exact;
  PetscReal        sharp,
    /* largest e^{2 gap t} ||exp(tG)||^2 at these times; its supremum, NAN unless eps = 0 */
    sharp_exact;
  PetscInt                nstatements;
  const HypStatement     *statements;
  const HypSlopes        *slopes; /* with contraction; NULL: no certificate was sought */
  const HypContraction   *contraction;
  PetscInt                nbounds;
  const HypBound         *bounds;
  const HypGuard         *guard;
  const HypInvestigation *found; /* what only verify finds; NULL: another command */
  json_t   *extra; /* members of the summary that one command alone has; NULL: none, not owned */
  PetscReal setup_s, solve_s, total_s;
  char      verdict[256];
} HypResult;

PETSC_EXTERN PetscErrorCode HypResultSpectralGap(const HypResult *, PetscReal *gap,
                                                 PetscBool *computed);
PETSC_EXTERN PetscErrorCode HypResultPrint(const HypResult *, FILE *);
PETSC_EXTERN PetscErrorCode HypResultWriteJSON(const HypResult *, const char path[]);

/* The HDF5 file of a run, with an XDMF file beside it; docs/formats.md describes both */
typedef struct _p_HypResultFile *HypResultFile;
PETSC_EXTERN PetscErrorCode      HypResultFileCreate(const HypResult *, Vec f, const char path[],
                                                     HypResultFile *);
PETSC_EXTERN PetscErrorCode      HypResultFileSeries(HypResultFile);
PETSC_EXTERN PetscErrorCode      HypResultFileShow(HypResultFile);
PETSC_EXTERN PetscErrorCode      HypResultFileSnapshot(HypResultFile, PetscReal t, Vec h);
PETSC_EXTERN PetscErrorCode      HypResultFileKeep(HypResultFile);
PETSC_EXTERN size_t              HypResultFileRecordSize(HypResultFile);
PETSC_EXTERN PetscErrorCode      HypResultFileRecall(HypResultFile, PetscReal t,
                                                     const PetscReal values[]);
PETSC_EXTERN PetscErrorCode      HypResultFileCompare(HypResultFile, HypSpace coarse, Vec h, Vec f);
PETSC_EXTERN PetscErrorCode      HypResultFileClose(HypResultFile *, Vec h);
PETSC_EXTERN PetscErrorCode      HypResultWriteFile(const HypResult *, Vec f, const char path[]);
PETSC_EXTERN PetscErrorCode      HypInitialFromFile(HypSpace, const char path[], Vec u);
