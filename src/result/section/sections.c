/* The sections of the table of results, in the order in which they are printed;
   a parent comes before its member. */
#include "result/section/section.h"

const HypSection *const HypSections[] = {
  &HypAnswerSection,      &HypModelSection,      &HypSpaceSection,
  &HypAxisXSection,       &HypAxisVSection,      &HypRateSection,
  &HypEstimateSection,    &HypDistanceSection,   &HypNormSection,
  &HypSpectrumSection,    &HypPropagatorSection, &HypSteadySection,
  &HypIdentitySection,    &HypAssumptionSection, &HypConstantsSection,
  &HypCertificateSection, &HypBoundSection,      &HypStatementSection,
  &HypTimingSection,      &HypGuardSection,      NULL};
