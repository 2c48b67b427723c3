/* Option files and the command line: what is read, and the suggestions for typing errors. */
#define _GNU_SOURCE
#include "options.h"
#include "program/program.h"
#include <math.h>

/* Every default of the table is valid, every name fits the grammar of names,
   and none is taken by PETSc */
static void testTable(void **state)
{
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);
  HypOptions *options = accept(NULL, "solve -model_gamma 1"); /* aborts on a wrong default */

  (void)state;
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(strspn(table[i].name, "abcdefghijklmnopqrstuvwxyz0123456789_#"),
                     strlen(table[i].name));
    assert_true(strlen(table[i].name) < 60);
    assert_true(strlen(table[i].help) > 0 && strlen(table[i].commands) > 0);
    for (size_t j = 0; j < i; j++) assert_string_not_equal(table[i].name, table[j].name);
  }
  HypOptionsDestroy(&options);
  assert_null(options);
}

static void testDefaults(void **state)
{
  HypOptions *options = accept(NULL, "solve -debug");

  (void)state;
  assert_string_equal(HypOptionsCommand(options), "solve");
  assert_null(HypOptionsFile(options, 0));
  assert_int_equal(HypOptionsSettings(options)->model_dimension, 1);
  assert_true(HypOptionsSettings(options)->model_omega0.values[0] == 1);
  assert_string_equal(HypOptionsSettings(options)->space_type, "simplex");
  assert_string_equal(HypOptionsSettings(options)->axis_v_type, "fv");
  assert_true(HypOptionsSettings(options)->axis_x_stabilisation == 0.1);
  assert_null(HypOptionsSettings(options)->epsilon);
  assert_null(HypOptionsSettings(options)->epsilon_each[6]);
  assert_int_equal(HypOptionsSettings(options)->initial_mean.count, 0);
  assert_false(HypOptionsGiven(options, "model_gamma"));
  assert_false(HypOptionsGiven(options, "epsilon_2"));
  assert_true(HypOptionsSettings(options)->debug);
  assert_false(HypOptionsSettings(options)->petsc_help);
  HypOptionsDestroy(&options);
}

static void testYaml(void **state)
{
  HypOptions *options = accept("# a comment\n"
                               "model:\n"
                               "  dimension: 2\n"
                               "  omega0: 1.5e0\n"
                               "model_gamma: '3'\n"
                               "epsilon: {1: \"0.3*sin(theta1) # not a comment\", 2: -theta2^3}\n"
                               "initial:\n"
                               "  mean: [1, .5, -1,\n"
                               "         2]\n"
                               "  covariance:\n"
                               "  - 0.5\n"
                               "  - 0.25\n"
                               "  - 1\n"
                               "  - 2\n"
                               "axis: {x: {type: fourier, n: 4.1e1}}\n"
                               "space_type: tensor\n"
                               "ts: {type: rk, adapt: {type: none}}\n"
                               "ts_monitor:\n"
                               "output: |\n"
                               "  result file.h5\n",
                               "solve a.yaml");
  const char *name, *value;

  (void)state;
  assert_string_equal(HypOptionsFile(options, 0), "a.yaml");
  assert_null(HypOptionsFile(options, 1));
  assert_int_equal(HypOptionsSettings(options)->model_dimension, 2);
  assert_true(HypOptionsSettings(options)->model_omega0.values[0] == 1.5);
  assert_true(HypOptionsSettings(options)->model_gamma == 3);
  assert_string_equal(HypOptionsSettings(options)->epsilon_each[0],
                      "0.3*sin(theta1) # not a comment");
  assert_string_equal(HypOptionsSettings(options)->epsilon_each[1], "-theta2^3");
  assert_int_equal(HypOptionsSettings(options)->initial_mean.count, 4);
  assert_true(HypOptionsSettings(options)->initial_mean.values[0] == 1 &&
              HypOptionsSettings(options)->initial_mean.values[1] == .5 &&
              HypOptionsSettings(options)->initial_mean.values[2] == -1 &&
              HypOptionsSettings(options)->initial_mean.values[3] == 2);
  assert_int_equal(HypOptionsSettings(options)->initial_covariance.count, 4);
  assert_true(HypOptionsSettings(options)->initial_covariance.values[3] == 2);
  assert_int_equal(HypOptionsSettings(options)->axis_x_n, 41);
  assert_string_equal(HypOptionsSettings(options)->output, "result file.h5");
  assert_int_equal(HypOptionsPetscCount(options), 3);
  HypOptionsPetsc(options, 1, &name, &value);
  assert_string_equal(name, "ts_adapt_type");
  assert_string_equal(value, "none");
  HypOptionsPetsc(options, 2, &name, &value);
  assert_string_equal(name, "ts_monitor");
  assert_null(value);
  HypOptionsDestroy(&options);
}

