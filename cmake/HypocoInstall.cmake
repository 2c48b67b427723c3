# What `cmake --install BUILD [--prefix DIR]` brings, and how other projects find it:
# find_package(hypoco) or pkg-config.
# The whole may be moved afterwards: every path into itself is relative.
include(CMakePackageConfigHelpers)
set(share "${CMAKE_INSTALL_DATADIR}/hypoco")
set(config "${CMAKE_INSTALL_LIBDIR}/cmake/hypoco")

# The program finds its library beside it;
# both find the libraries they were linked to outside the system's folders.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY "${CMAKE_INSTALL_FULL_BINDIR}"
  OUTPUT_VARIABLE lib_from_bin)
set_target_properties(hypoco-program PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
set_target_properties(hypoco hypoco-program PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)

install(TARGETS hypoco-program)
install(TARGETS hypoco EXPORT hypoco-targets)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" "${PROJECT_BINARY_DIR}/include/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
install(DIRECTORY meshes DESTINATION "${share}" FILES_MATCHING PATTERN "*.txt")
install(DIRECTORY runs DESTINATION "${share}" FILES_MATCHING PATTERN "*.yaml" PATTERN "slurm.sh")
install(DIRECTORY examples DESTINATION "${share}" FILES_MATCHING PATTERN "*.ipynb")
install(DIRECTORY tests/external/ DESTINATION "${share}/examples/own-axis")
install(DIRECTORY examples DESTINATION "${share}" FILES_MATCHING
  PATTERN "*.c" PATTERN "CMakeLists.txt" PATTERN "*.yaml")
# The Python package lies beside the program's other data;
# Python finds it through a link (for /usr: Debian's own folder)
install(DIRECTORY python DESTINATION "${share}" FILES_MATCHING PATTERN "*.py" PATTERN "*.toml"
  PATTERN "*.md" PATTERN "py.typed" PATTERN "matplotlibrc" PATTERN "__pycache__" EXCLUDE
  PATTERN "build" EXCLUDE PATTERN "*.egg-info" EXCLUDE)
set(packages "lib/python3/dist-packages")
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_DATADIR
  BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/${packages}"
  OUTPUT_VARIABLE share_from_packages)
file(CREATE_LINK "${share_from_packages}/hypoco/python/hypoco" "${PROJECT_BINARY_DIR}/python-link"
  SYMBOLIC)
install(FILES "${PROJECT_BINARY_DIR}/python-link" DESTINATION "${packages}" RENAME hypoco)
install(FILES docs/hypoco.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES src/program/completion.bash
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME hypoco)
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md"
  PATTERN "*.cff" PATTERN "*.png")

# Programs are linked to the libraries that our headers show,
# and to all of them if libhypoco is a static library.
set(needed SLEPC PETSC JANSSON)
set(libraries "")
if(NOT BUILD_SHARED_LIBS)
  list(APPEND needed FFTW HDF5 GSL XXHASH YAML)
  list(JOIN LAPACK_LIBRARIES " " lapack)
  set(libraries " ${HDF5_HL_LIBRARY} ${lapack} -lm")
endif()
set(modules "")
set(find_modules "")
foreach(target IN LISTS needed)
  string(APPEND modules " ${${target}_MODULE_NAME}")
  string(APPEND find_modules "hypoco_find(${target} ${${target}_MODULE_NAME})\n")
endforeach()

install(EXPORT hypoco-targets NAMESPACE hypoco:: DESTINATION "${config}")
configure_package_config_file(cmake/packaging/hypoco-config.cmake.in
  "${PROJECT_BINARY_DIR}/hypoco-config.cmake" INSTALL_DESTINATION "${config}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/hypoco-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/hypoco-config.cmake"
  "${PROJECT_BINARY_DIR}/hypoco-config-version.cmake" DESTINATION "${config}")

cmake_path(APPEND pkgconfig "${CMAKE_INSTALL_FULL_LIBDIR}" pkgconfig)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${pkgconfig}"
  OUTPUT_VARIABLE prefix_from_pkgconfig)
configure_file(cmake/packaging/hypoco.pc.in "${PROJECT_BINARY_DIR}/hypoco.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/hypoco.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
