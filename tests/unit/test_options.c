/* Option files and the command line: what is read, what is refused and with which words, and the suggestions for typing errors. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "hypoco/options.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_WORDS = 24 };

static char folder[] = "/tmp/hypoco-options-XXXXXX";

/* Writes `content` to a file of the folder and enters the folder, so that messages name "a.yaml" */
static void writeFile(const char *name, const char *content, size_t length)
{
  FILE *const stream = fopen(name, "wb");

  assert_non_null(stream);
  assert_int_equal(fwrite(content, 1, length, stream), length);
  assert_int_equal(fclose(stream), 0);
}

/* Parses "solve a.yaml -key value ..."; words are separated by one blank, '_' alone is an empty word */
static int parse(const char *line, HypOptions **options, char **message)
{
  char copy[1024], *words[MAX_WORDS + 1], *rest = copy;
  int  count = 0;

  words[count++] = (char[]){"hypoco"};
  assert_true(strlen(line) < sizeof(copy));
  strcpy(copy, line);
  while (rest && *rest) {
    assert_true(count < MAX_WORDS);
    words[count++] = strsep(&rest, " ");
    if (strcmp(words[count - 1], "_") == 0) words[count - 1][0] = 0;
  }
  words[count] = NULL;
  return HypOptionsParse(count, words, options, message);
}

static HypOptions *accept(const char *yaml, const char *line)
{
  HypOptions *options;
  char       *message;

  if (yaml) writeFile("a.yaml", yaml, strlen(yaml));
  if (parse(line, &options, &message)) fail_msg("%s with\n%s\n%s", line, yaml ? yaml : "", message);
  assert_null(message);
  return options;
}

static void refuseBytes(const char *yaml, size_t length, const char *line, int code, const char *sentence)
{
  HypOptions *options = (HypOptions *)1;
  char       *message = NULL;
  int         found;

  if (yaml) writeFile("a.yaml", yaml, length);
  found = parse(line, &options, &message);
  if (found != code) fail_msg("%s with\n%s\ngave code %d (%s), not %d", line, yaml ? yaml : "", found, message ? message : "", code);
  assert_null(options);
  assert_non_null(message);
  if (!strstr(message, sentence)) fail_msg("%s with\n%s\ngave '%s', wanted '%s'", line, yaml ? yaml : "", message, sentence);
  assert_null(strchr(message, '\n'));
  free(message);
}

static void refuse(const char *yaml, const char *line, int code, const char *sentence)
{
  refuseBytes(yaml, yaml ? strlen(yaml) : 0, line, code, sentence);
}

/* Every default of the table is valid, every name fits the grammar of names, and none is taken by PETSc */
static void testTable(void **state)
{
  size_t                     count;
  const HypOptionSpec *const table   = HypOptionTable(&count);
  HypOptions                *options = accept(NULL, "solve -model_gamma 1"); /* aborts on a wrong default */

  (void)state;
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(strspn(table[i].name, "abcdefghijklmnopqrstuvwxyz0123456789_#"), strlen(table[i].name));
    assert_true(strlen(table[i].name) < 60);
    assert_true(strlen(table[i].help) > 0 && strlen(table[i].commands) > 0);
    for (size_t j = 0; j < i; ++j) assert_string_not_equal(table[i].name, table[j].name);
  }
  HypOptionsDestroy(&options);
  assert_null(options);
}

static void testDefaults(void **state)
{
  HypOptions   *options = accept(NULL, "solve -debug");
  const double *values;

  (void)state;
  assert_string_equal(HypOptionsCommand(options), "solve");
  assert_null(HypOptionsFile(options, 0));
  assert_int_equal(HypOptionsInteger(options, "model_dimension"), 1);
  assert_true(HypOptionsReal(options, "model_omega0") == 1);
  assert_string_equal(HypOptionsText(options, "space_type"), "simplex");
  assert_string_equal(HypOptionsText(options, "axis_v_type"), "fv");
  assert_true(HypOptionsReal(options, "axis_x_stabilisation") == 0.1);
  assert_null(HypOptionsText(options, "epsilon"));
  assert_null(HypOptionsText(options, "epsilon_7"));
  assert_int_equal(HypOptionsReals(options, "initial_mean", &values), 0);
  assert_false(HypOptionsGiven(options, "model_gamma"));
  assert_false(HypOptionsGiven(options, "epsilon_2"));
  assert_true(HypOptionsFlag(options, "debug"));
  assert_false(HypOptionsFlag(options, "petsc_help"));
  HypOptionsDestroy(&options);
}

