# hypoco_add_tests(GROUP unit|identities|verification|application|faults|fuzz ROWS
#     "name | source.c [more.c] | ranks | arguments"
#     "name | script.sh or .py  | ranks | arguments")
#
# One row is one experiment; `ranks` may list several process counts ("1 2 3 4"),
# and each becomes one CTest named
# <group>.<name>, or <group>.<name>.np<ranks> where there is more than one process or count.
# For example
#
#   hypoco_add_tests(GROUP identities ROWS
#     "skew-fv-fv      | skew.c support.c | 1 2 3 4 | -axis_x_type fv -axis_v_type fv"
#     "skew-fourier-fv | skew.c support.c | 1 3     | -axis_x_type fourier -axis_v_type fv")
#
# - Rows naming the same first source share one executable,
# built from the sources of the first such row. It is linked to
#   libhypoco, cmocka, MPI and the libraries below; it finds include/, src/ and tests/,
#   and HYP_SOURCE_DIR is the tree.
# - A script is run as `script <path of hypoco> arguments`, with HYPOCO_SOURCE_DIR (the tree)
# and HYPOCO_LAUNCH
#   ("mpiexec -n 3", or empty for one process) in its environment: $HYPOCO_LAUNCH "$1" solve ...
#   It may use Python's
#   standard library, numpy and h5py.
# - Each test runs in a folder of its own below the build folder,
# so files with fixed names do not clash.
# - The label is the group, PROCESSORS is the number of ranks.
# - The time limit is the same for all: it ends a test that hangs,
# and is far above what the slowest one takes on a slow machine.

# Nothing of the user's may change a test (PETSC_OPTIONS, TERM), a rank is one thread,
# and Open MPI must accept more ranks than
# cores without binding them (tests run side by side) or burning a core that another rank needs,
# containers without ptrace,
# and the root of a fresh machine. Every test also gets its own session folder below:
# one job removing the shared one while
# another enters it makes MPI_Init fail.
set(HYPOCO_TEST_ENVIRONMENT
  "PETSC_OPTIONS=" "OMP_NUM_THREADS=1" "TERM=xterm"
  "OMPI_MCA_rmaps_base_oversubscribe=1" "OMPI_MCA_hwloc_base_binding_policy=none"
  "OMPI_MCA_mpi_yield_when_idle=1"
  "OMPI_MCA_btl_vader_single_copy_mechanism=none" "OMPI_ALLOW_RUN_AS_ROOT=1"
  "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
  "LSAN_OPTIONS=print_suppressions=0:suppressions=${PROJECT_SOURCE_DIR}/cmake/leaks-of-mpi.supp")

function(hypoco_add_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "GROUP" "ROWS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${CMAKE_CURRENT_FUNCTION}: '${arg_UNPARSED_ARGUMENTS}' "
      "is no argument of it")
  endif()
  foreach(row IN LISTS arg_ROWS)
    string(REPLACE "|" ";" columns "${row}")
    list(TRANSFORM columns STRIP)
    list(LENGTH columns count)
    if(NOT count EQUAL 4)
      message(FATAL_ERROR "tests/${arg_GROUP}: the row '${row}' has ${count} columns; it needs "
        "'name | sources | ranks | arguments'.")
    endif()
    list(POP_FRONT columns name sources ranks arguments)
    separate_arguments(sources)
    separate_arguments(ranks)
    separate_arguments(arguments UNIX_COMMAND "${arguments}")
    hypoco_test_reads("${arguments}" ${sources})
    hypoco_test_command(command ${arg_GROUP} ${sources})
    foreach(n IN LISTS ranks)
      set(test ${arg_GROUP}.${name})
      if(NOT ranks STREQUAL "1")
        string(APPEND test .np${n})
      endif()
      hypoco_add_test(${test} GROUP ${arg_GROUP} RANKS ${n} SOURCES ${sources}
        COMMAND ${command} ${arguments})
    endforeach()
  endforeach()
endfunction()