static const char *originOf(const HypOptions *options, const char *wanted)
{
  for (size_t i = 0; i < HypOptionsCount(options); i++) {
    const char *key, *value, *origin;

    HypOptionsEntry(options, i, &key, &value, &origin);
    if (strcmp(key, wanted) == 0) return origin;
  }
  fail_msg("no entry %s", wanted);
  return NULL;
}

static void testPrecedence(void **state)
{
  HypOptions *options;

  (void)state;
  writeFile("b.yaml", "model_gamma: 5\nmodel_beta: 6\nts_type: bdf\n", 42);
  options = accept("model_gamma: 2\nmodel_beta: 3\nmodel_omega0: 4\nts_type: rk\n",
                   "solve a.yaml b.yaml -model_beta 7 -ksp_view -ts_dt -0.5");
  assert_true(HypOptionsSettings(options)->model_omega0.values[0] == 4);
  assert_true(HypOptionsSettings(options)->model_gamma == 5);
  assert_true(HypOptionsSettings(options)->model_beta.values[0] == 7);
  assert_string_equal(originOf(options, "model_omega0"), "a.yaml:3");
  assert_string_equal(originOf(options, "model_gamma"), "b.yaml:1");
  assert_string_equal(originOf(options, "model_beta"), "command line");
  assert_string_equal(originOf(options, "time_end"), "default");
  assert_string_equal(originOf(options, "ts_type"), "b.yaml:3");
  assert_string_equal(originOf(options, "ts_dt"), "command line");
  assert_int_equal(HypOptionsPetscCount(options), 3);
  HypOptionsDestroy(&options);
}

static void testCommandLine(void **state)
{
  HypOptions *options =
    accept(NULL, "solve -epsilon -theta^3 -initial_mean -1,2 -debug false -petsc_help "
                 "-ts_max_steps 10 -ts_view -ksp_rtol 1e-3 -output -debug");
  const char *name, *value;

  (void)state;
  assert_string_equal(HypOptionsSettings(options)->epsilon, "-theta^3");
  assert_int_equal(HypOptionsSettings(options)->initial_mean.count, 2);
  assert_true(HypOptionsSettings(options)->initial_mean.values[0] == -1 &&
              HypOptionsSettings(options)->initial_mean.values[1] == 2);
  assert_false(HypOptionsSettings(options)->debug);
  assert_true(HypOptionsSettings(options)->petsc_help);
  assert_string_equal(HypOptionsSettings(options)->output, "-debug");
  HypOptionsPetsc(options, 0, &name, &value);
  assert_string_equal(name, "ts_max_steps");
  assert_string_equal(value, "10");
  HypOptionsPetsc(options, 1, &name, &value);
  assert_string_equal(name, "ts_view");
  assert_null(value);
  HypOptionsPetsc(options, 2, &name, &value);
  assert_string_equal(value, "1e-3");
  HypOptionsDestroy(&options);

  options = accept(NULL, "solve -initial_mean [1,2]");
  assert_int_equal(HypOptionsSettings(options)->initial_mean.count, 2);
  HypOptionsDestroy(&options);
}

static void testHelpNeedsNoFile(void **state)
{
  static const char *const lines[] = {"solve --help", "solve missing.yaml -help",
                                      "solve -model_gamma 1 -h"};
  HypOptions              *options;

  (void)state;
  for (size_t i = 0; i < 3; i++) {
    options = accept(NULL, lines[i]);
    assert_true(HypOptionsSettings(options)->help);
    HypOptionsDestroy(&options);
  }
  options = accept(NULL, "solve --version");
  assert_true(HypOptionsSettings(options)->version);
  HypOptionsDestroy(&options);
}

static void testExactIntegers(void **state)
{
  HypOptions *options =
    accept(NULL, "sample -sample_paths 1e6 -sample_seed 9223372036854775807 -sample_steps +7");

  (void)state;
  assert_int_equal(HypOptionsSettings(options)->sample_paths, 1000000);
  assert_true(HypOptionsSettings(options)->sample_seed == INT64_MAX);
  assert_int_equal(HypOptionsSettings(options)->sample_steps, 7);
  HypOptionsDestroy(&options);
}

