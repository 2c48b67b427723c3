/* The language of formulas: what is refused and at which column, the longest texts, time. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "formulas.h"
#include <time.h>

static const struct {
  const char *text;
  int         column;
  const char *sentence;
} refused[] = {
  {"0,1*x", 2, "a comma makes two values"},
  {"(0,1)*x", 3, "a comma makes two values"},
  {"x=5", 2, "to compare write '=='"},
  {"sinn(x)", 1, "unknown name 'sinn'"},
  {"x+foo", 3, "unknown name 'foo'"},
  {"_pi", 1, "unknown name"},
  {"sin x", 5, "sin needs its argument"},
  {"sin", 4, "sin needs its argument"},
  {"sin()", 5, "is missing here"},
  {"sin(x,x)", 8, "sin takes 1 argument, not 2"},
  {"atan2(x)", 8, "atan2 takes 2 arguments, not 1"},
  {"2 x", 3, "a product needs '*'"},
  {"2x", 1, "'2x' is not a number"},
  {"x y", 3, "a product needs '*'"},
  {"3(x)", 2, "a product needs '*'"},
  {"(x)(y)", 4, "a product needs '*'"},
  {"(x)2", 4, "a product needs '*'"},
  {"x(2)", 2, "a product needs '*'"},
  {"x+", 3, "is missing here"},
  {"*x", 1, "before it"},
  {"x***2", 4, "before it"},
  {"x\xe2\x88\x92"
   "2",
   2, "this is U+2212, which looks like a minus sign and is none here; write '-'"},
  {"\xce\xb8+x\xe2\x88\x92"
   "2",
   1, "unknown name 'theta'"},
  {"x\xc2\xb2", 2, "write '^2'"},
  {"--x", 2, "before it"},
  {"x)", 2, "')' without '('"},
  {"((x)", 1, "'(' is not closed"},
  {"1+(x", 3, "'(' is not closed"},
  {"()", 2, "is missing here"},
  {"x?1", 4, "'?' without its ':'"},
  {"1:2", 2, "':' without its '?'"},
  {"(x?1):2", 5, "'?' without its ':'"},
  {"1<x<2", 4, "comparisons do not chain"},
  {"1e400", 1, "is not a number"},
  {"1.5.2", 1, "is not a number"},
  {"0x10", 1, "is not a number"},
  {"2e", 1, "is not a number"},
  {"inf", 1, "unknown name"},
  {"nan", 1, "unknown name"},
  {"!x", 1, "has no meaning"},
  {"x%2", 2, "has no meaning"},
  {"\"a\"", 1, "has no meaning"},
  {"x;2", 2, "has no meaning"},
  {"x#2", 2, "has no meaning"},
  {"x\xc3\xb7"
   "2",
   2, "write '/'"},
  {"x+\xc3\xa9", 3, "outside plain ASCII"},
  {"\x01", 1, "outside plain ASCII"},
  {"", 1, "is missing here"},
  {"  ", 3, "is missing here"},
  {"min(1,,2)", 7, "is missing here"},
  {"min(,1)", 5, "is missing here"},
  {"x&y", 2, "has no meaning"},
  {"x<<y", 3, "before it"},
  {"z", 1, "known are x, y, pi, e, sin"},
};

static void testRefused(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
    HypExpression *expression = (HypExpression *)1;
    char          *message    = NULL, column[32];

    snprintf(column, sizeof(column), "column %d:", refused[i].column);
    assert_int_equal(HypExpressionCreate(refused[i].text, 2, xy, &expression, &message), 2);
    assert_null(expression);
    assert_non_null(message);
    if (!strstr(message, column) || !strstr(message, refused[i].sentence)) {
      fail_msg("'%s' gave '%s', wanted %s %s", refused[i].text, message, column,
               refused[i].sentence);
    }
    free(message);
  }
}

/* Both must be refused within 0.1 s;
   so must every text that is accepted by length but built to be slow */
static void testHugeTexts(void **state)
{
  const size_t  megabyte = 1 << 20;
  char *const   text     = malloc(megabyte + 1);
  const clock_t start    = clock();

  (void)state;
  for (int kind = 0; kind < 4; kind++) {
    const size_t   length = kind == 0 ? 200001 : kind == 1 ? megabyte : HYP_EXPRESSION_MAX - 1;
    HypExpression *expression;
    char          *message;

    for (size_t i = 0; i < length; i++) {
      text[i] = kind == 0   ? (i < 100000    ? '('
                               : i == 100000 ? 'x'
                                             : ')')
                : kind == 1 ? "x+"[i % 2]
                : kind == 2 ? "(("[i % 2]
                            : 'a';
    }
    text[length] = 0;
    assert_int_equal(HypExpressionCreate(text, 2, xy, &expression, &message), 2);
    free(message);
  }
  free(text);
  assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 0.1);
}

/* The longest texts the guard lets through */
static void testLongTexts(void **state)
{
  char   text[HYP_EXPRESSION_MAX + 1];
  size_t length;

  (void)state;
  for (length = 0; length + 2 <= HYP_EXPRESSION_MAX - 1; length += 2)
    memcpy(text + length, "x+", 2);
  strcpy(text + length, "y");
  assert_true(fabs(evaluate(text, 1, 2) - (HYP_EXPRESSION_MAX / 2 + 1)) < 1e-9);
  memset(text, '(', 100);
  strcpy(text + 100, "x");
  memset(text + 101, ')', 100);
  text[201] = 0;
  assert_true(evaluate(text, 3, 0) == 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testRefused),
    cmocka_unit_test(testHugeTexts),
    cmocka_unit_test(testLongTexts),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