static void testYaml(void **state)
{
  HypOptions   *options = accept("# a comment\n"
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
  const double *values;
  const char   *name, *value;

  (void)state;
  assert_string_equal(HypOptionsFile(options, 0), "a.yaml");
  assert_null(HypOptionsFile(options, 1));
  assert_int_equal(HypOptionsInteger(options, "model_dimension"), 2);
  assert_true(HypOptionsReal(options, "model_omega0") == 1.5);
  assert_true(HypOptionsReal(options, "model_gamma") == 3);
  assert_string_equal(HypOptionsText(options, "epsilon_1"), "0.3*sin(theta1) # not a comment");
  assert_string_equal(HypOptionsText(options, "epsilon_2"), "-theta2^3");
  assert_int_equal(HypOptionsReals(options, "initial_mean", &values), 4);
  assert_true(values[0] == 1 && values[1] == .5 && values[2] == -1 && values[3] == 2);
  assert_int_equal(HypOptionsReals(options, "initial_covariance", &values), 4);
  assert_true(values[3] == 2);
  assert_int_equal(HypOptionsInteger(options, "axis_x_n"), 41);
  assert_string_equal(HypOptionsText(options, "output"), "result file.h5");
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
  for (size_t i = 0; i < HypOptionsCount(options); ++i) {
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
  options =
    accept("model_gamma: 2\nmodel_beta: 3\nmodel_omega0: 4\nts_type: rk\n", "solve a.yaml b.yaml -model_beta 7 -ksp_view -ts_dt -0.5");
  assert_true(HypOptionsReal(options, "model_omega0") == 4);
  assert_true(HypOptionsReal(options, "model_gamma") == 5);
  assert_true(HypOptionsReal(options, "model_beta") == 7);
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
  HypOptions *options = accept(
    NULL, "solve -epsilon -theta^3 -initial_mean -1,2 -debug false -petsc_help -ts_max_steps 10 -ts_view -ksp_rtol 1e-3 -output -debug");
  const double *values;
  const char   *name, *value;

  (void)state;
  assert_string_equal(HypOptionsText(options, "epsilon"), "-theta^3");
  assert_int_equal(HypOptionsReals(options, "initial_mean", &values), 2);
  assert_true(values[0] == -1 && values[1] == 2);
  assert_false(HypOptionsFlag(options, "debug"));
  assert_true(HypOptionsFlag(options, "petsc_help"));
  assert_string_equal(HypOptionsText(options, "output"), "-debug");
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
  assert_int_equal(HypOptionsReals(options, "initial_mean", &values), 2);
  HypOptionsDestroy(&options);
}

static void testHelpNeedsNoFile(void **state)
{
  static const char *const lines[] = {"solve --help", "solve missing.yaml -help", "solve -model_gamma 1 -h"};
  HypOptions              *options;

  (void)state;
  for (size_t i = 0; i < 3; ++i) {
    options = accept(NULL, lines[i]);
    assert_true(HypOptionsFlag(options, "help"));
    HypOptionsDestroy(&options);
  }
  options = accept(NULL, "solve --version");
  assert_true(HypOptionsFlag(options, "version"));
  HypOptionsDestroy(&options);
}

static void testBadCommandLines(void **state)
{
  (void)state;
  refuse(NULL, "", 2, "the first word must be a command");
  refuse(NULL, "-model_gamma 1", 2, "the first word must be a command");
  refuse(NULL, "solve", 2, "no option file and no options");
  refuse(NULL, "solve -model_gama 1", 2, "command line: unknown option 'model_gama'; nearest: model_gamma;");
  refuse(NULL, "solve -gamma 1", 2, "nearest: model_gamma;");
  refuse(NULL, "solve -Model_Gamma 1", 2, "nearest: model_gamma;");
  refuse(NULL, "solve -zzzzzz 1", 2, "unknown option 'zzzzzz'; 'hypoco COMMAND --help' lists all");
  refuse(NULL, "solve -log_veiw", 2, "nearest: log_view");
  refuse(NULL, "solve -epsilon_0 1", 2, "unknown option 'epsilon_0'; nearest: epsilon_1");
  refuse(NULL, "solve -epsilon_01 1", 2, "unknown option 'epsilon_01'");
  refuse(NULL, "solve -epsilon_1001 1", 2, "unknown option 'epsilon_1001'");
  refuse(NULL, "solve -model_gamma", 2, "command line: model_gamma has no value; give it a real number in (0,inf)");
  refuse(NULL, "solve -epsilon _", 2, "epsilon has no value");
  refuse(NULL, "solve -model_gamma 1 -model_gamma 1", 2, "model_gamma is given twice");
  refuse(NULL, "solve -ts_type rk -ts_type bdf", 2, "ts_type is given twice");
  refuse(NULL, "solve -model_gamma=1", 2, "with a space instead of '='");
  refuse(NULL, "solve model_gamma=1", 2, "unexpected word 'model_gamma=1'; options are written -key value");
  refuse(NULL, "solve --model_gamma 1", 2, "options have one dash");
  refuse(NULL, "solve -debug -5", 2, "unexpected word '-5'");
  refuse(NULL, "solve -ts_view a.yaml", 2, "Put option files first");
  refuse(NULL, "solve -model_gamma 1 1", 4, "option file '1' cannot be read: No such file");
  refuse(NULL, "solve -ts_max_time 5", 2, "ts_max_time is not used here; use time_end");
  refuse(NULL, "solve -tss_type rk", 2, "unknown option 'tss_type'");
}

static void testBadValues(void **state)
{
  static const char *const reals[]    = {"nan",  "inf",  "-inf", "1e400", "1e-400", "0",   "-1", "1,5",
                                         "1.5x", "0x10", "1/3",  "abc",   "1e",     "--1", "1 2"};
  static const char *const integers[] = {"0",   "1.5",  "3000000000000000000000", "1e30", "-1", "two", "1e0.5",
                                         "0x2", "1001", "9223372036854775808"};

  (void)state;
  for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); ++i) {
    char yaml[128], sentence[128];

    snprintf(yaml, sizeof(yaml), "\nmodel_beta: '%s'\n", reals[i]);
    snprintf(sentence, sizeof(sentence), "a.yaml:2: model_beta: '%s' is not allowed, it must be a real number in (0,inf)", reals[i]);
    refuse(yaml, "solve a.yaml", 2, sentence);
  }
  for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); ++i) {
    char yaml[128];

    snprintf(yaml, sizeof(yaml), "model_dimension: %s\n", integers[i]);
    refuse(yaml, "solve a.yaml", 2, "it must be an integer in [1,1000]");
  }
  refuse("initial_seed: 9223372036854775808\n", "solve a.yaml", 2, "it must be an integer in [0,inf)");
  refuse("model_staleness: 1\n", "solve a.yaml", 2, "it must be a real number in [0,1)");
  refuse("space_type: tensors\n", "solve a.yaml", 2, "'tensors' is not allowed, it must be one of tensor simplex");
  refuse("space_type: tensor|simplex\n", "solve a.yaml", 2, "must be one of");
  refuse("debug: maybe\n", "solve a.yaml", 2, "must be true or false");
  refuse("initial_mean: [1, x]\n", "solve a.yaml", 2, "initial_mean: '1,x' is not allowed, it must be a list of real numbers");
  refuse("initial_mean: [1, nan]\n", "solve a.yaml", 2, "must be a list of real numbers");
  refuse("initial_mean: '1,,2'\n", "solve a.yaml", 2, "must be a list of real numbers");
  refuse("propagator_times: [1, -1]\n", "spectrum a.yaml", 2, "each in [0,inf)");
}

