/*
   The table: every key, once.  It drives parsing, checks, --help and docs/options.md.

   A '#' in a name is an index 1, 2, ...; a default "" means that the code decides, and the help says how.
*/
#include "optionsimpl.h"

#define PDE      "solve,steady,spectrum,verify,sweep"
#define BOTH     "solve,steady,spectrum,verify,sweep,sample"
#define ALL      "solve,steady,spectrum,verify,sweep,sample,theory"
#define REALLINE "(-inf,inf)"

/* clang-format off */
static const HypOptionSpec table[] = {
  /* name, type, range, unit, default, commands, help */
  {"model_dimension", HYP_OPTION_INTEGER, "[1,1000]", "1", "1", ALL,
   "dimension d of theta; at most 3 where the kinetic equation is solved on a space"},
  {"model_omega0", HYP_OPTION_REAL, "(0,inf)", "1/time", "1", ALL, "frequency omega0 of the quadratic part omega0^2 theta^2 / 2 of the loss"},
  {"model_gamma", HYP_OPTION_REAL, "(0,inf)", "1/time", "1", ALL, "friction gamma"},
  {"model_beta", HYP_OPTION_REAL, "(0,inf)", "1", "1", ALL, "inverse temperature beta"},
  {"model_learning_rate", HYP_OPTION_REAL, "(0,inf)", "1", "", ALL, "learning rate eta; with staleness and noise it replaces gamma and beta"},
  {"model_staleness", HYP_OPTION_REAL, "[0,1)", "1", "", ALL, "staleness rate kappa; the mean staleness is kappa/(1-kappa) steps"},
  {"model_noise", HYP_OPTION_REAL, "(0,inf)", "1", "", ALL, "variance Sigma of the stochastic gradient"},

  {"epsilon", HYP_OPTION_TEXT, "", "1", "", BOTH, "perturbation eps(theta) for d = 1, an expression in theta; 0 if not given"},
  {"epsilon_#", HYP_OPTION_TEXT, "", "1", "", BOTH, "component i of eps, an expression in theta1, theta2, ...; give all d of them or none"},
  {"epsilon_derivative", HYP_OPTION_TEXT, "", "1", "", BOTH, "eps'(theta) for d = 1, checked against eps; differentiated numerically if not given"},
  {"epsilon_derivative_#_#", HYP_OPTION_TEXT, "", "1", "", BOTH, "d eps_i / d theta_j; give all d^2 of them or none"},
  {"loss", HYP_OPTION_TEXT, "", "1", "", BOTH, "loss f(theta) instead of eps: eps = grad f - omega0^2 theta"},
  {"loss_gradient_#", HYP_OPTION_TEXT, "", "1", "", BOTH, "component i of grad f, instead of loss; give all d of them or none"},

  {"space_type", HYP_OPTION_CHOICE, "tensor|simplex", "", "simplex", PDE, "grid in x times grid in v, or Hermite functions of total degree <= space_degree"},
  {"space_degree", HYP_OPTION_INTEGER, "[1,10000]", "1", "", PDE, "largest total degree N of the simplex space; chosen by dimension if not given"},
  {"axis_x_type", HYP_OPTION_CHOICE, "fv|fourier|hermite", "", "fv", PDE, "discretisation of each x coordinate of the tensor space"},
  {"axis_x_n", HYP_OPTION_INTEGER, "[2,1000000]", "1", "", PDE, "cells, points or functions per x coordinate (odd for fourier); chosen by type if not given"},
  {"axis_x_width", HYP_OPTION_REAL, "(0,37]", "standard deviations", "", PDE, "half-width of the x axis; chosen by type if not given"},
  {"axis_x_mesh", HYP_OPTION_TEXT, "", "standard deviations", "", PDE, "file of cell faces for an fv x axis, instead of n and width"},
  {"axis_x_stabilisation", HYP_OPTION_REAL, "[0,1]", "1", "0.1", PDE, "coefficient of the cure of the fv x axis' spurious mode; 0 keeps T exactly skew"},
  {"axis_v_type", HYP_OPTION_CHOICE, "fv|fourier|hermite", "", "fv", PDE, "discretisation of each v coordinate of the tensor space"},
  {"axis_v_n", HYP_OPTION_INTEGER, "[2,1000000]", "1", "", PDE, "cells, points or functions per v coordinate (odd for fourier); chosen by type if not given"},
  {"axis_v_width", HYP_OPTION_REAL, "(0,37]", "standard deviations", "", PDE, "half-width of the v axis; chosen by type if not given"},
  {"axis_v_mesh", HYP_OPTION_TEXT, "", "standard deviations", "", PDE, "file of cell faces for an fv v axis, instead of n and width"},
  {"operator_form", HYP_OPTION_CHOICE, "auto|assembled|matrix-free", "", "auto", PDE, "store the operator as a sparse matrix or apply it without one"},

  {"initial_type", HYP_OPTION_CHOICE, "gaussian|point|modes|random|expression|file", "", "gaussian", BOTH, "kind of the initial density g"},
  {"initial_mean", HYP_OPTION_REALS, REALLINE, "1", "", BOTH, "2d numbers x1..xd, v1..vd: mean of a Gaussian, or the point"},
  {"initial_covariance", HYP_OPTION_REALS, REALLINE, "1", "", BOTH, "covariance of a Gaussian: 1 number (times identity), 2d (diagonal) or (2d)^2 (by rows)"},
  {"initial_modes", HYP_OPTION_REALS, REALLINE, "1", "", PDE, "Hermite modes: multi-index n1..n2d then amplitude, repeated"},
  {"initial_seed", HYP_OPTION_INTEGER, "[0,inf)", "1", "1", PDE, "seed of random initial data"},
  {"initial_expression", HYP_OPTION_TEXT, "", "1", "", PDE, "density g in x1.., v1.. (x, v for d = 1), normalised for you"},
  {"initial_file", HYP_OPTION_TEXT, "", "", "", PDE, "result file whose last snapshot is the start"},

  {"time_end", HYP_OPTION_REAL, "(0,inf)", "time", "10", BOTH, "end of the run; it starts at 0"},
  {"time_output_interval", HYP_OPTION_REAL, "(0,inf)", "time", "0.1", BOTH, "spacing of the time series, both ends included"},
  {"snapshot_interval", HYP_OPTION_REAL, "(0,inf)", "time", "", PDE, "spacing of snapshots of h and g; none between the ends if not given"},
  {"spectrum_count", HYP_OPTION_INTEGER, "[1,10000]", "1", "6", PDE, "leading eigenvalues to compute, the zero one included"},
  {"propagator_times", HYP_OPTION_REALS, "[0,inf)", "time", "", PDE, "times at which the propagator's norm on mean-zero functions is computed"},

  {"output", HYP_OPTION_TEXT, "", "", "", "*", "result file (HDF5); none if not given"},
  {"json", HYP_OPTION_TEXT, "", "", "", "*", "machine-readable summary; none if not given"},
  {"progress", HYP_OPTION_CHOICE, "auto|on|off", "", "auto", "*", "live progress line; auto shows it on a terminal only"},
  {"debug", HYP_OPTION_FLAG, "", "", "false", "*", "show where in the code an error arose"},
  {"petsc_help", HYP_OPTION_FLAG, "", "", "false", "*", "show PETSc's and SLEPc's own options as their objects are set up"},
  {"help", HYP_OPTION_FLAG, "", "", "false", "*", "show the options of a command and stop"},
  {"version", HYP_OPTION_FLAG, "", "", "false", "*", "show the version and stop"},

  /* ---- sample and theory: edited with src/sample and src/theory ---- */
  {"sample_model", HYP_OPTION_CHOICE, "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sde|sdde", "", "asgd", "sample", "algorithm or equation to sample"},
  {"sample_paths", HYP_OPTION_INTEGER, "[1,inf)", "1", "10000", "sample", "number of independent paths"},
  {"sample_steps", HYP_OPTION_INTEGER, "[1,inf)", "1", "1000", "sample", "steps of each path"},
  {"sample_seed", HYP_OPTION_INTEGER, "[0,inf)", "1", "1", "sample", "seed; the same seed gives the same paths on any number of ranks"},
  {"sample_staleness_law", HYP_OPTION_CHOICE, "geometric|fixed|uniform|cyclic", "", "geometric", "sample", "law of the staleness"},
  {"sample_batch", HYP_OPTION_INTEGER, "[1,inf)", "1", "1", "sample", "component losses per gradient"},
  {"workers", HYP_OPTION_INTEGER, "[1,inf)", "1", "1", "sample,theory", "number of workers"},
  /* ---- end of sample and theory ---- */
};
/* clang-format on */

const HypOptionSpec *HypOptionTable(size_t *count)
{
  *count = sizeof(table) / sizeof(table[0]);
  return table;
}
