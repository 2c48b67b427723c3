# Installs, moves the installation, and uses it as others would: install.sh HYPOCO program|library
#
#   program   hypoco itself with its face files, option files, pictures, manual and completion
#   library   a program outside the tree that finds it through CMake (tests/external),
#   and one through pkg-config
set -euo pipefail
build=$(dirname "$1")
moved=$PWD/moved
fail() { echo "install.sh: $*" >&2; exit 1; }

rm -rf first moved external example perturbation
cmake --install "$build" --prefix "$PWD/first" >install.txt
mv first moved
unset LD_LIBRARY_PATH
found=$(dirname "$(find "$moved" -name hypoco.pc)")
export PKG_CONFIG_PATH=$found${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}

program() {
  local hypoco=$moved/bin/hypoco share=$moved/share version
  bash -c "source '$share/bash-completion/completions/hypoco' && complete -p hypoco" \
    >completion.txt || fail "no completion"
  # what it says of itself is true where it is now
  grep -q 'source this file' "$share/bash-completion/completions/hypoco" ||
    fail "how to use the completion"
  ! grep -E '[^-]src/' "$share/bash-completion/completions/hypoco" ||
    fail "the completion names a file that is not there"
  # what the installation lacks would be taken from the tree it was built from,
  # so it gets what the tree has not
  mv "$share/hypoco/meshes/graded-48.txt" "$share/hypoco/meshes/mine.txt"
  sed -i '1a open("drawn.txt", "w")' "$share/hypoco/python/hypoco/commands.py"
  printf '%s\n' 'space: {type: tensor}' 'axis: {x: {mesh: mine.txt}, v: {mesh: mine.txt}}' \
    'time: {end: 1}' 'output: run.h5' >run.yaml
  "$hypoco" solve run.yaml >run.txt
  "$hypoco" plot run.h5 -format png >plot.txt
  [ -s run-decay.png ] && [ -e drawn.txt ] ||
    fail "hypoco plot did not draw with the installed scripts: $(cat plot.txt)"
  "$hypoco" rerun run.h5 -trust >rerun.txt
  # the package finds the program that it was installed with
  (unset HYPOCO; PYTHONPATH=$moved/lib/python3/dist-packages /usr/bin/python3 -B -c "
import hypoco, hypoco.program
assert hypoco.program.find() == '$hypoco', hypoco.program.find()
assert hypoco.spectrum(space_degree=8).gap > 0") ||
    fail "the installed Python package does not work"
  "$hypoco" spectrum "$share/hypoco/runs/theorem31-underdamped.yaml" -space_degree 8 \
    -output spectrum.h5 -json spectrum.json >spectrum.txt
  grep -q '^\.SH NAME' "$share/man/man1/hypoco.1" || fail "no manual"
  version=$(pkg-config --modversion hypoco)
  "$hypoco" --version | grep -q "^hypoco $version " ||
    fail "pkg-config says version $version, hypoco says $("$hypoco" --version | head -1)"
}

library() {
  local sanitize
  sanitize=$(sed -n 's/^HYPOCO_SANITIZE:STRING=\(..*\)/-fsanitize=\1/p' "$build/CMakeCache.txt")
  cp -r "$moved/share/hypoco/examples/own-axis" example # the installed copy
  cmake -S example -B external -D CMAKE_PREFIX_PATH="$moved" -D CMAKE_BUILD_TYPE=Release \
    -D CMAKE_C_FLAGS="-Wall -Wextra -Wpedantic -Werror $sanitize" >configure.txt
  cmake --build external >build.txt
  local own=external/own-axis
  "$own" solve example/own-axis.yaml -output own.h5 -json own.json >own.txt
  "$own" plot own.h5 -format png >plot.txt
  [ -s own-decay.png ] || fail "plot of one's own program drew nothing: $(cat plot.txt)"
  "$own" verify example/own-axis.yaml -axis_x_n 20 -axis_v_n 20 -time_end 5 >verify.txt
  grep -q '(a) T skew, all functions.*holds' verify.txt ||
    fail "verify printed no statements: $(cat verify.txt)"
  for n in 32 64; do
    for amplitude in 0 0.5; do
      "$own" spectrum example/own-axis.yaml -axis_x_n $n -axis_v_n $n \
        -epsilon_amplitude $amplitude -json order-$n-$amplitude.json >order.txt
    done
  done
  python3 - <<'EOF'
import json
# (-gamma +- sqrt(gamma^2 - 4 w0^2))/2, and to 8 digits by two spectral spaces
cases = (("0", complex(-0.5, 0.75**0.5)), ("0.5", complex(-0.50514925, 0.97083001)))
for amplitude, exact in cases:
    error = []
    for n in (32, 64):
        found = json.load(open(f"order-{n}-{amplitude}.json"))["spectrum"]
        real, imag = (found[part][1] for part in ("real", "imag"))
        error.append(abs(complex(real, abs(imag)) - exact))
    print("eps =", amplitude, "sin theta: errors", error)
    assert error[1] < error[0] / 15, f"an axis of order 4 has the errors {error}"
EOF
  mpiexec -n 2 "$own" solve example/own-axis.yaml -model_dimension 2 -axis_x_n 12 \
    -axis_v_type hermite -axis_v_n 5 -time_end 1 \
    -rate_check false >two.txt
  "$own" solve example/own-axis.yaml -axis_v_type fd5 >refused.txt 2>&1 &&
    fail "axis type fd5 was accepted"
  grep -q "one of fv fourier hermite polynomial fd4" refused.txt ||
    fail "wrong refusal: $(cat refused.txt)"
  # one component f = theta^2/2: every path is the recursion itself
  "$own" sample -sample_model nesterov -sample_momentum 0.8 -model_learning_rate 0.1 \
    -sample_paths 100 -sample_steps 50 \
    -sample_start 1 -sample_loss_type quadratic -sample_loss_centers 0 \
    -json nesterov.json >nesterov.txt
  python3 - <<'EOF'
import json
theta, w = 1.0, 0.0
for step in range(50):
    w = 0.8 * w - 0.1 * (theta + 0.8 * w)
    theta += w
found = json.load(open("nesterov.json"))["sample"]["series"]["theta1"]["theta"][-1]
found = found[0] if isinstance(found, list) else found
print("E theta after 50 steps", found, "recursion", theta)
assert abs(found - theta) < 1e-13, "a registered sampler does something else"
EOF
  "$own" sample -sample_model nesterov -sample_workers 3 >refused.txt 2>&1 &&
    fail "nesterov took sample_workers"
  grep -q "sample_workers is not used with sample_model = nesterov (command line), it belongs \
to asgd|sgd|workers|ssgd" refused.txt ||
    fail "wrong refusal: $(cat refused.txt)"
  printf '%s\n' '#include <hypoco/axis.h>' \
    'int main(void) { return HypNormalDensity(0) > 0 ? 0 : 1; }' >small.c
  mpicc $sanitize small.c -o small $(pkg-config --cflags --libs hypoco) \
    -Wl,-rpath,"$(pkg-config --variable=libdir hypoco)"
  ./small
  # the installed example of a perturbation finds the installed headers
  cmake -S "$moved/share/hypoco/examples/perturbation" -B perturbation >configure.txt
  grep -q "^HYPOCO_INCLUDE:PATH=$moved" perturbation/CMakeCache.txt ||
    fail "headers of another hypoco were found"
  cmake --build perturbation >build.txt
  [ -s perturbation/perturbation.so ] || fail "no perturbation.so: $(cat build.txt)"
}

"$2"