# Arguments of a row whose program or script reads none are a mistake.
# Those of tests with support.h are checked at run time (TestUnread()).
function(hypoco_test_reads arguments source)
  if(arguments STREQUAL "")
    return()
  endif()
  set(text "")
  foreach(file ${source} ${ARGN}) # main() may stand in another one of them
    file(READ "${CMAKE_CURRENT_SOURCE_DIR}/${file}" one)
    string(APPEND text "${one}")
  endforeach()
  if(source MATCHES "\\.c$")
    set(reads "int main\\(int argc")
  elseif(source MATCHES "\\.py$")
    set(reads "argv\\[[2-9]|argv\\[2?:|argv\\)|= sys\\.argv|argparse")
  else()
    set(reads "\\$[{]?[2-9@]|shift")
  endif()
  if(NOT text MATCHES "${reads}")
    message(FATAL_ERROR "${source} reads no arguments, but a row gives it '${arguments}'")
  endif()
endfunction()

# The command of a row without its launcher: an executable, added when its source is new,
# or a script and the program.
function(hypoco_test_command result group source)
  if(NOT source MATCHES "\\.c$")
    set(interpreter bash)
    if(source MATCHES "\\.py$")
      set(interpreter python3)
    endif()
    set(${result} ${interpreter} "${CMAKE_CURRENT_SOURCE_DIR}/${source}"
      $<TARGET_FILE:hypoco-program> PARENT_SCOPE)
    return()
  endif()
  cmake_path(GET source STEM stem)
  set(target test-${group}-${stem})
  if(NOT TARGET ${target})
    add_executable(${target} ${source} ${ARGN})
    target_compile_definitions(${target} PRIVATE HYP_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src"
      "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(${target} PRIVATE hypoco hypoco-flags PkgConfig::CMOCKA PkgConfig::HDF5
      ${HDF5_HL_LIBRARY} PkgConfig::JANSSON PkgConfig::GSL PkgConfig::FFTW LAPACK::LAPACK
      BLAS::BLAS hypoco-random123 m)
  endif()
  set(${result} $<TARGET_FILE:${target}> PARENT_SCOPE)
endfunction()

# Adds one test:
# hypoco_add_test(NAME GROUP group RANKS n SOURCES file... COMMAND word...)
function(hypoco_add_test test)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "GROUP;RANKS" "SOURCES;COMMAND")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${CMAKE_CURRENT_FUNCTION}: '${arg_UNPARSED_ARGUMENTS}' "
      "is no argument of it")
  endif()
  set(launch "")
  if(arg_RANKS GREATER 1)
    set(launch "${MPIEXEC_EXECUTABLE}" ${MPIEXEC_NUMPROC_FLAG} ${arg_RANKS})
  endif()
  list(JOIN launch " " launch_text)
  if(NOT arg_SOURCES MATCHES "\\.c(;|$)")
    set(launch "")
  endif()
  # A refused input leaves memory behind, as any error in PETSc does,
  # so leaks count only where nothing is refused. Slow
  # unwinding, or the stacks inside MPI's modules cannot be recognised.
  set(asan detect_leaks=0)
  if(arg_GROUP MATCHES "identities|verification")
    set(asan fast_unwind_on_malloc=0)
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${test}")
  add_test(NAME ${test} WORKING_DIRECTORY "${folder}" COMMAND ${launch} ${arg_COMMAND})
  file(MAKE_DIRECTORY "${folder}")
  set_tests_properties(${test} PROPERTIES LABELS ${arg_GROUP} PROCESSORS ${arg_RANKS}
    TIMEOUT 900
    ENVIRONMENT
      "${HYPOCO_TEST_ENVIRONMENT};ASAN_OPTIONS=${asan};OMPI_MCA_orte_tmpdir_base=${folder}"
    ENVIRONMENT_MODIFICATION
      "HYPOCO_LAUNCH=set:${launch_text};HYPOCO_SOURCE_DIR=set:${PROJECT_SOURCE_DIR}")
endfunction()
