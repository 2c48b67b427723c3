# Finds every library hypoco uses, and where some are missing says so once,
# with the Debian packages that bring them.
# The targets are imported, so their headers count as system headers
# and do not trigger our warnings.
include(CheckSymbolExists)
include(CheckIncludeFile)
find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "pkg-config is missing, and hypoco finds its libraries with it (Debian "
    "package: pkg-config).")
endif()

set(missing "")
macro(missing what package)
  string(APPEND missing "\n  ${what} (Debian package: ${package})")
endmacro()

# hypoco_find(TARGET package what module...):
# PkgConfig::TARGET from the first pkg-config module that is there.
macro(hypoco_find target package what)
  pkg_search_module(${target} QUIET IMPORTED_TARGET ${ARGN})
  if(NOT ${target}_FOUND)
    missing("${what}" ${package})
  endif()
endmacro()

hypoco_find(PETSC petsc-dev "PETSc 3.18 or newer, real scalars" petsc>=3.18 PETSc>=3.18)
hypoco_find(SLEPC slepc-dev "SLEPc 3.18 or newer" slepc>=3.18 SLEPc>=3.18)
hypoco_find(FFTW libfftw3-dev "FFTW 3" fftw3)
hypoco_find(HDF5 libhdf5-openmpi-dev "HDF5 with MPI" hdf5-openmpi hdf5-mpi hdf5-mpich hdf5)
hypoco_find(GSL libgsl-dev "the GNU Scientific Library" gsl)
hypoco_find(XXHASH libxxhash-dev "xxHash" libxxhash)
hypoco_find(YAML libyaml-dev "LibYAML" yaml-0.1)
hypoco_find(JANSSON libjansson-dev "Jansson" jansson)
if(HYPOCO_TESTS)
  hypoco_find(CMOCKA libcmocka-dev "cmocka, which the tests use" cmocka)
endif()

find_package(MPI QUIET COMPONENTS C)
if(NOT MPI_C_FOUND)
  missing("MPI" "libopenmpi-dev and openmpi-bin")
endif()

# The plain libblas and liblapack that PETSc itself is linked to:
# one BLAS in the process, chosen by the system.
if(NOT DEFINED BLA_VENDOR)
  set(BLA_VENDOR Generic)
endif()
find_package(LAPACK QUIET)
if(NOT LAPACK_FOUND)
  missing("BLAS and LAPACK" liblapack-dev)
endif()

find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
if(NOT RANDOM123_INCLUDE_DIR)
  missing("Random123" librandom123-dev)
endif()
if(HDF5_FOUND)
  # dimension scales; has no pkg-config module
  find_library(HDF5_HL_LIBRARY hdf5_hl HINTS ${HDF5_LIBRARY_DIRS})
  if(NOT HDF5_HL_LIBRARY)
    missing("the high-level library of HDF5" libhdf5-openmpi-dev)
  endif()
endif()

if(missing)
  message(FATAL_ERROR "hypoco cannot be built, because these are missing:${missing}\n"
    "On Debian or Ubuntu, cmake/packages-debian.txt lists every package; "
    "elsewhere set PKG_CONFIG_PATH to where they are.")
endif()

add_library(hypoco-random123 INTERFACE)
target_include_directories(hypoco-random123 SYSTEM INTERFACE "${RANDOM123_INCLUDE_DIR}")

# Flags a distribution compiled PETSc with (_FORTIFY_SOURCE, -Wdate-time) are not needed to use it.
set_target_properties(PkgConfig::PETSC PkgConfig::SLEPC PROPERTIES INTERFACE_COMPILE_OPTIONS "")

# Found, but is it the right kind?
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_REQUIRED_QUIET ON)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::PETSC PkgConfig::HDF5 MPI::MPI_C)
check_symbol_exists(PETSC_USE_COMPLEX petscconf.h HYPOCO_PETSC_IS_COMPLEX)
check_symbol_exists(PETSC_USE_REAL_DOUBLE petscconf.h HYPOCO_PETSC_IS_DOUBLE)
check_symbol_exists(H5_HAVE_PARALLEL H5pubconf.h HYPOCO_HDF5_IS_PARALLEL)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
if(HYPOCO_PETSC_IS_COMPLEX OR NOT HYPOCO_PETSC_IS_DOUBLE)
  message(FATAL_ERROR "The PETSc found by pkg-config (${PETSC_INCLUDE_DIRS}) is not built for real "
    "double-precision scalars, "
    "which hypoco needs (Debian package: petsc-dev, with libpetsc-real-dev). "
    "Point PKG_CONFIG_PATH to one that is.")
endif()
if(NOT HYPOCO_HDF5_IS_PARALLEL)
  message(FATAL_ERROR "The HDF5 found by pkg-config (${HDF5_INCLUDE_DIRS}) is built without MPI, "
    "which hypoco needs "
    "(Debian package: libhdf5-openmpi-dev). Point PKG_CONFIG_PATH to a parallel one.")
endif()
