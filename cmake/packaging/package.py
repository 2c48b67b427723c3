"""hypoco for Spack, from the tree:
put this file into a repository of your own as packages/hypoco/package.py, then
`spack dev-build hypoco@0.2.0` at the root of the tree.
Behind each dependency stands the Debian package of
cmake/packages-debian.txt it takes the place of; a test compares the two lists."""

from spack.package import *


class Hypoco(CMakePackage):
    """The kinetic Fokker-Planck equation of asynchronous stochastic gradient descent,
    and how fast it forgets its start."""

    license("BSD-2-Clause")

    version("0.2.0")

    variant("native", default=False, description="Use all instructions of this machine's processor")

    # from the system or Spack itself: gcc, libc6-dev, git
    depends_on("c", type="build")
    depends_on("gmake", type="build")  # make
    depends_on("cmake@3.25:", type="build")  # cmake
    depends_on("pkgconfig", type="build")  # pkg-config
    depends_on("mpi")  # libopenmpi-dev, openmpi-bin
    depends_on("petsc@3.18:~complex+double+mpi")  # petsc-dev
    depends_on("slepc@3.18:")  # slepc-dev
    depends_on("hdf5+mpi+hl")  # libhdf5-openmpi-dev
    depends_on("fftw@3")  # libfftw3-dev
    depends_on("lapack")  # liblapack-dev
    depends_on("blas")  # libopenblas0-serial
    depends_on("gsl")  # libgsl-dev
    depends_on("random123")  # librandom123-dev
    depends_on("libyaml")  # libyaml-dev
    depends_on("jansson")  # libjansson-dev
    depends_on("xxhash")  # libxxhash-dev
    depends_on("python@3.8:", type="run")  # python3
    depends_on("py-numpy", type="run")  # python3-numpy
    depends_on("py-h5py", type="run")  # python3-h5py
    depends_on("py-matplotlib", type="run")  # python3-matplotlib
    depends_on("py-xarray", type="run")  # python3-xarray
    depends_on("py-h5netcdf", type="run")  # python3-h5netcdf

    def cmake_args(self):
        native = self.define_from_variant("HYPOCO_NATIVE", "native")
        return [native, self.define("BLA_VENDOR", "All")]
