/* Option files and command lines that are refused, and with which words;
   and what looks like a conflict and is none. */
#define _GNU_SOURCE
#include "options.h"
#include "program/program.h"

static void testBadCommandLines(void **state)
{
  (void)state;
  refuse(NULL, "", 2, "the first word must be a command");
  refuse(NULL, "-model_gamma 1", 2, "the first word must be a command");
  refuse(NULL, "solve", 2, "no option file and no options");
  refuse(NULL, "plot", 2, "no result file; write 'hypoco plot FILE.h5'");
  refuse(NULL, "solve -output a.h5 -json a.h5", 2,
         "json: 'a.h5' ends in .h5: give the result file's name to -output");
  refuse("model_gamma: 1\n", "solve a.yaml -output a.yaml", 2,
         "output: 'a.yaml' ends in .yaml: that is how option files end");
  refuse("model_gamma: 1\n", "solve a.yaml -json ./a.yaml", 2,
         "json: './a.yaml' ends in .yaml: that is how option files end");
  refuse(
    NULL, "solve -output a -json a", 2,
    "json: 'a', the summary, would overwrite what is the result file too; choose another name");
  refuse(NULL, "solve -model_gama 1", 2,
         "command line: unknown option 'model_gama'; nearest: model_gamma;");
  refuse(NULL, "solve -gamma 1", 2, "nearest: model_gamma;");
  refuse(NULL, "solve -Model_Gamma 1", 2, "nearest: model_gamma;");
  refuse(NULL, "solve -zzzzzz 1", 2, "unknown option 'zzzzzz'; 'hypoco COMMAND --help' lists all");
  refuse(NULL, "solve -log_veiw", 2, "nearest: log_view");
  refuse(NULL, "solve -epsilon_0 1", 2, "unknown option 'epsilon_0'; nearest: epsilon_1");
  refuse(NULL, "solve -epsilon_01 1", 2, "unknown option 'epsilon_01'");
  refuse(NULL, "solve -epsilon_1001 1", 2, "unknown option 'epsilon_1001'");
  refuse(NULL, "solve -model_gamma", 2,
         "command line: model_gamma has no value; give it a real number in [1e-30,1e30]");
  refuse(NULL, "solve -epsilon _", 2, "epsilon has no value");
  refuse(NULL, "solve -model_gamma 1 -model_gamma 1", 2, "model_gamma is given twice");
  refuse(NULL, "solve -ts_type rk -ts_type bdf", 2, "ts_type is given twice");
  refuse(NULL, "solve -model_gamma=1", 2, "with a space instead of '='");
  refuse(NULL, "solve model_gamma=1", 2,
         "unexpected word 'model_gamma=1'; options are written -key value");
  refuse(NULL, "solve --model_gamma 1", 2, "options have one dash");
  refuse(NULL, "solve -debug -5", 2, "unexpected word '-5'");
  refuse(NULL, "solve -ts_view a.yaml", 2, "Put option files first");
  refuse(NULL, "solve -model_gamma 1 1", 4, "option file '1' cannot be read: No such file");
  refuse(NULL, "solve -ts_max_time 5", 2, "ts_max_time is not used here; use time_end");
  refuse(NULL, "solve -tss_type rk", 2, "unknown option 'tss_type'");
}

static void testBadValues(void **state)
{
  static const char *const reals[] = {"nan",  "inf",  "-inf", "1e400", "1e-400", "0",   "-1", "1,5",
                                      "1.5x", "0x10", "1/3",  "abc",   "1e",     "--1", "1 2"};
  static const char *const integers[] = {
    "0",   "1.5",  "3000000000000000000000", "1e30", "-1", "two", "1e0.5",
    "0x2", "1001", "9223372036854775808"};

  (void)state;
  for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
    char yaml[128], sentence[128];

    snprintf(yaml, sizeof(yaml), "\nmodel_gamma: '%s'\n", reals[i]);
    snprintf(sentence, sizeof(sentence),
             "a.yaml:2: model_gamma: '%s' is not allowed, it must be a real number in [1e-30,1e30]",
             reals[i]);
    refuse(yaml, "solve a.yaml", 2, sentence);
  }
  for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
    char yaml[128];

    snprintf(yaml, sizeof(yaml), "model_dimension: %s\n", integers[i]);
    refuse(yaml, "solve a.yaml", 2, "it must be an integer in [1,1000]");
  }
  refuse("initial_seed: 9223372036854775808\n", "solve a.yaml", 2,
         "it must be an integer in [0,inf)");
  refuse("model_staleness: 1\n", "solve a.yaml", 2, "it must be a real number in [0,1)");
  refuse("space_type: tensors\n", "solve a.yaml", 2,
         "'tensors' is not allowed, it must be one of tensor simplex");
  refuse("space_type: tensor|simplex\n", "solve a.yaml", 2, "must be one of");
  refuse("debug: maybe\n", "solve a.yaml", 2, "must be true or false");
  refuse("initial_mean: [1, x]\n", "solve a.yaml", 2,
         "initial_mean: '1,x' is not allowed, it must be a list of real numbers");
  refuse("initial_mean: [1, nan]\n", "solve a.yaml", 2, "must be a list of real numbers");
  refuse("initial_mean: '1,,2'\n", "solve a.yaml", 2, "must be a list of real numbers");
  refuse("propagator_times: [1, -1]\n", "spectrum a.yaml", 2, "each in [0,inf)");
}