static void testSetAndCopy(void **state)
{
  HypOptions *options = accept("initial_mean: [1, 2]\nts_type: rk\n", "solve a.yaml"), *copy;
  char       *message;

  (void)state;
  assert_int_equal(HypOptionsSet(options, "model_gamma", "3", &message), 0);
  assert_int_equal(HypOptionsSet(options, "model_gamma", "4", &message), 0);
  assert_true(HypOptionsSettings(options)->model_gamma == 4);
  assert_int_equal(HypOptionsSet(options, "model_gamma", "-4", &message), 2);
  assert_non_null(strstr(message, "must be a real number in [1e-30,1e30]"));
  free(message);
  assert_int_equal(HypOptionsSet(options, "model_gama", "4", &message), 2);
  free(message);
  copy = HypOptionsCopy(options);
  assert_int_equal(HypOptionsSet(options, "initial_mean", "5,6", &message), 0);
  assert_int_equal(HypOptionsSet(options, "epsilon_1", "theta1", &message), 0);
  HypOptionsDestroy(&options);
  assert_string_equal(HypOptionsCommand(copy), "solve");
  assert_string_equal(HypOptionsFile(copy, 0), "a.yaml");
  assert_int_equal(HypOptionsSettings(copy)->initial_mean.count, 2);
  assert_true(HypOptionsSettings(copy)->initial_mean.values[0] == 1 &&
              HypOptionsSettings(copy)->initial_mean.values[1] == 2);
  assert_true(HypOptionsSettings(copy)->model_gamma == 4);
  assert_null(HypOptionsSettings(copy)->epsilon_each[0]);
  assert_int_equal(HypOptionsPetscCount(copy), 1);
  assert_int_equal(HypOptionsSet(copy, "model_learning_rate", ".1", &message), 0);
  assert_int_equal(HypOptionsCheck(copy, &message), 2);
  assert_non_null(strstr(message, "exclude each other"));
  free(message);
  HypOptionsDestroy(&copy);
}

typedef struct {
  int tried, first, listed, valid;
} Score;

/* One edited key on the command line:
   it must be refused, and the message should name the key that was meant */
static void tryEdit(Score *score, const char *meant, const char *edited)
{
  char *words[] = {(char[]){"hypoco"}, (char[]){"solve"}, NULL, (char[]){"1"}, NULL}, dashed[210],
       nearest[230], *found, *message;
  HypOptions *options;

  snprintf(dashed, sizeof(dashed), "-%s", edited);
  words[2] = dashed;
  if (HypOptionsParse(4, words, &options, &message) == 0) {
    HypOptionsDestroy(&options); /* axis_x_n for axis_v_n and the like: another valid key */
    score->valid++;
    return;
  }
  score->tried++;
  snprintf(nearest, sizeof(nearest), "nearest: %s", meant);
  found = strstr(message, nearest);
  if (found && strchr(",;", found[strlen(nearest)])) ++score->first;
  snprintf(nearest, sizeof(nearest), " %s", meant);
  found = strstr(message, "nearest: ");
  if (found) found = strstr(found, nearest);
  if (found && strchr(",;", found[strlen(nearest)])) ++score->listed;
  free(message);
}

/* Every key, every position: one letter replaced, deleted, inserted, two neighbours swapped */
static void editKey(Score *score, const char *key)
{
  const size_t length = strlen(key);
  char         edited[200];

  for (size_t i = 0; i < length; i++) {
    const char other = (char)('a' + (key[i] + 7 * i) % 26);

    if (key[i] != other) {
      strcpy(edited, key);
      edited[i] = other;
      tryEdit(score, key, edited);
    }
    snprintf(edited, sizeof(edited), "%.*s%s", (int)i, key, key + i + 1);
    if (i > 0 || length > 1) tryEdit(score, key, edited);
    snprintf(edited, sizeof(edited), "%.*s%c%s", (int)i, key, other, key + i);
    tryEdit(score, key, edited);
    if (i + 1 < length && key[i] != key[i + 1]) {
      strcpy(edited, key);
      edited[i]     = key[i + 1];
      edited[i + 1] = key[i];
      tryEdit(score, key, edited);
    }
  }
}

