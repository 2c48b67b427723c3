/* Expressions: accepted or refused with a sentence; an accepted one has the same value each time it is asked. */
#include "fuzz.h"
#include <hypoco/expression.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  return 0;
}

static void evaluate(const HypExpression *expression, size_t variables)
{
  static const double points[][2] = {{0, 0}, {0.7, -1.3}, {-40, 1e9}, {1e-300, -1e300}};

  for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
    const double once  = HypExpressionEvaluate(expression, points[i]),
                 again = HypExpressionEvaluate(expression, points[i]);

    if (memcmp(&once, &again, sizeof(once)) && once == once) abort();
    for (size_t j = 0; j < variables; j++) {
      double       error;
      const double slope = HypExpressionDerivative(expression, points[i], j, &error);

      if (slope == slope ? !(error >= 0) : error != INFINITY) abort();
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const names[] = {"theta1", "theta2"}, *const name[] = {"theta"};
  char *const text = malloc(size + 1);

  memcpy(text, data, size);
  text[size] = 0;
  for (size_t variables = 1; variables <= 2; variables++) {
    HypExpression *expression;
    char          *message;
    const int      code =
      HypExpressionCreate(text, variables, variables == 1 ? name : names, &expression, &message);

    if ((code != 0 && code != 2) || (code == 2) != (message != NULL) ||
        (code == 0) != (expression != NULL))
      abort();
    if (code == 2 && (strpbrk(message, "\n\033") || !strstr(message, "expression"))) abort();
    if (!code) evaluate(expression, variables);
    HypExpressionDestroy(&expression);
    free(message);
  }
  free(text);
  return 0;
}
