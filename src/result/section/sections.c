/* The sections of the table of results, in the order in which they are printed;
   a parent comes before its member. */
#include "result/section/section.h"

const HypSection *const HypSections[] = {
  &HypModelSection,     &HypSpaceSection,    &HypAxisXSection,       &HypAxisVSection,
  &HypRateSection,      &HypNormSection,     &HypSpectrumSection,    &HypPropagatorSection,
  &HypSteadySection,    &HypIdentitySection, &HypCertificateSection, &HypBoundSection,
  &HypStatementSection, &HypTimingSection,   &HypGuardSection,       NULL};
