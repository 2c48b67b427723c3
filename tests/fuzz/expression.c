/* Expressions: accepted or refused with a sentence;
   an accepted one has the same value each time it is asked. */
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

static void evaluate(HypExpression *expression, size_t variables)
{
  static const double points[][2]  = {{0, 0}, {0.7, -1.3}, {-40, 1e9}, {1e-300, -1e300}};
  static const size_t everything[] = {0, 1};
  HypExpression      *derivative;

  HypExpressionCreateDerivative(expression, variables, everything, &derivative);
  for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
    const double once  = HypExpressionEvaluate(expression, points[i], NULL),
                 again = HypExpressionEvaluate(expression, points[i], NULL);
    double slopes[2];

    if (memcmp(&once, &again, sizeof(once)) && once == once) abort();
    HypExpressionEvaluate(derivative, points[i], slopes);
  }
  HypExpressionDestroy(&derivative);
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