static void testBadFiles(void **state)
{
  (void)state;
  refuse(NULL, "solve missing.yaml", 4,
         "option file 'missing.yaml' cannot be read: No such file or directory");
  refuse(NULL, "solve /", 4, "option file '/' cannot be read: it is a directory");
  refuse("", "solve a.yaml", 2, "a.yaml:1: the file contains no options");
  refuse("# only a comment\n\n", "solve a.yaml", 2, "the file contains no options");
  refuse("model_gamma: 1\nmodel_gama: 2\n", "solve a.yaml", 2,
         "a.yaml:2: unknown option 'model_gama'; nearest: model_gamma;");
  refuse("model:\n  gamma: 1\n  beta: 2\nmodel_gamma: 3\n", "solve a.yaml", 2,
         "a.yaml:4: model_gamma is given twice (first at a.yaml:2)");
  refuse("model_gamma: 1\nmodel_gamma: 1\n", "solve a.yaml -model_gamma 2", 2,
         "model_gamma is given twice");
  refuse("model:\n  gamma:\n", "solve a.yaml", 2,
         "a.yaml:2: model_gamma has no value; give it a real number in [1e-30,1e30]");
  refuse("model_gamma: ~\n", "solve a.yaml", 2, "model_gamma has no value");
  refuse("epsilon: ''\n", "solve a.yaml", 2, "epsilon has no value");
  refuse("model: {}\n", "solve a.yaml", 2, "a group of options is empty");
  refuse("model: 1\n", "solve a.yaml", 2, "'model' is the first part of keys");
  refuse("- model_gamma\n", "solve a.yaml", 2, "an option file consists of lines 'key: value'");
  refuse("model_gamma 1\n", "solve a.yaml", 2, "an option file consists of lines 'key: value'");
  refuse("model_gamma: [1]\n", "solve a.yaml", 2, "model_gamma takes one value, not a list");
  refuse("ts_monitor: -abc\n", "solve a.yaml", 2,
         "PETSc would take the value '-abc' for another option");
  refuse("initial_mean: []\n", "solve a.yaml", 2, "initial_mean has no value");
  refuse("initial_mean: [[1, 2], [3, 4]]\n", "solve a.yaml", 2, "write one flat list");
  refuse("initial_mean: [{a: 1}]\n", "solve a.yaml", 2, "write one flat list");
  refuse("initial_mean:\n- 1,5\n- 2\n", "solve a.yaml", 2,
         "a.yaml:2: initial_mean: every item of the list must be one value, with a decimal point");
  refuse("initial_mean: [1, , 2]\n", "solve a.yaml", 2, "a.yaml:1");
  refuse("model_gamma: {a: {b: 1}}\n", "solve a.yaml", 2, "unknown option 'model_gamma_a_b'");
}

