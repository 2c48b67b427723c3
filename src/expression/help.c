/* hypoco --help-expressions: the language of formulas on one page, from the tables that are the
   language. */
#include "expression/expressionimpl.h"
#include <hypoco/function.h>

/*@
  HypExpressionHelp - Prints the language of formulas: operators, functions, constants, losses by
  name

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. stream - where to

  Level: developer

.seealso: HypExpressionCreate(), HypLossNamed()
@*/
void HypExpressionHelp(FILE *stream)
{
  int                                count;
  const HypExpressionFunction *const functions = HypExpressionFunctions(&count);
  const HypExpressionConstant       *constants;
  const char                        *name, *parameters, *defaults, *help;

  fprintf(
    stream,
    "Formulas (epsilon, loss, loss_gradient_#, sample_loss_value, initial_expression, ...)\n\n"
    "Variables are theta for d = 1, else theta1, theta2, ...; the letter theta works too.\n"
    "Operators, from weak to strong:  a ? b : c   ||   &&   < <= > >= == !=   + -   * /   -a   "
    "^ or **\n"
    "-x^2 is -(x^2), 2^3^2 is 2^9, a product needs its *, comparisons do not chain.\n"
    "Numbers are 2, 1.5, .5, 1e-3; at most %d characters.  Derivatives are exact.\n\n"
    "Functions, with their derivatives (of f(a, b), da and db those of the arguments):\n",
    HYP_EXPRESSION_MAX);
  for (int i = HYP_FIRST_NAMED; i < count; i++)
    fprintf(stream, "  %-9s %s%s%s%s\n", functions[i].name, functions[i].help,
            functions[i].derivative ? " [" : "",
            functions[i].derivative ? functions[i].derivative : "",
            functions[i].derivative ? "]" : "");
  constants = HypExpressionConstants(&count);
  fputs("\nConstants:", stream);
  for (int i = 0; i < count; i++)
    fprintf(stream, " %s = %.16g", constants[i].name, constants[i].value);
  fputs("\n\nLosses by name (loss_name, loss_parameters, loss_data):\n", stream);
  for (size_t i = 0; HypLossNamedRow(i, &name, &parameters, &defaults, &help); i++)
    fprintf(stream, "  %-13s %s; %s = %s\n", name, help, parameters, defaults);
}
