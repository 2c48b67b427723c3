# Compiler flags, carried by the interface target hypoco-flags that our own targets link privately.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

add_library(hypoco-flags INTERFACE)
# fsync, isatty and the like beside strict C11
target_compile_definitions(hypoco-flags INTERFACE _DEFAULT_SOURCE)
target_compile_options(hypoco-flags INTERFACE -Wall -Wextra -Wpedantic -Wstrict-prototypes)

# gcc and clang disagree on fusing a*b + c into one rounding;
# off, so that a number does not depend on the compiler.
# Interposition is of no use here, and allowing it forbids inlining inside a shared library.
target_compile_options(hypoco-flags INTERFACE -ffp-contract=off -fno-semantic-interposition)

if(HYPOCO_WERROR)
  target_compile_options(hypoco-flags INTERFACE -Werror)
endif()
if(HYPOCO_NATIVE)
  target_compile_options(hypoco-flags INTERFACE -march=native)
endif()
if(HYPOCO_SANITIZE)
  set(sanitize -fsanitize=${HYPOCO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_compile_options(hypoco-flags INTERFACE ${sanitize})
  target_link_options(hypoco-flags INTERFACE ${sanitize})
endif()
