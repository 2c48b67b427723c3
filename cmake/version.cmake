# Run at every build (cmake -P):
# writes hypoco/version.h with the version and the state of the git tree.
set(state "unknown")
execute_process(COMMAND git -C "${SOURCE}" rev-parse --show-toplevel
  OUTPUT_VARIABLE toplevel OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
file(REAL_PATH "${SOURCE}" source)
# not some other repository that this tree was unpacked in
if(NOT failed AND toplevel STREQUAL source)
  execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(state "${described}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
/* Written by the build: see cmake/version.cmake. */
#pragma once
#define HYP_VERSION   "@VERSION@"
#define HYP_GIT_STATE "@state@" /* git describe --always --dirty, or "unknown" outside a git tree */
]] @ONLY)