static void testExactIntegers(void **state)
{
  HypOptions *options = accept(NULL, "sample -sample_paths 1e6 -sample_seed 9223372036854775807 -sample_steps +7");

  (void)state;
  assert_int_equal(HypOptionsInteger(options, "sample_paths"), 1000000);
  assert_true(HypOptionsInteger(options, "sample_seed") == INT64_MAX);
  assert_int_equal(HypOptionsInteger(options, "sample_steps"), 7);
  HypOptionsDestroy(&options);
}

static void testBadFiles(void **state)
{
  static char huge[(1 << 20) + 10], deep[200], list[40000];
  size_t      length = 0;

  (void)state;
  refuse(NULL, "solve missing.yaml", 4, "option file 'missing.yaml' cannot be read: No such file or directory");
  refuse(NULL, "solve /", 4, "option file '/' cannot be read: it is a directory");
  refuse("", "solve a.yaml", 2, "a.yaml:1: the file contains no options");
  refuse("# only a comment\n\n", "solve a.yaml", 2, "the file contains no options");
  refuse("model_gamma: 1\nmodel_gama: 2\n", "solve a.yaml", 2, "a.yaml:2: unknown option 'model_gama'; nearest: model_gamma;");
  refuse("model:\n  gamma: 1\n  beta: 2\nmodel_gamma: 3\n", "solve a.yaml", 2, "a.yaml:4: model_gamma is given twice (first at a.yaml:2)");
  refuse("model_gamma: 1\nmodel_gamma: 1\n", "solve a.yaml -model_gamma 2", 2, "model_gamma is given twice");
  refuse("model:\n  gamma:\n", "solve a.yaml", 2, "a.yaml:2: model_gamma has no value; give it a real number in (0,inf)");
  refuse("model_gamma: ~\n", "solve a.yaml", 2, "model_gamma has no value");
  refuse("epsilon: ''\n", "solve a.yaml", 2, "epsilon has no value");
  refuse("model: {}\n", "solve a.yaml", 2, "a group of options is empty");
  refuse("model: 1\n", "solve a.yaml", 2, "unknown option 'model'");
  refuse("- model_gamma\n", "solve a.yaml", 2, "an option file consists of lines 'key: value'");
  refuse("model_gamma 1\n", "solve a.yaml", 2, "an option file consists of lines 'key: value'");
  refuse("model_gamma: [1]\n", "solve a.yaml", 2, "model_gamma takes one value, not a list");
  refuse("ts_monitor: -abc\n", "solve a.yaml", 2, "PETSc would take the value '-abc' for another option");
  refuse("initial_mean: []\n", "solve a.yaml", 2, "initial_mean has no value");
  refuse("initial_mean: [[1, 2], [3, 4]]\n", "solve a.yaml", 2, "write one flat list");
  refuse("initial_mean: [{a: 1}]\n", "solve a.yaml", 2, "write one flat list");
  refuse("initial_mean:\n- 1,5\n- 2\n", "solve a.yaml", 2,
         "a.yaml:2: initial_mean: every item of the list must be one value, with a decimal point");
  refuse("initial_mean: [1, , 2]\n", "solve a.yaml", 2, "a.yaml:1");
  refuse("model_gamma: {a: {b: 1}}\n", "solve a.yaml", 2, "unknown option 'model_gamma_a_b'");
  refuse("model_gamma: &x 1\n", "solve a.yaml", 2, "tags and anchors are not used");
  refuse("model_gamma: !!str 1\n", "solve a.yaml", 2, "tags and anchors are not used");
  refuse("model_gamma: *x\n", "solve a.yaml", 2, "aliases are not used");
  refuse("? [a]\n: 1\n", "solve a.yaml", 2, "a key must be a single word");
  refuse("? \n: 1\n", "solve a.yaml", 2, "a key is empty");
  refuse("model_gamma: 1\n---\nmodel_beta: 1\n", "solve a.yaml", 2, "a.yaml:2: an option file is one YAML document");
  refuse("model_gamma: \"1\n", "solve a.yaml", 2, "not valid YAML at column");
  refuse("model:\n\tgamma: 1\n", "solve a.yaml", 2, "a.yaml:2: not valid YAML at column 1");
  refuse("model_gamma: 1\n beta: 2\n", "solve a.yaml", 2, "model_gamma: '1 beta' is not allowed");
  refuse("epsilon: \"a\\0b\"\n", "solve a.yaml", 2, "a zero byte");
  refuse("epsilon: \xff\xfe\n", "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuse("\x89PNG\r\n", "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuseBytes("model_gamma: 1\0\0\n", 17, "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuse("a\x1b[31m_b: 1\n", "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuse("\xce\xb5: 1\n", "solve a.yaml", 2, "unknown option '\?\?'");
  memset(huge, '#', sizeof(huge));
  refuseBytes(huge, sizeof(huge), "solve a.yaml", 2, "longer than 1 MiB");
  memset(deep, '{', 100);
  refuse(deep, "solve a.yaml", 2, "a key must be a single word");
  for (int i = 0; i < 12; ++i) length += (size_t)sprintf(deep + length, "{a: ");
  refuse(deep, "solve a.yaml", 2, "keys are nested too deeply");
  length = (size_t)sprintf(list, "propagator_times: [0");
  for (int i = 0; i < 5000; ++i) length += (size_t)sprintf(list + length, ",1");
  strcpy(list + length, "]\n");
  refuse(list, "spectrum a.yaml", 2, "it must be a list of real numbers");
}

static void testConflicts(void **state)
{
  (void)state;
  refuse("model: {gamma: 1, learning_rate: 0.1}\n", "solve a.yaml", 2,
         "model_gamma (a.yaml:1) and model_learning_rate (a.yaml:1) exclude each other");
  refuse("model: {beta: 1, noise: 0.1}\n", "solve a.yaml", 2, "exclude each other");
  refuse("model: {gamma: 1}\n", "theory a.yaml -model_staleness .5", 2,
         "model_gamma (a.yaml:1) and model_staleness (command line) exclude each other");
  refuse("model: {learning_rate: 0.1}\n", "solve a.yaml", 2, "model_learning_rate needs model_staleness too");
  refuse("model: {learning_rate: 0.1, staleness: 0.5}\n", "solve a.yaml", 2, "needs model_noise too");
  refuse("epsilon: theta\nloss: theta^2\n", "solve a.yaml", 2, "epsilon (a.yaml:1) and loss (a.yaml:2) exclude each other");
  refuse("epsilon_1: theta1\nloss_gradient_1: theta1\n", "solve a.yaml", 2, "exclude each other");
  refuse("loss: theta1\nloss_gradient_1: theta1\n", "solve a.yaml", 2, "exclude each other");
  refuse("epsilon_1: theta1\nepsilon: theta\n", "solve a.yaml", 2, "exclude each other");
  refuse("epsilon_2: theta1\n", "solve a.yaml", 2, "a.yaml:1: epsilon_2 goes beyond model_dimension = 1");
  refuse("epsilon_derivative_1_2: 1\n", "solve a.yaml", 2, "goes beyond model_dimension = 1");
  refuse("model_dimension: 2\nepsilon_2: theta1\n", "solve a.yaml", 2, "a.yaml:2: epsilon_2 is one of 2 components, of which 1 are given");
  refuse("model_dimension: 2\nepsilon_derivative: {1: {1: 1, 2: 2}}\n", "solve a.yaml", 2, "is one of 4 components, of which 2 are given");
  refuse("model_dimension: 2\nloss_gradient_1: theta1\n", "solve a.yaml", 2, "is one of 2 components");
  refuse("model_dimension: 2\nepsilon: theta\n", "solve a.yaml", 2, "epsilon is for model_dimension = 1");
  refuse("model_dimension: 4\n", "solve a.yaml", 2, "a.yaml:1: model_dimension = 4: hypoco solve solves the equation for d = 1, 2, 3");
  refuse("initial_mean: [1]\n", "solve a.yaml", 2, "initial_mean has 1 numbers; for model_dimension = 1 it needs 2");
  refuse("initial_covariance: [1,2,3]\n", "solve a.yaml", 2,
         "initial_covariance has 3 numbers; for model_dimension = 1 it takes 1, 2 or 4");
  refuse("initial: {type: modes, modes: [1,0,1,1]}\n", "solve a.yaml", 2, "initial_modes has 4 numbers");
  refuse("initial: {type: modes}\n", "solve a.yaml", 2, "initial_type = modes needs initial_modes");
  refuse("initial: {type: expression}\n", "solve a.yaml", 2, "initial_type = expression needs initial_expression");
  refuse("initial_expression: x\n", "solve a.yaml", 2,
         "initial_expression is not used with initial_type = gaussian (default), it belongs to expression");
  refuse("initial: {type: point, covariance: 1, mean: [0, 1]}\n", "solve a.yaml", 2,
         "initial_covariance is not used with initial_type = point");
  refuse("axis_x_n: 32\n", "solve a.yaml", 2, "axis_x_n is given but space_type is not");
  refuse("space_type: tensor\naxis_v: {mesh: f, n: 3}\n", "solve a.yaml", 2,
         "axis_v_mesh (a.yaml:2) and axis_v_n (a.yaml:2) exclude each other");
  refuse("space_type: tensor\naxis_x: {mesh: f, type: fourier}\n", "solve a.yaml", 2,
         "axis_x_mesh is for axes of type fv; axis_x_type is fourier");
  refuse("time: {end: 1, output_interval: 2}\n", "solve a.yaml", 2, "time_output_interval = 2 does not fit time_end = 1");
  refuse("time: {end: 1, output_interval: 1e-9}\n", "solve a.yaml", 2, "does not fit");
}

/* What looks like a conflict and is none */
static void testNoConflicts(void **state)
{
  static const char *const files[] = {
    "model: {learning_rate: 0.1, staleness: 0.5, noise: 2}\n",
    "model_dimension: 2\nepsilon: {1: theta1, 2: 0}\n",
    "epsilon: theta\nepsilon_derivative: 1\n",
    "epsilon_1: theta1\n",
    "initial: {type: point, mean: [0, 1]}\n",
    "initial: {type: random}\n",
    "space_type: simplex\naxis_x_n: 33\nspace_degree: 4\n",
    "model_dimension: 2\ninitial: {mean: [0,1,2,3], covariance: 2}\n",
    "loss: theta^4\nmodel_omega0: 2\n",
    "time_end: 0.1\n",
    "sample_paths: 10\ntheory:\n  workers: 3\n",
  };

  (void)state;
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); ++i) {
    HypOptions *options = accept(files[i], "solve a.yaml");

    HypOptionsDestroy(&options);
  }
  HypOptions *options =
    accept("initial: {mean: [0, 1]}\n", "solve a.yaml -initial_type random"); /* a later source leaves the mean behind */
  HypOptionsDestroy(&options);
  options = accept("model_dimension: 400\n", "sample a.yaml");
  HypOptionsDestroy(&options);
  options = accept("model: {learning_rate: 0.1, staleness: 0.5}\n", "theory a.yaml");
  HypOptionsDestroy(&options);
}

static void testSetAndCopy(void **state)
{
  HypOptions   *options = accept("initial_mean: [1, 2]\nts_type: rk\n", "solve a.yaml"), *copy;
  char         *message;
  const double *values;

  (void)state;
  assert_int_equal(HypOptionsSet(options, "model_gamma", "3", &message), 0);
  assert_int_equal(HypOptionsSet(options, "model_gamma", "4", &message), 0);
  assert_true(HypOptionsReal(options, "model_gamma") == 4);
  assert_int_equal(HypOptionsSet(options, "model_gamma", "-4", &message), 2);
  assert_non_null(strstr(message, "must be a real number in (0,inf)"));
  free(message);
  assert_int_equal(HypOptionsSet(options, "model_gama", "4", &message), 2);
  free(message);
  copy = HypOptionsCopy(options);
  assert_int_equal(HypOptionsSet(options, "initial_mean", "5,6", &message), 0);
  assert_int_equal(HypOptionsSet(options, "epsilon_1", "theta1", &message), 0);
  HypOptionsDestroy(&options);
  assert_string_equal(HypOptionsCommand(copy), "solve");
  assert_string_equal(HypOptionsFile(copy, 0), "a.yaml");
  assert_int_equal(HypOptionsReals(copy, "initial_mean", &values), 2);
  assert_true(values[0] == 1 && values[1] == 2);
  assert_true(HypOptionsReal(copy, "model_gamma") == 4);
  assert_null(HypOptionsText(copy, "epsilon_1"));
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

/* One edited key on the command line: it must be refused, and the message should name the key that was meant */
static void tryEdit(Score *score, const char *meant, const char *edited)
{
  char       *words[] = {(char[]){"hypoco"}, (char[]){"solve"}, NULL, (char[]){"1"}, NULL}, dashed[210], nearest[230], *found, *message;
  HypOptions *options;

  snprintf(dashed, sizeof(dashed), "-%s", edited);
  words[2] = dashed;
  if (HypOptionsParse(4, words, &options, &message) == 0) {
    HypOptionsDestroy(&options); /* axis_x_n for axis_v_n and the like: another valid key */
    ++score->valid;
    return;
  }
  ++score->tried;
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

  for (size_t i = 0; i < length; ++i) {
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
  for (size_t i = 0; i < count; ++i) {
    char key[80], *mark;

    strcpy(key, table[i].name);
    while ((mark = strchr(key, '#'))) *mark = '2';
    editKey(&score, key);
  }
  print_message("one-letter edits: %d tried, %d with the right name first, %d with it among at most three, %d are other valid keys\n",
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
  const HypOptionSpec *const table = HypOptionTable(&count);
  char *const all = captured(HypOptionsHelp, NULL), *const theory = captured(HypOptionsHelp, "theory"),
              *const markdown = captured(printMarkdown, NULL);

  (void)state;
  for (size_t i = 0; i < count; ++i) {
    char key[100];

    snprintf(key, sizeof(key), "\n  -%s", table[i].name);
    assert_non_null(strstr(all, key));
    snprintf(key, sizeof(key), "\n| `%s` |", table[i].name);
    assert_non_null(strstr(markdown, key));
  }
  assert_non_null(strstr(theory, "-theory_workers"));
  assert_non_null(strstr(theory, "-output"));
  assert_null(strstr(theory, "-axis_x_type"));
  for (const char *line = all; *line; line += strcspn(line, "\n") + 1) {
    if (strcspn(line, "\n") > 100) fail_msg("longer than 100 columns: %.*s", (int)strcspn(line, "\n"), line);
  }
  free(all);
  free(theory);
  free(markdown);
}

/* With a decimal comma in force everything must be read as before */
static void testLocale(void **state)
{
  HypOptions *options;

  (void)state;
  if (system("localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >/dev/null 2>&1") == 0) setenv("LOCPATH", folder, 1);
  if (!setlocale(LC_ALL, "de_DE.UTF-8") || strcmp(localeconv()->decimal_point, ",") != 0) skip();
  options = accept("model_gamma: 1.5\n", "solve a.yaml -axis_x_stabilisation 2.5e-1 -space_type tensor");
  assert_true(HypOptionsReal(options, "model_gamma") == 1.5);
  assert_true(HypOptionsReal(options, "axis_x_stabilisation") == .25);
  HypOptionsDestroy(&options);
  refuse("model_gamma: 1,5\n", "solve a.yaml", 2, "model_gamma: '1,5' is not allowed");
  setlocale(LC_ALL, "C");
}

static int enterFolder(void **state)
{
  (void)state;
  return !mkdtemp(folder) || chdir(folder) != 0;
}

static int removeFolder(void **state)
{
  char command[128];

  (void)state;
  snprintf(command, sizeof(command), "rm -r %s", folder);
  return chdir("/") != 0 || system(command) != 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testTable),           cmocka_unit_test(testDefaults),    cmocka_unit_test(testYaml),
    cmocka_unit_test(testPrecedence),      cmocka_unit_test(testCommandLine), cmocka_unit_test(testHelpNeedsNoFile),
    cmocka_unit_test(testBadCommandLines), cmocka_unit_test(testBadValues),   cmocka_unit_test(testExactIntegers),
    cmocka_unit_test(testBadFiles),        cmocka_unit_test(testConflicts),   cmocka_unit_test(testNoConflicts),
    cmocka_unit_test(testSetAndCopy),      cmocka_unit_test(testSuggestions), cmocka_unit_test(testHelp),
    cmocka_unit_test(testLocale),
  };

  return cmocka_run_group_tests(tests, enterFolder, removeFolder);
}