/* Texts that are no plain YAML */
static void testBadYaml(void **state)
{
  static char huge[(1 << 20) + 10], deep[200], list[40000];
  size_t      length = 0;

  (void)state;
  refuse("model_gamma: &x 1\n", "solve a.yaml", 2, "tags and anchors are not used");
  refuse("model_gamma: !!str 1\n", "solve a.yaml", 2, "tags and anchors are not used");
  refuse("model_gamma: *x\n", "solve a.yaml", 2, "aliases are not used");
  refuse("? [a]\n: 1\n", "solve a.yaml", 2, "a key must be a single word");
  refuse("? \n: 1\n", "solve a.yaml", 2, "a key is empty");
  refuse("model_gamma: 1\n---\nmodel_beta: 1\n", "solve a.yaml", 2,
         "a.yaml:2: an option file is one YAML document");
  refuse("model_gamma: \"1\n", "solve a.yaml", 2, "not valid YAML at column");
  refuse("model:\n\tgamma: 1\n", "solve a.yaml", 2, "a.yaml:2: not valid YAML at column 1");
  refuse("model:\n\tgamma: 1\n", "solve a.yaml", 2, "a tab is used for indentation");
  refuse("model:\n  gamma: 1\n    beta: 2\n", "solve a.yaml", 2,
         "a.yaml:3: wrong indentation: this line is deeper");
  refuse("model: {gamma: 1}\n  time_end: 3\n", "solve a.yaml", 2, "wrong indentation");
  refuse("model:\ngamma: 1\n", "solve a.yaml", 2, "a.yaml:1: 'model:' has nothing below it");
  refuse("\211HDF\r\n\032\n", "solve a.yaml", 2, "is a result, not an option file; did you mean");
  refuse("{\n \"program\": \"hypoco\"}", "solve a.yaml", 2, "is the summary of a run");
  refuse("model_gamma: 1\n beta: 2\n", "solve a.yaml", 2, "a.yaml:2: wrong indentation");
  refuse("time:\n  end 3\n", "solve a.yaml", 2, "a.yaml:1: 'time' is the first part of keys");
  refuse("model_gamma: \"1\n", "solve a.yaml", 2, "a quote is opened and not closed");
  refuse("model: {gamma: 1\n", "solve a.yaml", 2, "a '{' or '[' is opened and not closed");
  refuse("model: {gamma: 1\ntime: {end: 3}\n", "solve a.yaml", 2, "a.yaml:2: a key begins inside");
  refuse("<?xml version=\"1.0\" ?>\n", "solve a.yaml", 2, "is a page or a description of grids");
  refuse("epsilon: \"a\\0b\"\n", "solve a.yaml", 2, "a zero byte");
  refuse("epsilon: \xff\xfe\n", "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuse("\x89PNG\r\n", "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuseBytes("model_gamma: 1\0\0\n", 17, "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuse("a\x1b[31m_b: 1\n", "solve a.yaml", 2, "a.yaml: not a text in UTF-8");
  refuse("\xce\xb5: 1\n", "solve a.yaml", 2, "unknown option '\xce\xb5'");
  memset(huge, '#', sizeof(huge));
  refuseBytes(huge, sizeof(huge), "solve a.yaml", 2, "longer than 1 MiB");
  memset(deep, '{', 100);
  refuse(deep, "solve a.yaml", 2, "a key must be a single word");
  for (int i = 0; i < 12; i++) length += (size_t)sprintf(deep + length, "{a: ");
  refuse(deep, "solve a.yaml", 2, "keys are nested too deeply");
  length = (size_t)sprintf(list, "propagator_times: [0");
  for (int i = 0; i < 5000; i++) length += (size_t)sprintf(list + length, ",1");
  strcpy(list + length, "]\n");
  refuse(list, "spectrum a.yaml", 2, "it must be a list of real numbers");
}

static void testConflicts(void **state)
{
  (void)state;
  refuse("model: {gamma: 1, learning_rate: 0.1}\n", "solve a.yaml", 2,
         "model_gamma (a.yaml:1) and model_learning_rate (a.yaml:1) exclude each other");
  refuse("model: {beta: 1, noise: 0.1}\n", "solve a.yaml", 2, "exclude each other");
  refuse("model: {gamma: 1}\n", "sample a.yaml -model_staleness .5", 2,
         "model_gamma (a.yaml:1) and model_staleness (command line) exclude each other");
  refuse("model: {learning_rate: 0.1}\n", "solve a.yaml", 2,
         "model_learning_rate needs model_staleness too");
  refuse("model: {learning_rate: 0.1, staleness: 0.5}\n", "solve a.yaml", 2,
         "needs model_noise too");
  refuse("epsilon: theta\nloss: theta^2\n", "solve a.yaml", 2,
         "epsilon (a.yaml:1) and loss (a.yaml:2) exclude each other");
  refuse("epsilon_1: theta1\nloss_gradient_1: theta1\n", "solve a.yaml", 2, "exclude each other");
  refuse("loss_file: a.csv\nloss_gradient_1: theta1\n", "solve a.yaml", 2, "exclude each other");
  refuse("epsilon_1: theta1\nepsilon: theta\n", "solve a.yaml", 2, "exclude each other");
  refuse("epsilon_2: theta1\n", "solve a.yaml", 2,
         "a.yaml:1: epsilon_2 goes beyond model_dimension = 1");
  refuse("epsilon_derivative_1_2: 1\n", "verify a.yaml", 2, "goes beyond model_dimension = 1");
  refuse("model_dimension: 2\nepsilon_2: theta1\n", "solve a.yaml", 2,
         "a.yaml:2: epsilon_2 is one of 2 components, of which 1 are given");
  refuse("model_dimension: 2\nepsilon_derivative: {1: {1: 1, 2: 2}}\n", "verify a.yaml", 2,
         "is one of 4 components, of which 2 are given");
  refuse("model_dimension: 2\nloss_gradient_1: theta1\n", "solve a.yaml", 2,
         "is one of 2 components");
  refuse("model_dimension: 5\nloss_gradient: {1: theta1, 2: theta2, 3: theta3, 4: theta4}\n",
         "sample a.yaml", 2, "is one of 5 components, of which 4 are given");
  refuse("model_dimension: 5\nsample_loss_gradient: {1: theta1, 5: theta5}\n", "sample a.yaml", 2,
         "sample_loss_gradient_1 is one of 5 components, of which 2 are given");
  refuse("model_dimension: 5\nsample_loss_gradient_6: theta6\n", "sample a.yaml", 2,
         "sample_loss_gradient_6 goes beyond model_dimension = 5");
  refuse("model_dimension: 2\nepsilon: theta\n", "solve a.yaml", 2,
         "epsilon is for model_dimension = 1");
  refuse("initial_mean: [1]\n", "solve a.yaml", 2,
         "initial_mean has 1 numbers; for model_dimension = 1 it needs 2");
  refuse("initial_covariance: [1,2,3]\n", "solve a.yaml", 2,
         "initial_covariance has 3 numbers; for model_dimension = 1 it takes 1, 2 or 4");
  refuse("initial: {type: modes, modes: [1,0,1,1]}\n", "solve a.yaml", 2,
         "initial_modes has 4 numbers");
  refuse("initial: {type: modes}\n", "solve a.yaml", 2, "initial_type = modes needs initial_modes");
  refuse("initial: {type: expression}\n", "solve a.yaml", 2,
         "initial_type = expression needs initial_expression");
  refuse("initial_expression: x\n", "solve a.yaml", 2,
         "initial_expression is not used with initial_type = gaussian (default), it belongs to "
         "expression");
  refuse("initial: {type: point, covariance: 1, mean: [0, 1]}\n", "solve a.yaml", 2,
         "initial_covariance is not used with initial_type = point");
  refuse("axis_x_n: 32\n", "solve a.yaml", 2, "axis_x_n is given but space_type is not");
  refuse("space_type: tensor\naxis_v: {mesh: f, n: 3}\n", "solve a.yaml", 2,
         "axis_v_mesh (a.yaml:2) and axis_v_n (a.yaml:2) exclude each other");
  refuse("time: {end: 1, output_interval: 2}\n", "solve a.yaml", 2,
         "time_output_interval = 2 does not fit time_end = 1");
  refuse("time: {end: 1, output_interval: 1e-9}\n", "solve a.yaml", 2, "does not fit");
}

/* What looks like a conflict and is none */
/* Keys that the command does not read: refused on the command line and in files, but for files of
   several commands */
static void testUnread(void **state)
{
  HypOptions *options;

  (void)state;
  refuse(NULL, "theory -loss theta^2", 2, "command line: theory does not read loss");
  refuse(NULL, "spectrum -sample_paths 3", 2,
         "does not read sample_paths, which is a key of sample");
  refuse(NULL, "spectrum -time_end 3", 2, "does not read time_end");
  refuse("model: {gamma: 1}\nspace_degree: 3\n", "sample a.yaml", 2,
         "a.yaml:2: sample does not read space_degree");
  refuse("commands: solve, sample\nspace_degree: 3\n", "spectrum a.yaml", 2,
         "a.yaml:1: this file is made for solve, sample, not for spectrum");
  refuse("commands: solve, sample\ntheory_eps0: 3\n", "sample a.yaml", 2,
         "a.yaml:2: sample does not read theory_eps0");
  refuse(NULL, "solve -commands solve", 2, "commands is a key of option files");
  options = accept("time_end: 3\nmodel_gamma: 2\n", "spectrum a.yaml"); /* of the same family */
  assert_true(HypOptionsSettings(options)->time_end == 10);             /* passed over, not kept */
  assert_true(HypOptionsSettings(options)->model_gamma == 2);
  HypOptionsDestroy(&options);
  options = accept("commands: [sample, solve]\nsample_loss_gradient_2: theta\nsample_paths: 3\n"
                   "model_gamma: 2\n",
                   "solve a.yaml");
  assert_int_equal(HypOptionsSettings(options)->sample_paths, 10000);
  assert_null(HypOptionsSettings(options)->sample_loss_gradient_each[1]);
  assert_null(HypOptionsSettings(options)->commands);
  assert_true(HypOptionsSettings(options)->model_gamma == 2);
  HypOptionsDestroy(&options);
}

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
    "commands: [solve, sample, theory]\nsample_paths: 10\ntheory:\n  workers: 3\n",
  };

  (void)state;
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
    HypOptions *options = accept(files[i], "solve a.yaml");

    HypOptionsDestroy(&options);
  }
  HypOptions *options =
    accept("initial: {mean: [0, 1]}\n",
           "solve a.yaml -initial_type random"); /* a later source leaves the mean behind */
  HypOptionsDestroy(&options);
  options = accept("model_dimension: 400\n", "sample a.yaml");
  HypOptionsDestroy(&options);
  options = accept("model: {learning_rate: 0.1, staleness: 0.5}\n", "theory a.yaml");
  HypOptionsDestroy(&options);
}

