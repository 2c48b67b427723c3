#pragma once
/* The sides of the statements, which the rows of table.c name. */
#include "audit/auditimpl.h"

#define LYAPUNOV                                                                                   \
  const PetscReal C = c->theorem.lyapunov.C, Chat = c->theorem.lyapunov.Chat,                      \
                  mu = c->theorem.lyapunov.mu_proved
#define C22 (c->theorem.C2 * c->theorem.C2)

/* solution.c: at one state; the start is the first one */
PETSC_INTERN HypSides HypSidesMass(const HypMoments *start, const HypMoments *,
                                   const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesTransport(const HypMoments *start, const HypMoments *,
                                        const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesFokkerPlanck(const HypMoments *start, const HypMoments *,
                                           const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesPerturbation(const HypMoments *start, const HypMoments *,
                                           const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesD(const HypMoments *start, const HypMoments *,
                                const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesE(const HypMoments *start, const HypMoments *,
                                const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesF(const HypMoments *start, const HypMoments *,
                                const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesLemma41(const HypMoments *start, const HypMoments *,
                                      const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesLemma42(const HypMoments *start, const HypMoments *,
                                      const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesBalanceIdentity(const HypMoments *start, const HypMoments *,
                                              const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesBalanceBound(const HypMoments *start, const HypMoments *,
                                           const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesGronwall(const HypMoments *start, const HypMoments *,
                                       const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesGronwallCorrected(const HypMoments *start, const HypMoments *,
                                                const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesTheorem(const HypMoments *start, const HypMoments *,
                                      const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesTheoremCorrected(const HypMoments *start, const HypMoments *,
                                               const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesTheoremNorm(const HypMoments *start, const HypMoments *,
                                          const HypAuditConstants *);
PETSC_INTERN HypSides HypSidesSharp(const HypMoments *start, const HypMoments *,
                                    const HypAuditConstants *);

/* whole.c: from everything that was measured */
PETSC_INTERN void HypWholePositiveP(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeCoerciveK(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeCriticalPencil(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeSmallEps0(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeTransportWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeFokkerPlanckWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholePerturbationWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholePairWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeDWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeEWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeFWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeDCorrectedWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeECorrectedWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeFCorrectedWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholePoincarePrinted(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholePoincareCorrected(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeGronwallWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeGronwallCorrectedWorst(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeCoerciveH(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeTheoremPrinted(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeTheoremProof(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeTheoremCorrected(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeContractionRate(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholePropagatorClosed(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeStationaryLinear(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeStationaryNonlinear(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeOneRateLinear(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeOneRateNonlinear(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeDifference(const struct _p_HypAudit *, HypEvidence *);
PETSC_INTERN void HypWholeDifferenceBound(const struct _p_HypAudit *, HypEvidence *);

/* whole.c: where the printed constants are large enough */
PETSC_INTERN PetscBool HypSufficientD(const HypAuditConstants *);
PETSC_INTERN PetscBool HypSufficientE(const HypAuditConstants *);
PETSC_INTERN PetscBool HypSufficientF(const HypAuditConstants *);
PETSC_INTERN PetscBool HypSufficientDE(const HypAuditConstants *);
PETSC_INTERN PetscBool HypSufficientDEF(const HypAuditConstants *);
PETSC_INTERN PetscBool HypSufficientC1(const HypAuditConstants *);