static void testSuggestions(void **state)
{
  Score                      score = {0};
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  (void)state;
  for (size_t i = 0; i < count; i++) {
    char key[80], *mark;

    strcpy(key, table[i].name);
    while ((mark = strchr(key, '#'))) *mark = '2';
    editKey(&score, key);
  }
  print_message("one-letter edits: %d tried, %d with the right name first, %d with it among at "
                "most three, %d are other valid keys\n",
                score.tried, score.first, score.listed, score.valid);
  assert_true(score.tried > 2000);
  assert_true(score.listed >= .95 * score.tried);
  assert_true(score.first >= .9 * score.tried);
}

static char *captured(void (*print)(FILE *, const char *), const char *command)
{
  char  *text = NULL;
  size_t size;
  FILE  *stream = open_memstream(&text, &size);

  print(stream, command);
  fclose(stream);
  return text;
}

static void printMarkdown(FILE *stream, const char *command)
{
  (void)command;
  HypOptionsHelpMarkdown(stream);
}

static void testHelp(void **state)
{
  size_t                     count;
  const HypOptionSpec *const table    = HypOptionTable(&count);
  char *const                all      = captured(HypOptionsHelp, NULL),
              *const         theory   = captured(HypOptionsHelp, "theory"),
              *const         markdown = captured(printMarkdown, NULL);

  (void)state;
  for (size_t i = 0; i < count; i++) {
    char key[100];

    snprintf(key, sizeof(key), "\n  -%s", table[i].name);
    assert_non_null(strstr(all, key));
    snprintf(key, sizeof(key), "\n| `%s` |", table[i].name);
    assert_non_null(strstr(markdown, key));
  }
  assert_non_null(strstr(theory, "-theory_workers"));
  assert_non_null(strstr(theory, "-json"));
  assert_null(strstr(theory, "-axis_x_type"));
  for (const char *line = all; *line; line += strcspn(line, "\n") + 1) {
    if (strcspn(line, "\n") > 100)
      fail_msg("longer than 100 columns: %.*s", (int)strcspn(line, "\n"), line);
  }
  free(all);
  free(theory);
  free(markdown);
}

/* A choice that a program adds is allowed from then on, for its key alone,
   and is named like the others */
static void testAddedChoice(void **state)
{
  HypOptions *options;
  char       *help;

  (void)state;
  refuse(NULL, "solve -axis_x_type mine", 2, "one of fv fourier hermite");
  HypOptionsAllow("axis_x_type", "mine");
  HypOptionsAllow("axis_x_type", "mine");
  options = accept("space: {type: tensor}\naxis: {x: {type: mine}}\n", "solve a.yaml");
  assert_string_equal(HypOptionsSettings(options)->axis_x_type, "mine");
  HypOptionsDestroy(&options);
  refuse(NULL, "solve -axis_v_type mine", 2, "one of fv fourier hermite");
  refuse(NULL, "solve -axis_x_type yours", 2, "one of fv fourier hermite polynomial mine");
  help = captured(HypOptionsHelp, "solve");
  assert_non_null(strstr(help, "fv|fourier|hermite|polynomial|mine "));
  free(help);
}

/* With a decimal comma in force everything must be read as before */
static void testLocale(void **state)
{
  HypOptions *options;

  (void)state;
  if (system("localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >/dev/null 2>&1") == 0)
    setenv("LOCPATH", folder, 1);
  if (!setlocale(LC_ALL, "de_DE.UTF-8") || strcmp(localeconv()->decimal_point, ",") != 0) skip();
  options =
    accept("model_gamma: 1.5\n", "solve a.yaml -axis_x_stabilisation 2.5e-1 -space_type tensor");
  assert_true(HypOptionsSettings(options)->model_gamma == 1.5);
  assert_true(HypOptionsSettings(options)->axis_x_stabilisation == .25);
  HypOptionsDestroy(&options);
  refuse("model_gamma: 1,5\n", "solve a.yaml", 2, "model_gamma: '1,5' is not allowed");
  setlocale(LC_ALL, "C");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testTable),         cmocka_unit_test(testDefaults),
    cmocka_unit_test(testYaml),          cmocka_unit_test(testPrecedence),
    cmocka_unit_test(testCommandLine),   cmocka_unit_test(testHelpNeedsNoFile),
    cmocka_unit_test(testExactIntegers), cmocka_unit_test(testSetAndCopy),
    cmocka_unit_test(testSuggestions),   cmocka_unit_test(testHelp),
    cmocka_unit_test(testLocale),        cmocka_unit_test(testAddedChoice),
  };

  if (HypAllowTypes()) return 1;
  return cmocka_run_group_tests(tests, enterFolder, removeFolder);
}