/* A file may set numbers of solvers,
   and nothing that starts a program, loads code or writes a file */
static void testFilesAreNotTrusted(void **state)
{
  static const char *const dangerous[] = {"start_in_debugger: './evil'",
                                          "on_error_attach_debugger: './evil'",
                                          "stop_for_debugger:",
                                          "debug_terminal: './evil'",
                                          "log_view: ':file'",
                                          "log_trace: file",
                                          "info: file",
                                          "malloc_dump: file",
                                          "options_file: file",
                                          "options_file_yaml: file",
                                          "options_string_yaml: 'a: b'",
                                          "options_view: ':file'",
                                          "citations: file",
                                          "tmp: folder",
                                          "ts_view: 'ascii:file'",
                                          "ts_monitor_solution: 'binary:file'",
                                          "ts_monitor_solution_vtk: 'file%d.vts'",
                                          "ts_monitor_lg_solution:",
                                          "ts_save_trajectory:",
                                          "ts_trajectory_dirname: folder",
                                          "ksp_converged_reason: ':file'",
                                          "ksp_view_mat: binary",
                                          "eps_error_relative: ':file'",
                                          "eps_view_values: draw",
                                          "mat_mumps_ooc_tmpdir: folder",
                                          "mat_view: 'socket'",
                                          "viewer_binary_filename: file",
                                          "pc_type: '/evil.so'",
                                          "draw_save: file"};
  static const char *const harmless[]  = {"ts_type: rk",
                                          "ts_adapt_type: none",
                                          "ksp_rtol: 1e-9",
                                          "st_pc_factor_levels: 2",
                                          "mat_mumps_icntl_14: 50",
                                          "eps_tol: 1e-10",
                                          "ts_monitor:",
                                          "log_view:"};

  (void)state;
  for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++) {
    HypOptions *options;
    char        yaml[128];

    snprintf(yaml, sizeof(yaml), "model_gamma: 1\n%s\n", dangerous[i]);
    refuse(yaml, "solve a.yaml", 2, "which an option file may not ask for");
    options = accept(yaml, "solve a.yaml -trust");
    HypOptionsDestroy(&options);
  }
  for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
    char        yaml[128];
    HypOptions *options;

    snprintf(yaml, sizeof(yaml), "model_gamma: 1\n%s\n", harmless[i]);
    options = accept(yaml, "solve a.yaml");
    HypOptionsDestroy(&options);
  }
  refuse("trust: true\n", "solve a.yaml", 2, "trust is for the command line only");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testBadCommandLines), cmocka_unit_test(testBadValues),
    cmocka_unit_test(testBadFiles),        cmocka_unit_test(testBadYaml),
    cmocka_unit_test(testConflicts),       cmocka_unit_test(testUnread),
    cmocka_unit_test(testNoConflicts),     cmocka_unit_test(testFilesAreNotTrusted),
  };

  if (HypAllowTypes()) return 1;
  return cmocka_run_group_tests(tests, enterFolder, removeFolder);
}
