#pragma once
/* Commands that look at result files: pictures, reports, repetitions.  They are Python scripts;
   here they are started. */
#include <hypoco/options.h>

int HypLook(const HypOptions *options);
