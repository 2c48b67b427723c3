# `cpack -G DEB` in a build folder makes a Debian package; the machine that installs it needs no
# compiler. Configure with -D HYPOCO_NATIVE=OFF, so that it runs on every processor.
set(CPACK_PACKAGE_NAME hypoco)
set(CPACK_PACKAGE_VENDOR "the authors of hypoco")
set(CPACK_PACKAGE_CONTACT "the authors of hypoco <hypoco@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "Kinetic Fokker-Planck equation of asynchronous SGD, and how fast it forgets its start")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # the libraries, with their versions
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "openmpi-bin, python3, python3-numpy, python3-h5py, python3-matplotlib, python3-xarray")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libopenblas0-serial, python3-h5netcdf, ffmpeg")
include(CPack)
