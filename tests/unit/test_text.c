/* What messages show of a user's text: printable UTF-8 as it is, everything else in hexadecimal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/base.h"
#include <math.h>
#include <string.h>

static void testShown(void **state)
{
  static const struct {
    const char *text, *shown;
  } cases[] = {
    {"", ""},
    {"2*x", "2*x"},
    {"x\xe2\x88\x92"
     "1",
     "x\xe2\x88\x92"
     "1"},
    {"\xce\xb8\xe2\x82\x81 \xf0\x9d\x9c\x83 \xc3\xa9",
     "\xce\xb8\xe2\x82\x81 \xf0\x9d\x9c\x83 \xc3\xa9"},
    {"a\tb\n\x1b[31m\x7f", "a\\x09b\\x0a\\x1b[31m\\x7f"},
    {"\xff", "\\xff"},                            /* never in UTF-8 */
    {"\xe2\x88", "\\xe2\\x88"},                   /* cut */
    {"\xc0\xaf", "\\xc0\\xaf"},                   /* '/' in two bytes */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* a surrogate */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond the last character */
    {"\xc2\x85", "\\xc2\\x85"},                   /* a control */
    {"a\xe2\x80\xae"
     "b",
     "a\\xe2\\x80\\xae"
     "b"},                               /* turns the direction */
    {"\xef\xbb\xbf", "\\xef\\xbb\\xbf"}, /* a byte order mark */
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypShown shown;

    assert_string_equal(HypShow(shown, cases[i].text), cases[i].shown);
  }
}

/* Texts of every length, of characters of one to four bytes and of bytes that are escaped: what is
   shown fits, ends with "..." if and only if it was cut, and never within a character */
static void testCut(void **state)
{
  static const char *const characters[] = {"a", "\xc3\xa9", "\xe2\x88\x92", "\xf0\x9d\x9c\x83",
                                           "\x01"};

  (void)state;
  for (int first = 0; first < 5; first++)
    for (int other = 0; other < 5; other++)
      for (int n = 0; n < 80; n++) {
        char     text[400] = "", whole[400] = "";
        HypShown shown;
        size_t   length;

        for (int k = 0; k < n; k++) {
          const char *const c = characters[k ? other : first];

          strcat(text, c);
          strcat(whole, *c == 1 ? "\\x01" : c);
        }
        length = strlen(HypShow(shown, text));
        assert_true(length < HYP_SHOW_SIZE);
        if (strlen(whole) < HYP_SHOW_SIZE - 4) assert_string_equal(shown, whole);
        if (strcmp(shown, whole) == 0) continue;
        assert_true(strlen(whole) > HYP_SHOW_SIZE - 8 && length > HYP_SHOW_SIZE - 9);
        assert_string_equal(shown + length - 3, "...");
        assert_memory_equal(shown, whole, length - 3);
        assert_true((whole[length - 3] & 0xc0) != 0x80);
      }
}

static void testSigns(void **state)
{
  (void)state;
  assert_non_null(strstr(HypForeignSign("\xe2\x88\x92"
                                        "1"),
                         "looks like a minus sign and is none"));
  assert_null(HypForeignSign("1\xe2\x88\x92"));
  assert_non_null(HypFindForeignSign("1\xe2\x88\x92"));
  assert_null(HypFindForeignSign("-1 \xce\xb8"));
}

/* A bar is no less than it is, a guaranteed rate no more, and neither by more than one digit */
static void testSides(void **state)
{
  static const struct {
    double value;
    int    digits;
    double up, down;
  } cases[] = {
    {1.2e-5, 2, 1.2e-5, 1.2e-5},
    {1.21e-5, 2, 1.3e-5, 1.2e-5},
    {1.29e-5, 2, 1.3e-5, 1.2e-5},
    {9.91, 2, 10, 9.9},
    {0.25, 2, 0.25, 0.25},
    {-0.3333333, 3, -0.333, -0.334},
    {0.99999996, 7, 1, 0.9999999},
    {0.23335056949, 7, 0.2333506, 0.2333505},
    {0.1 + 0.2, 3, 0.3, 0.3},
    {0.49999999999999994, 7, 0.5, 0.5},
    {1.234e300, 2, 1.3e300, 1.2e300},
    {3.21e-310, 2, 3.3e-310, 3.2e-310},
    {0, 2, 0, 0},
  };
  HypShownBar bar;

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    assert_true(HypRoundUp(cases[i].value, cases[i].digits) == cases[i].up);
    assert_true(HypRoundDown(cases[i].value, cases[i].digits) == cases[i].down);
  }
  for (int k = -3000; k < 3000; k++) {
    const double value = (1 + 0.37 * sin(k)) * exp(0.2 * k), up = HypRoundUp(value, 2),
                 down = HypRoundDown(value, 7);

    assert_true(up >= value && up <= 1.1000001 * value);
    assert_true(down <= value && down >= (1 - 1.0000001e-6) * value);
  }
  assert_string_equal(HypShowBar(bar, 1.21e-5), "+- 1.3e-05");
  assert_string_equal(HypShowBar(bar, 9.91e-5), "+- 1.0e-04");
  assert_string_equal(HypShowBar(bar, 0), "+- 0.0e+00");
  assert_string_equal(HypShowBar(bar, NAN), "+- unknown");
  assert_string_equal(HypShowBar(bar, INFINITY), "+- inf");
  assert_true(isnan(HypRoundDown(NAN, 7)));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testShown),
    cmocka_unit_test(testCut),
    cmocka_unit_test(testSigns),
    cmocka_unit_test(testSides),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
